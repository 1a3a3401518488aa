//! How deliveries were answered, noted behind the answers' back.
//!
//! The listener hands in each answer without waiting. A task writes what has gathered, a few times a second at most
//! and a bounded number at a time, so that noting never stands in the way of storing. What comes in faster than it
//! can be written is not noted; what a crash takes is a fraction of a second of it.

use crate::suspension::{Answer, Suspension, SuspensionState};
use crate::workspace::Workspace;
use domain::{DeliveryId, Timestamp};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use store::Store;
use tokio::sync::Notify;

/// What comes within this time is written together.
const GATHER: Duration = Duration::from_millis(250);
/// While a burst lasts, noting waits so long beyond that.
const GIVES_WAY: Duration = Duration::from_millis(750);
/// Answers noted by one transaction.
const AT_ONCE: usize = 250;
/// Answers that may wait to be noted.
const WAITING: usize = 5_000;
/// After so long a delivery that is not in the table is taken for a repetition, of which nothing is noted.
const NOT_SORTED_IN: Duration = Duration::from_secs(10);
/// The key in the store's `meta` of what is remembered of failing answers.
const SUSPENSION: &str = "deliveries.suspension";

/// What the listener hands in.
#[derive(Debug)]
pub(crate) struct Answers {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    noted: Vec<Noted>,
    suspension: Suspension,
    /// `suspension` is not what is on disk.
    changed: bool,
    /// Something was refused that is shown, but not kept.
    refused: bool,
}

/// How a delivery was answered.
#[derive(Debug, Clone, Copy)]
struct Noted {
    id: DeliveryId,
    after_ms: u32,
    at: Instant,
}

impl Answers {
    /// Remembers what an earlier run knew.
    pub(crate) async fn load(store: &Store) -> Self {
        let kept = store.find_meta(SUSPENSION).await.ok().flatten();
        let suspension = kept.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        Self { state: Mutex::new(State { suspension, ..State::default() }), wake: Notify::new() }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workspace {
    /// A delivery was stored and is answered.
    pub(crate) fn answered(&self, id: DeliveryId, after: Duration, answer: Answer, now: Timestamp) {
        let mut state = self.answers.lock();
        if state.noted.len() < WAITING {
            let after_ms = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
            state.noted.push(Noted { id, after_ms, at: Instant::now() });
        }
        state.follow(answer, now);
        drop(state);
        self.answers.wake.notify_one();
    }

    /// A request was answered with an error, and nothing of it is kept.
    pub(crate) fn refused(&self, answer: Answer, now: Timestamp) {
        let mut state = self.answers.lock();
        state.refused = true;
        state.follow(answer, now);
        drop(state);
        self.answers.wake.notify_one();
    }

    /// How the helpdesk's subscription stands, as far as our answers tell.
    pub fn suspension(&self) -> SuspensionState {
        self.answers.lock().suspension.state(self.clock.now())
    }

    /// Writes what has gathered. True when there is more.
    pub(crate) async fn note_answers(&self) -> bool {
        let (noted, suspension, is_news, more) = {
            let mut state = self.answers.lock();
            let number = state.noted.len().min(AT_ONCE);
            let noted: Vec<_> = state.noted.drain(..number).collect();
            let suspension =
                std::mem::take(&mut state.changed).then(|| serde_json::to_string(&state.suspension));
            let is_news = !noted.is_empty() || suspension.is_some() || std::mem::take(&mut state.refused);
            (noted, suspension, is_news, !state.noted.is_empty())
        };
        if let Some(Ok(text)) = suspension
            && let Err(error) = self.store.set_meta(SUSPENSION, &text).await
        {
            tracing::warn!(%error, "The state of the subscription could not be kept");
        }
        if !noted.is_empty() {
            self.note_times(noted).await;
        }
        if is_news {
            self.events.changed(["deliveries", "health"]);
        }
        more
    }

    /// Those whose delivery is not sorted in yet wait for the next time.
    async fn note_times(&self, mut noted: Vec<Noted>) {
        let pairs: Vec<_> = noted.iter().map(|one| (one.id, one.after_ms)).collect();
        match self.store.note_answers(&pairs).await {
            Ok(done) => {
                let done: HashSet<DeliveryId> = done.into_iter().collect();
                noted.retain(|one| !done.contains(&one.id) && one.at.elapsed() < NOT_SORTED_IN);
            }
            Err(error) => {
                tracing::warn!(%error, count = noted.len(), "The times of answers could not be noted");
                return;
            }
        }
        if !noted.is_empty() {
            self.answers.lock().noted.append(&mut noted);
            self.answers.wake.notify_one();
        }
    }
}

impl State {
    fn follow(&mut self, answer: Answer, now: Timestamp) {
        let before = std::mem::take(&mut self.suspension);
        // Good after good is the usual case and changes nothing.
        let usual = answer == Answer::Good && before == Suspension::default();
        self.suspension = before.answered(answer, now);
        self.changed |= !usual;
    }
}

/// Notes answers until the workspace is closed.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        workspace.answers.wake.notified().await;
        tokio::time::sleep(GATHER).await;
        workspace.give_way(GIVES_WAY).await;
        if workspace.note_answers().await {
            workspace.answers.wake.notify_one();
        }
    }
}
