//! Opening and shutting workspaces: those of the settings file, the one given from outside, and the demo.

use super::entries::Entry;
use super::{Core, Preset};
use crate::api::workspaces::WorkspaceStatus;
use crate::api::{ApiError, ErrorCode};
use crate::demo::Demo;
use crate::paths;
use domain::ports::{Helpdesk, SecretKind};
use domain::{AdminId, Identity, WorkspaceId};
use engine::{Workspace, WorkspaceConfig};
use intercom::limiter::Limiter;
use intercom::{Config, Intercom, Region};
use secrecy::{ExposeSecret as _, SecretString};
use std::sync::{Arc, PoisonError};
use std::time::Duration;
use store::{Store, WorkspaceKind, WorkspaceRecord};

/// How long work under way may take to finish when a workspace is shut.
const PATIENCE: Duration = Duration::from_secs(4);

/// Both secrets of a workspace.
#[derive(Debug, Clone)]
pub(super) struct Secrets {
    pub(super) access_token: SecretString,
    pub(super) client_secret: SecretString,
}

impl Core {
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

    pub(super) async fn open(&self, record: WorkspaceRecord, secrets: Option<Secrets>) -> Entry {
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
            Some(secrets) => Arc::new(self.paced_helpdesk(region_of(record)?, secrets.access_token.clone())?),
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
            claims_with_notes: Arc::clone(&self.claims_with_notes),
            automatic_stopped: Arc::clone(&self.automatic_stopped),
        })
        .await?;
        workspace.keep_deliveries_for(Arc::clone(&self.keep_deliveries_ms));
        self.start_advice(&workspace).await;
        match secrets {
            Some(secrets) => self.listener.register(&workspace, secrets.client_secret),
            None => self.listener.watch(&workspace),
        }
        Ok(workspace)
    }

    fn failed(&self, record: WorkspaceRecord, message: String) -> Entry {
        tracing::error!(%message, "A workspace could not be opened");
        let entry = Entry { record, status: WorkspaceStatus::Failed { message }, running: None };
        self.put(entry.clone());
        entry
    }

    pub(super) async fn shut(&self, entry: &Entry) {
        self.listener.unregister(entry.record.id);
        if let Some(workspace) = &entry.running {
            if let Err(error) = self.end_advice(workspace).await {
                tracing::warn!(error = %error.message, "What the language model took is not all counted");
            }
            workspace.close(PATIENCE).await;
        }
    }

    /// A client for a single question.
    pub(super) fn helpdesk(&self, region: Region, token: SecretString) -> Result<Intercom, ApiError> {
        self.helpdesk_with(Config::new(region), token)
    }

    /// A client whose calls share one budget: the only one a workspace works with.
    fn paced_helpdesk(&self, region: Region, token: SecretString) -> Result<Intercom, ApiError> {
        let limiter = Limiter::new(Arc::clone(&self.clock), Arc::new(rand::random::<f64>));
        self.helpdesk_with(Config { limiter: Some(limiter), ..Config::new(region) }, token)
    }

    fn helpdesk_with(&self, config: Config, token: SecretString) -> Result<Intercom, ApiError> {
        Intercom::with_config(config, token, Arc::clone(&self.clock))
            .map_err(|error| ApiError::new(ErrorCode::BadRequest, error.to_string()))
    }

    pub(super) fn record(
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

    pub(super) async fn keep_secrets(
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

    pub(super) async fn find_secrets(
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

pub(super) fn region(word: &str) -> Result<Region, ApiError> {
    word.trim()
        .parse()
        .map_err(|error: intercom::RegionError| ApiError::new(ErrorCode::BadRequest, format!("{error}.")))
}

pub(super) fn region_of(record: &WorkspaceRecord) -> Result<Region, ApiError> {
    region(record.base_url.as_deref().unwrap_or(&record.region))
}

pub(super) fn secret(what: &str, text: &str) -> Result<SecretString, ApiError> {
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
