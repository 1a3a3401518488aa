//! The listener against slow and large requests, over real sockets.

#![expect(clippy::expect_used, reason = "a test program")]

use domain::ports::WebhookDialect;
use domain::{Notification, NotificationError, Timestamp};
use engine::clock::{ClockIds, ManualClock};
use engine::listener::{Listener, ListenerConfig, ListenerError, RefusedFor};
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// A dialect that verifies nothing: these requests do not come so far.
#[derive(Debug)]
struct Deaf;

impl WebhookDialect for Deaf {
    fn path(&self) -> &'static str {
        "/webhooks/deaf"
    }
    fn signature_header(&self) -> &'static str {
        "x-signature"
    }
    fn verify(&self, _: &SecretString, _: &[u8], _: Option<&[u8]>) -> bool {
        false
    }
    fn sign(&self, _: &SecretString, _: &[u8]) -> String {
        String::new()
    }
    fn parse(&self, _: &[u8]) -> Result<Notification, NotificationError> {
        Err(NotificationError("deaf".to_owned()))
    }
    fn test_body(&self, _: &str, _: Timestamp) -> Vec<u8> {
        Vec::new()
    }
}

async fn listener_at(address: SocketAddr) -> Result<Listener, ListenerError> {
    let clock = Arc::new(ManualClock::at(Timestamp(0)));
    let config = ListenerConfig {
        address,
        body_limit: 1_000,
        header_timeout: Duration::from_millis(150),
        body_timeout: Duration::from_millis(150),
    };
    Listener::start(config, Arc::new(Deaf), clock.clone(), Arc::new(ClockIds::new(clock))).await
}

async fn listener() -> Listener {
    listener_at(SocketAddr::from(([127, 0, 0, 1], 0))).await.expect("it listens")
}

/// Sends what is given, keeps the connection open, and returns the first line of the answer.
async fn first_line(listener: &Listener, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(listener.address()).await.expect("it accepts");
    stream.write_all(request).await.expect("it reads");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("it answers and closes");
    String::from_utf8_lossy(&answer).lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn headers_that_do_not_come_are_answered_408() {
    let listener = listener().await;
    assert_eq!(
        first_line(&listener, b"POST /webhooks/deaf HTTP/1.1\r\nhost: x\r\n").await,
        "HTTP/1.1 408 Request Timeout"
    );
    assert_eq!(first_line(&listener, b"").await, "HTTP/1.1 408 Request Timeout");
    assert_eq!(listener.refusals().requests, 2);
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_408() {
    let listener = listener().await;
    let request = b"POST /webhooks/deaf HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nabc";
    assert_eq!(first_line(&listener, request).await, "HTTP/1.1 408 Request Timeout");
    assert_eq!(listener.refusals().requests, 1);
}

#[tokio::test]
async fn a_body_that_grows_too_large_is_answered_413() {
    let listener = listener().await;
    let announced = b"POST /webhooks/deaf HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\r\n";
    assert_eq!(first_line(&listener, announced).await, "HTTP/1.1 413 Payload Too Large");
    let chunk = format!("3e9\r\n{}\r\n", "a".repeat(1001));
    let chunked =
        format!("POST /webhooks/deaf HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n{chunk}");
    assert_eq!(first_line(&listener, chunked.as_bytes()).await, "HTTP/1.1 413 Payload Too Large");
}

#[tokio::test]
async fn with_no_workspace_connected_every_delivery_is_refused() {
    let listener = listener().await;
    let request =
        b"POST /webhooks/deaf HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
    assert_eq!(first_line(&listener, request).await, "HTTP/1.1 401 Unauthorized");
    assert_eq!(listener.refusals().signatures, 1);
}

#[tokio::test]
async fn what_is_refused_is_remembered_with_its_reason_and_size_and_nothing_else() {
    let listener = listener().await;
    let post = "POST /webhooks/deaf HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
    first_line(&listener, format!("{post}content-length: 2\r\n\r\n{{}}").as_bytes()).await;
    first_line(&listener, format!("{post}x-signature: a\r\ncontent-length: 3\r\n\r\nabc").as_bytes()).await;
    first_line(&listener, format!("{post}content-length: 1001\r\n\r\n").as_bytes()).await;
    first_line(&listener, format!("{post}content-length: 10\r\n\r\nabc").as_bytes()).await;
    first_line(&listener, b"").await;
    let refused = listener.refused();
    let facts: Vec<_> = refused.iter().map(|one| (one.why, one.size)).collect();
    assert_eq!(
        facts,
        [
            (RefusedFor::TooSlow, None),
            (RefusedFor::TooSlow, Some(10)),
            (RefusedFor::TooLarge, Some(1001)),
            (RefusedFor::WrongSignature, Some(3)),
            (RefusedFor::NoSignature, Some(2)),
        ],
        "newest first"
    );
    assert!(refused.is_sorted_by(|newer, older| newer.id > older.id), "in one order with deliveries");
}

#[tokio::test]
async fn a_taken_port_and_an_open_address_are_refused_with_what_to_do() {
    let first = listener().await;
    let taken = listener_at(first.address()).await.expect_err("the port is taken");
    assert_eq!(taken, ListenerError::PortTaken { port: first.address().port() });
    assert!(taken.to_string().contains("choose another port"));
    let open = listener_at(SocketAddr::from(([0, 0, 0, 0], 0))).await.expect_err("it could be reached");
    assert!(matches!(open, ListenerError::NotLoopback(_)));
}
