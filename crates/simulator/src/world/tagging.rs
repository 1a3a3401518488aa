//! Tags on conversations, contacts and companies, and notes on contacts.

use super::{AppliedTag, Note, World};

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
        if let Some(conversation) = self.conversations.get_mut(&conversation_id) {
            put_on(&mut conversation.tags, tag_id, Some(admin_id), at);
            conversation.updated_at = at;
        }
    }

    /// Takes a tag off and says how it had been put on.
    pub(crate) fn untag_conversation(&mut self, conversation_id: u64, tag_id: u64) -> Option<AppliedTag> {
        let at = self.now();
        let conversation = self.conversations.get_mut(&conversation_id)?;
        let place = conversation.tags.iter().position(|tag| tag.tag_id == tag_id)?;
        conversation.updated_at = at;
        Some(conversation.tags.remove(place))
    }

    pub(crate) fn tag_contact(&mut self, contact_id: &str, tag_id: u64, by: Option<u64>) {
        let at = self.now();
        if let Some(contact) = self.contact_mut(contact_id) {
            put_on(&mut contact.tags, tag_id, by, at);
        }
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

fn put_on(tags: &mut Vec<AppliedTag>, tag_id: u64, by: Option<u64>, at: i64) {
    if !tags.iter().any(|tag| tag.tag_id == tag_id) {
        tags.push(AppliedTag { tag_id, at, by });
    }
}
