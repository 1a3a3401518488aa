//! A conversation and its parts.

use super::{Bodies, Names, short, tags};
use crate::text::{Image, Rendered, from_html, plain, take_images};
use crate::wire;
use domain::{
    Attachment, Author, AuthorKind, ContactId, Conversation, ConversationStatus, Part, PartId, Timestamp,
};
use std::collections::BTreeSet;

/// The most parts that Intercom lists of one conversation: the newest.
const MAX_LISTED: usize = 500;

/// A conversation; `None` when it has no id.
pub(crate) fn conversation(wire: wire::Conversation, bodies: Bodies, names: &Names) -> Option<Conversation> {
    let id = wire.id.0.clone()?;
    let status = status(&wire);
    let reported = wire.parts.total;
    let counted = wire.statistics.or_empty().count_conversation_parts.0;
    let people = People::of(&wire.contacts.items, &wire.parts.items, names);

    let first_time = wire.parts.items.iter().filter_map(|part| part.created_at.0).min();
    let created_at = wire.created_at.0.or(first_time).unwrap_or_default();
    let listed = wire.parts.items.len();

    let source = wire.source.0;
    let channel =
        source.as_ref().map_or_else(String::new, |source| short(source.kind.clone()).unwrap_or_default());
    let subject = source.as_ref().and_then(|source| heading(source.subject.clone(), bodies));
    let source = source.map(|source| first_part(&id, source, created_at, bodies, &people));
    let first_author = source.as_ref().map(|part| part.author.clone());

    let mut parts: Vec<Part> = Vec::with_capacity(listed + 1);
    let mut seen: BTreeSet<PartId> = source.iter().map(|part| part.id.clone()).collect();
    let mut time = created_at;
    for wire in wire.parts.items {
        // A part without a time happened when the one before it did.
        time = wire.created_at.0.unwrap_or(time);
        let part = later_part(&id, wire, time, bodies, &people);
        if seen.insert(part.id.clone()) {
            parts.push(part);
        }
    }
    parts.sort_by_key(|part| part.created_at);
    let has_source = source.is_some();
    if let Some(source) = source {
        parts.insert(0, source);
    }

    let total = reported
        .into_iter()
        .chain((listed >= MAX_LISTED).then_some(counted).flatten())
        .fold(listed as u64, u64::max)
        .saturating_add(u64::from(has_source));
    let newest = parts.last().map_or(created_at, |part| part.created_at);
    Some(Conversation {
        id: id.into(),
        subject: short(wire.title).or(subject),
        channel,
        status,
        admin_assignee: wire.admin_assignee_id.somebody().map(Into::into),
        team_assignee: wire.team_assignee_id.somebody().map(Into::into),
        contact_ids: contacts(wire.contacts, first_author.as_ref()),
        tags: tags(wire.tags),
        // Up to version 2.15 the words are `priority` and `not_priority`.
        priority: short(wire.priority).filter(|word| word != "none" && word != "not_priority"),
        created_at,
        updated_at: wire.updated_at.0.unwrap_or(newest),
        waiting_since: wire.waiting_since.0,
        snoozed_until: wire.snoozed_until.0,
        parts,
        total_parts: u32::try_from(total).unwrap_or(u32::MAX),
    })
}

fn status(wire: &wire::Conversation) -> ConversationStatus {
    let word = wire.state.0.as_deref().unwrap_or_default();
    ConversationStatus::parse(word).unwrap_or(match wire.open.0 {
        Some(false) => ConversationStatus::Closed,
        Some(true) | None if wire.snoozed_until.0.is_some() => ConversationStatus::Snoozed,
        Some(true) | None => ConversationStatus::Open,
    })
}

/// The contacts, the one who wrote first in front.
fn contacts(wire: wire::Listing<wire::Reference>, first_author: Option<&Author>) -> Vec<ContactId> {
    let mut ids: Vec<ContactId> =
        wire.items.into_iter().filter_map(|contact| contact.id.0).map(ContactId).collect();
    if let Some(author) =
        first_author.filter(|author| author.kind == AuthorKind::Contact && !author.id.is_empty())
    {
        if let Some(at) = ids.iter().position(|id| id.0 == author.id) {
            let first = ids.remove(at);
            ids.insert(0, first);
        } else if ids.is_empty() {
            ids.push(author.id.clone().into());
        }
    }
    ids
}

/// Who takes part, to tell apart and to name.
struct People<'a> {
    contacts: BTreeSet<String>,
    authors: Vec<(String, String)>,
    names: &'a Names,
}

impl<'a> People<'a> {
    fn of(contacts: &[wire::Reference], parts: &[wire::Part], names: &'a Names) -> Self {
        let authors: BTreeSet<(String, String)> = parts
            .iter()
            .filter_map(|part| part.author.0.as_ref())
            .filter(|author| author.kind.is("admin"))
            .filter_map(|author| Some((author.id.0.clone()?, short(author.name.clone())?)))
            .collect();
        Self {
            contacts: contacts.iter().filter_map(|contact| contact.id.0.clone()).collect(),
            authors: authors.into_iter().collect(),
            names,
        }
    }

    fn admin_name(&self, id: &str) -> Option<String> {
        let known = self.names.admins.get(id).cloned();
        known.or_else(|| self.authors.iter().find(|(author, _)| author == id).map(|(_, name)| name.clone()))
    }
}

fn first_part(
    conversation: &str,
    wire: wire::Source,
    created_at: Timestamp,
    bodies: Bodies,
    people: &People<'_>,
) -> Part {
    let redacted = wire.redacted.is_set();
    let (text, attachments) = content(wire.body, wire.attachments, bodies, redacted);
    Part {
        id: wire.id.0.unwrap_or_else(|| format!("{conversation}-source")).into(),
        kind: "source".to_owned(),
        // The author of a conversation from a social network may be blank, and then a customer is meant.
        author: author(wire.author.or_empty(), AuthorKind::Contact, people),
        text,
        attachments,
        assigned_to: None,
        created_at,
        redacted,
    }
}

fn later_part(
    conversation: &str,
    wire: wire::Part,
    created_at: Timestamp,
    bodies: Bodies,
    people: &People<'_>,
) -> Part {
    let redacted = wire.redacted.is_set();
    let kind = short(wire.kind).unwrap_or_else(|| "unknown".to_owned());
    let (text, attachments) = content(wire.body, wire.attachments, bodies, redacted);
    let nameless = if kind == "comment" { AuthorKind::Contact } else { AuthorKind::Bot };
    Part {
        id: wire.id.0.unwrap_or_else(|| format!("{conversation}-{kind}-{}", created_at.0)).into(),
        kind,
        author: author(wire.author.or_empty(), nameless, people),
        text,
        attachments,
        assigned_to: wire.assigned_to.0.and_then(|reference| assignee(reference, people)),
        created_at,
        redacted,
    }
}

/// An author; one of no type at all, and of no known id, is of the kind `nameless`.
fn author(wire: wire::Author, nameless: AuthorKind, people: &People<'_>) -> Author {
    let id = wire.id.0.unwrap_or_default();
    let email = short(wire.email);
    // Intercom's own bot signs as a teammate in places; its address gives it away.
    let is_operator = email
        .as_deref()
        .is_some_and(|email| email.starts_with("operator+") && email.ends_with("@intercom.io"));
    let kind = match wire.kind.0.as_deref().unwrap_or_default() {
        "user" | "lead" | "contact" | "visitor" => AuthorKind::Contact,
        "admin" | "team" if wire.from_ai_agent.is_set() || is_operator => AuthorKind::Bot,
        "admin" | "team" => AuthorKind::Admin,
        "" if people.contacts.contains(&id) => AuthorKind::Contact,
        "" => nameless,
        // bot, operator, workflow, fin, campaign and whatever comes next: nobody who could answer.
        _ => AuthorKind::Bot,
    };
    Author { kind, name: short(wire.name), email, id }
}

/// Whom a part assigned the conversation to, in words.
fn assignee(reference: wire::Reference, people: &People<'_>) -> Option<String> {
    let kind = short(reference.kind).unwrap_or_default();
    if kind.starts_with("nobody") {
        return Some("nobody".to_owned());
    }
    let named = short(reference.name);
    let id = reference.id.somebody()?;
    named.or_else(|| match kind.as_str() {
        "admin" => people.admin_name(&id).or_else(|| Some(format!("teammate {id}"))),
        "team" => people.names.teams.get(&id).cloned().or_else(|| Some(format!("team {id}"))),
        "bot" => Some("a bot".to_owned()),
        // The description shows contacts here, which nothing can be assigned to.
        _ => None,
    })
}

fn content(
    body: wire::Text,
    attachments: wire::Listing<wire::Attachment>,
    bodies: Bodies,
    redacted: bool,
) -> (Option<String>, Vec<Attachment>) {
    if redacted {
        // What stands there is Intercom's remark that something was removed.
        return (None, Vec::new());
    }
    let Rendered { text, images } = render(&body.or_empty(), bodies);
    let mut files: Vec<Attachment> = attachments.items.into_iter().map(attachment).collect();
    for image in images {
        if image.url.is_empty() || files.iter().all(|file| file.url != image.url) {
            files.push(from_image(image));
        }
    }
    (text, files)
}

fn heading(text: wire::Text, bodies: Bodies) -> Option<String> {
    crate::text::line(&render(&text.or_empty(), bodies).text?)
}

fn render(body: &str, bodies: Bodies) -> Rendered {
    match bodies {
        Bodies::Html => from_html(body),
        // Asked for plain text and given the composer's HTML all the same.
        Bodies::Plain if is_composed(body) => from_html(body),
        Bodies::Plain => {
            let (body, images) = take_images(body);
            Rendered { text: plain(&body), images }
        }
    }
}

/// Whether a body is what Intercom's composer makes, rather than text in which somebody writes about HTML.
fn is_composed(body: &str) -> bool {
    let body = body.trim();
    ["<p>", "<p class=\"no-margin\">", "<div class=\"intercom-"].iter().any(|start| body.starts_with(start))
        && (body.ends_with("</p>") || body.ends_with("</div>"))
}

fn attachment(wire: wire::Attachment) -> Attachment {
    let url = crate::text::web_address(&wire.url.or_empty()).unwrap_or_default();
    Attachment {
        name: short(wire.name).unwrap_or_else(|| crate::text::file_name(&url)),
        content_type: short(wire.content_type).unwrap_or_default(),
        size: wire.filesize.0,
        url,
    }
}

fn from_image(image: Image) -> Attachment {
    let path = image.url.split(['?', '#']).next().unwrap_or_default();
    let ending = path.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let content_type = match ending.as_deref() {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("webp") => "image/webp",
        Some(_) | None => "",
    };
    Attachment { name: image.name, content_type: content_type.to_owned(), size: None, url: image.url }
}

#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;
