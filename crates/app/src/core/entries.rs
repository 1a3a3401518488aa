//! The workspaces that are open, and finding the one a command means.

use super::Core;
use crate::api::workspaces::{WorkspaceStatus, WorkspaceType, WorkspaceView};
use crate::api::{ApiError, ErrorCode};
use domain::WorkspaceId;
use engine::Workspace;
use std::sync::{Arc, PoisonError};
use store::{WorkspaceKind, WorkspaceRecord};

/// A workspace as this program holds it.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) record: WorkspaceRecord,
    pub(super) status: WorkspaceStatus,
    /// `None` when its database could not be opened.
    pub(super) running: Option<Arc<Workspace>>,
}

impl Core {
    /// The workspace that a command means: the one named, else the active one.
    pub(super) fn workspace(&self, named: Option<WorkspaceId>) -> Result<Arc<Workspace>, ApiError> {
        let entry = self.entry(named)?;
        entry.running.ok_or_else(|| {
            let message = match entry.status {
                WorkspaceStatus::Failed { message } | WorkspaceStatus::NeedsSecrets { message } => message,
                WorkspaceStatus::Starting | WorkspaceStatus::Ready => {
                    "The workspace is being opened. Try again in a moment.".to_owned()
                }
            };
            ApiError::new(ErrorCode::Storage, message)
        })
    }

    pub(super) fn entry(&self, named: Option<WorkspaceId>) -> Result<Entry, ApiError> {
        let active = *self.active.read().unwrap_or_else(PoisonError::into_inner);
        let id = named.or(active).ok_or_else(|| {
            ApiError::new(ErrorCode::NotFound, "No workspace is connected. Connect one in Settings.")
        })?;
        let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
        entries
            .get(&id)
            .cloned()
            .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such workspace."))
    }

    pub(super) fn put(&self, entry: Entry) {
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        entries.insert(entry.record.id, entry);
        drop(entries);
        self.events.changed(["workspaces", "app"]);
    }

    pub(super) fn all_entries(&self) -> Vec<Entry> {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(super) async fn view(&self, entry: &Entry) -> WorkspaceView {
        let (mut acting_admin, mut pending) = (None, 0);
        if let Some(workspace) = &entry.running {
            if let Ok(directory) = workspace.store().get_directory().await {
                acting_admin = directory.admin(&workspace.acting_admin()).cloned();
            }
            if let Ok(counts) = workspace.store().count_suggestions().await {
                pending = u32::try_from(counts.pending).unwrap_or(0);
            }
        }
        WorkspaceView {
            workspace_id: entry.record.id,
            kind: match entry.record.kind {
                WorkspaceKind::Demo => WorkspaceType::Demo,
                WorkspaceKind::Connected => WorkspaceType::Connected,
            },
            name: entry.record.name.clone(),
            app_id: entry.record.app_id.clone(),
            region: entry.record.region.clone(),
            state: entry.status.clone(),
            acting_admin,
            pending,
        }
    }

    pub(super) async fn views(&self) -> Vec<WorkspaceView> {
        let mut views = Vec::new();
        for entry in self.all_entries() {
            views.push(self.view(&entry).await);
        }
        // The demo stands last: whoever has connected a workspace means that one.
        views.sort_by_key(|view| (view.kind == WorkspaceType::Demo, view.name.to_lowercase()));
        views
    }
}
