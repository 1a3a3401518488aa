//! What is measured: the product's own listener over a real file, and beside it a handler that stores nothing.

use crate::notification::{APP_ID, SECRET, Signed};
use anyhow::{Context as _, Result};
use async_trait::async_trait;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use domain::ports::{
    Budget, Clock as _, ConversationPage, Helpdesk, IdSource as _, NotPerformed, Priority,
    WebhookDialect as _,
};
use domain::{
    ActionKind, Admin, AdminId, Author, AuthorKind, Contact, ContactId, Conversation, ConversationId,
    ConversationStatus, DeliveryId, DeliveryOutcome, Fault, FaultKind, Identity, Part, Team, Timestamp,
    WorkspaceId,
};
use engine::clock::{ClockIds, SystemClock};
use engine::listener::{Listener, ListenerConfig};
use engine::{Events, Workspace, WorkspaceConfig};
use intercom::Webhooks;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::{Duration, Instant};
use store::{NewDelivery, Store};
use tokio::task::JoinHandle;

/// Deliveries to one commit while a table is filled.
const FILLED_AT_ONCE: usize = 2_000;
/// What the ingest has not done by the end of a round is not waited for.
const PATIENCE: Duration = Duration::from_millis(200);

/// The product: a workspace at work, with the listener before it.
#[derive(Debug)]
pub(crate) struct Product {
    listener: Listener,
    workspace: Arc<Workspace>,
}

impl Product {
    /// Opens the file and listens. Everything that the program does beside listening runs too.
    pub(crate) async fn start(path: &Path, desk: Desk) -> Result<Self> {
        let clock = Arc::new(SystemClock);
        let ids = Arc::new(ClockIds::new(clock.clone()));
        let workspace = Workspace::start(WorkspaceConfig {
            id: WorkspaceId(ids.next()),
            app_id: APP_ID.to_owned(),
            store: Store::open(path).await?,
            helpdesk: Arc::new(desk),
            clock: clock.clone(),
            ids: ids.clone(),
            events: Events::default(),
            acting_admin: "1".into(),
            undo_window_ms: Arc::new(AtomicI64::new(5_000)),
            claims_with_notes: Arc::new(AtomicBool::new(false)),
            automatic_stopped: Arc::default(),
        })
        .await?;
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let config = ListenerConfig { address, ..ListenerConfig::default() };
        let listener = Listener::start(config, Arc::new(Webhooks), clock, ids).await?;
        listener.register(&workspace, SecretString::from(SECRET));
        Ok(Self { listener, workspace })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// Moves everything from the inbox into the table.
    pub(crate) async fn sort_in(&self) -> Result<()> {
        Ok(self.workspace.store().empty_inbox().await?)
    }

    /// Deliveries in the table.
    pub(crate) async fn deliveries(&self) -> Result<i64> {
        let counts = self.workspace.store().delivery_counts().await?;
        Ok(counts.received + counts.applied + counts.ignored + counts.failed)
    }

    pub(crate) async fn close(self) {
        self.listener.close(PATIENCE).await;
        self.workspace.close(PATIENCE).await;
    }
}

/// Puts deliveries into a file, through the store, until there are `count`. Settled ones: they came long ago.
pub(crate) async fn fill(path: &Path, count: u64) -> Result<()> {
    let store = Store::open(path).await?;
    let ids = ClockIds::new(Arc::new(SystemClock));
    let mut number = 0;
    while number < count {
        let until = count.min(number + FILLED_AT_ONCE as u64);
        let deliveries: Vec<NewDelivery> = (number..until).map(|number| settled(number, &ids)).collect();
        store.insert_deliveries(&deliveries).await.context("The table could not be filled")?;
        number = until;
    }
    store.close().await;
    Ok(())
}

fn settled(number: u64, ids: &ClockIds) -> NewDelivery {
    let signed = Signed::new(number);
    NewDelivery {
        id: DeliveryId(ids.next()),
        received_at: SystemClock.now(),
        notification_id: Some(signed.id),
        topic: Some("conversation.user.created".to_owned()),
        vendor_created_at: None,
        attempt: Some(1),
        change: Some(domain::Change::Conversation(signed.conversation.as_str().into())),
        outcome: DeliveryOutcome::Applied,
        reason: None,
        body: signed.body.into(),
    }
}

/// The measure: an axum handler that reads the body, verifies the signature, and answers.
#[derive(Debug)]
pub(crate) struct Bare {
    address: SocketAddr,
    serving: JoinHandle<()>,
}

impl Bare {
    pub(crate) async fn start() -> Result<Self> {
        let socket = tokio::net::TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        let address = socket.local_addr()?;
        let router = axum::Router::new()
            .route(Webhooks.path(), axum::routing::post(verify))
            .with_state(Arc::new(SecretString::from(SECRET)));
        let serving = tokio::spawn(async move {
            let _ = axum::serve(socket, router).await;
        });
        Ok(Self { address, serving })
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) async fn close(self) {
        self.serving.abort();
        let _ = self.serving.await;
    }
}

async fn verify(State(secret): State<Arc<SecretString>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(Webhooks.signature_header()).map(HeaderValue::as_bytes);
    if Webhooks.verify(&secret, &body, signature) { StatusCode::OK } else { StatusCode::UNAUTHORIZED }
}

/// A helpdesk in which every conversation exists, so that the ingest works beside the listener as it does in life.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk {
    /// Until a reading is answered. Four run side by side: 25 ms make 160 a second, which is the helpdesk's budget.
    pub(crate) answers_after: Duration,
}

impl Desk {
    /// As fast as the helpdesk's budget allows.
    pub(crate) const IN_BUDGET: Self = Self { answers_after: Duration::from_millis(25) };
    /// Faster than any helpdesk: the ingest writes as much as it can.
    pub(crate) const AT_ONCE: Self = Self { answers_after: Duration::ZERO };

    async fn answer(self) {
        if !self.answers_after.is_zero() {
            tokio::time::sleep(self.answers_after).await;
        }
    }
}

#[async_trait]
impl Helpdesk for Desk {
    async fn identity(&self) -> Result<Identity, Fault> {
        Err(none())
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        Ok(Vec::new())
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        Ok(Vec::new())
    }
    async fn conversation(&self, id: &ConversationId, _: Priority) -> Result<Conversation, Fault> {
        self.answer().await;
        Ok(conversation(id))
    }
    async fn open_conversations(&self, _: Option<&str>, _: Priority) -> Result<ConversationPage, Fault> {
        Ok(ConversationPage { items: Vec::new(), next: None, total: Some(0) })
    }
    async fn conversations_changed(
        &self,
        _: Timestamp,
        _: Timestamp,
        _: Option<&str>,
        _: Priority,
    ) -> Result<ConversationPage, Fault> {
        Ok(ConversationPage { items: Vec::new(), next: None, total: Some(0) })
    }
    async fn contact(&self, id: &ContactId, _: Priority) -> Result<Contact, Fault> {
        self.answer().await;
        Ok(contact(id))
    }
    async fn perform(
        &self,
        _: &ConversationId,
        _: &ActionKind,
        _: &AdminId,
        _: Instant,
    ) -> Result<Conversation, NotPerformed> {
        Err(none().into())
    }
    fn budget(&self) -> Option<Budget> {
        None
    }
    fn web_url(&self, _: &str, _: &ConversationId) -> Option<String> {
        None
    }
}

fn none() -> Fault {
    Fault::new(FaultKind::NotFound, "There is no such thing in the bench")
}

/// Each conversation has a customer of its own.
fn contact(id: &ContactId) -> Contact {
    Contact {
        id: id.clone(),
        external_id: None,
        role: "user".to_owned(),
        name: Some("Ada".to_owned()),
        email: None,
        phone: None,
        companies: Vec::new(),
        location: None,
        tags: Vec::new(),
        attributes: BTreeMap::new(),
        created_at: None,
        last_seen_at: None,
        updated_at: None,
    }
}

fn conversation(id: &ConversationId) -> Conversation {
    let now = SystemClock.now();
    let contact = format!("contact-{}", id.0);
    Conversation {
        id: id.clone(),
        subject: None,
        channel: "chat".to_owned(),
        status: ConversationStatus::Open,
        admin_assignee: None,
        team_assignee: None,
        tags: Vec::new(),
        priority: None,
        created_at: now,
        updated_at: now,
        waiting_since: Some(now),
        snoozed_until: None,
        total_parts: 1,
        contact_ids: vec![contact.as_str().into()],
        parts: vec![Part {
            id: format!("{}-1", id.0).into(),
            kind: "source".to_owned(),
            author: Author {
                kind: AuthorKind::Contact,
                id: contact,
                name: Some("Ada".to_owned()),
                email: None,
            },
            text: Some("I was charged twice for my last order, can you refund one of the two?".to_owned()),
            attachments: Vec::new(),
            assigned_to: None,
            created_at: now,
            redacted: false,
        }],
    }
}
