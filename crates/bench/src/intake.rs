//! The intake: deliveries that are verified, on disk, and answered.
//!
//! Rounds are interleaved, so that a disturbance of the machine falls on all sides alike. Each is compared with what was
//! measured beside it in the same round, and the median of these shares counts: a machine that grows slower meanwhile
//! does so for both.
//! Everything runs as in life: what was delivered is sorted into the table, and the ingest reads the conversations that
//! it names. How long the sorting in takes beyond the last answer is printed beside.

use crate::IntakeOptions;
use crate::disk::Rest;
use crate::load::{Answers, Orders};
use crate::serving::{Bare, Desk, Product, fill};
use crate::verdict::Verdict;
use anyhow::{Context as _, Result, ensure};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

const CONNECTIONS: usize = 32;
/// Deliveries a second of the steady load.
const STEADY: f64 = 500.0;
/// The least share of the bare handler's deliveries that the product must take.
const SHARE: f64 = 0.5;
/// The longest that the 99th percentile of the answers may take at the steady load.
const P99_MS: f64 = 10.0;
/// How far throughputs on tables of different sizes may lie apart.
const APART: f64 = 0.10;

/// How much is done.
#[derive(Debug)]
struct Extent {
    /// Deliveries already on disk, smallest first.
    tables: Vec<u64>,
    rounds: usize,
    /// Deliveries a round.
    burst: usize,
    /// Of the steady load.
    seconds: f64,
}

impl Extent {
    fn of(options: &IntakeOptions) -> Self {
        let whole = if options.quick {
            Self { tables: vec![1_000, 5_000], rounds: 2, burst: 2_000, seconds: 2.0 }
        } else {
            Self { tables: vec![1_000, 100_000, 1_000_000], rounds: 7, burst: 20_000, seconds: 30.0 }
        };
        Self {
            tables: options.tables.clone().unwrap_or(whole.tables),
            rounds: options.rounds.unwrap_or(whole.rounds),
            burst: options.burst.unwrap_or(whole.burst),
            seconds: options.seconds.unwrap_or(whole.seconds),
        }
    }
}

/// Measures, prints, and judges.
pub(crate) fn measure(options: &IntakeOptions) -> Result<ExitCode> {
    let extent = Extent::of(options);
    let folder = options.data.join(format!("intake-{}", std::process::id()));
    fs::create_dir_all(&folder).with_context(|| format!("Cannot make {}", folder.display()))?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let measured = runtime.block_on(measure_in(&folder, &extent));
    fs::remove_dir_all(&folder).with_context(|| format!("Cannot remove {}", folder.display()))?;
    Ok(measured?.close(options.quick))
}

async fn measure_in(folder: &Path, extent: &Extent) -> Result<Verdict> {
    let disk = Rest::measure(folder)?;
    println!(
        "Disk: a durable write of 64 KiB takes {:.2} ms at the median, {:.2} ms at the 99th percentile.",
        disk.p50.as_secs_f64() * 1e3,
        disk.p99.as_secs_f64() * 1e3
    );
    let tables = tables(folder, extent).await?;
    let mut numbers = Numbers { next: 1 << 32 };
    let mut verdict = Verdict::default();
    bursts(&tables, extent, &disk, &mut numbers, &mut verdict).await?;
    steady(&tables, extent, &disk, &mut numbers, &mut verdict).await?;
    Ok(verdict)
}

/// A file with so many deliveries in it.
#[derive(Debug)]
struct Table {
    deliveries: u64,
    path: PathBuf,
}

async fn tables(folder: &Path, extent: &Extent) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for deliveries in &extent.tables {
        let begun = Instant::now();
        let path = folder.join(format!("{deliveries}.sqlite"));
        fill(&path, *deliveries).await?;
        let bytes = fs::metadata(&path)?.len();
        println!(
            "A table of {deliveries} deliveries ({} MiB) was filled in {:.0} s.",
            bytes >> 20,
            begun.elapsed().as_secs_f64()
        );
        tables.push(Table { deliveries: *deliveries, path });
    }
    Ok(tables)
}

/// Hands out numbers of notifications that no table holds yet.
#[derive(Debug)]
struct Numbers {
    next: u64,
}

impl Numbers {
    fn take(&mut self, count: usize) -> u64 {
        let first = self.next;
        self.next += count as u64;
        first
    }
}

/// As much as there is to take, from all connections.
async fn bursts(
    tables: &[Table],
    extent: &Extent,
    disk: &Rest,
    numbers: &mut Numbers,
    verdict: &mut Verdict,
) -> Result<()> {
    println!("\nAs fast as answers come: {CONNECTIONS} connections, {} deliveries a round.", extent.burst);
    let mut bare: Vec<f64> = Vec::new();
    let mut kept: Vec<Vec<f64>> = vec![Vec::new(); tables.len()];
    for round in 1..=extent.rounds {
        let order = Orders {
            address: ([127, 0, 0, 1], 0).into(),
            connections: CONNECTIONS,
            count: extent.burst,
            first: 0,
            rate: None,
        };
        disk.wait().await?;
        let handler = Bare::start().await?;
        let orders = Orders { address: handler.address(), first: numbers.take(extent.burst), ..order };
        let answers = sent(&orders).await?;
        handler.close().await;
        println!("  round {round}: {:>9} verified, nothing stored: {}", "", line(&answers));
        bare.push(answers.per_second());
        for (table, kept) in tables.iter().zip(&mut kept) {
            let orders = Orders { first: numbers.take(extent.burst), ..order.clone() };
            let answers = into_product(table, Desk::IN_BUDGET, &orders).await?;
            println!("  round {round}: {:>9} on disk before:        {}", table.deliveries, line(&answers));
            kept.push(answers.per_second());
        }
    }
    println!("  medians: {:.0}/s verified, nothing stored", median(&bare));
    for (table, rates) in tables.iter().zip(&kept) {
        let share = share(rates, &bare);
        println!(
            "           {:.0}/s on disk, {} before ({share:.2} of that)",
            median(rates),
            table.deliveries
        );
    }
    let Some((first, more)) = kept.split_first() else { return Ok(()) };
    verdict.add(
        "verified and on disk, share of verified and not stored",
        format!("{:.0}/s of {:.0}/s, {:.2}", median(first), median(&bare), share(first, &bare)),
        "at least 0.50",
        share(first, &bare) >= SHARE,
    );
    for (table, rates) in tables.iter().skip(1).zip(more) {
        verdict.add(
            &format!("the same with {} on disk before, share of the first", table.deliveries),
            format!("{:.0}/s, {:.2}", median(rates), share(rates, first)),
            "at least 0.90",
            share(rates, first) >= 1.0 - APART,
        );
    }
    Ok(())
}

/// What one side reached of the other, of rounds beside each other: the median.
fn share(of: &[f64], beside: &[f64]) -> f64 {
    median(&of.iter().zip(beside).map(|(of, beside)| of / beside).collect::<Vec<_>>())
}

/// A steady load: the answer must come soon, also while the ingest writes to the same file.
async fn steady(
    tables: &[Table],
    extent: &Extent,
    disk: &Rest,
    numbers: &mut Numbers,
    verdict: &mut Verdict,
) -> Result<()> {
    println!("\nAt a steady {STEADY} a second for {} s, timed from when each was due.", extent.seconds);
    let count = (STEADY * extent.seconds) as usize;
    for table in tables {
        for (desk, what) in [
            (Desk::IN_BUDGET, "the ingest as fast as the helpdesk allows"),
            (Desk::AT_ONCE, "the ingest as fast as it can"),
        ] {
            let orders = Orders {
                address: ([127, 0, 0, 1], 0).into(),
                connections: CONNECTIONS,
                count,
                first: numbers.take(count),
                rate: Some(STEADY),
            };
            disk.wait().await?;
            let answers = into_product(table, desk, &orders).await?;
            println!("  {:>9} on disk, {what}: {}", table.deliveries, line(&answers));
            verdict.add(
                &format!("p99 at {STEADY}/s, {} on disk, {what}", table.deliveries),
                format!("{:.1} ms (p50 {:.1} ms)", answers.p99_ms, answers.p50_ms),
                "at most 10 ms",
                answers.p99_ms <= P99_MS,
            );
        }
    }
    Ok(())
}

/// Sends to the product, and sees to it that everything answered 200 is in the file.
async fn into_product(table: &Table, desk: Desk, orders: &Orders) -> Result<Answers> {
    let product = Product::start(&table.path, desk).await?;
    let before = product.deliveries().await?;
    let answers = sent(&Orders { address: product.address(), ..orders.clone() }).await?;
    let answered = Instant::now();
    product.sort_in().await?;
    println!("           all in the table {:.2} s after the last answer", answered.elapsed().as_secs_f64());
    let kept = product.deliveries().await? - before;
    product.close().await;
    ensure!(
        usize::try_from(kept).is_ok_and(|kept| kept == answers.taken()),
        "{} were answered 200, {kept} were kept",
        answers.taken()
    );
    Ok(answers)
}

async fn sent(orders: &Orders) -> Result<Answers> {
    let orders = orders.clone();
    tokio::task::spawn_blocking(move || orders.carry_out()).await?
}

fn line(answers: &Answers) -> String {
    format!(
        "{:>6.0}/s, answered in {:.2} ms (p50), {:.2} ms (p99), {:.1} ms at most",
        answers.per_second(),
        answers.p50_ms,
        answers.p99_ms,
        answers.max_ms
    )
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    if values.len() % 2 == 1 { at(middle) } else { f64::midpoint(at(middle.saturating_sub(1)), at(middle)) }
}

#[cfg(test)]
mod tests {
    use super::{median, share};

    #[test]
    fn the_median_is_in_the_middle_of_an_odd_and_an_even_number() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
    }

    #[test]
    fn a_machine_that_grows_slower_changes_no_share() {
        assert!((share(&[50.0, 25.0, 10.0], &[100.0, 50.0, 20.0]) - 0.5).abs() < f64::EPSILON);
    }
}
