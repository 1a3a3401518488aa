//! Where a text holds the quotation or the link of an article, and the text without them.
//!
//! Capitals, blanks, quotation marks and what stands at the ends of a quotation are taken for one another, so that a
//! quotation that was put into a sentence is found. What is taken out leaves no empty line, lone mark or pair of brackets.

use crate::drafting::CUT;
use domain::DraftSource;
use std::ops::Range;

/// Pieces of a quotation that was cut count from so many letters on: fewer stand in any text.
const LEAST: usize = 12;
/// Marks that open and close something.
const PAIRS: [(char, char); 10] = [
    ('(', ')'),
    ('[', ']'),
    ('<', '>'),
    ('"', '"'),
    ('\'', '\''),
    ('“', '”'),
    ('„', '“'),
    ('«', '»'),
    ('‘', '’'),
    ('「', '」'),
];
/// Marks that end a sentence, or part of one.
const STOPS: [char; 6] = ['.', ',', ';', ':', '!', '?'];

/// A text with one blank for many.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a text holds the quotation or the link of a source.
pub(super) fn holds(text: &str, source: &DraftSource) -> bool {
    place(text, source).is_some()
}

/// The text without every quotation and link of a source.
pub(super) fn taken_out(text: &str, source: &DraftSource) -> String {
    let mut left = text.to_owned();
    while let Some(place) = place(&left, source) {
        let shorter = closed_up(&left, &place);
        if shorter.len() >= left.len() {
            break;
        }
        left = shorter;
    }
    left
}

fn place(text: &str, source: &DraftSource) -> Option<Range<usize>> {
    link(text, source).or_else(|| quotation(text, source))
}

/// Where the address of an article stands, with what follows it of the address and the article's title before it.
fn link(text: &str, source: &DraftSource) -> Option<Range<usize>> {
    let url = source.url.as_deref()?.trim_end_matches('/');
    let bare = url.split_once("://").map_or(url, |(_, bare)| bare);
    if bare.is_empty() {
        return None;
    }
    let (at, to) = text.match_indices(bare).find_map(|(at, bare)| {
        let before = text.get(..at)?;
        let after = text.get(at + bare.len()..)?;
        let is_whole = !before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@'))
            && !after.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '%' | '~'));
        // "…/1/other" is another page; "…/1/", "…/1?from=mail" and "…/1#end" are this one.
        let tail =
            after.find(|c: char| c.is_whitespace() || "<>()[]{}\"”»“,".contains(c)).unwrap_or(after.len());
        let tail = after.get(..tail)?.trim_end_matches(STOPS);
        let is_other =
            tail.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric()));
        (is_whole && !is_other).then_some((at, at + bare.len() + tail.len()))
    })?;
    let before = text.get(..at)?;
    let before = before.strip_suffix("https://").or_else(|| before.strip_suffix("http://")).unwrap_or(before);
    let titled =
        before.trim_end().strip_suffix(':').and_then(|before| before.strip_suffix(source.title.trim()));
    Some(titled.unwrap_or(before).len()..to)
}

/// Where a quotation stands, or a piece of one that was cut.
fn quotation(text: &str, source: &DraftSource) -> Option<Range<usize>> {
    let stands = folded(text);
    let is_cut = source.quotation.contains(CUT);
    source.quotation.split(CUT).find_map(|piece| {
        let wanted = folded(piece);
        let from = wanted.iter().position(|(c, _)| c.is_alphanumeric())?;
        let to = wanted.iter().rposition(|(c, _)| c.is_alphanumeric())?;
        let wanted = wanted.get(from..=to)?;
        if is_cut && wanted.iter().filter(|(c, _)| c.is_alphanumeric()).count() < LEAST {
            return None;
        }
        let is_same =
            |window: &[Folded]| window.iter().zip(wanted).all(|((one, _), (other, _))| one == other);
        let is_of_word = |at: Option<&Folded>| at.is_some_and(|(c, _)| c.is_alphanumeric() && c.is_ascii());
        let (_, window) = stands.windows(wanted.len()).enumerate().find(|(at, window)| {
            is_same(window)
                && !is_of_word(at.checked_sub(1).and_then(|before| stands.get(before)))
                && !is_of_word(stands.get(at + window.len()))
        })?;
        Some(window.first()?.1.start..window.last()?.1.end)
    })
}

/// A character as it is compared, and where it stands.
type Folded = (char, Range<usize>);

fn folded(text: &str) -> Vec<Folded> {
    let mut folded: Vec<Folded> = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let place = at..at + c.len_utf8();
        let is_mark = PAIRS.iter().any(|(open, close)| (c == *open || c == *close) && !"()[]<>".contains(c));
        if c.is_whitespace() {
            match folded.last_mut() {
                Some((' ', blank)) => blank.end = place.end,
                Some(_) | None => folded.push((' ', place)),
            }
        } else if is_mark {
            folded.push(('"', place));
        } else {
            folded.extend(c.to_lowercase().map(|c| (c, place.clone())));
        }
    }
    folded
}

/// The text without a place, and without what makes no sense where that is gone.
fn closed_up(text: &str, place: &Range<usize>) -> String {
    let (mut before, mut after) =
        (text.get(..place.start).unwrap_or(text), text.get(place.end..).unwrap_or_default());
    // What ends the quotation goes with it, inside its marks and outside.
    loop {
        let inner = after.trim_start_matches(STOPS);
        let pair = PAIRS.iter().find_map(|(open, close)| {
            Some((
                before.trim_end_matches(' ').strip_suffix(*open)?,
                inner.trim_start_matches(' ').strip_prefix(*close)?,
            ))
        });
        let Some(outside) = pair else { break };
        (before, after) = outside;
    }
    let says_something = |text: &str| text.contains(char::is_alphanumeric);
    let line_before = before.rsplit('\n').next().unwrap_or_default();
    let line_after = after.split('\n').next().unwrap_or_default();
    if !says_something(line_before) && !says_something(line_after) {
        let above = before.strip_suffix(line_before).unwrap_or(before);
        let below = after.strip_prefix(line_after).unwrap_or(after);
        let is_paragraph =
            above.trim_end_matches([' ', '\t', '\r']).ends_with("\n\n") || below.starts_with("\n\n");
        let (above, below) = (above.trim_end(), below.trim_start());
        return match (above.is_empty(), below.is_empty()) {
            (true, _) => below.to_owned(),
            (_, true) => above.to_owned(),
            (false, false) => format!("{above}{}{below}", if is_paragraph { "\n\n" } else { "\n" }),
        };
    }
    let left = before.trim_end_matches([' ', '\t']);
    let is_open = left.is_empty() || left.ends_with(|c: char| c == '\n' || STOPS.contains(&c));
    let right = after.trim_start_matches([' ', '\t']);
    let right = if is_open { right.trim_start_matches(STOPS).trim_start_matches([' ', '\t']) } else { right };
    let is_close = right.is_empty()
        || right.starts_with(|c: char| c == '\n' || STOPS.contains(&c) || ")]>”»".contains(c));
    let starts_line = left.is_empty() || left.ends_with('\n');
    format!("{left}{}{right}", if starts_line || is_close { "" } else { " " })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const URL: &str = "https://help.example/articles/1-refunds";

    fn source() -> DraftSource {
        DraftSource {
            article_id: Some("1".into()),
            title: "Ask for a refund".to_owned(),
            url: Some(URL.to_owned()),
            quotation: "It takes five to ten days to arrive.".to_owned(),
        }
    }

    #[test]
    fn a_link_is_found_with_what_hangs_on_it_and_no_other_page_is() {
        for linked in [
            "https://help.example/articles/1-refunds",
            "See http://help.example/articles/1-refunds/.",
            "help.example/articles/1-refunds?from=mail#end",
            "(https://help.example/articles/1-refunds)",
        ] {
            assert!(holds(linked, &source()), "{linked}");
        }
        for other in [
            "https://help.example/articles/1-refunds-abroad",
            "https://help.example/articles/1-refunds/next",
            "https://my.help.example/articles/1-refunds",
            "https://help.example/articles/12",
            "It takes five to ten",
            "Ask for a refund",
        ] {
            assert!(!holds(other, &source()), "{other}");
        }
    }

    #[test]
    fn a_quotation_is_found_in_a_sentence_however_it_is_written() {
        for quoted in [
            "It takes five to ten days to arrive.",
            "As we say, it takes five  to ten\ndays to arrive, so wait.",
            "“IT TAKES FIVE TO TEN DAYS TO ARRIVE”",
        ] {
            assert!(holds(quoted, &source()), "{quoted}");
        }
        assert!(!holds("Transit takes five to ten days to arrive", &source()));
        let cut = DraftSource { quotation: "So.\n[…]\nThe bank needs some days.".to_owned(), ..source() };
        assert!(holds("The bank needs some days", &cut));
        assert!(!holds("So we wait.", &cut), "what is left of a cut is too short to be one");
        let dense = DraftSource {
            quotation: "返金には五日から十日かかります。".to_owned(), ..source()
        };
        assert!(holds("なお返金には五日から十日かかりますので、", &dense));
    }

    #[test]
    fn what_is_taken_out_leaves_the_rest_as_it_was() {
        for (text, left) in [
            (
                "Hi,\n\nabout a week.\n\nAsk for a refund: https://help.example/articles/1-refunds",
                "Hi,\n\nabout a week.",
            ),
            (
                "A.\n\n“It takes five to ten days to arrive.”\nAsk for a refund: https://help.example/articles/1-refunds\n\nYours, Sam",
                "A.\n\nYours, Sam",
            ),
            ("A. It takes five to ten days to arrive. B.", "A. B."),
            ("We say: \"It takes five to ten days to arrive.\" So wait.", "We say: So wait."),
            ("See https://help.example/articles/1-refunds for more.", "See for more."),
            ("All about it (https://help.example/articles/1-refunds).", "All about it."),
            ("- one\n- https://help.example/articles/1-refunds\n- two", "- one\n- two"),
            ("Wait, it takes five to ten days to arrive, and write to us.", "Wait, and write to us."),
            ("It takes five to ten days to arrive.", ""),
            ("Nothing of it.\n\n\n  Kept as it is ,", "Nothing of it.\n\n\n  Kept as it is ,"),
        ] {
            assert_eq!(taken_out(text, &source()), left);
        }
    }

    proptest! {
        #[test]
        fn nothing_of_it_is_left_and_no_other_word_is_lost(
            pieces in proptest::collection::vec(
                prop_oneof![
                    Just(URL.to_owned()),
                    Just("it takes five to ten\ndays to arrive.".to_owned()),
                    Just("Ask for a refund: ".to_owned()),
                    "[ \n.,:“”()é-]{0,4}",
                    "(kept|Zoë|five days)",
                ],
                0..12,
            ),
        ) {
            let text = pieces.join(" ");
            let left = taken_out(&text, &source());
            prop_assert!(!holds(&left, &source()), "{left}");
            let own = |text: &str| ["kept", "Zoë", "five days"].map(|word| text.matches(word).count());
            prop_assert_eq!(own(&left), own(&text), "{}", left);
        }

        #[test]
        fn any_text_at_all_can_be_looked_at(text in any::<String>(), quotation in any::<String>(), url in any::<String>()) {
            let odd = DraftSource { quotation, url: Some(url), ..source() };
            let left = taken_out(&text, &odd);
            prop_assert!(!holds(&left, &odd) || left == text);
        }
    }
}
