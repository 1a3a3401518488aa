//! A conversation and what it consists of.

use serde_json::{Map, Value};

use super::{AppliedTag, Ticket};
use crate::script::{Channel, Truth};

/// The newest parts that a conversation shows; older ones are gone.
pub(crate) const PARTS_KEPT: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Closed,
    Snoozed { until: i64 },
}

impl State {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Snoozed { .. } => "snoozed",
        }
    }

    pub(crate) fn snoozed_until(self) -> Option<i64> {
        match self {
            Self::Snoozed { until } => Some(until),
            Self::Open | Self::Closed => None,
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Conversation {
    pub(crate) id: u64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) title: Option<String>,
    pub(crate) state: State,
    pub(crate) waiting_since: Option<i64>,
    pub(crate) read: bool,
    pub(crate) priority: &'static str,
    pub(crate) admin_assignee_id: Option<u64>,
    pub(crate) team_assignee_id: Option<u64>,
    pub(crate) company_id: Option<String>,
    pub(crate) tags: Vec<AppliedTag>,
    pub(crate) channel: Channel,
    pub(crate) source: Source,
    pub(crate) contact_ids: Vec<String>,
    pub(crate) teammate_ids: Vec<u64>,
    pub(crate) custom_attributes: Map<String, Value>,
    pub(crate) statistics: Statistics,
    pub(crate) parts: Vec<Part>,
    /// The ticket it was made into.
    pub(crate) ticket: Option<Box<Ticket>>,
    /// The conversation it goes on in.
    pub(crate) merged_into: Option<u64>,
    pub(crate) truth: Option<Truth>,
    pub(crate) script: Option<ScriptThread>,
    /// Where the ids of its parts begin.
    pub(crate) part_ids_from: u64,
}

/// The script entry that a conversation follows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ScriptThread {
    pub(crate) entry: usize,
    /// The follow-up that comes next.
    pub(crate) next: usize,
    /// That follow-up has its time already.
    pub(crate) planned: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) id: u64,
    pub(crate) delivered_as: &'static str,
    pub(crate) subject: String,
    pub(crate) body: String,
    pub(crate) author: Author,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) url: Option<String>,
    pub(crate) redacted: bool,
}

/// Who wrote: looked up when shown, so a new name shows everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Author {
    Admin(u64),
    Contact(String),
}

#[derive(Debug, Clone)]
pub(crate) struct Attachment {
    pub(crate) name: String,
    pub(crate) url: String,
    pub(crate) content_type: String,
    pub(crate) filesize: u64,
    pub(crate) size: Option<(u64, u64)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) id: u64,
    pub(crate) kind: &'static str,
    pub(crate) body: Option<String>,
    pub(crate) created_at: i64,
    pub(crate) assigned_to: Option<Assigned>,
    pub(crate) author: Author,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) quick_replies: Vec<(String, String)>,
    /// The state that the conversation was in after this part.
    pub(crate) state: State,
    pub(crate) event: Option<EventDetails>,
    pub(crate) redacted: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assigned {
    Admin(u64),
    Team(u64),
    Bot(u64),
    Nobody,
}

/// An attribute that was changed, and from what.
#[derive(Debug, Clone)]
pub(crate) struct EventDetails {
    pub(crate) attribute: String,
    pub(crate) value: String,
    pub(crate) previous: Option<String>,
}

/// Times and counts, as far as they have happened.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statistics {
    pub(crate) first_contact_reply_at: Option<i64>,
    pub(crate) last_contact_reply_at: Option<i64>,
    pub(crate) first_assignment_at: Option<i64>,
    pub(crate) last_assignment_at: Option<i64>,
    pub(crate) last_assignment_admin_reply_at: Option<i64>,
    pub(crate) first_admin_reply_at: Option<i64>,
    pub(crate) last_admin_reply_at: Option<i64>,
    pub(crate) first_close_at: Option<i64>,
    pub(crate) last_close_at: Option<i64>,
    pub(crate) last_closed_by_id: Option<u64>,
    pub(crate) time_to_assignment: Option<i64>,
    pub(crate) reply_times: Vec<i64>,
    pub(crate) count_reopens: u64,
    pub(crate) count_assignments: u64,
    pub(crate) count_conversation_parts: u64,
}

impl Statistics {
    pub(crate) fn median_time_to_reply(&self) -> Option<i64> {
        let mut times = self.reply_times.clone();
        times.sort_unstable();
        times.get(times.len() / 2).copied()
    }
}

impl Conversation {
    pub(crate) fn part(&self, id: u64) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }

    /// At most so many, the oldest left out.
    pub(crate) fn newest_parts(&self, most: usize) -> &[Part] {
        self.parts.get(self.parts.len().saturating_sub(most)..).unwrap_or_default()
    }

    pub(crate) fn next_part_id(&self) -> u64 {
        self.part_ids_from + self.statistics.count_conversation_parts + 1
    }

    pub(crate) fn push(&mut self, part: Part) {
        self.updated_at = self.updated_at.max(part.created_at);
        self.statistics.count_conversation_parts += 1;
        self.parts.push(part);
        if self.parts.len() > PARTS_KEPT {
            let surplus = self.parts.len() - PARTS_KEPT;
            self.parts.drain(..surplus);
        }
    }
}
