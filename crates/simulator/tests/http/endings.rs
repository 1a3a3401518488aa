//! What is left, and what is told, after something is deleted, redacted, merged, archived or blocked.

use serde_json::{Value, json};

use crate::common::{Endpoint, Workspace, ids};

async fn told() -> (Workspace, Endpoint) {
    let workspace = Workspace::quiet().await;
    let endpoint = Endpoint::open().await;
    workspace.subscribe(&endpoint).await;
    (workspace, endpoint)
}

/// The next notification of a topic.
async fn next(endpoint: &mut Endpoint, topic: &str) -> Value {
    loop {
        let event = endpoint.next_event().await;
        if event["topic"] == topic {
            return event["data"]["item"].clone();
        }
    }
}

async fn contact(workspace: &Workspace, body: Value) -> String {
    workspace.post("/contacts", body).await.ok()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_deleted_conversation_is_gone_everywhere_and_told_without_an_id() {
    let (workspace, mut endpoint) = told().await;
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    let kept = workspace.conversation("ana@customer.example", "Hello again").await;
    let path = format!("/conversations/{id}?retain_metrics=false");
    let answer = workspace.send("DELETE", &path, None).await.ok();
    assert_eq!(answer, json!({ "id": id, "object": "conversation", "deleted": true }));
    assert_eq!(workspace.get(&format!("/conversations/{id}")).await.status, 404);
    assert_eq!(
        ids(&workspace.get("/conversations").await.ok()["conversations"]),
        std::slice::from_ref(&kept)
    );
    let query = json!({ "query": { "field": "updated_at", "operator": ">", "value": 0 } });
    assert_eq!(workspace.post("/conversations/search", query).await.ok()["total_count"], 1);
    let deleted = workspace.get("/conversations/deleted").await.ok();
    assert_eq!(deleted["conversations"][0]["id"], id.as_str());
    assert_eq!(deleted["conversations"][0]["metrics_retained"], false);
    let item = next(&mut endpoint, "conversation.deleted").await;
    assert_eq!(item, json!({ "type": "conversation", "conversation_id": id }));
    assert_eq!(workspace.simulator.digest().deleted, [id]);
}

#[tokio::test]
async fn a_redacted_message_keeps_its_place_and_loses_its_words() {
    let (workspace, mut endpoint) = told().await;
    let id = workspace.conversation("ana@customer.example", "My card is 4111-2222").await;
    let admin = workspace.simulator.credentials().admin_id.clone();
    let path = format!("/conversations/{id}/reply");
    let reply = json!({ "message_type": "comment", "type": "admin", "admin_id": admin, "body": "Your card is 4111-2222" });
    let shown = workspace.post(&path, reply).await.ok();
    let part = shown["conversation_parts"]["conversation_parts"][0]["id"].clone();
    let redact = json!({ "type": "conversation_part", "conversation_id": id, "conversation_part_id": part });
    workspace.post("/conversations/redact", redact).await.ok();
    let source = json!({ "type": "source", "conversation_id": id, "source_id": shown["source"]["id"] });
    let shown = workspace.post("/conversations/redact", source).await.ok();
    assert!(!shown.to_string().contains("4111-2222"), "{shown}");
    let redacted = &shown["conversation_parts"]["conversation_parts"][0];
    assert_eq!((&redacted["id"], &redacted["redacted"]), (&part, &json!(true)));
    assert_eq!(redacted["body"], "<p><i>This message was deleted</i></p>");
    assert_eq!(shown["source"]["redacted"], true);
    let told = next(&mut endpoint, "conversation_part.redacted").await;
    assert_eq!(told["conversation_parts"]["conversation_parts"][0]["redacted"], true);
    let close = json!({ "message_type": "close", "type": "admin", "admin_id": admin });
    let shown = workspace.post(&format!("/conversations/{id}/parts"), close).await.ok();
    let without_words = shown["conversation_parts"]["conversation_parts"][1]["id"].clone();
    let redact =
        json!({ "type": "conversation_part", "conversation_id": id, "conversation_part_id": without_words });
    let refused = workspace.post("/conversations/redact", redact).await.refusal();
    assert_eq!(refused.1, "conversation_part_not_redactable");
}

#[tokio::test]
async fn contacts_come_and_go_and_are_told_of_as_bare_records() {
    let (workspace, mut endpoint) = told().await;
    let id = workspace.conversation("ana@customer.example", "Hello").await;
    let bo = contact(&workspace, json!({ "email": "bo@customer.example" })).await;
    let admin = workspace.simulator.credentials().admin_id.clone();
    let customers = format!("/conversations/{id}/customers");
    let body = json!({ "admin_id": admin, "customer": { "email": "bo@customer.example" } });
    let shown = workspace.post(&customers, body).await.ok();
    assert_eq!(ids(&shown["contacts"]["contacts"]).len(), 2);
    let attached = next(&mut endpoint, "conversation.contact.attached").await;
    assert_eq!(attached["conversation"]["model"]["id"].to_string(), id);
    assert_eq!((attached.get("id"), attached.get("type")), (None, None));
    let shown = workspace
        .send("DELETE", &format!("{customers}/{bo}"), Some(&json!({ "admin_id": admin })))
        .await
        .ok();
    assert_eq!(ids(&shown["contacts"]["contacts"]).len(), 1);
    assert_eq!(next(&mut endpoint, "conversation.contact.detached").await["contact"]["id"], bo.as_str());
}

#[tokio::test]
async fn a_merged_conversation_closes_and_its_people_join_the_other() {
    let (workspace, mut endpoint) = told().await;
    let from = workspace.conversation("ana@customer.example", "Hello").await;
    let into = workspace.conversation("bo@customer.example", "Hello").await;
    let body = json!({ "merge_into_conversation_id": into.parse::<u64>().unwrap() });
    let shown = workspace.post(&format!("/conversations/{from}/merge"), body).await.ok();
    assert_eq!(shown["id"], into.as_str());
    assert_eq!(ids(&shown["contacts"]["contacts"]).len(), 2);
    let last = shown["conversation_parts"]["conversation_parts"].as_array().unwrap().last().unwrap();
    assert_eq!(last["part_type"], "merged_primary_conversation");
    assert_eq!(workspace.get(&format!("/conversations/{from}")).await.ok()["state"], "closed");
    let told = next(&mut endpoint, "conversation.admin.closed").await;
    assert_eq!(told["id"].to_string().trim_matches('"'), from);
}

#[tokio::test]
async fn a_merged_contact_answers_410_with_a_link_to_who_it_is_now_over_several_merges() {
    let (workspace, mut endpoint) = told().await;
    let made =
        workspace.post("/_sim/messages", json!({ "email": "ana@customer.example", "body": "Hi" })).await.ok();
    let conversation = format!("/conversations/{}", made["conversation_id"].as_str().unwrap());
    let user = workspace.get(&conversation).await.ok()["contacts"]["contacts"][0]["id"].clone();
    let lead = contact(&workspace, json!({ "role": "lead", "email": "ana@customer.example" })).await;
    let begun = json!({ "from": { "type": "lead", "id": lead }, "body": "As a lead" });
    let begun = workspace.post("/conversations", begun).await.ok();
    let merge = json!({ "from": lead, "into": user });
    assert_eq!(workspace.post("/contacts/merge", merge.clone()).await.ok()["id"], user);
    let gone = workspace.get(&format!("/contacts/{lead}")).await;
    assert_eq!((gone.status, gone.refusal().1.as_str()), (410, "contact_merged"));
    assert_eq!(gone.header("link"), format!("</contacts/{}>; rel=\"canonical\"", user.as_str().unwrap()));
    let told = next(&mut endpoint, "contact.merged").await;
    assert_eq!((&told["id"], &told["merged_from"]["id"]), (&user, &json!(lead)));
    let path = format!("/conversations/{}", begun["conversation_id"].as_str().unwrap());
    let shown = workspace.get(&path).await.ok();
    assert_eq!(shown["source"]["author"]["id"], user, "what the lead wrote is the user's");
    assert_eq!(ids(&shown["contacts"]["contacts"]), [user.as_str().unwrap()]);
    assert_eq!(workspace.post("/contacts/merge", merge).await.status, 410);
}

#[tokio::test]
async fn an_archived_contact_is_left_out_but_still_in_the_way() {
    let (workspace, mut endpoint) = told().await;
    let id = contact(&workspace, json!({ "email": "ana@customer.example" })).await;
    let found = async || {
        let query =
            json!({ "query": { "field": "email", "operator": "=", "value": "ana@customer.example" } });
        workspace.post("/contacts/search", query).await.ok()["total_count"].clone()
    };
    assert_eq!(found().await, 1);
    workspace.post(&format!("/contacts/{id}/archive"), json!({})).await.ok();
    assert_eq!(found().await, 0);
    let listed = workspace.get("/contacts?per_page=150").await.ok();
    assert!(!ids(&listed["data"]).contains(&id));
    assert_eq!(workspace.get(&format!("/contacts/{id}")).await.ok()["id"], id.as_str());
    let refused = workspace.post("/contacts", json!({ "email": "ana@customer.example" })).await.refusal();
    let message = format!("An archived contact matching those details already exists with id={id}");
    assert_eq!(refused, (409, "conflict".to_owned(), message));
    workspace.post(&format!("/contacts/{id}/unarchive"), json!({})).await.ok();
    assert_eq!(found().await, 1);
    assert_eq!(next(&mut endpoint, "contact.archived").await["id"], id.as_str());
    assert_eq!(next(&mut endpoint, "contact.unarchive").await["id"], id.as_str());
}

#[tokio::test]
async fn blocking_closes_what_is_open_and_deleting_leaves_conversations_by_nobody() {
    let (workspace, mut endpoint) = told().await;
    let conversation = workspace.conversation("ana@customer.example", "Hello").await;
    let path = format!("/conversations/{conversation}");
    let shown = workspace.get(&path).await.ok();
    let id = shown["contacts"]["contacts"][0]["id"].as_str().unwrap().to_owned();
    workspace.post(&format!("/contacts/{id}/block"), json!({})).await.ok();
    assert_eq!(workspace.get(&path).await.ok()["state"], "closed");
    let answer = workspace.send("DELETE", &format!("/contacts/{id}"), None).await.ok();
    let gone = json!({ "type": "contact", "id": id, "external_id": null, "deleted": true });
    assert_eq!(answer, gone);
    assert_eq!(next(&mut endpoint, "contact.deleted").await, gone);
    let shown = workspace.get(&path).await.ok();
    assert_eq!(shown["source"]["author"]["name"], Value::Null);
    assert!(!shown.to_string().contains("ana@customer.example"));
    assert_eq!(shown["contacts"]["contacts"], json!([]));
    assert!(
        !contact(&workspace, json!({ "email": "ana@customer.example" })).await.is_empty(),
        "the e-mail is free"
    );
}

#[tokio::test]
async fn a_staged_draft_is_seen_by_nobody_until_it_is_published() {
    let (workspace, mut endpoint) = told().await;
    let author = workspace.simulator.credentials().admin_id.parse::<u64>().unwrap();
    let body = json!({ "title": "One", "author_id": author, "state": "published", "body": "First" });
    let id = workspace.post("/articles", body).await.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/articles/{id}");
    let draft = json!({ "title": "Two" });
    let staged = workspace.send("PUT", &format!("{path}/draft"), Some(&draft)).await.ok();
    assert_eq!(staged["title"], "Two");
    let shown = workspace.get(&path).await.ok();
    assert_eq!((&shown["title"], &shown["has_unpublished_changes"]), (&json!("One"), &json!(true)));
    workspace.post(&format!("{path}/draft/publish"), json!({})).await.ok();
    let shown = workspace.get(&path).await.ok();
    assert_eq!((&shown["title"], &shown["has_unpublished_changes"]), (&json!("Two"), &json!(false)));
    workspace.send("PUT", &path, Some(&json!({ "state": "draft" }))).await.ok();
    workspace.send("DELETE", &path, None).await.ok();
    for topic in ["article.created", "article.published", "article.unpublished", "article.deleted"] {
        assert_eq!(next(&mut endpoint, topic).await["id"], id.as_str());
    }
}
