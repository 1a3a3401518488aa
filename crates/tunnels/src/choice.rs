//! What a person chose: a provider and its options, as kept in the settings. Holds no secret.

use crate::catalogue::fields;
use crate::port::TunnelProvider;
use crate::program::Programs;
use crate::providers;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// Ways to a public URL, the recommended ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderKind {
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

impl ProviderKind {
    /// All of them, the recommended ones first.
    pub const ALL: [Self; 7] = [
        Self::CloudflaredNamed,
        Self::TailscaleFunnel,
        Self::Ngrok,
        Self::Ssh,
        Self::OwnUrl,
        Self::CloudflaredQuick,
        Self::Bore,
    ];

    /// The word for it in settings and commands.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CloudflaredNamed => "cloudflared_named",
            Self::TailscaleFunnel => "tailscale_funnel",
            Self::Ngrok => "ngrok",
            Self::Ssh => "ssh",
            Self::OwnUrl => "own_url",
            Self::CloudflaredQuick => "cloudflared_quick",
            Self::Bore => "bore",
        }
    }

    /// The provider of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A provider and its options: the values of the [`Field`](crate::Field)s of its catalogue entry, by their keys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Which.
    pub provider: ProviderKind,
    /// Its options; what is missing or empty is left out.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// An option that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct Invalid {
    /// The key of the field.
    pub field: String,
    /// What is wrong and what to enter.
    pub sentence: String,
}

impl Invalid {
    pub(crate) fn new(field: &str, sentence: impl Into<String>) -> Self {
        Self { field: field.to_owned(), sentence: sentence.into() }
    }
}

impl Choice {
    /// The provider, ready to be opened; the first option that cannot be used otherwise.
    ///
    /// `folder` is where its files are kept: the hosts that SSH knows, and a note of the program that runs.
    pub fn provider(&self, programs: &Programs, folder: PathBuf) -> Result<Arc<dyn TunnelProvider>, Invalid> {
        let known = fields(self.provider);
        if let Some(other) = self.options.keys().find(|key| known.iter().all(|field| field.key != **key)) {
            return Err(Invalid::new(other, format!("There is no option {other:?} here.")));
        }
        providers::provider(self, programs, folder)
    }

    /// The value of an option, without space around it; `None` when it is empty.
    pub(crate) fn option(&self, key: &str) -> Option<&str> {
        self.options.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// The same, where it cannot be left out.
    pub(crate) fn required(&self, key: &str) -> Result<&str, Invalid> {
        self.option(key).ok_or_else(|| {
            let label = fields(self.provider).iter().find(|field| field.key == key).map_or(key, |f| f.label);
            Invalid::new(key, format!("Enter this: {label}."))
        })
    }
}
