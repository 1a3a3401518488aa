//! The arithmetic of the budget: pure, told what time it is.
//!
//! Intercom counts calls in windows of ten seconds and says with each answer how many are left and when the window
//! ends. Calls under way may or may not be in that count, so they are taken off once more: the estimate errs
//! towards calling less. A window is known by the end that Intercom names for it; how far away that end is, is
//! measured by Intercom's clock where it tells its time, so a wrong clock here neither hurries nor stalls.

use super::{Priority, most_under_way, share_of};
use domain::Timestamp;

/// The length of a window.
const WINDOW_MS: i64 = 10_000;
/// What is assumed before the first answer: the smallest figure that Intercom ever documented.
const ASSUMED_LIMIT: u32 = 166;
/// The share of the budget, in percent, from which on it counts as nearly spent.
const HIGH: u64 = 80;

/// What an answer said about the budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Calls allowed in a window.
    pub limit: u32,
    /// Calls left in this window.
    pub remaining: u32,
    /// When the window ends, in seconds by Intercom's clock.
    pub resets_at: i64,
    /// What time it was there, in seconds, when the answer told.
    pub said_at: Option<i64>,
}

impl Limits {
    /// Whether four fifths are spent.
    pub(crate) fn is_high(&self) -> bool {
        is_high(self.limit, self.remaining)
    }
}

fn is_high(limit: u32, remaining: u32) -> bool {
    u64::from(limit.saturating_sub(remaining)) * 100 >= u64::from(limit) * HIGH
}

/// How much of the budget is spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Calls allowed in a window.
    pub limit: u32,
    /// Calls left in this window, calls under way taken off.
    pub remaining: u32,
    /// When the window ends, by the clock here.
    pub resets_at: Timestamp,
    /// Whether four fifths are spent: somebody should know.
    pub is_high: bool,
    /// Calls let go in this window, in the order of [`Priority::ALL`].
    pub spent: [u32; 3],
}

/// One window, and what is under way.
#[derive(Debug)]
pub(super) struct Window {
    limit: u32,
    ends_at: Option<Timestamp>,
    /// The newest end that Intercom named, by its clock.
    named: Option<i64>,
    /// What Intercom said is left; `None` when it said nothing about this window yet.
    told: Option<u32>,
    /// Calls let go in this window, by priority.
    used: [u32; 3],
    /// Calls not answered yet, by priority.
    under_way: [u32; 3],
    /// Nothing goes before this.
    closed_until: Option<Timestamp>,
}

impl Window {
    pub(super) const fn new() -> Self {
        Self {
            limit: ASSUMED_LIMIT,
            ends_at: None,
            named: None,
            told: None,
            used: [0; 3],
            under_way: [0; 3],
            closed_until: None,
        }
    }

    /// Whether a call of this priority may go now: it takes nothing of what the others are still due, and not more
    /// than its share of the connections.
    pub(super) fn allows(&mut self, priority: Priority, now: Timestamp) -> bool {
        self.roll(now);
        if self.closed_until.is_some_and(|until| now.ms_since(until) < 0) {
            return false;
        }
        let due: u32 = Priority::ALL
            .into_iter()
            .filter(|other| *other != priority)
            .map(|other| share_of(other, self.limit).saturating_sub(of(&self.used, other)))
            .sum();
        self.remaining() > due && of(&self.under_way, priority) < most_under_way(priority)
    }

    /// Lets a call go.
    pub(super) fn take(&mut self, priority: Priority, now: Timestamp) {
        if self.ends_at.is_none() {
            self.ends_at = Some(now.plus_ms(WINDOW_MS));
        }
        add(&mut self.used, priority, 1);
        add(&mut self.under_way, priority, 1);
    }

    /// A call is over.
    pub(super) fn give_back(&mut self, priority: Priority) {
        add(&mut self.under_way, priority, -1);
    }

    /// An answer told about the budget.
    pub(super) fn told(&mut self, limits: Limits, now: Timestamp) {
        self.roll(now);
        match self.named {
            // Of a window that is over: an answer that was overtaken.
            Some(named) if limits.resets_at < named => return,
            Some(named) if limits.resets_at == named => {
                // Rolled over here already: the rest of the old window says nothing.
                if self.told.is_none() {
                    return;
                }
                self.told = Some(self.told.unwrap_or(limits.remaining).min(limits.remaining));
            }
            Some(_) if self.told.is_none() => self.told = Some(limits.remaining),
            Some(_) => {
                self.used = [0; 3];
                self.told = Some(limits.remaining);
            }
            None => self.told = Some(limits.remaining),
        }
        self.limit = limits.limit;
        self.named = Some(limits.resets_at);
        let there = limits.said_at.map_or(now, Timestamp::from_seconds);
        let left = Timestamp::from_seconds(limits.resets_at).ms_since(there);
        // Far away, or long past: the clocks disagree, and only the length of a window is sure.
        let left = if (0..=WINDOW_MS).contains(&left) { left } else { WINDOW_MS };
        self.ends_at = Some(now.plus_ms(left));
    }

    /// Intercom refused a call for want of budget: nothing goes before the window ends, and `jitter` after it.
    pub(super) fn exceeded(&mut self, now: Timestamp, jitter_ms: i64) {
        self.told = Some(0);
        let ends_at = *self.ends_at.get_or_insert(now.plus_ms(WINDOW_MS));
        let until = ends_at.plus_ms(jitter_ms);
        self.closed_until = Some(self.closed_until.map_or(until, |known| known.max(until)));
    }

    /// When something may change without an answer coming.
    pub(super) fn changes_at(&self, now: Timestamp) -> Timestamp {
        let closed = self.closed_until.filter(|until| now.ms_since(*until) < 0);
        closed.or(self.ends_at).unwrap_or_else(|| now.plus_ms(WINDOW_MS))
    }

    pub(super) fn load(&mut self, now: Timestamp) -> Load {
        self.roll(now);
        let remaining = self.remaining();
        Load {
            limit: self.limit,
            remaining,
            resets_at: self.ends_at.unwrap_or(now),
            is_high: is_high(self.limit, remaining),
            spent: self.used,
        }
    }

    fn remaining(&self) -> u32 {
        let ours = self.limit.saturating_sub(self.used.iter().sum());
        let told = self.told.unwrap_or(self.limit).saturating_sub(self.under_way.iter().sum());
        ours.min(told)
    }

    /// Begins a new window when the old one is over.
    fn roll(&mut self, now: Timestamp) {
        let Some(mut ends_at) = self.ends_at else { return };
        if ends_at.ms_since(now) > WINDOW_MS {
            // The clock was set back. What is left of the window is not known, but never more than a whole one.
            ends_at = now.plus_ms(WINDOW_MS);
            self.ends_at = Some(ends_at);
            self.closed_until = self.closed_until.map(|until| until.min(ends_at));
        }
        let over = now.ms_since(ends_at);
        if over >= 0 {
            self.ends_at = Some(ends_at.plus_ms((over / WINDOW_MS + 1) * WINDOW_MS));
            self.told = None;
            self.used = [0; 3];
        }
    }
}

const fn of(counts: &[u32; 3], priority: Priority) -> u32 {
    let [person, ingest, backfill] = counts;
    match priority {
        Priority::Person => *person,
        Priority::Ingest => *ingest,
        Priority::Backfill => *backfill,
    }
}

const fn add(counts: &mut [u32; 3], priority: Priority, change: i32) {
    let [person, ingest, backfill] = counts;
    let count = match priority {
        Priority::Person => person,
        Priority::Ingest => ingest,
        Priority::Backfill => backfill,
    };
    *count = count.saturating_add_signed(change);
}
