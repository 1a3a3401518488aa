//! What a classification says.

use crate::policy::Unsure;
use serde::{Deserialize, Serialize};

/// The answer to one message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// There is no text to classify, or no bucket to choose.
    Nothing,
    /// A bucket is suggested.
    Suggested(Classification),
}

impl Verdict {
    /// The classification, if there is one.
    pub fn classification(&self) -> Option<&Classification> {
        match self {
            Self::Nothing => None,
            Self::Suggested(classification) => Some(classification),
        }
    }
}

/// A bucket for a message, how sure that is, and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// Key of the most probable bucket.
    pub bucket: String,
    /// Its probability, 0 to 1.
    pub confidence: f64,
    /// All buckets with their probabilities, highest first; they sum to one.
    pub probabilities: Vec<(String, f64)>,
    /// The words of the newest text that weighed most, in the order in which they stand there.
    pub evidence: Vec<Evidence>,
    /// Whether the bucket is to be suggested, and if not, why.
    pub stance: Stance,
    /// [`crate::LocalModel::version`] of the model that said so.
    pub model_version: String,
}

/// What the model stands by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "stance", content = "doubt")]
pub enum Stance {
    /// The most probable bucket.
    Bucket,
    /// It is unlike anything that belongs to a bucket.
    NoneOfThese,
    /// It may belong to the most probable bucket, but a person should look.
    NotSure(Doubt),
}

impl Stance {
    /// Its key in files: `bucket`, `none_of_these` or `not_sure`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Bucket => "bucket",
            Self::NoneOfThese => "none_of_these",
            Self::NotSure(_) => "not_sure",
        }
    }

    /// Why a policy leaves the message to a person whatever the confidence; `None` where it need not.
    pub const fn unsure(self) -> Option<Unsure> {
        match self {
            Self::Bucket => None,
            Self::NoneOfThese => Some(Unsure::NoneOfThese),
            Self::NotSure(Doubt::Language) => Some(Unsure::Language),
            Self::NotSure(Doubt::FewKnownWords | Doubt::Close) => Some(Unsure::NotSure),
        }
    }

    /// What a person is told instead of a bucket; `None` where there is one.
    pub const fn sentence(self) -> Option<&'static str> {
        match self {
            Self::Bucket => None,
            Self::NoneOfThese => Some("None of these: it is unlike what belongs to any bucket."),
            Self::NotSure(Doubt::Language) => {
                Some("Not sure: it is in a language that there are too few examples of.")
            }
            Self::NotSure(Doubt::FewKnownWords) => {
                Some("Not sure: few of its words were in any example or decision.")
            }
            Self::NotSure(Doubt::Close) => Some("Not sure: another bucket is about as likely."),
        }
    }
}

/// Why the model is not sure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Doubt {
    /// The message is in a language that the model has seen too little of.
    Language,
    /// Few of its words were in any example or decision.
    FewKnownWords,
    /// Another bucket is about as probable.
    Close,
}

/// Words of the newest text that weighed for or against the suggested bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The words as they stand in the text.
    pub text: String,
    /// Where they start in the newest text, in UTF-16 code units.
    pub start: usize,
    /// Where they end, exclusive, in UTF-16 code units.
    pub end: usize,
    /// Change of the bucket's log-odds that the words account for: above zero for the bucket, below against it.
    pub weight: f64,
}

/// What the scores say of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Assessment {
    /// The most probable bucket, by its place in [`crate::LocalModel::buckets`].
    pub best: usize,
    /// Calibrated, in the order of the buckets; they sum to one.
    pub probabilities: Vec<f64>,
    /// The probability of the best bucket before calibration.
    pub raw_confidence: f64,
    /// The highest score before calibration: low for what is unlike anything seen.
    pub max_logit: f64,
    /// What the model stands by.
    pub stance: Stance,
}

impl Assessment {
    /// The probability of the best bucket.
    pub fn confidence(&self) -> f64 {
        self.probabilities.get(self.best).copied().unwrap_or_default()
    }
}

/// A lesson that a message resembles.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Similar {
    /// Its place among the lessons as they were given, from 0.
    pub lesson: usize,
    /// What was decided: the key of a bucket, or [`crate::NONE_OF_THESE`].
    pub bucket: String,
    /// How alike the words are, 0 to 1, rare ones counting most.
    pub likeness: f64,
}

/// What would lead to another answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flip {
    /// The words to leave out, by their places in [`Classification::evidence`].
    pub evidence: Vec<usize>,
    /// The bucket that the message would go to; `None` where nothing would be left to classify.
    pub bucket: Option<String>,
}
