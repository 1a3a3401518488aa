//! The REST interface: which route leads where, and how requests are read.

use hyper::Method;
use serde_json::Value;

use crate::{
    answer::{Answer, Refusal},
    paging::Query,
    render::View,
    world::World,
};

mod companies;
mod contacts;
mod conversations;
mod directory;
mod fields;
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
    let body = match (call.method.as_str(), path.as_slice()) {
        ("GET", ["me"]) => directory::me(world),
        ("GET", ["admins"]) => Ok(directory::admins(world, call)),
        ("GET", ["admins", id]) => directory::admin(world, call, id),
        ("GET", ["teams"]) => Ok(directory::teams(world)),
        ("GET", ["teams", id]) => directory::team(world, id),
        ("GET", ["tags"]) => Ok(tags::list(world)),
        ("POST", ["tags"]) => tags::create(world, call),
        ("GET", ["tags", id]) => tags::one(world, id),
        ("GET", ["conversations"]) => conversations::list(world, call),
        ("POST", ["conversations"]) => conversations::create(world, call),
        ("POST", ["conversations", "search"]) => conversations::search(world, call),
        ("GET", ["conversations", id]) => conversations::one(world, call, id),
        ("PUT", ["conversations", id]) => conversations::update(world, call, id),
        ("POST", ["conversations", id, "reply"]) => parts::reply(world, call, id),
        ("POST", ["conversations", id, "parts"]) => parts::manage(world, call, id),
        ("POST", ["conversations", id, "tags"]) => tags::tag_conversation(world, call, id),
        ("DELETE", ["conversations", id, "tags", tag_id]) => {
            tags::untag_conversation(world, call, id, tag_id)
        }
        ("GET", ["contacts"]) => contacts::list(world, call),
        ("POST", ["contacts"]) => contacts::create(world, call),
        ("POST", ["contacts", "search"]) => contacts::search(world, call),
        ("GET", ["contacts", "find_by_external_id", id]) => contacts::by_external_id(world, call, id),
        ("GET", ["contacts", id]) => contacts::one(world, call, id),
        ("PUT", ["contacts", id]) => contacts::update(world, call, id),
        ("GET", ["contacts", id, "companies"]) => contacts::companies(world, call, id),
        ("GET", ["contacts", id, "notes"]) => contacts::notes(world, call, id),
        ("POST", ["contacts", id, "notes"]) => contacts::add_note(world, call, id),
        ("GET", ["contacts", id, "tags"]) => contacts::tags(world, id),
        ("POST", ["contacts", id, "tags"]) => contacts::add_tag(world, call, id),
        ("GET", ["contacts", id, "segments"]) => contacts::segments(world, id),
        ("GET", ["companies"]) => companies::list(world, call),
        ("POST", ["companies", "list"]) => companies::list_sorted(world, call),
        ("GET", ["companies", "scroll"]) => companies::scroll(world, call),
        ("GET", ["companies", id]) => companies::one(world, id),
        _ => Err(Refusal::not_found()),
    }?;
    Ok(body.into())
}
