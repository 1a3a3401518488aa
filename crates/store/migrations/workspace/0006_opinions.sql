-- Second opinions of language models, kept with the suggestions they are about, and what asking took each day.

CREATE TABLE opinions (
    suggestion_id BLOB NOT NULL PRIMARY KEY CHECK (length(suggestion_id) = 16),
    conversation_id TEXT NOT NULL,
    -- 'asked' is written before the question leaves, so that nothing is asked twice: it may have to be paid for.
    state TEXT NOT NULL CHECK (state IN ('asked', 'given', 'none')),
    asked_at INTEGER NOT NULL,
    answered_at INTEGER CHECK ((answered_at IS NULL) = (state = 'asked')),
    -- The bucket that was named; NULL for 'none of these'.
    bucket_id TEXT CHECK (bucket_id IS NULL OR state = 'given'),
    -- How the sureness is known, and what it is.
    sureness_kind TEXT CHECK (sureness_kind IN ('stated', 'probability')),
    sureness REAL CHECK ((sureness IS NULL) = (sureness_kind IS NULL) AND (sureness IS NULL) = (state <> 'given')),
    -- In the model's own words, which may repeat the customer's. Emptied when the text is erased.
    reason TEXT NOT NULL DEFAULT '',
    -- As the model calls itself.
    model TEXT CHECK ((model IS NULL) = (state <> 'given')),
    -- Why there is none, in words of ours.
    why_none TEXT CHECK ((why_none IS NULL) = (state <> 'none'))
) STRICT, WITHOUT ROWID;

CREATE INDEX opinions_conversation ON opinions (conversation_id);
CREATE INDEX opinions_asked ON opinions (asked_at) WHERE state = 'asked';

-- What a day of UTC took. Outlives the opinions: the day's caps go by it.
CREATE TABLE model_usage (
    -- Days since 1970-01-01.
    day INTEGER NOT NULL PRIMARY KEY,
    -- Questions that were asked, with an opinion or without.
    questions INTEGER NOT NULL DEFAULT 0,
    input_tokens INTEGER NOT NULL DEFAULT 0,
    output_tokens INTEGER NOT NULL DEFAULT 0,
    -- What questions could have taken that nobody waited for: the program was ended, or the settings changed.
    unheard_tokens INTEGER NOT NULL DEFAULT 0,
    -- Millionths of a US dollar, as far as prices are known.
    micro_dollars INTEGER NOT NULL DEFAULT 0,
    -- Tokens whose price is not known.
    unpriced_tokens INTEGER NOT NULL DEFAULT 0,
    -- Every token that has a price has one of its own.
    is_exact INTEGER NOT NULL DEFAULT 1 CHECK (is_exact IN (0, 1)),
    -- Some of it is what a request could have taken, because its answer did not say.
    is_estimate INTEGER NOT NULL DEFAULT 0 CHECK (is_estimate IN (0, 1))
) STRICT;
