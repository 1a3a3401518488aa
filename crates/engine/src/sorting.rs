//! From the inbox, in which deliveries are put down, into the table, where they are listed and taken up.
//!
//! It goes on at once while deliveries come one by one. When many come together it holds back, so that the machine
//! serves those who wait for an answer, and moves a portion now and then. Nothing is lost by that: what is in the inbox
//! is on disk.

use crate::workspace::Workspace;
use std::sync::Arc;
use std::time::{Duration, Instant};
use store::Cleared;

/// Bytes moved by one transaction: some sixty deliveries.
const PORTION: usize = 256 * 1024;
/// A burst is over when no many deliveries have come together for so long.
const OVER_AFTER: Duration = Duration::from_millis(60);
/// The pause between two portions while a burst lasts.
const BREATH: Duration = Duration::from_secs(1);
/// Whoever wants to see deliveries waits so long for the next portion to be in the table, and so long for all of them.
const PATIENCE_FOR_SOME: Duration = Duration::from_secs(2);
const PATIENCE_FOR_ALL: Duration = Duration::from_millis(200);
/// The pause after something could not be moved.
const PAUSE: Duration = Duration::from_secs(1);

impl Workspace {
    /// Sorts in what was put down a moment ago, so that whoever looks at deliveries sees what was answered. In a burst, or
    /// while the file is held by somebody else, it does not wait for the last of them.
    pub async fn show_deliveries(&self) {
        // What could not be sorted in is tried again, and told, by whoever does it anyway.
        let some = tokio::time::timeout(PATIENCE_FOR_SOME, self.store.sort_deliveries(PORTION)).await;
        if !matches!(some, Ok(Ok(sorted)) if sorted.more) {
            return;
        }
        let all =
            async { while self.store.sort_deliveries(PORTION).await.is_ok_and(|sorted| sorted.more) {} };
        let _ = tokio::time::timeout(PATIENCE_FOR_ALL, all).await;
    }

    /// Leaves the machine to those who wait for an answer: waits for the end of a burst, but no longer than this.
    pub(crate) async fn give_way(&self, at_most: Duration) {
        let until = Instant::now() + at_most;
        while self.store.is_in_burst(OVER_AFTER) && Instant::now() < until {
            tokio::time::sleep(OVER_AFTER).await;
        }
    }
}

/// Sorts in until the workspace is closed, beginning with what the last run has left.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        workspace.store.deliveries_put().await;
        loop {
            workspace.give_way(BREATH).await;
            match workspace.store.sort_deliveries(PORTION).await {
                Ok(sorted) if !sorted.more => break,
                Ok(_) => {}
                Err(error) => {
                    tracing::error!(%error, "Deliveries cannot be sorted in; they wait in the inbox");
                    workspace.events.changed(["health"]);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
        clear(&workspace).await;
    }
}

/// Overwrites what is sorted in, which can wait for a better moment, as long as one comes.
async fn clear(workspace: &Workspace) {
    while !workspace.store.is_in_burst(OVER_AFTER) {
        match workspace.store.clear_sorted().await {
            Ok(Cleared::Some) => {}
            Ok(Cleared::All | Cleared::Unsorted) => break,
            Err(error) => {
                tracing::warn!(%error, "The inbox could not be cleared; it is tried again");
                break;
            }
        }
    }
}
