//! Learning views against counts, the calendar of another crate, and simulations.

use crate::common::{corrected, honest, id, record};
use crate::dice::Dice;
use domain::{BucketId, Timestamp};
use std::collections::BTreeMap;
use triage::insights::{
    Week, calibration, confusion, learning_curve, looks, mix_drift, record_at, risk_curve, vocabulary,
    weekly_rates,
};
use triage::policy::{Answer, Record};
use triage::statistics::Level;

const DAY_MS: i64 = 86_400_000;

/// Records of three buckets over a year, answered in every way.
fn varied(count: usize, seed: u64) -> Vec<Record> {
    let mut dice = Dice::new(seed);
    (0..count)
        .map(|number| {
            let answer = match dice.below(12) {
                0 => Answer::Rejected,
                1 | 2 => corrected(["spam", "urgent"][dice.below(2)]),
                3 => Answer::Edited,
                _ => Answer::Approved,
            };
            let at = 1_700_000_000_000 + number as i64 * 370 * DAY_MS / count as i64;
            let mut record = record(number, at, dice.share(), answer);
            record.bucket_id = ["billing", "general", "urgent"][dice.below(3)].into();
            record.blind = dice.chance(0.1);
            record.looked_ms = dice.chance(0.8).then(|| dice.below(20_000) as u32);
            record
        })
        .collect()
}

#[test]
fn every_view_of_nothing_is_empty_and_none_claims_anything() {
    let plot = calibration(&[], Level::P95);
    assert_eq!((plot.bins.len(), plot.answers, plot.expected_error), (15, 0, None));
    assert!(confusion(&[]).cells.is_empty() && confusion(&[]).buckets.is_empty());
    assert_eq!(risk_curve(&[]).area, None);
    assert!(learning_curve(&[], Level::P95).windows.is_empty());
    assert!(weekly_rates(&[], 0).is_empty());
    assert_eq!(looks(&[], Level::P95).quartiles_ms, None);
    assert_eq!(mix_drift(&[], &[]).drift, None);
    assert_eq!(record_at(&[], &"spam".into(), 0.9, 0.05, 50, Level::P95).of, 0);
}

#[test]
fn honest_confidence_lies_in_its_intervals() {
    let mut dice = Dice::new(17);
    let plot = calibration(&honest(6_000, &mut dice), Level::P95);
    println!("calibration error of honest confidences: {:.4}", plot.expected_error.unwrap());
    assert!(plot.expected_error.unwrap() < 0.02);
    let filled: Vec<_> = plot.bins.iter().filter(|bin| bin.count > 0).collect();
    let within = filled.iter().filter(|bin| bin.interval.contains(bin.confidence.unwrap())).count();
    assert!(within + 1 >= filled.len(), "{within} of {}", filled.len());
    assert_eq!(plot.bins.iter().map(|bin| bin.count).sum::<u32>(), 6_000);
}

#[test]
fn the_record_at_a_level_is_that_of_the_last_ones_near_it() {
    let mut records: Vec<Record> = (0..80).map(|n| record(n, 0, 0.9, Answer::Approved)).collect();
    for n in [1, 40, 79] {
        records[n].answer = corrected("spam");
    }
    records.push(record(99, 0, 0.5, Answer::Rejected));
    let found = record_at(&records, &"billing".into(), 0.92, 0.05, 50, Level::P95);
    assert_eq!((found.right, found.of), (48, 50));
    assert_eq!(found.sentence(), "Right 48 of the last 50 at this level.");
    let few = record_at(&records[..20], &"billing".into(), 0.92, 0.05, 50, Level::P95);
    assert_eq!(few.sentence(), "Still learning: 20 decided at this level so far.");
}

#[test]
fn the_cells_of_the_confusion_hold_every_case_once() {
    let records = varied(600, 1);
    let found = confusion(&records);
    let mut seen = 0;
    for cell in &found.cells {
        let wanted: Vec<_> = records
            .iter()
            .filter(|record| record.bucket_id == cell.suggested && record.decided() == cell.decided.as_ref())
            .map(|record| record.suggestion_id)
            .collect();
        assert_eq!(cell.cases, wanted);
        seen += wanted.len();
    }
    assert_eq!(seen, 600);
    assert_eq!(found.buckets, ["billing", "general", "spam", "urgent"].map(BucketId::from));
    let of_billing: Vec<_> = found
        .cells
        .iter()
        .filter(|cell| cell.suggested.as_str() == "billing")
        .map(|cell| cell.decided.is_none())
        .collect();
    assert_eq!(of_billing, [false, false, false, true], "none of these is the last column");
}

#[test]
fn a_risk_curve_keeps_its_ends_and_the_area_of_the_whole() {
    let mut dice = Dice::new(2);
    let records = honest(5_000, &mut dice);
    let curve = risk_curve(&records);
    assert_eq!(curve.points.len(), 200);
    let wrong = records.iter().filter(|record| !record.answer.is_right()).count();
    let last = curve.points.last().unwrap();
    assert_eq!((last.count, last.wrong as usize), (5_000, wrong));
    let area = curve.area.unwrap();
    assert!(area > 0.0 && area < last.risk, "confidence that ranks has less risk at less coverage: {area}");
}

#[test]
fn the_learning_curve_counts_windows_and_the_last_hundred() {
    let mut dice = Dice::new(4);
    let records: Vec<Record> = (0..4_321)
        .map(|n| {
            let right = dice.chance(0.5 + 0.45 * (n as f64 / 4_321.0));
            record(n, n as i64, 0.5, if right { Answer::Approved } else { corrected("spam") })
        })
        .collect();
    let curve = learning_curve(&records, Level::P95);
    let bounds: Vec<_> = curve.windows.iter().map(|window| (window.from, window.to)).collect();
    assert_eq!(bounds, [(0, 50), (50, 200), (200, 1_000), (1_000, 3_000), (3_000, 4_321)]);
    let right =
        |from: usize, to: usize| records[from..to].iter().filter(|record| record.answer.is_right()).count();
    for window in &curve.windows {
        assert_eq!(window.right as usize, right(window.from as usize, window.to as usize));
    }
    assert_eq!((curve.points[0].decisions, curve.points.last().unwrap().decisions), (1, 4_321));
    for point in &curve.points {
        let to = point.decisions as usize;
        let from = to.saturating_sub(100);
        assert!((point.accuracy - right(from, to) as f64 / (to - from) as f64).abs() < 1e-12);
    }
    assert_eq!(learning_curve(&records[..50], Level::P95).windows.len(), 1);
    assert_eq!(learning_curve(&records[..51], Level::P95).windows.len(), 2);
}

#[test]
fn weeks_are_those_of_iso_8601() {
    // The standard's own examples.
    let known = [
        ("2005-01-01", (2004, 53)),
        ("2005-01-02", (2004, 53)),
        ("2005-12-31", (2005, 52)),
        ("2007-01-01", (2007, 1)),
        ("2007-12-31", (2008, 1)),
        ("2008-12-29", (2009, 1)),
        ("2010-01-03", (2009, 53)),
    ];
    let format = time::macros::format_description!("[year]-[month]-[day]");
    for (date, wanted) in known {
        let day = time::Date::parse(date, format).unwrap();
        let found = Week::of(Timestamp(day.midnight().assume_utc().unix_timestamp() * 1_000), 0);
        assert_eq!((found.year, found.week), wanted, "{date}");
    }
    // Every day of more than 400 years, by the calendar of another crate.
    let first = time::Date::from_calendar_date(1900, time::Month::January, 1).unwrap();
    for number in 0..150_000 {
        let day = first + time::Duration::days(number);
        let (year, week, _) = day.to_iso_week_date();
        let found = Week::of(Timestamp(day.midnight().assume_utc().unix_timestamp() * 1_000 + 1), 0);
        assert_eq!((found.year, found.week), (i64::from(year), u32::from(week)), "{day}");
    }
    for odd in [i64::MIN, i64::MAX] {
        let week = Week::of(Timestamp(odd), i32::MIN).week;
        assert!((1..=53).contains(&week));
    }
}

#[test]
fn a_week_begins_on_monday_by_the_users_clock() {
    // Sunday 2026-11-22, 23:30 UTC: Monday already in Berlin.
    let sunday = Timestamp(1_795_390_200_000);
    assert_eq!(Week::of(sunday, 0), Week { year: 2026, week: 47 });
    assert_eq!(Week::of(sunday, 60), Week { year: 2026, week: 48 });
    assert_eq!(Week::of(sunday, -480), Week { year: 2026, week: 47 });
}

#[test]
fn rates_are_counts_of_what_was_seen() {
    let records = varied(2_000, 3);
    let rates = weekly_rates(&records, 120);
    let mut wanted: BTreeMap<(Week, String), Vec<&Answer>> = BTreeMap::new();
    for record in records.iter().filter(|record| !record.blind) {
        wanted
            .entry((Week::of(record.at, 120), record.bucket_id.to_string()))
            .or_default()
            .push(&record.answer);
    }
    assert_eq!(rates.len(), wanted.len());
    for (rate, ((week, bucket), answers)) in rates.iter().zip(&wanted) {
        assert_eq!((&rate.week, rate.bucket_id.as_str()), (week, bucket.as_str()));
        let count = |is: &dyn Fn(&Answer) -> bool| answers.iter().filter(|answer| is(answer)).count();
        assert_eq!(rate.approved as usize, count(&|answer| *answer == Answer::Approved));
        assert_eq!(rate.edited as usize, count(&|answer| *answer == Answer::Edited));
        assert_eq!(rate.rejected as usize, count(&|answer| *answer == Answer::Rejected));
        assert_eq!(rate.answers as usize, answers.len());
        assert!((rate.acceptance + rate.edit + rate.correction - 1.0).abs() < 1e-12);
        assert!(
            (rate.edit - count(&|answer| *answer == Answer::Edited) as f64 / answers.len() as f64).abs()
                < 1e-12
        );
    }
}

#[test]
fn looks_are_those_of_approvals_that_were_seen() {
    let mut records: Vec<Record> = [500, 1_999, 2_000, 9_000, 30_000]
        .iter()
        .enumerate()
        .map(|(n, time)| Record { looked_ms: Some(*time), ..record(n, 0, 0.9, Answer::Approved) })
        .collect();
    records.push(Record { looked_ms: Some(1), blind: true, ..record(7, 0, 0.9, Answer::Approved) });
    records.push(Record { looked_ms: Some(1), ..record(8, 0, 0.9, Answer::Edited) });
    records.push(record(9, 0, 0.9, Answer::Approved));
    let found = looks(&records, Level::P95);
    assert_eq!((found.approvals, found.rubber_stamped), (5, 2));
    let quartiles = found.quartiles_ms.unwrap();
    assert!((quartiles.median - 2_000.0).abs() < 1e-9 && (quartiles.lower - 1_999.0).abs() < 1e-9);
    assert!(found.interval.contains(0.4));
}

#[test]
fn a_mix_that_moves_is_drift_and_one_that_scatters_is_not() {
    let mut dice = Dice::new(6);
    let mut of = |shares: [usize; 3], count: usize| -> Vec<Record> {
        (0..count)
            .map(|n| {
                let at = dice.below(shares.iter().sum());
                let bucket = if at < shares[0] {
                    "billing"
                } else if at < shares[0] + shares[1] {
                    "general"
                } else {
                    "spam"
                };
                Record { bucket_id: bucket.into(), ..record(n, 0, 0.9, Answer::Approved) }
            })
            .collect()
    };
    let before = of([5, 3, 2], 2_000);
    let same = mix_drift(&before, &of([5, 3, 2], 200));
    assert!(!same.drift.unwrap().exceeds(0.1), "{same:?}");
    let moved = mix_drift(&before, &of([1, 3, 6], 200));
    assert!(moved.drift.unwrap().exceeds(0.25), "{moved:?}");
    assert!(moved.divergence.unwrap() > 10.0 * same.divergence.unwrap());
    let new =
        mix_drift(&before, &[Record { bucket_id: "refunds".into(), ..record(1, 0, 0.9, Answer::Approved) }]);
    assert_eq!(
        new.buckets.iter().map(|bucket| bucket.bucket_id.as_str()).collect::<Vec<_>>(),
        ["billing", "general", "refunds", "spam"]
    );
}

#[test]
fn views_can_be_sent_and_read_back() {
    let records = varied(300, 9);
    let text = serde_json::to_string(&confusion(&records)).unwrap();
    assert_eq!(serde_json::from_str::<triage::insights::Confusion>(&text).unwrap(), confusion(&records));
    let text = serde_json::to_string(&records).unwrap();
    assert_eq!(serde_json::from_str::<Vec<Record>>(&text).unwrap().len(), 300);
    assert_eq!(records[3].suggestion_id, id(3));
    for value in [
        serde_json::to_value(calibration(&records, Level::P95)).unwrap(),
        serde_json::to_value(learning_curve(&records, Level::P95)).unwrap(),
        serde_json::to_value(weekly_rates(&records, 0)).unwrap(),
        serde_json::to_value(mix_drift(&records, &records)).unwrap(),
    ] {
        assert!(value.is_object() || value.is_array());
    }
}

#[test]
fn new_words_are_those_of_several_messages_that_nobody_wrote_before() {
    let before = ["Where is my invoice?", "Refund the invoice", "The invoices are wrong"];
    let lately = ["The zeppelin invoice", "A zeppelin refund, zeppelins again", "Where is the only balloon?"];
    let found = vocabulary(["my refund"], &before, &lately);
    let words: Vec<(&str, u32)> = found.words.iter().map(|new| (new.word.as_str(), new.messages)).collect();
    assert_eq!(
        words,
        [("zeppelin", 2)],
        "once a message, by its beginning; one message's words are one customer's"
    );
    assert_eq!((found.before, found.lately), (3, 3));
    let (was, is) = found.drift.before.zip(found.drift.lately).unwrap();
    assert!(was > 0.0 && is > 0.0 && is < 1.0, "{was}, {is}");
    let nothing = vocabulary([], &[], &[]);
    assert_eq!((nothing.words.len(), nothing.drift.before, nothing.drift.standard_errors), (0, None, None));
}

#[test]
fn words_are_known_once_they_were_seen() {
    let same = vec!["The zeppelin invoice is late"; 40];
    let found = vocabulary(["the zeppelin invoice late"], &same, &same);
    assert_eq!((found.drift.before, found.drift.lately), (Some(0.0), Some(0.0)));
    let letter = |place: u8| char::from(b'a' + place % 26);
    // Words are compared by their beginnings, so it is those that differ.
    let strange: Vec<String> =
        (0..40_u8).map(|number| format!("{}{}qrst", letter(number), letter(number / 26))).collect();
    let strange: Vec<&str> = strange.iter().map(String::as_str).collect();
    let moved = vocabulary(["the zeppelin invoice late"], &same, &strange).drift;
    assert!(moved.exceeds(0.1), "{moved:?}");
}
