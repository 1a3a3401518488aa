//! Words that nobody wrote before.
//!
//! A word counts as known once an example or an earlier message has it. So the share of unknown words falls while a team
//! begins, and a rise says that customers write of something else. Words are compared by their first letters, as
//! proposals compare them.

use super::proposals::words_of;
use crate::statistics::{VocabularyDrift, WordCount, vocabulary_drift};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashSet};
use ts_rs::TS;

/// New words that are named.
const MOST_WORDS: usize = 12;
/// A new word in fewer messages than these is one customer's.
const LEAST_MESSAGES: u32 = 2;

/// A word that came up lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NewWord {
    /// As it was written first.
    pub word: String,
    /// Messages of late that have it.
    pub messages: u32,
}

/// How the words of messages have changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Vocabulary {
    /// The share of unknown words in a message, before and lately.
    pub drift: VocabularyDrift,
    /// Words of late that were in no message before, the most frequent first; twelve at most.
    pub words: Vec<NewWord>,
    /// Messages before.
    pub before: u32,
    /// Messages lately.
    pub lately: u32,
}

/// Compares the words of messages before with those of late; both in order of time. `examples` are known from the
/// beginning.
pub fn vocabulary<'a>(
    examples: impl IntoIterator<Item = &'a str>,
    before: &[&str],
    lately: &[&str],
) -> Vocabulary {
    let mut known: HashSet<String> =
        examples.into_iter().flat_map(|text| words_of(text).map(|(stem, _)| stem)).collect();
    let was: Vec<WordCount> = before.iter().map(|text| count(text, &mut known)).collect();
    let known_before = known.clone();
    let is: Vec<WordCount> = lately.iter().map(|text| count(text, &mut known)).collect();
    Vocabulary {
        drift: vocabulary_drift(&was, &is),
        words: new_words(lately, &known_before),
        before: was.len() as u32,
        lately: is.len() as u32,
    }
}

/// How many words of a text are unknown; they are known from then on.
fn count(text: &str, known: &mut HashSet<String>) -> WordCount {
    let words: Vec<String> = words_of(text).map(|(stem, _)| stem).collect();
    let unknown = words.iter().filter(|word| !known.contains(*word)).count();
    let counted = WordCount { unknown: unknown as u32, words: words.len() as u32 };
    known.extend(words);
    counted
}

fn new_words(lately: &[&str], known: &HashSet<String>) -> Vec<NewWord> {
    let mut found: BTreeMap<String, NewWord> = BTreeMap::new();
    for text in lately {
        let mut here = HashSet::new();
        for (stem, word) in words_of(text).filter(|(stem, _)| !known.contains(stem)) {
            if here.insert(stem.clone()) {
                found.entry(stem).or_insert(NewWord { word, messages: 0 }).messages += 1;
            }
        }
    }
    let mut words: Vec<NewWord> =
        found.into_values().filter(|word| word.messages >= LEAST_MESSAGES).collect();
    words.sort_by(|one, other| other.messages.cmp(&one.messages).then_with(|| one.word.cmp(&other.word)));
    words.truncate(MOST_WORDS);
    words
}
