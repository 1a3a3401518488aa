//! The model on disk: what is read back is what was written, and what cannot be read says why.

use crate::common::{FRESH, answer, held_out, seeds};
use std::time::Instant;
use triage::{BlobError, Lesson, LocalModel, OwnedMessage};

fn lessons(count: usize) -> Vec<Lesson> {
    let lesson = |held: crate::common::Held| Lesson {
        message: OwnedMessage { newest: held.text, ..OwnedMessage::default() },
        bucket: held.label,
        weight: 1.0,
    };
    held_out().into_iter().take(count).map(lesson).collect()
}

#[test]
fn the_same_log_gives_the_same_bytes() {
    let lessons = lessons(70);
    let one = LocalModel::train(&seeds(), &lessons).to_bytes();
    assert!(one == LocalModel::train(&seeds(), &lessons).to_bytes());
    println!("{} bytes", one.len());
    assert!(one.len() <= 4_000_000, "{} bytes", one.len());
}

#[test]
fn a_model_read_back_answers_and_goes_on_learning_as_the_one_that_was_written() {
    let lessons = lessons(90);
    let written = LocalModel::train(&seeds(), &lessons[..60]);
    let mut read = LocalModel::from_bytes(&written.to_bytes(), &seeds(), &lessons[..60]).unwrap();
    assert!(read.to_bytes() == written.to_bytes());
    let mut written = written;
    for lesson in &lessons[60..] {
        written.learn(lesson);
        read.learn(lesson);
    }
    for held in held_out() {
        assert_eq!(answer(&written, &held.text), answer(&read, &held.text));
    }
    assert!(read.to_bytes() == written.to_bytes());
}

#[test]
fn decisions_that_came_after_it_was_written_are_learned_when_it_is_read() {
    let lessons = lessons(80);
    let mut written = LocalModel::train(&seeds(), &lessons[..70]);
    let bytes = written.to_bytes();
    for lesson in &lessons[70..] {
        written.learn(lesson);
    }
    let read = LocalModel::from_bytes(&bytes, &seeds(), &lessons).unwrap();
    assert_eq!(read.version(), written.version());
    assert!(read.to_bytes() == written.to_bytes());
}

#[test]
fn a_file_that_cannot_be_used_says_why() {
    let bytes = FRESH.to_bytes();
    let read = |bytes: &[u8]| LocalModel::from_bytes(bytes, &seeds(), &[]).map(|_| ()).unwrap_err();
    for cut in [0, 3, 4, 8, 40, bytes.len() / 2, bytes.len() - 1] {
        assert_eq!(read(&bytes[..cut]), BlobError::Corrupt, "cut at {cut}");
    }
    for place in [50, bytes.len() / 3, bytes.len() - 3] {
        let mut flipped = bytes.clone();
        flipped[place] ^= 1;
        assert_eq!(read(&flipped), BlobError::Corrupt, "flipped at {place}");
    }
    let mut newer = bytes.clone();
    newer[6] += 1;
    assert!(matches!(read(&newer), BlobError::Newer { .. }));
    newer[6] = 0;
    assert!(matches!(read(&newer), BlobError::Older { .. }));
    let mut others = seeds();
    others[0].examples.pop();
    assert_eq!(LocalModel::from_bytes(&bytes, &others, &[]).map(|_| ()).unwrap_err(), BlobError::OtherLog);
    let learned = LocalModel::train(&seeds(), &lessons(5)).to_bytes();
    assert_eq!(read(&learned), BlobError::OtherLog);
}

#[test]
fn similar_decisions_are_found_with_what_was_decided() {
    let lessons = lessons(200);
    let model = LocalModel::train(&seeds(), &lessons);
    for number in [3, 60, 199] {
        let message = lessons[number].message.as_message();
        let started = Instant::now();
        let found = model.similar(&message, 3);
        println!("{found:?} in {:?}", started.elapsed());
        assert_eq!((found[0].lesson, &found[0].bucket), (number, &lessons[number].bucket));
        assert!(found.len() <= 3 && found.is_sorted_by(|one, other| one.likeness >= other.likeness));
    }
}

#[test]
fn what_would_flip_an_answer_flips_it() {
    let (mut flips, mut small) = (0, 0);
    for held in held_out() {
        let message = triage::Message::alone(&held.text);
        let before = answer(&FRESH, &held.text);
        let Some(flip) = FRESH.flip(&message, &before) else { continue };
        assert_ne!(flip.bucket.as_ref(), Some(&before.bucket));
        assert!(flip.evidence.iter().all(|index| before.evidence[*index].weight > 0.0));
        flips += 1;
        small += usize::from(flip.evidence.len() <= 2);
    }
    println!("{flips} flips, {small} by one or two pieces");
    assert!(flips >= 100 && small * 2 > flips);
}
