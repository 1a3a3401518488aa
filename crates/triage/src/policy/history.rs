//! The threshold simulator: what would have been automatic at any line, and what of it would have been wrong.
//!
//! Records are taken apart into columns once; for each bucket and action there is an order by confidence with
//! running sums, so that a question about a line is one binary search and a walk over what it shows.

use super::levels::Levels;
use super::record::{ActionWord, Record};
use super::rule::Promise;
use super::standing::{LEAST_DECISIONS, Tally, percent};
use crate::statistics::{Level, bound_holds, clopper_pearson_upper};
use domain::{BucketId, SuggestionId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

const DAY_MS: i64 = 86_400_000;

/// What people decided in the past, ready to be replayed.
#[derive(Debug, Clone, Default)]
pub struct History {
    /// One track for each bucket and action that a record names.
    tracks: BTreeMap<BucketId, BTreeMap<ActionWord, Track>>,
}

/// The decisions on suggestions of one bucket with one kind of action, highest confidence first.
#[derive(Debug, Clone, Default)]
pub struct Track {
    confidences: Vec<f64>,
    ids: Vec<SuggestionId>,
    /// Which of `days` each belongs to.
    day_of: Vec<u32>,
    /// How many of the first so many are wrong; one longer than the others.
    wrong_among: Vec<u32>,
    /// Places of the wrong ones.
    wrong: Vec<u32>,
    /// Days with a decision, and how many there were, in order.
    days: Vec<(i32, u32)>,
}

/// What a line would have done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Replay {
    /// The line.
    pub line: f64,
    /// Suggestions of this bucket and action that were decided.
    pub decided: u32,
    /// How many of them would have been automatic.
    pub automatic: u32,
    /// Which of those would have been wrong, the most confident first.
    pub wrong: Vec<SuggestionId>,
    /// Share of the automatic ones that is wrong; `None` where there is none.
    pub error: Option<f64>,
    /// Exact (Clopper-Pearson) upper bound on the error: 1 where nothing would have been automatic.
    pub at_most: f64,
    /// Day by day, in order; days without a decision are left out.
    pub days: Vec<DayCount>,
}

/// What a line would have done on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DayCount {
    /// The day, counted from 1970-01-01, by the user's clock.
    pub day: i32,
    /// How many were decided.
    pub decided: u32,
    /// How many of them would have been automatic.
    pub automatic: u32,
}

/// One line of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct CurvePoint {
    /// The line.
    pub line: f64,
    /// How many would have been automatic.
    pub automatic: u32,
    /// How many of those would have been wrong.
    pub wrong: u32,
    /// Exact (Clopper-Pearson) upper bound on the error.
    pub at_most: f64,
}

/// A line that keeps a promise, as far as the record shows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct ProposedLine {
    /// The line.
    pub line: f64,
    /// How many would have been automatic.
    pub automatic: u32,
    /// How many of those would have been wrong.
    pub wrong: u32,
    /// Exact (Clopper-Pearson) upper bound on the error at this one line.
    pub at_most: f64,
}

impl History {
    /// Takes the records apart, in any order. Days begin at midnight of a clock that is `offset_minutes` ahead of
    /// UTC.
    pub fn new(records: &[Record], offset_minutes: i32) -> Self {
        let mut sorted: Vec<&Record> = records.iter().collect();
        // The id settles the order of equal confidences; what is no number comes last.
        sorted.sort_by(|one, other| {
            confidence(other)
                .total_cmp(&confidence(one))
                .then_with(|| one.suggestion_id.cmp(&other.suggestion_id))
        });
        let mut history = Self::default();
        for record in sorted {
            let day = day_of(record, offset_minutes);
            for action in record.actions.iter() {
                // Looking up by reference first saves a copy of the key for all but the first.
                if !history.tracks.contains_key(&record.bucket_id) {
                    history.tracks.insert(record.bucket_id.clone(), BTreeMap::new());
                }
                if let Some(tracks) = history.tracks.get_mut(&record.bucket_id) {
                    tracks.entry(action).or_default().push(record, day, record.answer.is_wrong_for(action));
                }
            }
        }
        for track in history.tracks.values_mut().flat_map(BTreeMap::values_mut) {
            track.count_days();
        }
        history
    }

    /// The decisions on one bucket and action; `None` where there is none.
    pub fn track(&self, bucket: &BucketId, action: ActionWord) -> Option<&Track> {
        self.tracks.get(bucket)?.get(&action)
    }

    /// Every bucket and action that was decided on.
    pub fn tracks(&self) -> impl Iterator<Item = (&BucketId, ActionWord, &Track)> {
        self.tracks
            .iter()
            .flat_map(|(bucket, tracks)| tracks.iter().map(move |(action, track)| (bucket, *action, track)))
    }
}

impl Replay {
    /// A sentence for people; `level` is the one that the replay was asked with.
    pub fn sentence(&self, level: Level) -> String {
        if self.automatic == 0 {
            return format!(
                "None of {} would have been automatic, so nothing is known of the error.",
                self.decided
            );
        }
        if self.automatic < LEAST_DECISIONS {
            return format!(
                "Still learning: {} of {LEAST_DECISIONS} decisions reach this line, {} of them wrong. Until there are {LEAST_DECISIONS}, nothing \
                 is clear or automatic.",
                self.automatic,
                self.wrong.len(),
            );
        }
        format!(
            "{} of {} would have been automatic, {} of them wrong. At most {} are (at {}).",
            self.automatic,
            self.decided,
            self.wrong.len(),
            percent(self.at_most),
            percent(level.get()),
        )
    }
}

/// What is no number is below every line.
fn confidence(record: &Record) -> f64 {
    if record.confidence.is_nan() { f64::NEG_INFINITY } else { record.confidence }
}

fn day_of(record: &Record, offset_minutes: i32) -> i32 {
    let local = record.at.plus_ms(i64::from(offset_minutes) * 60_000);
    i32::try_from(local.0.div_euclid(DAY_MS)).unwrap_or(if local.0 < 0 { i32::MIN } else { i32::MAX })
}

impl Track {
    /// Answers with their confidence and whether they were wrong, of which nothing else is known.
    pub(crate) fn of(outcomes: impl Iterator<Item = (f64, bool)>) -> Self {
        let mut sorted: Vec<(f64, bool)> = outcomes.collect();
        sorted.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut track = Self::default();
        for (confidence, is_wrong) in sorted {
            track.push_with(confidence, None, 0, is_wrong);
        }
        track
    }

    /// Adds a record that is not more confident than those before it. Its day stands in `day_of` until days are
    /// counted.
    fn push(&mut self, record: &Record, day: i32, is_wrong: bool) {
        self.push_with(confidence(record), Some(record.suggestion_id), day, is_wrong);
    }

    fn push_with(&mut self, confidence: f64, id: Option<SuggestionId>, day: i32, is_wrong: bool) {
        let wrong_so_far = self.wrong_among.last().copied().unwrap_or(0);
        if self.wrong_among.is_empty() {
            self.wrong_among.push(0);
        }
        if is_wrong {
            self.wrong.push(self.confidences.len() as u32);
        }
        self.wrong_among.push(wrong_so_far + u32::from(is_wrong));
        self.confidences.push(confidence);
        self.ids.extend(id);
        self.day_of.push(day.cast_unsigned());
    }

    /// Numbers the days there are, so that dates far apart take no room.
    fn count_days(&mut self) {
        let mut counts: BTreeMap<i32, u32> = BTreeMap::new();
        for day in &self.day_of {
            *counts.entry(day.cast_signed()).or_default() += 1;
        }
        self.days = counts.into_iter().collect();
        for day in &mut self.day_of {
            let number = self.days.binary_search_by_key(&day.cast_signed(), |(known, _)| *known);
            *day = number.unwrap_or_default() as u32;
        }
    }

    /// How many were decided.
    pub fn len(&self) -> usize {
        self.confidences.len()
    }

    /// Whether nothing was decided.
    pub fn is_empty(&self) -> bool {
        self.confidences.is_empty()
    }

    /// How many would have been automatic at a line, and how many of those wrong.
    pub fn tally(&self, line: f64) -> Tally {
        let decided = self.confidences.partition_point(|confidence| *confidence >= line);
        Tally { decided: decided as u32, wrong: self.wrong_among.get(decided).copied().unwrap_or(0) }
    }

    /// How many at or above a line have a confidence that is still learning by `levels`: no card with it is clear.
    pub fn count_learning(&self, line: f64, levels: &Levels) -> u32 {
        let reaching = self.confidences.iter().take_while(|confidence| **confidence >= line);
        reaching.filter(|confidence| levels.decided_near(**confidence) < LEAST_DECISIONS).count() as u32
    }

    /// What a line would have done.
    pub fn replay(&self, line: f64, level: Level) -> Replay {
        let Tally { decided: automatic, wrong } = self.tally(line);
        let mut counts = vec![0_u32; self.days.len()];
        for day in self.day_of.iter().take(automatic as usize) {
            if let Some(count) = counts.get_mut(*day as usize) {
                *count += 1;
            }
        }
        let id = |place: &u32| self.ids.get(*place as usize).copied();
        Replay {
            line,
            decided: self.len() as u32,
            automatic,
            wrong: self.wrong.iter().take(wrong as usize).filter_map(id).collect(),
            error: (automatic > 0).then(|| f64::from(wrong) / f64::from(automatic)),
            at_most: clopper_pearson_upper(u64::from(wrong), u64::from(automatic), level),
            days: (self.days.iter().zip(counts))
                .map(|(&(day, decided), automatic)| DayCount { day, decided, automatic })
                .collect(),
        }
    }

    /// At most so many lines for a slider: confidences that were given, evenly spread over the decisions, highest
    /// first. The highest and the lowest are among them.
    pub fn lines(&self, at_most: usize) -> Vec<f64> {
        let last = self.len().saturating_sub(1);
        let steps = at_most.saturating_sub(1).clamp(1, last.max(1));
        let mut lines: Vec<f64> = (0..=steps)
            .filter_map(|step| self.confidences.get((last * step).div_ceil(steps)).copied())
            .filter(|line| line.is_finite())
            .collect();
        lines.dedup_by(|one, other| one.total_cmp(other).is_eq());
        lines.truncate(at_most);
        lines
    }

    /// What each of these lines would have done.
    pub fn curve(&self, lines: &[f64], level: Level) -> Vec<CurvePoint> {
        let point = |line: &f64| {
            let Tally { decided: automatic, wrong } = self.tally(*line);
            let at_most = clopper_pearson_upper(u64::from(wrong), u64::from(automatic), level);
            CurvePoint { line: *line, automatic, wrong, at_most }
        };
        lines.iter().map(point).collect()
    }

    /// The lowest line whose bound holds the promise, with [`LEAST_DECISIONS`] at least; `None` where there is
    /// none.
    ///
    /// Every confidence that was given is a line that is tried, and the level is that of a single one. In
    /// simulations with honest confidences the true error was above a promise at 95 % in 3 to 5 of 100 records, so
    /// the search costs nothing that shows: neighbouring lines stand and fall together.
    pub fn proposed_line(&self, promise: Promise) -> Option<ProposedLine> {
        // Upwards from the lowest line. While a line fails, dropping a right decision can only make the bound
        // worse: the next one to try is where a wrong decision has been dropped.
        let mut count = self.len();
        while count >= LEAST_DECISIONS as usize {
            let line = *self.confidences.get(count - 1)?;
            let at_or_above = self.tally(line);
            let (wrong, automatic) = (u64::from(at_or_above.wrong), u64::from(at_or_above.decided));
            let may_hold = wrong as f64 <= promise.error * automatic as f64;
            if may_hold && line.is_finite() && bound_holds(wrong, automatic, promise.error, promise.level) {
                return Some(ProposedLine {
                    line,
                    automatic: at_or_above.decided,
                    wrong: at_or_above.wrong,
                    at_most: clopper_pearson_upper(wrong, automatic, promise.level),
                });
            }
            // Past the lowest wrong one, and past all that share its confidence.
            let lowest_wrong = *self.wrong.get(at_or_above.wrong.checked_sub(1)? as usize)?;
            let its_line = *self.confidences.get(lowest_wrong as usize)?;
            count = self.confidences.partition_point(|confidence| *confidence > its_line);
        }
        None
    }
}
