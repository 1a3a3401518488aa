//! `cargo xtask`: everything a person or a build machine does with this repository, as one program.
//!
//! It installs what is missing (after saying what), builds, runs and tests. It never installs without a yes, and
//! keeps what it builds outside the clone, so that a second clone starts warm.
#![expect(clippy::print_stdout, reason = "a command-line program talks to its user on standard output")]

mod area;
mod bench;
mod chaos;
mod check;
mod duration;
mod failures;
mod fuzz;
mod house;
mod install;
mod isolation;
mod needs;
mod node;
mod python;
mod run;
mod screenshots;
mod session;
mod summary;
mod system;
mod tally;
mod task;
mod test;
mod workplace;

use anyhow::Result;
use area::Area;
use clap::{Args, Parser, Subcommand};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Builds, runs and tests Countersign")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Installs what is missing, builds, and opens the window on the demo workspace.
    Run(RunOptions),
    /// Installs what tests need beyond that, and runs all of them.
    Test(TestOptions),
    /// The quick look before a commit: format, lints, house rules, types of the page.
    Check {
        /// Installs what is missing without asking.
        #[arg(long, short)]
        yes: bool,
    },
    /// Only the house rules: who may depend on whom, file sizes, lock files, stray paths.
    House,
    /// Measures the product, built as it is released, against the figures it promises.
    Bench {
        #[command(subcommand)]
        bench: bench::Bench,
        /// Installs what is missing without asking.
        #[arg(long, short)]
        yes: bool,
    },
    /// Runs the fuzz targets, where cargo-fuzz is there.
    Fuzz(fuzz::FuzzOptions),
    /// Simulated days of two consoles under every fault, compared with the helpdesk in the end.
    Chaos(ChaosOptions),
    /// Takes the pictures of docs/screenshots from the running app.
    Screenshots(ScreenshotOptions),
}

/// How to run.
#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Installs what is missing without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Runs the same core without a window and serves its page to a browser on this machine.
    #[arg(long)]
    pub(crate) headless: bool,
    /// Builds with optimisations: slower to build, faster to run.
    #[arg(long)]
    pub(crate) release: bool,
}

/// What to test.
#[derive(Debug, Args)]
pub(crate) struct TestOptions {
    /// Installs what is missing without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Runs only this; may be given more than once.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) only: Vec<Area>,
    /// Leaves this out; may be given more than once.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub(crate) skip: Vec<Area>,
}

/// How long the chaos run is, and which.
#[derive(Debug, Args)]
pub(crate) struct ChaosOptions {
    /// Installs what is missing without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Repeats the schedule of an earlier run.
    #[arg(long, env = "COUNTERSIGN_CHAOS_SEED")]
    pub(crate) seed: Option<u64>,
    /// How many conversations there are in the end.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) conversations: u32,
    /// How many days pass, with their nights.
    #[arg(long, default_value_t = 3)]
    pub(crate) days: u32,
    /// Keeps the consoles' data and logs in this folder.
    #[arg(long)]
    pub(crate) keep: Option<PathBuf>,
}

/// Which pictures, and where to.
#[derive(Debug, Args)]
pub(crate) struct ScreenshotOptions {
    /// Installs what is missing without asking.
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// The folder to write to.
    #[arg(long, default_value = "docs/screenshots")]
    pub(crate) out: PathBuf,
}

fn main() -> ExitCode {
    match dispatch(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            println!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(command: Command) -> Result<ExitCode> {
    let mut workplace = workplace::Workplace::open()?;
    match command {
        Command::Run(options) => run::run(&mut workplace, &options),
        Command::Test(options) => test::test(&mut workplace, &options),
        Command::Check { yes } => check::check(&mut workplace, yes),
        Command::Bench { bench, yes } => bench::bench(&mut workplace, &bench, yes),
        Command::Fuzz(options) => fuzz::fuzz(&workplace, &options),
        Command::House => house::command(&workplace),
        Command::Chaos(options) => chaos::chaos(&mut workplace, &options),
        Command::Screenshots(options) => screenshots::screenshots(&mut workplace, &options),
    }
}
