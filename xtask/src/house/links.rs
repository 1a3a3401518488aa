//! Links between the project's own pages lead somewhere.

use super::Finding;
use super::tree::{Tree, ending};

/// Links of Markdown pages to files that are not there.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files().filter(|(path, _)| ending(path) == "md") {
        for (number, line) in (1..).zip(text.lines()) {
            for target in targets(line).filter(|target| !leads_somewhere(tree, path, target)) {
                findings.push(Finding::at(path, number, format!("links to {target}, which is not there")));
            }
        }
    }
    findings
}

/// What follows `](` up to the bracket, without the part of the page after `#`; web addresses aside.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ', '#']).next())
        .filter(|target| !target.is_empty() && !target.contains("://") && !target.starts_with("mailto:"))
}

fn leads_somewhere(tree: &Tree, from: &str, target: &str) -> bool {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.trim_end_matches('/').split('/') {
        match part {
            "." => {}
            ".." => {
                if parts.pop().is_none() {
                    return false;
                }
            }
            name => parts.push(name),
        }
    }
    tree.has(&parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::check;

    #[test]
    fn links_to_missing_pages_are_found_and_addresses_and_anchors_are_left_alone() {
        let page = "[a](b.md) [c](../README.md#top) [d](gone.md) ![e](pictures/no.png)\n\
                    [f](https://example.com/x) [g](#here) [h](../docs)\n";
        let tree = Tree::of(&[("docs/a.md", page), ("docs/b.md", ""), ("README.md", "")]);
        let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "docs/a.md:1: links to gone.md, which is not there",
                "docs/a.md:1: links to pictures/no.png, which is not there"
            ]
        );
    }
}
