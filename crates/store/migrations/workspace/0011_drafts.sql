-- Drafts of replies by a language model, each asked for by a person, kept with the suggestion it was asked for on.

CREATE TABLE drafts (
    -- One at most for each suggestion: asking again takes the place of the one before.
    suggestion_id BLOB NOT NULL PRIMARY KEY CHECK (length(suggestion_id) = 16),
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    conversation_id TEXT NOT NULL,
    -- 'asked' is written before the question leaves. 'unproven' is a reply that does not hold what it must.
    state TEXT NOT NULL CHECK (state IN ('asked', 'reply', 'hand_over', 'unproven', 'none')),
    asked_at INTEGER NOT NULL,
    answered_at INTEGER CHECK ((answered_at IS NULL) = (state = 'asked')),
    -- The reply with the links of what it cites, before anything is put in for its variables.
    text TEXT CHECK ((text IS NULL) = (state <> 'reply')),
    -- JSON array: what it rests on.
    sources TEXT CHECK ((sources IS NULL) = (state <> 'reply')),
    -- JSON array: what it leaves open, as it stands in the text.
    left_open TEXT CHECK ((left_open IS NULL) = (state <> 'reply')),
    -- Why a person should answer: the model's words, or ours where the reply is unproven. Why there is none: ours.
    reason TEXT CHECK ((reason IS NULL) = (state IN ('asked', 'reply'))),
    -- As the model calls itself.
    model TEXT CHECK ((model IS NULL) = (state IN ('asked', 'none'))),
    -- The decision that a person took with it.
    decision_id BLOB REFERENCES decisions (id)
) STRICT, WITHOUT ROWID;

CREATE INDEX drafts_conversation ON drafts (conversation_id);
CREATE INDEX drafts_asked ON drafts (asked_at) WHERE state = 'asked';
CREATE INDEX drafts_decision ON drafts (decision_id) WHERE decision_id IS NOT NULL;

-- What an edited reply was suggested by: the bucket's own, or a draft of a language model.
ALTER TABLE edits ADD COLUMN suggested_by TEXT NOT NULL DEFAULT 'bucket' CHECK (suggested_by IN ('bucket', 'draft'));

-- Drafts that were asked for, beside the questions.
ALTER TABLE model_usage ADD COLUMN drafts INTEGER NOT NULL DEFAULT 0;
