//! Every kind of request that the client makes, written down as it was received: one line of JSON each, in a file for
//! each service, in the folder named by `LANGUAGE_MODELS_BODIES`.
//!
//! `tests/models` holds them against the request types of the official clients.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a program for tests may fail loudly, and says what it wrote"
)]
#![expect(dead_code, reason = "the mock and its world are shared with the tests, which use all of it")]

#[path = "../tests/services/mock.rs"]
mod mock;
#[path = "../tests/services/world.rs"]
mod world;

use domain::ports::Advisor as _;
use language_models::{SecondModel, Service, Settings};
use mock::{
    Asked, Say, chat, claude_answer, claude_draft, claude_error, claude_ok, claude_tool, completion,
    completion_ok, handed_over, said,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use world::{World, asked, draft, question};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = PathBuf::from(
        std::env::var_os("LANGUAGE_MODELS_BODIES").expect("LANGUAGE_MODELS_BODIES names a folder"),
    );
    fs::create_dir_all(&folder).unwrap();
    let files = [("claude", claude().await), ("openai", compatible().await), ("ollama", ollama().await)];
    for (name, requests) in files {
        let lines: Vec<String> = requests.iter().map(|asked| line(asked).to_string()).collect();
        fs::write(folder.join(format!("{name}.jsonl")), lines.join("\n") + "\n").unwrap();
        println!("{name}: {} requests", lines.len());
    }
}

/// A request with its headers. The key is the mock's own, and no secret.
fn line(asked: &Asked) -> Value {
    let headers: BTreeMap<&str, &str> =
        asked.headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    json!({"line": asked.line, "headers": headers, "body": asked.body})
}

/// Asks with these answers prepared; what becomes of it is tested elsewhere.
async fn ask(world: &World, settings: Settings, answers: impl IntoIterator<Item = Say>) {
    for answer in answers {
        world.mock.then(answer);
    }
    let opinion = world.model(settings).opinion(&question()).await;
    assert!(opinion.is_ok(), "{opinion:?}");
}

/// The same for a draft.
async fn ask_draft(world: &World, settings: Settings, answer: Say) {
    world.mock.then(answer);
    let drafted = draft(&world.model(settings)).await;
    assert!(drafted.is_ok(), "{drafted:?}");
}

async fn claude() -> Vec<Asked> {
    let world = World::new().await;
    let with = |model: &str| Settings {
        first_model: Some(model.to_owned()),
        second_model: SecondModel::None,
        ..world.claude()
    };
    // The two that are chosen, one after the other.
    ask(&world, world.claude(), [claude_ok("spam", 0.1), claude_ok("spam", 0.9)]).await;
    for model in ["claude-haiku-4-5", "claude-sonnet-4-6", "claude-fable-5-2"] {
        ask(&world, with(model), [claude_ok("spam", 0.9)]).await;
    }
    // A tool held to the schema, then one that is told of it.
    let refused = || claude_error(400, "invalid_request_error");
    ask(&world, with("claude-haiku-older"), [claude_tool("spam", 0.9)]).await;
    ask(&world, with("claude-haiku-4-5"), [refused(), refused(), claude_tool("spam", 0.9)]).await;
    // Labels with letters in front.
    world.mock.then(claude_ok("A_refund", 0.9));
    let letters = world.model(with("claude-haiku-5-5")).opinion(&asked(&["refund", "refund_dispute"])).await;
    assert!(letters.is_ok(), "{letters:?}");
    // Drafts: held to a schema, and through a tool.
    let answer = handed_over("Nobody knows.");
    ask_draft(&world, world.claude(), claude_draft(&answer)).await;
    let used = json!([{"type": "tool_use", "id": "toolu_1", "name": "draft", "input": answer}]);
    ask_draft(&world, with("claude-haiku-older"), claude_answer(&used, "tool_use")).await;
    world.mock.asked()
}

async fn compatible() -> Vec<Asked> {
    let world = World::new().await;
    let without = |name: &str| Say::new(400, json!({"error": {"message": "", "param": name}}));
    let fields = ["temperature", "logprobs", "response_format", "max_completion_tokens"];
    let answers = fields.map(without).into_iter().chain([completion_ok("spam", 0.9)]);
    ask(&world, world.compatible(), answers).await;
    let service = Service::OpenAiCompatible { address: format!("{}/v1", world.mock.url()), key: None };
    let keyless = Settings { first_model: Some("local".to_owned()), ..Settings::new(service) };
    ask(&world, keyless, [completion_ok("spam", 0.9)]).await;
    let message = json!({"role": "assistant", "content": handed_over("Nobody knows.").to_string()});
    ask_draft(&world, world.compatible(), completion(&message, "stop", &Value::Null)).await;
    world.mock.asked()
}

async fn ollama() -> Vec<Asked> {
    let world = World::new().await;
    let without = |name: &str| Say::new(400, json!({"error": name}));
    let ok = Say::new(200, chat(&said("spam", 0.9), &Value::Null));
    ask(&world, world.ollama(), [without("think"), without("logprobs"), ok]).await;
    let answer = chat(&handed_over("Nobody knows.").to_string(), &Value::Null);
    ask_draft(&world, world.ollama(), Say::new(200, answer)).await;
    world.mock.asked()
}
