//! How SQLite answers the queries that run all the time: a change of plan is a change to look at.

use super::sample::open;
use crate::deliveries::list::Look;
use crate::{ConversationFilter, DeliveryFilter, Store, SuggestionFilter, SuggestionScope};
use crate::{actions, activity, conversations, deliveries, policies, suggestions};
use domain::{ConversationStatus, DeliveryId, DeliveryOutcome, Timestamp};
use sqlx::{AssertSqlSafe, Row};

async fn plan(store: &Store, sql: &str) -> String {
    let rows = sqlx::query(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}")))
        .fetch_all(&store.database.readers)
        .await
        .unwrap();
    let lines: Vec<String> = rows.iter().map(|row| row.get::<String, _>("detail")).collect();
    lines.join("\n")
}

#[tokio::test]
async fn due_deliveries_are_found_in_the_index_in_order() {
    let it = open().await;
    insta::assert_snapshot!(plan(&it.store, deliveries::rows::LIST_DUE).await, @"SEARCH deliveries USING INDEX deliveries_outcome (outcome=?)");
    insta::assert_snapshot!(plan(&it.store, deliveries::rows::NEXT_DUE).await, @"SEARCH deliveries USING COVERING INDEX deliveries_outcome (outcome=?)");
    insta::assert_snapshot!(plan(&it.store, deliveries::rows::COUNT).await, @"SCAN deliveries USING COVERING INDEX deliveries_outcome");
}

#[tokio::test]
async fn lists_of_deliveries_are_read_in_order() {
    let it = open().await;
    let list = |filter: &DeliveryFilter, topics: &[&str]| {
        let topics: Vec<String> = topics.iter().map(|&topic| topic.to_owned()).collect();
        deliveries::list::list(filter, &topics, Look::Rows).into_string()
    };
    let filter = DeliveryFilter {
        outcome: Some(DeliveryOutcome::Failed),
        before: Some(DeliveryId(super::sample::uuid(1))),
        limit: 50,
        ..DeliveryFilter::default()
    };
    insta::assert_snapshot!(plan(&it.store, &list(&filter, &[])).await, @r"
    SEARCH deliveries USING INDEX deliveries_outcome (outcome=? AND id<?)
    SEARCH trace USING PRIMARY KEY (delivery_id=?) LEFT-JOIN
    ");
    let all = DeliveryFilter { limit: 50, ..DeliveryFilter::default() };
    insta::assert_snapshot!(plan(&it.store, &list(&all, &[])).await, @r"
    SCAN deliveries USING INDEX sqlite_autoindex_deliveries_1
    SEARCH trace USING PRIMARY KEY (delivery_id=?) LEFT-JOIN
    ");
    let since = DeliveryFilter { from: Some(Timestamp(1)), until: Some(Timestamp(2)), ..all.clone() };
    insta::assert_snapshot!(plan(&it.store, &list(&since, &[])).await, @r"
    SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id>? AND id<?)
    SEARCH trace USING PRIMARY KEY (delivery_id=?) LEFT-JOIN
    ");
    insta::assert_snapshot!(plan(&it.store, &list(&all, &["a", "b"])).await, @r"
    SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id=?)
    LIST SUBQUERY 4
    COMPOUND QUERY
    LEFT-MOST SUBQUERY
    CO-ROUTINE (subquery-1)
    SEARCH deliveries USING COVERING INDEX deliveries_topic (topic=?)
    SCAN (subquery-1)
    CREATE BLOOM FILTER
    UNION ALL
    CO-ROUTINE (subquery-3)
    SEARCH deliveries USING COVERING INDEX deliveries_topic (topic=?)
    SCAN (subquery-3)
    CREATE BLOOM FILTER
    SEARCH trace USING PRIMARY KEY (delivery_id=?) LEFT-JOIN
    ");
    let text = DeliveryFilter { text: Some("12".to_owned()), ..all };
    let look = |look| deliveries::list::list(&text, &[], look).into_string();
    insta::assert_snapshot!(plan(&it.store, &look(Look::Newest)).await, @r"
    SEARCH deliveries USING INDEX sqlite_autoindex_deliveries_1 (id=?)
    LIST SUBQUERY 1
    SCAN deliveries USING COVERING INDEX sqlite_autoindex_deliveries_1
    CREATE BLOOM FILTER
    SEARCH trace USING PRIMARY KEY (delivery_id=?) LEFT-JOIN
    ");
    insta::assert_snapshot!(plan(&it.store, &look(Look::Indexes)).await, @r"
    SEARCH deliveries USING INTEGER PRIMARY KEY (rowid=?)
    LIST SUBQUERY 2
    COMPOUND QUERY
    LEFT-MOST SUBQUERY
    SEARCH deliveries USING COVERING INDEX deliveries_notification (notification_id>?)
    UNION USING TEMP B-TREE
    SEARCH deliveries USING COVERING INDEX deliveries_conversation (conversation_id>?)
    CREATE BLOOM FILTER
    SEARCH trace USING PRIMARY KEY (delivery_id=?) LEFT-JOIN
    USE TEMP B-TREE FOR ORDER BY
    ");
    insta::assert_snapshot!(plan(&it.store, deliveries::list::LIST_TOPICS).await, @r"
    CO-ROUTINE topics
    SETUP
    SEARCH deliveries USING COVERING INDEX deliveries_topic
    RECURSIVE STEP
    SCAN topics
    CORRELATED SCALAR SUBQUERY 2
    SEARCH deliveries USING COVERING INDEX deliveries_topic (topic>?)
    SCAN topics
    ");
    insta::assert_snapshot!(plan(&it.store, deliveries::retention::LIST_OLD).await, @"SEARCH deliveries USING COVERING INDEX deliveries_outcome (outcome=? AND id<?)");
}

#[tokio::test]
async fn due_actions_and_the_heads_of_conversations_are_found_in_indexes() {
    let it = open().await;
    insta::assert_snapshot!(plan(&it.store, actions::LIST_DUE).await, @r"
    SEARCH head USING INDEX actions_due (due_at<?)
    CORRELATED SCALAR SUBQUERY 1
    SEARCH earlier USING INDEX actions_queue (conversation_id=? AND (created_at,decision_id)<(?,?))
    USE TEMP B-TREE FOR LAST 3 TERMS OF ORDER BY
    ");
    insta::assert_snapshot!(plan(&it.store, actions::NEXT_DUE).await, @r"
    SEARCH head USING INDEX actions_due (due_at>?)
    CORRELATED SCALAR SUBQUERY 1
    SEARCH earlier USING INDEX actions_queue (conversation_id=? AND (created_at,decision_id)<(?,?))
    ");
    insta::assert_snapshot!(plan(&it.store, actions::COUNT).await, @"SCAN actions USING COVERING INDEX actions_state");
}

#[tokio::test]
async fn what_policies_look_for_is_found_in_indexes() {
    let it = open().await;
    insta::assert_snapshot!(plan(&it.store, policies::LIST_HELD).await, @r"
    SEARCH first USING INDEX actions_state (state=?)
    CORRELATED SCALAR SUBQUERY 1
    SEARCH other USING INDEX sqlite_autoindex_actions_2 (decision_id=?)
    SEARCH decisions USING INDEX sqlite_autoindex_decisions_1 (id=?)
    USE TEMP B-TREE FOR ORDER BY
    ");
    insta::assert_snapshot!(plan(&it.store, policies::LIST_UNJUDGED).await, @r"
    SEARCH suggestions USING COVERING INDEX suggestions_queue (state=?)
    CORRELATED SCALAR SUBQUERY 1
    SEARCH judgements USING PRIMARY KEY (suggestion_id=?)
    ");
}

#[tokio::test]
async fn the_queue_of_suggestions_is_read_in_order() {
    let it = open().await;
    let list = |state| {
        let filter = SuggestionFilter { state, limit: 50, ..SuggestionFilter::default() };
        suggestions::list::list(&filter).into_string()
    };
    insta::assert_snapshot!(plan(&it.store, &list(SuggestionScope::Pending)).await, @r"
    SEARCH suggestions USING INDEX suggestions_queue (state=?)
    SEARCH conversations USING INDEX sqlite_autoindex_conversations_1 (id=?) LEFT-JOIN
    SEARCH first USING PRIMARY KEY (conversation_id=? AND position=?) LEFT-JOIN
    SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?) LEFT-JOIN
    SEARCH parts USING INDEX sqlite_autoindex_parts_1 (conversation_id=? AND id=?) LEFT-JOIN
    ");
    insta::assert_snapshot!(plan(&it.store, &list(SuggestionScope::All)).await, @r"
    SCAN suggestions USING INDEX suggestions_decided
    SEARCH conversations USING INDEX sqlite_autoindex_conversations_1 (id=?) LEFT-JOIN
    SEARCH first USING PRIMARY KEY (conversation_id=? AND position=?) LEFT-JOIN
    SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?) LEFT-JOIN
    SEARCH parts USING INDEX sqlite_autoindex_parts_1 (conversation_id=? AND id=?) LEFT-JOIN
    ");
    insta::assert_snapshot!(plan(&it.store, suggestions::list::COUNT).await, @"SCAN suggestions USING COVERING INDEX suggestions_bucket");
}

#[tokio::test]
async fn lists_of_conversations_are_read_in_order_and_sorted_only_when_searched() {
    let it = open().await;
    let list = |filter| conversations::list::list(&filter).into_string();
    let all = ConversationFilter { limit: 50, ..ConversationFilter::default() };
    insta::assert_snapshot!(plan(&it.store, &list(all.clone())).await, @r"
    SCAN conversations USING INDEX conversations_updated
    SEARCH first USING PRIMARY KEY (conversation_id=? AND position=?) LEFT-JOIN
    SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?) LEFT-JOIN
    CORRELATED SCALAR SUBQUERY 1
    SEARCH suggestions USING INDEX suggestions_open (conversation_id=?)
    CORRELATED SCALAR SUBQUERY 2
    SEARCH suggestions USING INDEX suggestions_conversation (conversation_id=?)
    ");
    let open = ConversationFilter {
        status: Some(ConversationStatus::Open),
        before: Some((Timestamp(1), "1".into())),
        ..all.clone()
    };
    insta::assert_snapshot!(plan(&it.store, &list(open)).await, @r"
    SEARCH conversations USING INDEX conversations_status (status=? AND (updated_at,id)<(?,?))
    SEARCH first USING PRIMARY KEY (conversation_id=? AND position=?) LEFT-JOIN
    SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?) LEFT-JOIN
    CORRELATED SCALAR SUBQUERY 1
    SEARCH suggestions USING INDEX suggestions_open (conversation_id=?)
    CORRELATED SCALAR SUBQUERY 2
    SEARCH suggestions USING INDEX suggestions_conversation (conversation_id=?)
    ");
    let search = ConversationFilter { search: Some("refund".to_owned()), ..all.clone() };
    insta::assert_snapshot!(plan(&it.store, &list(search)).await, @r"
    SEARCH conversations USING INTEGER PRIMARY KEY (rowid=?)
    LIST SUBQUERY 3
    SCAN conversation_text VIRTUAL TABLE INDEX 0:M3
    CREATE BLOOM FILTER
    SEARCH first USING PRIMARY KEY (conversation_id=? AND position=?) LEFT-JOIN
    SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?) LEFT-JOIN
    CORRELATED SCALAR SUBQUERY 1
    SEARCH suggestions USING INDEX suggestions_open (conversation_id=?)
    CORRELATED SCALAR SUBQUERY 2
    SEARCH suggestions USING INDEX suggestions_conversation (conversation_id=?)
    USE TEMP B-TREE FOR ORDER BY
    ");
    let of_contact = ConversationFilter { contact_id: Some("1".into()), ..all };
    insta::assert_snapshot!(plan(&it.store, &list(of_contact)).await, @r"
    SEARCH conversations USING INDEX sqlite_autoindex_conversations_1 (id=?)
    LIST SUBQUERY 3
    SEARCH conversation_contacts USING COVERING INDEX conversation_contacts_contact (contact_id=?)
    CREATE BLOOM FILTER
    SEARCH first USING PRIMARY KEY (conversation_id=? AND position=?) LEFT-JOIN
    SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?) LEFT-JOIN
    CORRELATED SCALAR SUBQUERY 1
    SEARCH suggestions USING INDEX suggestions_open (conversation_id=?)
    CORRELATED SCALAR SUBQUERY 2
    SEARCH suggestions USING INDEX suggestions_conversation (conversation_id=?)
    USE TEMP B-TREE FOR ORDER BY
    ");
}

#[tokio::test]
async fn the_log_is_read_from_its_end() {
    let it = open().await;
    insta::assert_snapshot!(plan(&it.store, activity::LIST).await, @r"
    SEARCH activity USING INTEGER PRIMARY KEY (rowid<?)
    SEARCH conversations USING INDEX sqlite_autoindex_conversations_1 (id=?) LEFT-JOIN
    SEARCH first USING PRIMARY KEY (conversation_id=? AND position=?) LEFT-JOIN
    SEARCH contacts USING INDEX sqlite_autoindex_contacts_1 (id=?) LEFT-JOIN
    ");
}

#[tokio::test]
async fn suggestions_that_nobody_was_asked_about_are_found_along_the_queue() {
    let it = open().await;
    insta::assert_snapshot!(plan(&it.store, crate::opinions::LIST_UNASKED).await, @r"
    SEARCH suggestions USING INDEX suggestions_queue (state=?)
    CORRELATED SCALAR SUBQUERY 1
    SEARCH opinions USING PRIMARY KEY (suggestion_id=?)
    ");
}
