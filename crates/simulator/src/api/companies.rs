//! Companies: by page number and by scroll.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::Call;
use crate::{
    answer::Refusal,
    paging, render,
    world::{Company, World},
};

const PER_PAGE: usize = 15;
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
    let mut companies: Vec<&Company> = world
        .companies
        .iter()
        .filter(|company| world.contacts_of_company(&company.id).next().is_some())
        .collect();
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
