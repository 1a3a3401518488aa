//! What may be spent in a day, in tokens and in money.
//!
//! Pure: it is told the time and what was spent, and keeps nothing; whoever makes it feeds it what the day has cost so
//! far, and keeps the usage of each opinion. Before each request what it could take is set aside, so that many at once
//! cannot spend the same rest; afterwards what it took counts instead. A day is one of UTC: the same on every machine,
//! and 24 hours long.

use domain::Timestamp;
use domain::ports::{BudgetKind, Usage};

const DAY_MS: i64 = 86_400_000;

/// The most that a day may take; `None` for no cap.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Caps {
    /// Tokens, in and out.
    pub tokens: Option<u64>,
    /// Millionths of a US dollar.
    pub micro_dollars: Option<u64>,
}

/// What a day has taken so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Spent {
    /// Tokens, in and out.
    pub tokens: u64,
    /// Millionths of a US dollar, as far as prices are known.
    pub micro_dollars: u64,
}

impl Spent {
    fn add(&mut self, usage: &Usage) {
        self.tokens = self.tokens.saturating_add(usage.tokens.total());
        let cost = usage.cost.map_or(0, |cost| cost.micro_dollars);
        self.micro_dollars = self.micro_dollars.saturating_add(cost);
    }

    fn take(&mut self, usage: &Usage) {
        self.tokens = self.tokens.saturating_sub(usage.tokens.total());
        let cost = usage.cost.map_or(0, |cost| cost.micro_dollars);
        self.micro_dollars = self.micro_dollars.saturating_sub(cost);
    }
}

/// Why nothing more may be spent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exhausted {
    /// It would be more than the cap.
    Spent(BudgetKind),
    /// There is a cap on money, and what this costs is not known.
    PriceUnknown,
}

/// The budget of a day.
#[derive(Debug, Clone)]
pub struct Budget {
    caps: Caps,
    day: i64,
    spent: Spent,
    set_aside: Spent,
}

impl Budget {
    /// The budget of the day of `now`, of which so much is spent.
    pub fn new(caps: Caps, now: Timestamp, spent: Spent) -> Self {
        Self { caps, day: day_of(now), spent, set_aside: Spent::default() }
    }

    /// What this day has taken so far.
    pub fn spent(&mut self, now: Timestamp) -> Spent {
        self.turn(now);
        self.spent
    }

    /// Sets aside what a request could take, if the day still has it.
    pub fn set_aside(&mut self, now: Timestamp, wanted: &Usage) -> Result<(), Exhausted> {
        self.turn(now);
        if self.caps.micro_dollars.is_some() && wanted.cost.is_none() {
            return Err(Exhausted::PriceUnknown);
        }
        let mut all = self.spent;
        all.tokens = all.tokens.saturating_add(self.set_aside.tokens);
        all.micro_dollars = all.micro_dollars.saturating_add(self.set_aside.micro_dollars);
        all.add(wanted);
        if self.caps.tokens.is_some_and(|cap| all.tokens > cap) {
            return Err(Exhausted::Spent(BudgetKind::Tokens));
        }
        if self.caps.micro_dollars.is_some_and(|cap| all.micro_dollars > cap) {
            return Err(Exhausted::Spent(BudgetKind::Money));
        }
        self.set_aside.add(wanted);
        Ok(())
    }

    /// The request has ended: what was set aside for it is free again, and what it took counts for today.
    pub fn settle(&mut self, now: Timestamp, wanted: &Usage, took: &Usage) {
        self.turn(now);
        self.set_aside.take(wanted);
        self.spent.add(took);
    }

    /// A new day begins with nothing spent. A clock that is set back brings no new one.
    fn turn(&mut self, now: Timestamp) {
        let today = day_of(now);
        if today > self.day {
            self.day = today;
            self.spent = Spent::default();
        }
    }
}

fn day_of(now: Timestamp) -> i64 {
    now.0.div_euclid(DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::{Cost, Tokens};

    const NOON: Timestamp = Timestamp(DAY_MS / 2);
    const TOMORROW: Timestamp = Timestamp(DAY_MS);

    fn usage(tokens: u64, micro_dollars: Option<u64>) -> Usage {
        Usage {
            tokens: Tokens { input: tokens, ..Tokens::ZERO },
            cost: micro_dollars.map(|micro_dollars| Cost { micro_dollars, is_exact: true }),
            is_estimate: false,
        }
    }

    fn budget(tokens: Option<u64>, micro_dollars: Option<u64>) -> Budget {
        Budget::new(Caps { tokens, micro_dollars }, NOON, Spent { tokens: 100, micro_dollars: 10 })
    }

    #[test]
    fn a_cap_holds_to_the_last_token() {
        let mut budget = budget(Some(200), None);
        assert_eq!(budget.set_aside(NOON, &usage(101, None)), Err(Exhausted::Spent(BudgetKind::Tokens)));
        assert_eq!(budget.set_aside(NOON, &usage(100, None)), Ok(()));
    }

    #[test]
    fn many_at_once_cannot_spend_the_same_rest() {
        let mut budget = budget(Some(200), None);
        let wanted = usage(60, None);
        assert_eq!(budget.set_aside(NOON, &wanted), Ok(()));
        assert!(budget.set_aside(NOON, &wanted).is_err());
        budget.settle(NOON, &wanted, &usage(20, None));
        assert_eq!(budget.spent(NOON).tokens, 120);
        assert_eq!(budget.set_aside(NOON, &wanted), Ok(()));
    }

    #[test]
    fn money_has_a_cap_of_its_own_and_needs_a_price() {
        let mut budget = budget(None, Some(15));
        assert_eq!(budget.set_aside(NOON, &usage(1, Some(6))), Err(Exhausted::Spent(BudgetKind::Money)));
        assert_eq!(budget.set_aside(NOON, &usage(1, None)), Err(Exhausted::PriceUnknown));
        assert_eq!(budget.set_aside(NOON, &usage(1_000_000, Some(5))), Ok(()));
    }

    #[test]
    fn midnight_begins_a_new_day_and_a_clock_set_back_does_not() {
        let mut budget = budget(Some(150), None);
        let wanted = usage(50, None);
        assert_eq!(budget.set_aside(NOON, &wanted), Ok(()));
        assert_eq!(budget.spent(TOMORROW), Spent::default());
        assert!(budget.set_aside(TOMORROW, &usage(101, None)).is_err(), "what is under way still counts");
        budget.settle(TOMORROW, &wanted, &usage(40, None));
        assert_eq!(budget.spent(NOON).tokens, 40, "yesterday does not come back");
    }

    #[test]
    fn without_caps_everything_goes_and_is_counted() {
        let mut budget = Budget::new(Caps::default(), NOON, Spent::default());
        let wanted = usage(u64::MAX, None);
        assert_eq!(budget.set_aside(NOON, &wanted), Ok(()));
        budget.settle(NOON, &wanted, &usage(7, Some(3)));
        assert_eq!(budget.spent(NOON), Spent { tokens: 7, micro_dollars: 3 });
    }
}
