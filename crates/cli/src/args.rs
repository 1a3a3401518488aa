//! The command line.

use clap::{Args as ClapArgs, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Countersign without a window: the same core, commands over HTTP, the page in a browser.
#[derive(Debug, Parser)]
#[command(name = "countersign-cli", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the core: listen for webhooks, follow a workspace, serve commands, events and the page.
    ///
    /// Prints one line of JSON when it is ready: `{"ui_url","listen_url"}`. Runs until it is told to end
    /// (Ctrl-C or SIGTERM). `POST /rpc/<command>` with a JSON body and `Authorization: Bearer <token>` runs a
    /// command; `GET /rpc` lists them all; `GET /events` streams events; the page is at `/#token=<token>`.
    ///
    /// The access token and the client secret come from the environment: `COUNTERSIGN_ACCESS_TOKEN` and
    /// `COUNTERSIGN_CLIENT_SECRET`. They are kept in memory only.
    Serve(Box<ServeOptions>),
    /// Run an Intercom workspace in a box, for trying things out and for tests.
    ///
    /// Prints one line of JSON when it is ready: `{"base_url","token","client_secret","app_id","admin_id"}`. Its
    /// control surface is under /_sim (see the simulator's README).
    Simulate(SimulateOptions),
    /// The local model: measure it on labelled messages of your own, or teach it those of a workspace.
    Triage(crate::triage::TriageOptions),
    /// List every command of `POST /rpc/<command>` with what it does.
    Commands {
        /// Print the TypeScript types of all inputs and answers too.
        #[arg(long)]
        types: bool,
    },
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ServeOptions {
    /// The data folder; made when it is not there [default: the system's place for data of programs]
    #[arg(long, value_name = "DIR", env = app::paths::DATA_DIR_VARIABLE)]
    pub(crate) data: Option<PathBuf>,
    /// Where to listen for webhooks: a loopback address, port 0 for any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8713")]
    pub(crate) listen: SocketAddr,
    /// Where to serve the page and the commands: a loopback address, port 0 for any free port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8714")]
    pub(crate) ui: SocketAddr,
    /// The token that the page and the commands ask for [default: a new one, printed]
    #[arg(long, value_name = "TOKEN", env = "COUNTERSIGN_UI_TOKEN", hide_env_values = true)]
    pub(crate) ui_token: Option<String>,
    /// Open the built-in demo workspace: no account, no network
    #[arg(long)]
    pub(crate) demo: bool,
    /// Where the helpdesk's API answers: us, eu, au, or a URL
    #[arg(long, value_name = "REGION|URL", conflicts_with = "config")]
    pub(crate) base_url: Option<String>,
    /// The workspace's app id; asked for when left out
    #[arg(long, value_name = "ID", requires = "base_url")]
    pub(crate) app_id: Option<String>,
    /// The id of the teammate in whose name actions are made; the token's own when left out
    #[arg(long, value_name = "ID", requires = "base_url")]
    pub(crate) admin_id: Option<String>,
    /// A JSON file with `base_url`, and `app_id` and `admin_id` if wanted. It may not hold secrets
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct SimulateOptions {
    /// The port on 127.0.0.1; 0 for any free port
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
    /// The same seed gives the same workspace, ids and order of messages
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Begin with an empty inbox and send no messages of its own
    #[arg(long)]
    pub(crate) quiet: bool,
}

#[expect(clippy::print_stdout, reason = "the answer of this command")]
pub(crate) fn list_commands(types: bool) {
    for command in app::api::commands::commands() {
        println!(
            "{:<24} {} -> {}\n{:<24} {}",
            command.name, command.input, command.answer, "", command.about
        );
    }
    if types {
        println!("\n{}", app::api::typescript::typescript());
    }
}

#[cfg(test)]
mod tests {
    use super::Args;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound_and_every_subcommand_is_explained() {
        let mut command = Args::command();
        command.build();
        command.clone().debug_assert();
        for subcommand in command.get_subcommands() {
            assert!(subcommand.get_about().is_some(), "{} is not explained", subcommand.get_name());
        }
    }
}
