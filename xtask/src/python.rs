//! Python for official clients: the one of the system, with the packages of each folder of tests in a virtual environment
//! of the project's own. It is welcome, not needed: without it those tests are skipped.

use crate::needs::output_of;
use crate::workplace::Workplace;
use anyhow::{Context as _, Result};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// The oldest minor version of Python 3 that the pinned packages take.
const OLDEST_MINOR: u32 = 10;

/// A Python that has the packages, or why there is none.
pub(crate) type Found = std::result::Result<PathBuf, String>;

/// Brings the virtual environment in step with the pinned packages of a folder; does nothing when it is.
pub(crate) fn environment(workplace: &Workplace, folder: &str) -> Result<Found> {
    let path = workplace.path();
    let Some(version) = output_of("python3", &["--version"], &path) else {
        return Ok(Err("Python is not installed".to_owned()));
    };
    if minor(&version).is_none_or(|minor| minor < OLDEST_MINOR) {
        return Ok(Err(format!("{version} is older than 3.{OLDEST_MINOR}")));
    }
    if output_of("python3", &["-c", "import ensurepip, venv"], &path).is_none() {
        return Ok(Err("Python has no venv (on Debian and Ubuntu: apt install python3-venv)".to_owned()));
    }
    let list = workplace.root().join(folder).join("requirements.txt");
    let wanted = fs::read(&list).with_context(|| format!("{folder}/requirements.txt cannot be read"))?;
    let name = folder.rsplit('/').next().unwrap_or(folder);
    let environment = workplace.cache().join(format!("{name}-python"));
    let python = environment.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let stamp = environment.join("installed-requirements.txt");
    if python.exists() && fs::read(&stamp).is_ok_and(|installed| installed == wanted) {
        return Ok(Ok(python));
    }
    let logs = workplace.logs();
    let made = workplace
        .task("Python environment", "python3")
        .args(["-m", "venv", "--clear"])
        .args([environment.as_os_str()])
        .limit(Duration::from_mins(5))
        .run(&logs)?;
    if !made.success {
        return Ok(Err("a virtual environment of Python cannot be made".to_owned()));
    }
    workplace
        .task("packages of Python", python.as_os_str())
        .args(["-m", "pip", "install", "--disable-pip-version-check", "--no-deps", "--requirement"])
        .args([list.as_os_str()])
        .limit(Duration::from_mins(10))
        .run_or_fail(&logs)?;
    fs::write(&stamp, wanted).context("Cannot note which packages of Python were installed")?;
    Ok(Ok(python))
}

/// `Python 3.11.7` gives 11; another major version gives nothing.
fn minor(version: &str) -> Option<u32> {
    version.strip_prefix("Python 3.")?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn only_a_python_three_has_a_version() {
        assert_eq!(minor("Python 3.11.7"), Some(11));
        assert_eq!(minor("Python 3.9.2"), Some(9));
        assert_eq!(minor("Python 2.7.18"), None);
        assert_eq!(minor(""), None);
    }
}
