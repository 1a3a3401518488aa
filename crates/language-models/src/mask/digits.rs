//! What is made of digits: cards, bank accounts, telephone numbers, and any long number.

use super::{Found, Kind};
use std::ops::Range;

/// The least digits of a run that is taken out.
const LONG: usize = 7;
/// The most digits of a telephone number.
const PHONE: usize = 15;
/// The digits of a payment card.
const CARD: std::ops::RangeInclusive<usize> = 13..=19;
/// The most characters between two digits of a card.
const CARD_GAP: usize = 3;
/// The most characters between two digits of another number.
const GAP: usize = 2;
/// The characters of an IBAN.
const IBAN: std::ops::RangeInclusive<usize> = 15..=34;

/// The value of a decimal digit of the scripts in everyday use.
pub(super) fn digit(c: char) -> Option<u32> {
    const ZEROS: [u32; 16] = [
        0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
        0x0e50, 0x0ed0, 0x1040, 0x17e0,
    ];
    c.to_digit(10).or_else(|| {
        let code = u32::from(c);
        ZEROS.iter().find(|zero| (**zero..**zero + 10).contains(&code)).map(|zero| code - zero)
    })
}

/// A digit and where it stands.
#[derive(Debug, Clone, Copy)]
struct Digit {
    at: usize,
    value: u32,
}

/// Runs of digits with at most `gap` characters between two, all of which `parts` allows.
fn runs(text: &[char], gap: usize, parts: fn(char) -> bool) -> Vec<Vec<Digit>> {
    let mut runs: Vec<Vec<Digit>> = Vec::new();
    let mut between = usize::MAX;
    for (at, c) in text.iter().copied().enumerate() {
        if let Some(value) = digit(c) {
            match runs.last_mut() {
                Some(run) if between <= gap => run.push(Digit { at, value }),
                Some(_) | None => runs.push(vec![Digit { at, value }]),
            }
            between = 0;
        } else if parts(c) {
            between = between.saturating_add(1);
        } else {
            between = usize::MAX;
        }
    }
    runs
}

/// Dashes of every kind: hyphens, minus, dashes of half and of full width.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// What people and programs put between the groups of a card's digits.
fn parts_card(c: char) -> bool {
    c.is_whitespace() || is_dash(c) || ".,/_*·|:;+".contains(c)
}

fn parts_number(c: char) -> bool {
    is_dash(c) || " \u{a0}./()_".contains(c)
}

/// Every window of a card's length whose check digit is right.
pub(super) fn cards(text: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    for run in runs(text, CARD_GAP, parts_card) {
        let mut last: Option<Range<usize>> = None;
        for start in 0..run.len() {
            let longest = CARD.rev().filter_map(|length| run.get(start..start + length)).find(|w| is_card(w));
            let Some([first, .., end]) = longest else { continue };
            let at = first.at..end.at + 1;
            match &mut last {
                // Windows that overlap are one place, lest there be as many as digits.
                Some(last) if at.start < last.end => last.end = last.end.max(at.end),
                Some(_) | None => {
                    found.extend(last.replace(at).map(|at| Found { kind: Kind::Card, at }));
                }
            }
        }
        found.extend(last.map(|at| Found { kind: Kind::Card, at }));
    }
    found
}

/// Whether the last digit is right by Luhn.
fn is_card(digits: &[Digit]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| match (place % 2, digit.value) {
            (0, value) => value,
            (_, value) if value > 4 => value * 2 - 9,
            (_, value) => value * 2,
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Account numbers by their shape and check digits, with or without blanks. They may overlap: what only looks like one must
/// not hide the one that begins inside it.
pub(super) fn ibans(text: &[char]) -> Vec<Found> {
    let at = |from: usize| Some(Found { kind: Kind::Iban, at: from..iban_at(text, from)? });
    (0..text.len()).filter_map(at).collect()
}

/// The end of the account number that begins here, its first four characters written together: the longest that ends with a word, else the longest.
fn iban_at(text: &[char], from: usize) -> Option<usize> {
    let mut signs: Vec<(char, usize)> = Vec::with_capacity(*IBAN.end());
    let mut between = 0;
    for (at, c) in text.iter().copied().enumerate().skip(from) {
        if c.is_ascii_alphanumeric() {
            let fits = match signs.len() {
                0 | 1 => c.is_ascii_alphabetic(),
                2 | 3 => c.is_ascii_digit(),
                _ => true,
            };
            if !fits || signs.len() == *IBAN.end() {
                break;
            }
            signs.push((c.to_ascii_uppercase(), at));
            between = 0;
        } else if signs.len() >= 4 && between < 2 && (c == ' ' || c == '\u{a0}' || c == '-') {
            between += 1;
        } else {
            break;
        }
    }
    let lengths = IBAN.rev().filter_map(|length| signs.get(..length));
    let ends = lengths.filter(|signs| has_right_check(signs)).filter_map(|signs| Some(signs.last()?.1 + 1));
    let ends: Vec<usize> = ends.collect();
    let ends_a_word = |end: &&usize| text.get(**end).is_none_or(|c| !c.is_alphanumeric());
    ends.iter().find(ends_a_word).or(ends.first()).copied()
}

/// Whether the remainder by 97 is 1, with the first four characters moved to the end.
fn has_right_check(signs: &[(char, usize)]) -> bool {
    let moved = signs.iter().skip(4).chain(signs.iter().take(4));
    let remainder = moved.filter_map(|(c, _)| c.to_digit(36)).fold(0, |remainder, value| {
        let shift = if value > 9 { 100 } else { 10 };
        (remainder * shift + value) % 97
    });
    remainder == 1
}

/// Any run of seven digits or more; a telephone number by its plus, brackets or groups.
pub(super) fn numbers(text: &[char]) -> Vec<Found> {
    runs(text, GAP, parts_number)
        .into_iter()
        .filter(|run| run.len() >= LONG)
        .filter_map(|run| {
            let (first, last) = (run.first()?, run.last()?);
            let has_plus = first.at.checked_sub(1).and_then(|before| text.get(before)) == Some(&'+');
            let start = if has_plus { first.at - 1 } else { first.at };
            let is_grouped = last.at - first.at >= run.len();
            let is_phone = (has_plus || is_grouped) && run.len() <= PHONE;
            let kind = if is_phone { Kind::Phone } else { Kind::Number };
            Some(Found { kind, at: start..last.at + 1 })
        })
        .collect()
}
