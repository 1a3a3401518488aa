//! What asking somebody outside takes: tokens, and money as far as it is known.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Tokens of one or more requests.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tokens {
    /// Read by the model, cached ones included.
    #[ts(type = "number")]
    pub input: u64,
    /// Written by the model.
    #[ts(type = "number")]
    pub output: u64,
    /// Of the input, those that were read from a cache.
    #[ts(type = "number")]
    pub cached: u64,
    /// Of the input, those that were written to a cache.
    #[ts(type = "number")]
    pub cache_written: u64,
}

impl Tokens {
    /// None at all.
    pub const ZERO: Self = Self { input: 0, output: 0, cached: 0, cache_written: 0 };

    /// All, in and out.
    pub const fn total(self) -> u64 {
        self.input.saturating_add(self.output)
    }

    /// These and those.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            input: self.input.saturating_add(other.input),
            output: self.output.saturating_add(other.output),
            cached: self.cached.saturating_add(other.cached),
            cache_written: self.cache_written.saturating_add(other.cache_written),
        }
    }
}

/// An amount of money, as far as it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Cost {
    /// Millionths of a US dollar, rounded up.
    #[ts(type = "number")]
    pub micro_dollars: u64,
    /// Whether every token had a price of its own. When not, it is the closest that the known prices tell.
    pub is_exact: bool,
}

/// What asking took. Comes with an opinion and with none: a refusal is paid for as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Usage {
    /// Tokens.
    pub tokens: Tokens,
    /// What they cost; `None` when a price is not known.
    pub cost: Option<Cost>,
    /// Whether a request ended without saying what it took, so that what it could have taken is counted.
    pub is_estimate: bool,
}

impl Usage {
    /// Nothing was taken.
    pub const NONE: Self = Self {
        tokens: Tokens::ZERO,
        cost: Some(Cost { micro_dollars: 0, is_exact: true }),
        is_estimate: false,
    };

    /// This and that. The cost is known when both are.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        let cost = self.cost.zip(other.cost).map(|(one, another)| Cost {
            micro_dollars: one.micro_dollars.saturating_add(another.micro_dollars),
            is_exact: one.is_exact && another.is_exact,
        });
        Self {
            tokens: self.tokens.plus(other.tokens),
            cost,
            is_estimate: self.is_estimate || other.is_estimate,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cost_is_known_when_all_of_it_is() {
        let paid =
            |micro_dollars, is_exact| Usage { cost: Some(Cost { micro_dollars, is_exact }), ..Usage::NONE };
        let sum = paid(3, true).plus(paid(4, false)).cost;
        assert_eq!(sum, Some(Cost { micro_dollars: 7, is_exact: false }));
        assert_eq!(paid(3, true).plus(Usage { cost: None, ..Usage::NONE }).cost, None);
    }
}
