//! What the three services have in common.

use crate::answer::{Said, broken};
use crate::prompt::{Form, Prompt};
use crate::transport::{Answer, Call, Lost, Transport};
use async_trait::async_trait;
use domain::ports::{EgressPurpose, Tokens, Why};
use serde::de::DeserializeOwned;
use std::fmt::Debug;

/// A model that a service offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelListing {
    /// What requests call it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// What the service says of its age: `active`, `deprecated`, `retired`.
    pub lifecycle: Option<String>,
    /// Whether it can be held to a schema, where the service says so.
    pub structured_outputs: Option<bool>,
}

/// The models that answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// The one that is asked first.
    pub first: String,
    /// The one that is asked when the first is unsure.
    pub second: Option<String>,
}

/// An answer of a service.
#[derive(Debug)]
pub(crate) struct Reply {
    /// What was said, not yet held against what was asked.
    pub(crate) said: Said,
    /// The model as it calls itself.
    pub(crate) model: String,
    /// What it took; `None` where the service does not say.
    pub(crate) tokens: Option<Tokens>,
}

/// What a failed request took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Took {
    /// Nothing: it was not carried out.
    Nothing,
    /// This much, as the service says.
    Known(Tokens),
    /// It may have been carried out, and nobody says what it took.
    Unknown,
}

impl From<Option<Tokens>> for Took {
    fn from(tokens: Option<Tokens>) -> Self {
        tokens.map_or(Self::Unknown, Self::Known)
    }
}

/// A request that brought no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) why: Why,
    pub(crate) took: Took,
}

impl From<Why> for Failure {
    fn from(why: Why) -> Self {
        Self { why, took: Took::Nothing }
    }
}

/// A service.
#[async_trait]
pub(crate) trait Provider: Debug + Send + Sync {
    /// What people call it.
    fn name(&self) -> &'static str;
    /// Its models, those worth choosing first.
    async fn models(&self, purpose: EgressPurpose) -> Result<Vec<ModelListing>, Why>;
    /// The models to ask.
    async fn choose(&self) -> Result<Chosen, Why>;
    /// Asks a model once.
    async fn ask(&self, model: &str, prompt: &Prompt) -> Result<Reply, Failure>;
    /// The most tokens that an answer of this model in this form may have.
    fn most_output(&self, model: &str, form: &Form) -> u64;
    /// Whether what this model answers costs no money.
    fn is_free(&self, _model: &str) -> bool {
        false
    }
}

/// What a lost request means.
pub(crate) fn lost(lost: Lost, transport: &Transport, purpose: EgressPurpose) -> Failure {
    let (why, took) = match lost {
        Lost::Blocked => (Why::Blocked, Took::Nothing),
        Lost::NoConnection(sentence) => (Why::Unreachable { sentence }, Took::Nothing),
        Lost::Timeout => {
            let seconds = u32::try_from(transport.timeout_ms(purpose) / 1_000).unwrap_or_default();
            (Why::Timeout { seconds }, Took::Unknown)
        }
        Lost::Cut => {
            let sentence =
                format!("The connection to {} broke before the answer was complete", transport.host());
            (Why::Unreachable { sentence }, Took::Unknown)
        }
        Lost::TooLarge => (broken("it is larger than any answer should be"), Took::Unknown),
    };
    Failure { why, took }
}

/// What a status other than success means, where the service gives it no other meaning.
pub(crate) fn refused(answer: &Answer) -> Why {
    match answer.status {
        status @ (401 | 403) => Why::Credentials { status },
        402 => Why::Payment,
        429 | 503 | 529 => Why::Overloaded { retry_after_ms: answer.retry_after_ms },
        status @ 500.. => Why::Unavailable { status },
        status => Why::Rejected { status },
    }
}

/// What a call that asks nothing of a model brings.
pub(crate) async fn fetched<T: DeserializeOwned>(transport: &Transport, call: &Call<'_>) -> Result<T, Why> {
    let answer = transport.call(call).await.map_err(|cause| lost(cause, transport, call.purpose).why)?;
    if !(200..300).contains(&answer.status) {
        return Err(refused(&answer));
    }
    body(&answer).map_err(|failure| failure.why)
}

/// The body of an answer of success.
pub(crate) fn body<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|_| Failure {
        why: broken("it is not in the form that this service writes"),
        took: Took::Unknown,
    })
}

/// A request's body. What is written here always can be.
pub(crate) fn written<T: serde::Serialize>(body: &T) -> Vec<u8> {
    serde_json::to_vec(body).unwrap_or_default()
}
