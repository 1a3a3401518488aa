//! A workspace with an empty client secret: every delivery is refused, and the person is told.

use crate::harness::config;
use app::{AdminId, Core, CoreConfig, Preset};
use domain::ports::Clock as _;
use engine::clock::{ManualClock, SystemClock};
use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::SecretString;
use serde_json::{Value, json};
use sha1::Sha1;
use simulator::{Config, Simulator};

#[tokio::test]
async fn an_empty_client_secret_opens_nothing() {
    let simulator = Simulator::start(Config { quiet: true, ..Config::default() }).await.expect("it starts");
    let data = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at(SystemClock.now());
    let credentials = simulator.credentials();
    let preset = Preset {
        region: credentials.base_url.clone(),
        app_id: Some(credentials.app_id.clone()),
        admin_id: Some(AdminId(credentials.admin_id.clone())),
        access_token: SecretString::from(credentials.token.clone()),
        client_secret: SecretString::from(""),
    };
    let core = Core::start(CoreConfig { preset: Some(preset), ..config(data.path(), &clock) });
    let core = core.await.expect("it starts");
    let body = json!({ "topic": "ping", "app_id": credentials.app_id, "data": { "item": {} } }).to_string();
    let mut mac = Hmac::<Sha1>::new_from_slice(b"").expect("any key fits");
    mac.update(body.as_bytes());
    let signature = format!("sha1={}", hex::encode(mac.finalize().into_bytes()));
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let sent = http.post(core.listen_url()).header("x-hub-signature", signature).body(body).send().await;
    assert_eq!(sent.expect("an answer").status().as_u16(), 401);
    let health = core.call("health.get", Value::Null).await.expect("a report");
    assert_eq!(health["severity"], "broken");
    let told = health["problems"][0]["sentence"].as_str().expect("a sentence");
    assert!(told.contains("No client secret"), "{told}");
}
