//! `workspaces.*` and `listener.*`: connecting a helpdesk workspace.

use domain::{Admin, AdminId, Identity, Team, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Demo, or somebody's real workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum WorkspaceType {
    /// Built in: works with no account and no network.
    Demo,
    /// Connected by the user.
    Connected,
}

/// Where a workspace is in its life.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum WorkspaceStatus {
    /// Being opened.
    Starting,
    /// Works.
    Ready,
    /// The access token or the client secret is not known in this session.
    NeedsSecrets {
        /// What is missing and what to do.
        message: String,
    },
    /// Could not be opened.
    Failed {
        /// Why, and what to do.
        message: String,
    },
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkspaceView {
    /// Which.
    pub workspace_id: WorkspaceId,
    /// Demo or connected.
    pub kind: WorkspaceType,
    /// Its name at the helpdesk.
    pub name: String,
    /// The helpdesk's id of it.
    pub app_id: String,
    /// Region as the helpdesk writes it: `US`, `EU`, `AU`; empty when unknown.
    pub region: String,
    /// Where it stands.
    pub state: WorkspaceStatus,
    /// The teammate in whose name actions are made.
    pub acting_admin: Option<Admin>,
    /// Suggestions that wait.
    pub pending: u32,
}

/// Answer of `workspaces.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WorkspaceList {
    /// All.
    pub workspaces: Vec<WorkspaceView>,
}

/// Input of `workspaces.probe`: asks whose workspace a token opens. Nothing is saved.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct ProbeWorkspace {
    /// `us`, `eu`, `au`, or a base URL.
    pub region: String,
    /// The access token.
    pub access_token: String,
}

/// Answer of `workspaces.probe`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProbedWorkspace {
    /// Whose workspace it is.
    pub identity: Identity,
    /// Teammates who can act.
    pub admins: Vec<Admin>,
    /// Teams.
    pub teams: Vec<Team>,
    /// This workspace is connected already.
    pub already_connected: bool,
    /// The region chosen is not the one the workspace is in, in words.
    pub warning: Option<String>,
}

/// Input of `workspaces.connect`.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct ConnectWorkspace {
    /// `us`, `eu`, `au`, or a base URL.
    pub region: String,
    /// The access token.
    pub access_token: String,
    /// The client secret that signs webhooks.
    pub client_secret: String,
    /// The teammate in whose name actions are made.
    pub admin_id: AdminId,
    /// Keep the secrets in memory only, until the program ends.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub session_only: bool,
}

/// Input of `workspaces.unlock`: secrets for a workspace that has none in this session, or new ones.
#[derive(Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct UnlockWorkspace {
    /// Which.
    pub workspace: WorkspaceId,
    /// The access token; the one in use stays when left out.
    #[serde(default)]
    pub access_token: Option<String>,
    /// The client secret; the one in use stays when left out.
    #[serde(default)]
    pub client_secret: Option<String>,
    /// Keep them in memory only.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub session_only: bool,
}

/// Input of `workspaces.select`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SelectWorkspace {
    /// Which.
    pub workspace: WorkspaceId,
}

/// Input of `workspaces.disconnect`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct DisconnectWorkspace {
    /// Which.
    pub workspace: WorkspaceId,
    /// Delete what is kept of it on this machine too. Cannot be taken back.
    pub erase: bool,
}

/// Input of `workspaces.set_admin`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SetActingAdmin {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The teammate in whose name actions are made.
    pub admin_id: AdminId,
}

/// Input of `listener.set_public_url`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SetPublicUrl {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The address that the tunnel gives this machine, `https://…`; empty for none.
    pub url: String,
}

/// Answer of `listener.get`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ListenerInfo {
    /// The address on this machine that a tunnel should lead to: `http://127.0.0.1:8713`.
    pub local_origin: Option<String>,
    /// The path that deliveries come to.
    pub path: String,
    /// The tunnel's address, as entered by hand.
    pub public_url: Option<String>,
    /// The address of the program's own tunnel while it is up; used where none was entered.
    pub tunnel_url: Option<String>,
    /// The full address to enter at the helpdesk.
    pub webhook_url: Option<String>,
    /// Why it does not listen, and what to do.
    pub problem: Option<String>,
    /// The topics to subscribe to.
    pub topics: Vec<String>,
}

/// Answer of `listener.test`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TestDelivery {
    /// Whether it arrived and was stored.
    pub arrived: bool,
    /// What happened, in words.
    pub sentence: String,
    /// Milliseconds from sending to the answer.
    pub elapsed_ms: u32,
}

impl std::fmt::Debug for ProbeWorkspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProbeWorkspace").field("region", &self.region).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ConnectWorkspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ConnectWorkspace")
            .field("region", &self.region)
            .field("admin_id", &self.admin_id)
            .field("session_only", &self.session_only)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for UnlockWorkspace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UnlockWorkspace")
            .field("workspace", &self.workspace)
            .field("session_only", &self.session_only)
            .finish_non_exhaustive()
    }
}
