//! The queue of suggestions, with what a list shows of their conversations, and counts.

use super::rows::SuggestionColumns;
use crate::column::{from_json_or_default, from_word, readable};
use crate::contacts::ContactBrief;
use crate::conversations::merge::message_line;
use crate::error::StoreError;
use crate::store::Store;
use domain::{AdminId, Attachment, BucketId, ConversationStatus, Suggestion, TeamId, Timestamp};
use sqlx::{FromRow, QueryBuilder, Sqlite};

/// Which suggestions to list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SuggestionScope {
    /// Waiting for a person; the oldest message first.
    #[default]
    Pending,
    /// Set aside; the first to wake first.
    Snoozed,
    /// Both; the oldest message first.
    Open,
    /// Every one; the newest decided (or made, while open) first.
    All,
}

/// Which suggestions to list, and how many.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuggestionFilter {
    /// In which states.
    pub state: SuggestionScope,
    /// Only those that suggest this bucket.
    pub bucket_id: Option<BucketId>,
    /// At most so many.
    pub limit: u32,
    /// Without the first so many.
    pub offset: u32,
}

/// A suggestion in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct SuggestionRow {
    /// The suggestion.
    pub suggestion: Suggestion,
    /// Title of the conversation.
    pub subject: Option<String>,
    /// How its first message came; empty once the conversation is erased.
    pub channel: String,
    /// Who wrote first.
    pub contact: Option<ContactBrief>,
    /// The classified message, one line of at most 200 characters.
    pub preview: String,
    /// When that message was written.
    pub message_at: Timestamp,
    /// Status of the conversation; closed once it is erased.
    pub conversation_status: ConversationStatus,
    /// The teammate it is assigned to.
    pub admin_assignee: Option<AdminId>,
    /// The team it is assigned to.
    pub team_assignee: Option<TeamId>,
}

/// How many suggestions there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuggestionCounts {
    /// Waiting for a person.
    pub pending: i64,
    /// Set aside.
    pub snoozed: i64,
    /// Answered by a person (superseded ones are not).
    pub decided: i64,
    /// Waiting, by suggested bucket; `None` for those with nothing to classify.
    pub by_bucket: Vec<(Option<BucketId>, i64)>,
}

impl Store {
    /// Suggestions, in the order of their scope.
    pub async fn list_suggestions(
        &self,
        filter: &SuggestionFilter,
    ) -> Result<Vec<SuggestionRow>, StoreError> {
        let rows: Vec<ListColumns> = list(filter).build_query_as().fetch_all(&self.database.readers).await?;
        Ok(readable(rows.into_iter().map(SuggestionRow::try_from)))
    }

    /// How many suggestions wait, sleep and were decided.
    pub async fn count_suggestions(&self) -> Result<SuggestionCounts, StoreError> {
        let rows: Vec<(String, Option<String>, i64)> =
            sqlx::query_as(COUNT).fetch_all(&self.database.readers).await?;
        let mut counts = SuggestionCounts::default();
        for (state, bucket, number) in rows {
            match state.as_str() {
                "pending" => {
                    counts.pending += number;
                    counts.by_bucket.push((bucket.map(BucketId), number));
                }
                "snoozed" => counts.snoozed += number,
                "superseded" => {}
                _ => counts.decided += number,
            }
        }
        Ok(counts)
    }
}

pub(crate) const COUNT: &str =
    "SELECT state, bucket_id, COUNT(*) FROM suggestions GROUP BY state, bucket_id ORDER BY state, bucket_id";

pub(crate) fn list(filter: &SuggestionFilter) -> QueryBuilder<Sqlite> {
    let mut query = QueryBuilder::new(SELECT);
    query.push(match filter.state {
        SuggestionScope::Pending => " WHERE suggestions.state = 'pending'",
        SuggestionScope::Snoozed => " WHERE suggestions.state = 'snoozed'",
        SuggestionScope::Open => " WHERE suggestions.state IN ('pending', 'snoozed')",
        SuggestionScope::All => " WHERE TRUE",
    });
    if let Some(bucket) = &filter.bucket_id {
        // The plus keeps the order of the queue as the way in: buckets are few and sorting is dearer.
        query.push(" AND +suggestions.bucket_id = ").push_bind(bucket.0.clone());
    }
    query.push(match filter.state {
        SuggestionScope::Pending | SuggestionScope::Open => {
            " ORDER BY suggestions.message_at, suggestions.id"
        }
        SuggestionScope::Snoozed => " ORDER BY suggestions.wake_at, suggestions.id",
        SuggestionScope::All => {
            " ORDER BY COALESCE(suggestions.decided_at, suggestions.created_at) DESC, suggestions.id DESC"
        }
    });
    query.push(" LIMIT ").push_bind(i64::from(filter.limit));
    query.push(" OFFSET ").push_bind(i64::from(filter.offset));
    query
}

const SELECT: &str = "
    SELECT
        suggestions.id,
        suggestions.conversation_id,
        suggestions.part_id,
        suggestions.bucket_id,
        suggestions.confidence,
        suggestions.probabilities,
        suggestions.evidence,
        suggestions.nothing_reason,
        suggestions.plan,
        suggestions.bound,
        suggestions.model_version,
        suggestions.state_data,
        suggestions.created_at,
        suggestions.message_at,
        conversations.subject,
        COALESCE(conversations.channel, '') AS channel,
        COALESCE(conversations.status, 'closed') AS conversation_status,
        conversations.admin_assignee_id,
        conversations.team_assignee_id,
        first.contact_id,
        COALESCE(contacts.name, first.name) AS contact_name,
        COALESCE(contacts.email, first.email) AS contact_email,
        substr(parts.text, 1, 2000) AS text,
        COALESCE(parts.attachments, '[]') AS attachments
    FROM suggestions
    LEFT JOIN conversations ON conversations.id = suggestions.conversation_id
    LEFT JOIN conversation_contacts AS first
        ON first.conversation_id = suggestions.conversation_id AND first.position = 0
    LEFT JOIN contacts ON contacts.id = first.contact_id
    LEFT JOIN parts
        ON parts.conversation_id = suggestions.conversation_id AND parts.id = suggestions.part_id";

#[derive(FromRow)]
struct ListColumns {
    #[sqlx(flatten)]
    suggestion: SuggestionColumns,
    message_at: i64,
    subject: Option<String>,
    channel: String,
    conversation_status: String,
    admin_assignee_id: Option<String>,
    team_assignee_id: Option<String>,
    contact_id: Option<String>,
    contact_name: Option<String>,
    contact_email: Option<String>,
    text: Option<String>,
    attachments: String,
}

impl TryFrom<ListColumns> for SuggestionRow {
    type Error = StoreError;

    fn try_from(row: ListColumns) -> Result<Self, StoreError> {
        let status = &row.conversation_status;
        let attachments: Vec<Attachment> = from_json_or_default("parts.attachments", &row.attachments);
        Ok(Self {
            suggestion: row.suggestion.try_into()?,
            subject: row.subject,
            channel: row.channel,
            contact: ContactBrief::from_columns(row.contact_id, row.contact_name, row.contact_email),
            preview: message_line(row.text.as_deref(), &attachments, 200),
            message_at: Timestamp(row.message_at),
            conversation_status: from_word(
                "the status of a conversation",
                status,
                ConversationStatus::parse,
            )?,
            admin_assignee: row.admin_assignee_id.map(AdminId),
            team_assignee: row.team_assignee_id.map(TeamId),
        })
    }
}
