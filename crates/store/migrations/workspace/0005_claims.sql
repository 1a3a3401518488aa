-- How a decision's reply is kept from crossing another console's, and how long our calls were open to it.

-- JSON: the part that claims the conversation for the decision, and when the call that left it began. NULL before
-- the first, and for decisions that send no reply.
ALTER TABLE decisions ADD COLUMN claim TEXT;

-- Milliseconds from the answer of the reading that a call relied on to the end of that call: the time in which
-- somebody else's act would not have been seen. NULL for an action whose call was not answered.
ALTER TABLE actions ADD COLUMN gap_ms INTEGER;

CREATE INDEX actions_gap ON actions (created_at, gap_ms) WHERE gap_ms IS NOT NULL;
