//! A home folder of their own for tests, so that no test can read or write what belongs to the person at this machine.
//!
//! The caches of cargo and npm, and git's settings, stay where they are: tests build with them and hold nothing there.

use crate::task::Task;
use anyhow::{Context as _, Result};
use std::env;
use std::fs;
use std::path::PathBuf;

/// A throw-away home, removed at the end.
#[derive(Debug)]
pub(crate) struct Isolation {
    folder: PathBuf,
}

impl Isolation {
    pub(crate) fn new(name: &str) -> Result<Self> {
        // Short: sockets live below it, and their paths may hold about 100 bytes.
        let folder = env::temp_dir().join(format!("countersign-{name}-{}", std::process::id()));
        for part in ["home", "config", "data", "state", "cache", "runtime"] {
            fs::create_dir_all(folder.join(part)).context("Cannot make a throw-away home for the tests")?;
        }
        let isolation = Self { folder };
        isolation.close_runtime_folder()?;
        Ok(isolation)
    }

    /// Session buses refuse a runtime folder that others can read.
    #[cfg(unix)]
    fn close_runtime_folder(&self) -> Result<()> {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(self.folder.join("runtime"), fs::Permissions::from_mode(0o700))
            .context("Cannot close the runtime folder to others")
    }

    #[cfg(not(unix))]
    fn close_runtime_folder(&self) -> Result<()> {
        Ok(())
    }

    /// The same step with everything of the user's out of its sight.
    pub(crate) fn around(&self, task: Task) -> Task {
        let at = |part: &str| self.folder.join(part);
        let mut task = task
            .env("HOME", at("home"))
            .env("XDG_CONFIG_HOME", at("config"))
            .env("XDG_DATA_HOME", at("data"))
            .env("XDG_STATE_HOME", at("state"))
            .env("XDG_CACHE_HOME", at("cache"))
            .env("XDG_RUNTIME_DIR", at("runtime"))
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("WAYLAND_DISPLAY")
            .env_remove("DISPLAY");
        if cfg!(windows) {
            task = task
                .env("USERPROFILE", at("home"))
                .env("APPDATA", at("config"))
                .env("LOCALAPPDATA", at("data"));
        }
        for (key, value) in kept() {
            if env::var_os(key).is_none() && value.exists() {
                task = task.env(key, value);
            }
        }
        task
    }
}

/// What would be looked for below the home folder, and stays where it is.
fn kept() -> Vec<(&'static str, PathBuf)> {
    let Some(home) = env::var_os(if cfg!(windows) { "USERPROFILE" } else { "HOME" }).map(PathBuf::from)
    else {
        return Vec::new();
    };
    vec![
        ("CARGO_HOME", home.join(".cargo")),
        ("RUSTUP_HOME", home.join(".rustup")),
        ("npm_config_cache", home.join(".npm")),
        ("npm_config_userconfig", home.join(".npmrc")),
        ("GIT_CONFIG_GLOBAL", home.join(".gitconfig")),
    ]
}

impl Drop for Isolation {
    fn drop(&mut self) {
        // Left to the system's own clean-up when something still holds it.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::Isolation;
    use crate::task::Task;

    #[test]
    fn a_step_sees_a_home_that_is_not_the_users_and_is_gone_afterwards() {
        let isolation = Isolation::new("isolation-test").unwrap();
        let folder = isolation.folder.clone();
        let real = std::env::var("HOME").unwrap_or_default();
        let script =
            "test \"$HOME\" != \"$1\" && touch \"$HOME/a\" \"$XDG_DATA_HOME/b\" && test -z \"$DISPLAY\"";
        let task = Task::new("home", "sh", &std::env::temp_dir()).args(["-c", script, "_", &real]);
        assert!(isolation.around(task).run(&folder.join("logs")).unwrap().success);
        assert!(folder.join("home/a").exists());
        drop(isolation);
        assert!(!folder.exists());
    }
}
