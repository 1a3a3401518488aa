//! Token, version, rate limit, and what is not there.

use std::{sync::Arc, time::Duration};

use simulator::{Config, ManualClock, Simulator};

use crate::common::Workspace;

async fn with_headers(workspace: &Workspace, headers: &[(&str, &str)]) -> (u16, String, bool) {
    let mut request = workspace.client.get(format!("{}/me", workspace.simulator.base_url()));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.unwrap();
    let limited = response.headers().contains_key("x-ratelimit-limit");
    let status = response.status().as_u16();
    let body: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    (status, body["errors"][0]["code"].as_str().unwrap_or_default().to_owned(), limited)
}

#[tokio::test]
async fn a_call_without_the_right_token_is_refused_and_says_nothing_of_limits() {
    let workspace = Workspace::quiet().await;
    for headers in [vec![], vec![("authorization", "Bearer wrong")], vec![("authorization", "Basic x")]] {
        assert_eq!(with_headers(&workspace, &headers).await, (401, "unauthorized".to_owned(), false));
    }
}

#[tokio::test]
async fn a_known_version_or_none_is_taken_and_another_refused() {
    let workspace = Workspace::quiet().await;
    let token = format!("Bearer {}", workspace.simulator.credentials().token);
    for version in ["2.16", "2.13", "1.0"] {
        let headers = [("authorization", token.as_str()), ("intercom-version", version)];
        assert_eq!(with_headers(&workspace, &headers).await.0, 200, "{version}");
    }
    assert_eq!(with_headers(&workspace, &[("authorization", token.as_str())]).await.0, 200);
    let headers = [("authorization", token.as_str()), ("intercom-version", "9.9")];
    assert_eq!(with_headers(&workspace, &headers).await, (400, "intercom_version_invalid".to_owned(), true));
}

#[tokio::test]
async fn before_2_16_nobody_was_null() {
    let workspace = Workspace::quiet().await;
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    let response = workspace
        .client
        .get(format!("{}/conversations/{id}", workspace.simulator.base_url()))
        .header("authorization", format!("Bearer {}", workspace.simulator.credentials().token))
        .header("intercom-version", "2.13")
        .send()
        .await
        .unwrap();
    let shown: serde_json::Value = serde_json::from_str(&response.text().await.unwrap()).unwrap();
    assert!(shown["admin_assignee_id"].is_null());
    assert_eq!(shown["priority"], "not_priority");
}

#[tokio::test]
async fn the_rate_limit_counts_windows_of_ten_seconds() {
    let clock = ManualClock::at(1_800_000_003_000);
    let workspace = Workspace::with(Config {
        quiet: true,
        rate_limit: 2,
        clock: Some(Arc::new(clock.clone())),
        ..Config::default()
    })
    .await;
    let first = workspace.get("/me").await;
    assert_eq!((first.header("x-ratelimit-limit"), first.header("x-ratelimit-remaining")), ("2", "1"));
    assert_eq!(first.header("x-ratelimit-reset"), "1800000010");
    workspace.get("/me").await.ok();
    let (status, code, message) = workspace.get("/me").await.refusal();
    assert_eq!((status, code.as_str()), (429, "rate_limit_exceeded"));
    assert_eq!(message, "Exceeded rate limit of 2 in 10_seconds");
    clock.advance(Duration::from_secs(7));
    workspace.get("/me").await.ok();
}

#[tokio::test]
async fn what_is_not_there_is_not_found_whatever_the_method() {
    let workspace = Workspace::quiet().await;
    for (method, path) in [
        ("GET", "/nothing"),
        ("PATCH", "/me"),
        ("DELETE", "/contacts"),
        ("GET", "/conversations/1"),
        ("GET", "/conversations/abc"),
    ] {
        let refused = workspace.send(method, path, None).await;
        assert_eq!(
            refused.refusal(),
            (404, "not_found".to_owned(), "Resource Not Found".to_owned()),
            "{method} {path}"
        );
        assert_eq!(refused.json()["request_id"], refused.header("x-request-id"));
    }
}

#[tokio::test]
async fn a_body_that_is_not_json_is_refused() {
    let workspace = Workspace::quiet().await;
    let response = workspace
        .client
        .post(format!("{}/conversations/search", workspace.simulator.base_url()))
        .header("authorization", format!("Bearer {}", workspace.simulator.credentials().token))
        .body("{\"query\":")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("parameter_invalid"));
}

#[tokio::test]
async fn a_port_that_is_taken_is_named_in_the_error() {
    let workspace = Workspace::quiet().await;
    let address = workspace.simulator.base_url().trim_start_matches("http://").to_owned();
    let refused = Simulator::start(Config { listen: address.parse().unwrap(), ..Config::default() }).await;
    assert!(refused.unwrap_err().to_string().contains(&address));
}

#[tokio::test]
async fn a_script_that_is_wrong_is_refused_with_what_is_wrong() {
    let script = Some(r#"{"contacts":[],"conversations":[{"key":"a"}]}"#.to_owned());
    let refused = Simulator::start(Config { script, ..Config::default() }).await.unwrap_err().to_string();
    assert!(refused.contains("missing field `contact`"), "{refused}");
}

#[tokio::test]
async fn after_a_shutdown_nobody_listens() {
    let workspace = Workspace::quiet().await;
    let url = workspace.simulator.base_url();
    workspace.get("/me").await.ok();
    workspace.simulator.shutdown().await;
    assert!(workspace.client.get(url).send().await.is_err());
}
