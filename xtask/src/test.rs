//! `cargo xtask test`: everything, in the order that fails soonest, with one closing line.

use crate::area::{Area, Selection};
use crate::isolation::Isolation;
use crate::needs::{self, CHROMIUM_NAMES};
use crate::summary::Summary;
use crate::system::{Family, find_program};
use crate::task::Task;
use crate::workplace::{FEATURES, Workplace};
use crate::{TestOptions, house, install, node, python, session};
use anyhow::Result;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::Duration;

/// Runs what was selected.
pub(crate) fn test(workplace: &mut Workplace, options: &TestOptions) -> Result<ExitCode> {
    let selection = Selection::new(&options.only, &options.skip);
    let family = Family::detect();
    prepare(workplace, &selection, family, options.yes)?;
    let mut summary = Summary::new();
    if selection.has(Area::House) {
        summary.add(&house::step(workplace)?);
    }
    if selection.has_any(&[Area::Rust, Area::Ui, Area::Clients, Area::E2e, Area::Window]) {
        run_built(workplace, &selection, family, &mut summary)?;
    }
    Ok(summary.close())
}

fn prepare(workplace: &mut Workplace, selection: &Selection, family: Family, yes: bool) -> Result<()> {
    let mut needs = Vec::new();
    let mut with_node = false;
    if selection.has_any(&[Area::Rust, Area::Ui, Area::Clients, Area::E2e, Area::Window]) {
        needs.extend(needs::to_run(family, false));
        with_node = true;
    }
    if selection.has(Area::E2e) {
        needs.extend(needs::for_journeys());
    }
    if selection.has_any(&[Area::Rust, Area::Window]) && family.is_linux() {
        needs.extend(needs::for_session());
    }
    if selection.has(Area::Rust) && family.is_linux() {
        needs.extend(needs::for_tunnels());
    }
    if selection.has(Area::Window) && family.is_linux() {
        needs.extend(needs::for_window());
    }
    install::ensure(workplace, &needs, with_node, yes, "cargo xtask test")?;
    if with_node {
        node::modules(workplace, "ui")?;
    }
    if selection.has_any(&[Area::E2e, Area::Window]) {
        node::modules(workplace, "tests/e2e")?;
    }
    if selection.has(Area::Clients) {
        node::modules(workplace, "tests/clients")?;
    }
    Ok(())
}

/// Runs the steps that need the page or the programs.
fn run_built(
    workplace: &Workplace,
    selection: &Selection,
    family: Family,
    summary: &mut Summary,
) -> Result<()> {
    let logs = workplace.logs();
    if selection.has(Area::Rust) {
        summary.add(&format(workplace).run(&logs)?);
    }
    if selection.has(Area::Ui) {
        for task in ui_checks(workplace) {
            summary.add(&task.run(&logs)?);
        }
        summary.add(&Isolation::new("ui")?.around(ui(workplace, "page: unit tests", "test")).run(&logs)?);
    }
    // The page is part of the programs: without it nothing below means anything.
    if !summary.add(&ui(workplace, "page: build", "build").run(&logs)?)
        || !selection.has_any(&[Area::Rust, Area::Clients, Area::E2e, Area::Window])
        || !summary.add(&build(workplace).run(&logs)?)
    {
        return Ok(());
    }
    if selection.has(Area::Rust) {
        summary.add(&lints(workplace).run(&logs)?);
        summary.add(&documentation(workplace).run(&logs)?);
        let isolation = Isolation::new("rust")?;
        summary.add(&session::around(isolation.around(unit_tests(workplace))).run(&logs)?);
    }
    if selection.has(Area::Clients) {
        for (name, task) in
            [("clients", official_clients(workplace)?), ("models", language_models(workplace)?)]
        {
            summary.add(&Isolation::new(name)?.around(task).run(&logs)?);
        }
    }
    if selection.has(Area::E2e) {
        let isolation = Isolation::new("e2e")?;
        summary.add(&isolation.around(end_to_end(workplace, "end to end: browser", "journeys")).run(&logs)?);
    }
    if selection.has(Area::Window) {
        if family.is_linux() {
            let isolation = Isolation::new("window")?;
            let task = end_to_end(workplace, "end to end: window", "window");
            summary.add(&session::around(isolation.around(task)).run(&logs)?);
        } else {
            summary.add_not_run("end to end: window", "only WebKitGTK's window can be driven");
        }
    }
    Ok(())
}

/// The steps on the source of the page that change nothing.
pub(crate) fn ui_checks(workplace: &Workplace) -> [Task; 2] {
    [ui(workplace, "page: lint", "lint"), ui(workplace, "page: types", "check")]
}

fn ui(workplace: &Workplace, name: &str, script: &str) -> Task {
    workplace.npm(name, "ui", ["run", script]).limit(Duration::from_mins(10))
}

pub(crate) fn format(workplace: &Workplace) -> Task {
    workplace.cargo("rust: format", ["fmt", "--all", "--check"])
}

fn cargo_with_features(workplace: &Workplace, name: &str, before: &[&str], after: &[&str]) -> Task {
    let args = before.iter().chain(FEATURES.iter()).chain(after).map(OsString::from);
    workplace.cargo(name, args)
}

/// All targets at once, so that the programs are built with the very dependencies that the tests use.
fn build(workplace: &Workplace) -> Task {
    cargo_with_features(workplace, "rust: build", &["build", "--workspace", "--all-targets"], &[])
        .limit(Duration::from_hours(1))
}

pub(crate) fn lints(workplace: &Workplace) -> Task {
    let after = ["--", "-D", "warnings"];
    cargo_with_features(workplace, "rust: lints", &["clippy", "--workspace", "--all-targets"], &after)
}

fn documentation(workplace: &Workplace) -> Task {
    let before = ["doc", "--workspace", "--no-deps", "--document-private-items"];
    cargo_with_features(workplace, "rust: documentation", &before, &[]).env("RUSTDOCFLAGS", "-D warnings")
}

fn unit_tests(workplace: &Workplace) -> Task {
    cargo_with_features(workplace, "rust: tests", &["test", "--workspace", "--no-fail-fast"], &[])
}

/// The official clients of Intercom. Where there is no Python for one of them, its tests are skipped and say why.
fn official_clients(workplace: &Workplace) -> Result<Task> {
    let task = workplace
        .npm("official clients", "tests/clients", ["run", "--silent", "clients"])
        .env("COUNTERSIGN_CLI", workplace.built("debug", "countersign-cli"))
        .limit(Duration::from_mins(10));
    Ok(match python::environment(workplace, "tests/clients")? {
        Ok(python) => task.env("CLIENTS_PYTHON", python),
        Err(missing) => task.env("CLIENTS_PYTHON_MISSING", missing),
    })
}

/// Requests to language models against the official clients' types; skipped like the above.
fn language_models(workplace: &Workplace) -> Result<Task> {
    let task = workplace
        .npm("requests to language models", "tests/models", ["run", "--silent", "models"])
        .env("MODELS_BODIES", workplace.built("debug", "examples/bodies"))
        .limit(Duration::from_mins(10));
    Ok(match python::environment(workplace, "tests/models")? {
        Ok(python) => task.env("MODELS_PYTHON", python),
        Err(missing) => task.env("MODELS_PYTHON_MISSING", missing),
    })
}

/// The Node.js tests of one folder of tests/e2e, told where the programs are.
fn end_to_end(workplace: &Workplace, name: &str, folder: &str) -> Task {
    let task = workplace
        .npm(name, "tests/e2e", ["run", "--silent", folder])
        .env("COUNTERSIGN_CLI", workplace.built("debug", "countersign-cli"))
        .env("COUNTERSIGN_APP", workplace.built("debug", "countersign"))
        .limit(Duration::from_mins(15));
    match find_program(CHROMIUM_NAMES) {
        Some(chromium) => task.env("CHROMIUM", chromium),
        None => task,
    }
}
