//! Faults on request: which calls go wrong, how, how often, and with what probability.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};

use crate::seed::Seed;

/// Calls that are to go wrong.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Which calls.
    #[serde(rename = "match", default)]
    pub matches: FaultMatch,
    /// How many calls it still strikes; without a number, all.
    #[serde(default)]
    pub times: Option<u64>,
    /// The probability that it strikes a call that fits, from 0 to 1; without one, always. Which calls it strikes
    /// follows from the seed of the workspace, the call, and how often that call came.
    #[serde(default)]
    pub chance: Option<f64>,
    /// What happens.
    #[serde(rename = "do")]
    pub act: FaultKind,
    /// With `status`: which one.
    #[serde(default)]
    pub status: Option<u16>,
    /// The code in the error list.
    #[serde(default)]
    pub code: Option<String>,
    /// The message in the error list.
    #[serde(default)]
    pub message: Option<String>,
    /// With `slow` and `slow_body`: how long it takes; with `rate_limit`: when the window ends.
    #[serde(default)]
    pub delay_ms: Option<u64>,
    /// With `rate_limit`: calls allowed in a window from now on, instead of striking.
    #[serde(default)]
    pub limit: Option<u64>,
}

impl Fault {
    /// One that strikes every call.
    pub fn new(act: FaultKind) -> Self {
        Self {
            matches: FaultMatch::default(),
            times: None,
            chance: None,
            act,
            status: None,
            code: None,
            message: None,
            delay_ms: None,
            limit: None,
        }
    }

    /// Strikes only calls with this method and this path.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.matches.method = Some(method.to_owned());
        self.matches.path = Some(path.to_owned());
        self
    }

    /// Strikes so many calls and no more.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// Strikes with this probability.
    #[must_use]
    pub fn chance(mut self, chance: f64) -> Self {
        self.chance = Some(chance);
        self
    }
}

/// Which calls a fault strikes. What is left out fits every call.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultMatch {
    /// The method, in letters of either case.
    #[serde(default)]
    pub method: Option<String>,
    /// The beginning of the path, or a pattern of the whole path with `*` for anything.
    #[serde(default)]
    pub path: Option<String>,
    /// The label of the app that calls.
    #[serde(default)]
    pub app: Option<String>,
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers with a status and does nothing.
    Status,
    /// Answers 429 and does nothing.
    RateLimit,
    /// Performs the call and answers late.
    Slow,
    /// Performs the call, answers with the headers at once, and lets the body trickle.
    SlowBody,
    /// Closes the connection and does nothing.
    CutBefore,
    /// Performs the call and closes the connection.
    CutAfter,
    /// Performs the call, begins to answer, and closes the connection half-way through the body.
    CutBody,
    /// Performs the call and answers half of the JSON.
    BadJson,
    /// Does nothing and never answers.
    NoAnswer,
}

impl FaultMatch {
    fn strikes(&self, app: Option<&str>, method: &str, path: &str) -> bool {
        let app_fits = self.app.is_none() || self.app.as_deref() == app;
        let method_fits = self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        let path_fits = self.path.as_ref().is_none_or(|wanted| {
            if wanted.contains('*') { fits_pattern(wanted, path) } else { path.starts_with(wanted.as_str()) }
        });
        app_fits && method_fits && path_fits
    }
}

/// Whether a path fits a pattern in which `*` stands for any letters, slashes too.
fn fits_pattern(pattern: &str, path: &str) -> bool {
    let mut pieces = pattern.split('*');
    let Some(mut rest) = path.strip_prefix(pieces.next().unwrap_or_default()) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let last = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = rest.find(piece) else { return false };
        rest = rest.get(at + piece.len()..).unwrap_or_default();
    }
    rest.ends_with(last)
}

#[derive(Debug)]
pub(crate) struct Faults {
    ordered: Vec<Ordered>,
    made: u64,
    seed: Seed,
}

#[derive(Debug)]
pub(crate) struct Ordered {
    pub(crate) id: u64,
    pub(crate) fault: Fault,
    pub(crate) struck: u64,
    /// How often each call that fits has come, so that calls beside it change no draw.
    seen: BTreeMap<u64, u64>,
}

impl Faults {
    pub(crate) fn new(seed: Seed) -> Self {
        Self { ordered: Vec::new(), made: 0, seed }
    }

    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        self.made += 1;
        self.ordered.push(Ordered { id: self.made, fault, struck: 0, seen: BTreeMap::new() });
        self.made
    }

    /// The oldest fault that strikes this call, which then has one time less.
    pub(crate) fn strike(&mut self, app: Option<&str>, method: &str, path: &str) -> Option<Fault> {
        let seed = self.seed;
        let ordered = self.ordered.iter_mut().find_map(|ordered| {
            let Ordered { id, fault, seen, .. } = ordered;
            let fits =
                fault.limit.is_none() && fault.times != Some(0) && fault.matches.strikes(app, method, path);
            let strikes = fits
                && fault.chance.is_none_or(|chance| {
                    let call = number_of(&format!("{method} {path}"));
                    let count = seen.entry(call).or_default();
                    *count += 1;
                    seed.happens(&format!("fault {id} {count}"), call, chance)
                });
            strikes.then_some(ordered)
        })?;
        ordered.struck += 1;
        ordered.fault.times = ordered.fault.times.map(|times| times - 1);
        Some(ordered.fault.clone())
    }

    /// The rate limit that a fault sets, if one does.
    pub(crate) fn limit(&self) -> Option<u64> {
        self.ordered.iter().rev().find_map(|ordered| ordered.fault.limit)
    }

    pub(crate) fn list(&self) -> &[Ordered] {
        &self.ordered
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.ordered.len();
        self.ordered.retain(|ordered| ordered.id != id);
        self.ordered.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.ordered.clear();
    }
}

fn number_of(text: &str) -> u64 {
    Sha1::digest(text.as_bytes()).iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_matched_by_its_beginning_or_as_a_pattern() {
        let strikes = |pattern: &str, path: &str| {
            let matches = FaultMatch { path: Some(pattern.to_owned()), ..FaultMatch::default() };
            matches.strikes(None, "POST", path)
        };
        assert!(strikes("/conversations", "/conversations/215/reply"));
        assert!(strikes("/conversations/*/reply", "/conversations/215/reply"));
        assert!(!strikes("/conversations/*/reply", "/conversations/215/parts"));
        assert!(!strikes("/conversations/*/reply", "/conversations/215/reply/more"));
        assert!(strikes("*reply", "/conversations/215/reply"));
        assert!(!strikes("/contacts", "/conversations"));
    }
    #[test]
    fn a_chance_is_met_about_as_often_as_it_says_and_in_the_same_places() {
        let struck = || -> Vec<bool> {
            let mut faults = Faults::new(Seed(4));
            faults.add(Fault::new(FaultKind::Status).chance(0.2));
            (0..1000).map(|call| faults.strike(None, "GET", &format!("/{}", call % 50)).is_some()).collect()
        };
        let first = struck();
        let count = first.iter().filter(|struck| **struck).count();
        assert!((150..250).contains(&count), "{count} of 1000");
        assert_eq!(first, struck());
    }

    #[test]
    fn a_fault_for_one_app_leaves_the_others_alone() {
        let mut faults = Faults::new(Seed(1));
        let mut fault = Fault::new(FaultKind::CutAfter);
        fault.matches.app = Some("b".to_owned());
        faults.add(fault);
        assert!(faults.strike(Some("a"), "GET", "/me").is_none());
        assert!(faults.strike(Some("b"), "GET", "/me").is_some());
    }
}
