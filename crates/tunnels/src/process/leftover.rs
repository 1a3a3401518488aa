//! A note of the program that runs, so that the next start can end it if this process was killed.
//!
//! A process is ended only when it is provably the one of the note: same id, same moment of its start, same start of
//! the machine, and still the leader of its group.

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The file of the note, in the data folder.
const FILE: &str = "tunnel-process.json";

/// What identifies a process for ever.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Identity {
    pid: u32,
    /// What no other process with this id has: when it was started, and in which run of the machine.
    started: String,
}

/// A note that was left.
#[derive(Debug)]
pub(crate) struct Note {
    path: PathBuf,
    pid: u32,
}

impl Note {
    /// Writes down that `pid` runs for us. `None` where processes cannot be told apart, or the note cannot be kept.
    pub(crate) fn leave(folder: &Path, pid: u32) -> Option<Self> {
        let identity = Identity { pid, started: started(pid)? };
        let path = folder.join(FILE);
        let text = serde_json::to_string(&identity).ok()?;
        match std::fs::write(&path, text) {
            Ok(()) => Some(Self { path, pid }),
            Err(error) => {
                tracing::warn!(%error, "The note of the tunnel's program could not be kept");
                None
            }
        }
    }

    /// Takes it away, if it still is of this program.
    pub(crate) fn remove(self) {
        if read(&self.path).is_some_and(|identity| identity.pid == self.pid) {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Ends what an earlier run of this program left behind in `folder`'s note. Says whether there was something.
pub fn end_leftover(folder: &Path) -> bool {
    let path = folder.join(FILE);
    let Some(identity) = read(&path) else { return false };
    let _ = std::fs::remove_file(&path);
    if started(identity.pid).as_ref() != Some(&identity.started) {
        return false;
    }
    kill_group(identity.pid)
}

fn read(path: &Path) -> Option<Identity> {
    serde_json::from_str(&std::fs::read_to_string(path).ok()?).ok()
}

#[cfg(unix)]
fn kill_group(pid: u32) -> bool {
    let Some(group) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else { return false };
    // Only a program that we started leads a group of its own id.
    if rustix::process::getpgid(Some(group)) != Ok(group) {
        return false;
    }
    let ended = rustix::process::kill_process_group(group, rustix::process::Signal::KILL).is_ok();
    if ended {
        tracing::info!("Ended a tunnel's program that an earlier run had left behind");
    }
    ended
}

#[cfg(not(unix))]
fn kill_group(_: u32) -> bool {
    false
}

/// When a process was started: ticks since the start of the machine, and which start that was.
#[cfg(target_os = "linux")]
fn started(pid: u32) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything; what follows its last bracket does not.
    let (_, after) = stat.rsplit_once(") ")?;
    let ticks = after.split(' ').nth(19)?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    Some(format!("{} {ticks}", boot.trim()))
}

#[cfg(all(unix, not(target_os = "linux")))]
fn started(pid: u32) -> Option<String> {
    let pid = pid.to_string();
    let output = std::process::Command::new("/bin/ps").args(["-p", &pid, "-o", "lstart="]).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}

#[cfg(not(unix))]
fn started(_: u32) -> Option<String> {
    None
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
    use std::process::{Command, Stdio};

    fn sleeper() -> std::process::Child {
        let mut command = Command::new("sleep");
        command.arg("600").process_group(0).stdin(Stdio::null()).spawn().unwrap()
    }

    #[test]
    fn what_was_left_behind_is_ended_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = sleeper();
        let note = Note::leave(folder.path(), child.id()).unwrap();
        drop(note); // As when this process is killed: the file stays.
        assert!(end_leftover(folder.path()));
        assert_eq!(child.wait().unwrap().signal(), Some(9));
        assert!(!end_leftover(folder.path()), "the note is gone");
    }

    #[test]
    fn another_process_with_the_same_id_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = sleeper();
        let real = started(child.id()).unwrap();
        let other = Identity { pid: child.id(), started: format!("{real}0") };
        std::fs::write(folder.path().join(FILE), serde_json::to_string(&other).unwrap()).unwrap();
        assert!(!end_leftover(folder.path()));
        assert_eq!(child.try_wait().unwrap(), None, "it still runs");
        child.kill().unwrap();
        child.wait().unwrap();
    }

    #[test]
    fn a_note_of_another_program_is_not_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let (mut first, mut second) = (sleeper(), sleeper());
        let older = Note::leave(folder.path(), first.id()).unwrap();
        let newer = Note::leave(folder.path(), second.id()).unwrap();
        older.remove();
        assert!(folder.path().join(FILE).exists());
        newer.remove();
        assert!(!folder.path().join(FILE).exists());
        for child in [&mut first, &mut second] {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}
