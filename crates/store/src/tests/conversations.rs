//! Conversations: kept as fetched, found, listed, searched.

use super::sample::{self, attachment, conversation, open, part};
use crate::{ContactBrief, ConversationFilter, Store};
use domain::*;

async fn keep(store: &Store, conversation: &Conversation) {
    store.upsert_conversation(conversation, Timestamp(1)).await.unwrap();
}

fn filter() -> ConversationFilter {
    ConversationFilter { limit: 50, ..ConversationFilter::default() }
}

async fn found(store: &Store, search: &str) -> Vec<String> {
    let filter = ConversationFilter { search: Some(search.to_owned()), ..filter() };
    store.list_conversations(&filter).await.unwrap().into_iter().map(|row| row.id.0).collect()
}

#[tokio::test]
async fn a_conversation_is_read_back_as_it_was_fetched() {
    let it = open().await;
    let mut whole = conversation("1", &[("a", 10), ("b", 20)]);
    whole.parts[0].kind = "source".to_owned();
    whole.parts[0].attachments = vec![attachment("bill.pdf")];
    whole.parts[1].author =
        Author { kind: AuthorKind::Admin, id: "9".to_owned(), name: None, email: Some(String::new()) };
    whole.parts[1].text = Some("nul \u{0}, <script>, עברית, 🙂".to_owned());
    whole.parts[1].assigned_to = Some("Billing".to_owned());
    whole.status = ConversationStatus::Snoozed;
    whole.admin_assignee = Some("9".into());
    whole.team_assignee = Some("7".into());
    whole.contact_ids = vec!["c1".into(), "c2".into()];
    whole.priority = Some("high".to_owned());
    whole.waiting_since = Some(Timestamp(15));
    whole.snoozed_until = Some(Timestamp(99));
    keep(&it.store, &whole).await;
    assert_eq!(it.store.find_conversation(&"1".into()).await, Ok(Some(whole.clone())));
    keep(&it.store, &whole).await;
    assert_eq!(it.store.find_conversation(&"1".into()).await, Ok(Some(whole)), "twice is once");
    let times = it.store.find_conversation_times(&"1".into()).await.unwrap();
    assert_eq!(times.map(|(updated_at, _)| updated_at), Some(Timestamp(20)));
    assert_eq!(it.store.find_conversation(&"2".into()).await, Ok(None));
    assert_eq!(it.store.find_conversation_times(&"2".into()).await, Ok(None));
}

#[tokio::test]
async fn an_older_copy_does_not_overwrite_a_newer_one() {
    let it = open().await;
    let mut newer = conversation("1", &[("a", 10), ("c", 30)]);
    newer.status = ConversationStatus::Closed;
    keep(&it.store, &newer).await;
    keep(&it.store, &conversation("1", &[("a", 10), ("b", 20)])).await;
    let kept = it.store.find_conversation(&"1".into()).await.unwrap().unwrap();
    assert_eq!(kept.status, ConversationStatus::Closed);
    assert_eq!(kept.updated_at, Timestamp(30));
    let ids: Vec<&str> = kept.parts.iter().map(|part| part.id.as_str()).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(found(&it.store, "\"text of b\"").await, ["1"], "a part added late can be found");
}

#[tokio::test]
async fn parts_beyond_what_the_vendor_lists_are_kept() {
    let it = open().await;
    let all: Vec<(String, i64)> = (0..720).map(|n| (format!("p{n:04}"), n / 3)).collect();
    let listing = |range: std::ops::Range<usize>| {
        let mut parts = vec![(all[0].0.as_str(), all[0].1)];
        parts.extend(all[range].iter().map(|(id, at)| (id.as_str(), *at)));
        let mut listing = conversation("1", &parts);
        listing.total_parts = 720;
        listing.parts[0].kind = "source".to_owned();
        listing
    };
    keep(&it.store, &listing(1..501)).await;
    keep(&it.store, &listing(220..720)).await;
    let kept = it.store.find_conversation(&"1".into()).await.unwrap().unwrap();
    let ids: Vec<&str> = kept.parts.iter().map(|part| part.id.as_str()).collect();
    let expected: Vec<&str> = all.iter().map(|(id, _)| id.as_str()).collect();
    assert_eq!(ids, expected, "in the vendor's order, three parts to a second");
    assert_eq!(found(&it.store, "p0100").await, ["1"], "parts no longer listed can be found");
}

#[tokio::test]
async fn lists_tell_the_newest_message_the_contact_and_the_suggestion() {
    let it = open().await;
    let mut first = conversation("1", &[("a", 10), ("b", 20)]);
    first.parts[1].author.kind = AuthorKind::Admin;
    first.parts[1].text = Some("All\n\ngood?".to_owned());
    first.parts.push(Part { kind: "note".to_owned(), ..part("n", 25) });
    first.updated_at = Timestamp(25);
    first.admin_assignee = Some("9".into());
    keep(&it.store, &first).await;
    let suggestion = sample::pending(&it.store, 30, "2").await;
    let rows = it.store.list_conversations(&filter()).await.unwrap();
    let [second, row] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((row.preview.as_str(), row.preview_from), ("All good?", AuthorKind::Admin));
    assert_eq!((row.last_message_at, row.updated_at), (Some(Timestamp(20)), Timestamp(25)));
    assert_eq!(row.admin_assignee, Some("9".into()));
    assert_eq!((row.open_suggestion, &row.bucket_id), (None, &None));
    let contact = ContactBrief {
        id: "c1".into(),
        name: Some("Maria Silva".to_owned()),
        email: Some("maria@customer.example".to_owned()),
    };
    assert_eq!(row.contact, Some(contact), "as the parts name her, until she was fetched");
    assert_eq!(second.open_suggestion, Some(suggestion.id));
    assert_eq!(second.bucket_id, Some("billing".into()));
}

#[tokio::test]
async fn lists_are_newest_first_filtered_and_paged() {
    let it = open().await;
    for (id, at) in [("1", 10), ("2", 20), ("3", 20), ("4", 40)] {
        let mut one = conversation(id, &[("a", at)]);
        if id == "2" {
            one.status = ConversationStatus::Closed;
            one.contact_ids = vec!["c2".into(), "c1".into()];
        }
        keep(&it.store, &one).await;
    }
    let ids = async |filter: ConversationFilter| -> Vec<String> {
        let rows = it.store.list_conversations(&filter).await.unwrap();
        rows.into_iter().map(|row| row.id.0).collect()
    };
    assert_eq!(ids(filter()).await, ["4", "3", "2", "1"]);
    let page = ConversationFilter { limit: 2, ..filter() };
    assert_eq!(ids(page.clone()).await, ["4", "3"]);
    let next = ConversationFilter { before: Some((Timestamp(20), "3".into())), ..page };
    assert_eq!(ids(next).await, ["2", "1"]);
    let open = ConversationFilter { status: Some(ConversationStatus::Open), ..filter() };
    assert_eq!(ids(open).await, ["4", "3", "1"]);
    let of_contact = ConversationFilter { contact_id: Some("c2".into()), ..filter() };
    assert_eq!(ids(of_contact).await, ["2"]);
    assert_eq!(it.store.count_conversations().await, Ok((4, 3)));
}

#[tokio::test]
async fn words_are_found_wherever_they_stand_and_by_their_beginnings() {
    let it = open().await;
    let mut one = conversation("1", &[("a", 10), ("b", 20)]);
    one.subject = Some("Doppelte Abbuchung für März".to_owned());
    one.parts[0].text = Some("You charged me twice, order 4411-B!".to_owned());
    one.parts[1].text = Some("It's 返金してください 🙂".to_owned());
    keep(&it.store, &one).await;
    keep(&it.store, &conversation("2", &[("z", 30)])).await;
    for search in [
        "charg",
        "twice CHARGED",
        "abbuch fur",
        "4411-b",
        "it's",
        "\u{201c}twice\u{201d}",
        "maria charged abbuchung",
        "maria@customer.example 4411",
        "返金",
        "🙂",
        "twice 🙂",
    ] {
        assert_eq!(found(&it.store, search).await, ["1"], "{search}");
    }
    assert_eq!(found(&it.store, "maria").await, ["2", "1"]);
    assert_eq!(found(&it.store, "charged nothing").await, [""; 0]);
    assert_eq!(found(&it.store, "   ").await, ["2", "1"], "nothing typed finds all");
}

#[tokio::test]
async fn hostile_searches_are_only_text() {
    let it = open().await;
    keep(&it.store, &conversation("1", &[("a", 10)])).await;
    for search in [
        "\"",
        "\"\"\"",
        "'; DROP TABLE parts; --",
        "a OR",
        "NEAR(",
        "subject:",
        "^text",
        "text*",
        "(text",
        "-text",
        "+",
        "{subject body}: text",
        "text AND NOT",
        "\u{0}\u{1}",
        "%",
        "_",
        "\\",
        "🙂🙂",
        "\u{202e}txet",
        "ﷺ",
        "Ⓐ",
        "* * *",
        "col:\"x\" AND \"",
        "\u{feff}",
        "´`",
    ] {
        let _ = found(&it.store, search).await;
    }
    let long = "x ".repeat(100_000) + &"y".repeat(1_000_000);
    let _ = found(&it.store, &long).await;
    assert_eq!(found(&it.store, "text* OF").await, ["1"]);
    assert_eq!(it.store.count_conversations().await, Ok((1, 1)));
}

#[tokio::test]
async fn a_renamed_contact_is_found_by_the_new_name() {
    let it = open().await;
    keep(&it.store, &conversation("1", &[("a", 10)])).await;
    let contact = super::small::contact("c1", "Mária Nagy");
    it.store.upsert_contact(&contact, Timestamp(1)).await.unwrap();
    assert_eq!(found(&it.store, "nagy text").await, ["1"]);
    assert_eq!(found(&it.store, "silva").await, [""; 0]);
    let rows = it.store.list_conversations(&filter()).await.unwrap();
    assert_eq!(rows[0].contact.as_ref().unwrap().name.as_deref(), Some("Mária Nagy"));
}

#[tokio::test]
async fn a_conversation_of_nothing_is_kept_too() {
    let it = open().await;
    let mut empty = conversation("1", &[]);
    empty.subject = None;
    empty.contact_ids.clear();
    keep(&it.store, &empty).await;
    assert_eq!(it.store.find_conversation(&"1".into()).await, Ok(Some(empty)));
    let rows = it.store.list_conversations(&filter()).await.unwrap();
    assert_eq!((rows[0].preview.as_str(), &rows[0].contact, rows[0].last_message_at), ("", &None, None));
}
