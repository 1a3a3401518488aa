//! The model follows the team: what a person decides changes what is suggested next.

use crate::common::{FRESH, accuracy, answer, held_out, seeds};
use triage::{BucketSeed, Lesson, LocalModel, Message, OwnedMessage};

fn lesson(text: &str, bucket: &str) -> Lesson {
    Lesson {
        message: OwnedMessage { newest: text.to_owned(), ..OwnedMessage::default() },
        bucket: bucket.to_owned(),
        weight: 1.0,
    }
}

/// What a team decides three times against the defaults, and a message like those.
const HABITS: [(&str, [&str; 3], &str); 6] = [
    (
        "urgent",
        [
            "Where is my parcel? The tracking has not moved for days.",
            "My package has not arrived, can you check the tracking?",
            "parcel still not delivered, tracking says in transit",
        ],
        "Any idea where my parcel is? Tracking does not change.",
    ),
    (
        "general",
        [
            "What does the Team plan cost for ten people?",
            "how much is the pro plan for a team of 6",
            "Could you tell us the price of the team plan for 25 users?",
        ],
        "What would the team plan cost us for 12 people?",
    ),
    (
        "billing",
        [
            "Could you change my email address to jo@example.com?",
            "please update the email address on my account",
            "I need to change the email on my account, how does that work?",
        ],
        "How do I change the email address of my account?",
    ),
    (
        "general",
        [
            "We'd like to offer you a guest post for your blog.",
            "Would you accept a guest post on your company blog?",
            "I write guest posts, could I publish one on your blog?",
        ],
        "Do you take guest posts for your blog?",
    ),
    (
        "urgent",
        [
            "My payment failed, can you try the card again?",
            "The card payment did not go through, please try again",
            "payment failed again with my card",
        ],
        "Card payment failed, could you try it again?",
    ),
    (
        "general",
        [
            "We are hiring support agents in Lisbon, is anyone of your team looking?",
            "Do any of your support agents want to move to Lisbon? We are hiring.",
            "hiring for a support role in Lisbon, know anybody?",
        ],
        "Our Lisbon office is hiring in support, would someone in your team be open to it?",
    ),
];

#[test]
fn three_corrections_flip_a_similar_message() {
    let fresh = FRESH.clone();
    let mut after = Vec::new();
    for (bucket, corrections, similar) in HABITS {
        let mut model = fresh.clone();
        let before = answer(&model, similar);
        let mut needed = 0;
        for (count, correction) in corrections.iter().enumerate() {
            model.learn(&lesson(correction, bucket));
            if needed == 0 && answer(&model, similar).bucket == bucket {
                needed = count + 1;
            }
        }
        let now = answer(&model, similar);
        println!(
            "{similar:?}: {} {:.2} -> {} {:.2} after {needed}",
            before.bucket, before.confidence, now.bucket, now.confidence
        );
        assert_ne!(before.bucket, bucket, "{similar}");
        assert_eq!(now.bucket, bucket, "{similar}");
        after.push(accuracy(&model, &held_out()));
    }
    let before = accuracy(&fresh, &held_out());
    println!("accuracy on strangers' messages {before:.3}, after three corrections {after:.3?}");
    for after in after {
        assert!(after >= before - 0.02, "three corrections cost {before:.3} -> {after:.3}");
    }
}

#[test]
fn a_day_of_decisions_does_not_spoil_the_next_suggestions() {
    let (one, other): (Vec<_>, Vec<_>) =
        held_out().into_iter().enumerate().partition(|(index, _)| index % 2 == 0);
    let (mut before, mut after) = ((0.0, 0.0), (0.0, 0.0));
    for (today, tomorrow) in [(&one, &other), (&other, &one)] {
        let mut model = FRESH.clone();
        for (_, held) in today {
            let stood = answer(&model, &held.text).bucket == held.label;
            model.learn(&Lesson { weight: if stood { 0.5 } else { 1.0 }, ..lesson(&held.text, &held.label) });
        }
        for (_, held) in tomorrow {
            for (sum, model) in [(&mut before, &*FRESH), (&mut after, &model)] {
                let answer = answer(model, &held.text);
                let right = answer.probabilities.iter().find(|(bucket, _)| *bucket == held.label).unwrap();
                sum.0 += if answer.bucket == held.label { 1.0 } else { 0.0 };
                sum.1 -= right.1.ln();
            }
        }
    }
    let count = (one.len() + other.len()) as f64;
    let [before, after] = [before, after].map(|(right, loss)| (right / count, loss / count));
    println!("accuracy and surprise {before:.3?} before, {after:.3?} after");
    // The messages have little in common, so there is nothing to gain; training anew with them costs as much.
    assert!(after.0 >= before.0 - 0.015, "accuracy {before:?} -> {after:?}");
    assert!(after.1 <= before.1 + 0.02, "surprise {before:?} -> {after:?}");
}

#[test]
fn one_correction_of_an_example_outweighs_the_example() {
    let mut model = FRESH.clone();
    let text = "Can I pause my subscription over the summer without being charged?";
    assert_eq!(answer(&model, text).bucket, "billing");
    model.learn(&lesson(text, "general"));
    assert_eq!(answer(&model, text).bucket, "general");
}

#[test]
fn a_later_decision_overrides_an_earlier_one() {
    let mut model = FRESH.clone();
    let text = "Could you send the loan car to my home address?";
    model.learn(&lesson(text, "billing"));
    assert_eq!(answer(&model, text).bucket, "billing");
    model.learn(&lesson(text, "urgent"));
    assert_eq!(answer(&model, text).bucket, "urgent");
}

#[test]
fn what_a_lesson_said_is_shown_as_evidence() {
    let mut model = FRESH.clone();
    model.learn(&lesson("Where is my parcel? The tracking has not moved.", "urgent"));
    let now = answer(&model, "The tracking of my parcel has not moved.");
    assert_eq!(now.bucket, "urgent");
    let shown: String =
        now.evidence.iter().filter(|piece| piece.weight > 0.0).map(|piece| &*piece.text).collect();
    assert!(shown.contains("parcel") || shown.contains("tracking"), "{:?}", now.evidence);
}

#[test]
fn an_approval_of_less_weight_moves_less() {
    let fresh = FRESH.clone();
    let text = "Which plan has the calendar in it?";
    let moved = |weight| {
        let mut model = fresh.clone();
        model.learn(&Lesson { weight, ..lesson(text, "spam") });
        let after = model.classify(&Message::alone(text));
        let probabilities = &after.classification().unwrap().probabilities;
        probabilities.iter().find(|(bucket, _)| bucket == "spam").unwrap().1
    };
    assert!(moved(0.2) < moved(1.0));
}

#[test]
fn learning_lesson_by_lesson_gives_the_model_that_training_gives() {
    let lessons: Vec<Lesson> =
        HABITS.iter().flat_map(|(bucket, texts, _)| texts.map(|text| lesson(text, bucket))).collect();
    let mut learned = FRESH.clone();
    for lesson in &lessons {
        learned.learn(lesson);
    }
    let trained = LocalModel::train(&seeds(), &lessons);
    assert_eq!(trained.version(), learned.version());
    for held in held_out() {
        assert_eq!(answer(&trained, &held.text), answer(&learned, &held.text));
    }
}

#[test]
fn the_version_changes_with_each_lesson_and_with_the_seeds() {
    let mut model = FRESH.clone();
    let mut versions = vec![model.version()];
    model.learn(&lesson("parcel?", "urgent"));
    versions.push(model.version());
    model.learn(&lesson("parcel?", "urgent"));
    versions.push(model.version());
    let mut other = seeds();
    other[0].examples.push("one more".to_owned());
    versions.push(LocalModel::train(&other, &[]).version());
    let mut distinct = versions.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), versions.len(), "{versions:?}");
    assert_eq!(LocalModel::train(&seeds(), &[]).version(), versions[0]);
}

#[test]
fn a_lesson_that_teaches_nothing_changes_nothing() {
    let mut model = FRESH.clone();
    let version = model.version();
    let before = answer(&model, "Where is my parcel?");
    model.learn(&lesson("Where is my parcel?", "a bucket that was removed"));
    model.learn(&lesson(" \n", "urgent"));
    model.learn(&Lesson { weight: 0.0, ..lesson("Where is my parcel?", "urgent") });
    model.learn(&Lesson { weight: f32::NAN, ..lesson("Where is my parcel?", "urgent") });
    assert_eq!(model.version(), version);
    assert_eq!(answer(&model, "Where is my parcel?"), before);
}

#[test]
fn a_bucket_of_ones_own_with_few_examples_takes_its_messages_and_no_others() {
    let before = accuracy(&FRESH, &held_out());
    let partnership = [
        "We'd like to become a reseller of your product in the Nordics.",
        "Is there a partner programme for agencies that recommend you?",
        "We are a consultancy and want to be listed as a certified partner.",
    ];
    for count in 0..=3 {
        let mut buckets = seeds();
        buckets.push(BucketSeed {
            key: "partnership".to_owned(),
            description: "Companies that want to become partners or resellers.".to_owned(),
            examples: partnership[..count].iter().map(|text| (*text).to_owned()).collect(),
        });
        let model = LocalModel::train(&buckets, &[]);
        let with = accuracy(&model, &held_out());
        let asked = answer(&model, "Can we become a certified reseller and partner in Denmark?");
        println!(
            "{count} examples: {with:.3} of strangers' messages right; partner -> {} {:.2}",
            asked.bucket, asked.confidence
        );
        assert!(with >= before - 0.03, "with {count} examples {before:.3} -> {with:.3}");
        if count == 3 {
            assert_eq!(asked.bucket, "partnership");
        }
    }
}

#[test]
fn a_bucket_of_ones_own_fills_up_with_lessons() {
    let mut buckets = seeds();
    buckets.push(BucketSeed { key: "press".to_owned(), ..BucketSeed::default() });
    let mut model = LocalModel::train(&buckets, &[]);
    for text in [
        "I'm a journalist with the Daily Herald and would like a comment for my story.",
        "Press enquiry: who can give an interview about your new product?",
        "We are writing an article about remote work, may I interview your founder?",
    ] {
        model.learn(&lesson(text, "press"));
    }
    let asked = answer(&model, "Press question: could I interview somebody for an article?");
    assert_eq!(asked.bucket, "press", "{:?}", asked.probabilities);
}

#[test]
fn a_training_tells_of_each_step_up_to_the_last_and_is_the_same_model() {
    let lessons: Vec<Lesson> =
        (0..60).map(|number| lesson(&format!("The scanner shows glyph {number}"), "urgent")).collect();
    let told = std::sync::Mutex::new(Vec::new());
    let model = LocalModel::train_telling(&seeds(), &lessons, &|done, total| {
        told.lock().unwrap().push((done, total));
    });
    let mut told = told.into_inner().unwrap();
    told.sort_unstable();
    let total = told.last().unwrap().1;
    assert!(total > 1);
    assert_eq!(told, (1..=total).map(|done| (done, total)).collect::<Vec<_>>(), "each once, and of as many");
    assert_eq!(model.to_bytes(), LocalModel::train(&seeds(), &lessons).to_bytes());
}
