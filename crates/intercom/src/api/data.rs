//! Data attributes, and events that the workspace reports about its contacts.

use super::field::{Attributes, Count, Id, Time};
use super::list::List;
use crate::client::transport::Call;
use domain::Fault;
use serde::{Deserialize, Serialize};

words! {
    /// What an attribute belongs to.
    Model { Contact = "contact", Company = "company", }
}

record! {
    /// An attribute that contacts or companies have.
    DataAttribute {
        kind as "type": String,
        id: Id,
        model: Model,
        name: String,
        full_name: String,
        label: String,
        description: String,
        data_type: String,
        options: List<String>,
        api_writable: bool,
        messenger_writable: bool,
        ui_writable: bool,
        custom: bool,
        archived: bool,
        created_at: Time,
        updated_at: Time,
        admin_id: Id,
    }
}

words! {
    /// What an attribute holds.
    DataType {
        String = "string",
        Integer = "integer",
        Float = "float",
        Boolean = "boolean",
        Datetime = "datetime",
        Date = "date",
        Options = "options",
    }
}

request! {
    /// An attribute to be made. `Options` needs at least two of them.
    NewDataAttribute {
        name: String,
        model: Model,
        data_type: DataType,
        ;
        options: Vec<Choice>,
        description: String,
        messenger_writable: bool,
    }
}

request! {
    /// A change of an attribute.
    UpdateDataAttribute {
        ;
        options: Vec<Choice>,
        archived: bool,
        description: String,
        messenger_writable: bool,
    }
}

request! {
    /// A value to choose from.
    Choice { value: String, ; }
}

resource! {
    /// Calls about data attributes.
    DataAttributes
}

impl DataAttributes {
    /// Those of contacts or companies, or both. Conversations have
    /// [their own](super::conversations::Conversations::attributes).
    pub async fn list(&self, model: Option<&Model>, archived: bool) -> Result<List<DataAttribute>, Fault> {
        let mut query: Vec<_> = model.map(|model| ("model", model.as_str())).into_iter().collect();
        if archived {
            query.push(("include_archived", "true"));
        }
        self.0.get("the attributes", &["data_attributes"], &query).await
    }

    /// Makes an attribute.
    pub async fn create(&self, request: &NewDataAttribute) -> Result<DataAttribute, Fault> {
        self.0.post("the attribute", &["data_attributes"], request).await
    }

    /// Changes an attribute.
    pub async fn update(&self, id: &str, request: &UpdateDataAttribute) -> Result<DataAttribute, Fault> {
        self.0.put("the attribute", &["data_attributes", id], request).await
    }
}

record! {
    /// Something that happened to a contact.
    DataEvent {
        kind as "type": String,
        event_name: String,
        created_at: Time,
        user_id: Id,
        id: Id,
        intercom_user_id: Id,
        email: String,
        metadata: Attributes,
    }
}

record! {
    /// How often things happened to a contact.
    DataEventSummary {
        kind as "type": String,
        email: String,
        intercom_user_id: Id,
        user_id: Id,
        events: List<EventCount>,
        pages: serde_json::Value,
    }
}

record! {
    /// How often one thing happened.
    EventCount { name: String, first: Time, last: Time, count: Count, description: String, }
}

request! {
    /// Something that happened to a contact, who is named in one of three ways. `metadata` has no levels.
    NewDataEvent {
        event_name: String,
        created_at: Time,
        ;
        id: Id,
        user_id: Id,
        email: String,
        metadata: Attributes,
    }
}

request! {
    /// How often something happened to a contact before this was told.
    NewEventSummary {
        user_id: Id,
        event_summaries: NewEventCount,
        ;
    }
}

request! {
    /// How often one thing happened.
    NewEventCount {
        event_name: String,
        count: i64,
        first: Time,
        last: Time,
        ;
    }
}

/// Whose events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum EventsOf {
    /// Intercom's id.
    Id(String),
    /// The workspace's own id.
    UserId(String),
    /// The address.
    Email(String),
}

impl EventsOf {
    const fn query(&self) -> (&'static str, &str) {
        match self {
            Self::Id(id) => ("intercom_user_id", id.as_str()),
            Self::UserId(id) => ("user_id", id.as_str()),
            Self::Email(email) => ("email", email.as_str()),
        }
    }
}

resource! {
    /// Calls about data events.
    DataEvents
}

impl DataEvents {
    /// Reports an event. The answer is empty, also for one that is known.
    pub async fn submit(&self, event: &NewDataEvent) -> Result<(), Fault> {
        let call = Call::post("the contact", &["events"], super::written(event)?);
        self.0.send(call).await.map(drop).map_err(|refused| refused.fault)
    }

    /// The events of a contact, as far as 90 days back.
    pub async fn list(&self, of: &EventsOf) -> Result<List<DataEvent>, Fault> {
        self.0.get("the contact", &["events"], &[("type", "user"), of.query()]).await
    }

    /// How often things happened to a contact.
    pub async fn summary(&self, of: &EventsOf) -> Result<DataEventSummary, Fault> {
        self.0.get("the contact", &["events"], &[("type", "user"), of.query(), ("summary", "true")]).await
    }

    /// Reports how often something happened. The answer is empty.
    pub async fn submit_summary(&self, summary: &NewEventSummary) -> Result<(), Fault> {
        let call = Call::post("the contact", &["events", "summaries"], super::written(summary)?);
        self.0.send(call).await.map(drop).map_err(|refused| refused.fault)
    }
}
