//! `suggestions.*`: the queue and the decision card.

use super::conversations::{ConversationDetail, ConversationSummary};
use super::decisions::DecisionView;
use super::drafts::DraftView;
use super::policies::PolicyMark;
use domain::{
    BucketId, ConversationId, DraftId, Evidence, PartId, Plan, SuggestionId, SuggestionState, Timestamp,
    Verdict, WorkspaceId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which suggestions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum QueueScope {
    /// Those that wait for a person, oldest message first.
    #[default]
    Pending,
    /// Those set aside until a time.
    Snoozed,
    /// All, the newest first.
    All,
}

/// Input of `suggestions.list`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct ListSuggestions {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// Which suggestions; those pending when left out.
    #[ts(optional, as = "Option<QueueScope>")]
    pub scope: QueueScope,
    /// Only this bucket.
    pub bucket_id: Option<BucketId>,
    /// At most so many, 5,000 when left out.
    pub limit: Option<u32>,
    /// Skip so many.
    pub offset: Option<u32>,
}

/// A row of the queue.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct QueueRow {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// The conversation.
    pub conversation_id: ConversationId,
    /// What to call the customer.
    pub contact_name: String,
    /// Subject or title, when there is one.
    pub subject: Option<String>,
    /// The message, on one line.
    pub preview: String,
    /// How it came: `chat`, `email` …
    pub channel: String,
    /// When the message was written.
    pub message_at: Timestamp,
    /// The suggested bucket; `None` when there was nothing to classify.
    pub bucket_id: Option<BucketId>,
    /// Probability of the bucket, 0 to 1, as on the card.
    pub confidence: f64,
    /// Too few decisions at its level to state it as a number.
    pub learning: bool,
    /// The plan in a few words: "Assign to Billing, reply".
    pub plan_summary: String,
    /// Where the suggestion is in its life.
    pub state: SuggestionState,
    /// What the policies say of it; `None` where it is not open, or names no bucket.
    pub mark: Option<PolicyMark>,
}

/// How many pending suggestions a bucket has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BucketCount {
    /// The bucket; `None` for those with nothing to classify.
    pub bucket_id: Option<BucketId>,
    /// How many.
    pub pending: u32,
}

/// Answer of `suggestions.list`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SuggestionList {
    /// The rows.
    pub rows: Vec<QueueRow>,
    /// All that wait, whatever the filter.
    pub pending: u32,
    /// All set aside.
    pub snoozed: u32,
    /// Those that wait, by bucket.
    pub by_bucket: Vec<BucketCount>,
}

/// Input of `suggestions.get`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct GetSuggestion {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub suggestion_id: SuggestionId,
}

/// A bucket with its probability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct BucketProbability {
    /// The bucket.
    pub bucket_id: BucketId,
    /// 0 to 1.
    pub probability: f64,
}

/// How often suggestions at this confidence were right, by the team's own decisions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct TrackRecord {
    /// Decisions that agreed or corrected, in all.
    pub decisions: u32,
    /// Those among the newest whose confidence was near this one.
    pub similar: u32,
    /// Of those, how many the person agreed with.
    pub agreed: u32,
    /// Where the share that is right lies at 95 %: its lower end, 0 to 1.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Too few decisions to state a frequency.
    pub learning: bool,
    /// "Right 47 of your last 50 at this level, 84 to 98 in 100", or "Still learning: 12 of 30 decisions".
    pub sentence: String,
}

/// How a second opinion stands to the suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OpinionStance {
    /// It names the same bucket.
    Agrees,
    /// It names another one.
    Disagrees,
    /// It names one where the local model has none.
    Names,
    /// It finds no bucket that fits.
    FindsNone,
    /// There is none.
    None,
    /// It is being asked for.
    Asked,
    /// It will be asked for.
    Waits,
}

/// What a language model says of the conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SecondOpinionView {
    /// How it stands to the suggestion.
    pub stance: OpinionStance,
    /// The same in words, or why there is none.
    pub sentence: String,
    /// How such cases ended before, in words.
    pub record: Option<String>,
    /// Why, in the model's own words, which are not to be relied on.
    pub reason: Option<String>,
    /// The bucket it names.
    pub bucket_id: Option<BucketId>,
    /// The model, as it calls itself.
    pub model: Option<String>,
    /// Too few such cases were decided to state a frequency.
    pub learning: bool,
}

/// Answer of `suggestions.get`: everything that the decision card, thread and contact pane show.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SuggestionDetail {
    /// Which.
    pub suggestion_id: SuggestionId,
    /// The message that was classified; `evidence` marks words in its text.
    pub part_id: PartId,
    /// The suggested bucket; `None` when there was nothing to classify.
    pub bucket_id: Option<BucketId>,
    /// Probability of the bucket, 0 to 1: the local model's, or what the record of past pairs of opinions makes of it.
    pub confidence: f64,
    /// All buckets, highest first, as the local model has them.
    pub probabilities: Vec<BucketProbability>,
    /// The words that weighed most, as UTF-16 offsets into the text of the part.
    pub evidence: Vec<Evidence>,
    /// Why there is no bucket, in words.
    pub nothing: Option<String>,
    /// What would be done.
    pub plan: Plan,
    /// The plan of each bucket for this conversation, to show before a correction.
    pub plans: Vec<BucketPlan>,
    /// Where it is in its life.
    pub state: SuggestionState,
    /// Why it can no longer be approved, when somebody acted meanwhile: "Ana Duarte closed it".
    pub moved: Option<String>,
    /// When that was.
    pub moved_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How far to trust the confidence.
    pub record: TrackRecord,
    /// What a language model says, or why it says nothing; `None` where none is asked.
    pub second_opinion: Option<SecondOpinionView>,
    /// How it stands with a draft of a reply; `None` where the suggestion is not open.
    pub draft: Option<DraftView>,
    /// What the policies say of it; `None` where it is not open. Of a check nothing that was suggested is told here.
    pub mark: Option<PolicyMark>,
    /// The newest decision on it, when there is one.
    pub decision: Option<DecisionView>,
    /// The conversation, its contact and its links.
    pub conversation: ConversationDetail,
    /// Other conversations of the same contact, newest first, at most ten.
    pub earlier: Vec<ConversationSummary>,
}

/// What a bucket would do with a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BucketPlan {
    /// The bucket.
    pub bucket_id: BucketId,
    /// Its plan.
    pub plan: Plan,
    /// In a few words.
    pub summary: String,
}

/// Input of `suggestions.decide`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct DecideSuggestion {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub suggestion_id: SuggestionId,
    /// The person's answer.
    pub decision: Verdict,
    /// How long the card was open before it, milliseconds; left out where that was not measured.
    #[serde(default)]
    pub looked_ms: Option<u32>,
    /// The draft that the reply began as, where a language model wrote one.
    #[serde(default)]
    pub draft_id: Option<DraftId>,
}

/// Input of `suggestions.wake`: a snoozed suggestion waits for a person again, now.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct WakeSuggestion {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub suggestion_id: SuggestionId,
}
