//! What the words of messages say: whether customers write of something else than before, and whether a bucket is missing.

use super::{DAY_MS, lately};
use crate::error::EngineError;
use crate::learning::folded;
use crate::workspace::Workspace;
use domain::{NONE_OF_THESE, SuggestionId, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use store::{LessonId, LessonRow, Marked, UnplacedRow};
use triage::OwnedMessage;
use triage::insights::{Proposals, Unplaced, Vocabulary, propose_buckets, vocabulary};

/// Lessons that are read: the newest.
const READ: u32 = 5_000;
/// Messages that make a proposal.
const LEAST_MESSAGES: usize = 3;
/// Messages that a proposal hands on as examples.
const MOST_EXAMPLES: usize = 40;

/// What the words of messages say.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// Whether customers write of something else.
    pub vocabulary: Vocabulary,
    /// Buckets that may be missing.
    pub proposals: Vec<ProposedBucket>,
    /// Messages that belong to no bucket and were looked at.
    pub unplaced: u32,
}

/// A bucket that may be missing.
#[derive(Debug, Clone, PartialEq)]
pub struct ProposedBucket {
    /// The words that set its messages apart.
    pub words: Vec<String>,
    /// Its messages, the most typical first; forty at most.
    pub examples: Vec<String>,
    /// How many messages there are.
    pub messages: u32,
    /// Where they are from, in the order of the examples.
    pub suggestions: Vec<SuggestionId>,
}

type Frame = (Marked, String, i64);

/// What is kept until decisions, buckets or the day change.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Option<(Frame, Arc<Words>)>>);

impl Workspace {
    /// What the words of messages say.
    pub async fn words(&self) -> Result<Arc<Words>, EngineError> {
        let now = self.clock.now();
        let frame = (self.store.decisions_marks(), self.learner.version(), now.0.div_euclid(DAY_MS));
        if let Some((made_in, words)) = &*self.insights.words.0.lock().unwrap_or_else(PoisonError::into_inner)
            && *made_in == frame
        {
            return Ok(Arc::clone(words));
        }
        let lessons = self.store.list_lessons(READ).await?;
        let unplaced = self.store.list_unplaced(READ).await?;
        let buckets = self.store.list_buckets().await?;
        let examples: Vec<String> = buckets.into_iter().flat_map(|bucket| bucket.examples).collect();
        let made =
            tokio::task::spawn_blocking(move || Arc::new(read(&lessons, unplaced, &examples, lately(now))));
        let words =
            made.await.map_err(|_| EngineError::BadInput("The words could not be read.".to_owned()))?;
        let kept = Some((frame, Arc::clone(&words)));
        *self.insights.words.0.lock().unwrap_or_else(PoisonError::into_inner) = kept;
        Ok(words)
    }
}

fn read(lessons: &[LessonRow], unplaced: Vec<UnplacedRow>, examples: &[String], since: Timestamp) -> Words {
    let texts: Vec<(&LessonRow, String)> =
        lessons.iter().filter_map(|lesson| Some((lesson, text_of(&lesson.message)?))).collect();
    // What was imported is history, whenever it was imported.
    let is_late = |lesson: &LessonRow| matches!(lesson.id, LessonId::Decision(_)) && lesson.at >= since;
    let of = |late: bool| -> Vec<&str> {
        let some = texts.iter().filter(|(lesson, _)| is_late(lesson) == late);
        some.map(|(_, text)| text.as_str()).collect()
    };
    let vocabulary = vocabulary(examples.iter().map(String::as_str), &of(false), &of(true));

    let placed: HashSet<String> = examples.iter().map(|text| folded(text)).collect();
    let unplaced: Vec<(SuggestionId, String)> = unplaced
        .into_iter()
        .filter_map(|row| Some((row.suggestion_id, text_of(&row.message)?)))
        .filter(|(_, text)| !placed.contains(&folded(text)))
        .collect();
    let ordinary: Vec<&str> = texts
        .iter()
        .filter(|(lesson, _)| lesson.bucket_id.as_str() != NONE_OF_THESE)
        .map(|(_, text)| text.as_str())
        .chain(examples.iter().map(String::as_str))
        .collect();
    let asked: Vec<Unplaced<'_>> = unplaced.iter().map(|(id, text)| Unplaced { id: *id, text }).collect();
    let Proposals { groups, looked_at, .. } = propose_buckets(&asked, &ordinary, LEAST_MESSAGES);
    let text_by_id: HashMap<SuggestionId, &str> =
        unplaced.iter().map(|(id, text)| (*id, text.as_str())).collect();
    let proposals = groups.into_iter().map(|group| {
        let shown = group.members.iter().take(MOST_EXAMPLES).copied().collect::<Vec<_>>();
        ProposedBucket {
            words: group.words,
            messages: group.members.len() as u32,
            examples: shown
                .iter()
                .filter_map(|id| text_by_id.get(id))
                .map(|text| (*text).to_owned())
                .collect(),
            suggestions: shown,
        }
    });
    Words { vocabulary, proposals: proposals.collect(), unplaced: looked_at }
}

/// The newest text of a message, as lessons keep it.
fn text_of(message: &serde_json::Value) -> Option<String> {
    let message: OwnedMessage = serde_json::from_value(message.clone()).ok()?;
    Some(message.newest).filter(|text| !text.trim().is_empty())
}
