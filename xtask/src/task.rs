//! One captured step: a child process whose output is kept, with progress shown while it runs.
//!
//! On a terminal the step is one line that is rewritten; elsewhere (a build machine's log) it says every half minute
//! where it is. The whole output goes to a log file; of a step that fails, what its failed tests said is shown, or the end
//! of its output where there is no test to blame.

use crate::duration::readable;
use crate::failures::Failures;
use crate::tally::{Tally, without_colours};
use anyhow::{Context as _, Result, bail};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead as _, BufReader, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

const REDRAW: Duration = Duration::from_millis(200);
const HEARTBEAT: Duration = Duration::from_secs(30);
/// Pipes that a left-over grandchild holds open are given this long after the child's end.
const DRAIN: Duration = Duration::from_secs(2);
const SHOWN_ON_FAILURE: usize = 400;

/// A child process to be.
#[derive(Debug, Clone)]
pub(crate) struct Task {
    name: String,
    program: OsString,
    args: Vec<OsString>,
    folder: PathBuf,
    env: Vec<(OsString, Option<OsString>)>,
    limit: Duration,
}

/// What became of a step.
#[derive(Debug)]
pub(crate) struct Finished {
    pub(crate) name: String,
    pub(crate) success: bool,
    pub(crate) tally: Tally,
    pub(crate) elapsed: Duration,
    /// The tests that failed.
    pub(crate) failed: Vec<String>,
}

impl Task {
    pub(crate) fn new(name: &str, program: impl Into<OsString>, folder: &Path) -> Self {
        Self {
            name: name.to_owned(),
            program: program.into(),
            args: Vec::new(),
            folder: folder.to_path_buf(),
            env: Vec::new(),
            limit: Duration::from_mins(40),
        }
    }

    pub(crate) fn args<I: IntoIterator<Item: Into<OsString>>>(mut self, args: I) -> Self {
        self.args.extend(args.into_iter().map(Into::into));
        self
    }

    pub(crate) fn folder(mut self, folder: PathBuf) -> Self {
        self.folder = folder;
        self
    }

    pub(crate) fn env(mut self, key: impl Into<OsString>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((key.into(), Some(value.as_ref().to_owned())));
        self
    }

    pub(crate) fn env_remove(mut self, key: impl Into<OsString>) -> Self {
        self.env.push((key.into(), None));
        self
    }

    /// Ends the step as failed when it takes longer.
    pub(crate) fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Runs this step inside another program: `wrapper arguments… program arguments…`.
    pub(crate) fn inside(mut self, wrapper: &str, wrapper_args: &[&str]) -> Self {
        let mut args: Vec<OsString> = wrapper_args.iter().map(Into::into).collect();
        args.push(self.program);
        args.append(&mut self.args);
        self.program = wrapper.into();
        self.args = args;
        self
    }

    /// The child process with nothing said about its input and output.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.args).current_dir(&self.folder);
        for (key, value) in &self.env {
            match value {
                Some(value) => command.env(key, value),
                None => command.env_remove(key),
            };
        }
        command
    }

    /// Runs the step to its end. A step that fails is no error here: see [`Finished::success`].
    pub(crate) fn run(&self, logs: &Path) -> Result<Finished> {
        let started = Instant::now();
        let mut progress = Progress::start(&self.name);
        let mut command = self.command();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let grouped = own_group(&mut command);
        let mut child = command.spawn().with_context(|| {
            format!("Cannot start {} for '{}'", self.program.to_string_lossy(), self.name)
        })?;
        let (sender, lines) = channel();
        forward(child.stdout.take(), &sender);
        forward(child.stderr.take(), &sender);
        drop(sender);
        let mut output = Vec::new();
        let ended = self.follow(&mut child, &lines, &mut output, &mut progress, started)?;
        let success = match ended {
            Ended::ByItself(success) => success,
            Ended::TooLong => {
                end(&mut child, grouped);
                output.push(format!("ended after {}: the step's limit", readable(self.limit)));
                false
            }
        };
        let failures = if success { Failures::default() } else { Failures::of_output(&output) };
        let finished = Finished {
            name: self.name.clone(),
            success,
            tally: Tally::of_output(&output),
            elapsed: started.elapsed(),
            failed: failures.names,
        };
        let log = write_log(logs, &self.name, &output);
        progress.finish(&finished);
        if !success {
            let shown = if failures.said.is_empty() { &output } else { &failures.said };
            show_failure(shown, log.as_deref());
        }
        Ok(finished)
    }

    /// Runs the step, and makes its failure an error.
    pub(crate) fn run_or_fail(&self, logs: &Path) -> Result<Finished> {
        let finished = self.run(logs)?;
        if !finished.success {
            bail!("'{}' failed", self.name);
        }
        Ok(finished)
    }

    fn follow(
        &self,
        child: &mut Child,
        lines: &Receiver<String>,
        output: &mut Vec<String>,
        progress: &mut Progress,
        started: Instant,
    ) -> Result<Ended> {
        let mut exit: Option<(bool, Instant)> = None;
        loop {
            match lines.recv_timeout(REDRAW) {
                Ok(line) => output.push(line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => {
                    let success = child.wait().context("Cannot wait for the step")?.success();
                    return Ok(Ended::ByItself(success));
                }
            }
            progress.show(started.elapsed(), output.last().map_or("", String::as_str));
            if exit.is_none() {
                exit = child
                    .try_wait()
                    .context("Cannot wait for the step")?
                    .map(|status| (status.success(), Instant::now()));
            }
            match exit {
                Some((success, at)) if at.elapsed() > DRAIN => return Ok(Ended::ByItself(success)),
                None if started.elapsed() > self.limit => return Ok(Ended::TooLong),
                Some(_) | None => {}
            }
        }
    }
}

enum Ended {
    ByItself(bool),
    TooLong,
}

/// With nobody at the terminal a step gets a process group, so that its limit ends all that it started. With somebody
/// there it stays in ours, so that Ctrl-C reaches it.
fn own_group(command: &mut Command) -> bool {
    if crate::system::has_person() {
        return false;
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt as _;
        command.process_group(0);
        true
    }
    #[cfg(not(unix))]
    {
        let _ = command;
        false
    }
}

fn end(child: &mut Child, grouped: bool) {
    if grouped {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn forward(stream: Option<impl Read + Send + 'static>, sender: &Sender<String>) {
    let Some(stream) = stream else { return };
    let sender = sender.clone();
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let line = String::from_utf8_lossy(&bytes).trim_end().to_owned();
            bytes.clear();
            if sender.send(line).is_err() {
                return;
            }
        }
    });
}

fn write_log(logs: &Path, name: &str, output: &[String]) -> Option<PathBuf> {
    let file_name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    fs::create_dir_all(logs).ok()?;
    let path = logs.join(format!("{file_name}.log"));
    fs::write(&path, output.join("\n")).ok()?;
    Some(path)
}

fn show_failure(output: &[String], log: Option<&Path>) {
    let hidden = output.len().saturating_sub(SHOWN_ON_FAILURE);
    if hidden > 0 {
        println!("    … {hidden} lines before these");
    }
    for line in output.iter().skip(hidden) {
        println!("    {}", without_colours(line));
    }
    if let Some(log) = log {
        println!("    (all of it: {})", log.display());
    }
}

/// What is shown while a step runs.
struct Progress {
    name: String,
    terminal: bool,
    last_beat: Instant,
}

impl Progress {
    fn start(name: &str) -> Self {
        let progress = Self {
            name: name.to_owned(),
            terminal: std::io::stdout().is_terminal(),
            last_beat: Instant::now(),
        };
        if !progress.terminal {
            println!("  … {name}");
        }
        progress
    }

    fn show(&mut self, elapsed: Duration, last_line: &str) {
        let tail = without_colours(last_line);
        let line = format!("  … {}  {}  {}", self.name, readable(elapsed), tail.trim());
        if self.terminal {
            let width = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok()).unwrap_or(80_usize);
            let line: String = line.chars().take(width.saturating_sub(1)).collect();
            print!("\r\x1b[2K{line}");
            let _ = std::io::stdout().flush();
        } else if self.last_beat.elapsed() >= HEARTBEAT {
            self.last_beat = Instant::now();
            println!("{line}");
        }
    }

    fn finish(&self, finished: &Finished) {
        if self.terminal {
            print!("\r\x1b[2K");
        }
        let mark = if finished.success { "✓" } else { "✗" };
        let counted =
            if finished.tally.total() > 0 { format!("  {}", finished.tally) } else { String::new() };
        println!("  {mark} {}  {}{counted}", self.name, readable(finished.elapsed));
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::Task;
    use std::path::PathBuf;
    use std::time::{Duration, Instant};

    fn logs() -> PathBuf {
        std::env::temp_dir().join(format!("xtask-task-test-{}", std::process::id()))
    }

    fn shell(script: &str) -> Task {
        Task::new("a step", "sh", &std::env::temp_dir()).args(["-c", script])
    }

    #[test]
    fn a_step_reports_its_exit_and_counts_the_tests_of_both_streams() {
        let finished =
            shell("echo 'test result: ok. 3 passed; 0 failed; 1 ignored;' >&2; exit 1").run(&logs()).unwrap();
        assert!(!finished.success);
        assert_eq!((finished.tally.passed, finished.tally.skipped), (3, 1));
        assert!(shell("true").run_or_fail(&logs()).is_ok());
        assert!(shell("false").run_or_fail(&logs()).is_err());
    }

    #[test]
    fn a_step_over_its_limit_is_ended_as_failed() {
        let started = Instant::now();
        let finished = shell("sleep 60").limit(Duration::from_millis(300)).run(&logs()).unwrap();
        assert!(!finished.success);
        assert!(started.elapsed() < Duration::from_secs(20), "the step was waited for to its end");
    }

    #[test]
    fn a_daemon_left_behind_does_not_keep_a_step_open() {
        let started = Instant::now();
        let finished = shell("sleep 30 & exit 0").run(&logs()).unwrap();
        assert!(finished.success);
        assert!(
            started.elapsed() < Duration::from_secs(20),
            "the step waited for the process it left behind"
        );
    }

    #[test]
    fn a_wrapped_step_keeps_its_arguments_in_order() {
        let task = shell("echo \"$1\" >&2; test \"$1\" = inner").args(["_", "inner"]).inside("env", &["A=1"]);
        assert!(task.run(&logs()).unwrap().success);
    }
}
