//! `countersign-chaos`: the run, and the consoles it starts.

use chaos::Options;
use chaos::program::{self, ConsoleOptions};
use clap::{Args, Parser, Subcommand};
use std::process::ExitCode;

/// Simulated days of two consoles under every fault; at the end what they kept is compared with the helpdesk.
#[derive(Debug, Parser)]
#[command(name = "countersign-chaos", max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The run.
    Run(RunOptions),
    /// One console, as the run starts it.
    #[command(hide = true)]
    Console(ConsoleOptions),
}

#[derive(Debug, Args)]
struct RunOptions {
    /// Repeats the schedule of an earlier run [default: another one each time]
    #[arg(long, env = "COUNTERSIGN_CHAOS_SEED")]
    seed: Option<u64>,
    /// How many conversations there are in the end
    #[arg(long, default_value_t = 10_000)]
    conversations: u32,
    /// How many days pass, with their nights
    #[arg(long, default_value_t = 3)]
    days: u32,
    /// Keep the consoles' data and logs in this folder
    #[arg(long)]
    keep: Option<std::path::PathBuf>,
}

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "the answer of this program")]
fn main() -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("countersign-chaos: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        match Cli::parse().command {
            Command::Console(options) => {
                app::logging::start();
                program::serve(options).await.map(|()| true)
            }
            Command::Run(options) => {
                let seed = options.seed.unwrap_or_else(rand::random);
                println!("seed {seed}");
                let report = chaos::run(Options {
                    seed,
                    conversations: options.conversations,
                    days: options.days,
                    program: std::env::current_exe()?,
                    keep: options.keep,
                })
                .await?;
                println!("{report}");
                Ok::<bool, anyhow::Error>(report.holds())
            }
        }
    });
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("countersign-chaos: {error:#}");
            ExitCode::FAILURE
        }
    }
}
