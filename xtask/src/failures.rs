//! Which tests failed and what they said, found in what the runners print.
//!
//! A run of a thousand tests prints a thousand lines after the one that failed: its end says nothing. So what is shown of
//! a failed step is what the failed tests said, and the names of all of them stand once more below the summary.

use crate::tally::without_colours;

/// Lines shown of one test.
const SHOWN_OF_ONE: usize = 80;

/// What is known of the failures of a step.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Failures {
    /// The tests that failed, in the order of their failing, each once.
    pub(crate) names: Vec<String>,
    /// What they said.
    pub(crate) said: Vec<String>,
}

impl Failures {
    /// Reads what `cargo test`, vitest and node's runner print.
    pub(crate) fn of_output(lines: &[String]) -> Self {
        let mut failures = Self::default();
        let mut part = Part::Elsewhere;
        let mut shown = 0;
        for line in lines {
            let line = without_colours(line);
            let text = line.trim();
            if let Some(name) = rust_name(text).or_else(|| page_name(text)) {
                failures.note(name);
            }
            part = part.after(text);
            if part == Part::NodeTest
                && let Some(name) = text.strip_prefix("✖ ").filter(|name| *name != NODE_FAILURES)
            {
                failures.note(without_time(name));
            }
            if part == Part::Elsewhere {
                shown = 0;
                continue;
            }
            if starts_a_test(text) {
                shown = 0;
            }
            shown += 1;
            if shown <= SHOWN_OF_ONE {
                failures.said.push(line);
            } else if shown == SHOWN_OF_ONE + 1 {
                failures.said.push("  …".to_owned());
            }
        }
        failures
    }

    fn note(&mut self, name: &str) {
        if !self.names.iter().any(|known| known == name) {
            self.names.push(name.to_owned());
        }
    }
}

const NODE_FAILURES: &str = "failing tests:";

/// Where in a runner's output a line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Elsewhere,
    /// What one Rust test printed.
    RustTest,
    /// The closing list of node's runner, which goes on to the end.
    NodeTest,
    /// The closing list of vitest, up to its counts.
    PageTest,
}

impl Part {
    fn after(self, text: &str) -> Self {
        match self {
            Self::NodeTest => self,
            _ if text.strip_prefix("✖ ") == Some(NODE_FAILURES) => Self::NodeTest,
            _ if text.starts_with("---- ") && text.ends_with(" stdout ----") => Self::RustTest,
            Self::RustTest if text == "failures:" => Self::Elsewhere,
            _ if text.starts_with("FAIL ") => Self::PageTest,
            Self::PageTest if text.starts_with("Test Files ") => Self::Elsewhere,
            Self::Elsewhere | Self::RustTest | Self::PageTest => self,
        }
    }
}

fn starts_a_test(text: &str) -> bool {
    text.starts_with("---- ") || text.starts_with("✖ ") || text.starts_with("FAIL ")
}

/// `test module::name ... FAILED`
fn rust_name(text: &str) -> Option<&str> {
    text.strip_prefix("test ")?.strip_suffix(" ... FAILED")
}

/// `FAIL  src/lib/keys.test.ts > a key > is heard`
fn page_name(text: &str) -> Option<&str> {
    text.strip_prefix("FAIL ").map(str::trim)
}

/// `a card opens (12.5ms)` without its time.
fn without_time(name: &str) -> &str {
    name.rsplit_once(" (").filter(|(_, time)| time.ends_with("ms)")).map_or(name, |(name, _)| name)
}

#[cfg(test)]
mod tests {
    use super::{Failures, SHOWN_OF_ONE};

    fn of(text: &str) -> Failures {
        Failures::of_output(&text.lines().map(ToOwned::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn a_rust_test_is_named_and_what_it_said_is_shown() {
        let failures = of("running 2 tests\n\
            test faults::it_holds ... FAILED\n\
            test faults::another ... ok\n\
            \n\
            failures:\n\
            \n\
            ---- faults::it_holds stdout ----\n\
            thread 'faults::it_holds' panicked at tests/faults.rs:3:5:\n\
            it did not\n\
            \n\
            failures:\n    faults::it_holds\n\
            test result: FAILED. 1 passed; 1 failed; 0 ignored\n\
            running 0 tests");
        assert_eq!(failures.names, ["faults::it_holds"]);
        assert!(failures.said.iter().any(|line| line == "it did not"), "{failures:?}");
        assert!(!failures.said.iter().any(|line| line.contains("running 0")), "{failures:?}");
    }

    #[test]
    fn a_node_test_is_named_from_the_closing_list_alone() {
        let failures = of("✔ a door opens (3.1ms)\n\
            ✖ a card opens (12.5ms)\n\
            ℹ fail 1\n\
            \n\
            ✖ failing tests:\n\
            \n\
            test at journeys/card.test.mjs:3:1\n\
            ✖ a card opens (12.5ms)\n  AssertionError: closed");
        assert_eq!(failures.names, ["a card opens"]);
        assert!(failures.said.iter().any(|line| line.contains("closed")), "{failures:?}");
    }

    #[test]
    fn a_page_test_is_named_by_its_file() {
        let failures = of(
            " FAIL  src/keys.test.ts > keys > are heard\nAssertionError: deaf\n Test Files  1 failed (1)\n after",
        );
        assert_eq!(failures.names, ["src/keys.test.ts > keys > are heard"]);
        assert_eq!(failures.said.len(), 2);
    }

    #[test]
    fn a_test_that_says_very_much_hides_no_other() {
        let long = "x\n".repeat(SHOWN_OF_ONE * 3);
        let failures =
            of(&format!("---- one stdout ----\n{long}---- two stdout ----\nit broke\n\nfailures:\n"));
        assert!(failures.said.len() < SHOWN_OF_ONE * 2, "{}", failures.said.len());
        assert!(failures.said.iter().any(|line| line == "it broke"));
    }

    #[test]
    fn a_step_without_tests_has_no_failures_to_name() {
        assert_eq!(of("error[E0425]: cannot find value\nerror: could not compile"), Failures::default());
    }
}
