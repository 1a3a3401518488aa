//! How the helpdesk's API answers, remembered for the health page.

use async_trait::async_trait;
use domain::ports::{Budget, Clock, ConversationPage, Helpdesk, NotPerformed, Priority};
use domain::{
    ActionKind, Admin, AdminId, ArticleId, ArticlePage, Contact, ContactId, Conversation, ConversationId,
    Fault, FaultKind, HelpArticle, Identity, MacroPage, Team, Timestamp,
};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use tokio::sync::Notify;

/// What is remembered.
#[derive(Debug, Clone, Default)]
pub struct Pulse {
    /// The newest good answer.
    pub last_ok_at: Option<Timestamp>,
    /// The newest fault that concerns all calls, when no good answer came after it.
    pub fault: Option<(Timestamp, Fault)>,
    /// What is refused for want of a permission or of a fitting version, until the same succeeds.
    pub denied: BTreeMap<Deed, (Timestamp, Fault)>,
}

/// What is asked of the helpdesk, as far as permissions tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// Reading teammates and teams, and whose token it is.
    ReadTeammates,
    /// Reading and searching conversations.
    ReadConversations,
    /// Reading contacts.
    ReadContacts,
    /// Replying, noting, assigning, closing.
    WriteConversations,
}

/// A helpdesk whose answers are remembered.
#[derive(Debug)]
pub struct Watched {
    inner: Arc<dyn Helpdesk>,
    clock: Arc<dyn Clock>,
    pulse: Mutex<Pulse>,
    came_back: Notify,
}

impl Watched {
    /// Watches `inner`.
    pub fn new(inner: Arc<dyn Helpdesk>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, clock, pulse: Mutex::new(Pulse::default()), came_back: Notify::new() }
    }

    /// What is known now.
    pub fn pulse(&self) -> Pulse {
        self.pulse.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Returns at the first good answer after it could not be reached.
    pub(crate) async fn came_back(&self) {
        self.came_back.notified().await;
    }

    /// Remembers the answer to a deed that a permission of its own allows.
    fn remember_of<T>(&self, deed: Deed, answer: Result<T, Fault>) -> Result<T, Fault> {
        let mut pulse = self.pulse.lock().unwrap_or_else(PoisonError::into_inner);
        match &answer {
            Ok(_) => {
                pulse.denied.remove(&deed);
            }
            Err(fault) if fault.denies() => {
                pulse.denied.insert(deed, (self.clock.now(), fault.clone()));
            }
            Err(_) => {}
        }
        drop(pulse);
        self.remember(answer)
    }

    fn remember<T>(&self, answer: Result<T, Fault>) -> Result<T, Fault> {
        let now = self.clock.now();
        let mut pulse = self.pulse.lock().unwrap_or_else(PoisonError::into_inner);
        match &answer {
            Ok(_) => {
                pulse.last_ok_at = Some(now);
                if pulse.fault.take().is_some_and(|(_, fault)| was_away(&fault)) {
                    self.came_back.notify_one();
                }
            }
            // A refusal of one call says that the API answers.
            Err(fault)
                if fault.denies() || matches!(fault.kind, FaultKind::NotFound | FaultKind::Rejected) =>
            {
                pulse.last_ok_at = Some(now);
            }
            Err(fault) => pulse.fault = Some((now, fault.clone())),
        }
        drop(pulse);
        answer
    }
}

/// Whether the way to the helpdesk, or the helpdesk itself, was not there.
pub(crate) const fn was_away(fault: &Fault) -> bool {
    match fault.kind {
        FaultKind::Unreachable | FaultKind::NoAnswer | FaultKind::Unavailable => true,
        FaultKind::Unauthorized
        | FaultKind::Forbidden
        | FaultKind::NotFound
        | FaultKind::RateLimited
        | FaultKind::Rejected
        | FaultKind::Unreadable
        | FaultKind::NoSecret => false,
    }
}

#[async_trait]
impl Helpdesk for Watched {
    async fn identity(&self) -> Result<Identity, Fault> {
        self.remember_of(Deed::ReadTeammates, self.inner.identity().await)
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        self.remember_of(Deed::ReadTeammates, self.inner.admins().await)
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        self.remember_of(Deed::ReadTeammates, self.inner.teams().await)
    }
    async fn conversation(&self, id: &ConversationId, priority: Priority) -> Result<Conversation, Fault> {
        self.remember_of(Deed::ReadConversations, self.inner.conversation(id, priority).await)
    }
    async fn open_conversations(
        &self,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<ConversationPage, Fault> {
        self.remember_of(Deed::ReadConversations, self.inner.open_conversations(after, priority).await)
    }
    async fn conversations_changed(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<ConversationPage, Fault> {
        self.remember_of(
            Deed::ReadConversations,
            self.inner.conversations_changed(from, until, after, priority).await,
        )
    }
    async fn conversations_deleted(
        &self,
        page: u32,
        priority: Priority,
    ) -> Result<Option<Vec<(ConversationId, Timestamp)>>, Fault> {
        self.remember(self.inner.conversations_deleted(page, priority).await)
    }
    async fn contact(&self, id: &ContactId, priority: Priority) -> Result<Contact, Fault> {
        self.remember_of(Deed::ReadContacts, self.inner.contact(id, priority).await)
    }
    async fn contacts_found(
        &self,
        ids: &[ContactId],
        priority: Priority,
    ) -> Result<Option<Vec<ContactId>>, Fault> {
        self.remember(self.inner.contacts_found(ids, priority).await)
    }
    // What is refused of these is told where they are looked for: nothing of the work depends on them.
    async fn articles(&self, page: u32, priority: Priority) -> Result<Option<ArticlePage>, Fault> {
        self.remember(self.inner.articles(page, priority).await)
    }
    async fn article(&self, id: &ArticleId, priority: Priority) -> Result<Vec<HelpArticle>, Fault> {
        self.remember(self.inner.article(id, priority).await)
    }
    async fn macros(&self, after: Option<&str>, priority: Priority) -> Result<Option<MacroPage>, Fault> {
        self.remember(self.inner.macros(after, priority).await)
    }
    async fn perform(
        &self,
        conversation: &ConversationId,
        action: &ActionKind,
        actor: &AdminId,
        fresh_until: Instant,
    ) -> Result<Conversation, NotPerformed> {
        match self.inner.perform(conversation, action, actor, fresh_until).await {
            Ok(conversation) => Ok(self.remember_of(Deed::WriteConversations, Ok(conversation))?),
            Err(NotPerformed::Fault(fault)) => Ok(self.remember_of(Deed::WriteConversations, Err(fault))?),
            Err(NotPerformed::Stale) => Err(NotPerformed::Stale),
        }
    }
    fn name(&self) -> &'static str {
        self.inner.name()
    }
    fn budget(&self) -> Option<Budget> {
        self.inner.budget()
    }
    fn web_url(&self, app_id: &str, conversation: &ConversationId) -> Option<String> {
        self.inner.web_url(app_id, conversation)
    }
}
