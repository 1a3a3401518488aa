//! Making and changing contacts.

use serde_json::{Map, Value};

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
        self.notify_contact(id, false);
        Ok(())
    }

    /// E-mails are unique among users, external ids among everybody. Leads may share an e-mail.
    fn refuse_conflict(
        &self,
        own_id: Option<&str>,
        role: Role,
        email: Option<&str>,
        external_id: Option<&str>,
    ) -> Result<(), ContactConflict> {
        let taken = self.contacts.iter().filter(|other| own_id != Some(other.id.as_str())).find(|other| {
            let same_id = external_id.is_some() && other.external_id.as_deref() == external_id;
            let same_email = role == Role::User
                && other.role == Role::User
                && email
                    .zip(other.email.as_deref())
                    .is_some_and(|(ours, theirs)| ours.eq_ignore_ascii_case(theirs));
            same_id || same_email
        });
        taken.map_or(Ok(()), |other| Err(ContactConflict { id: other.id.clone() }))
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
