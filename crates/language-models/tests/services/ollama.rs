//! Ollama.

use crate::mock::{Say, chat, said, text_of, tokens};
use crate::world::{World, ask, why};
use domain::ports::{Choice, Cost, Sureness, Tokens, Why};
use language_models::{Caps, Settings};
use serde_json::{Value, json};

fn ok() -> Say {
    Say::new(200, chat(&said("spam", 0.9), &Value::Null))
}

#[tokio::test]
async fn a_question_is_asked_as_the_api_wants_it_and_costs_nothing() {
    let world = World::new().await;
    let weighed = tokens("billing", &[("billing", 0.8), ("g", 0.2)]);
    world.mock.then(Say::new(200, chat(&text_of(&weighed), &weighed)));
    let caps = Caps { tokens: None, micro_dollars: Some(1) };
    let opinion = ask(&world.model(Settings { caps, ..world.ollama() })).await.unwrap();
    assert_eq!(opinion.choice, Choice::Bucket { key: "billing".into() });
    assert!(matches!(opinion.sureness, Sureness::Probability { value } if (value - 0.8).abs() < 1e-9));
    assert_eq!(opinion.usage.tokens, Tokens { input: 400, output: 25, ..Tokens::ZERO });
    assert_eq!(opinion.usage.cost, Some(Cost { micro_dollars: 0, is_exact: true }));

    let asked = world.mock.asked();
    assert_eq!((asked[0].line.as_str(), asked[1].line.as_str()), ("GET /api/tags", "POST /api/chat"));
    let body = &asked[1].body;
    let messages = &body["messages"];
    assert!(messages[0]["content"].as_str().unwrap().contains("The JSON schema of the answer:\n{"));
    let schema = &body["format"];
    assert_eq!(schema["properties"]["bucket"]["enum"][4], "none_of_these");
    assert_eq!(
        *body,
        json!({
            "model": "llama3.2:3b", "messages": messages, "stream": false, "format": schema, "keep_alive": "5m",
            "options": {"temperature": 0.0, "seed": 1, "num_predict": 256}, "think": false,
            "logprobs": true, "top_logprobs": 10,
        })
    );
}

#[tokio::test]
async fn a_model_that_is_not_there_can_be_fetched() {
    let world = World::new().await;
    world.mock.then(Say::new(404, json!({"error": "model 'qwen3:4b' not found"})));
    let settings = Settings { first_model: Some("qwen3:4b".to_owned()), ..world.ollama() };
    let none = ask(&world.model(settings)).await.unwrap_err();
    assert_eq!(none.sentence(), "The model qwen3:4b is not there. Fetch it with: ollama pull qwen3:4b.");
    let odd = Settings { first_model: Some("x; rm -rf ~".to_owned()), ..world.ollama() };
    world.mock.then(Say::new(404, json!({"error": "model not found"})));
    let sentence = ask(&world.model(odd)).await.unwrap_err().sentence();
    assert!(!sentence.contains("ollama pull"), "nothing odd is put into a command: {sentence}");
}

#[tokio::test]
async fn an_error_under_a_status_of_success_is_an_error() {
    let world = World::new().await;
    world.mock.then(Say::new(200, json!({"error": "an error was encountered while running the model"})));
    assert_eq!(why(&world.model(world.ollama())).await, Why::Unavailable { status: 200 });
}

#[tokio::test]
async fn an_answer_that_is_not_whole_is_broken() {
    for (name, value) in [("done_reason", json!("length")), ("done", json!(false))] {
        let world = World::new().await;
        let mut answer = chat(&said("spam", 0.9), &Value::Null);
        answer[name] = value;
        world.mock.then(Say::new(200, answer));
        let why = why(&world.model(world.ollama())).await;
        assert!(matches!(why, Why::BrokenSchema { .. }), "{why:?}");
    }
}

#[tokio::test]
async fn an_older_ollama_is_asked_without_what_it_does_not_know_and_that_is_remembered() {
    let world = World::new().await;
    world
        .mock
        .then(Say::new(400, json!({"error": "\"llama3.2:3b\" does not support thinking"})))
        .then(Say::new(400, json!({"error": "unknown field logprobs"})))
        .then(ok())
        .then(ok());
    let model = world.model(world.ollama());
    ask(&model).await.unwrap();
    ask(&model).await.unwrap();
    let questions = world.mock.questions();
    assert_eq!(questions.len(), 4);
    let sent = |at: usize| ["think", "logprobs"].map(|name| questions[at].body.get(name).is_some());
    assert_eq!(
        [sent(0), sent(1), sent(2), sent(3)],
        [[true, true], [false, true], [false, false], [false, false]]
    );
}

#[tokio::test]
async fn a_model_that_ollama_passes_on_cannot_be_held_to_a_schema() {
    let world = World::new().await;
    let settings = Settings { first_model: Some("gpt-oss:120b-cloud".to_owned()), ..world.ollama() };
    let expected = Why::ModelUnfit { model: "gpt-oss:120b-cloud".to_owned() };
    assert_eq!(why(&world.model(settings)).await, expected);
    assert!(world.mock.questions().is_empty());
}

#[tokio::test]
async fn nobody_listening_is_unreachable_and_says_what_to_look_at() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let world = World::new().await;
    let service = language_models::Service::Ollama { address: Some(address) };
    let none = ask(&world.model(Settings::new(service))).await.unwrap_err();
    assert_eq!(
        none.sentence(),
        "127.0.0.1 refuses connections. Check the address, and whether the server runs."
    );
    assert_eq!(world.clock.pauses(), [500, 1_000], "it may just be starting");
}
