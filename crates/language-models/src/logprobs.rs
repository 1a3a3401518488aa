//! The probability of a label, from the log-probabilities of tokens.
//!
//! A model writes `{"bucket":"billing",…`. At the token in which the value begins it weighed alternatives; those that
//! are the beginning of exactly one label count for that label, and the rest for none. What counts is made to add up
//! to one over the labels. There is no probability where less than half of the weight counts: labels that begin alike,
//! or a model that wanted to say something else.

use crate::labels::Labels;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The least share of the weight that must count.
const LEAST_WEIGHT: f64 = 0.5;

/// A token of an answer, as OpenAI's API and Ollama's write it.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Token {
    #[serde(flatten)]
    pub(crate) chosen: Weighed,
    #[serde(default)]
    pub(crate) top_logprobs: Vec<Weighed>,
}

/// A token and how likely it was.
#[derive(Clone, Deserialize)]
pub(crate) struct Weighed {
    pub(crate) token: String,
    pub(crate) logprob: f64,
    /// The token's bytes, where it is no whole character.
    #[serde(default)]
    pub(crate) bytes: Option<Vec<u8>>,
}

impl std::fmt::Debug for Weighed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Weighed").field("logprob", &self.logprob).finish_non_exhaustive()
    }
}

impl Weighed {
    fn bytes(&self) -> &[u8] {
        self.bytes.as_deref().unwrap_or(self.token.as_bytes())
    }

    /// Absent tokens read -9999: their weight is nought. What is no number has none either.
    fn weight(&self) -> f64 {
        let weight = self.logprob.exp();
        if weight.is_finite() { weight.min(1.0) } else { 0.0 }
    }
}

/// The probability of `label`, which is what the tokens say.
pub(crate) fn probability(tokens: &[Token], label: &str, labels: &Labels) -> Option<f64> {
    let text: Vec<u8> = tokens.iter().flat_map(|token| token.chosen.bytes().iter().copied()).collect();
    let start = value_start(std::str::from_utf8(&text).ok()?)?;
    let (token, lead) = token_at(tokens, start)?;
    let lead_bytes = token.chosen.bytes().get(..lead)?;
    let mut weights: Vec<(&str, f64)> = labels.all().map(|label| (label, 0.0)).collect();
    // The chosen token need not be among the likeliest.
    let is_listed = token.top_logprobs.iter().any(|other| other.bytes() == token.chosen.bytes());
    let chosen = (!is_listed).then_some(&token.chosen);
    for weighed in token.top_logprobs.iter().chain(chosen) {
        let Some(begun) = weighed.bytes().strip_prefix(lead_bytes) else { continue };
        let Some(only) = only_label(begun, labels) else { continue };
        weights.iter_mut().filter(|(label, _)| *label == only).for_each(|(_, sum)| *sum += weighed.weight());
    }
    let all: f64 = weights.iter().map(|(_, weight)| weight).sum();
    if all < LEAST_WEIGHT {
        return None;
    }
    weights.iter().find(|(known, _)| *known == label).map(|(_, weight)| (weight / all).clamp(0.0, 1.0))
}

/// Where the value of `bucket` begins, behind its quotation mark.
fn value_start(text: &str) -> Option<usize> {
    #[derive(Deserialize)]
    struct Written<'a> {
        #[serde(borrow)]
        bucket: &'a RawValue,
    }
    // What stands around the object, such as a fence, holds no brace.
    let (from, to) = (text.find('{')?, text.rfind('}')?);
    let written: Written<'_> = serde_json::from_str(text.get(from..=to)?).ok()?;
    let value = written.bucket.get();
    let at = value.as_ptr().addr().checked_sub(text.as_ptr().addr())?;
    value.starts_with('"').then_some(at + 1)
}

/// The token that holds the byte at `place`, and how many bytes of it come before.
fn token_at(tokens: &[Token], place: usize) -> Option<(&Token, usize)> {
    let mut before = 0;
    for token in tokens {
        let length = token.chosen.bytes().len();
        if place < before + length {
            return Some((token, place - before));
        }
        before += length;
    }
    None
}

/// The one label that begins like this; one that is written out and closed must be whole.
fn only_label<'a>(begun: &[u8], labels: &'a Labels) -> Option<&'a str> {
    if begun.is_empty() {
        return None;
    }
    let closed = begun.iter().position(|byte| *byte == b'"');
    let begun = begun.get(..closed.unwrap_or(begun.len()))?;
    let mut fitting = labels.all().filter(|label| {
        if closed.is_some() { label.as_bytes() == begun } else { label.as_bytes().starts_with(begun) }
    });
    match (fitting.next(), fitting.next()) {
        (Some(only), None) => Some(only),
        (Some(_) | None, _) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::BucketBrief;
    use serde_json::json;

    fn labels(keys: &[&str]) -> Labels {
        let bucket = |key: &&str| BucketBrief {
            key: (*key).into(),
            name: String::new(),
            description: String::new(),
            examples: Vec::new(),
        };
        Labels::of(&keys.iter().map(bucket).collect::<Vec<_>>())
    }

    fn usual() -> Labels {
        labels(&["urgent", "billing", "general", "spam"])
    }

    /// Tokens of an answer; the alternatives stand at the one token that has any.
    fn tokens(parts: &[&str], at: usize, alternatives: &[(&str, f64)]) -> Vec<Token> {
        let tokens = parts.iter().enumerate().map(|(place, part)| {
            let top: Vec<_> = alternatives
                .iter()
                .filter(|_| place == at)
                .map(|(token, weight)| json!({"token": token, "logprob": weight.ln(), "bytes": null}))
                .collect();
            let chosen =
                alternatives.iter().find(|(token, _)| token == part).map_or(1.0, |(_, weight)| *weight);
            json!({"token": part, "logprob": chosen.ln(), "bytes": part.as_bytes(), "top_logprobs": top})
        });
        serde_json::from_value(json!(tokens.collect::<Vec<_>>())).unwrap()
    }

    const REST: &str = ",\"confidence\":0.9,\"reason\":\"a \\\"bucket\\\": \\\"spam\\\"\"}";

    #[track_caller]
    fn is(found: Option<f64>, expected: f64) {
        let found = found.expect("a probability");
        assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
    }

    #[test]
    fn tokens_that_begin_a_label_count_for_it_and_the_rest_for_none() {
        let parts = ["{\"", "bucket", "\":\"", "bill", "ing", "\"", REST];
        let alternatives = [("bill", 0.5), ("b", 0.1), ("urgent", 0.2), ("X", 0.1), ("\"", 0.1)];
        let tokens = tokens(&parts, 3, &alternatives);
        is(probability(&tokens, "billing", &usual()), 0.6 / 0.8);
        is(probability(&tokens, "urgent", &usual()), 0.2 / 0.8);
        is(probability(&tokens, "spam", &usual()), 0.0);
    }

    #[test]
    fn a_token_that_holds_the_quotation_mark_too_is_read_from_there_on() {
        let parts = ["{\"bucket", "\": \"b", "illing\"", REST];
        let alternatives = [("\": \"b", 0.7), ("\": \"u", 0.2), ("\":\"s", 0.1)];
        is(probability(&tokens(&parts, 1, &alternatives), "billing", &usual()), 0.7 / 0.9);
    }

    #[test]
    fn a_label_that_is_closed_must_be_whole() {
        let parts = ["{\"bucket\":\"", "spam\"", REST];
        let alternatives = [("spam\"", 0.6), ("bill\"", 0.3), ("s", 0.1)];
        is(probability(&tokens(&parts, 1, &alternatives), "spam", &usual()), 1.0);
    }

    #[test]
    fn two_custom_buckets_that_begin_alike_are_told_apart_by_their_labels() {
        let labels = labels(&["refund", "refund_dispute"]);
        let parts = ["{\"bucket\":\"", "B", "_ref", "und", "_dispute", "\"", REST];
        let tokens = tokens(&parts, 1, &[("B", 0.55), ("A", 0.40), ("C_", 0.05)]);
        is(probability(&tokens, "B_refund_dispute", &labels), 0.55);
        is(probability(&tokens, "A_refund", &labels), 0.40);
    }

    #[test]
    fn labels_that_begin_alike_have_no_probability() {
        // More buckets than there are letters: their labels are numbers, and `1` begins many of them.
        let keys: Vec<String> = (0..70).map(|number| format!("k{number}")).collect();
        let labels = labels(&keys.iter().map(String::as_str).collect::<Vec<_>>());
        let parts = ["{\"bucket\":\"", "1", "2_k11", "\"", REST];
        assert_eq!(probability(&tokens(&parts, 1, &[("1", 0.9), ("2", 0.1)]), "12_k11", &labels), None);
    }

    #[test]
    fn an_absent_token_weighs_nothing_and_one_that_is_not_listed_still_counts() {
        let mut tokens =
            tokens(&["{\"bucket\":\"", "spam", "\"", REST], 1, &[("spam", 0.6), ("urgent", 0.3)]);
        tokens[1].top_logprobs[0].logprob = -9999.0;
        assert_eq!(probability(&tokens, "spam", &usual()), None, "0.3 is less than half");
        tokens[1].top_logprobs.remove(0);
        is(probability(&tokens, "spam", &usual()), 0.6 / 0.9);
        tokens[1].chosen.logprob = f64::NAN;
        assert_eq!(probability(&tokens, "spam", &usual()), None);
    }

    #[test]
    fn what_is_no_answer_has_no_probability() {
        for parts in
            [&["hello"][..], &[], &["{\"bucket\":4}"], &["{\"other\":\"spam\"}"], &["{\"bucket\":\"spam\""]]
        {
            assert_eq!(probability(&tokens(parts, 0, &[]), "spam", &usual()), None, "{parts:?}");
        }
    }

    #[test]
    fn tokens_that_are_parts_of_characters_are_put_together() {
        let mut tokens =
            tokens(&["{\"reason\":\"", "?", "?", "\",\"bucket\":\"", "spam", "\"}"], 4, &[("spam", 0.9)]);
        tokens[1].chosen.bytes = Some(vec![0xc3]);
        tokens[2].chosen.bytes = Some(vec![0xa4]);
        is(probability(&tokens, "spam", &usual()), 1.0);
    }
}
