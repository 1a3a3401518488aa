//! `countersign-cli triage`: the local model measured on labelled messages of one's own, or taught by them.

use ::triage::evaluation::{Labelled, Prediction, Start, batch, read_lines, stream};
use anyhow::{Context as _, Result};
use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use std::fmt::Display;
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};

#[derive(Debug, Args)]
pub(crate) struct TriageOptions {
    #[command(subcommand)]
    command: TriageCommand,
}

#[derive(Debug, Subcommand)]
enum TriageCommand {
    /// Measure the local model on labelled messages: lines of {"text","label"}, plain or gzipped.
    ///
    /// The label `oos` means none of the buckets. Nothing is sent anywhere, and no workspace is touched.
    #[command(subcommand)]
    Eval(Eval),
    /// Teach the local model of a workspace what a team has labelled: a CSV file, or the tags of its conversations.
    ///
    /// Works on a data folder that no Countersign uses. What was imported is taken back whole in Settings, Buckets.
    Import(crate::import::ImportOptions),
}

#[derive(Debug, Subcommand)]
enum Eval {
    /// Learn one file, choose calibration and thresholds on a second, and be judged on a third.
    Batch {
        /// Messages to learn from
        #[arg(long, value_name = "FILE")]
        train: PathBuf,
        /// Messages to choose calibration and thresholds on
        #[arg(long, value_name = "FILE")]
        val: PathBuf,
        /// Messages to be judged by
        #[arg(long, value_name = "FILE")]
        test: PathBuf,
        #[command(flatten)]
        output: Output,
    },
    /// Answer each message and then learn it, in order, as a team's decisions come in.
    Stream {
        /// Messages to start from, as the examples of the buckets
        #[arg(long, value_name = "FILE", conflicts_with = "buckets")]
        seeds: Option<PathBuf>,
        /// Buckets to start from: `default` for those that the product starts with
        #[arg(long, value_name = "WHICH")]
        buckets: Option<Buckets>,
        /// Messages to answer and learn
        #[arg(long, value_name = "FILE")]
        stream: PathBuf,
        /// Messages to answer in the end
        #[arg(long, value_name = "FILE")]
        test: Option<PathBuf>,
        #[command(flatten)]
        output: Output,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Buckets {
    Default,
}

#[derive(Debug, Args)]
struct Output {
    /// Write what was said of each line: probabilities, raw maximum logit, whether it would have been automatic
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Print the figures as JSON
    #[arg(long)]
    json: bool,
}

pub(crate) async fn run(options: TriageOptions) -> Result<()> {
    match options.command {
        TriageCommand::Eval(eval) => evaluate(eval),
        TriageCommand::Import(options) => crate::import::run(options).await,
    }
}

fn evaluate(eval: Eval) -> Result<()> {
    match eval {
        Eval::Batch { train, val, test, output } => {
            let (train, val, test) = (read_lines(&train)?, read_lines(&val)?, read_lines(&test)?);
            let (report, predictions) = batch(&train, &val, &test);
            output.give(&report, &predictions)
        }
        Eval::Stream { seeds, buckets, stream: lines, test, output } => {
            let seeds: Option<Vec<Labelled>> = seeds.as_deref().map(read_lines).transpose()?;
            let lines = read_lines(&lines)?;
            let test = test.as_deref().map(read_lines).transpose()?;
            let start = match (&seeds, buckets) {
                (Some(seeds), _) => Start::Seeds(seeds),
                (None, Some(Buckets::Default)) => Start::Defaults,
                (None, None) => Start::Empty,
            };
            let (report, predictions) = stream(start, &lines, test.as_deref());
            output.give(&report, &predictions)
        }
    }
}

impl Output {
    #[expect(clippy::print_stdout, reason = "the answer of this command")]
    fn give(&self, report: &(impl Serialize + Display), predictions: &[Prediction]) -> Result<()> {
        if let Some(path) = &self.out {
            write(path, predictions).with_context(|| format!("Cannot write {}", path.display()))?;
        }
        if self.json {
            println!("{}", serde_json::to_string_pretty(report)?);
        } else {
            print!("{report}");
        }
        Ok(())
    }
}

fn write(path: &Path, predictions: &[Prediction]) -> Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    for prediction in predictions {
        serde_json::to_writer(&mut file, prediction)?;
        file.write_all(b"\n")?;
    }
    Ok(file.flush()?)
}
