//! A program that runs for us, with everything it starts itself, and ends with us.
//!
//! On unix it leads a process group of its own, which is ended as a whole. When this process is killed, nothing of it
//! runs any more: on Linux `setpriv` asks the kernel to end the program then, and a note of the program lets the next
//! start end what is left ([`leftover`]). The kernel's promise is bound to the *thread* that started the program, so a
//! thread of its own starts it and waits as long as it is wanted.

mod keeper;
pub(crate) mod leftover;

use crate::program::lines;
use keeper::Keeper;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::mpsc;

/// How long a program may take to end when it is asked to.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long lines are waited for after the program ended.
const LAST_WORDS: Duration = Duration::from_millis(200);
/// Variables that begin so are ours, and some are secret: no other program gets them.
const OURS: &str = "COUNTERSIGN_";

/// What to start.
#[derive(Debug)]
pub(crate) struct Start {
    /// The program's file.
    pub(crate) program: PathBuf,
    /// Its arguments, passed as they are.
    pub(crate) arguments: Vec<OsString>,
    /// Where it runs and where the note of it is kept.
    pub(crate) folder: PathBuf,
}

/// What is heard from a program.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Heard {
    /// A line of its output.
    Line(String),
    /// It ended, and how.
    Ended(String),
}

/// A program that runs. Dropping it ends it.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    lines: mpsc::Receiver<String>,
    ended: Option<ExitStatus>,
    note: Option<leftover::Note>,
    /// Closed when we end: programs that read their input end then.
    _input: Option<ChildStdin>,
    _keeper: Keeper,
}

impl Process {
    /// Starts it.
    pub(crate) async fn start(start: Start) -> std::io::Result<Self> {
        let mut command = bound_to_us(&start).await;
        command
            .current_dir(&start.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .env("NO_COLOR", "1")
            // Messages are read: in English, whatever the person's language.
            .env("LC_ALL", "C")
            // Where in its source a program failed is no reason for people.
            .env("RUST_BACKTRACE", "0")
            .kill_on_drop(true);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with(OURS) {
                command.env_remove(name);
            }
        }
        #[cfg(unix)]
        command.process_group(0);
        #[cfg(windows)]
        command.creation_flags(CREATE_NO_WINDOW);
        let (mut child, keeper) = keeper::spawn(command).await?;
        let (sender, lines) = mpsc::channel(64);
        if let Some(output) = child.stdout.take() {
            tokio::spawn(lines::forward(output, sender.clone()));
        }
        if let Some(output) = child.stderr.take() {
            tokio::spawn(lines::forward(output, sender));
        }
        let note = child.id().and_then(|pid| leftover::Note::leave(&start.folder, pid));
        Ok(Self { _input: child.stdin.take(), child, lines, ended: None, note, _keeper: keeper })
    }

    /// The next thing it says. Dropping the future loses nothing.
    pub(crate) async fn heard(&mut self) -> Heard {
        loop {
            if let Some(status) = self.ended {
                return match tokio::time::timeout(LAST_WORDS, self.lines.recv()).await {
                    Ok(Some(line)) => Heard::Line(line),
                    Ok(None) | Err(_) => Heard::Ended(how(status)),
                };
            }
            tokio::select! {
                biased;
                Some(line) = self.lines.recv() => return Heard::Line(line),
                status = self.child.wait() => match status {
                    Ok(status) => self.ended = Some(status),
                    Err(error) => return Heard::Ended(format!("in a way that is not known ({error})")),
                },
            }
        }
    }

    /// Ends it: asks first, and waits a little.
    pub(crate) async fn end(mut self) {
        if self.ended.is_none() {
            self.ask_to_end();
            if tokio::time::timeout(PATIENCE, self.child.wait()).await.is_err() {
                self.kill();
                let _ = self.child.wait().await;
            }
        }
    }

    #[cfg(unix)]
    fn ask_to_end(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    #[cfg(not(unix))]
    fn ask_to_end(&mut self) {
        // There is no asking.
        self.kill();
    }

    #[cfg(unix)]
    fn kill(&self) {
        self.signal(rustix::process::Signal::KILL);
    }

    #[cfg(not(unix))]
    fn kill(&mut self) {
        let _ = self.child.start_kill();
    }

    /// Sends a signal to the whole group. The id is gone once the program was waited for, so that no other gets it.
    #[cfg(unix)]
    fn signal(&self, signal: rustix::process::Signal) {
        let id = self.child.id().and_then(|id| i32::try_from(id).ok());
        if let Some(group) = id.and_then(rustix::process::Pid::from_raw) {
            let _ = rustix::process::kill_process_group(group, signal);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
        if let Some(note) = self.note.take() {
            note.remove();
        }
    }
}

#[cfg(windows)]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;

/// The command, such that the kernel ends it when we are killed, where there is a way to ask for that.
#[cfg(target_os = "linux")]
async fn bound_to_us(start: &Start) -> Command {
    static SETPRIV: tokio::sync::OnceCell<bool> = tokio::sync::OnceCell::const_new();
    const PROGRAM: &str = "/usr/bin/setpriv";
    const SIGNAL: [&str; 3] = ["--pdeathsig", "KILL", "--"];
    // The one of busybox does not know it.
    let knows = SETPRIV
        .get_or_init(|| async {
            let mut trial = Command::new(PROGRAM);
            trial.args(SIGNAL).arg(PROGRAM).arg("--version");
            trial.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            trial.status().await.is_ok_and(|status| status.success())
        })
        .await;
    if *knows {
        let mut command = Command::new(PROGRAM);
        command.args(SIGNAL).arg(&start.program).args(&start.arguments);
        return command;
    }
    plain(start)
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "one signature for all systems")]
async fn bound_to_us(start: &Start) -> Command {
    plain(start)
}

fn plain(start: &Start) -> Command {
    let mut command = Command::new(&start.program);
    command.args(&start.arguments);
    command
}

fn how(status: ExitStatus) -> String {
    match status.code() {
        Some(0) => "by itself".to_owned(),
        Some(code) => format!("with status {code}"),
        None => "by a signal".to_owned(),
    }
}
