//! Taking a delivery up again, because a person asked for it.
//!
//! Safe by construction: a replay reads the stored body once more and puts the delivery back into the queue of the
//! ingest, which only reads from the helpdesk. No action is made by it, and nothing a person decided changes. What a
//! newer version of the program understands better is understood then.

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::WebhookDialect;
use domain::{Change, DeliveryId, DeliveryOutcome, OddItem};
use store::{Reread, SettledDelivery};

/// Deliveries read again by one transaction; their bodies are in memory meanwhile.
const AT_ONCE: u32 = 16;

/// What became of the wish to take a delivery up again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// What it names is read again.
    Reading,
    /// It waits already.
    Waits,
    /// Its topic is still not followed.
    NotFollowed,
    /// It is still not understood, and why.
    NotUnderstood(String),
}

/// What became of the wish to take up every failed delivery.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplayedAll {
    /// Read again.
    pub reading: u32,
    /// Still not followed or not understood.
    pub in_vain: u32,
}

impl Workspace {
    /// Takes a delivery up again.
    pub async fn replay_delivery(
        &self,
        dialect: &dyn WebhookDialect,
        id: DeliveryId,
    ) -> Result<Replayed, EngineError> {
        let delivery =
            self.store.find_settled_delivery(id).await?.ok_or(EngineError::NotFound("delivery"))?;
        if delivery.outcome == DeliveryOutcome::Received {
            return Ok(Replayed::Waits);
        }
        let reread = self.read_again(dialect, &delivery);
        let taken = self.store.replay_deliveries(&[(id, reread.clone())], self.clock.now()).await?;
        self.deliveries_stored();
        self.events.changed(["deliveries", "health"]);
        if taken.is_empty() {
            return Ok(Replayed::Waits);
        }
        tracing::info!(delivery.id = %id, "A delivery is taken up again");
        Ok(match reread {
            Reread::Fetch(_) => Replayed::Reading,
            Reread::NotFollowed => Replayed::NotFollowed,
            Reread::NotUnderstood(reason) => Replayed::NotUnderstood(reason),
        })
    }

    /// Takes every failed delivery up again, oldest first.
    pub async fn replay_failed_deliveries(
        &self,
        dialect: &dyn WebhookDialect,
    ) -> Result<ReplayedAll, EngineError> {
        let mut all = ReplayedAll::default();
        let mut after = None;
        loop {
            let failed = self.store.list_failed_deliveries(after, AT_ONCE).await?;
            let Some(last) = failed.last() else { break };
            after = Some(last.id);
            let reread: Vec<_> =
                failed.iter().map(|delivery| (delivery.id, self.read_again(dialect, delivery))).collect();
            let taken = self.store.replay_deliveries(&reread, self.clock.now()).await?;
            for (_, reread) in reread.iter().filter(|(id, _)| taken.contains(id)) {
                match reread {
                    Reread::Fetch(_) => all.reading += 1,
                    Reread::NotFollowed | Reread::NotUnderstood(_) => all.in_vain += 1,
                }
            }
        }
        self.deliveries_stored();
        self.events.changed(["deliveries", "health"]);
        tracing::info!(reading = all.reading, in_vain = all.in_vain, "Failed deliveries are taken up again");
        Ok(all)
    }

    fn read_again(&self, dialect: &dyn WebhookDialect, delivery: &SettledDelivery) -> Reread {
        let change = if delivery.body.is_empty() {
            // Erased with its conversation; what it named is known still.
            delivery.change.clone().ok_or_else(|| OddItem("Its body was erased".to_owned()))
        } else {
            match dialect.parse(&delivery.body) {
                Ok(notification) if notification.app_id == self.app_id => notification.change,
                Ok(_) => Err(OddItem("It is for another workspace".to_owned())),
                Err(error) => Err(OddItem(error.to_string())),
            }
        };
        match change {
            Ok(Change::Ignored) => Reread::NotFollowed,
            Ok(change) => Reread::Fetch(change),
            Err(OddItem(reason)) => Reread::NotUnderstood(reason),
        }
    }
}
