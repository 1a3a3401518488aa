//! Calls that only read.

use crate::server::{NOW, Server, TOKEN, answer, with};
use domain::ports::{Budget, Helpdesk, Priority};
use domain::{ConversationStatus, FaultKind, Timestamp};
use serde_json::{Value, json};

#[tokio::test]
async fn every_call_carries_the_token_the_version_and_the_product() {
    let (server, client) = Server::answering(answer(200, json!({"admins": []}))).await;
    client.admins().await.unwrap();
    let asked = &server.asked()[0];
    assert_eq!(asked.line, "GET /admins");
    let header = |name: &str| asked.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("authorization"), Some(format!("Bearer {TOKEN}")));
    assert_eq!(header("intercom-version").as_deref(), Some("2.16"));
    assert_eq!(header("accept").as_deref(), Some("application/json"));
    assert!(header("user-agent").unwrap().starts_with("Countersign/"));
}

#[tokio::test]
async fn the_identity_says_whose_workspace_it_is() {
    let (server, client) = Server::answering(answer(
        200,
        json!({"type": "admin", "id": 991_267_459, "name": "Ciaran", "email": "c@team.example", "has_inbox_seat": true,
               "app": {"type": "app", "id_code": "abc123", "name": "Acme", "region": "EU", "timezone": "Europe/Dublin"}}),
    ))
    .await;
    let identity = client.identity().await.unwrap();
    assert_eq!(server.asked()[0].line, "GET /me");
    assert_eq!((identity.app_id.as_str(), identity.workspace_name.as_str()), ("abc123", "Acme"));
    assert_eq!((identity.region.as_str(), identity.timezone.as_str()), ("EU", "Europe/Dublin"));
    assert_eq!(identity.admin.id.as_str(), "991267459");
}

#[tokio::test]
async fn teammates_and_teams_are_listed_and_name_later_assignments() {
    let (server, client) = Server::answering(answer(
        200,
        json!({"type": "admin.list", "admins": [
            {"id": "8", "name": "Ana", "email": "ana@team.example", "away_mode_enabled": true, "has_inbox_seat": false},
            {"id": null, "name": "nobody"}, {"id": 9}]}),
    ))
    .await;
    server.then(answer(
        200,
        json!({"type": "team.list", "teams": [{"id": "5", "name": "Billing", "admin_ids": [8, "9"]}]}),
    ));
    server.then(answer(
        200,
        json!({"type": "conversation", "id": "1", "conversation_parts": {"conversation_parts": [
            {"id": "2", "part_type": "assignment", "assigned_to": {"type": "team", "id": "5"}, "author": {"type": "admin", "id": "8"}}]}}),
    ));
    let admins = client.admins().await.unwrap();
    assert_eq!((admins[0].away, admins[0].has_inbox_seat), (true, false));
    assert_eq!(admins.iter().map(|admin| admin.name.as_str()).collect::<Vec<_>>(), ["Ana", "Teammate 9"]);
    let teams = client.teams().await.unwrap();
    assert_eq!(teams[0].admin_ids.iter().map(domain::AdminId::as_str).collect::<Vec<_>>(), ["8", "9"]);
    let conversation = client.conversation(&"1".into(), Priority::Ingest).await.unwrap();
    assert_eq!(conversation.parts[0].assigned_to.as_deref(), Some("Billing"));
}

#[tokio::test]
async fn a_conversation_is_asked_for_in_plain_text() {
    let (server, client) = Server::answering(answer(
        200,
        json!({"type": "conversation", "id": "503", "state": "snoozed", "snoozed_until": 1_734_541_187,
               "source": {"id": "1", "body": "a < b & <i>c</i>", "author": {"type": "user", "id": "c"}}}),
    ))
    .await;
    let conversation = client.conversation(&"503".into(), Priority::Ingest).await.unwrap();
    assert_eq!(server.asked()[0].line, "GET /conversations/503?display_as=plaintext");
    assert_eq!(conversation.status, ConversationStatus::Snoozed);
    assert_eq!(conversation.snoozed_until, Some(Timestamp(1_734_541_187_000)));
    assert_eq!(
        conversation.parts[0].text.as_deref(),
        Some("a < b & <i>c</i>"),
        "plain text is not read as markup"
    );
}

#[tokio::test]
async fn open_conversations_come_page_by_page() {
    let page = |ids: &[u32], next: Value| {
        let found: Vec<_> =
            ids.iter().map(|id| json!({"id": id.to_string(), "updated_at": 100 + id})).collect();
        answer(
            200,
            json!({"type": "conversation.list", "total_count": 3, "conversations": found, "pages": {"type": "pages", "next": next}}),
        )
    };
    let (server, client) =
        Server::answering(page(&[1, 2], json!({"page": 2, "starting_after": "WzE3=/+&x"}))).await;
    server.then(page(&[3], json!(null)));
    let first = client.open_conversations(None, Priority::Ingest).await.unwrap();
    assert_eq!(first.items, [("1".into(), Timestamp(101_000)), ("2".into(), Timestamp(102_000))]);
    assert_eq!((first.next.as_deref(), first.total), (Some("WzE3=/+&x"), Some(3)));
    let second = client.open_conversations(first.next.as_deref(), Priority::Ingest).await.unwrap();
    assert_eq!((second.items.len(), second.next), (1, None));

    let asked = server.asked();
    assert_eq!(asked[0].line, "POST /conversations/search");
    let query = json!({"field": "state", "operator": "=", "value": "open"});
    assert_eq!(asked[0].body, json!({"query": query, "pagination": {"per_page": 150}}));
    assert_eq!(
        asked[1].body,
        json!({"query": query, "pagination": {"per_page": 150, "starting_after": "WzE3=/+&x"}})
    );
}

#[tokio::test]
async fn a_cursor_that_stands_still_ends_the_list() {
    let page = || {
        answer(
            200,
            json!({"conversations": [{"id": 1, "updated_at": 5}], "pages": {"next": {"starting_after": "x"}}}),
        )
    };
    let (_server, client) = Server::answering(page()).await;
    assert_eq!(client.open_conversations(Some("x"), Priority::Ingest).await.unwrap().next, None);
}

#[tokio::test]
async fn an_answer_without_its_list_is_not_taken_for_an_empty_one() {
    let server = Server::start().await;
    let client = server.client();
    for body in
        [json!({}), json!({"conversations": null}), json!({"type": "conversation.list", "total_count": 3})]
    {
        server.then(answer(200, &body));
        assert_eq!(
            client.open_conversations(None, Priority::Ingest).await.unwrap_err().kind,
            FaultKind::Unreadable,
            "{body}"
        );
        server.then(answer(200, &body));
        assert_eq!(client.admins().await.unwrap_err().kind, FaultKind::Unreadable, "{body}");
        server.then(answer(200, &body));
        assert_eq!(client.teams().await.unwrap_err().kind, FaultKind::Unreadable, "{body}");
    }
    server.then(answer(200, json!({"conversations": []})));
    assert_eq!(client.open_conversations(None, Priority::Ingest).await.unwrap().items, []);
}

/// What Intercom says of a contact that became another one.
fn merged_into(id: &str) -> axum::http::Response<axum::body::Body> {
    let gone = json!({"type": "error.list", "errors": [{"code": "contact_merged", "message": "merged"}]});
    with(answer(410, &gone), "link", &format!("</contacts/{id}>; rel=\"canonical\""))
}

#[tokio::test]
async fn a_contact_that_became_another_is_that_other() {
    let (server, client) = Server::answering(merged_into("c2")).await;
    server.then(merged_into("c3"));
    server.then(answer(200, json!({"type": "contact", "id": "c3", "name": "Joe"})));
    let contact = client.contact(&"c1".into(), Priority::Ingest).await.unwrap();
    assert_eq!((contact.id.as_str(), contact.name.as_deref()), ("c3", Some("Joe")));
    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines, ["GET /contacts/c1", "GET /contacts/c2", "GET /contacts/c3"]);
}

#[tokio::test]
async fn contacts_that_became_each_other_are_not_found_and_not_asked_for_without_end() {
    let (server, client) = Server::answering(merged_into("c2")).await;
    for id in ["c1", "c2", "c1", "c2", "c1", "c2"] {
        server.then(merged_into(id));
    }
    let fault = client.contact(&"c1".into(), Priority::Ingest).await.unwrap_err();
    assert_eq!((fault.kind, fault.code.as_deref()), (FaultKind::NotFound, Some("contact_merged")));
    assert_eq!(server.asked().len(), 5);
    let (_, client) = Server::answering(merged_into("c1")).await;
    client.contact(&"c1".into(), Priority::Ingest).await.unwrap_err();
}

#[tokio::test]
async fn a_contact_is_one_call_when_it_has_neither_companies_nor_tags() {
    let (server, client) = Server::answering(answer(
        200,
        json!({"type": "contact", "id": "6762f0d0", "role": "user", "name": " Joe\nBloggs ", "email": "joe@bloggs.example", "external_id": 70,
               "location": {"city": "Dublin", "country": "Ireland"}, "created_at": "2026-01-10T04:22:28.240+00:00",
               "custom_attributes": {"paid": true, "seats": 7, "note": "a\u{202E}b", "none": null, "list": [1, 2]},
               "companies": {"type": "list", "data": [], "has_more": false}, "tags": {"type": "list", "data": []}}),
    ))
    .await;
    let contact = client.contact(&"6762f0d0".into(), Priority::Ingest).await.unwrap();
    assert_eq!(server.asked().len(), 1);
    assert_eq!(server.asked()[0].line, "GET /contacts/6762f0d0");
    assert_eq!(contact.name.as_deref(), Some("Joe Bloggs"));
    assert_eq!(
        (contact.external_id.as_deref(), contact.location.as_deref()),
        (Some("70"), Some("Dublin, Ireland"))
    );
    assert_eq!(contact.created_at, Some(Timestamp(1_768_018_948_240)));
    let attributes: Vec<_> =
        contact.attributes.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(attributes, [("list", "[1,2]"), ("note", "ab"), ("paid", "yes"), ("seats", "7")]);
}

#[tokio::test]
async fn companies_and_tags_that_are_only_referred_to_are_fetched_by_name() {
    let contact = json!({"type": "contact", "id": "c1", "companies": {"type": "list", "data": [{"type": "company", "id": "1", "url": "/companies/1"}]},
                         "tags": {"type": "list", "data": [{"type": "tag", "id": "2", "url": "/tags/2"}]}});
    let (server, client) = Server::answering(answer(200, &contact)).await;
    server.then(answer(200, json!({"type": "list", "data": [{"id": "1", "name": "Blue Sun", "plan": {"name": "Pro"}}, {"id": "2", "name": "Rim", "plan": {}}]})));
    server.then(answer(200, json!({"type": "list", "data": [{"id": "2", "name": "VIP"}]})));
    let found = client.contact(&"c1".into(), Priority::Ingest).await.unwrap();
    let lines: Vec<_> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines, ["GET /contacts/c1", "GET /contacts/c1/companies", "GET /contacts/c1/tags"]);
    assert_eq!(found.companies[0].name, "Blue Sun");
    assert_eq!(found.companies[0].plan.as_deref(), Some("Pro"));
    assert_eq!(found.companies[1].plan, None);
    assert_eq!(found.tags, ["VIP"]);

    server.then(answer(200, &contact));
    server.then(answer(403, "{}"));
    server.then(answer(500, "{}"));
    let without = client.contact(&"c1".into(), Priority::Ingest).await.unwrap();
    assert_eq!(
        (without.companies[0].id.as_str(), without.tags.len()),
        ("1", 0),
        "a contact without lists is better than none"
    );
}

#[tokio::test]
async fn the_budget_is_what_the_newest_answer_said() {
    let limits = |remaining: &str, reset: &str| {
        let answer = with(answer(200, json!({"teams": []})), "x-ratelimit-limit", "1666");
        with(with(answer, "x-ratelimit-remaining", remaining), "x-ratelimit-reset", reset)
    };
    let (server, client) = Server::answering(limits("1600", "1700000010")).await;
    assert_eq!(client.budget(), None);
    client.teams().await.unwrap();
    let resets_at = NOW.plus_ms(10_000);
    assert_eq!(
        client.budget(),
        Some(Budget { limit: 1666, remaining: 1600, resets_at, is_high: false, spent: [0; 3] })
    );
    server.then(answer(200, json!({"teams": []})));
    client.teams().await.unwrap();
    assert_eq!(
        client.budget().map(|budget| budget.remaining),
        Some(1600),
        "an answer that says nothing changes nothing"
    );
    server.then(limits("1650", "1700000010"));
    client.teams().await.unwrap();
    assert_eq!(client.budget().map(|budget| budget.remaining), Some(1600), "an answer that was overtaken");
    server.then(limits("1665", "1700000020"));
    client.teams().await.unwrap();
    assert_eq!(client.budget().map(|budget| budget.remaining), Some(1665));
}

#[tokio::test]
async fn an_address_with_a_path_keeps_it() {
    let (server, _) = Server::answering(answer(200, json!({"teams": []}))).await;
    server.then(answer(200, json!({"teams": []})));
    for base in ["gateway/v1", "gateway/v1/"] {
        crate::server::client_of(&format!("http://{}/{base}", server.address)).teams().await.unwrap();
    }
    assert!(server.asked().iter().all(|asked| asked.line == "GET /gateway/v1/teams"));
}

#[test]
fn the_inbox_of_each_region_has_its_own_address() {
    let url = |region: &str| {
        let clock = std::sync::Arc::new(crate::server::StoppedClock);
        let client = intercom::Intercom::new(region.parse().unwrap(), TOKEN.into(), clock).unwrap();
        client.web_url("abc123", &"215472621202693".into())
    };
    let path = "/a/inbox/abc123/inbox/conversation/215472621202693";
    assert_eq!(url("us"), Some(format!("https://app.intercom.com{path}")));
    assert_eq!(url("eu"), Some(format!("https://app.eu.intercom.com{path}")));
    assert_eq!(url("au"), Some(format!("https://app.au.intercom.com{path}")));
    assert_eq!(url("http://127.0.0.1:9"), None);
}

#[test]
fn a_token_that_no_header_carries_is_refused_before_any_call_and_never_shown() {
    for token in ["", "two words", "line\nbreak", "naïve"] {
        let clock = std::sync::Arc::new(crate::server::StoppedClock);
        let made = intercom::Intercom::new(intercom::Region::Us, token.into(), clock);
        assert_eq!(made.err(), Some(intercom::SetupError::Token), "{token:?}");
    }
    let shown = format!("{:?}", crate::server::client_of("http://127.0.0.1:9"));
    assert!(!shown.contains(TOKEN), "{shown}");
}
