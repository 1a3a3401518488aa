//! Faults on request: which calls go wrong, how, and how often.

use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Fault {
    #[serde(rename = "match", default)]
    pub(crate) matches: Matches,
    /// How many calls it still strikes; without a number, all.
    #[serde(default)]
    pub(crate) times: Option<u64>,
    #[serde(rename = "do")]
    pub(crate) act: Act,
    #[serde(default)]
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) code: Option<String>,
    #[serde(default)]
    pub(crate) message: Option<String>,
    #[serde(default)]
    pub(crate) delay_ms: Option<u64>,
    /// With `rate_limit`: calls allowed in a window from now on, instead of striking.
    #[serde(default)]
    pub(crate) limit: Option<u64>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Matches {
    #[serde(default)]
    pub(crate) method: Option<String>,
    /// The beginning of the path, or a pattern of the whole path with `*` for anything.
    #[serde(default)]
    pub(crate) path: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Act {
    /// Answers with a status and does nothing.
    Status,
    /// Answers 429 and does nothing.
    RateLimit,
    /// Performs the call and answers late.
    Slow,
    /// Closes the connection and does nothing.
    CutBefore,
    /// Performs the call and closes the connection.
    CutAfter,
    /// Performs the call and answers half of the JSON.
    BadJson,
    /// Does nothing and never answers.
    NoAnswer,
}

impl Matches {
    fn strikes(&self, method: &str, path: &str) -> bool {
        let method_fits = self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        let path_fits = self.path.as_ref().is_none_or(|wanted| {
            if wanted.contains('*') { fits_pattern(wanted, path) } else { path.starts_with(wanted.as_str()) }
        });
        method_fits && path_fits
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

#[derive(Debug, Default)]
pub(crate) struct Faults {
    faults: Vec<(u64, Fault)>,
    made: u64,
}

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault) -> u64 {
        self.made += 1;
        self.faults.push((self.made, fault));
        self.made
    }

    /// The oldest fault that strikes this call, which then has one time less.
    pub(crate) fn strike(&mut self, method: &str, path: &str) -> Option<Fault> {
        let (_, fault) = self.faults.iter_mut().find(|(_, fault)| {
            fault.limit.is_none() && fault.times != Some(0) && fault.matches.strikes(method, path)
        })?;
        fault.times = fault.times.map(|times| times - 1);
        Some(fault.clone())
    }

    /// The rate limit that a fault sets, if one does.
    pub(crate) fn limit(&self) -> Option<u64> {
        self.faults.iter().rev().find_map(|(_, fault)| fault.limit)
    }

    pub(crate) fn list(&self) -> &[(u64, Fault)] {
        &self.faults
    }

    pub(crate) fn remove(&mut self, id: u64) -> bool {
        let before = self.faults.len();
        self.faults.retain(|(known, _)| *known != id);
        self.faults.len() < before
    }

    pub(crate) fn clear(&mut self) {
        self.faults.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_matched_by_its_beginning_or_as_a_pattern() {
        let strikes = |pattern: &str, path: &str| {
            Matches { method: None, path: Some(pattern.to_owned()) }.strikes("POST", path)
        };
        assert!(strikes("/conversations", "/conversations/215/reply"));
        assert!(strikes("/conversations/*/reply", "/conversations/215/reply"));
        assert!(!strikes("/conversations/*/reply", "/conversations/215/parts"));
        assert!(!strikes("/conversations/*/reply", "/conversations/215/reply/more"));
        assert!(strikes("*reply", "/conversations/215/reply"));
        assert!(!strikes("/contacts", "/conversations"));
    }
}
