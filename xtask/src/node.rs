//! Node.js for the page: finds one that is new enough, or keeps one of the project's own.
//!
//! Debian 12 and Ubuntu 24.04 ship a Node.js older than the page's tools take. There a newer one comes through npm, as
//! an ordinary package, into the project's folder in the user's cache; the system's own stays as it is.

use crate::needs::output_of;
use crate::workplace::Workplace;
use anyhow::{Context as _, Result, bail};
use std::env;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// The oldest of each line that the page's tools take; newer lines are all right.
const OLDEST_OF_LINE: [(u32, u32); 2] = [(20, 19), (22, 12)];
/// What the project keeps for itself where the system's is too old.
const OWN_NODE: &str = "22";
const OWN_NPM: &str = "11";
/// The npm of the oldest Node.js that will do.
const OLDEST_NPM: u32 = 9;

/// What is missing, for people.
pub(crate) const WHAT: &str = "Node.js 20.19 or newer with npm";

/// What there is of Node.js.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    /// New enough, with npm.
    Present,
    /// Node and npm are there, one of them too old.
    TooOld,
    /// Node or npm is not there.
    Absent,
}

/// Looks for Node.js on PATH, then in the project's own folder; the second is used from then on.
pub(crate) fn find(workplace: &mut Workplace) -> Node {
    let on_path = look(workplace);
    if on_path == Node::Present {
        return on_path;
    }
    let bin = own_bin(workplace);
    if bin.join("node").exists() {
        workplace.use_node_in(bin);
        if look(workplace) == Node::Present {
            return Node::Present;
        }
    }
    on_path
}

fn look(workplace: &Workplace) -> Node {
    let path = workplace.path();
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let node_version = output_of("node", &["--version"], &path);
    let npm_version = output_of(npm, &["--version"], &path);
    let (Some(node_version), Some(npm_version)) = (node_version, npm_version) else { return Node::Absent };
    let npm_is_new = version(&npm_version).is_some_and(|(major, _)| major >= OLDEST_NPM);
    if is_new_enough(&node_version) && npm_is_new { Node::Present } else { Node::TooOld }
}

fn is_new_enough(node: &str) -> bool {
    version(node).is_some_and(|(major, minor)| {
        let is_in_line = OLDEST_OF_LINE.iter().any(|(line, oldest)| major == *line && minor >= *oldest);
        let is_newer_line = OLDEST_OF_LINE.iter().all(|(line, _)| major > *line);
        is_in_line || is_newer_line
    })
}

/// Major and minor; tools print warnings before the version, so the last line counts.
fn version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.lines().last()?.trim_start_matches('v').split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn own_bin(workplace: &Workplace) -> PathBuf {
    workplace.cache().join("node/bin")
}

/// What would be installed.
pub(crate) fn plan(workplace: &Workplace) -> String {
    format!(
        "Where the system's Node.js is too old: Node.js {OWN_NODE} and npm {OWN_NPM} from the npm registry, \
         into {} (this project's own, the system's is left as it is)",
        workplace.cache().join("node").display()
    )
}

/// Brings the project's own Node.js, through the npm that is there, unless the system's is new enough by now.
pub(crate) fn install(workplace: &mut Workplace) -> Result<()> {
    if find(workplace) == Node::Present {
        return Ok(());
    }
    let arch = match env::consts::ARCH {
        "x86_64" => "x64",
        "aarch64" => "arm64",
        other => bail!("No Node.js package is known for {other}: install {WHAT} by hand"),
    };
    let folder = workplace.cache().join("node");
    fs::create_dir_all(folder.join("bin")).context("Cannot make a folder for Node.js")?;
    let node_package = format!("node-linux-{arch}");
    workplace
        .task("Node.js", "npm")
        .args(["install", "--no-audit", "--no-fund", "--prefix"])
        .args([folder.as_os_str()])
        .args([format!("{node_package}@{OWN_NODE}"), format!("npm@{OWN_NPM}")])
        .limit(Duration::from_mins(10))
        .run_or_fail(&workplace.logs())?;
    let modules = folder.join("node_modules");
    link(&modules.join(&node_package).join("bin/node"), &folder.join("bin/node"))?;
    link(&modules.join("npm/bin/npm-cli.js"), &folder.join("bin/npm"))?;
    link(&modules.join("npm/bin/npx-cli.js"), &folder.join("bin/npx"))?;
    if find(workplace) == Node::Present {
        Ok(())
    } else {
        bail!("The Node.js that was installed does not start")
    }
}

#[cfg(unix)]
fn link(from: &std::path::Path, to: &std::path::Path) -> Result<()> {
    if fs::symlink_metadata(to).is_ok() {
        fs::remove_file(to).context("Cannot replace a link")?;
    }
    std::os::unix::fs::symlink(from, to).with_context(|| format!("Cannot link {}", to.display()))
}

#[cfg(not(unix))]
fn link(from: &std::path::Path, to: &std::path::Path) -> Result<()> {
    fs::copy(from, to).map(drop).with_context(|| format!("Cannot copy {}", to.display()))
}

/// Brings a folder's `node_modules` in step with its lock file; does nothing when it is.
pub(crate) fn modules(workplace: &Workplace, folder: &str) -> Result<()> {
    let base = workplace.root().join(folder);
    let lock = fs::read(base.join("package-lock.json"))
        .with_context(|| format!("{folder}/package-lock.json cannot be read"))?;
    let stamp = base.join("node_modules/.installed-lock.json");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    workplace
        .npm(&format!("packages of {folder}"), folder, ["ci", "--no-audit", "--no-fund"])
        .limit(Duration::from_mins(15))
        .run_or_fail(&workplace.logs())?;
    fs::create_dir_all(base.join("node_modules"))?;
    fs::write(&stamp, lock).context("Cannot note which lock file was installed")
}

/// Builds the page into ui/dist.
pub(crate) fn build_page(workplace: &Workplace) -> Result<()> {
    modules(workplace, "ui")?;
    workplace
        .npm("page", "ui", ["run", "build"])
        .limit(Duration::from_mins(10))
        .run_or_fail(&workplace.logs())
        .map(drop)
}

#[cfg(test)]
mod tests {
    use super::{is_new_enough, version};

    #[test]
    fn versions_are_read_with_or_without_their_letter_and_after_warnings() {
        assert_eq!(version("v20.20.2"), Some((20, 20)));
        assert_eq!(version("11.19.1"), Some((11, 19)));
        assert_eq!(version("a warning\n11.19.1"), Some((11, 19)));
        assert_eq!(version(""), None);
    }

    #[test]
    fn only_the_lines_that_the_pages_tools_take_will_do() {
        for (node, is_enough) in [
            ("v18.20.4", false),
            ("v20.18.0", false),
            ("v20.19.0", true),
            ("v21.7.0", false),
            ("v22.11.0", false),
            ("v22.12.0", true),
            ("v24.0.0", true),
        ] {
            assert_eq!(is_new_enough(node), is_enough, "{node}");
        }
    }
}
