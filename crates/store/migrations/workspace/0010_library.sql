-- What the team has written once to answer many: the published articles of its help center, to be found on this machine
-- for a customer's message and quoted in a reply, and its macros. They are copies: whatever the helpdesk does not list any
-- more goes from here.
CREATE TABLE articles (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    -- The vendor's id, the same in all languages.
    id TEXT NOT NULL,
    -- The language as the vendor writes it; empty where it gives none.
    locale TEXT NOT NULL DEFAULT '',
    title TEXT NOT NULL,
    url TEXT NOT NULL,
    -- Plain and safe to show.
    text TEXT NOT NULL,
    -- When the vendor last changed it, milliseconds.
    updated_at INTEGER,
    UNIQUE (id, locale)
) STRICT;

-- With a copy of the text, for the same reasons as `conversation_text`. The row ids are the numbers of the articles.
CREATE VIRTUAL TABLE article_text USING fts5 (
    title,
    body,
    tokenize = 'unicode61 remove_diacritics 2'
);
INSERT INTO article_text (article_text, rank) VALUES ('secure-delete', 1);

CREATE TABLE macros (
    -- The vendor's id.
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Plain, with variables.
    text TEXT NOT NULL,
    -- JSON array of the ids of the teams that it is for; empty for everybody.
    team_ids TEXT NOT NULL DEFAULT '[]',
    -- When the vendor last changed it, milliseconds.
    updated_at INTEGER
) STRICT;
