//! What the disk itself takes to make a write durable: the floor under every figure of the intake.

use anyhow::{Context as _, Result};
use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

/// As much as a commit of a few deliveries writes.
const BLOCK: usize = 64 * 1024;
const BLOCKS: usize = 64;

/// Median and 99th percentile of `rounds` writes of 64 KiB over what is there, each made durable.
pub(crate) fn sync_times(folder: &Path, rounds: usize) -> Result<(Duration, Duration)> {
    let path = folder.join("sync-times");
    let measured = write_and_sync(&path, rounds).with_context(|| format!("Cannot write {}", path.display()));
    let _ = std::fs::remove_file(&path);
    let mut times = measured?;
    times.sort_unstable();
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or_default();
    Ok((at(50), at(99)))
}

fn write_and_sync(path: &Path, rounds: usize) -> std::io::Result<Vec<Duration>> {
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
    let block = vec![0x5a; BLOCK];
    for _ in 0..BLOCKS {
        file.write_all(&block)?;
    }
    file.sync_all()?;
    let mut times = Vec::with_capacity(rounds);
    for round in 0..rounds {
        if round % BLOCKS == 0 {
            file.seek(SeekFrom::Start(0))?;
        }
        let begun = Instant::now();
        file.write_all(&block)?;
        file.sync_data()?;
        times.push(begun.elapsed());
    }
    Ok(times)
}
