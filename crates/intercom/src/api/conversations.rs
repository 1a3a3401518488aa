//! Conversations.

mod records;
mod requests;

pub use records::{
    AiAgent, Attachment, AttributeOption, AttributeReference, Author, Channel, ContentSource, Conversation,
    ConversationAttribute, DeletedConversation, EmailAddress, EmailMetadata, FirstReply, HandlingEvent,
    LinkedObject, Message, Part, PartMetadata, Priority, Rating, Recipient, Reference, ResponseTime, Sla,
    Source, State, Statistics,
};
pub use requests::{
    AdminReply, Assign, AssigneeKind, AttachContact, By, Close, ContactReply, Convert, DetachContact, File,
    Manage, Merge, MessageType, NewConversation, Open, Person, QuickReply, Redact, RedactPart, RedactSource,
    Reply, ReplyOption, Sender, SenderKind, Snooze, TagConversation, UpdateConversation,
};

use super::deleted::Deleted;
use super::list::List;
use super::query::{ConversationSearch, Pagination};
use super::stream::{self, Items};
use super::tags::Tag;
use super::tickets::Ticket;
use super::{PER_PAGE, written};
use crate::client::transport::Call;
use domain::Fault;
use reqwest::Method;

const ONE: &str = "the conversation";

resource! {
    /// Calls about conversations.
    Conversations
}

impl Conversations {
    /// One page of all conversations, without parts.
    pub async fn list(&self, starting_after: Option<&str>) -> Result<List<Conversation>, Fault> {
        let mut query = vec![("per_page", PER_PAGE)];
        query.extend(starting_after.map(|cursor| ("starting_after", cursor)));
        self.0.get("the conversations", &["conversations"], &query).await
    }

    /// All conversations, without parts. What changes meanwhile may come twice or not at all.
    pub fn list_all(&self) -> Items<Conversation> {
        let api = self.clone();
        stream::by_cursor(move |cursor| {
            let api = api.clone();
            async move { api.list(cursor.as_deref()).await }
        })
    }

    /// One page of what a search finds, without parts.
    pub async fn search(&self, search: &ConversationSearch) -> Result<List<Conversation>, Fault> {
        search.query.check()?;
        self.0.post("the search", &["conversations", "search"], search).await
    }

    /// Everything that a search finds, without parts.
    pub fn search_all(&self, search: ConversationSearch) -> Items<Conversation> {
        let api = self.clone();
        let per_page = search.pagination.get().and_then(|pagination| pagination.per_page.get().copied());
        let pagination = Pagination::new().per_page(per_page.unwrap_or(150));
        stream::by_cursor(move |cursor| {
            let api = api.clone();
            let pagination = match cursor {
                Some(cursor) => pagination.clone().starting_after(cursor),
                None => pagination.clone(),
            };
            let search = search.clone().pagination(pagination);
            async move { api.search(&search).await }
        })
    }

    /// One conversation, with its newest 500 parts; bodies are HTML.
    pub async fn get(&self, id: &str) -> Result<Conversation, Fault> {
        self.0.get(ONE, &["conversations", id], &[]).await
    }

    /// The same, with subject and bodies as plain text.
    pub async fn get_plain(&self, id: &str) -> Result<Conversation, Fault> {
        self.0.get(ONE, &["conversations", id], &[("display_as", "plaintext")]).await
    }

    /// Begins a conversation in a contact's name. The answer names it in `conversation_id`.
    pub async fn create(&self, request: &NewConversation) -> Result<Message, Fault> {
        self.0.post("the contact", &["conversations"], request).await
    }

    /// Changes title, attributes, company, or whether it was read.
    pub async fn update(&self, id: &str, request: &UpdateConversation) -> Result<Conversation, Fault> {
        self.0.put(ONE, &["conversations", id], request).await
    }

    /// Answers. For a contact's answer, the id may be `last`.
    pub async fn reply(&self, id: &str, reply: &Reply) -> Result<Conversation, Fault> {
        self.0.post(ONE, &["conversations", id, "reply"], reply).await
    }

    /// Closes, snoozes, opens or assigns.
    pub async fn manage(&self, id: &str, change: &Manage) -> Result<Conversation, Fault> {
        self.0.post(ONE, &["conversations", id, "parts"], change).await
    }

    /// Adds a tag.
    pub async fn tag(&self, id: &str, request: &TagConversation) -> Result<Tag, Fault> {
        self.0.post(ONE, &["conversations", id, "tags"], request).await
    }

    /// Takes a tag away.
    pub async fn untag(&self, id: &str, tag: &str, by: &By) -> Result<Tag, Fault> {
        self.delete_by(&["conversations", id, "tags", tag], by).await
    }

    /// Adds a contact.
    pub async fn attach_contact(&self, id: &str, request: &AttachContact) -> Result<Conversation, Fault> {
        self.0.post(ONE, &["conversations", id, "customers"], request).await
    }

    /// Takes a contact out; not the last one.
    pub async fn detach_contact(
        &self,
        id: &str,
        contact: &str,
        request: &DetachContact,
    ) -> Result<Conversation, Fault> {
        self.delete_by(&["conversations", id, "customers", contact], request).await
    }

    /// Blots out a part or the first message.
    pub async fn redact(&self, request: &Redact) -> Result<Conversation, Fault> {
        self.0.post("the part", &["conversations", "redact"], request).await
    }

    /// Makes a ticket of it.
    pub async fn convert(&self, id: &str, request: &Convert) -> Result<Ticket, Fault> {
        self.0.post(ONE, &["conversations", id, "convert"], request).await
    }

    /// Makes it part of another conversation, which is the answer.
    pub async fn merge(&self, id: &str, request: &Merge) -> Result<Conversation, Fault> {
        self.0.post(ONE, &["conversations", id, "merge"], request).await
    }

    /// Deletes it for good. Reports go on counting it unless `retain_metrics` is false, which needs a permission
    /// of its own.
    pub async fn delete(&self, id: &str, retain_metrics: bool) -> Result<Deleted, Fault> {
        let path = ["conversations", id];
        let query: &[_] = if retain_metrics { &[] } else { &[("retain_metrics", "false")] };
        self.0.ask(Call { method: Method::DELETE, ..Call::get(ONE, &path, query) }).await
    }

    /// One page of those that were deleted.
    pub async fn deleted(&self, page: u64) -> Result<List<DeletedConversation>, Fault> {
        let page = page.to_string();
        let query = [("page", page.as_str()), ("per_page", "60")];
        self.0.get("the conversations", &["conversations", "deleted"], &query).await
    }

    /// All that were deleted.
    pub fn deleted_all(&self) -> Items<DeletedConversation> {
        let api = self.clone();
        stream::by_number(move |page| {
            let api = api.clone();
            async move { api.deleted(page).await }
        })
    }

    /// When teammates took it up and left it.
    pub async fn handling_events(&self, id: &str) -> Result<List<HandlingEvent>, Fault> {
        self.0.get(ONE, &["conversations", id, "handling_events"], &[]).await
    }

    /// The attributes that conversations of this workspace have.
    pub async fn attributes(&self) -> Result<List<ConversationAttribute>, Fault> {
        self.0.get("the attributes", &["conversations", "attributes"], &[]).await
    }

    async fn delete_by<T: serde::de::DeserializeOwned>(
        &self,
        path: &[&str],
        request: &(impl serde::Serialize + Sync),
    ) -> Result<T, Fault> {
        self.0.ask(Call { method: Method::DELETE, ..Call::post(ONE, path, written(request)?) }).await
    }
}
