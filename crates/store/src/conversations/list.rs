//! Lists of conversations: by status, contact and search, a page at a time.

use super::search::{self, Search};
use crate::column::{from_word, readable};
use crate::contacts::ContactBrief;
use crate::error::StoreError;
use crate::store::Store;
use domain::{
    AdminId, AuthorKind, BucketId, ContactId, ConversationId, ConversationStatus, SuggestionId, TeamId,
    Timestamp,
};
use sqlx::{FromRow, QueryBuilder, Sqlite};
use uuid::Uuid;

/// Which conversations to list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConversationFilter {
    /// Only of this status.
    pub status: Option<ConversationStatus>,
    /// What a person typed: words to be found in subject, texts, names and emails, as beginnings of words.
    pub search: Option<String>,
    /// Only those that this contact takes part in.
    pub contact_id: Option<ContactId>,
    /// Only those that come after this one in the list: the last of the page before.
    pub before: Option<(Timestamp, ConversationId)>,
    /// At most so many.
    pub limit: u32,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationRow {
    /// The vendor's id.
    pub id: ConversationId,
    /// Title, or subject of the first message.
    pub subject: Option<String>,
    /// How the first message came.
    pub channel: String,
    /// Open, closed, snoozed.
    pub status: ConversationStatus,
    /// The teammate it is assigned to.
    pub admin_assignee: Option<AdminId>,
    /// The team it is assigned to.
    pub team_assignee: Option<TeamId>,
    /// Who wrote first.
    pub contact: Option<ContactBrief>,
    /// The newest message, one line of at most 160 characters.
    pub preview: String,
    /// Who wrote it.
    pub preview_from: AuthorKind,
    /// When the conversation began.
    pub created_at: Timestamp,
    /// When the vendor last changed it.
    pub updated_at: Timestamp,
    /// When the newest message was written.
    pub last_message_at: Option<Timestamp>,
    /// The suggestion that waits for an answer.
    pub open_suggestion: Option<SuggestionId>,
    /// The bucket of the newest suggestion.
    pub bucket_id: Option<BucketId>,
}

impl Store {
    /// Conversations, newest change first.
    pub async fn list_conversations(
        &self,
        filter: &ConversationFilter,
    ) -> Result<Vec<ConversationRow>, StoreError> {
        let rows: Vec<ListColumns> = list(filter).build_query_as().fetch_all(&self.database.readers).await?;
        Ok(readable(rows.into_iter().map(ConversationRow::try_from)))
    }
}

pub(crate) fn list(filter: &ConversationFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(SELECT);
    if let Some(status) = filter.status {
        query.push(" AND conversations.status = ").push_bind(status.as_str());
    }
    if let Some(contact) = &filter.contact_id {
        query
            .push(
                " AND conversations.id IN (
                    SELECT conversation_id FROM conversation_contacts WHERE contact_id = ",
            )
            .push_bind(contact.0.clone())
            .push(")");
    }
    match search::parse(filter.search.as_deref().unwrap_or_default()) {
        Search::All => {}
        Search::Words(words) => {
            query
                .push(
                    " AND conversations.number IN (
                        SELECT rowid FROM conversation_text WHERE conversation_text MATCH ",
                )
                .push_bind(words)
                .push(")");
        }
        Search::Text(text) => {
            query
                .push(
                    " AND conversations.number IN (
                        SELECT rowid FROM conversation_text
                        WHERE instr(subject || char(10) || body || char(10) || people, ",
                )
                .push_bind(text)
                .push(") > 0)");
        }
    }
    if let Some((updated_at, id)) = &filter.before {
        query
            .push(" AND (conversations.updated_at, conversations.id) < (")
            .push_bind(updated_at.0)
            .push(", ")
            .push_bind(id.0.clone())
            .push(")");
    }
    query
        .push(" ORDER BY conversations.updated_at DESC, conversations.id DESC LIMIT ")
        .push_bind(i64::from(filter.limit));
    query
}

const SELECT: &str = "
    SELECT
        conversations.id,
        conversations.subject,
        conversations.channel,
        conversations.status,
        conversations.admin_assignee_id,
        conversations.team_assignee_id,
        first.contact_id,
        COALESCE(contacts.name, first.name) AS contact_name,
        COALESCE(contacts.email, first.email) AS contact_email,
        conversations.preview,
        conversations.preview_from,
        conversations.created_at,
        conversations.updated_at,
        conversations.last_message_at,
        (
            SELECT id FROM suggestions
            WHERE conversation_id = conversations.id AND state IN ('pending', 'snoozed')
        ) AS open_suggestion,
        (
            SELECT bucket_id FROM suggestions
            WHERE conversation_id = conversations.id
            ORDER BY created_at DESC, id DESC
            LIMIT 1
        ) AS bucket_id
    FROM conversations
    LEFT JOIN conversation_contacts AS first
        ON first.conversation_id = conversations.id AND first.position = 0
    LEFT JOIN contacts ON contacts.id = first.contact_id
    WHERE TRUE";

#[derive(FromRow)]
struct ListColumns {
    id: String,
    subject: Option<String>,
    channel: String,
    status: String,
    admin_assignee_id: Option<String>,
    team_assignee_id: Option<String>,
    contact_id: Option<String>,
    contact_name: Option<String>,
    contact_email: Option<String>,
    preview: String,
    preview_from: String,
    created_at: i64,
    updated_at: i64,
    last_message_at: Option<i64>,
    open_suggestion: Option<Uuid>,
    bucket_id: Option<String>,
}

impl TryFrom<ListColumns> for ConversationRow {
    type Error = StoreError;

    fn try_from(row: ListColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: ConversationId(row.id),
            subject: row.subject,
            channel: row.channel,
            status: from_word("the status of a conversation", &row.status, ConversationStatus::parse)?,
            admin_assignee: row.admin_assignee_id.map(AdminId),
            team_assignee: row.team_assignee_id.map(TeamId),
            contact: ContactBrief::from_columns(row.contact_id, row.contact_name, row.contact_email),
            preview: row.preview,
            preview_from: from_word("the author of a part", &row.preview_from, AuthorKind::parse)?,
            created_at: Timestamp(row.created_at),
            updated_at: Timestamp(row.updated_at),
            last_message_at: row.last_message_at.map(Timestamp),
            open_suggestion: row.open_suggestion.map(SuggestionId),
            bucket_id: row.bucket_id.map(BucketId),
        })
    }
}
