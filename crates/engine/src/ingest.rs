//! From deliveries to conversations: fetches what each delivery names and stores it.
//!
//! Deliveries carry changes, never facts, so several of one conversation are served by one reading, and serving one
//! twice does no harm. A delivery is settled only after what it names is stored; until then it is on disk as
//! received, and is taken up again after a restart. While the helpdesk cannot be reached, it waits, however long.

use crate::backoff::pause_ms;
use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::Helpdesk as _;
use domain::{
    Change, ContactId, Conversation, ConversationId, DeliveryId, DeliveryOutcome, Fault, FaultKind,
};
use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use store::DueDelivery;
use tokio::sync::{Notify, Semaphore};

/// Conversations fetched side by side.
const SIDE_BY_SIDE: usize = 4;
/// Deliveries looked at in one round.
const ROUND: u32 = 500;
/// Answers that cannot be read, before a delivery is given up.
const UNREADABLE: u32 = 8;
/// After so long a contact is fetched again when its customer writes, milliseconds.
const CONTACT_FRESH_MS: i64 = 10 * 60 * 1000;

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
        match next.filter(|next| *next > now) {
            Some(next) => tokio::select! {
                () = &mut woken => {}
                () = workspace.clock.sleep_until(next) => {}
            },
            None => woken.await,
        }
    }
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
        serve(&workspace, &group).await;
        drop(permit);
        workspace.ingest.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&key);
        workspace.ingest.wake.notify_one();
    });
}

async fn serve(workspace: &Workspace, group: &Group) {
    let result = match &group.change {
        Change::Conversation(id) => workspace.fetch_conversation(id).await,
        Change::ConversationDeleted(id) => workspace.forget_conversation(id).await,
        Change::Contact(id) => workspace.fetch_contact(id).await,
        Change::ContactDeleted(id) => workspace.forget_contact(id).await,
        Change::ContactMerged { from, into } => workspace.merge_contact(from, into).await,
        Change::Ping | Change::Ignored => Ok(()),
    };
    let now = workspace.clock.now();
    let settled = match result {
        Ok(()) => workspace.store.settle_deliveries(&group.ids, DeliveryOutcome::Applied, None, now).await,
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
    /// Reads a conversation at the helpdesk, with its contact, and takes it in.
    pub(crate) async fn fetch_conversation(&self, id: &ConversationId) -> Result<(), EngineError> {
        let conversation = match self.helpdesk.conversation(id).await {
            Ok(conversation) => conversation,
            Err(fault) => {
                if fault.kind == FaultKind::NotFound && self.store.find_conversation(id).await?.is_some() {
                    self.forget_conversation(id).await?;
                }
                return Err(fault.into());
            }
        };
        self.refresh_contact_of(&conversation).await?;
        self.take_in(&conversation).await
    }

    async fn refresh_contact_of(&self, conversation: &Conversation) -> Result<(), EngineError> {
        let Some(id) = conversation.contact_ids.first() else { return Ok(()) };
        let now = self.clock.now();
        let seen = self.contacts_seen.lock().unwrap_or_else(PoisonError::into_inner).get(id).copied();
        if seen.is_some_and(|at| now.ms_since(at) < CONTACT_FRESH_MS) {
            return Ok(());
        }
        match self.fetch_contact(id).await {
            Ok(()) => Ok(()),
            // The conversation counts; its contact is fetched with the next message.
            Err(EngineError::Vendor(fault)) => {
                tracing::warn!(contact.id = %id, fault.kind = ?fault.kind, "A contact could not be fetched");
                Ok(())
            }
            Err(error) => Err(error),
        }
    }

    async fn fetch_contact(&self, id: &ContactId) -> Result<(), EngineError> {
        let contact = match self.helpdesk.contact(id).await {
            Ok(contact) => contact,
            Err(fault) if fault.kind == FaultKind::NotFound => {
                self.forget_contact(id).await?;
                return Err(fault.into());
            }
            Err(fault) => return Err(fault.into()),
        };
        let now = self.clock.now();
        self.store.upsert_contact(&contact, now).await?;
        self.contacts_seen.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), now);
        self.events.changed(["contacts".to_owned(), format!("contact:{id}"), "suggestions".to_owned()]);
        Ok(())
    }

    async fn forget_conversation(&self, id: &ConversationId) -> Result<(), EngineError> {
        let _lock = self.conversations.lock(id).await;
        self.store.delete_conversation(id, self.clock.now()).await?;
        self.events.changed(crate::events::tags_of(id, &[]));
        Ok(())
    }

    async fn merge_contact(&self, from: &ContactId, into: &ContactId) -> Result<(), EngineError> {
        self.fetch_contact(into).await?;
        self.store.merge_contact(from, into, self.clock.now()).await?;
        self.events.changed(["contacts".to_owned(), format!("contact:{from}"), "conversations".to_owned()]);
        Ok(())
    }

    async fn forget_contact(&self, id: &ContactId) -> Result<(), EngineError> {
        self.store.delete_contact(id, self.clock.now()).await?;
        self.contacts_seen.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        self.events.changed(["contacts".to_owned(), format!("contact:{id}")]);
        Ok(())
    }
}
