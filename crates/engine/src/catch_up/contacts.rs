//! Contacts of conversations that were caught up with: fetched afterwards, one by one, when nobody else needs the
//! budget. Until then the names stand in the messages. Whoever opens one gets it at once.
//!
//! Now and then all that are kept are looked for at the helpdesk: a delivery tells that one was deleted or merged, and no
//! list does, so whoever missed it would keep somebody's words for ever.

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::{Helpdesk as _, Priority};
use domain::{ContactId, FaultKind};
use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Contacts that wait at most; those beyond are fetched when they are shown.
const WAITING: usize = 5_000;

/// Contacts looked for by one call.
const AT_ONCE: u32 = 100;
/// The pause after a call that failed, milliseconds.
const PAUSE_MS: i64 = 30_000;

/// Contacts to fetch some time.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    waiting: Mutex<(VecDeque<ContactId>, BTreeSet<ContactId>)>,
    look: Mutex<Look>,
    wake: Notify,
}

/// Looking for contacts that are gone at the helpdesk.
#[derive(Debug, Default)]
struct Look {
    /// Up to which id it has come; `None` when it is at rest.
    after: Option<String>,
    /// Begin anew at the end.
    again: bool,
}

impl Look {
    fn begin(&mut self) {
        self.again = self.after.is_some();
        self.after.get_or_insert_default();
    }

    fn go_on(&mut self, after: Option<String>) {
        self.after = after.or_else(|| std::mem::take(&mut self.again).then(String::new));
    }
}

impl Contacts {
    /// Fetches a contact some time.
    pub(super) fn want(&self, id: &ContactId) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (queue, known) = &mut *waiting;
        if queue.len() < WAITING && known.insert(id.clone()) {
            queue.push_back(id.clone());
        }
        drop(waiting);
        self.wake.notify_one();
    }

    /// Looks for contacts that are gone at the helpdesk, from the first to the last.
    pub(super) fn look_for_gone(&self) {
        self.look().begin();
        self.wake.notify_one();
    }

    fn look(&self) -> MutexGuard<'_, Look> {
        self.look.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<ContactId> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let (queue, known) = &mut *waiting;
        let next = queue.pop_front()?;
        known.remove(&next);
        Some(next)
    }
}

/// Fetches contacts, and looks for those that are gone, until the workspace is closed.
pub(super) async fn run(workspace: Arc<Workspace>) {
    let contacts = &workspace.catch_up.contacts;
    loop {
        let done = if let Some(id) = contacts.next() {
            workspace.refresh_contact(&id, Priority::Backfill).await
        } else if let Some(after) = { contacts.look().after.clone() } {
            workspace.look_for_gone_contacts(&after).await.map(|next| contacts.look().go_on(next))
        } else {
            contacts.wake.notified().await;
            continue;
        };
        if let Err(error) = done {
            if let EngineError::Vendor(fault) = &error {
                tracing::debug!(fault.kind = ?fault.kind, "Contacts are looked for later");
            } else {
                tracing::error!(%error, "A contact could not be stored");
            }
            workspace.clock.sleep_until(workspace.clock.now().plus_ms(PAUSE_MS)).await;
        }
    }
}

impl Workspace {
    /// Looks for the first contacts beyond `after`, and follows what became of those that are not found. Returns up to
    /// where it came; `None` at the end.
    async fn look_for_gone_contacts(&self, after: &str) -> Result<Option<String>, EngineError> {
        let ids = self.store.list_contact_ids(after, AT_ONCE).await?;
        let Some(last) = ids.last() else { return Ok(None) };
        let Some(found) = self.helpdesk.contacts_found(&ids, Priority::Backfill).await? else {
            return Ok(None);
        };
        let found: BTreeSet<ContactId> = found.into_iter().collect();
        for id in ids.iter().filter(|id| !found.contains(id)) {
            match self.fetch_contact(id, Priority::Backfill).await {
                Ok(()) => {}
                // What had to follow from that has followed.
                Err(EngineError::Vendor(fault)) if fault.kind == FaultKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(Some(last.0.clone()))
    }

    /// A person looks at a contact: fetches it in the background, unless that was done a moment ago.
    pub fn contact_shown(self: &Arc<Self>, id: &ContactId) {
        if self.is_contact_fresh(id) {
            return;
        }
        let (workspace, id) = (Arc::clone(self), id.clone());
        self.run(async move {
            let fetched: Result<(), EngineError> = workspace.refresh_contact(&id, Priority::Person).await;
            if let Err(error) = fetched {
                tracing::error!(%error, "A contact could not be stored");
            }
        });
    }
}
