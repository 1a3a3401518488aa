//! A desktop session of its own for tests: a display without a screen, a session bus, an unlocked keychain.
//!
//! dunst, which shows notifications, is started by the bus when somebody notifies. Linux only; elsewhere a step runs
//! as it is.

use crate::system::{Family, find_program};
use crate::task::Task;

const SCREEN: &str = "-screen 0 1600x1000x24";

/// Opens the keychain with an empty password, runs what follows, and ends the keychain with it.
const WITH_KEYCHAIN: &str = r#"
printf '\n' | gnome-keyring-daemon --unlock --components=secrets --daemonize >/dev/null 2>&1
"$@"
"#;

/// Runs a step in a desktop session of its own, where this system has the programs for one.
pub(crate) fn around(task: Task) -> Task {
    let programs = ["xvfb-run", "dbus-run-session", "gnome-keyring-daemon"];
    if !Family::detect().is_linux() || programs.iter().any(|name| find_program(&[name]).is_none()) {
        return task;
    }
    // Tests that use a keychain or a notification service do so only where this says that both are throw-away ones.
    task.env("COUNTERSIGN_TEST_DESKTOP", "1")
        .env("GDK_BACKEND", "x11")
        .env("NO_AT_BRIDGE", "1")
        .inside("bash", &["-c", WITH_KEYCHAIN, "keychain"])
        .inside("dbus-run-session", &["--"])
        .inside("xvfb-run", &["-a", "-s", SCREEN])
}
