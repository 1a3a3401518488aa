//! The way from one console to the helpdesk's API, and a record of what went along it: what each reading showed, and
//! what was sent relying on it.
//!
//! It changes nothing in what passes but the date, which has to be that of the simulated clock. It can be closed, as
//! when the network is gone, and it can kill the console at the worst of moments: between a call and its answer.

use crate::wire::{Answered, Body, Cut, Server};
use anyhow::Result;
use futures::StreamExt as _;
use http_body_util::{BodyExt as _, StreamBody};
use hyper::body::{Bytes, Frame, Incoming};
use hyper::{Request, Response, header};
use serde_json::Value;
use simulator::{Clock as _, ManualClock};
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;

/// What the helpdesk says when the run ordered it to refuse for want of budget.
pub(crate) const ORDERED: &str = "Ordered by the run";

/// How often the way looks whether it is kept from its work, and what counts as that.
const LOOK_EVERY: Duration = Duration::from_millis(10);
const HELD_UP: Duration = Duration::from_millis(60);

/// When the console is killed at its next write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trap {
    /// Before the call reaches the helpdesk.
    BeforeCall,
    /// After the helpdesk performed it, before the console hears of it.
    BeforeAnswer,
}

/// A part as a reading showed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SeenPart {
    pub(crate) id: u64,
    /// The teammate who made it.
    pub(crate) admin: Option<u64>,
    /// Whether it voids what was decided before it.
    pub(crate) moves: bool,
    pub(crate) assigns: bool,
}

/// A call of the console.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) at: Instant,
    pub(crate) answered: Option<Instant>,
    pub(crate) is_write: bool,
    /// What was asked for: a path of ids.
    pub(crate) path: String,
    pub(crate) conversation: Option<u64>,
    pub(crate) status: Option<u16>,
    /// The parts that the answer listed, the newest last.
    pub(crate) seen: Option<Vec<SeenPart>>,
    /// Refused for want of budget, and nobody had ordered that.
    pub(crate) over_budget: bool,
}

#[derive(Debug)]
struct Shared {
    upstream: String,
    client: reqwest::Client,
    clock: ManualClock,
    calls: Mutex<Vec<Call>>,
    open: AtomicBool,
    under_way: AtomicUsize,
    trap: Mutex<Option<Trap>>,
    process: AtomicU32,
    sprung: AtomicUsize,
    /// Until then a refusal for want of budget is the run's own doing.
    excused_until: AtomicI64,
    /// When a call last began or was answered.
    stirred: Mutex<Instant>,
    /// When nothing could pass because the machine did not get round to it.
    held_up: Mutex<Vec<(Instant, Instant)>>,
}

/// The way of one console. It has a thread of its own, so that what else the run does holds nothing up.
#[derive(Debug)]
pub(crate) struct Relay {
    server: Server,
    shared: Arc<Shared>,
    runtime: Option<Runtime>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Relay {
    pub(crate) async fn start(upstream: String, clock: ManualClock) -> Result<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
        let (server, shared) = runtime.spawn(Self::open(upstream, clock)).await??;
        runtime.spawn(look_for_delays(Arc::clone(&shared)));
        Ok(Self { server, shared, runtime: Some(runtime) })
    }

    async fn open(upstream: String, clock: ManualClock) -> Result<(Server, Arc<Shared>)> {
        let shared = Arc::new(Shared {
            upstream,
            client: reqwest::Client::builder().no_proxy().build()?,
            clock,
            calls: Mutex::default(),
            open: AtomicBool::new(true),
            under_way: AtomicUsize::new(0),
            trap: Mutex::default(),
            process: AtomicU32::new(0),
            sprung: AtomicUsize::new(0),
            excused_until: AtomicI64::new(0),
            stirred: Mutex::new(Instant::now()),
            held_up: Mutex::default(),
        });
        let answering = Arc::clone(&shared);
        let server = Server::start(move |request| -> Answered {
            let shared = Arc::clone(&answering);
            Box::pin(async move { pass(shared, request).await })
        })
        .await?;
        Ok((server, shared))
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    /// Lets calls through, or none.
    pub(crate) fn set_open(&self, open: bool) {
        self.shared.open.store(open, Ordering::SeqCst);
    }

    /// Refusals for want of budget until then are nobody's fault but the run's.
    pub(crate) fn excuse_until(&self, ms: i64) {
        self.shared.excused_until.store(ms, Ordering::SeqCst);
    }

    /// The process that a trap kills.
    pub(crate) fn set_process(&self, id: u32) {
        self.shared.process.store(id, Ordering::SeqCst);
    }

    pub(crate) fn set_trap(&self, trap: Option<Trap>) {
        *lock(&self.shared.trap) = trap;
    }

    /// How often a trap has killed the console.
    pub(crate) fn sprung(&self) -> usize {
        self.shared.sprung.load(Ordering::SeqCst)
    }

    pub(crate) fn under_way(&self) -> usize {
        self.shared.under_way.load(Ordering::SeqCst)
    }

    /// How long nothing has come or gone.
    pub(crate) fn idle(&self) -> Duration {
        lock(&self.shared.stirred).elapsed()
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.shared.calls).clone()
    }

    /// For how much of this time the machine did not get round to passing anything on.
    pub(crate) fn held_up(&self, from: Instant, until: Instant) -> Duration {
        let held_up = lock(&self.shared.held_up);
        let shared = |(began, ended): &(Instant, Instant)| {
            (*ended).min(until).saturating_duration_since((*began).max(from))
        };
        held_up.iter().map(shared).sum()
    }

    pub(crate) fn count(&self) -> usize {
        lock(&self.shared.calls).len()
    }
}

impl Shared {
    fn note(&self, call: Call) -> usize {
        *lock(&self.stirred) = Instant::now();
        let mut calls = lock(&self.calls);
        calls.push(call);
        calls.len() - 1
    }

    fn finish(&self, place: usize, finish: impl FnOnce(&mut Call)) {
        *lock(&self.stirred) = Instant::now();
        if let Some(call) = lock(&self.calls).get_mut(place) {
            finish(call);
        }
    }

    fn springs(&self, wanted: Trap) -> bool {
        let mut trap = lock(&self.trap);
        if *trap != Some(wanted) {
            return false;
        }
        *trap = None;
        drop(trap);
        crate::console::signal(self.process.load(Ordering::SeqCst), "KILL");
        self.sprung.fetch_add(1, Ordering::SeqCst);
        true
    }
}

/// Notes when this thread was kept from its work: what it then says of when a call came is not to be relied on.
async fn look_for_delays(shared: Arc<Shared>) {
    let mut before = Instant::now();
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let now = Instant::now();
        if now.saturating_duration_since(before) > HELD_UP {
            lock(&shared.held_up).push((before, now));
        }
        before = now;
    }
}

/// Counts a call for as long as it lives.
struct UnderWay(Arc<Shared>);

impl UnderWay {
    fn new(shared: &Arc<Shared>) -> Self {
        shared.under_way.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(shared))
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn pass(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    if !shared.open.load(Ordering::SeqCst) {
        return Err(Cut);
    }
    let under_way = UnderWay::new(&shared);
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let is_read =
        head.method == hyper::Method::GET || path.split('?').next().is_some_and(|p| p.ends_with("/search"));
    let place = shared.note(Call {
        at: Instant::now(),
        answered: None,
        is_write: !is_read,
        path: path.split('?').next().unwrap_or_default().to_owned(),
        conversation: conversation_of(&path),
        status: None,
        seen: None,
        over_budget: false,
    });
    if !is_read && shared.springs(Trap::BeforeCall) {
        return Err(Cut);
    }
    let mut passed = shared.client.request(head.method, format!("{}{path}", shared.upstream)).body(body);
    for name in ["authorization", "intercom-version", "accept", "content-type", "user-agent"] {
        if let Some(value) = head.headers.get(name) {
            passed = passed.header(name, value);
        }
    }
    let answer = passed.send().await.map_err(|_| Cut)?;
    let status = answer.status();
    shared.finish(place, |call| call.status = Some(status.as_u16()));
    if !is_read && shared.springs(Trap::BeforeAnswer) {
        return Err(Cut);
    }
    let mut response = Response::builder().status(status);
    for (name, value) in answer.headers() {
        let ours = *name == header::DATE || *name == header::TRANSFER_ENCODING || *name == header::CONNECTION;
        if !ours {
            response = response.header(name, value);
        }
    }
    response = response.header(header::DATE, date(shared.clock.now_ms()));
    let mut whole = Vec::new();
    let length = answer.content_length();
    let chunks = answer.bytes_stream().map(move |chunk: Result<Bytes, reqwest::Error>| {
        let _under_way = &under_way;
        let chunk = chunk.map_err(|_| Cut)?;
        whole.extend_from_slice(&chunk);
        // Noted before the last byte goes on: what the console does next comes after it.
        let is_whole = match length {
            Some(length) => whole.len() as u64 >= length,
            None => serde_json::from_slice::<Value>(&whole).is_ok(),
        };
        if is_whole {
            note_answer(&shared, place, status.as_u16(), &whole);
        }
        Ok(Frame::data(chunk))
    });
    response.body(Body::new(StreamBody::new(chunks))).map_err(|_| Cut)
}

fn note_answer(shared: &Shared, place: usize, status: u16, body: &[u8]) {
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    let seen = seen(&answer);
    let excused = shared.clock.now_ms() < shared.excused_until.load(Ordering::SeqCst);
    let ordered = status == 429 && (excused || answer.to_string().contains(ORDERED));
    shared.finish(place, |call| {
        call.answered = Some(Instant::now());
        call.seen = seen;
        call.over_budget = status == 429 && !ordered;
    });
}

/// The parts of a conversation, if the answer is one.
fn seen(answer: &Value) -> Option<Vec<SeenPart>> {
    if answer.get("type")?.as_str()? != "conversation" {
        return None;
    }
    let parts = answer.get("conversation_parts")?.get("conversation_parts")?.as_array()?;
    Some(parts.iter().filter_map(seen_part).collect())
}

/// A part, and whether it moves the conversation: everything that somebody does but notes and attributes.
pub(crate) fn seen_part(part: &Value) -> Option<SeenPart> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let kind = text(part.get("part_type"));
    let author = part.get("author");
    let by_admin = text(author.and_then(|author| author.get("type"))) == "admin";
    let has_body = part.get("body").is_some_and(|body| body.as_str().is_some_and(|body| !body.is_empty()));
    let moves = match kind.as_str() {
        "close" | "snoozed" | "open" | "assignment" | "assign_and_reopen" => true,
        "comment" | "quick_reply" => has_body,
        _ => false,
    };
    let admin = by_admin.then(|| text(author.and_then(|author| author.get("id"))).parse().ok()).flatten();
    let assigns = kind == "assignment";
    Some(SeenPart { id: text(part.get("id")).parse().ok()?, admin, moves, assigns })
}

fn conversation_of(path: &str) -> Option<u64> {
    let rest = path.strip_prefix("/conversations/")?;
    rest.split(['/', '?']).next()?.parse().ok()
}

fn date(now_ms: i64) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(now_ms.div_euclid(1000));
    at.ok().and_then(|at| at.format(&time::format_description::well_known::Rfc2822).ok()).unwrap_or_default()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
