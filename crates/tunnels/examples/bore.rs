//! bore's own client and server behind bore's own command line, for the tests: the program `bore` is not in the
//! package registries of most systems, its code is in Rust's.

#![expect(clippy::print_stderr, reason = "a command line program tells its user on standard error")]

use bore_cli::client::Client;
use bore_cli::server::Server;
use clap::{Parser, Subcommand};
use std::net::IpAddr;
use std::process::ExitCode;

#[derive(Debug, Parser)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Leads a port of a server here.
    Local {
        /// The port on this machine.
        local_port: u16,
        /// The host on this side.
        #[arg(long, default_value = "localhost")]
        local_host: String,
        /// The server.
        #[arg(long)]
        to: String,
        /// The port on the server.
        #[arg(long, default_value_t = 0)]
        port: u16,
        /// The server's secret.
        #[arg(long, env = "BORE_SECRET")]
        secret: Option<String>,
    },
    /// Is such a server.
    Server {
        /// The lowest port to give away.
        #[arg(long, default_value_t = 1024)]
        min_port: u16,
        /// The address to listen on.
        #[arg(long)]
        bind_addr: IpAddr,
        /// The secret that clients must know.
        #[arg(long, env = "BORE_SECRET")]
        secret: Option<String>,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::INFO).init();
    match run(Args::parse().command).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Local { local_port, local_host, to, port, secret } => {
            Client::new(&local_host, local_port, &to, port, secret.as_deref()).await?.listen().await
        }
        Command::Server { min_port, bind_addr, secret } => {
            let mut server = Server::new(min_port..=65535, secret.as_deref());
            server.set_bind_addr(bind_addr);
            server.set_bind_tunnels(bind_addr);
            server.listen().await
        }
    }
}
