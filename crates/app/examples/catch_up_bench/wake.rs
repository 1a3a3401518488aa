//! From the end of a sleep to caught up, with a real client against the simulator.

use crate::Verdict;
use anyhow::{Result, bail};
use async_trait::async_trait;
use domain::ports::{Clock, IdSource};
use domain::{AdminId, Timestamp, WorkspaceId};
use engine::clock::{ClockIds, SystemClock};
use engine::{Events, Workspace, WorkspaceConfig};
use intercom::limiter::Limiter;
use intercom::{Config, Intercom};
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::Simulator;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::{Duration, Instant};
use store::Store;

/// So long the machine sleeps.
const SLEEP_MS: i64 = 8 * 3_600_000;

/// The system's clock on a machine that can be put to sleep.
#[derive(Debug, Default)]
struct Sleeper {
    slept: AtomicI64,
}

#[async_trait]
impl Clock for Sleeper {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(self.slept.load(Ordering::SeqCst))
    }
    async fn sleep_until(&self, deadline: Timestamp) {
        while self.now() < deadline {
            let left = deadline.ms_since(self.now()).clamp(1, 10_000);
            SystemClock.sleep_until(SystemClock.now().plus_ms(left)).await;
        }
    }
    fn monotonic_ms(&self) -> i64 {
        SystemClock.monotonic_ms()
    }
}

pub(crate) async fn measure(changed: usize, budget: u64) -> Result<Vec<Verdict>> {
    let config = simulator::Config { quiet: true, rate_limit: budget, ..simulator::Config::default() };
    let simulator = Simulator::start(config).await?;
    let credentials = simulator.credentials().clone();
    let sleeper = Arc::new(Sleeper::default());
    let clock: Arc<dyn Clock> = sleeper.clone();
    let limiter = Limiter::new(Arc::clone(&clock), Arc::new(|| 0.5));
    let region = credentials.base_url.parse()?;
    let client = Intercom::with_config(
        Config { limiter: Some(limiter), ..Config::new(region) },
        SecretString::from(credentials.token.clone()),
        Arc::clone(&clock),
    )?;
    let ids = Arc::new(ClockIds::new(Arc::clone(&clock)));
    let folder = tempfile::tempdir()?;
    let workspace = Workspace::start(WorkspaceConfig {
        id: WorkspaceId(ids.next()),
        app_id: credentials.app_id.clone(),
        store: Store::open(&folder.path().join("bench.sqlite")).await?,
        helpdesk: Arc::new(client),
        clock,
        ids,
        events: Events::default(),
        acting_admin: AdminId(credentials.admin_id.clone()),
        undo_window_ms: Arc::new(AtomicI64::new(5_000)),
        claims_with_notes: Arc::new(AtomicBool::new(false)),
        automatic_stopped: Arc::default(),
    })
    .await?;
    let settled = |since: Option<Timestamp>| {
        let status = workspace.catch_up_status();
        let last = status.last.map(|(at, _)| at);
        (status.running.is_none() && last.is_some() && last > since).then_some(last)
    };
    let before = wait(|| settled(None)).await?;
    // A look that finds nothing, so that the clocks were held against each other before the sleep.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let http = reqwest::Client::builder().no_proxy().build()?;
    for n in 0..changed {
        let message = json!({
            "email": format!("customer{n}@mail.example.com"),
            "name": format!("Customer {n}"),
            "body": "I was charged twice this month, and I want a refund of the second payment.",
        });
        let url = format!("{}/_sim/messages", credentials.base_url);
        http.post(url).json(&message).send().await?.error_for_status()?;
    }
    let url = format!("{}/_sim/calls", credentials.base_url);
    http.delete(&url).send().await?.error_for_status()?;
    let woke = Instant::now();
    sleeper.slept.fetch_add(SLEEP_MS, Ordering::SeqCst);
    wait(|| settled(before)).await?;
    let seconds = woke.elapsed().as_secs_f64();
    let (_, open) = workspace.store().count_conversations().await?;
    let calls: Vec<Value> = http.get(&url).send().await?.error_for_status()?.json().await?;
    let refused = calls.iter().filter(|call| call.get("status").and_then(Value::as_u64) == Some(429)).count();
    let most = most_in_a_window(&calls);
    workspace.close(Duration::from_secs(5)).await;
    simulator.shutdown().await;
    println!("  {open} open conversations kept, {} calls", calls.len());
    let is_default = budget == 1_666;
    Ok(vec![
        Verdict {
            what: format!("wake to caught up, {changed} changed, {budget} calls to 10 s"),
            figure: format!("{seconds:.1} s"),
            target: if is_default { "30 s" } else { "" },
            holds: is_default.then_some(seconds < 30.0 && open >= i64::try_from(changed)?),
        },
        Verdict {
            what: "  calls refused for want of budget".to_owned(),
            figure: refused.to_string(),
            target: "0",
            holds: Some(refused == 0),
        },
        Verdict {
            what: "  most calls in ten seconds by the clock".to_owned(),
            figure: most.to_string(),
            target: "",
            holds: None,
        },
    ])
}

/// The most calls that were received in one of the helpdesk's windows.
fn most_in_a_window(calls: &[Value]) -> usize {
    let mut windows: BTreeMap<String, usize> = BTreeMap::new();
    for at in calls.iter().filter_map(|call| call.get("at").and_then(Value::as_str)) {
        // `2026-01-31T12:34:5`: everything up to the tens of seconds.
        let window: String = at.chars().take(18).collect();
        *windows.entry(window).or_default() += 1;
    }
    windows.into_values().max().unwrap_or_default()
}

async fn wait<T>(look: impl Fn() -> Option<T>) -> Result<T> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(4) {
        if let Some(found) = look() {
            return Ok(found);
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    bail!("It did not catch up within four minutes")
}
