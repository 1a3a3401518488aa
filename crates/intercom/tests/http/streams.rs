//! Streams: that they give everything once, and that each ends by itself.

use crate::server::{Server, answer};
use domain::FaultKind;
use futures::TryStreamExt;
use intercom::api::companies::Company;
use intercom::api::conversations::Conversation;
use intercom::api::query::{ConversationField, ConversationSearch, Pagination, Query, SearchField};
use serde_json::{Value, json};

fn conversations(ids: &[u32], next: &Value) -> axum::http::Response<axum::body::Body> {
    let items: Vec<Value> =
        ids.iter().map(|id| json!({"type": "conversation", "id": id.to_string()})).collect();
    answer(
        200,
        json!({"type": "conversation.list", "conversations": items, "pages": {"type": "pages", "next": next}}),
    )
}

fn companies(ids: &[u32], beside: Value) -> axum::http::Response<axum::body::Body> {
    let items: Vec<Value> = ids.iter().map(|id| json!({"type": "company", "id": id.to_string()})).collect();
    let Value::Object(mut page) = beside else { unreachable!() };
    page.insert("data".to_owned(), items.into());
    answer(200, Value::Object(page))
}

fn conversation_ids(found: &[Conversation]) -> Vec<&str> {
    found.iter().filter_map(|conversation| conversation.id.id()).collect()
}

fn company_ids(found: &[Company]) -> Vec<&str> {
    found.iter().filter_map(|company| company.id.id()).collect()
}

#[tokio::test]
async fn a_search_goes_from_cursor_to_cursor_and_ends() {
    let (server, client) =
        Server::answering(conversations(&[1, 2], &json!({"page": 2, "starting_after": "WzE="}))).await;
    server.then(conversations(&[3], &Value::Null));
    let search = ConversationSearch::new(Query::all([ConversationField::UpdatedAt.above(5)]))
        .pagination(Pagination::new().per_page(2));
    let found: Vec<Conversation> =
        client.api().conversations().search_all(search).try_collect().await.unwrap();
    assert_eq!(conversation_ids(&found), ["1", "2", "3"]);
    let asked: Vec<Value> =
        server.asked().into_iter().map(|asked| asked.body["pagination"].clone()).collect();
    assert_eq!(asked, [json!({"per_page": 2}), json!({"per_page": 2, "starting_after": "WzE="})]);
}

#[tokio::test]
async fn a_cursor_that_comes_again_ends_the_stream() {
    let (server, client) = Server::answering(conversations(&[1], &json!({"starting_after": "a"}))).await;
    server.then(conversations(&[2], &json!({"starting_after": "b"})));
    server.then(conversations(&[3], &json!({"starting_after": "a"})));
    let found: Vec<Conversation> = client.api().conversations().list_all().try_collect().await.unwrap();
    assert_eq!(conversation_ids(&found), ["1", "2", "3"]);
    assert_eq!(server.asked()[1].line, "GET /conversations?per_page=150&starting_after=a");
    assert_eq!(server.asked().len(), 3);
}

#[tokio::test]
async fn numbered_pages_end_where_intercom_says_so() {
    let next = "https://api.intercom.io/companies/list?page=2";
    let page =
        |page: u32, next: Option<&str>| json!({"pages": {"page": page, "total_pages": 2, "next": next}});
    let (server, client) = Server::answering(companies(&[1], page(1, Some(next)))).await;
    server.then(companies(&[2], page(2, None)));
    let found: Vec<Company> = client.api().companies().list_all().try_collect().await.unwrap();
    assert_eq!(company_ids(&found), ["1", "2"]);
    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(lines, ["POST /companies/list?page=1&per_page=50", "POST /companies/list?page=2&per_page=50"]);
}

#[tokio::test]
async fn numbered_pages_end_where_the_same_page_comes_again_or_an_empty_one() {
    for last in [
        companies(&[1], json!({"pages": {"page": 1, "next": "https://x.example"}})),
        companies(&[], json!({"pages": {"page": 2, "next": "https://x.example"}})),
    ] {
        let first = companies(&[1], json!({"pages": {"page": 1, "next": "https://x.example"}}));
        let (server, client) = Server::answering(first).await;
        server.then(last);
        let found: Vec<Company> = client.api().companies().list_all().try_collect().await.unwrap();
        assert_eq!((company_ids(&found), server.asked().len()), (vec!["1"], 2));
    }
}

#[tokio::test]
async fn a_scroll_ends_at_an_empty_page() {
    let (server, client) = Server::answering(companies(&[1, 2], json!({"scroll_param": "s"}))).await;
    server.then(companies(&[3], json!({"scroll_param": "s"})));
    server.then(companies(&[], json!({"scroll_param": "s"})));
    let found: Vec<Company> = client.api().companies().scroll_all().try_collect().await.unwrap();
    assert_eq!(company_ids(&found), ["1", "2", "3"]);
    let lines: Vec<String> = server.asked().into_iter().map(|asked| asked.line).collect();
    assert_eq!(
        lines,
        [
            "GET /companies/scroll",
            "GET /companies/scroll?scroll_param=s",
            "GET /companies/scroll?scroll_param=s"
        ]
    );
}

#[tokio::test]
async fn a_scroll_that_stands_still_ends() {
    let (server, client) = Server::answering(companies(&[1], json!({"scroll_param": "s"}))).await;
    server.then(companies(&[1], json!({"scroll_param": "s"})));
    let found: Vec<Company> = client.api().companies().scroll_all().try_collect().await.unwrap();
    assert_eq!((company_ids(&found), server.asked().len()), (vec!["1"], 2));
}

#[tokio::test]
async fn a_fault_is_the_last_thing_a_stream_gives() {
    let (server, client) = Server::answering(conversations(&[1], &json!({"starting_after": "a"}))).await;
    server.then(answer(503, ""));
    let mut stream = client.api().conversations().list_all();
    assert_eq!(stream.try_next().await.unwrap().unwrap().id.id(), Some("1"));
    assert_eq!(server.asked().len(), 1, "nothing is asked for before somebody waits for it");
    assert_eq!(stream.try_next().await.unwrap_err().kind, FaultKind::Unavailable);
    assert!(stream.try_next().await.unwrap().is_none());
}
