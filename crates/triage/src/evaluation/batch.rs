//! Learn one file, choose on a second, be judged on a third.

use super::automatic::AutomaticLine;
use super::figures::{self, Automatic, Coverage, OutOfScope};
use super::timing::{Stopwatch, Timing};
use super::{Labelled, NONE_LABEL, Prediction, TARGETS, target_name};
use crate::{Assessment, BucketSeed, Lesson, LocalModel, Message, NONE_OF_THESE, OwnedMessage, Stance};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Instant;

/// What a batch came to. Accuracy, calibration and coverage are of the lines that belong to a bucket.
#[derive(Debug, Clone, Serialize)]
pub struct BatchReport {
    /// Lines learned, chosen on, and judged by.
    pub lines: [usize; 3],
    /// Number of buckets.
    pub buckets: usize,
    /// Share of right answers.
    pub accuracy: f64,
    /// Mean of F1 over the buckets.
    pub macro_f1: f64,
    /// Calibration error over 15 bins, before calibration.
    pub calibration_error_raw: f64,
    /// The same after calibration on the second file.
    pub calibration_error: f64,
    /// How much is right at 95, 98 and 99 %.
    pub coverage: Vec<Coverage>,
    /// What would have been automatic by the line that the second file bears out; lines of no bucket included.
    pub automatic: Vec<Automatic>,
    /// Telling what belongs nowhere.
    pub out_of_scope: Option<OutOfScope>,
    /// Training, seconds.
    pub training_seconds: f64,
    /// Reading one message, microseconds.
    pub features: Timing,
    /// Scoring one message, microseconds.
    pub score: Timing,
    /// The model on disk.
    pub model_bytes: usize,
}

/// Trains on `train`, calibrates and chooses thresholds on `validation`, and answers `test`.
pub fn batch(
    train: &[Labelled],
    validation: &[Labelled],
    test: &[Labelled],
) -> (BatchReport, Vec<Prediction>) {
    let begun = Instant::now();
    let mut model = LocalModel::train(&seeds(train), &nones(train));
    let training_seconds = begun.elapsed().as_secs_f64();

    model.calibrate(&validation.iter().map(lesson).collect::<Vec<_>>());
    let mut line = AutomaticLine::new(validation.len());
    for labelled in validation {
        let assessment = assess(&model, labelled, &mut Stopwatch::default(), &mut Stopwatch::default());
        if let Some(assessment) = assessment.filter(|found| is_stood_by(Some(found))) {
            line.push(assessment.confidence(), bucket_of(&model, &assessment) == labelled.label);
        }
    }
    let lines = TARGETS.map(|target| line.line(target));

    let (mut features, mut score) = (Stopwatch::default(), Stopwatch::default());
    let predictions: Vec<Prediction> = test
        .iter()
        .map(|labelled| {
            predict(&model, labelled, assess(&model, labelled, &mut features, &mut score).as_ref(), lines)
        })
        .collect();
    let inside: Vec<&Prediction> = predictions.iter().filter(|one| one.is_in_scope()).collect();
    let report = BatchReport {
        lines: [train.len(), validation.len(), test.len()],
        buckets: model.buckets().len(),
        accuracy: figures::accuracy(&inside),
        macro_f1: figures::macro_f1(&inside),
        calibration_error_raw: figures::calibration_error(&inside, |one| one.raw),
        calibration_error: figures::calibration_error(&inside, Prediction::confidence),
        coverage: [0.95, 0.98, 0.99].map(|precision| figures::coverage(&inside, precision)).to_vec(),
        automatic: TARGETS.map(|target| figures::automatic(&predictions, target)).to_vec(),
        out_of_scope: figures::out_of_scope(&predictions, model.outlook()),
        training_seconds,
        features: features.timing(),
        score: score.timing(),
        model_bytes: model.to_bytes().len(),
    };
    (report, predictions)
}

/// One bucket a label, in the order of the alphabet, with its lines as examples. A label is described by its words.
pub(super) fn seeds(lines: &[Labelled]) -> Vec<BucketSeed> {
    let mut seeds: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.label != NONE_LABEL) {
        seeds.entry(&line.label).or_default().push(line.text.clone());
    }
    let seed = |(label, examples): (&str, _)| BucketSeed {
        key: label.to_owned(),
        description: String::new(),
        examples,
    };
    seeds.into_iter().map(seed).collect()
}

/// The lines of no bucket, as decisions.
pub(super) fn nones(lines: &[Labelled]) -> Vec<Lesson> {
    lines.iter().filter(|line| line.label == NONE_LABEL).map(lesson).collect()
}

pub(super) fn lesson(line: &Labelled) -> Lesson {
    let bucket = if line.label == NONE_LABEL { NONE_OF_THESE } else { &line.label };
    Lesson {
        message: OwnedMessage { newest: line.text.clone(), ..OwnedMessage::default() },
        bucket: bucket.to_owned(),
        weight: 1.0,
    }
}

pub(super) fn assess(
    model: &LocalModel,
    line: &Labelled,
    features: &mut Stopwatch,
    score: &mut Stopwatch,
) -> Option<Assessment> {
    let prepared = features.time(|| LocalModel::prepare(&Message::alone(&line.text)))?;
    score.time(|| model.assess(&prepared))
}

pub(super) fn bucket_of<'m>(model: &'m LocalModel, assessment: &Assessment) -> &'m str {
    model.buckets().get(assessment.best).map_or("", String::as_str)
}

/// Whether a bucket is suggested at all: nothing else can be automatic.
pub(super) fn is_stood_by(assessment: Option<&Assessment>) -> bool {
    assessment.is_some_and(|found| found.stance == Stance::Bucket)
}

/// The answer to a line; an empty one where there is no text.
pub(super) fn predict(
    model: &LocalModel,
    line: &Labelled,
    assessment: Option<&Assessment>,
    lines: [Option<f64>; 3],
) -> Prediction {
    let bucket = assessment.map_or("", |found| bucket_of(model, found));
    let confidence = assessment.map_or(0.0, Assessment::confidence);
    let is_automatic =
        |line: Option<f64>| is_stood_by(assessment) && line.is_some_and(|line| confidence >= line);
    let probabilities =
        assessment.into_iter().flat_map(|found| model.buckets().iter().zip(&found.probabilities));
    Prediction {
        line: line.line,
        label: line.label.clone(),
        bucket: bucket.to_owned(),
        probabilities: probabilities.map(|(key, share)| (key.clone(), *share)).collect(),
        max_logit: assessment.map_or(0.0, |found| found.max_logit),
        raw: assessment.map_or(0.0, |found| found.raw_confidence),
        stance: assessment.map_or("nothing", |found| found.stance.key()).to_owned(),
        automatic: TARGETS
            .iter()
            .zip(lines)
            .map(|(target, line)| (target_name(*target), is_automatic(line)))
            .collect(),
    }
}
