//! Erasing people: because the helpdesk deleted them, or because somebody here asks for it.
//!
//! The store does it in steps that a restart goes on with ([`store::Store::list_unfinished_erasures`]); here stand
//! their order, what must wait meanwhile, and the certificate. Only what this machine keeps is erased: nothing here
//! calls the helpdesk, and the certificate says so.

mod certificate;

pub use certificate::{Certificate, Line, certificate_key, lines};

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::{Helpdesk as _, Priority};
use domain::{ContactId, ErasureCause, ErasureCounts, ErasureId, FaultKind};
use std::sync::Arc;
use store::{ErasureStage, LookedFor, NewActivity, NewErasure, UnfinishedErasure};

/// Milliseconds between two looks for what came late about people who were erased.
const LOOK_MS: i64 = 10 * 60 * 1000;
/// A file of more bytes is not written anew while deliveries come in, unless a person asked: they would wait too long.
const LARGE: u64 = 256 * 1024 * 1024;
/// Conversations read to tell a merged contact from a deleted one.
const WITNESSES: u32 = 5;

/// Goes on with what an earlier run left, then unlearns what is erased, and looks now and then for what came late.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    match workspace.store.rewrite_if_due().await {
        Ok(false) => {}
        Ok(true) => tracing::info!("The data file was written anew, without what was erased"),
        Err(error) => {
            tracing::error!(%error, "The data file could not be written anew; the next start tries again");
        }
    }
    loop {
        if let Err(error) = workspace.finish_erasures().await {
            tracing::error!(%error, "An erasure could not be finished; it is tried again");
        }
        match workspace.store.empty_late_bodies().await {
            Ok(0) => {}
            Ok(count) => {
                tracing::info!(count, "Deliveries about people who were erased were emptied");
                workspace.events.changed(["deliveries"]);
            }
            Err(error) => tracing::error!(%error, "Late deliveries could not be looked through"),
        }
        let next = workspace.clock.now().plus_ms(LOOK_MS);
        tokio::select! {
            () = workspace.clock.sleep_until(next) => {}
            () = workspace.store.lessons_erased() => match workspace.learner.unlearn(&workspace.store).await {
                Ok(()) => workspace.events.changed(["health"]),
                Err(error) => tracing::error!(%error, "The local model could not be trained anew"),
            },
        }
    }
}

impl Workspace {
    /// What erasing a person would erase here. Changes nothing.
    pub async fn preview_erasure(&self, contact: &ContactId) -> Result<ErasureCounts, EngineError> {
        self.store.preview_erasure(contact).await?.ok_or(EngineError::NotFound("contact"))
    }

    /// Erases a person on this machine and returns the certificate. Nothing of theirs is kept or sent afterwards,
    /// whatever arrives. Ended half way, it is finished at the next start.
    pub async fn erase_contact(
        &self,
        contact: &ContactId,
        cause: ErasureCause,
        keep_id: bool,
    ) -> Result<ErasureId, EngineError> {
        let salt = self.store.erasure_salt().await?;
        let new = NewErasure {
            id: ErasureId(self.ids.next()),
            contact_key: certificate_key(&salt, contact),
            contact_id: contact.clone(),
            cause,
            keep_id,
            at: self.clock.now(),
            salt,
        };
        let id = self.store.begin_erasure(&new).await?;
        self.finish_erasures().await?;
        Ok(id)
    }

    /// Finishes every erasure that was begun.
    async fn finish_erasures(&self) -> Result<(), EngineError> {
        // Those that wait here are served by whoever goes first: the file is read once for all of them.
        let _one = self.erasing.lock().await;
        let unfinished = self.store.list_unfinished_erasures().await?;
        if unfinished.is_empty() {
            return Ok(());
        }
        let begun: Vec<UnfinishedErasure> =
            unfinished.iter().filter(|erasure| erasure.stage == ErasureStage::Begun).cloned().collect();
        for erasure in &begun {
            self.erase_conversations_of(erasure).await?;
        }
        self.store.empty_bodies_naming(&begun).await?;
        for erasure in &begun {
            self.store.erase_person(erasure).await?;
            if let Some(contact) = &erasure.contact_id {
                self.contacts_seen.forget(contact);
            }
        }
        let erased = self.store.list_unfinished_erasures().await?;
        if erased.iter().any(|erasure| erasure.counts.lessons > 0) {
            self.learner.unlearn(&self.store).await?;
        }
        let mut looked_for = LookedFor::default();
        for erasure in &begun {
            looked_for.join(erasure.looked_for.clone());
        }
        // What an ended run looked for went with it: then the file is written anew without looking.
        let known = begun.len() == unfinished.len();
        let somebody_waits = erased.iter().any(|erasure| erasure.cause == ErasureCause::Person);
        let at_most = (!somebody_waits).then_some(LARGE);
        let searched = self.store.scrub_files(known.then_some(&looked_for), at_most).await?;
        // One that was begun meanwhile has its turn next.
        for erasure in erased.iter().filter(|erasure| erasure.stage == ErasureStage::Erased) {
            self.certify(erasure, &searched).await?;
        }
        // Anything that is shown may have been about them.
        self.events.changed(["*"]);
        Ok(())
    }

    async fn erase_conversations_of(&self, erasure: &UnfinishedErasure) -> Result<(), EngineError> {
        let mut after = None;
        loop {
            let turn = self.store.next_conversations_to_erase(erasure, after.as_ref()).await?;
            let Some(last) = turn.last().cloned() else { return Ok(()) };
            // Whoever read one of these before is let finish, so that nothing of it is written afterwards.
            let mut locks = Vec::with_capacity(turn.len());
            for id in &turn {
                locks.push(self.conversations.lock(id).await);
            }
            self.store.erase_conversations(erasure, &turn, self.clock.now()).await?;
            drop(locks);
            // One that others share may be due a suggestion from what they wrote.
            for id in &turn {
                self.reconsider(id).await?;
            }
            after = Some(last);
        }
    }

    async fn certify(
        &self,
        erasure: &UnfinishedErasure,
        searched: &store::Searched,
    ) -> Result<(), EngineError> {
        let now = self.clock.now();
        let certificate = Certificate::of(erasure, searched, &self.app_id, self.helpdesk.name(), now);
        let json = serde_json::to_value(&certificate)
            .map_err(|_| EngineError::BadInput("The certificate could not be written.".to_owned()))?;
        let entry = NewActivity {
            at: now,
            kind: "contact.erased".to_owned(),
            sentence: certificate.sentence(),
            conversation_id: None,
            suggestion_id: None,
            decision_id: None,
            action_id: None,
        };
        self.store.finish_erasure(erasure.id, &json, &entry).await?;
        tracing::info!(erasure.id = %erasure.id, cause = erasure.cause.as_str(), "A person was erased");
        Ok(())
    }

    /// What to do when the helpdesk does not know a contact that is known here: it was merged, or deleted, and the
    /// notification of it was lost. Its conversations tell which.
    pub(crate) async fn contact_is_gone(&self, contact: &ContactId) -> Result<(), EngineError> {
        if !self.store.knows_contact(contact).await? {
            // It may only not be there yet: the helpdesk's reads lag behind its writes.
            return Ok(());
        }
        let mut still_named = false;
        for id in self.store.list_conversations_of_contact(contact, WITNESSES).await? {
            match self.helpdesk.conversation(&id, Priority::Ingest).await {
                Ok(read) if read.contact_ids.contains(contact) => still_named = true,
                Ok(read) => {
                    if let Some(into) = read.contact_ids.first() {
                        return self.hand_over(contact, into).await;
                    }
                }
                Err(fault) if fault.kind == FaultKind::NotFound => self.forget_conversation(&id).await?,
                Err(fault) => return Err(fault.into()),
            }
        }
        if still_named {
            return self.forget_record(contact).await;
        }
        self.erase_contact(contact, ErasureCause::Helpdesk, false).await.map(drop)
    }

    /// Forgets what is known of a contact beside their conversations, which the helpdesk still has.
    pub(crate) async fn forget_record(&self, contact: &ContactId) -> Result<(), EngineError> {
        self.store.delete_contact(contact, self.clock.now()).await?;
        self.events.changed(["contacts".to_owned(), format!("contact:{contact}")]);
        Ok(())
    }

    /// One contact became another. Somebody who becomes a person that was erased is that person.
    pub(crate) async fn hand_over(&self, from: &ContactId, into: &ContactId) -> Result<(), EngineError> {
        if self.store.is_erased_person(into).await? {
            return self.erase_contact(from, ErasureCause::Helpdesk, false).await.map(drop);
        }
        self.store.merge_contact(from, into, self.clock.now()).await?;
        self.contacts_seen.forget(from);
        self.events.changed(["contacts".to_owned(), format!("contact:{from}"), "conversations".to_owned()]);
        Ok(())
    }
}
