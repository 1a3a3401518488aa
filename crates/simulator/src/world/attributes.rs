//! Attributes of people, companies and conversations, and the events that people cause.

use serde_json::{Value, json};

use super::World;

#[derive(Debug, Clone)]
pub(crate) struct DataAttribute {
    /// Attributes that Intercom brings have none.
    pub(crate) id: Option<u64>,
    pub(crate) model: &'static str,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) description: String,
    pub(crate) data_type: &'static str,
    pub(crate) options: Option<Vec<String>>,
    pub(crate) messenger_writable: bool,
    pub(crate) archived: bool,
    pub(crate) admin_id: Option<u64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

/// An attribute that conversations can have.
#[derive(Debug, Clone)]
pub(crate) struct ConversationAttribute {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    /// Empty for plain text.
    pub(crate) options: &'static [&'static str],
}

/// How often a contact caused an event, and when first and last.
#[derive(Debug, Clone)]
pub(crate) struct EventSummary {
    pub(crate) contact_id: String,
    pub(crate) name: String,
    pub(crate) count: u64,
    pub(crate) first: i64,
    pub(crate) last: i64,
}

/// Model, name, label, what it is, type.
const STANDARD: [(&str, &str, &str, &str, &str); 8] = [
    ("contact", "name", "Name", "A person's full name", "string"),
    ("contact", "email", "Email", "The email address of a person", "string"),
    ("contact", "external_id", "User ID", "The id of a person in your own systems", "string"),
    ("contact", "created_at", "First seen", "When a person was first seen", "date"),
    ("company", "name", "Company name", "The name of a company", "string"),
    ("company", "company_id", "Company ID", "A number identifying a company", "string"),
    ("company", "monthly_spend", "Company monthly spend", "What a company pays in a month", "float"),
    ("company", "last_request_at", "Company last seen", "When a company was last seen", "date"),
];

impl World {
    pub(super) fn found_attributes(&mut self) {
        let at = self.identity.created_at;
        for (model, name, label, description, data_type) in STANDARD {
            self.data_attributes.push(DataAttribute {
                id: None,
                model,
                name: name.to_owned(),
                label: label.to_owned(),
                description: description.to_owned(),
                data_type,
                options: None,
                messenger_writable: false,
                archived: false,
                admin_id: None,
                created_at: at,
                updated_at: at,
            });
        }
        self.conversation_attributes = vec![
            ConversationAttribute { id: 1, name: "Language", options: &[] },
            ConversationAttribute { id: 2, name: "Severity", options: &["Low", "High"] },
        ];
    }

    pub(crate) fn add_data_attribute(&mut self, mut attribute: DataAttribute) -> u64 {
        self.made.attributes += 1;
        let id = self.made.attributes;
        attribute.id = Some(id);
        self.data_attributes.push(attribute);
        id
    }

    /// Counts an event, and tells of it.
    pub(crate) fn note_event(&mut self, contact_id: &str, name: &str, at: i64, metadata: &Value) {
        self.count_event(contact_id, name, 1, at, at);
        let Some(contact) = self.contact(contact_id) else { return };
        let item = json!({
            "type": "event",
            "event_name": name,
            "created_at": at,
            "user_id": contact.external_id,
            "intercom_user_id": contact.id,
            "email": contact.email,
            "metadata": metadata,
        });
        let about = format!("event.created/{contact_id}/{name}/{}", self.made.events);
        self.made.events += 1;
        self.notify("event.created", about, item);
    }

    pub(crate) fn count_event(&mut self, contact_id: &str, name: &str, count: u64, first: i64, last: i64) {
        let known = self.events.iter_mut().find(|event| event.contact_id == contact_id && event.name == name);
        if let Some(event) = known {
            event.count += count;
            event.first = event.first.min(first);
            event.last = event.last.max(last);
            return;
        }
        self.events.push(EventSummary {
            contact_id: contact_id.to_owned(),
            name: name.to_owned(),
            count,
            first,
            last,
        });
    }
}
