//! `countersign.sqlite`: which workspaces there are, and settings that belong to none of them.
//!
//! Holds no secret; those live in the system's keychain.

use crate::column::{from_word, readable};
use crate::database::{Database, Kind};
use crate::error::StoreError;
use domain::{AdminId, Timestamp, WorkspaceId};
use sqlx::FromRow;
use sqlx::migrate::Migrator;
use std::path::Path;
use uuid::Uuid;

static MIGRATOR: Migrator = sqlx::migrate!("./migrations/settings");

/// 'CSGS' in the header of the file.
pub(crate) const KIND: Kind = Kind { application_id: 0x4353_4753, migrator: &MIGRATOR };

/// Whether a workspace is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WorkspaceKind {
    /// Simulated on this machine.
    Demo,
    /// At the vendor.
    Connected,
}

impl WorkspaceKind {
    /// The word used in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Connected => "connected",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Demo, Self::Connected].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A workspace known to this console. Its secrets are in the keychain, its data in its own file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkspaceRecord {
    /// Its id.
    pub id: WorkspaceId,
    /// Real or simulated.
    pub kind: WorkspaceKind,
    /// Name for people.
    pub name: String,
    /// The vendor's id, which its webhooks carry.
    pub app_id: String,
    /// Region as the vendor writes it; empty when unknown.
    pub region: String,
    /// Where the API is, when not at the region's own address.
    pub base_url: Option<String>,
    /// The teammate in whose name actions are performed.
    pub acting_admin_id: Option<AdminId>,
    /// The address entered at the vendor for webhooks.
    pub public_url: Option<String>,
    /// When it was added.
    pub created_at: Timestamp,
}

/// The settings file. Clones share its connections.
#[derive(Clone, Debug)]
pub struct SettingsStore {
    pub(crate) database: Database,
}

impl SettingsStore {
    /// Opens the file, or makes it, with the same care as [`Store::open`](crate::Store::open).
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { database: Database::open(path, KIND).await? })
    }

    /// Closes the file once running work is done. Later calls fail.
    pub async fn close(&self) {
        self.database.close().await;
    }

    /// The workspaces, in order of adding.
    pub async fn list_workspaces(&self) -> Result<Vec<WorkspaceRecord>, StoreError> {
        let rows: Vec<WorkspaceColumns> = sqlx::query_as(
            "SELECT id, kind, name, app_id, region, base_url, acting_admin_id, public_url, created_at
             FROM workspaces
             ORDER BY created_at, id",
        )
        .fetch_all(&self.database.readers)
        .await?;
        Ok(readable(rows.into_iter().map(WorkspaceRecord::try_from)))
    }

    /// Adds a workspace, or changes it.
    pub async fn upsert_workspace(&self, w: &WorkspaceRecord) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO workspaces (
                id,
                kind,
                name,
                app_id,
                region,
                base_url,
                acting_admin_id,
                public_url,
                created_at
             ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT (id) DO UPDATE SET
                kind = excluded.kind,
                name = excluded.name,
                app_id = excluded.app_id,
                region = excluded.region,
                base_url = excluded.base_url,
                acting_admin_id = excluded.acting_admin_id,
                public_url = excluded.public_url,
                created_at = excluded.created_at",
        )
        .bind(w.id.0)
        .bind(w.kind.as_str())
        .bind(&w.name)
        .bind(&w.app_id)
        .bind(&w.region)
        .bind(&w.base_url)
        .bind(w.acting_admin_id.as_ref().map(AdminId::as_str))
        .bind(&w.public_url)
        .bind(w.created_at.0)
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }

    /// Forgets a workspace; its own file stays. False when there was none.
    pub async fn remove_workspace(&self, id: WorkspaceId) -> Result<bool, StoreError> {
        let done = sqlx::query("DELETE FROM workspaces WHERE id = ?1")
            .bind(id.0)
            .execute(&self.database.writer)
            .await?;
        Ok(done.rows_affected() > 0)
    }

    /// A setting.
    pub async fn find_setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        Ok(sqlx::query_scalar("SELECT value FROM settings WHERE key = ?1")
            .bind(key)
            .fetch_optional(&self.database.readers)
            .await?)
    }

    /// Keeps a setting.
    pub async fn set_setting(&self, key: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO settings (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(key)
        .bind(value)
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }
}

#[derive(FromRow)]
struct WorkspaceColumns {
    id: Uuid,
    kind: String,
    name: String,
    app_id: String,
    region: String,
    base_url: Option<String>,
    acting_admin_id: Option<String>,
    public_url: Option<String>,
    created_at: i64,
}

impl TryFrom<WorkspaceColumns> for WorkspaceRecord {
    type Error = StoreError;

    fn try_from(row: WorkspaceColumns) -> Result<Self, StoreError> {
        Ok(Self {
            id: WorkspaceId(row.id),
            kind: from_word("the kind of a workspace", &row.kind, WorkspaceKind::parse)?,
            name: row.name,
            app_id: row.app_id,
            region: row.region,
            base_url: row.base_url,
            acting_admin_id: row.acting_admin_id.map(AdminId),
            public_url: row.public_url,
            created_at: Timestamp(row.created_at),
        })
    }
}
