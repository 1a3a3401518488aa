//! Any server that speaks OpenAI's Chat Completions API.
//!
//! Servers know different parts of it. One that answers 400 (or 422) and names a field is asked again without it:
//! `temperature`, then log-probabilities, then a schema (any JSON instead), then `max_completion_tokens` (its older name
//! instead). What a server took is remembered for each of its models, so that each is learned once.

pub(crate) mod wire;

use crate::answer::{Said, broken, json_of};
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
use wire::{Completion, JsonSchema, Message, Models, Refusal, ResponseFormat};

/// Tokens of an answer. Some models think before they answer, and their thoughts count.
const MOST_OUTPUT: u64 = 1_024;
/// Alternatives of each token that are asked for.
const ALTERNATIVES: u8 = 10;

/// What of the API a server is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the API that is sent or not")]
struct Shape {
    temperature: bool,
    logprobs: bool,
    schema: bool,
    completion_tokens: bool,
}

impl Shape {
    const FULL: Self = Self { temperature: true, logprobs: true, schema: true, completion_tokens: true };

    /// Without the first field that a refusal names; `None` when it names none that is sent.
    fn without_named(mut self, refusal: &Refusal) -> Option<Self> {
        let fields: [(&mut bool, &[&str]); 4] = [
            (&mut self.temperature, &["temperature"]),
            (&mut self.logprobs, &["logprobs"]),
            (&mut self.schema, &["response_format", "json_schema"]),
            (&mut self.completion_tokens, &["max_completion_tokens"]),
        ];
        let named = fields.into_iter().find(|(sent, names)| **sent && refusal.names(names));
        *named?.0 = false;
        Some(self)
    }
}

/// A server.
#[derive(Debug)]
pub(crate) struct Compatible {
    transport: Transport,
    first: Option<String>,
    second: SecondModel,
    shapes: Mutex<BTreeMap<String, Shape>>,
}

impl Compatible {
    pub(crate) fn new(transport: Transport, first: Option<String>, second: SecondModel) -> Self {
        Self { transport, first, second, shapes: Mutex::default() }
    }

    fn path<'a>(&self, path: &'a [&'a str]) -> &'a [&'a str] {
        if self.transport.has_version() { path.get(1..).unwrap_or_default() } else { path }
    }

    async fn ask_in(&self, shape: Shape, model: &str, prompt: &Prompt) -> Result<Answer, Failure> {
        let instructions = prompt.instructions_with_schema();
        let format = if shape.schema {
            ResponseFormat::JsonSchema {
                json_schema: JsonSchema {
                    name: prompt.form.name,
                    strict: true,
                    schema: prompt.form.schema.clone(),
                },
            }
        } else {
            ResponseFormat::JsonObject
        };
        let most_output = self.most_output(model, &prompt.form);
        let logprobs = shape.logprobs && prompt.form.weighed;
        let request = Completion {
            model,
            messages: [
                Message { role: "system", content: &instructions },
                Message { role: "user", content: &prompt.conversation },
            ],
            response_format: Some(format),
            temperature: shape.temperature.then_some(0.0),
            logprobs: logprobs.then_some(true),
            top_logprobs: logprobs.then_some(ALTERNATIVES),
            max_completion_tokens: shape.completion_tokens.then_some(most_output),
            max_tokens: (!shape.completion_tokens).then_some(most_output),
        };
        let call = Call {
            path: self.path(&["v1", "chat", "completions"]),
            query: &[],
            body: Some(written(&request)),
            purpose: prompt.form.purpose,
        };
        self.transport.call(&call).await.map_err(|cause| lost(cause, &self.transport, call.purpose))
    }
}

#[async_trait]
impl Provider for Compatible {
    fn name(&self) -> &'static str {
        "The OpenAI-compatible server"
    }

    async fn models(&self, purpose: EgressPurpose) -> Result<Vec<ModelListing>, Why> {
        let call = Call { path: self.path(&["v1", "models"]), query: &[], body: None, purpose };
        let models: Models = fetched(&self.transport, &call).await?;
        let listing = |model: wire::Model| ModelListing {
            name: model.id.clone(),
            id: model.id,
            lifecycle: None,
            structured_outputs: None,
        };
        Ok(models.data.into_iter().map(listing).collect())
    }

    async fn choose(&self) -> Result<Chosen, Why> {
        choose(self, self.first.as_deref(), &self.second).await
    }

    async fn ask(&self, model: &str, prompt: &Prompt) -> Result<Reply, Failure> {
        let known = self.shapes.lock().unwrap_or_else(PoisonError::into_inner).get(model).copied();
        let mut shape = known.unwrap_or(Shape::FULL);
        loop {
            let answer = self.ask_in(shape, model, prompt).await?;
            if (200..300).contains(&answer.status) {
                self.shapes.lock().unwrap_or_else(PoisonError::into_inner).insert(model.to_owned(), shape);
                return reply(&answer, model);
            }
            let refusal: Refusal = serde_json::from_slice(&answer.body).unwrap_or_default();
            let smaller =
                if matches!(answer.status, 400 | 422) { shape.without_named(&refusal) } else { None };
            match smaller {
                Some(smaller) => shape = smaller,
                None => return Err(why(&answer, &refusal, model).into()),
            }
        }
    }

    fn most_output(&self, _model: &str, form: &Form) -> u64 {
        MOST_OUTPUT.saturating_add(form.more_output)
    }
}

/// The models that a person named. Without a name there must be one model alone.
pub(crate) async fn choose(
    provider: &dyn Provider,
    first: Option<&str>,
    second: &SecondModel,
) -> Result<Chosen, Why> {
    let first = match first {
        Some(first) => first.to_owned(),
        None => match provider.models(EgressPurpose::ListModels).await?.as_slice() {
            [only] => only.id.clone(),
            _ => return Err(Why::ModelNotChosen),
        },
    };
    let second = match second {
        SecondModel::Named(second) => Some(second.clone()).filter(|second| *second != first),
        // Nobody but a person knows which of a server's models is the stronger one.
        SecondModel::Automatic | SecondModel::None => None,
    };
    Ok(Chosen { first, second })
}

fn why(answer: &Answer, refusal: &Refusal, model: &str) -> Why {
    match (answer.status, refusal.code()) {
        (_, "insufficient_quota") => Why::Payment,
        // A wrong address answers 404 as well, and says nothing of a model.
        (404, "model_not_found") => missing(model),
        (404, _) if refusal.names(&["model"]) => missing(model),
        _ => refused(answer),
    }
}

fn missing(model: &str) -> Why {
    Why::ModelMissing {
        model: model.to_owned(),
        advice: "Choose another one in Settings: the list there shows what the server offers".to_owned(),
    }
}

fn reply(answer: &Answer, asked: &str) -> Result<Reply, Failure> {
    let answer: wire::Answer = body(answer)?;
    let tokens = answer.usage.as_ref().and_then(tokens);
    let failed = |why: Why| Failure { why, took: Took::from(tokens) };
    let model = answer
        .model
        .filter(|model| !model.is_empty())
        .map_or_else(|| asked.to_owned(), |it| crate::short(&it));
    let Some(choice) = answer.choices.into_iter().next() else {
        return Err(failed(broken("it is empty")));
    };
    let is_declined = choice.message.refusal.as_deref().is_some_and(|said| !said.is_empty());
    match choice.finish_reason.as_deref() {
        _ if is_declined => return Err(failed(Why::Refused)),
        Some("content_filter") => return Err(failed(Why::Refused)),
        Some("length") => return Err(failed(broken("it was cut off at its longest"))),
        Some(_) | None => {}
    }
    let text = choice.message.content.unwrap_or_default();
    let value = json_of(&text).map_err(failed)?;
    let weighed = choice.logprobs.and_then(|logprobs| logprobs.content).unwrap_or_default();
    Ok(Reply { said: Said { value, weighed }, model, tokens })
}

fn tokens(usage: &wire::Usage) -> Option<Tokens> {
    let cached = usage.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens);
    let input = usage.prompt_tokens?;
    let cached = cached.unwrap_or_default().min(input);
    Some(Tokens { input, output: usage.completion_tokens?, cached, cache_written: 0 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn refusal(body: serde_json::Value) -> Refusal {
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn fields_are_dropped_as_they_are_named_and_each_once() {
        let temperature = refusal(json!({"error": {"message": "Unsupported value", "param": "temperature"}}));
        let without = Shape::FULL.without_named(&temperature).unwrap();
        assert_eq!(without, Shape { temperature: false, ..Shape::FULL });
        assert_eq!(without.without_named(&temperature), None, "it is not sent any more");
        let format = refusal(json!({"error": "response_format is not supported"}));
        assert_eq!(Shape::FULL.without_named(&format), Some(Shape { schema: false, ..Shape::FULL }));
        let older = refusal(json!({"detail": [{"loc": ["body", "max_completion_tokens"], "msg": "extra"}]}));
        assert_eq!(
            Shape::FULL.without_named(&older),
            Some(Shape { completion_tokens: false, ..Shape::FULL })
        );
        assert_eq!(Shape::FULL.without_named(&refusal(json!({"error": {"message": "No"}}))), None);
        assert_eq!(Shape::FULL.without_named(&Refusal::default()), None);
    }

    #[test]
    fn of_several_named_fields_the_first_in_order_goes_first() {
        let both = refusal(json!({"message": "top_logprobs and temperature are not supported"}));
        let once = Shape::FULL.without_named(&both).unwrap();
        assert_eq!(once, Shape { temperature: false, ..Shape::FULL });
        let twice = once.without_named(&both).unwrap();
        assert_eq!(twice, Shape { temperature: false, logprobs: false, ..Shape::FULL });
    }
}
