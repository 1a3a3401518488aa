//! The fields that conversations can be searched by.

use super::{Field, Held, Kind};
use crate::world::{Author, Conversation, State, World};

/// Finds a field by its name in the description. Attributes of the workspace go by `custom_attributes.<name>`.
pub(crate) fn conversation_field<'a>(world: &'a World, name: &str) -> Option<Field<'a, Conversation>> {
    let field = |kind, held: Box<dyn Fn(&Conversation) -> Held + 'a>| Some(Field { kind, held });
    if let Some(attribute) = name.strip_prefix("custom_attributes.") {
        let attribute = attribute.to_owned();
        return field(
            Kind::Any,
            Box::new(move |conversation| Held::value(conversation.custom_attributes.get(&attribute))),
        );
    }
    if let Some(figure) = name.strip_prefix("statistics.") {
        let kind = statistic_kind(figure)?;
        let figure = figure.to_owned();
        return field(
            kind,
            Box::new(move |conversation| {
                let statistics = crate::render::statistics(world, conversation);
                let value = statistics.get(&figure);
                if kind == Kind::Text {
                    Held::value(value)
                } else {
                    Held::Number(value.and_then(serde_json::Value::as_i64))
                }
            }),
        );
    }
    let (kind, held): (Kind, fn(&Conversation) -> Held) = match name {
        "id" => (Kind::Text, |it| Held::text(Some(it.id.to_string()))),
        "created_at" => (Kind::Date, |it| Held::Number(Some(it.created_at))),
        "updated_at" => (Kind::Date, |it| Held::Number(Some(it.updated_at))),
        "waiting_since" => (Kind::Date, |it| Held::Number(it.waiting_since)),
        "snoozed_until" => (Kind::Date, |it| match it.state {
            State::Snoozed { until } => Held::Number(Some(until)),
            State::Open | State::Closed => Held::Number(None),
        }),
        "source.type" => (Kind::Text, |it| Held::text(Some(it.channel.source_type()))),
        "source.id" => (Kind::Text, |it| Held::text(Some(it.source.id.to_string()))),
        "source.delivered_as" => (Kind::Text, |it| Held::text(Some(it.source.delivered_as))),
        "source.subject" => (Kind::Text, |it| Held::text(Some(crate::text::plain(&it.source.subject)))),
        "source.body" => (Kind::Words, |it| Held::text(Some(crate::text::plain(&it.source.body)))),
        "source.url" => (Kind::Text, |it| Held::text(it.source.url.as_deref())),
        "source.author.id" => (Kind::Text, |it| match &it.source.author {
            Author::Admin(id) => Held::text(Some(id.to_string())),
            Author::Contact(id) => Held::text(Some(id.as_str())),
        }),
        "contact_ids" => (Kind::Text, |it| Held::Texts(it.contact_ids.clone())),
        "teammate_ids" => {
            (Kind::Text, |it| Held::Texts(it.teammate_ids.iter().map(ToString::to_string).collect()))
        }
        "admin_assignee_id" => {
            (Kind::Integer, |it| Held::Number(Some(it.admin_assignee_id.unwrap_or(0) as i64)))
        }
        "team_assignee_id" => {
            (Kind::Integer, |it| Held::Number(Some(it.team_assignee_id.unwrap_or(0) as i64)))
        }
        "channel_initiated" => (Kind::Text, |it| Held::text(Some(it.channel.name()))),
        "open" => (Kind::Boolean, |it| Held::Flag(it.state != State::Closed)),
        "read" => (Kind::Boolean, |it| Held::Flag(it.read)),
        "state" => (Kind::Text, |it| Held::text(Some(it.state.name()))),
        "tag_ids" => {
            (Kind::Text, |it| Held::Texts(it.tags.iter().map(|tag| tag.tag_id.to_string()).collect()))
        }
        "priority" => (Kind::Text, |it| Held::text(Some(it.priority))),
        "conversation_rating.requested_at" | "conversation_rating.replied_at" => {
            (Kind::Date, |_| Held::Number(None))
        }
        "conversation_rating.score" | "ai_agent.rating" => (Kind::Integer, |_| Held::Number(None)),
        "ai_agent_participated" => (Kind::Boolean, |_| Held::Flag(false)),
        "conversation_rating.remark"
        | "conversation_rating.contact_id"
        | "conversation_rating.admin_d"
        | "ai_agent.resolution_state"
        | "ai_agent.last_answer_type"
        | "ai_agent.rating_remark"
        | "ai_agent.source_type"
        | "ai_agent.source_title" => (Kind::Text, |_| Held::Texts(Vec::new())),
        "source.author.type" | "source.author.name" | "source.author.email" => {
            let member = name.rsplit('.').next()?.to_owned();
            return field(
                Kind::Text,
                Box::new(move |conversation| {
                    let shown = crate::render::author(world, &conversation.source.author, false);
                    Held::value(shown.get(&member))
                }),
            );
        }
        _ => return None,
    };
    field(kind, Box::new(held))
}

fn statistic_kind(figure: &str) -> Option<Kind> {
    Some(match figure {
        "time_to_assignment"
        | "time_to_admin_reply"
        | "time_to_first_close"
        | "time_to_last_close"
        | "median_time_to_reply"
        | "count_reopens"
        | "count_assignments"
        | "count_conversation_parts" => Kind::Integer,
        "first_contact_reply_at"
        | "first_assignment_at"
        | "first_admin_reply_at"
        | "first_close_at"
        | "last_assignment_at"
        | "last_assignment_admin_reply_at"
        | "last_contact_reply_at"
        | "last_admin_reply_at"
        | "last_close_at" => Kind::Date,
        "last_closed_by_id" => Kind::Text,
        _ => return None,
    })
}
