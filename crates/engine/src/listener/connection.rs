//! Connections: HTTP/1.1 with limits on the time of headers and bodies, and on the size of bodies.

use super::Shared;
use super::gate;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use futures::StreamExt as _;
use http::{Method, StatusCode, header};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
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
    let router = axum::Router::new()
        .route(shared.dialect.path(), any(answer))
        .with_state((Arc::clone(&shared), Arc::clone(&heard)));
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(shared.config.header_timeout)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
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
        let _ = stream.write_all(TOO_SLOW).await;
    }
    let _ = stream.shutdown().await;
}

async fn answer(State((shared, heard)): State<(Arc<Shared>, Arc<AtomicBool>)>, request: Request) -> Response {
    heard.store(true, Ordering::Relaxed);
    if request.method() == Method::HEAD {
        return StatusCode::OK.into_response();
    }
    if request.method() != Method::POST {
        return StatusCode::NOT_FOUND.into_response();
    }
    let (parts, body) = request.into_parts();
    let announced = parts
        .headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.parse::<usize>().ok());
    if announced.is_some_and(|length| length > shared.config.body_limit) {
        shared.counters.request();
        return closing_with(StatusCode::PAYLOAD_TOO_LARGE);
    }
    let read = tokio::time::timeout(shared.config.body_timeout, read(body, shared.config.body_limit));
    match read.await {
        Ok(Ok(bytes)) => gate::receive(&shared, &parts.headers, bytes).await.into_response(),
        Ok(Err(status)) => {
            shared.counters.request();
            closing_with(status)
        }
        Err(_) => {
            shared.counters.request();
            closing_with(StatusCode::REQUEST_TIMEOUT)
        }
    }
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, StatusCode> {
    let mut bytes = Vec::new();
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        if bytes.len().saturating_add(chunk.len()) > limit {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// An answer before the body is read whole: what is still to come must not be taken for another request.
fn closing_with(status: StatusCode) -> Response {
    (status, [(header::CONNECTION, "close")]).into_response()
}
