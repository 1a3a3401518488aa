//! Reading articles and macros.

use crate::server::{Server, answer};
use domain::FaultKind;
use domain::ports::{Helpdesk, Priority};
use serde_json::{Value, json};

fn article(id: u64, state: &str) -> Value {
    json!({ "type": "article", "id": id.to_string(), "title": "Refunds", "body": "<p>Write to us.</p>", "state": state,
            "url": format!("https://help.example/{id}"), "updated_at": 1_700_000_000 })
}

#[tokio::test]
async fn articles_are_read_page_by_page_until_the_last() {
    let first = json!({ "type": "list", "data": [article(1, "published"), article(2, "draft")], "total_count": 3,
                        "pages": { "type": "pages", "page": 1, "per_page": 2, "total_pages": 2 } });
    let (server, client) = Server::answering(answer(200, first)).await;
    let second = json!({ "type": "list", "data": [article(3, "published")], "total_count": 3,
                         "pages": { "type": "pages", "page": 2, "per_page": 2, "total_pages": 2, "next": null } });
    server.then(answer(200, second));
    let page = client.articles(1, Priority::Backfill).await.unwrap().unwrap();
    assert_eq!((page.has_more, page.total, page.listed.len(), page.articles.len()), (true, Some(3), 2, 1));
    assert_eq!(page.articles[0].text, "Write to us.");
    let last = client.articles(2, Priority::Backfill).await.unwrap().unwrap();
    assert_eq!((last.has_more, last.articles.len()), (false, 1));
    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines, ["GET /articles?page=1&per_page=50", "GET /articles?page=2&per_page=50"]);
}

#[tokio::test]
async fn one_article_is_read_by_its_id_and_is_nothing_when_customers_cannot_read_it() {
    let id = "7".into();
    let (server, client) = Server::answering(answer(200, article(7, "published"))).await;
    server.then(answer(200, article(7, "draft")));
    server.then(answer(404, json!({ "type": "error.list", "errors": [{ "code": "not_found" }] })));
    server.then(answer(200, article(8, "published")));
    server.then(answer(403, json!({ "type": "error.list", "errors": [{ "code": "forbidden" }] })));
    let found = client.article(&id, Priority::Ingest).await.unwrap();
    assert_eq!((found.len(), found[0].id.as_str(), found[0].text.as_str()), (1, "7", "Write to us."));
    for why in ["a draft", "deleted"] {
        assert_eq!(client.article(&id, Priority::Ingest).await.unwrap(), vec![], "{why}");
    }
    let other = client.article(&id, Priority::Ingest).await.unwrap_err();
    assert_eq!(other.kind, FaultKind::Unreadable, "another article says nothing of this one");
    assert!(client.article(&id, Priority::Ingest).await.unwrap_err().denies());
    assert_eq!(server.asked()[0].line, "GET /articles/7");
}

#[tokio::test]
async fn another_page_than_the_one_asked_for_is_the_end() {
    let same = json!({ "type": "list", "data": [article(1, "published")],
                       "pages": { "page": 1, "total_pages": 9, "next": "https://api.example/articles?page=2" } });
    let (_server, client) = Server::answering(answer(200, same)).await;
    assert!(!client.articles(2, Priority::Backfill).await.unwrap().unwrap().has_more);
}

#[tokio::test]
async fn a_macro_whose_text_the_list_leaves_out_is_asked_for_alone() {
    let list = json!({ "type": "list", "data": [
        { "type": "macro", "id": "7", "name": "Refund", "body": null, "body_text": null },
        { "type": "macro", "id": "8", "name": "Greeting", "body_text": "Hi {{user.first_name|fallback:\"there\"}}" },
        { "type": "macro", "id": "9", "name": "Gone", "body_text": null },
    ], "pages": { "type": "pages", "per_page": 25, "next": { "starting_after": "WzE=" } } });
    let (server, client) = Server::answering(answer(200, list)).await;
    server.then(answer(
        200,
        json!({ "type": "macro", "id": "7", "name": "Refund", "body_text": "On its way." }),
    ));
    server.then(answer(404, json!({ "type": "error.list", "errors": [{ "code": "not_found" }] })));
    let page = client.macros(None, Priority::Backfill).await.unwrap().unwrap();
    let texts: Vec<(&str, &str)> =
        page.macros.iter().map(|one| (one.name.as_str(), one.text.as_str())).collect();
    assert_eq!(texts, [("Refund", "On its way."), ("Greeting", "Hi {{first_name|there}}")]);
    assert_eq!(page.next.as_deref(), Some("WzE="));
    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines, ["GET /macros?per_page=25", "GET /macros/7", "GET /macros/9"]);
}

#[tokio::test]
async fn macros_that_may_not_be_read_are_a_fault_that_says_so() {
    for (status, code) in [(403, "forbidden"), (400, "intercom_version_invalid")] {
        let refusal = json!({ "type": "error.list", "errors": [{ "code": code, "message": "No" }] });
        let (_server, client) = Server::answering(answer(status, refusal)).await;
        let fault = client.macros(None, Priority::Backfill).await.unwrap_err();
        assert!(fault.denies(), "{fault:?}");
    }
    let (_server, client) =
        Server::answering(answer(404, json!({ "type": "error.list", "errors": [] }))).await;
    assert_eq!(
        client.articles(1, Priority::Backfill).await.unwrap(),
        None,
        "a workspace without help center"
    );
    let (_server, client) = Server::answering(answer(200, json!({ "type": "list" }))).await;
    let fault = client.articles(1, Priority::Backfill).await.unwrap_err();
    assert_eq!(fault.kind, FaultKind::Unreadable, "an answer without its list is not one of nothing");
}
