//! From Intercom's records to the words of the product.
//!
//! Nothing here fails but for a record without an id: what is missing or odd becomes absent, and texts become plain.

mod articles;
mod conversation;
mod macros;

pub(crate) use articles::published;
pub(crate) use conversation::conversation;
pub(crate) use macros::for_replies;

use crate::text::line;
use crate::wire;
use domain::{Admin, AdminId, Company, Contact, Identity, Team};
use serde_json::Value;
use std::collections::BTreeMap;

/// The most characters of a custom attribute that are kept.
const MAX_ATTRIBUTE: usize = 500;

/// How the bodies of a conversation are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bodies {
    /// As asked for with `display_as=plaintext`.
    Plain,
    /// As in every other answer.
    Html,
}

/// Names of teammates and teams, as far as they were heard of.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    admins: BTreeMap<String, String>,
    teams: BTreeMap<String, String>,
}

impl Names {
    /// Remembers teammates, forgetting those heard of earlier.
    pub(crate) fn set_admins(&mut self, admins: &[Admin]) {
        self.admins = admins.iter().map(|admin| (admin.id.0.clone(), admin.name.clone())).collect();
    }

    /// Remembers teams, forgetting those heard of earlier.
    pub(crate) fn set_teams(&mut self, teams: &[Team]) {
        self.teams = teams.iter().map(|team| (team.id.0.clone(), team.name.clone())).collect();
    }
}

pub(crate) fn admin(wire: wire::Admin) -> Option<Admin> {
    let id = wire.id.0?;
    Some(Admin {
        name: short(wire.name).unwrap_or_else(|| format!("Teammate {id}")),
        id: id.into(),
        email: short(wire.email).unwrap_or_default(),
        away: wire.away_mode_enabled.is_set(),
        // Only a plain no takes the seat away: an older answer does not tell.
        has_inbox_seat: wire.has_inbox_seat.0.unwrap_or(true),
    })
}

pub(crate) fn team(wire: wire::Team) -> Option<Team> {
    let id = wire.id.0?;
    Some(Team {
        name: short(wire.name).unwrap_or_else(|| format!("Team {id}")),
        id: id.into(),
        admin_ids: wire.admin_ids.items.into_iter().filter_map(|id| id.0.map(AdminId)).collect(),
    })
}

/// `None` when the answer names no teammate or no workspace.
pub(crate) fn identity(mut wire: wire::Admin) -> Option<Identity> {
    let app = std::mem::take(&mut wire.app).0?;
    let app_id = short(app.id_code)?;
    Some(Identity {
        admin: admin(wire)?,
        workspace_name: short(app.name).unwrap_or_else(|| app_id.clone()),
        app_id,
        region: short(app.region).unwrap_or_default(),
        timezone: short(app.timezone).unwrap_or_default(),
    })
}

pub(crate) fn contact(wire: wire::Contact) -> Option<Contact> {
    let location = wire.location.or_empty();
    let place = short(location.city).or_else(|| short(location.region));
    let pieces: Vec<String> = [place, short(location.country)].into_iter().flatten().collect();
    Some(Contact {
        id: wire.id.0?.into(),
        external_id: short(wire.external_id),
        role: short(wire.role).unwrap_or_default(),
        name: short(wire.name),
        email: short(wire.email),
        phone: short(wire.phone),
        companies: wire.companies.items.into_iter().filter_map(company).take(10).collect(),
        location: (!pieces.is_empty()).then(|| pieces.join(", ")),
        tags: tags(wire.tags),
        attributes: wire
            .custom_attributes
            .or_empty()
            .iter()
            .filter_map(|(name, value)| Some((line(name)?, attribute(value)?)))
            .collect(),
        created_at: wire.created_at.0,
        last_seen_at: wire.last_seen_at.0,
        updated_at: wire.updated_at.0,
    })
}

fn company(wire: wire::Company) -> Option<Company> {
    Some(Company {
        id: wire.id.0?,
        name: short(wire.name).unwrap_or_default(),
        plan: short(wire.plan.or_empty().name),
    })
}

/// Tags by name; those that are only references have none and are left out.
fn tags(wire: wire::Listing<wire::Tag>) -> Vec<String> {
    wire.items.into_iter().filter_map(|tag| short(tag.name)).collect()
}

fn attribute(value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::String(text) => line(text)?,
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::Number(number) => number.to_string(),
        Value::Array(_) | Value::Object(_) => line(&value.to_string())?,
    };
    Some(text.chars().take(MAX_ATTRIBUTE).collect())
}

/// One line of a field.
fn short(text: wire::Text) -> Option<String> {
    line(&text.or_empty())
}
