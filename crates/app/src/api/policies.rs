//! `policies.*` and `automatic.*`: what may happen without a person, what the record shows of it, and the switch that
//! stops it all.

use domain::{BucketId, ConversationId, SuggestionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use triage::policy::{ActionWord, Autonomy, CurvePoint, Policy, ProposedLine, Replay};
use ts_rs::TS;

/// The mark of a suggestion by the policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MarkKind {
    /// No mark: a person decides.
    Person,
    /// Above every line that its plan needs.
    Clear,
    /// A check: a person decides without seeing the suggestion.
    Check,
}

/// What the policies say of an open suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PolicyMark {
    /// The mark.
    pub kind: MarkKind,
    /// Why it is clear, is not automatic, or is below the line.
    pub sentence: String,
}

/// Input of `policies.list` and `automatic.get`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct GetPolicies {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// How far the lead's clock is ahead of UTC, minutes: caps and figures go by days of it. Kept.
    pub utc_offset_minutes: Option<i32>,
}

/// Input of `policies.give`, `policies.withdraw` and `policies.curve`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct PolicyRef {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Suggestions of this bucket.
    pub bucket_id: BucketId,
    /// Plans with this kind of action.
    pub action: ActionWord,
}

/// Input of `policies.set`. What is left out stays.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SetPolicy {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Suggestions of this bucket.
    pub bucket_id: BucketId,
    /// Plans with this kind of action.
    pub action: ActionWord,
    /// The line, above 0 and up to 1.
    #[serde(default)]
    pub line: Option<f64>,
    /// How long an automatic plan is held, seconds.
    #[serde(default)]
    pub hold_seconds: Option<u32>,
    /// Most automatic plans a day.
    #[serde(default)]
    pub daily_cap: Option<u32>,
    /// One in this many goes to a person blind.
    #[serde(default)]
    pub sample_one_in: Option<u32>,
    /// At most this share of the automatic ones is wrong, 0 to 1.
    #[serde(default)]
    pub error: Option<f64>,
    /// How sure one wants to be of it, 0 to 1.
    #[serde(default)]
    pub level: Option<f64>,
}

/// Input of `policies.simulate`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SimulatePolicy {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Suggestions of this bucket.
    pub bucket_id: BucketId,
    /// Plans with this kind of action.
    pub action: ActionWord,
    /// The line to try.
    pub line: f64,
}

/// How a policy stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PolicyState {
    /// Nobody has decided on such a suggestion yet.
    NoDecisions,
    /// Fewer than thirty decisions at the line.
    Learning,
    /// Enough decisions, and they do not prove the promise.
    NotProven,
    /// They prove it, and nobody has switched it on.
    Proven,
    /// It acts by itself.
    Given,
    /// It was switched on, and the record does not bear it at its line.
    GivenNotProven,
    /// It was withdrawn.
    Revoked,
}

/// What silent predictions came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShadowView {
    /// Predictions at the line that a teammate's deed answered.
    pub compared: u32,
    /// Of those, the wrong ones.
    pub wrong: u32,
    /// The same at any confidence.
    pub all_compared: u32,
    /// The same at any confidence.
    pub all_wrong: u32,
    /// In words.
    pub sentence: String,
}

/// A policy with all that a lead decides on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PolicyView {
    /// What is allowed.
    pub policy: Policy,
    /// "Assign", "Reply", "Close".
    pub label: String,
    /// Whether the bucket's plan has such an action today.
    pub in_plan: bool,
    /// Whether it may act, since when, or why not any more.
    pub autonomy: Autonomy,
    /// How it stands.
    pub state: PolicyState,
    /// The same in words.
    pub sentence: String,
    /// Decisions at the line or above, samples included.
    pub decided: u32,
    /// Of those, the wrong ones.
    pub wrong: u32,
    /// At most this share is wrong, as far as they show.
    pub at_most: f64,
    /// Blind samples since autonomy was given.
    pub samples: u32,
    /// Of those, the wrong ones.
    pub samples_wrong: u32,
    /// Automatic plans today.
    pub today: u32,
    /// What teammates did without us, beside what the model would have done.
    pub shadow: ShadowView,
}

/// The policies of a bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BucketPolicies {
    /// The bucket.
    pub bucket_id: BucketId,
    /// What it would take for a plan to be automatic, in words.
    pub sentence: String,
    /// One for each kind of action.
    pub policies: Vec<PolicyView>,
}

/// Answer of `policies.list`, `policies.set`, `policies.give` and `policies.withdraw`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PolicyList {
    /// By bucket, in their order.
    pub buckets: Vec<BucketPolicies>,
    /// Decisions at any line that the figures are from.
    pub decided: u32,
    /// Fewer decisions than these prove nothing.
    pub least_decisions: u32,
    /// How everything automatic stands.
    pub automatic: AutomaticView,
}

/// Answer of `automatic.get`, `automatic.stop` and `automatic.start`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AutomaticView {
    /// Everything automatic is stopped, in every workspace.
    pub stopped: bool,
    /// Since when.
    pub stopped_at: Option<Timestamp>,
    /// Policies that act by themselves in this workspace, as far as the switch lets them.
    pub acting: u32,
    /// Plans that are held by policies in this workspace.
    pub held: u32,
    /// In words.
    pub sentence: String,
}

/// A case that would have been wrong.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WrongCase {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// What to call the customer.
    pub contact_name: String,
    /// Its confidence.
    pub confidence: f64,
    /// When a person decided.
    pub at: Timestamp,
    /// What the person did: "Moved to Billing", "Sent another reply", "Rejected".
    pub sentence: String,
}

/// Answer of `policies.simulate`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Simulation {
    /// What the line would have done.
    pub replay: Replay,
    /// The same in words.
    pub sentence: String,
    /// Those that would have been wrong, the most confident first; at most 100.
    pub wrong: Vec<WrongCase>,
    /// How sure the bound is, 0 to 1.
    pub level: f64,
}

/// Answer of `policies.curve`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PolicyCurve {
    /// What each of so many lines would have done, highest first.
    pub points: Vec<CurvePoint>,
    /// The lowest line that keeps the promise.
    pub proposed: Option<ProposedLine>,
    /// The same in words, or why there is none.
    pub sentence: String,
}
