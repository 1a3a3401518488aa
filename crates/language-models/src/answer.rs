//! What a model answers, held against what it was asked.

use crate::labels::Labels;
use crate::logprobs::{Token, probability};
use domain::ports::{Choice, Sureness, Why};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The most characters of a reason that are kept.
const REASON_CHARS: usize = 300;

/// An answer as it came: JSON, not yet held to a form.
pub(crate) struct Said {
    pub(crate) value: Value,
    /// How likely its words were, where the service says so.
    pub(crate) weighed: Vec<Token>,
}

impl Said {
    /// An answer of which nothing more is known.
    pub(crate) const fn of(value: Value) -> Self {
        Self { value, weighed: Vec::new() }
    }
}

impl std::fmt::Debug for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Said").field("weighed", &self.weighed.len()).finish_non_exhaustive()
    }
}

/// An answer of the right form.
#[derive(Clone, PartialEq)]
pub(crate) struct Verdict {
    pub(crate) choice: Choice,
    pub(crate) sureness: Sureness,
    pub(crate) reason: String,
}

impl std::fmt::Debug for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Verdict")
            .field("choice", &self.choice)
            .field("sureness", &self.sureness)
            .finish_non_exhaustive()
    }
}

/// The form. Fields beyond it are a breach of it like any other.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    bucket: String,
    confidence: f64,
    reason: String,
}

/// Reads an answer that is text.
pub(crate) fn json_of(text: &str) -> Result<Value, Why> {
    serde_json::from_str(unfenced(text)).map_err(|_| broken("it is not the JSON that was asked for"))
}

/// Holds an answer to its form.
pub(crate) fn written<T: DeserializeOwned>(value: Value) -> Result<T, Why> {
    serde_json::from_value(value).map_err(|_| broken("its fields are not those that were asked for"))
}

/// Reads an opinion. Where the words were weighed, the probability of the label is how sure the model is.
pub(crate) fn verdict(said: Said, labels: &Labels) -> Result<Verdict, Why> {
    let Written { bucket, confidence, reason } = written(said.value)?;
    let choice = labels.choice(&bucket).ok_or(Why::UnknownBucket)?.clone();
    let sureness = match probability(&said.weighed, &bucket, labels) {
        Some(value) => Sureness::Probability { value },
        // Services do not hold a number to a range.
        None => Sureness::Stated { value: confidence.clamp(0.0, 1.0) },
    };
    Ok(Verdict { choice, sureness, reason: line(&reason) })
}

/// An answer that cannot be used, and why.
pub(crate) fn broken(what: &str) -> Why {
    Why::BrokenSchema { what: what.to_owned() }
}

/// One line of visible characters, to be shown as text.
pub(crate) fn line(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .map(|word| word.chars().filter(|c| !crate::mask::is_invisible(*c)).collect::<String>())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ").chars().take(REASON_CHARS).collect()
}

/// Without the fence that some models put around code.
fn unfenced(text: &str) -> &str {
    let text = text.trim();
    let Some(inner) = text.strip_prefix("```").and_then(|text| text.strip_suffix("```")) else { return text };
    inner.strip_prefix("json").unwrap_or(inner).trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::BucketBrief;

    fn of_text(text: &str, labels: &Labels) -> Result<Verdict, Why> {
        verdict(Said::of(json_of(text)?), labels)
    }

    fn labels() -> Labels {
        let bucket = |key: &str| BucketBrief {
            key: key.into(),
            name: String::new(),
            description: String::new(),
            examples: Vec::new(),
        };
        Labels::of(&[bucket("urgent"), bucket("billing")])
    }

    #[test]
    fn an_answer_of_the_right_form_is_read() {
        let text = "```json\n{\"bucket\":\"billing\",\"confidence\":0.8,\"reason\":\" It is\\nabout\\u202e money. \"}\n```";
        let verdict = of_text(text, &labels()).unwrap();
        assert_eq!(verdict.choice, Choice::Bucket { key: "billing".into() });
        assert_eq!((verdict.sureness.value(), verdict.reason.as_str()), (0.8, "It is about money."));
        assert!(!format!("{verdict:?}").contains("money"), "the reason stays out of logs");
    }

    #[test]
    fn a_confidence_beyond_its_range_is_cut() {
        for (written, read) in [("1.7", 1.0), ("-2", 0.0), ("1", 1.0)] {
            let text = format!("{{\"bucket\":\"urgent\",\"confidence\":{written},\"reason\":\"\"}}");
            assert_eq!(of_text(&text, &labels()).unwrap().sureness, Sureness::Stated { value: read });
        }
    }

    #[test]
    fn none_of_these_is_an_answer_and_a_label_that_is_not_there_is_none() {
        let of = |label: &str| {
            verdict(
                Said::of(serde_json::json!({"bucket": label, "confidence": 0.5, "reason": ""})),
                &labels(),
            )
        };
        assert_eq!(of("none_of_these").unwrap().choice, Choice::NoneOfThese);
        assert_eq!(of("refunds"), Err(Why::UnknownBucket));
        assert_eq!(of("Billing"), Err(Why::UnknownBucket), "labels are taken exactly");
    }

    #[test]
    fn what_breaks_the_form_is_no_answer() {
        for text in [
            "",
            "billing",
            "{\"bucket\":\"billing\",\"confidence\":0.8,\"rea",
            "{\"bucket\":\"billing\",\"confidence\":\"high\",\"reason\":\"\"}",
            "{\"bucket\":\"billing\",\"confidence\":1}",
            "{\"bucket\":\"billing\",\"confidence\":1,\"reason\":\"\",\"close\":true}",
            "[1]",
            "Sure! {\"bucket\":\"billing\",\"confidence\":1,\"reason\":\"\"}",
        ] {
            assert!(matches!(of_text(text, &labels()), Err(Why::BrokenSchema { .. })), "{text}");
        }
    }
}
