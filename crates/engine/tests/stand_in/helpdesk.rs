//! A helpdesk that knows nobody and says so: tests make it say otherwise where that matters to them.

use async_trait::async_trait;
use domain::ports::{Budget, ConversationPage, Helpdesk, IdSource as _, NotPerformed, Priority};
use domain::*;
use engine::clock::{ClockIds, ManualClock};
use engine::{Events, Workspace, WorkspaceConfig};
use std::fmt::Debug;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::Instant;
use store::{NewDelivery, Store};

/// What a test's helpdesk answers. What is left out is what [`Helpdesk`] leaves out, or nothing.
#[async_trait]
pub(crate) trait Answers: Debug + Send + Sync {
    async fn conversation(&self, _: &ConversationId, _: Priority) -> Result<Conversation, Fault> {
        not_found()
    }
    async fn contact(&self, _: &ContactId) -> Result<Contact, Fault> {
        not_found()
    }
    async fn articles(&self) -> Result<Option<ArticlePage>, Fault> {
        Ok(None)
    }
    async fn article(&self, _: &ArticleId) -> Result<Vec<HelpArticle>, Fault> {
        Ok(vec![])
    }
    async fn perform(&self, _: &ConversationId, _: &ActionKind) -> Result<Conversation, NotPerformed> {
        Ok(not_found()?)
    }
}

pub(crate) fn not_found<T>() -> Result<T, Fault> {
    Err(Fault::new(FaultKind::NotFound, "Not found"))
}

/// A helpdesk that answers so.
#[derive(Debug, Default)]
pub(crate) struct StandIn<A>(pub(crate) A);

impl<A> Deref for StandIn<A> {
    type Target = A;

    fn deref(&self) -> &A {
        &self.0
    }
}

#[async_trait]
impl<A: Answers> Helpdesk for StandIn<A> {
    async fn identity(&self) -> Result<Identity, Fault> {
        not_found()
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        Ok(vec![])
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        Ok(vec![])
    }
    async fn conversation(&self, id: &ConversationId, why: Priority) -> Result<Conversation, Fault> {
        self.0.conversation(id, why).await
    }
    async fn open_conversations(&self, _: Option<&str>, _: Priority) -> Result<ConversationPage, Fault> {
        Ok(ConversationPage { items: vec![], next: None, total: Some(0) })
    }
    async fn conversations_changed(
        &self,
        _: Timestamp,
        _: Timestamp,
        _: Option<&str>,
        _: Priority,
    ) -> Result<ConversationPage, Fault> {
        Ok(ConversationPage { items: vec![], next: None, total: Some(0) })
    }
    async fn contact(&self, id: &ContactId, _: Priority) -> Result<Contact, Fault> {
        self.0.contact(id).await
    }
    async fn articles(&self, _: u32, _: Priority) -> Result<Option<ArticlePage>, Fault> {
        self.0.articles().await
    }
    async fn article(&self, id: &ArticleId, _: Priority) -> Result<Vec<HelpArticle>, Fault> {
        self.0.article(id).await
    }
    async fn perform(
        &self,
        id: &ConversationId,
        kind: &ActionKind,
        _: &AdminId,
        _: Instant,
    ) -> Result<Conversation, NotPerformed> {
        self.0.perform(id, kind).await
    }
    fn budget(&self) -> Option<Budget> {
        None
    }
    fn web_url(&self, _: &str, _: &ConversationId) -> Option<String> {
        None
    }
}

/// A workspace on a helpdesk, at one million milliseconds.
pub(crate) async fn workspace<A: Answers + 'static>(
    store: &Store,
    helpdesk: &Arc<StandIn<A>>,
    automatic_stopped: Arc<AtomicBool>,
) -> (Arc<Workspace>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(Timestamp(1_000_000)));
    let workspace = Workspace::start(WorkspaceConfig {
        id: WorkspaceId(ClockIds::new(clock.clone()).next()),
        app_id: "acme".to_owned(),
        store: store.clone(),
        helpdesk: helpdesk.clone(),
        ids: Arc::new(ClockIds::new(clock.clone())),
        clock: clock.clone(),
        events: Events::default(),
        acting_admin: "1".into(),
        undo_window_ms: Arc::new(AtomicI64::new(5_000)),
        claims_with_notes: Arc::new(AtomicBool::new(false)),
        automatic_stopped,
    });
    (workspace.await.expect("it starts"), clock)
}

/// Has the workspace take up a delivery that says this.
pub(crate) async fn deliver(workspace: &Workspace, number: u128, change: Change) -> DeliveryId {
    let id = DeliveryId(uuid::Uuid::from_u128(number));
    let delivery = NewDelivery {
        id,
        received_at: Timestamp(1_000_000),
        notification_id: None,
        topic: None,
        vendor_created_at: None,
        attempt: None,
        change: Some(change),
        outcome: DeliveryOutcome::Received,
        reason: None,
        body: b"{}".to_vec().into(),
    };
    workspace.store().insert_deliveries(&[delivery]).await.expect("it is kept");
    workspace.deliveries_stored();
    id
}
