//! Many deliveries to one commit: a task gathers what has come while the last commit was under way.

use crate::workspace::Workspace;
use std::sync::Arc;
use std::time::Duration;
use store::{Inserted, NewDelivery, StoreError};
use tokio::sync::{mpsc, oneshot};
use tokio_util::task::TaskTracker;

/// Deliveries that may wait for a commit; beyond them requests wait.
const WAITING: usize = 1024;
/// Deliveries to one commit.
const BATCH: usize = 256;
/// The helpdesk gives up after five seconds: an answer after this one would come too late.
const PATIENCE: Duration = Duration::from_millis(4_500);

type Answer = Result<Inserted, String>;

/// Where deliveries of a workspace are handed in.
#[derive(Debug)]
pub(super) struct Inbox {
    sender: mpsc::Sender<(NewDelivery, oneshot::Sender<Answer>)>,
}

impl Inbox {
    pub(super) fn open(workspace: Arc<Workspace>, tasks: &TaskTracker) -> Self {
        let (sender, receiver) = mpsc::channel(WAITING);
        tasks.spawn(write(workspace, receiver));
        Self { sender }
    }

    /// Stores a delivery; when this returns without error, it is on disk.
    pub(super) async fn store(&self, delivery: NewDelivery) -> Answer {
        let (sender, receiver) = oneshot::channel();
        let stored = async {
            self.sender.send((delivery, sender)).await.map_err(|_| "The workspace is closing.".to_owned())?;
            receiver.await.unwrap_or_else(|_| Err("The workspace is closing.".to_owned()))
        };
        tokio::time::timeout(PATIENCE, stored)
            .await
            .unwrap_or_else(|_| Err("The database did not answer in time.".to_owned()))
    }
}

async fn write(
    workspace: Arc<Workspace>,
    mut receiver: mpsc::Receiver<(NewDelivery, oneshot::Sender<Answer>)>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut batch, BATCH).await > 0 {
        let (deliveries, answers): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        match workspace.store().insert_deliveries(&deliveries).await {
            Ok(inserted) => {
                for (answer, inserted) in answers.into_iter().zip(inserted) {
                    let _ = answer.send(Ok(inserted));
                }
                workspace.deliveries_stored();
                workspace.events.changed(["deliveries", "health"]);
            }
            Err(error) => {
                log(&error, deliveries.len());
                for answer in answers {
                    let _ = answer.send(Err(error.to_string()));
                }
                workspace.events.changed(["health"]);
            }
        }
    }
}

fn log(error: &StoreError, count: usize) {
    tracing::error!(%error, count, "Deliveries could not be stored and are answered 503");
}
