//! Dropping deliveries whose time is over, in the background, a few at a time.
//!
//! What was applied or ignored goes after the time that was chosen. What waits or has failed stays until it is dealt
//! with, though no longer than twice that time. A notification id is recognised for as long as its delivery is kept,
//! so for a week at the least; helpdesks give up on a notification after hours.

use crate::workspace::Workspace;
use domain::Timestamp;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// Milliseconds between two looks.
const EVERY_MS: i64 = 60 * 60 * 1_000;
/// Deliveries dropped by one transaction: few enough that a delivery that comes meanwhile hardly waits.
const AT_ONCE: u32 = 100;
/// The pause between two transactions, milliseconds.
const BREATH_MS: i64 = 20;

impl Workspace {
    /// Begins to drop deliveries older than `keep_ms`, which may change at any time; 0 and less keep them for ever.
    pub fn keep_deliveries_for(self: &Arc<Self>, keep_ms: Arc<AtomicI64>) {
        self.run(run(Arc::clone(self), keep_ms));
    }

    /// Looks at once whether the time of deliveries is over, after a shorter one was chosen.
    pub fn drop_old_deliveries_soon(&self) {
        self.retention.notify_one();
    }

    /// Drops what is over at `now`; the answer is how many.
    async fn drop_old_deliveries(&self, keep_ms: i64, now: Timestamp) -> Result<u64, store::StoreError> {
        let (dealt_with, open) = (now.plus_ms(-keep_ms), now.plus_ms(keep_ms.saturating_mul(-2)));
        let mut dropped = 0;
        loop {
            let number = self.store.drop_deliveries(dealt_with, open, AT_ONCE).await?;
            dropped += u64::from(number);
            if number < AT_ONCE {
                return Ok(dropped);
            }
            self.clock.sleep_until(self.clock.now().plus_ms(BREATH_MS)).await;
        }
    }
}

async fn run(workspace: Arc<Workspace>, keep_ms: Arc<AtomicI64>) {
    loop {
        let chosen = workspace.retention.notified();
        tokio::pin!(chosen);
        chosen.as_mut().enable();
        let keep = keep_ms.load(Ordering::Relaxed);
        if keep > 0 {
            match workspace.drop_old_deliveries(keep, workspace.clock.now()).await {
                Ok(0) => {}
                Ok(dropped) => {
                    tracing::info!(dropped, "Deliveries whose time was over were dropped");
                    workspace.events.changed(["deliveries", "health"]);
                }
                Err(error) => tracing::error!(%error, "Old deliveries could not be dropped"),
            }
        }
        let next = workspace.clock.now().plus_ms(EVERY_MS);
        tokio::select! {
            () = &mut chosen => {}
            () = workspace.clock.sleep_until(next) => {}
        }
    }
}
