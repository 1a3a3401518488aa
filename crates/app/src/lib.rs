//! Composition and the command surface: a name and JSON in, JSON or an [`api::ApiError`] out.
//!
//! [`Core`] puts the parts together: settings, workspaces, the listener for webhooks, the demo. The desktop shell and
//! the headless program hold a `Core` and pass commands to [`Core::call`] and events from [`Core::subscribe`]; both
//! can do exactly the same. The real keychain and notifications live here too.
#![warn(missing_docs)]

pub mod api;
pub mod core;
pub mod demo;
pub mod logging;
pub mod notifications;
pub mod offline;
pub mod paths;
pub mod secrets;
pub mod server;

pub use crate::core::{Core, CoreConfig, EventReceiver, Preset, StartError};
pub use domain::AdminId;
pub use engine::clock::SystemClock;
