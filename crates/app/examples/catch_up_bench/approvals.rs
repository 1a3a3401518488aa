//! How long an approval waits beyond its undo window while a backfill runs.

use crate::crowd::{Crowd, OPEN};
use crate::{Verdict, percentile};
use anyhow::{Context as _, Result, ensure};
use domain::ports::{Clock, IdSource};
use domain::{AdminId, ConversationId, WorkspaceId};
use engine::clock::{ClockIds, SystemClock};
use engine::{Events, Workspace, WorkspaceConfig};
use intercom::limiter::{Limiter, Limits, Priority};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::{Duration, Instant};
use store::{Store, SuggestionFilter};

/// The undo window, milliseconds: short, so that many approvals fit into a run.
const WINDOW_MS: i64 = 300;
/// Between two approvals.
const PACE: Duration = Duration::from_millis(150);
/// A run within a budget is cut short after this: the whole of it takes seven minutes and shows nothing more.
const CUT: Duration = Duration::from_mins(1);

#[expect(clippy::too_many_lines, reason = "a course of measurements, told from start to end")]
pub(crate) async fn measure(conversations: i64, budget: Option<u32>) -> Result<Vec<Verdict>> {
    let folder = tempfile::tempdir()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let limiter = match budget {
        Some(limit) => Some(limited(limit, &clock).await),
        None => None,
    };
    let crowd = Arc::new(Crowd::new(conversations, Arc::clone(&clock), limiter));
    let ids = Arc::new(ClockIds::new(Arc::clone(&clock)));
    let workspace = Workspace::start(WorkspaceConfig {
        id: WorkspaceId(ids.next()),
        app_id: "bench".to_owned(),
        store: Store::open(&folder.path().join("bench.sqlite")).await?,
        helpdesk: crowd.clone(),
        clock: Arc::clone(&clock),
        ids,
        events: Events::default(),
        acting_admin: AdminId("1".to_owned()),
        undo_window_ms: Arc::new(AtomicI64::new(WINDOW_MS)),
        claims_with_notes: Arc::new(AtomicBool::new(false)),
        automatic_stopped: Arc::default(),
    })
    .await?;
    // Open conversations come first; the backfill begins when they are there.
    let began = until(&workspace, |progress| progress.done > 0).await?;
    let mut ended: BTreeMap<ConversationId, f64> = BTreeMap::new();
    let filter = SuggestionFilter { limit: 10_000, ..SuggestionFilter::default() };
    let waiting = workspace.store().list_suggestions(&filter).await?;
    ensure!(waiting.len() as i64 >= OPEN.min(conversations), "{} suggestions wait", waiting.len());
    let mut queue = waiting.into_iter();
    let before = workspace.backfill_progress().context("No backfill")?.done;
    loop {
        let progress = workspace.backfill_progress().context("No backfill")?;
        if progress.backfill.is_finished() || (budget.is_some() && began.elapsed() > CUT) {
            break;
        }
        if let Some(row) = queue.next() {
            let id = row.suggestion.conversation_id;
            workspace.decide(row.suggestion.id, domain::Verdict::Approve).await?;
            let decisions = workspace.store().list_decisions_of(&id).await?;
            let end = decisions.iter().map(|row| row.decision.undo_until.0).max().context("No decision")?;
            ended.insert(id, end as f64);
        }
        tokio::time::sleep(PACE).await;
    }
    let seconds = began.elapsed().as_secs_f64();
    let done = workspace.backfill_progress().context("No backfill")?.done - before;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut first: BTreeMap<ConversationId, f64> = BTreeMap::new();
    let mut first_write: BTreeMap<ConversationId, f64> = BTreeMap::new();
    for (id, writes, at) in crowd.take_persons_calls() {
        let times = if writes { &mut first_write } else { &mut first };
        times.entry(id).or_insert(at);
    }
    let late = |times: &BTreeMap<ConversationId, f64>| -> Vec<f64> {
        let mut late: Vec<f64> =
            ended.iter().filter_map(|(id, end)| times.get(id).map(|at| at - end)).collect();
        late.sort_by(f64::total_cmp);
        late
    };
    let (calls, writes) = (late(&first), late(&first_write));
    ensure!(calls.len() + 5 >= ended.len(), "{} of {} approvals called", calls.len(), ended.len());
    workspace.close(Duration::from_secs(5)).await;
    let title = match budget {
        Some(limit) => format!("backfill within {limit} calls to 10 s"),
        None => "backfill without a limit".to_owned(),
    };
    println!("  {done} conversations in {seconds:.1} s, {} approvals", ended.len());
    let figure = |ms: f64| format!("{ms:.1} ms");
    let worst = calls.last().copied().unwrap_or_default();
    Ok(vec![
        Verdict {
            what: format!("{title}: conversations a second"),
            figure: format!("{:.0}", f64::from(done) / seconds),
            target: "",
            holds: None,
        },
        Verdict {
            what: "  an approval's first call after its window, half of them within".to_owned(),
            figure: figure(percentile(&calls, 50)),
            target: "",
            holds: None,
        },
        Verdict {
            what: "  99 of 100 within".to_owned(),
            figure: figure(percentile(&calls, 99)),
            target: "",
            holds: None,
        },
        Verdict {
            what: format!("  the latest of {}", calls.len()),
            figure: figure(worst),
            target: "100 ms",
            holds: Some(worst <= 100.0),
        },
        Verdict {
            what: "  its first write (after a reading of 15 ms), 99 of 100 within".to_owned(),
            figure: figure(percentile(&writes, 99)),
            target: "",
            holds: None,
        },
    ])
}

/// A budget that has been told its limit.
async fn limited(limit: u32, clock: &Arc<dyn Clock>) -> Limiter {
    let limiter = Limiter::new(Arc::clone(clock), Arc::new(|| 0.5));
    let permit = limiter.acquire(Priority::Person).await;
    let resets_at = clock.now().seconds() + 10;
    permit.answered(Some(Limits { limit, remaining: limit, resets_at, said_at: None }), false);
    drop(permit);
    limiter
}

async fn until(
    workspace: &Workspace,
    reached: impl Fn(&engine::catch_up::BackfillProgress) -> bool,
) -> Result<Instant> {
    let started = Instant::now();
    while started.elapsed() < Duration::from_mins(5) {
        if workspace.backfill_progress().as_ref().is_some_and(&reached) {
            return Ok(Instant::now());
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    anyhow::bail!("The backfill did not begin")
}
