//! Contacts: lists, one, a new one, changes, search, and what hangs on one.

use hyper::StatusCode;
use serde_json::{Map, Value, json};

use super::{Call, fields::Fields};
use crate::{
    answer::Refusal,
    paging::{self, CursorRequest, LastPage},
    render::{self, View},
    script::Role,
    search, text,
    world::{Change, Company, Contact, ContactChange, ContactConflict, Note, World},
};

const PER_PAGE: usize = 10;
const PER_SEARCH_PAGE: usize = 50;
const PER_SUBLIST_PAGE: usize = 50;

pub(super) fn list(world: &World, call: &Call) -> Result<Value, Refusal> {
    let request = CursorRequest::of_query(&call.query, PER_PAGE)?;
    let all: Vec<&Contact> = world.contacts.iter().filter(|contact| !contact.archived).collect();
    Ok(page(world, call, all, &request, "created_at", true, LastPage::Absent))
}

pub(super) fn search(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    world.contacts.refresh_search(world.clock.now_ms());
    let world = &*world;
    let filter = search::parse(&call.body, &|name| search::contact_field(world, name))?;
    let request = CursorRequest::of_search(&call.body, PER_SEARCH_PAGE)?;
    let (field, descending) = sort(&call.body)?;
    let found = world.contacts.searchable().filter(|it| !it.archived && filter.matches(it)).collect();
    Ok(page(world, call, found, &request, &field, descending, LastPage::Null))
}

pub(super) fn one(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    Ok(render::contact(world, known(world, id)?, view(call)))
}

pub(super) fn by_external_id(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let contact = world.contact_by_external_id(id);
    let merged = || world.merged_into(|merged| merged.external_id.as_deref() == Some(id)).map(gone);
    let contact = contact.ok_or_else(|| merged().unwrap_or_else(Refusal::no_such_user))?;
    Ok(render::contact(world, contact, view(call)))
}

/// A contact that is there, archived or not. One that was merged away says where it is now.
pub(super) fn known<'a>(world: &'a World, id: &str) -> Result<&'a Contact, Refusal> {
    let merged = || world.merged_into(|merged| merged.id == id).map(gone);
    world.contact(id).ok_or_else(|| merged().unwrap_or_else(Refusal::no_such_user))
}

fn gone(into: &str) -> Refusal {
    let message = "This contact has been merged. See the 'Link' header for the canonical contact.";
    let mut refusal = Refusal::new(StatusCode::GONE, "contact_merged", message);
    refusal.canonical = Some(format!("/contacts/{into}"));
    refusal
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    if !["email", "external_id", "role"].into_iter().any(|name| fields.get(name).is_some()) {
        return Err(Refusal::missing("email, external_id or role"));
    }
    let change = change(fields)?;
    let id = world.create_contact(change).map_err(|taken| conflict(&taken))?;
    one(world, call, &id)
}

pub(super) fn update(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    known(world, id)?;
    let change = change(Fields::of(&call.body)?)?;
    world.update_contact(id, change).map_err(|taken| conflict(&taken))?;
    one(world, call, id)
}

/// The companies of a contact stand under both names that the description uses for them.
pub(super) fn companies(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let contact = world.contact(id).ok_or_else(Refusal::no_such_user)?;
    let companies: Vec<&Company> = contact.company_ids.iter().filter_map(|id| world.company(id)).collect();
    let address = format!("{}/contacts/{id}/companies", world.identity.base_url);
    let (shown, pages) = paging::numbered(&companies, &call.query, PER_SUBLIST_PAGE, &address)?;
    let shown: Vec<Value> = shown.into_iter().map(|company| render::company(world, company)).collect();
    let total_count = companies.len();
    Ok(json!({
        "type": "list",
        "data": shown,
        "companies": shown,
        "pages": pages,
        "total_count": total_count,
    }))
}

/// Newest first.
pub(super) fn notes(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let contact = world.contact(id).ok_or_else(Refusal::no_such_user)?;
    let notes: Vec<&Note> = contact.notes.iter().rev().collect();
    let address = format!("{}/contacts/{id}/notes", world.identity.base_url);
    let (shown, pages) = paging::numbered(&notes, &call.query, PER_SUBLIST_PAGE, &address)?;
    let shown: Vec<Value> = shown.into_iter().map(|note| render::note(world, id, note)).collect();
    Ok(json!({ "type": "list", "data": shown, "total_count": notes.len(), "pages": pages }))
}

pub(super) fn add_note(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    world.contact(id).ok_or_else(Refusal::no_such_user)?;
    let fields = Fields::of(&call.body)?;
    let body = text::teammate_html(fields.required_text("body")?);
    let author_id = match fields.id("admin_id")? {
        None => world.owner().map(|owner| owner.id),
        Some(id) => {
            Some(id.parse().ok().filter(|id| world.admin(*id).is_some()).ok_or_else(Refusal::not_found)?)
        }
    };
    let note = world.note_on_contact(id, body, author_id).ok_or_else(Refusal::no_such_user)?;
    Ok(render::note(world, id, &note))
}

pub(super) fn tags(world: &World, id: &str) -> Result<Value, Refusal> {
    let contact = world.contact(id).ok_or_else(Refusal::no_such_user)?;
    Ok(json!({ "type": "list", "data": render::applied_tags(world, &contact.tags) }))
}

pub(super) fn add_tag(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    world.contact(id).ok_or_else(Refusal::no_such_user)?;
    let tag_id = Fields::of(&call.body)?.required_id("id")?;
    let tag_id = tag_id.parse().ok().filter(|id| world.tag(*id).is_some()).ok_or_else(Refusal::not_found)?;
    let owner = world.owner().map(|owner| owner.id);
    world.tag_contact(id, tag_id, owner);
    let contact = world.contact(id).ok_or_else(Refusal::no_such_user)?;
    contact
        .tags
        .iter()
        .find(|applied| applied.tag_id == tag_id)
        .and_then(|applied| render::applied_tag(world, applied))
        .ok_or_else(Refusal::not_found)
}

pub(super) fn segments(world: &World, id: &str) -> Result<Value, Refusal> {
    let contact = world.contact(id).ok_or_else(Refusal::no_such_user)?;
    let segments: Vec<Value> = world.segments_of(contact).map(render::segment).collect();
    Ok(json!({ "type": "list", "data": segments }))
}

fn view(call: &Call) -> View {
    View { plain: false, before_2_16: call.before_2_16 }
}

fn sort(body: &Value) -> Result<(String, bool), Refusal> {
    let nothing = Value::Null;
    let sort = Fields::of(body.get("sort").unwrap_or(&nothing))?;
    let field = sort.text("field")?.unwrap_or("created_at").to_owned();
    match sort.text("order")?.unwrap_or("descending") {
        "ascending" => Ok((field, false)),
        "descending" => Ok((field, true)),
        other => {
            let message = format!("Invalid sort order '{other}'. Must be one of: ascending, descending");
            Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_sort_order", message))
        }
    }
}

fn page(
    world: &World,
    call: &Call,
    mut contacts: Vec<&Contact>,
    request: &CursorRequest,
    sorted_by: &str,
    descending: bool,
    last: LastPage,
) -> Value {
    let place = |contact: &Contact| (search::contact_sort_value(contact, sorted_by), contact.id.clone());
    contacts.sort_by_cached_key(|contact| place(contact));
    if descending {
        contacts.reverse();
    }
    let (shown, pages) = request.page(&contacts, descending, last, place);
    let shown: Vec<Value> =
        shown.into_iter().map(|contact| render::contact(world, contact, view(call))).collect();
    json!({ "type": "list", "data": shown, "total_count": contacts.len(), "pages": pages })
}

fn change(fields: Fields<'_>) -> Result<ContactChange, Refusal> {
    let role = match fields.text("role")? {
        None => None,
        Some("user") => Some(Role::User),
        Some("lead") => Some(Role::Lead),
        Some(other) => {
            return Err(
                Refusal::invalid(format!("'{other}' is not a role, user and lead are")).on_field("role")
            );
        }
    };
    let email = fields.text("email")?;
    if email.is_some_and(|email| !email.contains('@')) {
        return Err(Refusal::invalid("email is not an e-mail address").on_field("email"));
    }
    let owned = |name: &str| -> Result<Change<String>, Refusal> {
        Ok(changed(fields, name, fields.text(name)?.map(str::to_owned)))
    };
    let time = |name: &str| -> Result<Change<i64>, Refusal> { Ok(changed(fields, name, fields.time(name)?)) };
    let owner_id = fields
        .id("owner_id")?
        .map(|id| id.parse().map_err(|_| Refusal::invalid("owner_id is not an id").on_field("owner_id")));
    let custom_attributes = match fields.get("custom_attributes") {
        None => Map::new(),
        Some(Value::Object(attributes)) => attributes.clone(),
        Some(_) => {
            return Err(Refusal::invalid("custom_attributes must be an object").on_field("custom_attributes"));
        }
    };
    Ok(ContactChange {
        role,
        external_id: fields.id("external_id")?,
        email: email.map(str::to_owned),
        phone: owned("phone")?,
        name: owned("name")?,
        avatar: owned("avatar")?,
        owner_id: changed(fields, "owner_id", owner_id.transpose()?),
        signed_up_at: time("signed_up_at")?,
        last_seen_at: time("last_seen_at")?,
        unsubscribed_from_emails: fields.flag("unsubscribed_from_emails")?,
        custom_attributes,
    })
}

fn changed<T>(fields: Fields<'_>, name: &str, value: Option<T>) -> Change<T> {
    match value {
        Some(value) => Change::Set(value),
        None if fields.names(name) => Change::Clear,
        None => Change::Keep,
    }
}

fn conflict(conflict: &ContactConflict) -> Refusal {
    let article = if conflict.archived { "An archived" } else { "A" };
    let message = format!("{article} contact matching those details already exists with id={}", conflict.id);
    Refusal::new(StatusCode::CONFLICT, "conflict", message)
}
