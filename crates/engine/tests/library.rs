//! An article that a delivery names while the list of all is being read: the list may be older, and does not win.

#![expect(clippy::expect_used, reason = "a test program")]

use async_trait::async_trait;
use domain::ports::{Budget, ConversationPage, Helpdesk, IdSource as _, NotPerformed, Priority};
use domain::*;
use engine::clock::{ClockIds, ManualClock};
use engine::{Events, Workspace, WorkspaceConfig};
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use store::{NewDelivery, Store};
use tokio::sync::Semaphore;

/// A help center whose list is answered with what it held when it was asked for, and as late as the test wants.
#[derive(Debug)]
struct HelpCenter {
    published: Mutex<Vec<HelpArticle>>,
    asked: Semaphore,
    answered: Semaphore,
}

fn not_found<T>() -> Result<T, Fault> {
    Err(Fault::new(FaultKind::NotFound, "Not found"))
}

#[async_trait]
impl Helpdesk for HelpCenter {
    async fn identity(&self) -> Result<Identity, Fault> {
        not_found()
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        Ok(vec![])
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        Ok(vec![])
    }
    async fn conversation(&self, _: &ConversationId, _: Priority) -> Result<Conversation, Fault> {
        not_found()
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
    async fn contact(&self, _: &ContactId, _: Priority) -> Result<Contact, Fault> {
        not_found()
    }
    async fn articles(&self, _: u32, _: Priority) -> Result<Option<ArticlePage>, Fault> {
        let articles = self.published.lock().expect("nobody panicked").clone();
        self.asked.add_permits(1);
        self.answered.acquire().await.expect("it stays open").forget();
        let listed: Vec<ArticleId> = articles.iter().map(|article| article.id.clone()).collect();
        Ok(Some(ArticlePage { total: Some(listed.len() as u64), listed, articles, has_more: false }))
    }
    async fn article(&self, id: &ArticleId, _: Priority) -> Result<Vec<HelpArticle>, Fault> {
        let published = self.published.lock().expect("nobody panicked");
        Ok(published.iter().filter(|article| article.id == *id).cloned().collect())
    }
    async fn perform(
        &self,
        _: &ConversationId,
        _: &ActionKind,
        _: &AdminId,
        _: Instant,
    ) -> Result<Conversation, NotPerformed> {
        Ok(not_found()?)
    }
    fn budget(&self) -> Option<Budget> {
        None
    }
    fn web_url(&self, _: &str, _: &ConversationId) -> Option<String> {
        None
    }
}

fn article(id: &str, text: &str) -> HelpArticle {
    HelpArticle {
        id: id.into(),
        locale: "en".to_owned(),
        title: format!("Article {id}"),
        url: format!("https://help.example/{id}"),
        text: text.to_owned(),
        updated_at: None,
    }
}

async fn serve(workspace: &Workspace, number: u128, change: Change) {
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
    until("it to be served", async || {
        let (row, _) = workspace.store().find_delivery(id).await.expect("it answers").expect("it is there");
        row.outcome == DeliveryOutcome::Applied
    })
    .await;
}

async fn until(what: &str, look: impl AsyncFn() -> bool) {
    let seen = async {
        while !look().await {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), seen).await.expect(what);
}

#[tokio::test]
async fn what_was_read_alone_is_newer_than_a_list_that_was_asked_for_before() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("acme.sqlite")).await.expect("a file");
    let clock = Arc::new(ManualClock::at(Timestamp(1_000_000)));
    let old = vec![article("1", "Stays"), article("2", "Taken offline"), article("3", "Old words")];
    let helpdesk = Arc::new(HelpCenter {
        published: Mutex::new(old),
        asked: Semaphore::new(0),
        answered: Semaphore::new(0),
    });
    let workspace = Workspace::start(WorkspaceConfig {
        id: WorkspaceId(ClockIds::new(clock.clone()).next()),
        app_id: "acme".to_owned(),
        store: store.clone(),
        helpdesk: helpdesk.clone(),
        ids: Arc::new(ClockIds::new(clock.clone())),
        clock,
        events: Events::default(),
        acting_admin: "1".into(),
        undo_window_ms: Arc::new(AtomicI64::new(5_000)),
        claims_with_notes: Arc::new(AtomicBool::new(false)),
        automatic_stopped: Arc::default(),
    });
    let workspace = workspace.await.expect("it starts");
    helpdesk.asked.acquire().await.expect("the list is asked for").forget();

    let now = vec![article("1", "Stays"), article("3", "New words"), article("4", "Just published")];
    helpdesk.published.lock().expect("nobody panicked").clone_from(&now);
    for (number, id) in (1..).zip(["2", "3", "4"]) {
        serve(&workspace, number, Change::Article(id.into())).await;
    }
    helpdesk.answered.add_permits(1);
    until("the list", async || workspace.shelves().articles.read_at.is_some()).await;

    let mut kept = Vec::new();
    for id in ["1", "2", "3", "4"] {
        kept.extend(store.list_languages_of_article(&id.into()).await.expect("it answers"));
    }
    assert_eq!(kept, now);
    workspace.close(Duration::from_secs(5)).await;
}
