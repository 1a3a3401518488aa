//! What goes wrong, and when: faults of the API, networks and tunnels that go away, processes that are killed, laptops
//! that are shut.

use crate::console::Console;
use crate::helpdesk::Desk;
use crate::relay::{ORDERED, Trap};
use crate::tunnel::Odds;
use anyhow::Result;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use simulator::Clock as _;
use std::collections::BTreeMap;

/// How often things go wrong on an ordinary day.
const ODDS: Odds = Odds { lose: 0.03, lose_answer: 0.02, repeat: 0.03, hold: 0.04 };

/// Something that ends at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Restart(usize),
    Wake(usize),
    Network(usize),
    Tunnel(usize),
    Quota,
}

/// What went wrong so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Struck {
    /// Faults of the API that struck a call, by kind.
    pub(crate) faults: BTreeMap<&'static str, usize>,
    pub(crate) network: usize,
    pub(crate) tunnels: usize,
    pub(crate) tunnels_moved: usize,
    pub(crate) restarts: usize,
}

/// Trouble, drawn from a seed.
#[derive(Debug)]
pub(crate) struct Trouble {
    random: ChaCha8Rng,
    ends: Vec<(i64, End)>,
    quota: Option<Value>,
    /// Faults ordered and not counted yet: their kind, and how often each was to strike.
    ordered: BTreeMap<u64, (&'static str, u64)>,
    pub(crate) struck: Struck,
}

impl Trouble {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(seed ^ 0x74_72),
            ends: Vec::new(),
            quota: None,
            ordered: BTreeMap::new(),
            struck: Struck::default(),
        }
    }

    /// Lets deliveries meet with what they meet with.
    pub(crate) fn on_the_way(consoles: &[Console]) {
        for console in consoles {
            console.tunnel.set_odds(ODDS);
        }
    }

    /// Makes new trouble, on average `share` of a day's.
    ///
    /// `faults` are those of the API in a day.
    pub(crate) async fn strike(
        &mut self,
        desk: &Desk,
        consoles: &mut [Console],
        faults: f64,
        share: f64,
    ) -> Result<()> {
        let now = desk.clock.now_ms();
        let mut happens = |a_day: f64| self.random.random_bool((a_day * share).min(1.0));
        let (faults, kill, trap, close, sleep) =
            (happens(faults), happens(6.0), happens(10.0), happens(3.0), happens(4.0));
        let (network, tunnel, quota) = (happens(4.0), happens(5.0), happens(3.0));
        if faults {
            self.order_fault(desk).await;
        }
        let which = self.random.random_range(0..consoles.len());
        let minutes = |random: &mut ChaCha8Rng, most: i64| now + 60_000 * random.random_range(1..=most);
        let Some(console) = consoles.get_mut(which) else { return Ok(()) };
        if kill && console.runs() {
            console.kill().await;
            self.ends.push((minutes(&mut self.random, 40), End::Restart(which)));
        }
        if trap {
            let trap = if self.random.random_bool(0.6) { Trap::BeforeAnswer } else { Trap::BeforeCall };
            console.relay.set_trap(Some(trap));
        }
        if close && console.is_awake() {
            console.close().await?;
            self.struck.restarts += 1;
            self.ends.push((minutes(&mut self.random, 90), End::Restart(which)));
        }
        // The process hears only afterwards what time it is: asleep in the middle of a call it would not know.
        if sleep && console.is_awake() && !console.is_acting().await {
            console.sleep();
            self.ends.push((minutes(&mut self.random, 120), End::Wake(which)));
        }
        if network {
            console.relay.set_open(false);
            self.struck.network += 1;
            self.ends.push((minutes(&mut self.random, 60), End::Network(which)));
        }
        if tunnel {
            console.tunnel.go_away();
            self.struck.tunnels += 1;
            self.ends.push((minutes(&mut self.random, 60), End::Tunnel(which)));
        }
        if quota && self.quota.is_none() {
            let limit = self.random.random_range(25..120);
            self.quota = desk.try_play("faults", json!({ "do": "rate_limit", "limit": limit })).await;
            // Nobody can know of a new limit before an answer tells of it.
            for console in consoles.iter() {
                console.relay.excuse_until(now + 80_000);
            }
            self.ends.push((minutes(&mut self.random, 30), End::Quota));
        }
        Ok(())
    }

    /// Orders a fault for the next calls of a kind.
    async fn order_fault(&mut self, desk: &Desk) {
        let on = match self.random.random_range(0..10) {
            0..3 => json!({ "method": "GET", "path": "/conversations/*" }),
            3..5 => json!({ "method": "POST", "path": "/conversations/*/reply" }),
            5..7 => json!({ "method": "POST", "path": "/conversations/*/parts" }),
            7 => json!({ "method": "POST", "path": "/conversations/search" }),
            8 => json!({ "method": "GET", "path": "/contacts/*" }),
            _ => json!({}),
        };
        let (kind, mut fault) = match self.random.random_range(0..100) {
            0..14 => ("429", json!({ "do": "rate_limit", "message": ORDERED })),
            14..32 => ("5xx", json!({ "do": "status", "status": self.random.random_range(500..505) })),
            32..40 => ("slow", json!({ "do": "slow", "delay_ms": self.random.random_range(500..20_000) })),
            40..50 => {
                ("slow body", json!({ "do": "slow_body", "delay_ms": self.random.random_range(500..9_000) }))
            }
            50..64 => ("cut before", json!({ "do": "cut_before" })),
            64..80 => ("cut after", json!({ "do": "cut_after" })),
            80..88 => ("cut body", json!({ "do": "cut_body" })),
            88..97 => ("broken JSON", json!({ "do": "bad_json" })),
            97 => ("401", json!({ "do": "status", "status": 401, "code": "unauthorized" })),
            98 => ("403", json!({ "do": "status", "status": 403, "code": "api_plan_restricted" })),
            _ => ("404", json!({ "do": "status", "status": 404, "code": "not_found" })),
        };
        // A false "not found" of a reading would be a lie about a conversation that is there: only calls that write.
        let on =
            if kind == "404" { json!({ "method": "POST", "path": "/conversations/*/reply" }) } else { on };
        let times: u64 = self.random.random_range(1..3);
        if let Some(members) = fault.as_object_mut() {
            members.insert("match".to_owned(), on);
            members.insert("times".to_owned(), times.into());
        }
        let answer = desk.try_play("faults", fault).await;
        if let Some(id) = answer.and_then(|answer| answer.get("id")?.as_u64()) {
            self.ordered.insert(id, (kind, times));
        }
    }

    /// Takes back what has not struck yet, and counts what has.
    pub(crate) async fn clear_faults(&mut self, desk: &Desk) -> Result<()> {
        let list = desk.faults().await?;
        for fault in list.as_array().into_iter().flatten() {
            let id = fault.get("id").and_then(Value::as_u64);
            let left = fault.pointer("/fault/times").and_then(Value::as_u64).unwrap_or(0);
            if let Some(&(kind, times)) = id.and_then(|id| self.ordered.get(&id)) {
                *self.struck.faults.entry(kind).or_default() += times.saturating_sub(left) as usize;
            }
        }
        self.ordered.clear();
        desk.heal().await
    }

    /// Whether a low limit of calls is in force.
    pub(crate) const fn is_short_of_calls(&self) -> bool {
        self.quota.is_some()
    }

    /// Ends what has lasted long enough, and sees to consoles that a trap has killed.
    pub(crate) async fn mend(&mut self, desk: &Desk, consoles: &mut [Console]) -> Result<()> {
        let now = desk.clock.now_ms();
        for (number, console) in consoles.iter_mut().enumerate() {
            if console.has_ended() {
                let back = now + 60_000 * self.random.random_range(0..20);
                self.ends.push((back, End::Restart(number)));
            }
        }
        let (due, later): (Vec<_>, Vec<_>) = self.ends.drain(..).partition(|(at, _)| *at <= now);
        self.ends = later;
        for (_, end) in due {
            self.end(end, desk, consoles).await?;
        }
        Ok(())
    }

    async fn end(&mut self, end: End, desk: &Desk, consoles: &mut [Console]) -> Result<()> {
        let (End::Restart(which) | End::Wake(which) | End::Network(which) | End::Tunnel(which)) = end else {
            self.quota = None;
            return self.clear_faults(desk).await;
        };
        let Some(console) = consoles.get_mut(which) else { return Ok(()) };
        match end {
            End::Restart(_) => console.start().await?,
            End::Wake(_) => console.wake().await,
            End::Network(_) => console.relay.set_open(true),
            End::Tunnel(_) => {
                console.tunnel.move_to_another_address().await?;
                self.struck.tunnels_moved += 1;
                subscribe(desk, console).await;
            }
            End::Quota => {}
        }
        Ok(())
    }

    /// Ends all trouble: what comes now is only catching up.
    pub(crate) async fn heal(&mut self, desk: &Desk, consoles: &mut [Console]) -> Result<()> {
        self.ends.clear();
        self.quota = None;
        self.clear_faults(desk).await?;
        for console in consoles {
            console.has_ended();
            console.relay.set_trap(None);
            console.relay.set_open(true);
            console.tunnel.set_odds(Odds::default());
            console.start().await?;
            console.wake().await;
            console.tunnel.move_to_another_address().await?;
            subscribe(desk, console).await;
        }
        Ok(())
    }
}

/// Tells the helpdesk where to deliver for a console: the setting that a person changes by hand.
pub(crate) async fn subscribe(desk: &Desk, console: &Console) {
    // One that has no app of its own beside the first looks on its own, at intervals.
    let has_an_app = console.name == "a" || console.credentials.label.is_some();
    if let Some(url) = console.tunnel.url().filter(|_| has_an_app) {
        let mut body = json!({ "url": url });
        if let (Some(app), Some(members)) = (&console.credentials.label, body.as_object_mut()) {
            members.insert("app".to_owned(), app.as_str().into());
        }
        desk.try_play("webhook", body).await;
    }
}
