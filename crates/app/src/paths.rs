//! Where the program keeps its files.

use std::path::{Path, PathBuf};

/// Names the data folder instead of the system's place for it.
pub const DATA_DIR_VARIABLE: &str = "COUNTERSIGN_DATA_DIR";

/// The data folder: what the variable names, else the system's place for data of programs.
pub fn data_dir() -> Option<PathBuf> {
    match std::env::var_os(DATA_DIR_VARIABLE).filter(|value| !value.is_empty()) {
        Some(named) => Some(PathBuf::from(named)),
        None => {
            directories::ProjectDirs::from("", "", "Countersign").map(|dirs| dirs.data_dir().to_path_buf())
        }
    }
}

/// The file of what belongs to no workspace.
pub(crate) fn settings_file(data: &Path) -> PathBuf {
    data.join("countersign.sqlite")
}

/// Held while a program uses the folder.
pub(crate) fn lock_file(data: &Path) -> PathBuf {
    data.join("countersign.lock")
}

/// The file of a workspace.
pub(crate) fn workspace_file(data: &Path, id: domain::WorkspaceId) -> PathBuf {
    data.join("workspaces").join(format!("{id}.sqlite"))
}
