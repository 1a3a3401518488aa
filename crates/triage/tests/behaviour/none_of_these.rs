//! Messages that people decided to be none of the buckets.

use crate::common::{FRESH, answer, held_out, seeds};
use triage::{Lesson, LocalModel, Message, NONE_OF_THESE, OwnedMessage, Stance};

const OPENINGS: [&str; 8] = [
    "Dear choir friends,",
    "Hello everybody,",
    "Hi Martha,",
    "Good evening,",
    "A short note from the vestry:",
    "To all voices:",
    "Please pass this on:",
    "Hello again,",
];
const MATTERS: [&str; 5] = [
    "the rehearsal on Sunday is moved to the parish hall.",
    "bring the hymn books for the evening mass, all four verses.",
    "the altos meet the organist an hour before the concert.",
    "we still need two cakes and some coffee for the bazaar after the service.",
    "the tenors sing without the organ this time, the organist is ill.",
];
/// In other words than those.
const LIKE_THEM: [&str; 6] = [
    "Does the choir rehearse this Sunday, and in which hall?",
    "Who brings the hymn books to the mass?",
    "The concert in the parish church begins at six, altos an hour before, please.",
    "I can bake a cake for the bazaar after the service.",
    "Our organist is back, so the tenors sing with the organ again.",
    "Sopranos and altos: evening mass on Sunday, bring the hymn of last week.",
];

fn decided(text: &str, bucket: &str) -> Lesson {
    Lesson {
        message: OwnedMessage { newest: text.to_owned(), ..OwnedMessage::default() },
        bucket: bucket.to_owned(),
        weight: 1.0,
    }
}

/// A model that a team has decided 40 messages for none of these with, beside as many others, as the product learns
/// them: one by one, and all over again when that is due.
fn after_forty() -> (LocalModel, Vec<Lesson>) {
    let held = held_out();
    let (mut model, mut log) = (FRESH.clone(), Vec::new());
    for number in 0..40 {
        let opening = OPENINGS[number % OPENINGS.len()];
        let matter = MATTERS[number / OPENINGS.len()];
        let other = &held[number * 9];
        for lesson in
            [decided(&format!("{opening} {matter}"), NONE_OF_THESE), decided(&other.text, &other.label)]
        {
            model.learn(&lesson);
            log.push(lesson);
            if model.is_refit_due() {
                model = LocalModel::train(&seeds(), &log);
            }
        }
    }
    (model, log)
}

#[test]
fn after_forty_decisions_for_none_of_these_what_is_like_them_is_none_of_these() {
    let (model, _) = after_forty();
    let mut told = 0;
    for text in LIKE_THEM {
        let (before, after) = (answer(&FRESH, text), answer(&model, text));
        println!("{text:?}: {:?}, and {:?} after", before.stance, after.stance);
        told += usize::from(after.stance == Stance::NoneOfThese);
        let similar = model.similar(&Message::alone(text), 1);
        assert_eq!(similar[0].bucket, NONE_OF_THESE, "{text}");
    }
    assert!(told >= 5, "{told} of {}", LIKE_THEM.len());
}

#[test]
fn decisions_for_none_of_these_take_next_to_nothing_from_the_buckets() {
    let (model, _) = after_forty();
    let held = held_out();
    let count = |model: &LocalModel| {
        let answers = held.iter().map(|held| (answer(model, &held.text), &held.label));
        answers.fold((0, 0), |(none, right), (answer, label)| {
            let is_none = answer.stance == Stance::NoneOfThese;
            (none + usize::from(is_none), right + usize::from(!is_none && answer.bucket == *label))
        })
    };
    let (before, after) = (count(&FRESH), count(&model));
    println!("none of these, and right with a bucket: {before:?} before, {after:?} after, of {}", held.len());
    assert!(after.0 * 100 <= held.len() * 3, "{after:?}");
    assert!(after.1 + 8 >= before.1, "{before:?} {after:?}");
}
