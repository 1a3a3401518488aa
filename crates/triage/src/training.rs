//! The first training: from the buckets' example messages, and its calibration by answering each before it is seen.
//!
//! Multinomial logistic regression with AdaGrad steps and feature dropout, several passes in seeded order. Buckets
//! with fewer examples weigh more for each, within bounds, so that neither the largest nor a bucket of one example
//! takes everything.

use crate::buckets::BucketSeed;
use crate::calibration::{Calibration, Habits, Trial, familiarity};
use crate::features::Features;
use crate::message::Message;
use crate::random::Draws;
use crate::weights::{Cell, Known, Pace, Weights, row_of};
use std::sync::Arc;

/// Chosen by cross-validation over the default examples, as is the rate.
const PASSES: u32 = 15;
const PACE: Pace = Pace { rate: 0.25, temperature: 1.0 };
/// Trainings that serve the calibration alone, each without another part of the examples.
const FOLDS: usize = 8;
/// What a bucket's description counts beside an example.
const DESCRIPTION_WEIGHT: f32 = 0.5;
/// Bounds of what an example counts, however many or few its bucket has.
const EXAMPLE_WEIGHTS: (f32, f32) = (0.5, 3.0);
const SEED: u64 = 0x0C0F_FEE5;

/// A message to train on.
#[derive(Debug, Clone)]
pub(crate) struct Example {
    pub(crate) cells: Arc<[Cell]>,
    pub(crate) target: usize,
    pub(crate) weight: f32,
}

/// What training gives.
pub(crate) struct Trained {
    pub(crate) weights: Weights,
    pub(crate) known: Known,
    pub(crate) calibration: Calibration,
    pub(crate) habits: Habits,
    pub(crate) examples: Vec<Example>,
}

pub(crate) fn train(buckets: &[BucketSeed]) -> Trained {
    let seeds = read(buckets);
    let everything: Vec<&Seed> = seeds.iter().collect();
    let trials = trials(&seeds, buckets.len());
    let weights = fit(&everything, buckets.len());
    let mut known = Known::new();
    let mut habits = Habits::new(buckets.len());
    for seed in &seeds {
        learn_names(&mut known, &seed.features);
        habits.add(seed.example.target, 1.0);
    }
    let calibration = Calibration::fit(&trials, &habits);
    let examples = seeds.into_iter().map(|seed| seed.example).collect();
    Trained { weights, known, calibration, habits, examples }
}

/// All features of a message, as cells of the table.
pub(crate) fn all_cells(features: &Features) -> Vec<Cell> {
    let cell = |entry: &crate::features::Entry| Cell { row: row_of(entry.hash), value: entry.value };
    features.entries().iter().map(cell).collect()
}

/// The features of a message that were ever trained, as cells of the table.
pub(crate) fn known_cells(features: &Features, known: &Known) -> Vec<Cell> {
    let entries = features.entries().iter().filter(|entry| known.contains(entry.hash));
    entries.map(|entry| Cell { row: row_of(entry.hash), value: entry.value }).collect()
}

pub(crate) fn learn_names(known: &mut Known, features: &Features) {
    known.insert(features.entries().iter().map(|entry| entry.hash));
}

struct Seed {
    example: Example,
    features: Features,
    /// The part of the training that this example is left out of, to try the model on it.
    fold: Option<usize>,
}

fn read(buckets: &[BucketSeed]) -> Vec<Seed> {
    let mut seeds = Vec::new();
    for (target, bucket) in buckets.iter().enumerate() {
        let described = format!("{} {}", bucket.key.replace(['-', '_'], " "), bucket.description);
        seeds.extend(seed(&described, target, DESCRIPTION_WEIGHT, None));
        let count = bucket.examples.len();
        for (index, text) in bucket.examples.iter().enumerate() {
            // Neighbours in a list resemble each other: whole stretches are left out together, so that the trial
            // is as hard as a message from somebody new.
            let fold = (count >= 2 * FOLDS).then(|| index * FOLDS / count);
            seeds.extend(seed(text, target, 1.0, fold));
        }
    }
    weigh(&mut seeds, buckets.len());
    seeds
}

fn seed(text: &str, target: usize, weight: f32, fold: Option<usize>) -> Option<Seed> {
    let features = Features::of(&Message::alone(text))?;
    let example = Example { cells: all_cells(&features).into(), target, weight };
    Some(Seed { example, features, fold })
}

fn weigh(seeds: &mut [Seed], buckets: usize) {
    let mut totals = vec![0.0_f32; buckets];
    for seed in &*seeds {
        if let Some(total) = totals.get_mut(seed.example.target) {
            *total += seed.example.weight;
        }
    }
    let mean = totals.iter().sum::<f32>() / buckets.max(1) as f32;
    for seed in seeds {
        let total = totals.get(seed.example.target).copied().unwrap_or(mean);
        seed.example.weight *= (mean / total).clamp(EXAMPLE_WEIGHTS.0, EXAMPLE_WEIGHTS.1);
    }
}

fn fit(seeds: &[&Seed], buckets: usize) -> Weights {
    let mut weights = Weights::new(buckets);
    let mut draws = Draws::new(SEED);
    let mut order: Vec<&Example> = seeds.iter().map(|seed| &seed.example).collect();
    let mut kept = Vec::new();
    for _ in 0..PASSES {
        draws.shuffle(&mut order);
        for example in &order {
            drop_half(&example.cells, &mut draws, &mut kept);
            weights.step(&kept, example.target, example.weight, PACE);
        }
    }
    weights
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

/// Answers each example with a model that was trained without it.
fn trials(seeds: &[Seed], buckets: usize) -> Vec<Trial> {
    let mut answers: Vec<Vec<Trial>> = Vec::new();
    std::thread::scope(|scope| {
        let folds: Vec<_> =
            (0..FOLDS).map(|fold| scope.spawn(move || trial_fold(seeds, buckets, fold))).collect();
        answers.extend(folds.into_iter().map(|fold| fold.join().unwrap_or_default()));
    });
    answers.concat()
}

fn trial_fold(seeds: &[Seed], buckets: usize, fold: usize) -> Vec<Trial> {
    let (tried, rest): (Vec<&Seed>, Vec<&Seed>) = seeds.iter().partition(|seed| seed.fold == Some(fold));
    if tried.is_empty() {
        return Vec::new();
    }
    let weights = fit(&rest, buckets);
    let mut known = Known::new();
    for seed in rest {
        learn_names(&mut known, &seed.features);
    }
    let answer = |seed: &&Seed| Trial {
        scores: weights.scores(&known_cells(&seed.features, &known)),
        familiarity: familiarity(&seed.features.coverage(|hash| known.contains(hash))),
        truth: seed.example.target,
    };
    tried.iter().map(answer).collect()
}
