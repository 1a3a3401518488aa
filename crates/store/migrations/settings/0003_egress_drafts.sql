-- The ledger knows one more reason: a language model is asked to draft a reply. The list of reasons is a check of the
-- column, which cannot be changed in place.

CREATE TABLE egress_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- When the request began.
    at INTEGER NOT NULL,
    -- The workspace it was made for; NULL when for none.
    workspace_id BLOB CHECK (workspace_id IS NULL OR length(workspace_id) = 16),
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    sent_bytes INTEGER NOT NULL,
    received_bytes INTEGER NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('second_opinion', 'draft', 'list_models', 'check_key')),
    outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'no_answer', 'no_connection')),
    -- The HTTP status of the answer.
    status INTEGER CHECK ((status IS NOT NULL) = (outcome = 'answered'))
) STRICT;

INSERT INTO egress_anew (id, at, workspace_id, host, port, sent_bytes, received_bytes, purpose, outcome, status)
SELECT id, at, workspace_id, host, port, sent_bytes, received_bytes, purpose, outcome, status FROM egress;

DROP TABLE egress;
ALTER TABLE egress_anew RENAME TO egress;
CREATE INDEX egress_at ON egress (at);
