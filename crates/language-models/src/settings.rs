//! What a person sets, and why a client of it cannot be made.

use crate::budget::{Caps, Spent};
use crate::endpoint::EndpointError;
use crate::prices::Prices;
use secrecy::SecretString;

/// Which service, where, and with which key. A key shows itself in no `Debug` output.
#[derive(Debug, Clone)]
pub enum Service {
    /// Claude.
    Claude {
        /// The key of the API.
        key: SecretString,
        /// Another address than the usual one, such as a gateway of the company.
        address: Option<String>,
    },
    /// A server that speaks OpenAI's API.
    OpenAiCompatible {
        /// Its address, with or without `/v1`.
        address: String,
        /// Its key; servers of one's own often need none.
        key: Option<SecretString>,
    },
    /// Ollama.
    Ollama {
        /// Another address than this machine's.
        address: Option<String>,
    },
}

/// Which model is asked when the first is unsure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum SecondModel {
    /// Claude: the newest of the stronger line. Elsewhere none: nobody but a person knows which is stronger.
    #[default]
    Automatic,
    /// This one.
    Named(String),
    /// None.
    None,
}

/// Everything a person sets.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The service.
    pub service: Service,
    /// The model that is asked first; `None` to have it chosen (Claude), or to take the only one there is.
    pub first_model: Option<String>,
    /// The model that is asked when the first is unsure.
    pub second_model: SecondModel,
    /// The first model is unsure below this, and when it finds no bucket that fits.
    pub unsure_below: f64,
    /// Whether personal data is taken out before a text leaves.
    pub masks: bool,
    /// How long an answer may take, in milliseconds.
    pub timeout_ms: i64,
    /// How long a draft of a reply may take, in milliseconds.
    pub draft_timeout_ms: i64,
    /// The most that a day may take.
    pub caps: Caps,
    /// What this day has taken already.
    pub spent_today: Spent,
    /// What models cost.
    pub prices: Prices,
}

impl Settings {
    /// The usual: models chosen by themselves, the second asked below 0.75, personal data taken out, ten seconds and a
    /// minute for a draft, 200,000 tokens a day and no cap on money.
    pub fn new(service: Service) -> Self {
        Self {
            service,
            first_model: None,
            second_model: SecondModel::Automatic,
            unsure_below: 0.75,
            masks: true,
            timeout_ms: 10_000,
            draft_timeout_ms: 60_000,
            caps: Caps { tokens: Some(200_000), micro_dollars: None },
            spent_today: Spent::default(),
            prices: Prices::default(),
        }
    }
}

/// Why a client cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The address is not fit.
    #[error(transparent)]
    Address(#[from] EndpointError),
    /// The key is empty, or holds characters that no key has.
    #[error("The key must be copied whole, without blanks or line breaks in it")]
    Key,
    /// Secure connections are not to be had on this machine.
    #[error("Secure connections cannot be made on this machine")]
    Tls,
}
