//! Use cases and background work of a workspace.
//!
//! A delivery comes in through [`listener`], [`ingest`] fetches what it names, [`suggesting`] proposes, a person
//! decides through [`approvals`], or a policy that a person switched on ([`policies`]), and the [`outbox`] carries it out. [`workspace`] holds the parts together and runs
//! them. The helpdesk is seen only through the ports of `domain`: no vendor is named here.
//!
//! Guarantees: a delivery is answered 200 only when it is on disk; nothing is written to the helpdesk without a
//! decision; every write is preceded by a reading of the conversation; a write whose outcome is unknown is read back
//! before anything else.
#![warn(missing_docs)]

pub mod advice;
mod answers;
pub mod approvals;
pub mod backoff;
pub mod begun;
pub mod budget;
pub mod catch_up;
pub mod clock;
mod contacts;
pub mod drafting;
mod edits;
pub mod erasure;
pub mod error;
pub mod events;
pub mod history;
pub mod ingest;
pub mod insights;
pub mod learning;
pub mod library;
pub mod listener;
pub mod locks;
pub mod outbox;
pub mod policies;
pub mod pulse;
pub mod record;
pub mod replay;
mod replies;
pub mod retention;
mod sorting;
pub mod suggesting;
pub mod suspension;
pub mod wording;
pub mod workspace;

pub use error::EngineError;
pub use events::{EngineEvent, EngineNotice, Events, Tone};
pub use workspace::{Workspace, WorkspaceConfig};
