//! When a search is complete, and how far. Pure.
//!
//! A list that is read page by page moves meanwhile: a conversation that changes leaves its place, and where pages are
//! counted, those after it slip past the reader unseen. So the same search is read again until a whole pass brings
//! nothing new: then nothing moved. Where something always moves, a pass that brings nothing which the passes before
//! should have shown is enough in the end; it proves as much where pages go on from an item and not from a count.
//!
//! The reach is told by the helpdesk's own times only: complete is everything up to the newest change that was seen
//! before the last pass began. A change after that moment is newer, and found by the next search.

use domain::{ConversationId, Timestamp};
use std::collections::BTreeSet;

/// After so many passes one is enough that brings only what has changed since the one before.
const PATIENT_PASSES: u32 = 4;
/// Passes over one search at most. One more, and the search counts as failed.
const MOST_PASSES: u32 = 8;

/// A conversation with the time of its last change.
pub(super) type Item = (ConversationId, Timestamp);

/// What was seen of a search so far.
#[derive(Debug, Default)]
pub(super) struct Passes {
    seen: BTreeSet<Item>,
    /// The newest change seen in the passes before this one.
    before: Option<Timestamp>,
    count: u32,
}

/// How a search stands after a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Something may have slipped past: read it again.
    Again,
    /// Everything up to this time was seen; `None` when there is nothing.
    Complete(Option<Timestamp>),
    /// It never came to rest.
    Restless,
}

impl Passes {
    /// Takes in a pass of so many pages. Returns what was not seen before, and how the search stands.
    pub(super) fn take(&mut self, listed: Vec<Item>, pages: u32) -> (Vec<Item>, Verdict) {
        let newest = listed.iter().map(|(_, at)| *at).max();
        let fresh: Vec<Item> = listed.into_iter().filter(|item| self.seen.insert(item.clone())).collect();
        let is_newer = |item: &Item| self.before.is_some_and(|before| item.1 > before);
        let verdict = if self.count == 0 && pages <= 1 {
            // One page shows one moment.
            Verdict::Complete(newest)
        } else if (self.count > 0 && fresh.is_empty())
            || (self.count + 1 >= PATIENT_PASSES && fresh.iter().all(is_newer))
        {
            Verdict::Complete(self.before)
        } else if self.count + 1 < MOST_PASSES {
            Verdict::Again
        } else {
            Verdict::Restless
        };
        self.before = self.before.max(newest);
        self.count += 1;
        (fresh, verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn item(id: &str, at: i64) -> Item {
        (id.into(), Timestamp(at))
    }

    #[test]
    fn one_page_is_complete_at_once() {
        let mut passes = Passes::default();
        let (fresh, verdict) = passes.take(vec![item("a", 1), item("b", 5), item("a", 1)], 1);
        assert_eq!(fresh, [item("a", 1), item("b", 5)], "each once");
        assert_eq!(verdict, Verdict::Complete(Some(Timestamp(5))));
        assert_eq!(Passes::default().take(vec![], 1).1, Verdict::Complete(None));
    }

    #[test]
    fn several_pages_are_read_again_until_nothing_new_turns_up() {
        let mut passes = Passes::default();
        assert_eq!(passes.take(vec![item("a", 1), item("b", 5)], 2).1, Verdict::Again);
        let (fresh, verdict) = passes.take(vec![item("a", 1), item("b", 5), item("c", 3)], 2);
        assert_eq!((fresh, verdict), (vec![item("c", 3)], Verdict::Again), "it had slipped past");
        let (fresh, verdict) = passes.take(vec![item("a", 1), item("b", 5), item("c", 3)], 2);
        assert_eq!((fresh, verdict), (vec![], Verdict::Complete(Some(Timestamp(5)))));
    }

    #[test]
    fn where_something_always_moves_what_is_newer_is_left_to_the_next_search() {
        let mut passes = Passes::default();
        let verdicts: Vec<Verdict> = (1..=4).map(|at| passes.take(vec![item("a", at)], 2).1).collect();
        let complete = Verdict::Complete(Some(Timestamp(3)));
        assert_eq!(verdicts, [Verdict::Again, Verdict::Again, Verdict::Again, complete]);
    }

    #[test]
    fn a_search_that_never_comes_to_rest_is_given_up() {
        let mut passes = Passes::default();
        passes.take(vec![item("z", 100)], 2);
        let mut verdicts = Vec::new();
        for n in 0..10 {
            verdicts.push(passes.take(vec![item(&n.to_string(), 50)], 2).1);
            if verdicts.last() == Some(&Verdict::Restless) {
                break;
            }
        }
        assert_eq!(verdicts.len(), 7);
        assert_eq!(verdicts.last(), Some(&Verdict::Restless));
    }

    /// A helpdesk whose list is read page by page while it changes.
    #[derive(Debug)]
    struct Moving {
        now: i64,
        last_change: BTreeMap<usize, i64>,
        newest_first: bool,
        /// Pages go on from an item, and not from a count.
        goes_on_from_item: bool,
    }

    impl Moving {
        fn page(&self, page: usize, last: Option<(i64, usize)>, size: usize) -> Vec<(i64, usize)> {
            let mut all: Vec<(i64, usize)> = self.last_change.iter().map(|(id, at)| (*at, *id)).collect();
            all.sort_unstable();
            if self.newest_first {
                all.reverse();
            }
            let is_after = |one: &(i64, usize)| match last {
                None => true,
                Some(last) => {
                    if self.newest_first {
                        *one < last
                    } else {
                        *one > last
                    }
                }
            };
            if self.goes_on_from_item {
                all.into_iter().filter(is_after).take(size).collect()
            } else {
                all.into_iter().skip(page * size).take(size).collect()
            }
        }
    }

    proptest::proptest! {
        /// Whatever changes between the pages, in whichever order they are listed.
        #[test]
        fn nothing_that_changed_before_the_place_reached_is_missed(
            newest_first: bool,
            goes_on_from_item: bool,
            times in proptest::collection::vec(0..40_i64, 1..30),
            changes in proptest::collection::vec((0..30_usize, 0..3_i64), 0..60),
            size in 1..6_usize,
            pace in 1..4_usize,
        ) {
            let last_change = times.iter().enumerate().map(|(id, at)| (id, *at)).collect();
            let mut there = Moving { now: 41, last_change, newest_first, goes_on_from_item };
            let mut changes = changes.into_iter();
            let mut passes = Passes::default();
            let mut seen = BTreeSet::new();
            let reached = loop {
                let mut listed = Vec::new();
                let mut pages = 0;
                let mut last = None;
                loop {
                    let page = there.page(pages, last, size);
                    pages += 1;
                    let is_last = page.len() < size;
                    last = page.last().copied().or(last);
                    listed.extend(page.into_iter().map(|(at, id)| item(&id.to_string(), at)));
                    for (id, later) in changes.by_ref().take(pace) {
                        there.now += later;
                        if there.last_change.contains_key(&id) {
                            there.last_change.insert(id, there.now);
                        }
                    }
                    if is_last {
                        break;
                    }
                }
                let (fresh, verdict) = passes.take(listed, u32::try_from(pages).unwrap());
                let is_at_rest = pages == 1 || fresh.is_empty();
                seen.extend(fresh);
                match verdict {
                    Verdict::Again => {}
                    // Where pages are counted, and something always moves, there is no proof to be had.
                    Verdict::Complete(_) if !is_at_rest && !goes_on_from_item => return Ok(()),
                    Verdict::Complete(reached) => break reached,
                    Verdict::Restless => return Ok(()),
                }
            };
            let reached = reached.unwrap();
            for (id, at) in &there.last_change {
                // A second has several moments: the next search begins before this one's end.
                if *at < reached.0 {
                    proptest::prop_assert!(
                        seen.contains(&item(&id.to_string(), *at)),
                        "{id} changed at {at} and was not seen; reached {}", reached.0
                    );
                }
            }
        }
    }
}
