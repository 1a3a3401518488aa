//! The supervisor over recording ports and a clock moved by hand.

use crate::clock::HandClock;
use crate::fakes::{FakeProbe, FakeProvider};
use crate::world::{Listener, PATH, choice, folder, is_down, is_reached, until, url_of};
use axum::routing::get;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;
use tunnels::{
    Outcome, Plan, Programs, ProviderKind, Status, Supervisor, Target, Timing, TunnelEvent, TunnelProvider,
};

const SOON: i64 = 3_000;
const EVERY: i64 = 30_000;

fn offline() -> Outcome {
    Outcome::Unreachable("no route".to_owned())
}

fn plan(target: Target, provider: Arc<dyn TunnelProvider>, probe: Arc<FakeProbe>, clock: &HandClock) -> Plan {
    Plan {
        target,
        provider,
        probe,
        clock: Arc::new(clock.clone()),
        monotonic: clock.monotonic(),
        timing: Timing::default(),
    }
}

async fn asked(times: &mut watch::Receiver<u32>, wanted: u32) {
    let outcome =
        tokio::time::timeout(Duration::from_secs(20), times.wait_for(|count| *count >= wanted)).await;
    outcome.unwrap_or_else(|_| panic!("never asked {wanted} times")).unwrap();
}

fn failures(status: &Status) -> u32 {
    match status {
        Status::Up { failures, .. } | Status::Down { failures, .. } => *failures,
        Status::Off | Status::Starting { .. } | Status::NotInstalled { .. } => 0,
    }
}

fn retry_at(status: &Status) -> i64 {
    let Status::Down { retry_at, .. } = status else { panic!("it is {status:?}") };
    retry_at.0
}

#[tokio::test]
async fn two_failed_probes_in_a_row_restart_a_tunnel_and_pauses_grow_until_it_works() {
    let (listener, clock) = (Listener::start().await, HandClock::default());
    let provider = FakeProvider::new(false);
    let probe = FakeProbe::new(&[Outcome::Reached, offline(), offline(), Outcome::Reached]);
    let supervisor = Supervisor::start(plan(listener.target(), provider.clone(), probe, &clock));
    let mut status = supervisor.status();
    until(&mut status, "an address", |status| status.url().is_some()).await;
    clock.advance(SOON);
    until(&mut status, "the first probe", is_reached).await;
    clock.advance(EVERY);
    let one = until(&mut status, "a failed probe", |status| failures(status) == 1).await;
    assert!(one.url().is_some(), "one failure changes nothing: {one:?}");
    clock.advance(EVERY);
    let down = until(&mut status, "the second", is_down).await;
    assert_eq!(retry_at(&down), SOON + 2 * EVERY + 1_000);
    let Status::Down { reason, .. } = &down else { panic!() };
    assert_eq!(reason, "The public URL does not answer: no route");
    clock.advance(1_000);
    until(&mut status, "another start", |status| status.url().is_some()).await;
    assert_eq!(provider.opened(), 2);

    // It ends before anything came through it: the pause doubles.
    provider.tell(TunnelEvent::Ended("it fell over".to_owned()));
    let again = until(&mut status, "its end", is_down).await;
    assert_eq!((failures(&again), retry_at(&again)), (2, SOON + 2 * EVERY + 1_000 + 2_000));
    clock.advance(2_000);
    until(&mut status, "a third start", |status| status.url().is_some()).await;
    clock.advance(SOON);
    until(&mut status, "the probe", is_reached).await;
    provider.tell(TunnelEvent::Ended("it fell over".to_owned()));
    let anew = until(&mut status, "its end", is_down).await;
    assert_eq!(failures(&anew), 1, "it had worked, so the count begins anew");
    supervisor.stop().await;
    assert_eq!(*provider.closed().borrow(), 3, "every tunnel that was opened was closed");
}

#[tokio::test]
async fn a_tunnel_whose_address_would_change_is_kept_while_the_network_is_gone() {
    let (listener, clock) = (Listener::start().await, HandClock::default());
    let provider = FakeProvider::new(true);
    let mut outcomes = vec![Outcome::Reached];
    outcomes.extend(vec![offline(); 5]);
    outcomes.push(Outcome::Reached);
    let probe = FakeProbe::new(&outcomes);
    let supervisor = Supervisor::start(plan(listener.target(), provider.clone(), probe, &clock));
    let mut status = supervisor.status();
    until(&mut status, "an address", |status| status.url().is_some()).await;
    clock.advance(SOON);
    let before = until(&mut status, "the first probe", is_reached).await;
    for count in 1..=5 {
        clock.advance(EVERY);
        until(&mut status, "a failed probe", |status| failures(status) == count).await;
    }
    clock.advance(EVERY);
    let after = until(&mut status, "the network", is_reached).await;
    assert_eq!(url_of(&before), url_of(&after));
    assert_eq!(provider.opened(), 1);
}

#[tokio::test]
async fn sleep_is_noticed_by_the_clocks_and_the_tunnel_is_probed_at_once() {
    let (listener, clock) = (Listener::start().await, HandClock::default());
    let provider = FakeProvider::new(false);
    let probe = FakeProbe::new(&[Outcome::Reached, Outcome::Reached, offline()]);
    let mut probes = probe.asked();
    // Far apart, so that only a wake can be the reason for a probe.
    let timing = Timing { probe_ms: 86_400_000, ..Timing::default() };
    let supervisor =
        Supervisor::start(Plan { timing, ..plan(listener.target(), provider.clone(), probe, &clock) });
    let mut status = supervisor.status();
    until(&mut status, "an address", |status| status.url().is_some()).await;
    clock.advance(SOON);
    until(&mut status, "the first probe", is_reached).await;
    for _ in 0..10 {
        clock.advance(10_000);
        tokio::task::yield_now().await;
    }
    assert_eq!(*probes.borrow(), 1, "time that passes while awake asks for nothing");
    clock.sleep(8 * 3_600_000);
    asked(&mut probes, 2).await;

    // The next night takes the tunnel with it: two quick failures, and it is started again.
    until(
        &mut status,
        "the probe's outcome",
        |status| matches!(status, Status::Up { reached_at: Some(at), .. } if at.0 > 8 * 3_600_000),
    )
    .await;
    supervisor.woke();
    asked(&mut probes, 3).await;
    until(&mut status, "the failure", |status| failures(status) == 1).await;
    clock.advance(SOON);
    until(&mut status, "a restart", is_down).await;
}

#[tokio::test]
async fn waking_ends_the_pause_before_the_next_start() {
    let (listener, clock) = (Listener::start().await, HandClock::default());
    let provider = FakeProvider::new(false);
    let probe = FakeProbe::new(&[Outcome::Reached]);
    let supervisor = Supervisor::start(plan(listener.target(), provider.clone(), probe, &clock));
    let mut status = supervisor.status();
    until(&mut status, "an address", |status| status.url().is_some()).await;
    provider.tell(TunnelEvent::Ended("it fell over".to_owned()));
    until(&mut status, "its end", is_down).await;
    supervisor.woke();
    until(&mut status, "another start", |status| status.url().is_some()).await;
    assert_eq!(provider.opened(), 2);
}

#[tokio::test]
async fn an_address_that_changes_while_the_tunnel_is_open_is_told() {
    let (listener, clock) = (Listener::start().await, HandClock::default());
    let provider = FakeProvider::new(true);
    let probe = FakeProbe::new(&[Outcome::Reached]);
    let supervisor = Supervisor::start(plan(listener.target(), provider.clone(), probe, &clock));
    let mut status = supervisor.status();
    until(&mut status, "an address", |status| status.url().is_some()).await;
    clock.advance(SOON);
    until(&mut status, "the probe", is_reached).await;
    provider.tell(TunnelEvent::Url("https://other.example.com".parse().unwrap()));
    let other = until(&mut status, "the other address", |status| {
        status.url().is_some_and(|url| url.host_str() == Some("other.example.com"))
    })
    .await;
    assert!(!is_reached(&other), "nothing came through it yet");
    assert_eq!(provider.opened(), 1);
}

#[tokio::test]
async fn a_program_that_is_missing_is_said_and_found_once_it_is_there() {
    let (listener, clock) = (Listener::start().await, HandClock::default());
    let provider = FakeProvider::new(false);
    provider.install(false);
    let probe = FakeProbe::new(&[Outcome::Reached]);
    let supervisor = Supervisor::start(plan(listener.target(), provider.clone(), probe, &clock));
    let mut status = supervisor.status();
    let missing =
        until(&mut status, "the advice", |status| matches!(status, Status::NotInstalled { .. })).await;
    assert_eq!(missing, Status::NotInstalled { advice: "Install it.".to_owned() });
    provider.install(true);
    clock.advance(15_000);
    until(&mut status, "an address", |status| status.url().is_some()).await;
}

#[tokio::test]
async fn stopping_and_dropping_end_the_tunnel() {
    let (listener, clock) = (Listener::start().await, HandClock::default());
    for stops in [true, false] {
        let provider = FakeProvider::new(false);
        let mut closed = provider.closed();
        let probe = FakeProbe::new(&[Outcome::Reached]);
        let supervisor = Supervisor::start(plan(listener.target(), provider.clone(), probe, &clock));
        let mut status = supervisor.status();
        until(&mut status, "an address", |status| status.url().is_some()).await;
        if stops {
            supervisor.stop().await;
            assert_eq!(*status.borrow(), Status::Off);
        } else {
            drop(supervisor);
        }
        tokio::time::timeout(Duration::from_secs(20), closed.wait_for(|count| *count == 1))
            .await
            .unwrap()
            .unwrap();
    }
}

#[tokio::test]
async fn no_tunnel_is_started_to_the_page_whatever_its_port() {
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    // As the page's server: everything that is no command is the page, the deliveries' path too.
    let router =
        axum::Router::new().route("/rpc", get(|| async { "[]" })).fallback(get(|| async { "<html>" }));
    tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
    let provider = FakeProvider::new(false);
    let clock = HandClock::default();
    let target = Target::new(address, PATH, &BTreeSet::new()).unwrap();
    let probe = FakeProbe::new(&[Outcome::Reached]);
    let supervisor = Supervisor::start(plan(target, provider.clone(), probe, &clock));
    let mut status = supervisor.status();
    let down = until(&mut status, "the refusal", is_down).await;
    let Status::Down { reason, .. } = &down else { panic!() };
    assert!(reason.contains("is not the listener alone"), "{reason}");
    assert_eq!(provider.opened(), 0);
}

#[tokio::test]
async fn an_address_of_ones_own_is_probed_and_never_restarted() {
    let (listener, clock) = (Listener::start().await, HandClock::default());
    let (_outer, data) = folder();
    let programs = Programs::in_folders(std::ffi::OsString::new());
    let own = choice(ProviderKind::OwnUrl, &[("public_url", "https://hooks.example.com/webhooks/intercom")]);
    let provider = own.provider(&programs, data).unwrap();
    let probe = FakeProbe::new(&[Outcome::Reached, Outcome::Wrong(502)]);
    let supervisor = Supervisor::start(plan(listener.target(), provider, probe, &clock));
    let mut status = supervisor.status();
    until(&mut status, "an address", |status| status.url().is_some()).await;
    clock.advance(SOON);
    assert_eq!(
        url_of(&until(&mut status, "the first probe", is_reached).await),
        "https://hooks.example.com/"
    );
    for count in 1..=4 {
        clock.advance(EVERY);
        let still = until(&mut status, "a failed probe", |status| failures(status) == count).await;
        let Status::Up { trouble, .. } = still else { panic!("{still:?}") };
        assert!(trouble.unwrap().contains("HTTP 502"));
    }
}
