//! The ledger of what left this machine for somebody who is not the helpdesk, and the switch that blocks it.
//!
//! Entries are handed over without waiting and written by a task, in order; whoever reads the ledger has what was
//! handed over before written first. What cannot be written waits in memory for the next try.

use super::Core;
use crate::api::ApiError;
use crate::api::egress::{BlockEgress, EgressEntry, EgressList, ListEgress};
use domain::WorkspaceId;
use domain::ports::{Clock, Egress, EgressOutcome, EgressRecord, Gate};
use engine::Events;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{EgressRow, SettingsStore, StoreError};
use tokio::sync::{mpsc, oneshot};

/// The key of the switch in the settings file.
const BLOCKED: &str = "block_egress";
/// How long entries are kept, days.
const KEPT_DAYS: u32 = 90;
/// Entries of a page, and the most of one.
const PAGE: (u32, u32) = (100, 500);
/// Entries written by one transaction, and those that may wait while nothing can be written.
const AT_ONCE: usize = 64;
const WAITING: usize = 10_000;
const DAY_MS: i64 = 86_400_000;

/// The switch that blocks everything but the helpdesk.
#[derive(Debug)]
pub(super) struct Switch(AtomicBool);

impl Switch {
    /// The switch as it was left.
    pub(super) async fn read(store: &SettingsStore) -> Result<Arc<Self>, StoreError> {
        let blocked = store.find_setting(BLOCKED).await?.is_some_and(|word| !word.is_empty());
        Ok(Arc::new(Self(AtomicBool::new(blocked))))
    }
}

impl Gate for Switch {
    fn is_open(&self) -> bool {
        !self.0.load(Ordering::SeqCst)
    }
}

/// Where entries are handed in.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    sender: mpsc::UnboundedSender<Message>,
}

#[derive(Debug)]
enum Message {
    Entry(Option<WorkspaceId>, EgressRecord),
    /// Answered when everything handed in before is written.
    Flush(oneshot::Sender<()>),
}

/// The ledger for the requests of one workspace.
#[derive(Debug)]
pub(super) struct WorkspaceLedger {
    pub(super) ledger: Ledger,
    pub(super) workspace: WorkspaceId,
}

impl Egress for WorkspaceLedger {
    fn record(&self, record: EgressRecord) {
        // Nobody receives any more once the program has ended.
        let _ = self.ledger.sender.send(Message::Entry(Some(self.workspace), record));
    }
}

impl Ledger {
    /// A ledger, and the work of writing it down.
    pub(super) fn new(
        store: SettingsStore,
        clock: Arc<dyn Clock>,
        events: Events,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self { sender }, write_down(receiver, store, clock, events))
    }

    /// Returns when everything handed in so far is written.
    pub(super) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.sender.send(Message::Flush(done)).is_ok() {
            let _ = written.await;
        }
    }
}

async fn write_down(
    mut receiver: mpsc::UnboundedReceiver<Message>,
    store: SettingsStore,
    clock: Arc<dyn Clock>,
    events: Events,
) {
    let mut messages = Vec::new();
    let mut entries = Vec::new();
    while receiver.recv_many(&mut messages, AT_ONCE).await > 0 {
        let mut waiting = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Entry(workspace, record) => entries.push((workspace, record)),
                Message::Flush(done) => waiting.push(done),
            }
        }
        if !entries.is_empty() {
            let keep_since = clock.now().plus_ms(-i64::from(KEPT_DAYS) * DAY_MS);
            match store.insert_egress(&entries, keep_since).await {
                Ok(()) => {
                    entries.clear();
                    events.changed(["egress"]);
                }
                Err(error) => {
                    tracing::error!(%error, entries = entries.len(), "The egress ledger could not be written");
                    let too_many = entries.len().saturating_sub(WAITING);
                    entries.drain(..too_many);
                }
            }
        }
        for done in waiting {
            let _ = done.send(());
        }
    }
}

impl Core {
    pub(super) async fn egress_list(&self, input: ListEgress) -> Result<EgressList, ApiError> {
        self.egress.flush().await;
        let limit = input.limit.unwrap_or(PAGE.0).clamp(1, PAGE.1);
        // What is over is not shown, even where nothing new has come that would have dropped it.
        let keep_since = self.now().plus_ms(-i64::from(KEPT_DAYS) * DAY_MS);
        let mut rows = self.settings_store.list_egress(input.before, limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        Ok(EgressList {
            blocked: !self.switch.is_open(),
            rows: rows
                .into_iter()
                .filter(|row| row.record.at >= keep_since)
                .map(|row| self.egress_entry(row))
                .collect(),
            more,
            kept_days: KEPT_DAYS,
        })
    }

    pub(super) async fn egress_block(&self, input: BlockEgress) -> Result<EgressList, ApiError> {
        if input.blocked {
            // Blocked first and kept then: nothing leaves in between.
            self.switch.0.store(true, Ordering::SeqCst);
        }
        self.settings_store.set_setting(BLOCKED, if input.blocked { "yes" } else { "" }).await?;
        self.switch.0.store(input.blocked, Ordering::SeqCst);
        for workspace in self.all_entries().into_iter().filter_map(|entry| entry.running) {
            workspace.ask_soon();
        }
        self.events.changed(["egress", "language_model"]);
        self.egress_list(ListEgress::default()).await
    }

    fn egress_entry(&self, row: EgressRow) -> EgressEntry {
        let record = row.record;
        let workspace = row.workspace.and_then(|id| self.entry(Some(id)).ok());
        EgressEntry {
            id: row.id,
            at: record.at,
            host: if record.port == 443 { record.host } else { format!("{}:{}", record.host, record.port) },
            workspace: workspace.map(|entry| entry.record.name),
            why: record.purpose.sentence().to_owned(),
            sent_bytes: record.sent_bytes,
            received_bytes: record.received_bytes,
            succeeded: matches!(record.outcome, EgressOutcome::Answered { status: 200..=299 }),
            outcome: outcome(record.outcome),
        }
    }
}

fn outcome(outcome: EgressOutcome) -> String {
    match outcome {
        EgressOutcome::Answered { status: 200..=299 } => "Answered".to_owned(),
        EgressOutcome::Answered { status } => format!("Answered with HTTP {status}"),
        EgressOutcome::NoAnswer => "No answer, or only part of one".to_owned(),
        EgressOutcome::NoConnection => "No connection: nothing was sent".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;
    use domain::ports::EgressPurpose;
    use engine::clock::ManualClock;

    #[tokio::test]
    async fn what_was_handed_in_is_written_before_it_is_read_and_dropped_after_ninety_days() {
        let folder = tempfile::tempdir().unwrap();
        let store = SettingsStore::open(&folder.path().join("countersign.sqlite")).await.unwrap();
        let clock = ManualClock::at(Timestamp(1_700_000_000_000));
        let (ledger, work) = Ledger::new(store.clone(), Arc::new(clock.clone()), Events::default());
        let work = tokio_util::task::TaskTracker::new().spawn(work);
        let record = |at| EgressRecord {
            host: "api.example.com".to_owned(),
            port: 443,
            at,
            sent_bytes: 1,
            received_bytes: 1,
            purpose: EgressPurpose::CheckKey,
            outcome: EgressOutcome::NoAnswer,
        };
        let of = WorkspaceLedger { ledger: ledger.clone(), workspace: WorkspaceId(uuid::Uuid::nil()) };
        of.record(record(clock.now()));
        of.record(record(clock.now()));
        ledger.flush().await;
        assert_eq!(store.list_egress(None, 9).await.unwrap().len(), 2);
        clock.advance(i64::from(KEPT_DAYS) * DAY_MS + 1);
        of.record(record(clock.now()));
        ledger.flush().await;
        assert_eq!(store.list_egress(None, 9).await.unwrap().len(), 1);
        drop((of, ledger));
        work.await.unwrap();
    }

    #[test]
    fn an_outcome_says_whether_something_left() {
        assert_eq!(outcome(EgressOutcome::Answered { status: 529 }), "Answered with HTTP 529");
        assert!(self::outcome(EgressOutcome::NoConnection).contains("nothing was sent"));
    }
}
