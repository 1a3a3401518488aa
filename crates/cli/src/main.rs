//! `countersign-cli`: the program without a window.

mod args;
mod import;
mod serve;
mod simulate;
mod triage;

use args::{Args, Command};
use clap::Parser as _;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = Args::parse();
    app::logging::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return complain(&anyhow::Error::from(error)),
    };
    let result = runtime.block_on(async {
        match args.command {
            Command::Serve(options) => serve::run(options).await,
            Command::Simulate(options) => simulate::run(options).await,
            Command::Triage(options) => triage::run(options).await,
            Command::Commands { types } => {
                args::list_commands(types);
                Ok(())
            }
        }
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => complain(&error),
    }
}

#[expect(clippy::print_stderr, reason = "a command line program tells its user on standard error")]
fn complain(error: &anyhow::Error) -> ExitCode {
    eprintln!("countersign-cli: {error:#}");
    ExitCode::FAILURE
}
