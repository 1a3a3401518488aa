//! The helpdesk of a workspace whose access token is not known in this session: it answers nothing.

use async_trait::async_trait;
use domain::ports::{Budget, ConversationPage, Helpdesk, NotPerformed, Priority};
use domain::{
    ActionKind, Admin, AdminId, ArticleId, ArticlePage, Contact, ContactId, Conversation, ConversationId,
    Fault, FaultKind, HelpArticle, Identity, MacroPage, Team, Timestamp,
};
use std::time::Instant;

#[derive(Debug)]
pub(super) struct Locked;

fn locked<T>() -> Result<T, Fault> {
    Err(Fault::new(FaultKind::NoSecret, "The access token is not known in this session"))
}

#[async_trait]
impl Helpdesk for Locked {
    async fn identity(&self) -> Result<Identity, Fault> {
        locked()
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        locked()
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        locked()
    }
    async fn conversation(&self, _: &ConversationId, _: Priority) -> Result<Conversation, Fault> {
        locked()
    }
    async fn open_conversations(&self, _: Option<&str>, _: Priority) -> Result<ConversationPage, Fault> {
        locked()
    }
    async fn conversations_changed(
        &self,
        _: Timestamp,
        _: Timestamp,
        _: Option<&str>,
        _: Priority,
    ) -> Result<ConversationPage, Fault> {
        locked()
    }
    async fn contact(&self, _: &ContactId, _: Priority) -> Result<Contact, Fault> {
        locked()
    }
    async fn articles(&self, _: u32, _: Priority) -> Result<Option<ArticlePage>, Fault> {
        locked()
    }
    async fn article(&self, _: &ArticleId, _: Priority) -> Result<Vec<HelpArticle>, Fault> {
        locked()
    }
    async fn macros(&self, _: Option<&str>, _: Priority) -> Result<Option<MacroPage>, Fault> {
        locked()
    }
    async fn perform(
        &self,
        _: &ConversationId,
        _: &ActionKind,
        _: &AdminId,
        _: Instant,
    ) -> Result<Conversation, NotPerformed> {
        Ok(locked()?)
    }
    fn budget(&self) -> Option<Budget> {
        None
    }
    fn web_url(&self, _: &str, _: &ConversationId) -> Option<String> {
        None
    }
}
