//! Where things are: the repository, and the folder of built things that outlives a clone.

use crate::task::Task;
use anyhow::{Context as _, Result};
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The feature set of every cargo call that builds the shell. One set, so that Tauri is compiled once.
pub(crate) const FEATURES: [&str; 2] = ["--features", "countersign/custom-protocol"];

/// The places that every command works with.
#[derive(Debug)]
pub(crate) struct Workplace {
    root: PathBuf,
    cache: PathBuf,
    target: PathBuf,
    /// Goes in front of PATH: the folder of a Node.js that is the project's own.
    node_folder: Option<PathBuf>,
}

impl Workplace {
    /// Finds the repository this program was built from, and the user's cache folder.
    pub(crate) fn open() -> Result<Self> {
        let manifest = env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.parent().context("The xtask crate has no parent folder")?.to_path_buf();
        let cache = cache_folder().context("Neither XDG_CACHE_HOME nor a home folder is set")?;
        let target =
            env::var_os("CARGO_TARGET_DIR").map_or_else(|| cache.join("target"), |set| root.join(set));
        Ok(Self { root, cache, target, node_folder: None })
    }

    /// The repository.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The project's folder in the user's cache.
    pub(crate) fn cache(&self) -> &Path {
        &self.cache
    }

    /// Logs of captured steps.
    pub(crate) fn logs(&self) -> PathBuf {
        self.target.join("xtask-logs")
    }

    /// A folder beside what is built, for what a command makes and may be thrown away.
    pub(crate) fn scratch(&self, name: &str) -> PathBuf {
        self.target.join(name)
    }

    /// A program that cargo has built.
    pub(crate) fn built(&self, profile: &str, name: &str) -> PathBuf {
        self.target.join(profile).join(format!("{name}{}", env::consts::EXE_SUFFIX))
    }

    /// Puts a Node.js of the project's own in front of PATH.
    pub(crate) fn use_node_in(&mut self, folder: PathBuf) {
        self.node_folder = Some(folder);
    }

    /// PATH as child processes get it.
    pub(crate) fn path(&self) -> OsString {
        let inherited = env::var_os("PATH").unwrap_or_default();
        let folders = self.node_folder.iter().cloned().chain(env::split_paths(&inherited));
        env::join_paths(folders).unwrap_or(inherited)
    }

    /// A step that runs in the repository.
    pub(crate) fn task(&self, name: &str, program: impl Into<OsString>) -> Task {
        let mut task = Task::new(name, program, &self.root)
            .env("PATH", self.path())
            .env("CARGO_TARGET_DIR", &self.target)
            .env("CARGO_TERM_COLOR", "never")
            .env("NO_COLOR", "1");
        // What `cargo run` tells this program about itself must not reach the cargo it starts.
        for (key, _) in env::vars_os() {
            let key_text = key.to_string_lossy();
            if key_text.starts_with("CARGO_PKG_") || key_text.starts_with("CARGO_MANIFEST_") {
                task = task.env_remove(key);
            }
        }
        if env::var_os("CI").is_some() {
            task = task.env("CARGO_INCREMENTAL", "0");
        }
        task.env_remove("FORCE_COLOR")
    }

    /// A cargo step.
    pub(crate) fn cargo<I: IntoIterator<Item: Into<OsString>>>(&self, name: &str, args: I) -> Task {
        self.task(name, env::var_os("CARGO").unwrap_or_else(|| "cargo".into())).args(args)
    }

    /// An npm step in a folder of the repository.
    pub(crate) fn npm<I: IntoIterator<Item: Into<OsString>>>(
        &self,
        name: &str,
        folder: &str,
        args: I,
    ) -> Task {
        let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
        self.task(name, npm).args(args).folder(self.root.join(folder))
    }
}

fn cache_folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let base = if cfg!(windows) {
        set("LOCALAPPDATA")?
    } else if cfg!(target_os = "macos") {
        set("HOME")?.join("Library/Caches")
    } else {
        set("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| Some(set("HOME")?.join(".cache")))?
    };
    Some(base.join("countersign"))
}
