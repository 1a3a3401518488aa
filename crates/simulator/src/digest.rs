//! The end state in short, to compare a client's with.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    text,
    world::{Author, Conversation, Span, World},
};

/// All conversations in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Digest {
    /// The time of the workspace, in seconds since the Unix epoch.
    pub now: i64,
    /// By their ids.
    pub conversations: BTreeMap<String, ConversationDigest>,
    /// The ids of those that were deleted.
    pub deleted: Vec<String>,
}

/// One conversation in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConversationDigest {
    /// When it changed last, in seconds since the Unix epoch.
    pub updated_at: i64,
    /// `open`, `closed` or `snoozed`.
    pub state: &'static str,
    /// Until when it is snoozed.
    pub snoozed_until: Option<i64>,
    /// The teammate who has it; 0 for nobody.
    pub admin_assignee_id: u64,
    /// The team that has it; 0 for none.
    pub team_assignee_id: u64,
    /// The id of its first message.
    pub source_id: String,
    /// The text of its first message, as [`text_hash`] gives it.
    pub source_text: String,
    /// Whether the first message was redacted.
    pub source_redacted: bool,
    /// How many parts it ever had; those shown may be fewer.
    pub part_count: u64,
    /// The parts that `GET /conversations/{id}` shows, oldest first.
    pub parts: Vec<PartDigest>,
}

/// One part in short.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartDigest {
    /// Its id.
    pub id: String,
    /// Its `part_type`.
    pub kind: &'static str,
    /// The id of who wrote it.
    pub author: String,
    /// The hash of its text; null where it has none.
    pub text: Option<String>,
    /// Whether it was redacted.
    pub redacted: bool,
}

impl Digest {
    /// Of the conversations that changed at `since` or later.
    pub(crate) fn of(world: &World, since: i64) -> Self {
        let conversations = world.conversations.newest_first(Span { from: since, ..Span::ALWAYS });
        let digested = conversations.map(|conversation| {
            (conversation.id.to_string(), ConversationDigest::of(conversation, world.parts_shown))
        });
        Self {
            now: world.now(),
            conversations: digested.collect(),
            deleted: world.deleted_conversations.iter().map(|deleted| deleted.id.to_string()).collect(),
        }
    }
}

impl ConversationDigest {
    fn of(conversation: &Conversation, parts_shown: usize) -> Self {
        let parts = conversation.newest_parts(parts_shown).iter().map(|part| PartDigest {
            id: part.id.to_string(),
            kind: part.kind,
            author: author_id(&part.author),
            text: part.body.as_deref().map(|html| text_hash(&text::plain(html))),
            redacted: part.redacted,
        });
        Self {
            updated_at: conversation.updated_at,
            state: conversation.state.name(),
            snoozed_until: conversation.state.snoozed_until(),
            admin_assignee_id: conversation.admin_assignee_id.unwrap_or(0),
            team_assignee_id: conversation.team_assignee_id.unwrap_or(0),
            source_id: conversation.source.id.to_string(),
            source_text: text_hash(&text::plain(&conversation.source.body)),
            source_redacted: conversation.source.redacted,
            part_count: conversation.statistics.count_conversation_parts,
            parts: parts.collect(),
        }
    }
}

fn author_id(author: &Author) -> String {
    match author {
        Author::Admin(id) => id.to_string(),
        Author::Contact(id) => id.clone(),
    }
}

/// 64-bit FNV-1a over the UTF-8 of a text without its white space, as 16 hexadecimal digits. White space is left out
/// because everybody turns markup into lines in their own way.
pub fn text_hash(text: &str) -> String {
    let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
    let mut buffer = [0; 4];
    for letter in text.chars().filter(|letter| !letter.is_whitespace()) {
        for byte in letter.encode_utf8(&mut buffer).bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a_and_blind_to_white_space() {
        assert_eq!(text_hash(""), "cbf29ce484222325");
        assert_eq!(text_hash("a"), "af63dc4c8601ec8c");
        assert_eq!(text_hash("foo\u{a0} bar\n"), text_hash("foobar"));
        assert_eq!(text_hash("foobar"), "85944171f73967e8");
    }
}
