//! From deliveries to conversations, people and articles: fetches what each delivery names and stores it.
//!
//! Deliveries carry changes, never facts, so several of one conversation are served by one reading, and serving one
//! twice does no harm. A delivery is settled only after what it names is stored; until then it is on disk as
//! received, and is taken up again after a restart. While the helpdesk cannot be reached, it waits, however long.

use crate::backoff::pause_ms;
use crate::error::EngineError;
use crate::replies::said_of;
use crate::workspace::Workspace;
use domain::ports::{Helpdesk as _, Priority};
use domain::{
    Change, ContactId, Conversation, ConversationId, DeliveryId, DeliveryOutcome, ErasureCause, Fault,
    FaultKind, HelpArticle, LedTo,
};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{ConversationMark, DueDelivery, StoreError};
use tokio::sync::{Notify, Semaphore};

/// Conversations fetched side by side.
const SIDE_BY_SIDE: usize = 4;
/// Deliveries looked at in one round.
const ROUND: u32 = 500;
/// Groups waiting to be fetched that are enough: more are looked for when fewer wait. Without it, every delivery of a
/// burst has the whole round read again, at the cost of those that are still coming in.
const ENOUGH: usize = 8 * SIDE_BY_SIDE;
/// While a burst lasts, each reading waits so long at most before it begins.
const GIVES_WAY: Duration = Duration::from_secs(1);
/// Answers that cannot be read, before a delivery is given up.
const UNREADABLE: u32 = 8;

/// What the worker shares with its tasks.
#[derive(Debug)]
pub(crate) struct Ingest {
    pub(crate) wake: Notify,
    running: Mutex<HashSet<String>>,
    permits: Arc<Semaphore>,
}

impl Default for Ingest {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            running: Mutex::new(HashSet::new()),
            permits: Arc::new(Semaphore::new(SIDE_BY_SIDE)),
        }
    }
}

impl Ingest {
    fn has_enough(&self) -> bool {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).len() >= ENOUGH
    }
}

/// Deliveries that one reading serves.
#[derive(Debug)]
struct Group {
    change: Change,
    ids: Vec<DeliveryId>,
    attempts: u32,
}

/// Takes up deliveries until the workspace is closed.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        let woken = workspace.ingest.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        if workspace.ingest.has_enough() {
            woken.await;
            continue;
        }
        let now = workspace.clock.now();
        let due = match workspace.store.list_due_deliveries(now, ROUND).await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "Deliveries cannot be read");
                workspace.clock.sleep_until(now.plus_ms(5_000)).await;
                continue;
            }
        };
        let idle = due.is_empty();
        for (key, group) in group(due) {
            start(&workspace, key, group);
        }
        // Postponed ones come due by the clock; running ones wake the worker when they end.
        let next = if idle { workspace.store.next_delivery_due().await.ok().flatten() } else { None };
        let come_due = async {
            match next.filter(|next| *next > now) {
                Some(next) => workspace.clock.sleep_until(next).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = &mut woken => {}
            () = sorted_in(&workspace) => {}
            () = come_due => {}
        }
    }
}

/// Returns when deliveries were sorted in, whoever did it, and tells of them.
async fn sorted_in(workspace: &Workspace) {
    workspace.store.deliveries_sorted().await;
    workspace.events.changed(["deliveries", "health"]);
}

fn group(due: Vec<DueDelivery>) -> BTreeMap<String, Group> {
    let mut groups = BTreeMap::<String, Group>::new();
    for delivery in due {
        let key = format!("{:?}", delivery.change);
        let group = groups.entry(key).or_insert_with(|| Group {
            change: delivery.change,
            ids: Vec::new(),
            attempts: 0,
        });
        group.ids.push(delivery.id);
        group.attempts = group.attempts.max(delivery.attempts);
    }
    groups
}

fn start(workspace: &Arc<Workspace>, key: String, group: Group) {
    let mut running = workspace.ingest.running.lock().unwrap_or_else(PoisonError::into_inner);
    if !running.insert(key.clone()) {
        return;
    }
    drop(running);
    let workspace = Arc::clone(workspace);
    let tasks = workspace.tasks.clone();
    tasks.spawn(async move {
        let permit = Arc::clone(&workspace.ingest.permits).acquire_owned().await;
        workspace.give_way(GIVES_WAY).await;
        serve(&workspace, &group).await;
        drop(permit);
        workspace.ingest.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        workspace.ingest.wake.notify_one();
    });
}

async fn serve(workspace: &Workspace, group: &Group) {
    let before = workspace.standing(&group.change).await;
    let result = match &group.change {
        Change::Conversation(id) => workspace.fetch_conversation(id, Priority::Ingest).await,
        Change::ConversationDeleted(id) => workspace.forget_conversation(id).await,
        Change::Contact(id) => workspace.fetch_contact(id, Priority::Ingest).await,
        Change::ContactDeleted(id) => {
            workspace.erase_contact(id, ErasureCause::Helpdesk, false).await.map(drop)
        }
        Change::ContactMerged { from, into } => workspace.merge_contact(from, into).await,
        Change::Article(id) => workspace.fetch_article(id).await,
        Change::Ping | Change::Ignored => Ok(()),
    };
    let now = workspace.clock.now();
    let settled = match result {
        Ok(()) if workspace.is_about_erased(&group.change).await => workspace.settle_erased(&group.ids).await,
        Ok(()) => {
            let after = workspace.standing(&group.change).await;
            let led_to = led_to(&group.change, &before, &after);
            workspace.store.settle_applied(&group.ids, led_to, now).await
        }
        // Nothing of the work depends on articles, so nobody is waited for.
        Err(EngineError::Vendor(fault)) if matches!(group.change, Change::Article(_)) && fault.denies() => {
            let (ignored, reason) = (DeliveryOutcome::Ignored, fault.sentence());
            workspace.store.settle_deliveries(&group.ids, ignored, Some(&reason), now).await
        }
        Err(EngineError::Vendor(fault)) => {
            let reason = fault.sentence();
            if let Some(pause) = patience(&fault, group.attempts) {
                tracing::warn!(fault.kind = ?fault.kind, status = fault.status, "A fetch is put off");
                workspace.store.postpone_deliveries(&group.ids, now.plus_ms(pause), &reason).await
            } else {
                let failed = DeliveryOutcome::Failed;
                workspace.store.settle_deliveries(&group.ids, failed, Some(&reason), now).await
            }
        }
        Err(error) => {
            tracing::error!(%error, "What a delivery names could not be stored");
            let next = now.plus_ms(5_000);
            workspace.store.postpone_deliveries(&group.ids, next, &error.to_string()).await
        }
    };
    if let Err(error) = settled {
        tracing::error!(%error, "A delivery could not be settled");
        workspace.clock.sleep_until(workspace.clock.now().plus_ms(1_000)).await;
    }
    workspace.events.changed(["deliveries", "health"]);
}

/// How what a change names stands here, as far as a reading can move it.
#[derive(Debug, Default, PartialEq)]
struct Standing {
    conversation: Option<ConversationMark>,
    /// The article, once for each language that is kept.
    article: Vec<HelpArticle>,
}

/// What a reading led to, by how things stood before and after.
fn led_to(change: &Change, before: &Standing, after: &Standing) -> LedTo {
    match change {
        Change::Conversation(_) => match (&before.conversation, &after.conversation) {
            (_, None) => LedTo::Erased,
            (before, after) if before == after => LedTo::Known,
            (before, Some(after)) => match after.suggestion() {
                Some(made) if before.as_ref().and_then(ConversationMark::suggestion) != Some(made) => {
                    LedTo::Suggestion(made)
                }
                Some(_) | None => LedTo::News,
            },
        },
        Change::Article(_) if before.article == after.article => LedTo::Known,
        Change::Article(_) if after.article.is_empty() => LedTo::Erased,
        Change::ConversationDeleted(_) | Change::ContactDeleted(_) => LedTo::Erased,
        Change::Article(_) | Change::Contact(_) | Change::ContactMerged { .. } => LedTo::News,
        Change::Ping | Change::Ignored => LedTo::Known,
    }
}

/// Milliseconds to wait before another reading; `None` when another would change nothing.
fn patience(fault: &Fault, attempts: u32) -> Option<i64> {
    match fault.kind {
        FaultKind::Rejected | FaultKind::NotFound => None,
        FaultKind::Unreadable if attempts.saturating_add(1) >= UNREADABLE => None,
        // These wait for a person, or for the helpdesk: long pauses, but no end.
        FaultKind::Unauthorized | FaultKind::Forbidden | FaultKind::NoSecret => Some(60_000),
        FaultKind::RateLimited
        | FaultKind::Unavailable
        | FaultKind::Unreachable
        | FaultKind::NoAnswer
        | FaultKind::Unreadable => Some(pause_ms(fault, attempts.saturating_add(1))),
    }
}

impl Workspace {
    async fn standing(&self, change: &Change) -> Standing {
        match change {
            Change::Conversation(id) => {
                let conversation = self.store.find_conversation_mark(id).await.ok().flatten();
                Standing { conversation, ..Standing::default() }
            }
            Change::Article(id) => {
                let article = self.store.list_languages_of_article(id).await.unwrap_or_default();
                Standing { article, ..Standing::default() }
            }
            Change::ConversationDeleted(_)
            | Change::Contact(_)
            | Change::ContactDeleted(_)
            | Change::ContactMerged { .. }
            | Change::Ping
            | Change::Ignored => Standing::default(),
        }
    }

    /// Reads a conversation at the helpdesk, with its contact, and takes it in.
    pub(crate) async fn fetch_conversation(
        &self,
        id: &ConversationId,
        priority: Priority,
    ) -> Result<(), EngineError> {
        let conversation = self.read_conversation(id, priority).await?;
        if let Some(contact) = conversation.contact_ids.first() {
            self.refresh_contact(contact, priority).await?;
        }
        self.take_in(&conversation).await
    }

    /// Reads a conversation at the helpdesk; one that is gone there is forgotten here.
    pub(crate) async fn read_conversation(
        &self,
        id: &ConversationId,
        priority: Priority,
    ) -> Result<Conversation, EngineError> {
        match self.helpdesk.conversation(id, priority).await {
            Ok(conversation) => Ok(conversation),
            Err(fault) => {
                if fault.kind == FaultKind::NotFound && self.store.find_conversation(id).await?.is_some() {
                    self.forget_conversation(id).await?;
                }
                Err(fault.into())
            }
        }
    }

    /// Whether a contact was fetched a moment ago, or is not known to the helpdesk.
    pub(crate) fn is_contact_fresh(&self, id: &ContactId) -> bool {
        self.contacts_seen.is_fresh(id, self.clock.now())
    }

    /// Fetches a contact, unless that was done a moment ago, or the helpdesk does not know them.
    pub(crate) async fn refresh_contact(
        &self,
        id: &ContactId,
        priority: Priority,
    ) -> Result<(), EngineError> {
        if self.is_contact_fresh(id) {
            return Ok(());
        }
        match self.read_contact(id, priority).await {
            Ok(()) => Ok(()),
            // The helpdesk still has the conversation that names this contact.
            Err(EngineError::Vendor(fault)) if fault.kind == FaultKind::NotFound => {
                self.forget_record(id).await
            }
            // The conversation counts; its contact is fetched with the next message.
            Err(EngineError::Vendor(fault)) => {
                tracing::warn!(contact.id = %id, fault.kind = ?fault.kind, "A contact could not be fetched");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    /// Fetches a contact in any case: something was told of them.
    pub(crate) async fn fetch_contact(&self, id: &ContactId, priority: Priority) -> Result<(), EngineError> {
        self.contacts_seen.forget(id);
        match self.read_contact(id, priority).await {
            Err(EngineError::Vendor(fault)) if fault.kind == FaultKind::NotFound => {
                self.contact_is_gone(id).await?;
                Err(fault.into())
            }
            other => other,
        }
    }

    /// Reads a contact at the helpdesk and stores it, unless the person was erased here. What the helpdesk said is remembered.
    async fn read_contact(&self, id: &ContactId, priority: Priority) -> Result<(), EngineError> {
        if self.store.is_erased_person(id).await? {
            return Ok(());
        }
        let read = self.helpdesk.contact(id, priority).await;
        let now = self.clock.now();
        if read.as_ref().is_err_and(|fault| fault.kind == FaultKind::NotFound) {
            self.contacts_seen.not_found(id, now);
        }
        let contact = read?;
        let before = self.store.find_contact(&contact.id).await?;
        self.store.upsert_contact(&contact, now).await?;
        if contact.id != *id {
            self.hand_over(id, &contact.id).await?;
        }
        if before.as_ref().map(said_of) != Some(said_of(&contact)) {
            self.contact_facts_changed(&contact.id).await?;
        }
        self.contacts_seen.found(&contact.id, now);
        self.events.changed(["contacts".to_owned(), format!("contact:{id}"), "suggestions".to_owned()]);
        Ok(())
    }

    pub(crate) async fn forget_conversation(&self, id: &ConversationId) -> Result<(), EngineError> {
        let _lock = self.conversations.lock(id).await;
        self.store.delete_conversation(id, self.clock.now()).await?;
        self.events.changed(crate::events::tags_of(id, &[]));
        Ok(())
    }

    async fn merge_contact(&self, from: &ContactId, into: &ContactId) -> Result<(), EngineError> {
        self.read_contact(into, Priority::Ingest).await?;
        self.hand_over(from, into).await
    }

    /// Whether what a served delivery names was not kept, because it or its person was erased.
    async fn is_about_erased(&self, change: &Change) -> bool {
        let found = match change {
            // It was read, and yet it is not here.
            Change::Conversation(id) => {
                self.store.find_conversation_times(id).await.map(|kept| kept.is_none())
            }
            Change::Contact(id) => self.store.is_erased_person(id).await,
            Change::ConversationDeleted(_)
            | Change::ContactDeleted(_)
            | Change::ContactMerged { .. }
            | Change::Article(_)
            | Change::Ping
            | Change::Ignored => Ok(false),
        };
        found.unwrap_or(false)
    }

    async fn settle_erased(&self, ids: &[DeliveryId]) -> Result<(), StoreError> {
        self.store.empty_bodies(ids).await?;
        let reason = "What it names was erased here and is not kept again";
        self.store.settle_deliveries(ids, DeliveryOutcome::Ignored, Some(reason), self.clock.now()).await
    }
}
