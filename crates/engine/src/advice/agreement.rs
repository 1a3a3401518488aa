//! What the record of past pairs of opinions says of a new pair: how often either was right, in words and as a
//! confidence.
//!
//! The record is made from the store's pairs each time it is asked for: at most [`LOOK_BACK`] of them, a few
//! milliseconds. Under [`ENOUGH`] decided pairs of a kind no frequency is stated and the local confidence stands.

use crate::record::ENOUGH;
use domain::ports::Choice;
use domain::{BucketId, Suggestion};
use store::{GivenOpinion, OpinionPair};
use triage::policy::agreement::{AgreementRecord, LocalOpinion, Pair, SecondOpinion};

/// Pairs that are looked at.
pub const LOOK_BACK: u32 = 1_000;
/// At most so many of the newest of a kind are stated as a frequency.
const NEWEST: usize = 50;
/// Decisions that a prior counts as, where a frequency is drawn towards it.
const PRIOR: f64 = 4.0;

/// How a second opinion stands to the local suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stance {
    /// Both name the same bucket.
    Agrees,
    /// They name different ones.
    Disagrees,
    /// The local model has none, and it names one.
    Names,
    /// It finds that no bucket fits, and the local model names one.
    FindsNone,
    /// Neither finds a bucket.
    BothFindNone,
}

/// How often the opinions of a kind were right, among the newest.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Record {
    /// Decided cases in all, as far back as is looked.
    pub cases: usize,
    /// The newest of them.
    pub newest: usize,
    /// Of those, the ones in which the local model was right.
    pub local: usize,
    /// Of those, the ones in which the language model was right.
    pub second: usize,
}

impl Record {
    /// Too few to state a frequency.
    pub const fn is_learning(&self) -> bool {
        self.cases < ENOUGH
    }
}

/// What both opinions come to, where the record has enough to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Together {
    /// How likely the bucket of the local model is right.
    pub confidence: f64,
    /// The other bucket, where the record makes it the more likely one, and how likely it is.
    pub other: Option<(BucketId, f64)>,
}

/// The record of past pairs.
#[derive(Debug, Clone, Default)]
pub struct Agreements {
    fitted: AgreementRecord,
    agreed: Record,
    disagreed: Record,
}

impl Agreements {
    /// The record of these pairs, oldest first.
    pub fn of(pairs: &[OpinionPair]) -> Self {
        let of = |agreed: bool| pairs.iter().filter(move |pair| (pair.local == pair.second) == agreed);
        let fitted: Vec<Pair> = pairs
            .iter()
            .map(|pair| Pair {
                local: LocalOpinion { bucket_id: pair.local.clone(), confidence: pair.confidence },
                second: SecondOpinion { bucket_id: pair.second.clone(), stated: Some(pair.sureness) },
                decided: Some(pair.decided.clone()),
            })
            .collect();
        Self { fitted: AgreementRecord::of(&fitted), agreed: record(of(true)), disagreed: record(of(false)) }
    }

    /// The record of the cases in which the two stood to each other like this; `None` where there is none to keep.
    pub const fn record(&self, stance: Stance) -> Option<Record> {
        match stance {
            Stance::Agrees => Some(self.agreed),
            Stance::Disagrees => Some(self.disagreed),
            Stance::Names | Stance::FindsNone | Stance::BothFindNone => None,
        }
    }

    /// What both opinions come to; `None` where there is no bucket on one side, or too little is decided.
    pub fn together(&self, suggestion: &Suggestion, opinion: &GivenOpinion) -> Option<Together> {
        let local_bucket = suggestion.bucket_id.clone()?;
        let Choice::Bucket { key } = &opinion.choice else { return None };
        let record = self.record(stance(Some(&local_bucket), &opinion.choice))?;
        if record.is_learning() {
            return None;
        }
        let local = LocalOpinion { bucket_id: local_bucket, confidence: suggestion.confidence };
        let second = SecondOpinion { bucket_id: key.clone(), stated: Some(opinion.sureness.value()) };
        let combined = self.fitted.combine(&local, Some(&second));
        if combined.bucket_id == local.bucket_id {
            return Some(Together { confidence: combined.confidence, other: None });
        }
        let prior = local.confidence.min(0.5);
        let share = (record.local as f64 + PRIOR * prior) / (record.newest as f64 + PRIOR);
        Some(Together {
            confidence: share.min(1.0 - combined.confidence),
            other: Some((combined.bucket_id, combined.confidence)),
        })
    }
}

/// How an opinion stands to the local suggestion.
pub fn stance(local: Option<&BucketId>, choice: &Choice) -> Stance {
    match (local, choice) {
        (Some(local), Choice::Bucket { key }) if local == key => Stance::Agrees,
        (Some(_), Choice::Bucket { .. }) => Stance::Disagrees,
        (None, Choice::Bucket { .. }) => Stance::Names,
        (Some(_), Choice::NoneOfThese) => Stance::FindsNone,
        (None, Choice::NoneOfThese) => Stance::BothFindNone,
    }
}

fn record<'a>(pairs: impl DoubleEndedIterator<Item = &'a OpinionPair>) -> Record {
    let mut record = Record::default();
    for pair in pairs.rev() {
        record.cases += 1;
        if record.newest < NEWEST {
            record.newest += 1;
            record.local += usize::from(pair.local == pair.decided);
            record.second += usize::from(pair.second == pair.decided);
        }
    }
    record
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::Sureness;
    use domain::{ConversationState, ConversationStatus, Plan, SuggestionId, SuggestionState, Timestamp};

    fn pair(second: &str, decided: &str) -> OpinionPair {
        OpinionPair {
            local: "billing".into(),
            confidence: 0.9,
            second: second.into(),
            sureness: 0.8,
            decided: decided.into(),
        }
    }

    fn pairs(second: &str, decided: &[(&str, usize)]) -> Vec<OpinionPair> {
        decided.iter().flat_map(|(key, times)| vec![pair(second, key); *times]).collect()
    }

    fn suggestion() -> Suggestion {
        Suggestion {
            id: SuggestionId(uuid::Uuid::nil()),
            conversation_id: "1".into(),
            part_id: "1".into(),
            bucket_id: Some("billing".into()),
            confidence: 0.9,
            probabilities: vec![],
            evidence: vec![],
            nothing: None,
            plan: Plan::default(),
            bound: ConversationState {
                last_part_id: None,
                last_part_at: None,
                admin_assignee: None,
                team_assignee: None,
                status: ConversationStatus::Open,
                updated_at: Timestamp(0),
            },
            model_version: String::new(),
            state: SuggestionState::Pending,
            created_at: Timestamp(0),
        }
    }

    fn says(key: &str) -> GivenOpinion {
        GivenOpinion {
            choice: Choice::Bucket { key: key.into() },
            sureness: Sureness::Stated { value: 0.8 },
            reason: String::new(),
            model: "m".to_owned(),
        }
    }

    #[test]
    fn under_thirty_decided_disagreements_the_local_confidence_stands() {
        let agreements = Agreements::of(&pairs("general", &[("general", 29)]));
        let record = agreements.record(Stance::Disagrees).expect("a record");
        assert!(record.is_learning());
        assert_eq!((record.cases, record.second), (29, 29));
        assert_eq!(agreements.together(&suggestion(), &says("general")), None);
    }

    #[test]
    fn a_record_of_being_wrong_takes_the_confidence_down_and_names_the_other_bucket() {
        let agreements = Agreements::of(&pairs("general", &[("general", 32), ("billing", 4), ("spam", 4)]));
        let record = agreements.record(Stance::Disagrees).expect("a record");
        assert_eq!((record.newest, record.local, record.second), (40, 4, 32));
        let together = agreements.together(&suggestion(), &says("general")).expect("enough is decided");
        assert!(together.confidence < 0.2, "{together:?}");
        let (bucket, confidence) = together.other.expect("the other is more likely");
        assert_eq!(bucket, "general".into());
        assert!((0.6..0.9).contains(&confidence), "{confidence}");
        assert_eq!(
            agreements.together(&suggestion(), &says("billing")),
            None,
            "nothing is known of agreeing"
        );
    }

    #[test]
    fn a_record_of_agreeing_wrongly_takes_the_confidence_down() {
        let agreements = Agreements::of(&pairs("billing", &[("billing", 20), ("spam", 20)]));
        let together = agreements.together(&suggestion(), &says("billing")).expect("enough is decided");
        assert!((0.4..0.65).contains(&together.confidence) && together.other.is_none(), "{together:?}");
    }

    #[test]
    fn only_the_newest_fifty_are_stated() {
        let agreements = Agreements::of(&pairs("general", &[("general", 60), ("billing", 50)]));
        let record = agreements.record(Stance::Disagrees).expect("a record");
        assert_eq!((record.cases, record.newest, record.local, record.second), (110, 50, 50, 0));
    }

    #[test]
    fn every_pair_of_opinions_has_a_stance() {
        let billing = BucketId::from("billing");
        let of = |local: Option<&BucketId>, key: Option<&str>| {
            stance(local, &key.map_or(Choice::NoneOfThese, |key| Choice::Bucket { key: key.into() }))
        };
        assert_eq!(of(Some(&billing), Some("billing")), Stance::Agrees);
        assert_eq!(of(Some(&billing), Some("spam")), Stance::Disagrees);
        assert_eq!(of(None, Some("spam")), Stance::Names);
        assert_eq!(of(Some(&billing), None), Stance::FindsNone);
        assert_eq!(of(None, None), Stance::BothFindNone);
    }
}
