//! Training from the whole log: the buckets' example messages and the decisions, gone over several times; and its
//! calibration by answering messages that were held back.
//!
//! Multinomial logistic regression with AdaGrad steps and feature dropout, in seeded order, and a small share of the
//! counts that naive Bayes goes by.
//! Buckets with fewer examples weigh more for each, within bounds, so that neither the largest nor a bucket of one
//! example takes everything.

use crate::buckets::BucketSeed;
use crate::calibration::{Calibration, Habits, Trial, familiarity};
use crate::features::Features;
use crate::language::Languages;
use crate::math;
use crate::message::{Lesson, Message};
use crate::random::Draws;
use crate::vocabulary::Vocabulary;
use crate::weights::{Bench, Cell, Spreads, Truth, Weights};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Chosen on held-back parts of a set of 150 buckets and of the default examples, as is the rate.
const PASSES: u32 = 15;
const RATE: f32 = 1.0;
/// What the truth leaves to the other buckets: a training that asks for certainty gives too much to chance words.
const SMOOTHING: f32 = 0.07;
/// The weights are the mean of those after each of the last passes: a step more or less makes no difference then.
const AVERAGED: u32 = 6;
/// What counts weigh beside the regression, and how many of a bucket a feature is taken to have had everywhere.
const COUNTS_SHARE: f32 = 0.1;
const COUNTS_PRIOR: f32 = 200.0;
/// Trainings that serve the calibration alone, each without another part of the examples.
const FOLDS: usize = 8;
/// With more examples than this, one part of [`FOLDS`] is held back and tells enough.
const MANY: usize = 2_500;
/// Lessons from which on the newest of them are held back, and how many at most.
const ENOUGH_LESSONS: usize = 200;
const MOST_HELD_BACK: usize = 400;
/// What a bucket's description counts beside an example.
const DESCRIPTION_WEIGHT: f32 = 0.5;
/// Bounds of what an example counts, however many or few its bucket has.
const EXAMPLE_WEIGHTS: (f32, f32) = (0.5, 3.0);
/// Words by which a lesson is found.
const TELLING_WORDS: usize = 24;
/// Decisions for 'none of these' from which on the weights learn what such messages look like.
const LEAST_NONE: usize = 10;
const SEED: u64 = 0x0C0F_FEE5;

/// A message to train on.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    pub(crate) cells: Arc<[Cell]>,
    /// Its bucket; `None` for none of them.
    pub(crate) target: Option<usize>,
    pub(crate) weight: f32,
    /// Which lesson of the log it is, from 0.
    pub(crate) number: Option<u32>,
    /// Its rarest words, of length one together: what it is found by when a message resembles it.
    pub(crate) words: Arc<[Cell]>,
}

/// The columns of the weights: one a bucket, and one more for 'none of these' once enough was decided so. Until then
/// a message of no bucket draws the scores of all buckets together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shape {
    buckets: usize,
    has_none: bool,
}

impl Shape {
    fn of(readings: &[Reading], buckets: usize) -> Self {
        let none = readings.iter().filter(|reading| reading.target.is_none()).count();
        Self { buckets, has_none: none >= LEAST_NONE }
    }

    /// The shape of a table that was trained.
    pub(crate) const fn of_columns(columns: usize, buckets: usize) -> Self {
        Self { buckets, has_none: columns > buckets }
    }

    pub(crate) const fn columns(self) -> usize {
        self.buckets + self.has_none as usize
    }

    /// Where a message belongs; `None` where all columns are to be drawn together.
    pub(crate) fn column(self, target: Option<usize>) -> Option<usize> {
        target.or_else(|| self.has_none.then_some(self.buckets))
    }

    /// Leaves the scores of the buckets; the score of 'none of these', 0 where it was not learned.
    pub(crate) fn split(self, scores: &mut Vec<f32>) -> f32 {
        let none = scores.get(self.buckets).copied().unwrap_or_default();
        scores.truncate(self.buckets);
        none
    }
}

/// What training gives.
pub(crate) struct Trained {
    pub(crate) weights: Weights,
    pub(crate) known: Vocabulary,
    pub(crate) calibration: Calibration,
    pub(crate) habits: Habits,
    pub(crate) languages: Languages,
    pub(crate) trials: Vec<Trial>,
    pub(crate) seeds: Vec<Example>,
    pub(crate) lessons: Vec<Example>,
}

/// Something to learn from, read.
pub(crate) struct Reading {
    pub(crate) features: Features,
    pub(crate) target: Option<usize>,
    pub(crate) weight: f32,
    /// Which lesson of the log it is; `None` for an example of a bucket.
    pub(crate) number: Option<u32>,
    /// The part of the training that this example is left out of, to try the model on it.
    fold: Option<usize>,
}

/// Trains on what was read, in the order of the log.
pub(crate) fn train(readings: &[Reading], buckets: usize, tell: &(dyn Fn(u32, u32) + Sync)) -> Trained {
    let weights = balance(readings, buckets);
    let shape = Shape::of(readings, buckets);
    let every: Vec<usize> = (0..readings.len()).collect();
    let held_back = held_back(readings);
    // Each training goes over what it learns from so many times.
    let total = PASSES * u32::try_from(held_back.len() + 1).unwrap_or(1);
    let done = AtomicU32::new(0);
    let pass = || tell(done.fetch_add(1, Ordering::Relaxed) + 1, total);
    let trials = trials(readings, &weights, shape, &held_back, &pass);
    let (known, examples) = prepare(readings, &weights, &every);
    let table = fit(&examples, shape, known.len(), &pass);
    let mut habits = Habits::new(buckets);
    let mut languages = Languages::default();
    for reading in readings {
        languages.add(&reading.features.sample);
        if let Some(target) = reading.target {
            habits.add(target, 1.0);
        }
    }
    let calibration = Calibration::fit(&trials, &habits);
    let (mut seeds, mut lessons) = (Vec::new(), Vec::new());
    for (example, reading) in examples.into_iter().zip(readings) {
        if reading.number.is_some() { lessons.push(example) } else { seeds.push(example) }
    }
    Trained { weights: table, known, calibration, habits, languages, trials, seeds, lessons }
}

/// The features of a message that were ever trained, as cells of the table.
pub(crate) fn known_cells(features: &Features, known: &Vocabulary) -> Vec<Cell> {
    let cell =
        |entry: &crate::features::Entry| Some(Cell { row: known.row(entry.hash)?, value: entry.value });
    features.entries().iter().filter_map(cell).collect()
}

/// The rarest words of a message, weighed by how rare they are.
pub(crate) fn telling_words(features: &Features, known: &Vocabulary) -> Vec<Cell> {
    let mut words: Vec<Cell> = features
        .vocabulary()
        .iter()
        .filter_map(|word| {
            Some(Cell { row: known.row(word.hash)?, value: word.weight * known.rarity(word.hash) })
        })
        .collect();
    let length = words.iter().map(|word| word.value * word.value).sum::<f32>().sqrt();
    words.sort_unstable_by(|one, other| other.value.total_cmp(&one.value).then(one.row.cmp(&other.row)));
    words.truncate(TELLING_WORDS);
    for word in &mut words {
        word.value /= length.max(f32::MIN_POSITIVE);
    }
    words
}

pub(crate) fn learn_names(known: &mut Vocabulary, features: &Features) {
    known.insert(features.entries().iter().map(|entry| entry.hash));
}

/// Reads the examples and descriptions of the buckets.
pub(crate) fn read_seeds(buckets: &[BucketSeed]) -> Vec<Reading> {
    let mut readings = Vec::new();
    for (target, bucket) in buckets.iter().enumerate() {
        let described = format!("{} {}", bucket.key.replace(['-', '_'], " "), bucket.description);
        readings.extend(reading(&Message::alone(&described), Some(target), DESCRIPTION_WEIGHT));
        let count = bucket.examples.len();
        for (index, text) in bucket.examples.iter().enumerate() {
            // Neighbours in a list resemble each other: whole stretches are left out together, so that the trial
            // is as hard as a message from somebody new.
            let fold = (count >= 2 * FOLDS).then(|| index * FOLDS / count);
            readings.extend(
                reading(&Message::alone(text), Some(target), 1.0).map(|reading| Reading { fold, ..reading }),
            );
        }
    }
    readings
}

/// Reads a decision; `None` where it has no text.
pub(crate) fn read_lesson(
    lesson: &Lesson,
    number: u32,
    target: Option<usize>,
    weight: f32,
) -> Option<Reading> {
    let reading = reading(&lesson.message.as_message(), target, weight)?;
    // Decisions for 'none of these' are held back in turn too: the threshold is chosen by them.
    let fold = target.is_none().then_some(number as usize % FOLDS);
    Some(Reading { number: Some(number), fold, ..reading })
}

fn reading<'a, E: AsRef<[&'a str]>>(
    message: &Message<'a, E>,
    target: Option<usize>,
    weight: f32,
) -> Option<Reading> {
    Some(Reading { features: Features::of(message)?, target, weight, number: None, fold: None })
}

/// What each example counts.
fn balance(readings: &[Reading], buckets: usize) -> Vec<f32> {
    let mut totals = vec![0.0_f32; buckets];
    for reading in readings {
        if let Some(total) = reading.target.and_then(|target| totals.get_mut(target)) {
            *total += reading.weight;
        }
    }
    let filled = totals.iter().filter(|total| **total > 0.0).count();
    let mean = totals.iter().sum::<f32>() / filled.max(1) as f32;
    readings
        .iter()
        .map(|reading| {
            let total = reading
                .target
                .and_then(|target| totals.get(target))
                .copied()
                .unwrap_or(mean)
                .max(f32::MIN_POSITIVE);
            reading.weight * (mean / total).clamp(EXAMPLE_WEIGHTS.0, EXAMPLE_WEIGHTS.1)
        })
        .collect()
}

/// The vocabulary of some of the readings, and their cells in it.
fn prepare(readings: &[Reading], weights: &[f32], some: &[usize]) -> (Vocabulary, Vec<Example>) {
    let some: Vec<(&Reading, f32)> =
        some.iter().filter_map(|index| Some((readings.get(*index)?, *weights.get(*index)?))).collect();
    let entries = some.iter().flat_map(|(reading, _)| reading.features.entries());
    let mut known = Vocabulary::for_features(entries.map(|entry| entry.hash).collect());
    known.set_messages(some.len() as u32);
    let examples = some.into_iter().map(|(reading, weight)| example(reading, weight, &known)).collect();
    (known, examples)
}

/// What was read, as the table sees it.
pub(crate) fn example(reading: &Reading, weight: f32, known: &Vocabulary) -> Example {
    Example {
        cells: known_cells(&reading.features, known).into(),
        target: reading.target,
        weight,
        number: reading.number,
        words: telling_words(&reading.features, known).into(),
    }
}

fn fit(examples: &[Example], shape: Shape, rows: usize, passed: &(dyn Fn() + Sync)) -> Weights {
    let mut weights = Weights::new(shape.columns(), rows);
    let mut spreads = Spreads::new(&weights);
    let mut draws = Draws::new(SEED);
    let mut order: Vec<&Example> = examples.iter().collect();
    let mut kept = Vec::new();
    let mut bench = Bench::default();
    let mut sum: Vec<f32> = Vec::new();
    for pass in 0..PASSES {
        draws.shuffle(&mut order);
        for example in &order {
            drop_half(&example.cells, &mut draws, &mut kept);
            let column = shape.column(example.target);
            let truth = Truth { column, smoothing: SMOOTHING };
            weights.step_finely(&kept, truth, example.weight, RATE, &mut spreads, &mut bench);
        }
        if pass + AVERAGED >= PASSES {
            sum.resize(weights.table().len(), 0.0);
            for (sum, weight) in sum.iter_mut().zip(weights.table()) {
                *sum += weight;
            }
        }
        passed();
    }
    for (weight, sum) in weights.table_mut().iter_mut().zip(sum) {
        *weight = sum / AVERAGED as f32;
    }
    add_counts(&mut weights, examples, shape);
    weights
}

/// Adds to each feature's weights how much more often it stands in a bucket than elsewhere.
///
/// It is what naive Bayes goes by: worse than the regression by itself, but wrong in other places, and more is right
/// by both together.
fn add_counts(weights: &mut Weights, examples: &[Example], shape: Shape) {
    let buckets = shape.columns();
    let mut counts = vec![0.0_f32; weights.table().len()];
    let mut masses = vec![0.0_f32; buckets];
    for example in examples {
        let Some(target) = shape.column(example.target) else { continue };
        let mut mass = 0.0;
        for cell in &*example.cells {
            if let Some(count) = counts.get_mut(cell.row as usize * buckets + target) {
                *count += cell.value * example.weight;
            }
            mass += cell.value * example.weight;
        }
        if let Some(own) = masses.get_mut(target) {
            *own += mass;
        }
    }
    let total: f32 = masses.iter().sum();
    let filled = masses.iter().filter(|mass| **mass > 0.0).count().max(1);
    let mean = total / filled as f32;
    let width = buckets.max(1);
    for (row, counts) in weights.table_mut().chunks_mut(width).zip(counts.chunks(width)) {
        let usual = counts.iter().sum::<f32>() / total.max(f32::MIN_POSITIVE);
        for ((weight, count), mass) in row.iter_mut().zip(counts).zip(&masses) {
            if *count > 0.0 {
                *weight += COUNTS_SHARE * math::ln(1.0 + count / mass * mean / (COUNTS_PRIOR * usual));
            }
        }
    }
}

/// Keeps about half of the cells, each with double value.
fn drop_half(cells: &[Cell], draws: &mut Draws, kept: &mut Vec<Cell>) {
    kept.clear();
    for some in cells.chunks(64) {
        let mut coins = draws.next();
        for cell in some {
            if coins & 1 == 1 {
                kept.push(Cell { value: cell.value * 2.0, ..*cell });
            }
            coins >>= 1;
        }
    }
}

/// Answers messages with a model that was trained without them.
fn trials(
    readings: &[Reading],
    weights: &[f32],
    shape: Shape,
    held_back: &[Vec<usize>],
    passed: &(dyn Fn() + Sync),
) -> Vec<Trial> {
    let mut answers: Vec<Vec<Trial>> = Vec::new();
    std::thread::scope(|scope| {
        let parts: Vec<_> = held_back
            .iter()
            .map(|some| scope.spawn(move || trial_without(readings, weights, shape, some, passed)))
            .collect();
        answers.extend(parts.into_iter().map(|part| part.join().unwrap_or_default()));
    });
    answers.concat()
}

/// The parts of the log to hold back, each in turn: the newest lessons where there are enough, else parts of the
/// examples.
fn held_back(readings: &[Reading]) -> Vec<Vec<usize>> {
    let lessons: Vec<usize> = (0..readings.len())
        .filter(|index| readings.get(*index).is_some_and(|reading| reading.number.is_some()))
        .collect();
    if lessons.len() >= ENOUGH_LESSONS {
        let newest = lessons.len() - (lessons.len() / 4).min(MOST_HELD_BACK);
        return vec![lessons.get(newest..).unwrap_or_default().to_vec()];
    }
    let folds = if readings.len() > MANY { 1 } else { FOLDS };
    (0..folds)
        .map(|fold| {
            let is_in =
                |index: &usize| readings.get(*index).is_some_and(|reading| reading.fold == Some(fold));
            (0..readings.len()).filter(is_in).collect::<Vec<usize>>()
        })
        .filter(|some| !some.is_empty())
        .collect()
}

fn trial_without(
    readings: &[Reading],
    weights: &[f32],
    shape: Shape,
    some: &[usize],
    passed: &(dyn Fn() + Sync),
) -> Vec<Trial> {
    let rest: Vec<usize> = (0..readings.len()).filter(|index| some.binary_search(index).is_err()).collect();
    let (known, examples) = prepare(readings, weights, &rest);
    let table = fit(&examples, shape, known.len(), passed);
    let answer = |index: &usize| {
        let reading = readings.get(*index)?;
        let mut scores = table.scores(&known_cells(&reading.features, &known));
        let none = shape.split(&mut scores);
        Some(Trial {
            max_logit: scores.iter().copied().fold(f32::NEG_INFINITY, f32::max) - none,
            scores,
            familiarity: familiarity(&reading.features.coverage(|hash| known.contains(hash))),
            is_foreign: false,
            truth: reading.target,
        })
    };
    some.iter().filter_map(answer).collect()
}
