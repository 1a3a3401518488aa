-- What is known to be complete: how far the helpdesk was followed, and for which periods nothing is missing. Needed
-- because deliveries can be lost while the program, the network or the way to this machine is down.

-- How far changes were followed. One row, made by the first reading.
CREATE TABLE catch_up (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Changes up to here are in the store, by the vendor's clock: the newest last change that a complete search
    -- listed. The next search begins a little before it.
    cursor_at INTEGER NOT NULL,
    -- The beginning of that search by the clock of this machine.
    searched_at INTEGER NOT NULL
) STRICT;

-- Periods in which no change of a conversation was missed, by the clock of this machine. Periods of one kind that
-- touch are one row.
CREATE TABLE coverage (
    how TEXT NOT NULL CHECK (how IN ('listening', 'catch_up', 'backfill')),
    from_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL CHECK (until_at > from_at),
    PRIMARY KEY (how, from_at)
) STRICT, WITHOUT ROWID;

-- Fetching what is older than the first start. One row. It walks backwards in time, so that what it has is always
-- the newest, and a restart knows where it stood without trusting a cursor of the vendor's.
CREATE TABLE backfill (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- How far back it shall go.
    from_at INTEGER NOT NULL,
    -- Where it began.
    until_at INTEGER NOT NULL,
    -- Conversations that were last changed from here on are in the store.
    reached_at INTEGER NOT NULL,
    -- Conversations looked at.
    done INTEGER NOT NULL DEFAULT 0,
    -- Conversations in all, as far as the vendor counted them.
    total INTEGER,
    paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1))
) STRICT;

-- Conversations that were listed but could not be read. They are tried again with each catch-up, and the person is
-- told: without this list a single one would hold up all others.
CREATE TABLE unread_conversations (
    conversation_id TEXT NOT NULL PRIMARY KEY,
    since INTEGER NOT NULL,
    -- Why, for people.
    reason TEXT NOT NULL
) STRICT, WITHOUT ROWID;
