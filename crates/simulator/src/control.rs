//! The control surface `/_sim`: play the customer and the teammates, look behind the scenes, break things.
//!
//! It asks for no token and answers only on loopback, to requests that name a loopback host.

use std::sync::Arc;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Shared,
    answer::{Answer, Refusal},
    apps::{self, App},
    calls::Wanted,
    digest::Digest,
    lock,
    paging::Query,
    script::{Channel, Truth},
    text,
    world::{Assignee, Author, Change, ContactChange, Message, Opening, World, sample_file},
};

mod chaos;
mod state;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscribe {
    /// The label of the app; the first one's when left out.
    app: Option<String>,
    url: Option<String>,
    #[serde(default)]
    topics: Vec<String>,
}

/// A customer writes.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerWrites {
    email: String,
    name: Option<String>,
    subject: Option<String>,
    body: String,
    conversation_id: Option<Id>,
    #[serde(default)]
    attachments: Vec<Attached>,
    channel: Option<Channel>,
    truth: Option<Truth>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Attached {
    name: String,
    content_type: String,
    /// Base64; a small sample of the type when left out.
    data: Option<String>,
}

/// A teammate acts in the inbox.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TeammateActs {
    admin_id: Id,
    conversation_id: Id,
    #[serde(rename = "do")]
    act: TeammateAct,
    body: Option<String>,
    assignee_id: Option<Id>,
    assignee_type: Option<AssigneeType>,
    snoozed_until: Option<i64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum TeammateAct {
    Reply,
    Note,
    Assign,
    Close,
    Open,
    Snooze,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum AssigneeType {
    Admin,
    Team,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Id {
    Number(u64),
    Text(String),
}

impl Id {
    fn number(&self) -> Result<u64, Refusal> {
        match self {
            Self::Number(number) => Ok(*number),
            Self::Text(text) => text.parse().map_err(|_| Refusal::invalid(format!("'{text}' is not an id"))),
        }
    }
}

/// Answers a request to `/_sim/…`. The caller has made sure that it comes from this machine.
pub(crate) async fn answer(
    shared: &Shared,
    method: &Method,
    path: &[String],
    query: &Query,
    body: &[u8],
) -> Result<Answer, Refusal> {
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let body = match (method.as_str(), path.as_slice()) {
        ("POST", ["_sim", "webhook"]) => subscribe(shared, read(body)?).await?,
        ("POST", ["_sim", "messages"]) => shared.change(|world| customer_writes(world, &read(body)?))?,
        ("POST", ["_sim", "teammate"]) => shared.change(|world| teammate_acts(world, &read(body)?))?,
        ("GET", ["_sim", "calls"]) => {
            let after = query.number("after")?.unwrap_or(0) as u64;
            let wanted = Wanted { writes_only: query.is_true("writes"), app: query.get("app"), after };
            json!(lock(&shared.calls).list(&wanted))
        }
        ("DELETE", ["_sim", "calls"]) => {
            lock(&shared.calls).clear();
            cleared()
        }
        ("GET", ["_sim", "state"]) => {
            // What is due is told before it is counted.
            shared.change(|_| ());
            let calls = lock(&shared.calls).count();
            let webhook = first_app(shared)?.webhooks.state();
            let apps = shared.apps.state();
            state::state(&lock(&shared.world), &webhook, &apps, calls)
        }
        ("GET", ["_sim", "digest"]) => {
            let since = query.get("since").and_then(|since| since.parse().ok()).unwrap_or(i64::MIN);
            json!(shared.change(|world| Digest::of(world, since)))
        }
        _ => chaos::answer(shared, method, &path, body)?,
    };
    Ok(body.into())
}

fn cleared() -> Value {
    json!({ "cleared": true })
}

fn first_app(shared: &Shared) -> Result<Arc<App>, Refusal> {
    app_of(shared, None)
}

fn app_of(shared: &Shared, label: Option<&str>) -> Result<Arc<App>, Refusal> {
    shared.apps.labelled(label.unwrap_or(apps::FIRST)).ok_or_else(Refusal::not_found)
}

async fn subscribe(shared: &Shared, request: Subscribe) -> Result<Value, Refusal> {
    let webhooks = Arc::clone(&app_of(shared, request.app.as_deref())?.webhooks);
    let Some(url) = request.url else {
        webhooks.unsubscribe();
        return Ok(json!({ "url": null }));
    };
    let head_status = webhooks.subscribe(&url, request.topics).await.map_err(|error| {
        Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", error.to_string()).on_field("url")
    })?;
    Ok(json!({ "url": url, "head_status": head_status }))
}

fn customer_writes(world: &mut World, request: &CustomerWrites) -> Result<Value, Refusal> {
    let conversation_id = request.conversation_id.as_ref().map(Id::number).transpose()?;
    if conversation_id.is_some_and(|id| !world.conversations.contains_key(id)) {
        return Err(Refusal::not_found());
    }
    let mut files = Vec::new();
    for file in &request.attachments {
        let bytes = match &file.data {
            None => sample_file(&file.name, &file.content_type),
            Some(data) => STANDARD.decode(data).map_err(|_| Refusal::invalid("data must be base64"))?,
        };
        files.push(bytes);
    }
    let known = world.contact_by_email(&request.email).map(|known| known.id.clone());
    let contact_id = known.map_or_else(|| meet(world, request), Ok)?;
    let attachments = request
        .attachments
        .iter()
        .zip(files)
        .map(|(file, bytes)| world.keep_file(&file.name, &file.content_type, bytes))
        .collect();
    let html = text::customer_html(&request.body);
    let at = world.now();
    let Some(conversation_id) = conversation_id else {
        let subject = request.subject.as_deref().map(|subject| format!("<p>{}</p>", text::escaped(subject)));
        let channel =
            request.channel.unwrap_or(if subject.is_some() { Channel::Email } else { Channel::Chat });
        let conversation_id = world.open_conversation(Opening {
            contact_id,
            subject: subject.unwrap_or_default(),
            html,
            attachments,
            channel,
            at,
            truth: request.truth,
            script: None,
        });
        return Ok(json!({ "conversation_id": conversation_id.to_string() }));
    };
    if let Some(conversation) = world.conversations.get_mut(conversation_id)
        && !conversation.contact_ids.contains(&contact_id)
    {
        conversation.contact_ids.push(contact_id.clone());
    }
    let message = Message { html: Some(html), attachments, ..Message::default() };
    let part_id = world.contact_replies(conversation_id, &contact_id, message, at);
    Ok(json!({
        "conversation_id": conversation_id.to_string(),
        "part_id": part_id.map(|id| id.to_string()),
    }))
}

/// Makes a contact of somebody who writes for the first time.
fn meet(world: &mut World, request: &CustomerWrites) -> Result<String, Refusal> {
    let name = request.name.clone().map_or(Change::Keep, Change::Set);
    let change = ContactChange { email: Some(request.email.clone()), name, ..ContactChange::default() };
    world.create_contact(change).map_err(|taken| {
        Refusal::new(StatusCode::CONFLICT, "conflict", format!("The contact {} is in the way", taken.id))
    })
}

fn teammate_acts(world: &mut World, request: &TeammateActs) -> Result<Value, Refusal> {
    let admin_id = request.admin_id.number()?;
    world.admin(admin_id).ok_or_else(Refusal::not_found)?;
    let id = request.conversation_id.number()?;
    if !world.conversations.contains_key(id) {
        return Err(Refusal::not_found());
    }
    let at = world.now();
    let words = || request.body.as_deref().map(|body| Message::html(text::teammate_html(body)));
    let needed_words = || words().ok_or_else(|| Refusal::missing("body"));
    let assignee = assignee(world, request)?;
    let part_id = match (request.act, assignee) {
        // A reply that also assigns is one part.
        (TeammateAct::Reply, Some(assignee)) => world.assign(id, admin_id, assignee, needed_words()?, at),
        (TeammateAct::Reply, None) => world.admin_comments(id, admin_id, needed_words()?, at),
        (TeammateAct::Note, _) => world.admin_notes(id, admin_id, needed_words()?, at),
        (TeammateAct::Assign, Some(assignee)) => {
            world.assign(id, admin_id, assignee, words().unwrap_or_default(), at)
        }
        (TeammateAct::Assign, None) => return Err(Refusal::missing("assignee_id")),
        (TeammateAct::Close, _) => world.close(id, admin_id, words().unwrap_or_default(), at),
        (TeammateAct::Open, _) => world.open(id, admin_id, at),
        (TeammateAct::Snooze, _) => {
            world.snooze(id, admin_id, request.snoozed_until.unwrap_or(at + 3600), at)
        }
    };
    Ok(json!({ "conversation_id": id.to_string(), "part_id": part_id.map(|id| id.to_string()) }))
}

fn assignee(world: &World, request: &TeammateActs) -> Result<Option<Assignee>, Refusal> {
    let Some(id) = request.assignee_id.as_ref().map(Id::number).transpose()? else { return Ok(None) };
    let kind = match request.assignee_type {
        Some(kind) => kind,
        None if world.team(id).is_some() => AssigneeType::Team,
        None => AssigneeType::Admin,
    };
    let known = match kind {
        AssigneeType::Team => world.team(id).is_some(),
        AssigneeType::Admin => world.admin(id).is_some(),
    };
    match (kind, id) {
        (AssigneeType::Team, 0) => Ok(Some(Assignee::Team(None))),
        (AssigneeType::Admin, 0) => Ok(Some(Assignee::Admin(None))),
        _ if !known => Err(Refusal::not_found()),
        (AssigneeType::Team, id) => Ok(Some(Assignee::Team(Some(id)))),
        (AssigneeType::Admin, id) => Ok(Some(Assignee::Admin(Some(id)))),
    }
}

fn read<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| Refusal::invalid(error.to_string()))
}

/// Who an author is, for the state.
fn author_name(world: &World, author: &Author) -> Value {
    crate::render::author(world, author, false)
}
