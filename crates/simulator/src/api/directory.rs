//! Who works here: `/me`, `/admins`, `/teams`.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::Call;
use crate::{answer::Refusal, render, world::World};

pub(super) fn me(world: &World, call: &Call) -> Result<Value, Refusal> {
    call.admin_id
        .and_then(|id| world.admin(id))
        .map(|owner| render::me(world, owner))
        .ok_or_else(Refusal::not_found)
}

pub(super) fn admins(world: &World, call: &Call) -> Value {
    let avatar = call.query.is_true("display_avatar");
    let admins: Vec<Value> = world.admins.iter().map(|admin| render::admin(admin, avatar)).collect();
    json!({ "type": "admin.list", "admins": admins })
}

pub(super) fn admin(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let admin = id.parse().ok().and_then(|id| world.admin(id));
    admin
        .map(|admin| render::admin(admin, call.query.is_true("display_avatar")))
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "admin_not_found", "Admin not found"))
}

pub(super) fn teams(world: &World) -> Value {
    let teams: Vec<Value> = world.teams.iter().map(render::team).collect();
    json!({ "type": "team.list", "teams": teams })
}

pub(super) fn team(world: &World, id: &str) -> Result<Value, Refusal> {
    let team = id.parse().ok().and_then(|id| world.team(id));
    team.map(render::team)
        .ok_or_else(|| Refusal::new(StatusCode::NOT_FOUND, "team_not_found", "Team not found"))
}

pub(super) fn segments(world: &World, call: &Call) -> Value {
    let with_count = call.query.is_true("include_count");
    let segments = world.segments.iter().map(|segment| {
        let mut shown = render::segment(segment);
        if let (true, Some(members)) = (with_count, shown.as_object_mut()) {
            let inside = world
                .contacts
                .iter()
                .filter(|contact| !contact.archived)
                .filter(|contact| world.segments_of(contact).any(|theirs| theirs.id == segment.id));
            members.insert("count".to_owned(), inside.count().into());
        }
        shown
    });
    json!({ "type": "segment.list", "segments": segments.collect::<Vec<_>>() })
}

pub(super) fn segment(world: &World, id: &str) -> Result<Value, Refusal> {
    let segment = world.segments.iter().find(|segment| segment.id == id);
    segment.map(render::segment).ok_or_else(Refusal::not_found)
}

pub(super) fn ticket_types(world: &World) -> Value {
    let types: Vec<Value> =
        world.ticket_types.iter().map(|kind| render::tickets::ticket_type(world, kind)).collect();
    json!({ "type": "list", "data": types })
}

pub(super) fn ticket_type(world: &World, id: &str) -> Result<Value, Refusal> {
    let kind = id.parse().ok().and_then(|id| world.ticket_type(id));
    kind.map(|kind| render::tickets::ticket_type(world, kind)).ok_or_else(Refusal::not_found)
}
