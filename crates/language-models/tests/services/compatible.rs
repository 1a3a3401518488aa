//! Servers that speak OpenAI's API, each a part of it.

use crate::mock::{KEY, Say, completion, completion_ok, said, text_of, tokens};
use crate::world::{World, ask, asked, why};
use domain::ports::{Advisor as _, Choice, Sureness, Tokens, Why};
use language_models::{SecondModel, Service, Settings};
use serde_json::{Value, json};

fn refusal(status: u16, error: &Value) -> Say {
    Say::new(status, json!({"error": error}))
}

fn bucket(key: &str) -> Choice {
    Choice::Bucket { key: key.into() }
}

#[tokio::test]
async fn a_question_is_asked_as_the_api_wants_it_and_the_probability_of_the_label_is_read() {
    let world = World::new().await;
    let weighed = tokens("billing", &[("bill", 0.6), ("urgent", 0.2), ("spam", 0.1), ("{", 0.1)]);
    let message = json!({"role": "assistant", "content": text_of(&weighed), "refusal": null});
    world.mock.then(completion(&message, "stop", &json!({"content": weighed, "refusal": null})));
    let opinion = ask(&world.model(world.compatible())).await.unwrap();
    assert_eq!((opinion.choice, opinion.model.as_str()), (bucket("billing"), "served-model"));
    let Sureness::Probability { value } = opinion.sureness else { panic!("it said 0.99 and weighed less") };
    assert!((value - 0.6 / 0.9).abs() < 1e-9, "{value}");
    assert_eq!(opinion.usage.tokens, Tokens { input: 500, output: 30, cached: 256, cache_written: 0 });
    assert_eq!(opinion.usage.cost, None, "no price is made up");

    let asked = world.mock.asked();
    assert_eq!((asked.len(), asked[0].line.as_str()), (1, "POST /v1/chat/completions"));
    assert_eq!(asked[0].headers["authorization"], format!("Bearer {KEY}"));
    let body = &asked[0].body;
    let mut fields: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    assert_eq!(
        fields,
        [
            "logprobs",
            "max_completion_tokens",
            "messages",
            "model",
            "response_format",
            "temperature",
            "top_logprobs"
        ]
    );
    assert_eq!(body["response_format"]["json_schema"]["strict"], json!(true));
    assert_eq!(
        (&body["logprobs"], &body["top_logprobs"], &body["temperature"]),
        (&json!(true), &json!(10), &json!(0.0))
    );
    assert!(body["messages"][0]["content"].as_str().unwrap().contains("The JSON schema of the answer:\n{"));
}

#[tokio::test]
async fn two_custom_buckets_that_begin_alike_have_a_probability_each() {
    let world = World::new().await;
    let weighed = tokens("B_refund_dispute", &[("B", 0.7), ("A_", 0.2), ("C_none", 0.1)]);
    let message = json!({"role": "assistant", "content": text_of(&weighed)});
    world.mock.then(completion(&message, "stop", &json!({"content": weighed})));
    let model = world.model(world.compatible());
    let opinion = model.opinion(&asked(&["refund", "refund_dispute"])).await.unwrap();
    assert_eq!(opinion.choice, bucket("refund_dispute"));
    assert!((opinion.sureness.value() - 0.7).abs() < 1e-9, "{:?}", opinion.sureness);
    let labels =
        &world.mock.questions()[0].body["response_format"]["json_schema"]["schema"]["properties"]["bucket"];
    assert_eq!(labels["enum"], json!(["A_refund", "B_refund_dispute", "C_none_of_these"]));
}

#[tokio::test]
async fn a_server_is_asked_without_what_it_does_not_know_and_that_is_remembered() {
    let world = World::new().await;
    world
        .mock
        .then(refusal(400, &json!({"message": "Unsupported value: 'temperature'", "param": "temperature"})))
        .then(refusal(422, &json!("top_logprobs: extra fields not permitted")))
        .then(refusal(
            400,
            &json!({"message": "response_format json_schema is not supported here", "code": 400}),
        ))
        .then(refusal(400, &json!({"message": "x", "param": "max_completion_tokens"})))
        .then(completion_ok("spam", 0.9))
        .then(completion_ok("spam", 0.9));
    let model = world.model(world.compatible());
    assert_eq!(ask(&model).await.unwrap().choice, bucket("spam"));
    assert_eq!(ask(&model).await.unwrap().choice, bucket("spam"));
    let questions = world.mock.questions();
    assert_eq!(questions.len(), 6, "the second question is asked once");
    let names = |at: usize| questions[at].body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert!(!names(1).contains(&"temperature".to_owned()));
    assert!(!names(2).iter().any(|name| name.contains("logprobs")));
    assert_eq!(questions[3].body["response_format"], json!({"type": "json_object"}));
    assert_eq!(names(5), ["max_tokens", "messages", "model", "response_format"]);
    assert_eq!(questions[4].body, questions[5].body);
}

#[tokio::test]
async fn what_one_model_does_not_know_another_may() {
    let world = World::new().await;
    world.mock.then(completion_ok("spam", 0.1)).then(refusal(400, &json!({"param": "temperature"})));
    world.mock.then(completion_ok("spam", 0.9));
    let settings = Settings { second_model: SecondModel::Named("thinker".to_owned()), ..world.compatible() };
    ask(&world.model(settings)).await.unwrap();
    let sent: Vec<(Value, bool)> = world
        .mock
        .questions()
        .iter()
        .map(|asked| (asked.body["model"].clone(), asked.body.get("temperature").is_some()))
        .collect();
    assert_eq!(sent, [(json!("a-model"), true), (json!("thinker"), true), (json!("thinker"), false)]);
}

#[tokio::test]
async fn a_refusal_that_names_no_field_is_not_guessed_at() {
    let world = World::new().await;
    world.mock.then(refusal(400, &json!({"message": "bad"})));
    assert_eq!(why(&world.model(world.compatible())).await, Why::Rejected { status: 400 });
    assert_eq!(world.mock.questions().len(), 1);
}

#[tokio::test]
async fn answers_that_are_none_are_told_apart() {
    let text = |content: &Value, finish_reason: &str| {
        completion(&json!({"role": "assistant", "content": content}), finish_reason, &Value::Null)
    };
    let declined = completion(&json!({"content": null, "refusal": "I cannot"}), "stop", &Value::Null);
    let broken = |what: &str| Why::BrokenSchema { what: what.to_owned() };
    for (say, expected) in [
        (declined, Why::Refused),
        (text(&Value::Null, "content_filter"), Why::Refused),
        (text(&json!("{\"bucket\":\"bil"), "length"), broken("it was cut off at its longest")),
        (text(&Value::Null, "stop"), broken("it is not the JSON that was asked for")),
        (text(&json!(said("refunds", 0.9)), "stop"), Why::UnknownBucket),
        (Say::new(200, json!({"choices": []})), broken("it is empty")),
        (Say::new(200, "<html>"), broken("it is not in the form that this service writes")),
        (Say::new(200, " ".repeat(5 * 1024 * 1024)), broken("it is larger than any answer should be")),
        (refusal(429, &json!({"code": "insufficient_quota"})).with("x-should-retry", "false"), Why::Payment),
        (
            refusal(404, &json!({"code": "model_not_found"})),
            Why::ModelMissing {
                model: "a-model".to_owned(),
                advice: "Choose another one in Settings: the list there shows what the server offers"
                    .to_owned(),
            },
        ),
        (Say::new(404, "<html>"), Why::Rejected { status: 404 }),
        (refusal(401, &json!("no")), Why::Credentials { status: 401 }),
    ] {
        let world = World::new().await;
        world.mock.then(say);
        assert_eq!(why(&world.model(world.compatible())).await, expected);
        assert_eq!(world.mock.questions().len(), 1);
    }
}

#[tokio::test]
async fn an_answer_without_usage_or_with_odd_log_probabilities_is_still_one() {
    let world = World::new().await;
    let choice = json!({
        "message": {"content": format!("```json\n{}\n```", said("urgent", 0.8))}, "finish_reason": null,
        "logprobs": {"content": [{"token": 7}]},
    });
    world.mock.then(Say::new(200, json!({"choices": [choice]})));
    let opinion = ask(&world.model(world.compatible())).await.unwrap();
    assert_eq!((opinion.choice, opinion.sureness), (bucket("urgent"), Sureness::Stated { value: 0.8 }));
    assert_eq!(opinion.model, "a-model", "it does not say which model it was");
    assert!(opinion.usage.is_estimate, "nor what it took: what it could have taken is counted");
    assert!(opinion.usage.tokens.total() > 1_024);
}

#[tokio::test]
async fn the_address_may_end_in_the_version_and_a_server_of_ones_own_needs_no_key() {
    let world = World::new().await;
    world.mock.list_then(Say::new(
        200,
        json!({"object": "list", "data": [{"id": "the-only-one", "object": "model"}]}),
    ));
    world.mock.then(completion_ok("spam", 0.9));
    let service = Service::OpenAiCompatible { address: format!("{}/v1/", world.mock.url()), key: None };
    let model = world.model(Settings::new(service));
    ask(&model).await.unwrap();
    let asked = world.mock.asked();
    assert_eq!(
        (asked[0].line.as_str(), asked[1].line.as_str()),
        ("GET /v1/models", "POST /v1/chat/completions")
    );
    assert_eq!(asked[1].body["model"], "the-only-one");
    assert!(!asked[1].headers.contains_key("authorization"));
}

#[tokio::test]
async fn an_address_with_a_version_of_its_own_is_left_as_it_is() {
    let world = World::new().await;
    world.mock.then(completion_ok("spam", 0.9));
    let service =
        Service::OpenAiCompatible { address: format!("{}/v1beta/openai", world.mock.url()), key: None };
    let settings = Settings { first_model: Some("m".to_owned()), ..Settings::new(service) };
    ask(&world.model(settings)).await.unwrap();
    assert_eq!(world.mock.asked()[0].line, "POST /v1beta/openai/chat/completions");
}

#[tokio::test]
async fn of_several_models_a_person_chooses() {
    let world = World::new().await;
    let why = why(&world.model(Settings { first_model: None, ..world.compatible() })).await;
    assert_eq!(why, Why::ModelNotChosen);
}
