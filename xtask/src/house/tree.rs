//! The files of the repository, in memory.

use super::Finding;
use anyhow::{Context as _, Result, bail};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Every text file by its path from the root, with forward slashes.
#[derive(Debug, Default)]
pub(super) struct Tree {
    files: BTreeMap<String, String>,
    /// Every file, pictures too.
    paths: BTreeSet<String>,
    executables: Vec<String>,
}

impl Tree {
    /// Reads what git tracks, and what it would track if asked.
    pub(super) fn of_repository(root: &Path) -> Result<Self> {
        let listed = Command::new("git")
            .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
            .current_dir(root)
            .output()
            .context("Cannot start git")?;
        if !listed.status.success() {
            bail!("git cannot list the files: {}", String::from_utf8_lossy(&listed.stderr).trim());
        }
        let mut tree = Self::default();
        for path in listed.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty()) {
            let path = String::from_utf8_lossy(path).into_owned();
            let full = root.join(&path);
            if full.exists() {
                tree.paths.insert(path.clone());
            }
            // What is no text is a picture or a font; what cannot be read was removed and not yet committed.
            if let Ok(text) = fs::read_to_string(&full) {
                if is_executable(&full) {
                    tree.executables.push(path.clone());
                }
                tree.files.insert(path, text);
            }
        }
        Ok(tree)
    }

    pub(super) fn files(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// Whether there is such a file or folder.
    pub(super) fn has(&self, path: &str) -> bool {
        self.paths.contains(path) || self.paths.iter().any(|file| file.starts_with(&format!("{path}/")))
    }

    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let files: BTreeMap<String, String> =
            files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
        Self { paths: files.keys().cloned().collect(), files, executables: Vec::new() }
    }
}

/// What follows the last dot of a path.
pub(super) fn ending(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, ending)| ending)
}

#[cfg(unix)]
fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|metadata| metadata.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_executable(_: &Path) -> bool {
    // The file system does not say; git on another system does.
    true
}

/// Scripts (what starts with `#!`) are executable, and what is executable is a script; text ends in a newline.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (path, text) in tree.files() {
        let is_script = text.starts_with("#!") && !text.starts_with("#![");
        let is_executable = tree.executables.iter().any(|executable| executable == path);
        if is_script && !is_executable {
            findings.push(Finding::in_file(path, "starts with #! and is not executable"));
        }
        let is_verbatim = matches!(ending(path), "svg" | "snap") || path.starts_with("fuzz/corpus/");
        if !text.is_empty() && !text.ends_with('\n') && !is_verbatim {
            findings.push(Finding::in_file(path, "does not end in a newline"));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::{Tree, check};

    #[test]
    fn a_script_that_cannot_be_run_is_found_and_inner_attributes_are_no_scripts() {
        let tree =
            Tree::of(&[("a.sh", "#!/bin/sh\n"), ("lib.rs", "#![warn(missing_docs)]\n"), ("b.md", "text")]);
        let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["a.sh: starts with #! and is not executable", "b.md: does not end in a newline"]);
    }
}
