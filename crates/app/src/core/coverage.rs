//! `coverage.*` and `backfill.*`, and what of it the health page should say.

use super::Core;
use crate::api::ApiError;
use crate::api::coverage::{
    BackfillState, BackfillView, BandKind, CatchUpView, CoverageBand, CoverageReport, DaysChoice,
    SetCoverage, TimedSentence, UnreadView,
};
use crate::api::health::{InWorkspace, Problem, Severity};
use domain::Timestamp;
use domain::ports::Helpdesk as _;
use engine::Workspace;
use engine::catch_up::ledger::{Band, Unbroken, bands, unbroken};
use engine::catch_up::{BackfillProgress, DAYS, MINUTES, Reason, Running};
use store::CoveredBy;

/// How far back the bands go.
const SHOWN_MS: i64 = 14 * 24 * 60 * 60 * 1000;
/// A look takes a while, and is not late before this has passed.
const GRACE_MS: i64 = 60_000;
/// Conversations that could not be read, listed at most.
const UNREAD: u32 = 50;

impl Core {
    pub(super) async fn coverage_get(&self, input: InWorkspace) -> Result<CoverageReport, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        report(&workspace, self.now()).await
    }

    pub(super) async fn coverage_set(&self, input: SetCoverage) -> Result<CoverageReport, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        if let Some(minutes) = input.every_minutes {
            workspace.set_catch_up_minutes(minutes).await?;
        }
        if let Some(days) = input.backfill_days {
            workspace.set_backfill_days(days).await?;
        }
        report(&workspace, self.now()).await
    }

    pub(super) async fn coverage_catch_up(&self, input: InWorkspace) -> Result<CoverageReport, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.catch_up_soon(Reason::Person);
        report(&workspace, self.now()).await
    }

    pub(super) async fn backfill_pause(&self, input: InWorkspace) -> Result<CoverageReport, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.pause_backfill().await?;
        report(&workspace, self.now()).await
    }

    pub(super) async fn backfill_resume(&self, input: InWorkspace) -> Result<CoverageReport, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.resume_backfill().await?;
        report(&workspace, self.now()).await
    }
}

async fn report(workspace: &Workspace, now: Timestamp) -> Result<CoverageReport, ApiError> {
    let periods = workspace.store().list_coverage(Timestamp(0)).await?;
    let minutes = workspace.catch_up_minutes();
    let unbroken = unbroken(&periods, now);
    let is_late = unbroken.is_none_or(|known| now.ms_since(known.until) > patience(minutes));
    let first = periods.iter().map(|period| period.from).min().unwrap_or(now);
    let from = now.plus_ms(-SHOWN_MS).max(first).min(now);
    let (severity, headline) = headline(unbroken, is_late);
    let bands = bands(&periods, from, now);
    let newest = bands.last().copied();
    Ok(CoverageReport {
        headline,
        severity,
        claim: "In a covered time, every change of a conversation is on this machine.".to_owned(),
        from,
        until: now,
        bands: bands.into_iter().map(|band| band_view(band, Some(band) == newest && !is_late)).collect(),
        catch_up: catch_up_view(workspace),
        backfill: workspace.backfill_progress().map(backfill_view),
        unread: unread(workspace).await?,
        rhythm: match minutes {
            1 => "Looks for changes every minute".to_owned(),
            minutes => format!("Looks for changes every {minutes} minutes"),
        },
        every_minutes: minutes,
        minutes_choices: MINUTES.collect(),
        backfill_days: workspace.backfill_days().await?,
        days_choices: DAYS.map(|days| DaysChoice { days, label: days_label(days) }).to_vec(),
    })
}

/// Milliseconds after which the next look is overdue.
fn patience(minutes: u32) -> i64 {
    i64::from(minutes) * 60_000 + GRACE_MS
}

fn headline(unbroken: Option<Unbroken>, is_late: bool) -> (Severity, TimedSentence) {
    let says = |text: &str, at| TimedSentence { text: text.to_owned(), at };
    match unbroken {
        None => (Severity::Ok, says("Nothing has been looked through yet", None)),
        Some(known) if is_late => (
            Severity::Warning,
            says("Complete until {at}. What changed since may be missing", Some(known.until)),
        ),
        Some(known) => (Severity::Ok, says("No gap since {at}", Some(known.since))),
    }
}

fn band_view(band: Band, is_new: bool) -> CoverageBand {
    let (kind, sentence) = match band.how {
        Some(CoveredBy::Listening) => (BandKind::Listening, "Deliveries were coming"),
        Some(CoveredBy::CatchUp) => (BandKind::CatchUp, "Caught up with afterwards"),
        Some(CoveredBy::Backfill) => (BandKind::Backfill, "Fetched after the first start"),
        None if is_new => (BandKind::Pending, "Not looked at yet"),
        None => (BandKind::Gap, "Gap: changes of this time may be missing"),
    };
    CoverageBand { from: band.from, until: band.until, kind, sentence: sentence.to_owned() }
}

fn catch_up_view(workspace: &Workspace) -> CatchUpView {
    let status = workspace.catch_up_status();
    let sentence = match (&status.running, &status.fault, status.last) {
        (Some(running), ..) => TimedSentence { text: running_sentence(*running), at: None },
        (None, Some(fault), _) => TimedSentence { text: format!("Could not catch up: {fault}"), at: None },
        (None, None, Some((at, fetched))) => {
            let what = match fetched {
                0 => "nothing was missing".to_owned(),
                1 => "1 conversation fetched".to_owned(),
                more => format!("{more} conversations fetched"),
            };
            TimedSentence { text: format!("Caught up {{at}}: {what}"), at: Some(at) }
        }
        (None, None, None) => TimedSentence { text: "Not caught up yet".to_owned(), at: None },
    };
    let running = status.running;
    CatchUpView {
        running: running.is_some() || status.is_due,
        sentence,
        fetched: running.map_or(0, |running| running.fetched),
        found: running.map_or(0, |running| running.found),
        next_at: status.next_at,
    }
}

fn running_sentence(running: Running) -> String {
    let why = match running.reason {
        Reason::Interval | Reason::Settings | Reason::Person => "Catching up",
        Reason::Retry => "Trying again to catch up",
        Reason::NetworkBack => "Catching up, since the helpdesk can be reached again",
        Reason::Listening => "Catching up to where deliveries began",
        Reason::TunnelChanged => "Catching up, since the way of deliveries has changed",
        Reason::Wake => "Catching up after the machine slept",
        Reason::Start => "Catching up after the start",
    };
    match running.found {
        0 => why.to_owned(),
        found => format!("{why}: {} of {found} changed conversations", running.fetched.min(found)),
    }
}

fn backfill_view(progress: BackfillProgress) -> BackfillView {
    let backfill = progress.backfill;
    let total = backfill.total.map(|total| total.max(progress.done));
    let counted = match total {
        Some(total) => format!("{} of {total} conversations", progress.done.min(total)),
        None => format!("{} conversations", progress.done),
    };
    let (state, text) = if backfill.is_finished() {
        let text = match progress.done {
            0 => "There was nothing older to fetch".to_owned(),
            done => format!("Older conversations are here, back to {{at}}: {done}"),
        };
        (BackfillState::Finished, text)
    } else if backfill.paused {
        (BackfillState::Paused, format!("Fetching older conversations is paused at {{at}}: {counted}"))
    } else if let Some(fault) = progress.fault {
        (BackfillState::Waiting, format!("Fetching older conversations waits: {fault}"))
    } else {
        (BackfillState::Running, format!("Fetching older conversations, now at {{at}}: {counted}"))
    };
    BackfillView {
        state,
        sentence: TimedSentence { text, at: Some(backfill.reached) },
        done: progress.done,
        total,
    }
}

async fn unread(workspace: &Workspace) -> Result<Vec<UnreadView>, ApiError> {
    let unread = workspace.store().list_unread_conversations(UNREAD).await?;
    let view = |one: store::UnreadConversation| UnreadView {
        conversation_id: one.conversation_id,
        since: one.since,
        reason: one.reason,
    };
    Ok(unread.into_iter().map(view).collect())
}

fn days_label(days: u32) -> String {
    match days {
        0 => "None, only those that are open".to_owned(),
        365 => "The last year".to_owned(),
        days => format!("The last {days} days"),
    }
}

/// What of it is wrong.
pub(super) async fn problems(workspace: &Workspace, now: Timestamp) -> Result<Vec<Problem>, ApiError> {
    let mut problems = Vec::new();
    let warning = |sentence: String, advice: &str| Problem {
        severity: Severity::Warning,
        sentence,
        advice: Some(advice.to_owned()),
    };
    let listening = workspace.listening();
    if listening.is_up && listening.silent_looks > 1 {
        let name = workspace.helpdesk().name();
        let changes = match listening.untold {
            1 => "1 change was".to_owned(),
            more => format!("{more} changes were"),
        };
        problems.push(warning(
            format!("No delivery comes, though {changes} found by asking {name}"),
            "Look whether the tunnel runs, and whether its address is the one entered at the helpdesk. Until then \
             messages come with the delay chosen in Settings.",
        ));
    }
    let unread = workspace.store().list_unread_conversations(UNREAD).await?;
    if let Some(first) = unread.first() {
        let sentence = match unread.len() {
            1 => "1 conversation could not be read".to_owned(),
            more => format!("{more} conversations could not be read"),
        };
        problems.push(warning(sentence, &format!("They are tried again by themselves. {}", first.reason)));
    }
    let periods = workspace.store().list_coverage(now.plus_ms(-SHOWN_MS)).await?;
    let overdue = patience(workspace.catch_up_minutes());
    let is_late = unbroken(&periods, now).is_some_and(|known| now.ms_since(known.until) > overdue);
    if is_late && workspace.catch_up_status().fault.is_some() {
        problems.push(warning(
            "New changes are not known: catching up fails".to_owned(),
            "It is tried again by itself, and loses nothing.",
        ));
    }
    Ok(problems)
}
