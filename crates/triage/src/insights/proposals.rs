//! Proposals for new buckets, from messages that belong to none.
//!
//! Messages are sets of word beginnings, weighed by how rare they are among ordinary messages. The message with the
//! most like it leads a group; the group's mean then gathers what is like it; what was gathered is taken away, and
//! so on (star clustering with one recentring). Words are compared by their first letters, so that endings do not
//! matter; scripts written without spaces are compared by the runs that the crate's tokens are. Messages in two
//! languages do not meet.
//!
//! The time is bounded: 5,000 messages, the 24 weightiest words of each, and words that are common among ordinary
//! messages lead nobody to anybody.

use crate::history::strip_history;
use crate::tokens::{Kind, Tokens};
use domain::SuggestionId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use ts_rs::TS;

/// Messages that are looked at; the first ones.
const MOST_MESSAGES: usize = 5_000;
/// Ordinary messages that are looked at; the first ones.
const MOST_ORDINARY: usize = 5_000;
/// Characters of a message that are looked at.
const LONGEST: usize = 2_000;
/// Words of a message that count: the rarest.
const MOST_WORDS: usize = 24;
/// Words of a group's mean that count: the weightiest.
const MOST_MEAN_WORDS: usize = 64;
/// A word in more than this share of the ordinary messages brings no two together...
const COMMON: f64 = 0.1;
/// ...where there are as many as this to tell it from.
const ENOUGH_ORDINARY: usize = 100;
/// Letters that make two words the same.
const STEM: usize = 6;
/// How like its leader a message of a group is: the cosine.
const LIKE_LEADER: f64 = 0.3;
/// How like the mean of its group.
const LIKE_MEAN: f64 = 0.3;
/// So many words that no ordinary message has make a message of full length.
const FULL_WORDS: f64 = 2.0;
/// Words that name a group.
const NAME_WORDS: usize = 4;
/// A word that names a group is in this share of its messages at least.
const NAME_SHARE: f64 = 0.2;

/// A message that was put into no bucket.
#[derive(Debug, Clone, Copy)]
pub struct Unplaced<'a> {
    /// The suggestion that a person rejected, or that said 'none of these'.
    pub id: SuggestionId,
    /// The message.
    pub text: &'a str,
}

/// A group of messages that could be a bucket.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Proposal {
    /// The words that set it apart, the most telling first.
    pub words: Vec<String>,
    /// Its messages, the most typical first.
    pub members: Vec<SuggestionId>,
    /// How alike its messages are: mean cosine to their mean, 0 to 1.
    pub likeness: f64,
}

/// Proposals, and what they were made from.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Proposals {
    /// Groups that could be buckets, the largest first.
    pub groups: Vec<Proposal>,
    /// Messages that were looked at.
    pub looked_at: u32,
    /// Messages beyond what is looked at.
    pub left_out: u32,
}

/// Proposes buckets for messages that belong to none, newest first; each with `at_least` messages (two or more).
///
/// `ordinary` are messages of any bucket: a word that is common there tells little.
pub fn propose_buckets(unplaced: &[Unplaced<'_>], ordinary: &[&str], at_least: usize) -> Proposals {
    let kept = unplaced.get(..MOST_MESSAGES.min(unplaced.len())).unwrap_or_default();
    let mut groups = Grouping::of(kept, ordinary).groups(at_least.max(2));
    groups.sort_by_key(|group| std::cmp::Reverse(group.members.len()));
    Proposals { groups, looked_at: kept.len() as u32, left_out: (unplaced.len() - kept.len()) as u32 }
}

/// A word's number, and its weight.
type Weighed = (u32, f64);

#[derive(Default)]
struct Grouping {
    ids: Vec<SuggestionId>,
    /// The words of each message, of length one; by number.
    messages: Vec<Vec<Weighed>>,
    /// Each word's messages, with its weight there.
    found_in: Vec<Vec<Weighed>>,
    /// How many messages have each word, and how many ordinary ones.
    counts: Vec<(u32, u32)>,
    /// How each word is written, and how often.
    written: Vec<BTreeMap<String, u32>>,
    ordinary: usize,
}

impl Grouping {
    fn of(unplaced: &[Unplaced<'_>], ordinary: &[&str]) -> Self {
        let mut numbers: HashMap<String, u32> = HashMap::new();
        let mut grouping = Self::default();
        let mut texts: Vec<Vec<u32>> = Vec::with_capacity(unplaced.len());
        for message in unplaced {
            grouping.ids.push(message.id);
            let mut words = Vec::new();
            for (stem, word) in words_of(message.text) {
                let next = numbers.len() as u32;
                let number = *numbers.entry(stem).or_insert(next);
                if number == next {
                    grouping.counts.push((0, 0));
                    grouping.written.push(BTreeMap::new());
                }
                if let Some(written) = grouping.written.get_mut(number as usize) {
                    *written.entry(word).or_default() += 1;
                }
                words.push(number);
            }
            words.sort_unstable();
            words.dedup();
            for number in &words {
                if let Some((messages, _)) = grouping.counts.get_mut(*number as usize) {
                    *messages += 1;
                }
            }
            texts.push(words);
        }
        for text in ordinary.iter().take(MOST_ORDINARY) {
            grouping.ordinary += 1;
            let mut words: Vec<u32> =
                words_of(text).filter_map(|(stem, _)| numbers.get(&stem).copied()).collect();
            words.sort_unstable();
            words.dedup();
            for number in words {
                if let Some((_, ordinary)) = grouping.counts.get_mut(number as usize) {
                    *ordinary += 1;
                }
            }
        }
        grouping.weigh(texts);
        grouping
    }

    /// How much a word tells: the rarer among all messages, the more.
    fn rarity(&self, word: u32) -> f64 {
        let (messages, ordinary) = self.counts.get(word as usize).copied().unwrap_or_default();
        // Where there are enough ordinary messages they alone say what is rare: a word that a whole group shares is
        // not common for that.
        let (with, of) = if self.ordinary >= ENOUGH_ORDINARY {
            (f64::from(ordinary), self.ordinary as f64)
        } else {
            (f64::from(messages + ordinary), (self.ids.len() + self.ordinary) as f64)
        };
        ((of + 1.0) / (with + 0.5)).ln().max(0.0)
    }

    fn is_common(&self, word: u32) -> bool {
        let (_, ordinary) = self.counts.get(word as usize).copied().unwrap_or_default();
        self.ordinary >= ENOUGH_ORDINARY && f64::from(ordinary) > COMMON * self.ordinary as f64
    }

    /// The rarity of a word that no ordinary message has.
    fn rarity_of_none(&self) -> f64 {
        self.rarity(u32::MAX)
    }

    fn weigh(&mut self, texts: Vec<Vec<u32>>) {
        self.found_in = vec![Vec::new(); self.counts.len()];
        let floor = FULL_WORDS.sqrt() * self.rarity_of_none();
        for (message, words) in texts.into_iter().enumerate() {
            let mut weighed: Vec<Weighed> = words.iter().map(|word| (*word, self.rarity(*word))).collect();
            heaviest(&mut weighed, MOST_WORDS);
            to_length_one(&mut weighed, floor);
            for (word, weight) in &weighed {
                if let Some(found_in) = self.found_in.get_mut(*word as usize) {
                    found_in.push((message as u32, *weight));
                }
            }
            self.messages.push(weighed);
        }
    }

    fn groups(&self, at_least: usize) -> Vec<Proposal> {
        let mut free = vec![true; self.messages.len()];
        let mut alike = vec![0.0; self.messages.len()];
        let mut leaders: Vec<(usize, usize)> = Vec::new();
        for (message, words) in self.messages.iter().enumerate() {
            let followers = self.like(words, LIKE_LEADER, &free, &mut alike).len();
            if followers >= at_least {
                leaders.push((followers, message));
            }
        }
        // The most followers first; of equals the first message.
        leaders.sort_by_key(|(followers, message)| (std::cmp::Reverse(*followers), *message));

        let mut groups = Vec::new();
        for (_, leader) in leaders {
            if free.get(leader) != Some(&true) {
                continue;
            }
            let Some(words) = self.messages.get(leader) else { continue };
            let led = self.like(words, LIKE_LEADER, &free, &mut alike);
            if led.len() < at_least {
                continue;
            }
            let mut members = self.like(&self.mean(&led), LIKE_MEAN, &free, &mut alike);
            if members.len() < at_least {
                continue;
            }
            members.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
            for (member, _) in &members {
                if let Some(free) = free.get_mut(*member as usize) {
                    *free = false;
                }
            }
            groups.push(self.proposal(&members));
        }
        groups
    }

    /// Free messages that are like these words, by number, with their cosine. `alike` is room to add up in, all
    /// zero before and after.
    fn like(&self, words: &[Weighed], least: f64, free: &[bool], alike: &mut [f64]) -> Vec<Weighed> {
        let mut touched = Vec::new();
        for (word, weight) in words {
            if self.is_common(*word) {
                continue;
            }
            let found_in = self.found_in.get(*word as usize).map(Vec::as_slice).unwrap_or_default();
            for (message, other) in found_in {
                if let Some(sum) = alike.get_mut(*message as usize) {
                    if *sum <= 0.0 {
                        touched.push(*message);
                    }
                    *sum += weight * other;
                }
            }
        }
        touched.sort_unstable();
        let mut like = Vec::new();
        for message in touched {
            let Some(sum) = alike.get_mut(message as usize) else { continue };
            if *sum >= least && free.get(message as usize) == Some(&true) {
                like.push((message, *sum));
            }
            *sum = 0.0;
        }
        like
    }

    fn mean(&self, members: &[Weighed]) -> Vec<Weighed> {
        let mut sums: BTreeMap<u32, f64> = BTreeMap::new();
        for (member, _) in members {
            for (word, weight) in self.messages.get(*member as usize).into_iter().flatten() {
                *sums.entry(*word).or_default() += weight;
            }
        }
        let mut mean: Vec<Weighed> = sums.into_iter().collect();
        heaviest(&mut mean, MOST_MEAN_WORDS);
        to_length_one(&mut mean, 0.0);
        mean
    }

    fn proposal(&self, members: &[Weighed]) -> Proposal {
        let likeness = members.iter().map(|(_, like)| like).sum::<f64>() / members.len() as f64;
        Proposal {
            words: self.telling_words(members),
            members: members
                .iter()
                .filter_map(|(member, _)| self.ids.get(*member as usize).copied())
                .collect(),
            likeness: likeness.min(1.0),
        }
    }

    /// The words that are common in the group and rare elsewhere, as they are mostly written.
    fn telling_words(&self, members: &[Weighed]) -> Vec<String> {
        let mut inside: BTreeMap<u32, u32> = BTreeMap::new();
        for (member, _) in members {
            for (word, _) in self.messages.get(*member as usize).into_iter().flatten() {
                *inside.entry(*word).or_default() += 1;
            }
        }
        let size = members.len() as f64;
        let elsewhere = (self.ids.len() - members.len() + self.ordinary) as f64;
        let mut telling: Vec<(f64, &str)> = inside
            .into_iter()
            .filter(|(_, count)| *count >= 2 && f64::from(*count) >= NAME_SHARE * size)
            .filter_map(|(word, count)| {
                let (messages, ordinary) = self.counts.get(word as usize).copied()?;
                let outside = f64::from(messages.saturating_sub(count) + ordinary);
                let often = (f64::from(count) + 0.5) / (size + 1.0);
                let seldom = (outside + 0.5) / (elsewhere + 1.0);
                let gain = f64::from(count) * (often / seldom).ln();
                // The most common writing, of equals the first in the alphabet.
                let written = self.written.get(word as usize)?;
                let (writing, _) = written.iter().rev().max_by_key(|(_, times)| **times)?;
                (gain > 0.0).then_some((gain, writing.as_str()))
            })
            .collect();
        telling.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
        telling.into_iter().take(NAME_WORDS).map(|(_, word)| word.to_owned()).collect()
    }
}

/// The words of a text: what they are compared by, and how they are written.
pub(super) fn words_of(text: &str) -> impl Iterator<Item = (String, String)> {
    let own = strip_history(head(text, LONGEST));
    let tokens = Tokens::read(own);
    let mut words = Vec::with_capacity(tokens.list.len());
    for token in &tokens.list {
        let folded = tokens.folded(token);
        match token.kind {
            Kind::Word if folded.chars().nth(2).is_some() => {
                words.push((folded.chars().take(STEM).collect(), folded.to_owned()));
            }
            Kind::Unspaced => words.push((folded.to_owned(), folded.to_owned())),
            Kind::Word | Kind::Number | Kind::Emoji | Kind::Sign | Kind::LinkWord => {}
        }
    }
    words.into_iter()
}

fn head(text: &str, longest: usize) -> &str {
    let end = text.char_indices().nth(longest).map_or(text.len(), |(byte, _)| byte);
    text.get(..end).unwrap_or(text)
}

/// Keeps the `most` heaviest words, in the order of their numbers.
fn heaviest(words: &mut Vec<Weighed>, most: usize) {
    words.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(&other.0)));
    words.truncate(most);
    words.sort_by_key(|(word, _)| *word);
}

/// Brings the words to length one, or to less where they are shorter than `floor` by themselves: a few common words
/// say little, and are like nothing.
fn to_length_one(words: &mut [Weighed], floor: f64) {
    let length = words.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt().max(floor);
    if length > 0.0 {
        for (_, weight) in words {
            *weight /= length;
        }
    }
}
