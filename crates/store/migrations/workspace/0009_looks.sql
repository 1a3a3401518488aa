-- How people look at what was suggested, what they change, and what a team brings along.

-- How long the card was open before the answer, milliseconds; NULL where it was not measured.
ALTER TABLE decisions ADD COLUMN looked_ms INTEGER;

-- What a person changed in a suggested reply. It holds text, so it goes when the conversation's text goes.
CREATE TABLE edits (
    decision_id BLOB NOT NULL PRIMARY KEY REFERENCES decisions (id),
    conversation_id TEXT NOT NULL,
    -- JSON array of pieces: kept, removed, added.
    pieces TEXT NOT NULL
) STRICT;

CREATE INDEX edits_conversation ON edits (conversation_id);

-- Labelled history that a person imported. One is taken back whole.
CREATE TABLE imports (
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    at INTEGER NOT NULL,
    source TEXT NOT NULL CHECK (source IN ('file', 'tags')),
    -- The name of the file; empty for tags.
    name TEXT NOT NULL,
    -- Lessons that it brought.
    brought INTEGER NOT NULL,
    undone_at INTEGER
) STRICT;

-- What the local model learns from them. They count as older than any decision.
CREATE TABLE imported_lessons (
    import_id BLOB NOT NULL REFERENCES imports (id),
    -- Order within the import, from 0.
    place INTEGER NOT NULL,
    bucket_id TEXT NOT NULL,
    -- The conversation it was made from; NULL for a line of a file.
    conversation_id TEXT,
    -- JSON: the message, as in lessons.
    message TEXT NOT NULL,
    PRIMARY KEY (import_id, place)
) STRICT, WITHOUT ROWID;

CREATE INDEX imported_lessons_conversation ON imported_lessons (conversation_id) WHERE conversation_id IS NOT NULL;
