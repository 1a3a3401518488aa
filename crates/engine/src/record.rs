//! The track record: how often suggestions at a confidence were right, by the team's own decisions.

use store::Agreement;

/// Decisions before a frequency is stated.
pub const ENOUGH: usize = 30;
/// Confidences this near count as the same level.
const LEVEL: f64 = 0.08;
/// At most so many of the newest at a level.
const NEWEST: usize = 50;
/// How many agreements are looked at in all.
pub const LOOK_BACK: u32 = 2_000;

/// A frequency with what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackRecord {
    /// Decisions in all.
    pub decisions: usize,
    /// The newest of them at this level.
    pub similar: usize,
    /// Of those, right ones.
    pub agreed: usize,
    /// Too few decisions to state a frequency.
    pub learning: bool,
}

impl TrackRecord {
    /// For a confidence, from agreements with the newest first.
    pub fn of(confidence: f64, agreements: &[Agreement]) -> Self {
        let at_level: Vec<bool> = agreements
            .iter()
            .filter(|agreement| (agreement.confidence - confidence).abs() <= LEVEL)
            .take(NEWEST)
            .map(|agreement| agreement.agreed)
            .collect();
        Self {
            decisions: agreements.len(),
            similar: at_level.len(),
            agreed: at_level.iter().filter(|agreed| **agreed).count(),
            learning: agreements.len() < ENOUGH,
        }
    }

    /// The record in words.
    pub fn sentence(&self) -> String {
        match (self.learning, self.similar) {
            (true, _) => format!("Still learning: {} of {ENOUGH} decisions", self.decisions),
            (false, 0) => "No decisions yet at this level".to_owned(),
            (false, similar) => format!("Right {} of your last {similar} at this level", self.agreed),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;

    fn agreements(count: usize, confidence: f64, every_nth_wrong: usize) -> Vec<Agreement> {
        (0..count)
            .map(|n| Agreement {
                confidence,
                agreed: n % every_nth_wrong != 0,
                bucket_id: "general".into(),
                at: Timestamp(0),
            })
            .collect()
    }

    #[test]
    fn under_thirty_decisions_no_frequency_is_stated() {
        let record = TrackRecord::of(0.9, &agreements(29, 0.9, 10));
        assert!(record.learning);
        assert_eq!(record.sentence(), "Still learning: 29 of 30 decisions");
    }

    #[test]
    fn only_decisions_near_the_confidence_count() {
        let mut all = agreements(40, 0.95, 10);
        all.extend(agreements(40, 0.5, 2));
        let record = TrackRecord::of(0.93, &all);
        assert_eq!((record.decisions, record.similar, record.agreed), (80, 40, 36));
        assert_eq!(record.sentence(), "Right 36 of your last 40 at this level");
    }
}
