//! Real OpenSSH on loopback.

use crate::clock::WallClock;
use crate::fakes::FakeProbe;
use crate::sshd::{Sshd, free_port, user};
use crate::world::{
    Listener, PATH, choice, deliver, folder, get, is_down, is_reached, script, sign, until, url_of,
};
use std::path::Path;
use std::sync::Arc;
use tunnels::{
    HttpProbe, Monotonic, Outcome, Plan, Probe, Programs, ProviderKind, Status, Supervisor, Timing,
};

const QUICK: Timing = Timing { probe_ms: 500, soon_ms: 100, tick_ms: 10_000, look_ms: 1_000 };

fn start(listener: &Listener, options: &[(&str, &str)], data: &Path, probe: Arc<dyn Probe>) -> Supervisor {
    let programs = Programs::of_this_machine();
    let provider = choice(ProviderKind::Ssh, options).provider(&programs, data.to_owned()).unwrap();
    Supervisor::start(Plan {
        target: listener.target(),
        provider,
        probe,
        clock: Arc::new(WallClock),
        monotonic: Monotonic::system(),
        timing: QUICK,
    })
}

#[tokio::test]
async fn a_reverse_tunnel_carries_signed_deliveries_and_comes_back_after_its_server_was_gone() {
    let Some(mut server) = Sshd::start("").await else { return };
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let remote = free_port().to_string();
    let public = format!("http://127.0.0.1:{remote}");
    let (port, user, key) = (server.port.to_string(), user(), server.user_key());
    let options = [
        ("host", "127.0.0.1"),
        ("port", &port),
        ("user", &user),
        ("identity_file", &key),
        ("remote_port", &remote),
        ("public_url", &public),
    ];
    let supervisor = start(&listener, &options, &data, Arc::new(HttpProbe::new(PATH).unwrap()));
    let mut status = supervisor.status();
    let up = until(&mut status, "the listener is reached", is_reached).await;
    assert_eq!(url_of(&up), format!("{public}/"));

    let body = r#"{"type":"notification_event","topic":"conversation.user.created"}"#;
    assert_eq!(deliver(&public, body, &sign(body.as_bytes())).await, 200);
    assert_eq!(deliver(&public, body, "sha1=0000").await, 401, "an unsigned one is refused");
    assert_eq!(listener.stored(), [body.as_bytes()]);
    for path in ["/", "/rpc", "/rpc/app.get", "/events", "/channels/x", "/webhooks/other", PATH] {
        assert_eq!(get(&public, path).await, 404, "GET {path} is not answered");
    }
    assert!(data.join("tunnel_known_hosts").is_file(), "known hosts are kept in a file of our own");

    server.kill();
    let gone = until(&mut status, "the server is gone", is_down).await;
    let Status::Down { reason, failures: 1, .. } = &gone else { panic!("{gone:?}") };
    assert_eq!(reason, "127.0.0.1 ended the connection.");
    let still =
        until(&mut status, "two more tries", |status| matches!(status, Status::Down { failures: 3, .. }))
            .await;
    let Status::Down { reason, .. } = &still else { panic!("{still:?}") };
    assert_eq!(reason, "No SSH server answers on 127.0.0.1.");

    server.up().await;
    until(&mut status, "it is reached again", is_reached).await;
    let later = r#"{"type":"notification_event","topic":"ping"}"#;
    assert_eq!(deliver(&public, later, &sign(later.as_bytes())).await, 200);
    assert_eq!(listener.stored().len(), 2);

    supervisor.stop().await;
    assert!(reqwest::get(format!("{public}{PATH}")).await.is_err(), "nothing listens there any more");
}

#[tokio::test]
async fn a_server_that_shows_another_key_is_refused_in_words() {
    let Some(mut server) = Sshd::start("").await else { return };
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let remote = free_port().to_string();
    let public = format!("http://127.0.0.1:{remote}");
    let (port, user, key) = (server.port.to_string(), user(), server.user_key());
    let options = [
        ("host", "127.0.0.1"),
        ("port", &port),
        ("user", &user),
        ("identity_file", &key),
        ("remote_port", &remote),
        ("public_url", &public),
    ];
    let supervisor = start(&listener, &options, &data, Arc::new(HttpProbe::new(PATH).unwrap()));
    let mut status = supervisor.status();
    until(&mut status, "the listener is reached", is_reached).await;
    server.kill();
    until(&mut status, "the server is gone", is_down).await;
    server.change_key();
    server.up().await;
    let refused = until(&mut status, "the other key is refused", |status| {
        matches!(status, Status::Down { reason, .. } if reason.contains("shows another key than before"))
    })
    .await;
    assert!(refused.url().is_none());
}

#[tokio::test]
async fn a_key_that_the_server_does_not_know_is_said_in_words() {
    let Some(server) = Sshd::start("").await else { return };
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let (port, user) = (server.port.to_string(), user());
    // The server's own key: a key, and not one that opens anything.
    let key = server.path("host_key").display().to_string();
    let remote = free_port().to_string();
    let options = [
        ("host", "127.0.0.1"),
        ("port", &port),
        ("user", &user),
        ("identity_file", &key),
        ("remote_port", &remote),
        ("public_url", "https://hooks.example.com"),
    ];
    let supervisor = start(&listener, &options, &data, FakeProbe::new(&[Outcome::Reached]));
    let mut status = supervisor.status();
    let down = until(&mut status, "the refusal", is_down).await;
    let Status::Down { reason, .. } = &down else { panic!() };
    assert!(reason.starts_with("127.0.0.1 does not let this user in."), "{reason}");
}

#[tokio::test]
async fn a_public_server_tells_its_address_and_another_one_after_a_restart() {
    // OpenSSH, behaving as the public servers do: it prints an address into the session.
    let room = tempfile::tempdir().unwrap();
    let greeting = room.path().join("greet");
    script(
        &greeting,
        &format!(
            "#!/bin/sh\ncd '{}'\necho x >> starts\nn=$(wc -l < starts)\n\
             echo \"Forwarding HTTP traffic from https://desk-$((n)).serveousercontent.com\"\nexec sleep 600\n",
            room.path().display()
        ),
    );
    let Some(mut server) = Sshd::start(&format!("ForceCommand {}", greeting.display())).await else { return };
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let (port, user, key) = (server.port.to_string(), user(), server.user_key());
    let remote = free_port().to_string();
    let options = [
        ("host", "127.0.0.1"),
        ("port", &port),
        ("user", &user),
        ("identity_file", &key),
        ("remote_port", &remote),
    ];
    let supervisor = start(&listener, &options, &data, FakeProbe::new(&[Outcome::Reached]));
    let mut status = supervisor.status();
    let first = until(&mut status, "an address", |status| status.url().is_some()).await;
    assert_eq!(url_of(&first), "https://desk-1.serveousercontent.com/");
    let body = "{}";
    let through = format!("http://127.0.0.1:{remote}");
    assert_eq!(deliver(&through, body, &sign(body.as_bytes())).await, 200, "the forwarding is real");
    server.kill();
    until(&mut status, "the server is gone", is_down).await;
    server.up().await;
    let second = until(&mut status, "another address", |status| status.url().is_some()).await;
    assert_eq!(url_of(&second), "https://desk-2.serveousercontent.com/");
}
