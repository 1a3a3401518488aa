//! The REST interface: which route leads where, and how requests are read.

use hyper::Method;
use serde_json::Value;

use crate::{
    answer::{Answer, Refusal},
    paging::Query,
    render::View,
    world::World,
};

mod attributes;
mod companies;
mod contact_changes;
mod contacts;
mod conversation_changes;
mod conversations;
mod directory;
mod events;
mod fields;
mod library;
mod parts;
mod tags;

/// A call that was let in: its token and its version are good.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) method: Method,
    /// The path, cut at its slashes and decoded.
    pub(crate) path: Vec<String>,
    pub(crate) query: Query,
    pub(crate) body: Value,
    pub(crate) before_2_16: bool,
    /// The teammate whose token it is.
    pub(crate) admin_id: Option<u64>,
}

impl Call {
    fn view(&self) -> Result<View, Refusal> {
        let plain = match self.query.get("display_as") {
            None => false,
            Some("plaintext") => true,
            Some(other) => {
                return Err(
                    Refusal::invalid(format!("'{other}' is not a way to display")).on_field("display_as")
                );
            }
        };
        Ok(View { plain, before_2_16: self.before_2_16 })
    }
}

/// Performs a call. A path that leads nowhere and a method that a path does not have are both not found.
pub(crate) fn perform(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
    match (call.method.as_str(), path.as_slice()) {
        ("DELETE", ["tags", id]) => return tags::delete(world, id),
        ("POST", ["events"]) => return events::submit(world, call),
        ("POST", ["events", "summaries"]) => return events::summarise(world, call),
        _ => {}
    }
    let path = path.as_slice();
    let body = match path.first() {
        Some(&"conversations") => on_conversations(world, call, path),
        Some(&"contacts") => on_contacts(world, call, path),
        Some(&("articles" | "help_center" | "macros")) => on_library(world, call, path),
        _ => on_the_rest(world, call, path),
    }?;
    Ok(body.into())
}

fn on_conversations(world: &mut World, call: &Call, path: &[&str]) -> Result<Value, Refusal> {
    match (call.method.as_str(), path) {
        ("GET", ["conversations"]) => conversations::list(world, call),
        ("POST", ["conversations"]) => conversations::create(world, call),
        ("POST", ["conversations", "search"]) => conversations::search(world, call),
        ("POST", ["conversations", "redact"]) => conversation_changes::redact(world, call),
        ("GET", ["conversations", "deleted"]) => conversation_changes::deleted(world, call),
        ("GET", ["conversations", "attributes"]) => Ok(conversation_changes::attributes(world)),
        ("GET", ["conversations", id]) => conversations::one(world, call, id),
        ("PUT", ["conversations", id]) => conversations::update(world, call, id),
        ("DELETE", ["conversations", id]) => conversation_changes::delete(world, call, id),
        ("POST", ["conversations", id, "reply"]) => parts::reply(world, call, id),
        ("POST", ["conversations", id, "parts"]) => parts::manage(world, call, id),
        ("POST", ["conversations", id, "customers"]) => conversation_changes::attach_contact(world, call, id),
        ("DELETE", ["conversations", id, "customers", contact_id]) => {
            conversation_changes::detach_contact(world, call, id, contact_id)
        }
        ("POST", ["conversations", id, "convert"]) => conversation_changes::convert(world, call, id),
        ("POST", ["conversations", id, "merge"]) => conversation_changes::merge(world, call, id),
        ("POST", ["conversations", id, "tags"]) => tags::tag_conversation(world, call, id),
        ("DELETE", ["conversations", id, "tags", tag_id]) => {
            tags::untag_conversation(world, call, id, tag_id)
        }
        _ => Err(Refusal::not_found()),
    }
}

fn on_contacts(world: &mut World, call: &Call, path: &[&str]) -> Result<Value, Refusal> {
    match (call.method.as_str(), path) {
        ("GET", ["contacts"]) => contacts::list(world, call),
        ("POST", ["contacts"]) => contacts::create(world, call),
        ("POST", ["contacts", "search"]) => contacts::search(world, call),
        ("POST", ["contacts", "merge"]) => contact_changes::merge(world, call),
        ("GET", ["contacts", "find_by_external_id", id]) => contacts::by_external_id(world, call, id),
        ("GET", ["contacts", id]) => contacts::one(world, call, id),
        ("PUT", ["contacts", id]) => contacts::update(world, call, id),
        ("DELETE", ["contacts", id]) => contact_changes::delete(world, id),
        ("POST", ["contacts", id, "archive"]) => contact_changes::archive(world, id, true),
        ("POST", ["contacts", id, "unarchive"]) => contact_changes::archive(world, id, false),
        ("POST", ["contacts", id, "block"]) => contact_changes::block(world, id),
        ("GET", ["contacts", id, "companies"]) => contacts::companies(world, call, id),
        ("POST", ["contacts", id, "companies"]) => contact_changes::attach_company(world, call, id),
        ("DELETE", ["contacts", id, "companies", company_id]) => {
            contact_changes::detach_company(world, id, company_id)
        }
        ("GET", ["contacts", id, "notes"]) => contacts::notes(world, call, id),
        ("POST", ["contacts", id, "notes"]) => contacts::add_note(world, call, id),
        ("GET", ["contacts", id, "tags"]) => contacts::tags(world, id),
        ("POST", ["contacts", id, "tags"]) => contacts::add_tag(world, call, id),
        ("DELETE", ["contacts", id, "tags", tag_id]) => contact_changes::untag(world, id, tag_id),
        ("GET", ["contacts", id, "segments"]) => contacts::segments(world, id),
        _ => Err(Refusal::not_found()),
    }
}

fn on_library(world: &mut World, call: &Call, path: &[&str]) -> Result<Value, Refusal> {
    match (call.method.as_str(), path) {
        ("GET", ["articles"]) => library::articles(world, call),
        ("POST", ["articles"]) => library::create(world, call),
        ("GET", ["articles", "search"]) => library::search(world, call),
        ("GET", ["articles", id]) => library::article(world, id),
        ("PUT", ["articles", id]) => library::update(world, call, id),
        ("DELETE", ["articles", id]) => library::delete(world, id),
        ("PUT", ["articles", id, "draft"]) => library::stage(world, call, id),
        ("POST", ["articles", id, "draft", "publish"]) => library::publish(world, call, id),
        ("GET", ["help_center", "collections"]) => library::collections(world, call),
        ("POST", ["help_center", "collections"]) => library::create_collection(world, call),
        ("GET", ["help_center", "collections", id]) => library::collection(world, id),
        ("PUT", ["help_center", "collections", id]) => library::update_collection(world, call, id),
        ("DELETE", ["help_center", "collections", id]) => library::delete_collection(world, id),
        ("GET", ["help_center", "help_centers"]) => Ok(library::help_centers(world)),
        ("GET", ["help_center", "help_centers", id]) => library::help_center(world, id),
        ("GET", ["macros"]) => library::macros(world, call),
        ("GET", ["macros", id]) => library::one_macro(world, call, id),
        _ => Err(Refusal::not_found()),
    }
}

fn on_the_rest(world: &mut World, call: &Call, path: &[&str]) -> Result<Value, Refusal> {
    match (call.method.as_str(), path) {
        ("GET", ["me"]) => directory::me(world, call),
        ("GET", ["admins"]) => Ok(directory::admins(world, call)),
        ("GET", ["admins", id]) => directory::admin(world, call, id),
        ("GET", ["teams"]) => Ok(directory::teams(world)),
        ("GET", ["teams", id]) => directory::team(world, id),
        ("GET", ["tags"]) => Ok(tags::list(world)),
        ("POST", ["tags"]) => tags::create(world, call),
        ("GET", ["tags", id]) => tags::one(world, id),
        ("GET", ["segments"]) => Ok(directory::segments(world, call)),
        ("GET", ["segments", id]) => directory::segment(world, id),
        ("GET", ["ticket_types"]) => Ok(directory::ticket_types(world)),
        ("GET", ["ticket_types", id]) => directory::ticket_type(world, id),
        ("GET", ["data_attributes"]) => attributes::list(world, call),
        ("POST", ["data_attributes"]) => attributes::create(world, call),
        ("PUT", ["data_attributes", id]) => attributes::update(world, call, id),
        ("GET", ["events"]) => events::list(world, call),
        ("GET", ["companies"]) => companies::list(world, call),
        ("POST", ["companies"]) => companies::create(world, call),
        ("POST", ["companies", "list"]) => companies::list_sorted(world, call),
        ("GET", ["companies", "scroll"]) => companies::scroll(world, call),
        ("GET", ["companies", id]) => companies::one(world, id),
        ("PUT", ["companies", id]) => companies::update(world, call, id),
        ("DELETE", ["companies", id]) => companies::delete(world, id),
        ("GET", ["companies", id, "contacts"]) => companies::people(world, call, id),
        _ => Err(Refusal::not_found()),
    }
}
