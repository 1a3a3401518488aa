//! Conversations: lists, one, a new one, its title and attributes, search.

use serde_json::{Value, json};

use super::{Call, fields::Fields, parts};
use crate::{
    answer::Refusal,
    paging::{CursorRequest, LastPage},
    render::{self, Parts, View},
    script::Channel,
    search::{self, Filter},
    text,
    world::{Conversation, Opening, Span, World},
};

/// How many conversations a page has when the caller does not say.
const PER_PAGE: usize = 20;

pub(super) fn list(world: &World, call: &Call) -> Result<Value, Refusal> {
    let request = CursorRequest::of_query(&call.query, PER_PAGE)?;
    Ok(page(world, call, Span::ALWAYS, None, &request, LastPage::Absent))
}

pub(super) fn search(world: &World, call: &Call) -> Result<Value, Refusal> {
    let filter = search::parse(&call.body, &|name| search::conversation_field(world, name))?;
    let request = CursorRequest::of_search(&call.body, PER_PAGE)?;
    let (within, decides) = filter.span_of("updated_at");
    let filter = (!decides).then_some(&filter);
    Ok(page(world, call, within, filter, &request, LastPage::Null))
}

pub(super) fn one(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    shown(world, known(world, id)?, call.view()?)
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    let from = Fields::of(fields.get("from").ok_or_else(|| Refusal::missing("from"))?)?;
    let kind = from.required_text("type")?;
    if !matches!(kind, "user" | "lead" | "contact") {
        let message = format!("'{kind}' cannot begin a conversation");
        return Err(Refusal::invalid(message).on_field("from.type"));
    }
    let contact_id = from.required_id("id")?;
    let body = fields.required_text("body")?;
    let subject = fields.text("subject")?.map(|subject| format!("<p>{}</p>", text::escaped(subject)));
    let at = fields.time("created_at")?.unwrap_or_else(|| world.now());
    world.contact(&contact_id).ok_or_else(Refusal::no_such_user)?;
    let attachments = parts::attachments(world, fields)?;
    let conversation_id = world.open_conversation(Opening {
        contact_id,
        subject: subject.unwrap_or_default(),
        html: text::paragraphs(body),
        attachments,
        channel: Channel::Chat,
        at,
        truth: None,
        script: None,
    });
    let conversation = world.conversations.get(conversation_id).ok_or_else(Refusal::not_found)?;
    Ok(json!({
        "type": "user_message",
        "id": conversation.source.id.to_string(),
        "created_at": conversation.created_at,
        "body": body,
        "message_type": "inapp",
        "conversation_id": conversation_id.to_string(),
    }))
}

pub(super) fn update(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let conversation_id = known(world, id)?;
    let fields = Fields::of(&call.body)?;
    let view = call.view()?;
    let read = fields.flag("read")?;
    let title = fields.text("title")?;
    let company_id = fields.id("company_id")?;
    if company_id.as_deref().is_some_and(|id| world.company(id).is_none()) {
        return Err(Refusal::not_found());
    }
    let attributes = match fields.get("custom_attributes") {
        None => serde_json::Map::new(),
        Some(Value::Object(attributes)) => attributes.clone(),
        Some(_) => {
            return Err(Refusal::invalid("custom_attributes must be an object").on_field("custom_attributes"));
        }
    };
    let at = world.now();
    for (name, value) in attributes {
        world.set_conversation_attribute(conversation_id, &name, value, at);
    }
    if let Some(conversation) = world.conversations.get_mut(conversation_id) {
        if let Some(read) = read {
            conversation.read = read;
        }
        if let Some(title) = title {
            conversation.title = Some(title.to_owned());
        }
        if company_id.is_some() {
            conversation.company_id = company_id;
        }
        conversation.updated_at = at;
    }
    shown(world, conversation_id, view)
}

/// The number of a conversation that is there.
pub(super) fn known(world: &World, id: &str) -> Result<u64, Refusal> {
    id.parse().ok().filter(|id| world.conversations.contains_key(*id)).ok_or_else(Refusal::not_found)
}

/// The whole conversation, as every act on one answers.
pub(super) fn shown(world: &World, id: u64, view: View) -> Result<Value, Refusal> {
    let conversation = world.conversations.get(id).ok_or_else(Refusal::not_found)?;
    Ok(render::conversation(world, conversation, Parts::All, view))
}

/// Newest changes first, as the inbox shows them: those that changed within a span and that the filter lets through.
fn page(
    world: &World,
    call: &Call,
    within: Span,
    filter: Option<&Filter<'_, Conversation>>,
    request: &CursorRequest,
    last: LastPage,
) -> Value {
    let fits = |conversation: &&Conversation| filter.is_none_or(|filter| filter.matches(conversation));
    let total_count = match filter {
        None => world.conversations.count_within(within),
        Some(_) => world.conversations.newest_first(within).filter(fits).count(),
    };
    let after = request.after();
    let from_page = after.map_or(within, |(at, _)| within.and(Span { to: at, ..Span::ALWAYS }));
    // All ids have the same number of digits, so they stand in the same order as texts and as numbers.
    let comes_after = |conversation: &&Conversation| {
        after
            .is_none_or(|(at, id)| (conversation.updated_at, conversation.id.to_string().as_str()) < (at, id))
    };
    let mut rest = world.conversations.newest_first(from_page).filter(comes_after).filter(fits);
    let shown: Vec<&Conversation> = rest.by_ref().take(request.per_page()).collect();
    let place = |conversation: &&Conversation| (conversation.updated_at, conversation.id.to_string());
    let next = rest.next().and(shown.last()).map(place);
    let pages = request.pages(total_count, next, last);
    let view = View { plain: false, before_2_16: call.before_2_16 };
    let shown: Vec<Value> = shown
        .into_iter()
        .map(|conversation| render::conversation(world, conversation, Parts::Left, view))
        .collect();
    json!({ "type": "conversation.list", "pages": pages, "total_count": total_count, "conversations": shown })
}
