//! The threshold simulator against a count of the records themselves.

use crate::common::{corrected, honest, id, record};
use crate::dice::Dice;
use std::collections::BTreeSet;
use std::time::Instant;
use triage::policy::{ActionWord, Answer, History, LEAST_DECISIONS, Levels, Promise, Record, Tally};
use triage::statistics::{Level, bound_holds, clopper_pearson_upper};

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// Records of three buckets and several plans, with many equal confidences.
fn mixed(count: usize, seed: u64) -> Vec<Record> {
    let mut dice = Dice::new(seed);
    (0..count)
        .map(|number| {
            let confidence = dice.below(60) as f64 / 59.0;
            let answer = match dice.below(10) {
                0 if !dice.chance(confidence) => Answer::Rejected,
                1 => Answer::Edited,
                2 if !dice.chance(confidence) => corrected("spam"),
                _ => Answer::Approved,
            };
            let at = dice.below(40) as i64 * DAY_MS + dice.below(86_400_000) as i64;
            let mut record = record(number, at, confidence, answer);
            record.bucket_id = ["billing", "general", "urgent"][dice.below(3)].into();
            record.actions = ActionWord::ALL.into_iter().filter(|_| dice.chance(0.5)).collect();
            record
        })
        .collect()
}

#[test]
fn every_line_is_what_counting_gives() {
    let records = mixed(1_500, 4);
    let offset = 330;
    let history = History::new(&records, offset);
    for (bucket, action, track) in history.tracks() {
        let own: Vec<&Record> = records
            .iter()
            .filter(|record| record.bucket_id == *bucket && record.actions.contains(action))
            .collect();
        assert_eq!(track.len(), own.len());
        for line in [-1.0, 0.0, 0.2, 30.0 / 59.0, 0.777, 1.0, 1.1, f64::NAN] {
            let replay = track.replay(line, Level::P95);
            let automatic: Vec<&&Record> = own.iter().filter(|record| record.confidence >= line).collect();
            assert_eq!(replay.automatic as usize, automatic.len(), "{line}");
            let wrong: BTreeSet<_> = automatic
                .iter()
                .filter(|record| record.answer.is_wrong_for(action))
                .map(|record| record.suggestion_id)
                .collect();
            assert_eq!(replay.wrong.iter().copied().collect::<BTreeSet<_>>(), wrong);
            assert_eq!(replay.wrong.len(), wrong.len());
            let bound = clopper_pearson_upper(wrong.len() as u64, automatic.len() as u64, Level::P95);
            assert!((replay.at_most - bound).abs() < 1e-15);
            for day in &replay.days {
                let on_day = |record: &Record| {
                    (record.at.0 + i64::from(offset) * MINUTE_MS).div_euclid(DAY_MS) == i64::from(day.day)
                };
                assert_eq!(day.decided as usize, own.iter().filter(|record| on_day(record)).count());
                assert_eq!(day.automatic as usize, automatic.iter().filter(|record| on_day(record)).count());
            }
            assert_eq!(replay.days.iter().map(|day| day.decided).sum::<u32>(), replay.decided);
        }
    }
}

#[test]
fn a_replay_is_told_in_one_sentence() {
    let mut records: Vec<Record> = (0..100).map(|n| record(n, 0, 0.95, Answer::Approved)).collect();
    records[7].answer = corrected("spam");
    records.push(record(200, 0, 0.4, Answer::Rejected));
    let history = History::new(&records, 0);
    let track = history.track(&"billing".into(), ActionWord::Assign).unwrap();
    assert_eq!(
        track.replay(0.9, Level::P95).sentence(Level::P95),
        "100 of 101 would have been automatic, 1 of them wrong. At most 4.7 % are (at 95 %)."
    );
    assert_eq!(
        track.replay(0.96, Level::P95).sentence(Level::P95),
        "None of 101 would have been automatic, so nothing is known of the error."
    );
    let history = History::new(&records[..12], 0);
    let track = history.track(&"billing".into(), ActionWord::Assign).unwrap();
    assert_eq!(
        track.replay(0.9, Level::P95).sentence(Level::P95),
        "Still learning: 12 of 30 decisions reach this line, 1 of them wrong. Until there are 30, nothing is clear or automatic."
    );
}

#[test]
fn a_replay_counts_what_was_decided_at_a_level_that_is_still_learning() {
    let mut records: Vec<Record> = (0..40).map(|n| record(n, 0, 0.95, Answer::Approved)).collect();
    records.extend((0..29).map(|n| record(100 + n, 0, 0.7, Answer::Approved)));
    let mut levels = Levels::default();
    for record in &records {
        levels.add(record.confidence);
    }
    let history = History::new(&records, 0);
    let track = history.track(&"billing".into(), ActionWord::Assign).unwrap();
    assert_eq!((track.count_learning(0.9, &levels), track.count_learning(0.6, &levels)), (0, 29));
    levels.add(0.75);
    assert_eq!(track.count_learning(0.6, &levels), 0);
}

#[test]
fn an_edited_reply_is_wrong_as_a_reply_only() {
    let mut edited = record(1, 0, 0.9, Answer::Edited);
    edited.actions = [ActionWord::Assign, ActionWord::Reply].into_iter().collect();
    let history = History::new(&[edited], 0);
    let wrong = |action| history.track(&"billing".into(), action).unwrap().replay(0.5, Level::P95).wrong;
    assert_eq!(wrong(ActionWord::Reply), [id(1)]);
    assert_eq!(wrong(ActionWord::Assign), []);
    assert!(history.track(&"billing".into(), ActionWord::Close).is_none());
    assert!(history.track(&"spam".into(), ActionWord::Assign).is_none());
}

#[test]
fn the_order_of_the_records_changes_nothing() {
    let mut records = mixed(400, 6);
    let before = History::new(&records, 0);
    records.reverse();
    let after = History::new(&records, 0);
    for (bucket, action, track) in before.tracks() {
        let other = after.track(bucket, action).unwrap();
        assert_eq!(track.replay(0.4, Level::P95), other.replay(0.4, Level::P95));
    }
}

#[test]
fn dates_and_confidences_that_make_no_sense_are_counted_and_reach_no_line() {
    let odd = [(i64::MIN, f64::NAN), (i64::MAX, f64::INFINITY), (0, f64::NEG_INFINITY), (5, 0.9)];
    let records: Vec<Record> = odd
        .iter()
        .enumerate()
        .map(|(number, (at, confidence))| record(number, *at, *confidence, Answer::Rejected))
        .collect();
    let history = History::new(&records, i32::MAX);
    let track = history.track(&"billing".into(), ActionWord::Assign).unwrap();
    assert_eq!(track.tally(0.0), Tally { decided: 2, wrong: 2 });
    assert_eq!(track.replay(0.0, Level::P95).decided, 4);
    assert!(track.lines(10).iter().all(|line| line.is_finite()));
    assert_eq!(track.proposed_line(Promise { error: 0.1, level: Level::P95 }), None);
    assert!(History::new(&[], 0).tracks().next().is_none());
}

#[test]
fn a_curve_is_its_lines_one_by_one_and_spans_the_record() {
    let records = mixed(900, 2);
    let history = History::new(&records, 0);
    let (_, _, track) = history.tracks().next().unwrap();
    for most in [1, 2, 3, 50, 5_000] {
        let lines = track.lines(most);
        assert!(lines.len() <= most && lines.windows(2).all(|pair| pair[0] > pair[1]), "{most}: {lines:?}");
    }
    let curve = track.curve(&track.lines(200), Level::P90);
    assert_eq!(curve.last().unwrap().automatic as usize, track.len());
    for point in &curve {
        let replay = track.replay(point.line, Level::P90);
        assert_eq!((point.automatic, point.wrong as usize), (replay.automatic, replay.wrong.len()));
        assert!((point.at_most - replay.at_most).abs() < 1e-15);
    }
}

#[test]
fn the_proposed_line_is_the_lowest_of_those_that_hold() {
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let count = 20 + dice.below(1_500);
        let mut records = honest(count, &mut dice);
        if seed % 2 == 0 {
            for record in &mut records {
                record.confidence = (record.confidence * 50.0).round() / 50.0;
            }
        }
        let history = History::new(&records, 0);
        let track = history.track(&"billing".into(), ActionWord::Assign).unwrap();
        let promise = Promise { error: [0.02, 0.05, 0.2][seed as usize % 3], level: Level::P90 };
        let wanted = records
            .iter()
            .map(|record| record.confidence)
            .filter(|line| {
                let Tally { decided, wrong } = track.tally(*line);
                decided >= LEAST_DECISIONS
                    && bound_holds(u64::from(wrong), u64::from(decided), promise.error, promise.level)
            })
            .min_by(f64::total_cmp);
        let found = track.proposed_line(promise);
        assert_eq!(found.map(|line| line.line), wanted, "seed {seed}");
        if let Some(found) = found {
            assert!(found.at_most <= promise.error + 1e-9);
        }
    }
}

/// Prints what a slider costs; says nothing about what it should.
#[test]
#[ignore = "measures time: run it in release"]
fn time_of_a_slider_over_200_000_records() {
    let mut dice = Dice::new(1);
    let mut records = honest(200_000, &mut dice);
    for record in &mut records {
        record.actions = [ActionWord::Assign, ActionWord::Reply, ActionWord::Close].into_iter().collect();
    }
    let began = Instant::now();
    let history = History::new(&records, 60);
    println!("built from {} records with three actions each: {:.1} ms", records.len(), ms(began));
    let track = history.track(&"billing".into(), ActionWord::Assign).unwrap();
    let mut moves: Vec<f64> = Vec::new();
    for step in 0..=1_000 {
        let line = 0.4 + 0.6 * f64::from(step) / 1_000.0;
        let began = Instant::now();
        let replay = track.replay(line, Level::P95);
        moves.push(ms(began));
        assert!(replay.automatic as usize <= track.len());
    }
    moves.sort_by(f64::total_cmp);
    println!(
        "a move of the slider: median {:.3} ms, 99 % {:.3} ms, slowest {:.3} ms",
        moves[500], moves[990], moves[1_000]
    );
    let lines = track.lines(201);
    let began = Instant::now();
    let curve = track.curve(&lines, Level::P95);
    println!("the curve at {} lines: {:.1} ms", curve.len(), ms(began));
    for error in [0.01, 0.02, 0.05, 0.1, 0.2] {
        let began = Instant::now();
        let found = track.proposed_line(Promise { error, level: Level::P95 });
        let line = found.map_or_else(
            || "none".to_owned(),
            |found| {
                format!(
                    "{:.4}, {} automatic, {} wrong, at most {:.4}",
                    found.line, found.automatic, found.wrong, found.at_most
                )
            },
        );
        println!("proposed line for {error}: {:.1} ms ({line})", ms(began));
    }
}

fn ms(began: Instant) -> f64 {
    began.elapsed().as_secs_f64() * 1_000.0
}
