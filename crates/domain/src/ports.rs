//! Ports: what the outside must provide. Every rule of the product can be tested by giving others.

use crate::action::ActionKind;
use crate::contact::Contact;
use crate::conversation::Conversation;
use crate::delivery::{Notification, NotificationError};
use crate::directory::{Admin, Identity, Team};
use crate::fault::Fault;
use crate::ids::{AdminId, ContactId, ConversationId};
use crate::time::Timestamp;
use async_trait::async_trait;
use secrecy::SecretString;
use std::fmt::Debug;
use uuid::Uuid;

/// Time.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Returns when `deadline` has come; at once if it is past.
    async fn sleep_until(&self, deadline: Timestamp);
}

/// New identities.
pub trait IdSource: Debug + Send + Sync {
    /// A new `UUIDv7`.
    fn next(&self) -> Uuid;
}

/// A page of conversations found by a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConversationPage {
    /// Id and last change of each, as the vendor tells them.
    pub items: Vec<(ConversationId, Timestamp)>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
    /// How many there are in all, when the vendor says.
    pub total: Option<u32>,
}

/// What the vendor said about the budget of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Calls allowed in a window.
    pub limit: u32,
    /// Calls left in this window.
    pub remaining: u32,
    /// When the window ends.
    pub resets_at: Timestamp,
}

/// A helpdesk: the vendor's side of a workspace, bound to one access token.
#[async_trait]
pub trait Helpdesk: Debug + Send + Sync {
    /// What people call this helpdesk.
    fn name(&self) -> &'static str {
        "The helpdesk"
    }
    /// Whose workspace the token opens.
    async fn identity(&self) -> Result<Identity, Fault>;
    /// Teammates.
    async fn admins(&self) -> Result<Vec<Admin>, Fault>;
    /// Teams.
    async fn teams(&self) -> Result<Vec<Team>, Fault>;
    /// A conversation with its parts, texts plain.
    async fn conversation(&self, id: &ConversationId) -> Result<Conversation, Fault>;
    /// Open conversations, a page at a time; `after` is the `next` of the page before.
    async fn open_conversations(&self, after: Option<&str>) -> Result<ConversationPage, Fault>;
    /// A contact.
    async fn contact(&self, id: &ContactId) -> Result<Contact, Fault>;
    /// Performs one action as `actor` and returns the conversation as it is afterwards.
    async fn perform(
        &self,
        conversation: &ConversationId,
        action: &ActionKind,
        actor: &AdminId,
    ) -> Result<Conversation, Fault>;
    /// The newest word of the vendor on the budget of calls; `None` before the first answer.
    fn budget(&self) -> Option<Budget>;
    /// The address of a conversation in the vendor's own inbox.
    fn web_url(&self, app_id: &str, conversation: &ConversationId) -> Option<String>;
}

/// How a vendor signs and words its webhooks.
pub trait WebhookDialect: Debug + Send + Sync {
    /// The path it delivers to, such as `/webhooks/example`.
    fn path(&self) -> &'static str;
    /// The header that carries the signature.
    fn signature_header(&self) -> &'static str;
    /// Whether `signature` is right for `body` under `secret`. Takes the same time whatever the answer, and is
    /// false for an empty secret.
    fn verify(&self, secret: &SecretString, body: &[u8], signature: Option<&[u8]>) -> bool;
    /// The signature of `body` under `secret`, as the header carries it.
    fn sign(&self, secret: &SecretString, body: &[u8]) -> String;
    /// Reads a verified body.
    fn parse(&self, body: &[u8]) -> Result<Notification, NotificationError>;
    /// The body of a test notification for a workspace.
    fn test_body(&self, app_id: &str, at: Timestamp) -> Vec<u8>;
}

/// Which secret of a workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SecretKind {
    /// Opens the vendor's API.
    AccessToken,
    /// Signs its webhooks.
    ClientSecret,
}

impl SecretKind {
    /// The word in the keychain's entry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access-token",
            Self::ClientSecret => "client-secret",
        }
    }
}

/// The keychain is not there, or refused.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct SecretStoreError(pub String);

/// Where secrets are kept between sessions.
#[async_trait]
pub trait SecretStore: Debug + Send + Sync {
    /// Whether secrets can be kept; the error says why not, in words.
    async fn available(&self) -> Result<(), SecretStoreError>;
    /// Keeps a secret, replacing an older one.
    async fn set(
        &self,
        workspace: &str,
        kind: SecretKind,
        secret: &SecretString,
    ) -> Result<(), SecretStoreError>;
    /// The secret, if one is kept.
    async fn get(&self, workspace: &str, kind: SecretKind) -> Result<Option<SecretString>, SecretStoreError>;
    /// Forgets a secret; no error when there was none.
    async fn remove(&self, workspace: &str, kind: SecretKind) -> Result<(), SecretStoreError>;
}
