//! The second opinion on a suggestion as the card shows it: whether it agrees, in a sentence, how such cases ended
//! before, and the confidence that follows from that.

use crate::api::ApiError;
use crate::api::suggestions::{OpinionStance, SecondOpinionView, TrackRecord};
use domain::ports::{AdvisorRole, Choice};
use domain::{Bucket, BucketId, Suggestion, SuggestionState};
use engine::Workspace;
use engine::advice::agreement::{Agreements, LOOK_BACK, Record, Stance, Together, stance};
use engine::record::{ENOUGH, between};
use store::{GivenOpinion, OpinionState};
use triage::statistics::{Level, wilson};

/// What the card is told.
#[derive(Debug)]
pub(super) struct Second {
    pub(super) view: SecondOpinionView,
    /// The confidence of the local suggestion and what it rests on, where the record of such pairs has enough to say.
    pub(super) confidence: Option<(f64, TrackRecord)>,
}

/// The second opinion on a suggestion, why there is none, or that there will be one; `None` where nobody is asked.
pub(super) async fn of(workspace: &Workspace, suggestion: &Suggestion) -> Result<Option<Second>, ApiError> {
    let store = workspace.store();
    let said = match store.find_opinion(suggestion.id).await? {
        Some(OpinionState::Given(opinion)) => {
            let agreements = Agreements::of(&store.list_opinion_pairs(LOOK_BACK).await?);
            let buckets = store.list_buckets().await?;
            return Ok(Some(given(suggestion, &opinion, &agreements, &buckets)));
        }
        Some(OpinionState::Asked) => (OpinionStance::Asked, "The language model is being asked.".to_owned()),
        Some(OpinionState::None { why }) => (OpinionStance::None, format!("No second opinion. {why}")),
        None if suggestion.state == SuggestionState::Pending && is_asked(workspace, suggestion).await? => {
            match workspace.advice_hold() {
                Some(hold) => (OpinionStance::Waits, format!("Not asked yet. {}", hold.sentence)),
                None => (OpinionStance::Waits, "The language model will be asked.".to_owned()),
            }
        }
        None => return Ok(None),
    };
    let (stance, sentence) = said;
    let view = SecondOpinionView {
        stance,
        sentence,
        record: None,
        reason: None,
        bucket_id: None,
        model: None,
        learning: false,
    };
    Ok(Some(Second { view, confidence: None }))
}

async fn is_asked(workspace: &Workspace, suggestion: &Suggestion) -> Result<bool, ApiError> {
    if workspace.advice_role() == AdvisorRole::Off {
        return Ok(false);
    }
    let Some(below) = workspace.asked_below().await? else { return Ok(false) };
    Ok(below.is_none_or(|below| suggestion.bucket_id.is_none() || suggestion.confidence < below))
}

fn given(
    suggestion: &Suggestion,
    opinion: &GivenOpinion,
    agreements: &Agreements,
    buckets: &[Bucket],
) -> Second {
    let stance = stance(suggestion.bucket_id.as_ref(), &opinion.choice);
    let record = agreements.record(stance);
    let together = agreements.together(suggestion, opinion);
    let bucket_id = match &opinion.choice {
        Choice::Bucket { key } => Some(key.clone()),
        Choice::NoneOfThese => None,
    };
    let named = bucket_id.as_ref().map(|id| name(id, buckets)).unwrap_or_default();
    let (stance_word, sentence) = match stance {
        Stance::Agrees => (OpinionStance::Agrees, "The language model agrees.".to_owned()),
        Stance::Disagrees => {
            (OpinionStance::Disagrees, format!("The language model disagrees: it says {named}."))
        }
        Stance::Names => (OpinionStance::Names, format!("The language model says {named}.")),
        Stance::FindsNone => {
            (OpinionStance::FindsNone, "The language model finds no bucket that fits.".to_owned())
        }
        Stance::BothFindNone => {
            (OpinionStance::FindsNone, "The language model finds no bucket that fits either.".to_owned())
        }
    };
    Second {
        view: SecondOpinionView {
            stance: stance_word,
            sentence,
            record: record.and_then(|record| told(stance, record, together.as_ref(), buckets)),
            reason: Some(opinion.reason.clone()).filter(|reason| !reason.is_empty()),
            bucket_id,
            model: Some(opinion.model.clone()),
            learning: record.is_some_and(|record| record.is_learning()),
        },
        confidence: record
            .zip(together)
            .map(|(record, together)| (together.confidence, track(stance, record))),
    }
}

/// How cases of the kind ended before.
fn told(stance: Stance, record: Record, together: Option<&Together>, buckets: &[Bucket]) -> Option<String> {
    let kind = match stance {
        Stance::Agrees => "agreements",
        Stance::Disagrees => "disagreements",
        Stance::Names | Stance::FindsNone | Stance::BothFindNone => return None,
    };
    if record.is_learning() {
        return Some(format!("Still learning: {} of {ENOUGH} {kind} decided.", record.cases));
    }
    let mut sentence = match stance {
        // The confidence's own record says it.
        Stance::Agrees => return None,
        Stance::Disagrees | Stance::Names | Stance::FindsNone | Stance::BothFindNone => {
            format!("It was right {} of the last {} times they disagreed.", record.second, record.newest)
        }
    };
    if let Some((bucket, confidence)) = together.and_then(|together| together.other.as_ref()) {
        let more =
            format!(" By this record {} is more likely: {:.0} %.", name(bucket, buckets), confidence * 100.0);
        sentence.push_str(&more);
    }
    Some(sentence)
}

/// What the confidence of the local suggestion rests on.
fn track(stance: Stance, record: Record) -> TrackRecord {
    let times = match stance {
        Stance::Agrees => "times both agreed",
        Stance::Disagrees | Stance::Names | Stance::FindsNone | Stance::BothFindNone => {
            "times they disagreed"
        }
    };
    let interval = wilson(record.local as u64, record.newest as u64, Level::P95);
    let sentence =
        format!("Right {} of the last {} {times}, {}", record.local, record.newest, between(interval));
    TrackRecord {
        decisions: record.cases as u32,
        similar: record.newest as u32,
        agreed: record.local as u32,
        low: interval.low,
        high: interval.high,
        learning: false,
        sentence,
    }
}

fn name(id: &BucketId, buckets: &[Bucket]) -> String {
    let bucket = buckets.iter().find(|bucket| bucket.id == *id);
    bucket.map_or_else(|| "a bucket that is gone".to_owned(), |bucket| bucket.name.clone())
}
