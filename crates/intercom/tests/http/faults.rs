//! Every way in which a call goes wrong, and the fault that it becomes.

use crate::server::{NOW, Server, TOKEN, answer, client_of, client_waiting, perform, with};
use axum::body::Body;
use axum::http::Response;
use domain::ports::{Helpdesk, Priority};
use domain::{ActionKind, Fault, FaultKind};
use serde_json::json;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

fn refusal(status: u16, code: &str, message: &str) -> Response<Body> {
    answer(
        status,
        json!({"type": "error.list", "request_id": "req-1", "errors": [{"code": code, "message": message}]}),
    )
}

async fn fault_of(answer: Response<Body>) -> Fault {
    let (server, client) = Server::answering(answer).await;
    let fault = client.conversation(&"1".into(), Priority::Ingest).await.unwrap_err();
    assert_eq!(server.asked().len(), 1, "an answer is an answer: nothing is repeated");
    fault
}

#[tokio::test]
async fn refusals_carry_status_code_words_and_request() {
    for (answer, kind, message) in [
        (
            refusal(401, "unauthorized", "Access Token Invalid"),
            FaultKind::Unauthorized,
            "Intercom does not accept the access token",
        ),
        (
            refusal(401, "token_unauthorized", "Not authorized to access resource"),
            FaultKind::Forbidden,
            "Intercom does not allow this access token to do that: Not authorized to access resource",
        ),
        (
            refusal(403, "api_plan_restricted", "Active subscription needed."),
            FaultKind::Forbidden,
            "The plan of this Intercom workspace does not include that: Active subscription needed",
        ),
        (
            refusal(404, "not_found", "Resource Not Found"),
            FaultKind::NotFound,
            "Intercom does not find the conversation: Resource Not Found",
        ),
        (refusal(422, "data_invalid", "No"), FaultKind::Rejected, "Intercom refused the call: No"),
        (
            refusal(200, "parameter_invalid", "Odd but seen"),
            FaultKind::Rejected,
            "Intercom refused the call: Odd but seen",
        ),
        (
            refusal(503, "service_unavailable", "Sorry"),
            FaultKind::Unavailable,
            "Intercom has a problem of its own",
        ),
    ] {
        let status = answer.status().as_u16();
        let fault = fault_of(answer).await;
        assert_eq!((fault.kind, fault.message.as_str()), (kind, message));
        assert_eq!((fault.status, fault.request_id.as_deref()), (Some(status), Some("req-1")));
        assert!(fault.code.is_some());
    }
}

#[tokio::test]
async fn too_many_calls_say_when_to_come_back() {
    let reset = (NOW.seconds() + 7).to_string();
    let fault =
        fault_of(with(refusal(429, "rate_limit_exceeded", "Exceeded"), "x-ratelimit-reset", &reset)).await;
    assert_eq!((fault.kind, fault.retry_after_ms), (FaultKind::RateLimited, Some(7_000)));
}

#[tokio::test]
async fn an_answer_that_says_nothing_is_unreadable() {
    for body in ["", "<html>ok</html>", "[]", "7", "{\"type\": \"conver", "{}", "{\"id\": null}"] {
        let fault = fault_of(answer(200, body)).await;
        assert_eq!(fault.kind, FaultKind::Unreadable, "{body:?}");
        assert!(!fault.had_no_effect(), "whatever was asked may have been done");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_given_up() {
    let fault = fault_of(answer(200, " ".repeat(65 * 1024))).await;
    assert_eq!(fault.kind, FaultKind::Unreadable);
    let chunks = futures_of(std::iter::repeat_n(vec![b' '; 8 * 1024], 20));
    let fault = fault_of(Response::new(Body::from_stream(chunks))).await;
    assert_eq!(fault.kind, FaultKind::Unreadable, "also when no length is announced");
}

fn futures_of(
    chunks: impl Iterator<Item = Vec<u8>> + Send + 'static,
) -> impl futures::Stream<Item = Result<Vec<u8>, std::io::Error>> {
    futures::stream::iter(chunks.map(Ok))
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_the_token() {
    let elsewhere = Server::start().await;
    let target = format!("http://{}/conversations/1", elsewhere.address);
    for status in [301, 302, 307, 308] {
        let fault = fault_of(with(answer(status, ""), "location", &target)).await;
        assert_eq!(fault.kind, FaultKind::Rejected);
        assert!(fault.message.contains("pointing to another one"), "{}", fault.message);
    }
    assert!(elsewhere.asked().is_empty());
}

#[tokio::test]
async fn nobody_listening_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let client = client_of(&format!("http://{address}"));
    let fault = client.conversation(&"1".into(), Priority::Ingest).await.unwrap_err();
    assert_eq!(
        (fault.kind, fault.message.as_str()),
        (FaultKind::Unreachable, "127.0.0.1 refuses connections")
    );
    assert!(fault.had_no_effect());
    let fault = perform(&client, &"1".into(), &ActionKind::Close, &"8".into()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_is_unreachable_and_only_a_get_is_tried_once_more() {
    let (address, connections) = raw(|mut stream| async move {
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await;
    let client = client_of(&format!("https://{address}"));
    let fault = client.conversation(&"1".into(), Priority::Ingest).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert_eq!(fault.message, "127.0.0.1 offers no secure connection that can be trusted");
    assert_eq!(connections.load(Ordering::SeqCst), 2);
    let fault = perform(&client, &"1".into(), &ActionKind::Close, &"8".into()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreachable);
    assert_eq!(connections.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn silence_is_no_answer_and_a_post_is_not_repeated() {
    let (address, connections) = raw(|mut stream| async move {
        let mut buffer = [0; 4096];
        while stream.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
    })
    .await;
    let client = client_waiting(&format!("http://{address}"), Duration::from_millis(800));
    let fault = perform(&client, &"1".into(), &ActionKind::Close, &"8".into()).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::NoAnswer);
    assert_eq!(fault.message, "Intercom did not answer within 0.8 seconds");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_connection_cut_before_or_within_the_answer_is_no_answer_and_a_post_is_not_repeated() {
    for beginning in
        [&b""[..], b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"type\":"]
    {
        let (address, connections) = raw(move |mut stream| async move {
            let mut buffer = [0; 4096];
            let _ = stream.read(&mut buffer).await;
            let _ = stream.write_all(beginning).await;
        })
        .await;
        let client = client_of(&format!("http://{address}"));
        let fault = perform(&client, &"1".into(), &ActionKind::Open, &"8".into()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NoAnswer, "{:?}", String::from_utf8_lossy(beginning));
        assert!(!fault.had_no_effect());
        assert_eq!(connections.load(Ordering::SeqCst), 1);
    }
}

#[tokio::test]
async fn a_refusal_whose_body_is_lost_is_still_a_refusal() {
    let (address, _) = raw(|mut stream| async move {
        let mut buffer = [0; 4096];
        let _ = stream.read(&mut buffer).await;
        let _ = stream.write_all(b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 100\r\n\r\n{\"type\":").await;
    })
    .await;
    let fault = client_of(&format!("http://{address}")).identity().await.unwrap_err();
    assert_eq!((fault.kind, fault.status), (FaultKind::Unauthorized, Some(401)));
}

#[tokio::test]
async fn no_fault_repeats_the_token_or_what_was_written() {
    let text = "My card number is 4111 1111 1111 1111";
    for said in [
        format!("bad header Bearer {TOKEN}"),
        format!("cannot parse <p>{text}</p>"),
        format!("…{}…", &text[3..30]),
    ] {
        let (_server, client) = Server::answering(refusal(400, "bad_request", &said)).await;
        let reply = ActionKind::Reply { body: text.into() };
        let fault = perform(&client, &"1".into(), &reply, &"8".into()).await.unwrap_err();
        let shown = format!("{} {fault:?}", fault.sentence());
        assert!(!shown.contains(TOKEN) && !shown.contains("card"), "{shown}");
    }
}

/// A server of bare connections, and how many were made.
async fn raw<F>(handle: impl Fn(TcpStream) -> F + Send + 'static) -> (std::net::SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(handle(stream));
        }
    });
    (address, connections)
}
