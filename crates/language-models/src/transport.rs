//! One request over HTTP: the switch before it, the limits on it, and the ledger's record after it.
//!
//! Guarantees: nothing is sent while the [`Gate`] is shut, which is asked before each request, one made again too; each
//! request that was begun is recorded once, however it ends, also when whoever waits for it goes away; no redirect is
//! followed, so that key and text go to the host that a person entered and to no other.

mod under_way;

use crate::endpoint::is_loopback;
use crate::retry::{self, Jitter, asked_ms};
use domain::Timestamp;
use domain::ports::{Clock, Egress, EgressPurpose, Gate};
use futures::future::{Either, select};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, Method, Request, Response, redirect};
use secrecy::{ExposeSecret, SecretString};
use std::error::Error;
use std::fmt;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use under_way::UnderWay;
use url::Url;

/// A connection is not kept longer than this for another request.
const IDLE: Duration = Duration::from_secs(20);
/// How long making a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// The largest answer that is read, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

/// What the client is given from outside.
#[derive(Clone)]
pub struct Surroundings {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Chance, for the pauses between retries.
    pub jitter: Jitter,
    /// The switch.
    pub gate: Arc<dyn Gate>,
    /// The ledger.
    pub egress: Arc<dyn Egress>,
}

impl fmt::Debug for Surroundings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings").finish_non_exhaustive()
    }
}

/// How a key is shown to a service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyHeader {
    /// `x-api-key: KEY`.
    ApiKey,
    /// `authorization: Bearer KEY`.
    Bearer,
}

/// A key that no header can carry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UnfitKey;

/// One request.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// What is sent along, as JSON; without it the request is a GET.
    pub(crate) body: Option<Vec<u8>>,
    pub(crate) purpose: EgressPurpose,
}

/// An answer, whatever its status.
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Milliseconds to wait, when the service says so.
    pub(crate) retry_after_ms: Option<i64>,
    pub(crate) body: Vec<u8>,
}

/// A request that brought no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Lost {
    /// The switch is on: nothing was sent.
    Blocked,
    /// No connection: nothing was sent. The sentence says why.
    NoConnection(String),
    /// No answer in time.
    Timeout,
    /// The connection broke before the answer was complete.
    Cut,
    /// The answer is larger than any should be.
    TooLarge,
}

/// How long an answer may take, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// The usual.
    pub(crate) usual_ms: i64,
    /// A draft of a reply: it is longer, and a person waits for it.
    pub(crate) draft_ms: i64,
}

/// Sends requests to one address with one key.
pub(crate) struct Transport {
    http: Client,
    base: Url,
    host: String,
    port: u16,
    key: Option<(KeyHeader, SecretString)>,
    headers: Vec<(HeaderName, HeaderValue)>,
    patience: Patience,
    pub(crate) around: Surroundings,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport")
            .field("host", &self.host)
            .field("port", &self.port)
            .finish_non_exhaustive()
    }
}

impl Transport {
    pub(crate) fn new(
        base: Url,
        key: Option<(KeyHeader, SecretString)>,
        headers: Vec<(HeaderName, HeaderValue)>,
        patience: Patience,
        around: Surroundings,
    ) -> Result<Result<Self, UnfitKey>, reqwest::Error> {
        if key.as_ref().is_some_and(|(header, key)| header.value(key).is_none()) {
            return Ok(Err(UnfitKey));
        }
        let mut builder = Client::builder()
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            // What is counted is what was sent and read.
            .no_gzip()
            .no_brotli()
            .no_deflate()
            .no_zstd()
            .tls_backend_rustls();
        if is_loopback(&base) {
            // What stays on this machine goes through no proxy.
            builder = builder.no_proxy();
        }
        if base.scheme() == "http" {
            // Nothing is encrypted on the way, so a machine without certificates will do.
            builder = builder.tls_certs_only([]);
        }
        Ok(Ok(Self {
            http: builder.build()?,
            host: base.host_str().unwrap_or_default().to_owned(),
            port: base.port_or_known_default().unwrap_or_default(),
            base,
            key,
            headers,
            patience,
            around,
        }))
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.around.clock.now()
    }

    /// The address's host, for sentences.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// Whether the address says which version of an API it leads to: `…/v1`, `…/v1beta/openai`.
    pub(crate) fn has_version(&self) -> bool {
        let is_version = |part: &str| {
            part.strip_prefix('v').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        };
        self.base.path_segments().is_some_and(|mut parts| parts.any(is_version))
    }

    /// Whether the address cannot leave this machine.
    pub(crate) fn is_local(&self) -> bool {
        is_loopback(&self.base)
    }

    /// How long an answer may take, in milliseconds.
    pub(crate) const fn timeout_ms(&self, purpose: EgressPurpose) -> i64 {
        match purpose {
            EgressPurpose::Draft => self.patience.draft_ms,
            EgressPurpose::SecondOpinion | EgressPurpose::ListModels | EgressPurpose::CheckKey => {
                self.patience.usual_ms
            }
        }
    }

    /// Makes a request, again where that is worth it.
    pub(crate) async fn call(&self, call: &Call<'_>) -> Result<Answer, Lost> {
        let mut made = 0;
        loop {
            if !self.around.gate.is_open() {
                return Err(Lost::Blocked);
            }
            let (outcome, pause) = self.attempt(call, made).await;
            let Some(pause) = pause else { return outcome };
            tracing::debug!(server.host = %self.host, pause_ms = pause, "A language model is asked again");
            self.around.clock.sleep_until(self.now().plus_ms(pause)).await;
            made += 1;
        }
    }

    /// One request, and how long to wait before it is made again, if at all.
    async fn attempt(&self, call: &Call<'_>, made: u32) -> (Result<Answer, Lost>, Option<i64>) {
        let Some(request) = self.request(call) else {
            return (
                Err(Lost::NoConnection(format!("No request to {} could be put together", self.host))),
                None,
            );
        };
        let under_way = UnderWay::begin(self, &request, call);
        let jitter = (self.around.jitter)();
        let deadline = self.around.clock.sleep_until(self.now().plus_ms(self.timeout_ms(call.purpose)));
        let exchange = pin!(self.exchange(request, &under_way));
        match select(exchange, deadline).await {
            Either::Left((Ok((answer, headers)), _)) => {
                let pause = retry::pause_after_answer(answer.status, &headers, made, jitter);
                (Ok(answer), pause)
            }
            Either::Left((Err(lost @ Lost::NoConnection(_)), _)) => {
                (Err(lost), retry::pause_after_no_connection(made, jitter))
            }
            // What may have been answered, and paid for, is not asked again.
            Either::Left((Err(lost), _)) => (Err(lost), None),
            Either::Right(((), _)) => (Err(Lost::Timeout), None),
        }
    }

    async fn exchange(
        &self,
        request: Request,
        under_way: &UnderWay<'_>,
    ) -> Result<(Answer, HeaderMap), Lost> {
        let response = match self.http.execute(request).await {
            Ok(response) => response,
            Err(error) if error.is_connect() => {
                under_way.nothing_left();
                return Err(Lost::NoConnection(no_connection(&error, &self.host)));
            }
            Err(_) => return Err(Lost::Cut),
        };
        under_way.answered(&response);
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let is_success = response.status().is_success();
        let body = match read(response, under_way).await {
            Ok(body) => body,
            Err(lost) if is_success => return Err(lost),
            // The status alone says enough when the rest of the answer is lost.
            Err(_) => Vec::new(),
        };
        Ok((Answer { status, retry_after_ms: asked_ms(&headers), body }, headers))
    }

    fn request(&self, call: &Call<'_>) -> Option<Request> {
        let mut url = self.base.clone();
        url.path_segments_mut().ok()?.pop_if_empty().extend(call.path);
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let method = if call.body.is_some() { Method::POST } else { Method::GET };
        let mut request = Request::new(method, url);
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers
            .insert(USER_AGENT, HeaderValue::from_static(concat!("Countersign/", env!("CARGO_PKG_VERSION"))));
        if call.body.is_some() {
            headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        if let Some((header, key)) = &self.key {
            headers.insert(header.name(), header.value(key)?);
        }
        if let Some(body) = &call.body {
            *request.body_mut() = Some(body.clone().into());
        }
        Some(request)
    }
}

impl KeyHeader {
    const fn name(self) -> HeaderName {
        match self {
            Self::ApiKey => HeaderName::from_static("x-api-key"),
            Self::Bearer => reqwest::header::AUTHORIZATION,
        }
    }

    /// The header's value; `None` for a key that no header can carry.
    fn value(self, key: &SecretString) -> Option<HeaderValue> {
        let key = key.expose_secret();
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return None;
        }
        let mut value = match self {
            Self::ApiKey => HeaderValue::from_str(key),
            Self::Bearer => HeaderValue::from_str(&format!("Bearer {key}")),
        }
        .ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// The whole answer, unless it is larger than it may be.
async fn read(mut response: Response, under_way: &UnderWay<'_>) -> Result<Vec<u8>, Lost> {
    if response.content_length().is_some_and(|length| length > LARGEST as u64) {
        return Err(Lost::TooLarge);
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                under_way.read(chunk.len());
                if bytes.len() + chunk.len() > LARGEST {
                    return Err(Lost::TooLarge);
                }
                bytes.extend_from_slice(&chunk);
            }
            Ok(None) => return Ok(bytes),
            Err(_) => return Err(Lost::Cut),
        }
    }
}

fn no_connection(error: &reqwest::Error, host: &str) -> String {
    if error.is_dns() {
        return format!(
            "The name {host} was not found. Check the address, and the connection to the internet"
        );
    }
    if error.is_timeout() {
        return format!("{host} did not take the connection in time");
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<std::io::Error>();
        match io.map(std::io::Error::kind) {
            Some(std::io::ErrorKind::ConnectionRefused) => {
                return format!("{host} refuses connections. Check the address, and whether the server runs");
            }
            Some(std::io::ErrorKind::InvalidData) => {
                return format!("{host} offers no secure connection that can be trusted");
            }
            Some(_) | None => {}
        }
        // What an I/O error was made of is not its source but beside it.
        cause = match io.and_then(std::io::Error::get_ref) {
            Some(made_of) => Some(made_of),
            None => inner.source(),
        };
    }
    format!("No connection to {host} could be made")
}
