//! Turns a message into hashed features: words, pairs of neighbours and of words that stand near each other, runs of 3 to 5 characters inside words, topics of
//! words, and a few facts about its surface.
//!
//! Counts are damped (1 + ln) and each block is brought to one length, so that a long letter and a chat line weigh
//! the same. Where a feature came from is kept, so that a score can be laid at the door of the words behind it.

use crate::history::strip_history;
use crate::language::SAMPLE;
use crate::lexicon;
use crate::math;
use crate::message::Message;
use crate::tokens::{Kind, Tokens};
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// Changes whenever the same text would give other features.
pub(crate) const FEATURES_VERSION: u64 = 2;

/// Characters looked at before history is cut, and of the newest text after that.
const LONGEST_RAW: usize = 20_000;
const LONGEST_NEWEST: usize = 2_000;
const LONGEST_SUBJECT: usize = 300;
const LONGEST_EARLIER: usize = 1_500;

/// What a word that was in no example counts as known when the lexicon has it.
const TOPIC_IS_KNOWN: f64 = 0.7;

const SUBJECT_WEIGHT: f32 = 0.8;
/// Of earlier texts, newest first; older ones are not read.
const EARLIER_WEIGHTS: [f32; 3] = [0.35, 0.2, 0.1];

/// Lengths of the blocks, and the value of a surface fact: chosen on held-back parts of a set of 150 buckets and of the
/// default examples.
const WORDS_LENGTH: f32 = 1.0;
const CHARS_LENGTH: f32 = 0.7;
const TOPICS_LENGTH: f32 = 1.2;
const SURFACE_VALUE: f32 = 0.1;
/// Two words make a pair in any order when no more than two others stand between them; it counts as half a word.
const NEARBY: usize = 3;
const NEARBY_WEIGHT: f32 = 0.5;
/// A message with fewer topics than make this length on their own gets a shorter block: one word is no certainty.
const TOPICS_FLOOR: f32 = 1.5;

const WORD_SEED: u64 = 0x77;
const CHARS_SEED: u64 = 0x63;
const TOPIC_SEED: u64 = 0x6C;
const SURFACE_SEED: u64 = 0x73;
/// Tells a pair in any order from a pair in its order.
const UNORDERED: u64 = 0x75;

/// One feature of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    pub(crate) hash: u64,
    pub(crate) value: f32,
    sources: (u32, u32),
}

/// Where a feature came from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Source {
    hash: u64,
    weight: f32,
    /// Tokens of the newest text, or [`ELSEWHERE`], which is past its end; the same twice for a single word.
    pub(crate) tokens: (u32, u32),
}

/// Stands for a token of the subject or of an earlier text.
const ELSEWHERE: u32 = u32::MAX;

/// A message as the model sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Features {
    entries: Vec<Entry>,
    sources: Vec<Source>,
    words: Range<usize>,
    chars: Range<usize>,
    topics: Range<usize>,
    vocabulary: Vec<Word>,
    /// Tokens of the newest text.
    pub(crate) newest: Tokens,
    /// The beginning of the newest text, for its language.
    pub(crate) sample: String,
}

/// Features that share one length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Block<'a> {
    pub(crate) entries: &'a [Entry],
    pub(crate) length: f32,
}

/// A distinct word of a message.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Word {
    pub(crate) hash: u64,
    /// How much it counts: 1 in the newest text.
    pub(crate) weight: f32,
    /// Whether the lexicon has it.
    has_topic: bool,
}

/// How much of a message was seen in training.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Coverage {
    /// Number of distinct words that the model knows.
    pub(crate) known_words: f64,
    /// Number of distinct words.
    pub(crate) words: f64,
    /// Share of the character runs that the model knows, by mass.
    pub(crate) known_chars: f64,
}

impl Features {
    /// The features of a message; `None` when it has no text.
    pub(crate) fn of<'a, E: AsRef<[&'a str]>>(message: &Message<'a, E>) -> Option<Self> {
        let own = own_text(message.newest, LONGEST_NEWEST);
        let newest = Tokens::read(own);
        let mut collector = Collector::default();
        collector.add(&newest, 1.0, true);
        if let Some(subject) = message.subject {
            collector.add(&Tokens::read(head(subject, LONGEST_SUBJECT)), SUBJECT_WEIGHT, false);
        }
        for (text, weight) in message.earlier.as_ref().iter().zip(EARLIER_WEIGHTS) {
            collector.add(&Tokens::read(own_text(text, LONGEST_EARLIER)), weight, false);
        }
        (!collector.words.is_empty()).then(|| collector.finish(newest, head(own, SAMPLE)))
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Distinct words in the order of their hashes.
    pub(crate) fn vocabulary(&self) -> &[Word] {
        &self.vocabulary
    }

    /// The blocks, which is everything but the facts about the surface.
    pub(crate) fn blocks(&self) -> [Block<'_>; 3] {
        let block = |range: &Range<usize>, length| Block {
            entries: self.entries.get(range.clone()).unwrap_or_default(),
            length,
        };
        [
            block(&self.words, WORDS_LENGTH),
            block(&self.chars, CHARS_LENGTH),
            block(&self.topics, TOPICS_LENGTH),
        ]
    }

    /// The places that a feature came from, each with its share of the feature.
    pub(crate) fn sources(&self, entry: &Entry) -> impl Iterator<Item = (Source, f32)> + '_ {
        let (start, end) = entry.sources;
        let sources = self.sources.get(start as usize..end as usize).unwrap_or_default();
        let total: f32 = sources.iter().map(|source| source.weight).sum();
        sources.iter().map(move |source| (*source, source.weight / total))
    }

    pub(crate) fn coverage(&self, knows: impl Fn(u64) -> bool) -> Coverage {
        let mut known_words = 0.0;
        let mut words = 0.0;
        for word in &self.vocabulary {
            let share = match (knows(word.hash), word.has_topic) {
                (true, _) => 1.0,
                (false, true) => TOPIC_IS_KNOWN,
                (false, false) => 0.0,
            };
            words += f64::from(word.weight);
            known_words += share * f64::from(word.weight);
        }
        let (mut chars, mut known_chars) = (0.0, 0.0);
        for entry in self.entries.get(self.chars.clone()).unwrap_or_default() {
            let mass = f64::from(entry.value * entry.value);
            chars += mass;
            known_chars += if knows(entry.hash) { mass } else { 0.0 };
        }
        Coverage { known_words, words, known_chars: if chars > 0.0 { known_chars / chars } else { 0.0 } }
    }
}

/// The text without history, and no more of it than is looked at.
fn own_text(text: &str, longest: usize) -> &str {
    head(strip_history(head(text, LONGEST_RAW)), longest)
}

fn head(text: &str, longest: usize) -> &str {
    let end = text.char_indices().nth(longest).map_or(text.len(), |(byte, _)| byte);
    text.get(..end).unwrap_or(text)
}

#[derive(Default)]
struct Collector {
    words: Vec<Source>,
    chars: Vec<Source>,
    topics: Vec<Source>,
    vocabulary: Vec<Word>,
    padded: String,
    bounds: Vec<usize>,
}

impl Collector {
    fn add(&mut self, tokens: &Tokens, weight: f32, is_newest: bool) {
        let mut before: Option<(u64, u32)> = None;
        let mut recent: [Option<(u64, u32)>; NEARBY] = [None; NEARBY];
        for (index, token) in tokens.list.iter().enumerate() {
            let index = if is_newest { u32::try_from(index).unwrap_or(ELSEWHERE) } else { ELSEWHERE };
            let folded = tokens.folded(token);
            let hash = xxh3_64_with_seed(folded.as_bytes(), WORD_SEED);
            self.words.push(Source { hash, weight, tokens: (index, index) });
            if let Some((first, first_index)) = before.filter(|_| token.follows) {
                self.words.push(Source { hash: pair(first, hash), weight, tokens: (first_index, index) });
            }
            before = Some((hash, index));
            for (other, other_index) in recent.into_iter().flatten() {
                let both = pair(hash.min(other) ^ UNORDERED, hash.max(other));
                let weight = weight * NEARBY_WEIGHT;
                self.words.push(Source { hash: both, weight, tokens: (other_index, index) });
            }
            recent.rotate_right(1);
            if let Some(newest) = recent.first_mut() {
                *newest = Some((hash, index));
            }
            if token.kind.is_word() {
                let before = self.topics.len();
                self.topics.extend(lexicon::topics(folded).map(|topic| Source {
                    hash: xxh3_64_with_seed(&[topic], TOPIC_SEED),
                    weight,
                    tokens: (index, index),
                }));
                self.vocabulary.push(Word { hash, weight, has_topic: self.topics.len() > before });
            }
            match token.kind {
                Kind::Word | Kind::LinkWord => self.add_runs(folded, "_", 3..=5, weight, index),
                Kind::Unspaced => self.add_runs(folded, "", 1..=3, weight, index),
                Kind::Number | Kind::Emoji | Kind::Sign => {}
            }
        }
    }

    fn add_runs(
        &mut self,
        word: &str,
        edge: &str,
        lengths: std::ops::RangeInclusive<usize>,
        weight: f32,
        index: u32,
    ) {
        self.padded.clear();
        self.padded.push_str(edge);
        self.padded.push_str(word);
        self.padded.push_str(edge);
        self.bounds.clear();
        self.bounds.extend(self.padded.char_indices().map(|(byte, _)| byte));
        self.bounds.push(self.padded.len());
        for length in lengths {
            for ends in self.bounds.windows(length + 1) {
                let (Some(start), Some(end)) = (ends.first(), ends.last()) else { continue };
                let run = self.padded.get(*start..*end).unwrap_or_default();
                let hash = xxh3_64_with_seed(run.as_bytes(), CHARS_SEED);
                self.chars.push(Source { hash, weight, tokens: (index, index) });
            }
        }
    }

    fn finish(mut self, newest: Tokens, sample: &str) -> Features {
        let mut entries = Vec::with_capacity(self.words.len() + self.chars.len() + 12);
        let mut sources = Vec::with_capacity(self.words.len() + self.chars.len());
        push_block(&mut entries, &mut sources, &mut self.words, WORDS_LENGTH, 0.0);
        let words = 0..entries.len();
        push_block(&mut entries, &mut sources, &mut self.chars, CHARS_LENGTH, 0.0);
        let chars = words.end..entries.len();
        push_block(&mut entries, &mut sources, &mut self.topics, TOPICS_LENGTH, TOPICS_FLOOR);
        let topics = chars.end..entries.len();
        push_surface(&mut entries, &newest);

        self.vocabulary.sort_unstable_by_key(|word| word.hash);
        self.vocabulary.dedup_by(|later, kept| {
            let same = later.hash == kept.hash;
            if same {
                kept.weight = kept.weight.max(later.weight);
            }
            same
        });
        Features {
            entries,
            sources,
            words,
            chars,
            topics,
            vocabulary: self.vocabulary,
            newest,
            sample: sample.to_owned(),
        }
    }
}

/// Sums what has the same hash, damps the counts and brings the block to its length, or to less if it is shorter
/// than `floor` by itself.
fn push_block(
    entries: &mut Vec<Entry>,
    sources: &mut Vec<Source>,
    block: &mut [Source],
    length: f32,
    floor: f32,
) {
    // Tokens take part in the order, so that sums of floats do not depend on the sort.
    block.sort_unstable_by_key(|source| (source.hash, source.tokens));
    let first = entries.len();
    let mut squares = 0.0;
    for same in block.chunk_by(|one, other| one.hash == other.hash) {
        let Some(head) = same.first() else { continue };
        let count: f32 = same.iter().map(|source| source.weight).sum();
        let value = if count > 1.0 { 1.0 + math::ln(count) } else { count };
        squares += value * value;
        let start = sources.len();
        sources.extend_from_slice(same);
        entries.push(Entry { hash: head.hash, value, sources: (start as u32, sources.len() as u32) });
    }
    let scale = length / squares.sqrt().max(floor);
    for entry in entries.get_mut(first..).unwrap_or_default() {
        entry.value *= scale;
    }
}

fn push_surface(entries: &mut Vec<Entry>, newest: &Tokens) {
    let words = newest.list.iter().filter(|token| token.kind.is_word()).count();
    let length = [3, 8, 20, 50, 120].iter().filter(|limit| words > **limit).count();
    let signs = |name: &str| {
        newest.list.iter().filter(|token| token.kind == Kind::Sign && newest.folded(token) == name).count()
    };
    let shouts = newest.letters > 12 && newest.capitals * 2 > newest.letters;
    let amount = newest.list.iter().any(|token| newest.folded(token).starts_with("$0"));
    let long_number =
        newest.list.iter().any(|token| token.kind == Kind::Number && newest.folded(token).len() >= 5);
    let lower_case = newest.letters > 12 && newest.capitals == 0;
    let facts = [
        Some(["words 0", "words 4", "words 9", "words 21", "words 51", "words 121"].get(length).copied())
            .flatten(),
        Some("always"),
        shouts.then_some("shouts"),
        lower_case.then_some("lower case"),
        amount.then_some("amount"),
        long_number.then_some("long number"),
        (signs("?") > 0).then_some("asks"),
        (signs("!") > 0).then_some("exclaims"),
        (signs("!") > 2).then_some("exclaims often"),
        (signs("<link>") > 0).then_some("link"),
    ];
    entries.extend(facts.into_iter().flatten().map(|fact| Entry {
        hash: xxh3_64_with_seed(fact.as_bytes(), SURFACE_SEED),
        value: SURFACE_VALUE,
        sources: (0, 0),
    }));
}

/// One hash of two words in their order.
const fn pair(first: u64, second: u64) -> u64 {
    let mixed = (first.rotate_left(29) ^ second).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Features {
        Features::of(&Message::alone(text)).expect("has text")
    }

    #[test]
    fn each_block_has_its_length() {
        let features = of("My invoice is wrong, the invoice of the hospital is late, thanks. 請求書");
        for block in features.blocks() {
            let squares: f32 = block.entries.iter().map(|entry| entry.value * entry.value).sum();
            assert!((squares.sqrt() - block.length).abs() < 1e-4, "{squares}");
        }
    }

    #[test]
    fn a_single_topic_does_not_fill_its_block() {
        let squares = |text| -> f32 {
            of(text).blocks()[2].entries.iter().map(|entry| entry.value * entry.value).sum()
        };
        assert!(squares("vat") < 0.8 * squares("vat parcel bitcoin thanks hospital"));
    }

    #[test]
    fn shares_of_a_feature_sum_to_one() {
        let features = of("refund refund refund");
        for entry in features.blocks().iter().flat_map(|block| block.entries) {
            let total: f32 = features.sources(entry).map(|(_, share)| share).sum();
            assert!((total - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn a_message_without_any_text_has_no_features() {
        assert!(Features::of(&Message::alone(" \n\u{0}…")).is_none());
        let only_subject = Message { subject: Some("Invoice"), newest: "", earlier: &[] };
        assert!(Features::of(&only_subject).is_some());
    }

    #[test]
    fn quoted_history_gives_no_features() {
        let bare = of("It works again.");
        let quoting = of("It works again.\n\nOn 3 March 2026, Support wrote:\n> Is the invoice paid?");
        let hashes =
            |features: &Features| features.entries().iter().map(|entry| entry.hash).collect::<Vec<_>>();
        assert_eq!(hashes(&bare), hashes(&quoting));
    }

    #[test]
    fn coverage_counts_distinct_words() {
        let features = of("teapot teapot saucer");
        let none = features.coverage(|_| false);
        let all = features.coverage(|_| true);
        assert!(none.known_words.abs() < 1e-9 && none.known_chars.abs() < 1e-9);
        assert!((all.words - 2.0).abs() < 1e-9 && (all.known_words - 2.0).abs() < 1e-9);
        assert!((all.known_chars - 1.0).abs() < 1e-6);
    }

    #[test]
    fn a_word_of_the_lexicon_is_half_known_before_any_training() {
        let of = |text| of(text).coverage(|_| false).known_words;
        assert!(of("refund") > of("teapot") && of("refund") < 1.0);
    }
}
