//! What ends a conversation or changes who is in it: delete, redact, attach and detach, merge, convert.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{Call, conversations, fields::Fields, parts};
use crate::{
    answer::Refusal,
    paging, render,
    world::{NotPossible, Redacted, TICKET_STATES, Ticket, World},
};

const DELETED_PER_PAGE: usize = 20;
const MOST_DELETED_PER_PAGE: usize = 60;

pub(super) fn delete(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let conversation_id = conversations::known(world, id)?;
    // Figures are kept unless the caller says otherwise.
    let metrics_retained = call.query.get("retain_metrics") != Some("false");
    world.delete_conversation(conversation_id, metrics_retained);
    Ok(json!({ "id": id, "object": "conversation", "deleted": true }))
}

/// The newest first, unless asked for otherwise.
pub(super) fn deleted(world: &World, call: &Call) -> Result<Value, Refusal> {
    if call.before_2_16 {
        let message = "Requested resource is not available in current API version.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "intercom_version_invalid", message));
    }
    if call.query.number("per_page")?.is_some_and(|count| count > MOST_DELETED_PER_PAGE) {
        let message = format!("per_page must be between 1 and {MOST_DELETED_PER_PAGE}");
        return Err(Refusal::invalid(message).on_field("per_page"));
    }
    let mut deleted: Vec<_> = world.deleted_conversations.iter().collect();
    if call.query.get("order") != Some("asc") {
        deleted.reverse();
    }
    let address = format!("{}/conversations/deleted", world.identity.base_url);
    let (shown, pages) = paging::numbered(&deleted, &call.query, DELETED_PER_PAGE, &address)?;
    let shown: Vec<Value> = shown
        .into_iter()
        .map(|gone| {
            json!({
                "type": "conversation",
                "id": gone.id.to_string(),
                "metrics_retained": gone.metrics_retained,
                "deleted_at": gone.deleted_at,
            })
        })
        .collect();
    let total_count = deleted.len();
    Ok(json!({
        "type": "conversations.list",
        "total_count": total_count,
        "pages": pages,
        "conversations": shown,
    }))
}

pub(super) fn redact(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let not_there = || {
        let message = "Conversation part or message not found";
        Refusal::new(StatusCode::NOT_FOUND, "conversation_part_or_message_not_found", message)
    };
    let fields = Fields::of(&call.body)?;
    let kind = fields.required_text("type")?;
    let conversation_id = fields.required_id("conversation_id")?;
    let id = conversations::known(world, &conversation_id).map_err(|_| not_there())?;
    let what = match kind {
        "conversation_part" => {
            Redacted::Part(fields.required_id("conversation_part_id")?.parse().map_err(|_| not_there())?)
        }
        "source" => {
            let source_id = fields.required_id("source_id")?;
            let is_it = world.conversations.get(id).is_some_and(|it| it.source.id.to_string() == source_id);
            if !is_it {
                return Err(not_there());
            }
            Redacted::Source
        }
        other => {
            let message = format!("'{other}' is not one of conversation_part, source");
            return Err(Refusal::invalid(message).on_field("type"));
        }
    };
    world.redact(id, what).map_err(|why| match why {
        NotPossible::NotThere | NotPossible::AlreadyMerged => not_there(),
        NotPossible::NotRedactable => Refusal::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "conversation_part_not_redactable",
            "This part cannot be redacted",
        ),
    })?;
    conversations::shown(world, id, call.view()?)
}

pub(super) fn attach_contact(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let conversation_id = conversations::known(world, id)?;
    let fields = Fields::of(&call.body)?;
    let admin_id = parts::acting_admin(world, fields)?;
    let customer = Fields::of(fields.get("customer").ok_or_else(|| Refusal::missing("customer"))?)?;
    let contact_id = parts::named_contact(world, customer).map_err(|refusal| {
        // A customer who is not there is a resource that is not, by the example.
        if refusal.status == StatusCode::NOT_FOUND { Refusal::not_found() } else { refusal }
    })?;
    world.attach_contact(conversation_id, &contact_id, admin_id, world.now());
    conversations::shown(world, conversation_id, call.view()?)
}

pub(super) fn detach_contact(
    world: &mut World,
    call: &Call,
    id: &str,
    contact_id: &str,
) -> Result<Value, Refusal> {
    let conversation_id = conversations::known(world, id)?;
    let admin_id = parts::acting_admin(world, Fields::of(&call.body)?)?;
    let takes_part = world
        .conversations
        .get(conversation_id)
        .is_some_and(|conversation| conversation.contact_ids.iter().any(|known| known == contact_id));
    if !takes_part {
        return Err(Refusal::no_such_user());
    }
    if !world.detach_contact(conversation_id, contact_id, admin_id, world.now()) {
        let message = "Removing the last customer is not allowed";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message));
    }
    conversations::shown(world, conversation_id, call.view()?)
}

pub(super) fn merge(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let failed = |message: &str| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "merge_failed", message);
    let fields = Fields::of(&call.body)?;
    let into: u64 =
        fields.id("merge_into_conversation_id")?.and_then(|into| into.parse().ok()).ok_or_else(|| {
            Refusal::invalid("merge_into_conversation_id must be a valid integer conversation ID")
        })?;
    let from = conversations::known(world, id).map_err(|_| failed("Secondary conversation not found"))?;
    if !world.conversations.contains_key(into) {
        return Err(failed("Primary conversation not found"));
    }
    if from == into {
        return Err(failed("A conversation cannot be merged into itself"));
    }
    let at = world.now();
    world.merge_conversations(from, into, at).map_err(|why| match why {
        NotPossible::AlreadyMerged => failed("Secondary conversation has already been merged"),
        NotPossible::NotThere | NotPossible::NotRedactable => failed("Secondary conversation not found"),
    })?;
    conversations::shown(world, into, call.view()?)
}

pub(super) fn convert(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let conversation_id = conversations::known(world, id)?;
    let fields = Fields::of(&call.body)?;
    let type_id = fields.required_id("ticket_type_id")?;
    let kind = type_id
        .parse()
        .ok()
        .and_then(|id| world.ticket_type(id))
        .ok_or_else(|| Refusal::invalid("Ticket type not found").on_field("ticket_type_id"))?;
    if kind.category != "Customer" {
        return Err(Refusal::invalid("Ticket type is not a customer ticket type"));
    }
    let state = match fields.id("ticket_state_id")? {
        None => 0,
        Some(id) => (0..TICKET_STATES.len())
            .find(|place| (kind.states_from + *place as u64).to_string() == id)
            .ok_or_else(|| Refusal::invalid("Ticket state not found").on_field("ticket_state_id"))?,
    };
    let attributes = match fields.get("attributes") {
        None => Map::new(),
        Some(Value::Object(attributes)) => attributes.clone(),
        Some(_) => return Err(Refusal::invalid("attributes must be an object").on_field("attributes")),
    };
    let type_id = kind.id;
    let ticket =
        Ticket { number: world.next_ticket_number(), type_id, state, attributes, created_at: world.now() };
    world.convert_to_ticket(conversation_id, ticket);
    let conversation = world.conversations.get(conversation_id).ok_or_else(Refusal::not_found)?;
    render::tickets::ticket(world, conversation).ok_or_else(Refusal::not_found)
}

/// The attributes that conversations can have.
pub(super) fn attributes(world: &World) -> Value {
    let admin_id = world.owner().map(|owner| owner.id.to_string());
    let at = world.identity.created_at;
    let shown = world.conversation_attributes.iter().map(|attribute| {
        let mut shown = json!({
            "type": "conversation_attribute",
            "id": attribute.id,
            "name": attribute.name,
            "description": "",
            "data_type": if attribute.options.is_empty() { "string" } else { "list" },
            "required": false,
            "visible_to_team_ids": [],
            "archived": false,
            "created_at": at,
            "updated_at": at,
            "admin_id": admin_id,
        });
        if let Some(members) = shown.as_object_mut() {
            if attribute.options.is_empty() {
                members.insert("multiline".to_owned(), false.into());
            } else {
                let options = (0_u64..).zip(attribute.options).map(|(place, label)| {
                    let id = world.seed.uuid(attribute.name, place);
                    json!({ "id": id.to_string(), "label": label, "archived": false })
                });
                members.insert("options".to_owned(), options.collect());
            }
        }
        shown
    });
    json!({ "type": "list", "data": shown.collect::<Vec<_>>() })
}
