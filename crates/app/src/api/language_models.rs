//! `language_model.*`: who is asked for second opinions and drafts in a workspace, and what that took.

use domain::Timestamp;
use domain::WorkspaceId;
use domain::ports::{AdvisorRole, DraftRole};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which service.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ModelService {
    /// Claude.
    #[default]
    Claude,
    /// A server that speaks OpenAI's API.
    OpenAiCompatible,
    /// Ollama.
    Ollama,
}

/// Which model is asked when the first is unsure.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SecondModelChoice {
    /// The service's own stronger one, where it is known which that is.
    #[default]
    Automatic,
    /// None.
    None,
    /// This one.
    Named {
        /// Its id.
        model: String,
    },
}

/// What a model costs, in US dollars for a million tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelPrice {
    /// The model's id.
    pub model: String,
    /// Tokens read.
    pub input_dollars: f64,
    /// Tokens written.
    pub output_dollars: f64,
}

/// What a person sets for a workspace. Holds no key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct LanguageModelSettings {
    /// The service.
    pub service: ModelService,
    /// Its address; the usual one when left out.
    pub address: Option<String>,
    /// The model that is asked first; chosen by itself when left out.
    pub first_model: Option<String>,
    /// The model that is asked when the first is unsure.
    pub second_model: SecondModelChoice,
    /// When it is asked for a second opinion.
    pub role: AdvisorRole,
    /// When it is asked for drafts of replies.
    pub drafts: DraftRole,
    /// Whether personal data is taken out before a text leaves.
    pub masks: bool,
    /// The most tokens a day; no cap when left out.
    #[ts(type = "number | null")]
    pub tokens_a_day: Option<u64>,
    /// The most money a day, US dollars; no cap when left out.
    pub dollars_a_day: Option<f64>,
    /// Prices that a person entered.
    pub prices: Vec<ModelPrice>,
}

impl Default for LanguageModelSettings {
    fn default() -> Self {
        Self {
            service: ModelService::default(),
            address: None,
            first_model: None,
            second_model: SecondModelChoice::default(),
            role: AdvisorRole::Off,
            drafts: DraftRole::Off,
            masks: true,
            tokens_a_day: Some(200_000),
            dollars_a_day: None,
            prices: vec![],
        }
    }
}

/// Input of `language_model.set`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct SetLanguageModel {
    /// The workspace; the active one when left out.
    pub workspace: Option<WorkspaceId>,
    /// All of the settings.
    pub settings: LanguageModelSettings,
}

/// Input of `language_model.set_key`. The key crosses here, once.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SetLanguageModelKey {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The key.
    pub key: String,
    /// Keep it in memory only, until the program ends.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub session_only: bool,
}

impl std::fmt::Debug for SetLanguageModelKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SetLanguageModelKey")
            .field("workspace", &self.workspace)
            .field("session_only", &self.session_only)
            .finish_non_exhaustive()
    }
}

/// Whether a service wants a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum KeyNeed {
    /// It answers to none without.
    Required,
    /// Some want one.
    Optional,
    /// It takes none.
    None,
}

/// A service to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelServiceView {
    /// Which.
    pub service: ModelService,
    /// What people call it.
    pub name: String,
    /// What it is, in a sentence.
    pub about: String,
    /// Whether it wants a key.
    pub key: KeyNeed,
    /// The address that is used when none is entered; empty where one must be.
    pub usual_address: String,
    /// What is asked when no model is entered, in a sentence.
    pub usual_models: String,
}

/// How it stands with the language model of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LanguageModelState {
    /// Nobody is asked.
    Off,
    /// A key is wanted first.
    KeyMissing,
    /// The settings make no client.
    Unfit,
    /// Everything but the helpdesk is blocked.
    Blocked,
    /// Today's budget is used up.
    BudgetSpent,
    /// Nobody is asked for a while.
    Held,
    /// It is asked.
    On,
}

/// What a day took.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelUsageView {
    /// The day's beginning, UTC.
    pub day: Timestamp,
    /// Questions that were answered, with an opinion or without.
    #[ts(type = "number")]
    pub questions: u64,
    /// Drafts that were asked for.
    #[ts(type = "number")]
    pub drafts: u64,
    /// Tokens in all.
    #[ts(type = "number")]
    pub tokens: u64,
    /// Tokens and money, in words.
    pub sentence: String,
}

/// Answer of most `language_model` commands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LanguageModelView {
    /// What was set.
    pub settings: LanguageModelSettings,
    /// What can be chosen.
    pub services: Vec<ModelServiceView>,
    /// Whether a key is kept; it is never shown.
    pub has_key: bool,
    /// How it stands.
    pub state: LanguageModelState,
    /// The same in words.
    pub sentence: String,
    /// Today's use.
    pub today: ModelUsageView,
    /// Today's share of the cap that is nearest, 0 to 1; `None` where there is no cap.
    pub today_share: Option<f64>,
}

/// Answer of `language_model.check`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelCheck {
    /// Whether key and address work.
    pub works: bool,
    /// What was found, in words.
    pub sentence: String,
}

/// A model to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelView {
    /// Its id.
    pub id: String,
    /// Its name, and what the service says of it.
    pub label: String,
}

/// Answer of `language_model.models`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ModelList {
    /// The models, those worth choosing first.
    pub models: Vec<ModelView>,
    /// Why there are none, in words.
    pub problem: Option<String>,
}

/// Answer of `language_model.usage`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelUsage {
    /// Days on which something was asked, the newest first.
    pub days: Vec<ModelUsageView>,
}
