//! Answer each message, then learn it, in order: what a team that starts today would see.

use super::automatic::AutomaticLine;
use super::batch::{assess, lesson, predict, seeds};
use super::figures::{self, Automatic};
use super::timing::{Stopwatch, Timing};
use super::{Labelled, NONE_LABEL, Prediction, TARGETS};
use crate::{BucketSeed, DefaultBucket, Lesson, LocalModel, Stance, default_buckets};
use serde::Serialize;
use std::collections::BTreeSet;

/// Where the windows end.
const WINDOWS: [usize; 4] = [50, 200, 1_000, 3_000];

/// What the model knows before the first message.
#[derive(Debug, Clone, Copy)]
pub enum Start<'a> {
    /// Nothing but the names of the buckets.
    Empty,
    /// Labelled messages as the examples of the buckets.
    Seeds(&'a [Labelled]),
    /// The buckets that the product starts with.
    Defaults,
}

/// A stretch of the stream.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Window {
    /// Its first message, from 0, and the one after its last.
    pub from: usize,
    /// The message after its last.
    pub to: usize,
    /// Share of right answers, of the lines that belong to a bucket.
    pub accuracy: f64,
    /// Calibration error over 15 bins, before calibration.
    pub calibration_error_raw: f64,
    /// The same after the calibration of that time.
    pub calibration_error: f64,
    /// What would have been automatic, by the record up to each message.
    pub automatic: Vec<Automatic>,
}

/// What a stream came to.
#[derive(Debug, Clone, Serialize)]
pub struct StreamReport {
    /// Messages of the stream.
    pub lines: usize,
    /// Number of buckets.
    pub buckets: usize,
    /// Share of right answers over the whole stream.
    pub accuracy: f64,
    /// Stretches, each later one longer.
    pub windows: Vec<Window>,
    /// What would have been automatic over the whole stream.
    pub automatic: Vec<Automatic>,
    /// Telling what belongs nowhere: area under the curve of the raw score, over the whole stream.
    pub auroc: Option<f64>,
    /// Share of right answers to the test file, after the stream.
    pub test_accuracy: Option<f64>,
    /// Trainings from the whole log, seconds altogether.
    pub refit_seconds: f64,
    /// How many of them.
    pub refits: usize,
    /// Reading one message, microseconds.
    pub features: Timing,
    /// Scoring one message, microseconds.
    pub score: Timing,
    /// Learning one message with its replays, microseconds.
    pub learn: Timing,
    /// The model on disk.
    pub model_bytes: usize,
}

/// Answers and learns the stream in order, and answers the test lines at the end.
pub fn stream(
    start: Start<'_>,
    lines: &[Labelled],
    test: Option<&[Labelled]>,
) -> (StreamReport, Vec<Prediction>) {
    let buckets = buckets(start, lines);
    let mut model = LocalModel::train(&buckets, &[]);
    let mut record = AutomaticLine::default();
    let mut log: Vec<Lesson> = Vec::with_capacity(lines.len());
    let mut predictions = Vec::with_capacity(lines.len());
    let [mut features, mut score, mut learn, mut refit] = [(); 4].map(|()| Stopwatch::default());
    let mut at = TARGETS.map(|_| None);
    for (index, line) in lines.iter().enumerate() {
        if index % 20 == 0 {
            at = TARGETS.map(|target| record.line(target));
        }
        let assessment = assess(&model, line, &mut features, &mut score);
        let prediction = predict(&model, line, assessment.as_ref(), at);
        if prediction.stance == Stance::Bucket.key() {
            record.push(prediction.confidence(), prediction.is_right());
        }
        predictions.push(prediction);
        log.push(lesson(line));
        if let Some(decided) = log.last() {
            learn.time(|| model.learn(decided));
        }
        if model.is_refit_due() {
            model = refit.time(|| LocalModel::train(&buckets, &log));
        }
    }
    let inside: Vec<&Prediction> = predictions.iter().filter(|one| one.is_in_scope()).collect();
    let refits = refit.count();
    let refit = refit.timing();
    let report = StreamReport {
        lines: lines.len(),
        buckets: buckets.len(),
        accuracy: figures::accuracy(&inside),
        windows: windows(&predictions),
        automatic: TARGETS.map(|target| figures::automatic(&predictions, target)).to_vec(),
        auroc: (inside.len() < predictions.len()).then(|| figures::auroc(&predictions, |one| one.max_logit)),
        test_accuracy: test.map(|test| test_accuracy(&model, test)),
        refit_seconds: refit.mean * refits as f64 / 1e6,
        refits,
        features: features.timing(),
        score: score.timing(),
        learn: learn.timing(),
        model_bytes: model.to_bytes().len(),
    };
    (report, predictions)
}

/// The buckets at the start, and an empty one for each label of the stream that they do not have.
fn buckets(start: Start<'_>, lines: &[Labelled]) -> Vec<BucketSeed> {
    let mut buckets = match start {
        Start::Empty => Vec::new(),
        Start::Seeds(lines) => seeds(lines),
        Start::Defaults => default_buckets().iter().map(DefaultBucket::seed).collect(),
    };
    let labels: BTreeSet<&str> =
        lines.iter().map(|line| line.label.as_str()).filter(|label| *label != NONE_LABEL).collect();
    for label in labels {
        if !buckets.iter().any(|bucket| bucket.key == label) {
            buckets.push(BucketSeed { key: label.to_owned(), ..BucketSeed::default() });
        }
    }
    buckets
}

fn windows(predictions: &[Prediction]) -> Vec<Window> {
    let mut windows = Vec::new();
    let mut from = 0;
    for to in WINDOWS.into_iter().chain([usize::MAX]) {
        let to = to.min(predictions.len());
        let some = predictions.get(from..to).unwrap_or_default();
        if some.is_empty() {
            break;
        }
        let inside: Vec<&Prediction> = some.iter().filter(|one| one.is_in_scope()).collect();
        windows.push(Window {
            from,
            to,
            accuracy: figures::accuracy(&inside),
            calibration_error_raw: figures::calibration_error(&inside, |one| one.raw),
            calibration_error: figures::calibration_error(&inside, Prediction::confidence),
            automatic: TARGETS.map(|target| figures::automatic(some, target)).to_vec(),
        });
        from = to;
    }
    windows
}

fn test_accuracy(model: &LocalModel, test: &[Labelled]) -> f64 {
    let answer = |line| {
        let assessment = assess(model, line, &mut Stopwatch::default(), &mut Stopwatch::default());
        predict(model, line, assessment.as_ref(), [None; 3])
    };
    let predictions: Vec<Prediction> = test.iter().map(answer).collect();
    figures::accuracy(&predictions.iter().filter(|one| one.is_in_scope()).collect::<Vec<_>>())
}
