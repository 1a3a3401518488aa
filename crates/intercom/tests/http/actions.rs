//! Calls that change something: exactly the requests of the description, once each.

use crate::server::{Server, answer, perform};
use domain::ports::{Helpdesk, Priority};
use domain::{ActionKind, Assignee, ConversationStatus, FaultKind, Timestamp};
use serde_json::{Value, json};

async fn performed(action: ActionKind) -> (String, Value) {
    let after = json!({"type": "conversation", "id": "42", "state": "closed", "conversation_parts": {"conversation_parts": [
        {"id": "7", "part_type": "close", "body": "<p class=\"no-margin\">Bye &amp; <b>thanks</b></p>", "author": {"type": "admin", "id": "8"}}]}});
    let (server, client) = Server::answering(answer(200, after)).await;
    let conversation = perform(&client, &"42".into(), &action, &"8".into()).await.unwrap();
    assert_eq!(conversation.status, ConversationStatus::Closed);
    assert_eq!(
        conversation.parts[0].text.as_deref(),
        Some("Bye & thanks"),
        "the answer is HTML, the text is plain"
    );
    let mut asked = server.asked();
    assert_eq!(asked.len(), 1);
    let asked = asked.remove(0);
    assert_eq!(asked.headers["content-type"], "application/json");
    (asked.line, asked.body)
}

#[tokio::test]
async fn assigning_names_actor_and_assignee() {
    let team = Assignee::Team { id: "5".into(), name: "Billing".into() };
    assert_eq!(
        performed(ActionKind::Assign { assignee: team }).await,
        (
            "POST /conversations/42/parts".into(),
            json!({"message_type": "assignment", "type": "team", "admin_id": "8", "assignee_id": "5"})
        )
    );
    let admin = Assignee::Admin { id: "9".into(), name: "Ana".into() };
    assert_eq!(
        performed(ActionKind::Assign { assignee: admin }).await.1,
        json!({"message_type": "assignment", "type": "admin", "admin_id": "8", "assignee_id": "9"})
    );
}

#[tokio::test]
async fn a_reply_is_a_comment_of_safe_paragraphs() {
    assert_eq!(
        performed(ActionKind::Reply { body: "Hi <Ann> & co,\nthanks.\n\nBye\n".into() }).await,
        (
            "POST /conversations/42/reply".into(),
            json!({"message_type": "comment", "type": "admin", "admin_id": "8",
                   "body": "<p>Hi &lt;Ann&gt; &amp; co,<br>thanks.</p><p>Bye</p>"})
        )
    );
}

#[tokio::test]
async fn a_note_goes_to_reply_too() {
    assert_eq!(
        performed(ActionKind::Note { body: "check".into() }).await,
        (
            "POST /conversations/42/reply".into(),
            json!({"message_type": "note", "type": "admin", "admin_id": "8", "body": "<p>check</p>"})
        )
    );
}

#[tokio::test]
async fn closing_opening_and_snoozing_are_parts() {
    let parts = "POST /conversations/42/parts".to_owned();
    assert_eq!(
        performed(ActionKind::Close).await,
        (parts.clone(), json!({"message_type": "close", "type": "admin", "admin_id": "8"}))
    );
    assert_eq!(
        performed(ActionKind::Open).await,
        (parts.clone(), json!({"message_type": "open", "admin_id": "8"}))
    );
    assert_eq!(
        performed(ActionKind::Snooze { until: Timestamp(1_734_541_187_999) }).await,
        (parts, json!({"message_type": "snoozed", "admin_id": "8", "snoozed_until": 1_734_541_187}))
    );
}

#[tokio::test]
async fn what_could_only_be_refused_is_not_sent() {
    let (server, client) = Server::answering(answer(200, "{}")).await;
    let empty = ActionKind::Reply { body: " \n\u{0} ".into() };
    let wrong_team = ActionKind::Assign { assignee: Assignee::Team { id: "../5".into(), name: "x".into() } };
    for (conversation, action, actor) in [
        ("42", empty, "8"),
        ("42", wrong_team, "8"),
        ("42", ActionKind::Close, ""),
        ("42/../../me", ActionKind::Close, "8"),
        ("..", ActionKind::Close, "8"),
    ] {
        let fault = perform(&client, &conversation.into(), &action, &actor.into()).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Rejected);
        assert!(fault.had_no_effect());
    }
    assert!(client.conversation(&"me?x=".into(), Priority::Ingest).await.is_err());
    assert!(server.asked().is_empty());
}
