//! The figures: accuracy, calibration error, what can be told from what is unlike anything seen, coverage.

use super::Prediction;
use crate::statistics::{Scored, auroc_of, expected_calibration_error};
use serde::Serialize;
use std::collections::BTreeMap;

/// How much can be answered at a share of right answers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Coverage {
    /// The share of right answers asked for.
    pub precision: f64,
    /// The largest share of messages, the surest first, that are right as often.
    pub coverage: f64,
}

/// What would have been automatic.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Automatic {
    /// The share of right answers asked for.
    pub target: f64,
    /// Messages that would have been automatic.
    pub count: usize,
    /// Their share of all.
    pub coverage: f64,
    /// Share of them that were right; `None` where there were none.
    pub precision: Option<f64>,
}

/// Telling messages that belong to no bucket.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct OutOfScope {
    /// Area under the curve of the highest raw score.
    pub auroc: f64,
    /// The same of the calibrated confidence.
    pub auroc_confidence: f64,
    /// The raw score below which it is none of the buckets, as chosen on the second file.
    pub threshold: Option<f64>,
    /// Share of the messages that belong nowhere and are told so.
    pub recall: Option<f64>,
    /// Share of the others that are right and not told so.
    pub in_scope_accuracy: Option<f64>,
}

pub(super) fn share(count: usize, of: usize) -> f64 {
    if of == 0 { 0.0 } else { count as f64 / of as f64 }
}

pub(super) fn accuracy(predictions: &[&Prediction]) -> f64 {
    share(predictions.iter().filter(|one| one.is_right()).count(), predictions.len())
}

/// The mean over labels of the harmonic mean of precision and recall.
pub(super) fn macro_f1(predictions: &[&Prediction]) -> f64 {
    let mut tallies: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for one in predictions {
        if one.is_right() {
            let [hits, ..] = tallies.entry(&one.label).or_default();
            *hits += 1;
        } else {
            let [_, missed, _] = tallies.entry(&one.label).or_default();
            *missed += 1;
            let [.., wrongly] = tallies.entry(&one.bucket).or_default();
            *wrongly += 1;
        }
    }
    // A bucket that no line has is not part of the mean.
    let of = |[hits, missed, wrongly]: &[usize; 3]| share(2 * hits, 2 * hits + missed + wrongly);
    let asked: Vec<f64> = tallies.values().filter(|[hits, missed, _]| hits + missed > 0).map(of).collect();
    asked.iter().sum::<f64>() / asked.len().max(1) as f64
}

/// The expected calibration error of what `said` says.
pub(super) fn calibration_error(predictions: &[&Prediction], said: impl Fn(&Prediction) -> f64) -> f64 {
    let scored = |one: &&Prediction| Scored { confidence: said(one), right: one.is_right() };
    let answers: Vec<Scored> = predictions.iter().map(scored).collect();
    expected_calibration_error(&answers).unwrap_or_default()
}

/// The probability that of one inside and one outside the one outside has the lower score; ties count half.
pub(super) fn auroc(predictions: &[Prediction], score: impl Fn(&Prediction) -> f64) -> f64 {
    auroc_of(predictions.iter().map(|one| (score(one), one.is_in_scope())).collect()).unwrap_or_default()
}

pub(super) fn coverage(predictions: &[&Prediction], precision: f64) -> Coverage {
    let mut ranked: Vec<(f64, bool)> =
        predictions.iter().map(|one| (one.confidence(), one.is_right())).collect();
    ranked.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
    let (mut right, mut best) = (0, 0);
    for (index, (_, is_right)) in ranked.iter().enumerate() {
        right += usize::from(*is_right);
        if right as f64 >= precision * (index + 1) as f64 {
            best = index + 1;
        }
    }
    Coverage { precision, coverage: share(best, ranked.len()) }
}

pub(super) fn automatic<'a>(predictions: impl IntoIterator<Item = &'a Prediction>, target: f64) -> Automatic {
    let name = super::target_name(target);
    let (mut all, mut count, mut right) = (0, 0, 0);
    for one in predictions {
        all += 1;
        if one.automatic.get(&name).copied().unwrap_or_default() {
            count += 1;
            right += usize::from(one.is_right());
        }
    }
    let precision = (count > 0).then(|| share(right, count));
    Automatic { target, count, coverage: share(count, all), precision }
}

/// Telling what belongs nowhere by a threshold on the raw score; `None` where no line belongs nowhere.
pub(super) fn out_of_scope(predictions: &[Prediction], threshold: Option<f64>) -> Option<OutOfScope> {
    let outside = predictions.iter().filter(|one| !one.is_in_scope()).count();
    let inside = predictions.len() - outside;
    if outside == 0 || inside == 0 {
        return None;
    }
    let told = |threshold: f64| {
        predictions.iter().filter(|one| !one.is_in_scope() && one.max_logit < threshold).count()
    };
    let kept = |threshold: f64| {
        predictions
            .iter()
            .filter(|one| one.is_in_scope() && one.is_right() && one.max_logit >= threshold)
            .count()
    };
    Some(OutOfScope {
        auroc: auroc(predictions, |one| one.max_logit),
        auroc_confidence: auroc(predictions, Prediction::confidence),
        threshold,
        recall: threshold.map(|at| share(told(at), outside)),
        in_scope_accuracy: threshold.map(|at| share(kept(at), inside)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(label: &str, bucket: &str, confidence: f64) -> Prediction {
        Prediction {
            line: 1,
            label: label.to_owned(),
            bucket: bucket.to_owned(),
            probabilities: [(bucket.to_owned(), confidence)].into(),
            max_logit: confidence,
            raw: confidence,
            stance: "bucket".to_owned(),
            automatic: BTreeMap::new(),
        }
    }

    #[test]
    fn the_figures_of_a_case_worked_out_by_hand() {
        let all = [said("a", "a", 0.9), said("a", "b", 0.8), said("b", "b", 0.7), said("b", "b", 0.3)];
        let all: Vec<&Prediction> = all.iter().collect();
        assert!((accuracy(&all) - 0.75).abs() < 1e-9);
        // a: precision 1, recall 1/2; b: precision 2/3, recall 1.
        assert!((macro_f1(&all) - f64::midpoint(2.0 / 3.0, 0.8)).abs() < 1e-9);
        // Each stands alone in its bin: 0.1, 0.8, 0.3 and 0.7 off.
        assert!((calibration_error(&all, Prediction::confidence) - 1.9 / 4.0).abs() < 1e-9);
        assert!((coverage(&all, 0.99).coverage - 0.25).abs() < 1e-9);
        assert!((coverage(&all, 0.75).coverage - 1.0).abs() < 1e-9);
    }

    #[test]
    fn the_area_is_the_share_of_pairs_in_order() {
        let all = [said("a", "a", 0.9), said("oos", "a", 0.5), said("a", "a", 0.5), said("oos", "a", 0.1)];
        assert!((auroc(&all, Prediction::confidence) - 3.5 / 4.0).abs() < 1e-9);
        let told = out_of_scope(&all, Some(0.5)).unwrap();
        assert_eq!((told.recall, told.in_scope_accuracy), (Some(0.5), Some(1.0)));
        assert!(out_of_scope(&all[..1], None).is_none());
    }
}
