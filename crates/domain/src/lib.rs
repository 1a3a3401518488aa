//! Words, rules and ports of the product.
//!
//! Pure types and functions: nothing here performs I/O, reads a clock, draws a random number or knows a vendor.
//! What the outside must provide stands in [`ports`]; everything else is data and the rules over it.
#![warn(missing_docs)]

pub mod action;
mod address;
pub mod bucket;
pub mod claim;
pub mod contact;
pub mod conversation;
pub mod decision;
pub mod delivery;
pub mod directory;
pub mod draft;
mod edit;
pub mod erasure;
pub mod fault;
pub mod ids;
pub mod library;
pub mod movement;
pub mod ports;
pub mod reply;
#[cfg(test)]
mod samples;
pub mod suggestion;
pub mod time;

pub use action::{Action, ActionKind, ActionState, Assignee, InvalidTransition};
pub use address::is_loopback;
pub use bucket::{Bucket, BucketTone, NONE_OF_THESE, Plan, PlanGap};
pub use claim::{Claim, Standing};
pub use contact::{Company, Contact};
pub use conversation::{
    Attachment, Author, AuthorKind, Conversation, ConversationState, ConversationStatus, Part,
};
pub use decision::{DecidedBy, Decision, DecisionKind, Verdict};
pub use delivery::{
    Change, ChangeKind, DeliveryEvent, DeliveryOutcome, LedTo, Notification, NotificationError, OddItem,
};
pub use directory::{Admin, Directory, Identity, Team};
pub use draft::{DraftSource, DraftStanding, open_place};
pub use edit::{EditKind, EditPiece};
pub use erasure::{ErasureCause, ErasureCounts};
pub use fault::{Fault, FaultKind};
pub use ids::{
    ActionId, AdminId, ArticleId, BucketId, ContactId, ConversationId, DecisionId, DeliveryId, DraftId,
    ErasureId, ImportId, MacroId, PartId, SuggestionId, TeamId, WorkspaceId,
};
pub use library::{ArticlePage, FoundArticle, HelpArticle, Macro, MacroPage};
pub use movement::{Movement, MovementKind};
pub use reply::{ReplyFacts, ReplyGap, ReplyVariable};
pub use suggestion::{Evidence, Suggestion, SuggestionState, Supersession};
pub use time::Timestamp;
