//! The way of webhooks from the helpdesk to a console: it loses them, repeats them, holds them up, lets them overtake
//! each other, loses answers, is away, and comes back under another address.
//!
//! What the console answered with 200 is noted: that is what it has to have on disk in the end.

use crate::wire::{Answered, Body, Cut, Server, full};
use anyhow::Result;
use http_body_util::BodyExt as _;
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response, StatusCode};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use simulator::{Clock as _, ManualClock};
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often something happens to a delivery.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Odds {
    /// Not passed on at all.
    pub(crate) lose: f64,
    /// Passed on, and the answer is lost.
    pub(crate) lose_answer: f64,
    /// Passed on twice.
    pub(crate) repeat: f64,
    /// Held up, so that later ones overtake it and the helpdesk stops waiting.
    pub(crate) hold: f64,
}

/// What happened to deliveries.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Passed {
    pub(crate) came: usize,
    pub(crate) lost: usize,
    pub(crate) answers_lost: usize,
    pub(crate) repeated: usize,
    pub(crate) held: usize,
    pub(crate) answered_200: usize,
}

#[derive(Debug)]
struct Shared {
    client: reqwest::Client,
    clock: ManualClock,
    target: Mutex<Option<String>>,
    odds: Mutex<Odds>,
    random: Mutex<ChaCha8Rng>,
    passed: Mutex<Passed>,
    /// Ids of the notifications that the console answered with 200.
    answered: Mutex<BTreeSet<String>>,
    under_way: AtomicUsize,
}

/// The way to one console.
#[derive(Debug)]
pub(crate) struct Tunnel {
    server: Option<Server>,
    shared: Arc<Shared>,
}

impl Tunnel {
    pub(crate) async fn start(seed: u64, clock: ManualClock) -> Result<Self> {
        let shared = Arc::new(Shared {
            client: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(3)).build()?,
            clock,
            target: Mutex::default(),
            odds: Mutex::default(),
            random: Mutex::new(ChaCha8Rng::seed_from_u64(seed)),
            passed: Mutex::default(),
            answered: Mutex::default(),
            under_way: AtomicUsize::new(0),
        });
        let mut tunnel = Self { server: None, shared };
        tunnel.move_to_another_address().await?;
        Ok(tunnel)
    }

    /// The address that the helpdesk should deliver to.
    pub(crate) fn url(&self) -> Option<String> {
        Some(format!("{}/webhooks/intercom", self.server.as_ref()?.url()))
    }

    pub(crate) async fn move_to_another_address(&mut self) -> Result<()> {
        let answering = Arc::clone(&self.shared);
        self.server = Some(
            Server::start(move |request| -> Answered {
                let shared = Arc::clone(&answering);
                Box::pin(async move { pass(shared, request).await })
            })
            .await?,
        );
        Ok(())
    }

    /// Nobody answers at its address any more.
    pub(crate) fn go_away(&mut self) {
        self.server = None;
    }

    /// Where the console listens; nowhere while it does not run.
    pub(crate) fn lead_to(&self, target: Option<String>) {
        *lock(&self.shared.target) = target;
    }

    pub(crate) fn set_odds(&self, odds: Odds) {
        *lock(&self.shared.odds) = odds;
    }

    pub(crate) fn passed(&self) -> Passed {
        *lock(&self.shared.passed)
    }

    pub(crate) fn answered(&self) -> BTreeSet<String> {
        lock(&self.shared.answered).clone()
    }

    /// Deliveries that are on their way and not held up.
    pub(crate) fn under_way(&self) -> usize {
        self.shared.under_way.load(Ordering::SeqCst)
    }
}

#[derive(Debug, Clone, Copy)]
enum Fate {
    Pass,
    Lose,
    LoseAnswer,
    Repeat,
    Hold(Duration),
}

impl Shared {
    fn fate(&self) -> Fate {
        let odds = *lock(&self.odds);
        let mut random = lock(&self.random);
        let mut draw: f64 = random.random();
        for (share, fate) in [
            (odds.lose, Fate::Lose),
            (odds.lose_answer, Fate::LoseAnswer),
            (odds.repeat, Fate::Repeat),
            (odds.hold, Fate::Hold(Duration::from_secs(random.random_range(1..240)))),
        ] {
            if draw < share {
                return fate;
            }
            draw -= share;
        }
        Fate::Pass
    }

    /// Passes a delivery on and notes what the console promised.
    async fn deliver(&self, request: &Delivery) -> StatusCode {
        let Some(target) = lock(&self.target).clone() else { return StatusCode::BAD_GATEWAY };
        let mut passed = self.client.post(target).body(request.body.clone());
        for (name, value) in &request.headers {
            passed = passed.header(*name, value.as_slice());
        }
        let Ok(answer) = passed.send().await else { return StatusCode::BAD_GATEWAY };
        let status = answer.status();
        if status == StatusCode::OK {
            lock(&self.passed).answered_200 += 1;
            if let Some(id) = &request.id {
                lock(&self.answered).insert(id.clone());
            }
        }
        status
    }
}

#[derive(Debug)]
struct Delivery {
    id: Option<String>,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Bytes,
}

async fn pass(shared: Arc<Shared>, request: Request<Incoming>) -> Result<Response<Body>, Cut> {
    if request.method() == hyper::Method::HEAD {
        return Ok(Response::new(full("")));
    }
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
    let parsed: Value = serde_json::from_slice(&body).unwrap_or_default();
    let headers = ["x-hub-signature", "content-type", "user-agent"]
        .into_iter()
        .filter_map(|name| Some((name, head.headers.get(name)?.as_bytes().to_vec())))
        .collect();
    let id = parsed.get("id").and_then(Value::as_str).map(str::to_owned);
    let delivery = Delivery { id, headers, body };
    lock(&shared.passed).came += 1;
    let fate = shared.fate();
    let counted = |count: fn(&mut Passed)| count(&mut lock(&shared.passed));
    // On a task of its own: when the helpdesk stops waiting, the delivery goes on all the same.
    let (passing, is_held) = (Arc::clone(&shared), matches!(fate, Fate::Hold(_)));
    match fate {
        Fate::Pass => {}
        Fate::Lose => counted(|passed| passed.lost += 1),
        Fate::LoseAnswer => counted(|passed| passed.answers_lost += 1),
        Fate::Repeat => counted(|passed| passed.repeated += 1),
        Fate::Hold(_) => counted(|passed| passed.held += 1),
    }
    if !is_held {
        shared.under_way.fetch_add(1, Ordering::SeqCst);
    }
    let task = tokio::spawn(async move {
        let status = match fate {
            Fate::Pass => passing.deliver(&delivery).await,
            Fate::Lose => StatusCode::BAD_GATEWAY,
            Fate::LoseAnswer => {
                passing.deliver(&delivery).await;
                StatusCode::GATEWAY_TIMEOUT
            }
            Fate::Repeat => {
                passing.deliver(&delivery).await;
                passing.deliver(&delivery).await
            }
            Fate::Hold(duration) => {
                passing.clock.sleep(duration).await;
                passing.deliver(&delivery).await
            }
        };
        if !is_held {
            passing.under_way.fetch_sub(1, Ordering::SeqCst);
        }
        status
    });
    let status = task.await.map_err(|_| Cut)?;
    let mut response = Response::new(full(""));
    *response.status_mut() = status;
    Ok(response)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
