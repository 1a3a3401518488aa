//! The client against the simulator: two readings of the same papers, over HTTP.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own helpers may fail loudly, like the test"
)]

#[path = "simulator/typed.rs"]
mod typed;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode};
use domain::ports::{Clock, Helpdesk, NotPerformed, Priority, WebhookDialect};
use domain::{
    ActionKind, Assignee, AuthorKind, Change, Conversation, ConversationId, ConversationStatus, Directory,
    FaultKind, Timestamp,
};
use intercom::{Config, Intercom, Webhooks};
use secrecy::SecretString;
use serde_json::{Value, json};
use simulator::Simulator;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

/// The machine's clock.
#[derive(Debug)]
struct MachineClock;

#[async_trait::async_trait]
impl Clock for MachineClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the simulator lives by the machine's clock, so its client must too"
    )]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        Timestamp(i64::try_from(since.as_millis()).unwrap())
    }

    async fn sleep_until(&self, deadline: Timestamp) {
        let left = deadline.ms_since(self.now()).max(0);
        tokio::time::sleep(Duration::from_millis(left.unsigned_abs())).await;
    }
}

/// When a call that is in no hurry has to have left.
fn soon() -> Instant {
    Instant::now() + Duration::from_mins(1)
}

struct Simulated {
    simulator: Simulator,
    client: Intercom,
    control: reqwest::Client,
}

impl Simulated {
    async fn quiet() -> Self {
        Self::start(simulator::Config { quiet: true, ..simulator::Config::default() }).await
    }

    async fn start(config: simulator::Config) -> Self {
        let simulator = Simulator::start(config).await.unwrap();
        let mut config = Config::new(simulator.base_url().parse().unwrap());
        // One fault is that no answer ever comes, and a test waits for it.
        config.timeout = Duration::from_secs(4);
        let token = SecretString::from(simulator.credentials().token.clone());
        let client = Intercom::with_config(config, token, Arc::new(MachineClock)).unwrap();
        let control = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
        Self { simulator, client, control }
    }

    async fn tell(&self, path: &str, body: Value) -> Value {
        let url = format!("{}/_sim/{path}", self.simulator.base_url());
        let response = self.control.post(url).json(&body).send().await.unwrap();
        let status = response.status();
        let answer: Value = response.json().await.unwrap();
        assert!(status.is_success(), "{path}: {answer}");
        answer
    }

    async fn ask(&self, path: &str) -> Value {
        let url = format!("{}/_sim/{path}", self.simulator.base_url());
        self.control.get(url).send().await.unwrap().json().await.unwrap()
    }

    async fn message(&self, body: &str) -> ConversationId {
        let said = json!({"email": "mara@shop.example", "name": "Mara Lind", "subject": "Charged twice", "body": body});
        let answer = self.tell("messages", said).await;
        answer["conversation_id"].as_str().unwrap().into()
    }

    fn actor(&self) -> domain::AdminId {
        self.simulator.credentials().admin_id.clone().into()
    }

    async fn perform(&self, id: &ConversationId, action: ActionKind) -> Conversation {
        self.client.perform(id, &action, &self.actor(), soon()).await.unwrap()
    }
}

#[tokio::test]
async fn the_token_opens_the_workspace_with_its_teams() {
    let sim = Simulated::quiet().await;
    let identity = sim.client.identity().await.unwrap();
    assert_eq!(identity.app_id, sim.simulator.credentials().app_id);
    assert_eq!(identity.admin.id, sim.actor());
    assert!(
        !identity.workspace_name.is_empty() && !identity.region.is_empty() && !identity.timezone.is_empty()
    );
    let admins = sim.client.admins().await.unwrap();
    let teams = sim.client.teams().await.unwrap();
    assert!(admins.iter().any(|admin| admin.id == identity.admin.id && admin.has_inbox_seat));
    let directory = Directory { admins, teams };
    for name in ["on-call", "billing", "support"] {
        let team = directory.team_named(name).unwrap();
        assert!(
            team.admin_ids.iter().all(|id| directory.admin(id).is_some()),
            "{name} has only known members"
        );
    }
    let budget = sim.client.budget().unwrap();
    assert!(budget.remaining < budget.limit && budget.resets_at > Timestamp(0));
}

#[tokio::test]
async fn a_message_reaches_the_client_through_a_signed_webhook() {
    let sim = Simulated::quiet().await;
    let (sender, mut deliveries) = mpsc::unbounded_channel();
    let app = Router::new().fallback(receive).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{}", listener.local_addr().unwrap(), Webhooks.path());
    tokio::spawn(async move { axum::serve(listener, app).await });
    sim.tell("webhook", json!({"url": url})).await;

    let id = sim.message("I was charged 2 < 3 times & want it back.\n\nThanks,\nMara").await;
    let secret = SecretString::from(sim.simulator.credentials().client_secret.clone());
    let notification = loop {
        let (headers, body): (HeaderMap, Bytes) =
            tokio::time::timeout(Duration::from_secs(10), deliveries.recv()).await.unwrap().unwrap();
        let signature = headers.get(Webhooks.signature_header()).map(|value| value.as_bytes().to_vec());
        assert!(Webhooks.verify(&secret, &body, signature.as_deref()), "every delivery is signed");
        assert!(!Webhooks.verify(&SecretString::from("another"), &body, signature.as_deref()));
        let notification = Webhooks.parse(&body).unwrap();
        assert_eq!(notification.app_id, sim.simulator.credentials().app_id);
        if notification.topic == "conversation.user.created" {
            break notification;
        }
    };
    assert_eq!(notification.change, Ok(Change::Conversation(id.clone())));
    assert!(notification.id.is_some() && notification.created_at.is_some());
    assert_eq!(notification.attempt, Some(1));

    let conversation = sim.client.conversation(&id, Priority::Ingest).await.unwrap();
    assert_eq!(conversation.subject.as_deref(), Some("Charged twice"));
    assert_eq!(conversation.status, ConversationStatus::Open);
    assert_eq!(conversation.parts[0].author.kind, AuthorKind::Contact);
    let text = conversation.parts[0].text.as_deref().unwrap();
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words, "I was charged 2 < 3 times & want it back. Thanks, Mara");
    assert_eq!(conversation.newest_unanswered().map(|part| &part.id), Some(&conversation.parts[0].id));

    let contact = sim.client.contact(&conversation.contact_ids[0], Priority::Ingest).await.unwrap();
    assert_eq!(
        (contact.name.as_deref(), contact.email.as_deref()),
        (Some("Mara Lind"), Some("mara@shop.example"))
    );
}

#[tokio::test]
async fn every_webhook_of_a_conversation_leads_to_it() {
    let sim = Simulated::quiet().await;
    let (sender, mut deliveries) = mpsc::unbounded_channel();
    let app = Router::new().fallback(receive).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}{}", listener.local_addr().unwrap(), Webhooks.path());
    tokio::spawn(async move { axum::serve(listener, app).await });
    sim.tell("webhook", json!({"url": url})).await;

    let id = sim.message("Hello?").await;
    sim.tell(
        "messages",
        json!({"email": "mara@shop.example", "body": "Anybody?", "conversation_id": id.as_str()}),
    )
    .await;
    for act in ["note", "reply", "assign", "snooze", "open", "close"] {
        let act = json!({"admin_id": sim.actor().as_str(), "conversation_id": id.as_str(), "do": act, "body": "words",
                         "assignee_id": (act == "assign").then(|| sim.actor().0)});
        sim.tell("teammate", act).await;
    }
    let mut awaited = BTreeSet::from([
        "conversation.user.created",
        "conversation.user.replied",
        "conversation.admin.noted",
        "conversation.admin.replied",
        "conversation.admin.assigned",
        "conversation.admin.snoozed",
        "conversation.admin.closed",
    ]);
    while !awaited.is_empty() {
        let next = tokio::time::timeout(Duration::from_secs(10), deliveries.recv()).await;
        let (_, body): (HeaderMap, Bytes) =
            next.unwrap_or_else(|_| panic!("never came: {awaited:?}")).unwrap();
        let notification = Webhooks.parse(&body).unwrap();
        assert!(notification.created_at.is_some());
        if notification.topic.starts_with("conversation") {
            assert_eq!(notification.change, Ok(Change::Conversation(id.clone())), "{}", notification.topic);
        } else {
            assert!(notification.change.is_ok(), "{notification:?}");
        }
        awaited.remove(notification.topic.as_str());
    }
}

async fn receive(
    State(sender): State<mpsc::UnboundedSender<(HeaderMap, Bytes)>>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if method == Method::POST {
        sender.send((headers, body)).unwrap();
    }
    StatusCode::OK
}

#[tokio::test]
async fn every_action_does_what_it_says_and_is_one_call() {
    let sim = Simulated::quiet().await;
    let id = sim.message("Where is my parcel?").await;
    let team = sim.client.teams().await.unwrap().into_iter().find(|team| team.name == "Billing").unwrap();

    let assignee = Assignee::Team { id: team.id.clone(), name: team.name.clone() };
    let given = sim.perform(&id, ActionKind::Assign { assignee }).await;
    assert_eq!(given.team_assignee, Some(team.id));
    assert!(given.parts.iter().any(|part| part.assigned_to.as_deref() == Some("Billing")), "{given:?}");

    let assignee = Assignee::Admin { id: sim.actor(), name: "me".into() };
    assert_eq!(sim.perform(&id, ActionKind::Assign { assignee }).await.admin_assignee, Some(sim.actor()));

    let words = "We look into <it> & write again.\n\nUntil then,\nthe team";
    let replied = sim.perform(&id, ActionKind::Reply { body: words.into() }).await;
    let reply = replied.parts.iter().rfind(|part| part.is_message()).unwrap();
    let words_of = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(
        words_of(reply.text.as_deref().unwrap()),
        words_of(words),
        "paragraphs may come back closer together"
    );
    assert_eq!(reply.author.kind, AuthorKind::Admin);
    assert!(replied.newest_unanswered().is_none());
    let read_again = sim.client.conversation(&id, Priority::Ingest).await.unwrap();
    let again = read_again.parts.iter().find(|part| part.id == reply.id).unwrap();
    assert_eq!(words_of(again.text.as_deref().unwrap()), words_of(words), "plain text says the same");

    let noted = sim.perform(&id, ActionKind::Note { body: "check the carrier".into() }).await;
    assert!(
        noted
            .parts
            .iter()
            .any(|part| part.kind == "note" && part.text.as_deref() == Some("check the carrier"))
    );

    let until = Timestamp::from_seconds(MachineClock.now().seconds() + 3600);
    let snoozed = sim.perform(&id, ActionKind::Snooze { until }).await;
    assert_eq!((snoozed.status, snoozed.snoozed_until), (ConversationStatus::Snoozed, Some(until)));
    assert_eq!(sim.perform(&id, ActionKind::Open).await.status, ConversationStatus::Open);
    assert_eq!(sim.perform(&id, ActionKind::Close).await.status, ConversationStatus::Closed);

    let calls = sim.ask("calls?writes=true").await;
    let calls: Vec<String> = calls
        .as_array()
        .unwrap()
        .iter()
        .map(|call| {
            format!("{} {}", call["path"].as_str().unwrap(), call["body"]["message_type"].as_str().unwrap())
        })
        .collect();
    let parts = |kind: &str| format!("/conversations/{id}/parts {kind}");
    let reply = |kind: &str| format!("/conversations/{id}/reply {kind}");
    assert_eq!(
        calls,
        [
            parts("assignment"),
            parts("assignment"),
            reply("comment"),
            reply("note"),
            parts("snoozed"),
            parts("open"),
            parts("close")
        ]
    );
}

#[tokio::test]
async fn open_conversations_are_found_page_by_page_and_each_is_read() {
    let sim = Simulated::start(simulator::Config::default()).await;
    let mut found = BTreeSet::new();
    let mut after = None;
    let total = loop {
        let page = sim.client.open_conversations(after.as_deref(), Priority::Ingest).await.unwrap();
        found.extend(page.items.iter().map(|(id, _)| id.clone()));
        after = page.next;
        if after.is_none() {
            break page.total;
        }
    };
    assert!(total.is_some_and(|total| total as usize >= found.len()), "{total:?} and {} found", found.len());
    for id in &found {
        let conversation = sim.client.conversation(id, Priority::Ingest).await.unwrap();
        assert_eq!(conversation.id, *id);
        assert_eq!(conversation.status, ConversationStatus::Open);
        assert!(!conversation.contact_ids.is_empty());
        let source = &conversation.parts[0];
        assert_eq!(source.kind, "source");
        assert!(source.is_message(), "{source:?}");
        for part in &conversation.parts {
            let text = part.text.as_deref().unwrap_or_default();
            assert!(!text.contains("<p") && !text.contains("<br"), "{text}");
            assert!(part.created_at >= conversation.created_at);
        }
        let contact = sim.client.contact(&conversation.contact_ids[0], Priority::Ingest).await.unwrap();
        assert!(
            contact.companies.iter().all(|company| !company.name.is_empty()),
            "companies come with their names"
        );
    }
}

#[tokio::test]
async fn faults_are_told_apart() {
    let sim = Simulated::quiet().await;
    let id = sim.message("Hello?").await;
    let missing = sim.client.conversation(&"1".into(), Priority::Ingest).await.unwrap_err();
    assert_eq!((missing.kind, missing.status), (FaultKind::NotFound, Some(404)));
    assert!(missing.request_id.is_some() && missing.code.is_some());

    for (fault, kind) in [
        (json!({"do": "status", "status": 401, "code": "unauthorized"}), FaultKind::Unauthorized),
        (json!({"do": "status", "status": 403, "code": "api_plan_restricted"}), FaultKind::Forbidden),
        (json!({"do": "status", "status": 422, "code": "data_invalid"}), FaultKind::Rejected),
        (json!({"do": "status", "status": 503}), FaultKind::Unavailable),
        (json!({"do": "rate_limit"}), FaultKind::RateLimited),
        (json!({"do": "cut_before"}), FaultKind::NoAnswer),
        (json!({"do": "cut_after"}), FaultKind::NoAnswer),
        (json!({"do": "bad_json"}), FaultKind::Unreadable),
        (json!({"do": "no_answer"}), FaultKind::NoAnswer),
    ] {
        let mut fault = fault;
        fault["times"] = json!(1);
        sim.tell("faults", fault.clone()).await;
        let before = sim.ask("calls?writes=true").await.as_array().unwrap().len();
        let note = ActionKind::Note { body: "n".into() };
        let met = match sim.client.perform(&id, &note, &sim.actor(), soon()).await.unwrap_err() {
            NotPerformed::Fault(fault) => fault,
            NotPerformed::Stale => panic!("nothing kept the call from leaving in time"),
        };
        assert_eq!(met.kind, kind, "{fault}: {met:?}");
        let after = sim.ask("calls?writes=true").await.as_array().unwrap().len();
        assert!(after <= before + 1, "{fault}: a POST is made once");
        if kind == FaultKind::RateLimited {
            assert!(met.retry_after_ms.is_some_and(|wait| (1_000..=60_000).contains(&wait)));
        }
    }
    sim.client.conversation(&id, Priority::Ingest).await.unwrap();

    let token = SecretString::from("wrong");
    let region = sim.simulator.base_url().parse().unwrap();
    let stranger = Intercom::new(region, token, Arc::new(MachineClock)).unwrap();
    assert_eq!(stranger.identity().await.unwrap_err().kind, FaultKind::Unauthorized);
    assert_eq!(stranger.budget(), None, "a stranger learns nothing of the budget");
}
