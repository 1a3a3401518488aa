//! The examples of the official description, served and read. Skipped where the description is not at hand.

use crate::server::{Server, answer, perform};
use domain::ports::{Helpdesk, Priority};
use domain::{ActionKind, AuthorKind};
use serde_json::Value;
use std::path::Path;

/// Every example of a conversation. One call shows what it was sent in place of what it answers.
fn conversations() -> Option<Vec<Value>> {
    let mut found = examples("conversation")?;
    found.retain(|example| example["type"] == "conversation");
    Some(found)
}

/// The official description, where it is at hand.
#[expect(clippy::print_stdout, reason = "who reads the tests should know that one did not run")]
pub(crate) fn description() -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/intercom/openapi-2.16.yaml");
    let Ok(yaml) = std::fs::read_to_string(&path) else {
        println!("skipped: the description of the API is not at hand");
        return None;
    };
    Some(serde_norway::from_str(&yaml).unwrap())
}

/// Every example that some call of the description gives for answers of this schema.
fn examples(schema: &str) -> Option<Vec<Value>> {
    let description = description()?;
    let mut found = Vec::new();
    for path in description["paths"].as_object().unwrap().values() {
        for call in path.as_object().unwrap().values().filter_map(|call| call["responses"].as_object()) {
            for content in call.values().map(|response| &response["content"]["application/json"]) {
                if names(&content["schema"], schema) {
                    let examples = content["examples"].as_object().into_iter().flat_map(|map| map.values());
                    found.extend(examples.map(|example| example["value"].clone()));
                }
            }
        }
    }
    assert!(!found.is_empty(), "the description gives no example of {schema}");
    Some(found)
}

fn names(schema: &Value, wanted: &str) -> bool {
    let reference = format!("#/components/schemas/{wanted}");
    let named = |schema: &Value| schema["$ref"].as_str() == Some(reference.as_str());
    named(schema) || schema["allOf"].as_array().is_some_and(|all| all.iter().any(named))
}

#[tokio::test]
async fn every_conversation_of_the_description_is_read() {
    let Some(examples) = conversations() else { return };
    let server = Server::start().await;
    let client = server.client();
    let mut parts_seen = 0;
    for example in examples {
        server.then(answer(200, &example));
        // The examples have bodies of HTML, as the answers to a POST have.
        let read = perform(&client, &"1".into(), &ActionKind::Close, &"8".into()).await.unwrap();
        assert_eq!(Some(read.id.as_str()), example["id"].as_str());
        assert_eq!(Some(read.status.as_str()), example["state"].as_str());
        assert_eq!(Some(read.created_at.seconds()), example["created_at"].as_i64());
        assert_eq!(Some(read.updated_at.seconds()), example["updated_at"].as_i64());
        let assignee = example["admin_assignee_id"].as_i64().filter(|id| *id != 0).map(|id| id.to_string());
        assert_eq!(read.admin_assignee.map(|id| id.0), assignee);
        let contacts = example["contacts"]["contacts"].as_array().map_or(0, Vec::len);
        assert_eq!(read.contact_ids.len(), contacts);
        let parts = example["conversation_parts"]["conversation_parts"].as_array().map_or(0, Vec::len);
        assert_eq!(read.parts.len(), parts + 1, "the parts and the source");
        assert_eq!(read.parts[0].kind, "source");
        for part in &read.parts {
            assert!(part.text.as_deref().is_none_or(|text| !text.contains('<')), "{part:?}");
            assert!(part.created_at.0 > 0 && !part.author.id.is_empty());
        }
        parts_seen += parts;
    }
    assert!(parts_seen > 3, "the examples have parts");
}

#[tokio::test]
async fn every_list_of_conversations_of_the_description_is_read() {
    let Some(examples) = examples("conversation_list") else { return };
    let server = Server::start().await;
    let client = server.client();
    for example in examples {
        server.then(answer(200, &example));
        let page = client.open_conversations(None, Priority::Ingest).await.unwrap();
        assert_eq!(page.items.len(), example["conversations"].as_array().map_or(0, Vec::len));
        assert_eq!(page.total.map(u64::from), example["total_count"].as_u64());
        assert!(page.items.iter().all(|(_, updated_at)| updated_at.0 > 0));
    }
}

#[tokio::test]
async fn every_teammate_and_team_of_the_description_is_read() {
    let (Some(admins), Some(teams), Some(owners)) =
        (examples("admin_list"), examples("team_list"), examples("admin_with_app"))
    else {
        return;
    };
    let server = Server::start().await;
    let client = server.client();
    for example in admins {
        server.then(answer(200, &example));
        assert_eq!(client.admins().await.unwrap().len(), example["admins"].as_array().unwrap().len());
    }
    for example in teams {
        server.then(answer(200, &example));
        assert_eq!(client.teams().await.unwrap().len(), example["teams"].as_array().unwrap().len());
    }
    for example in owners {
        server.then(answer(200, &example));
        let identity = client.identity().await.unwrap();
        assert_eq!(Some(identity.app_id.as_str()), example["app"]["id_code"].as_str());
        assert_eq!(Some(identity.admin.email.as_str()), example["email"].as_str());
    }
}

#[tokio::test]
async fn every_contact_of_the_description_is_read() {
    let Some(examples) = examples("contact") else { return };
    let server = Server::start().await;
    for example in examples {
        server.then(answer(200, &example));
        let contact = server.client().contact(&"c".into(), Priority::Ingest).await.unwrap();
        assert_eq!(Some(contact.id.as_str()), example["id"].as_str());
        assert_eq!(contact.email.as_deref(), example["email"].as_str());
        assert_eq!(contact.created_at.map(domain::Timestamp::seconds), example["created_at"].as_i64());
    }
}

#[tokio::test]
async fn every_refusal_of_the_description_keeps_its_code_and_request() {
    let Some(examples) = examples("error") else { return };
    let server = Server::start().await;
    let client = server.client();
    for example in examples {
        server.then(answer(400, &example));
        let fault = client.identity().await.unwrap_err();
        assert_eq!(fault.code.as_deref(), example["errors"][0]["code"].as_str(), "{example}");
        assert_eq!(fault.request_id.as_deref(), example["request_id"].as_str());
    }
}

#[tokio::test]
async fn the_bot_of_the_description_is_no_teammate() {
    let Some(examples) = conversations() else { return };
    let server = Server::start().await;
    let mut bots = 0;
    for example in examples {
        server.then(answer(200, &example));
        let read = server.client().conversation(&"1".into(), Priority::Ingest).await.unwrap();
        bots += read.parts.iter().filter(|part| part.author.kind == AuthorKind::Bot).count();
    }
    assert!(bots > 0);
}
