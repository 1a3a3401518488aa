//! The track record: how often suggestions at a confidence were right, by the team's own decisions.

use domain::BucketId;
use triage::insights::{LevelRecord, record_at};
use triage::policy::{LEVEL_WIDTH, Record, is_near};
use triage::statistics::{Interval, Level, wilson};

/// Decisions before a frequency is stated.
pub const ENOUGH: usize = triage::policy::LEAST_DECISIONS as usize;
/// At most so many of the newest at a level.
const NEWEST: usize = 50;

/// A frequency with what it rests on.
#[derive(Debug, Clone, PartialEq)]
pub struct TrackRecord {
    /// Decisions in all.
    pub decisions: usize,
    /// The newest of them at this level.
    pub similar: usize,
    /// Of those, right ones.
    pub agreed: usize,
    /// Where the share that is right lies, at 95 %.
    pub interval: Interval,
    /// Whether only suggestions of the same bucket count: they do where there are enough.
    pub of_bucket: bool,
    /// Too few decisions to state a frequency.
    pub learning: bool,
}

impl TrackRecord {
    /// For a confidence in a bucket, from records in the order in which they were decided.
    pub fn of(bucket: Option<&BucketId>, confidence: f64, records: &[Record]) -> Self {
        let own =
            bucket.map(|bucket| record_at(records, bucket, confidence, LEVEL_WIDTH, NEWEST, Level::P95));
        let own = own.filter(|own| own.of as usize >= ENOUGH);
        let of_bucket = own.is_some();
        let LevelRecord { right, of, interval } = own.unwrap_or_else(|| at_level(confidence, records));
        Self {
            decisions: records.len(),
            similar: of as usize,
            agreed: right as usize,
            interval,
            of_bucket,
            learning: (of as usize) < ENOUGH,
        }
    }

    /// The record in words. `bucket` is the bucket's name.
    pub fn sentence(&self, bucket: &str) -> String {
        let Self { decisions, similar, agreed, .. } = self;
        if *decisions < ENOUGH {
            return format!("Still learning: {decisions} of {ENOUGH} decisions");
        }
        if self.learning {
            return format!("Still learning at this level: {similar} of {ENOUGH} decisions");
        }
        let what =
            if self.of_bucket { format!("{bucket} at this level") } else { "at this level".to_owned() };
        format!("Right {agreed} of your last {similar} {what}, {}", between(self.interval))
    }
}

/// Of every bucket.
fn at_level(confidence: f64, records: &[Record]) -> LevelRecord {
    let (mut right, mut of) = (0, 0);
    let near = |record: &&Record| is_near(record.confidence, confidence);
    for record in records.iter().rev().filter(near).take(NEWEST) {
        right += u32::from(record.answer.is_right());
        of += 1;
    }
    LevelRecord { right, of, interval: wilson(u64::from(right), u64::from(of), Level::P95) }
}

/// An interval in words: "84 to 98 in 100".
pub fn between(interval: Interval) -> String {
    format!("{:.0} to {:.0} in 100", interval.low * 100.0, interval.high * 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{SuggestionId, Timestamp};
    use triage::policy::{ActionWords, Answer};

    fn records(bucket: &str, count: usize, confidence: f64, every_nth_wrong: usize) -> Vec<Record> {
        (0..count)
            .map(|n| Record {
                suggestion_id: SuggestionId(uuid::Uuid::nil()),
                at: Timestamp(0),
                bucket_id: bucket.into(),
                confidence,
                actions: ActionWords::default(),
                answer: if n % every_nth_wrong == 0 { Answer::Rejected } else { Answer::Approved },
                blind: false,
                looked_ms: None,
            })
            .collect()
    }

    #[test]
    fn under_thirty_decisions_no_frequency_is_stated() {
        let record = TrackRecord::of(None, 0.9, &records("general", 29, 0.9, 10));
        assert!(record.learning);
        assert_eq!(record.sentence("General"), "Still learning: 29 of 30 decisions");
    }

    #[test]
    fn under_thirty_decisions_at_the_level_none_is_stated_either() {
        let mut all = records("general", 400, 0.5, 10);
        all.extend(records("general", 3, 0.95, 100));
        let record = TrackRecord::of(Some(&"general".into()), 0.95, &all);
        assert!(record.learning, "three right of three are no promise");
        assert_eq!(record.sentence("General"), "Still learning at this level: 3 of 30 decisions");
    }

    #[test]
    fn only_decisions_near_the_confidence_count_and_the_interval_is_said() {
        let mut all = records("general", 40, 0.95, 10);
        all.extend(records("general", 40, 0.5, 2));
        let record = TrackRecord::of(Some(&"billing".into()), 0.93, &all);
        assert_eq!((record.decisions, record.similar, record.agreed), (80, 40, 36));
        assert_eq!(record.sentence("Billing"), "Right 36 of your last 40 at this level, 77 to 96 in 100");
    }

    #[test]
    fn the_buckets_own_record_goes_before_that_of_all() {
        let mut all = records("billing", 60, 0.9, 60);
        all.extend(records("general", 60, 0.9, 2));
        let record = TrackRecord::of(Some(&"billing".into()), 0.9, &all);
        assert_eq!(
            record.sentence("Billing"),
            "Right 50 of your last 50 Billing at this level, 93 to 100 in 100"
        );
        assert_eq!(TrackRecord::of(Some(&"spam".into()), 0.9, &all).agreed, 25, "the newest of all");
    }
}
