//! How far what comes in now has moved from what came in before.

use super::proportion::{Level, normal_quantile};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Added to each count, so that a kind that is new, or gone, is a large change and not an infinite one.
const PSEUDO_COUNT: f64 = 0.5;

/// Beyond so many standard errors nobody needs the number.
const MOST_ERRORS: f64 = 100.0;
/// A rise by so many standard errors is hardly chance.
const HARDLY_CHANCE: f64 = 3.0;

/// A change of the mix, and how much of it chance alone would explain.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Drift {
    /// Population stability index: below 0.1 is read as no change, above 0.25 as a large one.
    pub index: f64,
    /// What the index would reach by chance once in a thousand times if nothing had changed.
    pub by_chance: f64,
    /// How many were counted before.
    pub before: u32,
    /// How many were counted lately.
    pub lately: u32,
}

impl Drift {
    /// Whether the mix has moved by more than `limit`, and chance does not explain it.
    pub fn exceeds(&self, limit: f64) -> bool {
        self.index > limit && self.index > self.by_chance
    }
}

/// The population stability index between two counts of the same kinds, in the same order; kinds that one of the
/// two lacks count as 0 there. `None` where either has counted nothing.
pub fn population_stability(before: &[u32], lately: &[u32]) -> Option<Drift> {
    let pairs = paired(before, lately)?;
    let (n, m) = totals(&pairs);
    let kinds = pairs.len() as f64;
    let share = |count: f64, total: f64| (count + PSEUDO_COUNT) / (total + PSEUDO_COUNT * kinds);
    let moved = |&(one, other): &(f64, f64)| {
        let (was, is) = (share(one, n), share(other, m));
        (is - was) * (is / was).ln()
    };
    Some(Drift {
        index: pairs.iter().map(moved).sum(),
        by_chance: chi_square_quantile(kinds - 1.0, Level::P99.shared_among(10)) * (1.0 / n + 1.0 / m),
        before: n as u32,
        lately: m as u32,
    })
}

/// The Jensen-Shannon divergence between two counts of the same kinds, in bits: 0 for the same mix, 1 for two that
/// have nothing in common. `None` where either has counted nothing.
pub fn jensen_shannon(before: &[u32], lately: &[u32]) -> Option<f64> {
    let pairs = paired(before, lately)?;
    let (n, m) = totals(&pairs);
    let gain = |share: f64, middle: f64| if share > 0.0 { share * (share / middle).log2() } else { 0.0 };
    let apart = |&(one, other): &(f64, f64)| {
        let (was, is) = (one / n, other / m);
        let middle = f64::midpoint(was, is);
        f64::midpoint(gain(was, middle), gain(is, middle))
    };
    Some(pairs.iter().map(apart).sum::<f64>().clamp(0.0, 1.0))
}

/// The counts side by side, without kinds that neither has.
fn paired(before: &[u32], lately: &[u32]) -> Option<Vec<(f64, f64)>> {
    let at = |counts: &[u32], kind| counts.get(kind).copied().map_or(0.0, f64::from);
    let pairs: Vec<(f64, f64)> = (0..before.len().max(lately.len()))
        .map(|kind| (at(before, kind), at(lately, kind)))
        .filter(|&(one, other)| one + other > 0.0)
        .collect();
    let (n, m) = totals(&pairs);
    (n > 0.0 && m > 0.0).then_some(pairs)
}

fn totals(pairs: &[(f64, f64)]) -> (f64, f64) {
    pairs.iter().fold((0.0, 0.0), |(n, m), (one, other)| (n + one, m + other))
}

/// Wilson and Hilferty's approximation; 0 without degrees of freedom. Within 2 % at these levels.
fn chi_square_quantile(freedom: f64, level: Level) -> f64 {
    if freedom <= 0.0 {
        return 0.0;
    }
    let spread = 2.0 / (9.0 * freedom);
    freedom * (1.0 - spread + normal_quantile(level.get()) * spread.sqrt()).powi(3)
}

/// The words (or features) of a message, and how many of them were never trained on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WordCount {
    /// Never trained on.
    pub unknown: u32,
    /// All of them.
    pub words: u32,
}

/// How the share of unknown words has moved.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct VocabularyDrift {
    /// Mean share of unknown words in a message before; `None` without messages.
    pub before: Option<f64>,
    /// The same lately.
    pub lately: Option<f64>,
    /// By how many standard errors it has risen (fallen, below 0): above 3 is hardly chance. At most 100. `None`
    /// with fewer than two messages on either side.
    pub standard_errors: Option<f64>,
}

impl VocabularyDrift {
    /// Whether the share of unknown words has risen by more than `limit` (0.1 for ten points), and chance does not
    /// explain it.
    pub fn exceeds(&self, limit: f64) -> bool {
        let rise = self.lately.zip(self.before).is_some_and(|(lately, before)| lately - before > limit);
        rise && self.standard_errors.is_some_and(|errors| errors > HARDLY_CHANCE)
    }
}

/// Compares the share of words that were never trained on, message by message. Messages without words are left out.
pub fn vocabulary_drift(before: &[WordCount], lately: &[WordCount]) -> VocabularyDrift {
    let (was, is) = (Shares::of(before), Shares::of(lately));
    let risen = |(is, was): (f64, f64), (one, other): (f64, f64)| {
        let error = (one + other).sqrt();
        // Without any spread the two are the same, or certainly different.
        if (is - was).abs() > 0.0 { ((is - was) / error).clamp(-MOST_ERRORS, MOST_ERRORS) } else { 0.0 }
    };
    let means = is.mean().zip(was.mean());
    let errors = is.squared_error().zip(was.squared_error());
    let standard_errors = means.zip(errors).map(|(means, errors)| risen(means, errors));
    VocabularyDrift { before: was.mean(), lately: is.mean(), standard_errors }
}

struct Shares(Vec<f64>);

impl Shares {
    fn of(counts: &[WordCount]) -> Self {
        let with_words = counts.iter().filter(|count| count.words > 0);
        Self(
            with_words
                .map(|count| f64::from(count.unknown.min(count.words)) / f64::from(count.words))
                .collect(),
        )
    }

    fn mean(&self) -> Option<f64> {
        (!self.0.is_empty()).then(|| self.0.iter().sum::<f64>() / self.0.len() as f64)
    }

    /// The square of the mean's standard error.
    fn squared_error(&self) -> Option<f64> {
        let mean = self.mean()?;
        let n = self.0.len() as f64;
        let squares: f64 = self.0.iter().map(|share| (share - mean).powi(2)).sum();
        (self.0.len() > 1).then(|| squares / (n - 1.0) / n)
    }
}
