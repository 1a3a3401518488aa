//! The model that the product holds: trained from buckets, answers messages, learns from each decision.

use crate::buckets::BucketSeed;
use crate::calibration::{Calibration, Habits, Trial, familiarity};
use crate::evidence;
use crate::features::{FEATURES_VERSION, Features};
use crate::memory::{Memory, Recalled};
use crate::message::{Lesson, Message};
use crate::random::Draws;
use crate::training::{self, Example, all_cells, known_cells, learn_names};
use crate::verdict::{Classification, Verdict};
use crate::weights::{Known, Pace, Weights, row_of};
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

/// Changes whenever the same buckets and lessons would give another model.
const MODEL_VERSION: u64 = 1;

/// Pace of the weights from lesson to lesson. It is slow: what must hold at once is the memory's.
const RATE: f32 = 0.05;
/// Earlier examples gone over again after each lesson, so that it does not unlearn them.
const REPLAYS: usize = 3;
/// A lesson comes up for replay as if it stood in the examples this often.
const LESSON_COPIES: usize = 2;
/// Lessons kept for replay, and trials kept for the temperature.
const KEPT_LESSONS: usize = 1_000;
const KEPT_TRIALS: usize = 400;
/// Trials before the temperature follows the lessons, and lessons between two fits.
const FIRST_FIT: usize = 30;
const FIT_EVERY: u64 = 25;

/// The local classifier.
///
/// Cloning is cheap: a clone shares its weights until one of the two learns.
#[derive(Clone)]
pub struct LocalModel {
    buckets: Arc<[String]>,
    weights: Arc<Weights>,
    known: Arc<Known>,
    /// As the seeds gave it, and as the lessons have moved it since.
    seeded: Calibration,
    calibration: Calibration,
    habits: Habits,
    seeds: Arc<[Example]>,
    lessons: VecDeque<Example>,
    memory: Memory,
    trials: VecDeque<Trial>,
    lesson_count: u64,
    fingerprint: u64,
}

impl LocalModel {
    /// Learns the examples of the buckets, and then the lessons in their order.
    ///
    /// The same input gives the same model. A key that comes twice is one bucket.
    pub fn train(buckets: &[BucketSeed], lessons: &[Lesson]) -> Self {
        let buckets = merged(buckets);
        let trained = training::train(&buckets);
        let mut model = Self {
            buckets: buckets.iter().map(|bucket| bucket.key.clone()).collect(),
            weights: Arc::new(trained.weights),
            known: Arc::new(trained.known),
            seeded: trained.calibration,
            calibration: trained.calibration,
            habits: trained.habits,
            seeds: trained.examples.into(),
            lessons: VecDeque::new(),
            memory: Memory::default(),
            trials: VecDeque::new(),
            lesson_count: 0,
            fingerprint: fingerprint_of(&buckets),
        };
        for lesson in lessons {
            model.learn(lesson);
        }
        model
    }

    /// The bucket of a message. It is [`Verdict::Nothing`] where neither the newest text, the subject nor an earlier
    /// text has a word, an emoji or a telling sign.
    pub fn classify<'a, E: AsRef<[&'a str]>>(&self, message: &Message<'a, E>) -> Verdict {
        let Some(features) = Features::of(message).filter(|_| !self.buckets.is_empty()) else {
            return Verdict::Nothing;
        };
        let recalled = self.memory.recall(&features, &self.known);
        let trial = self.answer(&features, &recalled, 0);
        let mut ranked: Vec<(usize, f64)> = self
            .calibration
            .probabilities(&trial.scores, trial.familiarity, &self.habits)
            .into_iter()
            .enumerate()
            .collect();
        ranked.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
        let name = |index: usize| self.buckets.get(index).cloned().unwrap_or_default();
        let Some(&(best, confidence)) = ranked.first() else { return Verdict::Nothing };
        let sharp = self.calibration.sharp(&trial.scores);
        let margins = evidence::Margins::new(best, &sharp, self.calibration, trial.familiarity);
        let row = |hash| self.known.contains(hash).then(|| self.weights.row(row_of(hash)));
        let evidence = evidence::find(message.newest, &features, &margins, row, &recalled);
        Verdict::Suggested(Classification {
            bucket: name(best),
            confidence,
            probabilities: ranked.into_iter().map(|(index, share)| (name(index), share)).collect(),
            evidence,
            model_version: self.version(),
        })
    }

    /// Learns one decision. A lesson for a bucket that the model does not have, without text, or of no weight
    /// changes nothing.
    pub fn learn(&mut self, lesson: &Lesson) {
        let weight = if lesson.weight.is_finite() { lesson.weight.clamp(0.0, 10.0) } else { 0.0 };
        let target = self.buckets.iter().position(|key| *key == lesson.bucket);
        let (Some(target), true) = (target, weight > 0.0) else { return };
        let Some(features) = Features::of(&lesson.message.as_message()) else { return };

        let recalled = self.memory.recall(&features, &self.known);
        let trial = self.answer(&features, &recalled, target);
        let said = self.calibration.sharp(&trial.scores);
        self.try_out(trial);
        learn_names(Arc::make_mut(&mut self.known), &features);
        self.memory.keep(&features, &self.known, &said, target, weight);
        let example = Example { cells: all_cells(&features).into(), target, weight };
        let pace = self.pace();
        Arc::make_mut(&mut self.weights).step(&example.cells, target, weight, pace);
        self.habits.add(target, weight);
        self.lesson_count += 1;
        self.fingerprint = fingerprint_with(self.fingerprint, lesson);
        self.replay();
        self.lessons.push_back(example);
        if self.lessons.len() > KEPT_LESSONS {
            self.lessons.pop_front();
        }
    }

    /// Names the exact state of the model, as `local-1-2f6c0b1d9a3e-17`: the kind and version of the model, a
    /// fingerprint of its buckets and lessons, and the number of lessons learned.
    pub fn version(&self) -> String {
        format!("local-{MODEL_VERSION}-{:012x}-{}", self.fingerprint >> 16, self.lesson_count)
    }

    fn answer(&self, features: &Features, recalled: &Recalled, truth: usize) -> Trial {
        let mut scores = self.weights.scores(&known_cells(features, &self.known));
        for (score, lessons) in scores.iter_mut().zip(&recalled.scores) {
            *score += lessons * self.calibration.temperature() as f32;
        }
        Trial {
            scores,
            familiarity: familiarity(&features.coverage(|hash| self.known.contains(hash))),
            truth,
        }
    }

    /// Keeps what the model would have said before the lesson, and lets the temperature follow such trials.
    fn try_out(&mut self, trial: Trial) {
        self.trials.push_back(trial);
        if self.trials.len() > KEPT_TRIALS {
            self.trials.pop_front();
        }
        if self.trials.len() >= FIRST_FIT && self.lesson_count.is_multiple_of(FIT_EVERY) {
            self.calibration = self.seeded.warmed(self.trials.make_contiguous(), &self.habits);
        }
    }

    fn pace(&self) -> Pace {
        Pace { rate: RATE, temperature: self.calibration.temperature() as f32 }
    }

    fn replay(&mut self) {
        let pace = self.pace();
        let weights = Arc::make_mut(&mut self.weights);
        let mut lots = Draws::new(self.fingerprint);
        let all = self.seeds.len() + LESSON_COPIES * self.lessons.len();
        for _ in 0..REPLAYS.min(all) {
            let drawn = lots.below(all);
            let example = match drawn.checked_sub(self.seeds.len()) {
                None => self.seeds.get(drawn),
                Some(rest) => self.lessons.get(rest / LESSON_COPIES),
            };
            if let Some(example) = example {
                weights.step(&example.cells, example.target, example.weight, pace);
            }
        }
    }
}

impl fmt::Debug for LocalModel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("LocalModel")
            .field("version", &self.version())
            .field("buckets", &self.buckets)
            .finish_non_exhaustive()
    }
}

/// One seed a key, in the order in which the keys first come.
fn merged(buckets: &[BucketSeed]) -> Vec<BucketSeed> {
    let mut merged: Vec<BucketSeed> = Vec::new();
    for bucket in buckets {
        match merged.iter_mut().find(|known| known.key == bucket.key) {
            Some(known) => known.examples.extend(bucket.examples.iter().cloned()),
            None => merged.push(bucket.clone()),
        }
    }
    merged
}

fn fingerprint_of(buckets: &[BucketSeed]) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&MODEL_VERSION.to_le_bytes());
    hash.update(&FEATURES_VERSION.to_le_bytes());
    for bucket in buckets {
        add(&mut hash, &bucket.key);
        add(&mut hash, &bucket.description);
        hash.update(&(bucket.examples.len() as u64).to_le_bytes());
        for example in &bucket.examples {
            add(&mut hash, example);
        }
    }
    hash.digest()
}

fn fingerprint_with(before: u64, lesson: &Lesson) -> u64 {
    let mut hash = Xxh3::new();
    hash.update(&before.to_le_bytes());
    add(&mut hash, lesson.message.subject.as_deref().unwrap_or_default());
    add(&mut hash, &lesson.message.newest);
    for earlier in &lesson.message.earlier {
        add(&mut hash, earlier);
    }
    add(&mut hash, &lesson.bucket);
    hash.update(&lesson.weight.to_bits().to_le_bytes());
    hash.digest()
}

/// Adds a text with its length, so that two texts cannot run together.
fn add(hash: &mut Xxh3, text: &str) {
    hash.update(&(text.len() as u64).to_le_bytes());
    hash.update(text.as_bytes());
}
