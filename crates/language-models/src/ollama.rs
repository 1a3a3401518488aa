//! Ollama, through its own API: models that run on a machine of one's own.
//!
//! The schema goes along as `format`, and into the prompt as well, as its documentation advises. An older Ollama, or a
//! model that refuses to be told whether to think, answers 400 and names the field: it is asked again without.

mod wire;

use crate::answer::{Said, broken, json_of};
use crate::compatible::choose;
use crate::prompt::{Form, Prompt};
use crate::provider::{
    Chosen, Failure, ModelListing, Provider, Reply, Took, body, fetched, lost, refused, written,
};
use crate::settings::SecondModel;
use crate::transport::{Answer, Call, Transport};
use async_trait::async_trait;
use domain::ports::{EgressPurpose, Tokens, Why};
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use wire::{Chat, Message, Options, Refusal, Tags};

/// Where Ollama listens.
pub(crate) const BASE: &str = "http://localhost:11434";
/// Tokens of an answer.
const MOST_OUTPUT: u64 = 256;
/// Alternatives of each token that are asked for.
const ALTERNATIVES: u8 = 10;

/// What of the API a model is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Shape {
    think: bool,
    logprobs: bool,
}

/// An Ollama.
#[derive(Debug)]
pub(crate) struct Ollama {
    transport: Transport,
    first: Option<String>,
    second: SecondModel,
    shapes: Mutex<BTreeMap<String, Shape>>,
}

impl Ollama {
    pub(crate) fn new(transport: Transport, first: Option<String>, second: SecondModel) -> Self {
        Self { transport, first, second, shapes: Mutex::default() }
    }

    async fn ask_in(&self, shape: Shape, model: &str, prompt: &Prompt) -> Result<Answer, Failure> {
        let instructions = prompt.instructions_with_schema();
        let logprobs = shape.logprobs && prompt.form.weighed;
        let request = Chat {
            model,
            messages: [
                Message { role: "system", content: &instructions },
                Message { role: "user", content: &prompt.conversation },
            ],
            stream: false,
            format: prompt.form.schema.clone(),
            options: Options {
                temperature: 0.0,
                seed: 1,
                num_predict: self.most_output(model, &prompt.form),
            },
            keep_alive: "5m",
            think: shape.think.then_some(false),
            logprobs: logprobs.then_some(true),
            top_logprobs: logprobs.then_some(ALTERNATIVES),
        };
        let call = Call {
            path: &["api", "chat"],
            query: &[],
            body: Some(written(&request)),
            purpose: prompt.form.purpose,
        };
        self.transport.call(&call).await.map_err(|cause| lost(cause, &self.transport, call.purpose))
    }
}

#[async_trait]
impl Provider for Ollama {
    fn name(&self) -> &'static str {
        "Ollama"
    }

    async fn models(&self, purpose: EgressPurpose) -> Result<Vec<ModelListing>, Why> {
        let call = Call { path: &["api", "tags"], query: &[], body: None, purpose };
        let tags: Tags = fetched(&self.transport, &call).await?;
        let listing = |model: wire::Model| ModelListing {
            // Its cloud does not hold models to a schema.
            structured_outputs: is_in_the_cloud(&model.name).then_some(false),
            name: model.name.clone(),
            id: model.name,
            lifecycle: None,
        };
        Ok(tags.models.into_iter().map(listing).collect())
    }

    async fn choose(&self) -> Result<Chosen, Why> {
        choose(self, self.first.as_deref(), &self.second).await
    }

    async fn ask(&self, model: &str, prompt: &Prompt) -> Result<Reply, Failure> {
        if is_in_the_cloud(model) {
            return Err(Why::ModelUnfit { model: model.to_owned() }.into());
        }
        let known = self.shapes.lock().unwrap_or_else(PoisonError::into_inner).get(model).copied();
        let mut shape = known.unwrap_or(Shape { think: true, logprobs: true });
        loop {
            let answer = self.ask_in(shape, model, prompt).await?;
            if (200..300).contains(&answer.status) {
                self.shapes.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), shape);
                return reply(&answer, model);
            }
            let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
            match answer.status {
                400 if shape.think && refusal.error.contains("think") => shape.think = false,
                400 if shape.logprobs && refusal.error.contains("logprobs") => shape.logprobs = false,
                404 if !refusal.error.is_empty() => return Err(missing(model).into()),
                _ => return Err(refused(&answer).into()),
            }
        }
    }

    fn most_output(&self, _model: &str, form: &Form) -> u64 {
        MOST_OUTPUT.saturating_add(form.more_output)
    }

    /// A model on this machine costs nothing but electricity; one that Ollama passes on does.
    fn is_free(&self, model: &str) -> bool {
        self.transport.is_local() && !is_in_the_cloud(model)
    }
}

/// Whether Ollama passes questions on to its own service.
fn is_in_the_cloud(model: &str) -> bool {
    model.ends_with("-cloud") || model.ends_with(":cloud")
}

fn missing(model: &str) -> Why {
    // What is to be typed into a terminal must be a model's name and nothing else.
    let is_name =
        !model.is_empty() && model.chars().all(|c| c.is_ascii_alphanumeric() || "._-:/".contains(c));
    let advice = if is_name {
        format!("Fetch it with: ollama pull {model}")
    } else {
        "Choose another one in Settings".to_owned()
    };
    Why::ModelMissing { model: crate::short(model), advice }
}

fn reply(answer: &Answer, asked: &str) -> Result<Reply, Failure> {
    let answer: wire::Answer = body(answer)?;
    if answer.error.is_some() {
        // It began well and failed on the way: the status was sent before.
        return Err(Failure { why: Why::Unavailable { status: 200 }, took: Took::Unknown });
    }
    let counts = answer.prompt_eval_count.zip(answer.eval_count);
    let tokens = counts.map(|(input, output)| Tokens { input, output, ..Tokens::ZERO });
    let failed = |why: Why| Failure { why, took: Took::from(tokens) };
    if answer.done_reason.as_deref() == Some("length") {
        return Err(failed(broken("it was cut off at its longest")));
    }
    if !answer.done {
        return Err(failed(broken("the model stopped before it was done")));
    }
    let value = json_of(&answer.message.content).map_err(failed)?;
    let said = Said { value, weighed: answer.logprobs.unwrap_or_default() };
    let model = if answer.model.is_empty() { asked.to_owned() } else { crate::short(&answer.model) };
    Ok(Reply { said, model, tokens })
}
