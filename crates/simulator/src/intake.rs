//! A call to the REST interface on its way in: it is noted, a fault may strike it, then token, version and rate
//! limit are looked at, and only then is it performed.

use std::{sync::Arc, time::Duration};

use hyper::{HeaderMap, Method, StatusCode, Uri, body::Bytes};
use serde_json::Value;

use crate::{
    Shared,
    answer::{Answer, Body, Manner, Refusal},
    api::{self, Call},
    apps::App,
    calls::LoggedCall,
    clock::iso,
    faults::{Fault, FaultKind},
    limiter::Allowance,
    lock,
    paging::Query,
};

const VERSIONS: [&str; 22] = [
    "1.0", "1.1", "1.2", "1.3", "1.4", "2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "2.8", "2.9",
    "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16",
];
const NEWEST_VERSION: &str = "2.16";
const SLOW_BY: u64 = 3000;

/// The connection is to end without an answer.
#[derive(Debug, thiserror::Error)]
#[error("The connection was cut on request")]
pub(crate) struct Cut;

/// A request as it came.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) method: Method,
    pub(crate) headers: HeaderMap,
    pub(crate) uri: Uri,
    pub(crate) path: Vec<String>,
    pub(crate) query: Query,
    pub(crate) body: Bytes,
    pub(crate) request_id: String,
}

/// Answers a call, or cuts its connection when a fault says so.
pub(crate) async fn answer(shared: &Shared, received: Received) -> Result<Answer, Cut> {
    let app = shared.apps.of_token(&received.headers);
    let label = app.as_ref().map(|app| app.label.clone());
    let fault = lock(&shared.faults).strike(label.as_deref(), received.method.as_str(), received.uri.path());
    let place = lock(&shared.calls).note(received.logged(shared.clock.now_ms(), label));
    let kind = fault.as_ref().map(|fault| fault.act);
    match kind {
        Some(FaultKind::CutBefore) => return Err(Cut),
        Some(FaultKind::NoAnswer) => {
            shared.cancel.cancelled().await;
            return Err(Cut);
        }
        Some(
            FaultKind::Status
            | FaultKind::RateLimit
            | FaultKind::Slow
            | FaultKind::SlowBody
            | FaultKind::CutAfter
            | FaultKind::CutBody
            | FaultKind::BadJson,
        )
        | None => {}
    }
    let mut answer = let_in(shared, app.as_deref(), received, fault.as_ref());
    if kind == Some(FaultKind::CutAfter) {
        return Err(Cut);
    }
    lock(&shared.calls).answered(place, answer.status.as_u16());
    let delay = Duration::from_millis(fault.and_then(|fault| fault.delay_ms).unwrap_or(SLOW_BY));
    match kind {
        Some(FaultKind::Slow) => shared.clock.sleep(delay).await,
        Some(FaultKind::SlowBody) => {
            answer.manner = Manner::Trickling { clock: Arc::clone(&shared.clock), over: delay };
        }
        Some(FaultKind::CutBody) => answer.manner = Manner::Cut,
        Some(FaultKind::BadJson) => answer = halved(answer),
        Some(
            FaultKind::Status
            | FaultKind::RateLimit
            | FaultKind::CutBefore
            | FaultKind::CutAfter
            | FaultKind::NoAnswer,
        )
        | None => {}
    }
    Ok(answer)
}

/// Looks at token, version and rate limit, and performs the call.
fn let_in(shared: &Shared, app: Option<&App>, received: Received, fault: Option<&Fault>) -> Answer {
    let request_id = received.request_id.clone();
    let Some(app) = app else {
        let refusal = Refusal::new(StatusCode::UNAUTHORIZED, "unauthorized", "Access Token Invalid");
        return refusal.into_answer(&request_id);
    };
    let now_ms = shared.clock.now_ms();
    let limit = lock(&shared.faults).limit();
    let mut allowance = lock(&app.limiter).count(now_ms, limit);
    let (version, answered) = match version(&received.headers) {
        Err(refusal) => (NEWEST_VERSION.to_owned(), Err(refusal)),
        Ok(version) => {
            let answered = match fault {
                Some(Fault { act: FaultKind::Status, .. }) => Err(status_refusal(fault)),
                Some(Fault { act: FaultKind::RateLimit, delay_ms, .. }) => {
                    allowance.remaining = 0;
                    if let Some(delay_ms) = delay_ms {
                        allowance.reset = (now_ms + *delay_ms as i64 + 999) / 1000;
                    }
                    Err(rate_limit_refusal(allowance, fault))
                }
                _ if allowance.exceeded => Err(rate_limit_refusal(allowance, None)),
                _ => perform(shared, app, received, &version),
            };
            (version, answered)
        }
    };
    let mut answer = answered.unwrap_or_else(|refusal| refusal.into_answer(&request_id));
    answer.headers.extend(allowance.headers());
    answer.headers.push(("intercom-version", version));
    answer
}

fn perform(shared: &Shared, app: &App, received: Received, version: &str) -> Result<Answer, Refusal> {
    let body = if received.body.is_empty() {
        Value::Null
    } else {
        serde_json::from_slice(&received.body).map_err(|_| Refusal::invalid("The body is not valid JSON"))?
    };
    let call = Call {
        method: received.method,
        path: received.path,
        query: received.query,
        body,
        before_2_16: version != NEWEST_VERSION,
        admin_id: app.credentials.admin_id.parse().ok(),
    };
    shared.change(|world| api::perform(world, &call))
}

fn version(headers: &HeaderMap) -> Result<String, Refusal> {
    let Some(asked) = headers.get("intercom-version") else { return Ok(NEWEST_VERSION.to_owned()) };
    let asked = asked.to_str().unwrap_or_default().trim();
    if VERSIONS.contains(&asked) {
        return Ok(asked.to_owned());
    }
    let message = "The requested version could not be found";
    Err(Refusal::new(StatusCode::BAD_REQUEST, "intercom_version_invalid", message))
}

fn status_refusal(fault: Option<&Fault>) -> Refusal {
    let status = fault.and_then(|fault| fault.status).and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let (code, message) = match status {
        StatusCode::UNAUTHORIZED => ("unauthorized", "Access Token Invalid"),
        StatusCode::FORBIDDEN => ("api_plan_restricted", "Active subscription needed."),
        StatusCode::NOT_FOUND => ("not_found", "Resource Not Found"),
        StatusCode::TOO_MANY_REQUESTS => ("rate_limit_exceeded", "Exceeded rate limit"),
        StatusCode::SERVICE_UNAVAILABLE => {
            ("service_unavailable", "Sorry, the API service is temporarily unavailable")
        }
        status if status.is_server_error() => ("server_error", "An error occurred on our side"),
        _ => ("client_error", "The request could not be handled"),
    };
    worded(Refusal::new(status, code, message), fault)
}

fn rate_limit_refusal(allowance: Allowance, fault: Option<&Fault>) -> Refusal {
    let message = format!("Exceeded rate limit of {} in 10_seconds", allowance.limit);
    worded(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "rate_limit_exceeded", message), fault)
}

/// A refusal in the words of the fault, where it has some.
fn worded(mut refusal: Refusal, fault: Option<&Fault>) -> Refusal {
    if let Some(code) = fault.and_then(|fault| fault.code.clone()) {
        refusal.code = code;
    }
    if let Some(message) = fault.and_then(|fault| fault.message.clone()) {
        refusal.message = message;
    }
    refusal
}

fn halved(answer: Answer) -> Answer {
    let Body::Json(json) = answer.body else { return answer };
    let mut bytes = json.to_string().into_bytes();
    bytes.truncate(bytes.len() / 2);
    Answer {
        body: Body::File { content_type: "application/json; charset=utf-8".to_owned(), bytes },
        ..answer
    }
}

impl Received {
    fn logged(&self, now_ms: i64, app: Option<String>) -> LoggedCall {
        let body = if self.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&self.body)
                .unwrap_or_else(|_| String::from_utf8_lossy(&self.body).into_owned().into())
        };
        LoggedCall {
            number: 0,
            at: iso(now_ms),
            app,
            method: self.method.to_string(),
            path: self.uri.path_and_query().map_or_else(|| self.uri.path(), |path| path.as_str()).to_owned(),
            status: None,
            body,
        }
    }
}
