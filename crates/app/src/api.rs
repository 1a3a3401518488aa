//! The command surface: every command by name, with the types that go in and come out.
//!
//! One table ([`commands`]) is the only list of commands; the desktop shell, the headless server, `GET /rpc` and the
//! generated TypeScript all read it. Types here are what crosses to the page: no secret goes out, and what people
//! read (sentences, summaries) is worded here and not in the page.

pub mod activity;
pub mod begun;
pub mod buckets;
pub mod commands;
pub mod contacts;
pub mod conversations;
pub mod coverage;
pub mod decisions;
pub mod deliveries;
pub mod drafts;
pub mod egress;
pub mod error;
pub mod event;
pub mod health;
pub mod history;
pub mod insights;
pub mod language_models;
pub mod library;
pub mod policies;
pub mod replies;
pub mod settings;
pub mod suggestions;
pub mod tunnel;
pub mod typescript;
pub mod workspaces;

pub use error::{ApiError, ErrorCode};
pub use event::{AppEvent, Notice, NoticeKind};
