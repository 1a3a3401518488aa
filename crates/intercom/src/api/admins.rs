//! Teammates and teams.

use super::field::{Count, Id, Time};
use super::list::List;
use domain::Fault;

record! {
    /// A teammate, or a bot that acts as one.
    Admin {
        kind as "type": String,
        id: Id,
        name: String,
        email: String,
        email_verified: bool,
        job_title: String,
        away_mode_enabled: bool,
        away_mode_reassign: bool,
        away_status_reason_id: Id,
        has_inbox_seat: bool,
        team_ids: List<Id>,
        avatar: Avatar,
        team_priority_level: TeamPriority,
        role: Role,
        app: App,
    }
}

/// A picture: its address, or a record with it.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Avatar {
    /// The address alone.
    Address(String),
    /// A record with the address.
    Record(Picture),
}

impl super::field::Strays for Avatar {
    fn strays(&self, at: &str, found: &mut Vec<String>) {
        match self {
            Self::Address(_) => {}
            Self::Record(picture) => picture.strays(at, found),
        }
    }
}

record! {
    /// The record of a picture.
    Picture { kind as "type": String, image_url: String, }
}

record! {
    /// In which of its teams a teammate comes first.
    TeamPriority { primary_team_ids: List<Id>, secondary_team_ids: List<Id>, }
}

record! {
    /// What a teammate may do.
    Role { kind as "type": String, id: Id, name: String, }
}

record! {
    /// The workspace that a token opens.
    App {
        kind as "type": String,
        id_code: String,
        name: String,
        region: String,
        timezone: String,
        created_at: Time,
        identity_verification: bool,
        secure: bool,
    }
}

record! {
    /// A team.
    Team {
        kind as "type": String,
        id: Id,
        name: String,
        admin_ids: List<Id>,
        admin_priority_level: AdminPriority,
        assignment_limit: Count,
        distribution_method: String,
    }
}

record! {
    /// Which teammates come first in a team.
    AdminPriority { primary_admin_ids: List<Id>, secondary_admin_ids: List<Id>, }
}

request! {
    /// Whether a teammate is away.
    Away {
        away_mode_enabled: bool,
        away_mode_reassign: bool,
        ;
        away_status_reason_id: i64,
    }
}

resource! {
    /// Calls about teammates.
    Admins
}

impl Admins {
    /// Whose token this is, and of which workspace.
    pub async fn me(&self) -> Result<Admin, Fault> {
        self.0.get("the owner of the access token", &["me"], &[]).await
    }

    /// All of them; there are no pages.
    pub async fn list(&self) -> Result<List<Admin>, Fault> {
        self.0.get("the teammates", &["admins"], &[]).await
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<Admin, Fault> {
        self.0.get("the teammate", &["admins", id], &[]).await
    }

    /// Sends one away or back.
    pub async fn set_away(&self, id: &str, away: &Away) -> Result<Admin, Fault> {
        self.0.put("the teammate", &["admins", id, "away"], away).await
    }
}

resource! {
    /// Calls about teams.
    Teams
}

impl Teams {
    /// All of them; there are no pages.
    pub async fn list(&self) -> Result<List<Team>, Fault> {
        self.0.get("the teams", &["teams"], &[]).await
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<Team, Fault> {
        self.0.get("the team", &["teams", id], &[]).await
    }
}
