//! Where deliveries are put down before they are sorted into the tables: a file of their own beside the workspace's.
//!
//! Whoever delivers waits for the disk, and for nothing else: not for what the program writes to the workspace's file
//! meanwhile, and not for its indexes, which take longer the more they hold. [`Store::sort_deliveries`] moves deliveries
//! on, in the order in which they came.
//!
//! Guarantees: what [`Store::put_deliveries`] was given is on disk when it returns; it is overwritten here only after it
//! is on disk there; it is sorted in once, also where the program was killed in between.

mod batch;
mod disk;
mod journal;
#[cfg(test)]
mod journal_tests;
mod writer;

use crate::deliveries::{Inserted, NewDelivery};
use crate::error::StoreError;
use crate::store::Store;
#[cfg(test)]
use batch::Content;
use disk::Disk;
use domain::{DeliveryId, DeliveryOutcome, Timestamp};
use journal::{Journal, Mark, Place};
use sqlx::SqlitePool;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex as Lock, PoisonError};
use std::time::Duration;
use tokio::sync::Mutex;
use uuid::Uuid;
use writer::Writer;

/// Bytes moved by one transaction where everything is: what has gathered, however much, is never in memory whole.
const MOVED_AT_ONCE: usize = 1024 * 1024;
/// The key in `meta` that says how far the inbox is sorted in.
pub(crate) const SORTED: &str = "inbox.sorted";

/// The file of deliveries that are not sorted in yet. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Inbox {
    writer: Writer,
    /// Held by whoever sorts in: a handle to read by, and up to where everything is sorted in.
    sorting: Arc<Mutex<Sorting>>,
}

#[derive(Debug)]
struct Sorting {
    file: Arc<Lock<Box<dyn Disk>>>,
    sorted: Place,
}

/// What one turn of sorting in came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sorted {
    /// Deliveries that are in the table now and were not before.
    pub new: usize,
    /// Deliveries that repeated a notification, and were counted with it.
    pub duplicates: usize,
    /// Whether anything is left to sort in.
    pub more: bool,
}

/// What is left in the inbox of what is sorted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cleared {
    /// Nothing, and nothing else is in it.
    All,
    /// Some; another turn overwrites more of it.
    Some,
    /// Nothing but what has to be sorted in first.
    Unsorted,
}

impl Inbox {
    /// Opens the inbox that belongs to a workspace's file, or makes it. `mark` is how far that file says it is sorted in.
    pub(crate) async fn open(of: &Path, mark: Option<String>) -> Result<Self, StoreError> {
        let path = inbox_path(of);
        let mark = mark.as_deref().and_then(read_mark);
        tokio::task::spawn_blocking(move || {
            let (journal, sorted) = Journal::open(disk::open(&path)?, mark)?;
            let sorting = Sorting { file: Arc::new(Lock::new(disk::open(&path)?)), sorted };
            let writer = Writer::start(journal)?;
            // What was left by the last run is there to be sorted in.
            writer.told.put.notify_one();
            Ok(Self { writer, sorting: Arc::new(Mutex::new(sorting)) })
        })
        .await
        .map_err(|error| StoreError::Internal(error.to_string()))?
    }

    pub(crate) async fn close(&self) {
        self.writer.close().await;
    }

    #[cfg(test)]
    pub(crate) async fn put_raw(&self, content: &[u8]) -> Result<(), StoreError> {
        self.writer.put(Content::of(content)).await
    }

    pub(crate) async fn simulate_full_disk(&self, full: bool) -> Result<(), StoreError> {
        self.writer.fill(full).await
    }
}

impl Sorting {
    /// The next commits, together at most about `bytes` long, and the place after them.
    async fn read(&self, until: Place, bytes: usize) -> Result<(Vec<Vec<u8>>, Place), StoreError> {
        let (file, from) = (Arc::clone(&self.file), self.sorted);
        let read = move || {
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            journal::read(&mut *file, from, until, bytes)
        };
        tokio::task::spawn_blocking(read).await.map_err(|error| StoreError::Internal(error.to_string()))?
    }
}

impl Store {
    /// Puts deliveries down, all or none, on disk when it returns. They are in no list before
    /// [`Store::sort_deliveries`] has moved them.
    pub async fn put_deliveries(&self, new: &[NewDelivery]) -> Result<(), StoreError> {
        if new.is_empty() {
            return Ok(());
        }
        self.inbox.writer.put(batch::encode(new)?).await
    }

    /// Returns when deliveries were put down since the last time it returned, or may have been left by the last run.
    pub async fn deliveries_put(&self) {
        self.inbox.writer.told.put.notified().await;
    }

    /// Whether many deliveries came together so short a time ago.
    pub fn is_in_burst(&self, within: Duration) -> bool {
        self.inbox.writer.told.burst_within(within)
    }

    /// Moves the oldest deliveries from the inbox into the table, in one transaction: together at most about `bytes`
    /// long, but at least one call's. Whoever waits for [`Store::deliveries_sorted`] hears of it. Begun, it comes to its
    /// end, also where nobody waits for it any more.
    ///
    /// What cannot be understood, though it is what was written, comes into the table as a failed delivery.
    pub async fn sort_deliveries(&self, bytes: usize) -> Result<Sorted, StoreError> {
        let store = self.clone();
        to_its_end(async move { store.sort(bytes).await }).await
    }

    async fn sort(&self, bytes: usize) -> Result<Sorted, StoreError> {
        let mut sorting = self.inbox.sorting.lock().await;
        let (contents, place) = sorting.read(self.inbox.writer.told.end(), bytes).await?;
        let mut new = Vec::new();
        for (number, content) in (sorting.sorted.frames..).zip(contents) {
            match batch::decode(&content) {
                Ok(deliveries) => new.extend(deliveries),
                Err(error) => {
                    tracing::error!(%error, "Deliveries in the inbox cannot be understood");
                    new.push(not_understood(place.epoch, number, content));
                }
            }
        }
        if new.is_empty() {
            return Ok(Sorted::default());
        }
        let inserted = self.insert_sorted(&new, &write_mark(place)).await?;
        sorting.sorted = place;
        self.deliveries_sorted.notify_one();
        let duplicates = inserted.iter().filter(|one| matches!(one, Inserted::Duplicate(_))).count();
        let more = self.inbox.writer.told.end().is_after(place);
        Ok(Sorted { new: inserted.len() - duplicates, duplicates, more })
    }

    /// Returns when deliveries were sorted in since the last time it returned, whoever did it.
    pub async fn deliveries_sorted(&self) {
        self.deliveries_sorted.notified().await;
    }

    /// Overwrites a little of what is sorted in. Begun, it comes to its end.
    pub async fn clear_sorted(&self) -> Result<Cleared, StoreError> {
        let inbox = self.inbox.clone();
        to_its_end(async move {
            let mut sorting = inbox.sorting.lock().await;
            let (sorted, cleared) = inbox.writer.clear(sorting.sorted).await?;
            sorting.sorted = sorted;
            Ok(cleared)
        })
        .await
    }

    /// Sorts everything in and leaves nothing of it behind, for whoever is about to search or close the files.
    pub async fn empty_inbox(&self) -> Result<(), StoreError> {
        loop {
            while self.sort_deliveries(MOVED_AT_ONCE).await?.more {}
            match self.clear_sorted().await? {
                Cleared::All => return Ok(()),
                Cleared::Some | Cleared::Unsorted => {}
            }
        }
    }

    /// The file beside a workspace's in which deliveries wait to be sorted in.
    pub fn inbox_path(path: &Path) -> PathBuf {
        inbox_path(path)
    }
}

/// Does something of which no half may be left, as there would be where whoever waits for it goes away in between: what
/// is on disk, and what is known here of that.
async fn to_its_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, StoreError>> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::spawn(work).await.map_err(|error| StoreError::Internal(error.to_string()))?
}

/// How far the inbox is sorted in, by the workspace's file.
pub(crate) async fn find_mark(pool: &SqlitePool) -> Result<Option<String>, StoreError> {
    Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = ?1").bind(SORTED).fetch_optional(pool).await?)
}

fn write_mark(place: Place) -> String {
    format!("{:016x}:{}", place.epoch, place.frames)
}

fn read_mark(text: &str) -> Option<Mark> {
    let (epoch, frames) = text.split_once(':')?;
    Some(Mark { epoch: u64::from_str_radix(epoch, 16).ok()?, frames: frames.parse().ok()? })
}

/// What is to be seen of a commit whose checksum is right and whose content is not of a kind that we know.
fn not_understood(epoch: u64, number: u64, content: Vec<u8>) -> NewDelivery {
    NewDelivery {
        id: DeliveryId(Uuid::from_u64_pair(epoch, number)),
        received_at: Timestamp(0),
        notification_id: None,
        topic: None,
        vendor_created_at: None,
        attempt: None,
        change: None,
        outcome: DeliveryOutcome::Failed,
        reason: Some("It was put down in a form that this version does not know".to_owned()),
        body: content.into(),
    }
}

fn inbox_path(of: &Path) -> PathBuf {
    of.with_extension("inbox")
}
