//! The local model of a workspace: trained at start from the buckets' examples and the decisions recorded since,
//! and taught by each decision at once.
//!
//! The model is a cache. What it rests on (buckets and lessons) is in the database, so that it can be rebuilt at any
//! time, and taking a decision back takes its lesson back too.

use crate::error::EngineError;
use domain::{Bucket, BucketId, Conversation, Evidence, PartId};
use std::sync::{Mutex, PoisonError, RwLock};
use store::{LessonRow, Store};
use triage::{BucketSeed, Lesson, LocalModel, OwnedMessage, Verdict};

/// How many earlier messages are given as context.
const TURNS: usize = 3;
/// How many lessons are replayed when the model is rebuilt.
const REPLAYED: u32 = 5_000;
/// The weight of a lesson from an approval.
pub(crate) const APPROVED: f32 = 1.0;
/// The weight of a lesson from a correction: it says more, because it was wrong before.
pub(crate) const CORRECTED: f32 = 3.0;

/// What the model says of a conversation.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assessment {
    pub(crate) part_id: PartId,
    pub(crate) outcome: Outcome,
    pub(crate) model_version: String,
}

/// A bucket, or why there is none.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Outcome {
    Bucket {
        bucket_id: BucketId,
        confidence: f64,
        probabilities: Vec<(BucketId, f64)>,
        evidence: Vec<Evidence>,
    },
    Nothing(String),
}

/// The model and its state of training.
#[derive(Debug)]
pub struct Learner {
    model: RwLock<LocalModel>,
    /// Lessons given while a new model is being trained, to be given to that one too.
    meanwhile: Mutex<Vec<Lesson>>,
    training: tokio::sync::Mutex<Counts>,
    counts: Mutex<Counts>,
}

/// What the model was made from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Example messages of the buckets.
    pub examples: u32,
    /// Lessons from decisions.
    pub lessons: u32,
}

impl Learner {
    /// A model trained from what the store holds.
    pub async fn open(store: &Store) -> Result<Self, EngineError> {
        let learner = Self {
            model: RwLock::new(LocalModel::train(&[], &[])),
            meanwhile: Mutex::new(Vec::new()),
            training: tokio::sync::Mutex::new(Counts::default()),
            counts: Mutex::new(Counts::default()),
        };
        learner.retrain(store).await?;
        Ok(learner)
    }

    /// Trains anew from what the store holds, away from the threads that answer people.
    pub async fn retrain(&self, store: &Store) -> Result<(), EngineError> {
        let mut training = self.training.lock().await;
        self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let seeds: Vec<BucketSeed> = store.list_buckets().await?.into_iter().map(seed).collect();
        let lessons: Vec<Lesson> =
            store.list_lessons(REPLAYED).await?.into_iter().filter_map(lesson).collect();
        *training = Counts {
            examples: seeds.iter().map(|seed| seed.examples.len()).sum::<usize>() as u32,
            lessons: lessons.len() as u32,
        };
        let trained = tokio::task::spawn_blocking(move || LocalModel::train(&seeds, &lessons)).await;
        let Ok(mut trained) = trained else {
            return Err(EngineError::BadInput("The local model could not be trained.".to_owned()));
        };
        let meanwhile = std::mem::take(&mut *self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner));
        for lesson in &meanwhile {
            trained.learn(lesson);
        }
        training.lessons += meanwhile.len() as u32;
        *self.model.write().unwrap_or_else(PoisonError::into_inner) = trained;
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = *training;
        Ok(())
    }

    /// Teaches the model one decision.
    pub(crate) fn learn(&self, lesson: Lesson) {
        self.model.write().unwrap_or_else(PoisonError::into_inner).learn(&lesson);
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).lessons += 1;
        if self.training.try_lock().is_err() {
            self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner).push(lesson);
        }
    }

    /// The model's version.
    pub fn version(&self) -> String {
        self.model.read().unwrap_or_else(PoisonError::into_inner).version()
    }

    /// What the model was made from.
    pub fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the model says of the newest unanswered message; `None` when there is none.
    pub(crate) fn assess(&self, conversation: &Conversation) -> Option<Assessment> {
        let (part, message) = message_of(conversation)?;
        let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
        let outcome = match model.classify(&message.as_message()) {
            Verdict::Suggested(found) => Outcome::Bucket {
                bucket_id: found.bucket.into(),
                confidence: found.confidence,
                probabilities: found.probabilities.into_iter().map(|(key, p)| (key.into(), p)).collect(),
                evidence: found.evidence.into_iter().map(evidence).collect(),
            },
            Verdict::Nothing => Outcome::Nothing(nothing(conversation, &part)),
        };
        Some(Assessment { part_id: part, outcome, model_version: model.version() })
    }
}

/// The newest unanswered message with its context, in the model's terms.
pub(crate) fn message_of(conversation: &Conversation) -> Option<(PartId, OwnedMessage)> {
    let (part, earlier) = conversation.newest_with_context(TURNS)?;
    let message = OwnedMessage {
        subject: conversation.subject.clone(),
        newest: part.text.clone().unwrap_or_default(),
        earlier: earlier.into_iter().map(str::to_owned).collect(),
    };
    Some((part.id.clone(), message))
}

fn nothing(conversation: &Conversation, part: &PartId) -> String {
    let files = conversation.parts.iter().find(|p| p.id == *part).map_or(0, |p| p.attachments.len());
    match files {
        0 => "The message has no text to classify.".to_owned(),
        1 => "The message is only a file: nothing to classify.".to_owned(),
        more => format!("The message is only {more} files: nothing to classify."),
    }
}

fn seed(bucket: Bucket) -> BucketSeed {
    BucketSeed {
        key: bucket.id.0,
        description: format!("{}. {}", bucket.name, bucket.description),
        examples: bucket.examples,
    }
}

fn lesson(row: LessonRow) -> Option<Lesson> {
    let message = serde_json::from_value(row.message).ok()?;
    Some(Lesson { message, bucket: row.bucket_id.0, weight: row.weight as f32 })
}

fn evidence(found: triage::Evidence) -> Evidence {
    Evidence { text: found.text, start: found.start as u32, end: found.end as u32, weight: found.weight }
}
