//! The program's own log: to standard error, never to where answers go. It holds ids, counts and states; no names,
//! no texts, no secrets.

use std::io::IsTerminal as _;
use tracing_subscriber::EnvFilter;

/// Starts the log. `COUNTERSIGN_LOG` chooses what is told, in the syntax of `tracing` filters; `info` when unset.
pub fn start() {
    let filter = EnvFilter::try_from_env("COUNTERSIGN_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let colours = std::io::stderr().is_terminal();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_ansi(colours);
    let result = log.with_writer(std::io::stderr).try_init();
    // A second start in one process (tests) changes nothing.
    drop(result);
}
