-- The kind of deliveries about articles: `change_kind` was NULL, since the table was made without the word.
--
-- A CHECK can only be widened by making the table anew, with every body of every delivery, or in the text that the table
-- is kept as. That text decides nothing about how rows are stored, so it is what is changed here.

PRAGMA writable_schema = ON;

UPDATE sqlite_schema
SET sql = replace(sql, '''ping'', ''ignored''', '''ping'', ''ignored'', ''article''')
WHERE type = 'table' AND name = 'deliveries';

PRAGMA writable_schema = RESET;

-- A word that the table refuses has to fail here, and not with the next delivery.
INSERT INTO deliveries (id, received_at, change_kind, outcome, size, body)
VALUES (zeroblob(16), 0, 'article', 'ignored', 0, x'');

DELETE FROM deliveries WHERE id = zeroblob(16);

-- Found by their topic, so that nothing else is read.
UPDATE deliveries
SET change_kind = 'article'
WHERE topic >= 'article.' AND topic < 'article/' AND change_kind IS NULL AND change IS NOT NULL;
