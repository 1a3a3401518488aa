//! Shadow mode: which deed answers which silent prediction.

use crate::common::id;
use crate::dice::Dice;
use domain::{ConversationId, Timestamp};
use triage::policy::shadow::{Comparison, Deed, Prediction, Told, compare};
use triage::policy::{ActionWord, Answer, History};
use triage::statistics::Level;

fn prediction(number: usize, conversation: &str, at: i64) -> Prediction {
    Prediction {
        suggestion_id: id(number),
        conversation_id: conversation.into(),
        at: Timestamp(at),
        bucket_id: "billing".into(),
        confidence: 0.9,
        actions: [ActionWord::Assign, ActionWord::Reply].into_iter().collect(),
    }
}

fn deed(conversation: &str, at: i64, bucket: &str) -> Deed {
    let told = Told::Bucket { bucket_id: bucket.into(), other_reply: false };
    Deed { conversation_id: conversation.into(), at: Timestamp(at), told }
}

fn compared(predictions: &[Prediction], deeds: &[Deed]) -> Comparison {
    compare(predictions, deeds, 1_000, Timestamp(5_000))
}

#[test]
fn the_first_deed_after_a_prediction_answers_it() {
    let deeds =
        [deed("a", 400, "spam"), deed("a", 150, "billing"), deed("a", 50, "spam"), deed("b", 120, "spam")];
    let found = compared(&[prediction(1, "a", 100)], &deeds);
    assert_eq!(found.records.len(), 1);
    let record = &found.records[0];
    assert_eq!((record.suggestion_id, record.at, &record.answer), (id(1), Timestamp(150), &Answer::Approved));
    assert!(record.blind, "nobody saw it");
}

#[test]
fn what_people_did_is_the_answer() {
    let told = [
        (Told::Bucket { bucket_id: "billing".into(), other_reply: false }, Answer::Approved),
        (Told::Bucket { bucket_id: "billing".into(), other_reply: true }, Answer::Edited),
        (
            Told::Bucket { bucket_id: "spam".into(), other_reply: true },
            Answer::Corrected { bucket_id: "spam".into() },
        ),
        (Told::None, Answer::Rejected),
    ];
    for (told, answer) in told {
        let deed = Deed { conversation_id: "a".into(), at: Timestamp(100), told };
        let found = compared(&[prediction(1, "a", 100)], &[deed]);
        assert_eq!(found.records[0].answer, answer);
    }
}

#[test]
fn of_several_predictions_before_a_deed_the_newest_is_answered() {
    let predictions = [prediction(1, "a", 100), prediction(2, "a", 200), prediction(3, "a", 400)];
    let found = compared(&predictions, &[deed("a", 300, "billing")]);
    assert_eq!(found.records.iter().map(|record| record.suggestion_id).collect::<Vec<_>>(), [id(2)]);
    assert_eq!((found.overtaken, found.untold, found.waiting), (1, 1, 0));
    // Two made at the same time: the second by its id.
    let at_once = [prediction(2, "a", 100), prediction(1, "a", 100)];
    let found = compared(&at_once, &[deed("a", 100, "billing")]);
    assert_eq!(found.records.iter().map(|record| record.suggestion_id).collect::<Vec<_>>(), [id(2)]);
}

#[test]
fn patience_ends_and_what_is_young_waits() {
    let predictions = [prediction(1, "a", 100), prediction(2, "b", 4_500)];
    let found = compared(&predictions, &[deed("a", 1_101, "billing")]);
    assert_eq!((found.records.len(), found.untold, found.waiting), (0, 1, 1));
    assert_eq!(compared(&[], &[deed("a", 1, "spam")]), Comparison::default());
}

#[test]
fn every_prediction_is_counted_once_and_no_deed_answers_two() {
    let mut dice = Dice::new(12);
    for _ in 0..300 {
        let mut conversation = || ["a", "b", "c"][dice.below(3)].to_owned();
        let names: Vec<String> = (0..40).map(|_| conversation()).collect();
        let predictions: Vec<Prediction> =
            (0..20).map(|number| prediction(number, &names[number], dice.below(4_000) as i64)).collect();
        let deeds: Vec<Deed> =
            (20..40).map(|number| deed(&names[number], dice.below(6_000) as i64, "billing")).collect();
        let found = compared(&predictions, &deeds);
        let counted = found.records.len() as u32 + found.overtaken + found.untold + found.waiting;
        assert_eq!(counted, 20);

        // By brute force: a deed answers the newest prediction before it, if none of its deeds came in between.
        let mut wanted = Vec::new();
        for prediction in &predictions {
            let same = |other: &&ConversationId| **other == prediction.conversation_id;
            let first = deeds
                .iter()
                .filter(|deed| same(&&deed.conversation_id) && deed.at >= prediction.at)
                .map(|deed| deed.at)
                .min();
            let Some(first) = first.filter(|first| first.ms_since(prediction.at) <= 1_000) else { continue };
            let key = (prediction.at, prediction.suggestion_id);
            let newer = predictions.iter().any(|other| {
                same(&&other.conversation_id) && (other.at, other.suggestion_id) > key && other.at <= first
            });
            if !newer {
                wanted.push((prediction.suggestion_id, first));
            }
        }
        let records: Vec<_> = found.records.iter().map(|record| (record.suggestion_id, record.at)).collect();
        assert_eq!(records, wanted);
    }
}

#[test]
fn a_comparison_can_be_replayed() {
    let found = compared(
        &[prediction(1, "a", 100), prediction(2, "b", 100)],
        &[deed("a", 100, "spam"), deed("b", 200, "billing")],
    );
    let history = History::new(&found.records, 0);
    let replay = history.track(&"billing".into(), ActionWord::Reply).unwrap().replay(0.9, Level::P95);
    assert_eq!((replay.automatic, replay.wrong), (2, vec![id(1)]));
}
