//! The console under test, as a process of its own: the real core and its HTTP server, by a clock that the run sets.
//!
//! It is `countersign-cli serve` but for the clock: whoever started it writes `now <milliseconds>` to its standard
//! input, or `slept <milliseconds>` when the machine slept until then. When the input ends, it closes in order;
//! everything else it has to survive.

use anyhow::{Context as _, Result};
use app::api::settings::Host;
use app::secrets::NoKeychain;
use app::server::Server;
use app::{AdminId, Core, CoreConfig, Preset};
use clap::Args;
use domain::Timestamp;
use domain::ports::Clock as _;
use engine::clock::ManualClock;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// The variable with the access token.
pub const ACCESS_TOKEN: &str = "COUNTERSIGN_ACCESS_TOKEN";
/// The variable with the client secret.
pub const CLIENT_SECRET: &str = "COUNTERSIGN_CLIENT_SECRET";

/// How a console is started.
#[derive(Debug, Args)]
pub struct ConsoleOptions {
    /// The data folder.
    #[arg(long)]
    pub data: PathBuf,
    /// Where the helpdesk's API answers.
    #[arg(long)]
    pub base_url: String,
    /// The workspace's app id.
    #[arg(long)]
    pub app_id: String,
    /// The teammate in whose name actions are made.
    #[arg(long)]
    pub admin_id: String,
    /// The token that commands ask for.
    #[arg(long)]
    pub ui_token: String,
    /// The time at the start, milliseconds since the epoch.
    #[arg(long)]
    pub now: i64,
}

/// Runs a console until its input ends.
#[expect(clippy::print_stdout, reason = "the one line that the run reads")]
pub async fn serve(options: ConsoleOptions) -> Result<()> {
    let clock = ManualClock::at(Timestamp(options.now));
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    let core = Core::start(CoreConfig {
        data: options.data,
        listen: any_port,
        any_port_if_taken: false,
        host: Host::Headless,
        demo: None,
        preset: Some(Preset {
            region: options.base_url,
            app_id: Some(options.app_id),
            admin_id: Some(AdminId(options.admin_id)),
            access_token: secret(ACCESS_TOKEN)?,
            client_secret: secret(CLIENT_SECRET)?,
        }),
        secrets: Arc::new(NoKeychain),
        notifier: None,
        clock: Arc::new(clock.clone()),
    })
    .await?;
    let server = Server::start(Arc::clone(&core), any_port, SecretString::from(options.ui_token)).await?;
    println!("{}", serde_json::json!({ "ui_url": server.url(), "listen_url": core.listen_url() }));
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let (word, now) = line.split_once(' ').unwrap_or_default();
        let now: i64 = now.parse().with_context(|| format!("Not understood: {line}"))?;
        let ahead = (now - clock.now().0).max(0);
        if word == "slept" {
            clock.sleep_machine(ahead);
        } else {
            clock.advance(ahead);
        }
    }
    server.close().await;
    core.close().await;
    Ok(())
}

fn secret(name: &str) -> Result<SecretString> {
    Ok(SecretString::from(std::env::var(name).with_context(|| format!("{name} is not set"))?))
}
