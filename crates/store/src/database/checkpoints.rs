//! Moving what the write-ahead log holds into the file itself, beside the writer and not in its way.
//!
//! SQLite does it at the end of whichever commit finds the log long, and whoever waits for that commit waits for all
//! of it: tens of milliseconds, in which no delivery is answered. Here a connection of its own does it while commits go
//! on. Where it does not keep up, SQLite still does, much later ([`IN_A_COMMIT`]), so that the log has an end.

use crate::error::StoreError;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Pages in the log at which a commit does it after all: 64 MiB, as much as the log keeps for itself.
pub(super) const IN_A_COMMIT: &str = "16384";
/// Bytes of deliveries after which it is time.
const EVERY: u64 = 4 * 1024 * 1024;
/// Each pass leaves what was written during it; the last one leaves so little that the log can begin anew.
const PASSES: u32 = 3;

/// The connection, and how much was written since.
#[derive(Debug, Clone)]
pub(crate) struct Checkpoints {
    connection: SqlitePool,
    written: Arc<AtomicU64>,
    running: Arc<AtomicBool>,
}

impl Checkpoints {
    pub(super) async fn open(options: SqliteConnectOptions) -> Result<Self, StoreError> {
        let connection = super::pool(1, super::WRITER_PATIENCE).connect_with(options).await?;
        Ok(Self { connection, written: Arc::default(), running: Arc::default() })
    }

    /// Is told of what was written, and begins when it is time.
    pub(crate) fn wrote(&self, bytes: u64) {
        let written = self.written.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        if written < EVERY || self.running.swap(true, Ordering::AcqRel) {
            return;
        }
        self.written.store(0, Ordering::Relaxed);
        let it = self.clone();
        tokio::spawn(async move {
            if let Err(error) = it.run().await {
                tracing::warn!(%error, "The write-ahead log could not be moved into its file; a commit will do it");
            }
            it.running.store(false, Ordering::Release);
        });
    }

    /// Whether it is at it.
    #[cfg(test)]
    pub(crate) fn is_running(&self) -> bool {
        self.running.load(Ordering::Acquire)
    }

    async fn run(&self) -> Result<(), sqlx::Error> {
        for _ in 0..PASSES {
            let (_, in_log, moved): (i64, i64, i64) =
                sqlx::query_as("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&self.connection).await?;
            if moved >= in_log {
                break;
            }
        }
        Ok(())
    }

    pub(super) async fn close(&self) {
        self.connection.close().await;
    }
}
