//! The simulator from outside: everything over real HTTP, as a client or a webhook endpoint meets it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect has failed"
)]

mod acts;
mod bulk;
mod chaos;
mod common;
mod conformance;
mod contacts;
mod control;
mod deliveries;
mod endings;
mod faults;
mod intake;
mod paging;
mod repeatable;
mod schema;
mod search;
mod webhooks;
