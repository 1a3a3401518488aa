//! The house rules: what the repository keeps to that no compiler checks.
//!
//! Each rule is a function from the files to what it found. Files are those git tracks and those it would, so that a
//! breach is seen before it is committed.

mod budgets;
mod graph;
mod links;
mod locks;
mod machine;
mod modules;
mod tree;
mod vendor;

use crate::tally::Tally;
use crate::task::Finished;
use crate::workplace::Workplace;
use anyhow::Result;
use std::fmt;
use std::process::ExitCode;
use std::time::Instant;
use tree::Tree;

/// A breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    path: String,
    line: Option<usize>,
    what: String,
}

impl Finding {
    fn in_file(path: &str, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, what: what.into() }
    }

    fn at(path: &str, line: usize, what: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: Some(line), what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.path, self.what),
            None => write!(f, "{}: {}", self.path, self.what),
        }
    }
}

type Rule = fn(&Tree) -> Vec<Finding>;

const RULES: [(&str, Rule); 7] = [
    ("core names no vendor", vendor::check),
    ("only the page's ipc folder knows Tauri; no mod.rs", modules::check),
    ("files stay within their budgets", budgets::check),
    ("lock files name no registry but the public one", locks::check),
    ("no file names a path of one machine", machine::check),
    ("links between pages lead somewhere", links::check),
    ("scripts are executable and end in a newline", tree::check),
];

/// `cargo xtask house`.
pub(crate) fn command(workplace: &Workplace) -> Result<ExitCode> {
    Ok(if step(workplace)?.success { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Checks all rules and prints what they found.
pub(crate) fn step(workplace: &Workplace) -> Result<Finished> {
    let started = Instant::now();
    let tree = Tree::of_repository(workplace.root())?;
    let mut results: Vec<(&str, Vec<Finding>)> =
        RULES.iter().map(|(name, rule)| (*name, rule(&tree))).collect();
    results.push(("crates depend as the architecture says", graph::check(workplace)?));
    let (mut tally, mut failed) = (Tally::default(), Vec::new());
    for (name, findings) in results {
        if findings.is_empty() {
            tally.passed += 1;
            println!("  ✓ house: {name}");
        } else {
            tally.failed += 1;
            failed.push(name.to_owned());
            println!("  ✗ house: {name}");
        }
        for finding in findings {
            println!("      {finding}");
        }
    }
    for (path, lines) in budgets::long_files(&tree) {
        println!("      for information: {path} has {lines} lines");
    }
    Ok(Finished {
        name: "house rules".to_owned(),
        success: tally.failed == 0,
        tally,
        elapsed: started.elapsed(),
        failed,
    })
}
