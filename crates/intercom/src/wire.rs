//! What Intercom sends, field by field, as far as this console uses it.
//!
//! Every field may be missing, null or of another type than described; only what is no record at all is refused.
//! Names are Intercom's own.

mod flexible;

pub(crate) use flexible::{Count, Flag, Id, Listing, Record, Text, Time, id_text, is_id, time_of};

use serde::Deserialize;
use serde_json::{Map, Value};

/// A conversation, with parts (fetched) or without (found by a search).
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Conversation {
    pub(crate) id: Id,
    pub(crate) title: Text,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    pub(crate) waiting_since: Time,
    pub(crate) snoozed_until: Time,
    pub(crate) open: Flag,
    pub(crate) state: Text,
    pub(crate) priority: Text,
    pub(crate) admin_assignee_id: Id,
    pub(crate) team_assignee_id: Id,
    pub(crate) tags: Listing<Tag>,
    pub(crate) source: Record<Source>,
    pub(crate) contacts: Listing<Reference>,
    #[serde(rename = "conversation_parts")]
    pub(crate) parts: Listing<Part>,
    pub(crate) statistics: Record<Statistics>,
}

/// A conversation that is no more.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeletedConversation {
    pub(crate) id: Id,
    pub(crate) deleted_at: Time,
}

/// The message that a conversation began with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Source {
    #[serde(rename = "type")]
    pub(crate) kind: Text,
    pub(crate) id: Id,
    pub(crate) subject: Text,
    pub(crate) body: Text,
    pub(crate) author: Record<Author>,
    pub(crate) attachments: Listing<Attachment>,
    pub(crate) redacted: Flag,
}

/// An entry after the first.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Part {
    pub(crate) id: Id,
    #[serde(rename = "part_type")]
    pub(crate) kind: Text,
    pub(crate) body: Text,
    pub(crate) created_at: Time,
    pub(crate) assigned_to: Record<Reference>,
    pub(crate) author: Record<Author>,
    pub(crate) attachments: Listing<Attachment>,
    pub(crate) redacted: Flag,
}

/// Who wrote or did something.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Author {
    #[serde(rename = "type")]
    pub(crate) kind: Text,
    pub(crate) id: Id,
    pub(crate) name: Text,
    pub(crate) email: Text,
    pub(crate) from_ai_agent: Flag,
}

/// A file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Attachment {
    pub(crate) name: Text,
    pub(crate) url: Text,
    pub(crate) content_type: Text,
    pub(crate) filesize: Count,
}

/// Something named by type and id.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Reference {
    #[serde(rename = "type")]
    pub(crate) kind: Text,
    pub(crate) id: Id,
    pub(crate) name: Text,
}

/// Counts that Intercom keeps of a conversation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Statistics {
    pub(crate) count_conversation_parts: Count,
}

/// A tag. In a contact it is only a reference, without its name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Tag {
    pub(crate) name: Text,
}

/// A teammate; `app` only in the answer to "who am I".
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Admin {
    pub(crate) id: Id,
    pub(crate) name: Text,
    pub(crate) email: Text,
    pub(crate) away_mode_enabled: Flag,
    pub(crate) has_inbox_seat: Flag,
    pub(crate) app: Record<App>,
}

/// The workspace that a token opens.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct App {
    pub(crate) id_code: Text,
    pub(crate) name: Text,
    pub(crate) region: Text,
    pub(crate) timezone: Text,
}

/// A team.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Team {
    pub(crate) id: Id,
    pub(crate) name: Text,
    pub(crate) admin_ids: Listing<Id>,
}

/// A contact.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Contact {
    pub(crate) id: Id,
    pub(crate) external_id: Text,
    pub(crate) role: Text,
    pub(crate) name: Text,
    pub(crate) email: Text,
    pub(crate) phone: Text,
    pub(crate) companies: Listing<Company>,
    pub(crate) tags: Listing<Tag>,
    pub(crate) location: Record<Location>,
    pub(crate) custom_attributes: Record<Map<String, Value>>,
    pub(crate) created_at: Time,
    pub(crate) last_seen_at: Time,
    pub(crate) updated_at: Time,
}

/// Where a contact was last seen.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Location {
    pub(crate) city: Text,
    pub(crate) region: Text,
    pub(crate) country: Text,
}

/// A company. In a contact it is only a reference, without its name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Company {
    pub(crate) id: Id,
    pub(crate) name: Text,
    pub(crate) plan: Record<Plan>,
}

/// The plan that a company is on.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Plan {
    pub(crate) name: Text,
}

/// What stands beside the items of a page.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Page {
    pub(crate) total_count: Count,
    pub(crate) pages: Record<Pages>,
}

/// Where a page stands among the others.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Pages {
    pub(crate) next: Record<NextPage>,
}

/// Where the next page starts.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct NextPage {
    pub(crate) starting_after: Text,
}

/// What Intercom says when it refuses.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorList {
    #[serde(rename = "type")]
    pub(crate) kind: Text,
    pub(crate) request_id: Text,
    pub(crate) errors: Listing<ErrorItem>,
}

/// One reason.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ErrorItem {
    pub(crate) code: Text,
    pub(crate) message: Text,
}
