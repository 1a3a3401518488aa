//! Conversations and parts for the tests of this crate.

use crate::conversation::{Author, AuthorKind, Conversation, ConversationStatus, Part};
use crate::time::Timestamp;

/// A part by the teammate, customer or bot 1, who is called Ana Duarte, of time 0.
pub(crate) fn part(id: &str, kind: &str, author: AuthorKind, text: Option<&str>) -> Part {
    Part {
        id: id.into(),
        kind: kind.to_owned(),
        author: Author { kind: author, id: "1".to_owned(), name: Some("Ana Duarte".to_owned()), email: None },
        text: text.map(str::to_owned),
        attachments: vec![],
        assigned_to: None,
        created_at: Timestamp(0),
        redacted: false,
    }
}

/// An open chat of nobody with these parts, last changed at time 9.
pub(crate) fn conversation(parts: Vec<Part>) -> Conversation {
    Conversation {
        id: "1".into(),
        subject: None,
        channel: "chat".to_owned(),
        status: ConversationStatus::Open,
        admin_assignee: None,
        team_assignee: None,
        contact_ids: vec![],
        tags: vec![],
        priority: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(9),
        waiting_since: None,
        snoozed_until: None,
        total_parts: parts.len() as u32,
        parts,
    }
}
