//! The search index: one document a conversation, of its subject, its texts and the names of its people.
//!
//! A document is built from the rows and compared with the one indexed, so it can only be missing while nobody
//! has written the conversation since, and writing it again mends it.

use crate::error::StoreError;
use domain::ConversationId;
use sqlx::SqliteConnection;

/// Words beyond these say nothing more about what is looked for.
const WORDS: usize = 12;
const WORD_LENGTH: usize = 80;

/// Brings a conversation's document up to date.
pub(crate) async fn index(tx: &mut SqliteConnection, id: &ConversationId) -> Result<(), StoreError> {
    let head: Option<(i64, Option<String>)> =
        sqlx::query_as("SELECT number, subject FROM conversations WHERE id = ?1")
            .bind(id.as_str())
            .fetch_optional(&mut *tx)
            .await?;
    let Some((number, subject)) = head else { return Ok(()) };
    let texts: Vec<String> = sqlx::query_scalar(
        "SELECT text FROM parts WHERE conversation_id = ?1 AND text IS NOT NULL ORDER BY place",
    )
    .bind(id.as_str())
    .fetch_all(&mut *tx)
    .await?;
    let people: Vec<(Option<String>, Option<String>)> = sqlx::query_as(
        "SELECT COALESCE(contacts.name, taking_part.name), COALESCE(contacts.email, taking_part.email)
         FROM conversation_contacts AS taking_part
         LEFT JOIN contacts ON contacts.id = taking_part.contact_id
         WHERE taking_part.conversation_id = ?1
         ORDER BY taking_part.position",
    )
    .bind(id.as_str())
    .fetch_all(&mut *tx)
    .await?;
    let people: Vec<String> = people.into_iter().flat_map(|(name, email)| [name, email]).flatten().collect();
    let document = (subject.unwrap_or_default(), texts.join("\n"), people.join("\n"));
    let indexed: Option<(String, String, String)> =
        sqlx::query_as("SELECT subject, body, people FROM conversation_text WHERE rowid = ?1")
            .bind(number)
            .fetch_optional(&mut *tx)
            .await?;
    if indexed.as_ref() == Some(&document) {
        return Ok(());
    }
    if indexed.is_some() {
        delete(tx, number).await?;
    }
    sqlx::query("INSERT INTO conversation_text (rowid, subject, body, people) VALUES (?1, ?2, ?3, ?4)")
        .bind(number)
        .bind(document.0)
        .bind(document.1)
        .bind(document.2)
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes a conversation out of the index. The conversation must still be there to tell its number.
pub(crate) async fn forget(tx: &mut SqliteConnection, id: &ConversationId) -> Result<(), StoreError> {
    let number: Option<i64> = sqlx::query_scalar("SELECT number FROM conversations WHERE id = ?1")
        .bind(id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
    match number {
        Some(number) => delete(tx, number).await,
        None => Ok(()),
    }
}

async fn delete(tx: &mut SqliteConnection, number: i64) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM conversation_text WHERE rowid = ?1").bind(number).execute(tx).await?;
    Ok(())
}

/// How to look for what a person typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Search {
    /// Nothing was typed.
    All,
    /// Words, the last letters of each may be missing: an FTS5 query with no operator of the person's.
    Words(String),
    /// Signs, or a script that puts no spaces between words: text to be found as it stands.
    Text(String),
}

/// Every word typed is quoted, so that operators, column names and quotes are only text.
pub(super) fn parse(typed: &str) -> Search {
    let words: Vec<String> = typed
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(WORD_LENGTH).collect())
        .take(WORDS)
        .collect();
    if words.is_empty() {
        return Search::All;
    }
    let quoted: Vec<String> = words
        .iter()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
        .collect();
    if quoted.is_empty() || words.iter().any(|word| word.chars().any(is_unspaced)) {
        return Search::Text(words.join(" "));
    }
    Search::Words(quoted.join(" "))
}

/// Scripts written without spaces, of which the tokenizer makes one word a sentence.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0e00..=0x0eff | 0x1000..=0x109f | 0x1780..=0x17ff // Thai, Lao, Myanmar, Khmer
        | 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_only_ever_text() {
        assert_eq!(parse("  "), Search::All);
        assert_eq!(parse("refund ord"), Search::Words("\"refund\"* \"ord\"*".to_owned()));
        assert_eq!(
            parse("a\" OR subject:x NEAR(b"),
            Search::Words("\"a\"\"\"* \"OR\"* \"subject:x\"* \"NEAR(b\"*".to_owned())
        );
        assert_eq!(parse("hello\u{0}there 🙂"), Search::Words("\"hello\"* \"there\"*".to_owned()));
        assert_eq!(parse("🙂 !!"), Search::Text("🙂 !!".to_owned()));
        assert_eq!(parse("返金"), Search::Text("返金".to_owned()));
    }
}
