//! What a classification says.

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
    /// [`crate::LocalModel::version`] of the model that said so.
    pub model_version: String,
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
