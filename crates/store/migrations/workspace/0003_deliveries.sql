-- What the page of deliveries tells beyond the outcome. A table of its own, for two reasons: columns added to
-- `deliveries` would stand behind the body, so that every list would walk through it; and the time of the answer is
-- known only after the commit that the answer promises, so it cannot be part of it.
--
-- Holds nothing of the text of a delivery. A delivery without a row here is one that nothing is known of.

CREATE TABLE delivery_traces (
    delivery_id BLOB NOT NULL PRIMARY KEY CHECK (length(delivery_id) = 16),
    -- Milliseconds from the last byte of the request to its answer; NULL when it was not noted.
    answered_after_ms INTEGER,
    -- What it led to when it was applied last.
    led_to TEXT CHECK (led_to IN ('news', 'known', 'suggestion', 'erased')),
    -- The suggestion that was made for it.
    suggestion_id BLOB CHECK ((suggestion_id IS NOT NULL) = (led_to IS NOT NULL AND led_to = 'suggestion')),
    -- How often a person had it taken up again, and when last.
    replays INTEGER NOT NULL DEFAULT 0,
    replayed_at INTEGER
) STRICT, WITHOUT ROWID;
