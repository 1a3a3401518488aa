//! The client over real sockets: what it sends, what it makes of answers, and what it makes of none.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test's own helpers may fail loudly, like the test"
)]

#[path = "http/actions.rs"]
mod actions;
#[path = "http/calls.rs"]
mod calls;
#[path = "http/description.rs"]
mod description;
#[path = "http/examples.rs"]
mod examples;
#[path = "http/faults.rs"]
mod faults;
#[path = "http/library.rs"]
mod library;
#[path = "http/pacing.rs"]
mod pacing;
#[path = "http/reading.rs"]
mod reading;
#[path = "http/server.rs"]
mod server;
#[path = "http/streams.rs"]
mod streams;
