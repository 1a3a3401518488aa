//! `insights.*` and `suggestions.explain`: why a suggestion is what it is, and what the record of decisions shows.

use domain::{BucketId, ConversationId, EditPiece, Evidence, SuggestionId, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use triage::insights::{BucketDrift, Calibration, LearningCurve, Looks, RiskCurve, Vocabulary, WeekRates};
use triage::statistics::Drift;
use ts_rs::TS;

/// Answer of `suggestions.explain`: why the local model says what it says of a message, as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Explanation {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// The bucket that the words speak for or against; `None` where there is nothing to read.
    pub bucket_id: Option<BucketId>,
    /// Words for it, the weightiest first.
    pub words_for: Vec<Evidence>,
    /// Words against it, the weightiest first.
    pub words_against: Vec<Evidence>,
    /// What is left of the confidence without the words for it: "Without these words: 12 % instead of 93 %."
    pub without: Option<String>,
    /// The same as a number, 0 to 1.
    pub without_confidence: Option<f64>,
    /// What would flip it: "Without “refund” it would be General."
    pub flip: Option<String>,
    /// The model has learned since the suggestion was made, and would now name another bucket.
    pub learned_since: Option<String>,
    /// The past decisions that the message is most like, three at most.
    pub similar: Vec<SimilarDecision>,
}

/// A past decision that a message is like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SimilarDecision {
    /// The conversation; `None` where it is not kept here, or the message was imported from a file.
    pub conversation_id: Option<ConversationId>,
    /// The message in one line.
    pub preview: String,
    /// Where it was put; `None` for none of the buckets.
    pub bucket_id: Option<BucketId>,
    /// What was decided: "Corrected to Billing".
    pub decided: String,
    /// When it was decided, or imported.
    pub at: Timestamp,
    /// How alike the words are, 0 to 1.
    pub likeness: f64,
}

/// Input of `insights.get`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct GetInsights {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// How many minutes the clock on the wall is ahead of UTC, for weeks.
    #[ts(optional, as = "Option<i32>")]
    pub offset_minutes: i32,
}

/// The name of a bucket that the views mention, also of one that is gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MentionedBucket {
    /// The bucket.
    pub bucket_id: BucketId,
    /// Its name.
    pub name: String,
}

/// What was suggested against what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConfusionView {
    /// The rows, and all columns but the last, which is 'none of these'.
    pub buckets: Vec<BucketId>,
    /// The cells that are not empty.
    pub cells: Vec<ConfusionCount>,
}

/// How often one bucket was suggested and another decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConfusionCount {
    /// The bucket suggested.
    pub suggested: BucketId,
    /// The bucket decided; `None` for none of these.
    pub decided: Option<BucketId>,
    /// How often.
    pub cases: u32,
}

/// How the mix of buckets has moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MixView {
    /// The index, and what chance explains of it.
    pub drift: Option<Drift>,
    /// Each bucket, before and lately.
    pub buckets: Vec<BucketDrift>,
}

/// One of the views: what it says in a sentence, and its figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Figure<T> {
    /// What it says.
    pub headline: String,
    /// Too few decisions to state a frequency.
    pub learning: bool,
    /// The figures.
    pub figures: T,
}

/// Answer of `insights.get`. Intervals are at 95 %.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct InsightsReport {
    /// Decisions that say whether the suggested bucket was right.
    pub decisions: u32,
    /// Decisions from which on frequencies are stated.
    pub enough: u32,
    /// What the views rest on, in a sentence.
    pub headline: String,
    /// Names of the buckets mentioned.
    pub buckets: Vec<MentionedBucket>,
    /// Whether confidence means what it says.
    pub calibration: Figure<Calibration>,
    /// Which buckets are taken for which.
    pub confusion: Figure<ConfusionView>,
    /// What would be wrong if only the more confident suggestions were given.
    pub risk: Figure<RiskCurve>,
    /// How often suggestions were right as decisions came in.
    pub learning_curve: Figure<LearningCurve>,
    /// What people made of suggestions, by week and bucket; the last twelve weeks with any.
    pub weeks: Figure<Vec<WeekRates>>,
    /// How long people looked before they approved.
    pub looks: Figure<Looks>,
    /// How the mix of buckets has moved.
    pub mix: Figure<MixView>,
}

/// Input of `insights.cases`: a cell of the confusion matrix.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct ListCases {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The bucket suggested.
    pub suggested: BucketId,
    /// The bucket decided; `None` for none of these.
    #[serde(default)]
    pub decided: Option<BucketId>,
}

/// A decided case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CaseView {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// The conversation; `None` where it is not kept here any more.
    pub conversation_id: Option<ConversationId>,
    /// What to call the customer.
    pub contact_name: String,
    /// The message in one line; empty once it was erased.
    pub preview: String,
    /// The confidence that was shown.
    pub confidence: f64,
    /// When it was decided.
    pub at: Timestamp,
}

/// Answer of `insights.cases`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CaseList {
    /// What they have in common: "Suggested Billing, decided General".
    pub headline: String,
    /// Newest first, a hundred at most.
    pub rows: Vec<CaseView>,
    /// How many there are.
    pub total: u32,
}

/// A reply that was edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EditView {
    /// The conversation.
    pub conversation_id: ConversationId,
    /// The bucket whose reply it was.
    pub bucket_id: Option<BucketId>,
    /// When.
    pub at: Timestamp,
    /// What was kept, taken out and put in.
    pub pieces: Vec<EditPiece>,
    /// Whether a language model had drafted it; else it was the bucket's own.
    pub was_draft: bool,
}

/// Answer of `insights.edits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EditList {
    /// What they say, in a sentence.
    pub headline: String,
    /// How many drafts of the language model were signed, and of those how many were changed first; `None` where none
    /// was.
    pub drafts: Option<String>,
    /// Newest first, fifty at most.
    pub rows: Vec<EditView>,
}

/// A bucket that may be missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProposalView {
    /// A name to begin with.
    pub name: String,
    /// The words that set its messages apart.
    pub words: Vec<String>,
    /// How many messages there are.
    pub messages: u32,
    /// The most typical of them, as examples for a bucket.
    pub examples: Vec<String>,
}

/// Answer of `insights.words`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WordsReport {
    /// Whether customers write of something else than before.
    pub vocabulary: Figure<Vocabulary>,
    /// Buckets that may be missing.
    pub proposals: Figure<Vec<ProposalView>>,
}
