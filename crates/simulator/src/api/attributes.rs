//! Data attributes of people and companies.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Call, fields::Fields};
use crate::{
    answer::Refusal,
    world::{DataAttribute, World},
};

const TYPES: [&str; 6] = ["string", "integer", "float", "boolean", "date", "datetime"];

pub(super) fn list(world: &World, call: &Call) -> Result<Value, Refusal> {
    let model = call.query.get("model");
    match model {
        None | Some("contact" | "company") => {}
        Some("conversation") if !call.before_2_16 => {
            let message =
                "model=conversation is no longer supported. Use GET /conversations/attributes instead";
            return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message));
        }
        Some("conversation") => return Ok(json!({ "type": "list", "data": [] })),
        Some(other) => {
            let message = format!("'{other}' is not a model");
            return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message));
        }
    }
    let archived_too = call.query.is_true("include_archived");
    let shown = world
        .data_attributes
        .iter()
        .filter(|attribute| model.is_none_or(|model| attribute.model == model))
        .filter(|attribute| archived_too || !attribute.archived)
        .map(shown);
    Ok(json!({ "type": "list", "data": shown.collect::<Vec<_>>() }))
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    let name = fields.required_text("name")?;
    let model = match fields.required_text("model")? {
        "contact" => "contact",
        "company" => "company",
        _ => {
            return Err(Refusal::invalid("The Data Attribute model field must be either contact or company"));
        }
    };
    let allowed = |letter: char| letter.is_alphanumeric() || " -_$€£¥".contains(letter);
    if !name.chars().all(allowed) {
        let message = "Your name for this attribute must only contain alphanumeric characters, currency symbols, \
                       and hyphens";
        return Err(Refusal::invalid(message));
    }
    if let Some(taken) = world.data_attributes.iter().find(|known| known.name.eq_ignore_ascii_case(name)) {
        let words = |model: &str| if model == "contact" { "people" } else { "company" };
        let message = format!(
            "You already have '{name}' in your {} data. To save this as new {} data, use a different name.",
            words(taken.model),
            words(model)
        );
        return Err(Refusal::invalid(message));
    }
    let asked = fields.required_text("data_type")?;
    let (data_type, options) = if asked == "options" {
        ("string", Some(options(fields)?))
    } else {
        let known = TYPES.into_iter().find(|known| *known == asked);
        let known = known.ok_or_else(|| Refusal::invalid("Data Type isn't an option"))?;
        // There is one type for both.
        (if known == "datetime" { "date" } else { known }, None)
    };
    let at = world.now();
    let attribute = DataAttribute {
        id: None,
        model,
        name: name.to_owned(),
        label: name.to_owned(),
        description: fields.text("description")?.unwrap_or_default().to_owned(),
        data_type,
        options,
        messenger_writable: fields.flag("messenger_writable")?.unwrap_or(false),
        archived: false,
        admin_id: call.admin_id,
        created_at: at,
        updated_at: at,
    };
    let id = world.add_data_attribute(attribute);
    one(world, id)
}

pub(super) fn update(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let not_there = || {
        let message = "We couldn't find that data attribute to update";
        Refusal::new(StatusCode::NOT_FOUND, "field_not_found", message)
    };
    let id: u64 = id.parse().map_err(|_| not_there())?;
    let at = world.now();
    let attribute =
        world.data_attributes.iter_mut().find(|attribute| attribute.id == Some(id)).ok_or_else(not_there)?;
    let fields = Fields::of(&call.body)?;
    let new_options = fields.get("options").map(|_| options(fields)).transpose()?;
    let description = fields.text("description")?;
    let archived = fields.flag("archived")?;
    let messenger_writable = fields.flag("messenger_writable")?;
    if new_options.is_some() {
        attribute.options = new_options;
    }
    if let Some(description) = description {
        description.clone_into(&mut attribute.description);
    }
    attribute.archived = archived.unwrap_or(attribute.archived);
    attribute.messenger_writable = messenger_writable.unwrap_or(attribute.messenger_writable);
    attribute.updated_at = at;
    one(world, id)
}

fn one(world: &World, id: u64) -> Result<Value, Refusal> {
    let attribute = world.data_attributes.iter().find(|attribute| attribute.id == Some(id));
    attribute.map(shown).ok_or_else(Refusal::not_found)
}

fn options(fields: Fields<'_>) -> Result<Vec<String>, Refusal> {
    let options = fields.get("options").ok_or_else(|| Refusal::missing("options"))?;
    let options = options.as_array().ok_or_else(|| Refusal::invalid("Options isn't an array"))?;
    let texts = options
        .iter()
        .map(|option| Ok(Fields::of(option)?.required_text("value")?.to_owned()))
        .collect::<Result<Vec<_>, Refusal>>()?;
    if texts.len() < 2 {
        return Err(Refusal::invalid("A list needs at least two options"));
    }
    Ok(texts)
}

fn shown(attribute: &DataAttribute) -> Value {
    let custom = attribute.id.is_some();
    let full_name =
        if custom { format!("custom_attributes.{}", attribute.name) } else { attribute.name.clone() };
    let mut shown = json!({
        "type": "data_attribute",
        "model": attribute.model,
        "name": attribute.name,
        "full_name": full_name,
        "label": attribute.label,
        "description": attribute.description,
        "data_type": attribute.data_type,
        "api_writable": custom,
        "messenger_writable": attribute.messenger_writable,
        "ui_writable": false,
        "custom": custom,
        "archived": attribute.archived,
    });
    if let Some(members) = shown.as_object_mut() {
        if let Some(id) = attribute.id {
            members.insert("id".to_owned(), id.into());
            members.insert("created_at".to_owned(), attribute.created_at.into());
            members.insert("updated_at".to_owned(), attribute.updated_at.into());
        }
        if let Some(admin_id) = attribute.admin_id {
            members.insert("admin_id".to_owned(), admin_id.to_string().into());
        }
        if let Some(options) = &attribute.options {
            members.insert("options".to_owned(), options.clone().into());
        }
    }
    shown
}
