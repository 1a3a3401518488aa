//! Making and changing contacts.

use serde_json::{Map, Value, json};

use super::{Contact, World};
use crate::script::Role;

/// What a request says about a member that it may also empty.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) enum Change<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Change<T> {
    fn apply_to(self, member: &mut Option<T>) {
        match self {
            Self::Keep => {}
            Self::Clear => *member = None,
            Self::Set(value) => *member = Some(value),
        }
    }
}

/// What a request says about a contact; what it leaves out stays as it is.
#[derive(Debug, Default)]
pub(crate) struct ContactChange {
    pub(crate) role: Option<Role>,
    pub(crate) external_id: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phone: Change<String>,
    pub(crate) name: Change<String>,
    pub(crate) avatar: Change<String>,
    pub(crate) owner_id: Change<u64>,
    pub(crate) signed_up_at: Change<i64>,
    pub(crate) last_seen_at: Change<i64>,
    pub(crate) unsubscribed_from_emails: Option<bool>,
    pub(crate) custom_attributes: Map<String, Value>,
}

/// Another contact has the e-mail or the external id already.
#[derive(Debug)]
pub(crate) struct ContactConflict {
    pub(crate) id: String,
    pub(crate) archived: bool,
}

/// A contact that went on as another.
#[derive(Debug, Clone)]
pub(crate) struct MergedContact {
    pub(crate) id: String,
    pub(crate) external_id: Option<String>,
    into: String,
}

impl World {
    pub(crate) fn create_contact(&mut self, change: ContactChange) -> Result<String, ContactConflict> {
        let role = change.role.unwrap_or(Role::User);
        self.refuse_conflict(None, role, change.email.as_deref(), change.external_id.as_deref())?;
        self.made.contacts += 1;
        let id = self.seed.hex("contact", self.made.contacts, 24);
        let now = self.now();
        let mut contact =
            Contact { id: id.clone(), role, created_at: now, updated_at: now, ..Contact::blank() };
        apply(&mut contact, change);
        self.contacts.push(contact);
        self.notify_contact(&id, true);
        Ok(id)
    }

    /// Changes a contact that is known to be there.
    pub(crate) fn update_contact(&mut self, id: &str, change: ContactChange) -> Result<(), ContactConflict> {
        let Some(contact) = self.contact(id) else { return Ok(()) };
        let role = change.role.unwrap_or(contact.role);
        let email = change.email.as_deref().or(contact.email.as_deref());
        let external_id = change.external_id.as_deref().or(contact.external_id.as_deref());
        self.refuse_conflict(Some(id), role, email, external_id)?;
        let now = self.now();
        if let Some(contact) = self.contact_mut(id) {
            contact.role = role;
            apply(contact, change);
            contact.updated_at = now;
        }
        self.settle();
        self.notify_contact(id, false);
        Ok(())
    }

    /// Takes a contact away for good. What they wrote stays, by nobody who is known.
    pub(crate) fn delete_contact(&mut self, id: &str) -> Option<Contact> {
        let gone = self.contacts.remove(id)?;
        let item =
            json!({ "type": "contact", "id": gone.id, "external_id": gone.external_id, "deleted": true });
        self.notify("contact.deleted", format!("contact.deleted/{id}"), item);
        Some(gone)
    }

    pub(crate) fn archive_contact(&mut self, id: &str, archived: bool) {
        let now = self.now();
        let Some(contact) = self.contact_mut(id) else { return };
        contact.archived = archived;
        contact.blocked &= archived;
        contact.updated_at = now;
        // The second has no d at its end.
        let topic = if archived { "contact.archived" } else { "contact.unarchive" };
        self.notify_of_contact(topic, id, None);
    }

    /// Archives a contact, and closes what they have open.
    pub(crate) fn block_contact(&mut self, id: &str) {
        self.archive_contact(id, true);
        if let Some(contact) = self.contact_mut(id) {
            contact.blocked = true;
        }
        self.close_conversations_of(id);
    }

    /// Gives all that one contact has to another; the first is gone.
    pub(crate) fn merge_contacts(&mut self, from: &str, into: &str) {
        self.rewrite_author(from, into);
        let Some(gone) = self.contacts.remove(from) else { return };
        for event in self.events.iter_mut().filter(|event| event.contact_id == from) {
            into.clone_into(&mut event.contact_id);
        }
        let now = self.now();
        let Some(target) = self.contact_mut(into) else { return };
        for company_id in gone.company_ids {
            if !target.company_ids.contains(&company_id) {
                target.company_ids.push(company_id);
            }
        }
        for tag in gone.tags {
            if !target.tags.iter().any(|known| known.tag_id == tag.tag_id) {
                target.tags.push(tag);
            }
        }
        target.notes.extend(gone.notes);
        target.notes.sort_by_key(|note| note.created_at);
        for (name, value) in gone.custom_attributes {
            target.custom_attributes.entry(name).or_insert(value);
        }
        target.phone = target.phone.take().or(gone.phone);
        target.name = target.name.take().or(gone.name);
        target.email = target.email.take().or(gone.email);
        target.last_seen_at = target.last_seen_at.max(gone.last_seen_at);
        target.last_replied_at = target.last_replied_at.max(gone.last_replied_at);
        target.last_contacted_at = target.last_contacted_at.max(gone.last_contacted_at);
        target.updated_at = now;
        for earlier in self.merged_contacts.iter_mut().filter(|earlier| earlier.into == from) {
            into.clone_into(&mut earlier.into);
        }
        self.merged_contacts.push(MergedContact {
            id: from.to_owned(),
            external_id: gone.external_id,
            into: into.to_owned(),
        });
        self.settle();
        self.notify_of_contact("contact.merged", into, Some(from));
    }

    /// What a contact that was merged away is now.
    pub(crate) fn merged_into(&self, is_it: impl Fn(&MergedContact) -> bool) -> Option<&str> {
        self.merged_contacts.iter().rev().find(|merged| is_it(merged)).map(|merged| merged.into.as_str())
    }

    fn notify_of_contact(&mut self, topic: &'static str, id: &str, merged_from: Option<&str>) {
        let Some(contact) = self.contact(id) else { return };
        let mut item = crate::render::contact(self, contact, crate::render::View::newest());
        if let (Some(from), Some(members)) = (merged_from, item.as_object_mut()) {
            members.insert("merged_from".to_owned(), json!({ "type": "contact", "id": from }));
        }
        let about = format!("{topic}/{id}/{}", self.made.contact_notices);
        self.made.contact_notices += 1;
        self.notify(topic, about, item);
    }

    /// E-mails are unique among users, external ids among everybody. Leads may share an e-mail.
    fn refuse_conflict(
        &self,
        own_id: Option<&str>,
        role: Role,
        email: Option<&str>,
        external_id: Option<&str>,
    ) -> Result<(), ContactConflict> {
        let others = |contact: &&Contact| own_id != Some(contact.id.as_str());
        let same_id = external_id.and_then(|id| self.contacts.all_of_external_id(id).find(others));
        let same_email = email.filter(|_| role == Role::User).and_then(|email| {
            self.contacts.all_of_email(email).filter(others).find(|other| other.role == Role::User)
        });
        let taken = same_id.or(same_email);
        taken.map_or(Ok(()), |other| Err(ContactConflict { id: other.id.clone(), archived: other.archived }))
    }
}

fn apply(contact: &mut Contact, change: ContactChange) {
    if change.external_id.is_some() {
        contact.external_id = change.external_id;
    }
    if change.email.is_some() {
        contact.email = change.email;
    }
    change.phone.apply_to(&mut contact.phone);
    change.name.apply_to(&mut contact.name);
    change.avatar.apply_to(&mut contact.avatar);
    change.owner_id.apply_to(&mut contact.owner_id);
    change.signed_up_at.apply_to(&mut contact.signed_up_at);
    change.last_seen_at.apply_to(&mut contact.last_seen_at);
    if let Some(unsubscribed) = change.unsubscribed_from_emails {
        contact.unsubscribed_from_emails = unsubscribed;
    }
    contact.custom_attributes.extend(change.custom_attributes);
}
