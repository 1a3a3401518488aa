//! Articles of the help center: kept, found by their words, and gone when the helpdesk has them no more.

use crate::error::StoreError;
use crate::store::Store;
use domain::{ArticleId, HelpArticle, Timestamp};
use sqlx::{FromRow, SqliteConnection};
use std::collections::BTreeSet;

/// Articles written before others get a turn.
const TURN: usize = 25;

/// A heading says more of what an article is about than its text does: the weights of `bm25`.
pub(crate) const FIND: &str = "
    SELECT
        articles.number,
        articles.id,
        articles.locale,
        articles.title,
        articles.url,
        articles.text,
        articles.updated_at
    FROM article_text
    JOIN articles ON articles.number = article_text.rowid
    WHERE article_text MATCH ?1
    ORDER BY bm25(article_text, 8.0, 1.0), articles.number
    LIMIT ?2";

const LANGUAGES: &str = "
    SELECT number, id, locale, title, url, text, updated_at FROM articles WHERE id = ?1 ORDER BY number";

/// A word to be looked for: letters and digits only.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SoughtWord {
    /// The word, or how it begins.
    pub word: String,
    /// Whether words that begin with it count too.
    pub is_beginning: bool,
}

impl SoughtWord {
    fn term(&self) -> Option<String> {
        let word: String = self.word.chars().filter(|c| c.is_alphanumeric()).collect();
        (!word.is_empty()).then(|| format!("\"{word}\"{}", if self.is_beginning { "*" } else { "" }))
    }
}

impl Store {
    /// Keeps these articles; only those that changed are written. Returns how many.
    pub async fn upsert_articles(&self, articles: &[HelpArticle]) -> Result<usize, StoreError> {
        let mut changed = 0;
        for turn in articles.chunks(TURN) {
            let mut news = Vec::new();
            for article in turn {
                let known = self.find_article(&article.id, &article.locale).await?;
                if known.is_none_or(|known| is_another(&known, article)) {
                    news.push(article);
                }
            }
            if news.is_empty() {
                continue;
            }
            changed += news.len();
            let mut behind = self.database.write_behind().await?;
            for article in news {
                upsert(&mut behind, article).await?;
            }
            behind.commit().await?;
        }
        Ok(changed)
    }

    /// Keeps an article as it is: in these languages, and in no other. Returns whether anything changed.
    pub async fn replace_article(
        &self,
        id: &ArticleId,
        languages: &[HelpArticle],
    ) -> Result<bool, StoreError> {
        let mut tx = self.database.write().await?;
        let known: Vec<ArticleColumns> =
            sqlx::query_as(LANGUAGES).bind(id.as_str()).fetch_all(&mut *tx).await?;
        let mut changed = false;
        for old in &known {
            if !languages.iter().any(|new| new.locale == old.locale) {
                forget(&mut tx, old.number).await?;
                changed = true;
            }
        }
        let known: Vec<HelpArticle> = known.into_iter().map(HelpArticle::from).collect();
        for new in languages {
            let old = known.iter().find(|old| old.locale == new.locale);
            if old.is_none_or(|old| is_another(old, new)) {
                upsert(&mut tx, new).await?;
                changed = true;
            }
        }
        tx.commit().await?;
        Ok(changed)
    }

    /// Forgets all articles but these, by id and language. Returns how many went.
    pub async fn keep_only_articles(
        &self,
        kept: &BTreeSet<(ArticleId, String)>,
    ) -> Result<usize, StoreError> {
        let all: Vec<(i64, String, String)> = sqlx::query_as("SELECT number, id, locale FROM articles")
            .fetch_all(&self.database.readers)
            .await?;
        let gone: Vec<i64> = all
            .into_iter()
            .filter(|(_, id, locale)| !kept.contains(&(ArticleId(id.clone()), locale.clone())))
            .map(|(number, ..)| number)
            .collect();
        for turn in gone.chunks(TURN) {
            let mut behind = self.database.write_behind().await?;
            for number in turn {
                forget(&mut behind, *number).await?;
            }
            behind.commit().await?;
        }
        Ok(gone.len())
    }

    /// How many articles are kept, each language for itself.
    pub async fn count_articles(&self) -> Result<i64, StoreError> {
        Ok(sqlx::query_scalar("SELECT COUNT(*) FROM articles").fetch_one(&self.database.readers).await?)
    }

    /// How many articles are kept, each once whatever its languages.
    pub async fn count_articles_once(&self) -> Result<i64, StoreError> {
        let count = sqlx::query_scalar("SELECT COUNT(DISTINCT id) FROM articles");
        Ok(count.fetch_one(&self.database.readers).await?)
    }

    /// In how many articles each word stands.
    pub async fn count_articles_with(&self, words: &[SoughtWord]) -> Result<Vec<i64>, StoreError> {
        let mut counts = Vec::with_capacity(words.len());
        for word in words {
            counts.push(match word.term() {
                Some(term) => {
                    sqlx::query_scalar("SELECT COUNT(*) FROM article_text WHERE article_text MATCH ?1")
                        .bind(term)
                        .fetch_one(&self.database.readers)
                        .await?
                }
                None => 0,
            });
        }
        Ok(counts)
    }

    /// An article in one language.
    pub async fn find_article(
        &self,
        id: &ArticleId,
        locale: &str,
    ) -> Result<Option<HelpArticle>, StoreError> {
        let row: Option<ArticleColumns> = sqlx::query_as(
            "SELECT number, id, locale, title, url, text, updated_at FROM articles WHERE id = ?1 AND locale = ?2",
        )
        .bind(id.as_str())
        .bind(locale)
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(row.map(HelpArticle::from))
    }

    /// An article in all its languages.
    pub async fn list_languages_of_article(&self, id: &ArticleId) -> Result<Vec<HelpArticle>, StoreError> {
        let rows: Vec<ArticleColumns> =
            sqlx::query_as(LANGUAGES).bind(id.as_str()).fetch_all(&self.database.readers).await?;
        Ok(rows.into_iter().map(HelpArticle::from).collect())
    }

    /// Articles in which any of the words stands, the best first.
    pub async fn find_articles(
        &self,
        words: &[SoughtWord],
        limit: u32,
    ) -> Result<Vec<HelpArticle>, StoreError> {
        let terms: Vec<String> = words.iter().filter_map(SoughtWord::term).collect();
        if terms.is_empty() {
            return Ok(vec![]);
        }
        let rows: Vec<ArticleColumns> = sqlx::query_as(FIND)
            .bind(terms.join(" OR "))
            .bind(i64::from(limit))
            .fetch_all(&self.database.readers)
            .await?;
        Ok(rows.into_iter().map(HelpArticle::from).collect())
    }
}

/// Whether a reader would see something else. The time of the last change alone is nothing to see.
fn is_another(known: &HelpArticle, article: &HelpArticle) -> bool {
    known.title != article.title || known.url != article.url || known.text != article.text
}

async fn forget(tx: &mut SqliteConnection, number: i64) -> Result<(), StoreError> {
    for statement in ["DELETE FROM article_text WHERE rowid = ?1", "DELETE FROM articles WHERE number = ?1"] {
        sqlx::query(statement).bind(number).execute(&mut *tx).await?;
    }
    Ok(())
}

async fn upsert(tx: &mut SqliteConnection, article: &HelpArticle) -> Result<(), StoreError> {
    let number: i64 = sqlx::query_scalar(
        "INSERT INTO articles (id, locale, title, url, text, updated_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (id, locale) DO UPDATE SET
            title = excluded.title,
            url = excluded.url,
            text = excluded.text,
            updated_at = excluded.updated_at
         RETURNING number",
    )
    .bind(article.id.as_str())
    .bind(&article.locale)
    .bind(&article.title)
    .bind(&article.url)
    .bind(&article.text)
    .bind(article.updated_at.map(|at| at.0))
    .fetch_one(&mut *tx)
    .await?;
    sqlx::query("DELETE FROM article_text WHERE rowid = ?1").bind(number).execute(&mut *tx).await?;
    sqlx::query("INSERT INTO article_text (rowid, title, body) VALUES (?1, ?2, ?3)")
        .bind(number)
        .bind(&article.title)
        .bind(&article.text)
        .execute(tx)
        .await?;
    Ok(())
}

#[derive(FromRow)]
struct ArticleColumns {
    number: i64,
    id: String,
    locale: String,
    title: String,
    url: String,
    text: String,
    updated_at: Option<i64>,
}

impl From<ArticleColumns> for HelpArticle {
    fn from(row: ArticleColumns) -> Self {
        Self {
            id: ArticleId(row.id),
            locale: row.locale,
            title: row.title,
            url: row.url,
            text: row.text,
            updated_at: row.updated_at.map(Timestamp),
        }
    }
}
