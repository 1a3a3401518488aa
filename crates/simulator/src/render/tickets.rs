//! Tickets and their kinds as JSON.

use serde_json::{Value, json};

use crate::world::{Conversation, TICKET_STATES, TicketType, World};

pub(crate) fn ticket_type(world: &World, kind: &TicketType) -> Value {
    let attribute = |place: u64, name: &str, multiline: bool| {
        json!({
            "type": "ticket_type_attribute",
            "id": (10 * kind.id + place).to_string(),
            "workspace_id": world.identity.app_id,
            "name": name,
            "description": "",
            "data_type": "string",
            "input_options": { "multiline": multiline },
            "order": place,
            "required_to_create": false,
            "required_to_create_for_contacts": false,
            "visible_on_create": true,
            "visible_to_contacts": true,
            "default": true,
            "ticket_type_id": kind.id,
            "archived": false,
            "created_at": kind.created_at,
            "updated_at": kind.created_at,
        })
    };
    let attributes = [attribute(0, "_default_title_", false), attribute(1, "_default_description_", true)];
    let states: Vec<Value> = (0..TICKET_STATES.len()).map(|place| state(kind, place)).collect();
    json!({
        "type": "ticket_type",
        "id": kind.id.to_string(),
        "name": kind.name,
        "description": kind.description,
        "icon": kind.icon,
        "workspace_id": world.identity.app_id,
        "archived": false,
        "created_at": kind.created_at,
        "updated_at": kind.created_at,
        "is_internal": kind.category != "Customer",
        "ticket_type_attributes": { "type": "list", "data": attributes },
        "category": kind.category,
        "ticket_states": { "type": "list", "data": states },
    })
}

/// The ticket that a conversation was made into.
pub(crate) fn ticket(world: &World, conversation: &Conversation) -> Option<Value> {
    let ticket = conversation.ticket.as_ref()?;
    let kind = world.ticket_type(ticket.type_id)?;
    let contacts =
        conversation.contact_ids.iter().filter_map(|id| world.contact(id)).map(
            |contact| json!({ "type": "contact", "id": contact.id, "external_id": contact.external_id }),
        );
    let operator = world.admins.iter().find(|admin| admin.is_bot)?;
    let category = TICKET_STATES.get(ticket.state)?.0;
    let part = json!({
        "type": "ticket_part",
        "id": (conversation.part_ids_from + 9_999).to_string(),
        "part_type": "ticket_state_updated_by_admin",
        "ticket_state": category,
        "previous_ticket_state": "submitted",
        "created_at": ticket.created_at,
        "updated_at": ticket.created_at,
        "author": { "type": "bot", "id": operator.id.to_string(), "name": operator.name, "email": operator.email },
        "attachments": [],
        "redacted": false,
    });
    Some(json!({
        "type": "ticket",
        "id": conversation.id.to_string(),
        "ticket_id": ticket.number.to_string(),
        "category": kind.category,
        "ticket_attributes": ticket.attributes,
        "ticket_state": state(kind, ticket.state),
        "ticket_type": ticket_type(world, kind),
        "contacts": { "type": "contact.list", "contacts": contacts.collect::<Vec<_>>() },
        "admin_assignee_id": conversation.admin_assignee_id.unwrap_or(0),
        "team_assignee_id": conversation.team_assignee_id.unwrap_or(0),
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "open": conversation.state != crate::world::State::Closed,
        "linked_objects": { "type": "list", "data": [], "total_count": 0, "has_more": false },
        "ticket_parts": { "type": "ticket_part.list", "ticket_parts": [part], "total_count": 1 },
        "is_shared": true,
    }))
}

fn state(kind: &TicketType, place: usize) -> Value {
    let (category, internal_label, external_label) = TICKET_STATES.get(place).copied().unwrap_or_default();
    json!({
        "type": "ticket_state",
        "id": (kind.states_from + place as u64).to_string(),
        "category": category,
        "internal_label": internal_label,
        "external_label": external_label,
    })
}
