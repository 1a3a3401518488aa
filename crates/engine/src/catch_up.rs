//! Catching up: finding what no delivery has told, whatever the reason.
//!
//! It runs at start, after the machine slept or its clock was set, when the helpdesk can be reached again, when
//! somebody asks for it, and every few minutes anyway. Each run asks for the conversations that changed since the
//! cursor and fetches those whose last change is another than the one kept. A deployment without any webhook works,
//! only later by those minutes.
//!
//! Guarantees: the cursor moves only after a whole search was fetched, and in one transaction with the ledger of
//! what is covered; it is a time of the helpdesk's clock, so a wrong clock here loses nothing; a run that fails
//! leaves it where it was. What was deleted meanwhile is erased here.
//!
//! Does not: trust a search cursor over a restart, fetch a contact for each conversation, or hold up anybody: calls
//! wait for those of people ([`Priority`]), and writes go behind all others.

mod backfill;
mod contacts;
mod cursor;
mod deleted;
pub mod ledger;
mod listening;
mod sweep;
pub mod wake;

pub use backfill::{BackfillProgress, DAYS, DEFAULT_DAYS};
pub use listening::Listening;

use crate::backoff::pause_ms;
use crate::error::EngineError;
use crate::pulse::was_away;
use crate::workspace::Workspace;
use backfill::Filling;
use contacts::Contacts;
use domain::ports::{Helpdesk as _, Priority};
use domain::{ConversationId, Directory, Fault, FaultKind, Timestamp};
use futures::FutureExt as _;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use store::{Cursor, SuggestionFilter};
use sweep::{Kept, Search, Youngest};
use tokio::sync::Notify;

/// Milliseconds in a minute.
const MINUTE_MS: i64 = 60_000;
/// A search begins so long before the cursor: the helpdesk's own search may lag behind its changes.
const OVERLAP_MS: i64 = 120_000;
/// With nothing to go by, a first search looks back so far.
const FIRST_LOOK_MS: i64 = 24 * 60 * MINUTE_MS;
/// Open conversations are gone through whole at least this often.
const OPEN_EVERY_MS: i64 = 60 * MINUTE_MS;
/// The longest pause while the helpdesk cannot be reached.
const LONGEST_PAUSE_MS: i64 = 30_000;
/// The pause while the helpdesk waits for a person: a token, a permission.
const BLOCKED_PAUSE_MS: i64 = 60_000;
/// Minutes between two runs, when nobody chose otherwise.
pub const DEFAULT_MINUTES: u32 = 5;
/// The fewest and the most minutes between two runs.
pub const MINUTES: std::ops::RangeInclusive<u32> = 1..=15;
/// The key in the store's `meta` of the minutes between two runs.
const MINUTES_KEY: &str = "catch_up.minutes";

/// Why a run begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// It is time again.
    Interval,
    /// The run before failed.
    Retry,
    /// How often to look was changed.
    Settings,
    /// The helpdesk can be reached again.
    NetworkBack,
    /// Deliveries have begun to come: what was before them is looked through once more.
    Listening,
    /// The way to this machine has changed: deliveries may have been lost.
    TunnelChanged,
    /// The machine slept, or its clock was set.
    Wake,
    /// The program has started.
    Start,
    /// A person asks for it.
    Person,
}

impl Reason {
    /// Whether all open conversations are gone through as well.
    const fn is_thorough(self) -> bool {
        match self {
            Self::Start | Self::Person => true,
            Self::Interval
            | Self::Retry
            | Self::Settings
            | Self::NetworkBack
            | Self::Listening
            | Self::TunnelChanged
            | Self::Wake => false,
        }
    }
}

/// A run under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Running {
    /// Why.
    pub reason: Reason,
    /// Since when.
    pub since: Timestamp,
    /// Conversations found changed so far.
    pub found: u32,
    /// Of those, fetched so far.
    pub fetched: u32,
}

/// How catching up stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CatchUpStatus {
    /// A run was asked for and has not begun yet.
    pub is_due: bool,
    /// The run under way.
    pub running: Option<Running>,
    /// The end of the newest complete run, and how many conversations it fetched.
    pub last: Option<(Timestamp, u32)>,
    /// Why the newest run did not end well.
    pub fault: Option<String>,
    /// When the next begins by itself.
    pub next_at: Option<Timestamp>,
}

/// What the worker shares with those who ask for it.
#[derive(Debug)]
pub(crate) struct CatchUp {
    wake: Notify,
    wanted: Mutex<Option<Reason>>,
    status: Mutex<CatchUpStatus>,
    minutes: AtomicI64,
    /// The newest time that all open conversations were gone through.
    open_at: Mutex<Option<Timestamp>>,
    /// Runs in a row that ended at a conversation.
    stumbles: Mutex<BTreeMap<ConversationId, u32>>,
    youngest: Youngest,
    /// When progress was told last.
    told_at: Mutex<Option<Instant>>,
    pub(crate) listening: Mutex<Listening>,
    pub(crate) contacts: Contacts,
    pub(crate) filling: Filling,
}

impl Default for CatchUp {
    fn default() -> Self {
        Self {
            wake: Notify::new(),
            wanted: Mutex::new(Some(Reason::Start)),
            status: Mutex::default(),
            minutes: AtomicI64::new(i64::from(DEFAULT_MINUTES)),
            open_at: Mutex::default(),
            stumbles: Mutex::default(),
            youngest: Youngest::default(),
            told_at: Mutex::default(),
            listening: Mutex::default(),
            contacts: Contacts::default(),
            filling: Filling::default(),
        }
    }
}

impl CatchUp {
    fn status(&self) -> MutexGuard<'_, CatchUpStatus> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wanted(&self) -> MutexGuard<'_, Option<Reason>> {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the tasks.
pub(crate) async fn start(workspace: &Arc<Workspace>) -> Result<(), EngineError> {
    let chosen = workspace.store.find_meta(MINUTES_KEY).await?.and_then(|text| text.parse::<u32>().ok());
    let minutes = chosen.filter(|minutes| MINUTES.contains(minutes)).unwrap_or(DEFAULT_MINUTES);
    workspace.catch_up.minutes.store(i64::from(minutes), Ordering::Relaxed);
    workspace.catch_up.filling.load(&workspace.store).await?;
    workspace.run(run(Arc::clone(workspace)));
    workspace.run(wake::run(Arc::clone(workspace)));
    workspace.run(backfill::run(Arc::clone(workspace)));
    workspace.run(contacts::run(Arc::clone(workspace)));
    Ok(())
}

/// Runs until the workspace is closed.
async fn run(workspace: Arc<Workspace>) {
    let catch_up = &workspace.catch_up;
    let mut failures = 0;
    let mut reason = Reason::Start;
    loop {
        let outcome = workspace.catch_up(reason).await;
        let pause = match &outcome {
            Ok(()) => {
                if std::mem::take(&mut failures) > 0 {
                    workspace.take_up_deliveries_again().await;
                }
                catch_up.filling.caught_up();
                // It was back during the run, which needs no other.
                let _ = workspace.helpdesk.came_back().now_or_never();
                catch_up.minutes.load(Ordering::Relaxed) * MINUTE_MS
            }
            Err(EngineError::Vendor(fault)) => {
                failures += 1;
                tracing::warn!(fault.kind = ?fault.kind, status = fault.status, "Catching up was broken off");
                if was_away(fault)
                    && let Err(error) = workspace.doubt_listening_since_last_sign().await
                {
                    tracing::error!(%error, "The ledger could not be written");
                }
                pause_after(fault, failures)
            }
            Err(error) => {
                failures += 1;
                tracing::error!(%error, "What was read could not be stored");
                LONGEST_PAUSE_MS
            }
        };
        let next = workspace.clock.now().plus_ms(pause);
        catch_up.status().next_at = Some(next);
        workspace.events.changed(["coverage", "health"]);
        reason = loop {
            // Asked for while the run was under way, or now.
            let wanted = *catch_up.wanted();
            if let Some(wanted) = wanted {
                break wanted;
            }
            tokio::select! {
                () = workspace.clock.sleep_until(next) => {
                    break if failures == 0 { Reason::Interval } else { Reason::Retry };
                }
                () = catch_up.wake.notified() => {}
                () = workspace.helpdesk.came_back(), if failures > 0 => break Reason::NetworkBack,
            }
        };
    }
}

/// Milliseconds to wait after a fault.
fn pause_after(fault: &Fault, failures: u32) -> i64 {
    match fault.kind {
        FaultKind::Unauthorized | FaultKind::Forbidden | FaultKind::NoSecret => BLOCKED_PAUSE_MS,
        FaultKind::RateLimited => pause_ms(fault, failures),
        FaultKind::NotFound
        | FaultKind::Rejected
        | FaultKind::Unavailable
        | FaultKind::Unreachable
        | FaultKind::NoAnswer
        | FaultKind::Unreadable => pause_ms(fault, failures).min(LONGEST_PAUSE_MS),
    }
}

impl Workspace {
    /// Catches up now instead of at the next interval: something may have been missed.
    pub fn catch_up_soon(&self, reason: Reason) {
        let mut wanted = self.catch_up.wanted();
        *wanted = (*wanted).max(Some(reason));
        drop(wanted);
        self.catch_up.wake.notify_one();
    }

    /// The helpdesk answers again: what was put off while it did not is due now.
    async fn take_up_deliveries_again(&self) {
        match self.store.hasten_deliveries().await {
            Ok(0) => {}
            Ok(_) => self.deliveries_stored(),
            Err(error) => tracing::error!(%error, "Deliveries that were put off come up later"),
        }
    }

    /// How catching up stands.
    pub fn catch_up_status(&self) -> CatchUpStatus {
        // In this order: a run is set down as begun before it is no longer due.
        let is_due = self.catch_up.wanted().is_some();
        CatchUpStatus { is_due, ..self.catch_up.status().clone() }
    }

    /// Minutes between two runs.
    pub fn catch_up_minutes(&self) -> u32 {
        u32::try_from(self.catch_up.minutes.load(Ordering::Relaxed)).unwrap_or(DEFAULT_MINUTES)
    }

    /// Chooses the minutes between two runs.
    pub async fn set_catch_up_minutes(&self, minutes: u32) -> Result<(), EngineError> {
        if !MINUTES.contains(&minutes) {
            let (fewest, most) = (MINUTES.start(), MINUTES.end());
            return Err(EngineError::BadInput(format!("Choose {fewest} to {most} minutes.")));
        }
        self.store.set_meta(MINUTES_KEY, &minutes.to_string()).await?;
        self.catch_up.minutes.store(i64::from(minutes), Ordering::Relaxed);
        self.catch_up_soon(Reason::Settings);
        Ok(())
    }

    /// One run: teammates and teams, what changed since the cursor, what was deleted, and now and then all that is
    /// open.
    pub async fn catch_up(&self, reason: Reason) -> Result<(), EngineError> {
        let since = self.clock.now();
        self.catch_up.status().running = Some(Running { reason, since, found: 0, fetched: 0 });
        // What was asked for until here is served by this run.
        self.catch_up.wanted().take();
        self.events.changed(["coverage"]);
        let outcome = self.catch_up_whole(reason, since).await;
        let mut status = self.catch_up.status();
        let fetched = status.running.take().map_or(0, |running| running.fetched);
        match &outcome {
            Ok(()) => {
                status.last = Some((self.clock.now(), fetched));
                status.fault = None;
            }
            Err(EngineError::Vendor(fault)) => status.fault = Some(fault.sentence()),
            Err(error) => status.fault = Some(error.to_string()),
        }
        drop(status);
        tracing::debug!(?reason, fetched, ok = outcome.is_ok(), "Caught up");
        outcome
    }

    async fn catch_up_whole(&self, reason: Reason, now: Timestamp) -> Result<(), EngineError> {
        self.refresh_directory().await?;
        match self.store.find_cursor().await? {
            Some(cursor) => self.follow(cursor).await?,
            None => self.begin_following(now).await?,
        }
        self.follow_deletions(Priority::Ingest).await?;
        let open_at = *self.catch_up.open_at.lock().unwrap_or_else(PoisonError::into_inner);
        if reason.is_thorough() || open_at.is_none_or(|at| now.ms_since(at) >= OPEN_EVERY_MS) {
            self.go_through_open().await?;
            self.catch_up.contacts.look_for_gone();
            *self.catch_up.open_at.lock().unwrap_or_else(PoisonError::into_inner) = Some(now);
        }
        self.try_unread_again().await
    }

    /// Fetches what changed since the cursor, and moves it.
    async fn follow(&self, cursor: Cursor) -> Result<(), EngineError> {
        let search = Search {
            from: cursor.at.plus_ms(-OVERLAP_MS),
            until: beyond(self.clock.now().max(cursor.at)),
            priority: Priority::Ingest,
        };
        let Some(swept) = self.sweep(&search, &|| true).await? else { return Ok(()) };
        let at = swept.complete_until.unwrap_or(cursor.at).max(cursor.at);
        self.store.move_cursor(Cursor { at, searched_at: swept.began_at }).await?;
        self.polled(swept.untold);
        Ok(())
    }

    /// The first reading of a workspace: nothing is fetched, only the place to go on from is found. What is older is
    /// the backfill's.
    async fn begin_following(&self, now: Timestamp) -> Result<(), EngineError> {
        let from = now.plus_ms(-FIRST_LOOK_MS);
        let search = Search { from, until: beyond(now), priority: Priority::Ingest };
        let newest = self.list(&search).await?.items.into_iter().map(|(_, at)| at).max();
        // With nothing found, whatever is found by the next search has changed since.
        self.store.move_cursor(Cursor { at: newest.unwrap_or(from), searched_at: now }).await?;
        self.begin_backfill(now).await
    }

    /// Fetches open conversations whose last change is not the one kept, and those with a suggestion waiting that
    /// are open no more.
    async fn go_through_open(&self) -> Result<(), EngineError> {
        let mut listed = BTreeSet::new();
        let mut changed = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let page = self.helpdesk.open_conversations(after.as_deref(), Priority::Ingest).await?;
            for (id, updated_at) in page.items {
                let is_new = listed.insert(id.clone());
                if is_new && self.kept_copy(&id, updated_at).await? != Kept::Known {
                    changed.push(id);
                }
            }
            match page.next {
                Some(next) if after.as_ref() != Some(&next) => after = Some(next),
                Some(_) | None => break,
            }
        }
        let filter = SuggestionFilter { limit: 10_000, ..SuggestionFilter::default() };
        for row in self.store.list_suggestions(&filter).await? {
            if !listed.contains(&row.suggestion.conversation_id) {
                changed.push(row.suggestion.conversation_id);
            }
        }
        self.fetch_all(changed, Priority::Ingest, &|| true).await?;
        Ok(())
    }

    /// Reads teammates and teams; makes suggestions anew where a plan changes by it.
    pub async fn refresh_directory(&self) -> Result<(), EngineError> {
        let directory =
            Directory { admins: self.helpdesk.admins().await?, teams: self.helpdesk.teams().await? };
        if directory != self.store.get_directory().await? {
            self.store.replace_directory(&directory, self.clock.now()).await?;
            self.events.changed(["directory", "buckets", "workspaces"]);
            self.suggest_all_anew(&domain::Supersession::BucketsChanged).await?;
        }
        Ok(())
    }

    /// Another try for what was listed and could not be read.
    async fn try_unread_again(&self) -> Result<(), EngineError> {
        let unread = self.store.list_unread_conversations(UNREAD_AT_ONCE).await?;
        if unread.is_empty() {
            return Ok(());
        }
        let ids = unread.into_iter().map(|unread| unread.conversation_id).collect();
        self.fetch_all(ids, Priority::Backfill, &|| true).await?;
        Ok(())
    }
}

/// Conversations that could not be read, tried again in one run.
const UNREAD_AT_ONCE: u32 = 100;

/// A time that no change has yet, by whichever clock.
const fn beyond(now: Timestamp) -> Timestamp {
    now.plus_ms(366 * 24 * 60 * MINUTE_MS)
}
