//! A server that answers what a test tells it to and remembers what it was asked.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use domain::ports::{Clock, Helpdesk, NotPerformed};
use domain::{ActionKind, AdminId, Conversation, ConversationId, Fault, Timestamp};
use intercom::{Config, Intercom, Region};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub(crate) const TOKEN: &str = "dG9rOnZlcnktc2VjcmV0";
pub(crate) const NOW: Timestamp = Timestamp(1_700_000_000_000);

/// A clock that stands still.
#[derive(Debug)]
pub(crate) struct StoppedClock;

#[async_trait::async_trait]
impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        NOW
    }

    async fn sleep_until(&self, _deadline: Timestamp) {}
}

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

#[derive(Debug, Default)]
struct Shared {
    asked: Mutex<Vec<Asked>>,
    answers: Mutex<VecDeque<Response<Body>>>,
}

#[derive(Debug, Clone)]
pub(crate) struct Server {
    shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
}

impl Server {
    pub(crate) async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let app = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { shared, address }
    }

    /// A server with one answer, and a client of it.
    pub(crate) async fn answering(answer: Response<Body>) -> (Self, Intercom) {
        let server = Self::start().await;
        server.then(answer);
        let client = server.client();
        (server, client)
    }

    /// Adds an answer; they are given in order.
    pub(crate) fn then(&self, answer: Response<Body>) {
        self.shared.answers.lock().unwrap().push_back(answer);
    }

    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> Intercom {
        client_of(&format!("http://{}", self.address))
    }
}

pub(crate) fn client_of(url: &str) -> Intercom {
    client_waiting(url, Duration::from_secs(20))
}

/// A client that gives up after `timeout`.
pub(crate) fn client_waiting(url: &str, timeout: Duration) -> Intercom {
    let mut config = Config::new(url.parse::<Region>().unwrap());
    config.timeout = timeout;
    config.max_answer = 64 * 1024;
    Intercom::with_config(config, SecretString::from(TOKEN), Arc::new(StoppedClock)).unwrap()
}

/// Performs an action that is in no hurry.
pub(crate) async fn perform(
    client: &Intercom,
    conversation: &ConversationId,
    action: &ActionKind,
    actor: &AdminId,
) -> Result<Conversation, Fault> {
    let fresh_until = Instant::now() + Duration::from_mins(1);
    match client.perform(conversation, action, actor, fresh_until).await {
        Ok(conversation) => Ok(conversation),
        Err(NotPerformed::Fault(fault)) => Err(fault),
        Err(NotPerformed::Stale) => panic!("nothing kept the call from leaving in time"),
    }
}

/// An answer of this status with this body.
#[expect(clippy::needless_pass_by_value, reason = "answers are written out where they are given")]
pub(crate) fn answer(status: u16, body: impl ToString) -> Response<Body> {
    Response::builder().status(status).body(Body::from(body.to_string())).unwrap()
}

pub(crate) fn with(mut answer: Response<Body>, name: &'static str, value: &str) -> Response<Body> {
    answer.headers_mut().insert(name, value.parse().unwrap());
    answer
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    let line = format!("{} {}", head.method, head.uri);
    shared.asked.lock().unwrap().push(Asked { line, headers: head.headers, body });
    shared.answers.lock().unwrap().pop_front().unwrap_or_else(|| answer(500, "no answer was prepared"))
}
