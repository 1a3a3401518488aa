//! Whole-product tests: the real core against the simulator, over real sockets and real files, by a clock that is
//! moved by hand.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test program")]

mod advice;
mod begun;
mod catch_up;
mod claims;
mod connecting;
mod deliveries;
mod delivery_page;
mod demo;
mod desktop;
mod disk;
mod drafts;
mod faults;
mod harness;
mod history;
mod insights;
#[path = "../../crates/language-models/tests/services/mock.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "the tests of the crate use more of it")]
mod language_model;
mod learning;
mod library;
mod no_secret;
mod path;
mod policies;
mod privacy;
mod refused;
mod reply_drafts;
mod restart;
mod serving;
#[cfg(unix)]
#[path = "../../crates/tunnels/tests/tunnels/sshd.rs"]
#[expect(
    dead_code,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "the tests of the crate use more of it, and it says why it skips"
)]
mod sshd;
mod strange;
mod tunnel;
mod two_workspaces;
mod watch;
