//! Lock files and package settings name no registry but the public one: a clone must build anywhere.

use super::Finding;
use super::tree::Tree;

const CRATES: &str = "registry+https://github.com/rust-lang/crates.io-index";
const NPM: &str = "https://registry.npmjs.org/";

/// Addresses in lock files and package settings that are not the public registries'.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        let name = path.rsplit('/').next().unwrap_or(path);
        let is_foreign: fn(&str) -> bool = match name {
            "Cargo.lock" => foreign_crate,
            "package-lock.json" => foreign_package,
            ".npmrc" => |line| line.contains("registry=") || line.contains("_authToken"),
            "config.toml" if path.contains(".cargo/") => |line| {
                line.trim_start().starts_with("[source")
                    || line.contains("replace-with")
                    || line.contains("[registr")
            },
            _ => continue,
        };
        for (number, line) in (1..).zip(text.lines()) {
            if is_foreign(line) {
                findings.push(Finding::at(path, number, "names a registry of one machine"));
            }
        }
    }
    findings
}

fn foreign_crate(line: &str) -> bool {
    line.strip_prefix("source = ").is_some_and(|source| source.trim_matches('"') != CRATES)
}

fn foreign_package(line: &str) -> bool {
    line.trim_start()
        .strip_prefix("\"resolved\": ")
        .is_some_and(|address| !address.trim_start_matches('"').starts_with(NPM))
}

#[cfg(test)]
mod tests {
    use super::super::tree::Tree;
    use super::check;

    #[test]
    fn mirrors_are_found_and_the_public_registries_are_not() {
        let tree = Tree::of(&[
            (
                "Cargo.lock",
                "source = \"registry+https://github.com/rust-lang/crates.io-index\"\n\
                 source = \"sparse+https://mirror.example/index/\"\n",
            ),
            (
                "ui/package-lock.json",
                "  \"resolved\": \"https://registry.npmjs.org/a/-/a-1.0.0.tgz\",\n  \
                   \"resolved\": \"https://mirror.example/a/-/a-1.0.0.tgz\",\n",
            ),
            ("ui/.npmrc", "omit-lockfile-registry-resolved=true\n"),
            (".npmrc", "registry=https://mirror.example\n"),
            (".cargo/config.toml", "[alias]\n[source.crates-io]\nreplace-with = \"mirror\"\n"),
        ]);
        let found: Vec<(String, Option<usize>)> =
            check(&tree).into_iter().map(|finding| (finding.path, finding.line)).collect();
        let at = |path: &str, line| (path.to_owned(), Some(line));
        assert_eq!(
            found,
            [
                at(".cargo/config.toml", 2),
                at(".cargo/config.toml", 3),
                at(".npmrc", 1),
                at("Cargo.lock", 2),
                at("ui/package-lock.json", 2)
            ]
        );
    }
}
