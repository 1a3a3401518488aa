//! Finds the words of the newest text that weighed most for or against the suggested bucket.
//!
//! The weight of a word is what the log-odds of the bucket would lose without it, to first order: the weights of all
//! features that the word takes part in, less the room that its going would give to the rest (blocks of features
//! have a fixed length). Only whole words are shown, joined with neighbours that pull the same way; articles,
//! pronouns and their like appear inside a phrase and not alone.

use crate::calibration::Calibration;
use crate::features::Features;
use crate::memory::Recalled;
use crate::tokens::Token;
use crate::verdict::Evidence;

const MOST: usize = 6;
const MOST_AGAINST: usize = 2;
const LONGEST_PHRASE: usize = 4;
/// Longest stretch of text worth marking, in bytes.
const LONGEST_PLACE: usize = 120;
/// A neighbour joins a phrase if it weighs this share of its strongest word.
const JOINS: f64 = 0.3;
/// What weighs less than this share of the strongest is not shown.
const TELLING: f64 = 0.12;
const TELLING_AGAINST: f64 = 0.3;
const LEAST: f64 = 0.05;

/// How much a bucket's score counts for the suggested one against its rivals, by bucket.
pub(crate) struct Margins {
    parts: Vec<f64>,
    temperature: f64,
}

impl Margins {
    /// Rivals count as much as they are probable, and everything as much as the scores are trusted.
    pub(crate) fn new(best: usize, sharp: &[f64], calibration: &Calibration, familiarity: f64) -> Self {
        let rivals: f64 =
            sharp.iter().enumerate().filter(|(index, _)| *index != best).map(|(_, share)| share).sum();
        let of = |(index, share): (usize, &f64)| {
            let part = if index == best {
                1.0
            } else if rivals > 0.0 {
                -share / rivals
            } else {
                0.0
            };
            part * calibration.trust(familiarity)
        };
        Self { parts: sharp.iter().enumerate().map(of).collect(), temperature: calibration.temperature() }
    }

    fn of(&self, row: &[f32]) -> f64 {
        self.of_log_odds(row) / self.temperature
    }

    fn of_log_odds(&self, scores: &[f32]) -> f64 {
        self.parts.iter().zip(scores).map(|(part, score)| part * f64::from(*score)).sum()
    }
}

/// The evidence of a message, in the order of the text.
///
/// `row` gives the weights of a feature that was trained, `recalled` what the lessons say about the message.
pub(crate) fn find<'w>(
    newest: &str,
    features: &Features,
    margins: &Margins,
    row: impl Fn(u64) -> Option<&'w [f32]>,
    recalled: &Recalled,
) -> Vec<Evidence> {
    let tokens = &features.newest.list;
    let effects = effects(features, margins, row, recalled);
    let is_telling: Vec<bool> = tokens
        .iter()
        .map(|token| token.kind.is_showable() && !is_function_word(features.newest.folded(token)))
        .collect();
    let mut phrases = strongest(tokens, &effects, &is_telling);
    if !phrases.iter().any(|phrase| phrase.weight > 0.0) {
        // Only function words speak for the bucket: better those than none.
        let is_showable: Vec<bool> = tokens.iter().map(|token| token.kind.is_showable()).collect();
        phrases = strongest(tokens, &effects, &is_showable);
    }
    phrases.sort_unstable_by_key(|phrase| phrase.first);
    place(newest, tokens, &phrases)
}

/// What each token of the newest text adds to the log-odds.
fn effects<'w>(
    features: &Features,
    margins: &Margins,
    row: impl Fn(u64) -> Option<&'w [f32]>,
    recalled: &Recalled,
) -> Vec<f64> {
    let mut effects = vec![0.0; features.newest.list.len()];
    let mut own = effects.clone();
    for block in features.blocks() {
        let margin_of = |hash| row(hash).map_or(0.0, |weights| margins.of(weights));
        let pulls: Vec<f64> =
            block.entries.iter().map(|entry| f64::from(entry.value) * margin_of(entry.hash)).collect();
        let total: f64 = pulls.iter().sum();
        for (entry, pull) in block.entries.iter().zip(&pulls) {
            let value = f64::from(entry.value / block.length);
            // Without it, the rest of the block would be scaled up by about this share.
            let room = total * value * value / 2.0;
            let echo = recalled.of_word(entry.hash).map_or(0.0, |scores| margins.of_log_odds(scores));
            for (source, share) in features.sources(entry) {
                let share = f64::from(share) / 2.0;
                for token in [source.tokens.0, source.tokens.1].map(|token| token as usize) {
                    // Tokens of other texts than the newest are past the end.
                    if let (Some(effect), Some(own)) = (effects.get_mut(token), own.get_mut(token)) {
                        *effect += (pull - room + echo) * share;
                        *own += (pull + echo) * share;
                    }
                }
            }
        }
    }
    // A word that only takes up room says nothing itself.
    for (effect, own) in effects.iter_mut().zip(own) {
        if *effect * own <= 0.0 {
            *effect = 0.0;
        }
    }
    effects
}

#[derive(Debug, Clone, Copy)]
struct Phrase {
    first: usize,
    last: usize,
    weight: f64,
}

/// The phrases that weigh most, none overlapping another.
fn strongest(tokens: &[Token], effects: &[f64], shown: &[bool]) -> Vec<Phrase> {
    let effect = |index: usize| effects.get(index).copied().unwrap_or_default();
    let is_shown = |index: usize| shown.get(index).copied().unwrap_or_default();
    let mut order: Vec<usize> = (0..tokens.len()).filter(|index| is_shown(*index)).collect();
    order.sort_by(|one, other| effect(*other).abs().total_cmp(&effect(*one).abs()).then(one.cmp(other)));
    let Some(top) = order.first().map(|index| effect(*index).abs()).filter(|top| *top > LEAST) else {
        return Vec::new();
    };
    let mut taken = vec![false; tokens.len()];
    let mut phrases: Vec<Phrase> = Vec::new();
    let mut against = 0;
    for index in order {
        let strength = effect(index);
        if phrases.len() == MOST || strength.abs() < top * TELLING {
            break;
        }
        let is_against = strength < 0.0;
        let is_taken = taken.get(index).copied().unwrap_or(true);
        if is_taken || (is_against && (against == MOST_AGAINST || strength.abs() < top * TELLING_AGAINST)) {
            continue;
        }
        let phrase = grow(tokens, effects, &taken, &is_shown, index);
        against += usize::from(is_against);
        for place in taken.get_mut(phrase.first..=phrase.last).unwrap_or_default() {
            *place = true;
        }
        phrases.push(phrase);
    }
    phrases
}

/// Lets a word take in the neighbours that pull the same way, over at most one that does not matter.
fn grow(
    tokens: &[Token],
    effects: &[f64],
    taken: &[bool],
    is_shown: &impl Fn(usize) -> bool,
    start: usize,
) -> Phrase {
    let effect = |index: usize| effects.get(index).copied().unwrap_or_default();
    let strength = effect(start);
    let is_free = |index: usize| {
        taken.get(index) == Some(&false) && tokens.get(index).is_some_and(|token| token.kind.is_showable())
    };
    let joins = |index: usize| is_free(index) && is_shown(index) && effect(index) / strength >= JOINS;
    let bridges = |index: usize| is_free(index) && effect(index) / strength > -JOINS;
    let follows = |index: usize| tokens.get(index).is_some_and(|token| token.follows);
    let (mut first, mut last) = (start, start);
    loop {
        let room = LONGEST_PHRASE - (last - first + 1);
        if room >= 1 && follows(last + 1) && joins(last + 1) {
            last += 1;
        } else if room >= 1 && follows(first) && first >= 1 && joins(first - 1) {
            first -= 1;
        } else if room >= 2 && follows(last + 1) && follows(last + 2) && bridges(last + 1) && joins(last + 2)
        {
            last += 2;
        } else if room >= 2
            && first >= 2
            && follows(first)
            && follows(first - 1)
            && bridges(first - 1)
            && joins(first - 2)
        {
            first -= 2;
        } else {
            break;
        }
    }
    Phrase { first, last, weight: (first..=last).map(effect).sum() }
}

/// Turns tokens into places of the text, counted in UTF-16 code units.
fn place(newest: &str, tokens: &[Token], phrases: &[Phrase]) -> Vec<Evidence> {
    let mut evidence = Vec::with_capacity(phrases.len());
    let (mut byte, mut units) = (0, 0);
    for phrase in phrases {
        let (Some(first), Some(last)) = (tokens.get(phrase.first), tokens.get(phrase.last)) else { continue };
        let words = first.place.start..last.place.end;
        let (Some(between), Some(text)) = (newest.get(byte..words.start), newest.get(words.clone())) else {
            continue;
        };
        if words.len() > LONGEST_PLACE {
            continue;
        }
        let start = units + between.encode_utf16().count();
        let end = start + text.encode_utf16().count();
        (byte, units) = (words.end, end);
        evidence.push(Evidence { text: text.to_owned(), start, end, weight: phrase.weight });
    }
    evidence
}

/// The sets of pieces to try leaving out, small ones first: each alone, each pair, then ever more of the strongest.
pub(crate) fn sets(evidence: &[Evidence], some: &[usize]) -> Vec<Vec<usize>> {
    let weight = |index: &usize| evidence.get(*index).map_or(0.0, |piece| piece.weight);
    let mut strongest = some.to_vec();
    strongest.sort_by(|one, other| weight(other).total_cmp(&weight(one)).then(one.cmp(other)));
    let mut sets: Vec<Vec<usize>> = strongest.iter().map(|index| vec![*index]).collect();
    for (place, one) in strongest.iter().enumerate() {
        sets.extend(strongest.iter().skip(place + 1).map(|other| vec![*one, *other]));
    }
    sets.extend((3..=strongest.len()).filter_map(|count| strongest.get(..count)).map(<[usize]>::to_vec));
    sets
}

/// The text without some of the pieces.
pub(crate) fn without(newest: &str, evidence: &[Evidence], some: &[usize]) -> String {
    let (mut rest, mut units) = (String::with_capacity(newest.len()), 0);
    let is_out = |unit: usize| {
        some.iter()
            .filter_map(|index| evidence.get(*index))
            .any(|piece| piece.start <= unit && unit < piece.end)
    };
    for letter in newest.chars() {
        if !is_out(units) {
            rest.push(letter);
        }
        units += letter.len_utf16();
    }
    rest
}

/// Words that say nothing to a reader when marked alone, folded.
fn is_function_word(folded: &str) -> bool {
    const WORDS: &[&str] = &[
        // English
        "a", "about", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "been",
        "but", "by", "can", "could", "did", "do", "does", "for", "from", "get", "got", "had", "has", "have",
        "he", "her", "here", "him", "his", "how", "i", "i'd", "i'm", "i've", "if", "in", "into", "is", "it",
        "it's", "its", "just", "me", "my", "no", "not", "of", "on", "or", "our", "out", "she", "so", "some",
        "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "too", "up",
        "us", "was", "we", "we're", "we've", "were", "what", "when", "where", "which", "who", "why", "will",
        "with", "would", "you", "your", // German, Dutch
        "der", "die", "das", "den", "dem", "ein", "eine", "einen", "ich", "wir", "sie", "ist", "und", "oder",
        "in", "im", "zu", "auf", "fur", "mit", "von", "de", "het", "een", "ik", "we", "wij", "is", "en",
        "van", "op", "te", "voor", // French, Spanish, Portuguese, Italian
        "le", "la", "les", "l", "un", "une", "des", "du", "et", "ou", "je", "nous", "vous", "est", "a", "au",
        "el", "los", "las", "una", "y", "o", "que", "me", "mi", "por", "para", "em", "os", "as", "um", "uma",
        "e", "do", "da", "il", "lo", "gli", "i", "di", "che", "con", "per", "non",
    ];
    WORDS.contains(&folded)
}
