//! The Messages API, as it is written.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The body of `POST /v1/messages`. No sampling parameter: this version of the API refuses them all.
#[derive(Serialize)]
pub(super) struct Request<'a> {
    pub(super) model: &'a str,
    pub(super) max_tokens: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) thinking: Option<Thinking>,
    pub(super) system: [System<'a>; 1],
    pub(super) messages: [Message<'a>; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) output_config: Option<OutputConfig>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tools: Option<[Tool; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) tool_choice: Option<ToolChoice>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Thinking {
    Disabled,
}

#[derive(Serialize)]
#[serde(tag = "type", rename = "text")]
pub(super) struct System<'a> {
    pub(super) text: &'a str,
    pub(super) cache_control: CacheControl,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum CacheControl {
    Ephemeral,
}

#[derive(Serialize)]
pub(super) struct Message<'a> {
    pub(super) role: &'static str,
    pub(super) content: &'a str,
}

#[derive(Serialize)]
pub(super) struct OutputConfig {
    pub(super) format: Format,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Format {
    JsonSchema { schema: Value },
}

#[derive(Serialize)]
pub(super) struct Tool {
    pub(super) name: &'static str,
    pub(super) description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) strict: Option<bool>,
    pub(super) input_schema: Value,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ToolChoice {
    Tool { name: &'static str, disable_parallel_tool_use: bool },
}

/// An answer of success.
#[derive(Deserialize)]
pub(super) struct Answer {
    #[serde(default)]
    pub(super) model: String,
    #[serde(default)]
    pub(super) content: Vec<Block>,
    #[serde(default)]
    pub(super) stop_reason: Option<String>,
    #[serde(default)]
    pub(super) usage: Usage,
}

/// A piece of an answer. Which comes first is not said: a model may think before it speaks.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Block {
    Text {
        text: String,
    },
    ToolUse {
        name: String,
        input: Value,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize, Default)]
#[serde(default)]
#[expect(clippy::struct_field_names, reason = "the names are the API's")]
pub(super) struct Usage {
    pub(super) input_tokens: Option<u64>,
    pub(super) output_tokens: Option<u64>,
    pub(super) cache_creation_input_tokens: Option<u64>,
    pub(super) cache_read_input_tokens: Option<u64>,
}

/// An answer that is an error: `{"type":"error","error":{"type":…}}`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct Refusal {
    pub(super) error: RefusalKind,
}

#[derive(Deserialize, Default)]
#[serde(default)]
pub(super) struct RefusalKind {
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// A page of `GET /v1/models`.
#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) data: Vec<Model>,
    #[serde(default)]
    pub(super) has_more: bool,
    #[serde(default)]
    pub(super) last_id: Option<String>,
}

/// A model; what older answers lack is taken for unknown.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Model {
    pub(super) id: String,
    #[serde(default)]
    pub(super) display_name: Option<String>,
    #[serde(default)]
    pub(super) created_at: Option<String>,
    #[serde(default)]
    pub(super) lifecycle: Option<String>,
    #[serde(default)]
    pub(super) line: Option<String>,
    #[serde(default)]
    pub(super) capabilities: Option<Capabilities>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Capabilities {
    pub(super) structured_outputs: Option<Support>,
    pub(super) thinking: Option<ThinkingSupport>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Support {
    pub(super) supported: bool,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ThinkingSupport {
    pub(super) types: Option<ThinkingTypes>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct ThinkingTypes {
    /// Whether a request may switch it off.
    pub(super) disabled: Option<Support>,
}
