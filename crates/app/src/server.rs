//! The page and the commands over HTTP, on loopback, behind a token: for the headless program and for tests in a
//! browser.
//!
//! Every request must name this machine in its `Host` header (a page of another origin cannot make it do that), and
//! commands and events must carry the token. The page itself holds no data and is served without it.

mod events;
mod guard;
mod page;

use crate::api::commands::{CommandInfo, commands};
use crate::api::typescript::typescript;
use crate::api::{ApiError, ErrorCode};
use crate::core::Core;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router, middleware};
use secrecy::SecretString;
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The largest input of a command, bytes: the largest history that can be imported, in base64.
const INPUT_LIMIT: usize = 12 * 1024 * 1024;

/// Why the page is not served.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The address can be reached by other machines.
    #[error("{0} is not a loopback address. Serve the page on 127.0.0.1.")]
    NotLoopback(SocketAddr),
    /// Another program listens there, or the system refused.
    #[error("The page cannot be served on {address}: {reason}. Choose another port with --ui.")]
    Refused {
        /// Where.
        address: SocketAddr,
        /// The system's words.
        reason: String,
    },
}

/// A new token: 128 bits of the system's randomness.
pub fn new_token() -> String {
    let bytes: [u8; 16] = rand::random();
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What requests need.
#[derive(Debug)]
struct Shared {
    core: Arc<Core>,
    token: SecretString,
    closing: CancellationToken,
}

/// A running server of the page.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    closing: CancellationToken,
    serving: tokio::task::JoinHandle<()>,
}

impl Server {
    /// Binds the address and starts to answer.
    pub async fn start(
        core: Arc<Core>,
        address: SocketAddr,
        token: SecretString,
    ) -> Result<Self, ServerError> {
        if !address.ip().is_loopback() {
            return Err(ServerError::NotLoopback(address));
        }
        let refused = |error: std::io::Error| ServerError::Refused { address, reason: error.to_string() };
        let socket = TcpListener::bind(address).await.map_err(refused)?;
        let address = socket.local_addr().map_err(refused)?;
        core.page_is_served_at(address);
        let closing = CancellationToken::new();
        let shared = Arc::new(Shared { core, token, closing: closing.clone() });
        let ended = closing.clone();
        let serving = tokio::spawn(async move {
            let served = axum::serve(socket, router(shared, address))
                .with_graceful_shutdown(async move { ended.cancelled().await });
            if let Err(error) = served.await {
                tracing::error!(%error, "The page is no longer served");
            }
        });
        Ok(Self { address, closing, serving })
    }

    /// Where it answers.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its URL, without the token.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Stops to answer.
    pub async fn close(self) {
        self.closing.cancel();
        let patience = std::time::Duration::from_secs(2);
        drop(tokio::time::timeout(patience, self.serving).await);
    }
}

fn router(shared: Arc<Shared>, address: SocketAddr) -> Router {
    let behind_token = Router::new()
        .route("/rpc", get(list))
        .route("/rpc/{command}", post(call))
        .route("/events", get(events::stream))
        .layer(DefaultBodyLimit::max(INPUT_LIMIT))
        .layer(middleware::from_fn_with_state(Arc::clone(&shared), guard::token));
    Router::new()
        .merge(behind_token)
        .fallback(get(page::serve))
        .with_state(shared)
        .layer(middleware::from_fn_with_state(address, guard::host))
}

async fn list() -> Json<Value> {
    let commands: Vec<CommandInfo> = commands();
    Json(json!({ "commands": commands, "types": typescript() }))
}

async fn call(
    State(shared): State<Arc<Shared>>,
    Path(command): Path<String>,
    body: axum::body::Bytes,
) -> Response {
    let input = if body.iter().all(u8::is_ascii_whitespace) {
        Value::Null
    } else {
        match serde_json::from_slice(&body) {
            Ok(input) => input,
            Err(error) => {
                let message = format!("The body is not JSON: {error}.");
                return refusal(&ApiError::new(ErrorCode::BadRequest, message));
            }
        }
    };
    // A command runs to its end even when the browser goes away in the middle of it.
    let core = Arc::clone(&shared.core);
    let answer = tokio::spawn(async move { core.call(&command, input).await }).await;
    match answer {
        Ok(Ok(answer)) => Json(answer).into_response(),
        Ok(Err(error)) => refusal(&error),
        Err(_) => refusal(&ApiError::new(ErrorCode::Internal, "The command ended in a defect.")),
    }
}

fn refusal(error: &ApiError) -> Response {
    let status = match error.code {
        ErrorCode::BadRequest => StatusCode::BAD_REQUEST,
        ErrorCode::Unauthorized => StatusCode::UNAUTHORIZED,
        ErrorCode::UnknownCommand | ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::AlreadyDecided | ErrorCode::Moved | ErrorCode::TooLate => StatusCode::CONFLICT,
        ErrorCode::NeedsSecret | ErrorCode::NoKeychain => StatusCode::PRECONDITION_FAILED,
        ErrorCode::Vendor => StatusCode::BAD_GATEWAY,
        ErrorCode::Storage => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    };
    (status, Json(error.clone())).into_response()
}
