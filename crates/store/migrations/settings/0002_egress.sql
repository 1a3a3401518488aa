-- The ledger of what left this machine for somebody who is not the helpdesk. It says whom for, when, how much and why,
-- and never what: no text, no path, no key.

CREATE TABLE egress (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    -- When the request began.
    at INTEGER NOT NULL,
    -- The workspace it was made for; NULL when for none.
    workspace_id BLOB CHECK (workspace_id IS NULL OR length(workspace_id) = 16),
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    sent_bytes INTEGER NOT NULL,
    received_bytes INTEGER NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('second_opinion', 'list_models', 'check_key')),
    outcome TEXT NOT NULL CHECK (outcome IN ('answered', 'no_answer', 'no_connection')),
    -- The HTTP status of the answer.
    status INTEGER CHECK ((status IS NOT NULL) = (outcome = 'answered'))
) STRICT;

CREATE INDEX egress_at ON egress (at);
