//! Tunnels from outside: the supervisor over recording ports, programs that stand in for others, and real OpenSSH and
//! bore on loopback.

#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that meets what it does not expect has failed"
)]

mod bore;
mod clock;
mod fakes;
mod programs;
mod ssh;
mod sshd;
mod supervising;
mod world;
