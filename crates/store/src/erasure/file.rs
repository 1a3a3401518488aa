//! The bytes on disk: what is gone from the tables must be gone from the file, its log and the copies beside it.

use super::needles::{LookedFor, finder};
use crate::database::copies_of;
use crate::error::StoreError;
use crate::store::Store;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Folding the log in waits for readers; they are quick, so a few tries are enough.
const TRIES: usize = 10;
/// The key in `meta` that says that the file is to be written anew.
const DUE: &str = "erasure.rewrite_due";

/// What a search of the file for what was erased came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searched {
    /// How many strings were looked for.
    pub strings: usize,
    /// How many of them are in the file in the end: they stand in what others wrote.
    pub left: usize,
    /// Whether the file was written anew, so that no page holds anything but what is in the tables.
    pub rewritten: bool,
    /// Whether it should be written anew, and is at the next start, because it is large.
    pub put_off: bool,
    /// Why it could not be written anew where it should have been.
    pub problem: Option<String>,
    /// Names of copies that were made before updates and deleted now.
    pub copies: Vec<String>,
    /// Names of copies that could not be deleted.
    pub copies_left: Vec<String>,
}

pub(super) async fn scrub(
    store: &Store,
    looked_for: Option<&LookedFor>,
    at_most: Option<u64>,
) -> Result<Searched, StoreError> {
    let mut searched = Searched::default();
    remove_copies(store.path(), &mut searched).await?;
    store.empty_inbox().await?;
    fold_log(store).await?;
    let strings: Vec<String> =
        looked_for.map(|it| it.file_strings().map(str::to_owned).collect()).unwrap_or_default();
    searched.strings = strings.len();
    searched.left = search(store.path(), strings.clone()).await?;
    if searched.left == 0 && looked_for.is_some() {
        return Ok(searched);
    }
    let size = tokio::fs::metadata(store.path()).await?.len();
    if at_most.is_some_and(|limit| size > limit) {
        store.set_meta(DUE, "yes").await?;
        searched.put_off = true;
        return Ok(searched);
    }
    match rewrite(store).await {
        Ok(()) => searched.rewritten = true,
        Err(error) => {
            tracing::warn!(%error, "The data file could not be written anew after an erasure");
            searched.problem = Some(error.to_string());
        }
    }
    searched.left = search(store.path(), strings).await?;
    Ok(searched)
}

/// Writes the file anew where that was put off. False when it was not.
pub(super) async fn rewrite_if_due(store: &Store) -> Result<bool, StoreError> {
    if store.find_meta(DUE).await?.is_none() {
        return Ok(false);
    }
    rewrite(store).await?;
    Ok(true)
}

async fn rewrite(store: &Store) -> Result<(), StoreError> {
    sqlx::query("VACUUM").execute(&store.database.writer).await?;
    // Rows without a number of their own may have got other places.
    store.decisions_marks.changed();
    sqlx::query("DELETE FROM meta WHERE key = ?1").bind(DUE).execute(&store.database.writer).await?;
    fold_log(store).await
}

/// Moves the write-ahead log into the file and cuts it to nothing.
pub(super) async fn fold_log(store: &Store) -> Result<(), StoreError> {
    for _ in 0..TRIES {
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&store.database.writer).await?;
        if busy == 0 {
            return Ok(());
        }
    }
    Err(StoreError::Busy)
}

async fn remove_copies(path: &Path, searched: &mut Searched) -> Result<(), StoreError> {
    for copy in copies_of(path).await? {
        let name = copy.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match tokio::fs::remove_file(&copy).await {
            Ok(()) => searched.copies.push(name),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::warn!(%error, "A copy of the data file could not be deleted");
                searched.copies_left.push(name);
            }
        }
    }
    Ok(())
}

/// How many of the strings stand in the file, in its log, or in its inbox.
async fn search(path: &Path, strings: Vec<String>) -> Result<usize, StoreError> {
    if strings.is_empty() {
        return Ok(0);
    }
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let files = [path.to_path_buf(), PathBuf::from(log), Store::inbox_path(path)];
    let searching = tokio::task::spawn_blocking(move || -> Result<usize, StoreError> {
        let finder = finder(strings.iter().map(String::as_str))?;
        let mut found = HashSet::new();
        for file in files {
            let file = match std::fs::File::open(file) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error.into()),
            };
            for hit in finder.stream_find_iter(file) {
                found.insert(hit?.pattern());
            }
        }
        Ok(found.len())
    });
    searching.await.map_err(|error| StoreError::Internal(error.to_string()))?
}
