//! A workspace's data file as a whole. What it keeps stands in one file per group of tables.

use crate::database::{Database, Kind};
use crate::error::StoreError;
use sqlx::migrate::Migrator;
use std::path::Path;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/workspace");

/// 'CSGW' in the header of each file.
pub(crate) const KIND: Kind = Kind { application_id: 0x4353_4757, migrator: &MIGRATOR };

/// The data file of one workspace. Clones share its connections.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) database: Database,
}

impl Store {
    /// Opens the file, or makes it. A file of an older version is copied to `<name>.before-<version>.sqlite`
    /// and migrated; one of a newer program, of another program, or a damaged one is refused untouched.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, KIND).await? })
    }

    /// Closes the file once running work is done. Later calls fail.
    pub async fn close(&self) {
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
        Ok(())
    }
}
