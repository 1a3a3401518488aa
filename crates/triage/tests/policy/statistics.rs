//! Statistics against published values and 40-digit arithmetic, and by their definitions.

use crate::dice::Dice;
use triage::statistics::{
    Level, Scored, WordCount, area_under_risk_coverage, auroc, bound_holds, brier, calibration_bins,
    clopper_pearson, clopper_pearson_lower, clopper_pearson_upper, expected_calibration_error,
    jensen_shannon, normal_quantile, population_stability, quartiles, risk_coverage, vocabulary_drift,
    wilson,
};

fn close(found: f64, wanted: f64, within: f64) {
    assert!((found - wanted).abs() <= within, "{found} is not {wanted}");
}

#[test]
fn one_sided_bounds_agree_with_forty_digits() {
    let known = [
        (0, 10, 0.95, 0.258_865_550_893_052_3),
        (1, 10, 0.95, 0.394_163_302_436_504_8),
        (5, 50, 0.95, 0.198_833_002_516_418_5),
        (3, 100, 0.95, 0.075_710_793_749_830_05),
        (3, 100, 0.99, 0.096_971_045_265_344_47),
        (10, 1_000, 0.95, 0.016_903_175_120_562_506),
        (1, 20_000, 0.9, 0.000_194_471_958_781_395_3),
        (49, 50, 0.95, 0.998_974_660_132_767_9),
        (7, 8, 0.8, 0.972_492_472_466_073),
        (1_000, 100_000, 0.95, 0.010_533_200_900_636_333),
        (2_000, 200_000, 0.95, 0.010_373_759_201_696_325),
        (99_000, 200_000, 0.95, 0.496_841_455_282_466_1),
        (3, 200_000, 0.95, 3.876_782_191_407_881e-5),
        (50_000, 1_000_000, 0.99, 0.050_509_292_694_038_49),
    ];
    for (hits, trials, level, wanted) in known {
        let level = Level::new(level).unwrap();
        let found = clopper_pearson_upper(hits, trials, level);
        close(found, wanted, 1e-12);
        close(clopper_pearson_lower(trials - hits, trials, level), 1.0 - wanted, 1e-12);
    }
}

#[test]
fn two_sided_intervals_are_the_published_ones() {
    // Newcombe (1998), table I: exact and score intervals of 81/263, 15/148, 0/20 and 1/29, to four digits.
    let published = [
        (81, 263, (0.2527, 0.3676), (0.2553, 0.3662)),
        (15, 148, (0.0578, 0.1617), (0.0624, 0.1605)),
        (0, 20, (0.0, 0.1684), (0.0, 0.1611)),
        (1, 29, (0.0009, 0.1776), (0.0061, 0.1718)),
    ];
    for (hits, trials, exact, score) in published {
        let found = clopper_pearson(hits, trials, Level::P95);
        close(found.low, exact.0, 5.1e-5);
        close(found.high, exact.1, 5.1e-5);
        let found = wilson(hits, trials, Level::P95);
        close(found.low, score.0, 5.1e-5);
        close(found.high, score.1, 5.1e-5);
    }
    let found = clopper_pearson(81, 263, Level::P95);
    close(found.low, 0.252_736_745_585_271_16, 1e-12);
    close(found.high, 0.367_621_922_601_351_36, 1e-12);
    let found = clopper_pearson(2, 14, Level::P99);
    close(found.low, 0.007_642_355_472_928_921, 1e-12);
    close(found.high, 0.512_307_345_553_246_8, 1e-12);
}

#[test]
fn bounds_are_where_the_sum_of_binomial_probabilities_says() {
    // Probabilities of at most `hits`, added up one by one.
    let at_most = |hits: u64, trials: u64, share: f64| {
        let mut log = trials as f64 * (1.0 - share).ln();
        let mut sum = log.exp();
        for k in 0..hits {
            log += ((trials - k) as f64 / (k + 1) as f64 * share / (1.0 - share)).ln();
            sum += log.exp();
        }
        sum
    };
    for trials in [1, 2, 7, 30, 211] {
        for hits in 0..trials {
            for level in [Level::P80, Level::P95, Level::P99] {
                let bound = clopper_pearson_upper(hits, trials, level);
                close(at_most(hits, trials, bound), 1.0 - level.get(), 1e-9);
            }
        }
    }
}

#[test]
fn a_bound_covers_the_truth_as_often_as_it_says() {
    let mut dice = Dice::new(11);
    for share in [0.01, 0.1, 0.4] {
        let covered = (0..2_000)
            .filter(|_| {
                let hits = (0..150).filter(|_| dice.chance(share)).count() as u64;
                clopper_pearson_upper(hits, 150, Level::P90) >= share
            })
            .count();
        assert!(covered as f64 >= 0.88 * 2_000.0, "{share}: {covered}");
    }
}

#[test]
fn whether_a_bound_holds_is_the_same_question_as_where_it_is() {
    let mut dice = Dice::new(5);
    for _ in 0..3_000 {
        let trials = dice.below(3_000) as u64;
        let hits = dice.below(trials as usize / 4 + 2) as u64;
        let share = dice.share() * 0.5;
        let bound = clopper_pearson_upper(hits, trials, Level::P95);
        if (bound - share).abs() > 1e-9 {
            assert_eq!(
                bound_holds(hits, trials, share, Level::P95),
                bound <= share,
                "{hits} of {trials}, {share}"
            );
        }
    }
    assert!(!bound_holds(0, 0, 0.99, Level::P95));
    assert!(bound_holds(3, 3, 1.0, Level::P95));
}

#[test]
fn nothing_seen_is_nothing_known() {
    let unknown = clopper_pearson(0, 0, Level::P95);
    assert!(unknown.low <= 0.0 && unknown.high >= 1.0);
    assert!(wilson(0, 0, Level::P95).contains(0.0) && wilson(0, 0, Level::P95).contains(1.0));
    assert!(clopper_pearson(9, 4, Level::P95).contains(1.0));
    assert_eq!(expected_calibration_error(&[]), None);
    assert_eq!(brier(&[]), None);
    assert_eq!(auroc(&[]), None);
    assert!(risk_coverage(&[]).is_empty());
    assert_eq!(area_under_risk_coverage(&[]), None);
    assert_eq!(population_stability(&[], &[]), None);
    assert_eq!(population_stability(&[4, 5], &[0, 0]), None);
    assert_eq!(jensen_shannon(&[0], &[3]), None);
    assert_eq!(quartiles([]), None);
    assert_eq!(vocabulary_drift(&[], &[]).standard_errors, None);
    assert!(!vocabulary_drift(&[], &[]).exceeds(0.0));
    assert_eq!(calibration_bins(&[], 15, Level::P95).len(), 15);
}

#[test]
fn levels_are_probabilities_from_a_half_up() {
    for wrong in [0.0, 0.49, 1.0, 1.5, -1.0, f64::NAN, f64::INFINITY] {
        assert!(Level::new(wrong).is_err(), "{wrong}");
        assert!(serde_json::from_value::<Level>(serde_json::json!(wrong)).is_err(), "{wrong}");
    }
    assert_eq!(serde_json::to_value(Level::P95).unwrap(), serde_json::json!(0.95));
    assert_eq!(serde_json::from_str::<Level>("0.9").unwrap(), Level::P90);
}

#[test]
fn normal_quantiles_agree_with_forty_digits() {
    let known = [
        (0.975, 1.959_963_984_540_054_2),
        (0.95, 1.644_853_626_951_472_7),
        (0.995, 2.575_829_303_548_901),
        (0.8, 0.841_621_233_572_914_2),
        (0.999_999, 4.753_424_308_822_899),
        (0.5, 0.0),
        (1e-10, -6.361_340_902_404_056),
        (1e-300, -37.047_096_299_361_19),
    ];
    for (probability, wanted) in known {
        close(normal_quantile(probability), wanted, 1e-9);
    }
    assert!(normal_quantile(0.0) < -1e300 && normal_quantile(1.0) > 1e300);
    close(normal_quantile(f64::NAN), 0.0, 0.0);
}

/// Answers whose confidence is anything, ties included, and whose outcome has little to do with it.
fn answers(count: usize, dice: &mut Dice) -> Vec<Scored> {
    (0..count)
        .map(|_| {
            let confidence = dice.below(41) as f64 / 40.0;
            Scored { confidence, right: dice.chance(0.3 + 0.5 * confidence) }
        })
        .collect()
}

#[test]
fn calibration_error_and_brier_are_what_their_definitions_say() {
    let mut dice = Dice::new(3);
    let answers = answers(700, &mut dice);
    let mut wanted = 0.0;
    for bin in 0..15 {
        let (above, up_to) = (f64::from(bin) / 15.0, f64::from(bin + 1) / 15.0);
        let own: Vec<&Scored> = answers
            .iter()
            .filter(|answer| (answer.confidence > above || bin == 0) && answer.confidence <= up_to)
            .collect();
        if !own.is_empty() {
            let n = own.len() as f64;
            let mean = own.iter().map(|answer| answer.confidence).sum::<f64>() / n;
            let accuracy = own.iter().filter(|answer| answer.right).count() as f64 / n;
            wanted += n / 700.0 * (mean - accuracy).abs();
        }
    }
    close(expected_calibration_error(&answers).unwrap(), wanted, 1e-12);

    let sure = [Scored { confidence: 1.0, right: true }, Scored { confidence: 0.6, right: false }];
    close(brier(&sure).unwrap(), 0.18, 1e-12);
    close(expected_calibration_error(&sure).unwrap(), 0.3, 1e-12);
}

#[test]
fn bins_hold_every_answer_once_whatever_its_confidence() {
    let odd = [f64::NAN, -3.0, 0.0, 1.0, 7.0, f64::INFINITY, f64::NEG_INFINITY, 0.5];
    let answers: Vec<Scored> =
        odd.iter().map(|confidence| Scored { confidence: *confidence, right: true }).collect();
    let bins = calibration_bins(&answers, 15, Level::P95);
    assert_eq!(bins.iter().map(|bin| bin.count).sum::<u32>(), 8);
    assert_eq!((bins[0].count, bins[14].count), (4, 3));
    assert!(
        brier(&answers).unwrap().is_finite() && expected_calibration_error(&answers).unwrap().is_finite()
    );
    assert_eq!(calibration_bins(&answers, 0, Level::P95).len(), 1);
}

#[test]
fn auroc_is_the_share_of_pairs_in_the_right_order() {
    let mut dice = Dice::new(8);
    let answers = answers(300, &mut dice);
    let (mut won, mut pairs) = (0.0, 0.0);
    for right in answers.iter().filter(|answer| answer.right) {
        for wrong in answers.iter().filter(|answer| !answer.right) {
            pairs += 1.0;
            won += match right.confidence.total_cmp(&wrong.confidence) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    close(auroc(&answers).unwrap(), won / pairs, 1e-12);
    assert_eq!(auroc(&[Scored { confidence: 0.4, right: true }]), None);
}

#[test]
fn risk_and_coverage_are_counts_at_each_line() {
    let mut dice = Dice::new(9);
    let answers = answers(400, &mut dice);
    let points = risk_coverage(&answers);
    for point in &points {
        let given: Vec<&Scored> = answers.iter().filter(|answer| answer.confidence >= point.line).collect();
        assert_eq!(point.count as usize, given.len());
        assert_eq!(point.wrong as usize, given.iter().filter(|answer| !answer.right).count());
    }
    assert!(points.windows(2).all(|pair| pair[0].line > pair[1].line && pair[0].coverage < pair[1].coverage));
    close(points.last().unwrap().coverage, 1.0, 1e-12);
    let all_wrong = [Scored { confidence: 0.5, right: false }; 4];
    close(area_under_risk_coverage(&risk_coverage(&all_wrong)).unwrap(), 1.0, 1e-12);
}

#[test]
fn quartiles_are_those_of_a_spreadsheet() {
    let found = quartiles([7.0, 1.0, 2.0, 4.0]).unwrap();
    close(found.lower, 1.75, 1e-12);
    close(found.median, 3.0, 1e-12);
    close(found.upper, 4.75, 1e-12);
    let one = quartiles([5.0, f64::NAN]).unwrap();
    close(one.lower, 5.0, 0.0);
    close(one.upper, 5.0, 0.0);
}

#[test]
fn divergence_is_zero_for_the_same_mix_and_one_for_nothing_in_common() {
    close(jensen_shannon(&[10, 30], &[100, 300]).unwrap(), 0.0, 1e-12);
    close(jensen_shannon(&[5, 0], &[0, 9]).unwrap(), 1.0, 1e-12);
    // By hand: shares (3/4, 1/4) and (1/4, 3/4), mean (1/2, 1/2): 1 - H(1/4).
    close(jensen_shannon(&[3, 1], &[1, 3]).unwrap(), 0.188_721_875_540_867, 1e-12);
}

#[test]
fn the_stability_index_is_the_textbooks_for_large_counts() {
    // Shares (0.5, 0.3, 0.2) and (0.4, 0.3, 0.3): 0.1 ln(5/4) + 0.1 ln(3/2).
    let drift = population_stability(&[500_000, 300_000, 200_000], &[400_000, 300_000, 300_000]).unwrap();
    close(drift.index, 0.1 * 1.25_f64.ln() + 0.1 * 1.5_f64.ln(), 1e-5);
    assert!(drift.exceeds(0.05) && !drift.exceeds(0.25));
    let new_kind = population_stability(&[100, 0], &[60, 40]).unwrap();
    assert!(new_kind.index.is_finite() && new_kind.exceeds(0.25), "{new_kind:?}");
}

#[test]
fn chance_alone_seldom_looks_like_drift() {
    let mut dice = Dice::new(21);
    let mut count = |n: usize| {
        let mut counts = [0_u32; 5];
        for _ in 0..n {
            counts[[0, 0, 0, 1, 1, 2, 2, 3, 4][dice.below(9)]] += 1;
        }
        counts
    };
    // Counted against what chance explains, with no limit beside it: one in a thousand is meant.
    for (n, m) in [(2_000, 60), (300, 300), (60, 30)] {
        let found =
            (0..4_000).filter(|_| population_stability(&count(n), &count(m)).unwrap().exceeds(0.0)).count();
        println!("drift found where there is none: {found} of 4,000 with {n} and {m} counted");
        assert!(found <= 20, "{found} with {n} and {m}");
    }
}

#[test]
fn new_vocabulary_is_told_from_chance() {
    let mut dice = Dice::new(8);
    let mut of = |share: f64, count: usize| -> Vec<WordCount> {
        (0..count)
            .map(|_| {
                let words = dice.below(30) as u32;
                WordCount { words, unknown: (0..words).filter(|_| dice.chance(share)).count() as u32 }
            })
            .collect()
    };
    let before = of(0.08, 800);
    let same = vocabulary_drift(&before, &of(0.08, 150));
    let moved = vocabulary_drift(&before, &of(0.2, 150));
    println!(
        "standard errors: {:.1} with the same words, {:.1} with new ones",
        same.standard_errors.unwrap(),
        moved.standard_errors.unwrap()
    );
    assert!(same.standard_errors.unwrap().abs() < 3.0 && moved.standard_errors.unwrap() > 6.0);
    assert!(moved.exceeds(0.05) && !moved.exceeds(0.2) && !same.exceeds(0.0), "{moved:?} {same:?}");
    assert!((moved.lately.unwrap() - 0.2).abs() < 0.05);
    let alike = [WordCount { unknown: 0, words: 4 }; 3];
    let odd = [WordCount { unknown: 9, words: 4 }; 3];
    assert_eq!(vocabulary_drift(&alike, &alike).standard_errors, Some(0.0));
    assert_eq!(vocabulary_drift(&alike, &odd).standard_errors, Some(100.0));
    assert_eq!(vocabulary_drift(&alike, &[WordCount::default(); 5]).lately, None);
}
