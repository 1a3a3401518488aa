//! The chaos run: simulated days of two consoles on one workspace, with sleep, kill -9, restarts, tunnels that change,
//! and every fault of the helpdesk; in the end everything is healed, and what each console kept is compared with what
//! the helpdesk holds.
//!
//! The consoles are processes of their own: the real core, listener, client and database, spoken to over HTTP, by a
//! clock that the run moves. People, faults and leads draw from the seed, so a seed repeats the schedule; which of two
//! processes comes first in a race is left to the machine, as it is in life.
#![warn(missing_docs)]

mod console;
mod days;
mod helpdesk;
mod lead;
mod people;
pub mod program;
mod relay;
mod report;
mod trouble;
mod tunnel;
mod verdict;
mod wire;

pub use report::{Broken, Report};

use std::path::PathBuf;

/// What to run.
#[derive(Debug, Clone)]
pub struct Options {
    /// What the schedule follows from.
    pub seed: u64,
    /// How many conversations there are in the end.
    pub conversations: u32,
    /// How many days pass.
    pub days: u32,
    /// The program that knows the subcommand `console`.
    pub program: PathBuf,
    /// Where data and logs stay; nowhere when left out.
    pub keep: Option<PathBuf>,
}

/// Runs it to the end.
pub async fn run(options: Options) -> anyhow::Result<Report> {
    days::run(options).await
}
