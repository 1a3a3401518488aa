//! One call over HTTP: headers, limits, the budget, and the fault when it goes wrong.
//!
//! A GET is tried once more when no connection could be made. Anything else is never repeated here, whatever
//! happens: nothing tells Intercom that two are one.

use super::{Config, SetupError};
use crate::API_VERSION;
use crate::fault::{Refusal, unanswered, unreadable};
use crate::limiter::{Limiter, Limits, Permit};
use crate::region::is_loopback;
use domain::ports::{Budget, Clock, Priority};
use domain::{Fault, Timestamp};
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderName, HeaderValue, LINK};
use reqwest::{Client, Method, Response, StatusCode, redirect, retry};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;
use url::Url;

const VERSION_HEADER: HeaderName = HeaderName::from_static("intercom-version");

/// A connection is given up before Intercom does it: a write on one just closed has an unknown outcome.
const IDLE: Duration = Duration::from_secs(20);

/// One call.
#[derive(Debug, Clone)]
pub(crate) struct Call<'a> {
    pub(crate) method: Method,
    /// What it is about, for the words of a refusal: `the conversation`.
    pub(crate) what: &'a str,
    pub(crate) path: &'a [&'a str],
    pub(crate) query: &'a [(&'a str, &'a str)],
    /// What is sent along.
    pub(crate) body: Option<Value>,
    /// A piece of the path that must not be quoted back.
    pub(crate) private: Option<&'a str>,
}

/// A call that brought no answer of use.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) fault: Fault,
    /// Where Intercom points to instead: the header `Link`.
    pub(crate) link: Option<String>,
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self { fault, link: None }
    }
}

impl<'a> Call<'a> {
    pub(crate) const fn get(what: &'a str, path: &'a [&'a str], query: &'a [(&'a str, &'a str)]) -> Self {
        Self { method: Method::GET, what, path, query, body: None, private: None }
    }

    pub(crate) const fn post(what: &'a str, path: &'a [&'a str], body: Value) -> Self {
        Self { method: Method::POST, what, path, query: &[], body: Some(body), private: None }
    }
}

/// Sends calls to one address with one token.
pub(crate) struct Transport {
    http: Client,
    base: Url,
    host: String,
    token: SecretString,
    clock: Arc<dyn Clock>,
    timeout: Duration,
    max_answer: usize,
    limiter: Option<Limiter>,
    budget: Mutex<Option<Budget>>,
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

impl Transport {
    pub(crate) fn new(
        config: &Config,
        token: SecretString,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        bearer(&token).ok_or(SetupError::Token)?;
        let base = Url::parse(config.region.base_url()).map_err(|_| crate::RegionError::Unknown)?;
        let user_agent = HeaderValue::from_str(&config.user_agent).map_err(|_| SetupError::UserAgent)?;
        let mut builder = Client::builder()
            .user_agent(user_agent)
            .timeout(config.timeout)
            .connect_timeout(config.connect_timeout)
            .pool_idle_timeout(IDLE)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .referer(false)
            .tls_backend_rustls();
        if is_loopback(&base) {
            // What stays on this machine goes through no proxy.
            builder = builder.no_proxy();
        }
        if base.scheme() == "http" {
            // Nothing is encrypted on the way to oneself, so a machine without certificates will do.
            builder = builder.tls_certs_only([]);
        }
        let http = builder.build().map_err(|error| SetupError::Tls(root_cause(&error)))?;
        Ok(Self {
            http,
            host: base.host_str().unwrap_or_default().to_owned(),
            base,
            token,
            clock,
            timeout: config.timeout,
            max_answer: config.max_answer,
            limiter: config.limiter.clone(),
            budget: Mutex::new(None),
        })
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Waits so many milliseconds.
    pub(crate) async fn pause(&self, milliseconds: i64) {
        self.clock.sleep_until(self.clock.now().plus_ms(milliseconds)).await;
    }

    /// What Intercom said last, or what the limiter makes of it where there is one.
    pub(crate) fn budget(&self) -> Option<Budget> {
        let told = (*self.budget.lock().unwrap_or_else(PoisonError::into_inner))?;
        let Some(load) = self.limiter.as_ref().map(Limiter::load) else { return Some(told) };
        Some(Budget {
            limit: load.limit,
            remaining: load.remaining,
            resets_at: load.resets_at,
            is_high: load.is_high,
            spent: load.spent,
        })
    }

    /// Makes one call, in its turn, and returns the answer as JSON.
    pub(crate) async fn call(&self, call: Call<'_>, priority: Priority) -> Result<Value, Fault> {
        let permit = self.turn(priority).await;
        self.call_with(call, permit.as_ref()).await
    }

    /// Waits for a turn in the budget; `None` where there is none to wait for.
    pub(crate) async fn turn(&self, priority: Priority) -> Option<Permit> {
        match &self.limiter {
            Some(limiter) => Some(limiter.acquire(priority).await),
            None => None,
        }
    }

    /// Makes one call whose turn it is, and returns the answer as JSON.
    pub(crate) async fn call_with(&self, call: Call<'_>, permit: Option<&Permit>) -> Result<Value, Fault> {
        let answer = self.answer(call, permit).await.map_err(|refused| refused.fault)?;
        answer.ok_or_else(|| unreadable("it is not JSON"))
    }

    /// Makes one call and returns the answer as JSON; `None` for an empty one. The permit, where there is one, hears
    /// what the answer says about the budget.
    pub(crate) async fn answer(
        &self,
        call: Call<'_>,
        permit: Option<&Permit>,
    ) -> Result<Option<Value>, Refused> {
        let response = match self.send(&call).await {
            Err(error) if error.is_connect() && call.method == Method::GET => self.send(&call).await,
            outcome => outcome,
        }
        .map_err(|error| unanswered(&error, &self.host, self.timeout))?;

        let status = response.status();
        let headers = response.headers().clone();
        let limits = limits_of(&headers);
        if let Some(limits) = limits {
            self.note_budget(limits);
        }
        if let Some(permit) = permit {
            permit.answered(limits, status == StatusCode::TOO_MANY_REQUESTS);
        }
        let answer = self.read(response).await;
        if status.is_success() {
            let answer = answer?;
            if answer.trim_ascii().is_empty() {
                return Ok(None);
            }
            let answer: Value = serde_json::from_slice(&answer).map_err(|_| {
                let mut fault = unreadable("it is not JSON");
                fault.status = Some(status.as_u16());
                fault
            })?;
            if answer.get("type").and_then(Value::as_str) != Some("error.list") {
                return Ok(Some(answer));
            }
            return Err(self.refusal(&call, status, &headers, answer));
        }
        // The status alone says enough when the rest of the answer is lost.
        let answer = answer.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        Err(self.refusal(&call, status, &headers, answer))
    }

    async fn send(&self, call: &Call<'_>) -> Result<Response, reqwest::Error> {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(call.path);
        }
        if !call.query.is_empty() {
            url.query_pairs_mut().extend_pairs(call.query);
        }
        let mut request = self.http.request(call.method.clone(), url);
        if let Some(body) = &call.body {
            request = request.json(body);
        }
        if let Some(bearer) = bearer(&self.token) {
            request = request.header(AUTHORIZATION, bearer);
        }
        request
            .header(VERSION_HEADER, HeaderValue::from_static(API_VERSION))
            .header(ACCEPT, HeaderValue::from_static("application/json"))
            .send()
            .await
    }

    /// The whole answer, unless it is larger than it may be.
    async fn read(&self, mut response: Response) -> Result<Vec<u8>, Fault> {
        let too_large = || unreadable("it is larger than any answer should be");
        if response.content_length().is_some_and(|length| length > self.max_answer as u64) {
            return Err(too_large());
        }
        let mut bytes = Vec::new();
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) if bytes.len() + chunk.len() > self.max_answer => return Err(too_large()),
                Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
                Ok(None) => return Ok(bytes),
                Err(error) => return Err(unanswered(&error, &self.host, self.timeout)),
            }
        }
    }

    fn refusal(&self, call: &Call<'_>, status: StatusCode, headers: &HeaderMap, body: Value) -> Refused {
        let mut private = vec![self.token.expose_secret().to_owned()];
        private.extend(call.private.map(str::to_owned));
        private.extend(
            call.query.iter().filter(|(name, _)| !is_harmless(name)).map(|(_, value)| (*value).to_owned()),
        );
        if let Some(body) = &call.body {
            private_texts(body, "", &mut private);
        }
        let private: Vec<&str> = private.iter().map(String::as_str).collect();
        let link = headers.get(LINK).and_then(|link| link.to_str().ok()).map(str::to_owned);
        let refusal =
            Refusal { what: call.what, status, headers, body, now: self.clock.now(), private: &private };
        Refused { fault: refusal.fault(), link }
    }

    fn note_budget(&self, limits: Limits) {
        let newest = Budget {
            limit: limits.limit,
            remaining: limits.remaining,
            resets_at: Timestamp::from_seconds(limits.resets_at),
            is_high: limits.is_high(),
            spent: [0; 3],
        };
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        *budget = Some(match *budget {
            // Answers may overtake each other: of one window the lower count is the later one.
            Some(known) if known.resets_at == newest.resets_at && known.remaining < newest.remaining => known,
            Some(_) | None => newest,
        });
    }
}

/// What an answer says about the budget.
fn limits_of(headers: &HeaderMap) -> Option<Limits> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<i64>().ok();
    let count = |name: &str| Some(u32::try_from(number(name)?.max(0)).unwrap_or(u32::MAX));
    Some(Limits {
        limit: count("x-ratelimit-limit")?,
        remaining: count("x-ratelimit-remaining")?,
        resets_at: number("x-ratelimit-reset")?,
        said_at: text("date")
            .and_then(|date| OffsetDateTime::parse(date, &Rfc2822).ok())
            .map(OffsetDateTime::unix_timestamp),
    })
}

/// The texts of what was sent, as they are and as they read, but for words that are Intercom's own.
fn private_texts(sent: &Value, name: &str, into: &mut Vec<String>) {
    match sent {
        Value::String(text) if !is_harmless(name) => {
            into.extend(crate::text::from_html(text).text);
            into.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| private_texts(item, name, into)),
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| private_texts(value, name, into));
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a field of this name tells nothing about anybody.
fn is_harmless(name: &str) -> bool {
    const WORDS: [&str; 17] = [
        "type",
        "message_type",
        "parent_type",
        "content_type",
        "data_type",
        "model",
        "operator",
        "field",
        "order",
        "state",
        "role",
        "uuid",
        "locales",
        "page",
        "per_page",
        "starting_after",
        "display_as",
    ];
    let is_id = name == "id" || name.ends_with("_id");
    WORDS.contains(&name) || (is_id && name != "external_id" && name != "user_id")
}

/// The header that opens the door; `None` for a token that no header can carry.
fn bearer(token: &SecretString) -> Option<HeaderValue> {
    let token = token.expose_secret();
    if token.is_empty() || !token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return None;
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {token}")).ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}
