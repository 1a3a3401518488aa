//! `workspaces.*`: connecting, choosing and forgetting workspaces.

use super::Core;
use super::entries::Entry;
use super::opening::{Secrets, region, region_of, secret};
use super::start::{ACTIVE, NO_DEMO};
use crate::api::health::Nothing;
use crate::api::workspaces::{
    ConnectWorkspace, DisconnectWorkspace, ProbeWorkspace, ProbedWorkspace, SelectWorkspace, SetActingAdmin,
    UnlockWorkspace, WorkspaceList, WorkspaceView,
};
use crate::api::{ApiError, ErrorCode};
use crate::paths;
use domain::ports::{Helpdesk as _, SecretKind};
use domain::{Identity, WorkspaceId};
use intercom::Region;
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;
use store::{Store, WorkspaceKind};

impl Core {
    pub(super) async fn workspaces_list(&self, _: Nothing) -> Result<WorkspaceList, ApiError> {
        Ok(WorkspaceList { workspaces: self.views().await })
    }

    pub(super) async fn workspaces_probe(&self, input: ProbeWorkspace) -> Result<ProbedWorkspace, ApiError> {
        let region = region(&input.region)?;
        let helpdesk = self.helpdesk(region.clone(), secret("access token", &input.access_token)?)?;
        let identity = helpdesk.identity().await?;
        let mut admins = helpdesk.admins().await?;
        admins.sort_by_key(|admin| admin.name.to_lowercase());
        let teams = helpdesk.teams().await?;
        Ok(ProbedWorkspace {
            already_connected: self.all_entries().iter().any(|entry| entry.record.app_id == identity.app_id),
            warning: other_region(&region, &identity),
            identity,
            admins,
            teams,
        })
    }

    pub(super) async fn workspaces_connect(
        &self,
        input: ConnectWorkspace,
    ) -> Result<WorkspaceView, ApiError> {
        let _changing = self.changing.lock().await;
        let region = region(&input.region)?;
        let secrets = Secrets {
            access_token: secret("access token", &input.access_token)?,
            client_secret: secret("client secret", &input.client_secret)?,
        };
        let helpdesk = self.helpdesk(region.clone(), secrets.access_token.clone())?;
        let identity = helpdesk.identity().await?;
        if self.all_entries().iter().any(|entry| entry.record.app_id == identity.app_id) {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                format!("{} is connected already.", identity.workspace_name),
            ));
        }
        if !helpdesk.admins().await?.iter().any(|admin| admin.id == input.admin_id) {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                "Choose a teammate of this workspace to act as.",
            ));
        }
        let record = self.record(WorkspaceId(self.ids.next()), &region, &identity, input.admin_id);
        // Secrets first: a workspace that cannot be opened again tomorrow is not saved today.
        self.keep_secrets(&record, &secrets, input.session_only).await?;
        self.settings_store.upsert_workspace(&record).await?;
        let entry = self.open(record, Some(secrets)).await;
        self.activate(entry.record.id).await?;
        Ok(self.view(&entry).await)
    }

    pub(super) async fn workspaces_unlock(&self, input: UnlockWorkspace) -> Result<WorkspaceView, ApiError> {
        let _changing = self.changing.lock().await;
        let entry = self.connected(input.workspace)?;
        let known = self.find_secrets(&entry.record).await.unwrap_or_default();
        let given = |what, value: Option<String>, known: Option<SecretString>| match value {
            Some(text) if !text.trim().is_empty() => secret(what, &text),
            Some(_) | None => known.ok_or_else(|| {
                ApiError::new(ErrorCode::NeedsSecret, format!("Enter the {what} of this workspace."))
            }),
        };
        let secrets = Secrets {
            access_token: given("access token", input.access_token, known.0)?,
            client_secret: given("client secret", input.client_secret, known.1)?,
        };
        let region = region_of(&entry.record)?;
        let identity = self.helpdesk(region, secrets.access_token.clone())?.identity().await?;
        if identity.app_id != entry.record.app_id {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                format!("This access token opens {}, not {}.", identity.workspace_name, entry.record.name),
            ));
        }
        self.keep_secrets(&entry.record, &secrets, input.session_only).await?;
        self.shut(&entry).await;
        let entry = self.open(entry.record, Some(secrets)).await;
        Ok(self.view(&entry).await)
    }

    pub(super) async fn workspaces_select(&self, input: SelectWorkspace) -> Result<WorkspaceView, ApiError> {
        let entry = self.entry(Some(input.workspace))?;
        self.activate(input.workspace).await?;
        Ok(self.view(&entry).await)
    }

    pub(super) async fn workspaces_set_admin(
        &self,
        input: SetActingAdmin,
    ) -> Result<WorkspaceView, ApiError> {
        let mut entry = self.entry(input.workspace)?;
        let workspace = self.workspace(input.workspace)?;
        workspace.set_acting_admin(input.admin_id.clone()).await?;
        entry.record.acting_admin_id = Some(input.admin_id);
        if entry.record.kind == WorkspaceKind::Connected {
            self.settings_store.upsert_workspace(&entry.record).await?;
        }
        self.put(entry.clone());
        Ok(self.view(&entry).await)
    }

    pub(super) async fn workspaces_add_demo(&self, _: Nothing) -> Result<WorkspaceView, ApiError> {
        let _changing = self.changing.lock().await;
        self.settings_store.set_setting(NO_DEMO, "").await?;
        let present = self.all_entries().into_iter().find(|entry| entry.record.kind == WorkspaceKind::Demo);
        let entry = match present {
            Some(entry) => entry,
            None => self.open_demo().await,
        };
        self.activate(entry.record.id).await?;
        Ok(self.view(&entry).await)
    }

    pub(super) async fn workspaces_disconnect(
        &self,
        input: DisconnectWorkspace,
    ) -> Result<WorkspaceList, ApiError> {
        let _changing = self.changing.lock().await;
        let entry = self.entry(Some(input.workspace))?;
        self.shut(&entry).await;
        let demo = entry.record.kind == WorkspaceKind::Demo;
        if demo {
            let running = self.demo.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(demo) = running {
                demo.stop().await;
            }
            self.settings_store.set_setting(NO_DEMO, "yes").await?;
        } else {
            let name = input.workspace.to_string();
            for kind in SecretKind::ALL {
                if let Err(error) = self.secrets.remove(&name, kind).await {
                    tracing::warn!(%error, "A secret could not be removed from the keychain");
                }
            }
            self.session.forget(&name);
            self.settings_store.remove_workspace(input.workspace).await?;
        }
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(&input.workspace);
        if demo || input.erase {
            erase(&paths::workspace_file(&self.data, input.workspace)).await?;
        }
        let next = self.views().await.first().map(|view| view.workspace_id);
        let was_active = *self.active.read().unwrap_or_else(PoisonError::into_inner) == Some(input.workspace);
        if was_active {
            *self.active.write().unwrap_or_else(PoisonError::into_inner) = next;
        }
        self.events.changed(["workspaces", "app", "*"]);
        Ok(WorkspaceList { workspaces: self.views().await })
    }

    async fn activate(&self, id: WorkspaceId) -> Result<(), ApiError> {
        *self.active.write().unwrap_or_else(PoisonError::into_inner) = Some(id);
        self.settings_store.set_setting(ACTIVE, &id.to_string()).await?;
        self.events.changed(["*"]);
        Ok(())
    }

    fn connected(&self, id: WorkspaceId) -> Result<Entry, ApiError> {
        let entry = self.entry(Some(id))?;
        match entry.record.kind {
            WorkspaceKind::Connected => Ok(entry),
            WorkspaceKind::Demo => {
                Err(ApiError::new(ErrorCode::BadRequest, "The demo has no secrets of its own."))
            }
        }
    }
}

/// A word when the region chosen is not the one the workspace says it is in.
fn other_region(region: &Region, identity: &Identity) -> Option<String> {
    let chosen = match region {
        Region::Us => "US",
        Region::Eu => "EU",
        Region::Au => "AU",
        Region::Custom(_) => return None,
    };
    let told = identity.region.to_uppercase();
    (!told.is_empty() && told != chosen).then(|| {
        format!("This workspace is in region {told}. Choose that region: calls to another one may fail.")
    })
}

/// Deletes a workspace's file with what SQLite keeps beside it, its inbox, and the copies made before updates.
async fn erase(file: &Path) -> Result<(), ApiError> {
    let beside = ["", "-wal", "-shm"].map(|ending| {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        PathBuf::from(name)
    });
    let beside = beside.into_iter().chain([Store::inbox_path(file)]);
    for path in beside.chain(Store::list_copies(file).await?) {
        match tokio::fs::remove_file(&path).await {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(ApiError::new(
                    ErrorCode::Storage,
                    format!("The workspace is disconnected, but its file could not be deleted: {error}."),
                ));
            }
        }
    }
    Ok(())
}
