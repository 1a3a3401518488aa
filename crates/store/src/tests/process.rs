//! The first promise, with a real process that is killed: every delivery it reported is in the file.

use super::sample::delivery;
use crate::{DeliveryFilter, Store};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const FILE: &str = "COUNTERSIGN_TEST_STORE";

/// Puts deliveries down for ever, sorts some of them in, and reports each commit once the call has returned; does
/// nothing unless told a file.
#[tokio::test]
async fn child_that_inserts_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let store = Store::open(&path).await.unwrap();
    for batch in 0_u128.. {
        let new: Vec<_> = (0..7).map(|n| delivery(batch * 7 + n + 1, None)).collect();
        store.put_deliveries(&new).await.unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "inserted {}", (batch + 1) * 7).unwrap();
        out.flush().unwrap();
        if batch % 3 == 2 {
            store.sort_deliveries(1).await.unwrap();
            store.clear_sorted().await.unwrap();
        }
    }
}

#[tokio::test]
async fn a_killed_process_has_lost_nothing_that_it_reported() {
    for batches in [1, 9, 40] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("acme.sqlite");
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::process::child_that_inserts_until_it_is_killed", "--nocapture"])
            .env(FILE, &path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let reported = lines
            .map(|line| line.unwrap())
            .filter_map(|line| line.rsplit_once("inserted ")?.1.parse::<usize>().ok())
            .nth(batches)
            .unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(&path).await.unwrap();
        store.empty_inbox().await.unwrap();
        let filter = DeliveryFilter { limit: 1_000_000, ..DeliveryFilter::default() };
        let kept = store.list_deliveries(&filter).await.unwrap().len();
        assert!(kept >= reported, "{kept} kept of {reported} reported");
        assert_eq!(kept % 7, 0, "a commit is whole or not there");
        assert_eq!(store.delivery_counts().await.unwrap().duplicates, 0);
    }
}
