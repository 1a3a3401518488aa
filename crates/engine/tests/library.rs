//! An article that a delivery names while the list of all is being read: the list may be older, and does not win.

#![expect(clippy::expect_used, reason = "a test program")]

#[path = "stand_in/helpdesk.rs"]
mod helpdesk;

use async_trait::async_trait;
use domain::*;
use engine::Workspace;
use helpdesk::{Answers, StandIn};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Store;
use tokio::sync::Semaphore;

/// A help center whose list is answered with what it held when it was asked for, and as late as the test wants.
#[derive(Debug)]
struct HelpCenter {
    published: Mutex<Vec<HelpArticle>>,
    asked: Semaphore,
    answered: Semaphore,
}

#[async_trait]
impl Answers for HelpCenter {
    async fn articles(&self) -> Result<Option<ArticlePage>, Fault> {
        let articles = self.published.lock().expect("nobody panicked").clone();
        self.asked.add_permits(1);
        self.answered.acquire().await.expect("it stays open").forget();
        let listed: Vec<ArticleId> = articles.iter().map(|article| article.id.clone()).collect();
        Ok(Some(ArticlePage { total: Some(listed.len() as u64), listed, articles, has_more: false }))
    }
    async fn article(&self, id: &ArticleId) -> Result<Vec<HelpArticle>, Fault> {
        let published = self.published.lock().expect("nobody panicked");
        Ok(published.iter().filter(|article| article.id == *id).cloned().collect())
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
    let id = helpdesk::deliver(workspace, number, change).await;
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
    let old = vec![article("1", "Stays"), article("2", "Taken offline"), article("3", "Old words")];
    let help_center = Arc::new(StandIn(HelpCenter {
        published: Mutex::new(old),
        asked: Semaphore::new(0),
        answered: Semaphore::new(0),
    }));
    let (workspace, _) = helpdesk::workspace(&store, &help_center, Arc::default()).await;
    help_center.asked.acquire().await.expect("the list is asked for").forget();

    let now = vec![article("1", "Stays"), article("3", "New words"), article("4", "Just published")];
    help_center.published.lock().expect("nobody panicked").clone_from(&now);
    for (number, id) in (1..).zip(["2", "3", "4"]) {
        serve(&workspace, number, Change::Article(id.into())).await;
    }
    help_center.answered.add_permits(1);
    until("the list", async || workspace.shelves().articles.read_at.is_some()).await;

    let mut kept = Vec::new();
    for id in ["1", "2", "3", "4"] {
        kept.extend(store.list_languages_of_article(&id.into()).await.expect("it answers"));
    }
    assert_eq!(kept, now);
    workspace.close(Duration::from_secs(5)).await;
}
