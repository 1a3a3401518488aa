//! `tunnel.*`: the way from a public URL to the listener.

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// Ways to a public URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TunnelProviderId {
    /// A named Cloudflare tunnel on a domain of one's own.
    CloudflaredNamed,
    /// Tailscale Funnel.
    TailscaleFunnel,
    /// ngrok, through its agent.
    Ngrok,
    /// A reverse tunnel by SSH.
    Ssh,
    /// An address that leads here by means that are none of ours.
    OwnUrl,
    /// A Cloudflare tunnel without an account.
    CloudflaredQuick,
    /// bore, on a plain server of one's own.
    Bore,
}

/// Whether a provider's address stays the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TunnelStability {
    /// It stays.
    Stable,
    /// It stays if the options say so.
    Depends,
    /// It is another one after each start.
    Changes,
}

/// What kind of value a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum TunnelFieldKind {
    /// A word.
    Text,
    /// A port number.
    Port,
    /// A web address.
    Url,
    /// A file on this machine.
    File,
}

/// Something to enter for a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TunnelField {
    /// Its key in the options.
    pub key: String,
    /// Its name.
    pub label: String,
    /// What to enter.
    pub hint: String,
    /// What kind of value it takes.
    pub kind: TunnelFieldKind,
    /// Whether it may be left out.
    pub optional: bool,
    /// An example.
    pub example: String,
}

/// A provider to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TunnelProviderView {
    /// Which.
    pub id: TunnelProviderId,
    /// Its name.
    pub name: String,
    /// What it is and what it takes.
    pub about: String,
    /// Whether its address stays.
    pub stability: TunnelStability,
    /// The same in words.
    pub stability_note: String,
    /// How to install its program; `None` when it is on this machine or needs none.
    pub install: Option<String>,
    /// What has to be entered.
    pub fields: Vec<TunnelField>,
}

/// Answer of `tunnel.providers`, the recommended ones first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TunnelProviders {
    /// All of them.
    pub providers: Vec<TunnelProviderView>,
    /// Why an address that stays is worth having.
    pub why_stable: String,
    /// Where the providers' logins are kept.
    pub logins: String,
}

/// A provider and its options. No secret is among them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TunnelChoice {
    /// Which.
    pub provider: TunnelProviderId,
    /// The values of its fields, by their keys.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// How the tunnel stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum TunnelState {
    /// It is not wanted.
    Off,
    /// It is being opened.
    Starting,
    /// It has an address.
    Up {
        /// The address.
        url: String,
        /// Since when.
        since: Timestamp,
        /// When the listener was last reached through it.
        reached_at: Option<Timestamp>,
        /// Probes that failed since then.
        failures: u32,
    },
    /// It ended or does not lead here, and is opened again.
    Down {
        /// When it is tried again.
        retry_at: Timestamp,
        /// Failures in a row.
        failures: u32,
    },
    /// Its program is not on this machine.
    NotInstalled,
}

/// Another address than the one that Intercom has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UrlChange {
    /// The endpoint URL that Intercom has, as far as was said here; `None` at first.
    pub old: Option<String>,
    /// The endpoint URL that it should have.
    pub new: String,
    /// What to do, in words.
    pub sentence: String,
}

/// Answer of `tunnel.get` and of every command that changes something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TunnelView {
    /// What was chosen.
    pub choice: Option<TunnelChoice>,
    /// Whether it is wanted; it is opened at each start of the program then.
    pub on: bool,
    /// How it stands.
    pub state: TunnelState,
    /// The same in words.
    pub sentence: String,
    /// What to do, or what to know.
    pub advice: Option<String>,
    /// The endpoint URL to enter at Intercom.
    pub webhook_url: Option<String>,
    /// What has to be changed at Intercom.
    pub change: Option<UrlChange>,
}

/// Input of `tunnel.acknowledge_url`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AcknowledgeUrl {
    /// The endpoint URL that was entered at Intercom.
    pub url: String,
}
