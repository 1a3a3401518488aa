//! Who works in a workspace: teammates and teams.

use crate::ids::{AdminId, TeamId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A teammate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Admin {
    /// The vendor's id.
    pub id: AdminId,
    /// Name as shown in the inbox.
    pub name: String,
    /// Email; empty for bots.
    pub email: String,
    /// Away from the inbox just now.
    pub away: bool,
    /// Has a seat in the inbox, so that conversations can be assigned to this teammate.
    pub has_inbox_seat: bool,
}

/// A team of teammates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Team {
    /// The vendor's id.
    pub id: TeamId,
    /// Name as shown in the inbox.
    pub name: String,
    /// Members.
    pub admin_ids: Vec<AdminId>,
}

/// Everybody that work can be given to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Directory {
    /// Teammates.
    pub admins: Vec<Admin>,
    /// Teams.
    pub teams: Vec<Team>,
}

impl Directory {
    /// The team with this id.
    pub fn team(&self, id: &TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == *id)
    }

    /// The team of this name, ignoring case and everything but letters and digits ("On call" is "on-call").
    pub fn team_named(&self, name: &str) -> Option<&Team> {
        let wanted = fold(name);
        self.teams.iter().find(|team| !wanted.is_empty() && fold(&team.name) == wanted)
    }

    /// The teammate with this id.
    pub fn admin(&self, id: &AdminId) -> Option<&Admin> {
        self.admins.iter().find(|admin| admin.id == *id)
    }
}

fn fold(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whose workspace an access token opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Identity {
    /// The teammate the token acts as.
    pub admin: Admin,
    /// The vendor's id of the workspace, which its webhooks carry as `app_id`.
    pub app_id: String,
    /// The workspace's name.
    pub workspace_name: String,
    /// Region as the vendor writes it (`US`, `EU`, `AU`), empty when unknown.
    pub region: String,
    /// The workspace's time zone, empty when unknown.
    pub timezone: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_team_is_found_by_name_whatever_its_case_and_punctuation() {
        let team = Team { id: "7".into(), name: "On-call".into(), admin_ids: vec![] };
        let directory = Directory { admins: vec![], teams: vec![team] };
        assert_eq!(directory.team_named("on call").map(|t| t.id.as_str()), Some("7"));
        assert_eq!(directory.team_named("ONCALL").map(|t| t.id.as_str()), Some("7"));
        assert!(directory.team_named("calls").is_none());
        assert!(directory.team_named("--").is_none(), "a name of nothing matches nothing");
    }
}
