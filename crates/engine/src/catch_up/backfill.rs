//! Fetching what is older than the first start: the last so many days, as the person chose.
//!
//! It walks backwards through the times of last changes, in windows of about a thousand conversations, so that the
//! newest are there first and a restart goes on at the window it stood in. Open conversations are not its business:
//! they are fetched at the start whatever their age. All of its calls and writes go behind those of everybody else.

use super::sweep::Search;
use super::{BLOCKED_PAUSE_MS, MINUTE_MS, beyond, pause_after};
use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::Timestamp;
use domain::ports::{Helpdesk as _, Priority};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::{Backfill, Store};
use tokio::sync::Notify;

/// Days to go back when nobody chose otherwise.
pub const DEFAULT_DAYS: u32 = 30;
/// The days that can be chosen; 0 for none.
pub const DAYS: [u32; 5] = [0, 7, 30, 90, 365];
/// The key in the store's `meta` of the days to go back.
const DAYS_KEY: &str = "backfill.days";
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;
/// The shortest window.
const SHORTEST_MS: i64 = MINUTE_MS;
/// The longest window.
const LONGEST_MS: i64 = 8 * DAY_MS;
/// A window of more conversations is made shorter.
const MANY: u32 = 1_200;
/// After a window of fewer the next is longer.
const FEW: u32 = 300;

/// What the worker shares with those who watch and halt it.
#[derive(Debug, Default)]
pub(crate) struct Filling {
    wake: Notify,
    state: Mutex<Option<Backfill>>,
    /// Fetched in the window that it stands in.
    in_window: AtomicU32,
    fault: Mutex<Option<String>>,
    /// What is open has been fetched: that comes first.
    is_ready: AtomicBool,
}

/// How far it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackfillProgress {
    /// Where it stands.
    pub backfill: Backfill,
    /// Conversations looked at, those of the window it stands in included.
    pub done: u32,
    /// Why it does not go on, though nobody halted it.
    pub fault: Option<String>,
}

impl Filling {
    pub(super) async fn load(&self, store: &Store) -> Result<(), EngineError> {
        self.set(store.find_backfill().await?);
        Ok(())
    }

    /// A run of catching up has ended well.
    pub(super) fn caught_up(&self) {
        if !self.is_ready.swap(true, Ordering::Relaxed) {
            self.wake.notify_one();
        }
    }

    /// Another so many conversations were fetched.
    pub(super) fn fetched(&self, number: u32) {
        self.in_window.fetch_add(number, Ordering::Relaxed);
    }

    fn get(&self) -> Option<Backfill> {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: Option<Backfill>) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }

    fn set_fault(&self, fault: Option<String>) {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// What there is to do now.
    fn due(&self) -> Option<Backfill> {
        let is_ready = self.is_ready.load(Ordering::Relaxed);
        self.get().filter(|_| is_ready).filter(|state| !state.paused && !state.is_finished())
    }
}

/// Works until the workspace is closed.
pub(super) async fn run(workspace: Arc<Workspace>) {
    let filling = &workspace.catch_up.filling;
    let mut step = DAY_MS;
    let mut failures = 0;
    loop {
        let Some(state) = filling.due() else {
            filling.wake.notified().await;
            continue;
        };
        let pause = match workspace.fill_window(state, &mut step).await {
            Ok(()) => {
                failures = 0;
                filling.set_fault(None);
                0
            }
            Err(EngineError::Vendor(fault)) => {
                failures += 1;
                filling.set_fault(Some(fault.sentence()));
                pause_after(&fault, failures)
            }
            Err(error) => {
                tracing::error!(%error, "What the backfill read could not be stored");
                filling.set_fault(Some(error.to_string()));
                BLOCKED_PAUSE_MS
            }
        };
        filling.in_window.store(0, Ordering::Relaxed);
        if filling.due().is_none() {
            tracing::info!("The backfill is halted, or complete");
            workspace.events.changed(["coverage", "conversations", "health"]);
        }
        if pause > 0 {
            workspace.events.changed(["coverage"]);
            tokio::select! {
                () = workspace.clock.sleep_until(workspace.clock.now().plus_ms(pause)) => {}
                () = filling.wake.notified() => {}
            }
        }
    }
}

impl Workspace {
    /// How far the backfill is; `None` before the first reading.
    pub fn backfill_progress(&self) -> Option<BackfillProgress> {
        let filling = &self.catch_up.filling;
        let backfill = filling.get()?;
        let done = backfill.done.saturating_add(filling.in_window.load(Ordering::Relaxed));
        let fault = filling.fault.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Some(BackfillProgress { backfill, done, fault })
    }

    /// Days that the backfill goes back.
    pub async fn backfill_days(&self) -> Result<u32, EngineError> {
        let chosen = self.store.find_meta(DAYS_KEY).await?.and_then(|text| text.parse().ok());
        Ok(chosen.filter(|days| DAYS.contains(days)).unwrap_or(DEFAULT_DAYS))
    }

    /// Chooses how many days the backfill goes back. More lets it go on, fewer let it end earlier; what is here stays.
    pub async fn set_backfill_days(&self, days: u32) -> Result<(), EngineError> {
        if !DAYS.contains(&days) {
            return Err(EngineError::BadInput("Choose 7, 30, 90 or 365 days, or none.".to_owned()));
        }
        self.store.set_meta(DAYS_KEY, &days.to_string()).await?;
        if let Some(state) = self.store.find_backfill().await? {
            self.store.set_backfill_from(state.until.plus_ms(-i64::from(days) * DAY_MS)).await?;
        }
        self.reload_backfill().await
    }

    /// Halts the backfill. What is under way is finished.
    pub async fn pause_backfill(&self) -> Result<(), EngineError> {
        self.store.set_backfill_paused(true).await?;
        self.reload_backfill().await
    }

    /// Lets the backfill go on.
    pub async fn resume_backfill(&self) -> Result<(), EngineError> {
        self.store.set_backfill_paused(false).await?;
        self.reload_backfill().await
    }

    pub(super) async fn begin_backfill(&self, now: Timestamp) -> Result<(), EngineError> {
        let days = self.backfill_days().await?;
        self.store.begin_backfill(now.plus_ms(-i64::from(days) * DAY_MS), now).await?;
        self.reload_backfill().await
    }

    async fn reload_backfill(&self) -> Result<(), EngineError> {
        self.catch_up.filling.load(&self.store).await?;
        self.catch_up.filling.wake.notify_one();
        self.events.changed(["coverage"]);
        Ok(())
    }

    /// One window: finds how long it may be, fetches it, and writes down that it is done.
    async fn fill_window(&self, state: Backfill, step: &mut i64) -> Result<(), EngineError> {
        let priority = Priority::Backfill;
        // The first window is open at its end: what changed since is there, and by whichever clock.
        let until = if state.reached == state.until {
            beyond(state.until)
        } else {
            // Both ends are included, and the one before had this second.
            state.reached
        };
        let mut from = state.reached.plus_ms(-*step).max(state.from);
        loop {
            let page = self.helpdesk.conversations_changed(from, until, None, priority).await?;
            if page.total.unwrap_or(0) <= MANY || *step <= SHORTEST_MS {
                break;
            }
            *step = (*step / 2).max(SHORTEST_MS);
            from = state.reached.plus_ms(-*step).max(state.from);
        }
        let filling = &self.catch_up.filling;
        let go_on = || filling.get().is_some_and(|now| !now.paused && now.from <= from);
        filling.in_window.store(0, Ordering::Relaxed);
        let Some(swept) = self.sweep(&Search { from, until, priority }, &go_on).await? else { return Ok(()) };
        if swept.listed < FEW {
            *step = (*step * 2).min(LONGEST_MS);
        }
        let done = state.done.saturating_add(swept.listed);
        let left = if from > state.from {
            self.helpdesk.conversations_changed(state.from, from, None, priority).await?.total
        } else {
            Some(0)
        };
        let total = left.map(|left| done.saturating_add(left));
        self.store.advance_backfill(from, done, total).await?;
        filling.in_window.store(0, Ordering::Relaxed);
        filling.load(&self.store).await?;
        self.events.changed(["coverage", "conversations"]);
        Ok(())
    }
}
