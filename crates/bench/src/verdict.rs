//! Figures beside their targets, and what is said of both at the end.

use std::process::ExitCode;

/// What was measured against a target.
#[derive(Debug)]
pub(crate) struct Figure {
    what: String,
    measured: String,
    target: &'static str,
    holds: bool,
}

/// All figures of one bench.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    figures: Vec<Figure>,
}

impl Verdict {
    pub(crate) fn add(&mut self, what: &str, measured: String, target: &'static str, holds: bool) {
        self.figures.push(Figure { what: what.to_owned(), measured, target, holds });
    }

    /// Prints the table. A smoke run is too short to judge by: it fails by errors only.
    pub(crate) fn close(self, is_smoke: bool) -> ExitCode {
        println!("\n{:<58} {:<26} target", "", "measured");
        for figure in &self.figures {
            let mark = if figure.holds { "holds" } else { "MISSED" };
            println!("{:<58} {:<26} {} ({mark})", figure.what, figure.measured, figure.target);
        }
        let missed = self.figures.iter().filter(|figure| !figure.holds).count();
        if is_smoke {
            println!("\nA quick run: it shows that the bench works; its figures mean little.");
            return ExitCode::SUCCESS;
        }
        if missed == 0 {
            println!("\nEvery target holds.");
            ExitCode::SUCCESS
        } else {
            println!("\n{missed} of {} targets missed.", self.figures.len());
            ExitCode::FAILURE
        }
    }
}
