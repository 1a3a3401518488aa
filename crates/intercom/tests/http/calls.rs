//! Where each call of the typed client goes, and what it takes along.

use crate::server::{Server, answer, with};
use domain::{Fault, FaultKind, Timestamp};
use intercom::api::Api;
use intercom::api::admins::Away;
use intercom::api::articles::{ArticleSearch, NewArticle, PublishDraft, UpdateArticle};
use intercom::api::companies::CompanyFields;
use intercom::api::contacts::{Attach, ContactFields, Found, MergeContacts, NewNote};
use intercom::api::conversations::{
    AssigneeKind, AttachContact, By, ContactReply, Convert, DetachContact, File, Manage, Merge,
    NewConversation, Person, QuickReply, Redact, RedactPart, Reply, Sender, SenderKind, TagConversation,
    UpdateConversation,
};
use intercom::api::data::{
    DataType, EventsOf, Model, NewDataAttribute, NewDataEvent, NewEventCount, NewEventSummary,
    UpdateDataAttribute,
};
use intercom::api::help_center::{NewCollection, UpdateCollection};
use intercom::api::query::{ContactField, ContactSearch, SearchField};
use intercom::api::tags::TagFields;
use intercom::api::tickets::{NewTicketType, UpdateTicketType};
use serde_json::{Value, json};
use std::fmt::Debug;

/// Makes a call that is answered with `answer`, and tells what the server saw.
async fn seen<T: Debug, F: Future<Output = Result<T, Fault>>>(
    answered: Value,
    call: impl FnOnce(Api) -> F,
) -> (String, Value) {
    let (server, client) = Server::answering(answer(200, answered)).await;
    call(client.api()).await.unwrap();
    let asked = server.asked().remove(0);
    (asked.line, asked.body)
}

/// Checks calls one after the other: what goes where, with what.
macro_rules! goes {
    ($($line:literal, $body:tt, |$api:ident| $call:expr;)*) => {
        $({
            let (line, body) = seen(json!({"data": []}), async |$api: Api| $call.await).await;
            assert_eq!(line, $line);
            assert_eq!(body, json!($body), "{line}");
        })*
    };
}

#[tokio::test]
async fn calls_about_conversations_go_where_the_description_says() {
    let until = Timestamp::from_seconds(1_734_541_187);
    let quick = || vec![QuickReply::new("Yes", "u-1")];
    let customer = || Person::Email("a@b.example".to_owned());
    goes! {
        "GET /conversations?per_page=150&starting_after=W%3D", null, |api| api.conversations().list(Some("W="));
        "GET /conversations/5", null, |api| api.conversations().get("5");
        "GET /conversations/5?display_as=plaintext", null, |api| api.conversations().get_plain("5");
        "POST /conversations", {"from": {"type": "user", "id": "c"}, "body": "Hi"}, |api| api.conversations().create(&NewConversation::new(Sender::new(SenderKind::User, "c"), "Hi"));
        "PUT /conversations/5", {"title": "New", "read": true}, |api| api.conversations().update("5", &UpdateConversation::new().title("New").read(true));
        "POST /conversations/5/reply", {"type": "admin", "message_type": "comment", "admin_id": "8", "body": "<p>Hi</p>", "attachment_files": [{"content_type": "text/plain", "data": "aGk=", "name": "a.txt"}]}, |api| api.conversations().reply("5", &Reply::comment("8", "<p>Hi</p>").attachment_files(vec![File::new("text/plain", "aGk=", "a.txt")]).into());
        "POST /conversations/5/reply", {"type": "admin", "message_type": "note", "admin_id": "8", "body": "x"}, |api| api.conversations().reply("5", &Reply::note("8", "x").into());
        "POST /conversations/5/reply", {"type": "admin", "message_type": "quick_reply", "admin_id": "8", "reply_options": [{"text": "Yes", "uuid": "u-1"}]}, |api| api.conversations().reply("5", &Reply::quick_reply("8", quick()).into());
        "POST /conversations/last/reply", {"type": "user", "message_type": "comment", "email": "a@b.example", "body": "x"}, |api| api.conversations().reply("last", &ContactReply::new(customer(), "x").into());
        "POST /conversations/5/parts", {"message_type": "close", "type": "admin", "admin_id": "8"}, |api| api.conversations().manage("5", &Manage::close("8"));
        "POST /conversations/5/parts", {"message_type": "snoozed", "admin_id": "8", "snoozed_until": 1_734_541_187}, |api| api.conversations().manage("5", &Manage::snooze("8", until));
        "POST /conversations/5/parts", {"message_type": "open", "admin_id": "8"}, |api| api.conversations().manage("5", &Manage::open("8"));
        "POST /conversations/5/parts", {"message_type": "assignment", "type": "team", "admin_id": "8", "assignee_id": "0"}, |api| api.conversations().manage("5", &Manage::assign(AssigneeKind::Team, "8", "0"));
        "POST /conversations/5/tags", {"id": "t", "admin_id": "8"}, |api| api.conversations().tag("5", &TagConversation::new("t", "8"));
        "DELETE /conversations/5/tags/t", {"admin_id": "8"}, |api| api.conversations().untag("5", "t", &By::new("8"));
        "POST /conversations/5/customers", {"admin_id": "8", "customer": {"email": "a@b.example"}}, |api| api.conversations().attach_contact("5", &AttachContact::new("8", customer()));
        "DELETE /conversations/5/customers/c", {"admin_id": "8"}, |api| api.conversations().detach_contact("5", "c", &DetachContact::new("8"));
        "POST /conversations/redact", {"type": "conversation_part", "conversation_id": "5", "conversation_part_id": "6"}, |api| api.conversations().redact(&Redact::ConversationPart(RedactPart::new("5", "6")));
        "POST /conversations/5/convert", {"ticket_type_id": "53"}, |api| api.conversations().convert("5", &Convert::new("53"));
        "POST /conversations/5/merge", {"merge_into_conversation_id": 6}, |api| api.conversations().merge("5", &Merge::new(6));
        "DELETE /conversations/5", null, |api| api.conversations().delete("5", true);
        "DELETE /conversations/5?retain_metrics=false", null, |api| api.conversations().delete("5", false);
        "GET /conversations/deleted?page=1&per_page=60", null, |api| api.conversations().deleted(1);
        "GET /conversations/5/handling_events", null, |api| api.conversations().handling_events("5");
        "GET /conversations/attributes", null, |api| api.conversations().attributes();
    }
}

#[tokio::test]
async fn calls_about_contacts_and_companies_go_where_the_description_says() {
    let search = || ContactSearch::new(ContactField::Email.is("a@b.example"));
    goes! {
        "GET /contacts?per_page=150", null, |api| api.contacts().list(None);
        "POST /contacts/search", {"query": {"field": "email", "operator": "=", "value": "a@b.example"}}, |api| api.contacts().search(&search());
        "GET /contacts/c", null, |api| api.contacts().get("c");
        "GET /contacts/find_by_external_id/a%20b%2Fc", null, |api| api.contacts().find_by_external_id("a b/c");
        "POST /contacts", {"email": "a@b.example"}, |api| api.contacts().create(&ContactFields::new().email("a@b.example"));
        "PUT /contacts/c", {"name": "A"}, |api| api.contacts().update("c", &ContactFields::new().name("A"));
        "DELETE /contacts/c", null, |api| api.contacts().delete("c");
        "POST /contacts/c/archive", null, |api| api.contacts().archive("c");
        "POST /contacts/c/unarchive", null, |api| api.contacts().unarchive("c");
        "POST /contacts/c/block", null, |api| api.contacts().block("c");
        "POST /contacts/merge", {"from": "a", "into": "b"}, |api| api.contacts().merge(&MergeContacts::new("a", "b"));
        "GET /contacts/c/merge_history?per_page=150&cursor=x", null, |api| api.contacts().merge_history("c", Some("x"));
        "GET /contacts/c/notes?page=2&per_page=50", null, |api| api.contacts().notes("c", 2);
        "POST /contacts/c/notes", {"body": "n", "admin_id": "8"}, |api| api.contacts().add_note("c", &NewNote::new("n").admin_id("8"));
        "GET /contacts/c/tags", null, |api| api.contacts().tags("c");
        "POST /contacts/c/tags", {"id": "t"}, |api| api.contacts().tag("c", &Attach::new("t"));
        "DELETE /contacts/c/tags/t", null, |api| api.contacts().untag("c", "t");
        "GET /contacts/c/companies?page=1&per_page=50", null, |api| api.contacts().companies("c", 1);
        "POST /contacts/c/companies", {"id": "k"}, |api| api.contacts().add_company("c", &Attach::new("k"));
        "DELETE /contacts/c/companies/k", null, |api| api.contacts().remove_company("c", "k");
        "GET /contacts/c/segments", null, |api| api.contacts().segments("c");
        "GET /companies/k", null, |api| api.companies().get("k");
        "GET /companies?company_id=own%2Fid", null, |api| api.companies().get_by_company_id("own/id");
        "POST /companies", {"company_id": "own", "name": "K"}, |api| api.companies().create_or_update(&CompanyFields::new().company_id("own").name("K"));
        "PUT /companies/k", {"size": 5}, |api| api.companies().update("k", &CompanyFields::new().size(5));
        "DELETE /companies/k", null, |api| api.companies().delete("k");
        "GET /companies/k/contacts?per_page=50", null, |api| api.companies().contacts("k", None);
        "GET /companies/k/segments", null, |api| api.companies().segments("k");
        "GET /companies/k/notes", null, |api| api.companies().notes("k");
        "POST /companies/k/notes", {"body": "n"}, |api| api.companies().add_note("k", &NewNote::new("n"));
    }
}

#[tokio::test]
async fn every_other_call_goes_where_the_description_says() {
    let at = Timestamp::from_seconds(5);
    let event = || NewDataEvent::new("order", at).user_id("u");
    let count = || NewEventSummary::new("u", NewEventCount::new("order", 2, at, at));
    let phrase =
        || ArticleSearch { phrase: Some("a b".into()), state: Some("all".into()), ..Default::default() };
    let attribute = || NewDataAttribute::new("size", Model::Company, DataType::Integer);
    goes! {
        "GET /me", null, |api| api.admins().me();
        "GET /admins", null, |api| api.admins().list();
        "GET /admins/8", null, |api| api.admins().get("8");
        "PUT /admins/8/away", {"away_mode_enabled": true, "away_mode_reassign": false}, |api| api.admins().set_away("8", &Away::new(true, false));
        "GET /teams", null, |api| api.teams().list();
        "GET /teams/5", null, |api| api.teams().get("5");
        "GET /tags", null, |api| api.tags().list();
        "GET /tags/1", null, |api| api.tags().get("1");
        "POST /tags", {"name": "vip"}, |api| api.tags().create_or_update(&TagFields::new("vip"));
        "DELETE /tags/1", null, |api| api.tags().delete("1");
        "GET /segments?include_count=true", null, |api| api.segments().list(true);
        "GET /segments/1", null, |api| api.segments().get("1");
        "GET /data_attributes?model=contact", null, |api| api.data_attributes().list(Some(&Model::Contact), false);
        "POST /data_attributes", {"name": "size", "model": "company", "data_type": "integer"}, |api| api.data_attributes().create(&attribute());
        "PUT /data_attributes/1", {"archived": true}, |api| api.data_attributes().update("1", &UpdateDataAttribute::new().archived(true));
        "POST /events", {"event_name": "order", "created_at": 5, "user_id": "u"}, |api| api.data_events().submit(&event());
        "POST /events/summaries", {"user_id": "u", "event_summaries": {"event_name": "order", "count": 2, "first": 5, "last": 5}}, |api| api.data_events().submit_summary(&count());
        "GET /events?type=user&user_id=u", null, |api| api.data_events().list(&EventsOf::UserId("u".into()));
        "GET /events?type=user&email=a%40b.example&summary=true", null, |api| api.data_events().summary(&EventsOf::Email("a@b.example".into()));
        "GET /articles?page=1&per_page=50", null, |api| api.articles().list(1);
        "GET /articles/search?phrase=a+b&state=all", null, |api| api.articles().search(&phrase());
        "GET /articles/1", null, |api| api.articles().get("1");
        "POST /articles", {"title": "T", "author_id": 8}, |api| api.articles().create(&NewArticle::new("T", 8));
        "PUT /articles/1", {"title": "T"}, |api| api.articles().update("1", &UpdateArticle::new().title("T"));
        "DELETE /articles/1", null, |api| api.articles().delete("1");
        "GET /articles/1/draft", null, |api| api.articles().draft("1");
        "PUT /articles/1/draft", {"body": "b"}, |api| api.articles().update_draft("1", &UpdateArticle::new().body("b"));
        "POST /articles/1/draft/publish", {"locales": ["en"]}, |api| api.articles().publish_draft("1", &PublishDraft::new().locales(vec!["en".to_owned()]));
        "GET /help_center/collections?page=1&per_page=50", null, |api| api.collections().list(1);
        "GET /help_center/collections/1", null, |api| api.collections().get("1");
        "POST /help_center/collections", {"name": "C"}, |api| api.collections().create(&NewCollection::new("C"));
        "PUT /help_center/collections/1", {"name": "C"}, |api| api.collections().update("1", &UpdateCollection::new().name("C"));
        "DELETE /help_center/collections/1", null, |api| api.collections().delete("1");
        "GET /help_center/help_centers?page=1&per_page=50", null, |api| api.help_centers().list(1);
        "GET /help_center/help_centers/1", null, |api| api.help_centers().get("1");
        "GET /macros?per_page=25&updated_since=5", null, |api| api.macros().list(Some(at), None);
        "GET /macros/1", null, |api| api.macros().get("1");
        "GET /ticket_types", null, |api| api.ticket_types().list();
        "GET /ticket_types/1", null, |api| api.ticket_types().get("1");
        "POST /ticket_types", {"name": "Bug"}, |api| api.ticket_types().create(&NewTicketType::new("Bug"));
        "PUT /ticket_types/1", {"archived": true}, |api| api.ticket_types().update("1", &UpdateTicketType::new().archived(true));
    }
}

#[tokio::test]
async fn an_empty_answer_is_enough_where_none_is_described_and_only_there() {
    let event = NewDataEvent::new("order", Timestamp::from_seconds(5)).email("a@b.example");
    let (server, client) = Server::answering(answer(202, "")).await;
    client.api().data_events().submit(&event).await.unwrap();
    server.then(answer(200, ""));
    assert_eq!(client.api().tags().get("1").await.unwrap_err().kind, FaultKind::Unreadable);
}

#[tokio::test]
async fn a_merged_contact_is_followed_by_the_link() {
    let gone = || {
        let error =
            json!({"type": "error.list", "errors": [{"code": "contact_merged", "message": "merged"}]});
        answer(410, error)
    };
    let linked = with(gone(), "link", "</contacts/6762f0d5>; rel=\"canonical\"");
    let (server, client) = Server::answering(linked).await;
    let into = client.api().contacts().find("c").await.unwrap();
    assert_eq!(into, Found::Merged { into: Some("6762f0d5".to_owned()) });
    server.then(with(gone(), "link", "</contacts/../admins>; rel=\"canonical\""));
    assert_eq!(client.api().contacts().find("c").await.unwrap(), Found::Merged { into: None });
    server.then(gone());
    assert_eq!(client.api().contacts().get("c").await.unwrap_err().kind, FaultKind::NotFound);
}

#[tokio::test]
async fn an_id_cannot_leave_its_place() {
    let server = Server::start().await;
    let api = server.client().api();
    for id in ["", "..", "1/2", "1?x=1", "a b"] {
        assert_eq!(api.conversations().get(id).await.unwrap_err().kind, FaultKind::Rejected, "{id:?}");
    }
    for id in ["", " ", ".", ".."] {
        assert!(api.contacts().find_by_external_id(id).await.is_err(), "{id:?}");
    }
    assert!(server.asked().is_empty(), "no call was spent on it");
}

#[tokio::test]
async fn a_refusal_repeats_nothing_of_what_was_sent() {
    for said in ["Name Ann Example is taken", "ann@customers.example is in use", "no such id: crm-4711"] {
        let error = json!({"type": "error.list", "errors": [{"code": "conflict", "message": said}]});
        let (server, client) = Server::answering(answer(409, &error)).await;
        let contact = ContactFields::new().name("Ann Example").email("ann@customers.example");
        let fault = client.api().contacts().create(&contact.external_id("crm-4711")).await.unwrap_err();
        assert_eq!(fault.message, "Intercom refused the call", "{said}");
        server.then(answer(404, &error));
        let fault = client.api().contacts().find_by_external_id("crm-4711").await.unwrap_err();
        assert!(!fault.message.contains("crm-4711"), "{}", fault.message);
    }
}

#[tokio::test]
async fn a_call_that_changes_something_is_never_repeated() {
    let (server, client) = Server::answering(answer(500, "")).await;
    let api = client.api();
    assert!(api.contacts().delete("c").await.is_err());
    server.then(answer(500, ""));
    assert!(api.contacts().update("c", &ContactFields::new().name("A")).await.is_err());
    assert_eq!(server.asked().len(), 2);
}
