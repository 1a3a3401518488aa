-- Everything known of one workspace. The file belongs to that workspace alone, so no table carries its id: two
-- workspaces cannot mix, and one is erased whole by deleting its file.
--
-- Ids of ours are UUIDv7 as 16 bytes: half the size of text in every index, sorted by time of making, and not
-- able to be malformed under the CHECK. (`SELECT hex(id)` shows one.) Ids of theirs are text exactly as received.
-- Times are milliseconds since the epoch, UTC. JSON columns hold what is only ever read whole.

PRAGMA application_id = 0x43534757; -- 'CSGW': a Countersign workspace

-- Webhook notifications exactly as received -------------------------------------------------------------------

CREATE TABLE deliveries (
    -- Ours; the order of ids is the order of arrival.
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    received_at INTEGER NOT NULL,
    -- The vendor's id of the notification. Some kinds have none, and those are never merged.
    notification_id TEXT,
    -- Today's name of the topic; NULL when the body could not be read.
    topic TEXT,
    -- When the vendor says it made the notification.
    vendor_created_at INTEGER,
    -- Which attempt of the vendor's this is.
    attempt INTEGER,
    -- What should be fetched again, as JSON; NULL when the body does not say.
    change TEXT,
    change_kind TEXT CHECK (change_kind IN (
        'conversation', 'conversation_deleted', 'contact', 'contact_deleted', 'contact_merged', 'ping', 'ignored'
    )),
    -- The conversation that the change names.
    conversation_id TEXT,
    outcome TEXT NOT NULL CHECK (outcome IN ('received', 'applied', 'ignored', 'failed')),
    -- Why it failed, was ignored or has to wait, for people.
    reason TEXT,
    -- Bytes of the body as received; stays when the body is erased.
    size INTEGER NOT NULL,
    -- Our attempts to apply it.
    attempts INTEGER NOT NULL DEFAULT 0,
    -- When to try next; 0 for at once. Has a meaning only while received.
    next_attempt_at INTEGER NOT NULL DEFAULT 0,
    -- Further notifications of the same id that were answered and dropped.
    duplicates INTEGER NOT NULL DEFAULT 0,
    settled_at INTEGER,
    -- Raw bytes. Last, so that a list of rows never walks through it. Emptied when the conversation is erased.
    body BLOB NOT NULL
) STRICT;

CREATE UNIQUE INDEX deliveries_notification ON deliveries (notification_id) WHERE notification_id IS NOT NULL;
-- Serves the queue, the lists by outcome and the counts, the last without touching a row.
CREATE INDEX deliveries_outcome ON deliveries (outcome, id, next_attempt_at, duplicates);
CREATE INDEX deliveries_topic ON deliveries (topic, id);
CREATE INDEX deliveries_conversation ON deliveries (conversation_id) WHERE conversation_id IS NOT NULL;
CREATE INDEX deliveries_ping ON deliveries (received_at) WHERE change_kind = 'ping';

-- Conversations as kept on this machine -----------------------------------------------------------------------

CREATE TABLE conversations (
    -- The key of the search index, which needs an integer.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The vendor's.
    id TEXT NOT NULL UNIQUE,
    subject TEXT,
    -- How the first message came, as the vendor writes it.
    channel TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('open', 'closed', 'snoozed')),
    admin_assignee_id TEXT,
    team_assignee_id TEXT,
    -- JSON array of tag names.
    tags TEXT NOT NULL DEFAULT '[]',
    priority TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    waiting_since INTEGER,
    snoozed_until INTEGER,
    -- How many parts the vendor says there are.
    total_parts INTEGER NOT NULL,
    -- The newest message: one short line, who wrote it, when. Kept here so that a list reads no parts.
    preview TEXT NOT NULL DEFAULT '',
    preview_from TEXT NOT NULL DEFAULT 'contact' CHECK (preview_from IN ('contact', 'admin', 'bot')),
    last_message_at INTEGER,
    -- When it was last fetched.
    seen_at INTEGER NOT NULL
) STRICT;

CREATE INDEX conversations_updated ON conversations (updated_at, id);
CREATE INDEX conversations_status ON conversations (status, updated_at, id);

-- Who takes part; the first is the one who wrote first.
CREATE TABLE conversation_contacts (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    contact_id TEXT NOT NULL,
    -- As the parts name this person; used until the contact itself was fetched.
    name TEXT,
    email TEXT,
    PRIMARY KEY (conversation_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX conversation_contacts_contact ON conversation_contacts (contact_id, conversation_id);

CREATE TABLE parts (
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    -- The vendor's.
    id TEXT NOT NULL,
    -- Order of time, from 0; the vendor's own order where times are equal.
    place INTEGER NOT NULL,
    -- The vendor's part type, an open set; 'source' for the first message.
    kind TEXT NOT NULL,
    author_kind TEXT NOT NULL CHECK (author_kind IN ('contact', 'admin', 'bot')),
    author_id TEXT NOT NULL,
    author_name TEXT,
    author_email TEXT,
    -- Whom the part assigned the conversation to.
    assigned_to TEXT,
    created_at INTEGER NOT NULL,
    -- The text was removed at the vendor, and here.
    redacted INTEGER NOT NULL DEFAULT 0 CHECK (redacted IN (0, 1)),
    -- JSON array of attachments.
    attachments TEXT NOT NULL DEFAULT '[]',
    -- Plain text, safe to show; NULL when the part carries none.
    text TEXT,
    PRIMARY KEY (conversation_id, id)
) STRICT;

-- One document a conversation, so that all words of a search may stand anywhere in it. The table keeps its own
-- copy of the text: an index over a view would be corrupted by any change made in the wrong order, and one
-- without content cannot physically forget a word, which erasing needs ('secure-delete'). No prefix index: it
-- doubles the cost of a write, and beginnings of words are found quickly enough without.
CREATE VIRTUAL TABLE conversation_text USING fts5 (
    subject,
    body,
    people,
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO conversation_text (conversation_text, rank) VALUES ('secure-delete', 1);

-- What was deleted at the vendor, so that a copy fetched just before cannot bring it back.
CREATE TABLE erased (
    kind TEXT NOT NULL CHECK (kind IN ('conversation', 'contact')),
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- People and teams ------------------------------------------------------------------------------------------

CREATE TABLE contacts (
    -- The vendor's.
    id TEXT NOT NULL PRIMARY KEY,
    -- The team's own id for this person.
    external_id TEXT,
    role TEXT NOT NULL,
    name TEXT,
    email TEXT,
    phone TEXT,
    location TEXT,
    -- JSON array of companies.
    companies TEXT NOT NULL DEFAULT '[]',
    -- JSON array of tag names.
    tags TEXT NOT NULL DEFAULT '[]',
    -- JSON object of custom attributes.
    attributes TEXT NOT NULL DEFAULT '{}',
    created_at INTEGER,
    last_seen_at INTEGER,
    updated_at INTEGER,
    -- When it was last fetched.
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE admins (
    id TEXT NOT NULL PRIMARY KEY,
    -- Order as the vendor lists them.
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    email TEXT NOT NULL,
    away INTEGER NOT NULL CHECK (away IN (0, 1)),
    has_inbox_seat INTEGER NOT NULL CHECK (has_inbox_seat IN (0, 1)),
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE teams (
    id TEXT NOT NULL PRIMARY KEY,
    -- Order as the vendor lists them.
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    -- JSON array of ids of teammates.
    admin_ids TEXT NOT NULL DEFAULT '[]',
    seen_at INTEGER NOT NULL
) STRICT;

CREATE TABLE buckets (
    -- Stable key: 'urgent', 'billing' …
    id TEXT NOT NULL PRIMARY KEY,
    -- Order in lists, and the number key that picks it.
    position INTEGER NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    tone TEXT NOT NULL CHECK (tone IN ('red', 'amber', 'blue', 'grey', 'green', 'violet', 'teal', 'pink')),
    -- The team chosen by the user.
    team_id TEXT,
    -- The name to look a team up by while none is chosen; empty for none.
    team_name TEXT NOT NULL,
    -- The holding reply; empty for none.
    reply TEXT NOT NULL,
    closes INTEGER NOT NULL CHECK (closes IN (0, 1)),
    -- JSON array of messages that belong here.
    examples TEXT NOT NULL DEFAULT '[]'
) STRICT;

-- What the console proposed, and what people decided ----------------------------------------------------------
-- History outlives the conversation it is about, so nothing here refers to the conversations table.

CREATE TABLE suggestions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    conversation_id TEXT NOT NULL,
    -- The message that was classified, and when it was written.
    part_id TEXT NOT NULL,
    message_at INTEGER NOT NULL,
    -- NULL when there was nothing to classify.
    bucket_id TEXT,
    confidence REAL NOT NULL,
    -- JSON array of [bucket, probability], highest first.
    probabilities TEXT NOT NULL,
    -- JSON array of words with their weights. Emptied when the text is erased.
    evidence TEXT NOT NULL,
    -- Why there is no bucket.
    nothing_reason TEXT,
    -- JSON: actions in order, and gaps.
    plan TEXT NOT NULL,
    -- JSON: the state of the conversation that it holds for.
    bound TEXT NOT NULL,
    model_version TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'pending', 'snoozed', 'approved', 'edited', 'corrected', 'rejected', 'superseded'
    )),
    -- JSON: the state with its data.
    state_data TEXT NOT NULL,
    -- When a snoozed one comes back.
    wake_at INTEGER CHECK ((wake_at IS NOT NULL) = (state = 'snoozed')),
    created_at INTEGER NOT NULL,
    -- When it ceased to be open.
    decided_at INTEGER CHECK (decided_at IS NULL OR state NOT IN ('pending', 'snoozed'))
) STRICT;

CREATE UNIQUE INDEX suggestions_open ON suggestions (conversation_id) WHERE state IN ('pending', 'snoozed');
CREATE INDEX suggestions_conversation ON suggestions (conversation_id, created_at, id);
CREATE INDEX suggestions_queue ON suggestions (state, message_at, id);
CREATE INDEX suggestions_bucket ON suggestions (state, bucket_id);
CREATE INDEX suggestions_wake ON suggestions (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX suggestions_decided ON suggestions (COALESCE(decided_at, created_at), id);

CREATE TABLE decisions (
    -- Ours; the order of ids is the order of deciding.
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    -- NULL for a note given directly.
    suggestion_id BLOB REFERENCES suggestions (id),
    conversation_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('approved', 'edited', 'corrected', 'rejected', 'snoozed', 'noted')),
    -- NULL for rejected, snoozed and noted.
    bucket_id TEXT,
    reason TEXT,
    at INTEGER NOT NULL,
    undo_until INTEGER NOT NULL,
    undone_at INTEGER,
    -- JSON: the state that the conversation must be in before the next action; moves on with our own actions.
    expected TEXT NOT NULL
) STRICT;

CREATE INDEX decisions_conversation ON decisions (conversation_id, id);
CREATE INDEX decisions_suggestion ON decisions (suggestion_id) WHERE suggestion_id IS NOT NULL;

-- The outbox.
CREATE TABLE actions (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    decision_id BLOB NOT NULL REFERENCES decisions (id),
    conversation_id TEXT NOT NULL,
    -- Place in the decision's plan, from 0.
    step INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('assign', 'reply', 'note', 'close', 'open', 'snooze')),
    -- JSON: what to do.
    kind_data TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN (
        'held', 'undone', 'sending', 'done', 'retry', 'unknown', 'refused', 'failed'
    )),
    -- JSON: the state with its data.
    state_data TEXT NOT NULL,
    -- When the outbox should look at it next; NULL once it is settled.
    due_at INTEGER CHECK ((due_at IS NULL) = (state IN ('undone', 'done', 'refused', 'failed'))),
    -- A person has seen that it failed.
    dismissed INTEGER NOT NULL DEFAULT 0 CHECK (dismissed IN (0, 1)),
    created_at INTEGER NOT NULL,
    UNIQUE (decision_id, step)
) STRICT;

CREATE INDEX actions_due ON actions (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX actions_queue ON actions (conversation_id, created_at, decision_id, step) WHERE due_at IS NOT NULL;
CREATE INDEX actions_failed ON actions (created_at, decision_id, step)
    WHERE state IN ('failed', 'refused') AND dismissed = 0;
CREATE INDEX actions_state ON actions (state, dismissed);

-- Parts that our own actions made: nobody else's doing.
CREATE TABLE own_parts (
    conversation_id TEXT NOT NULL,
    part_id TEXT NOT NULL,
    action_id BLOB NOT NULL REFERENCES actions (id),
    PRIMARY KEY (conversation_id, part_id)
) STRICT, WITHOUT ROWID;

-- What happened, in sentences without personal data.
CREATE TABLE activity (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at INTEGER NOT NULL,
    -- A dotted word: 'decision.approved', 'action.failed' …
    kind TEXT NOT NULL,
    sentence TEXT NOT NULL,
    conversation_id TEXT,
    suggestion_id BLOB,
    decision_id BLOB,
    action_id BLOB
) STRICT;

-- What the local model learnt from people.
CREATE TABLE lessons (
    decision_id BLOB NOT NULL PRIMARY KEY REFERENCES decisions (id),
    at INTEGER NOT NULL,
    bucket_id TEXT NOT NULL,
    weight REAL NOT NULL,
    -- JSON: the message as it was classified.
    message TEXT NOT NULL
) STRICT;

CREATE INDEX lessons_at ON lessons (at, decision_id);

-- Small facts about this file and the work on it.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
