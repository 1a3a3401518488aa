//! What takes a conversation away, or part of it: deletion, redaction, a merge, the way into a ticket; and who takes
//! part in it.

use serde_json::json;

use super::{Author, DeletedConversation, Message, Part, State, Ticket, World, acts::leave_part};

/// The body of what was redacted.
const REDACTED: &str = "<p><i>This message was deleted</i></p>";

/// What of a conversation is redacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Redacted {
    Source,
    Part(u64),
}

/// Why something cannot be redacted or merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotPossible {
    NotThere,
    NotRedactable,
    AlreadyMerged,
}

impl World {
    pub(crate) fn delete_conversation(&mut self, id: u64, metrics_retained: bool) {
        if self.conversations.remove(id).is_none() {
            return;
        }
        let deleted_at = self.now();
        self.deleted_conversations.push(DeletedConversation { id, deleted_at, metrics_retained });
        // This item has no id of its own.
        let item = json!({ "type": "conversation", "conversation_id": id.to_string() });
        self.notify("conversation.deleted", format!("conversation.deleted/{id}"), item);
    }

    /// Takes the words out of a message. Of the first one only when a contact wrote it.
    pub(crate) fn redact(&mut self, id: u64, what: Redacted) -> Result<(), NotPossible> {
        let now = self.now();
        let conversation = self.conversations.get_mut(id).ok_or(NotPossible::NotThere)?;
        match what {
            Redacted::Source => {
                let source = &mut conversation.source;
                if !matches!(source.author, Author::Contact(_)) {
                    return Err(NotPossible::NotRedactable);
                }
                REDACTED.clone_into(&mut source.body);
                source.subject.clear();
                source.attachments.clear();
                source.redacted = true;
            }
            Redacted::Part(part_id) => {
                let part = conversation.parts.iter_mut().find(|part| part.id == part_id);
                let part = part.ok_or(NotPossible::NotThere)?;
                if part.body.is_none() {
                    return Err(NotPossible::NotRedactable);
                }
                part.body = Some(REDACTED.to_owned());
                part.attachments.clear();
                part.redacted = true;
            }
        }
        conversation.updated_at = now;
        let part_id = match what {
            Redacted::Source => None,
            Redacted::Part(part_id) => Some(part_id),
        };
        self.notify_conversation("conversation_part.redacted", id, part_id);
        Ok(())
    }

    /// Lets a contact take part. Leaves a part only when the contact did not take part yet.
    pub(crate) fn attach_contact(&mut self, id: u64, contact_id: &str, admin_id: u64, at: i64) {
        let Some(conversation) = self.conversations.get_mut(id) else { return };
        if conversation.contact_ids.iter().any(|known| known == contact_id) {
            return;
        }
        conversation.contact_ids.push(contact_id.to_owned());
        let author = Author::Admin(admin_id);
        leave_part(conversation, "participant_added", author, Message::default(), None, at);
        self.notify_participant("conversation.contact.attached", id, contact_id);
    }

    /// Lets a contact take part no longer, unless nobody else would.
    pub(crate) fn detach_contact(&mut self, id: u64, contact_id: &str, admin_id: u64, at: i64) -> bool {
        let Some(conversation) = self.conversations.get_mut(id) else { return false };
        if conversation.contact_ids.len() < 2 {
            return false;
        }
        conversation.contact_ids.retain(|known| known != contact_id);
        let author = Author::Admin(admin_id);
        leave_part(conversation, "participant_removed", author, Message::default(), None, at);
        self.notify_participant("conversation.contact.detached", id, contact_id);
        true
    }

    /// Lets the second conversation go on in the first: its people join, and it closes.
    pub(crate) fn merge_conversations(&mut self, from: u64, into: u64, at: i64) -> Result<(), NotPossible> {
        let operator = self.operator_id().ok_or(NotPossible::NotThere)?;
        let secondary = self.conversations.get_mut(from).ok_or(NotPossible::NotThere)?;
        if secondary.merged_into.is_some() {
            return Err(NotPossible::AlreadyMerged);
        }
        secondary.merged_into = Some(into);
        let people = secondary.contact_ids.clone();
        let primary = self.conversations.get_mut(into).ok_or(NotPossible::NotThere)?;
        for contact_id in people {
            if !primary.contact_ids.contains(&contact_id) {
                primary.contact_ids.push(contact_id);
            }
        }
        let author = Author::Admin(operator);
        leave_part(primary, "merged_primary_conversation", author, Message::default(), None, at);
        self.close(from, operator, Message::default(), at);
        Ok(())
    }

    /// Makes a ticket of a conversation, once.
    pub(crate) fn convert_to_ticket(&mut self, id: u64, ticket: Ticket) {
        let topic = "ticket.created";
        let Some(conversation) = self.conversations.get_mut(id) else { return };
        if conversation.ticket.is_some() {
            return;
        }
        conversation.updated_at = conversation.updated_at.max(ticket.created_at);
        conversation.ticket = Some(Box::new(ticket));
        let Some(conversation) = self.conversations.get(id) else { return };
        if let Some(item) = crate::render::ticket(self, conversation) {
            self.notify(topic, format!("{topic}/{id}"), item);
        }
    }

    pub(crate) fn operator_id(&self) -> Option<u64> {
        self.admins.iter().find(|admin| admin.is_bot).map(|admin| admin.id)
    }

    /// These two topics carry the bare records: without a type or an id, and with numbers for ids.
    fn notify_participant(&mut self, topic: &'static str, id: u64, contact_id: &str) {
        let Some(contact) = self.contact(contact_id) else { return };
        let item = json!({
            "conversation": { "parts": [], "options": {}, "model": { "id": id } },
            "contact": { "id": contact.id, "external_id": contact.external_id, "email": contact.email },
        });
        self.made.participant_notices += 1;
        let about = format!("{topic}/{id}/{contact_id}/{}", self.made.participant_notices);
        self.notify(topic, about, item);
    }

    /// Closes what somebody who is blocked has open.
    pub(super) fn close_conversations_of(&mut self, contact_id: &str) {
        let Some(operator) = self.operator_id() else { return };
        let at = self.now();
        let open = self.conversations.values().filter(|conversation| {
            conversation.state != State::Closed && conversation.contact_ids.iter().any(|id| id == contact_id)
        });
        for id in open.map(|conversation| conversation.id).collect::<Vec<_>>() {
            self.close(id, operator, Message::default(), at);
        }
    }

    /// Puts one contact in the place of another, in all that was written.
    pub(super) fn rewrite_author(&mut self, from: &str, into: &str) {
        let concerned = self
            .conversations
            .values()
            .filter(|conversation| conversation.contact_ids.iter().any(|id| id == from))
            .map(|conversation| conversation.id)
            .collect::<Vec<_>>();
        let rewrite = |author: &mut Author| {
            if matches!(author, Author::Contact(id) if id == from) {
                *author = Author::Contact(into.to_owned());
            }
        };
        for id in concerned {
            let Some(conversation) = self.conversations.get_mut(id) else { continue };
            let was_there = conversation.contact_ids.iter().any(|id| id == into);
            conversation.contact_ids.retain(|id| id != from);
            if !was_there {
                conversation.contact_ids.push(into.to_owned());
            }
            rewrite(&mut conversation.source.author);
            conversation.parts.iter_mut().for_each(|part: &mut Part| rewrite(&mut part.author));
        }
    }
}
