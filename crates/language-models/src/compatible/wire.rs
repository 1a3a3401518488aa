//! The Chat Completions API, as OpenAI and many others write it.

use crate::logprobs::Token;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// The body of `POST /v1/chat/completions`.
#[derive(Serialize)]
pub(super) struct Completion<'a> {
    pub(super) model: &'a str,
    pub(super) messages: [Message<'a>; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response_format: Option<ResponseFormat>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_logprobs: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_completion_tokens: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_tokens: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    pub(super) content: &'a str,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ResponseFormat {
    JsonSchema { json_schema: JsonSchema },
    JsonObject,
}

#[derive(Serialize)]
pub(super) struct JsonSchema {
    pub(super) name: &'static str,
    pub(super) strict: bool,
    pub(super) schema: Value,
}

/// An answer of success.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub(super) model: Option<String>,
    pub(super) choices: Vec<Choice>,
    #[serde(default)]
    pub(super) usage: Option<Usage>,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    pub(super) message: Said,
    #[serde(default)]
    pub(super) finish_reason: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    pub(super) logprobs: Option<Logprobs>,
}

#[derive(Deserialize)]
pub(super) struct Said {
    #[serde(default)]
    pub(super) content: Option<String>,
    #[serde(default)]
    pub(super) refusal: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Logprobs {
    #[serde(default)]
    pub(super) content: Option<Vec<Token>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Usage {
    pub(super) prompt_tokens: Option<u64>,
    pub(super) completion_tokens: Option<u64>,
    pub(super) prompt_tokens_details: Option<PromptDetails>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct PromptDetails {
    pub(super) cached_tokens: Option<u64>,
}

/// An answer that is an error. Some servers write a text where others write a record, and codes as numbers.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Refusal {
    pub(super) error: Value,
    pub(super) message: Value,
    pub(super) detail: Value,
}

impl Refusal {
    /// The error's code, where it has one that is a word.
    pub(super) fn code(&self) -> &str {
        let of = |name: &str| self.error.get(name).and_then(Value::as_str);
        of("code").or_else(|| of("type")).unwrap_or_default()
    }

    /// Whether the error names one of these fields, in whatever part of it.
    pub(super) fn names(&self, fields: &[&str]) -> bool {
        [&self.error, &self.message, &self.detail].iter().any(|part| {
            let said = part.to_string();
            fields.iter().any(|field| said.contains(field))
        })
    }
}

/// `GET /v1/models`.
#[derive(Deserialize)]
pub(super) struct Models {
    pub(super) data: Vec<Model>,
}

#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) id: String,
}

/// What cannot be read is taken for absent: an answer is worth having without log-probabilities.
pub(crate) fn if_readable<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}
