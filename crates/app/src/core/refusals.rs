//! From the errors of the parts to the error that crosses to the page.

use crate::api::{ApiError, ErrorCode};
use domain::ports::SecretStoreError;
use domain::{Fault, FaultKind};
use engine::EngineError;
use store::StoreError;

impl From<EngineError> for ApiError {
    fn from(error: EngineError) -> Self {
        let message = error.to_string();
        let code = match error {
            EngineError::NotFound(_) => ErrorCode::NotFound,
            EngineError::AlreadyDecided(_) => ErrorCode::AlreadyDecided,
            EngineError::Moved(_) => ErrorCode::Moved,
            EngineError::TooLate => ErrorCode::TooLate,
            EngineError::BadInput(_) => ErrorCode::BadRequest,
            EngineError::Vendor(fault) => return fault.into(),
            EngineError::Store(error) => return error.into(),
        };
        Self::new(code, message)
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::NotFound(_) => ErrorCode::NotFound,
            StoreError::AlreadyDecided => ErrorCode::AlreadyDecided,
            StoreError::AlreadyUndone | StoreError::Conflict => ErrorCode::BadRequest,
            StoreError::TooLate => ErrorCode::TooLate,
            StoreError::Full
            | StoreError::Busy
            | StoreError::Corrupt(_)
            | StoreError::Newer { .. }
            | StoreError::Io(_) => ErrorCode::Storage,
            StoreError::Constraint(_) | StoreError::Internal(_) => ErrorCode::Internal,
        };
        Self::new(code, error.to_string())
    }
}

impl From<Fault> for ApiError {
    fn from(fault: Fault) -> Self {
        let code = match fault.kind {
            FaultKind::NoSecret => ErrorCode::NeedsSecret,
            FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::NotFound
            | FaultKind::RateLimited
            | FaultKind::Rejected
            | FaultKind::Unavailable
            | FaultKind::Unreachable
            | FaultKind::NoAnswer
            | FaultKind::Unreadable => ErrorCode::Vendor,
        };
        Self { code, message: fault.sentence(), detail: fault.code }
    }
}

impl From<SecretStoreError> for ApiError {
    fn from(error: SecretStoreError) -> Self {
        Self::new(ErrorCode::NoKeychain, error.to_string())
    }
}
