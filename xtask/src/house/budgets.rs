//! File sizes: a source file of over 700 lines holds two things that want separate rooms.
//!
//! Tests, generated files and data do not count; the tests at the end of a Rust file neither.

use super::Finding;
use super::tree::{Tree, ending};

const LIMIT: usize = 700;
const LONG: usize = 400;
const SOURCES: [&str; 6] = ["rs", "ts", "svelte", "mjs", "js", "css"];
const UNCOUNTED: [&str; 8] =
    ["/tests/", "/data/", "/seeds/", "/fixtures/", "/testing/", ".test.", ".spec.", "/gen/"];

/// Files over the limit.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    sizes(tree)
        .filter(|(_, lines)| *lines > LIMIT)
        .map(|(path, lines)| {
            Finding::in_file(path, format!("{lines} lines: split it (the limit is {LIMIT})"))
        })
        .collect()
}

/// Files that are within the limit and want a reason.
pub(super) fn long_files(tree: &Tree) -> Vec<(&str, usize)> {
    sizes(tree).filter(|(_, lines)| (LONG + 1..=LIMIT).contains(lines)).collect()
}

fn sizes(tree: &Tree) -> impl Iterator<Item = (&str, usize)> {
    tree.files().filter(|(path, text)| counts(path, text)).map(|(path, text)| (path, lines_of(path, text)))
}

fn counts(path: &str, text: &str) -> bool {
    let is_generated = text.lines().take(3).any(|line| line.to_lowercase().contains("generated"));
    SOURCES.contains(&ending(path))
        && !path.starts_with("tests/")
        && !UNCOUNTED.iter().any(|part| path.contains(part))
        && !is_generated
}

fn lines_of(path: &str, text: &str) -> usize {
    let is_test_module = |line: &str| {
        ending(path) == "rs" && (line.starts_with("#[cfg(test)]") || line.starts_with("#[cfg(all(test"))
    };
    text.lines().take_while(|line| !is_test_module(line)).count()
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::{check, long_files};

    #[test]
    fn long_sources_are_found_without_their_tests() {
        let long = "line\n".repeat(701);
        let wordy = "line\n".repeat(401);
        let tested = format!("{}#[cfg(test)]\nmod tests {{\n{long}}}\n", "line\n".repeat(100));
        let generated = format!("// Generated from the Rust types.\n{long}");
        let tree = Tree::of(&[
            ("crates/a/src/long.rs", &long),
            ("crates/a/src/tested.rs", &tested),
            ("crates/a/tests/long.rs", &long),
            ("tests/e2e/journeys/long.mjs", &long),
            ("ui/src/lib/ipc/types.ts", &generated),
            ("ui/src/wordy.svelte", &wordy),
            ("docs/long.md", &long),
        ]);
        let found: Vec<String> = check(&tree).iter().map(|finding| finding.path.clone()).collect();
        assert_eq!(found, ["crates/a/src/long.rs"]);
        assert_eq!(long_files(&tree), [("ui/src/wordy.svelte", 401)]);
    }
}
