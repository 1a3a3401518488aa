//! Tags, and tags on conversations.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Call, conversations, fields::Fields, parts};
use crate::{
    answer::{Answer, Refusal},
    render,
    world::World,
};

pub(super) fn list(world: &World) -> Value {
    let tags: Vec<Value> = world.tags.iter().map(render::tag).collect();
    json!({ "type": "list", "data": tags })
}

pub(super) fn one(world: &World, id: &str) -> Result<Value, Refusal> {
    let tag = id.parse().ok().and_then(|id| world.tag(id));
    tag.map(render::tag).ok_or_else(Refusal::not_found)
}

/// Makes or renames a tag, or puts it on companies or contacts.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    let invalid = || Refusal::invalid("invalid tag parameters");
    let name =
        fields.text("name").ok().flatten().filter(|name| !name.trim().is_empty()).ok_or_else(invalid)?;
    let companies = on_companies(world, fields.list("companies", 50)?)?;
    let users = on_users(world, fields.list("users", 50)?)?;
    let tag_id = match fields.id("id")? {
        Some(id) => {
            let id = id.parse().ok().filter(|id| world.tag(*id).is_some()).ok_or_else(Refusal::not_found)?;
            world.rename_tag(id, name);
            id
        }
        None => world.tag_named(name),
    };
    for (company_id, untag) in &companies {
        world.tag_company(company_id, tag_id, *untag);
    }
    for contact_id in &users {
        world.tag_contact(contact_id, tag_id, None);
    }
    let mut shown = world.tag(tag_id).map(render::tag).ok_or_else(Refusal::not_found)?;
    if let Some(members) = shown.as_object_mut() {
        let companies: Vec<Value> =
            companies.iter().map(|(id, untag)| json!({ "id": id, "tagged": !untag })).collect();
        let users: Vec<Value> = users.iter().map(|id| json!({ "id": id, "tagged": true })).collect();
        members.insert("companies".to_owned(), companies.into());
        members.insert("users".to_owned(), users.into());
    }
    Ok(shown)
}

/// What is answered has no body.
pub(super) fn delete(world: &mut World, id: &str) -> Result<Answer, Refusal> {
    let id = id.parse().map_err(|_| Refusal::not_found())?;
    if world.delete_tag(id) { Ok(Answer::empty(StatusCode::OK)) } else { Err(Refusal::not_found()) }
}

pub(super) fn tag_conversation(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let conversation_id = conversations::known(world, id).map_err(|_| no_such_conversation())?;
    let fields = Fields::of(&call.body)?;
    let tag_id = fields.required_id("id")?;
    let admin_id = parts::acting_admin(world, fields)?;
    let tag_id = tag_id.parse().ok().filter(|id| world.tag(*id).is_some()).ok_or_else(Refusal::not_found)?;
    world.tag_conversation(conversation_id, tag_id, admin_id);
    let conversation = world.conversations.get(conversation_id).ok_or_else(no_such_conversation)?;
    conversation
        .tags
        .iter()
        .find(|applied| applied.tag_id == tag_id)
        .and_then(|applied| render::applied_tag(world, applied))
        .ok_or_else(Refusal::not_found)
}

pub(super) fn untag_conversation(
    world: &mut World,
    call: &Call,
    id: &str,
    tag_id: &str,
) -> Result<Value, Refusal> {
    let conversation_id = conversations::known(world, id).map_err(|_| no_such_conversation())?;
    parts::acting_admin(world, Fields::of(&call.body)?)?;
    let no_such_tag = || Refusal::new(StatusCode::NOT_FOUND, "tag_not_found", "Tag not found");
    let tag_id = tag_id.parse().map_err(|_| no_such_tag())?;
    let applied = world.untag_conversation(conversation_id, tag_id).ok_or_else(no_such_tag)?;
    render::applied_tag(world, &applied).ok_or_else(no_such_tag)
}

fn no_such_conversation() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "not_found", "Conversation not found")
}

fn on_companies(world: &World, listed: &[Value]) -> Result<Vec<(String, bool)>, Refusal> {
    let no_such_company = || Refusal::new(StatusCode::NOT_FOUND, "company_not_found", "Company Not Found");
    listed
        .iter()
        .map(|entry| {
            let fields = Fields::of(entry)?;
            let id = fields.id("id")?;
            let company_id = fields.id("company_id")?;
            let company = world
                .companies
                .iter()
                .find(|company| {
                    Some(&company.id) == id.as_ref() || Some(&company.external_id) == company_id.as_ref()
                })
                .ok_or_else(no_such_company)?;
            let untag = fields.get("untag").is_some_and(|untag| untag == true || untag == "true");
            Ok((company.id.clone(), untag))
        })
        .collect()
}

fn on_users(world: &World, listed: &[Value]) -> Result<Vec<String>, Refusal> {
    listed
        .iter()
        .map(|entry| {
            let id = Fields::of(entry)?.required_id("id")?;
            world.contact(&id).map(|contact| contact.id.clone()).ok_or_else(Refusal::no_such_user)
        })
        .collect()
}
