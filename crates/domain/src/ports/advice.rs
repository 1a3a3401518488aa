//! A second opinion on what a conversation is about, by somebody who is not the local model.
//!
//! [`Question`] and [`Opinion`] hold text of customers: their `Debug` shows how much there is, not what it says.

use super::drafts::{Draft, DraftQuestion, GivenUp};
use super::usage::Usage;
use crate::ids::BucketId;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;
use ts_rs::TS;

/// A bucket as an advisor is told of it.
#[derive(Clone, PartialEq, Eq)]
pub struct BucketBrief {
    /// Stable key.
    pub key: BucketId,
    /// Name for people.
    pub name: String,
    /// What belongs there, in a sentence or two.
    pub description: String,
    /// A few messages that belong there.
    pub examples: Vec<String>,
}

impl fmt::Debug for BucketBrief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BucketBrief")
            .field("key", &self.key)
            .field("examples", &self.examples.len())
            .finish_non_exhaustive()
    }
}

/// Which side said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// The customer.
    Customer,
    /// The team, or its bot.
    Team,
}

/// One message of a conversation.
#[derive(Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who said it.
    pub speaker: Speaker,
    /// What was said, plain.
    pub text: String,
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn")
            .field("speaker", &self.speaker)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// Which of these buckets does this conversation belong to?
#[derive(Clone, PartialEq, Eq)]
pub struct Question {
    /// The buckets to choose from, in the order in which people see them.
    pub buckets: Vec<BucketBrief>,
    /// The conversation's subject.
    pub subject: Option<String>,
    /// What was said, oldest first. The last turn of the customer is what the question is about.
    pub turns: Vec<Turn>,
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question")
            .field("buckets", &self.buckets)
            .field("turns", &self.turns)
            .finish_non_exhaustive()
    }
}

/// What an advisor chose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Choice {
    /// One of the buckets it was given.
    Bucket {
        /// Its key.
        key: BucketId,
    },
    /// None of them fits.
    NoneOfThese,
}

/// How sure the advisor is, and how that is known. From 0 to 1 either way; neither is a frequency before it was
/// held against what people decided.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Sureness {
    /// It said so in its answer.
    Stated {
        /// What it said, cut to 0..=1.
        value: f64,
    },
    /// Its own probability of the label among all labels, from log-probabilities.
    Probability {
        /// The probability.
        value: f64,
    },
}

impl Sureness {
    /// The number alone.
    pub const fn value(self) -> f64 {
        match self {
            Self::Stated { value } | Self::Probability { value } => value,
        }
    }
}

/// What an advisor thinks.
#[derive(Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Opinion {
    /// The bucket, or none.
    pub choice: Choice,
    /// How sure it is.
    pub sureness: Sureness,
    /// Why, in one sentence of its own. May repeat words of the customer.
    pub reason: String,
    /// The model that answered, as it calls itself.
    pub model: String,
    /// What asking took, every request of this opinion together.
    pub usage: Usage,
    /// Milliseconds from the question to the opinion.
    #[ts(type = "number")]
    pub latency_ms: i64,
}

impl fmt::Debug for Opinion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opinion")
            .field("choice", &self.choice)
            .field("sureness", &self.sureness)
            .field("model", &self.model)
            .field("usage", &self.usage)
            .field("latency_ms", &self.latency_ms)
            .finish_non_exhaustive()
    }
}

/// What of a day's budget is used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum BudgetKind {
    /// Tokens.
    Tokens,
    /// Money.
    Money,
}

/// Why there is no opinion. The local suggestion stands, and the card says the sentence.
///
/// None of them holds text of a customer, of a model, or a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Why {
    /// No answer in time.
    #[error("The language model did not answer within {seconds} seconds")]
    Timeout {
        /// How long was waited.
        seconds: u32,
    },
    /// The model declined to answer.
    #[error("The language model declined to answer about this conversation")]
    Refused,
    /// Too much is asked of the service, by us or by all.
    #[error("The language model has too much to do")]
    Overloaded {
        /// Milliseconds to wait, when the service said so.
        #[ts(type = "number | null")]
        retry_after_ms: Option<i64>,
    },
    /// The service failed.
    #[error("The language model's service has a problem of its own (HTTP {status})")]
    Unavailable {
        /// The HTTP status.
        status: u16,
    },
    /// The answer is not what was asked for.
    #[error("The language model's answer could not be used: {what}")]
    BrokenSchema {
        /// What is wrong with it, in words of ours.
        what: String,
    },
    /// The answer names a bucket that there is not.
    #[error("The language model named a bucket that does not exist")]
    UnknownBucket,
    /// The day's budget does not allow another question.
    #[error("{}", match budget {
        BudgetKind::Tokens => "Today's budget of tokens for language models is used up; it starts anew at midnight UTC",
        BudgetKind::Money => "Today's budget of money for language models is used up; it starts anew at midnight UTC",
    })]
    BudgetSpent {
        /// Which cap it is.
        budget: BudgetKind,
    },
    /// There is a cap on money, and what the model costs is not known.
    #[error(
        "The price of {model} is not known, so today's cap on money cannot be kept. Enter its price in Settings, or \
         take the cap on money away and keep the one on tokens"
    )]
    PriceUnknown {
        /// The model.
        model: String,
    },
    /// The switch that blocks everything but the helpdesk is on.
    #[error("Nothing was sent: everything but the helpdesk is blocked by the switch in Settings")]
    Blocked,
    /// The key is missing, wrong, revoked, or not allowed to do this.
    #[error(
        "The language model's service does not accept the key (HTTP {status}). Enter a valid one in Settings"
    )]
    Credentials {
        /// The HTTP status.
        status: u16,
    },
    /// The account has no money left.
    #[error("The language model's service asks for payment first. Look into the account's billing there")]
    Payment,
    /// The model is not there.
    #[error("The model {model} is not there. {advice}")]
    ModelMissing {
        /// The model.
        model: String,
        /// What to do about it.
        advice: String,
    },
    /// Nobody chose a model, and there is not one alone.
    #[error("No model is chosen, and the server has none or several. Choose one in Settings")]
    ModelNotChosen,
    /// The model cannot be held to an answer of the right form.
    #[error(
        "The model {model} cannot be held to an answer of the right form. Choose another one in Settings"
    )]
    ModelUnfit {
        /// The model.
        model: String,
    },
    /// The service did not take the request.
    #[error("The language model's service did not take the request (HTTP {status})")]
    Rejected {
        /// The HTTP status.
        status: u16,
    },
    /// No connection.
    #[error("{sentence}")]
    Unreachable {
        /// Whom could not be reached, and why.
        sentence: String,
    },
    /// Asking failed too often in a row: nobody is asked for a while.
    #[error("The language model is left alone for a while, because asking it failed: {because}")]
    Resting {
        /// Milliseconds until it is asked again.
        #[ts(type = "number")]
        wait_ms: i64,
        /// What it failed with last.
        because: Box<Why>,
    },
    /// There is no text, or no bucket to choose.
    #[error("There is nothing to ask: the conversation has no text, or there is no bucket")]
    NothingToAsk,
    /// There is no text to answer.
    #[error("There is nothing to answer: the conversation has no text")]
    NothingToAnswer,
    /// Whoever asked no longer waits for the answer.
    #[error("The question was given up before the language model answered")]
    GivenUp,
}

/// No opinion: why, and what asking took all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[error("{why}")]
pub struct NoOpinion {
    /// Why.
    pub why: Why,
    /// What asking took, every request together.
    pub usage: Usage,
}

impl NoOpinion {
    /// Why, in a sentence for people.
    pub fn sentence(&self) -> String {
        format!("{}.", self.why)
    }
}

impl From<Why> for NoOpinion {
    fn from(why: Why) -> Self {
        Self { why, usage: Usage::NONE }
    }
}

/// When an advisor is asked, chosen for each workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AdvisorRole {
    /// Never.
    #[default]
    Off,
    /// When the local model is less sure than this, or says that it does not know.
    Below {
        /// The local model's confidence, from 0 to 1.
        confidence: f64,
    },
    /// About every conversation.
    Always,
}

impl AdvisorRole {
    /// Whether to ask, the local model being so sure; `None` when it abstains or is still learning.
    pub fn asks(self, local: Option<f64>) -> bool {
        match self {
            Self::Off => false,
            Self::Below { confidence } => local.is_none_or(|local| local < confidence),
            Self::Always => true,
        }
    }
}

/// Whoever can be asked for a second opinion, and for a draft of a reply.
#[async_trait]
pub trait Advisor: fmt::Debug + Send + Sync {
    /// What people call it.
    fn name(&self) -> &'static str;
    /// Asks once; may take several requests. Whoever calls keeps what it took, with an opinion or without.
    async fn opinion(&self, question: &Question) -> Result<Opinion, NoOpinion>;
    /// Asks for a draft of a reply, until it is given up. Whoever calls keeps what it took, with a draft or without.
    async fn draft(&self, question: &DraftQuestion, given_up: GivenUp<'_>) -> Result<Draft, NoOpinion>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_text() {
        let question = Question {
            buckets: vec![BucketBrief {
                key: "billing".into(),
                name: "Billing".to_owned(),
                description: "canary".to_owned(),
                examples: vec!["canary".to_owned()],
            }],
            subject: Some("canary".to_owned()),
            turns: vec![Turn { speaker: Speaker::Customer, text: "canary".to_owned() }],
        };
        let opinion = Opinion {
            choice: Choice::NoneOfThese,
            sureness: Sureness::Stated { value: 0.5 },
            reason: "canary".to_owned(),
            model: "m".to_owned(),
            usage: Usage::NONE,
            latency_ms: 1,
        };
        let shown = format!("{question:?} {opinion:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("billing"), "a key is no text of a customer");
    }

    #[test]
    fn an_advisor_is_asked_as_its_role_says() {
        assert!(!AdvisorRole::default().asks(None), "nothing leaves unless somebody wanted it");
        assert!(AdvisorRole::Always.asks(Some(1.0)));
        let below = AdvisorRole::Below { confidence: 0.8 };
        assert_eq!([None, Some(0.79), Some(0.8)].map(|local| below.asks(local)), [true, true, false]);
    }

    #[test]
    fn every_reason_is_a_sentence_that_ends_once() {
        for why in [
            Why::Timeout { seconds: 10 },
            Why::Refused,
            Why::BudgetSpent { budget: BudgetKind::Money },
            Why::Resting { wait_ms: 1, because: Box::new(Why::Refused) },
            Why::ModelMissing { model: "m".to_owned(), advice: "Choose another one".to_owned() },
        ] {
            let sentence = NoOpinion::from(why).sentence();
            assert!(sentence.ends_with('.') && !sentence.ends_with(".."), "{sentence}");
            assert!(sentence.starts_with(char::is_uppercase), "{sentence}");
        }
    }
}
