use super::*;
use domain::{AdminId, TeamId};
use serde_json::{Value, json};

fn read(value: Value, bodies: Bodies) -> Conversation {
    conversation(serde_json::from_value(value).unwrap(), bodies, &Names::default()).unwrap()
}

fn part(id: &str, created_at: i64, body: &str) -> Value {
    json!({
        "id": id, "part_type": "comment", "body": body, "created_at": created_at,
        "author": {"type": "admin", "id": "8", "name": "Ana", "email": "ana@team.example"},
    })
}

fn with_parts(parts: &Value) -> Value {
    json!({
        "type": "conversation", "id": "9", "created_at": 100, "updated_at": 200, "state": "open",
        "source": {"type": "email", "id": "s1", "subject": "<p>Refund &amp; more</p>", "body": "<p>Hi</p>",
                   "author": {"type": "lead", "id": "c2", "name": null, "email": "x@y.example"}},
        "contacts": {"type": "contact.list", "contacts": [{"id": "c1"}, {"id": "c2"}]},
        "conversation_parts": {"conversation_parts": parts, "total_count": 2},
    })
}

#[test]
fn the_source_is_the_first_part_and_parts_follow_in_order_of_time() {
    let found = read(
        with_parts(&json!([part("3", 30_000, "c"), part("1", 120, "a"), part("2", 120, "b")])),
        Bodies::Html,
    );
    let order: Vec<_> = found.parts.iter().map(|part| (part.id.as_str(), part.kind.as_str())).collect();
    assert_eq!(order, [("s1", "source"), ("1", "comment"), ("2", "comment"), ("3", "comment")]);
    assert_eq!(
        found.parts[0].created_at,
        Timestamp(100_000),
        "the first message is as old as its conversation"
    );
    assert_eq!(found.parts[0].author.kind, AuthorKind::Contact);
    assert_eq!(found.subject.as_deref(), Some("Refund & more"));
    assert_eq!(found.channel, "email");
    assert_eq!(found.contact_ids, [ContactId::from("c2"), "c1".into()], "who wrote first comes first");
}

#[test]
fn the_first_message_stays_first_when_a_clock_was_wrong() {
    let found = read(with_parts(&json!([part("1", 50, "earlier than the conversation")])), Bodies::Html);
    assert_eq!(found.parts[0].kind, "source");
}

#[test]
fn a_conversation_cut_by_the_vendor_says_how_many_parts_there_are() {
    let parts: Vec<Value> = (0..500).map(|n| part(&n.to_string(), 200 + n, "x")).collect();
    let mut wire = with_parts(&json!(parts));
    wire["conversation_parts"]["total_count"] = json!(730);
    let found = read(wire.clone(), Bodies::Html);
    assert_eq!((found.parts.len(), found.total_parts), (501, 731), "both count the first message");
    wire["conversation_parts"]["total_count"] = json!(500);
    wire["statistics"] = json!({"count_conversation_parts": "640"});
    assert_eq!(read(wire.clone(), Bodies::Html).total_parts, 641);
    wire["conversation_parts"]["conversation_parts"] = json!([part("1", 200, "x")]);
    wire["conversation_parts"]["total_count"] = json!(1);
    assert_eq!(
        read(wire, Bodies::Html).total_parts,
        2,
        "statistics count more than is listed, so only the cap asks them"
    );
}

#[test]
fn whoever_wrote_first_is_a_contact_when_no_other_is_listed() {
    let mut wire = with_parts(&json!([]));
    wire["contacts"] = json!({"type": "contact.list", "contacts": []});
    assert_eq!(read(wire, Bodies::Html).contact_ids, [ContactId::from("c2")]);
}

#[test]
fn nearly_nothing_is_still_a_conversation() {
    let found = read(json!({"id": 7}), Bodies::Plain);
    assert_eq!(found.id.as_str(), "7");
    assert_eq!(found.status, ConversationStatus::Open);
    assert!(found.parts.is_empty() && found.contact_ids.is_empty() && found.tags.is_empty());
    assert_eq!(found.total_parts, 0);
    let nothing = serde_json::from_value(json!({"state": "open"})).unwrap();
    assert!(conversation(nothing, Bodies::Plain, &Names::default()).is_none(), "without an id it is none");
}

#[test]
fn fields_of_the_wrong_type_are_absent_and_the_rest_is_read() {
    let found = read(
        json!({
            "id": "7", "created_at": "2026-01-10T04:22:28Z", "updated_at": [], "open": "false", "state": 3,
            "priority": {}, "admin_assignee_id": "0", "team_assignee_id": 5_017_691, "tags": "x", "source": [1],
            "contacts": null, "statistics": [], "title": {"a": 1},
            "conversation_parts": {"conversation_parts": [null, 3, {"id": 1, "body": 5, "author": "me", "assigned_to": "x"}]},
        }),
        Bodies::Html,
    );
    assert_eq!(found.status, ConversationStatus::Closed);
    assert_eq!((found.admin_assignee, found.team_assignee), (None, Some(TeamId::from("5017691"))));
    assert_eq!(found.parts.len(), 1);
    assert_eq!(found.parts[0].text.as_deref(), Some("5"));
    assert_eq!(found.parts[0].created_at, found.created_at, "a part without a time takes that before it");
}

#[test]
fn state_words_and_their_absence_give_a_status() {
    for (fields, status) in [
        (json!({"state": "closed", "open": true}), ConversationStatus::Closed),
        (json!({"state": "snoozed", "open": true}), ConversationStatus::Snoozed),
        (json!({"state": "dreaming", "open": true}), ConversationStatus::Open),
        (json!({"state": "dreaming", "open": false}), ConversationStatus::Closed),
        (json!({"open": true, "snoozed_until": 1_734_541_187}), ConversationStatus::Snoozed),
        (json!({}), ConversationStatus::Open),
    ] {
        let mut wire = json!({"id": "1"});
        for (name, value) in fields.as_object().unwrap() {
            wire[name] = value.clone();
        }
        assert_eq!(read(wire, Bodies::Plain).status, status, "{fields}");
    }
}

#[test]
fn authors_are_told_apart() {
    let kind = |author: Value, part_type: &str| {
        let wire = json!({"id": "1", "contacts": {"contacts": [{"id": "c1"}]}, "conversation_parts": {"conversation_parts": [
            {"id": "2", "part_type": part_type, "body": "x", "author": author}]}});
        read(wire, Bodies::Html).parts[0].author.kind
    };
    for word in ["user", "lead", "contact", "visitor"] {
        assert_eq!(kind(json!({"type": word, "id": "1"}), "comment"), AuthorKind::Contact, "{word}");
    }
    for word in ["admin", "team"] {
        assert_eq!(kind(json!({"type": word, "id": "1"}), "comment"), AuthorKind::Admin, "{word}");
    }
    for word in ["bot", "operator", "workflow", "fin", "campaign", "new_in_2030"] {
        assert_eq!(kind(json!({"type": word, "id": "1"}), "comment"), AuthorKind::Bot, "{word}");
    }
    assert_eq!(kind(json!({"type": "admin", "id": "1", "from_ai_agent": true}), "comment"), AuthorKind::Bot);
    assert_eq!(
        kind(json!({"type": "admin", "id": "1", "email": "operator+abc@intercom.io"}), "comment"),
        AuthorKind::Bot
    );
    assert_eq!(
        kind(json!({"id": "c1"}), "assignment"),
        AuthorKind::Contact,
        "a known contact without a type"
    );
    assert_eq!(kind(json!(null), "comment"), AuthorKind::Contact, "social networks leave customers blank");
    assert_eq!(kind(json!(null), "sla_applied"), AuthorKind::Bot);
}

#[test]
fn an_assignment_is_told_in_names() {
    let mut names = Names::default();
    let ana = serde_json::from_value(json!({"id": "8", "name": "Ana Ruiz"})).unwrap();
    let billing = serde_json::from_value(json!({"id": 5, "name": "Billing"})).unwrap();
    names.set_admins(&[super::super::admin(ana).unwrap()]);
    names.set_teams(&[super::super::team(billing).unwrap()]);
    let to = |assigned_to: Value| {
        let wire = json!({"id": "1", "conversation_parts": {"conversation_parts": [
            {"id": "2", "part_type": "assignment", "assigned_to": assigned_to, "author": {"type": "admin", "id": "77", "name": "Bo"}}]}});
        let found = conversation(serde_json::from_value(wire).unwrap(), Bodies::Html, &names).unwrap();
        found.parts[0].assigned_to.clone()
    };
    assert_eq!(to(json!({"type": "admin", "id": "8"})).as_deref(), Some("Ana Ruiz"));
    assert_eq!(to(json!({"type": "admin", "id": 77})).as_deref(), Some("Bo"), "known as an author");
    assert_eq!(to(json!({"type": "admin", "id": "9"})).as_deref(), Some("teammate 9"));
    assert_eq!(to(json!({"type": "team", "id": "5"})).as_deref(), Some("Billing"));
    assert_eq!(to(json!({"type": "team", "id": "6"})).as_deref(), Some("team 6"));
    assert_eq!(to(json!({"type": "nobody_admin", "id": null})).as_deref(), Some("nobody"));
    assert_eq!(to(json!(null)), None);
}

#[test]
fn a_redacted_part_has_no_text() {
    let mut redacted = part("1", 120, "<p><i>This message was deleted</i></p>");
    redacted["redacted"] = json!(true);
    let found = read(with_parts(&json!([redacted])), Bodies::Html);
    assert_eq!((found.parts[1].text.as_deref(), found.parts[1].redacted), (None, true));
}

#[test]
fn a_plain_body_keeps_the_html_that_its_author_wrote_about() {
    let body = "use <div class=\"a\">x</div> &amp; <script>alert(1)</script>";
    let found = read(with_parts(&json!([part("1", 120, body)])), Bodies::Plain);
    assert_eq!(found.parts[1].text.as_deref(), Some(body));
    assert_eq!(found.parts[0].text.as_deref(), Some("Hi"), "what the composer made is never shown as markup");
}

#[test]
fn a_body_of_one_image_has_no_text_but_a_file() {
    for (body, bodies) in [
        ("<div class=\"intercom-container\"><img src=\"https://f.example/a.png\"></div>", Bodies::Html),
        ("[Image \"https://f.example/a.png\"]", Bodies::Plain),
    ] {
        let found = read(with_parts(&json!([part("1", 120, body)])), bodies);
        assert_eq!(found.parts[1].text, None);
        let file = &found.parts[1].attachments[0];
        assert_eq!((file.name.as_str(), file.content_type.as_str()), ("a.png", "image/png"));
    }
}

#[test]
fn attachments_are_described_and_never_lead_elsewhere() {
    let mut wire = part("1", 120, "<p>see</p><img src='https://f.example/1.png'>");
    wire["attachments"] = json!([
        {"type": "upload", "name": "a\u{202E}gpj.exe", "url": "https://f.example/1.png", "content_type": "image/png", "filesize": 100},
        {"name": null, "url": "javascript:alert(1)", "filesize": "7"},
        {"name": "b", "url": "file:///etc/passwd", "filesize": -1},
    ]);
    let found = read(with_parts(&json!([wire])), Bodies::Html);
    let files: Vec<_> = found.parts[1]
        .attachments
        .iter()
        .map(|file| (file.name.as_str(), file.url.as_str(), file.size))
        .collect();
    assert_eq!(
        files,
        [("agpj.exe", "https://f.example/1.png", Some(100)), ("image", "", Some(7)), ("b", "", None)],
        "the image in the body is the first attachment"
    );
}

#[test]
fn parts_that_come_twice_are_kept_once() {
    let found = read(
        with_parts(&json!([part("1", 120, "a"), part("1", 120, "a"), part("s1", 130, "b")])),
        Bodies::Html,
    );
    assert_eq!(found.parts.len(), 2);
}

#[test]
fn priorities_of_both_versions_are_words_or_nothing() {
    for (word, priority) in [
        (json!("not_priority"), None),
        (json!("none"), None),
        (json!(null), None),
        (json!("priority"), Some("priority")),
        (json!("urgent"), Some("urgent")),
        (json!("next_year"), Some("next_year")),
    ] {
        let found = read(json!({"id": "1", "priority": word, "admin_assignee_id": 3}), Bodies::Plain);
        assert_eq!(found.priority.as_deref(), priority);
        assert_eq!(found.admin_assignee, Some(AdminId::from("3")));
    }
}

proptest::proptest! {
    #[test]
    fn no_record_brings_it_down(record in crate::any_json::record()) {
        if let Ok(wire) = serde_json::from_value::<wire::Conversation>(record.clone()) {
            for bodies in [Bodies::Plain, Bodies::Html] {
                let _ = conversation(wire.clone(), bodies, &Names::default());
            }
        }
        if let Ok(wire) = serde_json::from_value(record.clone()) {
            let _ = super::super::contact(wire);
        }
        if let Ok(wire) = serde_json::from_value(record) {
            let _ = super::super::identity(wire);
        }
    }
}
