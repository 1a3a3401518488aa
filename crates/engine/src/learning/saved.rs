//! Reading a saved model back, with the one before it to fall back to.

use store::SavedModel;
use triage::{BlobError, BucketSeed, Lesson, LocalModel};

/// What came of looking for a saved model.
pub(super) struct Found {
    /// The newest that can be used by its id, with all of the log learned.
    pub(super) model: Option<(i64, LocalModel)>,
    /// Whether a newer one could not be used.
    pub(super) passed_over: bool,
    /// What is wrong with the newest one that something is wrong with, and what is used instead.
    pub(super) problem: Option<String>,
}

/// The newest model that can be used of those saved, which are given newest first. Each was made from these seeds and
/// the beginning of these lessons, or is passed over.
pub(super) fn newest(saved: &[SavedModel], seeds: &[BucketSeed], lessons: &[Lesson]) -> Found {
    let mut wrong: Option<BlobError> = None;
    let (mut found, mut passed_over) = (None, false);
    for one in saved {
        match LocalModel::from_bytes(&one.bytes, seeds, lessons) {
            Ok(model) => {
                found = Some((one.id, model));
                break;
            }
            Err(error) => {
                passed_over = true;
                tracing::warn!(%error, model.version = one.version, "A saved model was not used");
                match error {
                    BlobError::Corrupt | BlobError::Newer { .. } => wrong = wrong.or(Some(error)),
                    // Buckets were changed, a decision was taken back, or the product was updated.
                    BlobError::OtherLog | BlobError::Older { .. } => {}
                }
            }
        }
    }
    let instead =
        if found.is_some() { "the one before it is used" } else { "it was trained anew from the decisions" };
    Found { model: found, passed_over, problem: wrong.map(|error| format!("{error}: {instead}")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;
    use triage::OwnedMessage;

    fn seeds() -> Vec<BucketSeed> {
        let seed = |key: &str, examples: [&str; 2]| BucketSeed {
            key: key.to_owned(),
            description: String::new(),
            examples: examples.map(str::to_owned).to_vec(),
        };
        vec![
            seed("billing", ["Refund my invoice", "I was charged twice"]),
            seed("urgent", ["The server is down", "Nobody can log in"]),
        ]
    }

    fn lesson(text: &str) -> Lesson {
        let message = OwnedMessage { newest: text.to_owned(), ..OwnedMessage::default() };
        Lesson { message, bucket: "billing".to_owned(), weight: 1.0 }
    }

    fn saved(id: i64, bytes: Vec<u8>) -> SavedModel {
        SavedModel { id, saved_at: Timestamp(id), version: format!("version {id}"), bytes }
    }

    /// Its version as a newer program would have written it.
    fn newer(mut bytes: Vec<u8>) -> Vec<u8> {
        bytes[6] += 1;
        bytes
    }

    #[test]
    fn the_newest_is_used_with_what_was_decided_since() {
        let log = [lesson("Where is my receipt?"), lesson("Card declined again")];
        let bytes = LocalModel::train(&seeds(), &log[..1]).to_bytes();
        let found = newest(&[saved(2, bytes), saved(1, vec![])], &seeds(), &log);
        let (id, model) = found.model.expect("one is usable");
        assert_eq!((id, found.passed_over, found.problem), (2, false, None));
        assert_eq!(model.version(), LocalModel::train(&seeds(), &log).version());
    }

    #[test]
    fn a_damaged_one_and_a_newer_one_fall_back_to_the_one_before_and_say_so() {
        let bytes = LocalModel::train(&seeds(), &[]).to_bytes();
        let mut damaged = bytes.clone();
        damaged[200] ^= 1;
        for (unusable, says) in [
            (damaged, "The saved model is damaged: the one before it is used"),
            (newer(bytes.clone()), "The saved model was written by a newer version"),
        ] {
            let found = newest(&[saved(2, unusable), saved(1, bytes.clone())], &seeds(), &[]);
            assert_eq!(found.model.map(|(id, _)| id), Some(1));
            let problem = found.problem.expect("it is told");
            assert!(found.passed_over && problem.starts_with(says), "{problem}");
            assert!(problem.ends_with(": the one before it is used"), "{problem}");
        }
    }

    #[test]
    fn where_none_can_be_used_it_is_to_be_trained_and_says_why() {
        let found = newest(&[saved(2, b"CSTM".to_vec()), saved(1, vec![])], &seeds(), &[]);
        let says = "The saved model is damaged: it was trained anew from the decisions";
        assert!(found.model.is_none());
        assert_eq!(found.problem.as_deref(), Some(says));
    }

    #[test]
    fn one_of_other_buckets_or_decisions_is_passed_over_without_a_word() {
        let bytes = LocalModel::train(&seeds(), &[lesson("Taken back since")]).to_bytes();
        let found = newest(&[saved(1, bytes)], &seeds(), &[]);
        assert!(found.model.is_none() && found.passed_over);
        assert_eq!(found.problem, None);
        assert!(newest(&[], &seeds(), &[]).model.is_none());
    }
}
