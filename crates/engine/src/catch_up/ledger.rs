//! The ledger read: which stretches of time are covered, and since when there is no gap. Pure.
//!
//! *Covered* claims: every change of a conversation made in that period is in the store, or on disk as a delivery
//! that is still to be applied; conversations that could not be read are listed apart. By the clock of this machine.

use domain::Timestamp;
use std::collections::BTreeSet;
use store::{Covered, CoveredBy};

/// A stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Band {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end, not part of it.
    pub until: Timestamp,
    /// How it is known to be complete; `None` for a gap.
    pub how: Option<CoveredBy>,
}

/// A time without a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unbroken {
    /// Since when.
    pub since: Timestamp,
    /// Up to when.
    pub until: Timestamp,
}

/// `from` to `until` in stretches, without holes and without overlaps. Where a time is covered in several ways, the
/// one that says most counts: listening, then catching up, then the backfill.
pub fn bands(periods: &[Covered], from: Timestamp, until: Timestamp) -> Vec<Band> {
    let ends = periods.iter().flat_map(|period| [period.from, period.until]);
    let cuts: BTreeSet<Timestamp> =
        ends.chain([from, until]).map(|at| at.clamp(from, until.max(from))).collect();
    let mut bands: Vec<Band> = Vec::new();
    for (start, end) in cuts.iter().zip(cuts.iter().skip(1)) {
        let covers = |period: &&Covered| period.from <= *start && *end <= period.until;
        let how = periods.iter().filter(covers).map(|period| period.how).min();
        match bands.last_mut() {
            Some(last) if last.how == how => last.until = *end,
            Some(_) | None => bands.push(Band { from: *start, until: *end, how }),
        }
    }
    bands
}

/// The newest time without a gap, as far as it is not later than `now`.
pub fn unbroken(periods: &[Covered], now: Timestamp) -> Option<Unbroken> {
    let mut past: Vec<&Covered> = periods.iter().filter(|period| period.from < now).collect();
    past.sort_by_key(|period| std::cmp::Reverse(period.until));
    let newest = past.first()?;
    let mut since = newest.from;
    for period in &past {
        if period.until >= since {
            since = since.min(period.from);
        }
    }
    Some(Unbroken { since, until: newest.until.min(now) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use CoveredBy::{Backfill, CatchUp, Listening};

    fn covered(from: i64, until: i64, how: CoveredBy) -> Covered {
        Covered { from: Timestamp(from), until: Timestamp(until), how }
    }

    fn drawn(periods: &[Covered], from: i64, until: i64) -> Vec<(i64, i64, Option<CoveredBy>)> {
        let bands = bands(periods, Timestamp(from), Timestamp(until));
        bands.into_iter().map(|band| (band.from.0, band.until.0, band.how)).collect()
    }

    #[test]
    fn what_is_covered_in_several_ways_counts_as_listened_to() {
        let periods = [covered(0, 10, Backfill), covered(8, 30, CatchUp), covered(12, 20, Listening)];
        assert_eq!(
            drawn(&periods, 0, 40),
            [
                (0, 8, Some(Backfill)),
                (8, 12, Some(CatchUp)),
                (12, 20, Some(Listening)),
                (20, 30, Some(CatchUp)),
                (30, 40, None)
            ]
        );
        assert_eq!(drawn(&periods, 5, 5), []);
        assert_eq!(drawn(&[], 5, 9), [(5, 9, None)]);
    }

    #[test]
    fn the_time_without_a_gap_reaches_back_over_whatever_covers_it() {
        let periods = [covered(0, 5, Backfill), covered(7, 12, CatchUp), covered(12, 20, Listening)];
        let found = unbroken(&periods, Timestamp(30));
        assert_eq!(found, Some(Unbroken { since: Timestamp(7), until: Timestamp(20) }));
        assert_eq!(unbroken(&periods, Timestamp(15)).unwrap().until, Timestamp(15), "not the future");
        assert_eq!(unbroken(&[], Timestamp(15)), None);
    }

    fn any_periods() -> impl proptest::strategy::Strategy<Value = Vec<Covered>> {
        use proptest::prelude::*;
        let how = prop_oneof![Just(Listening), Just(CatchUp), Just(Backfill)];
        let period =
            (0..100_i64, 1..30_i64, how).prop_map(|(from, length, how)| covered(from, from + length, how));
        proptest::collection::vec(period, 0..12)
    }

    proptest::proptest! {
        #[test]
        fn each_moment_is_drawn_once_and_as_the_periods_say(
            periods in any_periods(), from in 0..120_i64, length in 0..80_i64
        ) {
            let bands = bands(&periods, Timestamp(from), Timestamp(from + length));
            let mut at = from;
            for band in &bands {
                proptest::prop_assert_eq!(band.from.0, at);
                proptest::prop_assert!(band.until > band.from);
                at = band.until.0;
            }
            proptest::prop_assert_eq!(at, from + length);
            proptest::prop_assert!(bands.windows(2).all(|two| two[0].how != two[1].how), "merged as far as they go");
            for moment in from..from + length {
                let band = bands.iter().find(|band| band.from.0 <= moment && moment < band.until.0).unwrap();
                let best = periods.iter().filter(|p| p.from.0 <= moment && moment < p.until.0).map(|p| p.how).min();
                proptest::prop_assert_eq!(band.how, best);
            }
        }

        #[test]
        fn the_time_without_a_gap_has_none_and_could_not_be_longer(periods in any_periods(), now in 1..140_i64) {
            let covers = |moment: i64| periods.iter().any(|p| p.from.0 <= moment && moment < p.until.0);
            match unbroken(&periods, Timestamp(now)) {
                None => proptest::prop_assert!((0..now).all(|moment| !covers(moment))),
                Some(found) => {
                    proptest::prop_assert!((found.since.0..found.until.0).all(covers));
                    proptest::prop_assert!(found.since.0 == 0 || !covers(found.since.0 - 1));
                    proptest::prop_assert!((found.until.0..now).all(|moment| !covers(moment)));
                }
            }
        }
    }
}
