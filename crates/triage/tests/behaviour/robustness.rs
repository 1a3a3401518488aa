//! No text breaks it, and none takes long.

use crate::common::{FRESH, seeds};
use proptest::prelude::*;
use std::time::Instant;
use triage::{BucketSeed, Lesson, LocalModel, Message, OwnedMessage, Verdict, strip_history};

fn is_sound(model: &LocalModel, message: &Message<'_>) -> Result<(), TestCaseError> {
    let Verdict::Suggested(answer) = model.classify(message) else { return Ok(()) };
    let total: f64 = answer.probabilities.iter().map(|(_, share)| share).sum();
    prop_assert!((total - 1.0).abs() < 1e-6);
    prop_assert!((0.0..=1.0 + 1e-9).contains(&answer.confidence));
    let units: Vec<u16> = message.newest.encode_utf16().collect();
    let mut end = 0;
    for piece in &answer.evidence {
        prop_assert!(piece.start >= end && piece.end > piece.start);
        end = piece.end;
        prop_assert_eq!(String::from_utf16(&units[piece.start..piece.end]).ok(), Some(piece.text.clone()));
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_text_gets_a_sound_answer(newest in "\\PC{0,300}|(?s).{0,200}", subject in proptest::option::of("(?s).{0,60}"), earlier in "(?s).{0,80}") {
        is_sound(&FRESH, &Message { subject: subject.as_deref(), newest: &newest, earlier: &[&earlier, &newest] })?;
    }

    #[test]
    fn texts_like_mail_get_a_sound_answer(newest in "([a-z]{1,9}|[0-9]{1,7}| |\n|> |On [0-9] |wrote:|--|\\$|€|https://|@|\\[Image |\\]|,|\\.|'|！|請求|ク|ا|👩‍👧|\u{301}|\u{200d}){0,60}") {
        is_sound(&FRESH, &Message::alone(&newest))?;
    }

    #[test]
    fn what_is_kept_of_a_text_is_its_beginning(text in "([a-z]{1,9}| |\n|\r\n|> |On [0-9]+ |wrote:\n|-- \n|Regards,\n|From: a\n|Date: b\n){0,40}") {
        prop_assert!(text.starts_with(strip_history(&text)));
        prop_assert_eq!(strip_history(&text).trim().is_empty(), text.trim().is_empty());
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_buckets_and_lessons_give_a_sound_model(
        examples in proptest::collection::vec(("[a-c]{0,2}", proptest::collection::vec("(?s).{0,40}", 0..6)), 0..5),
        lessons in proptest::collection::vec(("(?s).{0,40}", "[a-c]{0,2}", proptest::num::f32::ANY), 0..8),
        text in "(?s).{0,60}",
    ) {
        let buckets: Vec<BucketSeed> = examples
            .into_iter()
            .map(|(key, examples)| BucketSeed { key, description: String::new(), examples })
            .collect();
        let lessons: Vec<Lesson> = lessons
            .into_iter()
            .map(|(newest, bucket, weight)| Lesson { message: OwnedMessage { newest, ..OwnedMessage::default() }, bucket, weight })
            .collect();
        let model = LocalModel::train(&buckets, &lessons);
        is_sound(&model, &Message::alone(&text))?;
        is_sound(&model, &Message::alone("a plain text"))?;
    }
}

#[test]
fn where_there_is_no_text_there_is_nothing_to_classify() {
    for text in [
        "",
        " \n\t ",
        "\u{0}\u{0}",
        "\u{200b}\u{feff}",
        "— … .",
        "[Image \"https://example.com/a.png\"]",
        "\n> \n",
    ] {
        assert_eq!(FRESH.classify(&Message::alone(text)), Verdict::Nothing, "{text:?}");
    }
}

#[test]
fn without_buckets_there_is_nothing_to_choose() {
    let model = LocalModel::train(&[], &[]);
    assert_eq!(model.classify(&Message::alone("refund please")), Verdict::Nothing);
}

#[test]
fn a_single_bucket_takes_everything() {
    let only = BucketSeed { key: "all".to_owned(), ..BucketSeed::default() };
    let model = LocalModel::train(&[only], &[]);
    let answer = model.classify(&Message::alone("refund please"));
    assert!((answer.classification().unwrap().confidence - 1.0).abs() < 1e-9);
}

#[test]
fn a_key_that_comes_twice_is_one_bucket() {
    let mut doubled = seeds();
    doubled.extend(seeds());
    let model = LocalModel::train(&doubled, &[]);
    let answer = model.classify(&Message::alone("refund please"));
    assert_eq!(answer.classification().unwrap().probabilities.len(), 4);
}

#[test]
fn signs_and_emoji_alone_are_never_sure() {
    for text in ["👍", "???", "!!!", "😡😡😡😡", "$$$", "12345", "?", "100%"] {
        if let Verdict::Suggested(answer) = FRESH.classify(&Message::alone(text)) {
            assert!(answer.confidence < 0.6, "{text:?} {} {}", answer.bucket, answer.confidence);
        }
    }
}

#[test]
fn huge_texts_take_bounded_time() {
    let kinds: [String; 9] = [
        "a".repeat(1 << 20),
        "refund please ".repeat(80_000),
        "\n".repeat(1 << 20),
        "> quoted\n".repeat(120_000),
        "Thanks,\n".repeat(130_000),
        "On 1 ".repeat(200_000),
        "請求".repeat(180_000),
        "👩‍👩‍👧‍👦".repeat(45_000),
        "https://example.com/?a=b@c.".repeat(40_000),
    ];
    let mut model = FRESH.clone();
    for text in &kinds {
        let started = Instant::now();
        FRESH.classify(&Message { subject: Some(text), newest: text, earlier: [text.as_str(); 4] });
        let answered = started.elapsed();
        let message = OwnedMessage { subject: None, newest: text.clone(), earlier: vec![] };
        let started = Instant::now();
        model.learn(&Lesson { message, bucket: "spam".to_owned(), weight: 1.0 });
        let learned = started.elapsed();
        let start: String = text.chars().take(12).collect();
        println!("{start:?}: answered in {answered:?}, learned in {learned:?}");
        assert!(answered.as_millis() < 500 && learned.as_millis() < 500, "{start:?}");
    }
}

#[test]
fn right_to_left_and_mixed_text_is_answered() {
    for text in
        ["\u{202e}dnufer ym esaelp", "أريد استرداد المبلغ", "קיבלתי חיוב כפול\u{200f} refund", "a\u{0}b"]
    {
        assert!(FRESH.classify(&Message::alone(text)).classification().is_some(), "{text:?}");
    }
}

#[test]
fn the_model_can_be_shared_between_threads_and_says_little_of_itself() {
    fn is_shared<T: Send + Sync + Clone + std::fmt::Debug>(_: &T) {}
    is_shared(&*FRESH);
    assert!(format!("{:?}", *FRESH).len() < 200);
}

#[test]
fn decisions_can_be_kept_as_json() {
    let lesson = Lesson {
        message: OwnedMessage {
            subject: Some("Hello".to_owned()),
            newest: "refund".to_owned(),
            earlier: vec!["please".to_owned()],
        },
        bucket: "billing".to_owned(),
        weight: 0.5,
    };
    let json = serde_json::to_string(&lesson).unwrap();
    assert_eq!(serde_json::from_str::<Lesson>(&json).unwrap(), lesson);
    assert_eq!(lesson.message.as_message().earlier, ["please"]);
}
