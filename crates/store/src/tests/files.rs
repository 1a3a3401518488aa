//! What holds for the file itself: durability settings, versions, copies, damage, a full disk.

use super::sample::{Open, conversation, delivery, open, pending};
use crate::database::{Database, Kind, copy_path};
use crate::{DeliveryFilter, SettingsStore, Store, StoreError, settings, store};
use domain::Timestamp;
use sqlx::Connection;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::path::Path;

async fn other_connection(path: &Path) -> SqliteConnection {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await.unwrap()
}

#[tokio::test]
async fn the_writer_syncs_every_commit_and_readers_cannot_write() {
    let it = open().await;
    let (writer, readers) = (&it.store.database.writer, &it.store.database.readers);
    let pragma =
        async |name: &'static str| -> i64 { sqlx::query_scalar(name).fetch_one(writer).await.unwrap() };
    assert_eq!(pragma("PRAGMA synchronous").await, 2, "FULL");
    assert_eq!(pragma("PRAGMA foreign_keys").await, 1);
    assert_eq!(pragma("PRAGMA busy_timeout").await, 5000);
    assert_eq!(pragma("PRAGMA secure_delete").await, 1);
    assert_eq!(pragma("PRAGMA fullfsync").await, 1);
    let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(writer).await.unwrap();
    assert_eq!(mode, "wal");
    assert_eq!(writer.options().get_max_connections(), 1);
    let error = sqlx::query("DELETE FROM meta").execute(readers).await.unwrap_err();
    assert!(matches!(StoreError::from(error), StoreError::Io(_)), "query only");
}

#[tokio::test]
async fn what_was_inserted_is_seen_by_another_connection_at_once() {
    let it = open().await;
    it.store.insert_deliveries(&[delivery(1, Some("n1"))]).await.unwrap();
    let mut other = other_connection(&it.path).await;
    let seen: i64 =
        sqlx::query_scalar("SELECT COUNT(*) FROM deliveries").fetch_one(&mut other).await.unwrap();
    assert_eq!(seen, 1);
}

#[tokio::test]
async fn everything_is_there_after_closing_and_opening() {
    let it = open().await;
    let kept = conversation("100", &[("a", 1)]);
    it.store.upsert_conversation(&kept, Timestamp(1)).await.unwrap();
    it.store.close().await;
    assert!(it.store.check().await.is_err(), "a closed file answers nothing");
    let again = Store::open(&it.path).await.unwrap();
    assert_eq!(again.path(), it.path);
    assert_eq!(again.find_conversation(&"100".into()).await, Ok(Some(kept)));
    again.check().await.unwrap();
    again.check().await.unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let it = open().await;
    it.store.check().await.unwrap();
    for name in ["acme.sqlite", "acme.sqlite-wal"] {
        let mode = std::fs::metadata(it.folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_file_of_a_newer_program_is_refused() {
    let it = open().await;
    sqlx::query("INSERT INTO _sqlx_migrations VALUES (9000, 'later', '2030-01-01', TRUE, x'00', 1)")
        .execute(&it.store.database.writer)
        .await
        .unwrap();
    it.store.close().await;
    let error = Store::open(&it.path).await.unwrap_err();
    assert_eq!(error, StoreError::Newer { found: 9000, known: known() });
    assert!(error.to_string().contains("Install the newer program"), "{error}");
}

#[tokio::test]
async fn a_file_that_is_no_database_or_of_another_program_is_refused_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.sqlite");
    let text = "these are my notes\n".repeat(400);
    std::fs::write(&path, &text).unwrap();
    let error = Store::open(&path).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);

    let foreign = folder.path().join("foreign.sqlite");
    let options = SqliteConnectOptions::new().filename(&foreign).create_if_missing(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE a (b); CREATE TABLE c (d);").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let before = std::fs::read(&foreign).unwrap();
    assert!(matches!(Store::open(&foreign).await, Err(StoreError::Corrupt(_))));
    assert_eq!(std::fs::read(&foreign).unwrap(), before);

    let it = open().await;
    it.store.close().await;
    assert!(
        matches!(SettingsStore::open(&it.path).await, Err(StoreError::Corrupt(_))),
        "not a settings file"
    );
    assert!(matches!(Store::open(folder.path()).await, Err(StoreError::Io(_))), "a folder");
}

#[tokio::test]
async fn a_damaged_file_is_refused_in_words() {
    let it = open().await;
    for number in 0..200 {
        pending(&it.store, number + 1, &number.to_string()).await;
    }
    it.store.close().await;
    let whole = std::fs::read(&it.path).unwrap();
    let mut damaged = whole.clone();
    for page in damaged.chunks_mut(4096).skip(8).step_by(3) {
        for byte in page.iter_mut() {
            *byte ^= 0x5a;
        }
    }
    for bytes in [&damaged[..], &whole[..whole.len() / 2]] {
        std::fs::write(&it.path, bytes).unwrap();
        let error = Store::open(&it.path).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt(_)), "{error:?}");
        assert!(error.to_string().contains("copy"), "{error}");
    }
    std::fs::write(&it.path, &whole).unwrap();
    Store::open(&it.path).await.unwrap();
}

#[tokio::test]
async fn an_empty_file_is_a_new_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep/er/acme.sqlite");
    Store::open(&path).await.unwrap().close().await;
    std::fs::write(&path, b"").unwrap();
    let store = Store::open(&path).await.unwrap();
    store.check().await.unwrap();
}

/// The number of the newest migration of this program.
fn known() -> i64 {
    store::KIND.migrator.iter().map(|migration| migration.version).max().unwrap()
}

/// Today's migrations and one more, as the next version of the program would have them.
fn with_another(migrator: &Migrator, sql: &'static str) -> &'static Migrator {
    let another = Migration::new(
        known() + 1,
        "another".into(),
        MigrationType::Simple,
        sqlx::SqlSafeStr::into_sql_str(sql),
        false,
    );
    let all = migrator.iter().cloned().chain([another]).collect();
    Box::leak(Box::new(Migrator::with_migrations(all)))
}

#[tokio::test]
async fn a_copy_is_made_before_a_newer_version_changes_the_file() {
    let it = open().await;
    it.store.insert_deliveries(&[delivery(1, Some("n1"))]).await.unwrap();
    // Not closed: what is still in the write-ahead log belongs into the copy.
    let kind =
        Kind { migrator: with_another(store::KIND.migrator, "CREATE TABLE later (a) "), ..store::KIND };
    let newer = Database::open(&it.path, kind).await.unwrap();
    sqlx::query("SELECT a FROM later").fetch_all(&newer.readers).await.unwrap();
    newer.close().await;
    it.store.close().await;
    assert_eq!(
        Store::open(&it.path).await.unwrap_err(),
        StoreError::Newer { found: known() + 1, known: known() }
    );
    let copy = copy_path(&it.path, known() + 1);
    assert_eq!(*copy.file_name().unwrap(), *format!("acme.before-{}.sqlite", known() + 1));
    let older = Store::open(&copy).await.unwrap();
    let rows = older.list_deliveries(&DeliveryFilter { limit: 9, ..Default::default() }).await.unwrap();
    assert_eq!(rows.len(), 1, "the copy opens in the older program and has everything");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_file_as_it_was() {
    let it = open().await;
    it.store.close().await;
    let broken = "CREATE TABLE later (a); INSERT INTO nowhere VALUES (1)";
    let kind = Kind { migrator: with_another(store::KIND.migrator, broken), ..store::KIND };
    assert!(Database::open(&it.path, kind).await.is_err());
    let again = Store::open(&it.path).await.unwrap();
    again.check().await.unwrap();
    let tables: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_schema WHERE name = 'later'")
        .fetch_one(&again.database.readers)
        .await
        .unwrap();
    assert_eq!(tables, 0);
}

#[tokio::test]
async fn no_copy_is_made_of_a_file_that_is_up_to_date_or_new() {
    let it = open().await;
    it.store.close().await;
    Store::open(&it.path).await.unwrap().close().await;
    let copies = std::fs::read_dir(it.folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains("before"))
        .count();
    assert_eq!(copies, 0);
    assert_ne!(settings::KIND.application_id, store::KIND.application_id);
}

#[tokio::test]
async fn a_full_disk_is_told_keeps_what_was_there_and_passes() {
    let it = open().await;
    it.store.insert_deliveries(&[delivery(1, Some("n1"))]).await.unwrap();
    it.store.simulate_full_disk(true).await.unwrap();
    let mut large = delivery(2, Some("n2"));
    large.body = vec![b'x'; 1_000_000].into();
    let both = [delivery(3, Some("n3")), large];
    let error = it.store.insert_deliveries(&both).await.unwrap_err();
    assert_eq!(error, StoreError::Full);
    assert!(error.to_string().contains("Free some space"), "{error}");
    let filter = DeliveryFilter { limit: 9, ..Default::default() };
    assert_eq!(it.store.list_deliveries(&filter).await.unwrap().len(), 1, "whole or not at all");
    it.store.simulate_full_disk(false).await.unwrap();
    it.store.insert_deliveries(&both).await.unwrap();
    assert_eq!(it.store.list_deliveries(&filter).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_file_that_another_program_holds_is_told() {
    let it = open().await;
    let mut other = other_connection(&it.path).await;
    sqlx::query("BEGIN EXCLUSIVE").execute(&mut other).await.unwrap();
    let quick = async {
        sqlx::query("PRAGMA busy_timeout = 50").execute(&it.store.database.writer).await.unwrap();
        it.store.insert_deliveries(&[delivery(1, None)]).await
    };
    assert_eq!(quick.await, Err(StoreError::Busy));
    it.store.delivery_counts().await.unwrap();
    sqlx::query("ROLLBACK").execute(&mut other).await.unwrap();
    it.store.insert_deliveries(&[delivery(1, None)]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_answer_while_the_writer_works() {
    let it = open().await;
    let Open { store, .. } = &it;
    let writer = store.clone();
    let writing = tokio::spawn(async move {
        for batch in 0..60_u128 {
            let new: Vec<_> = (0..20).map(|n| delivery(batch * 20 + n + 1, None)).collect();
            writer.insert_deliveries(&new).await.unwrap();
        }
    });
    let mut reading = tokio::task::JoinSet::new();
    for _ in 0..6 {
        let reader = store.clone();
        reading.spawn(async move {
            let mut seen = 0;
            while seen < 1200 {
                let counts = reader.delivery_counts().await.unwrap();
                assert!(counts.received >= seen, "a reader never goes back in time");
                assert_eq!(counts.received % 20, 0, "a reader never sees half a batch");
                seen = counts.received;
            }
        });
    }
    writing.await.unwrap();
    while let Some(done) = reading.join_next().await {
        done.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_is_dropped_half_way_leaves_a_whole_state_and_a_free_writer() {
    let it = open().await;
    for round in 0..60_u64 {
        let new: Vec<_> = (0..10).map(|n| delivery(u128::from(round) * 10 + n + 1, None)).collect();
        let insert = it.store.insert_deliveries(&new);
        // Dropped at another moment each time, from before the start to after the end.
        let _ = tokio::time::timeout(std::time::Duration::from_micros(round * 60), insert).await;
        let counts = it.store.delivery_counts().await.unwrap();
        assert_eq!(counts.received % 10, 0, "round {round}");
    }
    it.store.insert_deliveries(&[delivery(9_999, None)]).await.unwrap();
    it.store.check().await.unwrap();
}

#[tokio::test]
async fn a_disk_that_refuses_the_copy_stops_the_migration() {
    let it = open().await;
    it.store.close().await;
    // A folder in the way of the copy: it can be neither replaced nor written.
    std::fs::create_dir_all(copy_path(&it.path, known() + 1).join("in the way")).unwrap();
    let kind = Kind { migrator: with_another(store::KIND.migrator, "CREATE TABLE later (a)"), ..store::KIND };
    let error = Database::open(&it.path, kind).await.unwrap_err();
    assert!(matches!(error, StoreError::Io(_)), "{error:?}");
    Store::open(&it.path).await.unwrap().check().await.unwrap();
    let left: Vec<_> = std::fs::read_dir(it.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.contains("partial"))
        .collect();
    assert_eq!(left, [""; 0]);
}

/// What SQLite does by itself when a commit finds the disk full or failing.
#[tokio::test]
async fn a_transaction_that_sqlite_rolls_back_by_itself_does_not_cost_the_writer() {
    let it = open().await;
    sqlx::raw_sql(
        "CREATE TEMP TRIGGER fails BEFORE INSERT ON deliveries WHEN NEW.topic = 'fails'
         BEGIN SELECT RAISE(ROLLBACK, 'gone'); END",
    )
    .execute(&it.store.database.writer)
    .await
    .unwrap();
    let mut fails = delivery(2, None);
    fails.topic = Some("fails".to_owned());
    it.store.insert_deliveries(&[delivery(1, None), fails]).await.unwrap_err();
    it.store.insert_deliveries(&[delivery(3, None)]).await.unwrap();

    let mut tx = it.store.database.write().await.unwrap();
    sqlx::query("ROLLBACK").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap_err();
    it.store.insert_deliveries(&[delivery(4, None)]).await.unwrap();
    let triggers: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_temp_schema")
        .fetch_one(&it.store.database.writer)
        .await
        .unwrap();
    assert_eq!(triggers, 1, "it is the same connection, with all that is set on it");
    assert_eq!(it.store.delivery_counts().await.unwrap().received, 2);
}
