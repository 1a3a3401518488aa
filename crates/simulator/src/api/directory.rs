//! Who works here: `/me`, `/admins`, `/teams`.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::Call;
use crate::{answer::Refusal, render, world::World};

pub(super) fn me(world: &World) -> Result<Value, Refusal> {
    world.owner().map(|owner| render::me(world, owner)).ok_or_else(Refusal::not_found)
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
