//! The core names no vendor: a second helpdesk must need no edit there.

use super::Finding;
use super::tree::Tree;

const CORE: [&str; 4] =
    ["crates/domain/src/", "crates/engine/src/", "crates/store/src/", "crates/triage/src/"];
const VENDORS: [&str; 3] = ["intercom", "zendesk", "freshdesk"];

/// Lines of the core that name a vendor.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        if !CORE.iter().any(|folder| path.starts_with(folder)) {
            continue;
        }
        for (number, line) in (1..).zip(text.lines()) {
            let lower = line.to_lowercase();
            if let Some(vendor) = VENDORS.iter().find(|vendor| lower.contains(*vendor)) {
                findings.push(Finding::at(path, number, format!("names the vendor '{vendor}'")));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::check;

    #[test]
    fn a_vendor_is_found_in_the_core_in_any_case_and_nowhere_else() {
        let tree = Tree::of(&[
            ("crates/engine/src/outbox.rs", "// a line\nlet url = \"api.InterCom.io\";\n"),
            ("crates/intercom/src/lib.rs", "//! Everything Intercom.\n"),
            ("crates/engine/tests/outbox.rs", "use intercom::Client;\n"),
        ]);
        let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["crates/engine/src/outbox.rs:2: names the vendor 'intercom'"]);
    }
}
