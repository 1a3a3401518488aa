//! Acceptance, edits and corrections, week by week.

use crate::policy::{Answer, Record};
use domain::{BucketId, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

const DAY_MS: i64 = 86_400_000;

/// A week of ISO 8601: it begins on Monday, and week 1 is the one with the year's first Thursday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub struct Week {
    /// The year that the week's Thursday lies in.
    #[ts(type = "number")]
    pub year: i64,
    /// 1 to 53.
    pub week: u32,
}

impl Week {
    /// The week of a time by a clock that is `offset_minutes` ahead of UTC.
    pub const fn of(at: Timestamp, offset_minutes: i32) -> Self {
        let day = at.plus_ms(offset_minutes as i64 * 60_000).0.div_euclid(DAY_MS);
        // 1970-01-01 was a Thursday: three days after the Monday of its week.
        let thursday = (day + 3).div_euclid(7) * 7;
        let year = year_of(thursday);
        Self { year, week: ((thursday - first_day_of(year)) / 7) as u32 + 1 }
    }
}

/// The year that a day after 1970-01-01 lies in.
const fn year_of(day: i64) -> i64 {
    // The Gregorian calendar repeats after 400 years, which have 146,097 days. The guess is off by one at most.
    let guess = 1970 + (day * 400).div_euclid(146_097);
    if day < first_day_of(guess) {
        guess - 1
    } else if day >= first_day_of(guess + 1) {
        guess + 1
    } else {
        guess
    }
}

/// The first of January, in days after 1970-01-01.
const fn first_day_of(year: i64) -> i64 {
    let before = year - 1;
    let leaps = before.div_euclid(4) - before.div_euclid(100) + before.div_euclid(400);
    365 * (year - 1970) + leaps - 477
}

/// What people made of a bucket's suggestions in one week.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct WeekRates {
    /// The week.
    pub week: Week,
    /// The bucket suggested.
    pub bucket_id: BucketId,
    /// How many were answered by people who saw the suggestion.
    pub answers: u32,
    /// How many were carried out as they stood.
    pub approved: u32,
    /// How many with another reply.
    pub edited: u32,
    /// How many as another bucket.
    pub corrected: u32,
    /// How many not at all.
    pub rejected: u32,
    /// Share approved.
    pub acceptance: f64,
    /// Share edited.
    pub edit: f64,
    /// Share corrected or rejected.
    pub correction: f64,
}

/// The rates of each bucket and week in which it was answered, by week, then bucket. Blind answers are left out:
/// nobody accepts or corrects what he does not see.
pub fn weekly_rates<'a>(
    records: impl IntoIterator<Item = &'a Record>,
    offset_minutes: i32,
) -> Vec<WeekRates> {
    let mut counts: BTreeMap<(Week, &BucketId), [u32; 4]> = BTreeMap::new();
    for record in records.into_iter().filter(|record| !record.blind) {
        let [approved, edited, corrected, rejected] =
            counts.entry((Week::of(record.at, offset_minutes), &record.bucket_id)).or_default();
        *match record.answer {
            Answer::Approved => approved,
            Answer::Edited => edited,
            Answer::Corrected { .. } => corrected,
            Answer::Rejected => rejected,
        } += 1;
    }
    counts
        .into_iter()
        .map(|((week, bucket_id), [approved, edited, corrected, rejected])| {
            let answers = approved + edited + corrected + rejected;
            let share = |count: u32| f64::from(count) / f64::from(answers);
            WeekRates {
                week,
                bucket_id: bucket_id.clone(),
                answers,
                approved,
                edited,
                corrected,
                rejected,
                acceptance: share(approved),
                edit: share(edited),
                correction: share(corrected + rejected),
            }
        })
        .collect()
}
