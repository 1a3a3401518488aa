//! `cargo xtask screenshots`: the pictures of docs/screenshots, taken from the running app on its demo workspace.

use crate::isolation::Isolation;
use crate::needs::{self, CHROMIUM_NAMES};
use crate::system::{Family, find_program};
use crate::workplace::Workplace;
use crate::{ScreenshotOptions, install, node};
use anyhow::{Context as _, Result};
use std::process::ExitCode;
use std::time::Duration;

/// Builds the headless program and lets a browser take the pictures, light and dark.
pub(crate) fn screenshots(workplace: &mut Workplace, options: &ScreenshotOptions) -> Result<ExitCode> {
    let mut needs = needs::to_run(Family::detect(), true);
    needs.extend(needs::for_browser());
    install::ensure(workplace, &needs, true, options.yes, "cargo xtask screenshots")?;
    node::build_page(workplace)?;
    node::modules(workplace, "tests/e2e")?;
    let logs = workplace.logs();
    workplace
        .cargo("program without a window", ["build", "--package", "cli"])
        .limit(Duration::from_hours(1))
        .run_or_fail(&logs)?;
    let out = workplace.root().join(&options.out);
    std::fs::create_dir_all(&out).with_context(|| format!("Cannot make {}", out.display()))?;
    let chromium = find_program(CHROMIUM_NAMES).context("Chromium is not on PATH")?;
    let task = workplace
        .npm("screenshots", "tests/e2e", ["run", "--silent", "screenshots"])
        .env("COUNTERSIGN_CLI", workplace.built("debug", "countersign-cli"))
        .env("CHROMIUM", chromium)
        .env("SCREENSHOTS", &out)
        .limit(Duration::from_mins(5));
    Isolation::new("shots")?.around(task).run_or_fail(&logs)?;
    println!("Written to {}", out.display());
    Ok(ExitCode::SUCCESS)
}
