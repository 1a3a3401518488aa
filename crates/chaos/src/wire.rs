//! A small HTTP server that can hang up: what stands in the way between the consoles and the helpdesk.

use anyhow::Result;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The connection is to end without an answer, or in the middle of one.
#[derive(Debug)]
pub(crate) struct Cut;

impl std::fmt::Display for Cut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("cut")
    }
}

impl std::error::Error for Cut {}

/// The body of an answer, as it comes.
pub(crate) type Body = http_body_util::combinators::UnsyncBoxBody<Bytes, Cut>;
/// An answer, or none.
pub(crate) type Answered = Pin<Box<dyn Future<Output = Result<Response<Body>, Cut>> + Send>>;

/// A server on a free port of this machine; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start<F>(answer: F) -> Result<Self>
    where
        F: Fn(Request<Incoming>) -> Answered + Send + Sync + 'static,
    {
        let socket = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = socket.local_addr()?;
        let answer = Arc::new(answer);
        let task = tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let Ok((stream, _)) = socket.accept().await else { continue };
                drop(stream.set_nodelay(true));
                let answer = Arc::clone(&answer);
                connections.spawn(async move {
                    let service = service_fn(move |request| answer(request));
                    // A connection that breaks concerns nobody else.
                    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
                });
                while connections.try_join_next().is_some() {}
            }
        });
        Ok(Self { address, task })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// A body of these bytes.
pub(crate) fn full(bytes: impl Into<Bytes>) -> Body {
    use http_body_util::BodyExt as _;
    let body = http_body_util::Full::new(bytes.into());
    http_body_util::combinators::UnsyncBoxBody::new(body.map_err(|never| match never {}))
}
