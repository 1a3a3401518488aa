//! The typed calls against the simulator.

use super::Simulated;
use futures::TryStreamExt;
use intercom::api::Strays;
use intercom::api::contacts::Contact;
use intercom::api::conversations::{Conversation, Manage, Reply, State};
use intercom::api::field::{Field, Id};
use intercom::api::query::{ConversationField, ConversationSearch, Pagination, Query, SearchField};
use std::collections::BTreeSet;

fn ids<'a>(found: impl IntoIterator<Item = &'a Field<Id>>) -> BTreeSet<String> {
    found.into_iter().map(|id| id.id().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn streams_give_everything_once_and_end() {
    let simulated = Simulated::quiet().await;
    for number in 0..8 {
        simulated.message(&format!("Where is order {number}?")).await;
    }
    let api = simulated.client.api();

    let listed: Vec<Conversation> = api.conversations().list_all().try_collect().await.unwrap();
    let search = ConversationSearch::new(Query::all([ConversationField::CreatedAt.above(1)]))
        .pagination(Pagination::new().per_page(3));
    let found: Vec<Conversation> = api.conversations().search_all(search).try_collect().await.unwrap();
    let all = ids(listed.iter().map(|conversation| &conversation.id));
    assert!(all.len() > 6, "more than two pages of three: {}", all.len());
    assert_eq!((listed.len(), found.len()), (all.len(), all.len()), "each once");
    assert_eq!(ids(found.iter().map(|conversation| &conversation.id)), all);

    let first = api.contacts().list(None).await.unwrap();
    let contacts: Vec<Contact> = api.contacts().list_all().try_collect().await.unwrap();
    assert_eq!(Some(contacts.len() as u64), first.total_count());
    assert_eq!(ids(contacts.iter().map(|contact| &contact.id)).len(), contacts.len());
}

#[tokio::test]
async fn what_is_written_is_read_back() {
    let simulated = Simulated::quiet().await;
    let id = simulated.message("Where is my order?").await;
    let id = id.as_str();
    let api = simulated.client.api();
    let me = api.admins().me().await.unwrap();
    let admin = me.id.id().unwrap();
    let noted = api.conversations().reply(id, &Reply::note(admin, "<p>for us</p>").into()).await.unwrap();
    let newest = noted.conversation_parts.get().unwrap().items.last().unwrap();
    assert_eq!((newest.part_type.text(), newest.author.get().unwrap().id.id()), (Some("note"), Some(admin)));
    let closed = api.conversations().manage(id, &Manage::close(admin)).await.unwrap();
    assert_eq!(closed.state, Field::Is(State::Closed));

    let mut strays = Vec::new();
    api.conversations().get(id).await.unwrap().strays("", &mut strays);
    assert!(strays.is_empty(), "the simulator goes beyond the description: {strays:?}");
}
