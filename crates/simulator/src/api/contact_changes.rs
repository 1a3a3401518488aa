//! What ends a contact or changes what hangs on one: delete, archive, block, merge, companies, tags.

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Call, contacts, fields::Fields};
use crate::{
    answer::Refusal,
    render,
    world::{Contact, World},
};

/// The most companies that one contact is on.
const COMPANIES: usize = 1_000;

pub(super) fn delete(world: &mut World, id: &str) -> Result<Value, Refusal> {
    contacts::known(world, id)?;
    let gone = world.delete_contact(id).ok_or_else(Refusal::no_such_user)?;
    Ok(with(&gone, "deleted", true))
}

pub(super) fn archive(world: &mut World, id: &str, archived: bool) -> Result<Value, Refusal> {
    contacts::known(world, id)?;
    world.archive_contact(id, archived);
    Ok(with(contacts::known(world, id)?, "archived", archived))
}

pub(super) fn block(world: &mut World, id: &str) -> Result<Value, Refusal> {
    contacts::known(world, id)?;
    world.block_contact(id);
    Ok(with(contacts::known(world, id)?, "blocked", true))
}

/// Joins a lead into a user, who then has all that the lead had.
pub(super) fn merge(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    let from = fields.required_id("from")?;
    let into = fields.required_id("into")?;
    let anyway = fields.flag("skip_duplicate_validation")?.unwrap_or(false) || call.before_2_16;
    let invalid = |message: &str| Refusal::new(StatusCode::BAD_REQUEST, "invalid_merge", message);
    let source = contacts::known(world, &from)?;
    let target = contacts::known(world, &into)?;
    if from == into {
        return Err(invalid("A contact cannot be merged into itself"));
    }
    if source.role != crate::script::Role::Lead || target.role != crate::script::Role::User {
        return Err(invalid("A lead can only be merged into a user"));
    }
    let same = |one: &Option<String>, other: &Option<String>| one.is_some() && one == other;
    let email = |contact: &Contact| contact.email.as_deref().map(str::to_lowercase);
    if !anyway && !same(&email(source), &email(target)) && !same(&source.phone, &target.phone) {
        return Err(invalid(
            "Contacts can only be merged when they are duplicates (matching email or phone). Pass \
             skip_duplicate_validation=true to override this check.",
        ));
    }
    world.merge_contacts(&from, &into);
    contacts::one(world, call, &into)
}

pub(super) fn untag(world: &mut World, id: &str, tag_id: &str) -> Result<Value, Refusal> {
    contacts::known(world, id)?;
    let tag_id = tag_id.parse().map_err(|_| Refusal::not_found())?;
    let applied = world.untag_contact(id, tag_id).ok_or_else(Refusal::not_found)?;
    render::applied_tag(world, &applied).ok_or_else(Refusal::not_found)
}

pub(super) fn attach_company(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let contact = contacts::known(world, id)?;
    let not_specified =
        || Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", "company not specified");
    let company_id = Fields::of(&call.body)?.id("id")?.ok_or_else(not_specified)?;
    world.company(&company_id).ok_or_else(no_such_company)?;
    if contact.company_ids.len() >= COMPANIES {
        let message = format!("Contact has reached the maximum of {COMPANIES} company associations");
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "contact_company_limit_exceeded", message));
    }
    world.attach_company(id, &company_id);
    world.company(&company_id).map(|company| render::company(world, company)).ok_or_else(no_such_company)
}

pub(super) fn detach_company(world: &mut World, id: &str, company_id: &str) -> Result<Value, Refusal> {
    contacts::known(world, id)?;
    world.company(company_id).ok_or_else(no_such_company)?;
    if !world.detach_company(id, company_id) {
        return Err(no_such_company());
    }
    world.company(company_id).map(|company| render::company(world, company)).ok_or_else(no_such_company)
}

fn with(contact: &Contact, member: &str, value: bool) -> Value {
    json!({ "type": "contact", "id": contact.id, "external_id": contact.external_id, member: value })
}

fn no_such_company() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, "company_not_found", "Company Not Found")
}
