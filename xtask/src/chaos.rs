//! `cargo xtask chaos`: the long form of the chaos run, with optimisations and at any length.

use crate::isolation::Isolation;
use crate::system::Family;
use crate::workplace::Workplace;
use crate::{ChaosOptions, install, needs, node};
use anyhow::{Context as _, Result};
use std::process::{ExitCode, Stdio};
use std::time::Duration;

/// Builds the run with optimisations and lets it print its seed, its figures and what differs.
pub(crate) fn chaos(workplace: &mut Workplace, options: &ChaosOptions) -> Result<ExitCode> {
    let needs = needs::to_run(Family::detect(), true);
    install::ensure(workplace, &needs, true, options.yes, "cargo xtask chaos")?;
    // The consoles are the whole program, with its page.
    node::build_page(workplace)?;
    workplace
        .cargo("chaos run: build", ["build", "--release", "--package", "chaos"])
        .limit(Duration::from_mins(90))
        .run_or_fail(&workplace.logs())?;
    let mut task = workplace
        .task("chaos run", workplace.built("release", "countersign-chaos"))
        .args(["run", "--conversations", &options.conversations.to_string()])
        .args(["--days", &options.days.to_string()]);
    if let Some(seed) = options.seed {
        task = task.args(["--seed", &seed.to_string()]);
    }
    if let Some(keep) = &options.keep {
        task = task.args([std::ffi::OsStr::new("--keep"), keep.as_os_str()]);
    }
    // Its figures are the answer of this command: they are shown as they come.
    let isolation = Isolation::new("chaos")?;
    let status = isolation
        .around(task)
        .command()
        .stdin(Stdio::null())
        .status()
        .context("Cannot start the chaos run")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
