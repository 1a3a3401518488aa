//! Companies: by page number and by scroll.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Call, fields::Fields};
use crate::{
    answer::Refusal,
    paging,
    render::{self, View},
    world::{Company, CompanyChange, Contact, World},
};

const PER_PAGE: usize = 15;
const PEOPLE_PER_PAGE: usize = 50;
const PER_SCROLL: usize = 100;
const SCROLL_LIVES_MS: i64 = 60_000;

pub(super) fn list(world: &World, call: &Call) -> Result<Value, Refusal> {
    let query = &call.query;
    let mut companies = listed(world);
    if let Some(name) = query.get("name") {
        companies.retain(|company| company.name == name);
    }
    if let Some(company_id) = query.get("company_id") {
        companies.retain(|company| company.external_id == company_id);
    }
    if let Some(tag_id) = query.get("tag_id") {
        companies.retain(|company| company.tags.iter().any(|tag| tag.tag_id.to_string() == tag_id));
    }
    if query.get("segment_id").is_some() {
        // The segments of this workspace are of contacts.
        companies.clear();
    }
    let asked_for_one = query.get("name").is_some() || query.get("company_id").is_some();
    if asked_for_one && companies.is_empty() {
        return Err(not_found());
    }
    page(world, call, &companies, "companies")
}

pub(super) fn list_sorted(world: &World, call: &Call) -> Result<Value, Refusal> {
    let mut companies = listed(world);
    match call.query.get("order") {
        None | Some("desc") => {}
        Some("asc") => companies.reverse(),
        Some(other) => {
            return Err(
                Refusal::invalid(format!("'{other}' is not an order, asc and desc are")).on_field("order")
            );
        }
    }
    page(world, call, &companies, "companies/list")
}

pub(super) fn one(world: &World, id: &str) -> Result<Value, Refusal> {
    world.company(id).map(|company| render::company(world, company)).ok_or_else(not_found)
}

/// Makes a company, or changes the one with this id of the caller's own.
pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    let change = change(call, &["company_id", "remote_created_at", "update_last_request_at"])?;
    let external_id = fields.id("company_id")?;
    if external_id.is_none() && change.name.is_none() {
        return Err(Refusal::missing("company_id or name"));
    }
    let id = world.upsert_company(external_id.as_deref(), change);
    one(world, &id)
}

pub(super) fn update(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    one(world, id)?;
    let change = change(call, &[])?;
    world.change_company(id, change);
    one(world, id)
}

pub(super) fn delete(world: &mut World, id: &str) -> Result<Value, Refusal> {
    one(world, id)?;
    world.delete_company(id);
    Ok(json!({ "id": id, "object": "company", "deleted": true }))
}

pub(super) fn people(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    one(world, id)?;
    let people: Vec<&Contact> = world.contacts.of_company(id).filter(|contact| !contact.archived).collect();
    let address = format!("{}/companies/{id}/contacts", world.identity.base_url);
    let (shown, pages) = paging::numbered(&people, &call.query, PEOPLE_PER_PAGE, &address)?;
    let view = View { plain: false, before_2_16: call.before_2_16 };
    let shown: Vec<Value> = shown.into_iter().map(|contact| render::contact(world, contact, view)).collect();
    Ok(json!({ "type": "list", "data": shown, "pages": pages, "total_count": people.len() }))
}

fn change(call: &Call, more: &[&str]) -> Result<CompanyChange, Refusal> {
    const KNOWN: [&str; 7] =
        ["name", "plan", "size", "website", "industry", "custom_attributes", "monthly_spend"];
    let fields = Fields::of(&call.body)?;
    let names = call.body.as_object().into_iter().flat_map(|members| members.keys());
    for name in names {
        if !KNOWN.contains(&name.as_str()) && !more.contains(&name.as_str()) {
            let message = format!("bad '{name}' parameter");
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "bad_request", message));
        }
    }
    let owned = |name: &str| Ok::<_, Refusal>(fields.text(name)?.map(str::to_owned));
    let count =
        |name: &str| Ok::<_, Refusal>(fields.time(name)?.and_then(|number| u64::try_from(number).ok()));
    let custom_attributes = match fields.get("custom_attributes") {
        None => serde_json::Map::new(),
        Some(Value::Object(attributes)) => attributes.clone(),
        Some(_) => {
            return Err(Refusal::invalid("custom_attributes must be an object").on_field("custom_attributes"));
        }
    };
    Ok(CompanyChange {
        name: owned("name")?,
        plan: owned("plan")?,
        size: count("size")?,
        website: owned("website")?,
        industry: owned("industry")?,
        monthly_spend: count("monthly_spend")?,
        created_at: fields.time("remote_created_at")?,
        was_active: fields.flag("update_last_request_at")?.unwrap_or(false),
        custom_attributes,
    })
}

/// One scroll at a time goes through all companies; it is over at its end or after an idle minute.
pub(super) fn scroll(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let now_ms = world.clock.now_ms();
    let alive = world.scroll.take().filter(|scroll| scroll.used_at_ms + SCROLL_LIVES_MS > now_ms);
    let mut scroll = match (alive, call.query.get("scroll_param")) {
        (Some(scroll), Some(param)) if scroll.param == param => scroll,
        (alive, Some(_)) => {
            world.scroll = alive;
            return Err(Refusal::new(StatusCode::NOT_FOUND, "not_found", "scroll parameter not found"));
        }
        (Some(alive), None) => {
            world.scroll = Some(alive);
            let message = "scroll already exists for this workspace";
            return Err(Refusal::new(StatusCode::BAD_REQUEST, "scroll_exists", message));
        }
        (None, None) => world.begin_scroll(),
    };
    let companies = listed(world);
    let shown: Vec<Value> = companies
        .iter()
        .skip(scroll.position)
        .take(PER_SCROLL)
        .map(|company| render::company(world, company))
        .collect();
    scroll.position += shown.len();
    scroll.used_at_ms = now_ms;
    let mut answer = json!({ "type": "list", "data": shown, "pages": null, "total_count": null });
    // The empty page at the end names no scroll, so that a client has nothing to ask on with.
    if let (false, Some(members)) = (shown.is_empty(), answer.as_object_mut()) {
        members.insert("scroll_param".to_owned(), scroll.param.as_str().into());
        world.scroll = Some(scroll);
    }
    Ok(answer)
}

/// Companies that have people, those that were active last first.
fn listed(world: &World) -> Vec<&Company> {
    let mut companies: Vec<&Company> =
        world.companies.iter().filter(|company| world.contacts.count_of_company(&company.id) > 0).collect();
    companies.sort_by(|one, other| {
        other.last_request_at.cmp(&one.last_request_at).then_with(|| one.id.cmp(&other.id))
    });
    companies
}

fn page(world: &World, call: &Call, companies: &[&Company], route: &str) -> Result<Value, Refusal> {
    let address = format!("{}/{route}", world.identity.base_url);
    let (shown, pages) = paging::numbered(companies, &call.query, PER_PAGE, &address)?;
    let shown: Vec<Value> = shown.into_iter().map(|company| render::company(world, company)).collect();
    Ok(json!({ "type": "list", "data": shown, "pages": pages, "total_count": companies.len() }))
}

fn not_found() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "company_not_found", "Company Not Found")
}
