//! `cargo xtask bench policies`: how soon the slider of the threshold simulator answers.
//!
//! The record is made up: 100,000 decisions on one bucket and action, over a year, with confidences that are honest.
//! What is measured is what a move of the slider asks the core: the replay at a line, day by day, with its bound and the
//! cases that would have been wrong. That the page shows it is not measured here.

use crate::verdict::Verdict;
use anyhow::{Context as _, Result};
use clap::Args;
use domain::{SuggestionId, Timestamp};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use triage::policy::{ActionWord, Answer, History, Policy, Record};

const DECISIONS: usize = 100_000;
const QUICK: usize = 5_000;
const LINES: u32 = 200;
const HOUR_MS: i64 = 3_600_000;

/// How to measure the simulator.
#[derive(Debug, Args)]
pub(crate) struct PoliciesOptions {
    /// With a short record: shows that the bench works, judges nothing.
    #[arg(long)]
    quick: bool,
}

pub(crate) fn measure(options: &PoliciesOptions) -> Result<ExitCode> {
    let mut verdict = Verdict::default();
    let records = record(if options.quick { QUICK } else { DECISIONS });
    let begun = Instant::now();
    let history = History::new(&records, 60);
    let built = begun.elapsed();
    let what = format!("history of {} decisions, made anew", records.len());
    verdict.add(&what, format!("{built:.2?}"), "1 s", built <= Duration::from_secs(1));

    let bucket = "billing".into();
    let track = history.track(&bucket, ActionWord::Reply).context("There is no such track")?;
    let promise = Policy::cautious(bucket.clone(), ActionWord::Reply).promise;
    let (mut times, mut wrong) = (Vec::new(), 0);
    for step in 0..LINES {
        let line = 0.5 + f64::from(step) / f64::from(LINES) / 2.0;
        let begun = Instant::now();
        let replay = track.replay(line, promise.level);
        times.push(begun.elapsed());
        wrong = wrong.max(replay.wrong.len());
    }
    times.sort_unstable();
    let slowest = times.last().copied().unwrap_or_default();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let measured = format!("{slowest:.2?} (median {median:.2?})");
    let target = Duration::from_millis(200);
    verdict.add("slider, slowest of 200 lines", measured, "200 ms", slowest <= target);
    let begun = Instant::now();
    let points = track.curve(&track.lines(120), promise.level).len();
    let proposed = track.proposed_line(promise);
    let took = begun.elapsed();
    verdict.add(
        &format!("curve of {points} lines, and the proposed one"),
        format!("{took:.2?}"),
        "200 ms",
        took <= target && proposed.is_some(),
    );
    verdict.add("cases that a line shows at most", wrong.to_string(), "some", wrong > 0);
    Ok(verdict.close(options.quick))
}

/// Decisions whose confidence says how often they are right.
fn record(number: usize) -> Vec<Record> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut chance = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    (0..number)
        .map(|index| {
            let confidence = 1.0 - chance().powi(2) * 0.6;
            let is_right = chance() < confidence;
            Record {
                suggestion_id: SuggestionId(uuid::Uuid::from_u128(index as u128)),
                at: Timestamp(index as i64 * HOUR_MS * 24 * 365 / number as i64),
                bucket_id: "billing".into(),
                confidence,
                actions: [ActionWord::Assign, ActionWord::Reply].into_iter().collect(),
                answer: if is_right {
                    Answer::Approved
                } else {
                    Answer::Corrected { bucket_id: "spam".into() }
                },
                blind: false,
                looked_ms: None,
            }
        })
        .collect()
}
