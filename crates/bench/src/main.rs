//! `cargo xtask bench`: the product measured against what it promises, on the machine at hand.
//!
//! Each bench prints its figures beside its targets and ends with a failure when one is missed. Load comes from a
//! second process, which is this program again, so that it cannot be slowed down by what it measures.
#![expect(clippy::print_stdout, reason = "a command-line program talks to its user on standard output")]

mod disk;
mod insights;
mod intake;
mod load;
mod notification;
mod policies;
mod serving;
mod triage;
mod verdict;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(about = "Measures the product against the figures it promises")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Deliveries: how many a second are verified and on disk, and how soon each is answered.
    Intake(IntakeOptions),
    /// The local model: accuracy, calibration, speed and size.
    Triage(triage::TriageOptions),
    /// The threshold simulator: how soon its slider answers.
    Policies(policies::PoliciesOptions),
    /// The second process of `intake`: sends deliveries and tells how they were answered.
    #[command(hide = true)]
    Load(load::Orders),
}

/// How to measure the intake.
#[derive(Debug, Args)]
pub(crate) struct IntakeOptions {
    /// Seconds instead of minutes: shows that the bench works, and fails only when something breaks.
    #[arg(long)]
    quick: bool,
    /// A folder on the disk to measure; what is written there is removed at the end.
    #[arg(long)]
    data: PathBuf,
    /// Deliveries already on disk, smallest first [default: 1000,100000,1000000]
    #[arg(long, value_delimiter = ',')]
    tables: Option<Vec<u64>>,
    /// How often each side is measured [default: 7]
    #[arg(long)]
    rounds: Option<usize>,
    /// Deliveries a round [default: 20000]
    #[arg(long)]
    burst: Option<usize>,
    /// Of the steady load [default: 30]
    #[arg(long)]
    seconds: Option<f64>,
}

fn main() -> Result<ExitCode> {
    match Cli::parse().command {
        Command::Intake(options) => intake::measure(&options),
        Command::Triage(options) => triage::measure(&options),
        Command::Policies(options) => policies::measure(&options),
        Command::Load(orders) => load::send(&orders),
    }
}
