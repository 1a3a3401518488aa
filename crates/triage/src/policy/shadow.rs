//! Shadow mode: predictions that nobody sees, held against what people then did in the helpdesk.

use super::record::{ActionWords, Answer, Record};
use domain::{BucketId, ConversationId, SuggestionId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// A prediction that was recorded and not shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Prediction {
    /// Its id; records and draws go by it.
    pub suggestion_id: SuggestionId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// When it was made.
    pub at: Timestamp,
    /// The bucket predicted.
    pub bucket_id: BucketId,
    /// Its confidence, 0 to 1.
    pub confidence: f64,
    /// The kinds of action in the plan it would have suggested.
    pub actions: ActionWords,
}

/// What a person did in the helpdesk, as far as it tells a bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Deed {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// When.
    pub at: Timestamp,
    /// What it tells.
    pub told: Told,
}

/// What a deed tells of a conversation's bucket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "told", rename_all = "snake_case")]
pub enum Told {
    /// It belongs to this bucket: its tag was set, or it was given to the bucket's team.
    Bucket {
        /// The bucket.
        bucket_id: BucketId,
        /// Whether a reply was written that differs from the bucket's own.
        other_reply: bool,
    },
    /// It belongs to none: a tag or a team that no bucket has.
    None,
}

/// How silent predictions compare with what people did.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Comparison {
    /// Predictions that a deed answered, in the order of the predictions. Nobody saw them: they are blind.
    pub records: Vec<Record>,
    /// Predictions overtaken by a newer one for the same conversation before anybody did anything.
    pub overtaken: u32,
    /// Predictions whose time has run out without a deed that tells a bucket.
    pub untold: u32,
    /// Predictions that may still be answered.
    pub waiting: u32,
}

/// Holds predictions against deeds.
///
/// A prediction is answered by the first deed in its conversation at its own time or later, and not later than
/// `patience_ms`. Where a conversation has several predictions before a deed, the newest is answered. One deed
/// answers one prediction.
pub fn compare(predictions: &[Prediction], deeds: &[Deed], patience_ms: i64, now: Timestamp) -> Comparison {
    let mut deeds_of: BTreeMap<&ConversationId, Vec<&Deed>> = BTreeMap::new();
    for deed in deeds {
        deeds_of.entry(&deed.conversation_id).or_default().push(deed);
    }
    for deeds in deeds_of.values_mut() {
        deeds.sort_by_key(|deed| deed.at);
    }
    let mut times_of: BTreeMap<&ConversationId, Vec<(Timestamp, SuggestionId)>> = BTreeMap::new();
    for prediction in predictions {
        times_of
            .entry(&prediction.conversation_id)
            .or_default()
            .push((prediction.at, prediction.suggestion_id));
    }
    for times in times_of.values_mut() {
        times.sort_unstable();
    }

    let mut comparison = Comparison::default();
    for prediction in predictions {
        let own = (prediction.at, prediction.suggestion_id);
        let next = times_of
            .get(&prediction.conversation_id)
            .and_then(|times| times.get(times.partition_point(|time| *time <= own)))
            .map(|(at, _)| *at);
        let deed = deeds_of
            .get(&prediction.conversation_id)
            .and_then(|deeds| deeds.get(deeds.partition_point(|deed| deed.at < prediction.at)))
            .filter(|deed| deed.at.ms_since(prediction.at) <= patience_ms);
        match (deed, next) {
            // A deed at the very time of the newer prediction answers the newer one.
            (deed, Some(next)) if deed.is_none_or(|deed| deed.at >= next) => comparison.overtaken += 1,
            (Some(deed), _) => comparison.records.push(record(prediction, deed)),
            (None, _) if now.ms_since(prediction.at) > patience_ms => comparison.untold += 1,
            (None, _) => comparison.waiting += 1,
        }
    }
    comparison
}

fn record(prediction: &Prediction, deed: &Deed) -> Record {
    let answer = match &deed.told {
        Told::Bucket { bucket_id, other_reply: false } if *bucket_id == prediction.bucket_id => {
            Answer::Approved
        }
        Told::Bucket { bucket_id, other_reply: true } if *bucket_id == prediction.bucket_id => Answer::Edited,
        Told::Bucket { bucket_id, .. } => Answer::Corrected { bucket_id: bucket_id.clone() },
        Told::None => Answer::Rejected,
    };
    Record {
        suggestion_id: prediction.suggestion_id,
        at: deed.at,
        bucket_id: prediction.bucket_id.clone(),
        confidence: prediction.confidence,
        actions: prediction.actions,
        answer,
        blind: true,
        looked_ms: None,
    }
}
