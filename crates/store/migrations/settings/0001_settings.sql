-- What belongs to no workspace: which workspaces there are, and how the program is set up. No secret is kept
-- here; those live in the system's keychain.

PRAGMA application_id = 0x43534753; -- 'CSGS': Countersign settings

CREATE TABLE workspaces (
    -- Ours, UUIDv7; also names the workspace's own file.
    id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
    kind TEXT NOT NULL CHECK (kind IN ('demo', 'connected')),
    name TEXT NOT NULL,
    -- The vendor's id of the workspace, which its webhooks carry.
    app_id TEXT NOT NULL,
    -- As the vendor writes it; empty when unknown.
    region TEXT NOT NULL,
    -- Where the vendor's API is, when it is not the region's own address.
    base_url TEXT,
    -- The teammate in whose name actions are performed.
    acting_admin_id TEXT,
    -- The address that webhooks are sent to, as entered at the vendor.
    public_url TEXT,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
