//! Why the model says what it says of a message: words for and against, what would flip it, and the past decisions
//! that it is like.
//!
//! It is asked for when a person looks, not when a suggestion is made: 26 more answers of the model and one pass over
//! the lessons. What it tells is of the model as it is now, which may have learned since the suggestion was made.

use super::{Learner, evidence, message_of};
use domain::{BucketId, Conversation, Evidence, PartId};
use std::sync::PoisonError;
use store::LessonId;
use triage::Verdict;

/// Past decisions that are shown.
const MOST_SIMILAR: usize = 3;
/// More are looked up, since some may have been taken back a moment ago.
pub(crate) const LOOKED_UP: usize = 2 * MOST_SIMILAR;

/// Why the model says what it says.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The message.
    pub part_id: PartId,
    /// The bucket that is most probable now.
    pub bucket_id: BucketId,
    /// Its probability.
    pub confidence: f64,
    /// The words that weighed most for it and against it, in the order of the text.
    pub words: Vec<Evidence>,
    /// The probability that is left to it without the words for it; `None` where nothing would be left to read, or there
    /// are no such words.
    pub without: Option<f64>,
    /// The fewest words without which it would be another bucket, and which (none where nothing would be left to go by);
    /// `None` where it stays even without all.
    pub flip: Option<(Vec<String>, Option<BucketId>)>,
    /// Lessons that it is like, the most alike first.
    pub similar: Vec<Resemblance>,
}

/// A lesson that a message resembles.
#[derive(Debug, Clone, PartialEq)]
pub struct Resemblance {
    /// What taught it.
    pub lesson: LessonId,
    /// How alike the two are, 0 to 1.
    pub likeness: f64,
}

impl Learner {
    /// Why the model says what it says of the newest unanswered message; `None` where there is nothing to read.
    pub fn explain(&self, conversation: &Conversation) -> Option<Explanation> {
        let (part_id, message) = message_of(conversation)?;
        let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
        let taught_by = self.taught_by.read().unwrap_or_else(PoisonError::into_inner);
        let message = message.as_message();
        let Verdict::Suggested(found) = model.classify(&message) else { return None };
        let flip = model.flip(&message, &found).map(|flip| {
            let words = flip.evidence.iter().filter_map(|place| found.evidence.get(*place));
            (words.map(|piece| piece.text.clone()).collect(), flip.bucket.map(BucketId))
        });
        let speaks_for = found.evidence.iter().any(|piece| piece.weight > 0.0);
        let similar = model.similar(&message, LOOKED_UP).into_iter().filter_map(|similar| {
            Some(Resemblance { lesson: *taught_by.get(similar.lesson)?, likeness: similar.likeness })
        });
        Some(Explanation {
            part_id,
            without: speaks_for.then(|| model.without_evidence(&message, &found)).flatten(),
            flip,
            similar: similar.collect(),
            bucket_id: found.bucket.into(),
            confidence: found.confidence,
            words: found.evidence.into_iter().map(evidence).collect(),
        })
    }
}
