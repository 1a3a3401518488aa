//! `app.get` and `settings.*`.

use super::workspaces::WorkspaceView;
use domain::WorkspaceId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Light, dark, or as the system has it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system has it.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How long deliveries are kept. Those that wait or have failed stay twice as long.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub enum KeepDeliveries {
    /// A week.
    #[serde(rename = "7_days")]
    Week,
    /// 30 days.
    #[default]
    #[serde(rename = "30_days")]
    Month,
    /// 90 days.
    #[serde(rename = "90_days")]
    Quarter,
    /// For ever.
    #[serde(rename = "forever")]
    Forever,
}

impl KeepDeliveries {
    /// Milliseconds; 0 for ever.
    pub const fn milliseconds(self) -> i64 {
        const DAY: i64 = 24 * 60 * 60 * 1_000;
        match self {
            Self::Week => 7 * DAY,
            Self::Month => 30 * DAY,
            Self::Quarter => 90 * DAY,
            Self::Forever => 0,
        }
    }
}

/// What the user has chosen for the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Light or dark.
    pub theme: Theme,
    /// Seconds in which a decision can be taken back, 0 to 60.
    pub undo_seconds: u32,
    /// Tell of urgent messages by a notification of the desktop.
    pub notify_urgent: bool,
    /// Announce a reply by a note where no other step goes before it, so that several consoles agree on who answers.
    pub claim_with_notes: bool,
    /// How long deliveries are kept.
    pub keep_deliveries: KeepDeliveries,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: Theme::System,
            undo_seconds: 5,
            notify_urgent: true,
            claim_with_notes: true,
            keep_deliveries: KeepDeliveries::default(),
        }
    }
}

/// Input of `settings.update`: only what is given changes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(optional_fields)]
pub struct UpdateSettings {
    /// Light or dark.
    pub theme: Option<Theme>,
    /// Seconds, 0 to 60.
    pub undo_seconds: Option<u32>,
    /// Notifications of urgent messages.
    pub notify_urgent: Option<bool>,
    /// Announce replies by a note.
    pub claim_with_notes: Option<bool>,
    /// How long deliveries are kept.
    pub keep_deliveries: Option<KeepDeliveries>,
}

/// What runs the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Host {
    /// The desktop window.
    Desktop,
    /// The headless program; the page is in a browser.
    Headless,
}

/// The keychain of the operating system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Keychain {
    /// Whether secrets can be kept between sessions.
    pub available: bool,
    /// Why not, in words.
    pub problem: Option<String>,
}

/// Answer of `app.get`: what the page needs before anything else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppInfo {
    /// Version of the program.
    pub version: String,
    /// What runs the page.
    pub host: Host,
    /// All workspaces.
    pub workspaces: Vec<WorkspaceView>,
    /// The one that commands act on when none is named.
    pub active_workspace: Option<WorkspaceId>,
    /// The user's choices.
    pub settings: Settings,
    /// The keychain.
    pub keychain: Keychain,
    /// The time of the core, milliseconds since the epoch, to show ages by.
    pub now: domain::Timestamp,
}
