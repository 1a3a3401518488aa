//! The words that a model chooses between, and which bucket each stands for.
//!
//! No two labels begin with the same character, so that the first token of an answer, whatever a model's tokens are,
//! belongs to one label: that is what makes a probability of a label out of log-probabilities. Keys are their own labels while
//! they can be; where two begin alike, as a team's `refund` and `refund_dispute` do, all get a letter in front.

use domain::BucketId;
use domain::ports::{BucketBrief, Choice};
use std::collections::BTreeSet;

/// The label for no bucket.
const NONE: &str = "none_of_these";
/// The most characters of a label.
const LONGEST: usize = 40;
/// What goes in front of labels that begin alike, one for each.
const FRONT: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Labels of one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Labels {
    labels: Vec<(String, Choice)>,
}

impl Labels {
    /// Labels of these buckets, in their order, and of none of them.
    pub(crate) fn of(buckets: &[BucketBrief]) -> Self {
        let choices = buckets.iter().map(|bucket| Choice::Bucket { key: bucket.key.clone() });
        let words: Vec<String> =
            buckets.iter().map(|bucket| word(&bucket.key)).chain([NONE.to_owned()]).collect();
        let as_they_are = buckets.iter().zip(&words).all(|(bucket, word)| bucket.key.as_str() == word);
        let words = if as_they_are && begin_apart(&words) { words } else { fronted(&words) };
        Self { labels: words.into_iter().zip(choices.chain([Choice::NoneOfThese])).collect() }
    }

    /// What a label stands for.
    pub(crate) fn choice(&self, label: &str) -> Option<&Choice> {
        self.labels.iter().find(|(known, _)| known == label).map(|(_, choice)| choice)
    }

    /// All labels, no bucket's last.
    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        self.labels.iter().map(|(label, _)| label.as_str())
    }
}

/// A key as a model can write it without a mistake: small letters, digits, underscores.
fn word(key: &BucketId) -> String {
    let signs =
        key.as_str().chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' });
    let word: String = signs.take(LONGEST).collect();
    if word.is_empty() { "_".to_owned() } else { word }
}

fn begin_apart(words: &[String]) -> bool {
    let first: BTreeSet<Option<char>> = words.iter().map(|word| word.chars().next()).collect();
    first.len() == words.len()
}

/// With a letter in front of each, or, of more than there are letters, a number: those begin alike, and have no
/// probability.
fn fronted(words: &[String]) -> Vec<String> {
    if words.len() > FRONT.len() {
        return words.iter().zip(1..).map(|(word, number)| format!("{number}_{word}")).collect();
    }
    FRONT.chars().zip(words).map(|(front, word)| format!("{front}_{word}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn buckets(keys: &[&str]) -> Vec<BucketBrief> {
        let bucket = |key: &&str| BucketBrief {
            key: (*key).into(),
            name: (*key).to_owned(),
            description: String::new(),
            examples: Vec::new(),
        };
        keys.iter().map(bucket).collect()
    }

    fn labels(keys: &[&str]) -> Vec<String> {
        Labels::of(&buckets(keys)).all().map(str::to_owned).collect()
    }

    #[test]
    fn keys_that_begin_apart_are_their_own_labels() {
        let keys = ["urgent", "billing", "general", "spam"];
        assert_eq!(labels(&keys), ["urgent", "billing", "general", "spam", "none_of_these"]);
    }

    #[test]
    fn keys_that_begin_alike_get_a_letter_each() {
        assert_eq!(
            labels(&["refund", "refund_dispute"]),
            ["A_refund", "B_refund_dispute", "C_none_of_these"]
        );
        assert_eq!(labels(&["news"]), ["A_news", "B_none_of_these"], "also beside the label of none");
    }

    #[test]
    fn keys_no_model_could_write_still_have_labels_of_their_own() {
        let keys = ["\"quoted\"", "Überfällig", "", "none_of_these", "x y"];
        let found = labels(&keys);
        assert_eq!(
            found,
            ["A__quoted_", "B__berf_llig", "C__", "D_none_of_these", "E_x_y", "F_none_of_these"]
        );
        let labels = Labels::of(&buckets(&keys));
        assert_eq!(labels.choice("D_none_of_these"), Some(&Choice::Bucket { key: "none_of_these".into() }));
        assert_eq!(labels.choice("F_none_of_these"), Some(&Choice::NoneOfThese));
        assert_eq!(labels.choice("none_of_these"), None);
    }

    #[test]
    fn more_buckets_than_letters_still_have_labels_apart() {
        let keys: Vec<String> = (0..80).map(|number| format!("k{number}")).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let apart: BTreeSet<String> = labels(&keys).into_iter().collect();
        assert_eq!(apart.len(), 81);
    }
}
