//! A console from outside: a process that is started, killed, put to sleep and asked over HTTP, with the way to the
//! helpdesk and the way of the webhooks to it.

use crate::program::{ACCESS_TOKEN, CLIENT_SECRET};
use crate::relay::Relay;
use crate::tunnel::Tunnel;
use crate::verdict::kept;
use anyhow::{Context as _, Result, bail};
use serde_json::Value;
use simulator::{Clock as _, ManualClock};
use sqlx::sqlite::SqlitePool;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::process::{Child, ChildStdin, Command};

const UI_TOKEN: &str = "chaos";
/// A console that takes longer than this to start does not start at all.
const STARTING: Duration = Duration::from_mins(1);
const CLOSING: Duration = Duration::from_secs(30);

/// What a console has of the helpdesk.
#[derive(Debug, Clone)]
pub(crate) struct Credentials {
    /// What the helpdesk calls this app among several.
    pub(crate) label: Option<String>,
    pub(crate) app_id: String,
    pub(crate) admin_id: String,
    pub(crate) token: String,
    pub(crate) client_secret: String,
}

/// What happened to the process.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Lives {
    pub(crate) starts: usize,
    pub(crate) kills: usize,
    /// Ended by itself.
    pub(crate) crashes: usize,
    pub(crate) closings: usize,
    pub(crate) sleeps: usize,
}

#[derive(Debug)]
struct Process {
    child: Child,
    input: ChildStdin,
    ui_url: String,
    asleep: bool,
}

/// One console.
#[derive(Debug)]
pub(crate) struct Console {
    pub(crate) name: &'static str,
    pub(crate) credentials: Credentials,
    pub(crate) relay: Relay,
    pub(crate) tunnel: Tunnel,
    pub(crate) lives: Lives,
    folder: PathBuf,
    program: PathBuf,
    clock: ManualClock,
    http: reqwest::Client,
    process: Option<Process>,
    /// A look into its file, once it has one.
    file: Option<SqlitePool>,
}

impl Console {
    pub(crate) fn new(
        name: &'static str,
        credentials: Credentials,
        (relay, tunnel): (Relay, Tunnel),
        folder: &Path,
        program: &Path,
        clock: ManualClock,
    ) -> Result<Self> {
        Ok(Self {
            name,
            credentials,
            relay,
            tunnel,
            lives: Lives::default(),
            folder: folder.join(name),
            program: program.to_path_buf(),
            clock,
            http: reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(20)).build()?,
            process: None,
            file: None,
        })
    }

    pub(crate) const fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    pub(crate) async fn start(&mut self) -> Result<()> {
        if self.process.is_some() {
            return Ok(());
        }
        std::fs::create_dir_all(&self.folder)?;
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.folder.join("log"))?;
        let credentials = &self.credentials;
        let mut child = Command::new(&self.program)
            .args(["console", "--base-url", &self.relay.url(), "--app-id", &credentials.app_id])
            .args(["--admin-id", &credentials.admin_id, "--ui-token", UI_TOKEN])
            .args(["--now", &self.clock.now_ms().to_string(), "--data"])
            .arg(self.data())
            .env(ACCESS_TOKEN, &credentials.token)
            .env(CLIENT_SECRET, &credentials.client_secret)
            .env("COUNTERSIGN_LOG", std::env::var("COUNTERSIGN_LOG").unwrap_or_else(|_| "warn".to_owned()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .context("A console cannot be started")?;
        let input = child.stdin.take().context("A console without an input")?;
        let output = child.stdout.take().context("A console without an output")?;
        let mut lines = BufReader::new(output).lines();
        let line = tokio::time::timeout(STARTING, lines.next_line())
            .await
            .with_context(|| format!("Console {} did not start in time", self.name))??;
        let Some(line) = line else { bail!("Console {} ended at its start: see its log", self.name) };
        let ready: Value = serde_json::from_str(&line)?;
        let url = |key: &str| ready.get(key).and_then(Value::as_str).map(str::to_owned);
        let ui_url = url("ui_url").context("No address of the commands")?;
        self.tunnel.lead_to(url("listen_url"));
        self.relay.set_process(child.id().unwrap_or_default());
        self.process = Some(Process { child, input, ui_url, asleep: false });
        self.lives.starts += 1;
        if self.file.is_none() {
            self.file = kept::open(&self.data()).await.ok();
        }
        self.tell_time().await;
        Ok(())
    }

    pub(crate) fn runs(&self) -> bool {
        self.process.is_some()
    }

    pub(crate) fn is_awake(&self) -> bool {
        self.process.as_ref().is_some_and(|process| !process.asleep)
    }

    /// Whether it was killed by a trap, or ended on its own, since somebody looked.
    pub(crate) fn has_ended(&mut self) -> bool {
        let Some(process) = self.process.as_mut() else { return false };
        let Ok(Some(status)) = process.child.try_wait() else { return false };
        self.process = None;
        self.is_gone();
        // A signal leaves no code: only a trap kills.
        let count = if status.code().is_none() { &mut self.lives.kills } else { &mut self.lives.crashes };
        *count += 1;
        true
    }

    fn is_gone(&self) {
        self.relay.set_process(0);
        self.tunnel.lead_to(None);
    }

    /// Kills it without a warning.
    pub(crate) async fn kill(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        drop(process.child.start_kill());
        // Nobody may signal its number any more once it was waited for: it may be another's.
        self.is_gone();
        drop(process.child.wait().await);
        self.lives.kills += 1;
    }

    /// Ends it in order.
    pub(crate) async fn close(&mut self) -> Result<()> {
        self.wake().await;
        let Some(process) = self.process.take() else { return Ok(()) };
        let Process { mut child, input, .. } = process;
        drop(input);
        self.tunnel.lead_to(None);
        self.lives.closings += 1;
        let status = tokio::time::timeout(CLOSING, child.wait())
            .await
            .with_context(|| format!("Console {} did not end", self.name))??;
        self.is_gone();
        if status.code().is_none() {
            // A trap was quicker.
            self.lives.kills += 1;
        } else if !status.success() {
            bail!("Console {} ended with {status}: see its log", self.name);
        }
        Ok(())
    }

    /// Stops the process where it stands, as a laptop does when it is shut.
    pub(crate) fn sleep(&mut self) {
        if let Some(process) = self.process.as_mut().filter(|process| !process.asleep) {
            process.asleep = true;
            signal(process.child.id().unwrap_or_default(), "STOP");
            self.lives.sleeps += 1;
        }
    }

    pub(crate) async fn wake(&mut self) {
        if let Some(process) = self.process.as_mut().filter(|process| process.asleep) {
            process.asleep = false;
            signal(process.child.id().unwrap_or_default(), "CONT");
            self.tell("slept").await;
        }
    }

    /// Whether an action is being carried out, or is about to be.
    pub(crate) async fn is_acting(&self) -> bool {
        let Some(file) = self.file.as_ref().filter(|_| self.is_awake()) else { return false };
        let count: Result<i64, _> = sqlx::query_scalar(
            "SELECT COUNT(*) FROM actions WHERE due_at IS NOT NULL AND (state = 'sending' OR due_at <= ?1)",
        )
        .bind(self.clock.now_ms())
        .fetch_one(file)
        .await;
        count.is_ok_and(|count| count > 0)
    }

    /// Tells it what time it is. One that sleeps hears it when it wakes.
    pub(crate) async fn tell_time(&mut self) {
        self.tell("now").await;
    }

    async fn tell(&mut self, word: &str) {
        let line = format!("{word} {}\n", self.clock.now_ms());
        if let Some(process) = self.process.as_mut().filter(|process| !process.asleep) {
            // One that has just been killed reads no more.
            drop(process.input.write_all(line.as_bytes()).await);
        }
    }

    /// Runs a command; `None` when the console refused it or is not there.
    pub(crate) async fn ask(&self, command: &str, input: Value) -> Option<Value> {
        let process = self.process.as_ref().filter(|process| !process.asleep)?;
        let url = format!("{}/rpc/{command}", process.ui_url);
        let answer = self.http.post(url).bearer_auth(UI_TOKEN).json(&input).send().await.ok()?;
        if !answer.status().is_success() {
            return None;
        }
        answer.json().await.ok()
    }
}

/// Sends a signal to a process of ours.
pub(crate) fn signal(process: u32, name: &str) {
    if process != 0 {
        let sent =
            std::process::Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status();
        drop(sent);
    }
}
