//! A workspace's data file as a whole. What it keeps stands in one file per group of tables.

use crate::database::{Database, Kind};
use crate::error::StoreError;
use crate::inbox::{Inbox, find_mark};
use crate::looks::Marks;
use sqlx::migrate::Migrator;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::Notify;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/workspace");

/// 'CSGW' in the header of each file.
pub(crate) const KIND: Kind = Kind { application_id: 0x4353_4757, migrator: &MIGRATOR };

/// The data file of one workspace, and the inbox beside it. Clones share their connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) database: Database,
    pub(crate) inbox: Inbox,
    /// Told when lessons were erased with the texts they came from.
    pub(crate) lessons_erased: Arc<Notify>,
    /// Told when deliveries were sorted in.
    pub(crate) deliveries_sorted: Arc<Notify>,
    /// Whether decisions were added or changed.
    pub(crate) decisions_marks: Arc<Marks>,
}

impl Store {
    /// Opens the file, or makes it. A file of an older version is copied to `<name>.before-<version>.sqlite`
    /// and migrated; one of a newer program, of another program, or a damaged one is refused untouched.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        let database = Database::open(path, KIND).await?;
        let inbox = match find_mark(&database.readers).await {
            Ok(mark) => Inbox::open(path, mark).await,
            Err(error) => Err(error),
        };
        match inbox {
            Ok(inbox) => Ok(Self {
                database,
                inbox,
                lessons_erased: Arc::default(),
                deliveries_sorted: Arc::default(),
                decisions_marks: Arc::default(),
            }),
            Err(error) => {
                database.close().await;
                Err(error)
            }
        }
    }

    /// Closes the files once running work is done. Later calls fail.
    pub async fn close(&self) {
        self.inbox.close().await;
        self.database.close().await;
    }

    /// Writes a little and reads it back, to know whether the file still works.
    pub async fn check(&self) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO meta (key, value) VALUES ('store.checks', '1')
             ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(value AS INTEGER) + 1 AS TEXT)",
        )
        .execute(&self.database.writer)
        .await?;
        match self.find_meta("store.checks").await? {
            Some(_) => Ok(()),
            None => Err(StoreError::Corrupt("what was written a moment ago is not there".to_owned())),
        }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.database.path
    }

    /// Copies of a data file that were made before it was migrated.
    pub async fn list_copies(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
        crate::database::copies_of(path).await
    }

    /// Returns when lessons were erased since the last time it returned: whoever learnt from them must unlearn.
    pub async fn lessons_erased(&self) {
        self.lessons_erased.notified().await;
    }

    /// A small fact kept under a key.
    pub async fn find_meta(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT value FROM meta WHERE key = ?1")
            .bind(key)
            .fetch_optional(&self.database.readers)
            .await?)
    }

    /// Keeps a small fact under a key.
    pub async fn set_meta(&self, key: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(key)
        .bind(value)
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }

    /// For tests of what happens when the disk is full: the file grows no further until given `false`.
    #[doc(hidden)]
    pub async fn simulate_full_disk(&self, full: bool) -> Result<(), StoreError> {
        let statement = if full { "PRAGMA max_page_count = 1" } else { "PRAGMA max_page_count = 4294967294" };
        sqlx::query(statement).fetch_all(&self.database.writer).await?;
        self.inbox.simulate_full_disk(full).await
    }
}
