//! Supervises a quick tunnel until it is killed, for the test that nothing outlives it. Prints the public URL.

#![expect(clippy::print_stdout, reason = "the test reads the address")]

#[path = "../tests/tunnels/clock.rs"]
#[expect(dead_code, reason = "only one of the two clocks is used here")]
mod clock;

use anyhow::Context as _;
use async_trait::async_trait;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;
use tunnels::{Choice, Monotonic, Outcome, Plan, Probe, Programs, ProviderKind, Supervisor, Target, Timing};
use url::Url;

#[derive(Debug)]
struct Always;

#[async_trait]
impl Probe for Always {
    async fn probe(&self, _: &Url) -> Outcome {
        Outcome::Reached
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let data = PathBuf::from(arguments.next().context("Name the folder")?);
    let bin = arguments.next().context("Name the folder of the programs")?;
    let listener = arguments.next().context("Name the listener's address")?;
    let address = listener.to_string_lossy().parse()?;
    let choice = Choice { provider: ProviderKind::CloudflaredQuick, options: BTreeMap::new() };
    let supervisor = Supervisor::start(Plan {
        target: Target::new(address, "/webhooks/intercom", &BTreeSet::new())?,
        provider: choice.provider(&Programs::in_folders(bin), data)?,
        probe: Arc::new(Always),
        clock: Arc::new(clock::WallClock),
        monotonic: Monotonic::system(),
        timing: Timing::default(),
    });
    let mut status = supervisor.status();
    let up = status.wait_for(|status| status.url().is_some()).await?.clone();
    println!("{}", up.url().context("A tunnel that is up has an address")?);
    std::future::pending().await
}
