//! The activity log: what happened, in sentences without personal data.

use crate::error::StoreError;
use crate::store::Store;
use domain::{ActionId, ConversationId, DecisionId, SuggestionId, Timestamp};
use sqlx::{FromRow, SqliteConnection};
use uuid::Uuid;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewActivity {
    /// When.
    pub at: Timestamp,
    /// A dotted word: `decision.approved`, `action.failed`, `workspace.connected` …
    pub kind: String,
    /// What happened, for people, without personal data.
    pub sentence: String,
    /// The conversation it is about.
    pub conversation_id: Option<ConversationId>,
    /// The suggestion it is about.
    pub suggestion_id: Option<SuggestionId>,
    /// The decision it is about.
    pub decision_id: Option<DecisionId>,
    /// The action it is about.
    pub action_id: Option<ActionId>,
}

/// An entry of the log. Name and subject are looked up for showing; the log itself holds neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActivityRow {
    /// Its number, ascending in order of entry.
    pub id: i64,
    /// When.
    pub at: Timestamp,
    /// A dotted word.
    pub kind: String,
    /// What happened.
    pub sentence: String,
    /// The conversation it is about.
    pub conversation_id: Option<ConversationId>,
    /// The suggestion it is about.
    pub suggestion_id: Option<SuggestionId>,
    /// The decision it is about.
    pub decision_id: Option<DecisionId>,
    /// The action it is about.
    pub action_id: Option<ActionId>,
    /// What the contact of the conversation is called, while it is known.
    pub contact_name: Option<String>,
    /// Title of the conversation, while it is kept.
    pub subject: Option<String>,
}

impl Store {
    /// Adds an entry; returns its number.
    pub async fn insert_activity(&self, new: &NewActivity) -> Result<i64, StoreError> {
        let mut tx = self.database.write().await?;
        let id = insert(&mut tx, new).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// Entries, newest first; those before one of them for the next page.
    pub async fn list_activity(
        &self,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<ActivityRow>, StoreError> {
        let rows: Vec<ActivityColumns> = sqlx::query_as(LIST)
            .bind(before.unwrap_or(i64::MAX))
            .bind(i64::from(limit))
            .fetch_all(&self.database.readers)
            .await?;
        Ok(rows.into_iter().map(ActivityRow::from).collect())
    }
}

pub(crate) async fn insert(tx: &mut SqliteConnection, new: &NewActivity) -> Result<i64, StoreError> {
    let done = sqlx::query(
        "INSERT INTO activity (
            at,
            kind,
            sentence,
            conversation_id,
            suggestion_id,
            decision_id,
            action_id
         ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(new.at.0)
    .bind(&new.kind)
    .bind(&new.sentence)
    .bind(new.conversation_id.as_ref().map(ConversationId::as_str))
    .bind(new.suggestion_id.map(|id| id.0))
    .bind(new.decision_id.map(|id| id.0))
    .bind(new.action_id.map(|id| id.0))
    .execute(tx)
    .await?;
    Ok(done.last_insert_rowid())
}

pub(crate) const LIST: &str = "
    SELECT
        activity.id,
        activity.at,
        activity.kind,
        activity.sentence,
        activity.conversation_id,
        activity.suggestion_id,
        activity.decision_id,
        activity.action_id,
        COALESCE(
            NULLIF(TRIM(contacts.name), ''),
            NULLIF(TRIM(first.name), ''),
            contacts.email,
            first.email
        ) AS contact_name,
        conversations.subject
    FROM activity
    LEFT JOIN conversations ON conversations.id = activity.conversation_id
    LEFT JOIN conversation_contacts AS first
        ON first.conversation_id = activity.conversation_id AND first.position = 0
    LEFT JOIN contacts ON contacts.id = first.contact_id
    WHERE activity.id < ?1
    ORDER BY activity.id DESC
    LIMIT ?2";

#[derive(FromRow)]
struct ActivityColumns {
    id: i64,
    at: i64,
    kind: String,
    sentence: String,
    conversation_id: Option<String>,
    suggestion_id: Option<Uuid>,
    decision_id: Option<Uuid>,
    action_id: Option<Uuid>,
    contact_name: Option<String>,
    subject: Option<String>,
}

impl From<ActivityColumns> for ActivityRow {
    fn from(row: ActivityColumns) -> Self {
        Self {
            id: row.id,
            at: Timestamp(row.at),
            kind: row.kind,
            sentence: row.sentence,
            conversation_id: row.conversation_id.map(ConversationId),
            suggestion_id: row.suggestion_id.map(SuggestionId),
            decision_id: row.decision_id.map(DecisionId),
            action_id: row.action_id.map(ActionId),
            contact_name: row.contact_name,
            subject: row.subject,
        }
    }
}
