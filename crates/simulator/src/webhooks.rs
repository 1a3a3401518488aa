//! Webhooks: notices leave through a queue of their own, signed, and are tried twice.
//!
//! An answer of the REST interface never waits for a delivery. Deliveries begin in the order of their notices; an
//! endpoint that is slow does not hold up the ones behind, so order is not promised, as on the real service. Faults
//! may be ordered that drop, double, delay or reorder them, and an endpoint that fails for long is left alone.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hmac::{Hmac, KeyInit, Mac};
use hyper::StatusCode;
use serde_json::{Value, json};
use sha1::Sha1;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{clock::Clock, lock, seed::Seed, world::Notice};

mod faults;
mod health;
mod payload;

use faults::Fate;
pub use faults::{DelayFault, DeliveryFaults};
use health::{Health, Verdict};

/// How long an endpoint may take, and how long a failed delivery waits for its second try.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const RETRY_AFTER: Duration = Duration::from_mins(1);
/// How long the queue waits for a delivery before it begins the next one beside it.
const IN_ORDER_WITHIN: Duration = Duration::from_secs(1);
/// How long a delivery that is to be overtaken waits for others.
const OVERTAKEN_WITHIN: Duration = Duration::from_secs(2);
/// A notice that is held up by 429 for longer is dropped.
const THROTTLED_AT_MOST_MS: i64 = 2 * 3_600_000;
const AT_ONCE: usize = 64;
const USER_AGENT: &str = "intercom-parrot-service-client/1.0";

/// The one subscription of an app, and how its deliveries fare.
#[derive(Debug)]
pub(crate) struct Webhooks {
    queue: mpsc::UnboundedSender<Notice>,
    subscription: Mutex<Subscription>,
    faults: Mutex<Option<DeliveryFaults>>,
    counts: Counts,
    /// How many deliveries have left the queue, for those that are to be overtaken.
    begun: watch::Sender<u64>,
    sender: Sender,
}

#[derive(Debug, Default)]
struct Subscription {
    url: Option<String>,
    /// Empty means all.
    topics: Vec<String>,
    disabled: bool,
    health: Health,
}

#[derive(Debug, Default)]
struct Counts {
    queued: AtomicU64,
    held_back: AtomicU64,
    delivered: AtomicU64,
    waiting_for_retry: AtomicU64,
    failed: AtomicU64,
    /// Never sent, because a fault said so.
    dropped: AtomicU64,
    /// Never sent, because deliveries were paused.
    dropped_in_pause: AtomicU64,
    duplicated: AtomicU64,
    delayed: AtomicU64,
    reordered: AtomicU64,
    pings: AtomicU64,
}

/// What a delivery is made with.
#[derive(Debug, Clone)]
struct Sender {
    client: reqwest::Client,
    clock: Arc<dyn Clock>,
    seed: Seed,
    app_id: String,
    client_secret: String,
}

/// Why a new address was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SubscriptionError {
    #[error("'{0}' is not an http or https address")]
    NotAnAddress(String),
    #[error("{0} did not answer a HEAD request with success: {1}")]
    NoAnswerToHead(String, String),
}

impl Webhooks {
    /// Starts the queue. It runs on `tasks` until `cancel`.
    pub(crate) fn start(
        clock: Arc<dyn Clock>,
        seed: Seed,
        app_id: String,
        client_secret: String,
        tasks: &TaskTracker,
        cancel: &CancellationToken,
    ) -> Result<Arc<Self>, reqwest::Error> {
        let client = reqwest::Client::builder()
            .user_agent(USER_AGENT)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let (queue, notices) = mpsc::unbounded_channel();
        let webhooks = Arc::new(Self {
            queue,
            subscription: Mutex::new(Subscription::default()),
            faults: Mutex::new(None),
            counts: Counts::default(),
            begun: watch::Sender::new(0),
            sender: Sender { client, clock, seed, app_id, client_secret },
        });
        tasks.spawn(run_queue(Arc::clone(&webhooks), notices, tasks.clone(), cancel.clone()));
        Ok(webhooks)
    }

    /// Queues what a subscriber is to be told. Without a subscription nobody is.
    pub(crate) fn tell<'a>(&self, notices: impl IntoIterator<Item = &'a Notice>) {
        for notice in notices {
            let subscription = lock(&self.subscription);
            let wanted = subscription.is_open()
                && (notice.topic == "ping"
                    || subscription.topics.is_empty()
                    || subscription.topics.iter().any(|topic| topic == notice.topic));
            if !wanted {
                continue;
            }
            if subscription.health.is_paused(self.sender.clock.now_ms()) {
                self.counts.dropped_in_pause.fetch_add(1, Ordering::Relaxed);
            } else if self.queue.send(notice.clone()).is_ok() {
                self.counts.queued.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Takes a new address once it answers a HEAD request, and pings it.
    pub(crate) async fn subscribe(&self, url: &str, topics: Vec<String>) -> Result<u16, SubscriptionError> {
        let address = url::Url::parse(url)
            .ok()
            .filter(|address| matches!(address.scheme(), "http" | "https"))
            .ok_or_else(|| SubscriptionError::NotAnAddress(url.to_owned()))?;
        let refused = |why: String| SubscriptionError::NoAnswerToHead(url.to_owned(), why);
        let answer = tokio::select! {
            answer = self.sender.client.head(address).send() => answer,
            () = self.sender.clock.sleep(ANSWER_WITHIN) => return Err(refused("no answer within 5 s".to_owned())),
        };
        let status = answer.map_err(|error| refused(with_causes(&error)))?.status();
        if !status.is_success() {
            return Err(refused(format!("it answered {status}")));
        }
        *lock(&self.subscription) =
            Subscription { url: Some(url.to_owned()), topics, ..Subscription::default() };
        self.ping();
        Ok(status.as_u16())
    }

    pub(crate) fn unsubscribe(&self) {
        *lock(&self.subscription) = Subscription::default();
    }

    /// Somebody presses 'Set live': a subscription that was disabled or suspended is told again.
    pub(crate) fn set_live(&self) {
        let mut subscription = lock(&self.subscription);
        subscription.disabled = false;
        subscription.health = Health::default();
    }

    pub(crate) fn order_faults(&self, faults: Option<DeliveryFaults>) {
        *lock(&self.faults) = faults;
    }

    pub(crate) fn ordered_faults(&self) -> Option<DeliveryFaults> {
        lock(&self.faults).clone()
    }

    pub(crate) fn state(&self) -> Value {
        let subscription = lock(&self.subscription);
        let health = &subscription.health;
        let now_ms = self.sender.clock.now_ms();
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let counts = &self.counts;
        json!({
            "url": subscription.url,
            "topics": subscription.topics,
            "disabled": subscription.disabled,
            "suspended": health.is_suspended(),
            "paused_until": health.paused_until(now_ms),
            "throttled_until": health.throttled_until(now_ms),
            "errors_in_a_row": health.errors_in_a_row(),
            "failing_since": health.failing_since(),
            "queued": count(&counts.queued),
            "held_back": count(&counts.held_back),
            "delivered": count(&counts.delivered),
            "waiting_for_retry": count(&counts.waiting_for_retry),
            "failed": count(&counts.failed),
            "dropped": count(&counts.dropped),
            "dropped_in_pause": count(&counts.dropped_in_pause),
            "duplicated": count(&counts.duplicated),
            "delayed": count(&counts.delayed),
            "reordered": count(&counts.reordered),
        })
    }

    fn ping(&self) {
        let number = self.counts.pings.fetch_add(1, Ordering::Relaxed);
        let item = json!({ "type": "ping", "message": "Webhooks of this workspace arrive here" });
        let created_at = self.sender.clock.now_ms() / 1000;
        self.tell([&Notice { topic: "ping", item, created_at, about: format!("ping/{number}") }]);
    }

    /// Makes the first try at a notice, as its fate is. Gives what is to be tried again.
    async fn deliver(&self, notice: Notice, fate: Fate) -> Option<Delivery> {
        if fate.is_late() {
            self.counts.queued.fetch_sub(1, Ordering::Relaxed);
            self.counts.held_back.fetch_add(1, Ordering::Relaxed);
            self.wait_as_ordered(fate).await;
            self.counts.queued.fetch_add(1, Ordering::Relaxed);
            self.counts.held_back.fetch_sub(1, Ordering::Relaxed);
        }
        let delivery = Delivery { notice, fate, first_sent_at: self.sender.clock.now_ms() / 1000 };
        let outcome = self.attempt(&delivery, 1).await;
        let failed = outcome == Outcome::Failed;
        if failed {
            self.counts.waiting_for_retry.fetch_add(1, Ordering::Relaxed);
        } else {
            self.settle(&delivery, 1, outcome).await;
        }
        self.counts.queued.fetch_sub(1, Ordering::Relaxed);
        failed.then_some(delivery)
    }

    /// The second try, and the last.
    async fn deliver_again(&self, delivery: Delivery) {
        self.sender.clock.sleep(RETRY_AFTER).await;
        let outcome = self.attempt(&delivery, 2).await;
        self.counts.waiting_for_retry.fetch_sub(1, Ordering::Relaxed);
        self.settle(&delivery, 2, outcome).await;
    }

    /// Counts how a delivery ended, and makes it once more if that is its fate.
    async fn settle(&self, delivery: &Delivery, attempt: u8, outcome: Outcome) {
        let counter = match outcome {
            Outcome::NobodyThere => return,
            Outcome::InPause => &self.counts.dropped_in_pause,
            Outcome::Delivered => &self.counts.delivered,
            Outcome::Gone | Outcome::Failed => &self.counts.failed,
        };
        counter.fetch_add(1, Ordering::Relaxed);
        if outcome == Outcome::Delivered && delivery.fate.twice {
            self.counts.duplicated.fetch_add(1, Ordering::Relaxed);
            let _again = self.attempt(delivery, attempt).await;
        }
    }

    /// One try, put off for as long as the endpoint asks for by 429.
    async fn attempt(&self, delivery: &Delivery, attempt: u8) -> Outcome {
        let came_ms = self.sender.clock.now_ms();
        loop {
            let now_ms = self.sender.clock.now_ms();
            let (url, wait_ms) = {
                let subscription = lock(&self.subscription);
                if !subscription.is_open() {
                    return Outcome::NobodyThere;
                }
                if subscription.health.is_paused(now_ms) {
                    return Outcome::InPause;
                }
                (subscription.url.clone().unwrap_or_default(), subscription.health.throttled_for(now_ms))
            };
            if let Some(wait_ms) = wait_ms {
                if now_ms + wait_ms - came_ms > THROTTLED_AT_MOST_MS {
                    return Outcome::InPause;
                }
                self.sender.clock.sleep(Duration::from_millis(wait_ms.unsigned_abs())).await;
                continue;
            }
            let envelope = payload::Envelope {
                seed: self.sender.seed,
                app_id: &self.sender.app_id,
                notice: &delivery.notice,
                attempt,
                first_sent_at: delivery.first_sent_at,
            };
            let status = self.sender.post(&url, envelope.to_json().to_string()).await;
            let mut subscription = lock(&self.subscription);
            match subscription.health.note(self.sender.clock.now_ms(), status) {
                Verdict::Fine => return Outcome::Delivered,
                Verdict::Gone => {
                    subscription.disabled = true;
                    return Outcome::Gone;
                }
                Verdict::Error => return Outcome::Failed,
                Verdict::Throttled => {}
            }
        }
    }

    /// Waits until others have overtaken, or until the delay is over.
    async fn wait_as_ordered(&self, fate: Fate) {
        if let Some(delay) = fate.delay {
            self.sender.clock.sleep(delay).await;
        }
        if fate.overtaken_by > 0 {
            let mut begun = self.begun.subscribe();
            let target = *begun.borrow() + fate.overtaken_by;
            tokio::select! {
                _begun = begun.wait_for(|begun| *begun >= target) => {}
                () = self.sender.clock.sleep(OVERTAKEN_WITHIN) => {}
            }
        }
    }

    /// What is to happen to a notice, counted; nothing when it is to be dropped.
    fn fate_of(&self, notice: &Notice) -> Option<Fate> {
        let fate = match &*lock(&self.faults) {
            Some(faults) => faults.fate_of(notice.topic, payload::draw(&notice.about)),
            None => Fate::default(),
        };
        let count = |counter: &AtomicU64, happens: bool| {
            counter.fetch_add(u64::from(happens), Ordering::Relaxed);
        };
        if fate.dropped {
            self.counts.queued.fetch_sub(1, Ordering::Relaxed);
            count(&self.counts.dropped, true);
            return None;
        }
        count(&self.counts.delayed, fate.delay.is_some());
        count(&self.counts.reordered, fate.overtaken_by > 0);
        Some(fate)
    }
}

impl Subscription {
    fn is_open(&self) -> bool {
        self.url.is_some() && !self.disabled && !self.health.is_suspended()
    }
}

/// A notice on its way, which may have failed once.
#[derive(Debug)]
struct Delivery {
    notice: Notice,
    fate: Fate,
    first_sent_at: i64,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Delivered,
    Failed,
    Gone,
    InPause,
    NobodyThere,
}

impl Sender {
    /// Gives the status of the answer, or nothing when there was none in time.
    async fn post(&self, url: &str, body: String) -> Option<StatusCode> {
        let request = self
            .client
            .post(url)
            .header("accept", "application/json")
            .header("content-type", "application/json")
            .header("x-hub-signature", signature(&self.client_secret, body.as_bytes()))
            .body(body);
        tokio::select! {
            answer = request.send() => answer.ok().map(|answer| answer.status()),
            () = self.clock.sleep(ANSWER_WITHIN) => None,
        }
    }
}

/// `sha1=` and the HMAC of the raw body under the client secret.
pub(crate) fn signature(client_secret: &str, body: &[u8]) -> String {
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(client_secret.as_bytes()) else { return String::new() };
    mac.update(body);
    format!("sha1={}", hex::encode(mac.finalize().into_bytes()))
}

async fn run_queue(
    webhooks: Arc<Webhooks>,
    mut notices: mpsc::UnboundedReceiver<Notice>,
    tasks: TaskTracker,
    cancel: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let next = tokio::select! {
            () = cancel.cancelled() => return,
            next = notices.recv() => next,
        };
        let Some(notice) = next else { return };
        let Some(fate) = webhooks.fate_of(&notice) else { continue };
        if !fate.is_late() {
            webhooks.begun.send_modify(|begun| *begun += 1);
        }
        let place = tokio::select! {
            () = cancel.cancelled() => return,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let webhooks = Arc::clone(&webhooks);
        let until = cancel.clone();
        let later = tasks.clone();
        let delivery = tasks.spawn(async move {
            // What waits on purpose takes no place from the others.
            let place = (!fate.is_late()).then_some(place);
            let failed = tokio::select! {
                () = until.cancelled() => None,
                failed = webhooks.deliver(notice, fate) => failed,
            };
            drop(place);
            let Some(failed) = failed else { return };
            // Nor does what waits for its second try.
            later.spawn(async move {
                tokio::select! {
                    () = until.cancelled() => {}
                    () = webhooks.deliver_again(failed) => {}
                }
            });
        });
        if fate.is_late() {
            continue;
        }
        // A late delivery goes on beside the next one.
        let _late = tokio::time::timeout(IN_ORDER_WITHIN, delivery).await;
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_that_of_the_published_vector() {
        let body = br#"{"type":"notification_event","id":"notif_1","topic":"conversation.user.created","app_id":"abc","created_at":1700000000,"data":{"type":"notification_event_data","item":{"type":"conversation","id":"1"}}}"#;
        assert_eq!(signature("intercom_secret", body), "sha1=e0d6deaa5785a871c44a56b6c3138ce190b6cc98");
    }
}
