//! `cargo xtask run`: from a fresh machine to the window on the demo workspace.

use crate::system::{Family, has_display};
use crate::workplace::Workplace;
use crate::{RunOptions, install, needs, node};
use anyhow::{Context as _, Result, bail};
use std::collections::hash_map::RandomState;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, Hasher as _};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

/// Installs, builds and starts the program.
pub(crate) fn run(workplace: &mut Workplace, options: &RunOptions) -> Result<ExitCode> {
    let family = Family::detect();
    if family.is_linux() && !options.headless && !has_display() {
        bail!(
            "No display here (neither DISPLAY nor WAYLAND_DISPLAY is set): \
             'cargo xtask run --headless' serves the same program to a browser"
        );
    }
    let needs = needs::to_run(family, options.headless);
    install::ensure(workplace, &needs, true, options.yes, "cargo xtask run")?;
    node::build_page(workplace)?;
    build(workplace, options)?;
    let profile = if options.release { "release" } else { "debug" };
    if options.headless {
        serve(workplace, &workplace.built(profile, "countersign-cli"))
    } else {
        open(&workplace.built(profile, "countersign"))
    }
}

fn build(workplace: &Workplace, options: &RunOptions) -> Result<()> {
    let mut args = vec!["build"];
    if options.headless {
        args.extend(["--package", "cli"]);
    } else {
        args.extend(["--package", "countersign", "--features", "custom-protocol"]);
    }
    if options.release {
        args.push("--release");
    }
    let name = if options.headless { "program without a window" } else { "program" };
    workplace.cargo(name, args).limit(Duration::from_mins(90)).run_or_fail(&workplace.logs()).map(drop)
}

fn open(program: &Path) -> Result<ExitCode> {
    println!("Opening the window. Ctrl-C here, or closing it, ends the program.");
    let status =
        Command::new(program).status().with_context(|| format!("Cannot start {}", program.display()))?;
    if status.success() { Ok(ExitCode::SUCCESS) } else { bail!("The program ended with {status}") }
}

fn serve(workplace: &Workplace, program: &Path) -> Result<ExitCode> {
    let token = token();
    let data = workplace.cache().join("headless-demo");
    let mut child = Command::new(program)
        .args([
            "serve",
            "--demo",
            "--listen",
            "127.0.0.1:0",
            "--ui",
            "127.0.0.1:0",
            "--ui-token",
            &token,
            "--data",
        ])
        .arg(&data)
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("Cannot start {}", program.display()))?;
    let stdout = child.stdout.take().context("The program has no standard output")?;
    let mut said_where = false;
    for line in BufReader::new(stdout).lines() {
        let line = line.context("Cannot read what the program prints")?;
        match address(&line) {
            Some(address) if !said_where => {
                said_where = true;
                println!(
                    "\n  Open {address}/#token={token}\n  Ctrl-C ends it. Its data is in {}\n",
                    data.display()
                );
            }
            Some(_) | None => println!("{line}"),
        }
    }
    let status = child.wait().context("Cannot wait for the program")?;
    if status.success() { Ok(ExitCode::SUCCESS) } else { bail!("The program ended with {status}") }
}

/// The page's address in the line that the program prints when it is ready.
fn address(line: &str) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(line).ok()?;
    Some(value.get("ui_url")?.as_str()?.trim_end_matches('/').to_owned())
}

/// A word that other users of this machine cannot guess. The hasher's keys come from the operating system.
pub(crate) fn token() -> String {
    let mut token = String::new();
    for _ in 0..4 {
        // Writing to a String cannot fail.
        let _ = write!(token, "{:016x}", RandomState::new().build_hasher().finish());
    }
    token
}

#[cfg(test)]
mod tests {
    use super::{address, token};

    #[test]
    fn the_address_is_read_from_the_ready_line_alone() {
        let line = r#"{"ui_url":"http://127.0.0.1:4000/","listen_url":"http://127.0.0.1:4001"}"#;
        assert_eq!(address(line).as_deref(), Some("http://127.0.0.1:4000"));
        assert_eq!(address("a log line"), None);
        assert_eq!(address("{}"), None);
    }

    #[test]
    fn tokens_differ_and_are_long() {
        assert_ne!(token(), token());
        assert_eq!(token().len(), 64);
    }
}
