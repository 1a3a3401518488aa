//! What counts as listened to.

use crate::helpdesk::Desk;
use crate::{Console, MINUTE, START};
use domain::delivery::Change;
use domain::ports::{Clock as _, WebhookDialect};
use domain::{FaultKind, Notification, NotificationError, Timestamp};
use engine::clock::ClockIds;
use engine::listener::{Listener, ListenerConfig};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;
use store::{Covered, CoveredBy};

/// A dialect whose every body is a ping of the one workspace.
#[derive(Debug)]
struct Pings;

impl WebhookDialect for Pings {
    fn path(&self) -> &'static str {
        "/webhooks/pings"
    }
    fn signature_header(&self) -> &'static str {
        "x-signature"
    }
    fn verify(&self, _: &SecretString, _: &[u8], _: Option<&[u8]>) -> bool {
        true
    }
    fn sign(&self, _: &SecretString, _: &[u8]) -> String {
        String::new()
    }
    fn parse(&self, _: &[u8]) -> Result<Notification, NotificationError> {
        Ok(Notification {
            id: None,
            app_id: "abc".to_owned(),
            topic: "ping".to_owned(),
            created_at: None,
            attempt: None,
            change: Ok(Change::Ping),
        })
    }
    fn test_body(&self, _: &str, _: Timestamp) -> Vec<u8> {
        Vec::new()
    }
}

struct Heard {
    console: Console,
    listener: Listener,
    http: reqwest::Client,
}

impl Heard {
    async fn start() -> Self {
        let console = Console::following(Arc::new(Desk::at(START))).await;
        let clock = Arc::new(console.clock.clone());
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = ListenerConfig { address, ..ListenerConfig::default() };
        let ids = Arc::new(ClockIds::new(clock.clone()));
        let listener = Listener::start(config, Arc::new(Pings), clock, ids).await.expect("it listens");
        listener.register(&console.workspace, SecretString::from("secret"));
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { console, listener, http }
    }

    async fn ping(&self) {
        let url = format!("http://{}/webhooks/pings", self.listener.address());
        let answer = self.http.post(url).body("{}").send().await.expect("it answers");
        assert!(answer.status().is_success());
    }

    async fn listened(&self) -> Vec<(i64, i64)> {
        let all = self.console.workspace.store().list_coverage(Timestamp(0)).await.expect("periods");
        let listened = all.into_iter().filter(|period| period.how == CoveredBy::Listening);
        let since = |at: Timestamp| at.ms_since(Timestamp::from_seconds(START)) / 1000;
        listened.map(|Covered { from, until, .. }| (since(from), since(until))).collect()
    }

    /// Lets seconds pass in ticks, and waits for the heartbeat of each where one is due.
    async fn tick(&self, seconds: i64) {
        for _ in 0..seconds / 10 {
            self.console.clock.advance(10_000);
            let now = self.console.clock.now();
            self.console
                .until("a heartbeat", async || {
                    let proven = self.console.workspace.listening().proven_since;
                    proven.is_none_or(|beat| beat >= now).then_some(())
                })
                .await;
        }
    }
}

#[tokio::test]
async fn listening_counts_from_the_first_delivery_and_with_each_heartbeat() {
    let heard = Heard::start().await;
    heard.tick(30).await;
    assert_eq!(heard.listened().await, [], "nothing proves yet that deliveries arrive");
    heard.ping().await;
    heard.tick(40).await;
    // A program that is killed here has lost what came after the last beat, and no more.
    assert_eq!(heard.listened().await, [(30, 70)]);
    heard.console.clock.advance(5_000);
    heard.listener.unregister(heard.console.workspace.id());
    heard.console.workspace.close(std::time::Duration::from_secs(5)).await;
}

#[tokio::test]
async fn what_was_listened_to_until_the_end_is_written_down() {
    let mut heard = Heard::start().await;
    heard.ping().await;
    heard.console.clock.advance(5_000);
    heard.listener.unregister(heard.console.workspace.id());
    heard.console.restart().await;
    assert_eq!(heard.listened().await, [(0, 5)]);
}

#[tokio::test]
async fn a_test_of_our_own_proves_nothing() {
    let heard = Heard::start().await;
    let own = heard.console.workspace.own_test();
    heard.ping().await;
    drop(own);
    assert_eq!(heard.console.workspace.listening().proven_since, None);
    heard.ping().await;
    assert!(heard.console.workspace.listening().proven_since.is_some());
}

#[tokio::test]
async fn a_sleep_and_a_broken_way_end_it_until_the_next_delivery() {
    let heard = Heard::start().await;
    heard.ping().await;
    heard.tick(20).await;
    heard.console.clock.sleep_machine(60 * MINUTE);
    heard
        .console
        .until("the sleep to be noticed", async || {
            heard.console.workspace.listening().proven_since.is_none().then_some(())
        })
        .await;
    heard.ping().await;
    heard.tick(10).await;
    assert_eq!(heard.listened().await, [(0, 20), (3_620, 3_630)]);
    heard.console.workspace.set_cut_off(true);
    heard.ping().await;
    assert_eq!(heard.console.workspace.listening().proven_since, None, "somebody on this machine, at most");
    heard.console.workspace.set_cut_off(false);
    heard.ping().await;
    assert!(heard.console.workspace.listening().proven_since.is_some());
}

#[tokio::test]
async fn silence_while_the_poll_finds_changes_is_noticed() {
    let heard = Heard::start().await;
    heard.ping().await;
    heard.console.until_caught_up().await;
    for round in 1..4 {
        heard.console.desk.message(&round.to_string(), START + round * 300 - 200, "A question");
        heard.console.pass(5 * MINUTE).await;
    }
    let listening = heard.console.workspace.listening();
    assert_eq!((listening.silent_looks, listening.untold), (3, 3));
    assert_eq!(listening.proven_since, None);
    heard.ping().await;
    assert_eq!(heard.console.workspace.listening().untold, 0);
}

#[tokio::test]
async fn while_the_helpdesk_cannot_be_reached_nothing_counts_as_listened_to() {
    let heard = Heard::start().await;
    heard.ping().await;
    heard.tick(20).await;
    // Its last sign of life: a run that ends well at 20 seconds.
    heard.console.workspace.catch_up_soon(engine::catch_up::Reason::Person);
    heard.console.until_caught_up().await;
    heard.console.desk.world().down = Some(FaultKind::Unreachable);
    heard.tick(60).await;
    heard.console.workspace.catch_up_soon(engine::catch_up::Reason::Person);
    heard
        .console
        .until("the run to fail", async || {
            let status = heard.console.workspace.catch_up_status();
            (status.fault.is_some() && status.running.is_none()).then_some(())
        })
        .await;
    heard
        .console
        .until("the claim to be taken back", async || (heard.listened().await == [(0, 20)]).then_some(()))
        .await;
    assert_eq!(heard.console.workspace.listening().proven_since, None);
}
