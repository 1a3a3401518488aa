-- Policies: what may happen to a suggestion without a person, and what they made of each suggestion.

-- One for each bucket and kind of action that a lead has set. Others are the cautious one.
CREATE TABLE policies (
    bucket_id TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('assign', 'reply', 'note', 'close', 'open', 'snooze')),
    -- JSON: line, hold, cap, samples, promise, limits of drift.
    settings TEXT NOT NULL,
    -- JSON: whether it may act, since when, and why not any more.
    autonomy TEXT NOT NULL,
    -- When a person gave autonomy last; stays when it is withdrawn.
    given_at INTEGER,
    PRIMARY KEY (bucket_id, action)
) STRICT, WITHOUT ROWID;

-- What the policies made of a suggestion when it came in. One that has no row was not judged yet.
CREATE TABLE judgements (
    suggestion_id BLOB NOT NULL PRIMARY KEY CHECK (length(suggestion_id) = 16),
    conversation_id TEXT NOT NULL,
    -- The message: judged once, however many suggestions are made for it.
    part_id TEXT NOT NULL,
    -- NULL when no bucket was suggested.
    bucket_id TEXT,
    at INTEGER NOT NULL,
    -- As it was judged by: with a second opinion, what the record makes of both.
    confidence REAL NOT NULL,
    -- Kinds of action in its plan, separated by commas.
    actions TEXT NOT NULL DEFAULT '',
    outcome TEXT NOT NULL CHECK (outcome IN ('automatic', 'clear', 'person')),
    -- Drawn by lot: a person answers without seeing the suggestion.
    blind INTEGER NOT NULL DEFAULT 0 CHECK (blind IN (0, 1)),
    -- The same message was judged before, with another suggestion.
    is_repeat INTEGER NOT NULL DEFAULT 0 CHECK (is_repeat IN (0, 1)),
    -- Distinct words of the message, and how many of them the model did not know.
    words INTEGER NOT NULL DEFAULT 0,
    unknown_words INTEGER NOT NULL DEFAULT 0,
    -- The decision that an automatic one came to.
    decision_id BLOB UNIQUE REFERENCES decisions (id),
    -- The bucket as it was then, as a checksum.
    bucket_print TEXT,
    -- Why a held plan came back to a person, in words of ours.
    sent_back TEXT,
    -- A person has ordered the rest of it.
    taken_over INTEGER NOT NULL DEFAULT 0 CHECK (taken_over IN (0, 1)),
    CHECK ((decision_id IS NOT NULL) = (outcome = 'automatic'))
) STRICT, WITHOUT ROWID;

CREATE INDEX judgements_message ON judgements (conversation_id, part_id);
CREATE INDEX judgements_at ON judgements (at);
CREATE INDEX judgements_automatic ON judgements (at) WHERE outcome = 'automatic';

-- Who decided. What a policy decided teaches nothing and is no record.
ALTER TABLE decisions ADD COLUMN decided_by TEXT NOT NULL DEFAULT 'person' CHECK (decided_by IN ('person', 'policy'));
