//! What a run of several steps came to.

use crate::duration::readable;
use crate::tally::Tally;
use crate::task::Finished;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// The steps of a run, as they end.
#[derive(Debug)]
pub(crate) struct Summary {
    started: Instant,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: String,
    result: RowResult,
    tally: Tally,
    elapsed: Duration,
    failed: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum RowResult {
    Passed,
    Failed,
    NotRun(String),
}

impl Summary {
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), rows: Vec::new() }
    }

    /// Takes a step in; says whether it passed.
    pub(crate) fn add(&mut self, finished: &Finished) -> bool {
        let result = if finished.success { RowResult::Passed } else { RowResult::Failed };
        self.rows.push(Row {
            name: finished.name.clone(),
            result,
            tally: finished.tally,
            elapsed: finished.elapsed,
            failed: finished.failed.clone(),
        });
        finished.success
    }

    /// Notes a step that could not be run, and why.
    pub(crate) fn add_not_run(&mut self, name: &str, why: &str) {
        println!("  - {name}: not run, {why}");
        self.rows.push(Row {
            name: name.to_owned(),
            result: RowResult::NotRun(why.to_owned()),
            tally: Tally::default(),
            elapsed: Duration::ZERO,
            failed: Vec::new(),
        });
    }

    /// All tests of all steps. A step that failed without a failing test (it did not compile, say) counts as one.
    pub(crate) fn tally(&self) -> Tally {
        let mut total = Tally::default();
        for row in &self.rows {
            total += row.tally;
            if row.result == RowResult::Failed && row.tally.failed == 0 {
                total += Tally { failed: 1, ..Tally::default() };
            }
        }
        total
    }

    /// Prints the table and, on the last line, the counts.
    pub(crate) fn close(self) -> ExitCode {
        println!("\n{}", self.table());
        let tally = self.tally();
        println!("{tally}");
        if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }

    fn table(&self) -> String {
        let width = self.rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max("all".len());
        let mut text = String::new();
        for row in &self.rows {
            let (mark, result) = match &row.result {
                RowResult::Passed => ("✓", "passed".to_owned()),
                RowResult::Failed => ("✗", "FAILED".to_owned()),
                RowResult::NotRun(why) => ("-", format!("not run: {why}")),
            };
            let tests =
                if row.tally.total() > 0 { format!("{} tests", row.tally.total()) } else { String::new() };
            let line =
                format!("  {mark} {:<width$}  {:>8}  {tests:>10}  {result}", row.name, readable(row.elapsed));
            text.push_str(line.trim_end());
            text.push('\n');
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {:<width$}  {:>8}", "all", readable(self.started.elapsed()));
        for row in &self.rows {
            for test in &row.failed {
                let _ = writeln!(text, "  ✗ {}: {test}", row.name);
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::Summary;
    use crate::tally::Tally;
    use crate::task::Finished;
    use std::time::Duration;

    fn step(success: bool, passed: u32, failed: u32) -> Finished {
        Finished {
            name: "a step".to_owned(),
            success,
            tally: Tally { passed, failed, skipped: 0 },
            elapsed: Duration::from_secs(3),
            failed: (0..failed).map(|number| format!("test {number}")).collect(),
        }
    }

    #[test]
    fn a_step_that_fails_without_a_failing_test_counts_as_one_failure() {
        let mut summary = Summary::new();
        assert!(summary.add(&step(true, 4, 0)));
        assert!(!summary.add(&step(false, 0, 0)));
        assert!(!summary.add(&step(false, 1, 2)));
        assert_eq!(summary.tally(), Tally { passed: 5, failed: 3, skipped: 0 });
    }

    #[test]
    fn the_tests_that_failed_stand_below_the_table() {
        let mut summary = Summary::new();
        summary.add(&step(false, 4, 2));
        let table = summary.table();
        assert!(table.ends_with("  ✗ a step: test 0\n  ✗ a step: test 1\n"), "{table}");
    }

    #[test]
    fn the_table_names_what_was_not_run_and_why() {
        let mut summary = Summary::new();
        summary.add(&step(true, 4, 0));
        summary.add_not_run("the window", "there is no WebKitWebDriver for this system");
        let table = summary.table();
        assert!(table.contains("4 tests"), "{table}");
        assert!(table.contains("not run: there is no WebKitWebDriver"), "{table}");
    }
}
