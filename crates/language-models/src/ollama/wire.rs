//! Ollama's own API, as it is written.

use crate::compatible::wire::if_readable;
use crate::logprobs::Token;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of `POST /api/chat`.
#[derive(Serialize)]
pub(super) struct Chat<'a> {
    pub(super) model: &'a str,
    pub(super) messages: [Message<'a>; 2],
    pub(super) stream: bool,
    pub(super) format: Value,
    pub(super) options: Options,
    pub(super) keep_alive: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) think: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) top_logprobs: Option<u8>,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    pub(super) content: &'a str,
}

#[derive(Serialize)]
pub(super) struct Options {
    pub(super) temperature: f64,
    pub(super) seed: u32,
    pub(super) num_predict: u64,
}

/// An answer of success; one with an error in it is none.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub(super) model: String,
    #[serde(default)]
    pub(super) message: Said,
    #[serde(default)]
    pub(super) done: bool,
    #[serde(default)]
    pub(super) done_reason: Option<String>,
    #[serde(default, deserialize_with = "if_readable")]
    pub(super) logprobs: Option<Vec<Token>>,
    #[serde(default)]
    pub(super) prompt_eval_count: Option<u64>,
    #[serde(default)]
    pub(super) eval_count: Option<u64>,
    #[serde(default)]
    pub(super) error: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Said {
    pub(super) content: String,
}

/// An answer that is an error.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Refusal {
    pub(super) error: String,
}

/// `GET /api/tags`.
#[derive(Deserialize)]
pub(super) struct Tags {
    pub(super) models: Vec<Model>,
}

#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) name: String,
}
