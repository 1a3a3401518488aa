//! Contacts: the people who write.

use crate::column::{from_json_or_default, to_json};
use crate::conversations::{erase, erased_since, search};
use crate::erasure;
use crate::error::StoreError;
use crate::store::Store;
use domain::{Contact, ContactId, ConversationId, Timestamp};
use sqlx::{FromRow, SqliteConnection};

pub(crate) const LIST_IDS: &str = "
    SELECT id FROM (SELECT id FROM contacts WHERE id > ?1 ORDER BY id LIMIT ?2)
    UNION
    SELECT contact_id FROM (
        SELECT DISTINCT contact_id FROM conversation_contacts WHERE contact_id > ?1 ORDER BY contact_id LIMIT ?2
    )
    ORDER BY 1
    LIMIT ?2";

/// Conversations indexed before others get a turn at writing.
const TURN: usize = 25;

/// Enough of a contact for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContactBrief {
    /// The vendor's id.
    pub id: ContactId,
    /// Name, when known.
    pub name: Option<String>,
    /// Email, when known.
    pub email: Option<String>,
}

impl ContactBrief {
    pub(crate) fn from_columns(
        id: Option<String>,
        name: Option<String>,
        email: Option<String>,
    ) -> Option<Self> {
        id.map(|id| Self { id: ContactId(id), name, email })
    }
}

impl Store {
    /// Ids of contacts that are kept or named by a conversation, in their order, from beyond `after` on.
    pub async fn list_contact_ids(&self, after: &str, limit: u32) -> Result<Vec<ContactId>, StoreError> {
        let ids: Vec<String> = sqlx::query_scalar(LIST_IDS)
            .bind(after)
            .bind(i64::from(limit))
            .fetch_all(&self.database.readers)
            .await?;
        Ok(ids.into_iter().map(ContactId).collect())
    }

    /// Replaces what is kept of a contact, unless what is kept is newer, or the person was erased.
    pub async fn upsert_contact(&self, contact: &Contact, seen_at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        if erasure::is_erased(&mut tx, &contact.id).await? {
            return Ok(());
        }
        if let Some(updated_at) = contact.updated_at
            && erased_since(&mut tx, "contact", contact.id.as_str(), updated_at).await?
        {
            return Ok(());
        }
        let before: Option<(Option<String>, Option<String>)> =
            sqlx::query_as("SELECT name, email FROM contacts WHERE id = ?1")
                .bind(contact.id.as_str())
                .fetch_optional(&mut *tx)
                .await?;
        let done = sqlx::query(UPSERT)
            .bind(contact.id.as_str())
            .bind(&contact.external_id)
            .bind(&contact.role)
            .bind(&contact.name)
            .bind(&contact.email)
            .bind(&contact.phone)
            .bind(&contact.location)
            .bind(to_json(&contact.companies)?)
            .bind(to_json(&contact.tags)?)
            .bind(to_json(&contact.attributes)?)
            .bind(contact.created_at.map(|at| at.0))
            .bind(contact.last_seen_at.map(|at| at.0))
            .bind(contact.updated_at.map(|at| at.0))
            .bind(seen_at.0)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        if done.rows_affected() > 0 && before != Some((contact.name.clone(), contact.email.clone())) {
            self.index_people_in_turns(&contact.id).await?;
        }
        Ok(())
    }

    /// A contact.
    pub async fn find_contact(&self, id: &ContactId) -> Result<Option<Contact>, StoreError> {
        let row: Option<ContactColumns> = sqlx::query_as(
            "SELECT
                id,
                external_id,
                role,
                name,
                email,
                phone,
                location,
                companies,
                tags,
                attributes,
                created_at,
                last_seen_at,
                updated_at
             FROM contacts
             WHERE id = ?1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.database.readers)
        .await?;
        Ok(row.map(Contact::from))
    }

    /// Forgets what was fetched of a contact that the helpdesk does not know any more, though it still has their
    /// conversations: the record, the name on messages and in the search index. The messages stay. Erasing a person
    /// whole is [`Store::begin_erasure`].
    pub async fn delete_contact(&self, id: &ContactId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        let was_kept = remove(&mut tx, id).await?;
        // A helpdesk that does not know a contact says so with each of their conversations: only what names them is
        // written anew, not every conversation each time.
        let naming = conversations_naming(&mut tx, id).await?;
        sqlx::query(
            "UPDATE parts
             SET author_name = NULL, author_email = NULL
             WHERE author_kind = 'contact' AND author_id = ?1
                AND (author_name IS NOT NULL OR author_email IS NOT NULL)
                AND conversation_id IN (SELECT conversation_id FROM conversation_contacts WHERE contact_id = ?1)",
        )
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?;
        sqlx::query(
            "UPDATE conversation_contacts
             SET name = NULL, email = NULL
             WHERE contact_id = ?1 AND (name IS NOT NULL OR email IS NOT NULL)",
        )
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?;
        let to_index = if was_kept { conversations_of(&mut tx, id).await? } else { naming };
        index_all(&mut tx, &to_index).await?;
        if was_kept {
            // One that was never kept may only not be there yet: the vendor's reads lag behind its writes.
            erase(&mut tx, "contact", id.as_str(), at).await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// Two contacts became one: the conversations and messages of `from` are `into`'s, with the names they have,
    /// and `from` is no more. Copies that still name `from` are handed over when they come.
    pub async fn merge_contact(
        &self,
        from: &ContactId,
        into: &ContactId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        sqlx::query(
            "UPDATE parts SET author_id = ?2
             WHERE author_kind = 'contact' AND author_id = ?1 AND conversation_id IN (
                SELECT conversation_id FROM conversation_contacts WHERE contact_id = ?1
             )",
        )
        .bind(from.as_str())
        .bind(into.as_str())
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE conversation_contacts SET contact_id = ?2 WHERE contact_id = ?1")
            .bind(from.as_str())
            .bind(into.as_str())
            .execute(&mut *tx)
            .await?;
        remove(&mut tx, from).await?;
        erasure::remember_merge(&mut tx, from, into, at).await?;
        let of_both = conversations_of(&mut tx, into).await?;
        index_all(&mut tx, &of_both).await?;
        erase(&mut tx, "contact", from.as_str(), at).await?;
        tx.commit().await?;
        Ok(())
    }

    /// Brings the search index up to date with a contact's names, and lets others write in between: a mailbox that
    /// writes every alert has thousands of conversations, and deliveries cannot wait for all of them. Ended half way,
    /// the rest are found by the name of before until they are written again.
    async fn index_people_in_turns(&self, id: &ContactId) -> Result<(), StoreError> {
        let mut tx = self.database.read().await?;
        let conversations = conversations_of(&mut tx, id).await?;
        drop(tx);
        for turn in conversations.chunks(TURN) {
            let mut tx = self.database.write().await?;
            index_all(&mut tx, turn).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}

/// False when there was nothing to remove.
async fn remove(tx: &mut SqliteConnection, id: &ContactId) -> Result<bool, StoreError> {
    let done = sqlx::query("DELETE FROM contacts WHERE id = ?1").bind(id.as_str()).execute(tx).await?;
    Ok(done.rows_affected() > 0)
}

/// Brings the search index up to date with the names in conversations.
async fn index_all(tx: &mut SqliteConnection, conversations: &[ConversationId]) -> Result<(), StoreError> {
    for conversation in conversations {
        search::index(tx, conversation).await?;
    }
    Ok(())
}

async fn conversations_of(
    connection: &mut SqliteConnection,
    id: &ContactId,
) -> Result<Vec<ConversationId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT DISTINCT conversation_id FROM conversation_contacts WHERE contact_id = ?1",
    )
    .bind(id.as_str())
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(ConversationId).collect())
}

/// Those that say who the contact is by themselves, without the contact's record.
async fn conversations_naming(
    tx: &mut SqliteConnection,
    id: &ContactId,
) -> Result<Vec<ConversationId>, StoreError> {
    let ids: Vec<String> = sqlx::query_scalar(
        "SELECT conversation_id
         FROM conversation_contacts AS taking_part
         WHERE contact_id = ?1 AND (
            name IS NOT NULL OR email IS NOT NULL OR EXISTS (
                SELECT 1
                FROM parts
                WHERE parts.conversation_id = taking_part.conversation_id
                    AND parts.author_kind = 'contact' AND parts.author_id = ?1
                    AND (parts.author_name IS NOT NULL OR parts.author_email IS NOT NULL)
            )
         )",
    )
    .bind(id.as_str())
    .fetch_all(tx)
    .await?;
    Ok(ids.into_iter().map(ConversationId).collect())
}

const UPSERT: &str = "
    INSERT INTO contacts (
        id,
        external_id,
        role,
        name,
        email,
        phone,
        location,
        companies,
        tags,
        attributes,
        created_at,
        last_seen_at,
        updated_at,
        seen_at
    ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
    ON CONFLICT (id) DO UPDATE SET
        external_id = excluded.external_id,
        role = excluded.role,
        name = excluded.name,
        email = excluded.email,
        phone = excluded.phone,
        location = excluded.location,
        companies = excluded.companies,
        tags = excluded.tags,
        attributes = excluded.attributes,
        created_at = excluded.created_at,
        last_seen_at = excluded.last_seen_at,
        updated_at = excluded.updated_at,
        seen_at = excluded.seen_at
    WHERE contacts.updated_at IS NULL
        OR excluded.updated_at IS NULL
        OR contacts.updated_at <= excluded.updated_at";

#[derive(FromRow)]
struct ContactColumns {
    id: String,
    external_id: Option<String>,
    role: String,
    name: Option<String>,
    email: Option<String>,
    phone: Option<String>,
    location: Option<String>,
    companies: String,
    tags: String,
    attributes: String,
    created_at: Option<i64>,
    last_seen_at: Option<i64>,
    updated_at: Option<i64>,
}

impl From<ContactColumns> for Contact {
    fn from(row: ContactColumns) -> Self {
        Self {
            id: ContactId(row.id),
            external_id: row.external_id,
            role: row.role,
            name: row.name,
            email: row.email,
            phone: row.phone,
            companies: from_json_or_default("contacts.companies", &row.companies),
            location: row.location,
            tags: from_json_or_default("contacts.tags", &row.tags),
            attributes: from_json_or_default("contacts.attributes", &row.attributes),
            created_at: row.created_at.map(Timestamp),
            last_seen_at: row.last_seen_at.map(Timestamp),
            updated_at: row.updated_at.map(Timestamp),
        }
    }
}
