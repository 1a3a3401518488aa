//! `language_model.*`: settings, key and client of each workspace's language model.
//!
//! The engine is given a client and asks it; the settings are kept with the workspace and go with it. A key belongs to
//! the service and the address it was entered for, and is sent to no other: a note with the workspace says which those
//! are, so that it holds also where the keychain cannot be reached to forget a key.

mod settings;
mod words;

use super::Core;
use super::egress::WorkspaceLedger;
use super::opening::secret;
use crate::api::health::InWorkspace;
use crate::api::language_models::{
    KeyNeed, LanguageModelSettings, LanguageModelState, LanguageModelView, ModelCheck, ModelList, ModelUsage,
    ModelView, SetLanguageModel, SetLanguageModelKey,
};
use crate::api::{ApiError, ErrorCode};
use domain::ports::{AdvisorRole, DraftRole, Gate as _, NoOpinion, SecretKind};
use engine::Workspace;
use engine::advice::Advice;
use language_models::{LanguageModel, SetupError, Spent, Surroundings};
use secrecy::SecretString;
use std::sync::{Arc, PoisonError};
use store::WorkspaceKind;

/// The key in a workspace's `meta` of its settings.
const SETTINGS: &str = "language_model";
/// The key in a workspace's `meta` of where its key may be sent.
const KEY_FOR: &str = "language_model.key_for";
/// Days of usage that are listed.
const DAYS: u32 = 31;
const KEY: SecretKind = SecretKind::LanguageModelKey;

/// Why there is no client.
#[derive(Debug)]
enum Unfit {
    KeyMissing,
    Setup(SetupError),
}

impl Core {
    pub(super) async fn language_model_get(&self, input: InWorkspace) -> Result<LanguageModelView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        self.language_model_view(&workspace).await
    }

    pub(super) async fn language_model_set(
        &self,
        input: SetLanguageModel,
    ) -> Result<LanguageModelView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let new = settings::checked(input.settings)?;
        let _changing = self.changing_models.lock().await;
        let old = read(&workspace).await?;
        let goes_elsewhere = destination(&new) != destination(&old);
        let key = self.model_key(&workspace, &new).await.unwrap_or_default();
        // A key can still be entered; an address that is not fit is told of at once.
        let stand_in = SecretString::from("not-a-key");
        let with_key = key.or_else(|| (settings::need(new.service) == KeyNeed::Required).then_some(stand_in));
        if let Err(Unfit::Setup(error)) = self.client(&workspace, &new, with_key, Spent::default()) {
            return Err(refused(&error));
        }
        if goes_elsewhere {
            self.forget_model_key(&workspace).await;
        }
        let text = serde_json::to_string(&new)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        workspace.store().set_meta(SETTINGS, &text).await?;
        self.apply_advice(&workspace).await?;
        self.language_model_view(&workspace).await
    }

    pub(super) async fn language_model_set_key(
        &self,
        input: SetLanguageModelKey,
    ) -> Result<LanguageModelView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let key = secret("key", &input.key).map_err(|error| error.with_detail("key"))?;
        let _changing = self.changing_models.lock().await;
        let settings = read(&workspace).await?;
        if settings::need(settings.service) == KeyNeed::None {
            return Err(ApiError::new(ErrorCode::BadRequest, "This service takes no key.").with_detail("key"));
        }
        if let Err(Unfit::Setup(error)) =
            self.client(&workspace, &settings, Some(key.clone()), Spent::default())
        {
            return Err(refused(&error));
        }
        let name = workspace.id().to_string();
        // The demo begins anew with each start: what is kept for it would be found by nobody.
        let is_demo = self.entry(Some(workspace.id()))?.record.kind == WorkspaceKind::Demo;
        if input.session_only || is_demo {
            self.forget_model_key(&workspace).await;
        } else {
            self.secrets.set(&name, KEY, &key).await?;
        }
        workspace.store().set_meta(KEY_FOR, &destination(&settings)).await?;
        self.session.keep(&name, KEY, key);
        self.apply_advice(&workspace).await?;
        self.language_model_view(&workspace).await
    }

    pub(super) async fn language_model_remove_key(
        &self,
        input: InWorkspace,
    ) -> Result<LanguageModelView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let _changing = self.changing_models.lock().await;
        workspace.store().set_meta(KEY_FOR, "").await?;
        self.forget_model_key(&workspace).await;
        self.apply_advice(&workspace).await?;
        self.language_model_view(&workspace).await
    }

    pub(super) async fn language_model_check(&self, input: InWorkspace) -> Result<ModelCheck, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let model = match self.model(&workspace).await? {
            Ok(model) => model,
            Err(unfit) => return Ok(ModelCheck { works: false, sentence: words::unfit(&unfit) }),
        };
        Ok(match model.check().await {
            Ok(checked) => {
                workspace.ask_soon();
                ModelCheck { works: true, sentence: words::checked(&checked) }
            }
            Err(why) => ModelCheck { works: false, sentence: NoOpinion::from(why).sentence() },
        })
    }

    pub(super) async fn language_model_models(&self, input: InWorkspace) -> Result<ModelList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let model = match self.model(&workspace).await? {
            Ok(model) => model,
            Err(unfit) => return Ok(ModelList { models: vec![], problem: Some(words::unfit(&unfit)) }),
        };
        Ok(match model.list_models().await {
            Ok(models) => ModelList {
                models: models
                    .into_iter()
                    .map(|model| ModelView { label: words::model(&model), id: model.id })
                    .collect(),
                problem: None,
            },
            Err(why) => ModelList { models: vec![], problem: Some(NoOpinion::from(why).sentence()) },
        })
    }

    pub(super) async fn language_model_usage(&self, input: InWorkspace) -> Result<ModelUsage, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let days = workspace.store().list_model_usage(DAYS).await?;
        Ok(ModelUsage { days: days.iter().map(|day| words::usage(day, None)).collect() })
    }

    /// Gives a workspace that was opened its language model, where it has one.
    pub(super) async fn start_advice(&self, workspace: &Workspace) {
        let _changing = self.changing_models.lock().await;
        if let Err(error) = self.apply_advice(workspace).await {
            tracing::error!(error = %error.message, "The language model of a workspace could not be set up");
        }
    }

    /// Takes its language model from a workspace, and keeps what the day has cost.
    pub(super) async fn end_advice(&self, workspace: &Workspace) -> Result<(), ApiError> {
        workspace.set_advice(None).await?;
        let model = self.models.lock().unwrap_or_else(PoisonError::into_inner).remove(&workspace.id());
        if let Some(model) = model {
            let spent = model.spent_today();
            let (store, now) = (workspace.store(), self.clock.now());
            store.raise_model_usage(now, spent.tokens, spent.micro_dollars).await?;
        }
        Ok(())
    }

    /// Has the workspace ask as its settings say.
    async fn apply_advice(&self, workspace: &Workspace) -> Result<(), ApiError> {
        self.end_advice(workspace).await?;
        let settings = read(workspace).await?;
        if is_asked(&settings)
            && let Ok(Ok(model)) = self.new_model(workspace, &settings).await
        {
            let model = Arc::new(model);
            self.models
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(workspace.id(), Arc::clone(&model));
            workspace
                .set_advice(Some(Advice { advisor: model, role: settings.role, drafts: settings.drafts }))
                .await?;
        }
        self.events.changed(["language_model"]);
        Ok(())
    }

    /// The client that is asked, or one for a single question where nobody is asked.
    async fn model(&self, workspace: &Workspace) -> Result<Result<Arc<LanguageModel>, Unfit>, ApiError> {
        let asked = {
            let models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
            models.get(&workspace.id()).cloned()
        };
        if let Some(model) = asked {
            return Ok(Ok(model));
        }
        let settings = read(workspace).await?;
        Ok(self.new_model(workspace, &settings).await?.map(Arc::new))
    }

    async fn new_model(
        &self,
        workspace: &Workspace,
        settings: &LanguageModelSettings,
    ) -> Result<Result<LanguageModel, Unfit>, ApiError> {
        let used = workspace.store().get_model_usage(self.clock.now()).await?;
        let spent = Spent { tokens: used.tokens(), micro_dollars: used.micro_dollars };
        let key = self.model_key(workspace, settings).await?;
        Ok(self.client(workspace, settings, key, spent))
    }

    fn client(
        &self,
        workspace: &Workspace,
        settings: &LanguageModelSettings,
        key: Option<SecretString>,
        spent: Spent,
    ) -> Result<LanguageModel, Unfit> {
        let around = Surroundings {
            clock: Arc::clone(&self.clock),
            jitter: Arc::new(rand::random::<f64>),
            gate: self.switch.clone(),
            egress: Arc::new(WorkspaceLedger { ledger: self.egress.clone(), workspace: workspace.id() }),
        };
        let settings = settings::of_client(settings, key, spent).ok_or(Unfit::KeyMissing)?;
        LanguageModel::new(settings, around).map_err(Unfit::Setup)
    }

    /// The key, if one is kept that was entered for where these settings lead.
    async fn model_key(
        &self,
        workspace: &Workspace,
        settings: &LanguageModelSettings,
    ) -> Result<Option<SecretString>, ApiError> {
        if workspace.store().find_meta(KEY_FOR).await? != Some(destination(settings)) {
            return Ok(None);
        }
        let name = workspace.id().to_string();
        match self.session.find(&name, KEY) {
            Some(key) => Ok(Some(key)),
            None => Ok(self.secrets.get(&name, KEY).await?),
        }
    }

    async fn forget_model_key(&self, workspace: &Workspace) {
        let name = workspace.id().to_string();
        self.session.forget_one(&name, KEY);
        if let Err(error) = self.secrets.remove(&name, KEY).await {
            tracing::warn!(%error, "A key could not be removed from the keychain; it is not used any more");
        }
    }

    async fn language_model_view(&self, workspace: &Workspace) -> Result<LanguageModelView, ApiError> {
        let settings = read(workspace).await?;
        let key = self.model_key(workspace, &settings).await;
        let has_key = matches!(&key, Ok(Some(_)));
        let used = workspace.store().get_model_usage(self.clock.now()).await?;
        let hold = workspace.advice_hold();
        let is_set_up = {
            let models = self.models.lock().unwrap_or_else(PoisonError::into_inner);
            models.contains_key(&workspace.id())
        };
        let unfit = match &key {
            // A client that works stands already; another one is dear.
            _ if is_set_up => None,
            Ok(key) => self.client(workspace, &settings, key.clone(), Spent::default()).err(),
            Err(_) => Some(Unfit::KeyMissing),
        };
        let (state, sentence) = match (is_asked(&settings), key, unfit, hold) {
            (false, ..) => (
                LanguageModelState::Off,
                "Off: no language model is asked, and nothing leaves this machine for one.".to_owned(),
            ),
            (_, Err(error), ..) => (
                LanguageModelState::KeyMissing,
                format!("The key cannot be read, so nobody is asked: {}", error.message),
            ),
            (_, Ok(_), Some(Unfit::KeyMissing), _) => {
                (LanguageModelState::KeyMissing, words::unfit(&Unfit::KeyMissing))
            }
            (_, Ok(_), Some(unfit), _) => (LanguageModelState::Unfit, words::unfit(&unfit)),
            _ if !self.switch.is_open() => (
                LanguageModelState::Blocked,
                "Nobody is asked: everything but Intercom is blocked by the switch.".to_owned(),
            ),
            (.., Some(hold)) if hold.is_budget => (LanguageModelState::BudgetSpent, hold.sentence),
            (.., Some(hold)) => (LanguageModelState::Held, hold.sentence),
            (true, ..) => (LanguageModelState::On, words::on(settings.role, settings.drafts)),
        };
        Ok(LanguageModelView {
            today_share: words::share(&used, &settings),
            today: words::usage(&used, Some(&settings)),
            services: settings::services(),
            settings,
            has_key,
            state,
            sentence,
        })
    }
}

/// What was set for a workspace; the defaults where nothing was, or where it cannot be read.
async fn read(workspace: &Workspace) -> Result<LanguageModelSettings, ApiError> {
    let Some(text) = workspace.store().find_meta(SETTINGS).await? else {
        return Ok(LanguageModelSettings::default());
    };
    Ok(serde_json::from_str(&text).unwrap_or_else(|error| {
        tracing::warn!(%error, "The settings of the language model could not be read: nobody is asked");
        LanguageModelSettings::default()
    }))
}

/// Whether anybody is asked for anything.
fn is_asked(settings: &LanguageModelSettings) -> bool {
    settings.role != AdvisorRole::Off || settings.drafts != DraftRole::Off
}

/// Where a key may be sent: service and address.
fn destination(settings: &LanguageModelSettings) -> String {
    format!("{:?} {}", settings.service, settings.address.as_deref().unwrap_or_default())
}

fn refused(error: &SetupError) -> ApiError {
    let field = match error {
        SetupError::Address(_) => "address",
        SetupError::Key => "key",
        SetupError::Tls => "",
    };
    ApiError::new(ErrorCode::BadRequest, format!("{error}.")).with_detail(field)
}
