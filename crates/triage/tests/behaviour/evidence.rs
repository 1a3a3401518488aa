//! The evidence is what it says: words of the newest text, and the ones that carried the answer.

use crate::common::{FRESH, answer, held_out};
use triage::{Classification, Evidence, Message};
use unicode_segmentation::UnicodeSegmentation;

fn bytes_of(text: &str, evidence: &Evidence) -> std::ops::Range<usize> {
    let byte_at = |units: usize| {
        let mut seen = 0;
        for (byte, letter) in text.char_indices() {
            if seen == units {
                return byte;
            }
            seen += letter.len_utf16();
        }
        assert_eq!(seen, units, "inside a character");
        text.len()
    };
    byte_at(evidence.start)..byte_at(evidence.end)
}

fn check(text: &str, evidence: &[Evidence]) {
    assert!(evidence.len() <= 6, "{evidence:?}");
    let mut end = 0;
    for piece in evidence {
        assert!(piece.start >= end && piece.end > piece.start, "order in {evidence:?}");
        end = piece.end;
        let place = bytes_of(text, piece);
        assert_eq!(text[place.clone()], piece.text);
        assert!(piece.weight.is_finite() && piece.weight != 0.0);
        let letters =
            |side: Option<char>| side.is_some_and(|letter| letter.is_alphanumeric() && letter < '\u{3000}');
        let cuts_a_word =
            |at: usize| letters(text[..at].chars().next_back()) && letters(text[at..].chars().next());
        assert!(
            !cuts_a_word(place.start) && !cuts_a_word(place.end),
            "{:?} cuts a word of {text:?}",
            piece.text
        );
        let clusters: Vec<usize> = text.grapheme_indices(true).map(|(byte, _)| byte).collect();
        assert!(clusters.contains(&place.start), "{:?} cuts a character", piece.text);
        assert!(
            place.end == text.len() || clusters.contains(&place.end),
            "{:?} cuts a character",
            piece.text
        );
    }
}

fn probability(answer: &Classification, bucket: &str) -> f64 {
    answer.probabilities.iter().find(|(key, _)| key == bucket).unwrap().1
}

fn without(text: &str, places: &[std::ops::Range<usize>]) -> String {
    let mut left = String::new();
    let mut at = 0;
    for place in places {
        left.push_str(&text[at..place.start]);
        at = place.end;
    }
    left.push_str(&text[at..]);
    left
}

fn log_odds(probability: f64) -> f64 {
    (probability / (1.0 - probability)).ln()
}

#[test]
fn without_the_words_shown_the_answer_is_less_sure() {
    let (mut lower, mut all, mut drop_shown, mut drop_others, mut compared) = (0, 0, 0.0, 0.0, 0);
    for held in held_out() {
        let before = answer(&FRESH, &held.text);
        let shown: Vec<_> = before
            .evidence
            .iter()
            .filter(|piece| piece.weight > 0.0)
            .map(|piece| bytes_of(&held.text, piece))
            .collect();
        if shown.is_empty() {
            assert!(before.confidence < 0.5, "nothing speaks for {} in {:?}", before.bucket, held.text);
            continue;
        }
        let score = |text: &str| {
            FRESH
                .classify(&Message::alone(text))
                .classification()
                .map_or(0.25, |answer| probability(answer, &before.bucket))
        };
        let after = score(&without(&held.text, &shown));
        if let Some(told) = FRESH.without_evidence(&Message::alone(&held.text), &before) {
            assert!((told - after).abs() < 1e-9, "told {told}, found {after} in {:?}", held.text);
        }
        all += 1;
        lower += usize::from(after < before.confidence);

        // As many other words, evenly spread.
        let words: usize = shown.iter().map(|place| held.text[place.clone()].unicode_words().count()).sum();
        let others: Vec<_> = held
            .text
            .unicode_word_indices()
            .map(|(start, word)| start..start + word.len())
            .filter(|word| !shown.iter().any(|place| place.start < word.end && word.start < place.end))
            .collect();
        if others.len() >= words {
            let step = others.len() / words;
            let spread: Vec<_> = others.into_iter().step_by(step).take(words).collect();
            drop_shown += log_odds(before.confidence) - log_odds(after);
            drop_others += log_odds(before.confidence) - log_odds(score(&without(&held.text, &spread)));
            compared += 1;
        }
    }
    println!(
        "less sure in {lower} of {all}; log-odds lost: {:.2} by the words shown, {:.2} by as many others ({compared} messages)",
        drop_shown / f64::from(compared),
        drop_others / f64::from(compared)
    );
    assert!(lower * 100 >= all * 97, "less sure in {lower} of {all}");
    assert!(compared >= 80);
    assert!(drop_shown > 4.0 * drop_others, "{drop_shown} against {drop_others}");
}

#[test]
fn evidence_is_whole_words_in_order_for_all_messages() {
    for held in held_out() {
        check(&held.text, &answer(&FRESH, &held.text).evidence);
    }
}

#[test]
fn evidence_keeps_its_place_in_all_kinds_of_text() {
    for text in [
        "🙏🙏 refund please 💸 my invoice is wrong 👩‍👩‍👧 and the card was charged twice 🇩🇪",
        "Hi 👋🏽\r\n\r\nthe server is down 😱😱 nobody can log in!!",
        "これは請求書 invoice の返金 refund についてです。カード card",
        "مرحبا، أريد refund على invoice رقم 12 رجاءً",
        "שלום, the invoice שלי is wrong ואני רוצה refund",
        "e\u{301}tonné: ma carte bancaire a e\u{301}te\u{301} débite\u{301}e deux fois",
        "𝐮𝐫𝐠𝐞𝐧𝐭 server down 𠮷野家 offline",
        "ＲＥＦＵＮＤ　please",
        "\u{feff}refund\u{0}invoice\u{200b} card",
        "नमस्ते, refund चाहिए, invoice ग़लत है",
    ] {
        let answer = answer(&FRESH, text);
        assert!(!answer.evidence.is_empty(), "none in {text:?}");
        check(text, &answer.evidence);
    }
}

#[test]
fn evidence_stands_in_what_the_customer_wrote_and_not_in_quotes() {
    let text = "It happened again.\n> refund refund refund\nNobody can log in, all is down.\n\nOn 3 March 2026, Support \
                wrote:\n> The server is down";
    let quoted = [text.find("> refund").unwrap(), text.find("Nobody").unwrap(), text.find("On 3").unwrap()];
    for piece in answer(&FRESH, text).evidence {
        let place = bytes_of(text, &piece);
        assert!(!(quoted[0]..quoted[1]).contains(&place.start) && place.end <= quoted[2], "{piece:?}");
    }
}

#[test]
fn a_subject_weighs_and_is_no_evidence() {
    let subject = |subject| Message { subject, ..Message::alone("Please see the picture.") };
    let of = |message: &Message<'_>| {
        let verdict = FRESH.classify(message);
        probability(verdict.classification().unwrap(), "billing")
    };
    let with = subject(Some("Refund for invoice 4411"));
    assert!(of(&with) > of(&subject(None)) + 0.2);
    check("Please see the picture.", &FRESH.classify(&with).classification().unwrap().evidence);
}

#[test]
fn what_was_written_earlier_weighs_less_than_what_was_written_last() {
    let urgent = "The whole system is down and nobody can work.";
    let billing = "Could you send us the invoice for March?";
    let of = |newest, earlier: &[&str]| {
        let verdict = FRESH.classify(&Message { subject: None, newest, earlier });
        verdict.classification().unwrap().clone()
    };
    assert_eq!(of(billing, &[urgent]).bucket, "billing");
    assert_eq!(of(urgent, &[billing]).bucket, "urgent");
    let alone = probability(&of("Any news?", &[]), "urgent");
    assert!(probability(&of("Any news?", &[urgent]), "urgent") > alone);
}

#[test]
fn words_against_the_answer_are_shown_as_such() {
    let against = held_out()
        .iter()
        .flat_map(|held| answer(&FRESH, &held.text).evidence)
        .filter(|piece| piece.weight < 0.0)
        .count();
    assert!(against > 0);
}
