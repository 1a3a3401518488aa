//! A helpdesk in memory, with a clock of its own in whole seconds.

use async_trait::async_trait;
use domain::ports::{Budget, ConversationPage, Helpdesk, NotPerformed, Priority};
use domain::{
    ActionKind, Admin, AdminId, Author, AuthorKind, Contact, ContactId, Conversation, ConversationId,
    ConversationStatus, Fault, FaultKind, Identity, Part, Team, Timestamp,
};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, MutexGuard};
use std::time::Instant;

/// Conversations to a page.
const PAGE: usize = 3;

#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) now: i64,
    pub(crate) conversations: BTreeMap<String, Conversation>,
    pub(crate) deleted: Vec<(ConversationId, Timestamp)>,
    /// Every call fails with this.
    pub(crate) down: Option<FaultKind>,
    /// These conversations cannot be read.
    pub(crate) broken: BTreeMap<String, FaultKind>,
    /// Fetched conversations, in order, with what they were fetched for.
    pub(crate) fetched: Vec<(String, Priority)>,
    pub(crate) contacts: Vec<(String, Priority)>,
    pub(crate) searches: usize,
    /// So many conversations may be fetched before the connection breaks.
    pub(crate) fetches_left: Option<usize>,
}

#[derive(Debug, Default)]
pub(crate) struct Desk(Mutex<World>);

impl Desk {
    pub(crate) fn at(seconds: i64) -> Self {
        Self(Mutex::new(World { now: seconds, ..World::default() }))
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.0.lock().expect("the world is whole")
    }

    /// A customer writes; the time there is `seconds`.
    pub(crate) fn message(&self, id: &str, seconds: i64, text: &str) {
        let mut world = self.world();
        world.now = world.now.max(seconds);
        let at = Timestamp::from_seconds(seconds);
        let conversation = world.conversations.entry(id.to_owned()).or_insert_with(|| Conversation {
            id: id.into(),
            subject: None,
            channel: "chat".to_owned(),
            status: ConversationStatus::Open,
            admin_assignee: None,
            team_assignee: None,
            contact_ids: vec![ContactId(format!("c{id}"))],
            tags: vec![],
            priority: None,
            created_at: at,
            updated_at: at,
            waiting_since: None,
            snoozed_until: None,
            parts: vec![],
            total_parts: 0,
        });
        let number = conversation.parts.len();
        conversation.parts.push(Part {
            id: format!("{id}-{number}").as_str().into(),
            kind: if number == 0 { "source" } else { "comment" }.to_owned(),
            author: Author {
                kind: AuthorKind::Contact,
                id: format!("c{id}"),
                name: Some("Maria".to_owned()),
                email: None,
            },
            text: Some(text.to_owned()),
            attachments: vec![],
            assigned_to: None,
            created_at: at,
            redacted: false,
        });
        conversation.total_parts += 1;
        conversation.updated_at = at;
    }

    pub(crate) fn close(&self, id: &str) {
        let mut world = self.world();
        if let Some(conversation) = world.conversations.get_mut(id) {
            conversation.status = ConversationStatus::Closed;
        }
    }

    pub(crate) fn delete(&self, id: &str, seconds: i64) {
        let mut world = self.world();
        world.conversations.remove(id);
        world.deleted.insert(0, (id.into(), Timestamp::from_seconds(seconds)));
    }

    pub(crate) fn take_fetched(&self) -> BTreeSet<String> {
        self.world().fetched.drain(..).map(|(id, _)| id).collect()
    }

    fn answering(&self) -> Result<MutexGuard<'_, World>, Fault> {
        let world = self.world();
        match world.down {
            Some(kind) => Err(Fault::new(kind, "down")),
            None => Ok(world),
        }
    }

    fn page(found: &[(ConversationId, Timestamp)], after: Option<&str>) -> ConversationPage {
        let start: usize = after.map_or(0, |after| after.parse().expect("a number"));
        let total = found.len();
        let end = (start + PAGE).min(total);
        ConversationPage {
            items: found.get(start..end).unwrap_or_default().to_vec(),
            next: (end < total).then(|| end.to_string()),
            total: u32::try_from(total).ok(),
        }
    }
}

#[async_trait]
impl Helpdesk for Desk {
    async fn identity(&self) -> Result<Identity, Fault> {
        Err(Fault::new(FaultKind::Rejected, "not asked here"))
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        self.answering().map(|_| vec![])
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        self.answering().map(|_| vec![])
    }
    async fn conversation(&self, id: &ConversationId, priority: Priority) -> Result<Conversation, Fault> {
        let mut world = self.answering()?;
        if let Some(left) = &mut world.fetches_left {
            if *left == 0 {
                return Err(Fault::new(FaultKind::Unreachable, "the connection is gone"));
            }
            *left -= 1;
        }
        world.fetched.push((id.0.clone(), priority));
        if let Some(kind) = world.broken.get(&id.0) {
            return Err(Fault::new(*kind, "this one cannot be read"));
        }
        let found = world.conversations.get(&id.0).cloned();
        found.ok_or_else(|| Fault::new(FaultKind::NotFound, "gone"))
    }
    async fn open_conversations(&self, after: Option<&str>, _: Priority) -> Result<ConversationPage, Fault> {
        let world = self.answering()?;
        let open = world.conversations.values().filter(|one| one.status == ConversationStatus::Open);
        let open: Vec<_> = open.map(|one| (one.id.clone(), one.updated_at)).collect();
        Ok(Self::page(&open, after))
    }
    async fn conversations_changed(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&str>,
        _: Priority,
    ) -> Result<ConversationPage, Fault> {
        let mut world = self.answering()?;
        world.searches += 1;
        let within = world.conversations.values().filter(|one| (from..=until).contains(&one.updated_at));
        let mut found: Vec<_> = within.map(|one| (one.id.clone(), one.updated_at)).collect();
        found.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
        Ok(Self::page(&found, after))
    }
    async fn conversations_deleted(
        &self,
        page: u32,
        _: Priority,
    ) -> Result<Option<Vec<(ConversationId, Timestamp)>>, Fault> {
        let world = self.answering()?;
        Ok(Some(if page == 1 { world.deleted.clone() } else { vec![] }))
    }
    async fn contact(&self, id: &ContactId, priority: Priority) -> Result<Contact, Fault> {
        let mut world = self.answering()?;
        world.contacts.push((id.0.clone(), priority));
        Err(Fault::new(FaultKind::Rejected, "no contacts here"))
    }
    async fn perform(
        &self,
        _: &ConversationId,
        _: &ActionKind,
        _: &AdminId,
        _: Instant,
    ) -> Result<Conversation, NotPerformed> {
        Err(Fault::new(FaultKind::Rejected, "nothing is performed here").into())
    }
    fn budget(&self) -> Option<Budget> {
        None
    }
    fn web_url(&self, _: &str, _: &ConversationId) -> Option<String> {
        None
    }
}
