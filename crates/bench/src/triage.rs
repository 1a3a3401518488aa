//! `cargo xtask bench triage`: the local model against the figures it promises.
//!
//! The figures come from `triage::evaluation`, which asks the model that the product runs. CLINC150 is not part of
//! the product; without its folder the lines that need it are skipped.

use crate::insights;
use crate::verdict::Verdict;
use ::triage::evaluation::{Automatic, Labelled, NONE_LABEL, Start, Window, batch, stream};
use ::triage::{BucketSeed, DefaultBucket, Lesson, LocalModel, Message, OwnedMessage, default_buckets};
use anyhow::{Context as _, Result};
use clap::Args;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// Messages that nothing was trained on, with the bucket of the product's own that they belong to.
const HELD_OUT: &str = include_str!("../../triage/tests/held_out.jsonl");
const REFIT: usize = 2_500;
const STREAM: usize = 10_000;

/// How to measure the local model.
#[derive(Debug, Args)]
pub(crate) struct TriageOptions {
    /// Without the long runs: shows that the bench works, judges nothing.
    #[arg(long)]
    quick: bool,
    /// The folder with CLINC150 as `data_full.json.gz` and `domains.json`; its lines are skipped without it.
    #[arg(long, value_name = "DIR", default_value = "../shared/datasets/clinc150")]
    clinc150: PathBuf,
}

pub(crate) fn measure(options: &TriageOptions) -> Result<ExitCode> {
    let mut verdict = Verdict::default();
    let held_out: Vec<Labelled> = HELD_OUT
        .lines()
        .enumerate()
        .map(|(index, line)| {
            let value: serde_json::Value = serde_json::from_str(line)?;
            let text =
                |key: &str| value.get(key).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            Ok(Labelled { text: text("text"), label: text("label"), line: index + 1 })
        })
        .collect::<Result<_>>()?;
    quickness(&mut verdict, &held_out);
    insights::measure(&mut verdict, options.quick)?;
    if !options.quick {
        if options.clinc150.join("data_full.json.gz").is_file() {
            clinc150(&mut verdict, &options.clinc150)?;
        } else {
            println!(
                "CLINC150: skipped, there is no {}",
                options.clinc150.join("data_full.json.gz").display()
            );
        }
    }
    Ok(verdict.close(options.quick))
}

fn seeds() -> Vec<BucketSeed> {
    default_buckets().iter().map(DefaultBucket::seed).collect()
}

fn quickness(verdict: &mut Verdict, held_out: &[Labelled]) {
    let fresh = LocalModel::train(&seeds(), &[]);
    let right = held_out
        .iter()
        .filter(|held| {
            let answer = fresh.classify(&Message::alone(&held.text));
            answer.classification().is_some_and(|answer| answer.bucket == held.label)
        })
        .count();
    let share = right as f64 / held_out.len() as f64;
    let measured = format!("{:.1} % of {}", share * 100.0, held_out.len());
    verdict.add("four default buckets, before any decision", measured, "72 % on another set", share >= 0.72);

    let lesson = |index: usize| {
        let held = held_out.get(index % held_out.len());
        let newest = held.map(|held| format!("{} {index}", held.text)).unwrap_or_default();
        let bucket = held.map(|held| held.label.clone()).unwrap_or_default();
        Lesson { message: OwnedMessage { newest, ..OwnedMessage::default() }, bucket, weight: 1.0 }
    };
    let examples: usize = seeds().iter().map(|seed| seed.examples.len()).sum();
    let lessons: Vec<Lesson> = (0..REFIT.saturating_sub(examples)).map(lesson).collect();
    let begun = Instant::now();
    let mut model = LocalModel::train(&seeds(), &lessons);
    let took = begun.elapsed();
    let what = format!("refit of {} examples and decisions", examples + lessons.len());
    verdict.add(&what, format!("{took:.2?}"), "1.5 s", took <= Duration::from_millis(1_500));

    let bytes = model.to_bytes();
    let is_same = bytes == LocalModel::train(&seeds(), &lessons).to_bytes();
    verdict.add("the same log gives the same model, byte for byte", is_same.to_string(), "true", is_same);
    let size = bytes.len();
    verdict.add("four buckets on disk", format!("{:.2} MB", size as f64 / 1e6), "4 MB", size <= 4_000_000);

    let long = "The export of our monthly report stopped this morning and nobody in the office can open it. We tried \
                another browser and a second account, and the page stays white after the second step. Could you look \
                into it today? Our auditors come on Thursday, and we need the figures of March for them. Thank you";
    let short: String = long.chars().take(300).collect();
    let parts: Vec<String> = (0..100).map(|part| format!("Part {part} of it: {long}\n")).collect();
    let mail: String = parts.concat().chars().take(8_192).collect();
    for (what, text, target, most) in [
        ("300-byte message, features and score, median", &short, "60 us", 60),
        ("8 KB mail, features and score, median", &mail, "0.8 ms", 800),
    ] {
        let took =
            median(400, || LocalModel::prepare(&Message::alone(text)).and_then(|read| model.assess(&read)));
        verdict.add(what, format!("{took:.1?}"), target, took <= Duration::from_micros(most));
    }
    let took = median(400, || model.similar(&Message::alone(&short), 3));
    let what = format!("similar decisions among {}, median", lessons.len());
    verdict.add(&what, format!("{took:.1?}"), "1 ms", took <= Duration::from_millis(1));
    for (what, text) in [("300-byte message", &short), ("8 KB mail", &mail)] {
        let message = Message::alone(text);
        let took = median(100, || {
            let found = model.classify(&message);
            let answer = found.classification()?;
            let rest = (model.flip(&message, answer), model.without_evidence(&message, answer));
            Some((rest, model.similar(&message, 6)))
        });
        let what = format!("why, in full, for a card: {what}, median");
        verdict.add(&what, format!("{took:.1?}"), "50 ms", took <= Duration::from_millis(50));
    }
    let mut next = lessons.len();
    let took = median(200, || {
        next += 1;
        model.learn(&lesson(next));
    });
    verdict.add(
        "learning one decision with its replays, median",
        format!("{took:.1?}"),
        "1.5 ms",
        took <= Duration::from_micros(1_500),
    );
}

fn median<T>(rounds: usize, mut work: impl FnMut() -> T) -> Duration {
    let mut times: Vec<Duration> = (0..rounds)
        .map(|_| {
            let begun = Instant::now();
            std::hint::black_box(work());
            begun.elapsed()
        })
        .collect();
    times.sort_unstable();
    times.get(rounds / 2).copied().unwrap_or_default()
}

type Rows = Vec<(String, String)>;

fn read<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let file = File::open(path).with_context(|| format!("Cannot open {}", path.display()))?;
    let file = BufReader::new(file);
    let parsed = if path.extension().is_some_and(|ending| ending == "gz") {
        serde_json::from_reader(BufReader::new(flate2::bufread::GzDecoder::new(file)))
    } else {
        serde_json::from_reader(file)
    };
    parsed.with_context(|| format!("Cannot read {}", path.display()))
}

fn clinc150(verdict: &mut Verdict, folder: &Path) -> Result<()> {
    let data: BTreeMap<String, Rows> = read(&folder.join("data_full.json.gz"))?;
    let domains: BTreeMap<String, Vec<String>> = read(&folder.join("domains.json"))?;
    let part = |name: &str, is_outside: bool| -> Vec<Labelled> {
        let rows = data.get(name).map(Vec::as_slice).unwrap_or_default();
        let label = |label: &String| if is_outside { NONE_LABEL.to_owned() } else { label.clone() };
        rows.iter().map(|(text, own)| Labelled { text: text.clone(), label: label(own), line: 0 }).collect()
    };
    let train = part("train", false);
    let validation = [part("val", false), part("oos_val", true)].concat();
    let test = [part("test", false), part("oos_test", true)].concat();

    let (report, _) = batch(&train, &validation, &test);
    let mut share = |what: &str, got: f64, target: &'static str, least: f64| {
        verdict.add(
            what,
            format!("{:.1} %", got * 100.0),
            target,
            (got * 1000.0).round() >= (least * 1000.0).round(),
        );
    };
    share("CLINC150: in-scope accuracy", report.accuracy, "93.8 %", 0.938);
    if let Some(out) = &report.out_of_scope {
        share(
            "CLINC150: in-scope accuracy at the threshold",
            out.in_scope_accuracy.unwrap_or_default(),
            "92.5 %",
            0.925,
        );
        share("CLINC150: out-of-scope recall at the threshold", out.recall.unwrap_or_default(), "62 %", 0.62);
        share("CLINC150: out-of-scope AUROC of the raw score", out.auroc, "96.0 %", 0.96);
    }
    let at_98 = report.coverage.iter().find(|one| (one.precision - 0.98).abs() < 1e-6);
    share("CLINC150: coverage at 98 % precision", at_98.map_or(0.0, |one| one.coverage), "88 %", 0.88);
    for (count, target, least) in [(5, "76 %", 0.76), (10, "83.5 %", 0.835)] {
        let seeds = [1, 2, 3];
        let accuracies = seeds.map(|seed| {
            let mut drawn = train.clone();
            shuffle(&mut drawn, seed);
            batch(&few(&drawn, count), &validation, &test).0.accuracy
        });
        let mean = accuracies.iter().sum::<f64>() / seeds.len() as f64;
        let what = format!("CLINC150: accuracy from {count} examples a class, mean of three draws");
        share(&what, mean, target, least);
    }
    let error = report.calibration_error;
    let what = "CLINC150: calibration error after calibration";
    verdict.add(what, format!("{:.1} points", error * 100.0), "1.0 points", (error * 1000.0).round() <= 10.0);

    let mut order = train;
    shuffle(&mut order, 7);
    order.truncate(STREAM);
    let (report, _) = stream(Start::Empty, &order, None);
    for (from, target, least) in [(200, "60 %", 0.60), (1_000, "83 %", 0.83), (3_000, "92.5 %", 0.925)] {
        let Some(window) = report.windows.iter().find(|window| window.from == from) else { continue };
        let what = format!("CLINC150: prequential accuracy, {from} to {}", window.to);
        let holds = (window.accuracy * 1000.0).round() >= least * 1000.0;
        verdict.add(&what, format!("{:.1} %", window.accuracy * 100.0), target, holds);
    }
    automatic(verdict, "150 buckets", &report.windows);
    let of_four: Vec<Labelled> = order.iter().take(3_000).map(|line| in_four(line, &domains)).collect();
    automatic(verdict, "four buckets", &stream(Start::Empty, &of_four, None).0.windows);
    Ok(())
}

/// 'Automatic at 95 %' in every window with a hundred automatic answers or more.
fn automatic(verdict: &mut Verdict, what: &str, windows: &[Window]) {
    let at_95 =
        |window: &Window| window.automatic.iter().find(|one| (one.target - 0.95).abs() < 1e-6).copied();
    let long: Vec<Automatic> = windows.iter().filter_map(at_95).filter(|one| one.count >= 100).collect();
    let least = long.iter().filter_map(|one| one.precision).fold(1.0, f64::min);
    let measured = format!("{:.1} % in {} windows", least * 100.0, long.len());
    let holds = !long.is_empty() && least >= 0.95;
    verdict.add(&format!("automatic at 95 %, {what}: least precision of a window"), measured, "95 %", holds);
}

/// The first examples of each class.
fn few(train: &[Labelled], count: usize) -> Vec<Labelled> {
    let mut taken: BTreeMap<&str, usize> = BTreeMap::new();
    let mut first = Vec::new();
    for line in train {
        let taken = taken.entry(&line.label).or_default();
        *taken += 1;
        if *taken <= count {
            first.push(line.clone());
        }
    }
    first
}

fn in_four(line: &Labelled, domains: &BTreeMap<String, Vec<String>>) -> Labelled {
    let place = domains.values().position(|intents| intents.contains(&line.label)).unwrap_or_default();
    Labelled { label: format!("bucket {}", place % 4), ..line.clone() }
}

/// Puts the lines into an order that is the same each time for a seed.
fn shuffle(lines: &mut [Labelled], seed: u64) {
    let mut state = seed;
    for last in (1..lines.len()).rev() {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        lines.swap(last, ((state >> 33) as usize) % (last + 1));
    }
}
