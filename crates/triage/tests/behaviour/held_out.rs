//! How well the model does on messages that nothing was trained on.

use crate::common::{FRESH, answer, held_out};
use std::collections::BTreeMap;
use triage::Classification;

#[test]
fn most_messages_of_strangers_land_in_the_right_bucket() {
    let held = held_out();
    assert!(held.len() >= 160);
    let mut table: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    for held in &held {
        *table.entry((&held.label, answer(&FRESH, &held.text).bucket)).or_default() += 1;
        *all.entry(&held.label).or_default() += 1;
    }
    let mut right = 0;
    for (label, count) in &all {
        let hits = table.get(&(*label, (*label).to_owned())).copied().unwrap_or_default();
        right += hits;
        println!("{label}: {hits} of {count}");
        assert!(hits * 100 >= count * 75, "{label}: {hits} of {count}");
    }
    println!("confusions {table:?}");
    let accuracy = right as f64 / held.len() as f64;
    println!("accuracy {accuracy:.3} on {} messages", held.len());
    assert!(accuracy >= 0.85, "accuracy {accuracy}");
}

/// What is marked as spam is closed without an answer, so this mistake costs most.
#[test]
fn customers_are_hardly_ever_taken_for_spam() {
    let held = held_out();
    let customers: Vec<_> = held.iter().filter(|held| held.label != "spam").collect();
    let lost: Vec<_> = customers
        .iter()
        .map(|held| (answer(&FRESH, &held.text), &held.text))
        .filter(|(answer, _)| answer.bucket == "spam")
        .map(|(answer, text)| (answer.confidence, text))
        .collect();
    println!("{} of {} customers taken for spam: {lost:?}", lost.len(), customers.len());
    assert!(lost.len() * 100 <= customers.len() * 3, "{lost:?}");
    for text in [
        "I want to speak to a manager. Your service is terrible and I'm done waiting.",
        "thx!",
        "Hello?",
        "You people are useless",
        "Can you call me?",
    ] {
        let answer = answer(&FRESH, text);
        assert_ne!(answer.bucket, "spam", "{text:?} {:?}", answer.probabilities);
    }
}

#[test]
fn confidence_tells_how_often_the_answer_is_right() {
    let held = held_out();
    let answers: Vec<(Classification, bool)> = held
        .iter()
        .map(|held| {
            let answer = answer(&FRESH, &held.text);
            let hit = answer.bucket == held.label;
            (answer, hit)
        })
        .collect();
    let mut error = 0.0;
    for (low, high) in [(0.0, 0.5), (0.5, 0.6), (0.6, 0.7), (0.7, 0.8), (0.8, 0.9), (0.9, 0.97), (0.97, 1.01)]
    {
        let bin: Vec<_> =
            answers.iter().filter(|(answer, _)| (low..high).contains(&answer.confidence)).collect();
        if bin.is_empty() {
            continue;
        }
        let said = bin.iter().map(|(answer, _)| answer.confidence).sum::<f64>() / bin.len() as f64;
        let was = bin.iter().filter(|(_, hit)| *hit).count() as f64 / bin.len() as f64;
        println!("{:3} messages: said {said:.2}, was {was:.2}", bin.len());
        error += (said - was).abs() * bin.len() as f64 / answers.len() as f64;
    }
    println!("expected calibration error {error:.3}");
    assert!(error < 0.1, "calibration error {error}");
    let sure: Vec<_> = answers.iter().filter(|(answer, _)| answer.confidence >= 0.9).collect();
    let right = sure.iter().filter(|(_, hit)| *hit).count();
    println!("sure of {}, right in {right}", sure.len());
    assert!(sure.len() * 2 >= answers.len(), "sure of too few: {}", sure.len());
    assert!(right * 100 >= sure.len() * 93, "right in {right} of {} sure ones", sure.len());
}

#[test]
fn probabilities_are_sorted_and_sum_to_one() {
    for held in held_out() {
        let answer = answer(&FRESH, &held.text);
        let total: f64 = answer.probabilities.iter().map(|(_, share)| share).sum();
        assert!((total - 1.0).abs() < 1e-9);
        assert!(answer.probabilities.is_sorted_by(|one, other| one.1 >= other.1));
        assert_eq!(
            (&answer.bucket, answer.confidence),
            (&answer.probabilities[0].0, answer.probabilities[0].1)
        );
        assert_eq!(answer.model_version, FRESH.version());
    }
}
