-- The local model as it was trained, so that a start need not train it again. It is a cache: what it was made from is in
-- `buckets` and `lessons`. It holds no text, and it goes when lessons are erased.
CREATE TABLE models (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    saved_at INTEGER NOT NULL,
    -- Names the exact state of the model.
    version TEXT NOT NULL,
    -- Carries a version and a checksum of its own.
    bytes BLOB NOT NULL
) STRICT;
