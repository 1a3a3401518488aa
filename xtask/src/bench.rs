//! `cargo xtask bench`: the product measured against the figures it promises, built as it is released.

use crate::system::Family;
use crate::workplace::Workplace;
use crate::{install, needs};
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

/// The program that measures catching up.
const CATCH_UP: &str = "catch_up_bench";

/// What to measure.
#[derive(Debug, Clone, Subcommand)]
pub(crate) enum Bench {
    /// Deliveries: how many a second are verified and on disk, and how soon each is answered.
    Intake(IntakeOptions),
    /// The local model: accuracy, calibration, speed and size.
    Triage {
        /// Without the long runs: shows that the bench works, judges nothing.
        #[arg(long)]
        quick: bool,
        /// The folder with CLINC150; its lines are skipped without it.
        #[arg(long, value_name = "DIR")]
        clinc150: Option<PathBuf>,
    },
    /// The threshold simulator: how soon its slider answers on 100,000 decisions.
    Policies {
        /// With a short record: shows that the bench works, judges nothing.
        #[arg(long)]
        quick: bool,
    },
    /// Catching up: from waking to caught up, and whether an approval waits for a backfill.
    CatchUp {
        /// Seconds instead of minutes: shows that the bench works, judges nothing.
        #[arg(long)]
        quick: bool,
    },
}

/// How to measure the intake.
#[derive(Debug, Clone, Args)]
pub(crate) struct IntakeOptions {
    /// Seconds instead of minutes: shows that the bench works, judges nothing.
    #[arg(long)]
    quick: bool,
    /// A folder on the disk to measure; 8 GB are written there and removed. The build folder without it.
    #[arg(long)]
    data: Option<PathBuf>,
}

/// Builds the bench and runs it. Its figures go straight to the terminal; a missed target is a failure.
pub(crate) fn bench(workplace: &mut Workplace, bench: &Bench, yes: bool) -> Result<ExitCode> {
    let needs = needs::to_run(Family::detect(), true);
    install::ensure(workplace, &needs, false, yes, "cargo xtask bench")?;
    let (build, program): (&[&str], _) = match bench {
        Bench::Intake(_) | Bench::Triage { .. } | Bench::Policies { .. } => {
            (&["--package", "bench"], "countersign-bench")
        }
        Bench::CatchUp { .. } => (&["--package", "app", "--example", CATCH_UP], "examples/catch_up_bench"),
    };
    workplace
        .cargo("bench: build", ["build", "--release"].iter().chain(build).copied())
        .limit(Duration::from_hours(1))
        .run_or_fail(&workplace.logs())?;
    let program = workplace.built("release", program);
    let mut command = Command::new(&program);
    match bench {
        Bench::CatchUp { quick } => {
            command.args(quick.then_some("--quick"));
        }
        Bench::Triage { quick, clinc150 } => {
            command.arg("triage").args(quick.then_some("--quick"));
            if let Some(folder) = clinc150 {
                command.arg("--clinc150").arg(folder);
            }
        }
        Bench::Policies { quick } => {
            command.arg("policies").args(quick.then_some("--quick"));
        }
        Bench::Intake(options) => {
            let data = options.data.clone().unwrap_or_else(|| workplace.scratch("bench"));
            command.arg("intake").arg("--data").arg(data);
            if options.quick {
                command.arg("--quick");
            }
        }
    }
    let status = command.status().with_context(|| format!("Cannot start {}", program.display()))?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
