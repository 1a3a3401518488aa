//! Everything Intercom: REST client, wire types, webhook dialect.
//!
//! [`Intercom`] is a [`domain::ports::Helpdesk`] bound to one access token; [`Webhooks`] is a
//! [`domain::ports::WebhookDialect`]; [`api::Api`] has every call that the product makes, in Intercom's own terms,
//! and [`limiter::Limiter`] shares out the budget of calls among those who ask it to. What Intercom sends is read
//! leniently, since its types change from version to version and from place to place; what it is sent follows the
//! description of version [`API_VERSION`] exactly. Texts leave this crate plain and safe to show, but for the
//! records of [`api`], which are exactly what was sent.
//!
//! Not here: repeating a call that failed, keeping anything, making anybody wait who did not ask for it. Whoever
//! calls decides that, with [`domain::Fault`] to decide on.
#![warn(missing_docs)]

#[cfg(test)]
mod any_json;
pub mod api;
mod client;
mod fault;
pub mod limiter;
mod map;
mod region;
mod text;
mod webhooks;
mod wire;

pub use client::{Config, Intercom, SetupError};
pub use region::{Region, RegionError};
pub use text::plain_text;
pub use webhooks::Webhooks;

/// The version of Intercom's API that every call names.
pub const API_VERSION: &str = "2.16";
