//! Erasing people, so that it ends even when the program is killed in the middle.
//!
//! An erasure begins with a mark: from then on nothing of the person is kept or sent. Conversations go a few to a
//! transaction, so that deliveries find their turn in between; then the raw bodies of deliveries that name them; then
//! their record. In the end the bytes of the file are searched for what was theirs, and the file is written anew where
//! something is left: `secure_delete` overwrites what is deleted, but not what moved to another page before.
//!
//! Whatever is not done is found by [`Store::list_unfinished_erasures`] at the next start and goes on where it was.
//! Does not touch the helpdesk, copies made by others, or what other people wrote about the person.

mod conversation;
mod file;
mod needles;
mod rows;
mod sweep;

pub(crate) use conversation::{blank_action_of, erase_whole, stop_actions};
pub use file::Searched;
pub use needles::LookedFor;
pub(crate) use rows::{is_erased, remember_merge};

use crate::activity::{self, NewActivity};
use crate::column::{from_word, to_json};
use crate::conversations::{erase, search};
use crate::error::StoreError;
use crate::imports;
use crate::store::Store;
use domain::{
    ContactId, ConversationId, ErasureCause, ErasureCounts, ErasureId, Fault, FaultKind, Timestamp,
};
use sqlx::SqliteConnection;
use std::borrow::Cow;
use std::collections::BTreeSet;
use uuid::Uuid;

/// Conversations erased before others get a turn at writing.
const TURN: u32 = 25;

/// The wish to erase a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewErasure {
    /// Its id.
    pub id: ErasureId,
    /// Whom.
    pub contact_id: ContactId,
    /// Who wants it.
    pub cause: ErasureCause,
    /// Keep the vendor's id of the person with the certificate.
    pub keep_id: bool,
    /// When it was asked for.
    pub at: Timestamp,
    /// SHA-256 of salt, colon and contact id.
    pub contact_key: String,
    /// The salt of it.
    pub salt: String,
}

/// How far an erasure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasureStage {
    /// Under way.
    Begun,
    /// Nothing is left in the tables; the file is to be searched, and the certificate to be written.
    Erased,
}

/// An erasure that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfinishedErasure {
    /// Its id.
    pub id: ErasureId,
    /// Who wants it.
    pub cause: ErasureCause,
    /// How far it is.
    pub stage: ErasureStage,
    /// Whom; not known any more once their record is gone, unless it was to be kept.
    pub contact_id: Option<ContactId>,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// What names the person, while the erasing is under way.
    pub looked_for: LookedFor,
    /// What was erased so far.
    pub counts: ErasureCounts,
    /// SHA-256 of salt, colon and contact id.
    pub contact_key: String,
    /// The salt of it.
    pub salt: String,
}

/// An erasure that has ended.
#[derive(Debug, Clone, PartialEq)]
pub struct ErasureRow {
    /// Its id.
    pub id: ErasureId,
    /// Who wanted it.
    pub cause: ErasureCause,
    /// When it was asked for.
    pub asked_at: Timestamp,
    /// When it ended.
    pub finished_at: Timestamp,
    /// The certificate as it was written.
    pub certificate: serde_json::Value,
}

impl Store {
    /// What erasing a person would erase. Changes nothing. `None` for somebody of whom nothing is kept.
    pub async fn preview_erasure(&self, contact: &ContactId) -> Result<Option<ErasureCounts>, StoreError> {
        let mut tx = self.database.read().await?;
        let people = rows::aliases(&mut tx, contact).await?;
        let mut counts = ErasureCounts {
            records: rows::count_records(&mut tx, &people).await?,
            ..ErasureCounts::default()
        };
        let conversations = rows::conversations_of(&mut tx, &people, u32::MAX).await?;
        for id in &conversations {
            let others = rows::others_in(&mut tx, id, &people).await?;
            counts.add(&conversation::count(&mut tx, id, others.then_some(&people)).await?);
        }
        if counts.records == 0 && conversations.is_empty() {
            return Ok(None);
        }
        let looked_for = needles::gather(&mut tx, &people, &conversations).await?;
        counts.mentions = rows::count_mentions(&mut tx, &looked_for, &conversations).await?;
        counts.examples = rows::count_examples(&mut tx, &looked_for).await?;
        counts.lessons += imports::count_naming(&mut tx, &looked_for, &conversations).await?;
        Ok(Some(counts))
    }

    /// Whether a person was erased for good.
    pub async fn is_erased_person(&self, contact: &ContactId) -> Result<bool, StoreError> {
        let mut tx = self.database.read().await?;
        rows::is_erased(&mut tx, contact).await
    }

    /// The contact that another one became, when that is known.
    pub async fn find_merged_into(&self, contact: &ContactId) -> Result<Option<ContactId>, StoreError> {
        let mut tx = self.database.read().await?;
        rows::merged_into(&mut tx, contact).await
    }

    /// Whether anything of a contact is kept: a record, or a part in a conversation.
    pub async fn knows_contact(&self, contact: &ContactId) -> Result<bool, StoreError> {
        let mut tx = self.database.read().await?;
        let people = BTreeSet::from([contact.clone()]);
        Ok(rows::count_records(&mut tx, &people).await? > 0
            || !rows::conversations_of(&mut tx, &people, 1).await?.is_empty())
    }

    /// Some of the conversations in which a contact takes part or has written.
    pub async fn list_conversations_of_contact(
        &self,
        contact: &ContactId,
        limit: u32,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let mut tx = self.database.read().await?;
        let people = BTreeSet::from([contact.clone()]);
        Ok(rows::conversations_of(&mut tx, &people, limit).await?.into_iter().collect())
    }

    /// The salt of this file's certificates, made when it is first asked for.
    pub async fn erasure_salt(&self) -> Result<String, StoreError> {
        Ok(sqlx::query_scalar(
            "INSERT INTO meta (key, value) VALUES ('erasure.salt', lower(hex(randomblob(16))))
             ON CONFLICT (key) DO UPDATE SET value = value
             RETURNING value",
        )
        .fetch_one(&self.database.writer)
        .await?)
    }

    /// Begins to erase a person: marks them for good, so that nothing of theirs is kept again, and stops what waits
    /// to be sent to them. Returns the erasure that is under way, which is an earlier one where there is one.
    pub async fn begin_erasure(&self, new: &NewErasure) -> Result<ErasureId, StoreError> {
        let mut tx = self.database.write().await?;
        if let Some(begun) = rows::find_begun(&mut tx, &new.contact_id).await? {
            return Ok(begun);
        }
        let people = rows::aliases(&mut tx, &new.contact_id).await?;
        for person in &people {
            erase(&mut tx, "contact", person.as_str(), new.at).await?;
            sqlx::query("UPDATE erased SET for_good = 1 WHERE kind = 'contact' AND id = ?1")
                .bind(person.as_str())
                .execute(&mut *tx)
                .await?;
        }
        let conversations = rows::conversations_of(&mut tx, &people, u32::MAX).await?;
        let looked_for = needles::gather(&mut tx, &people, &conversations).await?;
        let mut counts = ErasureCounts::default();
        for id in &conversations {
            counts.stopped += stop_actions(&mut tx, id, &stopped(), new.at).await?;
        }
        rows::insert(&mut tx, new, &looked_for, &counts).await?;
        tx.commit().await?;
        Ok(new.id)
    }

    /// Erasures that have not ended, the oldest first.
    pub async fn list_unfinished_erasures(&self) -> Result<Vec<UnfinishedErasure>, StoreError> {
        rows::list_unfinished(&self.database.readers).await
    }

    /// The next few conversations of a person, in order of their ids; those that others share come up again when one
    /// begins from the start.
    pub async fn next_conversations_to_erase(
        &self,
        erasure: &UnfinishedErasure,
        after: Option<&ConversationId>,
    ) -> Result<Vec<ConversationId>, StoreError> {
        let Some(contact) = &erasure.contact_id else { return Ok(vec![]) };
        let mut tx = self.database.read().await?;
        let people = rows::aliases(&mut tx, contact).await?;
        rows::conversations_after(&mut tx, &people, after, TURN).await
    }

    /// Erases conversations of a person: those that were theirs alone whole, of shared ones what was theirs.
    pub async fn erase_conversations(
        &self,
        erasure: &UnfinishedErasure,
        conversations: &[ConversationId],
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let Some(contact) = &erasure.contact_id else { return Ok(()) };
        let mut tx = self.database.write().await?;
        let people = rows::aliases(&mut tx, contact).await?;
        let mut counts = ErasureCounts::default();
        for id in conversations {
            let others = rows::others_in(&mut tx, id, &people).await?;
            // What was ordered between the mark and now, by a click that was under way.
            counts.stopped += stop_actions(&mut tx, id, &stopped(), at).await?;
            counts.add(&conversation::count(&mut tx, id, others.then_some(&people)).await?);
            if others {
                conversation::erase_from(&mut tx, id, &people, at).await?;
            } else {
                conversation::erase_whole(&mut tx, id, at).await?;
            }
        }
        rows::add_counts(&mut tx, erasure.id, &counts).await?;
        tx.commit().await?;
        if counts.lessons > 0 {
            self.lessons_erased.notify_one();
        }
        Ok(())
    }

    /// Empties the raw bodies of deliveries that name any of these people: by id, e-mail address, telephone number,
    /// name, or one of their conversations. Reads every body that is kept.
    pub async fn empty_bodies_naming(&self, erasures: &[UnfinishedErasure]) -> Result<(), StoreError> {
        sweep::run(self, erasures).await
    }

    /// Empties the raw bodies of deliveries that came since the last look and name a contact who was erased for good.
    /// Returns how many.
    pub async fn empty_late_bodies(&self) -> Result<u32, StoreError> {
        sweep::late(self).await
    }

    /// Erases the person's record and everything that still names them in the tables. What is left of the erasure are
    /// counts.
    pub async fn erase_person(&self, erasure: &UnfinishedErasure) -> Result<(), StoreError> {
        let Some(contact) = &erasure.contact_id else { return Ok(()) };
        let mut tx = self.database.write().await?;
        let people = rows::aliases(&mut tx, contact).await?;
        let counts = ErasureCounts {
            records: rows::count_records(&mut tx, &people).await?,
            mentions: rows::count_mentions(&mut tx, &erasure.looked_for, &BTreeSet::new()).await?,
            examples: rows::count_examples(&mut tx, &erasure.looked_for).await?,
            lessons: imports::erase_naming(&mut tx, &erasure.looked_for).await?,
            ..ErasureCounts::default()
        };
        for person in &people {
            sqlx::query("DELETE FROM contacts WHERE id = ?1").bind(person.as_str()).execute(&mut *tx).await?;
        }
        // Those that others share: the name of the record was the one they were found by.
        for shared in rows::conversations_of(&mut tx, &people, u32::MAX).await? {
            search::index(&mut tx, &shared).await?;
        }
        let id = erasure.id;
        rows::add_counts(&mut tx, id, &counts).await?;
        sqlx::query(
            "UPDATE erasures
             SET state = 'erased', looked_for = NULL, contact_id = CASE WHEN keep_id THEN contact_id END
             WHERE id = ?1 AND state = 'begun'",
        )
        .bind(id.0)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        if counts.lessons > 0 {
            self.lessons_erased.notify_one();
        }
        Ok(())
    }

    /// Folds the log into the file, deletes the copies beside it, and searches its bytes for what was erased. Where
    /// something is found, the file is written anew; also where it is not known (any more) what to look for. Nothing
    /// else can be written meanwhile, so a file of more than `at_most` bytes waits for [`Store::rewrite_if_due`].
    pub async fn scrub_files(
        &self,
        looked_for: Option<&LookedFor>,
        at_most: Option<u64>,
    ) -> Result<Searched, StoreError> {
        file::scrub(self, looked_for, at_most).await
    }

    /// Writes the file anew where [`Store::scrub_files`] put that off. False when there was nothing to do.
    pub async fn rewrite_if_due(&self) -> Result<bool, StoreError> {
        file::rewrite_if_due(self).await
    }

    /// Ends an erasure: its certificate, and a line in the activity log. False when it had ended before.
    pub async fn finish_erasure(
        &self,
        id: ErasureId,
        certificate: &serde_json::Value,
        activity: &NewActivity,
    ) -> Result<bool, StoreError> {
        let mut tx = self.database.write().await?;
        let done = sqlx::query(
            "UPDATE erasures
             SET state = 'done', finished_at = ?2, certificate = ?3
             WHERE id = ?1 AND state = 'erased'",
        )
        .bind(id.0)
        .bind(activity.at.0)
        .bind(to_json(certificate)?)
        .execute(&mut *tx)
        .await?;
        if done.rows_affected() == 0 {
            return Ok(false);
        }
        activity::insert(&mut tx, activity).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// An erasure that has ended.
    pub async fn find_erasure(&self, id: ErasureId) -> Result<Option<ErasureRow>, StoreError> {
        rows::find_done(&self.database.readers, id).await
    }

    /// Erasures that have ended, the newest first.
    pub async fn list_erasures(&self, limit: u32) -> Result<Vec<ErasureRow>, StoreError> {
        rows::list_done(&self.database.readers, limit).await
    }

    /// Empties the raw bodies of these deliveries, because they name somebody who was erased.
    pub async fn empty_bodies(&self, ids: &[domain::DeliveryId]) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        for id in ids {
            rows::empty_body(&mut tx, id.0).await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

/// Why an action to somebody erased is not sent.
fn stopped() -> Fault {
    Fault::new(
        FaultKind::Rejected,
        "Not sent, because the person it was for was erased on this machine. Nothing more is sent to them from here",
    )
}

impl ErasureRow {
    fn from_columns(columns: (Uuid, String, i64, i64, String)) -> Result<Self, StoreError> {
        let (id, cause, asked_at, finished_at, certificate) = columns;
        Ok(Self {
            id: ErasureId(id),
            cause: from_word("the cause of an erasure", &cause, ErasureCause::parse)?,
            asked_at: Timestamp(asked_at),
            finished_at: Timestamp(finished_at),
            certificate: crate::column::from_json("a certificate", &certificate)?,
        })
    }
}

/// Takes the people of a fetched conversation who are gone out of it: those who became others are those others, and
/// those erased leave nothing. False when nobody is left whose conversation it could be.
pub(crate) async fn admit(
    tx: &mut SqliteConnection,
    conversation: &mut Cow<'_, domain::Conversation>,
) -> Result<Admitted, StoreError> {
    let mut gone = BTreeSet::new();
    for person in conversation.people() {
        if let Some(into) = rows::merged_into(tx, &person).await? {
            rows::hand_over(conversation.to_mut(), &person, &into);
        }
    }
    for person in conversation.people() {
        if rows::is_erased(tx, &person).await? {
            gone.insert(person);
        }
    }
    if gone.is_empty() {
        return Ok(Admitted::Whole);
    }
    let taking_part = &conversation.contact_ids;
    let anybody_left = if taking_part.is_empty() {
        conversation.people().iter().any(|person| !gone.contains(person))
    } else {
        taking_part.iter().any(|person| !gone.contains(person))
    };
    conversation.to_mut().forget(&gone);
    Ok(if anybody_left { Admitted::InPart } else { Admitted::Not })
}

/// What may be kept of a fetched conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// All of it.
    Whole,
    /// What others wrote.
    InPart,
    /// Nothing.
    Not,
}
