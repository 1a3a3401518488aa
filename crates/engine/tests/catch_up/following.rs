//! Following what changes.

use crate::helpdesk::Desk;
use crate::{Console, MINUTE, START};
use domain::ports::{Clock as _, Helpdesk as _, Priority};
use domain::{FaultKind, Timestamp};
use engine::catch_up::Reason;
use std::sync::Arc;
use store::CoveredBy;

#[tokio::test]
async fn open_conversations_are_there_after_the_first_start_whatever_their_age() {
    let desk = Arc::new(Desk::at(START));
    desk.message("old", START - 400 * 86_400, "A question from long ago");
    desk.message("new", START - 60, "A question");
    let console = Console::following(desk).await;
    assert_eq!(console.kept("old").await, Some(1));
    assert_eq!(console.kept("new").await, Some(1));
    let open = console.workspace.store().count_suggestions().await.expect("counts");
    assert_eq!(open.pending, 2, "and have a suggestion each");
}

#[tokio::test]
async fn what_changes_is_fetched_at_the_interval_and_nothing_else() {
    let desk = Arc::new(Desk::at(START));
    for n in 0..10 {
        desk.message(&n.to_string(), START - 4_000 + n, "A question");
    }
    let console = Console::following(desk).await;
    console.until_filled().await;
    console.desk.take_fetched();
    console.desk.message("3", START + 30, "Another question");
    console.desk.message("new", START + 40, "A question");
    console.desk.close("7");
    console.pass(5 * MINUTE).await;
    assert_eq!(console.kept("3").await, Some(2));
    assert_eq!(console.kept("new").await, Some(1));
    let mut fetched = console.desk.take_fetched();
    // The two newest of before were fetched as soon after their change as any: it may have been the same second.
    fetched.retain(|id| !["8", "9"].contains(&id.as_str()));
    assert_eq!(fetched, ["3".to_owned(), "new".to_owned()].into(), "what has not changed is not fetched");
    console.pass(5 * MINUTE).await;
    console.pass(5 * MINUTE).await;
    assert!(console.desk.take_fetched().len() <= 1, "a quiet helpdesk costs a page");
}

#[tokio::test]
async fn a_change_in_the_second_of_the_one_before_is_not_lost() {
    let desk = Arc::new(Desk::at(START));
    let console = Console::following(desk).await;
    console.desk.message("1", START + 300, "First");
    console.pass(5 * MINUTE).await;
    assert_eq!(console.kept("1").await, Some(1));
    // The same second at the helpdesk: no time tells the two apart.
    console.desk.message("1", START + 300, "Second");
    console.pass(5 * MINUTE).await;
    assert_eq!(console.kept("1").await, Some(2));
}

#[tokio::test]
async fn not_even_when_the_clock_here_is_ahead() {
    let desk = Arc::new(Desk::at(START - 3_600));
    let console = Console::following(desk).await;
    console.desk.message("1", START - 3_600 + 300, "First");
    console.pass(5 * MINUTE).await;
    console.desk.message("1", START - 3_600 + 300, "Second, in the same second");
    console.pass(5 * MINUTE).await;
    assert_eq!(console.kept("1").await, Some(2));
}

#[tokio::test]
async fn a_wrong_clock_here_loses_nothing() {
    for skew in [-86_400, -7_200, -30, 30, 7_200, 80_000] {
        let desk = Arc::new(Desk::at(START + skew));
        desk.message("before", START + skew - 10, "A question");
        let console = Console::following(desk).await;
        for round in 0..3 {
            let id = format!("{round}");
            console.desk.message(&id, START + skew + round * 300 + 60, "A question");
            console.pass(5 * MINUTE).await;
            assert_eq!(console.kept(&id).await, Some(1), "the helpdesk's clock is {skew} s ahead");
        }
    }
}

#[tokio::test]
async fn a_run_that_fails_leaves_the_cursor_and_the_ledger_as_they_were() {
    let desk = Arc::new(Desk::at(START));
    desk.message("0", START - 10, "A question");
    let console = Console::following(desk).await;
    console.until_filled().await;
    console.pass(5 * MINUTE).await;
    let store = console.workspace.store();
    let before = (store.find_cursor().await, store.list_coverage(Timestamp(0)).await);
    for n in 1..20 {
        console.desk.message(&n.to_string(), START + 300 + n, "A question");
    }
    console.desk.world().fetches_left = Some(7);
    console.clock.advance(5 * MINUTE);
    console
        .until("the run to fail", async || {
            let status = console.workspace.catch_up_status();
            let is_over = status.next_at.is_some_and(|next| next > console.clock.now());
            (status.fault.is_some() && is_over).then_some(())
        })
        .await;
    assert_eq!((store.find_cursor().await, store.list_coverage(Timestamp(0)).await), before);
    console.desk.world().fetches_left = None;
    console.pass(MINUTE).await;
    for n in 1..20 {
        assert_eq!(console.kept(&n.to_string()).await, Some(1));
    }
    let after = store.find_cursor().await.expect("a cursor").expect("one");
    assert_eq!(after.at, Timestamp::from_seconds(START + 319));
}

#[tokio::test]
async fn a_single_conversation_that_cannot_be_read_does_not_hold_up_the_others() {
    let desk = Arc::new(Desk::at(START));
    let console = Console::following(desk).await;
    console.desk.message("bad", START + 10, "A question");
    console.desk.message("worse", START + 11, "A question");
    console.desk.message("good", START + 12, "A question");
    let broken = [("bad".to_owned(), FaultKind::Rejected), ("worse".to_owned(), FaultKind::Unavailable)];
    console.desk.world().broken.extend(broken);
    console.clock.advance(5 * MINUTE);
    let unread = console
        .until("both to be left out", async || {
            let unread = console.workspace.store().list_unread_conversations(9).await.expect("a list");
            // The pauses between tries pass by this clock.
            console.clock.advance(MINUTE);
            (unread.len() == 2).then_some(unread)
        })
        .await;
    assert!(unread.iter().all(|one| !one.reason.is_empty()));
    console.pass(5 * MINUTE).await;
    assert_eq!(console.kept("good").await, Some(1));
    console.desk.world().broken.clear();
    console.pass(5 * MINUTE).await;
    assert_eq!(console.kept("bad").await, Some(1));
    assert_eq!(console.kept("worse").await, Some(1));
    assert_eq!(console.workspace.store().list_unread_conversations(9).await, Ok(vec![]));
}

#[tokio::test]
async fn what_was_deleted_meanwhile_is_erased() {
    let desk = Arc::new(Desk::at(START));
    desk.message("1", START - 100, "A question");
    desk.message("2", START - 90, "A question");
    desk.delete("0", START - 200);
    let console = Console::following(desk).await;
    console.desk.close("2");
    console.desk.message("2", START + 5, "It is closed, and so it is listed nowhere once it is gone");
    console.pass(5 * MINUTE).await;
    assert_eq!(console.kept("2").await, Some(2));
    console.desk.delete("2", START + 400);
    console.pass(5 * MINUTE).await;
    assert_eq!(console.kept("2").await, None);
    assert_eq!(console.kept("1").await, Some(1));
}

#[tokio::test]
async fn a_sleep_is_caught_up_with_at_the_next_tick() {
    let desk = Arc::new(Desk::at(START));
    let console = Console::following(desk).await;
    console.clock.advance(10_000);
    console.desk.message("1", START + 30, "Written while the machine slept");
    // Less than the interval: only the clocks tell.
    console.clock.sleep_machine(2 * MINUTE);
    console.until("the message", async || console.kept("1").await).await;
}

#[tokio::test]
async fn while_the_helpdesk_is_away_it_is_tried_again_soon_and_caught_up_with_when_it_is_back() {
    let desk = Arc::new(Desk::at(START));
    let console = Console::following(desk).await;
    console.desk.world().down = Some(FaultKind::Unreachable);
    console.clock.advance(5 * MINUTE);
    for _ in 0..8 {
        let next = console
            .until("a run to fail", async || {
                let status = console.workspace.catch_up_status();
                let next = status.next_at.filter(|next| *next > console.clock.now());
                next.filter(|_| status.fault.is_some() && status.running.is_none())
            })
            .await;
        let pause = next.ms_since(console.clock.now());
        assert!((1..=30_000).contains(&pause), "{pause}");
        console.clock.advance(pause);
    }
    console.desk.message("1", START + 310, "A question");
    console.desk.world().down = None;
    // Another call finds it back first: no clock is moved from here on.
    console.workspace.helpdesk().admins().await.expect("it answers");
    console.until("the message", async || console.kept("1").await).await;
}

#[tokio::test]
async fn a_run_can_be_asked_for_and_the_most_urgent_reason_counts() {
    let desk = Arc::new(Desk::at(START));
    desk.message("1", START - 86_400 * 50, "Open for long");
    let console = Console::following(desk).await;
    console.desk.message("2", START + 1, "A question");
    console.workspace.catch_up_soon(Reason::Person);
    console.workspace.catch_up_soon(Reason::TunnelChanged);
    console.until("the message", async || console.kept("2").await).await;
    assert!(console.workspace.set_catch_up_minutes(0).await.is_err());
    assert!(console.workspace.set_catch_up_minutes(16).await.is_err());
    console.workspace.set_catch_up_minutes(1).await.expect("it is one of the choices");
    console.desk.message("3", START + 30, "A question");
    console.pass(MINUTE).await;
    console.until("the message", async || console.kept("3").await).await;
}

#[tokio::test]
async fn contacts_are_fetched_afterwards_and_only_of_what_is_open() {
    let desk = Arc::new(Desk::at(START));
    for n in 0..20 {
        desk.message(&n.to_string(), START - 100 - n, "A question");
        if n % 2 == 0 {
            desk.close(&n.to_string());
        }
    }
    let console = Console::following(desk).await;
    let contacts = console
        .until("the contacts", async || {
            // Nothing is told of a contact that cannot be fetched: the runs tell of themselves.
            console.workspace.catch_up_soon(Reason::Person);
            let contacts = console.desk.world().contacts.clone();
            (contacts.len() >= 10).then_some(contacts)
        })
        .await;
    assert!(contacts.iter().all(|(_, priority)| *priority == Priority::Backfill));
    let odd = |id: &str| id.trim_start_matches('c').parse::<i64>().is_ok_and(|n| n % 2 == 1);
    assert!(contacts.iter().all(|(id, _)| odd(id)), "{contacts:?}");
}

#[tokio::test]
async fn what_was_caught_up_with_is_covered_without_a_gap() {
    let desk = Arc::new(Desk::at(START));
    let console = Console::following(desk).await;
    for _ in 0..4 {
        console.pass(5 * MINUTE).await;
    }
    let all = console.workspace.store().list_coverage(Timestamp(0)).await.expect("periods");
    let caught_up: Vec<_> = all.iter().filter(|period| period.how == CoveredBy::CatchUp).collect();
    assert_eq!(caught_up.len(), 1);
    let from = Timestamp::from_seconds(START);
    assert_eq!((caught_up[0].from, caught_up[0].until), (from, from.plus_ms(20 * MINUTE)));
}
