//! What is asked of conversations.

use crate::api::field::{Attributes, Field, Id, Strays, Time};
use domain::Timestamp;
use serde::{Deserialize, Serialize};

request! {
    /// Begins a conversation in a contact's name. Plain text: HTML is not read.
    NewConversation {
        from: Sender,
        body: String,
        ;
        subject: String,
        attachment_urls: Vec<String>,
        created_at: Time,
        brand_id: Id,
    }
}

words! {
    /// What somebody who writes is.
    SenderKind { User = "user", Lead = "lead", Contact = "contact", }
}

request! {
    /// The contact who writes.
    Sender { kind as "type": SenderKind, id: Id, ; }
}

request! {
    /// Changes a conversation, but for its state and assignees: those are changed by [`Manage`].
    UpdateConversation {
        ;
        read: bool,
        title: String,
        custom_attributes: Attributes,
        company_id: Id,
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "lowercase")]
pub enum Reply {
    /// By a teammate.
    Admin(AdminReply),
    /// By a contact, whether user or lead.
    #[serde(rename = "user")]
    Contact(ContactReply),
}

impl Reply {
    /// What the contact sees. `body` is HTML.
    pub fn comment(admin: impl Into<Id>, body: impl Into<String>) -> AdminReply {
        AdminReply::new(MessageType::Comment, admin).body(body)
    }

    /// What only teammates see. `body` is HTML.
    pub fn note(admin: impl Into<Id>, body: impl Into<String>) -> AdminReply {
        AdminReply::new(MessageType::Note, admin).body(body)
    }

    /// Answers for the contact to choose from.
    pub fn quick_reply(admin: impl Into<Id>, options: Vec<QuickReply>) -> AdminReply {
        AdminReply::new(MessageType::QuickReply, admin).reply_options(options)
    }
}

impl From<AdminReply> for Reply {
    fn from(reply: AdminReply) -> Self {
        Self::Admin(reply)
    }
}

impl From<ContactReply> for Reply {
    fn from(reply: ContactReply) -> Self {
        Self::Contact(reply)
    }
}

words! {
    /// What kind of answer it is.
    MessageType { Comment = "comment", Note = "note", QuickReply = "quick_reply", }
}

request! {
    /// A teammate's answer.
    AdminReply {
        message_type: MessageType,
        admin_id: Id,
        ;
        body: String,
        reply_options: Vec<QuickReply>,
        attachment_urls: Vec<String>,
        attachment_files: Vec<File>,
        created_at: Time,
        skip_notifications: bool,
    }
}

/// A contact, by one of three names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Person {
    /// Intercom's id.
    #[serde(rename = "intercom_user_id")]
    Id(Id),
    /// The id that the workspace gave it.
    #[serde(rename = "user_id")]
    ExternalId(Id),
    /// The address.
    #[serde(rename = "email")]
    Email(String),
}

/// A contact's answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ContactReply {
    /// A comment: contacts write no notes.
    pub message_type: MessageType,
    /// Who answers.
    #[serde(flatten)]
    pub who: Person,
    /// The text.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub body: Field<String>,
    /// The quick reply that was chosen.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub reply_options: Field<Vec<QuickReply>>,
    /// Addresses of pictures.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub attachment_urls: Field<Vec<String>>,
    /// Files.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub attachment_files: Field<Vec<File>>,
    /// When it was written, if not now.
    #[serde(default, skip_serializing_if = "Field::is_absent")]
    pub created_at: Field<Time>,
}

impl ContactReply {
    /// A contact's comment.
    pub fn new(who: Person, body: impl Into<String>) -> Self {
        Self {
            message_type: MessageType::Comment,
            who,
            body: body.into().into(),
            reply_options: Field::Absent,
            attachment_urls: Field::Absent,
            attachment_files: Field::Absent,
            created_at: Field::Absent,
        }
    }
}

request! {
    /// An answer to choose.
    QuickReply { text: String, uuid: String, ; }
}

record! {
    /// An answer to choose, as Intercom tells it.
    ReplyOption { text: String, uuid: String, translation_text: String, }
}

request! {
    /// A file that is sent along; `data` is base64.
    File { content_type: String, data: String, name: String, ; }
}

/// A change of state or assignee.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message_type", rename_all = "lowercase")]
pub enum Manage {
    /// Closes.
    Close(Close),
    /// Snoozes.
    Snoozed(Snooze),
    /// Opens, and wakes what was snoozed.
    Open(Open),
    /// Assigns to a teammate or a team; to `0` takes the assignment away.
    Assignment(Assign),
}

impl Manage {
    /// Closes, without a word.
    pub fn close(admin: impl Into<Id>) -> Self {
        Self::Close(Close::new(AssigneeKind::Admin, admin))
    }

    /// Snoozes until then.
    pub fn snooze(admin: impl Into<Id>, until: Timestamp) -> Self {
        Self::Snoozed(Snooze::new(admin, until))
    }

    /// Opens.
    pub fn open(admin: impl Into<Id>) -> Self {
        Self::Open(Open::new(admin))
    }

    /// Assigns to somebody; `kind` says whether `assignee` is a teammate or a team.
    pub fn assign(kind: AssigneeKind, admin: impl Into<Id>, assignee: impl Into<Id>) -> Self {
        Self::Assignment(Assign::new(kind, admin, assignee))
    }
}

words! {
    /// What can be assigned to.
    AssigneeKind { Admin = "admin", Team = "team", }
}

request! {
    /// Closes; the body is a goodbye that the contact sees.
    Close { kind as "type": AssigneeKind, admin_id: Id, ; body: String, }
}

request! {
    /// Snoozes.
    Snooze { admin_id: Id, snoozed_until: Time, ; }
}

request! {
    /// Opens.
    Open { admin_id: Id, ; }
}

request! {
    /// Assigns.
    Assign { kind as "type": AssigneeKind, admin_id: Id, assignee_id: Id, ; body: String, }
}

request! {
    /// Adds a tag, in the name of a teammate.
    TagConversation { id: Id, admin_id: Id, ; }
}

request! {
    /// In the name of a teammate.
    By { admin_id: Id, ; }
}

request! {
    /// Adds a contact to the conversation.
    AttachContact { admin_id: Id, customer: Person, ; }
}

request! {
    /// Takes a contact out of the conversation; whom is said by the address of the call.
    DetachContact { admin_id: Id, ; customer: Person, }
}

/// Blots out what was written. It cannot be undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Redact {
    /// A part that has a body.
    ConversationPart(RedactPart),
    /// The first message.
    Source(RedactSource),
}

request! {
    /// Which part.
    RedactPart { conversation_id: Id, conversation_part_id: Id, ; }
}

request! {
    /// Which first message.
    RedactSource { conversation_id: Id, source_id: Id, ; }
}

request! {
    /// Makes a ticket of a conversation.
    Convert { ticket_type_id: Id, ; ticket_state_id: Id, attributes: Attributes, }
}

request! {
    /// Makes one conversation part of another.
    Merge { merge_into_conversation_id: i64, ; }
}

impl Strays for Person {
    fn strays(&self, _: &str, _: &mut Vec<String>) {}
}
