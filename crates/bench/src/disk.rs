//! What the disk itself takes to make a write durable: the floor under every figure of the intake.

use anyhow::{Context as _, Result};
use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Waits for a disk to become quiet no longer than this.
const PATIENCE: Duration = Duration::from_secs(90);

/// A disk at rest, to know it by.
#[derive(Debug, Clone)]
pub(crate) struct Rest {
    folder: PathBuf,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

impl Rest {
    /// Measures the disk that a folder is on; nothing may use it meanwhile.
    pub(crate) fn measure(folder: &Path) -> Result<Self> {
        let (p50, p99) = sync_times(folder, 200)?;
        Ok(Self { folder: folder.to_owned(), p50, p99 })
    }

    /// Has everything written that waits to be, and returns when the disk answers about as it did at rest: what was filled
    /// or deleted before, by anybody, must not be held against what is measured next. Says so if that took long, or was
    /// in vain.
    pub(crate) async fn wait(&self) -> Result<()> {
        let begun = Instant::now();
        #[cfg(unix)]
        tokio::task::spawn_blocking(rustix::fs::sync).await?;
        let wanted = (self.p99 * 2).max(Duration::from_millis(1));
        loop {
            let (_, p99) = sync_times(&self.folder, 200)?;
            let after = begun.elapsed();
            if p99 <= wanted || after > PATIENCE {
                if p99 > wanted {
                    println!(
                        "  The disk is not at rest: {:.1} ms at its 99th percentile.",
                        p99.as_secs_f64() * 1e3
                    );
                } else if after > Duration::from_secs(2) {
                    println!("  It took {:.0} s until the disk was at rest.", after.as_secs_f64());
                }
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
}

/// As much as a commit of a few deliveries writes.
const BLOCK: usize = 64 * 1024;
const BLOCKS: usize = 64;

/// Median and 99th percentile of `rounds` writes of 64 KiB over what is there, each made durable.
fn sync_times(folder: &Path, rounds: usize) -> Result<(Duration, Duration)> {
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
