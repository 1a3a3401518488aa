//! The first promise: a delivery that was answered 200 is on disk, whatever happens to the program afterwards.
//!
//! The real program is killed without warning (SIGKILL) again and again while deliveries pour in. In the end every
//! delivery that was answered 200 must be in the database. `COUNTERSIGN_CRASH_DELIVERIES` sets how many are sent.

#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a test program")]

use hmac::{Hmac, KeyInit as _, Mac as _};
use rand::RngExt as _;
use rand::SeedableRng as _;
use serde_json::{Value, json};
use sha1::Sha1;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};

const SECRET: &str = "crash-test-secret";
const APP: &str = "crashtest";
const SENDERS: usize = 16;

/// The program, running.
struct Served {
    child: Child,
    listen_url: String,
    ui_url: String,
}

async fn serve(data: &Path) -> Served {
    let mut child = Command::new(env!("CARGO_BIN_EXE_countersign-cli"))
        .args(["serve", "--listen", "127.0.0.1:0", "--ui", "127.0.0.1:0", "--ui-token", "T"])
        // Nobody answers there: this is about receiving.
        .args(["--base-url", "http://127.0.0.1:9", "--app-id", APP, "--admin-id", "1", "--data"])
        .arg(data)
        .env("COUNTERSIGN_ACCESS_TOKEN", "none")
        .env("COUNTERSIGN_CLIENT_SECRET", SECRET)
        .env("COUNTERSIGN_LOG", "error")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let stdout = child.stdout.take().expect("its output is piped");
    let line = BufReader::new(stdout).lines().next_line().await.expect("it prints").expect("a line");
    let ready: Value = serde_json::from_str(&line).expect("the line is JSON");
    let text = |key: &str| ready[key].as_str().expect("a URL").to_owned();
    Served { listen_url: text("listen_url"), ui_url: text("ui_url"), child }
}

fn body(number: usize) -> Vec<u8> {
    json!({
        "type": "notification_event",
        "id": format!("notif_{number}"),
        "topic": "conversation.user.created",
        "app_id": APP,
        "created_at": 1_700_000_000,
        "data": { "type": "notification_event_data", "item": { "type": "conversation", "id": number.to_string() } }
    })
    .to_string()
    .into_bytes()
}

fn signature(body: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(SECRET.as_bytes()).expect("any key fits");
    mac.update(body);
    format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
}

/// What the senders share.
struct Sending {
    client: reqwest::Client,
    next: AtomicUsize,
    total: usize,
    answered: Mutex<BTreeSet<usize>>,
}

impl Sending {
    /// Sends until all are sent or the program does not answer.
    async fn send(&self, url: &str) {
        loop {
            let number = self.next.fetch_add(1, Ordering::SeqCst);
            if number >= self.total {
                return;
            }
            let body = body(number);
            let signed = self.client.post(url).header("x-hub-signature", signature(&body)).body(body);
            match signed.send().await {
                Ok(answer) if answer.status() == 200 => {
                    self.answered.lock().expect("no sender panicked").insert(number);
                }
                // Not answered 200: nothing was promised for this one.
                Ok(_) => {}
                Err(_) => return,
            }
        }
    }

    fn answered(&self) -> usize {
        self.answered.lock().expect("no sender panicked").len()
    }
}

async fn stored(ui_url: &str) -> BTreeSet<usize> {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut found = BTreeSet::new();
    let mut before = Value::Null;
    loop {
        let answer: Value = client
            .post(format!("{ui_url}/rpc/deliveries.list"))
            .bearer_auth("T")
            .body(json!({ "limit": 1000, "before": before }).to_string())
            .send()
            .await
            .expect("an answer")
            .json()
            .await
            .expect("JSON");
        let rows = answer["rows"].as_array().expect("rows").clone();
        let Some(last) = rows.last() else { return found };
        before = last["delivery_id"].clone();
        for row in &rows {
            let id = row["notification_id"].as_str().expect("each has an id");
            let number = id.strip_prefix("notif_").and_then(|text| text.parse().ok()).expect("a number");
            assert!(found.insert(number), "{id} is kept twice");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_delivery_answered_200_survives_being_killed_at_random_moments() {
    let total =
        std::env::var("COUNTERSIGN_CRASH_DELIVERIES").ok().and_then(|n| n.parse().ok()).unwrap_or(2_000);
    let seed: u64 = rand::random();
    println!("seed {seed}");
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
    let data = tempfile::tempdir().expect("a folder");
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(Duration::from_secs(10))
        .pool_max_idle_per_host(0)
        .build()
        .expect("a client");
    let sending =
        Arc::new(Sending { client, next: AtomicUsize::new(0), total, answered: Mutex::new(BTreeSet::new()) });
    let mut kills = 0;
    while sending.next.load(Ordering::SeqCst) < total {
        let mut served = serve(data.path()).await;
        let senders: Vec<_> = (0..SENDERS)
            .map(|_| {
                let (sending, url) = (Arc::clone(&sending), served.listen_url.clone());
                tokio::spawn(async move { sending.send(&url).await })
            })
            .collect();
        // Kill when a random share of what is left has been answered.
        let left = total - sending.answered().min(total);
        let until = sending.answered() + random.random_range(1..=(left / 4).max(1));
        while sending.answered() < until && !senders.iter().all(tokio::task::JoinHandle::is_finished) {
            tokio::task::yield_now().await;
        }
        served.child.start_kill().expect("it can be killed");
        served.child.wait().await.expect("it ends");
        kills += 1;
        for sender in senders {
            sender.await.expect("no sender panicked");
        }
    }
    let served = serve(data.path()).await;
    let kept = stored(&served.ui_url).await;
    let answered = sending.answered.lock().expect("no sender panicked").clone();
    println!("{total} sent, {} answered 200, {} kept, {kills} kills", answered.len(), kept.len());
    assert!(kills >= 5, "the program was killed {kills} times only: this proves too little");
    let lost: Vec<_> = answered.difference(&kept).collect();
    assert!(lost.is_empty(), "answered 200 and lost: {lost:?}");
}
