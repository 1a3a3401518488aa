//! What a workspace is remembered by: one SQLite file each with an inbox beside it, and one small file for what belongs
//! to none.
//!
//! Guarantees: what a method has written is on disk when it returns (`synchronous=FULL`); each method is one
//! transaction, whole or not at all; transitions of suggestions and actions are compare-and-swap, so two hands
//! never both succeed; text erased at the vendor is erased here; a row that cannot be read is left out of lists
//! and logged, never a panic.
//!
//! Does not: decide anything, read a clock, make an id, or hold a transaction across anything but SQL. One
//! writer connection puts writes in a queue; a few query-only readers answer beside it. The planner's statistics
//! (`ANALYZE`) are left alone on purpose: the plans that the tests look at are the plans that run.
#![warn(missing_docs)]

mod actions;
mod activity;
mod articles;
mod backfill;
mod begun;
mod buckets;
mod column;
mod contacts;
mod conversations;
mod coverage;
mod database;
mod decisions;
mod deliveries;
mod directory;
mod drafts;
mod egress;
mod erasure;
mod error;
mod imports;
mod inbox;
mod lessons;
mod looks;
mod macros;
mod models;
mod opinions;
mod outbox;
mod policies;
mod settings;
mod store;
mod suggestions;
#[cfg(test)]
mod tests;

pub use actions::ActionCounts;
pub use activity::{ActivityRow, NewActivity};
pub use articles::SoughtWord;
pub use backfill::Backfill;
pub use begun::BegunReply;
pub use contacts::ContactBrief;
pub use conversations::list::{ConversationFilter, ConversationRow};
pub use coverage::{Covered, CoveredBy, Cursor, UnreadConversation};
pub use decisions::{DecisionRecord, DecisionRow, StandingDecision, Undone};
pub use deliveries::list::{DeliveryFilter, DeliveryRow};
pub use deliveries::replay::{Reread, SettledDelivery};
pub use deliveries::traces::ConversationMark;
pub use deliveries::{DeliveryCounts, DueDelivery, Inserted, NewDelivery};
pub use drafts::{DraftRow, DraftState, KeptDraft, SignedDrafts};
pub use egress::EgressRow;
pub use erasure::{ErasureRow, ErasureStage, LookedFor, NewErasure, Searched, UnfinishedErasure};
pub use error::StoreError;
pub use imports::{ImportRow, ImportSource, ImportedLesson, NewImport, TagCount, TaggedConversation};
pub use inbox::{Cleared, Sorted};
pub use lessons::{Agreement, LessonDetail, LessonId, LessonRow, NewLesson};
pub use looks::{CaseRow, DecidedRow, EditRow, Marked, UnplacedRow};
pub use models::SavedModel;
pub use opinions::usage::DayUsage;
pub use opinions::{GivenOpinion, OpinionPair, OpinionState};
pub use outbox::{OutboxChange, Transition};
pub use policies::record::{ActRow, ArrivalRow, AutomaticRow, PredictionRow, WrongRow};
pub use policies::{Judged, Judgement, PolicyRow};
pub use settings::{SettingsStore, WorkspaceKind, WorkspaceRecord};
pub use store::Store;
pub use suggestions::list::{SuggestionCounts, SuggestionFilter, SuggestionRow, SuggestionScope};
