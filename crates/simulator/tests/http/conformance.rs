//! Every route that is served, against the API description: what is answered has the described shape, errors too.
//!
//! The description is not part of this project. Where it lies beside it (`../shared` as seen from the root), it is
//! used; without it the test says so and does nothing.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use serde_json::{Value, json};
use simulator::{Config, ManualClock};

use crate::{
    common::Workspace,
    schema::{Description, Violation},
};

mod changes;
mod routes;

use routes::ROUTES;

/// Where we differ from the description on purpose: the place by its names, how, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "conversation_statistics.",
        "is null",
        "an act that has not happened has no time; the official examples give null for the whole object",
    ),
    (
        "contact.email",
        "is null",
        "a contact need not have an e-mail: external_id or role are enough to make one",
    ),
    ("contact.email_domain", "is null", "follows from the e-mail"),
    (
        "starting_after_paging",
        "is a string, not object",
        "facts §4: companies and notes page by number and give an address",
    ),
    ("starting_after_paging.page", "is not described", "facts §4: next carries the number of the page too"),
    (
        "contact_attached_companies.data",
        "is not described",
        "facts §2.9: the schema says companies, the official example data; both are served",
    ),
    ("part_attachment.width", "is null", "only pictures have a size"),
    ("part_attachment.height", "is null", "only pictures have a size"),
    (".topics", "is not described", "in every official example of a conversation"),
    (".ticket", "is not described", "in every official example of a conversation"),
    ("app.secure", "is not described", "in the official example of GET /me"),
    ("contact_location.country_code", "is not described", "in the official examples of a contact"),
    ("contact_location.continent_code", "is not described", "in the official examples of a contact"),
    (".opted_in_subscription_types", "is not described", "in the official examples of a contact"),
    (".opted_out_subscription_types", "is not described", "in the official examples of a contact"),
    (".utm_", "is not described", "in the official examples of a contact"),
    (".referrer", "is not described", "in the official examples of a contact"),
    (".sms_consent", "is not described", "in the official examples of a contact"),
    (".unsubscribed_from_sms", "is not described", "in the official examples of a contact"),
    (".type", "is not described", "in the official examples of the lists inside a contact"),
    ("ticket_type.is_internal", "is not described", "in the official examples of a kind of ticket"),
    (
        "ticket_type_attribute_list.data",
        "is not described",
        "the schema says ticket_type_attributes, the official examples data",
    ),
];

#[tokio::test]
async fn every_answer_has_the_shape_that_the_description_gives_it() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/intercom/openapi-2.16.yaml");
    let Ok(yaml) = std::fs::read_to_string(&path) else {
        println!("skipped: the API description is not beside this project");
        return;
    };
    let mut walk = Walk::begin(Description::parse(&yaml)).await;
    walk.read_the_directory().await;
    walk.change_conversations().await;
    walk.change_contacts().await;
    walk.write_the_library().await;
    walk.count_events_and_attributes().await;
    walk.change_companies().await;
    walk.read_everything().await;
    walk.be_refused().await;
    walk.end_contacts().await;
    walk.end_conversations().await;
    walk.be_refused_the_rest().await;
    walk.end();
}

struct Walk {
    description: Description,
    workspace: Workspace,
    admin: String,
    walked: BTreeSet<(String, String, u16)>,
    wrong: Vec<String>,
    used: BTreeSet<usize>,
}

impl Walk {
    async fn begin(description: Description) -> Self {
        let clock = ManualClock::at(1_800_000_000_000);
        let config = Config { clock: Some(Arc::new(clock)), ..Config::default() };
        let workspace = Workspace::with(config).await;
        let admin = workspace.simulator.credentials().admin_id.clone();
        for (method, route) in ROUTES {
            assert!(description.knows(method, route), "the description has no {method} {route}");
        }
        Self {
            description,
            workspace,
            admin,
            walked: BTreeSet::new(),
            wrong: Vec::new(),
            used: BTreeSet::new(),
        }
    }

    async fn read_the_directory(&mut self) {
        self.get("/me", &[], "").await;
        let admins = self.get("/admins", &[], "").await;
        self.get("/admins", &[], "display_avatar=true").await;
        self.get("/admins/{admin_id}", &[text(&admins["admins"][0]["id"])], "").await;
        let teams = self.get("/teams", &[], "").await;
        self.get("/teams/{team_id}", &[text(&teams["teams"][0]["id"])], "").await;
        let tags = self.get("/tags", &[], "").await;
        self.get("/tags/{tag_id}", &[text(&tags["data"][0]["id"])], "").await;
    }

    async fn change_conversations(&mut self) {
        let contacts = self.get("/contacts", &[], "per_page=150").await;
        let contact = contacts["data"][0].clone();
        let first =
            json!({ "from": { "type": "user", "id": contact["id"] }, "body": "Hello", "subject": "Hi" });
        let made = self.send("POST", "/conversations", &[], "", Some(first)).await;
        let id = text(&made["conversation_id"]).to_owned();
        let id = [id.as_str()];
        let admin = self.admin.clone();
        let team = self.workspace.team_id("On-call").await;
        let reply = "/conversations/{conversation_id}/reply";
        for (kind, extra) in [
            (
                "comment",
                json!({ "body": "<p>One</p>", "attachment_urls": ["https://files.example.com/a.png"] }),
            ),
            (
                "comment",
                json!({ "body": "Log", "attachment_files": [{ "name": "a.txt", "content_type": "text/plain", "data": "aGk=" }] }),
            ),
            ("note", json!({ "body": "Two" })),
            (
                "quick_reply",
                json!({ "reply_options": [{ "text": "Yes", "uuid": "a5e1c524-5ddd-4c3e-9328-6bca5d6e3edb" }] }),
            ),
        ] {
            let body = merged(json!({ "message_type": kind, "type": "admin", "admin_id": admin }), &extra);
            self.send("POST", reply, &id, "", Some(body)).await;
        }
        let customer = json!({ "message_type": "comment", "type": "user", "intercom_user_id": contact["id"], "body": "More" });
        self.send("POST", reply, &["last"], "", Some(customer)).await;
        let parts = "/conversations/{conversation_id}/parts";
        for body in [
            json!({ "message_type": "assignment", "type": "team", "admin_id": admin, "assignee_id": team }),
            json!({ "message_type": "assignment", "type": "admin", "admin_id": admin, "assignee_id": admin, "body": "Mine" }),
            json!({ "message_type": "assignment", "type": "admin", "admin_id": admin, "assignee_id": "0" }),
            json!({ "message_type": "snoozed", "admin_id": admin, "snoozed_until": 1_900_000_000 }),
            json!({ "message_type": "open", "admin_id": admin }),
            json!({ "message_type": "close", "type": "admin", "admin_id": admin, "body": "Bye" }),
        ] {
            self.send("POST", parts, &id, "", Some(body)).await;
        }
        let change =
            json!({ "read": true, "title": "T", "custom_attributes": { "Severity": "High", "Seats": 3 } });
        self.send("PUT", "/conversations/{conversation_id}", &id, "", Some(change)).await;
        let tag = self.send("POST", "/tags", &[], "", Some(json!({ "name": "Walked" }))).await;
        let tag_id = text(&tag["id"]).to_owned();
        let tagging = json!({ "id": tag_id, "admin_id": admin });
        self.send("POST", "/conversations/{conversation_id}/tags", &id, "", Some(tagging.clone())).await;
        self.get("/conversations/{conversation_id}", &id, "display_as=plaintext").await;
        let untagging = Some(json!({ "admin_id": admin }));
        let tagged = "/conversations/{conversation_id}/tags/{tag_id}";
        self.send("DELETE", tagged, &[id[0], &tag_id], "", untagging).await;
        self.send("POST", "/conversations/{conversation_id}/tags", &id, "", Some(tagging)).await;
    }

    async fn change_contacts(&mut self) {
        let full = json!({
            "email": "walker@customer.example", "external_id": "walker", "name": "Walker", "phone": "+353 1 555 0142",
            "owner_id": self.admin, "avatar": "https://files.example.com/w.png", "signed_up_at": 1_700_000_000,
            "last_seen_at": 1_799_999_000, "custom_attributes": { "plan": "Team" },
        });
        let made = self.send("POST", "/contacts", &[], "", Some(full)).await;
        self.send("POST", "/contacts", &[], "", Some(json!({ "role": "lead" }))).await;
        let id = text(&made["id"]).to_owned();
        let id = [id.as_str()];
        self.send("PUT", "/contacts/{contact_id}", &id, "", Some(json!({ "name": "W" }))).await;
        let note = json!({ "body": "Likes tea", "admin_id": self.admin });
        for _note in 0..2 {
            self.send("POST", "/contacts/{contact_id}/notes", &id, "", Some(note.clone())).await;
        }
        let companies = self.get("/companies", &[], "per_page=2").await;
        let on_company = json!({ "name": "Partner", "companies": [{ "id": companies["data"][0]["id"] }], "users": [{ "id": id[0] }] });
        let tag = self.send("POST", "/tags", &[], "", Some(on_company)).await;
        self.send("POST", "/contacts/{contact_id}/tags", &id, "", Some(json!({ "id": tag["id"] }))).await;
        self.get("/contacts/{contact_id}", &id, "").await;
        for list in ["companies", "notes", "tags", "segments"] {
            self.get(&format!("/contacts/{{contact_id}}/{list}"), &id, "per_page=1").await;
        }
        self.get("/contacts/find_by_external_id/{external_id}", &["walker"], "").await;
    }

    async fn read_everything(&mut self) {
        let all = self.get("/conversations", &[], "per_page=150").await;
        self.get("/conversations", &[], "per_page=3").await;
        for conversation in all["conversations"].as_array().unwrap() {
            self.get("/conversations/{conversation_id}", &[text(&conversation["id"])], "").await;
        }
        let contacts = self.get("/contacts", &[], "per_page=150").await;
        for contact in contacts["data"].as_array().unwrap().iter().take(30) {
            self.get("/contacts/{contact_id}/companies", &[text(&contact["id"])], "").await;
        }
        let query = json!({ "field": "created_at", "operator": ">", "value": 0 });
        for per_page in [3, 150] {
            let body = json!({ "query": query, "pagination": { "per_page": per_page } });
            self.send("POST", "/conversations/search", &[], "", Some(body.clone())).await;
            self.send("POST", "/contacts/search", &[], "", Some(body)).await;
        }
        let companies = self.send("POST", "/companies/list", &[], "per_page=150", Some(json!({}))).await;
        for page in ["page=1&per_page=2", "page=2&per_page=2", "page=99"] {
            self.get("/companies", &[], page).await;
        }
        self.get("/companies/{company_id}", &[text(&companies["data"][0]["id"])], "").await;
        let scrolled = self.get("/companies/scroll", &[], "").await;
        let param = format!("scroll_param={}", text(&scrolled["scroll_param"]));
        self.get("/companies/scroll", &[], &param).await;
    }

    async fn be_refused(&mut self) {
        let admin = self.admin.clone();
        for (method, route, ids, body, status) in [
            ("GET", "/admins/{admin_id}", vec!["1"], None, 404),
            ("GET", "/teams/{team_id}", vec!["1"], None, 404),
            ("GET", "/tags/{tag_id}", vec!["1"], None, 404),
            ("POST", "/tags", vec![], Some(json!({ "test": "invalid" })), 400),
            ("GET", "/conversations/{conversation_id}", vec!["1"], None, 404),
            ("PUT", "/conversations/{conversation_id}", vec!["1"], Some(json!({})), 404),
            (
                "POST",
                "/conversations",
                vec![],
                Some(json!({ "from": { "type": "user", "id": "0" }, "body": "x" })),
                404,
            ),
            ("POST", "/conversations/search", vec![], Some(json!({})), 400),
            (
                "POST",
                "/conversations/{conversation_id}/reply",
                vec!["1"],
                Some(json!({ "type": "admin" })),
                404,
            ),
            (
                "POST",
                "/conversations/{conversation_id}/parts",
                vec!["1"],
                Some(json!({ "message_type": "open", "admin_id": admin })),
                404,
            ),
            ("POST", "/conversations/{conversation_id}/tags", vec!["1"], Some(json!({})), 404),
            (
                "DELETE",
                "/conversations/{conversation_id}/tags/{tag_id}",
                vec!["1", "1"],
                Some(json!({})),
                404,
            ),
            ("POST", "/contacts", vec![], Some(json!({ "email": "walker@customer.example" })), 409),
            (
                "POST",
                "/contacts/search",
                vec![],
                Some(
                    json!({ "query": { "field": "id", "operator": "=", "value": "1" }, "sort": { "order": "desc" } }),
                ),
                400,
            ),
            ("GET", "/contacts/{contact_id}", vec!["0"], None, 404),
            ("PUT", "/contacts/{contact_id}", vec!["0"], Some(json!({})), 404),
            ("GET", "/contacts/{contact_id}/companies", vec!["0"], None, 404),
            ("GET", "/contacts/{contact_id}/notes", vec!["0"], None, 404),
            ("POST", "/contacts/{contact_id}/notes", vec!["0"], Some(json!({ "body": "x" })), 404),
            ("GET", "/contacts/{contact_id}/tags", vec!["0"], None, 404),
            ("POST", "/contacts/{contact_id}/tags", vec!["0"], Some(json!({ "id": "1" })), 404),
            ("GET", "/contacts/{contact_id}/segments", vec!["0"], None, 404),
            ("GET", "/companies/{company_id}", vec!["0"], None, 404),
        ] {
            self.call(method, route, &ids, "", body, status).await;
        }
        self.call("GET", "/companies", &[], "name=Nobody", None, 404).await;
        self.workspace.post("/_sim/faults", json!({ "do": "status", "status": 401 })).await.ok();
        for (method, route) in ROUTES {
            self.call(method, route, &["1", "1"], "", None, 401).await;
        }
        self.workspace.send("DELETE", "/_sim/faults", None).await.ok();
    }

    fn end(self) {
        assert!(self.wrong.is_empty(), "{} differences:\n{}", self.wrong.len(), self.wrong.join("\n"));
        for (method, route) in ROUTES {
            let status = if *route == "/events" && *method == "POST" { 202 } else { 200 };
            let walked = self.walked.contains(&((*method).to_owned(), (*route).to_owned(), status));
            assert!(walked, "{method} {route} was not walked");
        }
        let unused = EXCEPTIONS.iter().enumerate().filter(|(number, _)| !self.used.contains(number));
        let unused: Vec<_> = unused.map(|(_, (place, what, _))| (place, what)).collect();
        assert!(unused.is_empty(), "exceptions that are not needed: {unused:?}");
    }

    async fn get(&mut self, route: &str, ids: &[&str], query: &str) -> Value {
        self.send("GET", route, ids, query, None).await
    }

    async fn send(
        &mut self,
        method: &str,
        route: &str,
        ids: &[&str],
        query: &str,
        body: Option<Value>,
    ) -> Value {
        self.call(method, route, ids, query, body, 200).await
    }

    /// A call whose answer has no body, as the description has it.
    async fn send_for_nothing(&mut self, method: &str, route: &str, ids: &[&str], body: Value, status: u16) {
        let path = filled(route, ids);
        let reply = self.workspace.send(method, &path, Some(&body)).await;
        assert_eq!((reply.status, reply.text.as_str()), (status, ""), "{method} {path}");
        assert!(self.description.answer(method, route, status).is_none(), "{method} {path} has a body");
        self.walked.insert((method.to_owned(), route.to_owned(), status));
    }

    async fn call(
        &mut self,
        method: &str,
        route: &str,
        ids: &[&str],
        query: &str,
        body: Option<Value>,
        status: u16,
    ) -> Value {
        let mut path = filled(route, ids);
        if !query.is_empty() {
            path = format!("{path}?{query}");
        }
        let reply = self.workspace.send(method, &path, body.as_ref()).await;
        assert_eq!(reply.status, status, "{method} {path} {body:?}: {}", reply.text);
        let answer = reply.json();
        let error = json!({ "$ref": "#/components/schemas/error" });
        let described = self.description.answer(method, route, status);
        // Errors of one shape may come from any call.
        let schema =
            if status == 200 { described.expect("a described answer") } else { described.unwrap_or(&error) };
        let violations = self.description.violations(schema, &answer, "answer");
        for violation in violations {
            if let Some(number) = excepted(&violation) {
                self.used.insert(number);
                continue;
            }
            let line = format!("{method} {route} {status}: {} {}", violation.place, violation.what);
            if !self.wrong.contains(&line) {
                self.wrong.push(line);
            }
        }
        self.walked.insert((method.to_owned(), route.to_owned(), status));
        answer
    }
}

/// The exception that names the place best.
fn excepted(violation: &Violation) -> Option<usize> {
    let applies =
        |(place, what, _): &(&str, &str, &str)| violation.place.contains(place) && violation.what == *what;
    let numbered = EXCEPTIONS.iter().enumerate().filter(|(_, exception)| applies(exception));
    numbered.max_by_key(|(_, (place, ..))| place.len()).map(|(number, _)| number)
}

/// The route with its names replaced by ids.
fn filled(route: &str, ids: &[&str]) -> String {
    let mut ids = ids.iter();
    let filled = route.split('/').map(|segment| {
        if segment.starts_with('{') {
            (*ids.next().expect("an id for each name")).to_owned()
        } else {
            segment.to_owned()
        }
    });
    filled.collect::<Vec<_>>().join("/")
}

fn merged(mut one: Value, other: &Value) -> Value {
    one.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    one
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}
