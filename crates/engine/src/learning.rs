//! The local model of a workspace: trained at start from the buckets' examples and the decisions recorded since,
//! and taught by each decision at once.
//!
//! The model is a cache. What it rests on (buckets and lessons) is in the database, so that it can be rebuilt at any
//! time, and taking a decision back takes its lesson back too. What a training gave is saved, so that a start need not
//! train; whenever so much was decided since that another training is worth its time, it runs in the background.

mod explaining;
mod saved;

pub use explaining::{Explanation, Resemblance};

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::Clock;
use domain::{Bucket, BucketId, Conversation, DecisionId, Evidence, NONE_OF_THESE, PartId, Suggestion};
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use store::{LessonId, LessonRow, Store};
use tokio::sync::Notify;
use triage::statistics::WordCount;
use triage::{BucketSeed, Lesson, LocalModel, OwnedMessage, Stance, Verdict};

/// How many earlier messages are given as context.
const TURNS: usize = 3;
/// How many lessons are replayed at least when the model is rebuilt, of more; and in what steps older ones go, so that
/// a saved model stays of use while lessons come in.
const REPLAYED: u32 = 5_000;
const FORGOTTEN_AT_ONCE: u32 = 1_000;
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
    /// The model stands by no bucket, though it has probabilities and words for each.
    Unsure {
        reason: String,
        probabilities: Vec<(BucketId, f64)>,
        evidence: Vec<Evidence>,
    },
    Nothing(String),
}

/// The model and its state of training.
#[derive(Debug)]
pub struct Learner {
    model: RwLock<LocalModel>,
    /// What taught each lesson that the model was given, in order. Written only while the model is held for writing.
    taught_by: RwLock<Vec<LessonId>>,
    /// Lessons given while a new model is being trained, to be given to that one too.
    meanwhile: Mutex<Vec<(LessonId, Lesson)>>,
    training: tokio::sync::Mutex<Counts>,
    counts: Mutex<Counts>,
    /// Why the model that was saved last is not the one in use, until another is saved.
    problem: Mutex<Option<String>>,
    /// Told when another training is due.
    due: Notify,
    clock: Arc<dyn Clock>,
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
    /// The model that was saved last, with what was decided since; trained anew where none can be used.
    pub async fn open(store: &Store, clock: Arc<dyn Clock>) -> Result<Self, EngineError> {
        let learner = Self {
            model: RwLock::new(LocalModel::train(&[], &[])),
            taught_by: RwLock::default(),
            meanwhile: Mutex::new(Vec::new()),
            training: tokio::sync::Mutex::new(Counts::default()),
            counts: Mutex::new(Counts::default()),
            problem: Mutex::new(None),
            due: Notify::new(),
            clock,
        };
        let log = Log::read(store).await?;
        let (counts, ids) = (log.counts(), log.ids.clone());
        let models = store.list_models().await?;
        let found = away(move || saved::newest(&models, &log.seeds, &log.lessons)).await?;
        if let Some((id, model)) = found.model {
            if found.passed_over {
                store.remove_models(Some(id)).await?;
            }
            *learner.model.write().unwrap_or_else(PoisonError::into_inner) = model;
            *learner.taught_by.write().unwrap_or_else(PoisonError::into_inner) = ids;
            *learner.counts.lock().unwrap_or_else(PoisonError::into_inner) = counts;
            learner.tell_if_due();
        } else {
            // What was made from other decisions may know what is not to be known any more.
            store.remove_models(None).await?;
            learner.retrain(store).await?;
        }
        *learner.problem.lock().unwrap_or_else(PoisonError::into_inner) = found.problem;
        Ok(learner)
    }

    /// Trains anew from what the store holds, away from the threads that answer people, and saves what came of it.
    pub async fn retrain(&self, store: &Store) -> Result<(), EngineError> {
        self.retrain_telling(store, |_, _| {}).await
    }

    /// The same, telling of how many steps how many are done. Told from other threads.
    pub(crate) async fn retrain_telling(
        &self,
        store: &Store,
        tell: impl Fn(u32, u32) + Send + Sync + 'static,
    ) -> Result<(), EngineError> {
        let mut training = self.training.lock().await;
        self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let log = Log::read(store).await?;
        *training = log.counts();
        let mut ids = log.ids.clone();
        let (mut trained, bytes) = away(move || {
            let trained = LocalModel::train_telling(&log.seeds, &log.lessons, &tell);
            let bytes = trained.to_bytes();
            (trained, bytes)
        })
        .await?;
        // Saved as it came from the log: what is learned beside it may come in another order than it stands there.
        match store.insert_model(&trained.version(), &bytes, self.clock.now()).await {
            Ok(()) => *self.problem.lock().unwrap_or_else(PoisonError::into_inner) = None,
            Err(error) => {
                tracing::warn!(%error, "The local model could not be saved; the next start trains it");
            }
        }
        // Whoever learns a lesson notes it here while they hold the model: none falls between the two.
        let mut model = self.model.write().unwrap_or_else(PoisonError::into_inner);
        let meanwhile = std::mem::take(&mut *self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner));
        for (id, lesson) in &meanwhile {
            // It was in the log already if it was recorded just before that was read.
            if !ids.contains(id) {
                trained.learn(lesson);
                ids.push(*id);
                training.lessons += 1;
            }
        }
        *model = trained;
        *self.taught_by.write().unwrap_or_else(PoisonError::into_inner) = ids;
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = *training;
        Ok(())
    }

    /// Trains anew after lessons were erased, and leaves nothing that was made from them.
    pub async fn unlearn(&self, store: &Store) -> Result<(), EngineError> {
        store.remove_models(None).await?;
        self.retrain(store).await
    }

    fn is_due(&self) -> bool {
        self.model.read().unwrap_or_else(PoisonError::into_inner).is_refit_due()
    }

    fn tell_if_due(&self) {
        if self.is_due() {
            self.due.notify_one();
        }
    }

    /// Teaches the model one decision.
    pub(crate) fn learn(&self, decision: DecisionId, lesson: Lesson) {
        let id = LessonId::Decision(decision);
        let mut model = self.model.write().unwrap_or_else(PoisonError::into_inner);
        let mut taught_by = self.taught_by.write().unwrap_or_else(PoisonError::into_inner);
        if taught_by.contains(&id) {
            // A training that has just ended has read it from the log.
            return;
        }
        model.learn(&lesson);
        taught_by.push(id);
        drop(taught_by);
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).lessons += 1;
        if self.training.try_lock().is_err() {
            self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner).push((id, lesson));
        }
        drop(model);
        self.tell_if_due();
    }

    /// Why the model that was saved last is not the one in use, in words.
    pub fn problem(&self) -> Option<String> {
        self.problem.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The model's version.
    pub fn version(&self) -> String {
        self.model.read().unwrap_or_else(PoisonError::into_inner).version()
    }

    /// What the model was made from.
    pub fn counts(&self) -> Counts {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many words of a message the model knows.
    pub(crate) fn count_words(&self, message: &OwnedMessage) -> WordCount {
        let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
        model.count_words(&message.as_message())
    }

    /// What the model says of the newest unanswered message; `None` when there is none.
    pub(crate) fn assess(&self, conversation: &Conversation) -> Option<Assessment> {
        let (part, message) = message_of(conversation)?;
        let model = self.model.read().unwrap_or_else(PoisonError::into_inner);
        let outcome = match model.classify(&message.as_message()) {
            Verdict::Suggested(found) => {
                let probabilities = found.probabilities.into_iter().map(|(key, p)| (key.into(), p)).collect();
                let evidence = found.evidence.into_iter().map(evidence).collect();
                match found.stance.sentence() {
                    None => Outcome::Bucket {
                        bucket_id: found.bucket.into(),
                        confidence: found.confidence,
                        probabilities,
                        evidence,
                    },
                    Some(reason) => Outcome::Unsure { reason: reason.to_owned(), probabilities, evidence },
                }
            }
            Verdict::Nothing => Outcome::Nothing(nothing(conversation, &part)),
        };
        Some(Assessment { part_id: part, outcome, model_version: model.version() })
    }
}

/// Trains anew whenever that is worth its time, as long as the workspace is open.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        workspace.learner.due.notified().await;
        if !workspace.learner.is_due() {
            continue;
        }
        match workspace.learner.retrain(&workspace.store).await {
            Ok(()) => workspace.events.changed(["health"]),
            Err(error) => tracing::error!(%error, "The local model could not be trained anew"),
        }
    }
}

/// Whether a suggestion says that the message is none of the buckets.
pub(crate) fn says_none_of_these(suggestion: &Suggestion) -> bool {
    suggestion.bucket_id.is_none() && suggestion.nothing.as_deref() == Stance::NoneOfThese.sentence()
}

/// What a model is made from.
struct Log {
    seeds: Vec<BucketSeed>,
    lessons: Vec<Lesson>,
    /// What taught each of the lessons.
    ids: Vec<LessonId>,
}

impl Log {
    async fn read(store: &Store) -> Result<Self, EngineError> {
        let all = store.count_lessons().await?;
        let forgotten = all.saturating_sub(REPLAYED) / FORGOTTEN_AT_ONCE * FORGOTTEN_AT_ONCE;
        let rows = store.list_lessons(all - forgotten).await?;
        let seeds: Vec<BucketSeed> = store.list_buckets().await?.into_iter().map(seed).collect();
        let placed: HashSet<String> =
            seeds.iter().flat_map(|seed| &seed.examples).map(|text| folded(text)).collect();
        // What was none of the buckets, and has become an example of one since, is what the example says.
        let is_placed = |lesson: &Lesson| {
            lesson.bucket == NONE_OF_THESE && placed.contains(&folded(&lesson.message.newest))
        };
        let (ids, lessons) =
            rows.into_iter().filter_map(lesson).filter(|(_, lesson)| !is_placed(lesson)).unzip();
        Ok(Self { seeds, lessons, ids })
    }

    fn counts(&self) -> Counts {
        Counts {
            examples: self.seeds.iter().map(|seed| seed.examples.len()).sum::<usize>() as u32,
            lessons: self.lessons.len() as u32,
        }
    }
}

/// Does long work away from the threads that answer people.
async fn away<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| EngineError::BadInput("The local model could not be trained.".to_owned()))
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

fn lesson(row: LessonRow) -> Option<(LessonId, Lesson)> {
    let message = serde_json::from_value(row.message).ok()?;
    Some((row.id, Lesson { message, bucket: row.bucket_id.0, weight: row.weight as f32 }))
}

/// A text as it is compared with examples.
pub(crate) fn folded(text: &str) -> String {
    text.trim().to_lowercase()
}

fn evidence(found: triage::Evidence) -> Evidence {
    Evidence { text: found.text, start: found.start as u32, end: found.end as u32, weight: found.weight }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::SystemClock;
    use domain::Timestamp;

    #[tokio::test]
    async fn a_start_reads_what_was_trained_before_and_trains_where_it_cannot() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("workspace.sqlite")).await.unwrap();
        let open = async || Learner::open(&store, Arc::new(SystemClock)).await.unwrap();
        let ids = async || -> Vec<i64> {
            store.list_models().await.unwrap().into_iter().map(|model| model.id).collect()
        };
        let trained = open().await;
        assert_eq!(ids().await, [1], "what was trained is saved");
        let read = open().await;
        assert_eq!(ids().await, [1], "and read, not trained again");
        assert_eq!((read.version(), read.problem()), (trained.version(), None));

        let mut damaged = store.list_models().await.unwrap().remove(0).bytes;
        let last = damaged.len() - 1;
        damaged[last] ^= 1;
        store.insert_model("damaged", &damaged, Timestamp(1)).await.unwrap();
        let fallen_back = open().await;
        assert_eq!(fallen_back.version(), trained.version());
        assert_eq!(
            fallen_back.problem().as_deref(),
            Some("The saved model is damaged: the one before it is used")
        );
        assert_eq!(ids().await, [1], "the damaged one is not kept in place of the whole one");

        fallen_back.retrain(&store).await.unwrap();
        assert_eq!((fallen_back.problem(), ids().await), (None, vec![3, 1]));
        fallen_back.unlearn(&store).await.unwrap();
        assert_eq!(ids().await, [4], "nothing of before is left");
        store.close().await;
    }
}
