//! A conversation as rows.

use super::merge::{self, Merged};
use crate::column::{from_json_or_default, from_word, small, to_json};
use crate::error::StoreError;
use domain::{
    AdminId, Author, AuthorKind, ContactId, Conversation, ConversationId, ConversationStatus, Part, PartId,
    TeamId, Timestamp,
};
use sqlx::{FromRow, SqliteConnection};

pub(crate) async fn find(
    tx: &mut SqliteConnection,
    id: &ConversationId,
) -> Result<Option<Conversation>, StoreError> {
    let row: Option<ConversationColumns> =
        sqlx::query_as(SELECT_CONVERSATION).bind(id.as_str()).fetch_optional(&mut *tx).await?;
    let Some(row) = row else { return Ok(None) };
    let contact_ids: Vec<String> = sqlx::query_scalar(
        "SELECT contact_id FROM conversation_contacts WHERE conversation_id = ?1 ORDER BY position",
    )
    .bind(id.as_str())
    .fetch_all(&mut *tx)
    .await?;
    let parts: Vec<PartColumns> = sqlx::query_as(SELECT_PARTS).bind(id.as_str()).fetch_all(&mut *tx).await?;
    Ok(Some(Conversation {
        id: ConversationId(row.id),
        subject: row.subject,
        channel: row.channel,
        status: from_word("the status of a conversation", &row.status, ConversationStatus::parse)?,
        admin_assignee: row.admin_assignee_id.map(AdminId),
        team_assignee: row.team_assignee_id.map(TeamId),
        contact_ids: contact_ids.into_iter().map(ContactId).collect(),
        tags: from_json_or_default("conversations.tags", &row.tags),
        priority: row.priority,
        created_at: Timestamp(row.created_at),
        updated_at: Timestamp(row.updated_at),
        waiting_since: row.waiting_since.map(Timestamp),
        snoozed_until: row.snoozed_until.map(Timestamp),
        parts: parts.into_iter().map(Part::try_from).collect::<Result<_, _>>()?,
        total_parts: small(row.total_parts),
    }))
}

/// Writes the facts, the contacts, and those parts that differ.
pub(super) async fn write(
    tx: &mut SqliteConnection,
    merged: &Merged,
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    write_facts(tx, &merged.conversation, seen_at).await?;
    write_contacts(tx, &merged.conversation).await?;
    for (place, part) in merged.conversation.parts.iter().enumerate() {
        if merged.changed.contains(&place) {
            write_part(tx, &merged.conversation.id, place, part).await?;
        }
    }
    Ok(())
}

async fn write_facts(
    tx: &mut SqliteConnection,
    conversation: &Conversation,
    seen_at: Timestamp,
) -> Result<(), StoreError> {
    let preview = merge::preview(conversation);
    sqlx::query(UPSERT_CONVERSATION)
        .bind(conversation.id.as_str())
        .bind(&conversation.subject)
        .bind(&conversation.channel)
        .bind(conversation.status.as_str())
        .bind(conversation.admin_assignee.as_ref().map(AdminId::as_str))
        .bind(conversation.team_assignee.as_ref().map(TeamId::as_str))
        .bind(to_json(&conversation.tags)?)
        .bind(&conversation.priority)
        .bind(conversation.created_at.0)
        .bind(conversation.updated_at.0)
        .bind(conversation.waiting_since.map(|at| at.0))
        .bind(conversation.snoozed_until.map(|at| at.0))
        .bind(i64::from(conversation.total_parts))
        .bind(preview.line)
        .bind(preview.from.as_str())
        .bind(preview.at.map(|at| at.0))
        .bind(seen_at.0)
        .execute(tx)
        .await?;
    Ok(())
}

async fn write_contacts(tx: &mut SqliteConnection, conversation: &Conversation) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM conversation_contacts WHERE conversation_id = ?1")
        .bind(conversation.id.as_str())
        .execute(&mut *tx)
        .await?;
    for (position, contact) in (0_i64..).zip(&conversation.contact_ids) {
        let author = conversation
            .parts
            .iter()
            .rev()
            .map(|part| &part.author)
            .find(|author| author.kind == AuthorKind::Contact && author.id == contact.as_str());
        sqlx::query(
            "INSERT INTO conversation_contacts (conversation_id, position, contact_id, name, email)
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )
        .bind(conversation.id.as_str())
        .bind(position)
        .bind(contact.as_str())
        .bind(author.and_then(|author| author.name.as_deref()))
        .bind(author.and_then(|author| author.email.as_deref()))
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn write_part(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
    place: usize,
    part: &Part,
) -> Result<(), StoreError> {
    sqlx::query(UPSERT_PART)
        .bind(conversation.as_str())
        .bind(part.id.as_str())
        .bind(i64::try_from(place).unwrap_or(i64::MAX))
        .bind(&part.kind)
        .bind(part.author.kind.as_str())
        .bind(&part.author.id)
        .bind(&part.author.name)
        .bind(&part.author.email)
        .bind(&part.assigned_to)
        .bind(part.created_at.0)
        .bind(part.redacted)
        .bind(to_json(&part.attachments)?)
        .bind(&part.text)
        .execute(tx)
        .await?;
    Ok(())
}

const SELECT_CONVERSATION: &str = "
    SELECT
        id,
        subject,
        channel,
        status,
        admin_assignee_id,
        team_assignee_id,
        tags,
        priority,
        created_at,
        updated_at,
        waiting_since,
        snoozed_until,
        total_parts
    FROM conversations
    WHERE id = ?1";

const UPSERT_CONVERSATION: &str = "
    INSERT INTO conversations (
        id,
        subject,
        channel,
        status,
        admin_assignee_id,
        team_assignee_id,
        tags,
        priority,
        created_at,
        updated_at,
        waiting_since,
        snoozed_until,
        total_parts,
        preview,
        preview_from,
        last_message_at,
        seen_at
    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
    ON CONFLICT (id) DO UPDATE SET
        subject = excluded.subject,
        channel = excluded.channel,
        status = excluded.status,
        admin_assignee_id = excluded.admin_assignee_id,
        team_assignee_id = excluded.team_assignee_id,
        tags = excluded.tags,
        priority = excluded.priority,
        created_at = excluded.created_at,
        updated_at = excluded.updated_at,
        waiting_since = excluded.waiting_since,
        snoozed_until = excluded.snoozed_until,
        total_parts = excluded.total_parts,
        preview = excluded.preview,
        preview_from = excluded.preview_from,
        last_message_at = excluded.last_message_at,
        seen_at = excluded.seen_at";

const SELECT_PARTS: &str = "
    SELECT
        id,
        kind,
        author_kind,
        author_id,
        author_name,
        author_email,
        assigned_to,
        created_at,
        redacted,
        attachments,
        text
    FROM parts
    WHERE conversation_id = ?1
    ORDER BY place";

const UPSERT_PART: &str = "
    INSERT INTO parts (
        conversation_id,
        id,
        place,
        kind,
        author_kind,
        author_id,
        author_name,
        author_email,
        assigned_to,
        created_at,
        redacted,
        attachments,
        text
    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
    ON CONFLICT (conversation_id, id) DO UPDATE SET
        place = excluded.place,
        kind = excluded.kind,
        author_kind = excluded.author_kind,
        author_id = excluded.author_id,
        author_name = excluded.author_name,
        author_email = excluded.author_email,
        assigned_to = excluded.assigned_to,
        created_at = excluded.created_at,
        redacted = excluded.redacted,
        attachments = excluded.attachments,
        text = excluded.text";

#[derive(FromRow)]
struct ConversationColumns {
    id: String,
    subject: Option<String>,
    channel: String,
    status: String,
    admin_assignee_id: Option<String>,
    team_assignee_id: Option<String>,
    tags: String,
    priority: Option<String>,
    created_at: i64,
    updated_at: i64,
    waiting_since: Option<i64>,
    snoozed_until: Option<i64>,
    total_parts: i64,
}

#[derive(FromRow)]
struct PartColumns {
    id: String,
    kind: String,
    author_kind: String,
    author_id: String,
    author_name: Option<String>,
    author_email: Option<String>,
    assigned_to: Option<String>,
    created_at: i64,
    redacted: bool,
    attachments: String,
    text: Option<String>,
}

impl TryFrom<PartColumns> for Part {
    type Error = StoreError;

    fn try_from(row: PartColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: PartId(row.id),
            kind: row.kind,
            author: Author {
                kind: from_word("the author of a part", &row.author_kind, AuthorKind::parse)?,
                id: row.author_id,
                name: row.author_name,
                email: row.author_email,
            },
            text: row.text,
            attachments: from_json_or_default("parts.attachments", &row.attachments),
            assigned_to: row.assigned_to,
            created_at: Timestamp(row.created_at),
            redacted: row.redacted,
        })
    }
}
