//! Fetching what is older than the first start.

use crate::helpdesk::Desk;
use crate::{Console, START};
use domain::Timestamp;
use domain::ports::Priority;
use std::sync::Arc;
use store::CoveredBy;

const DAY: i64 = 86_400;

/// A helpdesk with so many closed conversations, one every `every` seconds back from the start.
fn with_closed(number: i64, every: i64) -> Arc<Desk> {
    let desk = Arc::new(Desk::at(START));
    for n in 0..number {
        let id = n.to_string();
        desk.message(&id, START - 10 - n * every, "A question");
        desk.close(&id);
    }
    desk
}

#[tokio::test]
async fn thirty_days_are_fetched_newest_first_and_covered() {
    let desk = with_closed(60, DAY);
    let console = Console::following(desk).await;
    console.until_filled().await;
    for n in 0..60 {
        let wanted = (n < 30).then_some(1);
        assert_eq!(console.kept(&n.to_string()).await, wanted, "{n} days ago");
    }
    let fetched = console.desk.world().fetched.clone();
    assert!(fetched.iter().all(|(_, priority)| *priority == Priority::Backfill));
    let first_ten = fetched.iter().take(10).map(|(id, _)| id.parse::<i64>().expect("a number"));
    assert!(first_ten.max().expect("ten") < 20, "the newest are not the last: {fetched:?}");
    let all = console.workspace.store().list_coverage(Timestamp(0)).await.expect("periods");
    let filled: Vec<_> = all.iter().filter(|period| period.how == CoveredBy::Backfill).collect();
    assert_eq!(filled.len(), 1);
    assert_eq!(filled[0].from, Timestamp::from_seconds(START - 30 * DAY));
    assert_eq!(filled[0].until, Timestamp::from_seconds(START));
    let progress = console.workspace.backfill_progress().expect("progress");
    assert_eq!((progress.done, progress.backfill.total), (30, Some(30)));
}

#[tokio::test]
async fn it_goes_on_where_it_stood_after_a_restart() {
    let desk = with_closed(200, DAY / 8);
    desk.world().fetches_left = Some(90);
    let mut console = Console::following(desk).await;
    let reached = console
        .until("it to be stopped half way", async || {
            let progress = console.workspace.backfill_progress()?;
            progress.fault.is_some().then_some(progress.backfill.reached)
        })
        .await;
    assert!(reached < Timestamp::from_seconds(START) && reached > Timestamp::from_seconds(START - 30 * DAY));
    let before = console.desk.take_fetched();
    console.desk.world().fetches_left = None;
    console.restart().await;
    console.until_filled().await;
    let after = console.desk.take_fetched();
    let twice = before.intersection(&after).count();
    assert!(twice <= 8, "only what was under way is fetched again: {twice}");
    for n in 0..200 {
        assert_eq!(console.kept(&n.to_string()).await, Some(1), "{n}");
    }
}

#[tokio::test]
async fn it_can_be_halted_over_a_restart_and_let_go_on() {
    let desk = with_closed(100, DAY / 4);
    desk.world().fetches_left = Some(10);
    let mut console = Console::following(desk).await;
    console.workspace.pause_backfill().await.expect("it is halted");
    console.desk.world().fetches_left = None;
    console.restart().await;
    console.until_caught_up().await;
    let fetched = console.desk.take_fetched().len();
    assert!(fetched <= 10, "{fetched}");
    let paused = console.workspace.backfill_progress().expect("progress").backfill;
    assert!(paused.paused && !paused.is_finished());
    console.workspace.resume_backfill().await.expect("it goes on");
    console.until_filled().await;
    assert_eq!(console.kept("99").await, Some(1));
}

#[tokio::test]
async fn more_days_let_it_go_on_and_none_ends_it() {
    let desk = with_closed(120, DAY);
    let console = Console::following(desk).await;
    console.until_filled().await;
    assert_eq!(console.kept("80").await, None);
    assert!(console.workspace.set_backfill_days(31).await.is_err(), "not one of the choices");
    console.workspace.set_backfill_days(90).await.expect("it is one of the choices");
    console.until_filled().await;
    assert_eq!(console.kept("80").await, Some(1));
    assert_eq!(console.kept("100").await, None);
    console.workspace.set_backfill_days(0).await.expect("it is one of the choices");
    assert!(console.workspace.backfill_progress().expect("progress").backfill.is_finished());
    assert_eq!(console.kept("80").await, Some(1), "what is here stays");
}

#[tokio::test]
async fn crowded_times_are_gone_through_in_short_windows() {
    // More than a window may hold within an hour.
    let desk = with_closed(1_500, 1);
    let console = Console::following(desk).await;
    console.until_filled().await;
    let (all, _) = console.workspace.store().count_conversations().await.expect("counts");
    assert_eq!(all, 1_500);
    assert_eq!(console.desk.world().fetched.len(), 1_500, "each once");
}
