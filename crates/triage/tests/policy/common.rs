//! What the tests share: records.

use crate::dice::Dice;
use domain::{SuggestionId, Timestamp};
use triage::policy::{ActionWord, Answer, Record};
use uuid::Uuid;

pub(crate) fn id(number: usize) -> SuggestionId {
    SuggestionId(Uuid::from_u128(number as u128))
}

/// A suggestion of the bucket `billing` with an assignment, answered at this time.
pub(crate) fn record(number: usize, at: i64, confidence: f64, answer: Answer) -> Record {
    Record {
        suggestion_id: id(number),
        at: Timestamp(at),
        bucket_id: "billing".into(),
        confidence,
        actions: [ActionWord::Assign].into_iter().collect(),
        answer,
        blind: false,
        looked_ms: None,
    }
}

pub(crate) fn corrected(bucket: &str) -> Answer {
    Answer::Corrected { bucket_id: bucket.into() }
}

/// `count` records one minute apart whose confidence is honest: it is how likely each is right.
pub(crate) fn honest(count: usize, dice: &mut Dice) -> Vec<Record> {
    let confidence = |dice: &mut Dice| 1.0 - 0.6 * dice.share().powi(2);
    (0..count)
        .map(|number| {
            let confidence = confidence(dice);
            let answer = if dice.chance(confidence) { Answer::Approved } else { corrected("general") };
            record(number, number as i64 * 60_000, confidence, answer)
        })
        .collect()
}
