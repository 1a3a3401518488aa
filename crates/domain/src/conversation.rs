//! Conversations and their parts, as kept on this machine.

use crate::ids::{AdminId, ContactId, ConversationId, PartId, TeamId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Whether a conversation waits, sleeps or is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConversationStatus {
    /// In the inbox.
    Open,
    /// Done.
    Closed,
    /// Out of the inbox until a set time.
    Snoozed,
}

impl ConversationStatus {
    /// The word used in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Snoozed => "snoozed",
        }
    }

    /// The status of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Open, Self::Closed, Self::Snoozed].into_iter().find(|status| status.as_str() == word)
    }
}

/// Who wrote or did something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AuthorKind {
    /// A customer: user, lead or contact.
    Contact,
    /// A teammate.
    Admin,
    /// The vendor's bot, or a workflow.
    Bot,
}

impl AuthorKind {
    /// The word used in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Contact => "contact",
            Self::Admin => "admin",
            Self::Bot => "bot",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Contact, Self::Admin, Self::Bot].into_iter().find(|kind| kind.as_str() == word)
    }
}

/// The author of a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Author {
    /// Customer, teammate or bot.
    pub kind: AuthorKind,
    /// The vendor's id; empty when the vendor gave none.
    pub id: String,
    /// Name, when known.
    pub name: Option<String>,
    /// Email, when known.
    pub email: Option<String>,
}

impl Author {
    /// What to call the author.
    pub fn display_name(&self) -> &str {
        self.name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
            .or(self.email.as_deref().filter(|email| !email.is_empty()))
            .unwrap_or(match self.kind {
                AuthorKind::Contact => "Unknown visitor",
                AuthorKind::Admin => "A teammate",
                AuthorKind::Bot => "Bot",
            })
    }
}

/// A file that came with a part. Only its description is kept; the file stays with the vendor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// MIME type; empty when unknown.
    pub content_type: String,
    /// Size in bytes, when known.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
    /// Where the vendor serves it. Such addresses expire.
    pub url: String,
}

/// One entry of a conversation: a message, a note, or something that was done.
///
/// The first message (the vendor's `source`) is kept as the first part, of kind `source`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Part {
    /// The vendor's id.
    pub id: PartId,
    /// The vendor's part type (`comment`, `note`, `assignment`, `close` …), an open set; `source` for the first.
    pub kind: String,
    /// Who wrote or did it.
    pub author: Author,
    /// Text, plain and safe to show; `None` when the part carries none.
    pub text: Option<String>,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// Whom the part assigned the conversation to, as a name for people.
    pub assigned_to: Option<String>,
    /// When it happened.
    pub created_at: Timestamp,
    /// The text was removed at the vendor.
    pub redacted: bool,
}

impl Part {
    /// Whether people would call this a message to or from the customer: any part with text but a note, and a
    /// comment even where it is empty, unless its text was taken out. (A reply that also assigns is one part of type `assignment` with a body.)
    pub fn is_message(&self) -> bool {
        let written = !self.redacted && matches!(self.kind.as_str(), "source" | "comment");
        self.kind != "note" && (written || self.text.is_some() || !self.attachments.is_empty())
    }

    /// Whether it was a message when it was written, whatever has become of its text since: who read it has read it.
    pub fn was_message(&self) -> bool {
        self.is_message() || (self.redacted && self.kind != "note")
    }

    /// Whether a customer wrote it.
    pub fn is_from_contact(&self) -> bool {
        self.author.kind == AuthorKind::Contact
    }
}

/// A conversation with everything known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Conversation {
    /// The vendor's id.
    pub id: ConversationId,
    /// Title, or the subject of the first message.
    pub subject: Option<String>,
    /// How the first message came (`chat`, `email` …), as the vendor writes it.
    pub channel: String,
    /// Open, closed, snoozed.
    pub status: ConversationStatus,
    /// The teammate it is assigned to.
    pub admin_assignee: Option<AdminId>,
    /// The team it is assigned to.
    pub team_assignee: Option<TeamId>,
    /// The contacts taking part; the first is the one who wrote first.
    pub contact_ids: Vec<ContactId>,
    /// Tag names.
    pub tags: Vec<String>,
    /// The vendor's priority word, when it gives one.
    pub priority: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When the vendor last changed it.
    pub updated_at: Timestamp,
    /// Since when a customer waits for an answer.
    pub waiting_since: Option<Timestamp>,
    /// Until when it is snoozed.
    pub snoozed_until: Option<Timestamp>,
    /// Parts in order of time, the first message first. At most the newest 500 that the vendor lists.
    pub parts: Vec<Part>,
    /// How many parts the vendor says there are; more than `parts` when it lists only the newest.
    pub total_parts: u32,
}

/// What a suggestion is bound to: the facts whose change makes an approval void.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConversationState {
    /// The newest part.
    pub last_part_id: Option<PartId>,
    /// The time of the newest part.
    pub last_part_at: Option<Timestamp>,
    /// The teammate it was assigned to.
    pub admin_assignee: Option<AdminId>,
    /// The team it was assigned to.
    pub team_assignee: Option<TeamId>,
    /// Open, closed, snoozed.
    pub status: ConversationStatus,
    /// When the vendor last changed it.
    pub updated_at: Timestamp,
}

impl Conversation {
    /// The state that a suggestion made now is bound to.
    pub fn state(&self) -> ConversationState {
        let last = self.parts.last();
        ConversationState {
            last_part_id: last.map(|part| part.id.clone()),
            last_part_at: last.map(|part| part.created_at),
            admin_assignee: self.admin_assignee.clone(),
            team_assignee: self.team_assignee.clone(),
            status: self.status,
            updated_at: self.updated_at,
        }
    }

    /// The newest message of a customer, when no teammate has answered after it.
    pub fn newest_unanswered(&self) -> Option<&Part> {
        let newest = self.parts.iter().rposition(|part| part.is_from_contact() && part.is_message())?;
        let answered = self
            .parts
            .iter()
            .skip(newest + 1)
            .any(|part| part.author.kind == AuthorKind::Admin && part.was_message());
        if answered { None } else { self.parts.get(newest) }
    }

    /// The text to classify, with up to `turns` earlier messages of either side, newest first.
    pub fn newest_with_context(&self, turns: usize) -> Option<(&Part, Vec<&str>)> {
        let newest = self.newest_unanswered()?;
        let earlier = self
            .parts
            .iter()
            .rev()
            .skip_while(|part| part.id != newest.id)
            .skip(1)
            .filter(|part| part.is_message())
            .filter_map(|part| part.text.as_deref())
            .take(turns)
            .collect();
        Some((newest, earlier))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{conversation, part};

    fn unanswered(parts: Vec<Part>) -> Option<String> {
        conversation(parts).newest_unanswered().map(|part| part.id.to_string())
    }

    #[test]
    fn an_empty_message_waits_for_an_answer_like_any_other() {
        assert_eq!(unanswered(vec![part("a", "source", AuthorKind::Contact, None)]).as_deref(), Some("a"));
    }

    #[test]
    fn a_redacted_message_asks_for_nothing() {
        let redacted = Part { redacted: true, ..part("a", "source", AuthorKind::Contact, None) };
        assert_eq!(unanswered(vec![redacted]), None);
    }

    #[test]
    fn a_redacted_reply_has_answered_all_the_same() {
        let asked = part("a", "source", AuthorKind::Contact, Some("Hello?"));
        let reply = Part { redacted: true, ..part("b", "comment", AuthorKind::Admin, None) };
        let note = Part { redacted: true, ..part("c", "note", AuthorKind::Admin, None) };
        assert_eq!(unanswered(vec![asked.clone(), reply]), None);
        assert_eq!(unanswered(vec![asked, note]).as_deref(), Some("a"));
    }

    #[test]
    fn what_was_asked_before_a_redacted_message_still_waits() {
        let asked = part("a", "source", AuthorKind::Contact, Some("Hello?"));
        let redacted = Part { redacted: true, ..part("b", "comment", AuthorKind::Contact, None) };
        assert_eq!(unanswered(vec![asked, redacted]).as_deref(), Some("a"));
    }

    #[test]
    fn notes_and_assignments_do_not_answer_and_replies_do() {
        let asked = part("a", "source", AuthorKind::Contact, Some("Hello?"));
        let note = part("b", "note", AuthorKind::Admin, Some("VIP"));
        let assigned = part("c", "assignment", AuthorKind::Admin, None);
        let reply = part("d", "comment", AuthorKind::Admin, Some("Hello"));
        assert_eq!(unanswered(vec![asked.clone(), note, assigned]).as_deref(), Some("a"));
        assert_eq!(unanswered(vec![asked, reply]), None);
    }

    #[test]
    fn context_is_what_was_said_before_newest_first() {
        let parts = vec![
            part("a", "source", AuthorKind::Contact, Some("first")),
            part("b", "comment", AuthorKind::Admin, Some("second")),
            part("c", "close", AuthorKind::Admin, None),
            part("d", "comment", AuthorKind::Contact, Some("third")),
        ];
        let conversation = conversation(parts);
        let (newest, earlier) = conversation.newest_with_context(3).expect("it waits");
        assert_eq!((newest.text.as_deref(), earlier), (Some("third"), vec!["second", "first"]));
    }
}
