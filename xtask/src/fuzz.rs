//! `cargo xtask fuzz`: the fuzz targets of `fuzz/`, where cargo-fuzz is there.
//!
//! What a run finds interesting goes to the cache folder; the corpus in the repository is only read, so that it stays
//! small. `cargo xtask test` replays that corpus on the stable toolchain (`tests/properties`).

use crate::system::find_program;
use crate::workplace::Workplace;
use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// What to run, and for how long.
#[derive(Debug, Clone, Args)]
pub(crate) struct FuzzOptions {
    /// Only this target; all, one after the other, without it.
    #[arg(value_enum)]
    target: Option<Target>,
    /// Seconds for each target.
    #[arg(long, default_value_t = 600)]
    seconds: u32,
}

/// What reads bytes from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Target {
    /// A request's body, from raw bytes to what is stored.
    Delivery,
    /// A webhook's body, as Intercom's dialect reads it.
    Notification,
    /// HTML from outside, made into plain text.
    Html,
}

impl Target {
    const fn name(self) -> &'static str {
        match self {
            Self::Delivery => "delivery",
            Self::Notification => "notification",
            Self::Html => "html",
        }
    }

    /// The words of its input.
    const fn dictionary(self) -> &'static str {
        match self {
            Self::Delivery | Self::Notification => "json.dict",
            Self::Html => "html.dict",
        }
    }
}

/// Runs the targets; the first crash ends it.
pub(crate) fn fuzz(workplace: &Workplace, options: &FuzzOptions) -> Result<ExitCode> {
    if find_program(&["cargo-fuzz"]).is_none() {
        bail!(
            "cargo-fuzz is not on PATH. Install it with 'cargo install cargo-fuzz'; it needs a C++ compiler \
             (Debian: g++). 'cargo xtask test' replays the corpus without it."
        );
    }
    let all = [Target::Delivery, Target::Notification, Target::Html];
    for target in options.target.map_or_else(|| all.to_vec(), |one| vec![one]) {
        if !run(workplace, target, options.seconds)? {
            println!("What brought it down lies in fuzz/artifacts/{}.", target.name());
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// False if something was found that brings the target down.
fn run(workplace: &Workplace, target: Target, seconds: u32) -> Result<bool> {
    let name = target.name();
    let found = workplace.cache().join("fuzz").join(name);
    std::fs::create_dir_all(&found).with_context(|| format!("Cannot make {}", found.display()))?;
    let kept = PathBuf::from("fuzz/corpus").join(name);
    let fuzz = |what: &str| {
        workplace
            .cargo("fuzz", ["fuzz", what, "--target-dir"])
            .args([workplace.scratch("fuzz")])
            .args([name])
            // The sanitisers are not stable; the product is built without them.
            .env("RUSTC_BOOTSTRAP", "1")
    };
    let built = fuzz("build").command().status().context("Cannot start cargo fuzz")?;
    ensure!(built.success(), "The target {name} does not build");
    let mut command = fuzz("run")
        .args([found.into_os_string(), kept.into_os_string(), "--".into()])
        .args([format!("-max_total_time={seconds}"), "-timeout=10".to_owned(), "-max_len=16384".to_owned()])
        .args([format!("-dict=fuzz/dictionaries/{}", target.dictionary()), "-print_final_stats=1".to_owned()])
        .command();
    Ok(command.status().context("Cannot start cargo fuzz")?.success())
}
