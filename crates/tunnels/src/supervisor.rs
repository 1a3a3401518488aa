//! Keeps one tunnel open: starts it, watches it, probes it from outside, starts it again, ends it.
//!
//! Everything runs in a task of its own; nobody waits for it. How it stands is in [`Supervisor::status`].

use crate::pause::pause_ms;
use crate::port::{OpenError, Tunnel, TunnelEvent, TunnelProvider};
use crate::probe::{Outcome, Probe};
use crate::sleep::{Monotonic, SleepWatch};
use crate::status::Status;
use crate::target::Target;
use crate::verdict::Tally;
use domain::Timestamp;
use domain::ports::Clock;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use url::Url;

/// When what is done, milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// From one probe to the next.
    pub probe_ms: i64,
    /// From a new address, a failed probe before the first success, or a wake, to the next probe.
    pub soon_ms: i64,
    /// From one comparison of the clocks to the next.
    pub tick_ms: i64,
    /// From one look for a program that is not installed to the next.
    pub look_ms: i64,
}

impl Default for Timing {
    fn default() -> Self {
        Self { probe_ms: 30_000, soon_ms: 3_000, tick_ms: 10_000, look_ms: 15_000 }
    }
}

/// What a supervisor needs.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where the tunnel leads.
    pub target: Target,
    /// What opens it.
    pub provider: Arc<dyn TunnelProvider>,
    /// What asks the public URL.
    pub probe: Arc<dyn Probe>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// A clock that stands still while the machine sleeps.
    pub monotonic: Monotonic,
    /// When what is done.
    pub timing: Timing,
}

/// Keeps one tunnel open. Dropping it ends the tunnel.
#[derive(Debug)]
pub struct Supervisor {
    status: watch::Receiver<Status>,
    wanted: watch::Sender<bool>,
    woke: Arc<Notify>,
    task: Option<JoinHandle<()>>,
}

impl Supervisor {
    /// Starts to.
    pub fn start(plan: Plan) -> Self {
        let (status_sender, status) = watch::channel(Status::Starting { attempt: 1 });
        let (wanted, still_wanted) = watch::channel(true);
        let woke = Arc::new(Notify::new());
        let sleep = SleepWatch::new(Arc::clone(&plan.clock), plan.monotonic.clone(), plan.timing.tick_ms);
        let work = Work {
            plan,
            status: status_sender,
            wanted: still_wanted,
            woke: Arc::clone(&woke),
            sleep,
            failures: 0,
        };
        let task = tokio::spawn(work.run());
        Self { status, wanted, woke, task: Some(task) }
    }

    /// How it stands, and every change of it.
    pub fn status(&self) -> watch::Receiver<Status> {
        self.status.clone()
    }

    /// The machine slept, or the network is another one: look at once.
    pub fn woke(&self) {
        self.woke.notify_one();
    }

    /// Ends the tunnel, and returns when its program is gone.
    pub async fn stop(mut self) {
        let _ = self.wanted.send(false);
        if let Some(task) = self.task.take() {
            let _ = task.await;
        }
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        if let Some(task) = self.task.take() {
            // Whatever it holds is dropped with it, and that ends the program.
            task.abort();
        }
    }
}

/// Why waiting or watching ended.
enum Next {
    /// Nobody wants the tunnel any more.
    Stop,
    /// It should be opened again: why, in words; and whether it had worked.
    Again(String, bool),
}

/// The task.
struct Work {
    plan: Plan,
    status: watch::Sender<Status>,
    wanted: watch::Receiver<bool>,
    woke: Arc<Notify>,
    sleep: SleepWatch,
    /// Failures in a row.
    failures: u32,
}

impl Work {
    async fn run(mut self) {
        loop {
            let next = self.once().await;
            let stop = match next {
                Next::Stop => true,
                Next::Again(reason, worked) => self.pause(reason, worked).await,
            };
            if stop {
                self.status.send_replace(Status::Off);
                return;
            }
        }
    }

    /// Opens the tunnel and watches it until it ends.
    async fn once(&mut self) -> Next {
        self.status.send_replace(Status::Starting { attempt: self.failures.saturating_add(1) });
        loop {
            let opened = {
                let (target, provider) = (&self.plan.target, &self.plan.provider);
                let open = async {
                    target.verify().await.map_err(|error| OpenError::Failed(error.to_string()))?;
                    provider.open(target).await
                };
                tokio::select! {
                    biased;
                    () = unwanted(&mut self.wanted) => return Next::Stop,
                    opened = open => opened,
                }
            };
            match opened {
                Ok(mut tunnel) => {
                    let next = self.watch(tunnel.as_mut()).await;
                    tunnel.close().await;
                    return next;
                }
                Err(OpenError::Failed(reason)) => return Next::Again(reason, false),
                Err(OpenError::NotInstalled { advice }) => {
                    self.status.send_replace(Status::NotInstalled { advice });
                    let look_at = self.plan.clock.now().plus_ms(self.plan.timing.look_ms);
                    if self.wait_until(look_at).await {
                        return Next::Stop;
                    }
                }
            }
        }
    }

    /// Watches an open tunnel.
    async fn watch(&mut self, tunnel: &mut dyn Tunnel) -> Next {
        let mut up = Up::new(tunnel.url(), self.plan.clock.now(), self.plan.timing.soon_ms);
        tracing::info!(provider = self.plan.provider.kind().as_str(), "The tunnel has its public URL");
        self.tell(&up);
        let mut probing: Option<Probing> = None;
        self.sleep.begin();
        loop {
            tokio::select! {
                biased;
                () = unwanted(&mut self.wanted) => return Next::Stop,
                event = tunnel.next() => match event {
                    TunnelEvent::Ended(reason) => return Next::Again(reason, up.reached_at.is_some()),
                    TunnelEvent::Url(url) => {
                        up = Up::new(url, self.plan.clock.now(), self.plan.timing.soon_ms);
                        probing = None;
                        self.tell(&up);
                    }
                },
                outcome = outcome_of(&mut probing) => {
                    probing = None;
                    if let Some(reason) = self.judge(&mut up, &outcome) {
                        return Next::Again(reason, up.reached_at.is_some());
                    }
                },
                () = self.plan.clock.sleep_until(up.probe_at), if probing.is_none() => {
                    let (probe, url) = (Arc::clone(&self.plan.probe), up.url.clone());
                    probing = Some(Box::pin(async move { probe.probe(&url).await }));
                },
                () = woken(&self.woke, &mut self.sleep) => {
                    tracing::info!("The machine woke: the tunnel is probed at once");
                    up.hurry = true;
                    up.probe_at = self.plan.clock.now();
                    probing = None;
                },
            }
        }
    }

    /// Takes a probe's outcome in. Gives the reason when the tunnel should be started again.
    fn judge(&self, up: &mut Up, outcome: &Outcome) -> Option<String> {
        let now = self.plan.clock.now();
        up.tally.count(outcome);
        up.trouble = outcome.trouble();
        if *outcome == Outcome::Reached {
            up.reached_at = Some(now);
            up.hurry = false;
        }
        let settled = up.reached_at.is_some() && !up.hurry;
        let wait = if settled { self.plan.timing.probe_ms } else { self.patience(up) };
        up.probe_at = now.plus_ms(wait);
        self.tell(up);
        let (reached, up_for) = (up.reached_at.is_some(), now.ms_since(up.since));
        let provider = &self.plan.provider;
        let again = up.tally.wants_restart(reached, up_for, provider.url_changes());
        (again && provider.can_restart()).then(|| up.trouble.clone().unwrap_or_default())
    }

    /// Milliseconds to the next probe of a tunnel that is not reached yet: longer each time.
    fn patience(&self, up: &Up) -> i64 {
        let failures = i64::from(up.tally.failures.max(1));
        self.plan.timing.soon_ms.saturating_mul(failures).min(self.plan.timing.probe_ms)
    }

    fn tell(&self, up: &Up) {
        self.status.send_replace(Status::Up {
            url: up.url.clone(),
            since: up.since,
            reached_at: up.reached_at,
            failures: up.tally.failures,
            trouble: up.trouble.clone(),
            caution: self.plan.provider.caution(&up.url),
        });
    }

    /// Waits before the next start. Says whether to stop instead.
    async fn pause(&mut self, reason: String, worked: bool) -> bool {
        self.failures = if worked { 1 } else { self.failures.saturating_add(1) };
        tracing::warn!(
            provider = self.plan.provider.kind().as_str(),
            failures = self.failures,
            "The tunnel is down"
        );
        let retry_at = self.plan.clock.now().plus_ms(pause_ms(self.failures));
        self.status.send_replace(Status::Down { reason, retry_at, failures: self.failures });
        self.wait_until(retry_at).await
    }

    /// Waits until then, or the machine wakes. Says whether to stop.
    async fn wait_until(&mut self, deadline: Timestamp) -> bool {
        self.sleep.begin();
        tokio::select! {
            biased;
            () = unwanted(&mut self.wanted) => true,
            () = self.plan.clock.sleep_until(deadline) => false,
            () = woken(&self.woke, &mut self.sleep) => false,
        }
    }
}

/// An open tunnel, as it is watched.
struct Up {
    url: Url,
    since: Timestamp,
    reached_at: Option<Timestamp>,
    tally: Tally,
    trouble: Option<String>,
    probe_at: Timestamp,
    /// The machine woke, and nothing came through since.
    hurry: bool,
}

impl Up {
    fn new(url: Url, now: Timestamp, soon_ms: i64) -> Self {
        Self {
            url,
            since: now,
            reached_at: None,
            tally: Tally::default(),
            trouble: None,
            probe_at: now.plus_ms(soon_ms),
            hurry: false,
        }
    }
}

type Probing = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// The outcome of a probe under way; never returns while there is none.
async fn outcome_of(probing: &mut Option<Probing>) -> Outcome {
    match probing {
        Some(probing) => probing.await,
        None => std::future::pending().await,
    }
}

/// Returns when nobody wants the tunnel any more.
async fn unwanted(wanted: &mut watch::Receiver<bool>) {
    // An error means that the supervisor is gone.
    let _ = wanted.wait_for(|wanted| !wanted).await;
}

/// Returns when somebody says that the machine woke, or the clocks do.
async fn woken(told: &Notify, sleep: &mut SleepWatch) {
    tokio::select! {
        () = told.notified() => {}
        () = sleep.slept() => {}
    }
}
