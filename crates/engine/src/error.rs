//! What a use case answers when it cannot do what was asked.

use domain::{Fault, Movement};
use store::StoreError;

/// Why a use case did not happen.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// There is no such thing.
    #[error("There is no such {0}.")]
    NotFound(&'static str),
    /// The suggestion was answered, or replaced, before.
    #[error("{0}")]
    AlreadyDecided(String),
    /// Somebody acted on the conversation since.
    #[error("Not done: {}. Look at the conversation again.", .0.sentence())]
    Moved(Movement),
    /// The undo window has passed.
    #[error("Too late to take back: it has been sent.")]
    TooLate,
    /// The input makes no sense here.
    #[error("{0}")]
    BadInput(String),
    /// The helpdesk refused or did not answer.
    #[error("{}", .0.sentence())]
    Vendor(#[from] Fault),
    /// The database cannot be read or written.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::AlreadyDecided => {
                Self::AlreadyDecided("This was decided meanwhile, here or in another window.".to_owned())
            }
            StoreError::TooLate => Self::TooLate,
            StoreError::AlreadyUndone => Self::BadInput("This was taken back before.".to_owned()),
            StoreError::NotFound(what) => Self::NotFound(what),
            StoreError::Full
            | StoreError::Busy
            | StoreError::Corrupt(_)
            | StoreError::Newer { .. }
            | StoreError::Conflict
            | StoreError::Constraint(_)
            | StoreError::Io(_)
            | StoreError::Internal(_) => Self::Store(error),
        }
    }
}
