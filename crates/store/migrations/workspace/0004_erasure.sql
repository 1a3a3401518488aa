-- Erasing people: what must outlive a program that is killed half way, what must not come back, and what is shown
-- afterwards as proof. No table here keeps a name, an address or a word of anybody once an erasure has ended.

-- Set for a person who was erased: nothing of theirs is kept again, however late it is fetched. Without it, only
-- copies from before are refused.
ALTER TABLE erased ADD COLUMN for_good INTEGER NOT NULL DEFAULT 0 CHECK (for_good IN (0, 1));

-- Contacts that became others at the vendor, so that a copy that still names the old one is handed over too, and
-- that erasing the one who stays erases both.
CREATE TABLE merged_contacts (
    from_id TEXT NOT NULL PRIMARY KEY,
    into_id TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX merged_contacts_into ON merged_contacts (into_id);

CREATE TABLE erasures (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    cause TEXT NOT NULL CHECK (cause IN ('helpdesk', 'person')),
    -- 'begun': asked for, under way; 'erased': nothing is left in the tables; 'done': the file was searched, and the
    -- certificate written. What is not done is taken up at the next start.
    state TEXT NOT NULL CHECK (state IN ('begun', 'erased', 'done')),
    asked_at INTEGER NOT NULL,
    finished_at INTEGER CHECK ((finished_at IS NOT NULL) = (state = 'done')),
    -- SHA-256 of a salt, a colon and the contact's id: whoever knows the id can find the certificate again.
    salt TEXT NOT NULL,
    contact_key TEXT NOT NULL,
    -- The vendor's id; kept after the end only where a person asked for it.
    contact_id TEXT CHECK (state <> 'begun' OR contact_id IS NOT NULL),
    keep_id INTEGER NOT NULL CHECK (keep_id IN (0, 1)),
    -- JSON: what names this person, to be looked for elsewhere. NULL from 'erased' on.
    looked_for TEXT CHECK ((looked_for IS NOT NULL) = (state = 'begun')),
    -- JSON: how many of each kind were erased so far.
    counts TEXT NOT NULL DEFAULT '{}',
    -- JSON: the certificate.
    certificate TEXT CHECK ((certificate IS NOT NULL) = (state = 'done'))
) STRICT;

CREATE UNIQUE INDEX erasures_begun ON erasures (contact_id) WHERE state = 'begun';
CREATE INDEX erasures_unfinished ON erasures (asked_at) WHERE state <> 'done';
CREATE INDEX erasures_asked ON erasures (asked_at, id);

-- Finds what a person wrote in conversations that no longer name them.
CREATE INDEX parts_contact ON parts (author_id, conversation_id) WHERE author_kind = 'contact';
