//! Catching up, against a helpdesk in memory whose clock is its own, by a clock that is moved by hand.

#![expect(clippy::expect_used, clippy::panic, reason = "a test program")]

mod backfill;
mod following;
mod helpdesk;
mod listening;

use domain::ports::Clock as _;
use domain::{AdminId, Timestamp, WorkspaceId};
use engine::clock::{ClockIds, ManualClock};
use engine::{EngineEvent, Events, Workspace, WorkspaceConfig};
use helpdesk::Desk;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::Duration;
use store::Store;
use tempfile::TempDir;
use tokio::sync::{Mutex, broadcast};

/// A test that has waited so long will wait for ever.
const PATIENCE: Duration = Duration::from_mins(1);
/// The time that tests begin at, here and at the helpdesk unless they say otherwise: a Monday, 09:00.
pub(crate) const START: i64 = 1_767_603_600;
pub(crate) const MINUTE: i64 = 60_000;

pub(crate) struct Console {
    pub(crate) workspace: Arc<Workspace>,
    pub(crate) desk: Arc<Desk>,
    pub(crate) clock: ManualClock,
    events: Mutex<broadcast::Receiver<EngineEvent>>,
    folder: TempDir,
}

impl Console {
    /// A workspace on an empty file that follows `desk`.
    pub(crate) async fn following(desk: Arc<Desk>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let clock = ManualClock::at(Timestamp::from_seconds(START));
        let (workspace, events) = start(folder.path().join("a.sqlite"), &desk, &clock).await;
        let console = Self { workspace, desk, clock, events: Mutex::new(events), folder };
        console.until_caught_up().await;
        console
    }

    /// Ends the workspace and opens it again.
    pub(crate) async fn restart(&mut self) {
        self.workspace.close(Duration::from_secs(5)).await;
        let (workspace, events) = start(self.folder.path().join("a.sqlite"), &self.desk, &self.clock).await;
        (self.workspace, self.events) = (workspace, Mutex::new(events));
    }

    /// Looks again after each event until `look` finds what it looks for.
    pub(crate) async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let found = tokio::time::timeout(PATIENCE, async {
            let mut events = self.events.lock().await;
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                match events.recv().await {
                    Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => panic!("the workspace has ended"),
                }
            }
        });
        found.await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
    }

    /// Waits until a run has ended well at the time that the clock shows.
    pub(crate) async fn until_caught_up(&self) {
        let now = self.clock.now();
        self.until("a run to end well", async || {
            let status = self.workspace.catch_up_status();
            let is_over =
                !status.is_due && status.running.is_none() && status.next_at.is_some_and(|next| next > now);
            (is_over && status.last.is_some_and(|(at, _)| at >= now)).then_some(())
        })
        .await;
    }

    /// Waits until everything older is there.
    pub(crate) async fn until_filled(&self) {
        self.until("the backfill to end", async || {
            let progress = self.workspace.backfill_progress()?;
            progress.backfill.is_finished().then_some(())
        })
        .await;
    }

    /// Lets so much time pass here and at the helpdesk, and waits for the run that is due then.
    pub(crate) async fn pass(&self, milliseconds: i64) {
        self.desk.world().now += milliseconds / 1000;
        self.clock.advance(milliseconds);
        self.until_caught_up().await;
    }

    pub(crate) async fn kept(&self, id: &str) -> Option<usize> {
        let found = self.workspace.store().find_conversation(&id.into()).await.expect("the store answers");
        found.map(|conversation| conversation.parts.len())
    }
}

async fn start(
    file: PathBuf,
    desk: &Arc<Desk>,
    clock: &ManualClock,
) -> (Arc<Workspace>, broadcast::Receiver<EngineEvent>) {
    let events = Events::default();
    let receiver = events.subscribe();
    let clock: Arc<ManualClock> = Arc::new(clock.clone());
    let ids = Arc::new(ClockIds::new(clock.clone()));
    let workspace = Workspace::start(WorkspaceConfig {
        id: WorkspaceId(domain::ports::IdSource::next(&*ids)),
        app_id: "abc".to_owned(),
        store: Store::open(&file).await.expect("a store"),
        helpdesk: desk.clone(),
        clock,
        ids,
        events,
        acting_admin: AdminId("1".to_owned()),
        undo_window_ms: Arc::new(AtomicI64::new(5_000)),
        claims_with_notes: Arc::new(AtomicBool::new(false)),
        automatic_stopped: Arc::default(),
    })
    .await
    .expect("a workspace");
    (workspace, receiver)
}
