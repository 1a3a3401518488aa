//! Everything at a glance, the truth about each conversation included.

use serde_json::{Value, json};

use super::author_name;
use crate::{
    text,
    world::{Conversation, World},
};

pub(super) fn state(world: &World, webhook: &Value, apps: &Value, calls: usize) -> Value {
    let in_state = |wanted: &str| {
        world.conversations.values().filter(|conversation| conversation.state.name() == wanted).count()
    };
    let parts: u64 = world
        .conversations
        .values()
        .map(|conversation| conversation.statistics.count_conversation_parts)
        .sum();
    json!({
        "app_id": world.identity.app_id,
        "name": world.identity.name,
        "now": world.now(),
        "counts": {
            "admins": world.admins.len(),
            "teams": world.teams.len(),
            "tags": world.tags.len(),
            "companies": world.companies.len(),
            "contacts": world.contacts.len(),
            "conversations": world.conversations.len(),
            "open": in_state("open"),
            "closed": in_state("closed"),
            "snoozed": in_state("snoozed"),
            "parts": parts,
            "calls": calls,
        },
        "webhook": webhook,
        "apps": apps,
        "conversations": world.conversations.values().map(|each| conversation(world, each)).collect::<Vec<_>>(),
    })
}

fn conversation(world: &World, conversation: &Conversation) -> Value {
    let parts = conversation.parts.iter().map(|part| {
        json!({
            "id": part.id.to_string(),
            "part_type": part.kind,
            "author": author_name(world, &part.author),
            "text": part.body.as_deref().map(text::plain),
            "created_at": part.created_at,
        })
    });
    let script = conversation.script.and_then(|thread| world.script.conversations.get(thread.entry));
    let team = conversation.team_assignee_id.and_then(|id| world.team(id));
    let tags = conversation.tags.iter().filter_map(|applied| world.tag(applied.tag_id));
    json!({
        "id": conversation.id.to_string(),
        "key": script.map(|entry| entry.key.as_str()),
        "truth": conversation.truth.map(crate::script::Truth::name),
        "channel": conversation.channel.name(),
        "contact": author_name(world, &conversation.source.author),
        "subject": text::plain(&conversation.source.subject),
        "text": text::plain(&conversation.source.body),
        "state": conversation.state.name(),
        "snoozed_until": conversation.state.snoozed_until(),
        "read": conversation.read,
        "waiting_since": conversation.waiting_since,
        "admin_assignee_id": conversation.admin_assignee_id.unwrap_or(0),
        "team_assignee_id": conversation.team_assignee_id.unwrap_or(0),
        "team": team.map(|team| team.name),
        "tags": tags.map(|tag| tag.name.as_str()).collect::<Vec<_>>(),
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "parts": parts.collect::<Vec<_>>(),
    })
}
