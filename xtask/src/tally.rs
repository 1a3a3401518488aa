//! Counts of individual tests, read from what the runners print.

use std::fmt;
use std::ops::AddAssign;

/// How many tests ended how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
    pub(crate) skipped: u32,
}

impl Tally {
    /// Reads the closing lines of `cargo test`, vitest and node's runner.
    pub(crate) fn of_output(lines: &[String]) -> Self {
        let mut tally = Self::default();
        for line in lines {
            let line = without_colours(line);
            let line = line.trim();
            if let Some(rest) = line.strip_prefix("test result: ") {
                tally += of_words(rest, &['.', ';']);
            } else if let Some(rest) = line.strip_prefix("Tests ") {
                tally += of_words(rest, &['|', '(']);
            } else if let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) {
                tally += of_node(rest);
            }
        }
        tally
    }

    pub(crate) fn total(self) -> u32 {
        self.passed + self.failed + self.skipped
    }

    fn add(&mut self, word: &str, count: u32) {
        match word {
            "passed" | "pass" => self.passed += count,
            "failed" | "fail" | "cancelled" => self.failed += count,
            "skipped" | "ignored" | "todo" => self.skipped += count,
            _ => {}
        }
    }
}

/// `ok. 5 passed; 0 failed; 1 ignored` and `2 failed | 12 passed (14)`: counts before their words.
fn of_words(text: &str, separators: &[char]) -> Tally {
    let mut tally = Tally::default();
    for piece in text.split(separators) {
        let mut words = piece.split_whitespace();
        if let (Some(count), Some(word)) = (words.next().and_then(|count| count.parse().ok()), words.next()) {
            tally.add(word, count);
        }
    }
    tally
}

/// `pass 4`: the word before its count, alone on the line.
fn of_node(text: &str) -> Tally {
    let mut tally = Tally::default();
    let words: Vec<&str> = text.split_whitespace().collect();
    if let [word, count] = words.as_slice()
        && let Ok(count) = count.parse()
    {
        tally.add(word, count);
    }
    tally
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The closing line that a build machine reads.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The text with its terminal colour sequences taken out.
pub(crate) fn without_colours(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            // A sequence ends with its first letter.
            for c in chars.by_ref() {
                if c.is_ascii_alphabetic() {
                    break;
                }
            }
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::{Tally, without_colours};

    fn tally(text: &str) -> (u32, u32, u32) {
        let lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
        let tally = Tally::of_output(&lines);
        (tally.passed, tally.failed, tally.skipped)
    }

    #[test]
    fn every_binary_of_a_cargo_run_is_counted() {
        let text = "running 3 tests\n\
            test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 4 filtered out; finished in 0.00s\n\
            test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s";
        assert_eq!(tally(text), (7, 2, 1));
    }

    #[test]
    fn vitest_counts_tests_and_not_files() {
        let text = " Test Files  1 failed | 3 passed (4)\n      \
            \u{1b}[2mTests \u{1b}[22m \u{1b}[31m1 failed\u{1b}[39m | \u{1b}[32m12 passed\u{1b}[39m | 2 skipped (15)\n   \
            Start at  10:00:00";
        assert_eq!(tally(text), (12, 1, 2));
        assert_eq!(tally("      Tests  9 passed (9)"), (9, 0, 0));
    }

    #[test]
    fn node_is_read_in_both_of_its_formats() {
        let summary = "tests 6\nsuites 0\npass 4\nfail 1\ncancelled 0\nskipped 1\ntodo 0\nduration_ms 12.5";
        for mark in ["ℹ", "#"] {
            let text: Vec<String> = summary.lines().map(|line| format!("{mark} {line}")).collect();
            assert_eq!(tally(&text.join("\n")), (4, 1, 1), "{mark}");
        }
    }

    #[test]
    fn words_of_other_output_are_not_counts() {
        assert_eq!(tally("# pass the salt\nTests are good: 3 passed the bar\n12 passed"), (0, 0, 0));
    }

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(without_colours("\u{1b}[1;31mred\u{1b}[0m plain"), "red plain");
    }

    #[test]
    fn the_closing_line_has_the_form_a_build_machine_reads() {
        let tally = Tally { passed: 3, failed: 0, skipped: 1 };
        assert_eq!(tally.to_string(), "3 passed, 0 failed, 1 skipped");
    }
}
