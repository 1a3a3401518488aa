//! The record of decisions, kept in memory and brought in step, and the learning views made of it. Policies are judged by
//! the same record.
//!
//! Guarantees: what is kept is what the decisions table holds. A decision that was added is read alone, and one that was
//! taken back is taken out; anything else that changed has all of it read again. Views are made when they are asked for,
//! and kept until decisions, buckets or the day change.
//!
//! A plain rejection says nothing about the bucket, so it counts in no view but the weekly rates; 'none of these' says
//! that the bucket was wrong. A suggestion that named no bucket claimed nothing.

mod words;

pub use words::{ProposedBucket, Words};

use crate::error::EngineError;
use crate::policies::action_words;
use crate::workspace::Workspace;
use domain::{BucketId, DecisionKind, SuggestionId, Timestamp};
use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use store::{CaseRow, DecidedRow, EditRow, Marked, Store};
use triage::insights::{
    Calibration, Confusion, LearningCurve, Looks, MixDrift, RiskCurve, WeekRates, calibration, confusion,
    learning_curve, looks, mix_drift, risk_curve, weekly_rates,
};
use triage::policy::{Answer, Levels, Record};
use triage::statistics::Level;

/// Drift compares what came within so many days with what came before.
pub const LATELY_DAYS: i64 = 28;
const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// Intervals of the views.
const LEVEL: Level = Level::P95;

/// What people answered, in the order in which they decided.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Records {
    /// Answers that say whether the bucket was right.
    pub answered: Answers,
    /// Rejections that do not say where it belongs.
    pub rejected: Answers,
    /// How many of `answered` there are at each confidence.
    pub levels: Levels,
    /// The places of decisions on suggestions that named no bucket.
    without_bucket: Vec<i64>,
    /// The place of the newest in the order of recording.
    newest: Option<i64>,
}

/// Answers in the order of recording; to be read, a slice of records.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answers {
    records: Vec<Record>,
    /// What each record does not say of itself.
    beside: Vec<Beside>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Beside {
    /// Its place in the order of recording.
    place: i64,
    /// The confidence that policies went by.
    governed: f64,
}

impl Deref for Answers {
    type Target = [Record];

    fn deref(&self) -> &[Record] {
        &self.records
    }
}

impl Answers {
    fn push(&mut self, record: Record, beside: Beside) {
        self.records.push(record);
        self.beside.push(beside);
    }

    fn take_out(&mut self, place: i64) -> Option<Record> {
        let at = self.beside.binary_search_by_key(&place, |beside| beside.place).ok()?;
        self.beside.remove(at);
        Some(self.records.remove(at))
    }

    fn placed(&self) -> impl Iterator<Item = (Beside, &Record)> {
        self.beside.iter().copied().zip(&self.records)
    }
}

/// The learning views.
#[derive(Debug, Clone, PartialEq)]
pub struct Views {
    /// Whether confidence means what it says.
    pub calibration: Calibration,
    /// What was suggested against what was decided, with the cases.
    pub confusion: Confusion,
    /// What would be wrong if only the more confident were given.
    pub risk: RiskCurve,
    /// How often suggestions were right as decisions came in.
    pub learning: LearningCurve,
    /// What people made of suggestions, by week and bucket.
    pub weeks: Vec<WeekRates>,
    /// How long people looked before they approved.
    pub looks: Looks,
    /// How the mix of buckets has moved.
    pub mix: MixDrift,
}

/// What views depend on beside the decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Frame {
    marked: Marked,
    offset_minutes: i32,
    day: i64,
}

/// The record of one data file, kept between two questions.
#[derive(Debug, Default)]
pub struct Insights {
    /// Held by whoever brings the records in step.
    records: tokio::sync::Mutex<Option<(Marked, Arc<Records>)>>,
    views: Mutex<Option<(Frame, Arc<Views>)>>,
    words: words::Kept,
}

impl Records {
    fn add(&mut self, row: DecidedRow) {
        self.newest = Some(row.place);
        let Some(bucket_id) = row.suggested else {
            self.without_bucket.push(row.place);
            return;
        };
        let answer = match (row.kind, row.decided) {
            (DecisionKind::Approved, _) => Answer::Approved,
            (DecisionKind::Edited, _) => Answer::Edited,
            // A correction to the bucket suggested is an approval in other words.
            (DecisionKind::Corrected, Some(decided)) if decided == bucket_id => Answer::Approved,
            (DecisionKind::Corrected, Some(decided)) => Answer::Corrected { bucket_id: decided },
            (DecisionKind::Corrected, None) | (DecisionKind::NoneOfThese | DecisionKind::Rejected, _) => {
                Answer::Rejected
            }
            (DecisionKind::Snoozed | DecisionKind::Noted, _) => return,
        };
        let record = Record {
            suggestion_id: row.suggestion_id,
            at: row.at,
            bucket_id,
            confidence: row.confidence,
            actions: action_words(&row.actions),
            answer,
            blind: row.blind,
            looked_ms: row.looked_ms,
        };
        let beside = Beside { place: row.place, governed: row.governed_confidence };
        if row.kind == DecisionKind::Rejected {
            self.rejected.push(record, beside);
        } else {
            self.levels.add(record.confidence);
            self.answered.push(record, beside);
        }
    }

    /// Takes out the decision at a place, if it is one of these.
    fn take_out(&mut self, place: i64) {
        if let Some(record) = self.answered.take_out(place) {
            self.levels.take_out(record.confidence);
        }
        self.rejected.take_out(place);
        if let Ok(at) = self.without_bucket.binary_search(&place) {
            self.without_bucket.remove(at);
        }
    }

    /// Decisions on suggestions that named no bucket.
    pub fn without_bucket(&self) -> usize {
        self.without_bucket.len()
    }

    /// Every answer, in one order and by the confidence that policies went by.
    pub fn governed(&self) -> Vec<Record> {
        let mut all: Vec<(Beside, &Record)> = self.answered.placed().chain(self.rejected.placed()).collect();
        all.sort_by_key(|(beside, _)| beside.place);
        all.into_iter()
            .map(|(beside, record)| Record { confidence: beside.governed, ..record.clone() })
            .collect()
    }

    /// Every answer by a person who saw a bucket.
    pub fn all(&self) -> impl Iterator<Item = &Record> {
        self.answered.iter().chain(self.rejected.iter())
    }

    /// The cases of one cell of the confusion matrix, newest first.
    pub fn cases(&self, suggested: &BucketId, decided: Option<&BucketId>) -> Vec<SuggestionId> {
        let of_cell = |record: &&Record| record.bucket_id == *suggested && record.decided() == decided;
        self.answered.iter().rev().filter(of_cell).map(|record| record.suggestion_id).collect()
    }

    fn views(&self, now: Timestamp, offset_minutes: i32) -> Views {
        let since = lately(now);
        Views {
            calibration: calibration(&self.answered, LEVEL),
            confusion: confusion(&self.answered),
            risk: risk_curve(&self.answered),
            learning: learning_curve(&self.answered, LEVEL),
            weeks: weekly_rates(self.all(), offset_minutes),
            looks: looks(self.answered.iter(), LEVEL),
            mix: mix_drift(
                self.all().filter(|record| record.at < since),
                self.all().filter(|record| record.at >= since),
            ),
        }
    }
}

impl Insights {
    /// What people answered so far.
    pub async fn records(&self, store: &Store) -> Result<Arc<Records>, EngineError> {
        let mut kept = self.records.lock().await;
        // Before reading: what is recorded meanwhile moves the mark, and is read the next time.
        let marked = store.decisions_marks();
        let known = match kept.take() {
            Some((before, records)) if before == marked => {
                *kept = Some((before, Arc::clone(&records)));
                return Ok(records);
            }
            Some((before, records)) if before.changed == marked.changed => {
                store.taken_back_between(before, marked).map(|places| (records, places))
            }
            Some(_) | None => None,
        };
        let (mut records, taken_back) = known.unwrap_or_default();
        let rows = store.list_decided(records.newest).await?;
        let moving = Arc::make_mut(&mut records);
        for place in taken_back {
            moving.take_out(place);
        }
        for row in rows {
            moving.add(row);
        }
        *kept = Some((marked, Arc::clone(&records)));
        Ok(records)
    }

    /// The learning views at this time, by weeks of a clock that is so many minutes ahead of UTC.
    pub async fn views(
        &self,
        store: &Store,
        now: Timestamp,
        offset_minutes: i32,
    ) -> Result<Arc<Views>, EngineError> {
        let frame = Frame { marked: store.decisions_marks(), offset_minutes, day: now.0.div_euclid(DAY_MS) };
        if let Some((made_in, views)) = &*self.views.lock().unwrap_or_else(PoisonError::into_inner)
            && *made_in == frame
        {
            return Ok(Arc::clone(views));
        }
        let records = self.records(store).await?;
        let views = tokio::task::spawn_blocking(move || Arc::new(records.views(now, offset_minutes)))
            .await
            .map_err(|_| EngineError::BadInput("The views could not be made.".to_owned()))?;
        let kept = Some((frame, Arc::clone(&views)));
        *self.views.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(views)
    }
}

impl Workspace {
    /// What people answered so far.
    pub async fn records(&self) -> Result<Arc<Records>, EngineError> {
        self.insights.records(&self.store).await
    }

    /// The learning views, by weeks of a clock that is so many minutes ahead of UTC.
    pub async fn views(&self, offset_minutes: i32) -> Result<Arc<Views>, EngineError> {
        self.insights.views(&self.store, self.clock.now(), offset_minutes).await
    }

    /// The cases of one cell of the confusion matrix, newest first: some of them, and how many there are.
    pub async fn cases(
        &self,
        suggested: &BucketId,
        decided: Option<&BucketId>,
        limit: usize,
    ) -> Result<(Vec<CaseRow>, usize), EngineError> {
        let ids = self.records().await?.cases(suggested, decided);
        let cases = self.store.list_cases(ids.get(..limit.min(ids.len())).unwrap_or_default()).await?;
        Ok((cases, ids.len()))
    }

    /// Replies that people edited, newest first.
    pub async fn edits(&self, limit: u32) -> Result<Vec<EditRow>, EngineError> {
        Ok(self.store.list_edits(limit).await?)
    }
}

/// Where 'lately' begins.
pub(crate) fn lately(now: Timestamp) -> Timestamp {
    now.plus_ms(-LATELY_DAYS * DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use uuid::Uuid;

    fn row(place: i64, kind: DecisionKind, suggested: Option<&str>, decided: Option<&str>) -> DecidedRow {
        DecidedRow {
            place,
            suggestion_id: SuggestionId(Uuid::from_u128(place.unsigned_abs().into())),
            at: Timestamp(place * DAY_MS),
            kind,
            decided: decided.map(BucketId::from),
            suggested: suggested.map(BucketId::from),
            confidence: 0.9,
            governed_confidence: 0.8,
            actions: "assign,reply".to_owned(),
            blind: place == 2,
            looked_ms: Some(1_000),
        }
    }

    #[test]
    fn each_answer_counts_for_what_it_says() {
        let mut records = Records::default();
        for row in [
            row(1, DecisionKind::Approved, Some("billing"), Some("billing")),
            row(2, DecisionKind::Edited, Some("billing"), Some("billing")),
            row(3, DecisionKind::Corrected, Some("billing"), Some("general")),
            row(4, DecisionKind::NoneOfThese, Some("billing"), None),
            row(5, DecisionKind::Rejected, Some("billing"), None),
            row(6, DecisionKind::Corrected, None, Some("general")),
        ] {
            records.add(row);
        }
        let right: Vec<bool> = records.answered.iter().map(|record| record.answer.is_right()).collect();
        assert_eq!(right, [true, true, false, false]);
        assert_eq!((records.rejected.len(), records.without_bucket(), records.newest), (1, 1, Some(6)));
        let governed: Vec<(f64, bool)> =
            records.governed().iter().map(|record| (record.confidence, record.blind)).collect();
        assert_eq!(governed, [(0.8, false), (0.8, true), (0.8, false), (0.8, false), (0.8, false)]);
        let cases = |decided: Option<&str>| {
            let decided = decided.map(BucketId::from);
            records.cases(&"billing".into(), decided.as_ref()).len()
        };
        assert_eq!((cases(Some("billing")), cases(Some("general")), cases(None)), (2, 1, 1));
        let views = records.views(Timestamp(30 * DAY_MS), 0);
        assert_eq!(views.calibration.answers, 4, "a plain rejection says nothing about the bucket");
        let rejected: u32 = views.weeks.iter().map(|week| week.rejected).sum();
        assert_eq!(rejected, 2, "but the rates of a week count it");
        let mix = views.mix.buckets.first().map(|bucket| (bucket.before, bucket.lately));
        assert_eq!(mix, Some((1, 4)), "28 days back is where lately begins");
    }

    proptest! {
        #[test]
        fn what_is_taken_out_leaves_what_the_rest_alone_would_make(
            kinds in prop::collection::vec((0_usize..5, any::<bool>(), any::<bool>()), 0..40),
        ) {
            const KINDS: [DecisionKind; 5] = [
                DecisionKind::Approved,
                DecisionKind::Edited,
                DecisionKind::Corrected,
                DecisionKind::NoneOfThese,
                DecisionKind::Rejected,
            ];
            let (mut moved, mut anew) = (Records::default(), Records::default());
            let rows = (1..).zip(&kinds).map(|(place, (kind, has_bucket, _))| {
                let confidence = f64::from(u8::try_from(place % 3).unwrap()) / 4.0;
                let row = row(place, KINDS[*kind], has_bucket.then_some("billing"), Some("general"));
                DecidedRow { confidence, ..row }
            });
            let rows: Vec<(DecidedRow, bool)> = rows.zip(kinds.iter().map(|(.., stays)| *stays)).collect();
            for (row, stays) in &rows {
                moved.add(row.clone());
                if *stays {
                    anew.add(row.clone());
                }
            }
            for (row, _) in rows.iter().filter(|(_, stays)| !stays) {
                moved.take_out(row.place);
                moved.take_out(row.place);
            }
            // Nothing is read twice, whatever was taken out.
            anew.newest = moved.newest;
            prop_assert_eq!(&moved, &anew);
            prop_assert_eq!(moved.governed(), anew.governed());
        }
    }
}
