//! How a tunnel stands.

use domain::Timestamp;
use url::Url;

/// How a tunnel stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// Nothing is wanted.
    Off,
    /// Its program was started and has not told its address.
    Starting {
        /// Starts since it last worked, this one counted.
        attempt: u32,
    },
    /// It has an address.
    Up {
        /// The address, without the path that deliveries come to.
        url: Url,
        /// Since when it has this address.
        since: Timestamp,
        /// When the listener was last reached through it; `None` before the first time.
        reached_at: Option<Timestamp>,
        /// Probes that failed since then.
        failures: u32,
        /// What the last failed probe met, in words.
        trouble: Option<String>,
        /// What the person must know about it although it works.
        caution: Option<String>,
    },
    /// It ended or does not lead here, and is started again.
    Down {
        /// Why, in words.
        reason: String,
        /// When it is tried again.
        retry_at: Timestamp,
        /// Failures in a row.
        failures: u32,
    },
    /// Its program is not on this machine.
    NotInstalled {
        /// How to install it.
        advice: String,
    },
}

impl Status {
    /// The address, while there is one.
    pub const fn url(&self) -> Option<&Url> {
        match self {
            Self::Up { url, .. } => Some(url),
            Self::Off | Self::Starting { .. } | Self::Down { .. } | Self::NotInstalled { .. } => None,
        }
    }
}
