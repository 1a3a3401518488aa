//! `coverage.*` and `backfill.*`: for which times nothing is missing, and catching up with what may be.

use super::health::Severity;
use domain::{ConversationId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A sentence that names a time: `{at}` in it stands for that time, which the page words in the reader's own time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimedSentence {
    /// The sentence.
    pub text: String,
    /// The time that `{at}` stands for.
    pub at: Option<Timestamp>,
}

/// How it is known that nothing of a time is missing, or that it is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BandKind {
    /// Deliveries were coming.
    Listening,
    /// What had changed was asked for afterwards.
    CatchUp,
    /// It was fetched after the first start.
    Backfill,
    /// Changes of this time may be missing.
    Gap,
    /// Too new to have been looked at.
    Pending,
}

/// A stretch of time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageBand {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end.
    pub until: Timestamp,
    /// How it stands.
    pub kind: BandKind,
    /// The same in words.
    pub sentence: String,
}

/// Catching up, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CatchUpView {
    /// At work now, or about to be.
    pub running: bool,
    /// What it does, or how it ended last.
    pub sentence: TimedSentence,
    /// Conversations fetched by the run under way.
    pub fetched: u32,
    /// Conversations that the run under way found changed; 0 while none is known.
    pub found: u32,
    /// When it begins again by itself.
    pub next_at: Option<Timestamp>,
}

/// How the backfill stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BackfillState {
    /// At work.
    Running,
    /// Halted by a person.
    Paused,
    /// It cannot go on at the moment, and tries again by itself.
    Waiting,
    /// Everything wanted is here.
    Finished,
}

/// Fetching what is older than the first start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BackfillView {
    /// How it stands.
    pub state: BackfillState,
    /// In words.
    pub sentence: TimedSentence,
    /// Conversations looked at.
    pub done: u32,
    /// Conversations in all, when the helpdesk says.
    pub total: Option<u32>,
}

/// A conversation that was listed but could not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UnreadView {
    /// Which.
    pub conversation_id: ConversationId,
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: String,
}

/// A number of days, as a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DaysChoice {
    /// How many; 0 for none.
    pub days: u32,
    /// In words.
    pub label: String,
}

/// Answer of `coverage.get`: the last fourteen days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoverageReport {
    /// Since when nothing is missing.
    pub headline: TimedSentence,
    /// How bad it is when something may be.
    pub severity: Severity,
    /// What is claimed of a covered time, exactly.
    pub claim: String,
    /// Where the bands begin: fourteen days ago, or at the first time that is known of.
    pub from: Timestamp,
    /// Where they end: now.
    pub until: Timestamp,
    /// Stretches of time, in order, without holes.
    pub bands: Vec<CoverageBand>,
    /// Catching up.
    pub catch_up: CatchUpView,
    /// The backfill; `None` before the first reading.
    pub backfill: Option<BackfillView>,
    /// Conversations that could not be read.
    pub unread: Vec<UnreadView>,
    /// How often it looks, in words.
    pub rhythm: String,
    /// Minutes between two looks.
    pub every_minutes: u32,
    /// What can be chosen for that.
    pub minutes_choices: Vec<u32>,
    /// Days that the backfill goes back.
    pub backfill_days: u32,
    /// What can be chosen for that.
    pub days_choices: Vec<DaysChoice>,
}

/// Input of `coverage.set`: only what is given changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct SetCoverage {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// Minutes between two looks, 1 to 15.
    pub every_minutes: Option<u32>,
    /// Days that the backfill goes back: 0, 7, 30, 90 or 365.
    pub backfill_days: Option<u32>,
}
