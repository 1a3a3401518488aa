//! The ledger, the cursor and the backfill: what is written at one moment is one transaction.

use super::sample::open;
use crate::{Backfill, Covered, CoveredBy, Cursor, StoreError, UnreadConversation};
use domain::Timestamp;

fn covered(from: i64, until: i64, how: CoveredBy) -> Covered {
    Covered { from: Timestamp(from), until: Timestamp(until), how }
}

fn cursor(at: i64, searched_at: i64) -> Cursor {
    Cursor { at: Timestamp(at), searched_at: Timestamp(searched_at) }
}

#[tokio::test]
async fn periods_of_a_kind_that_touch_become_one() {
    let it = open().await;
    let how = CoveredBy::Listening;
    for (from, until) in [(10, 20), (40, 50), (20, 30), (5, 5), (9, 8)] {
        it.store.add_coverage(covered(from, until, how)).await.unwrap();
    }
    it.store.add_coverage(covered(15, 45, CoveredBy::CatchUp)).await.unwrap();
    let all = it.store.list_coverage(Timestamp(0)).await.unwrap();
    assert_eq!(all, [covered(10, 30, how), covered(15, 45, CoveredBy::CatchUp), covered(40, 50, how)]);
    it.store.add_coverage(covered(12, 44, how)).await.unwrap();
    let late = it.store.list_coverage(Timestamp(45)).await.unwrap();
    assert_eq!(
        late,
        [covered(10, 50, how)],
        "one that closes the gap joins both; those that have ended are left out"
    );
}

#[tokio::test]
async fn what_was_claimed_too_early_can_be_taken_back() {
    let it = open().await;
    let how = CoveredBy::Listening;
    for (from, until) in [(10, 20), (30, 50), (60, 70)] {
        it.store.add_coverage(covered(from, until, how)).await.unwrap();
    }
    it.store.add_coverage(covered(10, 70, CoveredBy::CatchUp)).await.unwrap();
    it.store.cut_coverage(how, Timestamp(40)).await.unwrap();
    let all = it.store.list_coverage(Timestamp(0)).await.unwrap();
    assert_eq!(all, [covered(10, 20, how), covered(10, 70, CoveredBy::CatchUp), covered(30, 40, how)]);
}

#[tokio::test]
async fn the_cursor_never_goes_back_and_the_ledger_grows_with_it() {
    let it = open().await;
    assert_eq!(it.store.find_cursor().await, Ok(None));
    it.store.move_cursor(cursor(100, 1_000)).await.unwrap();
    assert_eq!(it.store.list_coverage(Timestamp(0)).await.unwrap(), [], "there was nothing before the first");
    it.store.move_cursor(cursor(300, 2_000)).await.unwrap();
    it.store.move_cursor(cursor(200, 3_000)).await.unwrap();
    assert_eq!(it.store.find_cursor().await, Ok(Some(cursor(300, 3_000))));
    let how = CoveredBy::CatchUp;
    assert_eq!(it.store.list_coverage(Timestamp(0)).await.unwrap(), [covered(1_000, 3_000, how)]);
    // The clock was set back: nothing is claimed for time that did not pass, and the next period begins there.
    it.store.move_cursor(cursor(400, 500)).await.unwrap();
    it.store.move_cursor(cursor(400, 800)).await.unwrap();
    let all = it.store.list_coverage(Timestamp(0)).await.unwrap();
    assert_eq!(all, [covered(500, 800, how), covered(1_000, 3_000, how)]);
}

#[tokio::test]
async fn the_backfill_is_begun_once_and_remembers_where_it_is() {
    let it = open().await;
    assert_eq!(it.store.find_backfill().await, Ok(None));
    let nowhere = it.store.advance_backfill(Timestamp(1), 1, None).await;
    assert_eq!(nowhere, Err(StoreError::NotFound("backfill")));
    it.store.begin_backfill(Timestamp(100), Timestamp(900)).await.unwrap();
    it.store.begin_backfill(Timestamp(0), Timestamp(5)).await.unwrap();
    it.store.advance_backfill(Timestamp(700), 12, Some(40)).await.unwrap();
    it.store.set_backfill_paused(true).await.unwrap();
    let path = it.path.clone();
    it.store.close().await;
    let again = crate::Store::open(&path).await.unwrap();
    let state = again.find_backfill().await.unwrap().unwrap();
    let wanted = Backfill {
        from: Timestamp(100),
        until: Timestamp(900),
        reached: Timestamp(700),
        done: 12,
        total: Some(40),
        paused: true,
    };
    assert_eq!(state, wanted);
    assert!(!state.is_finished());
    let how = CoveredBy::Backfill;
    assert_eq!(again.list_coverage(Timestamp(0)).await.unwrap(), [covered(700, 900, how)]);
    again.set_backfill_from(Timestamp(700)).await.unwrap();
    assert!(again.find_backfill().await.unwrap().unwrap().is_finished(), "fewer days are enough");
}

#[tokio::test]
async fn what_could_not_be_read_is_remembered_until_it_is() {
    let it = open().await;
    let unread = |reason: &str, since| UnreadConversation {
        conversation_id: "7".into(),
        since: Timestamp(since),
        reason: reason.to_owned(),
    };
    it.store.upsert_unread_conversation(&unread("422", 10)).await.unwrap();
    it.store.upsert_unread_conversation(&unread("500", 20)).await.unwrap();
    assert_eq!(it.store.list_unread_conversations(9).await.unwrap(), [unread("500", 10)]);
    assert_eq!(it.store.is_unread_conversation(&"7".into()).await, Ok(true));
    it.store.remove_unread_conversation(&"7".into()).await.unwrap();
    assert_eq!(it.store.is_unread_conversation(&"7".into()).await, Ok(false));
}
