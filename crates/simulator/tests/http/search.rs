//! Conversation and contact search over HTTP: operators, groups, and what is refused.

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};
use simulator::{Config, ManualClock};

use crate::common::{Workspace, ids};

const START: i64 = 1_800_000_000;

struct Archive {
    workspace: Workspace,
    refund: String,
    login: String,
}

impl Archive {
    /// One conversation of the start, assigned and answered, and one a day later.
    async fn open() -> Self {
        let clock = ManualClock::at(START * 1000);
        let config = Config { quiet: true, clock: Some(Arc::new(clock.clone())), ..Config::default() };
        let workspace = Workspace::with(config).await;
        let made = workspace
            .post("/_sim/messages", json!({ "email": "ana@customer.example", "name": "Ana", "subject": "Refund", "body": "I need a refund, please" }))
            .await
            .ok();
        let refund = made["conversation_id"].as_str().unwrap().to_owned();
        let admin = workspace.simulator.credentials().admin_id.clone();
        let team = workspace.team_id("Billing").await;
        let assign =
            json!({ "message_type": "assignment", "type": "team", "admin_id": admin, "assignee_id": team });
        workspace.post(&format!("/conversations/{refund}/parts"), assign).await.ok();
        clock.advance(Duration::from_hours(24));
        let login = workspace.conversation("bo@customer.example", "Cannot log in").await;
        Self { workspace, refund, login }
    }

    async fn find(&self, query: &Value) -> Vec<&str> {
        let found = self.workspace.post("/conversations/search", json!({ "query": query })).await;
        let found = ids(&found.ok()["conversations"]);
        let name = |id: &String| if *id == self.refund { "refund" } else { "login" };
        assert!(found.iter().all(|id| *id == self.refund || *id == self.login));
        found.iter().map(name).collect()
    }

    async fn refused(&self, query: &Value) -> (u16, String) {
        let (status, code, _) =
            self.workspace.post("/conversations/search", json!({ "query": query })).await.refusal();
        (status, code)
    }
}

fn filter(field: &str, operator: &str, value: impl Into<Value>) -> Value {
    json!({ "field": field, "operator": operator, "value": value.into() })
}

#[tokio::test]
async fn each_operator_finds_what_it_means() {
    let archive = Archive::open().await;
    let team = archive.workspace.team_id("Billing").await;
    for (query, expected) in [
        (filter("id", "=", archive.refund.as_str()), vec!["refund"]),
        (filter("id", "IN", json!([archive.refund, archive.login])), vec!["login", "refund"]),
        (filter("id", "NIN", json!([archive.refund])), vec!["login"]),
        (filter("created_at", ">", START), vec!["login", "refund"]),
        (filter("created_at", ">", (START + 1).to_string()), vec!["login"]),
        (filter("created_at", "<", START), vec!["refund"]),
        (filter("updated_at", ">", START + 1), vec!["login"]),
        (filter("source.body", "=", "refund"), vec!["refund"]),
        (filter("source.body", "=", "need refund"), vec![]),
        (filter("source.body", "~", "log in"), vec!["login"]),
        (filter("source.body", "!~", "log in"), vec!["refund"]),
        (filter("source.subject", "^", "Ref"), vec!["refund"]),
        (filter("source.subject", "$", "und"), vec!["refund"]),
        (filter("source.type", "=", "email"), vec!["refund"]),
        (filter("source.author.email", "=", "bo@customer.example"), vec!["login"]),
        (filter("source.author.name", "=", "Ana"), vec!["refund"]),
        (filter("team_assignee_id", "=", team.parse::<u64>().unwrap()), vec!["refund"]),
        (filter("team_assignee_id", "=", "0"), vec!["login"]),
        (filter("open", "=", true), vec!["login", "refund"]),
        (filter("read", "!=", false), vec![]),
        (filter("state", "!=", "closed"), vec!["login", "refund"]),
        (filter("statistics.count_assignments", ">", 0), vec!["refund"]),
        (filter("statistics.first_assignment_at", "=", START), vec!["refund"]),
        (filter("statistics.last_close_at", "=", Value::Null), vec!["login", "refund"]),
        (filter("waiting_since", ">", START + 5), vec!["login"]),
        (filter("snoozed_until", "!=", Value::Null), vec![]),
        (filter("ai_agent_participated", "=", false), vec!["login", "refund"]),
    ] {
        assert_eq!(archive.find(&query).await, expected, "{query}");
    }
}

#[tokio::test]
async fn groups_nest_two_deep() {
    let archive = Archive::open().await;
    let either = json!({ "operator": "OR", "value": [filter("source.body", "=", "refund"), filter("source.body", "~", "log")] });
    let both = json!({ "operator": "AND", "value": [either, filter("created_at", ">", START + 1)] });
    assert_eq!(archive.find(&both).await, ["login"]);
    let too_deep = json!({ "operator": "AND", "value": [both] });
    assert_eq!(archive.refused(&too_deep).await, (400, "parameter_invalid".to_owned()));
}

#[tokio::test]
async fn what_the_description_does_not_allow_is_refused() {
    let archive = Archive::open().await;
    let many: Vec<Value> = (0..16).map(|number| filter("id", "=", number)).collect();
    for query in [
        filter("colour", "=", "red"),
        filter("state", ">", "open"),
        filter("state", "==", "open"),
        filter("created_at", "=", "foorbar"),
        filter("created_at", "~", "1"),
        filter("id", "IN", "1"),
        filter("id", "=", json!(["1"])),
        json!({ "field": "state", "operator": "=" }),
        json!({ "operator": "AND", "value": filter("state", "=", "open") }),
        json!({ "operator": "OR", "value": [] }),
        json!({ "operator": "OR", "value": many }),
        json!("state"),
    ] {
        assert_eq!(archive.refused(&query).await, (400, "parameter_invalid".to_owned()), "{query}");
    }
    let without = archive.workspace.post("/conversations/search", json!({})).await;
    assert_eq!(without.refusal().0, 400);
}

#[tokio::test]
async fn contacts_are_searched_by_calendar_day_and_sorted_on_request() {
    let archive = Archive::open().await;
    let search = async |body: Value| archive.workspace.post("/contacts/search", body).await;
    let by_day = |operator: &str, at: i64| {
        let email = filter("email", "$", "@customer.example");
        json!({ "query": { "operator": "AND", "value": [filter("created_at", operator, at), email] } })
    };
    // 1,800,000,000 is 08:00 on its day: later on that day is not greater.
    let names = |found: Value| -> Vec<String> {
        found["data"]
            .as_array()
            .unwrap()
            .iter()
            .map(|each| each["email"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(names(search(by_day(">", START - 3600)).await.ok()), ["bo@customer.example"]);
    assert_eq!(names(search(by_day("=", START - 3600)).await.ok()), ["ana@customer.example"]);
    assert_eq!(names(search(by_day("<", START + 86_400)).await.ok()), ["ana@customer.example"]);
    assert_eq!(search(by_day("!=", START)).await.refusal().0, 400);
    assert_eq!(search(by_day(">=", START)).await.refusal().0, 400);

    let query = filter("email", "~", "customer.example");
    let ascending = json!({ "query": query, "sort": { "field": "created_at", "order": "ascending" } });
    assert_eq!(names(search(ascending).await.ok()), ["ana@customer.example", "bo@customer.example"]);
    let wrong = json!({ "query": query, "sort": { "field": "created_at", "order": "desc" } });
    let (status, code, message) = search(wrong).await.refusal();
    assert_eq!((status, code.as_str()), (400, "invalid_sort_order"));
    assert_eq!(message, "Invalid sort order 'desc'. Must be one of: ascending, descending");
    let tag = json!({ "query": filter("tag_id", "IN", json!(["1"])) });
    assert_eq!(search(tag).await.refusal().0, 400);
}
