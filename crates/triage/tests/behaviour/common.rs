//! What the tests share.

use std::sync::LazyLock;
use triage::{BucketSeed, Classification, DefaultBucket, LocalModel, Message, default_buckets};

/// A message with the bucket that a person would put it in.
pub(crate) struct Held {
    pub(crate) text: String,
    pub(crate) label: String,
}

/// Messages that nothing was trained on, in other words and on other matters than the examples.
pub(crate) fn held_out() -> Vec<Held> {
    let lines = include_str!("../held_out.jsonl").lines();
    lines
        .map(|line| {
            let value: serde_json::Value = serde_json::from_str(line).unwrap();
            Held {
                text: value["text"].as_str().unwrap().to_owned(),
                label: value["label"].as_str().unwrap().to_owned(),
            }
        })
        .collect()
}

pub(crate) fn seeds() -> Vec<BucketSeed> {
    default_buckets().iter().map(DefaultBucket::seed).collect()
}

/// The model that a new user has.
pub(crate) static FRESH: LazyLock<LocalModel> = LazyLock::new(|| LocalModel::train(&seeds(), &[]));

pub(crate) fn answer(model: &LocalModel, text: &str) -> Classification {
    model.classify(&Message::alone(text)).classification().expect("has text").clone()
}

pub(crate) fn accuracy(model: &LocalModel, held: &[Held]) -> f64 {
    let right = held.iter().filter(|held| answer(model, &held.text).bucket == held.label).count();
    right as f64 / held.len() as f64
}
