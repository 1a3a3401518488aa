//! The passage of a text that answers best: whole sentences, as they stand in it.
//!
//! A heading, and a question, is no answer: neither is quoted, but what they say counts for the sentence below them.

use super::words::{is_one, words};
use std::collections::BTreeSet;
use std::ops::Range;
use store::SoughtWord;

/// The longest quotation, characters.
pub(super) const LONGEST: usize = 280;
/// Sentences of a text that are looked at.
const LOOKED_AT: usize = 2_000;
/// A line of more words is a sentence without its point, and no heading.
const WORDS_OF_HEADING: usize = 10;

/// A passage, and which of the words looked for stand in it or over it, by their places.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Passage {
    pub(super) text: String,
    pub(super) matched: BTreeSet<usize>,
}

/// The passage with the most weight of the words looked for; of two alike the first.
pub(super) fn best_passage(text: &str, sought: &[SoughtWord], weights: &[f64]) -> Passage {
    let sentences: Vec<Sentence> = sentences(text, sought);
    let mut best = Passage::default();
    let mut most = 0.0;
    let mut lent = BTreeSet::new();
    for (from, first) in sentences.iter().enumerate() {
        if first.is_heading {
            let follows_heading =
                from.checked_sub(1).and_then(|at| sentences.get(at)).is_some_and(|it| it.is_heading);
            if !follows_heading {
                lent.clear();
            }
            lent.extend(&first.matched);
            continue;
        }
        let mut matched: BTreeSet<usize> = first.matched.union(&std::mem::take(&mut lent)).copied().collect();
        if matched.is_empty() {
            continue;
        }
        let mut end = first.place.end;
        let mut weight = weight_of(&matched, weights);
        // As far as further sentences of the same paragraph bring something new, and find room.
        let mut ahead = matched.clone();
        for next in sentences.iter().skip(from + 1) {
            let has_room = text
                .get(first.place.start..next.place.end)
                .is_some_and(|passage| passage.chars().count() <= LONGEST);
            if next.is_heading || next.paragraph != first.paragraph || !has_room {
                break;
            }
            ahead.extend(&next.matched);
            let with = weight_of(&ahead, weights);
            if with > weight {
                (matched, end, weight) = (ahead.clone(), next.place.end, with);
            }
        }
        if weight > most {
            most = weight;
            let passage = text.get(first.place.start..end).unwrap_or_default();
            best = Passage { text: shortened(passage), matched };
        }
    }
    best
}

/// Which of the words looked for stand in a text, by their places.
pub(super) fn matches(text: &str, sought: &[SoughtWord]) -> BTreeSet<usize> {
    let words = words(text);
    let stands = |one: &SoughtWord| words.iter().any(|word| is_one(word, one));
    sought.iter().enumerate().filter(|(_, one)| stands(one)).map(|(at, _)| at).collect()
}

pub(super) fn weight_of(matched: &BTreeSet<usize>, weights: &[f64]) -> f64 {
    matched.iter().filter_map(|at| weights.get(*at)).sum()
}

/// A sentence, or a line that is none.
struct Sentence {
    /// Bytes in the text.
    place: Range<usize>,
    paragraph: usize,
    is_heading: bool,
    matched: BTreeSet<usize>,
}

fn sentences(text: &str, sought: &[SoughtWord]) -> Vec<Sentence> {
    let mut found = Vec::new();
    let mut paragraph = 0;
    let mut line_start = 0;
    for line in text.split_inclusive('\n') {
        if line.trim().is_empty() {
            paragraph += 1;
        }
        let pieces = pieces(line);
        let is_alone = pieces.len() == 1;
        for piece in pieces {
            let Some(sentence) = line.get(piece.clone()) else { continue };
            let is_asked = sentence.ends_with(['?', '？', '¿', '؟']);
            let is_item = sentence.starts_with(['•', '-', '*', '–']) || starts_with_number(sentence);
            let is_unfinished =
                !sentence.ends_with(['.', '!', '。', '！', ':', ';', ',', '…', ')', '"', '”']);
            let is_title = is_alone
                && is_unfinished
                && !is_item
                && sentence.split_whitespace().count() <= WORDS_OF_HEADING;
            found.push(Sentence {
                place: line_start + piece.start..line_start + piece.end,
                paragraph,
                is_heading: is_asked || is_title,
                matched: matches(sentence, sought),
            });
            if found.len() >= LOOKED_AT {
                return found;
            }
        }
        line_start += line.len();
    }
    // A text of one line is all there is to quote.
    if let [only] = found.as_mut_slice() {
        only.is_heading = false;
    }
    found
}

/// The sentences of a line, without the blanks around them.
fn pieces(line: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, letter) in line.char_indices() {
        let end = at + letter.len_utf8();
        let rest = line.get(end..).unwrap_or_default();
        let ends = match letter {
            '。' | '！' | '？' => true,
            '!' | '?' => rest.starts_with(char::is_whitespace),
            '.' => {
                let so_far = line.get(start..at).unwrap_or_default().trim();
                let next = rest.trim_start().chars().next();
                // Neither "1." nor "e.g. this".
                rest.starts_with(char::is_whitespace)
                    && !so_far.chars().all(char::is_numeric)
                    && !next.is_some_and(char::is_lowercase)
            }
            _ => false,
        };
        if ends {
            found.extend(trimmed(line, start..end));
            start = end;
        }
    }
    found.extend(trimmed(line, start..line.len()));
    found
}

fn trimmed(line: &str, range: Range<usize>) -> Option<Range<usize>> {
    let piece = line.get(range.clone())?;
    let start = range.start + (piece.len() - piece.trim_start().len());
    let piece = piece.trim();
    piece.chars().any(char::is_alphanumeric).then(|| start..start + piece.len())
}

fn starts_with_number(sentence: &str) -> bool {
    let digits = sentence.chars().take_while(char::is_ascii_digit).count();
    digits > 0 && sentence.chars().nth(digits).is_some_and(|c| c == '.' || c == ')')
}

/// The passage without needless blanks; one that is too long ends at a word, with a mark.
fn shortened(passage: &str) -> String {
    let lines = passage.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let text = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    cut(&text, LONGEST)
}

/// The text, or its beginning up to a word and a mark; at most so many characters.
pub(super) fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let beginning: String = text.chars().take(most.saturating_sub(2)).collect();
    let word = beginning.rfind(char::is_whitespace).filter(|at| *at > beginning.len() / 2);
    let kept = word.and_then(|at| beginning.get(..at)).unwrap_or(&beginning);
    format!("{} …", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::super::words::sought;
    use super::*;

    fn quote(text: &str, message: &str) -> String {
        let sought = sought(message, 24);
        best_passage(text, &sought, &vec![1.0; sought.len()]).text
    }

    #[test]
    fn the_sentences_that_answer_are_quoted_whole() {
        let text = "Northwind has three plans. You can change yours at any time.\n\nWe refund within thirty days. Name \
                    the number of the invoice. Plans are billed monthly.";
        assert_eq!(
            quote(text, "I want a refund for my invoice"),
            "We refund within thirty days. Name the number of the invoice."
        );
        assert_eq!(
            quote(text, "How do I change plans?"),
            "Northwind has three plans. You can change yours at any time."
        );
        assert_eq!(quote(text, "The scanner is broken"), "");
        assert_eq!(quote("", "refund"), "");
    }

    #[test]
    fn a_quotation_is_never_longer_than_the_most_and_says_where_it_was_cut() {
        let long = format!("A refund {}.", "is a matter of patience and ".repeat(30));
        let quoted = quote(&long, "refund");
        assert!(quoted.chars().count() <= LONGEST && quoted.ends_with(" …"), "{quoted}");
        let blankless = format!("refund{}", "ä".repeat(600));
        assert!(quote(&format!("refund {blankless}"), "refund").chars().count() <= LONGEST);
        let many = "Refund it. ".repeat(200);
        assert_eq!(quote(&many, "refund"), "Refund it.");
    }

    #[test]
    fn a_point_inside_a_word_an_abbreviation_or_a_number_ends_no_sentence() {
        assert_eq!(
            quote("Open app.example.com and ask for a refund. Then wait.", "refund"),
            "Open app.example.com and ask for a refund."
        );
        assert_eq!(
            quote("Any proof will do, e.g. an invoice. Then wait.", "proof"),
            "Any proof will do, e.g. an invoice."
        );
        assert_eq!(quote("1. Open Billing.\n2. Ask for a refund.", "refund"), "2. Ask for a refund.");
    }

    #[test]
    fn a_heading_or_a_question_is_not_quoted_but_what_stands_below_it_is() {
        let faq = "Refunds and returns\n\nHow do I get a refund?\nWrite to us within thirty days.\n\nOpening hours\n\nWe \
                   are closed on Sundays.";
        assert_eq!(quote(faq, "How can I get a refund?"), "Write to us within thirty days.");
        assert_eq!(quote(faq, "opening"), "We are closed on Sundays.");
        assert_eq!(quote("Refunds", "refund"), "Refunds", "all there is");
    }

    #[test]
    fn a_text_is_cut_at_a_word() {
        assert_eq!(cut("one two three", 13), "one two three");
        assert_eq!(cut("one two three", 12), "one two …");
        assert!(cut(&"ü".repeat(50), 10).chars().count() <= 10);
    }
}
