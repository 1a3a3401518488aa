//! The disk is full, the database locked, or no database: the helpdesk is told to come again, the person what to do.

use crate::harness::{Product, config};
use app::{Core, CoreConfig};
use domain::ports::Clock as _;
use engine::clock::{ManualClock, SystemClock};
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha1::Sha1;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _};

#[tokio::test]
async fn a_full_disk_is_answered_503_and_told_until_a_delivery_is_stored_again() {
    let product = Product::start().await;
    let file = product.workspace_files().pop().expect("a workspace's file");
    product.core.simulate_full_disk(true).await.expect("it is full");

    let credentials = product.simulator.credentials();
    let body = json!({ "type": "notification_event", "id": "notif_full", "topic": "ticket.created",
                       "app_id": credentials.app_id, "data": { "item": { "type": "ticket", "id": "1" } } })
    .to_string();
    let mut mac = Hmac::<Sha1>::new_from_slice(credentials.client_secret.as_bytes()).expect("any key fits");
    mac.update(body.as_bytes());
    let signature = format!("sha1={}", hex::encode(mac.finalize().into_bytes()));
    let post = async || {
        let request = product.http.post(product.core.listen_url()).header("x-hub-signature", &signature);
        request.body(body.clone()).send().await.expect("an answer").status().as_u16()
    };
    assert_eq!(post().await, 503);
    product.core.simulate_full_disk(false).await.expect("there is room");
    let told = product.call("health.get", json!({})).await;
    assert_eq!(told["severity"], "broken");
    assert_eq!(told["listener"]["not_stored"], 1);
    assert_eq!(post().await, 200, "the helpdesk comes again");
    let well = product.call("health.get", json!({})).await;
    assert_ne!(well["severity"], "broken");

    // The workspace's own file is in nobody's way: a delivery is on disk without it, and in the list once it is free.
    let mut other = SqliteConnectOptions::new().filename(file).connect().await.expect("it opens");
    other.execute("BEGIN IMMEDIATE").await.expect("it locks");
    let body = body.replace("notif_full", "notif_meanwhile");
    let mut mac = Hmac::<Sha1>::new_from_slice(credentials.client_secret.as_bytes()).expect("any key fits");
    mac.update(body.as_bytes());
    let signature = format!("sha1={}", hex::encode(mac.finalize().into_bytes()));
    let request = product.http.post(product.core.listen_url()).header("x-hub-signature", signature);
    assert_eq!(request.body(body).send().await.expect("an answer").status(), 200);
    other.execute("ROLLBACK").await.expect("it unlocks");
    product
        .until("the delivery to be listed", async || {
            let list = product.call("deliveries.list", json!({})).await;
            let mut rows = list["rows"].as_array().expect("rows").iter();
            rows.any(|row| row["notification_id"] == "notif_meanwhile").then_some(())
        })
        .await;
}

#[tokio::test]
async fn a_damaged_file_is_told_and_the_program_goes_on() {
    let mut product = Product::start().await;
    product.core.close().await;
    let file = product.workspace_files().pop().expect("a workspace's file");
    for ending in ["-wal", "-shm"] {
        let mut name = file.clone().into_os_string();
        name.push(ending);
        drop(std::fs::remove_file(name));
    }
    std::fs::write(
        &file,
        b"This is not a database, and it is longer than a header of one hundred bytes would be.....",
    )
    .expect("it is written");
    product.restart_without_following().await;
    let list = product.call("workspaces.list", Value::Null).await;
    let state = &list["workspaces"][0]["state"];
    assert_eq!(state["status"], "failed");
    assert!(state["message"].as_str().is_some_and(|message| message.contains("data file")), "{state}");
    let refusal = product.refusal("suggestions.list", json!({})).await;
    assert_eq!(refusal.code, app::api::ErrorCode::Storage);
}

#[tokio::test]
async fn two_programs_do_not_share_a_folder() {
    let data = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at(SystemClock.now());
    let first = Core::start(config(data.path(), &clock)).await.expect("it starts");
    let error = Core::start(config(data.path(), &clock)).await.expect_err("the folder is taken");
    assert!(error.to_string().contains("Another Countersign"), "{error}");
    first.close().await;
}

#[tokio::test]
async fn a_taken_port_is_told_and_another_one_is_used_where_that_was_asked_for() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address");
    let data = tempfile::tempdir().expect("a folder");
    let clock = ManualClock::at(SystemClock.now());
    let strict = CoreConfig { listen: address, ..config(data.path(), &clock) };
    let error = Core::start(strict.clone()).await.expect_err("the port is taken");
    assert!(error.to_string().contains(&address.port().to_string()), "{error}");
    let core = Core::start(CoreConfig { any_port_if_taken: true, ..strict }).await.expect("it starts");
    assert_ne!(core.listen_address().port(), address.port());
    core.close().await;
}
