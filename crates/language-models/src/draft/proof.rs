//! Whether a text says what is quoted of it, and what else a draft must not hold.
//!
//! Blanks, line breaks, quotation marks and dashes are written in many ways, by people and by models: they are taken for
//! one another. Everything else has to stand there letter by letter, and whole words at both ends: "able to pay" is no
//! quotation of "unable to pay".

use crate::mask::is_invisible;
use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;

/// What a quotation must have at least: so many letters and digits. Characters of scripts that write words without
/// blanks say more each and count as three.
const LEAST: usize = 12;
/// The first character of those scripts.
const DENSE: char = '\u{2e80}';
/// The most characters between square brackets that are taken for something left open.
const LONGEST_OPEN: usize = 80;
/// Ends of names that make a web address of a word with a dot in it, where nothing else does.
const ENDS: [&str; 24] = [
    "com", "net", "org", "io", "co", "info", "biz", "app", "dev", "me", "ai", "xyz", "shop", "site",
    "online", "top", "link", "click", "page", "ru", "cn", "de", "uk", "eu",
];

/// Where a quotation stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Place {
    /// There, in bytes of the text.
    At(Range<usize>),
    /// It is too short to show anything.
    TooShort,
    /// Nowhere.
    Nowhere,
}

/// Looks for a quotation in a text.
pub(super) fn find(text: &str, quotation: &str) -> Place {
    let stands = folded(text);
    // Texts are told with entities in them: a model may repeat those, or what they stand for.
    let plain = unescaped(quotation);
    let mut place = Place::TooShort;
    for quotation in [quotation, plain.as_str()] {
        let wanted = folded(quotation);
        let wanted = trimmed(&wanted);
        if weight(wanted) < LEAST {
            continue;
        }
        match position(&stands, wanted) {
            Some(at) => return Place::At(at),
            None => place = Place::Nowhere,
        }
    }
    place
}

/// What is in square brackets and stands so in no article: a place that somebody has to fill.
pub(super) fn open<'a>(text: &str, articles: impl Iterator<Item = &'a str>) -> Vec<String> {
    let articles: Vec<&str> = articles.collect();
    let mut open: Vec<String> = Vec::new();
    for piece in text.split('[').skip(1) {
        let Some((inside, _)) = piece.split_once(']') else { continue };
        let is_place =
            !inside.trim().is_empty() && !inside.contains('\n') && inside.chars().count() <= LONGEST_OPEN;
        let whole = format!("[{inside}]");
        if is_place && !open.contains(&whole) && !articles.iter().any(|article| article.contains(&whole)) {
            open.push(whole);
        }
    }
    open
}

/// Whether a text names a web or e-mail address that stands in no article.
pub(super) fn names_unknown_address<'a>(text: &str, articles: impl Iterator<Item = &'a str>) -> bool {
    let plain = |text: &str| -> String {
        text.chars().filter(|c| !is_invisible(*c)).nfkc().collect::<String>().to_lowercase()
    };
    let known: String = articles.map(plain).collect::<Vec<_>>().join(" ");
    let known: Vec<&str> = words(&known).collect();
    words(&plain(text)).any(|word| is_address(word) && !known.contains(&word))
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "<>()[]{}|\"«»“”„‘’‚`,;".contains(c))
        .map(|word| word.trim_matches(|c: char| ".:!?'*_…".contains(c)).trim_end_matches('/'))
        .filter(|word| !word.is_empty())
}

fn is_address(word: &str) -> bool {
    let has_scheme =
        word.contains("://") || ["mailto:", "tel:", "javascript:"].iter().any(|it| word.starts_with(it));
    let is_mail = word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'));
    let (host, path) =
        word.split_once(['/', '?', '#']).map_or((word, None), |(host, path)| (host, Some(path)));
    let host = host.split(':').next().unwrap_or_default();
    let is_host = host.rsplit_once('.').is_some_and(|(name, end)| {
        let is_name = name.chars().any(char::is_alphanumeric) && end.chars().count() >= 2;
        is_name && end.chars().all(char::is_alphabetic) && (path.is_some() || ENDS.contains(&end))
    });
    has_scheme || is_mail || word.starts_with("www.") || is_host
}

/// A character as it is compared, and where it stands.
type Folded = (char, Range<usize>);

/// A text as it is compared: one blank for many, one mark for all quotation marks, one dash for all.
fn folded(text: &str) -> Vec<Folded> {
    let mut folded: Vec<Folded> = Vec::with_capacity(text.len());
    for (at, c) in text.char_indices().filter(|(_, c)| !is_invisible(*c)) {
        let to = at + c.len_utf8();
        let c = match c {
            c if c.is_whitespace() => ' ',
            '"' | '\'' | '`' | '´' | '‘' | '’' | '‚' | '‛' | '“' | '”' | '„' | '‟' | '«' | '»' | '‹'
            | '›' | '「' | '」' | '『' | '』' | '＂' | '＇' => '"',
            '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' => '-',
            c => c,
        };
        match folded.last_mut() {
            Some((last, place)) if *last == c && matches!(c, ' ' | '"') => place.end = to,
            Some(_) | None => folded.push((c, at..to)),
        }
    }
    folded
}

fn trimmed(mut folded: &[Folded]) -> &[Folded] {
    let is_edge = |c: char| matches!(c, ' ' | '"');
    while let Some(((c, _), rest)) = folded.split_first() {
        if !is_edge(*c) {
            break;
        }
        folded = rest;
    }
    while let Some(((c, _), rest)) = folded.split_last() {
        if !is_edge(*c) {
            break;
        }
        folded = rest;
    }
    folded
}

fn weight(folded: &[Folded]) -> usize {
    let counted = folded.iter().filter(|(c, _)| c.is_alphanumeric());
    counted.map(|(c, _)| if *c >= DENSE { 3 } else { 1 }).sum()
}

/// Where the wanted characters stand one after the other, with whole words at both ends.
fn position(stands: &[Folded], wanted: &[Folded]) -> Option<Range<usize>> {
    let is_same = |window: &[Folded]| window.iter().zip(wanted).all(|((one, _), (other, _))| one == other);
    let parts_word = |outside: Option<&Folded>, inside: Option<&Folded>| {
        let is_of_word = |folded: &Folded| folded.0.is_alphanumeric() && folded.0 < DENSE;
        outside.is_some_and(is_of_word) && inside.is_some_and(is_of_word)
    };
    let found = stands.windows(wanted.len()).enumerate().find(|(at, window)| {
        let before = at.checked_sub(1).and_then(|before| stands.get(before));
        let after = stands.get(at + window.len());
        is_same(window) && !parts_word(before, window.first()) && !parts_word(after, window.last())
    });
    let (_, window) = found?;
    Some(window.first()?.1.start..window.last()?.1.end)
}

fn unescaped(text: &str) -> String {
    let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.iter().fold(text.to_owned(), |text, (entity, plain)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ARTICLE: &str = "Refunds\n\nYou can't get a refund after 14 days — see “Terms & <more>”.\nIf you are unable to \
                           pay, write to help@acme.example or open https://acme.example/pay.";

    fn quoted(quotation: &str) -> Option<&'static str> {
        match find(ARTICLE, quotation) {
            Place::At(at) => Some(&ARTICLE[at]),
            Place::TooShort | Place::Nowhere => None,
        }
    }

    #[test]
    fn what_stands_there_is_found_however_blanks_and_marks_are_written() {
        let there = "You can't get a refund after 14 days — see “Terms & <more>”";
        assert_eq!(
            quoted("You can’t  get a\nrefund after 14 days - see \"Terms & <more>\""),
            Some(&there[..there.len() - 3])
        );
        assert_eq!(
            quoted("see ''Terms &amp; &lt;more&gt;''. If you are unable"),
            Some("see “Terms & <more>”.\nIf you are unable")
        );
        assert_eq!(quoted("  “Refunds You can't get” "), Some("Refunds\n\nYou can't get"));
    }

    #[test]
    fn what_was_changed_left_out_or_made_up_is_not_there() {
        for invented in [
            "You can get a refund after 14 days",
            "You can't get a refund after 30 days",
            "You can't get … after 14 days",
            "you can't get a refund",
            "We always refund everything",
        ] {
            assert_eq!(find(ARTICLE, invented), Place::Nowhere, "{invented}");
        }
    }

    #[test]
    fn words_are_whole_at_both_ends() {
        assert_eq!(find(ARTICLE, "able to pay, write to"), Place::Nowhere);
        assert_eq!(find(ARTICLE, "unable to pay, wri"), Place::Nowhere);
        assert_eq!(quoted("unable to pay, write"), Some("unable to pay, write"));
        // No blanks part words there.
        let article = "退款在十四天内处理完毕。";
        assert!(matches!(find(article, "十四天内处理"), Place::At(_)));
    }

    #[test]
    fn a_word_or_two_show_nothing() {
        for short in ["", "\"", "a refund", "  … ", "&amp;&amp;"] {
            assert_eq!(find(ARTICLE, short), Place::TooShort, "{short}");
        }
    }

    #[test]
    fn places_to_fill_are_found_unless_the_article_has_them() {
        let article = "Press [Save] to go on.";
        let text =
            "Hi [Your Name], press [Save], write to [e-mail] or [e-mail], see [article_1], a[] b[\n] c[ ";
        assert_eq!(open(text, [article].into_iter()), ["[Your Name]", "[e-mail]", "[article_1]"]);
    }

    #[test]
    fn addresses_that_no_article_has_are_found_in_any_dress() {
        let unknown = |text: &str| names_unknown_address(text, [ARTICLE].into_iter());
        for known in [
            "Open https://acme.example/pay, or write to Help@acme.example.",
            "See (https://acme.example/pay/).",
            "It costs 3.50 and takes 1.5 days, e.g. today.Tomorrow it is done. Use Node.js or {{first_name|there}}.",
        ] {
            assert!(!unknown(known), "{known}");
        }
        for other in [
            "Open https://evil.example/pay",
            "Open https://acme.example/pay?to=evil",
            "Open https://acme.example",
            "Open evil.com now",
            "Open evil.example/login",
            "Open www.evil.example",
            "Open ｅｖｉｌ．ｃｏｍ",
            "Open e\u{200b}vil.com",
            "Write to thief@evil.example",
            "[click](http://evil.example)",
        ] {
            assert!(unknown(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_found_reads_as_it_was_quoted(text in "[a-c \n'’.-]{0,60}", from in 0_usize..60, length in 12_usize..40) {
            let quotation: String = text.chars().skip(from).take(length).collect();
            if let Place::At(at) = find(&text, &quotation) {
                let read = |text: &str| trimmed(&folded(text)).iter().map(|(c, _)| *c).collect::<String>();
                prop_assert_eq!(read(&text[at]), read(&quotation));
            }
        }

        #[test]
        fn any_text_at_all_can_be_looked_at(text in any::<String>(), quotation in any::<String>()) {
            let _ = find(&text, &quotation);
            let _ = open(&text, [quotation.as_str()].into_iter());
            let _ = names_unknown_address(&text, [quotation.as_str()].into_iter());
        }
    }
}
