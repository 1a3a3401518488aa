//! Commands, events and the page over HTTP: only for whoever has the token and asks for this machine by name.

use crate::harness::Product;
use app::server::Server;
use futures::StreamExt as _;
use reqwest::StatusCode;
use secrecy::SecretString;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;

async fn served(product: &Product) -> Server {
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let token = SecretString::from("a-token");
    Server::start(Arc::clone(&product.core), address, token).await.expect("it serves")
}

#[tokio::test]
async fn commands_and_events_want_the_token_and_the_right_host() {
    let product = Product::start().await;
    let server = served(&product).await;
    let url = server.url();
    for path in ["/rpc", "/events"] {
        let without = product.http.get(format!("{url}{path}")).send().await.expect("an answer");
        assert_eq!(without.status(), StatusCode::UNAUTHORIZED, "{path}");
        let wrong =
            product.http.get(format!("{url}{path}")).bearer_auth("a-toker").send().await.expect("an answer");
        assert_eq!(wrong.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    let elsewhere =
        product.http.get(format!("{url}/rpc")).bearer_auth("a-token").header("host", "evil.example");
    assert_eq!(elsewhere.send().await.expect("an answer").status(), StatusCode::MISDIRECTED_REQUEST);
    let listed: Value = product
        .http
        .get(format!("{url}/rpc"))
        .bearer_auth("a-token")
        .send()
        .await
        .expect("an answer")
        .json()
        .await
        .expect("JSON");
    let names: Vec<&str> =
        listed["commands"].as_array().expect("commands").iter().filter_map(|c| c["name"].as_str()).collect();
    for name in [
        "suggestions.list",
        "suggestions.get",
        "suggestions.decide",
        "decisions.undo",
        "conversations.get",
        "deliveries.list",
        "activity.list",
        "health.get",
    ] {
        assert!(names.contains(&name), "{name} is not listed");
    }
}

#[tokio::test]
async fn refusals_have_a_status_a_code_and_a_sentence() {
    let product = Product::start().await;
    let server = served(&product).await;
    let post = async |command: &str, body: &str| -> (StatusCode, Value) {
        let request = product.http.post(format!("{}/rpc/{command}", server.url())).bearer_auth("a-token");
        let answer = request.body(body.to_owned()).send().await.expect("an answer");
        (answer.status(), answer.json().await.expect("JSON"))
    };
    let cases = [
        ("no.such", "{}", StatusCode::NOT_FOUND, "unknown_command"),
        ("health.get", "{", StatusCode::BAD_REQUEST, "bad_request"),
        ("suggestions.get", "{\"suggestion_id\":7}", StatusCode::BAD_REQUEST, "bad_request"),
        ("conversations.get", "{\"conversation_id\":\"0\"}", StatusCode::NOT_FOUND, "not_found"),
    ];
    for (command, body, status, code) in cases {
        let (found, error) = post(command, body).await;
        assert_eq!((found, error["code"].as_str()), (status, Some(code)), "{command} {body}");
        assert!(error["message"].as_str().is_some_and(|message| message.len() > 10));
    }
    assert_eq!(post("health.get", "").await.0, StatusCode::OK, "an empty body is no input");
}

#[tokio::test]
async fn events_stream_as_they_happen() {
    let product = Product::start().await;
    let server = served(&product).await;
    let answer = product.http.get(format!("{}/events", server.url())).bearer_auth("a-token").send();
    let mut stream = answer.await.expect("an answer").bytes_stream();
    product.sim("messages", json!({ "email": "mei@mail.example.com", "body": "How do I add a user?" })).await;
    let heard = async {
        let mut text = String::new();
        while let Some(chunk) = stream.next().await {
            text.push_str(&String::from_utf8_lossy(&chunk.expect("bytes")));
            if text.contains("\"suggestions\"") {
                return true;
            }
        }
        false
    };
    let heard = tokio::time::timeout(std::time::Duration::from_secs(20), heard).await;
    assert!(heard.unwrap_or(false), "no event told of the suggestion");
    server.close().await;
}

#[tokio::test]
async fn the_page_may_load_nothing_from_elsewhere_and_be_framed_by_nobody() {
    let product = Product::start().await;
    let server = served(&product).await;
    let answer = product.http.get(server.url()).send().await.expect("an answer");
    let policy = answer.headers()["content-security-policy"].to_str().expect("text").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("unsafe-eval") && !policy.contains("http:"), "{policy}");
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
}
