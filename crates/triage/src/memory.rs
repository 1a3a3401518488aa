//! Remembers the lessons that surprised the model, and lets messages much like them follow.
//!
//! The weights learn slowly, so that a day of decisions does not bend them to the last few messages. What a person
//! corrects should nevertheless hold at once for the next message of the kind. So each lesson is kept with what the
//! answer to it was short of, and a message takes over as much of that as its words resemble the lesson's, rare
//! words counting most. Messages that resemble no lesson are not touched.

use crate::features::Features;
use crate::vocabulary::Vocabulary;
use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

/// Lessons kept; the oldest go first.
const KEPT: usize = 1_000;
/// Lessons that speak about one message.
const HEARD: usize = 8;
/// Resemblance below which a lesson says nothing: what two messages share by chance.
const CHANCE: f32 = 0.12;
/// What a lesson adds to a message exactly like it, in log-odds.
const VOICE: f32 = 12.0;
/// A lesson that the model nearly agreed with is not kept.
const SURPRISE: f32 = 0.1;

/// The lessons kept.
#[derive(Clone, Default)]
pub(crate) struct Memory {
    lessons: VecDeque<Arc<Remembered>>,
    /// The number of the oldest of them. They are numbered as they come.
    oldest: u32,
    /// For each word the lessons that have it, oldest first, and its weight in each. A message has a few of the words of
    /// few of the lessons: to go through all words of all lessons takes several times as long as all the rest of an answer.
    index: Arc<HashMap<u64, VecDeque<(u32, f32)>>>,
}

#[derive(Debug)]
pub(crate) struct Remembered {
    words: Words,
    /// What the answer was short of, by bucket.
    shortfall: Vec<f32>,
}

impl Remembered {
    /// Its numbers, as they are kept on disk.
    pub(crate) fn parts(&self) -> (&[(u64, f32)], &[f32]) {
        (&self.words.0, &self.shortfall)
    }
}

/// Words, the rare ones heavier, of length one and in the order of their hashes.
#[derive(Debug)]
struct Words(Vec<(u64, f32)>);

/// What the lessons say about a message.
#[derive(Debug, Default)]
pub(crate) struct Recalled {
    /// Log-odds to add, by bucket; empty when no lesson speaks.
    pub(crate) scores: Vec<f32>,
    /// The same by word, in the order of the hashes.
    words: Vec<(u64, Vec<f32>)>,
}

impl Recalled {
    /// What a word adds to the score of each bucket.
    pub(crate) fn of_word(&self, hash: u64) -> Option<&[f32]> {
        let place = self.words.binary_search_by_key(&hash, |(word, _)| *word).ok()?;
        self.words.get(place).map(|(_, scores)| scores.as_slice())
    }
}

impl Memory {
    pub(crate) fn lessons(&self) -> impl ExactSizeIterator<Item = &Remembered> {
        self.lessons.iter().map(Arc::as_ref)
    }

    pub(crate) fn push(&mut self, words: Vec<(u64, f32)>, shortfall: Vec<f32>) {
        self.add(Remembered { words: Words(words), shortfall });
    }

    fn add(&mut self, lesson: Remembered) {
        let index = Arc::make_mut(&mut self.index);
        let number = self.oldest.wrapping_add(self.lessons.len() as u32);
        for (word, value) in &lesson.words.0 {
            index.entry(*word).or_default().push_back((number, *value));
        }
        self.lessons.push_back(Arc::new(lesson));
        if self.lessons.len() <= KEPT {
            return;
        }
        let Some(forgotten) = self.lessons.pop_front() else { return };
        for (word, _) in &forgotten.words.0 {
            if let Some(having) = index.get_mut(word) {
                having.pop_front();
                if having.is_empty() {
                    index.remove(word);
                }
            }
        }
        self.oldest = self.oldest.wrapping_add(1);
    }

    /// How much a message resembles each lesson, in the order of the lessons.
    fn resemblances(&self, words: &Words) -> Vec<f32> {
        let mut resemblances = vec![0.0; self.lessons.len()];
        for (word, value) in &words.0 {
            for (number, theirs) in self.index.get(word).into_iter().flatten() {
                let place = number.wrapping_sub(self.oldest) as usize;
                if let Some(resemblance) = resemblances.get_mut(place) {
                    *resemblance += value * theirs;
                }
            }
        }
        resemblances
    }

    /// Keeps a lesson whose answer was `probabilities`.
    pub(crate) fn keep(
        &mut self,
        features: &Features,
        known: &Vocabulary,
        probabilities: &[f64],
        target: Option<usize>,
        weight: f32,
    ) {
        let mut shortfall: Vec<f32> = probabilities.iter().map(|share| -(*share as f32) * weight).collect();
        if let Some(own) = target.and_then(|target| shortfall.get_mut(target)) {
            *own += weight;
            if *own < SURPRISE {
                return;
            }
        }
        self.add(Remembered { words: Words::of(features, known), shortfall });
    }

    /// What the lessons that a message resembles say about it.
    pub(crate) fn recall(&self, features: &Features, known: &Vocabulary) -> Recalled {
        if self.lessons.is_empty() {
            return Recalled::default();
        }
        let words = Words::of(features, known);
        let mut heard: Vec<(f32, &Remembered)> = self
            .resemblances(&words)
            .into_iter()
            .zip(self.lessons.iter().map(Arc::as_ref))
            .rev()
            .filter(|(resemblance, _)| *resemblance > CHANCE)
            .collect();
        // The sort is stable: of lessons alike, the newest come first.
        heard.sort_by(|one, other| other.0.total_cmp(&one.0));
        heard.truncate(HEARD);
        let mut recalled = Recalled::default();
        for (resemblance, lesson) in heard {
            let voice = VOICE * (resemblance - CHANCE) / (1.0 - CHANCE);
            add(&mut recalled.scores, &lesson.shortfall, voice);
            for (hash, part) in words.shared(&lesson.words) {
                recalled.words.push((hash, Vec::new()));
                if let Some((_, scores)) = recalled.words.last_mut() {
                    add(scores, &lesson.shortfall, voice * part / resemblance);
                }
            }
        }
        recalled.words.sort_by_key(|(hash, _)| *hash);
        recalled.words.dedup_by(|later, kept| {
            let same = later.0 == kept.0;
            if same {
                add(&mut kept.1, &later.1, 1.0);
            }
            same
        });
        recalled
    }
}

impl Words {
    fn of(features: &Features, known: &Vocabulary) -> Self {
        let mut words: Vec<(u64, f32)> = features
            .vocabulary()
            .iter()
            .map(|word| (word.hash, word.weight * known.rarity(word.hash)))
            .collect();
        let length = words.iter().map(|(_, value)| value * value).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
        for (_, value) in &mut words {
            *value /= length;
        }
        Self(words)
    }

    /// The words of both, each with what it adds to the resemblance.
    fn shared<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = (u64, f32)> + 'a {
        let mut rest = other.0.iter().peekable();
        self.0.iter().filter_map(move |(hash, value)| {
            while rest.next_if(|(theirs, _)| theirs < hash).is_some() {}
            let (_, theirs) = rest.next_if(|(theirs, _)| theirs == hash)?;
            Some((*hash, value * theirs))
        })
    }
}

fn add(scores: &mut Vec<f32>, more: &[f32], times: f32) {
    scores.resize(more.len(), 0.0);
    for (score, more) in scores.iter_mut().zip(more) {
        *score += more * times;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Message;

    fn features(text: &str) -> Features {
        Features::of(&Message::alone(text)).expect("has text")
    }

    #[test]
    fn what_was_corrected_holds_for_what_resembles_it_and_for_nothing_else() {
        let known = Vocabulary::new();
        let mut memory = Memory::default();
        memory.keep(&features("where is my parcel"), &known, &[0.9, 0.1], Some(1), 1.0);
        let says = |text: &str| memory.recall(&features(text), &known).scores;
        let same = says("where is my parcel");
        let alike = says("my parcel, where is it");
        assert!(same[1] > 4.0 && same[0] < -4.0, "{same:?}");
        assert!(alike[1] > 0.5 && alike[1] < same[1], "{alike:?}");
        assert!(says("how do I print a label").is_empty());
    }

    #[test]
    fn a_lesson_that_was_expected_is_not_kept() {
        let known = Vocabulary::new();
        let mut memory = Memory::default();
        memory.keep(&features("where is my parcel"), &known, &[0.02, 0.98], Some(1), 1.0);
        assert!(memory.recall(&features("where is my parcel"), &known).scores.is_empty());
    }

    #[test]
    fn the_parts_of_the_words_sum_to_what_the_lessons_say() {
        let known = Vocabulary::new();
        let mut memory = Memory::default();
        memory.keep(&features("where is my parcel"), &known, &[0.9, 0.1], Some(1), 1.0);
        memory.keep(&features("the parcel is late"), &known, &[0.5, 0.5], Some(1), 1.0);
        let recalled = memory.recall(&features("is my parcel late?"), &known);
        let total: f32 = recalled.words.iter().map(|(_, scores)| scores[1]).sum();
        assert!((total - recalled.scores[1]).abs() < 1e-4, "{recalled:?}");
    }

    #[test]
    fn the_oldest_lessons_are_forgotten_first() {
        let known = Vocabulary::new();
        let mut memory = Memory::default();
        for index in 0..=KEPT {
            memory.keep(&features(&format!("w{index}x")), &known, &[1.0, 0.0], Some(1), 1.0);
        }
        assert!(memory.recall(&features("w0x"), &known).scores.is_empty());
        assert!(!memory.recall(&features("w1x"), &known).scores.is_empty());
        assert_eq!(memory.index.len(), KEPT, "a forgotten lesson leaves nothing in the index");
    }

    #[test]
    fn the_index_finds_what_going_through_all_lessons_finds() {
        let known = Vocabulary::new();
        let words = ["parcel", "late", "invoice", "refund", "card", "where", "my", "is"];
        let text = |number: usize| {
            let chosen = words.iter().enumerate().filter(|(place, _)| number >> place & 1 == 1);
            chosen.map(|(_, word)| *word).collect::<Vec<_>>().join(" ")
        };
        let mut memory = Memory::default();
        for number in 1..KEPT + 200 {
            let text = format!("{} w{number}x", text(number % 255 + 1));
            memory.keep(&features(&text), &known, &[1.0, 0.0], Some(1), 1.0);
        }
        let message = Words::of(&features(&text(0b1011_0101)), &known);
        let one_by_one: Vec<f32> = memory
            .lessons()
            .map(|lesson| message.shared(&lesson.words).map(|(_, part)| part).sum())
            .collect();
        assert_eq!(memory.resemblances(&message), one_by_one);
        assert!(one_by_one.iter().any(|resemblance| *resemblance > 0.5));
    }
}
