//! The tables of erasures, and who is who.

use super::{ErasureRow, ErasureStage, LookedFor, NewErasure, UnfinishedErasure};
use crate::column::{from_json, from_json_or_default, from_word, readable, small, to_json};
use crate::error::StoreError;
use domain::{
    AuthorKind, ContactId, Conversation, ConversationId, ErasureCause, ErasureCounts, ErasureId, Timestamp,
};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection, SqlitePool};
use std::collections::BTreeSet;
use uuid::Uuid;

/// Names and addresses looked for in the texts of others, at most.
const PHRASES: usize = 12;
/// What stands for the reason of a delivery whose body went.
const EMPTIED: &str = "Its body was erased with the person it names";

/// A contact, and those that became this one.
pub(super) async fn aliases(
    tx: &mut SqliteConnection,
    contact: &ContactId,
) -> Result<BTreeSet<ContactId>, StoreError> {
    let from: Vec<String> = sqlx::query_scalar("SELECT from_id FROM merged_contacts WHERE into_id = ?1")
        .bind(contact.as_str())
        .fetch_all(tx)
        .await?;
    Ok(from.into_iter().map(ContactId).chain([contact.clone()]).collect())
}

pub(super) async fn merged_into(
    tx: &mut SqliteConnection,
    contact: &ContactId,
) -> Result<Option<ContactId>, StoreError> {
    let into: Option<String> = sqlx::query_scalar("SELECT into_id FROM merged_contacts WHERE from_id = ?1")
        .bind(contact.as_str())
        .fetch_optional(tx)
        .await?;
    Ok(into.map(ContactId))
}

/// Remembers that one contact became another; those that had become the first are the other's too.
pub(crate) async fn remember_merge(
    tx: &mut SqliteConnection,
    from: &ContactId,
    into: &ContactId,
    at: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM merged_contacts WHERE from_id = ?1")
        .bind(into.as_str())
        .execute(&mut *tx)
        .await?;
    sqlx::query("UPDATE merged_contacts SET into_id = ?2 WHERE into_id = ?1")
        .bind(from.as_str())
        .bind(into.as_str())
        .execute(&mut *tx)
        .await?;
    sqlx::query(
        "INSERT INTO merged_contacts (from_id, into_id, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (from_id) DO UPDATE SET into_id = excluded.into_id, at = excluded.at",
    )
    .bind(from.as_str())
    .bind(into.as_str())
    .bind(at.0)
    .execute(tx)
    .await?;
    Ok(())
}

/// Writes one contact for another in a fetched conversation.
pub(super) fn hand_over(conversation: &mut Conversation, from: &ContactId, into: &ContactId) {
    for part in &mut conversation.parts {
        if part.author.kind == AuthorKind::Contact && part.author.id == from.as_str() {
            part.author.id.clone_from(&into.0);
        }
    }
    let mut seen = BTreeSet::new();
    for contact in &mut conversation.contact_ids {
        if contact == from {
            contact.clone_from(into);
        }
    }
    conversation.contact_ids.retain(|contact| seen.insert(contact.clone()));
}

pub(crate) async fn is_erased(tx: &mut SqliteConnection, contact: &ContactId) -> Result<bool, StoreError> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM erased WHERE kind = 'contact' AND id = ?1 AND for_good = 1)",
    )
    .bind(contact.as_str())
    .fetch_one(tx)
    .await?)
}

pub(super) async fn count_records(
    tx: &mut SqliteConnection,
    people: &BTreeSet<ContactId>,
) -> Result<u32, StoreError> {
    let mut query = QueryBuilder::new("SELECT COUNT(*) FROM contacts WHERE id IN (");
    push_ids(&mut query, people);
    query.push(")");
    let number: i64 = query.build_query_scalar().fetch_one(tx).await?;
    Ok(small(number))
}

/// Conversations in which any of these people takes part or has written.
pub(super) async fn conversations_of(
    tx: &mut SqliteConnection,
    people: &BTreeSet<ContactId>,
    limit: u32,
) -> Result<BTreeSet<ConversationId>, StoreError> {
    Ok(conversations_after(tx, people, None, limit).await?.into_iter().collect())
}

/// The same in order of their ids, those after the one given.
pub(super) async fn conversations_after(
    tx: &mut SqliteConnection,
    people: &BTreeSet<ContactId>,
    after: Option<&ConversationId>,
    limit: u32,
) -> Result<Vec<ConversationId>, StoreError> {
    let after = after.map_or("", ConversationId::as_str);
    let mut query =
        QueryBuilder::new("SELECT conversation_id FROM conversation_contacts WHERE contact_id IN (");
    push_ids(&mut query, people);
    query.push(") AND conversation_id > ").push_bind(after.to_owned());
    query.push(" UNION SELECT conversation_id FROM parts WHERE author_kind = 'contact' AND author_id IN (");
    push_ids(&mut query, people);
    query.push(") AND conversation_id > ").push_bind(after.to_owned());
    query.push(" ORDER BY conversation_id LIMIT ").push_bind(i64::from(limit));
    let ids: Vec<String> = query.build_query_scalar().fetch_all(tx).await?;
    Ok(ids.into_iter().map(ConversationId).collect())
}

/// Whether somebody takes part in a conversation who is none of these people and was not erased.
pub(super) async fn others_in(
    tx: &mut SqliteConnection,
    id: &ConversationId,
    people: &BTreeSet<ContactId>,
) -> Result<bool, StoreError> {
    let mut query = QueryBuilder::new(
        "SELECT EXISTS (
            SELECT 1
            FROM conversation_contacts AS other
            WHERE other.conversation_id = ",
    );
    query.push_bind(id.0.clone()).push(" AND other.contact_id NOT IN (");
    push_ids(&mut query, people);
    query.push(
        ") AND NOT EXISTS (
            SELECT 1 FROM erased WHERE kind = 'contact' AND erased.id = other.contact_id AND for_good = 1
         ))",
    );
    Ok(query.build_query_scalar().fetch_one(tx).await?)
}

/// Conversations whose texts mention any of the names and addresses, but for some.
pub(super) async fn count_mentions(
    tx: &mut SqliteConnection,
    looked_for: &LookedFor,
    except: &BTreeSet<ConversationId>,
) -> Result<u32, StoreError> {
    let phrases: Vec<String> = looked_for
        .words()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .take(PHRASES)
        .map(|word| format!("\"{}\"", word.replace('"', "\"\"")))
        .collect();
    if phrases.is_empty() {
        return Ok(0);
    }
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT conversations.id
         FROM conversation_text
         JOIN conversations ON conversations.number = conversation_text.rowid
         WHERE conversation_text MATCH ?1",
    )
    .bind(format!("{{subject body}} : ({})", phrases.join(" OR ")))
    .fetch_all(tx)
    .await?;
    Ok(count(found.into_iter().filter(|id| !except.contains(&ConversationId(id.clone()))).count()))
}

/// Example messages of buckets that mention any of the names and addresses.
pub(super) async fn count_examples(
    tx: &mut SqliteConnection,
    looked_for: &LookedFor,
) -> Result<u32, StoreError> {
    let words: Vec<String> = looked_for.words().map(str::to_lowercase).collect();
    let lists: Vec<String> = sqlx::query_scalar("SELECT examples FROM buckets").fetch_all(tx).await?;
    let examples =
        lists.iter().flat_map(|list| from_json_or_default::<Vec<String>>("buckets.examples", list));
    let mention = |example: &String| {
        let example = example.to_lowercase();
        words.iter().any(|word| example.contains(word.as_str()))
    };
    Ok(count(examples.filter(mention).count()))
}

/// Empties the raw body of a delivery. False when it was empty.
pub(super) async fn empty_body(tx: &mut SqliteConnection, id: Uuid) -> Result<bool, StoreError> {
    let done = sqlx::query(
        "UPDATE deliveries
         SET body = x'', reason = CASE WHEN reason IS NULL OR outcome = 'received' THEN reason ELSE ?2 END
         WHERE id = ?1 AND length(body) > 0",
    )
    .bind(id)
    .bind(EMPTIED)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

pub(super) async fn find_begun(
    tx: &mut SqliteConnection,
    contact: &ContactId,
) -> Result<Option<ErasureId>, StoreError> {
    let id: Option<Uuid> =
        sqlx::query_scalar("SELECT id FROM erasures WHERE contact_id = ?1 AND state = 'begun'")
            .bind(contact.as_str())
            .fetch_optional(tx)
            .await?;
    Ok(id.map(ErasureId))
}

pub(super) async fn insert(
    tx: &mut SqliteConnection,
    new: &NewErasure,
    looked_for: &LookedFor,
    counts: &ErasureCounts,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO erasures (
            id,
            cause,
            state,
            asked_at,
            salt,
            contact_key,
            contact_id,
            keep_id,
            looked_for,
            counts
         ) VALUES (?1, ?2, 'begun', ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )
    .bind(new.id.0)
    .bind(new.cause.as_str())
    .bind(new.at.0)
    .bind(&new.salt)
    .bind(&new.contact_key)
    .bind(new.contact_id.as_str())
    .bind(new.keep_id)
    .bind(to_json(looked_for)?)
    .bind(to_json(counts)?)
    .execute(tx)
    .await?;
    Ok(())
}

pub(super) async fn add_counts(
    tx: &mut SqliteConnection,
    id: ErasureId,
    more: &ErasureCounts,
) -> Result<(), StoreError> {
    let counts: Option<String> = sqlx::query_scalar("SELECT counts FROM erasures WHERE id = ?1")
        .bind(id.0)
        .fetch_optional(&mut *tx)
        .await?;
    let counts = counts.ok_or(StoreError::NotFound("erasure"))?;
    let mut counts: ErasureCounts = from_json("what was erased", &counts)?;
    counts.add(more);
    sqlx::query("UPDATE erasures SET counts = ?2 WHERE id = ?1")
        .bind(id.0)
        .bind(to_json(&counts)?)
        .execute(tx)
        .await?;
    Ok(())
}

pub(super) async fn list_unfinished(readers: &SqlitePool) -> Result<Vec<UnfinishedErasure>, StoreError> {
    let rows: Vec<UnfinishedColumns> = sqlx::query_as(
        "SELECT id, cause, state, asked_at, salt, contact_key, contact_id, looked_for, counts
         FROM erasures
         WHERE state <> 'done'
         ORDER BY asked_at, id",
    )
    .fetch_all(readers)
    .await?;
    Ok(readable(rows.into_iter().map(UnfinishedErasure::try_from)))
}

type DoneColumns = (Uuid, String, i64, i64, String);

pub(super) async fn find_done(readers: &SqlitePool, id: ErasureId) -> Result<Option<ErasureRow>, StoreError> {
    let row: Option<DoneColumns> = sqlx::query_as(
        "SELECT id, cause, asked_at, finished_at, certificate FROM erasures WHERE id = ?1 AND state = 'done'",
    )
    .bind(id.0)
    .fetch_optional(readers)
    .await?;
    row.map(ErasureRow::from_columns).transpose()
}

pub(super) async fn list_done(readers: &SqlitePool, limit: u32) -> Result<Vec<ErasureRow>, StoreError> {
    let rows: Vec<DoneColumns> = sqlx::query_as(
        "SELECT id, cause, asked_at, finished_at, certificate
         FROM erasures
         WHERE state = 'done'
         ORDER BY asked_at DESC, id DESC
         LIMIT ?1",
    )
    .bind(i64::from(limit))
    .fetch_all(readers)
    .await?;
    Ok(readable(rows.into_iter().map(ErasureRow::from_columns)))
}

fn push_ids(query: &mut QueryBuilder<Sqlite>, people: &BTreeSet<ContactId>) {
    let mut ids = query.separated(", ");
    for person in people {
        ids.push_bind(person.0.clone());
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[derive(FromRow)]
struct UnfinishedColumns {
    id: Uuid,
    cause: String,
    state: String,
    asked_at: i64,
    salt: String,
    contact_key: String,
    contact_id: Option<String>,
    looked_for: Option<String>,
    counts: String,
}

impl TryFrom<UnfinishedColumns> for UnfinishedErasure {
    type Error = StoreError;

    fn try_from(row: UnfinishedColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: ErasureId(row.id),
            cause: from_word("the cause of an erasure", &row.cause, ErasureCause::parse)?,
            stage: from_word("the state of an erasure", &row.state, |word| match word {
                "begun" => Some(ErasureStage::Begun),
                "erased" => Some(ErasureStage::Erased),
                _ => None,
            })?,
            contact_id: row.contact_id.map(ContactId),
            asked_at: Timestamp(row.asked_at),
            looked_for: row
                .looked_for
                .map(|json| from_json("what an erasure looks for", &json))
                .transpose()?
                .unwrap_or_default(),
            counts: from_json("what was erased", &row.counts)?,
            contact_key: row.contact_key,
            salt: row.salt,
        })
    }
}
