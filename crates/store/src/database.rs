//! Opening a data file: checks before anything is touched, a copy before a migration, one writer, few readers.
//!
//! The journal mode is set only once the file is known to be ours, because it changes the file. A pool of one
//! connection is the writer, so that writes wait for each other in a queue here and not by polling a lock.
//!
//! Work that nobody waits for (catching up, a backfill) writes behind the others: of it one transaction at a time
//! stands in that queue, so that a person's action waits for one short transaction of it at most, however much of it
//! there is.

mod checkpoints;

use crate::error::StoreError;
use checkpoints::Checkpoints;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqliteConnection};
use std::ops::{Deref, DerefMut};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Files up to this size are looked through whole when they are opened (well under a second).
const CHECKED_SIZE: u64 = 64 * 1024 * 1024;
/// The longest that anybody waits to write.
const WRITER_PATIENCE: Duration = Duration::from_secs(30);
/// SQLite's code for a rollback where there is nothing to roll back, which is the usual case.
const NO_TRANSACTION: &str = "1";
/// The write-ahead log is cut back to this size after a burst.
const JOURNAL_SIZE: &str = "67108864";

/// Connections that read.
const READERS: u32 = 4;
/// What the writer keeps at hand, as SQLite takes it: KiB of pages, negative. The ids of a million notifications fit, in
/// whose index every delivery falls on another page.
const CACHE: &str = "-98304";

/// What kind of file it is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    /// Stands in the header of each file of this kind.
    pub(crate) application_id: i64,
    pub(crate) migrator: &'static Migrator,
}

/// An open data file.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) writer: SqlitePool,
    pub(crate) readers: SqlitePool,
    pub(crate) path: Arc<Path>,
    /// The one place in the writer's queue for work that nobody waits for.
    behind: Arc<Semaphore>,
    pub(crate) checkpoints: Checkpoints,
}

impl Database {
    pub(crate) async fn open(path: &Path, kind: Kind) -> Result<Self, StoreError> {
        let fresh = prepare_file(path).await?;
        let writer = connect_writer(path).await?;
        let others = match ready_writer(&writer, path, kind, fresh).await {
            Ok(()) => connect_others(path).await,
            Err(error) => Err(error),
        };
        match others {
            Ok((readers, checkpoints)) => {
                let behind = Arc::new(Semaphore::new(1));
                Ok(Self { writer, readers, path: path.into(), behind, checkpoints })
            }
            Err(error) => {
                writer.close().await;
                Err(error)
            }
        }
    }

    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.checkpoints.close().await;
        self.writer.close().await;
    }

    /// A transaction that may write, begun as such: it cannot fail half way for want of the lock.
    pub(crate) async fn write(&self) -> Result<Tx, StoreError> {
        let mut connection = self.writer.acquire().await?;
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
        Ok(Tx { connection })
    }

    /// The same for work that nobody waits for, which should keep it short.
    pub(crate) async fn write_behind(&self) -> Result<TxBehind, StoreError> {
        let place = Arc::clone(&self.behind).acquire_owned().await;
        Ok(TxBehind { tx: self.write().await?, _place: place.ok() })
    }

    /// A transaction that reads one state of the file.
    pub(crate) async fn read(&self) -> Result<Tx, StoreError> {
        let mut connection = self.readers.acquire().await?;
        sqlx::query("BEGIN").execute(&mut *connection).await?;
        Ok(Tx { connection })
    }
}

/// A transaction; dropped, it is rolled back before anybody else gets its connection ([`end_transaction`]).
///
/// Not `sqlx::Transaction`: that one counts, and where SQLite rolls back by itself, as it does when a commit finds
/// the disk full, its count stays wrong and the connection refuses every transaction after.
#[derive(Debug)]
pub(crate) struct Tx {
    connection: PoolConnection<Sqlite>,
}

impl Tx {
    pub(crate) async fn commit(mut self) -> Result<(), StoreError> {
        sqlx::query("COMMIT").execute(&mut *self.connection).await?;
        Ok(())
    }
}

impl Deref for Tx {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}

/// A transaction of work that nobody waits for. The next of its kind queues when it is over.
#[derive(Debug)]
pub(crate) struct TxBehind {
    tx: Tx,
    _place: Option<OwnedSemaphorePermit>,
}

impl TxBehind {
    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        self.tx.commit().await
    }
}

impl Deref for TxBehind {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for TxBehind {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}

/// Ends what a connection that comes back may have left open. A connection that cannot is closed.
async fn end_transaction(connection: &mut SqliteConnection) -> bool {
    match sqlx::query("ROLLBACK").execute(connection).await {
        Ok(_) => true,
        Err(sqlx::Error::Database(error)) => error.code().as_deref() == Some(NO_TRANSACTION),
        Err(_) => false,
    }
}

/// Makes the file, readable by its owner alone, unless it is there. True when it holds nothing.
async fn prepare_file(path: &Path) -> Result<bool, StoreError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        tokio::fs::create_dir_all(folder).await?;
    }
    match tokio::fs::metadata(path).await {
        Ok(file) if file.is_file() => return Ok(file.len() == 0),
        Ok(_) => return Err(StoreError::Io(format!("{} is not a file", path.display()))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    create_private(path).await?;
    sync_folder(path).await?;
    Ok(true)
}

async fn create_private(path: &Path) -> Result<(), StoreError> {
    let mut options = tokio::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    options.mode(0o600);
    options.open(path).await?.sync_all().await?;
    Ok(())
}

/// Makes sure that the name of a new file outlives a power cut. Only Unix needs and allows it.
async fn sync_folder(path: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        tokio::fs::File::open(folder.unwrap_or(Path::new("."))).await?.sync_all().await?;
    }
    Ok(())
}

fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(256)
}

async fn connect_writer(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = durable(path)
        .pragma("cache_size", CACHE)
        .pragma("wal_autocheckpoint", checkpoints::IN_A_COMMIT)
        // What is deleted is overwritten: it may be a customer's text.
        .pragma("secure_delete", "ON")
        .pragma("journal_size_limit", JOURNAL_SIZE);
    Ok(pool(1, WRITER_PATIENCE).connect_with(options).await?)
}

fn durable(path: &Path) -> SqliteConnectOptions {
    options(path)
        .synchronous(SqliteSynchronous::Full)
        // On macOS a plain fsync stops at the drive's cache.
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
}

async fn connect_others(path: &Path) -> Result<(SqlitePool, Checkpoints), StoreError> {
    Ok((connect_readers(path).await?, Checkpoints::open(durable(path)).await?))
}

async fn connect_readers(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = options(path).pragma("query_only", "ON");
    Ok(pool(READERS, Duration::from_secs(15)).connect_with(options).await?)
}

/// Connections that stay: what is set on them is set once.
fn pool(size: u32, patience: Duration) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(size)
        .acquire_timeout(patience)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .after_release(|connection, _| Box::pin(async move { Ok(end_transaction(connection).await) }))
}

async fn ready_writer(writer: &SqlitePool, path: &Path, kind: Kind, fresh: bool) -> Result<(), StoreError> {
    let known = kind.migrator.iter().map(|migration| migration.version).max().unwrap_or(0);
    if !fresh {
        let found = check_ours(writer, kind).await?;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        check_whole(writer, path).await?;
        if found > 0 && found < known {
            copy(writer, path, known).await?;
        }
    }
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode = WAL").fetch_one(writer).await?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(StoreError::Io(format!("its disk allows no write-ahead log (journal mode {mode})")));
    }
    kind.migrator.run(writer).await?;
    Ok(())
}

/// The version of a file of ours; 0 for one that nothing was written to. Anything else is not ours to touch.
async fn check_ours(writer: &SqlitePool, kind: Kind) -> Result<i64, StoreError> {
    let application_id: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(writer).await?;
    let tables: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE name <> '_sqlx_migrations'")
            .fetch_one(writer)
            .await?;
    if application_id == kind.application_id {
        let found: Option<i64> =
            sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(writer).await?;
        return Ok(found.unwrap_or(0));
    }
    if application_id == 0 && tables <= 1 {
        // Ended while it was being made: an empty list of migrations (and its index) at most.
        return Ok(0);
    }
    Err(StoreError::Corrupt("it is not a data file of this kind".to_owned()))
}

/// Looks a small file through. A large one is believed; damage then shows where it is met.
async fn check_whole(writer: &SqlitePool, path: &Path) -> Result<(), StoreError> {
    if tokio::fs::metadata(path).await?.len() > CHECKED_SIZE {
        return Ok(());
    }
    let verdict: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(writer).await?;
    if verdict == "ok" { Ok(()) } else { Err(StoreError::Corrupt(verdict)) }
}

/// Copies the file, log and all, to `<name>.before-<version>.sqlite`. A copy of an earlier try is replaced: the
/// older program may have worked on the file since.
async fn copy(writer: &SqlitePool, path: &Path, version: i64) -> Result<(), StoreError> {
    let target = copy_path(path, version);
    let partial = target.with_extension("sqlite.partial");
    let _ = tokio::fs::remove_file(&partial).await;
    let written = write_copy(writer, &partial, &target).await;
    if written.is_err() {
        let _ = tokio::fs::remove_file(&partial).await;
    }
    written
}

async fn write_copy(writer: &SqlitePool, partial: &Path, target: &Path) -> Result<(), StoreError> {
    create_private(partial).await?;
    let name = partial.to_str().ok_or_else(|| StoreError::Io("its path is not Unicode".to_owned()))?;
    sqlx::query("VACUUM INTO ?1").bind(name).execute(writer).await?;
    // SQLite leaves this to us.
    tokio::fs::OpenOptions::new().write(true).open(partial).await?.sync_all().await?;
    tokio::fs::rename(partial, target).await?;
    sync_folder(target).await?;
    tracing::info!(path = %target.display(), "The data file was copied before its first migration");
    Ok(())
}

/// The copies that were made of a file before it was changed, half written ones too.
pub(crate) async fn copies_of(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut entries = tokio::fs::read_dir(folder).await?;
    let mut copies = Vec::new();
    while let Some(entry) = entries.next_entry().await? {
        let name = entry.file_name();
        let version = name.to_str().and_then(|name| {
            let rest = name.strip_prefix(&stem)?.strip_prefix(".before-")?;
            rest.strip_suffix(".sqlite").or_else(|| rest.strip_suffix(".sqlite.partial"))
        });
        if version.is_some_and(|version| version.parse::<i64>().is_ok()) {
            copies.push(entry.path());
        }
    }
    copies.sort();
    Ok(copies)
}

pub(crate) fn copy_path(path: &Path, version: i64) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_os_string();
    name.push(format!(".before-{version}.sqlite"));
    path.with_file_name(name)
}
