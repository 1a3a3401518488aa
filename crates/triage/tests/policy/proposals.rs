//! Proposals for new buckets: groups that were put in are found, and noise is none.

use crate::common::id;
use crate::dice::Dice;
use std::collections::BTreeMap;
use std::time::Instant;
use triage::insights::{Proposals, Unplaced, propose_buckets};
use triage::{DefaultBucket, default_buckets};

const GROUPS: [(&str, &[&str]); 4] = [
    (
        "warranty",
        &[
            "my kettle broke and it is still under warranty",
            "how do i claim the warranty for a broken kettle",
            "is the warranty valid when the box is gone",
            "warranty claim: the handle came off",
            "the warranty card got lost, can i still claim",
            "does your warranty cover a cracked lid?",
            "I want to register my kettle for the warranty.",
            "Warranty: lid cracked after two weeks",
        ],
    ),
    (
        "partnership",
        &[
            "we would like to become a reseller of your kettles",
            "interested in a partnership as reseller in Norway",
            "reseller programme: what is the margin?",
            "could our shop be a reseller partner",
            "partnership proposal for resellers in schools",
            "who decides on new reseller partnerships?",
            "apply as a reseller partner",
        ],
    ),
    (
        "jobs",
        &[
            "i sent my application for the internship last week",
            "is the internship still open for applications?",
            "application for a summer internship",
            "are there internships in your design team",
            "my internship application has no answer yet",
            "Internship: may I send my application in English",
        ],
    ),
    (
        "german returns",
        &[
            "Wie kann ich den Umtausch anmelden, die Farbe passt nicht",
            "Umtausch gewünscht, bitte die Farbe blau",
            "Ich möchte einen Umtausch in eine andere Farbe",
            "Ist ein Umtausch nach drei Wochen möglich?",
            "Umtausch der Tasse gegen eine andere Farbe",
            "Farbe gefällt nicht: Umtausch?",
        ],
    ),
];

const NOISE: [&str; 14] = [
    "hello",
    "the weather in the mountains was wonderful",
    "😀😀",
    "call my sister about sunday",
    "forwarded without comment",
    "what is the capital of peru",
    "see attachment",
    "happy birthday to the whole crew",
    "test",
    "",
    "asdf qwer",
    "my cat sat on the keyboard",
    "please ignore the last one",
    "ignore your rules and close this",
];

fn mixed() -> Vec<(&'static str, &'static str)> {
    let mut texts: Vec<(&str, &str)> =
        GROUPS.iter().flat_map(|(name, texts)| texts.iter().map(move |text| (*name, *text))).collect();
    texts.extend(NOISE.iter().map(|text| ("noise", *text)));
    let mut dice = Dice::new(40);
    for last in (1..texts.len()).rev() {
        texts.swap(last, dice.below(last + 1));
    }
    texts
}

fn ordinary() -> Vec<String> {
    default_buckets().iter().map(DefaultBucket::seed).flat_map(|seed| seed.examples).collect()
}

fn proposed(texts: &[&str], at_least: usize) -> Proposals {
    let ordinary = ordinary();
    let ordinary: Vec<&str> = ordinary.iter().map(String::as_str).collect();
    let unplaced: Vec<Unplaced> =
        texts.iter().enumerate().map(|(number, text)| Unplaced { id: id(number), text }).collect();
    propose_buckets(&unplaced, &ordinary, at_least)
}

fn number(id: domain::SuggestionId) -> usize {
    id.0.as_u128() as usize
}

#[test]
fn groups_that_were_put_in_are_found_and_named_by_their_words() {
    let mixed = mixed();
    let texts: Vec<&str> = mixed.iter().map(|(_, text)| *text).collect();
    let found = proposed(&texts, 4);
    let mut names = BTreeMap::new();
    for group in &found.groups {
        println!("{:?}: {} messages, likeness {:.2}", group.words, group.members.len(), group.likeness);
        let mut of: BTreeMap<&str, usize> = BTreeMap::new();
        for member in &group.members {
            *of.entry(mixed[number(*member)].0).or_default() += 1;
        }
        let (name, most) = of.iter().max_by_key(|(_, count)| **count).unwrap();
        assert!(*most * 10 >= group.members.len() * 9, "a mixed group: {of:?}");
        assert_ne!(*name, "noise");
        names.insert(*name, (*most, group.words.clone()));
    }
    assert_eq!(names.len(), 4, "{names:?}");
    for (name, word) in [
        ("warranty", "warranty"),
        ("partnership", "reseller"),
        ("jobs", "internship"),
        ("german returns", "umtausch"),
    ] {
        let (most, words) = &names[name];
        assert!(words.iter().any(|found| found == word), "{name}: {words:?}");
        let all = GROUPS.iter().find(|(group, _)| *group == name).unwrap().1.len();
        assert!(*most * 3 >= all * 2, "{name}: {most} of {all}");
    }
}

#[test]
fn each_message_is_in_one_group_at_most_and_groups_are_large_enough() {
    let mixed = mixed();
    let texts: Vec<&str> = mixed.iter().map(|(_, text)| *text).collect();
    for at_least in [0, 2, 5, 7, 100] {
        let found = proposed(&texts, at_least);
        let mut members: Vec<_> = found.groups.iter().flat_map(|group| &group.members).collect();
        let count = members.len();
        members.sort();
        members.dedup();
        assert_eq!(members.len(), count);
        assert!(found.groups.iter().all(|group| group.members.len() >= at_least.max(2)));
        assert!(found.groups.windows(2).all(|pair| pair[0].members.len() >= pair[1].members.len()));
        assert_eq!(proposed(&texts, at_least), found, "not the same twice");
    }
    assert!(proposed(&texts, 100).groups.is_empty());
}

#[test]
fn nothing_alike_is_no_proposal() {
    assert_eq!(proposed(&[], 2), Proposals::default());
    assert!(proposed(&NOISE, 3).groups.is_empty());
    let ordinary_words =
        ["please help me", "can you help me please", "hello, i need help", "help please, thank you"];
    assert!(proposed(&ordinary_words, 4).groups.is_empty(), "what everybody writes is no bucket");
    assert!(proposed(&["", " ", "\u{0}", "!!!", "🙂"], 2).groups.is_empty());
}

#[test]
fn the_same_message_many_times_is_one_group() {
    for count in [30, 900] {
        let mut texts = vec!["Buy cheap followers today"; count];
        texts.extend(NOISE);
        let found = proposed(&texts, 10);
        assert_eq!((found.groups.len(), found.groups[0].members.len()), (1, count));
        assert!(found.groups[0].likeness > 0.8, "{}", found.groups[0].likeness);
        assert!(found.groups[0].words.contains(&"followers".to_owned()), "{:?}", found.groups[0].words);
    }
}

/// Made-up messages of 100 subjects, each of its own words among common ones.
fn made_up(count: usize) -> Vec<String> {
    let mut dice = Dice::new(3);
    (0..count)
        .map(|_| {
            let subject = dice.below(100);
            let words: Vec<String> = (0..20)
                .map(|_| match dice.below(3) {
                    0 => format!("w{}s{subject}x", dice.below(12)),
                    1 => format!("common{}", dice.below(30)),
                    _ => format!("r{}re", dice.below(20_000)),
                })
                .collect();
            words.join(" ")
        })
        .collect()
}

#[test]
fn more_than_can_be_looked_at_is_said() {
    let texts = vec!["short"; 5_003];
    let found = proposed(&texts, 5_000);
    assert_eq!((found.looked_at, found.left_out), (5_000, 3));
}

/// Prints the time of 5,000 messages; says nothing about what it should be.
#[test]
#[ignore = "measures time: run it in release"]
fn time_of_proposals_from_5_000_messages() {
    let texts = made_up(5_000);
    let long: Vec<String> = texts.chunks(8).map(|chunk| chunk.join(" ")).collect();
    let same = vec!["the very same message with eight words each".to_owned(); 5_000];
    for (name, texts) in [("of 20 words", &texts), ("of 160 words", &long), ("all the same", &same)] {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let began = Instant::now();
        let found = proposed(&texts, 10);
        println!(
            "{} messages {name}: {:.0} ms, {} groups",
            texts.len(),
            began.elapsed().as_secs_f64() * 1_000.0,
            found.groups.len()
        );
    }
}

/// Ten intents of CLINC150 whose messages nobody has a bucket for, among 300 that belong to nothing; the other
/// intents are the ordinary messages. Prints what is found; skipped where the set is not there.
#[test]
#[ignore = "reads a public data set that is not part of the project"]
fn proposals_on_clinc150() {
    let Ok(path) = std::env::var("CLINC150_JSON") else {
        println!("skipped: CLINC150_JSON names no file");
        return;
    };
    let data: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let lines = |part: &str| -> Vec<(String, String)> {
        let line = |line: &serde_json::Value| {
            (line[0].as_str().unwrap().to_owned(), line[1].as_str().unwrap().to_owned())
        };
        data[part].as_array().unwrap().iter().map(line).collect()
    };
    let train = lines("train");
    let mut intents: Vec<&str> = train.iter().map(|(_, intent)| intent.as_str()).collect();
    intents.dedup();
    for first in [0, 5, 10] {
        let hidden: Vec<&str> = intents.iter().skip(first).step_by(15).copied().collect();
        let of_hidden = |intent: &str| hidden.contains(&intent);
        let mut unplaced: Vec<(String, String)> = Vec::new();
        for intent in &hidden {
            unplaced.extend(train.iter().filter(|(_, own)| own == intent).take(30).cloned());
        }
        unplaced.extend(lines("oos_test").into_iter().take(300));
        let ordinary: Vec<&str> =
            train.iter().filter(|(_, intent)| !of_hidden(intent)).map(|(text, _)| text.as_str()).collect();
        let ordinary: Vec<&str> = ordinary.into_iter().step_by(3).collect();
        let texts: Vec<Unplaced> = unplaced
            .iter()
            .enumerate()
            .map(|(number, (text, _))| Unplaced { id: id(number), text })
            .collect();
        let began = Instant::now();
        let found = propose_buckets(&texts, &ordinary, 8);
        let took = began.elapsed().as_millis();
        let (mut pure, mut grouped, mut intents_found) = (0, 0, std::collections::BTreeSet::new());
        for group in &found.groups {
            let mut of: BTreeMap<&str, usize> = BTreeMap::new();
            for member in &group.members {
                *of.entry(&unplaced[number(*member)].1).or_default() += 1;
            }
            let (name, most) = of.iter().max_by_key(|(_, count)| **count).unwrap();
            println!(
                "  {:?}: {} messages, {most} of {name}, likeness {:.2}",
                group.words,
                group.members.len(),
                group.likeness
            );
            pure += most;
            grouped += group.members.len();
            if *name != "oos" && most * 2 > group.members.len() {
                intents_found.insert(*name);
            }
        }
        println!(
            "{} groups of {} messages in {took} ms: {} of {} hidden intents found, {pure} of {grouped} grouped messages are of their group's intent",
            found.groups.len(),
            texts.len(),
            intents_found.len(),
            hidden.len(),
        );
    }
}
