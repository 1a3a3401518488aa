//! Second opinions and reply drafts from language models: Claude, any server that speaks OpenAI's API, Ollama.
//!
//! [`LanguageModel`] is the port [`domain::ports::Advisor`]: it is given buckets and a conversation, and says which
//! bucket, how sure it is and why, or in a sentence why there is no opinion. Given a conversation and articles it drafts
//! a reply with what it rests on, or says that a person should answer. Nothing here decides or acts.
//!
//! Guarantees:
//! - While the switch ([`domain::ports::Gate`]) is on, nothing is sent; each request that is sent is told to the ledger
//!   ([`domain::ports::Egress`]).
//! - A text leaves as data that cannot end its block, cut to a stated length, and without personal data ([`mask`])
//!   unless a person switched that off.
//! - An answer is taken only in the form that was asked for, and only if it names a bucket that there is.
//! - A draft is one only if what it quotes stands in the articles that it was given, word for word.
//! - Keys and texts appear in no log, no `Debug` output and no error.
//! - Nothing is spent beyond the day's caps ([`Budget`]), and no price is made up ([`Prices`]).
//!
//! It keeps nothing on disk: what an opinion took comes with it, to be kept by whoever asked.
#![warn(missing_docs)]

mod advisor;
mod answer;
mod breaker;
mod budget;
mod claude;
mod compatible;
mod draft;
mod endpoint;
mod labels;
mod logprobs;
pub mod mask;
mod ollama;
mod prices;
mod prompt;
mod provider;
mod retry;
mod settings;
mod transport;

pub use advisor::{Checked, LanguageModel};
pub use budget::{Budget, Caps, Exhausted, Spent};
pub use draft::{ARTICLE_CHARS, ARTICLES, TITLE_CHARS};
pub use endpoint::EndpointError;
pub use prices::{Price, Prices};
pub use prompt::{DESCRIPTION_CHARS, EARLIER_CHARS, EARLIER_TURNS, EXAMPLES, MESSAGE_CHARS, SUBJECT_CHARS};
pub use provider::{Chosen, ModelListing};
pub use retry::Jitter;
pub use settings::{SecondModel, Service, Settings, SetupError};
pub use transport::Surroundings;

/// A name that somebody else gave, short enough and plain enough to show.
fn short(name: &str) -> String {
    name.chars().filter(|c| !c.is_control() && !mask::is_invisible(*c)).take(100).collect()
}
