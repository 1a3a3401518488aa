//! The world as JSON, in the shapes of the API description.

use serde_json::{Value, json};

use crate::{
    text,
    world::{
        Admin, AppliedTag, Assigned, Attachment, Author, Company, Contact, Conversation, Note, Part, Segment,
        State, Tag, Team, World,
    },
};

pub(crate) mod library;
pub(crate) mod tickets;

pub(crate) use tickets::ticket;

/// How a caller wants to see things.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View {
    /// Bodies and subjects as text.
    pub(crate) plain: bool,
    /// Before 2.16 a place without an assignee was null and the priority had two values.
    pub(crate) before_2_16: bool,
}

impl View {
    pub(crate) fn newest() -> Self {
        Self { plain: false, before_2_16: false }
    }
}

/// Which parts of a conversation are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// The key is left out, as in lists.
    Left,
    None,
    Only(u64),
    All,
}

pub(crate) fn me(world: &World, admin: &Admin) -> Value {
    let identity = &world.identity;
    json!({
        "type": "admin",
        "id": admin.id.to_string(),
        "name": admin.name,
        "email": admin.email,
        "email_verified": true,
        "job_title": admin.job_title,
        "has_inbox_seat": !admin.is_bot,
        "away_mode_enabled": admin.away,
        "away_mode_reassign": false,
        "team_ids": admin.team_ids,
        "avatar": { "type": "avatar", "image_url": null },
        "app": {
            "type": "app",
            "id_code": identity.app_id,
            "name": identity.name,
            "region": identity.region,
            "timezone": "Etc/UTC",
            "created_at": identity.created_at,
            "identity_verification": false,
            "secure": false,
        },
    })
}

pub(crate) fn admin(admin: &Admin, display_avatar: bool) -> Value {
    let mut shown = json!({
        "type": "admin",
        "id": admin.id.to_string(),
        "name": admin.name,
        "email": admin.email,
        "job_title": admin.job_title,
        "away_mode_enabled": admin.away,
        "away_mode_reassign": false,
        "away_status_reason_id": null,
        "has_inbox_seat": !admin.is_bot,
        "team_ids": admin.team_ids,
        "team_priority_level": { "primary_team_ids": admin.team_ids, "secondary_team_ids": [] },
        "role": admin.role(),
    });
    if display_avatar {
        set(&mut shown, "avatar", Value::Null);
    }
    shown
}

pub(crate) fn team(team: &Team) -> Value {
    json!({
        "type": "team",
        "id": team.id.to_string(),
        "name": team.name,
        "admin_ids": team.admin_ids,
        "admin_priority_level": { "primary_admin_ids": team.admin_ids, "secondary_admin_ids": [] },
        "assignment_limit": team.assignment_limit,
        "distribution_method": team.distribution_method,
    })
}

pub(crate) fn tag(tag: &Tag) -> Value {
    json!({ "type": "tag", "id": tag.id.to_string(), "name": tag.name })
}

pub(crate) fn applied_tag(world: &World, applied: &AppliedTag) -> Option<Value> {
    let mut shown = tag(world.tag(applied.tag_id)?);
    set(&mut shown, "applied_at", applied.at.into());
    let by = applied.by.map(|id| json!({ "type": "admin", "id": id.to_string() }));
    set(&mut shown, "applied_by", by.unwrap_or(Value::Null));
    Some(shown)
}

pub(crate) fn applied_tags(world: &World, tags: &[AppliedTag]) -> Vec<Value> {
    tags.iter().filter_map(|applied| applied_tag(world, applied)).collect()
}

pub(crate) fn conversation(world: &World, conversation: &Conversation, parts: Parts, view: View) -> Value {
    let contacts =
        conversation.contact_ids.iter().filter_map(|id| world.contact(id)).map(
            |contact| json!({ "type": "contact", "id": contact.id, "external_id": contact.external_id }),
        );
    let teammates =
        conversation.teammate_ids.iter().map(|id| json!({ "type": "admin", "id": id.to_string() }));
    let company = conversation.company_id.as_deref().and_then(|id| world.company(id));
    let nobody = if view.before_2_16 { Value::Null } else { 0.into() };
    let assignee = |id: Option<u64>| id.map_or_else(|| nobody.clone(), Value::from);
    let first_reply = conversation
        .statistics
        .first_contact_reply_at
        .map(|at| json!({ "created_at": at, "type": conversation.channel.source_type(), "url": null }));
    let mut shown = json!({
        "type": "conversation",
        "id": conversation.id.to_string(),
        "title": conversation.title,
        "created_at": conversation.created_at,
        "updated_at": conversation.updated_at,
        "waiting_since": conversation.waiting_since,
        "snoozed_until": conversation.state.snoozed_until(),
        "open": conversation.state != State::Closed,
        "state": conversation.state.name(),
        "read": conversation.read,
        "priority": if view.before_2_16 { "not_priority" } else { conversation.priority },
        "admin_assignee_id": assignee(conversation.admin_assignee_id),
        "team_assignee_id": assignee(conversation.team_assignee_id),
        "company": company.map(|company| self::company(world, company)),
        "tags": { "type": "tag.list", "tags": applied_tags(world, &conversation.tags) },
        "conversation_rating": null,
        "source": source(world, conversation, view),
        "contacts": { "type": "contact.list", "contacts": contacts.collect::<Vec<_>>() },
        "teammates": { "type": "admin.list", "teammates": teammates.collect::<Vec<_>>() },
        "custom_attributes": conversation.custom_attributes,
        "first_contact_reply": first_reply,
        "sla_applied": null,
        "statistics": statistics(world, conversation),
        "linked_objects": { "type": "list", "data": [], "total_count": 0, "has_more": false },
        "ai_agent_participated": false,
        "ai_agent": null,
        "channel": { "initial": conversation.channel.name(), "current": conversation.channel.name() },
        "external_references": [],
        "topics": {},
        "ticket": null,
    });
    if let Some(ticket) = ticket(world, conversation) {
        set(&mut shown, "ticket", ticket);
    }
    let list = match parts {
        Parts::Left => return shown,
        Parts::None => Vec::new(),
        Parts::Only(id) => conversation.part(id).map(|only| part(world, only, view)).into_iter().collect(),
        Parts::All => conversation
            .newest_parts(world.parts_shown)
            .iter()
            .map(|each| part(world, each, view))
            .collect::<Vec<_>>(),
    };
    // Parts that are left out because there are too many still count.
    let total_count = match parts {
        Parts::All => conversation.statistics.count_conversation_parts,
        Parts::Left | Parts::None | Parts::Only(_) => list.len() as u64,
    };
    set(
        &mut shown,
        "conversation_parts",
        json!({ "type": "conversation_part.list", "conversation_parts": list, "total_count": total_count }),
    );
    shown
}

pub(crate) fn part(world: &World, part: &Part, view: View) -> Value {
    let assigned_to = part.assigned_to.map(|assigned| match assigned {
        Assigned::Admin(id) => json!({ "type": "admin", "id": id.to_string() }),
        Assigned::Team(id) => json!({ "type": "team", "id": id.to_string() }),
        Assigned::Bot(id) => json!({ "type": "bot", "id": id.to_string() }),
        Assigned::Nobody => json!({ "type": "nobody_admin", "id": null }),
    });
    let options: Vec<Value> =
        part.quick_replies.iter().map(|(text, uuid)| json!({ "text": text, "uuid": uuid })).collect();
    let metadata = if options.is_empty() { json!({}) } else { json!({ "quick_reply_options": options }) };
    let event = part.event.as_ref().map(|event| {
        json!({
            "attribute": { "name": event.attribute },
            "value": { "name": event.value, "previous": event.previous },
        })
    });
    json!({
        "type": "conversation_part",
        "id": part.id.to_string(),
        "part_type": part.kind,
        "body": part.body.as_deref().map(|html| shown_text(html, view)),
        "created_at": part.created_at,
        "updated_at": part.created_at,
        "notified_at": part.created_at,
        "assigned_to": assigned_to,
        "author": author(world, &part.author, true),
        "attachments": part.attachments.iter().map(attachment).collect::<Vec<_>>(),
        "external_id": null,
        "redacted": part.redacted,
        "email_message_metadata": null,
        "metadata": metadata,
        "state": part.state.name(),
        "tags": [],
        "event_details": event,
        "app_package_code": null,
    })
}

pub(crate) fn contact(world: &World, contact: &Contact, view: View) -> Value {
    let id = &contact.id;
    let addressable = |data: Vec<Value>, list: &str| {
        let total_count = data.len();
        let first: Vec<Value> = data.into_iter().take(10).collect();
        let has_more = first.len() < total_count;
        let url = format!("/contacts/{id}/{list}");
        json!({ "type": "list", "data": first, "url": url, "total_count": total_count, "has_more": has_more })
    };
    let tags = contact.tags.iter().map(
        |tag| json!({ "type": "tag", "id": tag.tag_id.to_string(), "url": format!("/tags/{}", tag.tag_id) }),
    );
    let notes = contact.notes.iter().map(
        |note| json!({ "type": "note", "id": note.id.to_string(), "url": format!("/notes/{}", note.id) }),
    );
    let companies = contact
        .company_ids
        .iter()
        .map(|company| json!({ "type": "company", "id": company, "url": format!("/companies/{company}") }));
    let owner_id: Option<Value> =
        contact.owner_id.map(|id| if view.before_2_16 { id.into() } else { id.to_string().into() });
    let email_domain =
        contact.email.as_deref().and_then(|email| email.split_once('@')).map(|(_, domain)| domain);
    let avatar = contact.avatar.as_ref().map(|url| json!({ "type": "avatar", "image_url": url }));
    let mut shown = json!({
        "type": "contact",
        "id": id,
        "workspace_id": world.identity.app_id,
        "external_id": contact.external_id,
        "role": contact.role.name(),
        "email": contact.email,
        "email_domain": email_domain,
        "phone": contact.phone,
        "name": contact.name,
        "avatar": avatar,
        "owner_id": owner_id,
        "social_profiles": { "type": "list", "data": [] },
        "has_hard_bounced": false,
        "marked_email_as_spam": false,
        "unsubscribed_from_emails": contact.unsubscribed_from_emails,
        "created_at": contact.created_at,
        "updated_at": contact.updated_at,
        "signed_up_at": contact.signed_up_at,
        "last_seen_at": contact.last_seen_at,
        "last_replied_at": contact.last_replied_at,
        "last_contacted_at": contact.last_contacted_at,
        "last_email_opened_at": null,
        "last_email_clicked_at": null,
        "language_override": contact.language,
        "browser": contact.browser,
        "browser_version": null,
        "browser_language": contact.language,
        "os": contact.os,
        "location": {
            "type": "location",
            "country": contact.country,
            "region": null,
            "city": contact.city,
            "country_code": null,
            "continent_code": null,
        },
        "custom_attributes": contact.custom_attributes,
        "tags": addressable(tags.collect(), "tags"),
        "notes": addressable(notes.collect(), "notes"),
        "companies": addressable(companies.collect(), "companies"),
        "opted_out_subscription_types": addressable(Vec::new(), "subscriptions"),
        "opted_in_subscription_types": addressable(Vec::new(), "subscriptions"),
    });
    for absent in ABSENT_OF_CONTACTS {
        set(&mut shown, absent, Value::Null);
    }
    shown
}

/// What the description knows of a contact and nobody at Northwind has.
const ABSENT_OF_CONTACTS: [&str; 20] = [
    "android_app_name",
    "android_app_version",
    "android_device",
    "android_os_version",
    "android_sdk_version",
    "android_last_seen_at",
    "ios_app_name",
    "ios_app_version",
    "ios_device",
    "ios_os_version",
    "ios_sdk_version",
    "ios_last_seen_at",
    "utm_campaign",
    "utm_content",
    "utm_medium",
    "utm_source",
    "utm_term",
    "referrer",
    "sms_consent",
    "unsubscribed_from_sms",
];

pub(crate) fn company(world: &World, company: &Company) -> Value {
    let tags = company.tags.iter().filter_map(|applied| world.tag(applied.tag_id)).map(tag);
    let plan = company.plan.as_ref().map_or_else(
        || json!({}),
        |name| {
            let id = name.bytes().fold(269_000_u64, |sum, byte| sum + u64::from(byte)).to_string();
            json!({ "type": "plan", "id": id, "name": name })
        },
    );
    let mut shown = json!({
        "type": "company",
        "company_id": company.external_id,
        "id": company.id,
        "app_id": world.identity.app_id,
        "name": company.name,
        "remote_created_at": company.created_at,
        "created_at": company.created_at,
        "updated_at": company.updated_at,
        "last_request_at": company.last_request_at,
        "monthly_spend": company.monthly_spend,
        "session_count": company.session_count,
        "user_count": world.contacts.count_of_company(&company.id),
        "tags": { "type": "tag.list", "tags": tags.collect::<Vec<_>>() },
        "segments": { "type": "segment.list", "segments": [] },
        "plan": plan,
        "custom_attributes": company.custom_attributes,
    });
    // What a company has no value for, it does not show.
    if let Some(industry) = &company.industry {
        set(&mut shown, "industry", industry.as_str().into());
    }
    if let Some(website) = &company.website {
        set(&mut shown, "website", website.as_str().into());
    }
    if let Some(size) = company.size {
        set(&mut shown, "size", size.into());
    }
    shown
}

pub(crate) fn note(world: &World, contact_id: &str, note: &Note) -> Value {
    let author = note.author_id.and_then(|id| world.admin(id));
    json!({
        "type": "note",
        "id": note.id.to_string(),
        "created_at": note.created_at,
        "contact": { "type": "contact", "id": contact_id },
        "author": author.map(|author| admin(author, false)),
        "body": note.body,
    })
}

pub(crate) fn segment(segment: &Segment) -> Value {
    json!({
        "type": "segment",
        "id": segment.id,
        "name": segment.name,
        "created_at": segment.created_at,
        "updated_at": segment.created_at,
        "person_type": "user",
    })
}

fn source(world: &World, conversation: &Conversation, view: View) -> Value {
    let source = &conversation.source;
    json!({
        "type": conversation.channel.source_type(),
        "id": source.id.to_string(),
        "delivered_as": source.delivered_as,
        "subject": shown_text(&source.subject, view),
        "body": shown_text(&source.body, view),
        "author": author(world, &source.author, false),
        "attachments": source.attachments.iter().map(attachment).collect::<Vec<_>>(),
        "url": source.url,
        "redacted": source.redacted,
    })
}

pub(crate) fn author(world: &World, author: &Author, in_part: bool) -> Value {
    let mut shown = match author {
        Author::Admin(id) => {
            let admin = world.admin(*id);
            json!({
                "type": admin.map_or("admin", Admin::kind),
                "id": id.to_string(),
                "name": admin.map(|admin| admin.name),
                "email": admin.map(|admin| admin.email.as_str()),
            })
        }
        Author::Contact(id) => {
            let contact = world.contact(id);
            json!({
                "type": contact.map_or("user", |contact| contact.role.name()),
                "id": id,
                "name": contact.and_then(|contact| contact.name.as_deref()),
                "email": contact.and_then(|contact| contact.email.as_deref()).unwrap_or_default(),
            })
        }
    };
    if in_part {
        set(&mut shown, "from_ai_agent", false.into());
        set(&mut shown, "is_ai_answer", false.into());
    }
    shown
}

fn attachment(attachment: &Attachment) -> Value {
    let (width, height) = attachment.size.unzip();
    json!({
        "type": "upload",
        "name": attachment.name,
        "url": attachment.url,
        "content_type": attachment.content_type,
        "filesize": attachment.filesize,
        "width": width,
        "height": height,
    })
}

pub(crate) fn statistics(world: &World, conversation: &Conversation) -> Value {
    let figures = &conversation.statistics;
    let since_start = |at: Option<i64>| at.map(|at| at - conversation.created_at);
    let handling_time = figures.first_assignment_at.zip(figures.last_close_at).map(|(from, to)| to - from);
    let team_responses: Vec<Value> = conversation
        .team_assignee_id
        .and_then(|id| world.team(id))
        .zip(since_start(figures.first_admin_reply_at))
        .map(|(team, time)| json!({ "team_id": team.id, "team_name": team.name, "response_time": time }))
        .into_iter()
        .collect();
    json!({
        "type": "conversation_statistics",
        "time_to_assignment": figures.time_to_assignment,
        "time_to_admin_reply": since_start(figures.first_admin_reply_at),
        "time_to_first_close": since_start(figures.first_close_at),
        "time_to_last_close": since_start(figures.last_close_at),
        "median_time_to_reply": figures.median_time_to_reply(),
        "first_contact_reply_at": figures.first_contact_reply_at,
        "first_assignment_at": figures.first_assignment_at,
        "first_admin_reply_at": figures.first_admin_reply_at,
        "first_close_at": figures.first_close_at,
        "last_assignment_at": figures.last_assignment_at,
        "last_assignment_admin_reply_at": figures.last_assignment_admin_reply_at,
        "last_contact_reply_at": figures.last_contact_reply_at,
        "last_admin_reply_at": figures.last_admin_reply_at,
        "last_close_at": figures.last_close_at,
        "last_closed_by_id": figures.last_closed_by_id.map(|id| id.to_string()),
        "count_reopens": figures.count_reopens,
        "count_assignments": figures.count_assignments,
        "count_conversation_parts": figures.count_conversation_parts,
        "assigned_team_first_response_time": team_responses,
        "assigned_team_first_response_time_in_office_hours": team_responses,
        "handling_time": handling_time,
        "adjusted_handling_time": handling_time,
    })
}

fn shown_text(html: &str, view: View) -> String {
    if view.plain { text::plain(html) } else { html.to_owned() }
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
}
