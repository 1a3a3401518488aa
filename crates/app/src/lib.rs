//! Composition and the command surface: a name and JSON in, JSON or an [`api::ApiError`] out.
#![warn(missing_docs)]

pub mod api;
