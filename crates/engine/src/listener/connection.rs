//! Connections: HTTP/1.1 with limits on the time of headers and bodies, and on the size of bodies.

use super::Shared;
use super::gate;
use super::refused::RefusedFor;
use bytes::{Bytes, BytesMut};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as _, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::poll_fn;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Connections at the same time; more wait to be accepted.
const CONNECTIONS: usize = 256;
/// As much room is made for a body at once, whatever length it announces.
const ROOM: usize = 64 * 1024;
/// What a client is told that was too slow with its headers.
const TOO_SLOW: &[u8] = b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/// Accepts connections until `closing`.
pub(super) async fn accept(
    socket: TcpListener,
    shared: Arc<Shared>,
    closing: CancellationToken,
    tasks: TaskTracker,
) {
    let permits = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let stream = tokio::select! {
            () = closing.cancelled() => return,
            accepted = socket.accept() => match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    // Out of file descriptors, mostly: give others time to end.
                    tracing::warn!(%error, "A connection could not be accepted");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                    continue;
                }
            },
        };
        let (shared, closing) = (Arc::clone(&shared), closing.clone());
        tasks.spawn(async move {
            serve(stream, shared, closing).await;
            drop(permit);
        });
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, closing: CancellationToken) {
    let heard = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        heard.store(true, Ordering::Relaxed);
        let shared = Arc::clone(&shared);
        Box::pin(async move { Ok::<_, Infallible>(answer(&shared, request).await) })
    });
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.config.header_timeout)
        .serve_connection(TokioIo::new(stream), service);
    let ended = tokio::select! {
        ended = poll_fn(|context| connection.poll_without_shutdown(context)) => ended,
        () = closing.cancelled() => {
            std::pin::Pin::new(&mut connection).graceful_shutdown();
            poll_fn(|context| connection.poll_without_shutdown(context)).await
        }
    };
    let mut stream = connection.into_parts().io.into_inner();
    let too_slow = ended.as_ref().is_err_and(hyper::Error::is_timeout);
    // The HTTP library ends a connection without a word when headers do not come; the sender is told why. A kept-alive
    // connection that falls silent after an answer is ended in silence.
    if too_slow && !heard.load(Ordering::Relaxed) {
        shared.counters.request();
        // No request was heard, so none of the helpdesk's either.
        shared.remember(RefusedFor::TooSlow, None);
        let _ = stream.write_all(TOO_SLOW).await;
    }
    let _ = stream.shutdown().await;
}

async fn answer(shared: &Shared, request: Request<Incoming>) -> Answer {
    if request.uri().path() != shared.dialect.path() {
        return with_status(StatusCode::NOT_FOUND);
    }
    if request.method() == Method::HEAD {
        return with_status(StatusCode::OK);
    }
    if request.method() != Method::POST {
        return with_status(StatusCode::NOT_FOUND);
    }
    let (parts, body) = request.into_parts();
    let limit = shared.config.body_limit;
    let announced = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > limit) {
        shared.counters.request();
        shared.refused(RefusedFor::TooLarge, announced);
        return closing_with(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let room = announced.unwrap_or(0).min(ROOM);
    match tokio::time::timeout(shared.config.body_timeout, read(body, room, limit)).await {
        Ok(Ok(bytes)) => with_status(gate::receive(shared, &parts.headers, bytes).await),
        Ok(Err(status)) => {
            shared.counters.request();
            let too_large = status == StatusCode::PAYLOAD_TOO_LARGE;
            shared.refused(if too_large { RefusedFor::TooLarge } else { RefusedFor::BrokenOff }, announced);
            closing_with(status)
        }
        Err(_) => {
            shared.counters.request();
            shared.refused(RefusedFor::TooSlow, announced);
            closing_with(StatusCode::REQUEST_TIMEOUT)
        }
    }
}

/// Reads a body to its end. One that came whole, as most do, is not copied; for another, `room` bytes are made ready.
async fn read(mut body: Incoming, room: usize, limit: usize) -> Result<Bytes, StatusCode> {
    let mut bytes = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| StatusCode::BAD_REQUEST)?;
        let Ok(chunk) = frame.into_data() else { continue };
        if bytes.len().saturating_add(chunk.len()) > limit {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        if bytes.is_empty() {
            if body.is_end_stream() {
                return Ok(chunk);
            }
            bytes.reserve(room);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes.freeze())
}

type Answer = Response<Empty<Bytes>>;

/// No answer says more than its status.
fn with_status(status: StatusCode) -> Answer {
    let mut answer = Response::new(Empty::new());
    *answer.status_mut() = status;
    answer
}

/// An answer before the body is read whole: what is still to come must not be taken for another request.
fn closing_with(status: StatusCode) -> Answer {
    let mut answer = with_status(status);
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}
