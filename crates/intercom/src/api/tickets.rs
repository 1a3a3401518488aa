//! Ticket types, and tickets as far as conversations become some.

use super::conversations::{Attachment, Author, LinkedObject, Reference};
use super::field::{Attributes, Count, Id, Time};
use super::list::List;
use domain::Fault;
use serde_json::Value;

words! {
    /// Whom a ticket is for.
    TicketCategory { Customer = "Customer", BackOffice = "Back-office", Tracker = "Tracker", }
}

record! {
    /// A type of tickets.
    TicketType {
        kind as "type": String,
        id: Id,
        category: TicketCategory,
        name: String,
        description: String,
        icon: String,
        workspace_id: Id,
        ticket_type_attributes: List<TicketTypeAttribute>,
        ticket_states: List<TicketState>,
        archived: bool,
        is_internal: bool,
        created_at: Time,
        updated_at: Time,
    }
}

record! {
    /// An attribute that tickets of a type have.
    TicketTypeAttribute {
        kind as "type": String,
        id: Id,
        workspace_id: Id,
        name: String,
        description: String,
        data_type: String,
        input_options: Attributes,
        order: Count,
        required_to_create: bool,
        required_to_create_for_contacts: bool,
        visible_on_create: bool,
        visible_to_contacts: bool,
        default: bool,
        ticket_type_id: Id,
        archived: bool,
        created_at: Time,
        updated_at: Time,
    }
}

record! {
    /// A state that tickets can be in.
    TicketState {
        kind as "type": String,
        id: Id,
        category: String,
        internal_label: String,
        external_label: String,
    }
}

record! {
    /// A ticket. `ticket_id` is the number that people see; calls want `id`.
    Ticket {
        kind as "type": String,
        id: Id,
        ticket_id: Id,
        category: TicketCategory,
        ticket_attributes: Attributes,
        ticket_state: TicketState,
        ticket_type: TicketType,
        contacts: List<Reference>,
        admin_assignee_id: Id,
        team_assignee_id: Id,
        created_at: Time,
        updated_at: Time,
        open: bool,
        snoozed_until: Time,
        linked_objects: List<LinkedObject>,
        ticket_parts: List<TicketPart>,
        is_shared: bool,
        previous_ticket_state_id: Id,
        company_id: Id,
    }
}

record! {
    /// An entry of a ticket.
    TicketPart {
        kind as "type": String,
        id: Id,
        part_type: String,
        body: String,
        previous_ticket_state: String,
        ticket_state: String,
        created_at: Time,
        updated_at: Time,
        assigned_to: Reference,
        author: Author,
        attachments: List<Attachment>,
        external_id: Id,
        redacted: bool,
        app_package_code: String,
        updated_attribute_data: Value,
    }
}

request! {
    /// A type to be made.
    NewTicketType {
        name: String,
        ;
        description: String,
        category: TicketCategory,
        icon: String,
        is_internal: bool,
    }
}

request! {
    /// A change of a type.
    UpdateTicketType {
        ;
        name: String,
        description: String,
        category: TicketCategory,
        icon: String,
        archived: bool,
        is_internal: bool,
    }
}

resource! {
    /// Calls about ticket types.
    TicketTypes
}

impl TicketTypes {
    /// All of them; there are no pages.
    pub async fn list(&self) -> Result<List<TicketType>, Fault> {
        self.0.get("the ticket types", &["ticket_types"], &[]).await
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<TicketType, Fault> {
        self.0.get("the ticket type", &["ticket_types", id], &[]).await
    }

    /// Makes one.
    pub async fn create(&self, request: &NewTicketType) -> Result<TicketType, Fault> {
        self.0.post("the ticket type", &["ticket_types"], request).await
    }

    /// Changes one.
    pub async fn update(&self, id: &str, request: &UpdateTicketType) -> Result<TicketType, Fault> {
        self.0.put("the ticket type", &["ticket_types", id], request).await
    }
}
