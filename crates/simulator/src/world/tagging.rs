//! Tags on conversations, contacts and companies, and notes on contacts.

use serde_json::json;

use super::{AppliedTag, Note, World};
use crate::{render, script::Role};

impl World {
    /// The tag of this name, made if there is none. Case does not tell tags apart.
    pub(crate) fn tag_named(&mut self, name: &str) -> u64 {
        let lower = name.to_lowercase();
        let known = self.tags.iter().find(|tag| tag.name.to_lowercase() == lower).map(|tag| tag.id);
        known.unwrap_or_else(|| self.make_tag(name))
    }

    pub(crate) fn rename_tag(&mut self, id: u64, name: &str) {
        if let Some(tag) = self.tags.iter_mut().find(|tag| tag.id == id) {
            name.clone_into(&mut tag.name);
        }
    }

    pub(crate) fn tag_conversation(&mut self, conversation_id: u64, tag_id: u64, admin_id: u64) {
        let at = self.now();
        if let Some(conversation) = self.conversations.get_mut(conversation_id) {
            put_on(&mut conversation.tags, tag_id, Some(admin_id), at);
            conversation.updated_at = at;
        }
    }

    /// Takes a tag off and says how it had been put on.
    pub(crate) fn untag_conversation(&mut self, conversation_id: u64, tag_id: u64) -> Option<AppliedTag> {
        let at = self.now();
        let conversation = self.conversations.get_mut(conversation_id)?;
        let place = conversation.tags.iter().position(|tag| tag.tag_id == tag_id)?;
        conversation.updated_at = at;
        Some(conversation.tags.remove(place))
    }

    pub(crate) fn tag_contact(&mut self, contact_id: &str, tag_id: u64, by: Option<u64>) {
        let at = self.now();
        let Some(contact) = self.contact_mut(contact_id) else { return };
        if put_on(&mut contact.tags, tag_id, by, at) {
            self.notify_contact_tag(contact_id, tag_id, true);
        }
    }

    /// Takes a tag off a contact and says how it had been put on.
    pub(crate) fn untag_contact(&mut self, contact_id: &str, tag_id: u64) -> Option<AppliedTag> {
        let contact = self.contact_mut(contact_id)?;
        let place = contact.tags.iter().position(|tag| tag.tag_id == tag_id)?;
        let removed = contact.tags.remove(place);
        self.notify_contact_tag(contact_id, tag_id, false);
        Some(removed)
    }

    /// Takes a tag away, and off everything that has it.
    pub(crate) fn delete_tag(&mut self, tag_id: u64) -> bool {
        let before = self.tags.len();
        self.tags.retain(|tag| tag.id != tag_id);
        if self.tags.len() == before {
            return false;
        }
        let has_it = |tags: &[AppliedTag]| tags.iter().any(|tag| tag.tag_id == tag_id);
        let tagged: Vec<u64> =
            self.conversations.values().filter(|it| has_it(&it.tags)).map(|it| it.id).collect();
        for id in tagged {
            if let Some(conversation) = self.conversations.get_mut(id) {
                conversation.tags.retain(|tag| tag.tag_id != tag_id);
            }
        }
        let tagged: Vec<String> =
            self.contacts.iter().filter(|it| has_it(&it.tags)).map(|it| it.id.clone()).collect();
        for id in tagged {
            if let Some(contact) = self.contact_mut(&id) {
                contact.tags.retain(|tag| tag.tag_id != tag_id);
            }
        }
        for company in &mut self.companies {
            company.tags.retain(|tag| tag.tag_id != tag_id);
        }
        true
    }

    fn notify_contact_tag(&mut self, contact_id: &str, tag_id: u64, put_on: bool) {
        let (Some(contact), Some(tag)) = (self.contact(contact_id), self.tag(tag_id)) else { return };
        let topic = match (contact.role, put_on) {
            (Role::User, true) => "contact.user.tag.created",
            (Role::User, false) => "contact.user.tag.deleted",
            (Role::Lead, true) => "contact.lead.tag.created",
            (Role::Lead, false) => "contact.lead.tag.deleted",
        };
        let item = json!({
            "type": "contact_tag",
            "created_at": self.now(),
            "tag": render::tag(tag),
            "contact": render::contact(self, contact, render::View::newest()),
        });
        self.made.tag_notices += 1;
        let about = format!("{topic}/{contact_id}/{tag_id}/{}", self.made.tag_notices);
        self.notify(topic, about, item);
    }

    pub(crate) fn tag_company(&mut self, company_id: &str, tag_id: u64, untag: bool) {
        let at = self.now();
        if let Some(company) = self.companies.iter_mut().find(|company| company.id == company_id) {
            company.tags.retain(|tag| tag.tag_id != tag_id);
            if !untag {
                put_on(&mut company.tags, tag_id, None, at);
            }
        }
    }

    pub(crate) fn note_on_contact(
        &mut self,
        contact_id: &str,
        body: String,
        author_id: Option<u64>,
    ) -> Option<Note> {
        self.made.notes += 1;
        let note = Note {
            id: 17_490_000 + self.seed.number("notes", 0) % 100_000 + self.made.notes,
            body,
            created_at: self.now(),
            author_id,
        };
        self.contact_mut(contact_id)?.notes.push(note.clone());
        Some(note)
    }
}

/// Says whether the tag was not there before.
fn put_on(tags: &mut Vec<AppliedTag>, tag_id: u64, by: Option<u64>, at: i64) -> bool {
    let is_new = !tags.iter().any(|tag| tag.tag_id == tag_id);
    if is_new {
        tags.push(AppliedTag { tag_id, at, by });
    }
    is_new
}
