//! The budget, with a clock that is moved by hand.

use super::*;
use futures::FutureExt;
use proptest::prelude::*;
use tokio::sync::watch;

/// A clock that stands still until it is moved.
#[derive(Debug)]
struct Hand(watch::Sender<Timestamp>);

impl Hand {
    fn new() -> Arc<Self> {
        Arc::new(Self(watch::Sender::new(Timestamp::from_seconds(1_000_000))))
    }

    fn forward(&self, milliseconds: i64) {
        self.0.send_modify(|now| *now = now.plus_ms(milliseconds));
    }
}

#[async_trait::async_trait]
impl Clock for Hand {
    fn now(&self) -> Timestamp {
        *self.0.borrow()
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let _ = self.0.subscribe().wait_for(|now| *now >= deadline).await;
    }
}

fn limiter(clock: &Arc<Hand>) -> Limiter {
    Limiter::new(clock.clone(), Arc::new(|| 0.5))
}

/// A permit that is to be had at once.
fn at_once(limiter: &Limiter, priority: Priority) -> Option<Permit> {
    limiter.acquire(priority).now_or_never()
}

/// What Intercom says of a window that ends in `left` seconds.
fn limits(clock: &Arc<Hand>, limit: u32, remaining: u32, left: i64) -> Limits {
    Limits { limit, remaining, resets_at: clock.now().seconds() + left, said_at: Some(clock.now().seconds()) }
}

/// A limiter that was told its limit at the start of a window of 10 seconds. One call was spent on it.
fn told(clock: &Arc<Hand>, limit: u32) -> Limiter {
    let limiter = limiter(clock);
    let permit = at_once(&limiter, Priority::Person).unwrap();
    permit.answered(Some(limits(clock, limit, limit - 1, 10)), false);
    drop(permit);
    limiter
}

/// How many calls of this priority go, one after the other.
fn drain(limiter: &Limiter, priority: Priority) -> u32 {
    let mut count = 0;
    while let Some(permit) = at_once(limiter, priority) {
        drop(permit);
        count += 1;
        assert!(count < 10_000, "there is no end to it");
    }
    count
}

#[test]
fn catching_up_leaves_what_people_and_ingest_are_due() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    assert_eq!(drain(&limiter, Priority::Backfill), 99 - 19 - 10, "a fifth less the one spent, and a tenth");
    assert_eq!(drain(&limiter, Priority::Ingest), 10);
    assert_eq!(drain(&limiter, Priority::Person), 19);
    assert_eq!(limiter.load().remaining, 0);
}

#[test]
fn people_leave_what_the_others_are_due() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    assert_eq!(drain(&limiter, Priority::Person), 99 - 10 - 5);
    assert_eq!(drain(&limiter, Priority::Ingest), 10);
    assert_eq!(drain(&limiter, Priority::Backfill), 5);
}

#[test]
fn a_person_goes_at_once_while_a_backfill_takes_all_it_can() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    let mut backfill = Vec::new();
    while let Some(permit) = at_once(&limiter, Priority::Backfill) {
        backfill.push(permit);
    }
    assert_eq!(backfill.len(), 8, "so many connections and no more");
    for _ in 0..19 {
        assert!(at_once(&limiter, Priority::Person).is_some());
    }
}

#[test]
fn of_the_same_priority_who_came_first_goes_first() {
    let clock = Hand::new();
    let limiter = told(&clock, 4);
    assert_eq!(drain(&limiter, Priority::Person), 3);
    let mut first = Box::pin(limiter.acquire(Priority::Ingest));
    let mut second = Box::pin(limiter.acquire(Priority::Ingest));
    assert!(first.as_mut().now_or_never().is_none() && second.as_mut().now_or_never().is_none());
    clock.forward(10_000);
    limiter.lock().window.told(limits(&clock, 4, 1, 10), clock.now());
    assert!(second.as_mut().now_or_never().is_none());
    assert!(first.as_mut().now_or_never().is_some());
}

#[tokio::test]
async fn a_new_window_wakes_those_who_wait() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    assert_eq!(drain(&limiter, Priority::Backfill), 70);
    let waiting: Vec<_> = (0..20)
        .map(|_| {
            let limiter = limiter.clone();
            tokio::spawn(async move { drop(limiter.acquire(Priority::Backfill).await) })
        })
        .collect();
    tokio::task::yield_now().await;
    assert!(waiting.iter().all(|task| !task.is_finished()), "the window is spent");
    clock.forward(10_000);
    for task in waiting {
        task.await.unwrap();
    }
    assert_eq!(limiter.load().remaining, 80);
}

#[test]
fn the_most_urgent_of_those_who_wait_is_served_first() {
    let clock = Hand::new();
    let limiter = told(&clock, 4);
    assert_eq!(drain(&limiter, Priority::Person), 3);
    let mut backfill = Box::pin(limiter.acquire(Priority::Backfill));
    let mut person = Box::pin(limiter.acquire(Priority::Person));
    assert!(backfill.as_mut().now_or_never().is_none() && person.as_mut().now_or_never().is_none());
    clock.forward(10_000);
    // Three go elsewhere: one is left for two who wait.
    limiter.lock().window.told(limits(&clock, 4, 1, 10), clock.now());
    limiter.serve();
    assert!(backfill.as_mut().now_or_never().is_none(), "who came first is less urgent");
    assert!(person.as_mut().now_or_never().is_some());
}

#[test]
fn who_stops_waiting_holds_up_nobody_and_costs_nothing() {
    let clock = Hand::new();
    let limiter = told(&clock, 4);
    assert_eq!(drain(&limiter, Priority::Person), 3);
    let mut gone = Box::pin(limiter.acquire(Priority::Person));
    let mut patient = Box::pin(limiter.acquire(Priority::Person));
    assert!(gone.as_mut().now_or_never().is_none() && patient.as_mut().now_or_never().is_none());
    drop(gone);
    clock.forward(10_000);
    assert!(patient.as_mut().now_or_never().is_some());
    assert_eq!(drain(&limiter, Priority::Person), 3, "only the patient one was counted");

    let mut served = Box::pin(limiter.acquire(Priority::Backfill));
    assert!(served.as_mut().now_or_never().is_none());
    clock.forward(10_000);
    limiter.serve();
    drop(served);
    let load = limiter.load();
    assert_eq!(limiter.lock().window.load(clock.now()), load);
    assert!(at_once(&limiter, Priority::Backfill).is_some(), "a permit nobody took is given back");
}

#[test]
fn what_others_spend_is_believed() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    let permit = at_once(&limiter, Priority::Person).unwrap();
    permit.answered(Some(limits(&clock, 100, 3, 10)), false);
    assert_eq!(limiter.load().remaining, 2, "the call under way may not be in the count");
    drop(permit);
    assert_eq!(limiter.load().remaining, 3);
    assert!(limiter.load().is_high);
    assert!(at_once(&limiter, Priority::Backfill).is_none());
    let late = at_once(&limiter, Priority::Person);
    assert!(late.is_none(), "what is left is kept for those who had nothing yet");
}

#[test]
fn answers_that_were_overtaken_change_nothing() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    let permit = at_once(&limiter, Priority::Person).unwrap();
    permit.answered(Some(limits(&clock, 100, 40, 10)), false);
    permit.answered(Some(limits(&clock, 100, 60, 10)), false);
    drop(permit);
    assert_eq!(limiter.load().remaining, 40, "of one window the lower count is the later one");
    let old = limits(&clock, 100, 5, 10);
    clock.forward(10_000);
    let permit = at_once(&limiter, Priority::Person).unwrap();
    permit.answered(Some(old), false);
    drop(permit);
    assert_eq!(limiter.load().remaining, 99, "what was said of the old window is over with it");
}

#[test]
fn after_a_refusal_nobody_goes_until_the_window_ended_and_a_little_longer() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    clock.forward(6_000);
    at_once(&limiter, Priority::Backfill).unwrap().answered(None, true);
    let mut person = Box::pin(limiter.acquire(Priority::Person));
    for step in [0, 4_000, 499] {
        clock.forward(step);
        assert!(person.as_mut().now_or_never().is_none());
    }
    clock.forward(1);
    assert!(person.as_mut().now_or_never().is_some(), "half a second, as the dice fell");
}

#[test]
fn a_wrong_clock_neither_hurries_nor_stalls() {
    for wrong_by in [-86_400, 86_400] {
        for tells_time in [true, false] {
            let clock = Hand::new();
            let limiter = limiter(&clock);
            let there = clock.now().seconds() + wrong_by;
            let limits = Limits {
                limit: 20,
                remaining: 0,
                resets_at: there + 7,
                said_at: tells_time.then_some(there),
            };
            at_once(&limiter, Priority::Person).unwrap().answered(Some(limits), true);
            clock.forward(6_999);
            assert!(at_once(&limiter, Priority::Person).is_none());
            clock.forward(3_502);
            assert!(at_once(&limiter, Priority::Person).is_some(), "a window later at most");
        }
    }
}

#[test]
fn a_clock_that_is_set_back_costs_one_window_and_no_more() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    at_once(&limiter, Priority::Person).unwrap().answered(None, true);
    clock.forward(-3_600_000);
    assert!(at_once(&limiter, Priority::Person).is_none());
    clock.forward(10_000);
    assert!(at_once(&limiter, Priority::Person).is_some());
}

#[test]
fn four_fifths_are_worth_an_alert() {
    let clock = Hand::new();
    let limiter = told(&clock, 100);
    for _ in 0..78 {
        drop(at_once(&limiter, Priority::Person));
    }
    assert!(!limiter.load().is_high);
    drop(at_once(&limiter, Priority::Person));
    assert!(limiter.load().is_high);
}

/// Something that happens.
#[derive(Debug, Clone)]
enum Step {
    Call(Priority),
    Finish,
    Forward(i64),
}

fn step() -> impl Strategy<Value = Step> {
    let priority = prop::sample::select(Priority::ALL.to_vec());
    prop_oneof![
        6 => priority.prop_map(Step::Call),
        4 => Just(Step::Finish),
        1 => (1_i64..6_000).prop_map(Step::Forward),
    ]
}

proptest! {
    /// Against a server that counts for itself: it never has to refuse, however calls come and go.
    #[test]
    fn never_more_calls_go_than_the_server_allows(
        limit in 1_u32..60,
        steps in prop::collection::vec(step(), 1..400),
    ) {
        let clock = Hand::new();
        let limiter = told(&clock, limit);
        let (mut ends_at, mut left) = (clock.now().plus_ms(10_000), limit - 1);
        let mut under_way = VecDeque::new();
        for step in steps {
            match step {
                Step::Call(priority) => if let Some(permit) = at_once(&limiter, priority) {
                    prop_assert!(left > 0, "one call too many");
                    left -= 1;
                    let resets_at = ends_at.seconds();
                    let said_at = Some(clock.now().seconds());
                    under_way.push_back((permit, Limits { limit, remaining: left, resets_at, said_at }));
                },
                Step::Finish => if let Some((permit, limits)) = under_way.pop_front() {
                    permit.answered(Some(limits), false);
                },
                Step::Forward(milliseconds) => {
                    // Whole seconds, as Intercom tells time; and answers do not outlive their second.
                    for (permit, limits) in under_way.drain(..) {
                        permit.answered(Some(limits), false);
                    }
                    clock.forward(milliseconds / 1_000 * 1_000);
                    while clock.now() >= ends_at {
                        ends_at = ends_at.plus_ms(10_000);
                        left = limit;
                    }
                }
            }
        }
    }
}
