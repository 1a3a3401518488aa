//! How the helpdesk's API answers, remembered for the health page.

use async_trait::async_trait;
use domain::ports::{Budget, Clock, ConversationPage, Helpdesk};
use domain::{
    ActionKind, Admin, AdminId, Contact, ContactId, Conversation, ConversationId, Fault, Identity, Team,
    Timestamp,
};
use std::sync::{Arc, Mutex, PoisonError};

/// What is remembered.
#[derive(Debug, Clone, Default)]
pub struct Pulse {
    /// The newest good answer.
    pub last_ok_at: Option<Timestamp>,
    /// The newest fault that concerns all calls, when no good answer came after it.
    pub fault: Option<(Timestamp, Fault)>,
}

/// A helpdesk whose answers are remembered.
#[derive(Debug)]
pub struct Watched {
    inner: Arc<dyn Helpdesk>,
    clock: Arc<dyn Clock>,
    pulse: Mutex<Pulse>,
}

impl Watched {
    /// Watches `inner`.
    pub fn new(inner: Arc<dyn Helpdesk>, clock: Arc<dyn Clock>) -> Self {
        Self { inner, clock, pulse: Mutex::new(Pulse::default()) }
    }

    /// What is known now.
    pub fn pulse(&self) -> Pulse {
        self.pulse.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember<T>(&self, answer: Result<T, Fault>) -> Result<T, Fault> {
        let now = self.clock.now();
        let mut pulse = self.pulse.lock().unwrap_or_else(PoisonError::into_inner);
        match &answer {
            Ok(_) => {
                pulse.last_ok_at = Some(now);
                pulse.fault = None;
            }
            // A refusal of one call says that the API answers.
            Err(fault) if matches!(fault.kind, domain::FaultKind::NotFound | domain::FaultKind::Rejected) => {
                pulse.last_ok_at = Some(now);
            }
            Err(fault) => pulse.fault = Some((now, fault.clone())),
        }
        drop(pulse);
        answer
    }
}

#[async_trait]
impl Helpdesk for Watched {
    async fn identity(&self) -> Result<Identity, Fault> {
        self.remember(self.inner.identity().await)
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        self.remember(self.inner.admins().await)
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        self.remember(self.inner.teams().await)
    }
    async fn conversation(&self, id: &ConversationId) -> Result<Conversation, Fault> {
        self.remember(self.inner.conversation(id).await)
    }
    async fn open_conversations(&self, after: Option<&str>) -> Result<ConversationPage, Fault> {
        self.remember(self.inner.open_conversations(after).await)
    }
    async fn contact(&self, id: &ContactId) -> Result<Contact, Fault> {
        self.remember(self.inner.contact(id).await)
    }
    async fn perform(
        &self,
        conversation: &ConversationId,
        action: &ActionKind,
        actor: &AdminId,
    ) -> Result<Conversation, Fault> {
        self.remember(self.inner.perform(conversation, action, actor).await)
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
