//! What each act does to a conversation.

use serde_json::{Value, json};

use crate::common::Workspace;

struct Desk {
    workspace: Workspace,
    conversation_id: String,
    admin_id: String,
}

impl Desk {
    async fn open() -> Self {
        let workspace = Workspace::quiet().await;
        let conversation_id = workspace.conversation("ana@customer.example", "I cannot log in").await;
        let admin_id = workspace.simulator.credentials().admin_id.clone();
        Self { workspace, conversation_id, admin_id }
    }

    async fn reply(&self, kind: &str, body: &str) -> Value {
        let body = json!({ "message_type": kind, "type": "admin", "admin_id": self.admin_id, "body": body });
        self.workspace.post(&format!("/conversations/{}/reply", self.conversation_id), body).await.ok()
    }

    async fn manage(&self, body: Value) -> Value {
        self.workspace.post(&format!("/conversations/{}/parts", self.conversation_id), body).await.ok()
    }

    async fn close(&self) -> Value {
        self.manage(json!({ "message_type": "close", "type": "admin", "admin_id": self.admin_id })).await
    }
}

fn last_part(conversation: &Value) -> &Value {
    conversation["conversation_parts"]["conversation_parts"].as_array().unwrap().last().unwrap()
}

#[tokio::test]
async fn a_new_conversation_has_its_message_in_the_source_and_no_parts() {
    let desk = Desk::open().await;
    let shown = desk.workspace.get(&format!("/conversations/{}", desk.conversation_id)).await.ok();
    assert_eq!(shown["source"]["body"], "<p class=\"no-margin\">I cannot log in</p>");
    assert_eq!(shown["source"]["author"]["email"], "ana@customer.example");
    assert_eq!(shown["conversation_parts"]["total_count"], 0);
    assert_eq!(
        (&shown["state"], &shown["open"], &shown["read"]),
        (&json!("open"), &json!(true), &json!(false))
    );
    assert_eq!((&shown["admin_assignee_id"], &shown["team_assignee_id"]), (&json!(0), &json!(0)));
    assert_eq!(shown["waiting_since"], shown["created_at"]);
}

#[tokio::test]
async fn a_reply_is_a_comment_in_rewritten_html_and_ends_the_waiting() {
    let desk = Desk::open().await;
    let shown = desk.reply("comment", "<p>We are <b>on</b> it</p>").await;
    let part = last_part(&shown);
    assert_eq!(part["part_type"], "comment");
    assert_eq!(part["body"], "<p class=\"no-margin\">We are <b>on</b> it</p>");
    assert_eq!(part["author"]["id"], desk.admin_id.as_str());
    assert_eq!(part["assigned_to"], Value::Null);
    assert_eq!(shown["waiting_since"], Value::Null);
    assert_eq!(shown["statistics"]["count_conversation_parts"], 1);
    assert!(shown["statistics"]["first_admin_reply_at"].is_i64());
    assert_eq!(shown["teammates"]["teammates"][0]["id"], desk.admin_id.as_str());
}

#[tokio::test]
async fn a_note_changes_neither_the_state_nor_the_waiting() {
    let desk = Desk::open().await;
    let shown = desk.reply("note", "Looks like the outage").await;
    assert_eq!(last_part(&shown)["part_type"], "note");
    assert_eq!(shown["waiting_since"], shown["created_at"]);
    assert_eq!(shown["statistics"]["first_admin_reply_at"], Value::Null);
}

#[tokio::test]
async fn a_team_and_a_teammate_are_assigned_side_by_side_and_id_zero_unassigns() {
    let desk = Desk::open().await;
    let team_id = desk.workspace.team_id("On-call").await;
    let assign = |kind: &str, id: &str| json!({ "message_type": "assignment", "type": kind, "admin_id": desk.admin_id, "assignee_id": id });
    let shown = desk.manage(assign("team", &team_id)).await;
    assert_eq!(last_part(&shown)["part_type"], "assignment");
    assert_eq!(last_part(&shown)["assigned_to"], json!({ "type": "team", "id": team_id }));
    assert_eq!(shown["team_assignee_id"].to_string(), team_id);

    let shown = desk.manage(assign("admin", &desk.admin_id)).await;
    assert_eq!(shown["admin_assignee_id"].to_string(), desk.admin_id);
    assert_eq!(shown["team_assignee_id"].to_string(), team_id, "the team stays");
    assert_eq!(shown["statistics"]["count_assignments"], 2);

    let shown = desk.manage(assign("admin", "0")).await;
    assert_eq!(shown["admin_assignee_id"], 0);
    assert_eq!(last_part(&shown)["assigned_to"], json!({ "type": "nobody_admin", "id": null }));
}

#[tokio::test]
async fn an_assignment_with_words_is_one_part() {
    let desk = Desk::open().await;
    let shown = desk
        .manage(json!({
            "message_type": "assignment", "type": "admin", "body": "Kenji will help you",
            "admin_id": desk.admin_id.parse::<u64>().unwrap(), "assignee_id": desk.admin_id,
        }))
        .await;
    assert_eq!(shown["conversation_parts"]["total_count"], 1);
    assert_eq!(last_part(&shown)["part_type"], "assignment");
    assert_eq!(last_part(&shown)["body"], "<p class=\"no-margin\">Kenji will help you</p>");
    assert_eq!(shown["waiting_since"], Value::Null);
}

#[tokio::test]
async fn closing_and_answering_again_reopens_in_one_part() {
    let desk = Desk::open().await;
    let shown = desk.close().await;
    assert_eq!((&shown["state"], &shown["open"]), (&json!("closed"), &json!(false)));
    assert_eq!(last_part(&shown)["part_type"], "close");
    assert_eq!(last_part(&shown)["body"], Value::Null);
    assert_eq!(shown["statistics"]["last_closed_by_id"], desk.admin_id.as_str());

    let shown = desk.reply("comment", "One more thing").await;
    assert_eq!(shown["state"], "open");
    assert_eq!(last_part(&shown)["part_type"], "open");
    assert_eq!(last_part(&shown)["body"], "<p class=\"no-margin\">One more thing</p>");
    assert_eq!(shown["statistics"]["count_reopens"], 1);
}

#[tokio::test]
async fn a_note_on_a_closed_conversation_leaves_it_closed() {
    let desk = Desk::open().await;
    desk.close().await;
    let shown = desk.reply("note", "Duplicate").await;
    assert_eq!(shown["state"], "closed");
}

#[tokio::test]
async fn assigning_a_closed_conversation_reopens_it() {
    let desk = Desk::open().await;
    desk.close().await;
    let team_id = desk.workspace.team_id("Billing").await;
    let shown = desk
        .manage(json!({ "message_type": "assignment", "type": "team", "admin_id": desk.admin_id, "assignee_id": team_id }))
        .await;
    assert_eq!(last_part(&shown)["part_type"], "assign_and_reopen");
    assert_eq!(shown["state"], "open");
}

#[tokio::test]
async fn a_snoozed_conversation_says_until_when_and_open_ends_it() {
    let desk = Desk::open().await;
    let until = desk.workspace.state().await["now"].as_i64().unwrap() + 7200;
    let shown = desk
        .manage(json!({ "message_type": "snoozed", "admin_id": desk.admin_id, "snoozed_until": until }))
        .await;
    assert_eq!((&shown["state"], &shown["open"]), (&json!("snoozed"), &json!(true)));
    assert_eq!(shown["snoozed_until"], until);
    assert_eq!(last_part(&shown)["part_type"], "snoozed");

    let shown = desk.manage(json!({ "message_type": "open", "admin_id": desk.admin_id })).await;
    assert_eq!((&shown["state"], &shown["snoozed_until"]), (&json!("open"), &Value::Null));
}

#[tokio::test]
async fn a_customer_who_writes_to_a_closed_conversation_opens_it() {
    let desk = Desk::open().await;
    desk.close().await;
    let body = json!({ "message_type": "comment", "type": "user", "email": "ana@customer.example", "body": "Still broken" });
    let shown = desk.workspace.post("/conversations/last/reply", body).await.ok();
    assert_eq!(shown["id"], desk.conversation_id.as_str());
    assert_eq!(shown["state"], "open");
    assert_eq!(last_part(&shown)["part_type"], "open");
    assert_eq!(last_part(&shown)["author"]["type"], "user");
    assert!(shown["waiting_since"].is_i64());
}

#[tokio::test]
async fn a_contact_replies_under_each_of_three_identities_but_only_one() {
    let workspace = Workspace::quiet().await;
    let contact = workspace.get("/contacts?per_page=1").await.ok()["data"][0].clone();
    let created = workspace
        .post("/conversations", json!({ "from": { "type": "user", "id": contact["id"] }, "body": "Hello" }))
        .await
        .ok();
    assert_eq!(created["type"], "user_message");
    assert_ne!(created["id"], created["conversation_id"]);
    let path = format!("/conversations/{}/reply", created["conversation_id"].as_str().unwrap());
    let reply = |identity: Value| {
        let mut body = json!({ "message_type": "comment", "type": "user", "body": "More" });
        body.as_object_mut().unwrap().extend(identity.as_object().unwrap().clone());
        body
    };
    for identity in [
        json!({ "intercom_user_id": contact["id"] }),
        json!({ "user_id": contact["external_id"] }),
        json!({ "email": contact["email"] }),
    ] {
        let shown = workspace.post(&path, reply(identity)).await.ok();
        assert_eq!(last_part(&shown)["author"]["id"], contact["id"]);
    }
    let both = json!({ "intercom_user_id": contact["id"], "email": contact["email"] });
    assert_eq!(workspace.post(&path, reply(both)).await.refusal().0, 400);
    let stranger = json!({ "email": "nobody@customer.example" });
    assert_eq!(
        workspace.post(&path, reply(stranger)).await.refusal(),
        (404, "not_found".to_owned(), "User Not Found".to_owned())
    );
}

#[tokio::test]
async fn an_act_without_a_teammate_or_with_a_wrong_kind_is_refused_and_changes_nothing() {
    let desk = Desk::open().await;
    let reply = format!("/conversations/{}/reply", desk.conversation_id);
    let parts = format!("/conversations/{}/parts", desk.conversation_id);
    let admin = &desk.admin_id;
    for (path, body, status) in [
        (&reply, json!({ "message_type": "comment", "type": "admin", "body": "Hi" }), 400),
        (&reply, json!({ "message_type": "comment", "type": "admin", "admin_id": admin }), 400),
        (&reply, json!({ "message_type": "message", "type": "admin", "admin_id": admin, "body": "Hi" }), 400),
        (
            &reply,
            json!({ "message_type": "comment", "type": "contact", "admin_id": admin, "body": "Hi" }),
            400,
        ),
        (&reply, json!({ "message_type": "comment", "type": "admin", "admin_id": "1", "body": "Hi" }), 404),
        (&parts, json!({ "message_type": "snooze", "admin_id": admin, "snoozed_until": 1 }), 400),
        (&parts, json!({ "message_type": "snoozed", "admin_id": admin, "snoozed_until": 1 }), 400),
        (&parts, json!({ "message_type": "close", "type": "admin" }), 400),
        (&parts, json!({ "message_type": "close", "admin_id": admin }), 400),
        (&parts, json!({ "message_type": "assignment", "type": "admin", "admin_id": admin }), 400),
        (
            &parts,
            json!({ "message_type": "assignment", "type": "team", "admin_id": admin, "assignee_id": admin }),
            404,
        ),
    ] {
        let refusal = desk.workspace.post(path, body.clone()).await.refusal();
        assert_eq!(refusal.0, status, "{body} {refusal:?}");
    }
    let shown = desk.workspace.get(&format!("/conversations/{}", desk.conversation_id)).await.ok();
    assert_eq!(shown["conversation_parts"]["total_count"], 0);
}

#[tokio::test]
async fn reading_a_title_and_an_attribute_are_put() {
    let desk = Desk::open().await;
    let path = format!("/conversations/{}", desk.conversation_id);
    let body = json!({ "read": true, "title": "Login", "custom_attributes": { "Severity": "High" } });
    let shown = desk.workspace.send("PUT", &path, Some(&body)).await.ok();
    assert_eq!((&shown["read"], &shown["title"]), (&json!(true), &json!("Login")));
    assert_eq!(shown["custom_attributes"], json!({ "Severity": "High" }));
    let part = last_part(&shown);
    assert_eq!(part["part_type"], "conversation_attribute_updated_by_admin");
    assert_eq!(part["event_details"]["value"]["name"], "High");
}

#[tokio::test]
async fn plaintext_is_shown_on_request() {
    let desk = Desk::open().await;
    desk.reply("comment", "<p>See <a href=\"https://help.northwind.example/1\">this page</a></p>").await;
    let shown = desk
        .workspace
        .get(&format!("/conversations/{}?display_as=plaintext", desk.conversation_id))
        .await
        .ok();
    assert_eq!(shown["source"]["body"], "I cannot log in");
    assert_eq!(last_part(&shown)["body"], "See this page (https://help.northwind.example/1)");
}

#[tokio::test]
async fn the_five_hundred_newest_parts_are_kept() {
    let desk = Desk::open().await;
    let first = desk.reply("note", "first").await;
    for number in 0..500 {
        let body = json!({
            "email": "ana@customer.example", "conversation_id": desk.conversation_id, "body": format!("{number}"),
        });
        desk.workspace.post("/_sim/messages", body).await.ok();
    }
    let shown = desk.workspace.get(&format!("/conversations/{}", desk.conversation_id)).await.ok();
    let parts = shown["conversation_parts"]["conversation_parts"].as_array().unwrap();
    assert_eq!(parts.len(), 500);
    assert_eq!(shown["statistics"]["count_conversation_parts"], 501);
    assert!(parts.iter().all(|part| part["id"] != last_part(&first)["id"]), "the oldest is gone");
    assert_eq!(last_part(&shown)["body"], "<p class=\"no-margin\">499</p>");
}

#[tokio::test]
async fn a_tag_is_put_on_a_conversation_and_taken_off_with_a_body() {
    let desk = Desk::open().await;
    let made = desk.workspace.post("/tags", json!({ "name": "Escalated" })).await.ok();
    let tags = format!("/conversations/{}/tags", desk.conversation_id);
    let put = desk.workspace.post(&tags, json!({ "id": made["id"], "admin_id": desk.admin_id })).await.ok();
    assert_eq!(put["name"], "Escalated");
    assert_eq!(put["applied_by"]["id"], desk.admin_id.as_str());
    let shown = desk.workspace.get(&format!("/conversations/{}", desk.conversation_id)).await.ok();
    assert_eq!(shown["tags"]["tags"][0]["id"], made["id"]);

    let one = format!("{tags}/{}", made["id"].as_str().unwrap());
    let without_admin = desk.workspace.send("DELETE", &one, None).await.refusal();
    assert_eq!(without_admin.0, 400);
    let body = json!({ "admin_id": desk.admin_id });
    desk.workspace.send("DELETE", &one, Some(&body)).await.ok();
    let again = desk.workspace.send("DELETE", &one, Some(&body)).await.refusal();
    assert_eq!((again.0, again.1.as_str()), (404, "tag_not_found"));
}

#[tokio::test]
async fn files_that_are_sent_can_be_downloaded() {
    let desk = Desk::open().await;
    let body = json!({
        "message_type": "comment", "type": "admin", "admin_id": desk.admin_id, "body": "The log",
        "attachment_files": [{ "name": "a b.txt", "content_type": "text/plain", "data": "aGVsbG8=" }],
    });
    let shown =
        desk.workspace.post(&format!("/conversations/{}/reply", desk.conversation_id), body).await.ok();
    let file = &last_part(&shown)["attachments"][0];
    assert_eq!((&file["name"], &file["filesize"]), (&json!("a b.txt"), &json!(5)));
    let bytes = desk.workspace.client.get(file["url"].as_str().unwrap()).send().await.unwrap();
    assert_eq!(bytes.headers()["content-type"], "text/plain");
    assert_eq!(bytes.text().await.unwrap(), "hello");
}
