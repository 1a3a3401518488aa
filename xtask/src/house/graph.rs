//! Who may depend on whom. Read from cargo's own account of the workspace, not from the text of the manifests.

use super::Finding;
use crate::workplace::Workplace;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use std::collections::BTreeSet;

/// Each crate of ours, and those of ours it may depend on. A new edge wants a note in ARCHITECTURE.md.
const ALLOWED: [(&str, &[&str]); 14] = [
    ("domain", &[]),
    ("simulator", &[]),
    ("xtask", &[]),
    ("triage", &["domain"]),
    ("store", &["domain"]),
    ("intercom", &["domain"]),
    ("tunnels", &["domain"]),
    ("language-models", &["domain"]),
    ("engine", &["store", "triage", "domain"]),
    ("app", &["engine", "intercom", "language-models", "simulator", "store", "triage", "tunnels", "domain"]),
    ("cli", &["app", "simulator", "triage"]),
    ("chaos", &["app", "engine", "simulator", "domain"]),
    ("countersign", &["app"]),
    ("bench", &["engine", "intercom", "store", "triage", "domain"]),
];
/// May depend on every crate.
const TESTS: &str = "product-tests";
/// Any crate's tests may run against it: it is met over HTTP only.
const SIMULATOR: &str = "simulator";

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Edge {
    from: String,
    to: String,
    only_in_tests: bool,
}

/// Edges between crates of ours that the architecture does not have.
pub(super) fn check(workplace: &Workplace) -> Result<Vec<Finding>> {
    let output = workplace
        .cargo("metadata", ["metadata", "--format-version", "1", "--no-deps"])
        .command()
        .output()
        .context("Cannot start cargo metadata")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).context("cargo metadata is no JSON")?;
    Ok(findings(&metadata))
}

fn findings(metadata: &Value) -> Vec<Finding> {
    let packages = metadata.get("packages").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let name = |value: &Value| value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let ours: BTreeSet<String> = packages.iter().map(name).collect();
    let mut findings = Vec::new();
    for package in &ours {
        if package != TESTS && !ALLOWED.iter().any(|(known, _)| known == package) {
            findings.push(Finding::in_file(package, "a crate with no place in the graph: give it one"));
        }
    }
    for package in packages {
        let dependencies =
            package.get("dependencies").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        for dependency in dependencies {
            let edge = Edge {
                from: name(package),
                to: name(dependency),
                only_in_tests: dependency.get("kind").and_then(Value::as_str) == Some("dev"),
            };
            if ours.contains(&edge.to) && !is_allowed(&edge) {
                findings.push(Finding::in_file(&edge.from, format!("may not depend on {}", edge.to)));
            }
        }
    }
    findings
}

fn is_allowed(edge: &Edge) -> bool {
    if edge.from == TESTS || (edge.only_in_tests && edge.to == SIMULATOR && edge.from != SIMULATOR) {
        return true;
    }
    ALLOWED.iter().any(|(from, to)| *from == edge.from && to.contains(&edge.to.as_str()))
}

#[cfg(test)]
mod tests {
    use super::findings;
    use serde_json::{Value, json};

    fn package(name: &str, dependencies: &[(&str, Option<&str>)]) -> Value {
        let dependencies: Vec<Value> =
            dependencies.iter().map(|(name, kind)| json!({ "name": name, "kind": kind })).collect();
        json!({ "name": name, "dependencies": dependencies })
    }

    fn found(packages: &[Value]) -> Vec<String> {
        findings(&json!({ "packages": packages })).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_architectures_own_edges_are_allowed() {
        let packages = [
            package("domain", &[("serde", None)]),
            package("store", &[("domain", None), ("sqlx", None)]),
            package("triage", &[]),
            package("simulator", &[]),
            package("engine", &[("store", None), ("triage", None), ("simulator", Some("dev"))]),
            package("product-tests", &[("engine", Some("dev")), ("store", Some("dev"))]),
        ];
        assert_eq!(found(&packages), [""; 0]);
    }

    #[test]
    fn an_edge_against_the_grain_is_found_in_tests_too() {
        let packages = [
            package("domain", &[("store", None)]),
            package("store", &[]),
            package("intercom", &[]),
            package("engine", &[("intercom", Some("dev"))]),
            package("simulator", &[("domain", None)]),
        ];
        assert_eq!(
            found(&packages),
            [
                "domain: may not depend on store",
                "engine: may not depend on intercom",
                "simulator: may not depend on domain"
            ]
        );
    }

    #[test]
    fn a_crate_without_a_place_is_found() {
        assert_eq!(
            found(&[package("helpers", &[])]),
            ["helpers: a crate with no place in the graph: give it one"]
        );
    }
}
