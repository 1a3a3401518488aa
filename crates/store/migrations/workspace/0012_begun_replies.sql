-- Replies that a person has begun to write, so that they outlive the page and the program.

CREATE TABLE begun_replies (
    -- One at most for each conversation.
    conversation_id TEXT NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    -- The suggestion that the person had in front of them: what was done since is told by the state it was made on.
    suggestion_id BLOB NOT NULL CHECK (length(suggestion_id) = 16),
    -- The bucket that it is to be sent as, where that is not the suggested one.
    bucket_id TEXT,
    -- The draft that it began as.
    draft_id BLOB CHECK (length(draft_id) = 16),
    begun_at INTEGER NOT NULL,
    changed_at INTEGER NOT NULL,
    -- The decision that took it along: it is set aside until that has been carried out, and back when it is taken back.
    decision_id BLOB REFERENCES decisions (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX begun_replies_decision ON begun_replies (decision_id) WHERE decision_id IS NOT NULL;
