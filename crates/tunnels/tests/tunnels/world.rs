//! A listener as the product's is seen from a tunnel, and what every test needs.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::routing::any;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;
use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;
use tunnels::{Choice, ProviderKind, Status, Target};

/// A test that has waited so long will wait for ever.
const PATIENCE: Duration = Duration::from_secs(40);
pub(crate) const PATH: &str = "/webhooks/intercom";
const SECRET: &[u8] = b"the client secret of a test";

/// What came in, signed.
type Stored = Arc<Mutex<Vec<Vec<u8>>>>;

/// Answers as the product's listener does: 200 to `HEAD`, signed `POST`s are stored, 404 to all else.
pub(crate) struct Listener {
    pub(crate) address: SocketAddr,
    stored: Stored,
}

impl Listener {
    pub(crate) async fn start() -> Self {
        let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = socket.local_addr().unwrap();
        let stored = Stored::default();
        let router = axum::Router::new().route(PATH, any(receive)).with_state(Arc::clone(&stored));
        tokio::spawn(async move { axum::serve(socket, router).await.unwrap() });
        Self { address, stored }
    }

    pub(crate) fn target(&self) -> Target {
        Target::new(self.address, PATH, &BTreeSet::new()).unwrap()
    }

    pub(crate) fn stored(&self) -> Vec<Vec<u8>> {
        self.stored.lock().unwrap().clone()
    }
}

async fn receive(
    State(stored): State<Stored>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    match method {
        Method::HEAD => StatusCode::OK,
        Method::POST
            if headers.get("x-hub-signature").is_some_and(|s| s.as_bytes() == sign(&body).as_bytes()) =>
        {
            stored.lock().unwrap().push(body.to_vec());
            StatusCode::OK
        }
        Method::POST => StatusCode::UNAUTHORIZED,
        _ => StatusCode::NOT_FOUND,
    }
}

pub(crate) fn sign(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(SECRET).unwrap();
    mac.update(body);
    format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build().unwrap()
}

/// Delivers a webhook as the helpdesk would; the status of the answer.
pub(crate) async fn deliver(origin: &str, body: &str, signature: &str) -> u16 {
    let url = format!("{}{PATH}", origin.trim_end_matches('/'));
    let request = client().post(url).header("x-hub-signature", signature).body(body.to_owned());
    request.send().await.expect("the tunnel carries it").status().as_u16()
}

/// The status of a `GET` through the tunnel.
pub(crate) async fn get(origin: &str, path: &str) -> u16 {
    let url = format!("{}{path}", origin.trim_end_matches('/'));
    client().get(url).send().await.expect("the tunnel carries it").status().as_u16()
}

pub(crate) fn choice(provider: ProviderKind, options: &[(&str, &str)]) -> Choice {
    let options: BTreeMap<String, String> =
        options.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    Choice { provider, options }
}

/// A folder whose name is as awkward as those of some systems.
pub(crate) fn folder() -> (TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let inner = outer.path().join("Application Support 100%");
    std::fs::create_dir(&inner).unwrap();
    (outer, inner)
}

/// Waits until the status is as wanted, and gives it.
pub(crate) async fn until(
    status: &mut watch::Receiver<Status>,
    what: &str,
    wanted: impl Fn(&Status) -> bool,
) -> Status {
    let seen = status.clone();
    let found = tokio::time::timeout(PATIENCE, status.wait_for(|status| wanted(status))).await;
    if let Ok(found) = found {
        return found.unwrap_or_else(|_| panic!("the supervisor ended while waiting: {what}")).clone();
    }
    panic!("waited in vain: {what}; it is {:?}", *seen.borrow())
}

/// Whether the listener was reached through the tunnel.
pub(crate) fn is_reached(status: &Status) -> bool {
    matches!(status, Status::Up { reached_at: Some(_), failures: 0, .. })
}

pub(crate) fn is_down(status: &Status) -> bool {
    matches!(status, Status::Down { .. })
}

pub(crate) fn url_of(status: &Status) -> String {
    status.url().expect("a tunnel that is up").to_string()
}

/// Makes a file that can be run.
pub(crate) fn script(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

/// Waits until a condition holds that no event tells of: the end of another program, the birth of a file.
pub(crate) async fn eventually(what: &str, holds: impl Fn() -> bool) {
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while !holds() {
        assert!(tokio::time::Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Whether a process runs, and is not only waiting to be buried.
pub(crate) fn runs(pid: u32) -> bool {
    if std::path::Path::new("/proc/self/stat").exists() {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        return stat.rsplit_once(") ").is_some_and(|(_, after)| !after.starts_with('Z'));
    }
    let output =
        std::process::Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output().unwrap();
    let stat = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    !stat.is_empty() && !stat.starts_with('Z')
}
