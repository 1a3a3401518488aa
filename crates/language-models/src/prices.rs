//! What tokens cost. Only what is known: a model that is not in the table has no price, and is said to have none.

use domain::ports::{Cost, Tokens};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Tokens that a price is for.
const UNIT: u64 = 1_000_000;

/// The price of a model, in millionths of a US dollar for a million tokens: 100,000 is ten cents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Of tokens read.
    pub input: u64,
    /// Of tokens written.
    pub output: u64,
    /// Of tokens read from a cache; where it is not known they are counted like others, and the cost is not exact.
    pub cached: Option<u64>,
    /// Of tokens written to a cache; the same.
    pub cache_written: Option<u64>,
    /// Whether the price list says 'from': what is computed is then not exact.
    pub is_from: bool,
}

impl Price {
    /// What a model on one's own machine costs.
    pub const FREE: Self =
        Self { input: 0, output: 0, cached: Some(0), cache_written: Some(0), is_from: false };

    /// What these tokens cost, rounded up.
    pub fn cost(&self, tokens: Tokens) -> Cost {
        let plain = tokens.input.saturating_sub(tokens.cached).saturating_sub(tokens.cache_written);
        let kinds = [
            (plain, Some(self.input)),
            (tokens.output, Some(self.output)),
            (tokens.cached, self.cached),
            (tokens.cache_written, self.cache_written),
        ];
        let sum = kinds.iter().fold(0_u128, |sum, (count, price)| {
            sum.saturating_add(u128::from(*count) * u128::from(price.unwrap_or(self.input)))
        });
        let is_exact = !self.is_from && kinds.iter().all(|(count, price)| *count == 0 || price.is_some());
        let micro_dollars = u64::try_from(sum.div_ceil(u128::from(UNIT))).unwrap_or(u64::MAX);
        Cost { micro_dollars, is_exact }
    }
}

/// Prices by model id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prices {
    by_model: BTreeMap<String, Price>,
}

impl Default for Prices {
    /// The prices that are known.
    fn default() -> Self {
        // $0.10 and $0.50 for a million tokens, as the price list has it: 'from'.
        let haiku =
            Price { input: 100_000, output: 500_000, cached: None, cache_written: None, is_from: true };
        Self { by_model: BTreeMap::from([("claude-haiku-5-5".to_owned(), haiku)]) }
    }
}

impl Prices {
    /// These prices with another one, which a person entered.
    #[must_use]
    pub fn with(mut self, model: impl Into<String>, price: Price) -> Self {
        self.by_model.insert(model.into(), price);
        self
    }

    /// The price of a model; a dated one (`…-20251001`) has the price of its name without the date.
    pub fn of(&self, model: &str) -> Option<Price> {
        self.by_model.get(model).or_else(|| self.by_model.get(without_date(model)?)).copied()
    }
}

/// The id of a model without the date at its end; `None` for one without a date.
pub(crate) fn without_date(model: &str) -> Option<&str> {
    let (name, date) = model.rsplit_once('-')?;
    (date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRICE: Price = Price {
        input: 1_000_000,
        output: 5_000_000,
        cached: Some(100_000),
        cache_written: None,
        is_from: false,
    };

    fn tokens(input: u64, output: u64, cached: u64, cache_written: u64) -> Tokens {
        Tokens { input, output, cached, cache_written }
    }

    #[test]
    fn each_kind_of_token_has_its_price_and_the_sum_is_rounded_up() {
        let cost = PRICE.cost(tokens(1_000, 10, 900, 0));
        assert_eq!(cost, Cost { micro_dollars: 100 + 50 + 90, is_exact: true });
        assert_eq!(PRICE.cost(tokens(1, 0, 1, 0)).micro_dollars, 1, "a tenth is rounded up");
    }

    #[test]
    fn a_kind_without_a_price_is_counted_like_others_and_makes_the_cost_inexact() {
        let cost = PRICE.cost(tokens(1_000, 0, 0, 400));
        assert_eq!(cost, Cost { micro_dollars: 1_000, is_exact: false });
    }

    #[test]
    fn only_what_is_known_has_a_price() {
        let prices = Prices::default();
        let cost = prices
            .of("claude-haiku-5-5-20260901")
            .expect("a dated name")
            .cost(tokens(1_000_000, 1_000_000, 0, 0));
        assert_eq!(cost, Cost { micro_dollars: 600_000, is_exact: false }, "the list says 'from'");
        for unknown in ["claude-haiku-4-5", "claude-sonnet-4-6", "gpt-6", "claude-haiku-5-5-latest", ""] {
            assert_eq!(prices.of(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn what_a_person_enters_counts() {
        let prices = Prices::default().with("claude-haiku-5-5", PRICE).with("claude-haiku-4-5", Price::FREE);
        assert_eq!(prices.of("claude-haiku-5-5"), Some(PRICE));
        assert_eq!(prices.of("claude-haiku-4-5-20251001"), Some(Price::FREE));
    }

    #[test]
    fn sums_beyond_all_measure_do_not_wrap() {
        let price = Price { input: u64::MAX, ..PRICE };
        assert_eq!(price.cost(tokens(u64::MAX, u64::MAX, 0, 0)).micro_dollars, u64::MAX);
    }
}
