//! The budget of calls: told of when four fifths of a window are spent, and by whom.
//!
//! The budget belongs to the whole workspace at the helpdesk, so other programs may spend it too: what is spent beyond
//! our own calls is theirs. A window lasts seconds, so a notice comes once in ten minutes at most, and what was seen
//! stays visible for a minute.

use crate::events::{EngineNotice, Tone};
use crate::workspace::Workspace;
use domain::Timestamp;
use domain::ports::{Budget, Helpdesk as _};
use std::sync::{Arc, Mutex, PoisonError};

/// Milliseconds between two looks; a window is longer.
const EVERY_MS: i64 = 2_000;
/// Milliseconds between two notices.
const QUIET_MS: i64 = 10 * 60 * 1_000;
/// What was seen is told of for so long, milliseconds.
const SHOWN_MS: i64 = 60_000;

/// What was seen of the budget.
#[derive(Debug, Default)]
pub(crate) struct BudgetWatch(Mutex<Seen>);

#[derive(Debug, Default)]
struct Seen {
    high: Option<(Timestamp, Budget)>,
    noticed_at: Option<Timestamp>,
}

impl Seen {
    /// Looks at the budget; true when a notice is due.
    fn look(&mut self, budget: Option<Budget>, now: Timestamp) -> bool {
        let Some(budget) = budget.filter(|budget| budget.is_high && budget.resets_at > now) else {
            return false;
        };
        self.high = Some((now, budget));
        let due = self.noticed_at.is_none_or(|at| now.ms_since(at) >= QUIET_MS);
        if due {
            self.noticed_at = Some(now);
        }
        due
    }

    fn recent(&self, now: Timestamp) -> Option<Budget> {
        self.high.filter(|(at, _)| now.ms_since(*at) < SHOWN_MS).map(|(_, budget)| budget)
    }
}

impl Workspace {
    /// The budget when four fifths of it were spent, if that was within the last minute.
    pub fn high_budget(&self) -> Option<Budget> {
        let now = self.clock.now();
        let mut seen = self.budget.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever asks looks too, without taking the notice away.
        let noticed_at = seen.noticed_at;
        seen.look(self.helpdesk.budget(), now);
        seen.noticed_at = noticed_at;
        seen.recent(now)
    }
}

/// Who spent the calls of a window: "90 by catching up, 4 by people here".
pub fn by_whom(budget: &Budget) -> String {
    let [people, news, past] = budget.spent;
    let ours = people.saturating_add(news).saturating_add(past);
    let others = budget.limit.saturating_sub(budget.remaining).saturating_sub(ours);
    let parts: Vec<String> = [
        (past, "by catching up"),
        (news, "by reading what deliveries name"),
        (people, "by what people here approved"),
        (others, "by other programs of this workspace"),
    ]
    .into_iter()
    .filter(|(number, _)| *number > 0)
    .map(|(number, who)| format!("{number} {who}"))
    .collect();
    parts.join(", ")
}

/// Looks at the budget until the workspace is closed.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        let now = workspace.clock.now();
        let budget = workspace.helpdesk.budget();
        let due = workspace.budget.0.lock().unwrap_or_else(PoisonError::into_inner).look(budget, now);
        if let Some(budget) = budget.filter(|_| due) {
            let text = format!("More than 80 % of the calls of this window are spent: {}", by_whom(&budget));
            tracing::warn!(budget.limit, budget.remaining, "The budget of calls is nearly spent");
            let notice = EngineNotice { tone: Tone::Info, text, conversation_id: None };
            workspace.events.notify(vec!["health".to_owned()], notice);
        }
        workspace.clock.sleep_until(now.plus_ms(EVERY_MS)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(remaining: u32, spent: [u32; 3], resets_at: i64) -> Budget {
        let is_high = remaining <= 20;
        Budget { limit: 100, remaining, resets_at: Timestamp(resets_at), is_high, spent }
    }

    #[test]
    fn a_notice_comes_once_in_ten_minutes_and_what_was_seen_stays_a_minute() {
        let mut seen = Seen::default();
        assert!(!seen.look(None, Timestamp(0)));
        assert!(!seen.look(Some(budget(21, [0; 3], 10)), Timestamp(0)), "four fifths are not spent");
        assert!(!seen.look(Some(budget(5, [0; 3], 10)), Timestamp(10)), "that window is over");
        assert!(seen.look(Some(budget(5, [0; 3], 20)), Timestamp(10)));
        assert!(seen.recent(Timestamp(SHOWN_MS)).is_some());
        assert!(seen.recent(Timestamp(10 + SHOWN_MS)).is_none());
        assert!(!seen.look(Some(budget(5, [0; 3], QUIET_MS + 99)), Timestamp(QUIET_MS)));
        assert!(seen.look(Some(budget(5, [0; 3], QUIET_MS + 99)), Timestamp(QUIET_MS + 10)));
    }

    #[test]
    fn what_we_did_not_spend_was_spent_by_others() {
        let spent = by_whom(&budget(10, [3, 0, 60], 0));
        assert_eq!(
            spent,
            "60 by catching up, 3 by what people here approved, 27 by other programs of this workspace"
        );
        assert_eq!(by_whom(&budget(10, [0, 95, 0], 0)), "95 by reading what deliveries name");
    }
}
