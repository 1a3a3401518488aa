//! `cargo xtask bench catch-up`: what the product promises about catching up, measured on the machine at hand.
//!
//! Two promises: an approval's first call leaves within 100 ms of the end of its undo window while a backfill of
//! 50,000 conversations runs; and from the end of a sleep to caught up it takes less than 30 s with 500 changed
//! conversations, never over the helpdesk's budget.
#![expect(clippy::print_stdout, reason = "a command-line program talks to its user on standard output")]

mod approvals;
mod crowd;
mod wake;

use anyhow::{Result, bail};
use std::process::ExitCode;

/// Where a figure stands beside its target.
pub(crate) struct Verdict {
    pub(crate) what: String,
    pub(crate) figure: String,
    pub(crate) target: &'static str,
    pub(crate) holds: Option<bool>,
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let mut quick = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--quick" => quick = true,
            other => bail!("There is no option {other}; there is --quick"),
        }
    }
    let mut verdicts = Vec::new();
    let conversations = if quick { 2_000 } else { 50_000 };
    println!("A backfill of {conversations} conversations without a limit of calls, approvals beside it");
    verdicts.extend(approvals::measure(conversations, None).await?);
    if !quick {
        println!("The same within the default budget, for a minute");
        verdicts.extend(approvals::measure(conversations, Some(1_666)).await?);
    }
    let changed = if quick { 50 } else { 500 };
    for budget in [1_666, 166] {
        println!("A machine that slept, {changed} changed conversations, {budget} calls to ten seconds");
        verdicts.extend(wake::measure(changed, budget).await?);
    }
    println!();
    println!("{:<66} {:>12}   target", "", "measured");
    for verdict in &verdicts {
        let mark = match verdict.holds {
            Some(true) => "holds",
            Some(false) => "MISSED",
            None => "",
        };
        println!("{:<66} {:>12}   {:<12} {mark}", verdict.what, verdict.figure, verdict.target);
    }
    let missed = verdicts.iter().any(|verdict| verdict.holds == Some(false));
    Ok(if missed && !quick { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The value that so many of a hundred stay within.
pub(crate) fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let place = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(place).copied().unwrap_or_default()
}
