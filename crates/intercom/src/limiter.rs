//! One budget of calls for a workspace, shared by whatever calls it.
//!
//! Guarantees, for windows of at least 20 calls:
//! - A person's call goes at once while the window has budget, whatever else waits: a fifth of each window is kept
//!   for people, and those who wait are served by [`Priority`], within one in the order they came.
//! - Nobody starves: a tenth of each window is kept for ingest and a twentieth for backfill, also from people.
//! - No more calls go than Intercom said are left, calls under way taken off.
//! - After a refusal for want of budget nothing goes until the window has ended, and a little longer at random.
//!
//! Whoever stops waiting holds up nobody. Calls that go past the limiter are noticed only by what
//! Intercom says is left. Nothing is repeated here.

mod window;

pub use window::{Limits, Load};

use domain::Timestamp;
use domain::ports::Clock;
pub use domain::ports::Priority;
use futures::channel::oneshot;
use futures::future::{Either, select};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use window::Window;

/// The most milliseconds that are waited beyond the end of a window that was overspent.
const MAX_JITTER_MS: f64 = 1_000.0;

/// What is kept of a window for a priority alone.
const fn share_of(priority: Priority, limit: u32) -> u32 {
    match priority {
        Priority::Person => limit / 5,
        Priority::Ingest => limit / 10,
        Priority::Backfill => limit / 20,
    }
}

/// How many calls of a priority may be under way at a time.
const fn most_under_way(priority: Priority) -> u32 {
    match priority {
        Priority::Person => u32::MAX,
        Priority::Ingest => 16,
        Priority::Backfill => 8,
    }
}

/// A number from 0 up to 1, a new one each time.
pub type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// The budget of one workspace. Copies are the same budget.
#[derive(Clone)]
pub struct Limiter {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    clock: Arc<dyn Clock>,
    jitter: Jitter,
}

struct State {
    window: Window,
    waiting: [VecDeque<oneshot::Sender<Permit>>; 3],
}

impl fmt::Debug for Limiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").field("load", &self.load()).finish_non_exhaustive()
    }
}

impl Limiter {
    /// A budget that nothing is known of yet.
    pub fn new(clock: Arc<dyn Clock>, jitter: Jitter) -> Self {
        let state = State { window: Window::new(), waiting: Default::default() };
        Self { shared: Arc::new(Shared { state: Mutex::new(state), clock, jitter }) }
    }

    /// Waits until a call of this priority may go.
    pub async fn acquire(&self, priority: Priority) -> Permit {
        let (sender, mut permit) = oneshot::channel();
        self.lock().queue(priority).push_back(sender);
        loop {
            self.serve();
            let now = self.shared.clock.now();
            let changes_at = self.lock().window.changes_at(now);
            match select(permit, self.shared.clock.sleep_until(changes_at)).await {
                Either::Left((Ok(permit), _)) => return permit,
                Either::Left((Err(oneshot::Canceled), _)) => {
                    // Nobody drops a sender that is still waited for; if it were, the call queues again.
                    let (sender, again) = oneshot::channel();
                    self.lock().queue(priority).push_back(sender);
                    permit = again;
                }
                Either::Right(((), waiting)) => permit = waiting,
            }
        }
    }

    /// How much of the budget is spent.
    pub fn load(&self) -> Load {
        let now = self.shared.clock.now();
        self.lock().window.load(now)
    }

    /// Lets go whoever may, the most urgent first.
    fn serve(&self) {
        let now = self.shared.clock.now();
        loop {
            let Some((sender, priority)) = self.lock().next(now) else { return };
            // Outside of the lock: who stopped waiting gives the permit back at once.
            let permit = Permit { limiter: self.clone(), priority };
            drop(sender.send(permit));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.shared.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn queue(&mut self, priority: Priority) -> &mut VecDeque<oneshot::Sender<Permit>> {
        let [person, ingest, backfill] = &mut self.waiting;
        match priority {
            Priority::Person => person,
            Priority::Ingest => ingest,
            Priority::Backfill => backfill,
        }
    }

    /// Who goes next, already taken off the budget.
    fn next(&mut self, now: Timestamp) -> Option<(oneshot::Sender<Permit>, Priority)> {
        for priority in Priority::ALL {
            self.queue(priority).retain(|sender| !sender.is_canceled());
            if !self.queue(priority).is_empty() && self.window.allows(priority, now) {
                self.window.take(priority, now);
                return Some((self.queue(priority).pop_front()?, priority));
            }
        }
        None
    }
}

/// Leave to make one call. It is under way until this is dropped.
pub struct Permit {
    limiter: Limiter,
    priority: Priority,
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("priority", &self.priority).finish_non_exhaustive()
    }
}

impl Permit {
    /// The call was answered: what the answer said about the budget, and whether it was refused for want of it.
    pub fn answered(&self, limits: Option<Limits>, exceeded: bool) {
        let now = self.limiter.shared.clock.now();
        let mut state = self.limiter.lock();
        if let Some(limits) = limits {
            state.window.told(limits, now);
        }
        if exceeded {
            let jitter = (self.limiter.shared.jitter)().clamp(0.0, 1.0) * MAX_JITTER_MS;
            state.window.exceeded(now, jitter as i64);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.limiter.lock().window.give_back(self.priority);
        self.limiter.serve();
    }
}

#[cfg(test)]
#[path = "limiter_tests.rs"]
mod tests;
