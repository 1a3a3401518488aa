//! Connecting, opening and forgetting workspaces.

use super::entries::Entry;
use super::start::{ACTIVE, NO_DEMO};
use super::{Core, Preset};
use crate::api::health::Nothing;
use crate::api::workspaces::{
    ConnectWorkspace, DisconnectWorkspace, ProbeWorkspace, ProbedWorkspace, SelectWorkspace, SetActingAdmin,
    UnlockWorkspace, WorkspaceList, WorkspaceStatus, WorkspaceView,
};
use crate::api::{ApiError, ErrorCode};
use crate::demo::Demo;
use crate::paths;
use domain::ports::{Helpdesk, SecretKind};
use domain::{AdminId, Identity, WorkspaceId};
use engine::{Workspace, WorkspaceConfig};
use intercom::{Intercom, Region};
use secrecy::{ExposeSecret as _, SecretString};
use std::path::Path;
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{Store, WorkspaceKind, WorkspaceRecord};

const PATIENCE: Duration = Duration::from_secs(4);

/// Both secrets of a workspace.
#[derive(Debug, Clone)]
pub(super) struct Secrets {
    access_token: SecretString,
    client_secret: SecretString,
}

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
            for kind in [SecretKind::AccessToken, SecretKind::ClientSecret] {
                if let Err(error) = self.secrets.remove(&name, kind).await {
                    tracing::warn!(%error, "A secret could not be removed from the keychain");
                }
            }
            self.session.forget(&name);
            self.settings_store.remove_workspace(input.workspace).await?;
        }
        self.entries.write().unwrap_or_else(PoisonError::into_inner).remove(&input.workspace);
        if demo || input.erase {
            erase(&paths::workspace_file(&self.data, input.workspace))?;
        }
        let next = self.views().await.first().map(|view| view.workspace_id);
        let was_active = *self.active.read().unwrap_or_else(PoisonError::into_inner) == Some(input.workspace);
        if was_active {
            *self.active.write().unwrap_or_else(PoisonError::into_inner) = next;
        }
        self.events.changed(["workspaces", "app", "*"]);
        Ok(WorkspaceList { workspaces: self.views().await })
    }

    /// Opens a workspace of the settings file with the secrets that are kept.
    pub(super) async fn open_connected(&self, record: WorkspaceRecord) -> Entry {
        let secrets = match self.find_secrets(&record).await {
            Ok((Some(access_token), Some(client_secret))) => Some(Secrets { access_token, client_secret }),
            Ok(_) => None,
            Err(error) => {
                tracing::warn!(error = %error.message, "The keychain could not be read");
                None
            }
        };
        self.open(record, secrets).await
    }

    /// Opens the workspace given from outside; its secrets stay in memory.
    pub(super) async fn open_preset(&self, preset: Preset) -> Result<WorkspaceId, ApiError> {
        let region = region(&preset.region)?;
        let helpdesk = self.helpdesk(region.clone(), preset.access_token.clone())?;
        // Without an answer it still opens, as long as it was said whose it is: the helpdesk may come back.
        let identity = match (helpdesk.identity().await, &preset.app_id, &preset.admin_id) {
            (Ok(identity), ..) => Some(identity),
            (Err(_), Some(_), Some(_)) => None,
            (Err(fault), ..) => return Err(fault.into()),
        };
        let app_id = match (&identity, preset.app_id) {
            (Some(identity), Some(told)) if identity.app_id != told => {
                return Err(ApiError::new(
                    ErrorCode::BadRequest,
                    format!("The access token opens workspace {}, not {told}.", identity.app_id),
                ));
            }
            (Some(identity), _) => identity.app_id.clone(),
            (None, Some(told)) => told,
            (None, None) => return Err(ApiError::new(ErrorCode::BadRequest, "Give the workspace's app id.")),
        };
        let admin = preset.admin_id.or_else(|| identity.as_ref().map(|identity| identity.admin.id.clone()));
        let Some(admin) = admin else {
            return Err(ApiError::new(ErrorCode::BadRequest, "Give the id of the teammate to act as."));
        };
        let stored = self.settings_store.list_workspaces().await?;
        let known = stored.into_iter().find(|record| record.app_id == app_id);
        if let Some(entry) = known.as_ref().and_then(|record| self.entry(Some(record.id)).ok()) {
            self.shut(&entry).await;
        }
        let id = known.as_ref().map_or_else(|| WorkspaceId(self.ids.next()), |record| record.id);
        let record = match (identity, known) {
            (Some(identity), known) => WorkspaceRecord {
                public_url: known.and_then(|known| known.public_url),
                ..self.record(id, &region, &identity, admin)
            },
            (None, Some(known)) => WorkspaceRecord { acting_admin_id: Some(admin), ..known },
            (None, None) => WorkspaceRecord {
                id,
                kind: WorkspaceKind::Connected,
                name: app_id.clone(),
                app_id,
                region: String::new(),
                base_url: Some(region.base_url().to_owned()),
                acting_admin_id: Some(admin),
                public_url: None,
                created_at: self.clock.now(),
            },
        };
        self.settings_store.upsert_workspace(&record).await?;
        let secrets = Secrets { access_token: preset.access_token, client_secret: preset.client_secret };
        self.keep_secrets(&record, &secrets, true).await?;
        self.open(record, Some(secrets)).await;
        Ok(id)
    }

    /// Starts the demo and opens its workspace on an empty file.
    pub(super) async fn open_demo(&self) -> Entry {
        let id = WorkspaceId(self.ids.next());
        let mut record = WorkspaceRecord {
            id,
            kind: WorkspaceKind::Demo,
            name: "Demo".to_owned(),
            app_id: String::new(),
            region: String::new(),
            base_url: None,
            acting_admin_id: None,
            public_url: None,
            created_at: self.clock.now(),
        };
        let demo = match Demo::start(self.demo_quiet).await {
            Ok(demo) => demo,
            Err(error) => {
                return self.failed(record, format!("The demo could not be started: {error}"));
            }
        };
        let credentials = demo.credentials();
        let secrets = Secrets {
            access_token: SecretString::from(credentials.token.clone()),
            client_secret: SecretString::from(credentials.client_secret.clone()),
        };
        record.app_id.clone_from(&credentials.app_id);
        record.base_url = Some(demo.base_url());
        record.acting_admin_id = Some(AdminId(credentials.admin_id.clone()));
        if let Ok(region) = region(&demo.base_url())
            && let Ok(helpdesk) = self.helpdesk(region, secrets.access_token.clone())
            && let Ok(identity) = helpdesk.identity().await
        {
            record.name = identity.workspace_name;
            record.region = identity.region;
        }
        let entry = self.open(record, Some(secrets)).await;
        if let Err(error) = demo.deliver_to(&self.listen_url()).await {
            tracing::error!(%error, "The demo was not told where to deliver");
        }
        *self.demo.lock().unwrap_or_else(PoisonError::into_inner) = Some(demo);
        entry
    }

    async fn open(&self, record: WorkspaceRecord, secrets: Option<Secrets>) -> Entry {
        let locked = secrets.is_none();
        let opened = self.open_running(&record, secrets).await;
        let entry = match opened {
            Ok(running) => Entry {
                status: if locked {
                    WorkspaceStatus::NeedsSecrets {
                        message: "Enter the access token and client secret of this workspace to go on."
                            .to_owned(),
                    }
                } else {
                    WorkspaceStatus::Ready
                },
                running: Some(running),
                record,
            },
            Err(error) => return self.failed(record, error.message),
        };
        self.put(entry.clone());
        entry
    }

    async fn open_running(
        &self,
        record: &WorkspaceRecord,
        secrets: Option<Secrets>,
    ) -> Result<Arc<Workspace>, ApiError> {
        let file = paths::workspace_file(&self.data, record.id);
        let helpdesk: Arc<dyn Helpdesk> = match &secrets {
            Some(secrets) => Arc::new(self.helpdesk(region_of(record)?, secrets.access_token.clone())?),
            None => Arc::new(super::locked::Locked),
        };
        let workspace = Workspace::start(WorkspaceConfig {
            id: record.id,
            app_id: record.app_id.clone(),
            store: Store::open(&file).await?,
            helpdesk,
            clock: Arc::clone(&self.clock),
            ids: Arc::clone(&self.ids),
            events: self.events.clone(),
            acting_admin: record.acting_admin_id.clone().unwrap_or_else(|| AdminId(String::new())),
            undo_window_ms: Arc::clone(&self.undo_window_ms),
        })
        .await?;
        if let Some(secrets) = secrets {
            self.listener.register(&workspace, secrets.client_secret);
        }
        Ok(workspace)
    }

    fn failed(&self, record: WorkspaceRecord, message: String) -> Entry {
        tracing::error!(%message, "A workspace could not be opened");
        let entry = Entry { record, status: WorkspaceStatus::Failed { message }, running: None };
        self.put(entry.clone());
        entry
    }

    async fn shut(&self, entry: &Entry) {
        self.listener.unregister(entry.record.id);
        if let Some(workspace) = &entry.running {
            workspace.close(PATIENCE).await;
        }
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

    fn helpdesk(&self, region: Region, token: SecretString) -> Result<Intercom, ApiError> {
        Intercom::new(region, token, Arc::clone(&self.clock))
            .map_err(|error| ApiError::new(ErrorCode::BadRequest, error.to_string()))
    }

    fn record(
        &self,
        id: WorkspaceId,
        region: &Region,
        identity: &Identity,
        admin: AdminId,
    ) -> WorkspaceRecord {
        WorkspaceRecord {
            id,
            kind: WorkspaceKind::Connected,
            name: identity.workspace_name.clone(),
            app_id: identity.app_id.clone(),
            region: identity.region.clone(),
            base_url: Some(region.to_string()),
            acting_admin_id: Some(admin),
            public_url: None,
            created_at: self.clock.now(),
        }
    }

    async fn keep_secrets(
        &self,
        record: &WorkspaceRecord,
        secrets: &Secrets,
        session_only: bool,
    ) -> Result<(), ApiError> {
        let name = record.id.to_string();
        let both = [
            (SecretKind::AccessToken, &secrets.access_token),
            (SecretKind::ClientSecret, &secrets.client_secret),
        ];
        for (kind, secret) in both {
            if !session_only {
                self.secrets.set(&name, kind, secret).await?;
            }
            self.session.keep(&name, kind, secret.clone());
        }
        Ok(())
    }

    async fn find_secrets(
        &self,
        record: &WorkspaceRecord,
    ) -> Result<(Option<SecretString>, Option<SecretString>), ApiError> {
        let name = record.id.to_string();
        let mut found = [None, None];
        for (slot, kind) in found.iter_mut().zip([SecretKind::AccessToken, SecretKind::ClientSecret]) {
            *slot = match self.session.find(&name, kind) {
                Some(secret) => Some(secret),
                None => self.secrets.get(&name, kind).await?,
            };
        }
        let [access_token, client_secret] = found;
        Ok((access_token, client_secret))
    }
}

fn region(word: &str) -> Result<Region, ApiError> {
    word.trim()
        .parse()
        .map_err(|error: intercom::RegionError| ApiError::new(ErrorCode::BadRequest, format!("{error}.")))
}

fn region_of(record: &WorkspaceRecord) -> Result<Region, ApiError> {
    region(record.base_url.as_deref().unwrap_or(&record.region))
}

fn secret(what: &str, text: &str) -> Result<SecretString, ApiError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(ApiError::new(ErrorCode::BadRequest, format!("Enter the {what}.")));
    }
    let secret = SecretString::from(text.to_owned());
    if secret.expose_secret().chars().any(char::is_control) {
        return Err(ApiError::new(
            ErrorCode::BadRequest,
            format!("The {what} holds characters it cannot have."),
        ));
    }
    Ok(secret)
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

/// Deletes a workspace's file with what SQLite keeps beside it.
fn erase(file: &Path) -> Result<(), ApiError> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(&name) {
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
