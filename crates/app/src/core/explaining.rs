//! `suggestions.explain`: why the local model says what it says, in words.

use super::Core;
use crate::api::insights::{Explanation, SimilarDecision};
use crate::api::suggestions::GetSuggestion;
use crate::api::{ApiError, ErrorCode};
use domain::{Bucket, BucketId, DecisionKind, Evidence, NONE_OF_THESE};
use engine::Workspace;
use engine::learning::Explanation as Found;
use std::sync::Arc;
use store::LessonDetail;

/// Past decisions that are shown.
const MOST_SIMILAR: usize = 3;

impl Core {
    pub(super) async fn suggestions_explain(&self, input: GetSuggestion) -> Result<Explanation, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let store = workspace.store();
        let suggestion = store
            .find_suggestion(input.suggestion_id)
            .await?
            .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such suggestion."))?;
        // Of a check nothing is told before it is decided.
        let judgement = store.find_judgement(suggestion.id).await?;
        let is_check = suggestion.state.is_open() && judgement.is_some_and(|judgement| judgement.blind);
        let conversation =
            if is_check { None } else { store.find_conversation(&suggestion.conversation_id).await? };
        let asked = Arc::clone(&workspace);
        let found = tokio::task::spawn_blocking(move || {
            conversation.and_then(|conversation| asked.learner().explain(&conversation))
        });
        let found =
            found.await.map_err(|_| ApiError::new(ErrorCode::Internal, "The model did not answer."))?;
        let Some(found) = found.filter(|found| found.part_id == suggestion.part_id) else {
            return Ok(Explanation {
                suggestion_id: suggestion.id,
                bucket_id: None,
                words_for: vec![],
                words_against: vec![],
                without: None,
                without_confidence: None,
                flip: None,
                learned_since: None,
                similar: vec![],
            });
        };
        let buckets = store.list_buckets().await?;
        let similar = similar(&workspace, &found, &buckets).await?;
        let (words_for, words_against) = apart(&found.words);
        let learned_since = match &suggestion.bucket_id {
            Some(suggested) if *suggested != found.bucket_id => Some(format!(
                "The model has learned since: it would now say {}, {:.0} %.",
                name(&found.bucket_id, &buckets),
                found.confidence * 100.0
            )),
            Some(_) | None => None,
        };
        Ok(Explanation {
            suggestion_id: suggestion.id,
            without: found.without.map(|left| {
                let (left, now) = (left * 100.0, found.confidence * 100.0);
                format!("Without these words: {left:.0} % instead of {now:.0} %.")
            }),
            without_confidence: found.without,
            flip: flip(&found, &buckets),
            bucket_id: Some(found.bucket_id),
            words_for,
            words_against,
            learned_since,
            similar,
        })
    }
}

fn apart(words: &[Evidence]) -> (Vec<Evidence>, Vec<Evidence>) {
    let (mut words_for, mut words_against): (Vec<Evidence>, Vec<Evidence>) =
        words.iter().cloned().partition(|word| word.weight > 0.0);
    words_for.sort_by(|one, other| other.weight.total_cmp(&one.weight));
    words_against.sort_by(|one, other| one.weight.total_cmp(&other.weight));
    (words_for, words_against)
}

/// What would lead to another bucket.
fn flip(found: &Found, buckets: &[Bucket]) -> Option<String> {
    let speaks_for = found.words.iter().any(|word| word.weight > 0.0);
    match &found.flip {
        Some((words, Some(bucket))) => {
            Some(format!("Without {} it would be {}.", quoted(words), name(bucket, buckets)))
        }
        Some((words, None)) => Some(format!("Without {} there would be nothing to go by.", quoted(words))),
        None if speaks_for => {
            Some(format!("It would be {} even without these words.", name(&found.bucket_id, buckets)))
        }
        None => None,
    }
}

fn quoted(words: &[String]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("“{word}”")).collect();
    match quoted.as_slice() {
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
        [] => String::new(),
    }
}

async fn similar(
    workspace: &Workspace,
    found: &Found,
    buckets: &[Bucket],
) -> Result<Vec<SimilarDecision>, ApiError> {
    let mut similar = Vec::new();
    for one in &found.similar {
        if similar.len() == MOST_SIMILAR {
            break;
        }
        // What was taken back a moment ago is not there any more, though the model may not have unlearned it yet.
        if let Some(lesson) = workspace.store().find_lesson(one.lesson).await? {
            similar.push(SimilarDecision {
                decided: decided(&lesson, buckets),
                bucket_id: Some(lesson.bucket_id).filter(|bucket| bucket.as_str() != NONE_OF_THESE),
                conversation_id: lesson.conversation_id.filter(|_| lesson.is_kept),
                preview: lesson.preview,
                at: lesson.at,
                likeness: one.likeness,
            });
        }
    }
    Ok(similar)
}

/// What was decided, in words.
fn decided(lesson: &LessonDetail, buckets: &[Bucket]) -> String {
    let bucket = name(&lesson.bucket_id, buckets);
    match lesson.kind {
        Some(DecisionKind::Approved) => format!("Approved as {bucket}"),
        Some(DecisionKind::Edited) => format!("Approved as {bucket}, reply edited"),
        Some(DecisionKind::Corrected) => format!("Corrected to {bucket}"),
        Some(DecisionKind::NoneOfThese | DecisionKind::Rejected) => "None of these".to_owned(),
        Some(DecisionKind::Snoozed | DecisionKind::Noted) => bucket,
        None => format!("Imported as {bucket}"),
    }
}

/// What a bucket is called.
pub(super) fn name(id: &BucketId, buckets: &[Bucket]) -> String {
    if id.as_str() == NONE_OF_THESE {
        return "none of these".to_owned();
    }
    let bucket = buckets.iter().find(|bucket| bucket.id == *id);
    bucket.map_or_else(|| format!("{id} (removed)"), |bucket| bucket.name.clone())
}
