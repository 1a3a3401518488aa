//! Ports: what the outside must provide. Every rule of the product can be tested by giving others.

mod advice;
mod drafts;
mod egress;
mod usage;

pub use advice::{
    Advisor, AdvisorRole, BucketBrief, BudgetKind, Choice, NoOpinion, Opinion, Question, Speaker, Sureness,
    Turn, Why,
};
pub use drafts::{ArticleBrief, Citation, Draft, DraftQuestion, DraftRole, Drafted, GivenUp, Unproven};
pub use egress::{Egress, EgressOutcome, EgressPurpose, EgressRecord, Gate};
pub use usage::{Cost, Tokens, Usage};

use crate::action::ActionKind;
use crate::contact::Contact;
use crate::conversation::Conversation;
use crate::delivery::{Notification, NotificationError};
use crate::directory::{Admin, Identity, Team};
use crate::fault::Fault;
use crate::ids::{AdminId, ArticleId, ContactId, ConversationId};
use crate::library::{ArticlePage, HelpArticle, MacroPage};
use crate::time::Timestamp;
use async_trait::async_trait;
use secrecy::SecretString;
use std::fmt::Debug;
use std::time::Instant;
use uuid::Uuid;

/// Time.
#[async_trait]
pub trait Clock: Debug + Send + Sync {
    /// The time now.
    fn now(&self) -> Timestamp;
    /// Returns when `deadline` has come; at once if it is past.
    async fn sleep_until(&self, deadline: Timestamp);
    /// Milliseconds since some moment, by a clock that nobody sets and that stands still while the machine sleeps:
    /// held against [`Clock::now`], it shows a sleep, or a clock that was set.
    fn monotonic_ms(&self) -> i64 {
        self.now().0
    }
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

/// What a call is for: who goes first when the budget of calls is short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Priority {
    /// A person waits for it, or has signed it.
    Person,
    /// Something changed and should be shown.
    Ingest,
    /// Catching up on what is past.
    Backfill,
}

impl Priority {
    /// All, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Person, Self::Ingest, Self::Backfill];
}

/// What is known of the budget of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Calls allowed in a window.
    pub limit: u32,
    /// Calls left in this window.
    pub remaining: u32,
    /// When the window ends.
    pub resets_at: Timestamp,
    /// Whether four fifths of the window are spent: somebody should know.
    pub is_high: bool,
    /// Calls of this console in this window, in the order of [`Priority::ALL`].
    pub spent: [u32; 3],
}

/// Why an action was not performed, as far as is known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotPerformed {
    /// No call was made, because it could not leave in time.
    #[error("The call could not leave in time")]
    Stale,
    /// The call failed; the fault says whether it may have had its effect.
    #[error(transparent)]
    Fault(#[from] Fault),
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
    async fn conversation(&self, id: &ConversationId, priority: Priority) -> Result<Conversation, Fault>;
    /// Open conversations, a page at a time; `after` is the `next` of the page before.
    async fn open_conversations(
        &self,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<ConversationPage, Fault>;
    /// Conversations of any status whose last change lies between the two times, both included, a page at a time.
    /// The vendor may list them in any order, and list one twice while it changes.
    async fn conversations_changed(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<ConversationPage, Fault>;
    /// A page, counted from 1, of the conversations deleted at the vendor with the time of it, the newest deletion
    /// first; empty after the last. `None` where the vendor has no such list.
    async fn conversations_deleted(
        &self,
        _page: u32,
        _priority: Priority,
    ) -> Result<Option<Vec<(ConversationId, Timestamp)>>, Fault> {
        Ok(None)
    }
    /// A contact. One that was merged into another is that other, as its id tells.
    async fn contact(&self, id: &ContactId, priority: Priority) -> Result<Contact, Fault>;
    /// Which of these contacts the vendor's search finds, in any order: the others may be gone, or too new for it. `None`
    /// where the vendor cannot be asked that.
    async fn contacts_found(
        &self,
        _ids: &[ContactId],
        _priority: Priority,
    ) -> Result<Option<Vec<ContactId>>, Fault> {
        Ok(None)
    }
    /// A page, counted from 1, of the articles of the help center. The vendor may order them by their last change, so that
    /// one can be listed twice, or not at all, while it is changed. `None` where the vendor has no help center.
    async fn articles(&self, _page: u32, _priority: Priority) -> Result<Option<ArticlePage>, Fault> {
        Ok(None)
    }
    /// An article of the help center, once for each language in which customers can read it: none at all when it is a draft,
    /// unpublished, deleted, or not for everybody.
    async fn article(&self, _id: &ArticleId, _priority: Priority) -> Result<Vec<HelpArticle>, Fault> {
        Ok(vec![])
    }
    /// Macros, a page at a time; `after` is the `next` of the page before. `None` where the vendor has none to read.
    async fn macros(&self, _after: Option<&str>, _priority: Priority) -> Result<Option<MacroPage>, Fault> {
        Ok(None)
    }
    /// Performs one action as `actor` and returns the conversation as it is afterwards. Goes before everything else.
    ///
    /// The call is not made when it would leave after `fresh_until`: what was read before it is then too old to rely
    /// on. That is the only error that says so, [`NotPerformed::Stale`].
    async fn perform(
        &self,
        conversation: &ConversationId,
        action: &ActionKind,
        actor: &AdminId,
        fresh_until: Instant,
    ) -> Result<Conversation, NotPerformed>;
    /// What is known of the budget of calls; `None` before the first answer.
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
    /// Opens the language model's service.
    LanguageModelKey,
}

impl SecretKind {
    /// All.
    pub const ALL: [Self; 3] = [Self::AccessToken, Self::ClientSecret, Self::LanguageModelKey];

    /// The word in the keychain's entry.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "access-token",
            Self::ClientSecret => "client-secret",
            Self::LanguageModelKey => "language-model-key",
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
