//! The run itself: the past, days and nights, healing, and the reckoning.

use crate::Options;
use crate::console::{Console, Credentials};
use crate::helpdesk::Desk;
use crate::lead::Lead;
use crate::people::{People, about};
use crate::relay::Relay;
use crate::report::Report;
use crate::trouble::{Trouble, subscribe};
use crate::tunnel::Tunnel;
use crate::verdict;
use anyhow::{Context as _, Result};
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use simulator::{Clock as _, Config, ManualClock, Simulator};
use std::path::Path;
use std::time::{Duration, Instant};

/// Monday, 2 March 2026, 07:00 UTC.
const MORNING_MS: i64 = 1_772_434_800_000;
const DAY_MS: i64 = 86_400_000;
/// How long people are up.
const WAKING_MS: i64 = 13 * 3_600_000;
/// Pieces of a night.
const NIGHT_TICKS: u32 = 24;
/// The share of all events that fall into the nights.
const NIGHT_SHARE: f64 = 0.12;
/// Each conversation brings so many events after its first message.
const EVENTS_EACH: f64 = 2.2;
/// A tick waits at most so long for what is on its way.
const LONGEST_WAIT: Duration = Duration::from_secs(3);
/// After this time no reading is relied on.
const STALE: Duration = Duration::from_millis(270);
/// How long the consoles get to catch up in the end, by their clock; and, on a machine that is slower than that clock, for
/// as long as less and less waits: so long may pass without any progress.
const HEALING_MS: i64 = 60 * 60_000;
const NO_PROGRESS: Duration = Duration::from_secs(30);

struct Run {
    desk: Desk,
    consoles: Vec<Console>,
    leads: Vec<Lead>,
    people: People,
    trouble: Trouble,
    random: ChaCha8Rng,
    /// Events that are still to come.
    events: usize,
    /// Pieces of a day; the clock moves from one to the next.
    ticks: u32,
}

pub(crate) async fn run(options: Options) -> Result<Report> {
    let started = Instant::now();
    let temporary = tempfile::tempdir()?;
    let folder = options.keep.clone().unwrap_or_else(|| temporary.path().to_path_buf());
    let mut run = Run::open(&options, &folder).await?;
    let past = options.conversations as usize * 3 / 10;
    run.people.write_past(&run.desk, past).await?;
    for number in 0..run.consoles.len() {
        let console = run.consoles.get_mut(number).context("A console")?;
        console.start().await?;
        subscribe(&run.desk, console).await;
    }
    Trouble::on_the_way(&run.consoles);
    for day in 0..options.days {
        run.day(day, options.days, options.conversations).await?;
    }
    let healing = Instant::now();
    let healed_ms = run.heal().await?;
    let healing = healing.elapsed();
    for console in &mut run.consoles {
        console.close().await?;
    }
    let mut report = run.report(&options);
    report.figure("caught up after, simulated", format!("{} min", healed_ms / 60_000));
    report.figure("caught up after", format!("{:.1} s", healing.as_secs_f64()));
    verdict::judge(&run.desk, &run.people, &run.consoles, &mut report).await?;
    report.figure("duration", format!("{:.1} s", started.elapsed().as_secs_f64()));
    run.desk.close().await;
    Ok(report)
}

impl Run {
    async fn open(options: &Options, folder: &Path) -> Result<Self> {
        let clock = ManualClock::at(MORNING_MS);
        let config = Config {
            seed: options.seed,
            quiet: true,
            clock: Some(std::sync::Arc::new(clock.clone())),
            ..Config::default()
        };
        let simulator = Simulator::start(config).await?;
        let desk = Desk::open(simulator, clock.clone(), 2).await?;
        desk.set_up(parts_shown(options.conversations)).await?;
        let mut consoles = Vec::new();
        for (number, name) in ["a", "b"].into_iter().enumerate() {
            let credentials = credentials(&desk, number).await?;
            let relay = Relay::start(desk.base_url(), clock.clone()).await?;
            let tunnel = Tunnel::start(options.seed ^ (number as u64 + 1), clock.clone()).await?;
            let ways = (relay, tunnel);
            consoles.push(Console::new(name, credentials, ways, folder, &options.program, clock.clone())?);
        }
        let events = f64::from(options.conversations) * (0.7 + EVENTS_EACH);
        Ok(Self {
            desk,
            consoles,
            leads: vec![Lead::new(options.seed, 1), Lead::new(options.seed, 2)],
            people: People::new(options.seed, options.conversations),
            trouble: Trouble::new(options.seed),
            random: ChaCha8Rng::seed_from_u64(options.seed),
            events: events as usize,
            ticks: ticks(options.conversations),
        })
    }

    async fn day(&mut self, day: u32, days: u32, conversations: u32) -> Result<()> {
        let of_today = self.events / (days - day) as usize;
        let at_night = (of_today as f64 * NIGHT_SHARE) as usize;
        let a_tick = (of_today - at_night) as f64 / f64::from(self.ticks);
        for tick in 0..self.ticks {
            self.pass(WAKING_MS / i64::from(self.ticks)).await;
            self.tick(a_tick).await?;
            // What has found no call to strike for so long would all strike the same one.
            if tick % 40 == 39 && !self.trouble.is_short_of_calls() {
                self.trouble.clear_faults(&self.desk).await?;
            }
            if day == 0 && tick == self.ticks / 2 {
                self.people.overflow(&self.desk, parts_shown(conversations) + 20).await;
            }
        }
        self.night(at_night).await?;
        let morning = MORNING_MS + i64::from(day + 1) * DAY_MS;
        self.pass((morning - self.desk.clock.now_ms()).max(0)).await;
        for console in &mut self.consoles {
            console.has_ended();
            console.start().await?;
            console.wake().await;
        }
        Ok(())
    }

    /// Moves every clock.
    async fn pass(&mut self, milliseconds: i64) {
        self.desk.clock.advance(Duration::from_millis(milliseconds.unsigned_abs()));
        for console in &mut self.consoles {
            console.tell_time().await;
        }
    }

    async fn tick(&mut self, events: f64) -> Result<()> {
        // What the leads decided a moment ago is being carried out now: the best time to come in between.
        let meddling = self.meddle();
        let desk = &self.desk;
        let meddle = meddling.into_iter().map(|(what, body)| async move { desk.try_play(&what, body).await });
        let (_, lived) = tokio::join!(futures::future::join_all(meddle), async {
            for _ in 0..about(&mut self.random, events) {
                self.events = self.events.saturating_sub(1);
                self.people.live(desk, self.events + 1).await?;
            }
            Ok::<(), anyhow::Error>(())
        });
        lived?;
        self.trouble.mend(&self.desk, &mut self.consoles).await?;
        let ticks = f64::from(self.ticks);
        let faults = (events * ticks / 8.0).clamp(40.0, 500.0);
        self.trouble.strike(&self.desk, &mut self.consoles, faults, 1.0 / ticks).await?;
        self.settle().await;
        let most = about(&mut self.random, events * 0.8 + 0.5);
        let works = self.leads.iter_mut().zip(&self.consoles).map(|(lead, console)| lead.work(console, most));
        futures::future::join_all(works).await;
        Ok(())
    }

    fn meddle(&mut self) -> Vec<(String, Value)> {
        let hot: Vec<u64> = self.leads.iter_mut().flat_map(|lead| std::mem::take(&mut lead.hot)).collect();
        if hot.is_empty() || self.random.random_bool(0.6) {
            return Vec::new();
        }
        self.people.meddle(&self.desk, &hot).into_iter().collect()
    }

    /// Some of the night the console is off, some of it asleep, and some of it on with nobody there.
    async fn night(&mut self, events: usize) -> Result<()> {
        self.settle().await;
        for console in &mut self.consoles {
            match self.random.random_range(0..4) {
                0 => console.close().await?,
                1 | 2 => console.sleep(),
                _ => {}
            }
        }
        for _ in 0..NIGHT_TICKS {
            self.pass((DAY_MS - WAKING_MS) / i64::from(NIGHT_TICKS) - 1_000).await;
            for _ in 0..about(&mut self.random, events as f64 / f64::from(NIGHT_TICKS)) {
                self.events = self.events.saturating_sub(1);
                self.people.live(&self.desk, self.events + 1).await?;
            }
            self.settle().await;
        }
        Ok(())
    }

    /// Waits until nothing is on its way and no action is being carried out: the clock must not jump ahead between a
    /// reading and the call that relies on it, as no clock does. What waits for the clock itself is let be.
    async fn settle(&self) {
        let started = Instant::now();
        let mut calm = 0;
        while calm < 2 && started.elapsed() < LONGEST_WAIT {
            tokio::time::sleep(Duration::from_millis(2)).await;
            let awake: Vec<&Console> = self.consoles.iter().filter(|console| console.is_awake()).collect();
            let busy: usize =
                awake.iter().map(|console| console.relay.under_way() + console.tunnel.under_way()).sum();
            let acting = futures::future::join_all(awake.iter().map(|console| console.is_acting())).await;
            calm = if busy == 0 && !acting.contains(&true) { calm + 1 } else { 0 };
            let idle = awake.iter().map(|console| console.relay.idle()).min().unwrap_or(LONGEST_WAIT);
            // Longer than a reading is good for: what waits now has to look again after the jump.
            if idle.min(started.elapsed()) > STALE {
                return;
            }
        }
    }

    /// Ends all trouble and lets the consoles catch up until they are quiet; says how long that took them.
    async fn heal(&mut self) -> Result<i64> {
        // Whoever has not written yet does so at last.
        while self.people.begun() < self.people.wanted() {
            self.people.live(&self.desk, 1).await?;
        }
        self.trouble.heal(&self.desk, &mut self.consoles).await?;
        let from = self.desk.clock.now_ms();
        let mut quiet_since = None;
        let (mut least, mut progress) = (u64::MAX, Instant::now());
        loop {
            for _ in 0..6 {
                self.pass(5_000).await;
                self.settle().await;
            }
            let now = self.desk.clock.now_ms();
            let quiet = self.is_quiet().await;
            quiet_since = if quiet { quiet_since.or(Some(now)) } else { None };
            // Quiet for longer than any console waits between two looks at the helpdesk.
            if quiet_since.is_some_and(|since| now - since >= 12 * 60_000) {
                return Ok(quiet_since.unwrap_or(now) - from);
            }
            let waiting = self.waiting().await;
            if waiting < least {
                (least, progress) = (waiting, Instant::now());
            }
            if now - from > HEALING_MS && progress.elapsed() > NO_PROGRESS {
                return Ok(now - from);
            }
        }
    }

    /// Deliveries that wait to be applied, at all consoles.
    async fn waiting(&self) -> u64 {
        let mut waiting = 0;
        for console in &self.consoles {
            let health = console.ask("health.get", json!({})).await.unwrap_or_default();
            waiting += health.pointer("/deliveries/received").and_then(Value::as_u64).unwrap_or_default();
        }
        waiting
    }

    /// Nothing to carry out, and nothing to apply.
    async fn is_quiet(&self) -> bool {
        for console in &self.consoles {
            let waiting = console.ask("deliveries.list", json!({ "outcome": "received", "limit": 1 })).await;
            let empty =
                |answer: &Value| answer.get("rows").and_then(Value::as_array).is_some_and(Vec::is_empty);
            if !waiting.as_ref().is_some_and(empty) || console.relay.under_way() > 0 {
                return false;
            }
            let decisions = console.ask("decisions.list", json!({ "limit": 500 })).await.unwrap_or_default();
            let rows = decisions.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
            let states = rows
                .iter()
                .flat_map(|row| row.get("actions").and_then(Value::as_array).into_iter().flatten());
            let open = states.filter_map(|action| action.pointer("/state/state")?.as_str());
            if open.into_iter().any(|word| matches!(word, "held" | "sending" | "retry" | "unknown")) {
                return false;
            }
        }
        true
    }

    fn report(&self, options: &Options) -> Report {
        let mut report = Report { seed: options.seed, ..Report::default() };
        let done = self.people.done;
        report.figure("seed", options.seed);
        report.figure("days", options.days);
        report.figure("conversations", self.people.begun());
        report.figure("messages of customers", done.messages);
        report.figure("acts of teammates", done.acts);
        report.figure("conversations tagged / deleted / redacted in", {
            format!("{} / {} / {}", done.tagged, done.deleted, done.redacted)
        });
        report.figure("contacts merged / deleted", format!("{} / {}", done.merged, done.erased));
        if done.not_offered > 0 {
            report.figure("refused by the helpdesk of these", done.not_offered);
        }
        let sum = |of: &dyn Fn(&Console) -> usize| self.consoles.iter().map(of).sum::<usize>();
        let passed = |of: fn(&crate::tunnel::Passed) -> usize| sum(&|console| of(&console.tunnel.passed()));
        report.figure("deliveries that came", passed(|passed| passed.came));
        report.figure("deliveries answered 200", passed(|passed| passed.answered_200));
        report.figure("deliveries dropped on the way", passed(|passed| passed.lost));
        report.figure("deliveries whose answer was lost", passed(|passed| passed.answers_lost));
        report.figure("deliveries repeated on the way", passed(|passed| passed.repeated));
        report.figure("deliveries held up on the way", passed(|passed| passed.held));
        report.figure("calls", sum(&|console| console.relay.count()));
        for (kind, count) in &self.trouble.struck.faults {
            report.figure(&format!("faults that struck: {kind}"), count);
        }
        report.figure("kill -9", sum(&|console| console.lives.kills));
        report.figure("of these between a call and its answer", sum(&|console| console.relay.sprung()));
        report.figure("restarts in order", self.trouble.struck.restarts);
        report.figure("sleeps", sum(&|console| console.lives.sleeps));
        report.figure("starts", sum(&|console| console.lives.starts));
        report.figure("times without a network", self.trouble.struck.network);
        report.figure("tunnels lost / under a new address", {
            format!("{} / {}", self.trouble.struck.tunnels, self.trouble.struck.tunnels_moved)
        });
        let decided = |of: fn(&crate::lead::Decided) -> usize| -> usize {
            self.leads.iter().map(|lead| of(&lead.decided)).sum()
        };
        report.figure("decisions", decided(|decided| decided.decisions));
        report.figure("decisions refused at once", decided(|decided| decided.refused));
        report.figure("decisions undone", decided(|decided| decided.undone));
        report.figure("decisions asked again", decided(|decided| decided.asked_again));
        report
    }
}

/// A short run has no more pieces of a day than things happen in it.
const fn ticks(conversations: u32) -> u32 {
    if conversations < 1_000 { 150 } else { 500 }
}

/// The cap on the parts listed of a conversation: the real one, but for a short run, which would do little else than
/// reach it.
const fn parts_shown(conversations: u32) -> usize {
    if conversations < 1_000 { 60 } else { 500 }
}

/// An app of its own for each console, where the helpdesk installs several.
async fn credentials(desk: &Desk, number: usize) -> Result<Credentials> {
    let first = desk.credentials().clone();
    let admin_id = desk.admins.get(number).cloned().context("Too few teammates")?;
    let mut credentials = Credentials {
        label: None,
        app_id: first.app_id,
        admin_id: admin_id.clone(),
        token: first.token,
        client_secret: first.client_secret,
    };
    if number > 0 {
        let wanted = json!({ "label": format!("console {number}"), "admin_id": admin_id });
        let given = desk.play("apps", wanted).await.unwrap_or_default();
        let text = |key: &str| given.get(key).and_then(Value::as_str).map(str::to_owned);
        if let (Some(token), Some(secret)) = (text("token"), text("client_secret")) {
            credentials.label = Some(format!("console {number}"));
            credentials.token = token;
            credentials.client_secret = secret;
        }
    }
    Ok(credentials)
}
