//! The services, on loopback: a mock that holds requests to the rules of the real ones and answers what it is told to.
//!
//! What it lets pass is also held against the official clients' own types: `examples/bodies.rs`, `tests/models`.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Response};
use serde_json::{Value, json};
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use tokio::sync::Notify;

pub(crate) const KEY: &str = "sk-canary-key";

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) line: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

/// What to answer.
#[derive(Debug, Clone)]
pub(crate) struct Say {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: String,
    is_silent: bool,
    is_held: bool,
}

impl Say {
    #[expect(clippy::needless_pass_by_value, reason = "answers are written out where they are given")]
    pub(crate) fn new(status: u16, body: impl ToString) -> Self {
        Self { status, headers: Vec::new(), body: body.to_string(), is_silent: false, is_held: false }
    }

    /// Never an answer.
    pub(crate) fn nothing() -> Self {
        Self { is_silent: true, ..Self::new(200, "") }
    }

    /// The same, but not before [`Mock::release`].
    pub(crate) fn held(self) -> Self {
        Self { is_held: true, ..self }
    }

    pub(crate) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn response(self) -> Response<Body> {
        let mut response = Response::builder().status(self.status);
        for (name, value) in self.headers {
            response = response.header(name, value);
        }
        response.body(Body::from(self.body)).unwrap()
    }
}

#[derive(Debug, Default)]
struct Shared {
    asked: Mutex<Vec<Asked>>,
    answers: Mutex<VecDeque<Say>>,
    lists: Mutex<VecDeque<Say>>,
    /// Told when a request has come that is not answered.
    silent: Notify,
    /// Told when an answer that is held may go.
    released: Notify,
}

#[derive(Debug, Clone)]
pub(crate) struct Mock {
    shared: Arc<Shared>,
    pub(crate) address: SocketAddr,
}

impl Mock {
    pub(crate) async fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let app = Router::new().fallback(handle).with_state(Arc::clone(&shared));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { shared, address }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Adds an answer to a question; they are given in order.
    pub(crate) fn then(&self, say: Say) -> &Self {
        self.shared.answers.lock().unwrap().push_back(say);
        self
    }

    /// Adds an answer to whoever asks for the list of models; afterwards the usual one is given.
    pub(crate) fn list_then(&self, say: Say) -> &Self {
        self.shared.lists.lock().unwrap().push_back(say);
        self
    }

    /// Everything that was asked.
    pub(crate) fn asked(&self) -> Vec<Asked> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// What was asked of models, without the lists of them.
    pub(crate) fn questions(&self) -> Vec<Asked> {
        self.asked().into_iter().filter(|asked| asked.line.starts_with("POST")).collect()
    }

    /// Lets an answer go that is held.
    pub(crate) fn release(&self) {
        self.shared.released.notify_one();
    }

    /// Waits until a request has come that is not answered.
    pub(crate) async fn silence(&self) {
        self.shared.silent.notified().await;
    }
}

async fn handle(State(shared): State<Arc<Shared>>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
    let line = format!("{} {}", head.method, head.uri);
    let asked = Asked { line, headers: head.headers, body };
    let breach = breach(&asked);
    let is_list = asked.line.starts_with("GET");
    let path = head.uri.path().to_owned();
    shared.asked.lock().unwrap().push(asked);
    if let Some(breach) = breach {
        return breach.response();
    }
    let queue = if is_list { &shared.lists } else { &shared.answers };
    let said = queue.lock().unwrap().pop_front();
    let said = said.unwrap_or_else(|| match path.as_str() {
        "/v1/models" => Say::new(200, models()),
        "/api/tags" => Say::new(200, json!({"models": [{"name": "llama3.2:3b", "model": "llama3.2:3b"}]})),
        _ => Say::new(500, "no answer was prepared"),
    });
    if said.is_silent {
        shared.silent.notify_one();
        std::future::pending::<()>().await;
    }
    if said.is_held {
        shared.silent.notify_one();
        shared.released.notified().await;
    }
    said.response()
}

/// The models of a Claude account, as its API lists them.
pub(crate) fn models() -> Value {
    let of = |id: &str, line: &str, created: &str, can_be_quiet: bool| {
        json!({
            "type": "model", "id": id, "display_name": id, "created_at": created, "lifecycle": "active", "line": line,
            "capabilities": {
                "structured_outputs": {"supported": id != "claude-haiku-older"},
                "thinking": {"supported": true, "types": {
                    "adaptive": {"supported": true}, "enabled": {"supported": false},
                    "disabled": {"supported": can_be_quiet},
                }},
            },
        })
    };
    json!({"data": [
        of("claude-fable-5-2", "fable", "2026-10-01T00:00:00Z", false),
        of("claude-haiku-5-5", "haiku", "2026-09-01T00:00:00Z", true),
        of("claude-sonnet-5-5", "sonnet", "2026-08-01T00:00:00Z", true),
        of("claude-sonnet-4-6", "sonnet", "2026-02-01T00:00:00Z", true),
        of("claude-haiku-4-5-20251001", "haiku", "2025-10-01T00:00:00Z", true),
        of("claude-haiku-older", "haiku", "2024-10-01T00:00:00Z", true),
    ], "has_more": false, "first_id": "claude-fable-5-2", "last_id": "claude-haiku-older"})
}

/// What the real service would not take.
fn breach(asked: &Asked) -> Option<Say> {
    let path = asked.line.split([' ', '?']).nth(1)?;
    let header = |name: &str| asked.headers.get(name).and_then(|value| value.to_str().ok());
    if header("user-agent").is_none_or(|agent| !agent.starts_with("Countersign/")) {
        return Some(Say::new(400, "no user agent"));
    }
    if asked.line.starts_with("POST") && header("content-type") != Some("application/json") {
        return Some(Say::new(415, "no content type"));
    }
    if path == "/v1/messages" {
        return breach_of_claude(asked, header("x-api-key"), header("anthropic-version"));
    }
    None
}

fn breach_of_claude(asked: &Asked, key: Option<&str>, version: Option<&str>) -> Option<Say> {
    if key != Some(KEY) || asked.headers.contains_key("authorization") {
        return Some(claude_error(401, "authentication_error"));
    }
    let body = asked.body.as_object()?;
    let model = body["model"].as_str()?;
    let is_forced = body.get("tool_choice").is_some_and(|choice| choice["type"] == "tool");
    let is_quiet = body.get("thinking").is_some_and(|thinking| thinking["type"] == "disabled");
    let always_thinks = ["fable", "mythos", "opus-5"].iter().any(|line| model.contains(line));
    let schemas: Vec<&Value> = body
        .get("output_config")
        .map(|config| &config["format"]["schema"])
        .into_iter()
        .chain(body.get("tools").map(|tools| &tools[0]["input_schema"]))
        .collect();
    let wrong = version != Some("2026-10-21")
        || ["temperature", "top_p", "top_k"].iter().any(|name| body.contains_key(*name))
        || (is_forced && !is_quiet)
        || (is_quiet && always_thinks)
        || (model == "claude-haiku-older" && body.contains_key("output_config"))
        || schemas.len() != 1
        || !schemas.iter().all(|schema| is_known(schema));
    wrong.then(|| claude_error(400, "invalid_request_error"))
}

/// Whether a schema keeps to what structured outputs know.
fn is_known(schema: &Value) -> bool {
    const UNKNOWN: [&str; 6] = ["minimum", "maximum", "minLength", "maxLength", "pattern", "multipleOf"];
    let Some(fields) = schema.as_object() else { return true };
    let is_closed = fields.get("type") != Some(&json!("object"))
        || fields.get("additionalProperties") == Some(&json!(false));
    let has_unknown = UNKNOWN.iter().any(|name| fields.contains_key(*name));
    let properties = fields.get("properties").and_then(Value::as_object);
    let items = fields.get("items");
    is_closed
        && !has_unknown
        && properties.is_none_or(|all| all.values().all(is_known))
        && items.is_none_or(is_known)
}

/// An error of Claude's API. Its words repeat the key, as a careless gateway's might: they are not to be shown.
pub(crate) fn claude_error(status: u16, kind: &str) -> Say {
    let message = format!("because of {KEY}");
    Say::new(
        status,
        json!({"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}),
    )
    .with("request-id", "req_1")
}

/// What a model says when all is well.
pub(crate) fn said(bucket: &str, confidence: f64) -> String {
    json!({"bucket": bucket, "confidence": confidence, "reason": "It is about canary-reason."}).to_string()
}

/// What a model drafts when all is well: a reply that cites these articles with these quotations.
pub(crate) fn drafted(reply: &str, citations: &[(&str, &str)]) -> Value {
    let citations: Vec<Value> = citations
        .iter()
        .map(|(article, quotation)| json!({"article": article, "quotation": quotation}))
        .collect();
    json!({"citations": citations, "decision": "reply", "reason": "", "reply": reply})
}

/// What a model says where a person should answer.
pub(crate) fn handed_over(reason: &str) -> Value {
    json!({"citations": [], "decision": "hand_over", "reason": reason, "reply": ""})
}

/// An answer of Claude's API that is a draft, or that a person should answer.
pub(crate) fn claude_draft(answer: &Value) -> Say {
    claude_answer(&json!([{"type": "text", "text": answer.to_string()}]), "end_turn")
}

/// An answer of Claude's API.
pub(crate) fn claude_answer(content: &Value, stop_reason: &str) -> Say {
    Say::new(
        200,
        json!({
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-5-5", "content": content,
            "stop_reason": stop_reason, "stop_sequence": null,
            "usage": {
                "input_tokens": 100, "output_tokens": 40, "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 900, "service_tier": "standard",
                "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
            },
        }),
    )
}

pub(crate) fn claude_ok(bucket: &str, confidence: f64) -> Say {
    claude_answer(&json!([{"type": "text", "text": said(bucket, confidence)}]), "end_turn")
}

pub(crate) fn claude_tool(bucket: &str, confidence: f64) -> Say {
    let input: Value = serde_json::from_str(&said(bucket, confidence)).unwrap();
    claude_answer(
        &json!([{"type": "tool_use", "id": "toolu_1", "name": "triage", "input": input}]),
        "tool_use",
    )
}

/// An answer of the Chat Completions API; `logprobs` is what stands under that name.
pub(crate) fn completion(message: &Value, finish_reason: &str, logprobs: &Value) -> Say {
    Say::new(
        200,
        json!({
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "served-model",
            "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": logprobs}],
            "usage": {
                "prompt_tokens": 500, "completion_tokens": 30, "total_tokens": 530,
                "prompt_tokens_details": {"cached_tokens": 256},
            },
        }),
    )
}

pub(crate) fn completion_ok(bucket: &str, confidence: f64) -> Say {
    completion(&json!({"role": "assistant", "content": said(bucket, confidence)}), "stop", &Value::Null)
}

/// The tokens of an answer that names `bucket`, with alternatives where its value begins: OpenAI's form and Ollama's.
pub(crate) fn tokens(bucket: &str, alternatives: &[(&str, f64)]) -> Value {
    let first = alternatives[0].0;
    let rest = bucket.strip_prefix(first).unwrap();
    let parts = ["{\"bucket\":\"", first, rest, "\",\"confidence\":0.99,\"reason\":\"It is.\"}"];
    let one =
        |token: &str, logprob: f64| json!({"token": token, "logprob": logprob, "bytes": token.as_bytes()});
    let all = parts.iter().enumerate().filter(|(_, part)| !part.is_empty()).map(|(place, part)| {
        let mut token = one(part, if place == 1 { alternatives[0].1.ln() } else { 0.0 });
        let top = alternatives.iter().filter(|_| place == 1);
        token["top_logprobs"] = top.map(|(token, weight)| one(token, weight.ln())).collect();
        token
    });
    all.collect()
}

/// The text that [`tokens`] are of.
pub(crate) fn text_of(tokens: &Value) -> String {
    tokens.as_array().unwrap().iter().map(|token| token["token"].as_str().unwrap()).collect()
}

/// An answer of Ollama's.
pub(crate) fn chat(content: &str, logprobs: &Value) -> Value {
    json!({
        "model": "llama3.2:3b", "created_at": "2026-11-01T00:00:00Z", "done": true, "done_reason": "stop",
        "message": {"role": "assistant", "content": content}, "logprobs": logprobs,
        "total_duration": 1_000_000, "load_duration": 1_000, "prompt_eval_count": 400, "prompt_eval_duration": 10,
        "eval_count": 25, "eval_duration": 10,
    })
}
