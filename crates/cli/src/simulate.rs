//! `simulate`: a helpdesk workspace in a box on its own.

use crate::args::SimulateOptions;
use anyhow::Context as _;
use simulator::{Config, Simulator};
use std::net::SocketAddr;

#[expect(clippy::print_stdout, reason = "the one line that callers read")]
pub(crate) async fn run(options: SimulateOptions) -> anyhow::Result<()> {
    let config = Config {
        listen: SocketAddr::from(([127, 0, 0, 1], options.port)),
        seed: options.seed,
        quiet: options.quiet,
        ..Config::default()
    };
    let simulator = Simulator::start(config).await.context("The simulator could not be started")?;
    println!("{}", serde_json::to_string(simulator.credentials())?);
    crate::serve::told_to_end().await?;
    simulator.shutdown().await;
    Ok(())
}
