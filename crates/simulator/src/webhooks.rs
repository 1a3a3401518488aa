//! Webhooks: notices leave through a queue of their own, signed, and are tried twice.
//!
//! An answer of the REST interface never waits for a delivery. Deliveries begin in the order of their notices; an
//! endpoint that is slow does not hold up the ones behind, so order is not promised, as on the real service.

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
use tokio::sync::{Semaphore, mpsc};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{clock::Clock, lock, seed::Seed, world::Notice};

mod payload;

/// How long an endpoint may take, and how long a failed delivery waits for its second try.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
const RETRY_AFTER: Duration = Duration::from_mins(1);
/// How long the queue waits for a delivery before it begins the next one beside it.
const IN_ORDER_WITHIN: Duration = Duration::from_secs(1);
const AT_ONCE: usize = 64;
const USER_AGENT: &str = "intercom-parrot-service-client/1.0";

/// The one subscription of a workspace, and how its deliveries fare.
#[derive(Debug)]
pub(crate) struct Webhooks {
    queue: mpsc::UnboundedSender<Notice>,
    subscription: Mutex<Subscription>,
    counts: Counts,
    sender: Sender,
}

#[derive(Debug, Default)]
struct Subscription {
    url: Option<String>,
    /// Empty means all.
    topics: Vec<String>,
    disabled: bool,
}

#[derive(Debug, Default)]
struct Counts {
    queued: AtomicU64,
    delivered: AtomicU64,
    waiting_for_retry: AtomicU64,
    failed: AtomicU64,
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
            counts: Counts::default(),
            sender: Sender { client, clock, seed, app_id, client_secret },
        });
        tasks.spawn(run_queue(Arc::clone(&webhooks), notices, tasks.clone(), cancel.clone()));
        Ok(webhooks)
    }

    /// Queues what a subscriber is to be told. Without a subscription nobody is.
    pub(crate) fn tell(&self, notices: impl IntoIterator<Item = Notice>) {
        for notice in notices {
            let wanted = {
                let subscription = lock(&self.subscription);
                subscription.url.is_some()
                    && !subscription.disabled
                    && (notice.topic == "ping"
                        || subscription.topics.is_empty()
                        || subscription.topics.iter().any(|topic| topic == notice.topic))
            };
            if wanted && self.queue.send(notice).is_ok() {
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
        *lock(&self.subscription) = Subscription { url: Some(url.to_owned()), topics, disabled: false };
        self.ping();
        Ok(status.as_u16())
    }

    pub(crate) fn unsubscribe(&self) {
        *lock(&self.subscription) = Subscription::default();
    }

    pub(crate) fn state(&self) -> Value {
        let subscription = lock(&self.subscription);
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        json!({
            "url": subscription.url,
            "topics": subscription.topics,
            "disabled": subscription.disabled,
            "queued": count(&self.counts.queued),
            "delivered": count(&self.counts.delivered),
            "waiting_for_retry": count(&self.counts.waiting_for_retry),
            "failed": count(&self.counts.failed),
        })
    }

    fn ping(&self) {
        let number = self.counts.pings.fetch_add(1, Ordering::Relaxed);
        let item = json!({ "type": "ping", "message": "Webhooks of this workspace arrive here" });
        let created_at = self.sender.clock.now_ms() / 1000;
        self.tell([Notice { topic: "ping", item, created_at, about: format!("ping/{number}") }]);
    }

    fn url(&self) -> Option<String> {
        let subscription = lock(&self.subscription);
        subscription.url.clone().filter(|_| !subscription.disabled)
    }

    /// Delivers one notice: a try, and a second one a minute later.
    async fn deliver(&self, notice: Notice) {
        let first_sent_at = self.sender.clock.now_ms() / 1000;
        for attempt in 1..=2 {
            let url = self.url();
            let envelope = payload::Envelope {
                seed: self.sender.seed,
                app_id: &self.sender.app_id,
                notice: &notice,
                attempt,
                first_sent_at,
            };
            let outcome = match &url {
                Some(url) => self.sender.post(url, envelope.to_json().to_string()).await,
                None => None,
            };
            if attempt == 1 {
                self.counts.queued.fetch_sub(1, Ordering::Relaxed);
            }
            match outcome {
                _ if url.is_none() => return,
                Some(status) if status.is_success() => {
                    self.counts.delivered.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                Some(StatusCode::GONE) => {
                    lock(&self.subscription).disabled = true;
                    self.counts.failed.fetch_add(1, Ordering::Relaxed);
                    return;
                }
                _ if attempt == 1 => {
                    self.counts.waiting_for_retry.fetch_add(1, Ordering::Relaxed);
                    self.sender.clock.sleep(RETRY_AFTER).await;
                    self.counts.waiting_for_retry.fetch_sub(1, Ordering::Relaxed);
                }
                _ => {
                    self.counts.failed.fetch_add(1, Ordering::Relaxed);
                }
            }
        }
    }
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
        let place = tokio::select! {
            () = cancel.cancelled() => return,
            place = Arc::clone(&places).acquire_owned() => place,
        };
        let webhooks = Arc::clone(&webhooks);
        let until = cancel.clone();
        let delivery = tasks.spawn(async move {
            let _place = place;
            tokio::select! {
                () = until.cancelled() => {}
                () = webhooks.deliver(notice) => {}
            }
        });
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
