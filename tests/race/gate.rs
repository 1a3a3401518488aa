//! A helpdesk whose readings before a call, and calls, wait until they are let go.

use async_trait::async_trait;
use domain::ports::{Budget, ConversationPage, Helpdesk, NotPerformed, Priority};
use domain::{
    ActionKind, Admin, AdminId, Contact, ContactId, Conversation, ConversationId, Fault, FaultKind, Identity,
    Team, Timestamp,
};
use intercom::Intercom;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot};

/// How a call that is let go ends for its console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// As it should.
    Answered,
    /// It never reaches the helpdesk, and no answer comes.
    CutBefore,
    /// It takes effect, and no answer comes.
    CutAfter,
}

/// What waits at the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Wanted {
    Read,
    Write(ActionKind),
}

/// A call at the gate.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) wanted: Wanted,
    pub(crate) go: oneshot::Sender<Fate>,
    /// Told when the helpdesk has answered.
    pub(crate) over: oneshot::Receiver<()>,
}

#[derive(Debug)]
pub(crate) struct Gated {
    inner: Intercom,
    gate: mpsc::UnboundedSender<Waiting>,
}

impl Gated {
    pub(crate) fn new(inner: Intercom, gate: mpsc::UnboundedSender<Waiting>) -> Self {
        Self { inner, gate }
    }

    async fn wait(&self, wanted: Wanted) -> (Fate, oneshot::Sender<()>) {
        let (go, gone) = oneshot::channel();
        let (ended, over) = oneshot::channel();
        self.gate.send(Waiting { wanted, go, over }).expect("the lane goes on");
        (gone.await.unwrap_or(Fate::CutBefore), ended)
    }
}

fn no_answer() -> Fault {
    Fault::new(FaultKind::NoAnswer, "The connection broke")
}

#[async_trait]
impl Helpdesk for Gated {
    async fn identity(&self) -> Result<Identity, Fault> {
        self.inner.identity().await
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        self.inner.admins().await
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        self.inner.teams().await
    }
    async fn conversation(&self, id: &ConversationId, priority: Priority) -> Result<Conversation, Fault> {
        if priority != Priority::Person {
            return self.inner.conversation(id, priority).await;
        }
        let (fate, ended) = self.wait(Wanted::Read).await;
        let answer = match fate {
            Fate::Answered => self.inner.conversation(id, priority).await,
            Fate::CutBefore | Fate::CutAfter => Err(no_answer()),
        };
        let _ = ended.send(());
        answer
    }
    /// The lane says what a console reads beside its calls.
    async fn open_conversations(&self, _: Option<&str>, _: Priority) -> Result<ConversationPage, Fault> {
        Ok(ConversationPage { items: vec![], next: None, total: None })
    }
    async fn conversations_changed(
        &self,
        _: Timestamp,
        _: Timestamp,
        _: Option<&str>,
        _: Priority,
    ) -> Result<ConversationPage, Fault> {
        Ok(ConversationPage { items: vec![], next: None, total: None })
    }
    async fn contact(&self, id: &ContactId, priority: Priority) -> Result<Contact, Fault> {
        self.inner.contact(id, priority).await
    }
    async fn perform(
        &self,
        conversation: &ConversationId,
        action: &ActionKind,
        actor: &AdminId,
        _: Instant,
    ) -> Result<Conversation, NotPerformed> {
        let (fate, ended) = self.wait(Wanted::Write(action.clone())).await;
        // How long the call stood at the gate is the test's doing.
        let fresh = Instant::now() + Duration::from_mins(1);
        let answer = match fate {
            Fate::Answered => self.inner.perform(conversation, action, actor, fresh).await,
            Fate::CutBefore => Err(NotPerformed::Fault(no_answer())),
            Fate::CutAfter => {
                let _ = self.inner.perform(conversation, action, actor, fresh).await;
                Err(NotPerformed::Fault(no_answer()))
            }
        };
        let _ = ended.send(());
        answer
    }
    fn budget(&self) -> Option<Budget> {
        None
    }
    fn web_url(&self, _: &str, _: &ConversationId) -> Option<String> {
        None
    }
}
