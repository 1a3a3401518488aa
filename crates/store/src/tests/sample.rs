//! Samples, and an open file to put them in.

use crate::Store;
use domain::*;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) fn attachment(name: &str) -> Attachment {
    Attachment {
        name: name.to_owned(),
        content_type: "image/png".to_owned(),
        size: Some(2048),
        url: format!("https://files.example/{name}"),
    }
}
pub(crate) fn part(id: &str, at: i64) -> Part {
    Part {
        id: id.into(),
        kind: "comment".to_owned(),
        author: Author {
            kind: AuthorKind::Contact,
            id: "c1".to_owned(),
            name: Some("Maria Silva".to_owned()),
            email: Some("maria@customer.example".to_owned()),
        },
        text: Some(format!("text of {id}")),
        attachments: vec![],
        assigned_to: None,
        created_at: Timestamp(at),
        redacted: false,
    }
}

pub(crate) fn conversation(id: &str, parts: &[(&str, i64)]) -> Conversation {
    let parts: Vec<Part> = parts.iter().map(|(id, at)| part(id, *at)).collect();
    Conversation {
        id: id.into(),
        subject: Some(format!("Subject of {id}")),
        channel: "email".to_owned(),
        status: ConversationStatus::Open,
        admin_assignee: None,
        team_assignee: None,
        contact_ids: vec!["c1".into()],
        tags: vec!["vip".to_owned()],
        priority: None,
        created_at: parts.first().map_or(Timestamp(0), |part| part.created_at),
        updated_at: parts.last().map_or(Timestamp(0), |part| part.created_at),
        waiting_since: None,
        snoozed_until: None,
        total_parts: u32::try_from(parts.len()).unwrap(),
        parts,
    }
}

/// A store in a folder of its own, which goes with it.
pub(crate) struct Open {
    pub(crate) folder: TempDir,
    pub(crate) path: PathBuf,
    pub(crate) store: Store,
}

pub(crate) async fn open() -> Open {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("acme.sqlite");
    let store = Store::open(&path).await.unwrap();
    Open { folder, path, store }
}

pub(crate) fn uuid(number: u128) -> uuid::Uuid {
    uuid::Uuid::from_u128(number)
}

pub(crate) fn delivery(number: u128, notification_id: Option<&str>) -> crate::NewDelivery {
    crate::NewDelivery {
        id: DeliveryId(uuid(number)),
        received_at: Timestamp(i64::try_from(number).unwrap() * 10),
        notification_id: notification_id.map(str::to_owned),
        topic: Some("conversation.user.created".to_owned()),
        vendor_created_at: Some(Timestamp(5)),
        attempt: Some(1),
        change: Some(Change::Conversation("100".into())),
        outcome: DeliveryOutcome::Received,
        reason: None,
        body: format!("{{\"number\":{number}}}").into(),
    }
}

pub(crate) fn suggestion(number: u128, conversation: &Conversation) -> Suggestion {
    let part = conversation.parts.last().unwrap();
    Suggestion {
        id: SuggestionId(uuid(number)),
        conversation_id: conversation.id.clone(),
        part_id: part.id.clone(),
        bucket_id: Some("billing".into()),
        confidence: 0.875,
        probabilities: vec![("billing".into(), 0.875), ("general".into(), 0.125)],
        evidence: vec![Evidence { text: "text".to_owned(), start: 0, end: 4, weight: 1.5 }],
        nothing: None,
        plan: Plan { actions: vec![ActionKind::Close], gaps: vec![] },
        bound: conversation.state(),
        model_version: "7".to_owned(),
        state: SuggestionState::Pending,
        created_at: Timestamp(1000 + i64::try_from(number).unwrap()),
    }
}

pub(crate) fn decision(number: u128, suggestion: &Suggestion, kind: DecisionKind) -> Decision {
    Decision {
        id: DecisionId(uuid(number)),
        suggestion_id: Some(suggestion.id),
        conversation_id: suggestion.conversation_id.clone(),
        kind,
        bucket_id: suggestion.bucket_id.clone(),
        reason: None,
        at: Timestamp(2000 + i64::try_from(number).unwrap()),
        undo_until: Timestamp(7000),
        undone_at: None,
        decided_by: DecidedBy::Person,
    }
}

pub(crate) fn action(number: u128, decision: &Decision, step: u32, until: i64) -> Action {
    Action {
        id: ActionId(uuid(number)),
        decision_id: decision.id,
        conversation_id: decision.conversation_id.clone(),
        step,
        kind: ActionKind::Reply { body: "We will look into it.".to_owned() },
        state: ActionState::Held { until: Timestamp(until) },
        created_at: decision.at,
    }
}

pub(crate) fn activity(kind: &str) -> crate::NewActivity {
    crate::NewActivity {
        at: Timestamp(3000),
        kind: kind.to_owned(),
        sentence: "Something happened".to_owned(),
        conversation_id: None,
        suggestion_id: None,
        decision_id: None,
        action_id: None,
    }
}

/// Keeps a conversation with a pending suggestion.
pub(crate) async fn pending(store: &Store, number: u128, conversation_id: &str) -> Suggestion {
    let conversation = conversation(conversation_id, &[("p1", i64::try_from(number).unwrap())]);
    store.upsert_conversation(&conversation, Timestamp(1)).await.unwrap();
    let suggestion = suggestion(number, &conversation);
    store.insert_suggestion(&suggestion, &Supersession::NewMessage).await.unwrap();
    suggestion
}

/// An approval with two held actions, as a record.
pub(crate) fn approval(number: u128, suggestion: &Suggestion) -> crate::DecisionRecord {
    let decision = decision(number, suggestion, DecisionKind::Approved);
    crate::DecisionRecord {
        suggestion_state: Some(SuggestionState::Approved),
        expected: suggestion.bound.clone(),
        actions: vec![action(number * 10, &decision, 0, 5000), action(number * 10 + 1, &decision, 1, 5000)],
        activity: vec![activity("decision.approved")],
        lesson: Some(crate::NewLesson {
            message: serde_json::json!({ "text": "text of p1" }),
            bucket_id: "billing".into(),
            weight: 1.0,
        }),
        looked_ms: None,
        edit: vec![],
        draft: None,
        decision,
    }
}
