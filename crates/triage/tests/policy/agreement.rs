//! Two opinions: the confidence follows the record, however sure the language model says it is.

use crate::dice::Dice;
use domain::BucketId;
use triage::policy::agreement::{
    Agreement, AgreementRecord, Basis, FITTED_FROM, LocalOpinion, Pair, SecondOpinion,
};
use triage::statistics::{Level, Scored, auroc, expected_calibration_error, wilson};

const BUCKETS: [&str; 4] = ["urgent", "billing", "general", "spam"];

/// How a made-up workspace behaves.
#[derive(Clone, Copy)]
struct World {
    /// How often the language model is right.
    second_right: f64,
    /// What it states when it is right, and when it is wrong, and how far that scatters.
    stated: (f64, f64, f64),
    /// How often it states nothing.
    silent: f64,
}

/// Says 0.9 and more whether right or not.
const SURE_OF_ITSELF: World = World { second_right: 0.8, stated: (0.97, 0.94, 0.05), silent: 0.0 };

fn other_than(bucket: usize, dice: &mut Dice) -> usize {
    (bucket + 1 + dice.below(3)) % 4
}

fn pairs(count: usize, world: World, seed: u64) -> Vec<Pair> {
    let mut dice = Dice::new(seed);
    (0..count)
        .map(|_| {
            let truth = dice.below(4);
            let confidence = 0.35 + 0.64 * dice.share();
            let local = if dice.chance(confidence) { truth } else { other_than(truth, &mut dice) };
            let is_right = dice.chance(world.second_right);
            let second = if is_right { truth } else { other_than(truth, &mut dice) };
            let (right, wrong, scatter) = world.stated;
            let stated = (if is_right { right } else { wrong }) + scatter * (dice.share() - 0.5);
            Pair {
                local: LocalOpinion { bucket_id: BUCKETS[local].into(), confidence },
                second: SecondOpinion {
                    bucket_id: BUCKETS[second].into(),
                    stated: (!dice.chance(world.silent)).then_some(stated.clamp(0.0, 1.0)),
                },
                decided: Some(BUCKETS[truth].into()),
            }
        })
        .collect()
}

/// Answers in order, each before it is learned; and what the language model stated of itself.
fn prequential(pairs: &[Pair]) -> (Vec<Scored>, Vec<Scored>) {
    let mut record = AgreementRecord::default();
    let (mut combined, mut stated) = (Vec::new(), Vec::new());
    for pair in pairs {
        let answer = record.combine(&pair.local, Some(&pair.second));
        let right = |bucket: &BucketId| pair.decided.as_ref() == Some(bucket);
        combined.push(Scored { confidence: answer.confidence, right: right(&answer.bucket_id) });
        if let Some(confidence) = pair.second.stated {
            stated.push(Scored { confidence, right: right(&pair.second.bucket_id) });
        }
        record.learn(pair);
    }
    (combined, stated)
}

fn accuracy(answers: &[Scored]) -> f64 {
    answers.iter().filter(|answer| answer.right).count() as f64 / answers.len() as f64
}

#[test]
fn the_combination_is_calibrated_where_the_language_model_is_not() {
    let worlds = [
        ("sure of itself", SURE_OF_ITSELF),
        ("weak and sure", World { second_right: 0.5, stated: (0.95, 0.95, 0.02), silent: 0.0 }),
        ("tells right from wrong", World { second_right: 0.85, stated: (0.95, 0.6, 0.3), silent: 0.0 }),
        ("often silent", World { second_right: 0.8, stated: (0.97, 0.9, 0.05), silent: 0.6 }),
        ("better than the local one", World { second_right: 0.97, stated: (0.9, 0.9, 0.1), silent: 0.0 }),
    ];
    for (name, world) in worlds {
        let (combined, stated) = prequential(&pairs(4_000, world, 77));
        let late = &combined[1_000..];
        let error = expected_calibration_error(late).unwrap();
        let stated_error = expected_calibration_error(&stated).unwrap();
        println!(
            "{name}: calibration error {:.3} all, {error:.3} from 1,000 on (the language model's own: {stated_error:.3}); \
             right {:.3}, AUROC {:.3}",
            expected_calibration_error(&combined).unwrap(),
            accuracy(&combined),
            auroc(&combined).unwrap(),
        );
        assert!(error < 0.04, "{name}: {error}");
    }
}

#[test]
fn early_on_the_combination_is_less_wrong_about_itself_than_the_language_model() {
    let (mut combined, mut stated) = (Vec::new(), Vec::new());
    for seed in 0..40 {
        let (ours, theirs) = prequential(&pairs(100, SURE_OF_ITSELF, seed));
        combined.extend(ours);
        stated.extend(theirs);
    }
    let (ours, theirs) =
        (expected_calibration_error(&combined).unwrap(), expected_calibration_error(&stated).unwrap());
    println!(
        "first 100 pairs of 40 workspaces: calibration error {ours:.3}, the language model's own {theirs:.3}"
    );
    assert!(ours < 0.12 && ours < theirs, "{ours} {theirs}");
}

#[test]
fn a_disagreement_follows_the_record_of_disagreements() {
    let local = LocalOpinion { bucket_id: "billing".into(), confidence: 0.8 };
    let second = SecondOpinion { bucket_id: "spam".into(), stated: Some(0.99) };
    let pair =
        |decided: &str| Pair { local: local.clone(), second: second.clone(), decided: Some(decided.into()) };

    let new = AgreementRecord::default().combine(&local, Some(&second));
    assert_eq!((new.agreement, new.bucket_id.as_str()), (Agreement::Disagreed, "billing"));
    assert!(new.confidence <= 0.5);
    assert_eq!(
        new.sentence().unwrap(),
        "The language model disagrees. There is no record of such cases yet."
    );

    let mostly_second: Vec<Pair> =
        (0..40).map(|n| pair(if n % 10 < 7 { "spam" } else { "billing" })).collect();
    let record = AgreementRecord::of(&mostly_second);
    let answer = record.combine(&local, Some(&second));
    assert_eq!(answer.bucket_id.as_str(), "spam");
    // 28 of 40, and four more at the chance of 0.2 that the local model leaves.
    assert!((answer.confidence - (28.0 + 4.0 * 0.2) / 44.0).abs() < 1e-12, "{answer:?}");
    let interval = wilson(28, 40, Level::P95);
    assert_eq!(answer.basis, Basis::Frequency { right: 28, pairs: 40, interval });
    assert_eq!(
        answer.sentence().unwrap(),
        "The language model disagrees. In such cases this opinion was right 28 of 40 times."
    );
}

#[test]
fn from_a_hundred_pairs_of_a_kind_it_is_fitted() {
    let all = pairs(3_000, SURE_OF_ITSELF, 5);
    let agreed: Vec<Pair> =
        all.iter().filter(|pair| pair.local.bucket_id == pair.second.bucket_id).cloned().collect();
    let before = AgreementRecord::of(&agreed[..FITTED_FROM - 1]);
    let after = AgreementRecord::of(&agreed[..FITTED_FROM]);
    let basis =
        |record: &AgreementRecord| record.combine(&agreed[200].local, Some(&agreed[200].second)).basis;
    assert!(matches!(basis(&before), Basis::Frequency { pairs: 99, .. }));
    assert_eq!(basis(&after), Basis::Fitted { pairs: 100 });
    // Agreements say nothing of disagreements.
    let odd = SecondOpinion { bucket_id: "spam".into(), stated: None };
    let local = LocalOpinion { bucket_id: "billing".into(), confidence: 0.9 };
    assert!(matches!(after.combine(&local, Some(&odd)).basis, Basis::Frequency { pairs: 0, .. }));
}

#[test]
fn the_fit_finds_the_weights_that_made_the_record() {
    // A second opinion that is right with the probability it states, next to a local one that knows nothing.
    let mut dice = Dice::new(31);
    let mut record = AgreementRecord::default();
    for _ in 0..2_000 {
        let stated = 0.5 + 0.49 * dice.share();
        let decided = if dice.chance(stated) { "spam" } else { "general" };
        record.learn(&Pair {
            local: LocalOpinion { bucket_id: "spam".into(), confidence: 0.5 },
            second: SecondOpinion { bucket_id: "spam".into(), stated: Some(stated) },
            decided: Some(decided.into()),
        });
    }
    for stated in [0.6, 0.8, 0.95] {
        let local = LocalOpinion { bucket_id: "spam".into(), confidence: 0.5 };
        let second = SecondOpinion { bucket_id: "spam".into(), stated: Some(stated) };
        let found = record.combine(&local, Some(&second)).confidence;
        println!("stated {stated}, found {found:.3}");
        assert!((found - stated).abs() < 0.06, "{found} for {stated}");
    }
}

#[test]
fn one_opinion_stands_alone() {
    let record = AgreementRecord::of(&pairs(500, SURE_OF_ITSELF, 1));
    let local = LocalOpinion { bucket_id: "urgent".into(), confidence: 0.7 };
    let alone = record.combine(&local, None);
    assert_eq!((alone.agreement, alone.basis), (Agreement::Alone, Basis::Local));
    assert!((alone.confidence - 0.7).abs() < 1e-12);
    assert_eq!(alone.sentence(), None);
}

#[test]
fn learning_pairs_one_by_one_or_all_at_once_is_the_same() {
    for count in [0, 99, 170, 400, 1_400, 6_010] {
        let pairs = pairs(count, SURE_OF_ITSELF, 9);
        let mut record = AgreementRecord::default();
        for pair in &pairs {
            record.learn(pair);
        }
        let at_once = AgreementRecord::of(&pairs);
        assert_eq!(record, at_once, "{count} pairs");
        let (agreed, disagreed) = at_once.len();
        assert!(agreed.max(disagreed) <= 1_000);
    }
}

#[test]
fn pairs_come_back_from_disk_as_they_were() {
    let pairs = pairs(50, World { silent: 0.3, ..SURE_OF_ITSELF }, 3);
    let text = serde_json::to_string(&pairs).unwrap();
    let back: Vec<Pair> = serde_json::from_str(&text).unwrap();
    let (record, other) = (AgreementRecord::of(&pairs), AgreementRecord::of(&back));
    for pair in &pairs {
        let confidence =
            |record: &AgreementRecord| record.combine(&pair.local, Some(&pair.second)).confidence;
        assert!((confidence(&record) - confidence(&other)).abs() < 1e-12);
    }
}

#[test]
fn whatever_is_stated_the_confidence_is_one() {
    let mut record = AgreementRecord::of(&pairs(50, SURE_OF_ITSELF, 2));
    let odd = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 0.0, 1.0, 1.7, f64::MIN_POSITIVE];
    for round in 0..3 {
        for confidence in odd {
            for stated in odd.map(Some).into_iter().chain([None]) {
                for bucket in ["spam", "billing"] {
                    let local = LocalOpinion { bucket_id: "spam".into(), confidence };
                    let second = SecondOpinion { bucket_id: bucket.into(), stated };
                    let found = record.combine(&local, Some(&second));
                    assert!((0.0..=1.0).contains(&found.confidence), "{found:?}");
                    let decided = (round > 0).then(|| bucket.into());
                    record.learn(&Pair { local, second, decided });
                }
            }
        }
    }
    let (agreed, disagreed) = record.len();
    assert!(agreed >= FITTED_FROM && disagreed >= FITTED_FROM && !record.is_empty());
}
