//! Claude, through the Messages API.
//!
//! A model is held to the form of the answer by a schema of its output, and where it lacks that by a tool that it must
//! use. Which of them works is found out once for each model and remembered. Instructions and buckets are a block of
//! their own that the service may cache. Statuses and error types are told apart; the words of an error never are.

mod models;
mod wire;

use crate::answer::{Said, broken, json_of};
use crate::prompt::{Form as AnswerForm, Prompt};
use crate::provider::{
    Chosen, Failure, ModelListing, Provider, Reply, Took, body, fetched, lost, refused, written,
};
use crate::settings::SecondModel;
use crate::transport::{Answer, Call, Transport};
use async_trait::async_trait;
use domain::Timestamp;
use domain::ports::{EgressPurpose, Tokens, Why};
use models::{Catalogue, Form};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use wire::{
    Block, CacheControl, Format, Message, OutputConfig, Page, Refusal, Request, System, Thinking, Tool,
    ToolChoice,
};

/// Where the API is.
pub(crate) const BASE: &str = "https://api.anthropic.com";
/// The version of the API that is spoken.
pub(crate) const VERSION: &str = "2026-10-21";
/// How long a list of models is good for, and how long one is not asked for again that could not be had.
const LIST_MS: (i64, i64) = (86_400_000, 600_000);
/// Pages of the list that are read at most.
const PAGES: u32 = 5;

/// Claude with one key.
#[derive(Debug)]
pub(crate) struct Claude {
    transport: Transport,
    first: Option<String>,
    second: SecondModel,
    /// The models, and until when they are taken to be those.
    known: Mutex<Option<(Timestamp, Arc<Catalogue>)>>,
    /// The form that worked, by model.
    forms: Mutex<BTreeMap<String, Form>>,
}

impl Claude {
    pub(crate) fn new(transport: Transport, first: Option<String>, second: SecondModel) -> Self {
        Self { transport, first, second, known: Mutex::new(None), forms: Mutex::default() }
    }

    /// The models, from the list or from memory. A list that cannot be had is no reason not to ask, unless the key
    /// or the switch is the reason.
    async fn catalogue(&self) -> Result<Arc<Catalogue>, Why> {
        if let Some((until, known)) = &*self.known.lock().unwrap_or_else(PoisonError::into_inner)
            && *until > self.transport.now()
        {
            return Ok(Arc::clone(known));
        }
        let (models, good_for) = match self.list(EgressPurpose::ListModels).await {
            Ok(models) => (models, LIST_MS.0),
            Err(
                why @ (Why::Blocked
                | Why::Credentials { status: 401 }
                | Why::Unreachable { .. }
                | Why::Timeout { .. }),
            ) => {
                return Err(why);
            }
            Err(_) => (Catalogue::default(), LIST_MS.1),
        };
        Ok(self.remember(models, good_for))
    }

    fn remember(&self, models: Catalogue, good_for_ms: i64) -> Arc<Catalogue> {
        let models = Arc::new(models);
        let until = self.transport.now().plus_ms(good_for_ms);
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((until, Arc::clone(&models)));
        models
    }

    /// What is known without asking.
    fn known(&self) -> Arc<Catalogue> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().map(|(_, known)| Arc::clone(known)).unwrap_or_default()
    }

    async fn list(&self, purpose: EgressPurpose) -> Result<Catalogue, Why> {
        let mut models = Vec::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let mut query = vec![("limit", "1000")];
            query.extend(after.as_deref().map(|after| ("after_id", after)));
            let call = Call { path: &["v1", "models"], query: &query, body: None, purpose };
            let page: Page = fetched(&self.transport, &call).await?;
            models.extend(page.data);
            match page.last_id.filter(|last| page.has_more && Some(last) != after.as_ref()) {
                Some(last) => after = Some(last),
                None => break,
            }
        }
        Ok(Catalogue::new(models))
    }

    async fn ask_in(&self, form: Form, model: &str, prompt: &Prompt) -> Result<Answer, Failure> {
        let request = written(&request(form, model, prompt, &self.known()));
        let call =
            Call { path: &["v1", "messages"], query: &[], body: Some(request), purpose: prompt.form.purpose };
        self.transport.call(&call).await.map_err(|cause| lost(cause, &self.transport, call.purpose))
    }
}

#[async_trait]
impl Provider for Claude {
    fn name(&self) -> &'static str {
        "Claude"
    }

    async fn models(&self, purpose: EgressPurpose) -> Result<Vec<ModelListing>, Why> {
        let models = self.list(purpose).await?;
        Ok(self.remember(models, LIST_MS.0).listings())
    }

    async fn choose(&self) -> Result<Chosen, Why> {
        let models = self.catalogue().await?;
        let first = self.first.clone().unwrap_or_else(|| models.first());
        let second = match &self.second {
            SecondModel::Automatic => Some(models.second()),
            SecondModel::Named(model) => Some(model.clone()),
            SecondModel::None => None,
        };
        Ok(Chosen { second: second.filter(|second| *second != first), first })
    }

    async fn ask(&self, model: &str, prompt: &Prompt) -> Result<Reply, Failure> {
        let forms = self.known().forms(model);
        let worked = self.forms.lock().unwrap_or_else(PoisonError::into_inner).get(model).copied();
        let from =
            worked.and_then(|worked| forms.iter().position(|form| *form == worked)).unwrap_or_default();
        let mut last = Why::ModelUnfit { model: model.to_owned() };
        for form in forms.iter().skip(from) {
            let answer = self.ask_in(*form, model, prompt).await?;
            match answer.status {
                200..=299 => {
                    self.forms.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), *form);
                    return reply(&answer, model, prompt);
                }
                // Nothing but its form can be wrong with it: another one may be right.
                400 => last = refused(&answer),
                _ => return Err(refusal(&answer, model).into()),
            }
        }
        Err(last.into())
    }

    fn most_output(&self, model: &str, form: &AnswerForm) -> u64 {
        self.known().most_output(model).saturating_add(form.more_output)
    }
}

fn request<'a>(form: Form, model: &'a str, prompt: &'a Prompt, models: &Catalogue) -> Request<'a> {
    let AnswerForm { name, about, ref schema, more_output, .. } = prompt.form;
    let tool = |strict: Option<bool>| {
        Some([Tool { name, description: about, strict, input_schema: schema.clone() }])
    };
    let choice = || Some(ToolChoice::Tool { name, disable_parallel_tool_use: true });
    let (output_config, tools, tool_choice) = match form {
        Form::Structured => {
            (Some(OutputConfig { format: Format::JsonSchema { schema: schema.clone() } }), None, None)
        }
        Form::StrictTool => (None, tool(Some(true)), choice()),
        Form::Tool => (None, tool(None), choice()),
    };
    Request {
        model,
        max_tokens: models.most_output(model).saturating_add(more_output),
        thinking: models.tells_not_to_think(model).then_some(Thinking::Disabled),
        system: [System { text: &prompt.instructions, cache_control: CacheControl::Ephemeral }],
        messages: [Message { role: "user", content: &prompt.conversation }],
        output_config,
        tools,
        tool_choice,
    }
}

fn reply(answer: &Answer, asked: &str, prompt: &Prompt) -> Result<Reply, Failure> {
    let answer: wire::Answer = body(answer)?;
    let tokens = tokens(&answer.usage);
    let model = if answer.model.is_empty() { asked.to_owned() } else { crate::short(&answer.model) };
    match said(answer, prompt) {
        Ok(said) => Ok(Reply { said, model, tokens }),
        Err(why) => Err(Failure { why, took: Took::from(tokens) }),
    }
}

fn said(answer: wire::Answer, prompt: &Prompt) -> Result<Said, Why> {
    match answer.stop_reason.as_deref() {
        Some("end_turn" | "stop_sequence" | "tool_use") => {}
        Some("refusal") => return Err(Why::Refused),
        Some("max_tokens") => return Err(broken("it was cut off at its longest")),
        Some("model_context_window_exceeded") => {
            return Err(broken("the conversation is too long for the model"));
        }
        Some(_) | None => return Err(broken("the model stopped before it was done")),
    }
    let mut text = String::new();
    for block in answer.content {
        match block {
            Block::ToolUse { name, input } if name == prompt.form.name => return Ok(Said::of(input)),
            Block::Text { text: piece } => text.push_str(&piece),
            Block::ToolUse { .. } | Block::Other => {}
        }
    }
    Ok(Said::of(json_of(&text)?))
}

/// What is read from a cache and what is written to one is told beside the rest of the input.
fn tokens(usage: &wire::Usage) -> Option<Tokens> {
    let cached = usage.cache_read_input_tokens.unwrap_or_default();
    let cache_written = usage.cache_creation_input_tokens.unwrap_or_default();
    let input = usage.input_tokens?.saturating_add(cached).saturating_add(cache_written);
    Some(Tokens { input, output: usage.output_tokens?, cached, cache_written })
}

fn refusal(answer: &Answer, model: &str) -> Why {
    let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
    match refusal.error.kind.as_str() {
        "not_found_error" => Why::ModelMissing {
            model: model.to_owned(),
            advice: "Choose another one in Settings: the list there shows what this key may use".to_owned(),
        },
        "authentication_error" | "permission_error" => Why::Credentials { status: answer.status },
        "billing_error" => Why::Payment,
        "overloaded_error" | "rate_limit_error" => Why::Overloaded { retry_after_ms: answer.retry_after_ms },
        _ => refused(answer),
    }
}
