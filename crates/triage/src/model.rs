//! The model that the product holds: trained from buckets, answers messages, learns from each decision.

use crate::blob::{self, BlobError, Contents};
use crate::buckets::BucketSeed;
use crate::calibration::{Calibration, Habits, Trial, familiarity};
use crate::evidence;
use crate::features::{FEATURES_VERSION, Features};
use crate::language::Languages;
use crate::memory::{Memory, Recalled};
use crate::message::{Lesson, Message};
use crate::outlook::Outlook;
use crate::random::Draws;
use crate::statistics::WordCount;
use crate::training::{
    self, Example, Reading, Shape, example, known_cells, learn_names, read_lesson, read_seeds, telling_words,
};
use crate::verdict::{Assessment, Classification, Doubt, Flip, Similar, Stance, Verdict};
use crate::vocabulary::Vocabulary;
use crate::weights::{Bench, Pace, Truth, Weights, softmax};
use domain::NONE_OF_THESE;
use std::collections::VecDeque;
use std::fmt;
use std::sync::Arc;
use xxhash_rust::xxh3::Xxh3;

/// Changes whenever the same buckets and lessons would give another model.
const MODEL_VERSION: u64 = 3;

/// Pace of the weights from lesson to lesson. It is slow: what must hold at once is the memory's, and what holds for
/// long is the next refit's.
const RATE: f32 = 0.05;
/// Earlier examples gone over again after each lesson, so that it does not unlearn them.
const REPLAYS: usize = 8;
/// A lesson comes up for replay as if it stood in the examples this often.
const LESSON_COPIES: usize = 2;
/// Lessons and trials kept: for replay, and for the temperature.
const KEPT_LESSONS: usize = 5_000;
const KEPT_TRIALS: usize = 400;
/// Trials before the temperature follows the lessons, and lessons between two fits.
const FIRST_FIT: usize = 30;
const FIT_EVERY: u64 = 25;

/// A message of which a smaller share of words is known is looked at for its language, and how much less it counts as
/// familiar if that is foreign.
const MOSTLY_KNOWN: f64 = 0.8;
const FOREIGN: f64 = 0.02;
/// The model is not sure where its scores count less than this, or its best bucket is less probable than this, or than
/// this many times chance.
const LEAST_TRUST: f64 = 0.35;
const LEAST_CONFIDENCE: f64 = 0.4;
const CLEAR_OF_CHANCE: f64 = 1.3;

/// Resemblance below which a lesson is not shown: what two messages share by chance.
const LEAST_LIKENESS: f32 = 0.15;

/// The local classifier.
///
/// Cloning is cheap: a clone shares its weights until one of the two learns.
#[derive(Clone)]
pub struct LocalModel {
    buckets: Arc<[String]>,
    weights: Arc<Weights>,
    known: Arc<Vocabulary>,
    /// As the last refit gave it, and as the lessons have moved it since.
    fitted: Calibration,
    calibration: Calibration,
    outlook: Outlook,
    languages: Languages,
    habits: Habits,
    seeds: Arc<[Example]>,
    lessons: VecDeque<Example>,
    memory: Memory,
    trials: VecDeque<Trial>,
    lesson_count: u64,
    /// Lessons given, those included that taught nothing; and how many of them the last refit went over.
    given: u64,
    refitted_at: u64,
    /// Features that the last refit knew: what it went over has no others, even if they are known by now.
    trained_rows: u32,
    fingerprint: u64,
}

/// A message that was read and not yet answered.
#[derive(Debug, Clone)]
pub struct Prepared(Features);

impl LocalModel {
    /// Learns the examples of the buckets and the lessons.
    ///
    /// The same input gives the same model on any machine. Most lessons are gone over together with the examples, as
    /// a refit in the background does; those since the last refit was due are learned one by one in their order. A
    /// key that comes twice is one bucket.
    pub fn train(buckets: &[BucketSeed], lessons: &[Lesson]) -> Self {
        Self::train_telling(buckets, lessons, &|_, _| {})
    }

    /// The same, telling of how many steps how many are done, each time one is. Some are told from threads of its own.
    pub fn train_telling(
        buckets: &[BucketSeed],
        lessons: &[Lesson],
        tell: &(dyn Fn(u32, u32) + Sync),
    ) -> Self {
        let buckets = merged(buckets);
        let keys: Arc<[String]> = buckets.iter().map(|bucket| bucket.key.clone()).collect();
        let due = last_refit(lessons.len() as u64) as usize;
        let (fitted, since) = lessons.split_at(due.min(lessons.len()));
        let mut readings = read_seeds(&buckets);
        let mut fingerprint = fingerprint_of(&buckets);
        let mut lesson_count = 0;
        for (number, lesson) in (0..).zip(fitted) {
            let Some((target, weight)) = accept(&keys, lesson) else { continue };
            if let Some(reading) = read_lesson(lesson, number, target, weight) {
                readings.push(reading);
                fingerprint = fingerprint_with(fingerprint, lesson);
                lesson_count += 1;
            }
        }
        let trained = training::train(&readings, keys.len(), tell);
        let trained_rows = trained.known.len() as u32;
        let mut lessons: VecDeque<Example> = trained.lessons.into();
        lessons.drain(..lessons.len().saturating_sub(KEPT_LESSONS));
        let mut trials: VecDeque<Trial> = trained.trials.into();
        let outlook = Outlook::fit(trials.make_contiguous()).unwrap_or_default();
        trials.drain(..trials.len().saturating_sub(KEPT_TRIALS));
        if due == 0 {
            trials.clear();
        }
        let mut model = Self {
            buckets: keys,
            weights: Arc::new(trained.weights),
            known: Arc::new(trained.known),
            fitted: trained.calibration.clone(),
            calibration: trained.calibration,
            outlook,
            languages: trained.languages,
            habits: trained.habits,
            seeds: trained.seeds.into(),
            lessons,
            memory: Memory::default(),
            trials,
            lesson_count,
            given: fitted.len() as u64,
            refitted_at: fitted.len() as u64,
            trained_rows,
            fingerprint,
        };
        for lesson in since {
            model.learn(lesson);
        }
        model
    }

    /// Keys of the buckets, in the order of [`Assessment::probabilities`].
    pub fn buckets(&self) -> &[String] {
        &self.buckets
    }

    /// Reads a message; `None` where it has no word, no emoji and no telling sign.
    pub fn prepare<'a, E: AsRef<[&'a str]>>(message: &Message<'a, E>) -> Option<Prepared> {
        Features::of(message).map(Prepared)
    }

    /// How many different words a message has, and how many of them were never trained on.
    pub fn count_words<'a, E: AsRef<[&'a str]>>(&self, message: &Message<'a, E>) -> WordCount {
        let Some(features) = Features::of(message) else { return WordCount::default() };
        let words = features.vocabulary();
        let unknown = words.iter().filter(|word| !self.known.contains(word.hash)).count();
        WordCount { unknown: unknown as u32, words: words.len() as u32 }
    }

    /// What the scores say of a message; `None` without buckets.
    pub fn assess(&self, prepared: &Prepared) -> Option<Assessment> {
        let features = &prepared.0;
        let recalled = self.memory.recall(features, &self.known);
        let trial = self.answer(features, &recalled, None);
        let probabilities = self.calibration.probabilities(&trial.scores, trial.familiarity, &self.habits);
        let mut raw = trial.scores.clone();
        softmax(&mut raw, 1.0);
        let best = first_of_highest(&probabilities)?;
        Some(Assessment {
            best,
            raw_confidence: f64::from(raw.get(best).copied().unwrap_or_default()),
            stance: self.stance(&trial, probabilities.get(best).copied().unwrap_or_default()),
            probabilities,
            max_logit: trial.max_logit(),
        })
    }

    /// The bucket of a message. It is [`Verdict::Nothing`] where neither the newest text, the subject nor an earlier
    /// text has a word, an emoji or a telling sign.
    pub fn classify<'a, E: AsRef<[&'a str]>>(&self, message: &Message<'a, E>) -> Verdict {
        let Some(features) = Features::of(message).filter(|_| !self.buckets.is_empty()) else {
            return Verdict::Nothing;
        };
        let recalled = self.memory.recall(&features, &self.known);
        let trial = self.answer(&features, &recalled, None);
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
        let margins = evidence::Margins::new(best, &sharp, &self.calibration, trial.familiarity);
        let row = |hash| self.known.row(hash).map(|row| self.weights.row(row));
        let evidence = evidence::find(message.newest, &features, &margins, row, &recalled);
        Verdict::Suggested(Classification {
            bucket: name(best),
            confidence,
            probabilities: ranked.into_iter().map(|(index, share)| (name(index), share)).collect(),
            evidence,
            stance: self.stance(&trial, confidence),
            model_version: self.version(),
        })
    }

    /// Learns one decision. A lesson for a bucket that the model does not have, without text, or of no weight
    /// changes nothing.
    pub fn learn(&mut self, lesson: &Lesson) {
        let number = self.given as u32;
        self.given += 1;
        let Some((target, weight)) = accept(&self.buckets, lesson) else { return };
        let Some(features) = Features::of(&lesson.message.as_message()) else { return };

        let recalled = self.memory.recall(&features, &self.known);
        let trial = self.answer(&features, &recalled, target);
        let said = self.calibration.sharp(&trial.scores);
        self.try_out(trial);
        let known = Arc::make_mut(&mut self.known);
        learn_names(known, &features);
        self.memory.keep(&features, known, &said, target, weight);
        self.languages.add(&features.sample);
        let rows = known.len();
        let cells = known_cells(&features, known).into();
        let words = telling_words(&features, known).into();
        let example = Example { cells, target, weight, number: Some(number), words };
        let (pace, shape) = (self.pace(), self.shape());
        let weights = Arc::make_mut(&mut self.weights);
        weights.widen(rows);
        weights.step(&example.cells, Truth::whole(shape.column(target)), weight, pace, &mut Bench::default());
        if let Some(target) = target {
            self.habits.add(target, weight);
        }
        self.lesson_count += 1;
        self.fingerprint = fingerprint_with(self.fingerprint, lesson);
        self.replay();
        self.lessons.push_back(example);
        if self.lessons.len() > KEPT_LESSONS {
            self.lessons.pop_front();
        }
    }

    /// Whether so much was learned since the last training from the whole log that another is worth its time.
    ///
    /// [`LocalModel::train`] with the whole log is the refit. It can run beside this model; what is learned
    /// meanwhile is given to both.
    pub fn is_refit_due(&self) -> bool {
        last_refit(self.given) > self.refitted_at
    }

    /// Fits the calibration to labelled messages that were not learned, as to so many decisions.
    pub fn calibrate(&mut self, lessons: &[Lesson]) {
        let mut trials = Vec::new();
        for lesson in lessons {
            let Some((target, _)) = accept(&self.buckets, lesson) else { continue };
            let Some(features) = Features::of(&lesson.message.as_message()) else { continue };
            let recalled = self.memory.recall(&features, &self.known);
            trials.push(self.answer(&features, &recalled, target));
        }
        self.fitted = Calibration::fit(&trials, &self.habits);
        self.calibration = self.fitted.clone();
        self.outlook = Outlook::fit(&trials).unwrap_or_default();
    }

    /// The raw score below which a message is taken to belong to none of the buckets.
    pub fn outlook(&self) -> Option<f64> {
        self.outlook.threshold()
    }

    /// The model as a file; [`LocalModel::from_bytes`] reads it back. At most 4 MB for four buckets.
    pub fn to_bytes(&self) -> Vec<u8> {
        blob::write(&Contents {
            fingerprint: self.fingerprint,
            lesson_count: self.lesson_count,
            given: self.given,
            refitted_at: self.refitted_at,
            trained_rows: self.trained_rows,
            buckets: self.buckets.to_vec(),
            weights: Weights::clone(&self.weights),
            known: Vocabulary::clone(&self.known),
            fitted: self.fitted.clone(),
            calibration: self.calibration.clone(),
            outlook: self.outlook,
            habits: self.habits.clone(),
            languages: self.languages.clone(),
            memory: self.memory.clone(),
            trials: self.trials.iter().cloned().collect(),
            example_weights: [
                self.seeds.iter().map(|example| example.weight).collect(),
                self.lessons.iter().map(|example| example.weight).collect(),
            ],
        })
    }

    /// The model that [`LocalModel::to_bytes`] wrote, which then learns those of `lessons` that came after.
    ///
    /// `buckets` and `lessons` are those it was made from, as for [`LocalModel::train`].
    pub fn from_bytes(bytes: &[u8], buckets: &[BucketSeed], lessons: &[Lesson]) -> Result<Self, BlobError> {
        let saved = blob::read(bytes)?;
        let buckets = merged(buckets);
        let keys: Arc<[String]> = buckets.iter().map(|bucket| bucket.key.clone()).collect();
        let (before, after) = lessons.split_at_checked(saved.given as usize).ok_or(BlobError::OtherLog)?;
        let mut fingerprint = fingerprint_of(&buckets);
        let mut readings = Vec::new();
        for (number, lesson) in (0..).zip(before) {
            let Some((target, weight)) = accept(&keys, lesson) else { continue };
            if let Some(reading) = read_lesson(lesson, number, target, weight) {
                readings.push(reading);
                fingerprint = fingerprint_with(fingerprint, lesson);
            }
        }
        if fingerprint != saved.fingerprint || *keys != *saved.buckets {
            return Err(BlobError::OtherLog);
        }
        let [seed_weights, lesson_weights] = &saved.example_weights;
        let seeds = read_seeds(&buckets);
        let kept = readings.split_off(readings.len().saturating_sub(lesson_weights.len()));
        let examples = |readings: &[Reading], weights: &[f32]| -> Vec<Example> {
            let of = |(reading, weight): (&Reading, &f32)| {
                let is_since = reading.number.is_some_and(|number| u64::from(number) >= saved.refitted_at);
                let rows = if is_since { u32::MAX } else { saved.trained_rows };
                let example = example(reading, *weight, &saved.known);
                let cells = example.cells.iter().filter(|cell| cell.row < rows).copied().collect();
                Example { cells, ..example }
            };
            readings.iter().zip(weights).map(of).collect()
        };
        let mut model = Self {
            buckets: keys,
            seeds: examples(&seeds, seed_weights).into(),
            lessons: examples(&kept, lesson_weights).into(),
            weights: Arc::new(saved.weights),
            known: Arc::new(saved.known),
            fitted: saved.fitted,
            calibration: saved.calibration,
            outlook: saved.outlook,
            languages: saved.languages,
            habits: saved.habits,
            memory: saved.memory,
            trials: saved.trials.into(),
            lesson_count: saved.lesson_count,
            given: saved.given,
            refitted_at: saved.refitted_at,
            trained_rows: saved.trained_rows,
            fingerprint,
        };
        for lesson in after {
            model.learn(lesson);
        }
        Ok(model)
    }

    /// Names the exact state of the model, as `local-1-2f6c0b1d9a3e-17`: the kind and version of the model, a
    /// fingerprint of its buckets and lessons, and the number of lessons learned.
    pub fn version(&self) -> String {
        format!("local-{MODEL_VERSION}-{:012x}-{}", self.fingerprint >> 16, self.lesson_count)
    }

    /// The lessons that a message resembles most, the most alike first.
    pub fn similar<'a, E: AsRef<[&'a str]>>(&self, message: &Message<'a, E>, most: usize) -> Vec<Similar> {
        let Some(features) = Features::of(message) else { return Vec::new() };
        let mut asked = vec![0.0_f32; self.known.len()];
        for word in telling_words(&features, &self.known) {
            if let Some(place) = asked.get_mut(word.row as usize) {
                *place = word.value;
            }
        }
        let likeness = |example: &Example| -> f32 {
            example.words.iter().map(|word| word.value * asked.get(word.row as usize).unwrap_or(&0.0)).sum()
        };
        let mut found: Vec<(f32, &Example)> = self
            .lessons
            .iter()
            .map(|example| (likeness(example), example))
            .filter(|(likeness, _)| *likeness >= LEAST_LIKENESS)
            .collect();
        // Of lessons alike the newest come first.
        found.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.number.cmp(&one.1.number)));
        found.truncate(most);
        let similar = |(likeness, example): (f32, &Example)| {
            let bucket = match example.target {
                Some(target) => self.buckets.get(target)?.clone(),
                None => NONE_OF_THESE.to_owned(),
            };
            Some(Similar { lesson: example.number? as usize, bucket, likeness: f64::from(likeness).min(1.0) })
        };
        found.into_iter().filter_map(similar).collect()
    }

    /// The fewest of the words shown as evidence without which the message would go to another bucket; `None` where
    /// it stays even without all of them.
    pub fn flip<'a, E: AsRef<[&'a str]>>(
        &self,
        message: &Message<'a, E>,
        answer: &Classification,
    ) -> Option<Flip> {
        let all: Vec<usize> = (0..answer.evidence.len())
            .filter(|index| answer.evidence.get(*index).is_some_and(|piece| piece.weight > 0.0))
            .collect();
        for some in evidence::sets(&answer.evidence, &all) {
            let rest = evidence::without(message.newest, &answer.evidence, &some);
            let earlier: Vec<&str> = message.earlier.as_ref().to_vec();
            let rest = Message { subject: message.subject, newest: rest.as_str(), earlier };
            let found = Self::prepare(&rest).and_then(|prepared| self.assess(&prepared));
            let bucket = found.and_then(|found| self.buckets.get(found.best)).cloned();
            if bucket.as_ref() != Some(&answer.bucket) {
                return Some(Flip { evidence: some, bucket });
            }
        }
        None
    }

    /// The probability that is left to the suggested bucket without any of the words shown for it; `None` where nothing
    /// would be left to classify.
    pub fn without_evidence<'a, E: AsRef<[&'a str]>>(
        &self,
        message: &Message<'a, E>,
        answer: &Classification,
    ) -> Option<f64> {
        let place = self.buckets.iter().position(|key| *key == answer.bucket)?;
        let shown: Vec<usize> = (0..answer.evidence.len())
            .filter(|index| answer.evidence.get(*index).is_some_and(|piece| piece.weight > 0.0))
            .collect();
        let rest = evidence::without(message.newest, &answer.evidence, &shown);
        let earlier: Vec<&str> = message.earlier.as_ref().to_vec();
        let rest = Message { subject: message.subject, newest: rest.as_str(), earlier };
        let found = Self::prepare(&rest).and_then(|prepared| self.assess(&prepared))?;
        found.probabilities.get(place).copied()
    }

    fn answer(&self, features: &Features, recalled: &Recalled, truth: Option<usize>) -> Trial {
        let mut scores = self.weights.scores(&known_cells(features, &self.known));
        let none = self.shape().split(&mut scores);
        for (score, lessons) in scores.iter_mut().zip(&recalled.scores) {
            *score += lessons * self.calibration.temperature() as f32;
        }
        let max_logit = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max) - none;
        let coverage = features.coverage(|hash| self.known.contains(hash));
        let is_strange = coverage.known_words < coverage.words * MOSTLY_KNOWN;
        let is_foreign = is_strange && self.languages.foreign(&features.sample).is_some();
        let familiarity = familiarity(&coverage) * if is_foreign { FOREIGN } else { 1.0 };
        Trial { scores, max_logit, familiarity, is_foreign, truth }
    }

    fn stance(&self, trial: &Trial, confidence: f64) -> Stance {
        let most = self.buckets.len() as f64;
        if trial.is_foreign {
            Stance::NotSure(Doubt::Language)
        } else if self.calibration.trust(trial.familiarity) < LEAST_TRUST {
            Stance::NotSure(Doubt::FewKnownWords)
        } else if self.outlook.is_none_of_these(trial.max_logit) {
            Stance::NoneOfThese
        } else if confidence < LEAST_CONFIDENCE.max(CLEAR_OF_CHANCE / most).min(1.0) && most > 1.0 {
            Stance::NotSure(Doubt::Close)
        } else {
            Stance::Bucket
        }
    }

    /// Keeps what the model would have said before the lesson, and lets the temperature follow such trials.
    fn try_out(&mut self, trial: Trial) {
        self.trials.push_back(trial);
        if self.trials.len() > KEPT_TRIALS {
            self.trials.pop_front();
        }
        if self.trials.len() >= FIRST_FIT && self.lesson_count.is_multiple_of(FIT_EVERY) {
            let trials = self.trials.make_contiguous();
            self.calibration = self.fitted.warmed(trials, &self.habits);
            self.outlook = Outlook::fit(trials).unwrap_or(self.outlook);
        }
    }

    fn shape(&self) -> Shape {
        Shape::of_columns(self.weights.columns(), self.buckets.len())
    }

    fn pace(&self) -> Pace {
        Pace { rate: RATE, temperature: self.calibration.temperature() as f32 }
    }

    fn replay(&mut self) {
        let (pace, shape) = (self.pace(), self.shape());
        let weights = Arc::make_mut(&mut self.weights);
        let mut lots = Draws::new(self.fingerprint);
        let mut bench = Bench::default();
        let all = self.seeds.len() + LESSON_COPIES * self.lessons.len();
        for _ in 0..REPLAYS.min(all) {
            let drawn = lots.below(all);
            let example = match drawn.checked_sub(self.seeds.len()) {
                None => self.seeds.get(drawn),
                Some(rest) => self.lessons.get(rest / LESSON_COPIES),
            };
            if let Some(example) = example {
                let column = shape.column(example.target);
                weights.step(&example.cells, Truth::whole(column), example.weight, pace, &mut bench);
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

/// The number of lessons, of `lessons`, that the refit goes over that was due last: every fiftieth, and less often
/// the longer the log.
fn last_refit(lessons: u64) -> u64 {
    let mut due = 0;
    loop {
        let next = due + (due / 10).max(50);
        if next > lessons {
            return due;
        }
        due = next;
    }
}

/// Where a lesson belongs and what it counts; `None` where there is nothing to learn from it.
fn accept(buckets: &[String], lesson: &Lesson) -> Option<(Option<usize>, f32)> {
    let weight = if lesson.weight.is_finite() { lesson.weight.clamp(0.0, 10.0) } else { 0.0 };
    let target = if lesson.bucket == NONE_OF_THESE {
        None
    } else {
        Some(buckets.iter().position(|key| *key == lesson.bucket)?)
    };
    (weight > 0.0).then_some((target, weight))
}

fn first_of_highest(shares: &[f64]) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (index, share) in shares.iter().enumerate() {
        if best.is_none_or(|(_, highest)| *share > highest) {
            best = Some((index, *share));
        }
    }
    best.map(|(index, _)| index)
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
