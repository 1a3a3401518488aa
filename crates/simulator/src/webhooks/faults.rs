//! Faults of deliveries on request: drops, doubles, delays and another order, each with a probability.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::seed::Seed;

/// How deliveries are to go wrong. What happens to one follows from the seed and from what it tells, whatever is
/// delivered beside it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryFaults {
    /// What happens to which delivery follows from it.
    pub seed: u64,
    /// The topics that are concerned; all, when none is named.
    pub topics: Vec<String>,
    /// The probability that a delivery is never made.
    pub drop: f64,
    /// The probability that one that arrived is made again, with the same id.
    pub duplicate: f64,
    /// The probability that one waits until up to three others have overtaken it, or two seconds.
    pub reorder: f64,
    /// Deliveries that come late.
    pub delay: DelayFault,
}

/// Deliveries that come late, on the clock of the workspace.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DelayFault {
    /// The probability.
    pub chance: f64,
    /// By how many milliseconds, at least and at most.
    pub ms: (u64, u64),
}

/// What is to happen to one delivery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Fate {
    pub(super) dropped: bool,
    pub(super) twice: bool,
    pub(super) overtaken_by: u64,
    pub(super) delay: Option<Duration>,
}

impl Fate {
    /// Whether it waits before its first try.
    pub(super) fn is_late(self) -> bool {
        self.overtaken_by > 0 || self.delay.is_some()
    }
}

impl DeliveryFaults {
    pub(super) fn fate_of(&self, topic: &str, draw: u64) -> Fate {
        if !self.topics.is_empty() && !self.topics.iter().any(|wanted| wanted == topic) {
            return Fate::default();
        }
        let seed = Seed(self.seed);
        let (least, most) = self.delay.ms;
        let late = seed.happens("delayed", draw, self.delay.chance);
        let overtaken = seed.happens("reordered", draw, self.reorder);
        Fate {
            dropped: seed.happens("dropped", draw, self.drop),
            twice: seed.happens("duplicated", draw, self.duplicate),
            overtaken_by: if overtaken { seed.between("overtaken by", draw, 1, 3) } else { 0 },
            delay: late.then(|| Duration::from_millis(seed.between("delay", draw, least, most.max(least)))),
        }
    }
}
