//! Real bore on loopback: its server and its client, as the programs of the example `bore`, which runs bore's own
//! code.

use crate::clock::WallClock;
use crate::world::{
    Listener, PATH, choice, deliver, eventually, folder, is_down, is_reached, sign, until, url_of,
};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use tunnels::{HttpProbe, Monotonic, Plan, Programs, ProviderKind, Status, Supervisor, Timing};

/// bore's control port cannot be chosen: a loopback address of our own keeps other tests of this machine out.
const HOST: &str = if cfg!(target_os = "linux") { "127.81.35.7" } else { "127.0.0.1" };
const CONTROL: u16 = 7835;

/// Where cargo puts examples.
pub(crate) fn examples() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(|deps| deps.parent()).expect("target/debug/deps").join("examples");
    assert!(
        folder.join("bore").exists(),
        "the examples are not built: run cargo test -p tunnels, without --test"
    );
    folder
}

/// `bore server`. Ended when dropped.
struct Server(Child);

impl Server {
    async fn start() -> Self {
        let mut command = Command::new(examples().join("bore"));
        command.args(["server", "--bind-addr", HOST, "--min-port", "20000"]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        eventually("the bore server listens", || std::net::TcpStream::connect((HOST, CONTROL)).is_ok()).await;
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn bore_carries_signed_deliveries_and_tells_another_address_after_its_server_was_gone() {
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let programs = Programs::in_folders(examples().into_os_string());
    let provider = choice(ProviderKind::Bore, &[("host", HOST)]).provider(&programs, data).unwrap();
    assert!(provider.url_changes());
    let server = Server::start().await;
    let supervisor = Supervisor::start(Plan {
        target: listener.target(),
        provider,
        probe: Arc::new(HttpProbe::new(PATH).unwrap()),
        clock: Arc::new(WallClock),
        monotonic: Monotonic::system(),
        timing: Timing { probe_ms: 500, soon_ms: 100, ..Timing::default() },
    });
    let mut status = supervisor.status();
    let up = until(&mut status, "the listener is reached", is_reached).await;
    let first = url_of(&up);
    assert!(first.starts_with(&format!("http://{HOST}:")), "{first}");
    let Status::Up { caution: Some(caution), .. } = &up else { panic!("no word on https: {up:?}") };
    assert!(caution.contains("Intercom delivers to https alone"), "{caution}");
    let body = r#"{"type":"notification_event","topic":"ping"}"#;
    assert_eq!(deliver(&first, body, &sign(body.as_bytes())).await, 200);
    assert_eq!(listener.stored(), [body.as_bytes()]);

    drop(server);
    let gone = until(&mut status, "the server is gone", is_down).await;
    assert!(gone.url().is_none());
    until(
        &mut status,
        "another try",
        |status| matches!(status, Status::Down { reason, .. } if reason.contains("No bore server answers")),
    )
    .await;
    let _server = Server::start().await;
    let again = until(&mut status, "it is reached again", is_reached).await;
    let second = url_of(&again);
    assert_ne!(first, second, "the server picks a port at random");
    assert_eq!(deliver(&second, body, &sign(body.as_bytes())).await, 200);
    supervisor.stop().await;
}
