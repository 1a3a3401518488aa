//! What became of contacts, where no notification told: merged into others, deleted, or only not to be read.

#![expect(clippy::expect_used, reason = "a test program")]

#[path = "stand_in/helpdesk.rs"]
mod helpdesk;

use async_trait::async_trait;
use domain::ports::Priority;
use domain::*;
use engine::Workspace;
use helpdesk::{Answers, StandIn, not_found};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Store;

const OLD: &str = "5f0c8a77aa00000000000001";
const NEW: &str = "5f0c8a77aa00000000000002";

/// A helpdesk that knows what it is told, and nothing else.
#[derive(Debug, Default)]
struct Told {
    contacts: Mutex<BTreeMap<String, Contact>>,
    conversations: Mutex<BTreeMap<String, Conversation>>,
}

#[async_trait]
impl Answers for Told {
    async fn conversation(&self, id: &ConversationId, _: Priority) -> Result<Conversation, Fault> {
        let known = self.conversations.lock().expect("nobody panicked");
        known.get(id.as_str()).cloned().map_or_else(not_found, Ok)
    }
    async fn contact(&self, id: &ContactId) -> Result<Contact, Fault> {
        let known = self.contacts.lock().expect("nobody panicked");
        known.get(id.as_str()).cloned().map_or_else(not_found, Ok)
    }
}

fn contact(id: &str, name: &str) -> Contact {
    Contact {
        id: id.into(),
        external_id: None,
        role: "user".to_owned(),
        name: Some(name.to_owned()),
        email: Some(format!("{}@customer.example", name.to_lowercase())),
        phone: None,
        companies: vec![],
        location: None,
        tags: vec![],
        attributes: BTreeMap::new(),
        created_at: None,
        last_seen_at: None,
        updated_at: Some(Timestamp(100)),
    }
}

fn conversation(id: &str, of: &str, at: i64) -> Conversation {
    let author =
        Author { kind: AuthorKind::Contact, id: of.to_owned(), name: Some("Maria".to_owned()), email: None };
    let first = Part {
        id: format!("{id}-1").into(),
        kind: "source".to_owned(),
        author,
        text: Some("The marmalade machine has stopped".to_owned()),
        attachments: vec![],
        assigned_to: None,
        created_at: Timestamp(at),
        redacted: false,
    };
    Conversation {
        id: id.into(),
        subject: None,
        channel: "chat".to_owned(),
        status: ConversationStatus::Open,
        admin_assignee: None,
        team_assignee: None,
        contact_ids: vec![of.into()],
        tags: vec![],
        priority: None,
        created_at: Timestamp(at),
        updated_at: Timestamp(at),
        waiting_since: None,
        snoozed_until: None,
        total_parts: 1,
        parts: vec![first],
    }
}

struct World {
    helpdesk: Arc<StandIn<Told>>,
    workspace: Arc<Workspace>,
    store: Store,
    _folder: tempfile::TempDir,
}

/// A workspace that knows a conversation of the old contact.
async fn world() -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("acme.sqlite")).await.expect("a file");
    let helpdesk = Arc::new(StandIn::<Told>::default());
    let (workspace, _) = helpdesk::workspace(&store, &helpdesk, Arc::default()).await;
    let world = World { helpdesk, workspace, store, _folder: folder };
    world.tell_contact(OLD, Some(contact(OLD, "Maria")));
    world.tell_conversation("100", Some(conversation("100", OLD, 10)));
    world.serve(1, Change::Conversation("100".into())).await;
    assert!(world.store.find_contact(&OLD.into()).await.expect("it answers").is_some());
    world
}

impl World {
    fn tell_contact(&self, id: &str, contact: Option<Contact>) {
        let mut known = self.helpdesk.contacts.lock().expect("nobody panicked");
        match contact {
            Some(contact) => known.insert(id.to_owned(), contact),
            None => known.remove(id),
        };
    }

    fn tell_conversation(&self, id: &str, conversation: Option<Conversation>) {
        let mut known = self.helpdesk.conversations.lock().expect("nobody panicked");
        match conversation {
            Some(conversation) => known.insert(id.to_owned(), conversation),
            None => known.remove(id),
        };
    }

    /// Has a delivery served.
    async fn serve(&self, number: u128, change: Change) -> DeliveryOutcome {
        let id = helpdesk::deliver(&self.workspace, number, change).await;
        let served = async {
            loop {
                let (row, _) = self.store.find_delivery(id).await.expect("it answers").expect("it is there");
                if row.outcome != DeliveryOutcome::Received {
                    return row.outcome;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), served).await.expect("it is served")
    }

    async fn contacts_of(&self, id: &str) -> Option<Vec<ContactId>> {
        let kept = self.store.find_conversation(&id.into()).await.expect("it answers");
        kept.map(|conversation| conversation.contact_ids)
    }
}

#[tokio::test]
async fn a_merge_that_nobody_told_of_is_followed_when_the_old_contact_is_read() {
    let world = world().await;
    world.tell_contact(OLD, Some(contact(NEW, "Mariana")));
    assert_eq!(world.serve(2, Change::Contact(OLD.into())).await, DeliveryOutcome::Applied);
    assert_eq!(world.contacts_of("100").await, Some(vec![NEW.into()]));
    assert_eq!(world.store.find_contact(&OLD.into()).await, Ok(None));
    // The conversation is still told with the old one: handed over as it comes.
    world.tell_conversation("100", Some(conversation("100", OLD, 20)));
    world.serve(3, Change::Conversation("100".into())).await;
    assert_eq!(world.contacts_of("100").await, Some(vec![NEW.into()]));
}

#[tokio::test]
async fn an_old_contact_that_is_only_gone_was_merged_where_its_conversation_names_another() {
    let world = world().await;
    world.tell_contact(OLD, None);
    world.tell_conversation("100", Some(conversation("100", NEW, 20)));
    assert_eq!(world.serve(2, Change::Contact(OLD.into())).await, DeliveryOutcome::Failed);
    assert_eq!(world.contacts_of("100").await, Some(vec![NEW.into()]));
    assert_eq!(world.store.list_erasures(9).await, Ok(vec![]), "nobody was erased");
}

#[tokio::test]
async fn a_contact_that_is_gone_with_its_conversations_is_erased() {
    let world = world().await;
    world.tell_contact(OLD, None);
    world.tell_conversation("100", None);
    world.serve(2, Change::Contact(OLD.into())).await;
    assert_eq!(world.contacts_of("100").await, None);
    assert_eq!(world.store.is_erased_person(&OLD.into()).await, Ok(true));
    assert_eq!(world.store.list_erasures(9).await.map(|all| all.len()), Ok(1));
}

#[tokio::test]
async fn a_contact_that_is_gone_while_the_helpdesk_has_its_conversation_loses_its_record_alone() {
    let world = world().await;
    world.tell_contact(OLD, None);
    world.serve(2, Change::Contact(OLD.into())).await;
    assert_eq!(world.store.find_contact(&OLD.into()).await, Ok(None));
    let kept = world.store.find_conversation(&"100".into()).await.expect("it answers").expect("it is there");
    assert_eq!((kept.parts[0].text.is_some(), &kept.parts[0].author.name), (true, &None));
    assert_eq!(world.store.list_erasures(9).await, Ok(vec![]));
}

#[tokio::test]
async fn whoever_becomes_an_erased_person_is_erased_too() {
    let world = world().await;
    world.serve(2, Change::ContactDeleted(NEW.into())).await;
    let merged = Change::ContactMerged { from: OLD.into(), into: NEW.into() };
    assert_eq!(world.serve(3, merged).await, DeliveryOutcome::Applied);
    assert_eq!(world.contacts_of("100").await, None);
    assert_eq!(world.store.is_erased_person(&OLD.into()).await, Ok(true));
}
