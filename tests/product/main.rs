//! Whole-product tests: the real core against the simulator, over real sockets and real files, by a clock that is
//! moved by hand.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test program")]

mod connecting;
mod deliveries;
mod demo;
mod desktop;
mod disk;
mod faults;
mod harness;
mod learning;
mod no_secret;
mod path;
mod refused;
mod restart;
mod serving;
mod strange;
mod two_workspaces;
