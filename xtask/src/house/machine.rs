//! No file names a path of one machine: such a path is wrong on every other.

use super::Finding;
use super::tree::Tree;

/// Folders that belong to one person's or one session's machine. Split, so that this file does not find itself.
const PLACES: [(&str, &str); 6] =
    [("/", "root/"), ("/", "home/"), ("/", "work/"), ("/tmp/", "w/"), ("/", "Users/"), (":\\", "Users\\")];

/// Absolute paths of one machine.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let places: Vec<String> = PLACES.iter().map(|(start, rest)| format!("{start}{rest}")).collect();
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        for (number, line) in (1..).zip(text.lines()) {
            if let Some(place) = places.iter().find(|place| names(line, place)) {
                findings.push(Finding::at(path, number, format!("names {place}, a folder of one machine")));
            }
        }
    }
    findings
}

/// Whether the line holds the place as the start of a path: not inside a longer path, nor inside a web address.
fn names(line: &str, place: &str) -> bool {
    line.match_indices(place).any(|(at, _)| {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        let after = line.get(at + place.len()..).and_then(|after| after.chars().next());
        let starts_here = place.starts_with(':')
            || before.is_none_or(|c| {
                !(c.is_alphanumeric() || matches!(c, '/' | '.' | '_' | '-' | '~' | '}' | ']' | '$' | '*'))
            });
        // What follows is a name, not the end of a rule such as this one.
        starts_here && after.is_some_and(|c| c.is_alphanumeric() || c == '.' || c == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::check;

    #[test]
    fn paths_of_one_machine_are_found_and_web_addresses_and_relative_paths_are_not() {
        let at_root = ["let a = \"/", "root/.cache\";"].concat();
        let at_home = ["cd /", "home/ana/project"].concat();
        let on_windows = ["C:\\", "Users\\ana"].concat();
        let lines = [
            at_root.as_str(),
            &at_home,
            &on_windows,
            "https://example.com/home/settings",
            "https://example.com/work/item",
            "../shared/work/x",
            "a route /home/ and a word/work/place",
        ];
        let tree = Tree::of(&[("docs/a.md", &lines.join("\n"))]);
        let found: Vec<Option<usize>> = check(&tree).into_iter().map(|finding| finding.line).collect();
        assert_eq!(found, [Some(1), Some(2), Some(3)]);
    }
}
