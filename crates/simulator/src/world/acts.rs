//! What people do to a conversation: each act leaves a part, moves the state and the figures, and gives notice.
//!
//! Whether an act is allowed is for the caller to say; these functions only ask that the conversation is there.

use super::{
    Assigned, Attachment, Author, Conversation, EventDetails, Part, ScriptThread, Source, State, Statistics,
    World,
};
use crate::script::{After, Channel, Truth};

/// A first message from a contact.
#[derive(Debug)]
pub(crate) struct Opening {
    pub(crate) contact_id: String,
    pub(crate) subject: String,
    pub(crate) html: String,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) channel: Channel,
    pub(crate) at: i64,
    pub(crate) truth: Option<Truth>,
    pub(crate) script: Option<ScriptThread>,
}

/// What somebody writes. An act without words has no HTML.
#[derive(Debug, Default)]
pub(crate) struct Message {
    pub(crate) html: Option<String>,
    pub(crate) attachments: Vec<Attachment>,
    pub(crate) quick_replies: Vec<(String, String)>,
}

impl Message {
    pub(crate) fn html(html: String) -> Self {
        Self { html: Some(html), ..Self::default() }
    }
}

/// Who gets a conversation; nobody, when the place is emptied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Assignee {
    Admin(Option<u64>),
    Team(Option<u64>),
}

impl World {
    /// Opens a conversation and gives its id.
    pub(crate) fn open_conversation(&mut self, opening: Opening) -> u64 {
        let (origin, serial) = if opening.script.is_some() {
            self.made.conversations_of_script += 1;
            (0, self.made.conversations_of_script)
        } else {
            self.made.conversations_of_callers += 1;
            (1, self.made.conversations_of_callers)
        };
        let place = serial * 34 + origin * 17;
        let id = 215_400_000_000_000 + self.seed.number("conversations", 0) % 90_000_000_000 + place;
        let part_ids_from = 24_000_000_000 + place * 10_000;
        let company_id =
            self.contact(&opening.contact_id).and_then(|contact| contact.company_ids.first().cloned());
        let at = opening.at;
        let conversation = Conversation {
            id,
            created_at: at,
            updated_at: at,
            title: None,
            state: State::Open,
            waiting_since: Some(at),
            read: false,
            priority: "none",
            admin_assignee_id: None,
            team_assignee_id: None,
            company_id,
            tags: Vec::new(),
            channel: opening.channel,
            source: Source {
                id: part_ids_from,
                delivered_as: "customer_initiated",
                subject: opening.subject,
                body: opening.html,
                author: Author::Contact(opening.contact_id.clone()),
                attachments: opening.attachments,
                url: None,
                redacted: false,
            },
            contact_ids: vec![opening.contact_id.clone()],
            teammate_ids: Vec::new(),
            custom_attributes: serde_json::Map::new(),
            statistics: Statistics {
                first_contact_reply_at: Some(at),
                last_contact_reply_at: Some(at),
                ..Statistics::default()
            },
            parts: Vec::new(),
            ticket: None,
            merged_into: None,
            truth: opening.truth,
            script: opening.script,
            part_ids_from,
        };
        self.conversations.insert(id, conversation);
        self.see_contact(&opening.contact_id, at);
        self.notify_conversation("conversation.user.created", id, None);
        self.plan_follow_up(id, After::Seconds);
        id
    }

    /// A contact writes again. A conversation that was closed or snoozed opens.
    pub(crate) fn contact_replies(
        &mut self,
        conversation_id: u64,
        contact_id: &str,
        message: Message,
        at: i64,
    ) -> Option<u64> {
        let conversation = self.conversations.get_mut(conversation_id)?;
        let reopens = conversation.state != State::Open;
        if conversation.state == State::Closed {
            conversation.statistics.count_reopens += 1;
        }
        conversation.state = State::Open;
        conversation.read = false;
        conversation.waiting_since.get_or_insert(at);
        let statistics = &mut conversation.statistics;
        statistics.first_contact_reply_at.get_or_insert(at);
        statistics.last_contact_reply_at = Some(at);
        let kind = if reopens { "open" } else { "comment" };
        let author = Author::Contact(contact_id.to_owned());
        let part_id = leave_part(conversation, kind, author, message, None, at);
        self.see_contact(contact_id, at);
        self.notify_conversation("conversation.user.replied", conversation_id, Some(part_id));
        self.plan_follow_up(conversation_id, After::Seconds);
        Some(part_id)
    }

    /// A teammate answers. A closed conversation opens; then the one part tells of both.
    pub(crate) fn admin_comments(
        &mut self,
        conversation_id: u64,
        admin_id: u64,
        message: Message,
        at: i64,
    ) -> Option<u64> {
        let is_bot = self.admin(admin_id).is_some_and(|admin| admin.is_bot);
        let conversation = self.conversations.get_mut(conversation_id)?;
        let reopens = reopen_if_closed(conversation);
        count_answer(conversation, admin_id, at);
        conversation.read = true;
        let kind = if reopens { "open" } else { "comment" };
        let part_id = leave_part(conversation, kind, Author::Admin(admin_id), message, None, at);
        self.contacts_were_answered(conversation_id, at);
        if reopens {
            self.notify_conversation("conversation.admin.opened", conversation_id, Some(part_id));
        }
        let topic = if is_bot { "conversation.operator.replied" } else { "conversation.admin.replied" };
        self.notify_conversation(topic, conversation_id, Some(part_id));
        self.plan_follow_up(conversation_id, After::Reply);
        Some(part_id)
    }

    /// A teammate writes for the team only. Nothing moves.
    pub(crate) fn admin_notes(
        &mut self,
        conversation_id: u64,
        admin_id: u64,
        message: Message,
        at: i64,
    ) -> Option<u64> {
        let conversation = self.conversations.get_mut(conversation_id)?;
        let part_id = leave_part(conversation, "note", Author::Admin(admin_id), message, None, at);
        self.notify_conversation("conversation.admin.noted", conversation_id, Some(part_id));
        Some(part_id)
    }

    /// A teammate offers answers to choose from.
    pub(crate) fn admin_offers(
        &mut self,
        conversation_id: u64,
        admin_id: u64,
        message: Message,
        at: i64,
    ) -> Option<u64> {
        let conversation = self.conversations.get_mut(conversation_id)?;
        count_answer(conversation, admin_id, at);
        let part_id = leave_part(conversation, "quick_reply", Author::Admin(admin_id), message, None, at);
        self.notify_conversation("conversation.admin.replied", conversation_id, Some(part_id));
        Some(part_id)
    }

    /// Gives a conversation to a teammate or a team. One with words is an answer too; a closed one opens.
    pub(crate) fn assign(
        &mut self,
        conversation_id: u64,
        admin_id: u64,
        assignee: Assignee,
        message: Message,
        at: i64,
    ) -> Option<u64> {
        let to = match assignee {
            Assignee::Admin(Some(id)) if self.admin(id).is_some_and(|admin| admin.is_bot) => {
                Assigned::Bot(id)
            }
            Assignee::Admin(Some(id)) => Assigned::Admin(id),
            Assignee::Team(Some(id)) => Assigned::Team(id),
            Assignee::Admin(None) | Assignee::Team(None) => Assigned::Nobody,
        };
        let answers = message.html.is_some();
        let conversation = self.conversations.get_mut(conversation_id)?;
        match assignee {
            Assignee::Admin(id) => conversation.admin_assignee_id = id,
            Assignee::Team(id) => conversation.team_assignee_id = id,
        }
        let reopens = to != Assigned::Nobody && reopen_if_closed(conversation);
        if to != Assigned::Nobody {
            let statistics = &mut conversation.statistics;
            statistics.count_assignments += 1;
            statistics.first_assignment_at.get_or_insert(at);
            statistics.last_assignment_at = Some(at);
            statistics.last_assignment_admin_reply_at = None;
        }
        if answers {
            count_answer(conversation, admin_id, at);
            conversation.read = true;
        }
        let kind = if reopens { "assign_and_reopen" } else { "assignment" };
        let part_id = leave_part(conversation, kind, Author::Admin(admin_id), message, Some(to), at);
        if answers {
            self.contacts_were_answered(conversation_id, at);
        }
        self.notify_conversation("conversation.admin.assigned", conversation_id, Some(part_id));
        if reopens {
            self.notify_conversation("conversation.admin.opened", conversation_id, Some(part_id));
        }
        if answers {
            self.notify_conversation("conversation.admin.replied", conversation_id, Some(part_id));
            self.plan_follow_up(conversation_id, After::Reply);
        }
        Some(part_id)
    }

    pub(crate) fn close(
        &mut self,
        conversation_id: u64,
        admin_id: u64,
        message: Message,
        at: i64,
    ) -> Option<u64> {
        let answers = message.html.is_some();
        let conversation = self.conversations.get_mut(conversation_id)?;
        if answers {
            count_answer(conversation, admin_id, at);
        }
        conversation.state = State::Closed;
        conversation.waiting_since = None;
        let statistics = &mut conversation.statistics;
        statistics.first_close_at.get_or_insert(at);
        statistics.last_close_at = Some(at);
        statistics.last_closed_by_id = Some(admin_id);
        add_teammate(conversation, admin_id);
        let part_id = leave_part(conversation, "close", Author::Admin(admin_id), message, None, at);
        if answers {
            self.contacts_were_answered(conversation_id, at);
        }
        self.notify_conversation("conversation.admin.closed", conversation_id, Some(part_id));
        if answers {
            self.plan_follow_up(conversation_id, After::Reply);
        }
        Some(part_id)
    }

    /// Opens a conversation, out of a snooze too.
    pub(crate) fn open(&mut self, conversation_id: u64, admin_id: u64, at: i64) -> Option<u64> {
        let conversation = self.conversations.get_mut(conversation_id)?;
        let was_snoozed = matches!(conversation.state, State::Snoozed { .. });
        reopen_if_closed(conversation);
        conversation.state = State::Open;
        conversation.read = true;
        let author = Author::Admin(admin_id);
        let part_id = leave_part(conversation, "open", author, Message::default(), None, at);
        self.notify_conversation("conversation.admin.opened", conversation_id, Some(part_id));
        if was_snoozed {
            self.notify_conversation("conversation.admin.unsnoozed", conversation_id, Some(part_id));
        }
        Some(part_id)
    }

    pub(crate) fn snooze(&mut self, conversation_id: u64, admin_id: u64, until: i64, at: i64) -> Option<u64> {
        let conversation = self.conversations.get_mut(conversation_id)?;
        conversation.state = State::Snoozed { until };
        let author = Author::Admin(admin_id);
        let part_id = leave_part(conversation, "snoozed", author, Message::default(), None, at);
        self.plan_unsnooze(conversation_id, until);
        self.notify_conversation("conversation.admin.snoozed", conversation_id, Some(part_id));
        Some(part_id)
    }

    /// The end of a snooze, if it is still the one that was planned.
    pub(super) fn end_snooze(&mut self, conversation_id: u64, until: i64) {
        let Some(operator) = self.admins.iter().find(|admin| admin.is_bot).map(|admin| admin.id) else {
            return;
        };
        let Some(conversation) = self.conversations.get_mut(conversation_id) else { return };
        if conversation.state != (State::Snoozed { until }) {
            return;
        }
        conversation.state = State::Open;
        let author = Author::Admin(operator);
        // The part that ends a snooze is called like the one that begins it.
        let part_id = leave_part(conversation, "snoozed", author, Message::default(), None, until);
        self.notify_conversation("conversation.admin.unsnoozed", conversation_id, Some(part_id));
    }

    /// Sets an attribute of a conversation, which leaves a part that says so.
    pub(crate) fn set_conversation_attribute(
        &mut self,
        conversation_id: u64,
        name: &str,
        value: serde_json::Value,
        at: i64,
    ) -> Option<u64> {
        let operator = self.admins.iter().find(|admin| admin.is_bot).map(|admin| admin.id)?;
        let conversation = self.conversations.get_mut(conversation_id)?;
        let shown = shown(&value);
        let previous = conversation.custom_attributes.insert(name.to_owned(), value);
        let previous = previous.as_ref().map(self::shown);
        let id = conversation.next_part_id();
        let event = EventDetails { attribute: name.to_owned(), value: shown, previous };
        let state = conversation.state;
        conversation.push(Part {
            id,
            kind: "conversation_attribute_updated_by_admin",
            body: None,
            created_at: at,
            assigned_to: None,
            author: Author::Admin(operator),
            attachments: Vec::new(),
            quick_replies: Vec::new(),
            state,
            event: Some(event),
            redacted: false,
        });
        Some(id)
    }

    fn see_contact(&mut self, contact_id: &str, at: i64) {
        if let Some(contact) = self.contact_mut(contact_id) {
            contact.last_replied_at = contact.last_replied_at.max(Some(at));
            contact.last_seen_at = contact.last_seen_at.max(Some(at));
            contact.updated_at = contact.updated_at.max(at);
        }
    }

    fn contacts_were_answered(&mut self, conversation_id: u64, at: i64) {
        let Some(conversation) = self.conversations.get(conversation_id) else { return };
        for contact_id in conversation.contact_ids.clone() {
            if let Some(contact) = self.contact_mut(&contact_id) {
                contact.last_contacted_at = contact.last_contacted_at.max(Some(at));
            }
        }
    }
}

pub(super) fn leave_part(
    conversation: &mut Conversation,
    kind: &'static str,
    author: Author,
    message: Message,
    assigned_to: Option<Assigned>,
    at: i64,
) -> u64 {
    let id = conversation.next_part_id();
    let state = conversation.state;
    conversation.push(Part {
        id,
        kind,
        body: message.html,
        created_at: at,
        assigned_to,
        author,
        attachments: message.attachments,
        quick_replies: message.quick_replies,
        state,
        event: None,
        redacted: false,
    });
    id
}

fn reopen_if_closed(conversation: &mut Conversation) -> bool {
    let closed = conversation.state == State::Closed;
    if closed {
        conversation.state = State::Open;
        conversation.statistics.count_reopens += 1;
    }
    closed
}

fn count_answer(conversation: &mut Conversation, admin_id: u64, at: i64) {
    add_teammate(conversation, admin_id);
    let statistics = &mut conversation.statistics;
    if statistics.first_admin_reply_at.is_none() {
        statistics.first_admin_reply_at = Some(at);
        statistics.time_to_assignment =
            statistics.last_assignment_at.map(|assigned| assigned - conversation.created_at);
    }
    if let Some(waiting) = conversation.waiting_since.take() {
        statistics.reply_times.push(at - waiting);
    }
    statistics.last_admin_reply_at = Some(at);
    if statistics.last_assignment_at.is_some() {
        statistics.last_assignment_admin_reply_at.get_or_insert(at);
    }
}

fn add_teammate(conversation: &mut Conversation, admin_id: u64) {
    if !conversation.teammate_ids.contains(&admin_id) {
        conversation.teammate_ids.push(admin_id);
    }
}

fn shown(value: &serde_json::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
