//! How modules are named, and which of the page's may know its host.

use super::Finding;
use super::tree::Tree;

const HOST: &str = "ui/src/lib/ipc/";

/// `mod.rs` files, and imports of `@tauri-apps` outside the one folder that may.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        if path == "mod.rs" || path.ends_with("/mod.rs") {
            findings.push(Finding::in_file(path, "a module stands in name.rs, not name/mod.rs"));
        }
        let is_page = path.starts_with("ui/src/") && !path.starts_with(HOST);
        if is_page {
            for (number, line) in (1..).zip(text.lines()) {
                if line.contains("@tauri-apps/") {
                    findings.push(Finding::at(path, number, format!("only {HOST} may import @tauri-apps")));
                }
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
    fn mod_files_and_stray_imports_of_the_host_are_found() {
        let import = "import { invoke } from '@tauri-apps/api/core';\n";
        let tree = Tree::of(&[
            ("crates/a/src/b/mod.rs", ""),
            ("crates/a/src/amod.rs", ""),
            ("ui/src/lib/ipc/tauri.ts", import),
            ("ui/src/lib/queue.ts", import),
        ]);
        let found: Vec<String> = check(&tree).iter().map(|finding| finding.path.clone()).collect();
        assert_eq!(found, ["crates/a/src/b/mod.rs", "ui/src/lib/queue.ts"]);
    }
}
