//! Contacts: the people who write.

use crate::ids::ContactId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// A company that a contact belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Company {
    /// The vendor's id.
    pub id: String,
    /// Name; empty when the vendor gave none.
    pub name: String,
    /// Plan name, when known.
    pub plan: Option<String>,
}

/// A person who writes to the team.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Contact {
    /// The vendor's id.
    pub id: ContactId,
    /// The team's own id for this person.
    pub external_id: Option<String>,
    /// `user` or `lead`, as the vendor writes it.
    pub role: String,
    /// Name, when known.
    pub name: Option<String>,
    /// Email, when known.
    pub email: Option<String>,
    /// Phone, when known.
    pub phone: Option<String>,
    /// Companies, at most ten.
    pub companies: Vec<Company>,
    /// City and country in one line, when known.
    pub location: Option<String>,
    /// Tag names.
    pub tags: Vec<String>,
    /// Custom attributes as text, by name.
    pub attributes: BTreeMap<String, String>,
    /// When the contact was created.
    pub created_at: Option<Timestamp>,
    /// When the contact was last seen.
    pub last_seen_at: Option<Timestamp>,
    /// When the vendor last changed the contact.
    pub updated_at: Option<Timestamp>,
}

impl Contact {
    /// What to call this person: name, else email, else a plain word.
    pub fn display_name(&self) -> &str {
        self.name
            .as_deref()
            .filter(|name| !name.trim().is_empty())
            .or(self.email.as_deref())
            .unwrap_or("Unknown visitor")
    }
}
