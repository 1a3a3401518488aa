//! Acts on a conversation: replies and notes, assignment, close, open, snooze.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::Value;

use super::{Call, conversations, fields::Fields};
use crate::{
    answer::Refusal,
    text,
    world::{Assignee, Attachment, Message, World},
};

/// The most files that one message carries.
const FILES: usize = 10;

pub(super) fn reply(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    let view = call.view()?;
    let conversation_id = match fields.required_text("type")? {
        "admin" => reply_as_admin(world, fields, id)?,
        "user" => reply_as_contact(world, fields, id)?,
        other => {
            let message = format!("'{other}' cannot reply, only admin and user can");
            return Err(Refusal::invalid(message).on_field("type"));
        }
    };
    conversations::shown(world, conversation_id, view)
}

pub(super) fn manage(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let conversation_id = conversations::known(world, id)?;
    let fields = Fields::of(&call.body)?;
    let view = call.view()?;
    let act = fields.required_text("message_type")?;
    if !matches!(act, "close" | "snoozed" | "open" | "assignment") {
        let message = format!("'{act}' is not one of close, snoozed, open, assignment");
        return Err(Refusal::invalid(message).on_field("message_type"));
    }
    let admin_id = acting_admin(world, fields)?;
    let at = world.now();
    match act {
        "close" => {
            needs_type(fields, &["admin"])?;
            let message = optional_words(fields)?;
            world.close(conversation_id, admin_id, message, at);
        }
        "snoozed" => {
            let until = fields.time("snoozed_until")?.ok_or_else(|| Refusal::missing("snoozed_until"))?;
            if until <= at {
                return Err(Refusal::invalid("snoozed_until must be in the future").on_field("snoozed_until"));
            }
            world.snooze(conversation_id, admin_id, until, at);
        }
        "open" => {
            world.open(conversation_id, admin_id, at);
        }
        _ => {
            let kind = needs_type(fields, &["admin", "team"])?;
            let assignee = assignee(world, kind, &fields.required_id("assignee_id")?)?;
            let message = optional_words(fields)?;
            world.assign(conversation_id, admin_id, assignee, message, at);
        }
    }
    conversations::shown(world, conversation_id, view)
}

/// The teammate that a request acts as. Every act needs one; the owner of the token is never assumed.
pub(super) fn acting_admin(world: &World, fields: Fields<'_>) -> Result<u64, Refusal> {
    let id = fields.required_id("admin_id")?;
    id.parse().ok().filter(|id| world.admin(*id).is_some()).ok_or_else(Refusal::not_found)
}

/// The files of a message: addresses of the caller's, or bytes that are kept here.
pub(super) fn attachments(world: &mut World, fields: Fields<'_>) -> Result<Vec<Attachment>, Refusal> {
    let urls = fields.list("attachment_urls", FILES)?;
    let files = fields.list("attachment_files", FILES)?;
    let mut attachments = Vec::new();
    for url in urls {
        let invalid = || Refusal::invalid("attachment_urls must hold URLs").on_field("attachment_urls");
        let url = url.as_str().and_then(|url| url::Url::parse(url).ok()).ok_or_else(invalid)?;
        let name = url.path_segments().and_then(Iterator::last).unwrap_or_default().to_owned();
        let content_type = content_type_of(&name).to_owned();
        attachments.push(Attachment { name, url: url.into(), content_type, filesize: 0, size: None });
    }
    let mut decoded = Vec::new();
    for file in files {
        let fields = Fields::of(file)?;
        let bytes = STANDARD
            .decode(fields.required_text("data")?)
            .map_err(|_| Refusal::invalid("data must be base64").on_field("attachment_files"))?;
        decoded.push((fields.required_text("name")?, fields.required_text("content_type")?, bytes));
    }
    for (name, content_type, bytes) in decoded {
        attachments.push(world.keep_file(name, content_type, bytes));
    }
    Ok(attachments)
}

fn reply_as_admin(world: &mut World, fields: Fields<'_>, id: &str) -> Result<u64, Refusal> {
    let conversation_id = conversations::known(world, id)?;
    let kind = fields.required_text("message_type")?;
    if !matches!(kind, "comment" | "note" | "quick_reply") {
        let message = format!("'{kind}' is not one of comment, note, quick_reply");
        return Err(Refusal::invalid(message).on_field("message_type"));
    }
    let admin_id = acting_admin(world, fields)?;
    let at = fields.time("created_at")?.unwrap_or_else(|| world.now());
    if kind == "quick_reply" {
        let quick_replies = reply_options(fields)?;
        let html = fields.text("body")?.map(text::teammate_html);
        let message = Message { html, quick_replies, ..Message::default() };
        world.admin_offers(conversation_id, admin_id, message, at);
        return Ok(conversation_id);
    }
    let html = Some(text::teammate_html(fields.required_text("body")?));
    let message = Message { html, attachments: attachments(world, fields)?, ..Message::default() };
    if kind == "note" {
        world.admin_notes(conversation_id, admin_id, message, at);
    } else {
        world.admin_comments(conversation_id, admin_id, message, at);
    }
    Ok(conversation_id)
}

fn reply_as_contact(world: &mut World, fields: Fields<'_>, id: &str) -> Result<u64, Refusal> {
    if id != "last" {
        conversations::known(world, id)?;
    }
    let contact_id = named_contact(world, fields)?;
    let conversation_id = if id == "last" {
        let theirs = world.conversations.values().filter(|each| each.contact_ids.contains(&contact_id));
        theirs
            .max_by_key(|each| (each.updated_at, each.id))
            .map(|last| last.id)
            .ok_or_else(Refusal::not_found)?
    } else {
        conversations::known(world, id)?
    };
    let takes_part =
        world.conversations.get(conversation_id).is_some_and(|found| found.contact_ids.contains(&contact_id));
    if !takes_part {
        return Err(Refusal::not_found());
    }
    let html = match fields.required_text("message_type")? {
        "comment" => text::customer_html(fields.required_text("body")?),
        "quick_reply" => {
            let chosen = reply_options(fields)?;
            text::paragraphs(&chosen.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join(", "))
        }
        other => {
            let message = format!("A contact cannot send a '{other}'");
            return Err(Refusal::invalid(message).on_field("message_type"));
        }
    };
    let at = fields.time("created_at")?.unwrap_or_else(|| world.now());
    let message =
        Message { html: Some(html), attachments: attachments(world, fields)?, ..Message::default() };
    world.contact_replies(conversation_id, &contact_id, message, at);
    Ok(conversation_id)
}

/// A contact who is named in exactly one of three ways.
pub(super) fn named_contact(world: &World, fields: Fields<'_>) -> Result<String, Refusal> {
    let intercom_user_id = fields.id("intercom_user_id")?;
    let user_id = fields.id("user_id")?;
    let email = fields.text("email")?;
    let contact = match (intercom_user_id, user_id, email) {
        (Some(id), None, None) => world.contact(&id),
        (None, Some(external_id), None) => world.contact_by_external_id(&external_id),
        (None, None, Some(email)) => world.contact_by_email(email),
        (None, None, None) => return Err(Refusal::missing("intercom_user_id, user_id or email")),
        _ => return Err(Refusal::invalid("Only one of intercom_user_id, user_id and email may be given")),
    };
    contact.map(|contact| contact.id.clone()).ok_or_else(Refusal::no_such_user)
}

fn reply_options(fields: Fields<'_>) -> Result<Vec<(String, String)>, Refusal> {
    let options = fields.list("reply_options", 50)?;
    if options.is_empty() {
        return Err(Refusal::missing("reply_options"));
    }
    options
        .iter()
        .map(|option| {
            let option = Fields::of(option)?;
            Ok((option.required_text("text")?.to_owned(), option.required_text("uuid")?.to_owned()))
        })
        .collect()
}

fn needs_type<'a>(fields: Fields<'a>, allowed: &[&str]) -> Result<&'a str, Refusal> {
    let kind = fields.required_text("type")?;
    if allowed.contains(&kind) {
        return Ok(kind);
    }
    Err(Refusal::invalid(format!("type must be {}", allowed.join(" or "))).on_field("type"))
}

/// Id 0 stands for nobody.
fn assignee(world: &World, kind: &str, id: &str) -> Result<Assignee, Refusal> {
    let id: u64 = id.parse().map_err(|_| Refusal::not_found())?;
    match (kind, id) {
        ("team", 0) => Ok(Assignee::Team(None)),
        ("team", id) => {
            world.team(id).map(|team| Assignee::Team(Some(team.id))).ok_or_else(Refusal::not_found)
        }
        (_, 0) => Ok(Assignee::Admin(None)),
        (_, id) => {
            world.admin(id).map(|admin| Assignee::Admin(Some(admin.id))).ok_or_else(Refusal::not_found)
        }
    }
}

fn optional_words(fields: Fields<'_>) -> Result<Message, Refusal> {
    let words = fields.text("body")?.filter(|body| !body.trim().is_empty());
    Ok(words.map(|body| Message::html(text::teammate_html(body))).unwrap_or_default())
}

fn content_type_of(name: &str) -> &'static str {
    match name.rsplit('.').next().map(str::to_ascii_lowercase).as_deref() {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
