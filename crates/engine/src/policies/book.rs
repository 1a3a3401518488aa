//! The book: every policy with what the record shows of it, and the record ready to be replayed.
//!
//! It is made from what the store holds and from nothing else: a decision that is taken back is out of it the next time. Nothing that a policy decided is part of the record. Autonomy is the only thing that is kept: what was
//! withdrawn stays withdrawn when the record gets better.

use super::words::action_words;
use crate::error::EngineError;
use crate::insights::Records;
use domain::{BucketId, Timestamp};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::{ArrivalRow, AutomaticRow, PolicyRow, Store};
use triage::policy::{ActionWord, Autonomy, Governed, History, Policy, Record, Standing, Tally, Watch};
use triage::statistics::{Drift, VocabularyDrift, WordCount, population_stability, vocabulary_drift};

/// The kinds of action that a bucket's plan can have.
pub const ACTIONS: [ActionWord; 3] = [ActionWord::Assign, ActionWord::Reply, ActionWord::Close];
/// Automatic plans that are looked at.
const AUTOMATIC: u32 = 20_000;
/// Messages that drift is told from: before autonomy was given, and lately; and how many there have to be at least.
const BEFORE: (u32, usize) = (2_000, 100);
const LATELY: (u32, usize) = (200, 50);
const DAY_MS: i64 = 86_400_000;

/// A bucket and a kind of action.
pub type Key = (BucketId, ActionWord);

/// A policy with what the record shows of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Kept {
    /// What is allowed.
    pub policy: Policy,
    /// What the record shows.
    pub standing: Standing,
    /// Plans that were automatic today under it.
    pub today: u32,
    /// When a person gave autonomy last.
    pub given_at: Option<Timestamp>,
}

/// Every policy, and the record.
#[derive(Debug, Default)]
pub struct Book {
    /// By bucket and action; those of the buckets there are, and no others.
    pub policies: BTreeMap<Key, Kept>,
    /// What people decided, to be replayed.
    pub history: Arc<History>,
    /// How many decisions that is.
    pub decided: u32,
    /// When the day began that `today` counts.
    pub day_began: Timestamp,
}

impl Book {
    /// The policies of a bucket, as decisions need them.
    pub fn governed(&self, bucket: &BucketId) -> Vec<Governed> {
        self.policies
            .iter()
            .filter(|((of, _), _)| of == bucket)
            .map(|(_, kept)| Governed {
                policy: kept.policy.clone(),
                standing: kept.standing.clone(),
                today: kept.today,
            })
            .collect()
    }
}

/// Makes the book, and tells which policies have to be withdrawn.
pub(super) async fn make(
    store: &Store,
    records: Arc<Records>,
    now: Timestamp,
    offset_minutes: i32,
) -> Result<(Book, BTreeMap<Key, Kept>), EngineError> {
    let mut policies = allowed(store).await?;
    let automatic = store.list_automatic(AUTOMATIC).await?;
    for kept in policies.values_mut() {
        let Autonomy::Given { at } = kept.standing.autonomy else { continue };
        let before = store.list_arrivals(Timestamp(0), at, BEFORE.0).await?;
        let lately = store.list_arrivals(at, Timestamp(i64::MAX), LATELY.0).await?;
        (kept.standing.drift, kept.standing.vocabulary) = drift(&before, &lately);
    }
    let midnight = midnight(now, offset_minutes);
    tokio::task::spawn_blocking(move || {
        let records = &records.governed();
        for (key, kept) in &mut policies {
            look_up(key, kept, records, &automatic, midnight);
        }
        let mut revoked = BTreeMap::new();
        for (key, kept) in &mut policies {
            let judged = kept.standing.clone().judged(&kept.policy, now);
            if judged.autonomy != kept.standing.autonomy {
                kept.standing = judged;
                revoked.insert(key.clone(), kept.clone());
            }
        }
        let (decided, history) = (records.len() as u32, Arc::new(History::new(records, offset_minutes)));
        (Book { policies, history, decided, day_began: midnight }, revoked)
    })
    .await
    .map_err(|_| EngineError::BadInput("The record could not be read.".to_owned()))
}

/// What is allowed: as it was set, and the cautious policy elsewhere.
async fn allowed(store: &Store) -> Result<BTreeMap<Key, Kept>, EngineError> {
    let mut policies = BTreeMap::new();
    for bucket in store.list_buckets().await? {
        for action in ACTIONS {
            let policy = Policy::cautious(bucket.id.clone(), action);
            let kept = Kept { policy, standing: Standing::default(), today: 0, given_at: None };
            policies.insert((bucket.id.clone(), action), kept);
        }
    }
    for row in store.list_policies().await? {
        let Some((key, kept)) = read(&row) else {
            // Left cautious: what cannot be read allows nothing.
            tracing::error!(bucket.id = %row.bucket_id, "A policy cannot be read and allows nothing");
            continue;
        };
        if policies.contains_key(&key) {
            policies.insert(key, kept);
        }
    }
    Ok(policies)
}

fn read(row: &PolicyRow) -> Option<(Key, Kept)> {
    let policy: Policy = serde_json::from_str(&row.settings).ok()?;
    let autonomy: Autonomy = serde_json::from_str(&row.autonomy).ok()?;
    let key = (row.bucket_id.clone(), action_words(&row.action).iter().next()?);
    if (&policy.bucket_id, policy.action) != (&key.0, key.1) {
        return None;
    }
    let standing = Standing { autonomy, ..Standing::default() };
    Some((key, Kept { policy, standing, today: 0, given_at: row.given_at }))
}

/// What the record shows of one policy, by its line.
fn look_up(key: &Key, kept: &mut Kept, records: &[Record], automatic: &[AutomaticRow], midnight: Timestamp) {
    let (bucket, action) = key;
    let Policy { line, promise, .. } = kept.policy;
    let since = kept.given_at;
    let (mut record, mut samples, mut watch) = (Tally::default(), Watch::default(), Watch::default());
    let at_line =
        |one: &&Record| one.bucket_id == *bucket && one.actions.contains(*action) && one.confidence >= line;
    for one in records.iter().filter(at_line) {
        let is_wrong = one.answer.is_wrong_for(*action);
        if one.blind && since.is_some_and(|since| one.at >= since) {
            samples = samples.and(is_wrong, promise);
        } else {
            record = record.and(is_wrong);
        }
    }
    let under_it = |one: &&AutomaticRow| {
        one.bucket_id == *bucket && action_words(&one.actions).contains(*action) && !one.sent_back
    };
    for one in automatic.iter().filter(under_it) {
        kept.today += u32::from(one.at >= midnight);
        if since.is_some_and(|since| one.at >= since) && (one.done || one.taken_back) {
            watch = watch.and(one.taken_back, promise);
        }
    }
    kept.standing.record = record;
    kept.standing.samples = samples;
    kept.standing.automatic = watch;
}

fn drift(before: &[ArrivalRow], lately: &[ArrivalRow]) -> (Option<Drift>, Option<VocabularyDrift>) {
    if before.len() < BEFORE.1 || lately.len() < LATELY.1 {
        return (None, None);
    }
    let mut mix: BTreeMap<Option<&BucketId>, (u32, u32)> = BTreeMap::new();
    for one in before {
        mix.entry(one.bucket_id.as_ref()).or_default().0 += 1;
    }
    for one in lately {
        mix.entry(one.bucket_id.as_ref()).or_default().1 += 1;
    }
    let (was, is): (Vec<u32>, Vec<u32>) = mix.into_values().unzip();
    let count = |one: &ArrivalRow| WordCount { unknown: one.words.1, words: one.words.0 };
    let words = |rows: &[ArrivalRow]| rows.iter().map(count).collect::<Vec<_>>();
    (population_stability(&was, &is), Some(vocabulary_drift(&words(before), &words(lately))))
}

/// When the day began by a clock that is so far ahead of UTC.
pub(super) fn midnight(now: Timestamp, offset_minutes: i32) -> Timestamp {
    let ahead = i64::from(offset_minutes) * 60_000;
    Timestamp((now.0 + ahead).div_euclid(DAY_MS) * DAY_MS - ahead)
}

#[cfg(test)]
mod tests {
    use super::*;
    use triage::policy::{ActionWords, Answer, Revocation};

    fn arrivals(count: usize, bucket: &str, unknown: u32) -> Vec<ArrivalRow> {
        let row = |n: usize| ArrivalRow {
            at: Timestamp(n as i64),
            bucket_id: Some(bucket.into()),
            words: (10, unknown + (n % 2) as u32),
        };
        (0..count).map(row).collect()
    }

    fn answered(at: i64, confidence: f64, answer: Answer, blind: bool) -> Record {
        Record {
            suggestion_id: domain::SuggestionId(uuid::Uuid::from_u128(at as u128)),
            at: Timestamp(at),
            bucket_id: "billing".into(),
            confidence,
            actions: action_words("assign,reply"),
            answer,
            blind,
            looked_ms: None,
        }
    }

    fn corrected() -> Answer {
        Answer::Corrected { bucket_id: "spam".into() }
    }

    fn kept(given_at: Option<i64>) -> Kept {
        let autonomy = given_at.map_or(Autonomy::NotGiven, |at| Autonomy::Given { at: Timestamp(at) });
        Kept {
            policy: Policy { automatic: true, ..Policy::cautious("billing".into(), ActionWord::Reply) },
            standing: Standing { autonomy, ..Standing::default() },
            today: 0,
            given_at: given_at.map(Timestamp),
        }
    }

    #[test]
    fn a_day_begins_at_the_leads_own_midnight() {
        let noon = Timestamp(10 * DAY_MS + DAY_MS / 2);
        assert_eq!(midnight(noon, 0), Timestamp(10 * DAY_MS));
        assert_eq!(midnight(noon, 13 * 60), Timestamp(11 * DAY_MS - 13 * 3_600_000));
        assert_eq!(midnight(noon, -5 * 60), Timestamp(10 * DAY_MS + 5 * 3_600_000));
    }

    #[test]
    fn blind_answers_since_autonomy_are_samples_and_the_others_are_the_record() {
        let records = [
            answered(1, 0.95, Answer::Approved, false),
            answered(2, 0.95, Answer::Edited, true),
            answered(3, 0.80, corrected(), false),
            answered(11, 0.95, Answer::Approved, false),
            answered(12, 0.95, Answer::Edited, true),
            answered(13, 0.95, Answer::Approved, true),
        ];
        let key = (BucketId::from("billing"), ActionWord::Reply);
        let mut it = kept(Some(10));
        look_up(&key, &mut it, &records, &[], Timestamp(0));
        assert_eq!(it.standing.record, Tally { decided: 3, wrong: 1 }, "below the line does not count");
        assert_eq!(it.standing.samples.total, Tally { decided: 2, wrong: 1 });
        let mut it = kept(None);
        look_up(&key, &mut it, &records, &[], Timestamp(0));
        assert_eq!((it.standing.record.decided, it.standing.samples.total.decided), (5, 0));
    }

    #[test]
    fn what_was_sent_back_counts_for_nothing_and_what_was_taken_back_is_wrong() {
        let one = |at, taken_back, sent_back, done| AutomaticRow {
            bucket_id: "billing".into(),
            actions: "reply".to_owned(),
            at: Timestamp(at),
            taken_back,
            sent_back,
            done,
        };
        let rows = [
            one(5, false, false, true),
            one(15, false, false, true),
            one(16, true, false, false),
            one(17, false, true, false),
            one(18, false, false, false),
        ];
        let key = (BucketId::from("billing"), ActionWord::Reply);
        let mut it = kept(Some(10));
        look_up(&key, &mut it, &[], &rows, Timestamp(15));
        assert_eq!(it.standing.automatic.total, Tally { decided: 2, wrong: 1 });
        assert_eq!(it.today, 3, "what was held, taken back or done today, and not what was sent back");
    }

    #[test]
    fn another_mix_of_buckets_and_other_words_are_drift_once_there_is_enough_of_them() {
        let mut before = arrivals(150, "billing", 1);
        before.extend(arrivals(150, "general", 1));
        let (mix, words) = drift(&before, &arrivals(60, "billing", 5));
        let policy = Policy::cautious("billing".into(), ActionWord::Reply);
        assert!(mix.is_some_and(|mix| mix.exceeds(policy.drift_limit)));
        assert!(words.is_some_and(|words| words.exceeds(policy.vocabulary_limit)));
        assert_eq!(drift(&before, &arrivals(49, "billing", 5)), (None, None));
        let mut same = arrivals(30, "billing", 1);
        same.extend(arrivals(30, "general", 1));
        let (mix, words) = drift(&before, &same);
        assert!(!mix.is_some_and(|mix| mix.exceeds(policy.drift_limit)));
        assert!(!words.is_some_and(|words| words.exceeds(policy.vocabulary_limit)));
    }

    #[test]
    fn a_record_that_no_longer_proves_the_promise_withdraws_autonomy() {
        let mut records: Vec<Record> =
            (0..100).map(|at| answered(at, 0.95, Answer::Approved, false)).collect();
        records.extend((0..4).map(|at| answered(200 + at, 0.95, corrected(), true)));
        let key = (BucketId::from("billing"), ActionWord::Reply);
        let mut it = kept(Some(150));
        look_up(&key, &mut it, &records, &[], Timestamp(0));
        let judged = it.standing.judged(&it.policy, Timestamp(300));
        assert!(
            matches!(
                judged.autonomy,
                Autonomy::Revoked { why: Revocation::Samples { .. } | Revocation::Bound { .. }, .. }
            ),
            "{judged:?}"
        );
    }

    #[test]
    fn what_cannot_be_read_allows_nothing() {
        let row = PolicyRow {
            bucket_id: "billing".into(),
            action: "reply".to_owned(),
            settings: "{}".to_owned(),
            autonomy: "{\"autonomy\":\"given\",\"at\":1}".to_owned(),
            given_at: None,
        };
        assert!(read(&row).is_none());
        let of_another = Policy::cautious("spam".into(), ActionWord::Reply);
        let settings = serde_json::to_string(&of_another).expect("JSON");
        assert!(read(&PolicyRow { settings, ..row }).is_none());
        assert_eq!(ActionWords::default(), action_words(""));
    }
}
