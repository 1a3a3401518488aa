//! The figures as a table for people.

use super::figures::Automatic;
use super::{BatchReport, StreamReport};
use std::fmt;

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn automatic(said: &Automatic) -> String {
    let right =
        said.precision.map_or_else(|| "none".to_owned(), |share| format!("right in {}", percent(share)));
    format!("{:>5} ({:>5}), {right}", percent(said.coverage), said.count)
}

fn row(formatter: &mut fmt::Formatter<'_>, what: &str, figure: &str) -> fmt::Result {
    writeln!(formatter, "{what:<52} {figure}")
}

impl fmt::Display for BatchReport {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [train, validation, test] = self.lines;
        row(to, "lines: train, validation, test", &format!("{train}, {validation}, {test}"))?;
        row(to, "buckets", &self.buckets.to_string())?;
        row(to, "accuracy", &percent(self.accuracy))?;
        row(to, "macro F1", &percent(self.macro_f1))?;
        row(to, "calibration error, raw", &percent(self.calibration_error_raw))?;
        row(to, "calibration error, calibrated", &percent(self.calibration_error))?;
        for one in &self.coverage {
            row(to, &format!("coverage at {} precision", percent(one.precision)), &percent(one.coverage))?;
        }
        for one in &self.automatic {
            row(to, &format!("automatic at {}", percent(one.target)), &automatic(one))?;
        }
        if let Some(out) = &self.out_of_scope {
            row(to, "out of scope: AUROC of the raw score", &percent(out.auroc))?;
            row(to, "out of scope: AUROC of the confidence", &percent(out.auroc_confidence))?;
            if let (Some(threshold), Some(recall), Some(kept)) =
                (out.threshold, out.recall, out.in_scope_accuracy)
            {
                row(to, "threshold of the raw score", &format!("{threshold:.3}"))?;
                row(to, "out-of-scope recall at the threshold", &percent(recall))?;
                row(to, "in-scope accuracy at the threshold", &percent(kept))?;
            }
        }
        row(to, "training", &format!("{:.2} s", self.training_seconds))?;
        row(to, "features, median (mean)", &microseconds(&self.features))?;
        row(to, "score, median (mean)", &microseconds(&self.score))?;
        row(to, "model", &format!("{} bytes", self.model_bytes))
    }
}

fn microseconds(timing: &super::Timing) -> String {
    format!("{:.1} us ({:.1} us)", timing.median, timing.mean)
}

impl fmt::Display for StreamReport {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(to, "messages", &self.lines.to_string())?;
        row(to, "buckets", &self.buckets.to_string())?;
        row(to, "accuracy", &percent(self.accuracy))?;
        for window in &self.windows {
            let name =
                format!("{} to {}: accuracy; calibration error raw, calibrated", window.from, window.to);
            let figures = format!(
                "{}; {}, {}",
                percent(window.accuracy),
                percent(window.calibration_error_raw),
                percent(window.calibration_error)
            );
            row(to, &name, &figures)?;
            for one in &window.automatic {
                row(to, &format!("  automatic at {}", percent(one.target)), &automatic(one))?;
            }
        }
        for one in &self.automatic {
            row(to, &format!("automatic at {}, whole stream", percent(one.target)), &automatic(one))?;
        }
        if let Some(auroc) = self.auroc {
            row(to, "out of scope: AUROC of the raw score", &percent(auroc))?;
        }
        if let Some(accuracy) = self.test_accuracy {
            row(to, "accuracy on the test file", &percent(accuracy))?;
        }
        row(to, "refits", &format!("{} in {:.2} s", self.refits, self.refit_seconds))?;
        row(to, "features, median (mean)", &microseconds(&self.features))?;
        row(to, "score, median (mean)", &microseconds(&self.score))?;
        row(to, "learning one, median (mean)", &microseconds(&self.learn))?;
        row(to, "model", &format!("{} bytes", self.model_bytes))
    }
}
