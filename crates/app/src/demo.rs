//! The demo workspace: a helpdesk in a box in this process, spoken to over HTTP like a real one.
//!
//! It begins anew with each start of the program, and so does what is kept of it.

use simulator::{Config, Credentials, Simulator, SimulatorError};
use std::time::Duration;

/// Set to keep the demo's customers silent.
const QUIET: &str = "COUNTERSIGN_DEMO_QUIET";

/// Whether the environment asks for silent customers.
pub fn asked_to_be_quiet() -> bool {
    std::env::var_os(QUIET).is_some_and(|value| !value.is_empty() && value != "0")
}

/// A running demo.
#[derive(Debug)]
pub struct Demo {
    simulator: Simulator,
}

impl Demo {
    /// Starts it; `quiet` keeps its customers silent.
    pub async fn start(quiet: bool) -> Result<Self, SimulatorError> {
        let config = Config { quiet, ..Config::default() };
        Ok(Self { simulator: Simulator::start(config).await? })
    }

    /// Where its API answers.
    pub fn base_url(&self) -> String {
        self.simulator.base_url()
    }

    /// What opens it.
    pub fn credentials(&self) -> &Credentials {
        self.simulator.credentials()
    }

    /// Tells it where to deliver webhooks.
    pub async fn deliver_to(&self, url: &str) -> Result<(), reqwest::Error> {
        deliver_to(&self.base_url(), url).await
    }

    /// Ends it.
    pub async fn stop(self) {
        self.simulator.shutdown().await;
    }
}

async fn deliver_to(base_url: &str, url: &str) -> Result<(), reqwest::Error> {
    let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(10)).build()?;
    let body = serde_json::json!({ "url": url });
    client.post(format!("{base_url}/_sim/webhook")).json(&body).send().await?.error_for_status()?;
    Ok(())
}
