//! Nothing that was acknowledged is lost or comes twice, whatever the disk and the power do. A model is kept beside.

use super::disk::{Aligned, BLOCK, Disk};
use super::journal::{Journal, Mark, Place, read};
use proptest::prelude::*;
use std::io;
use std::sync::{Arc, Mutex};

/// A disk in memory that can lose what was not synced, page by page, and refuse.
#[derive(Debug, Default)]
struct State {
    /// As whoever reads it sees it.
    now: Vec<u8>,
    /// As it is after a power cut.
    durable: Vec<u8>,
    /// Where the two may differ.
    unsynced: std::ops::Range<usize>,
    fails: Option<Fails>,
    /// It takes and gives whole blocks only.
    in_blocks: bool,
}

impl State {
    /// As a disk does that is written to past the system's cache.
    fn check(&self, at: u64, bytes: &[u8]) {
        let whole = |number: usize| number.is_multiple_of(BLOCK);
        if self.in_blocks {
            assert!(
                whole(usize::try_from(at).unwrap()) && whole(bytes.len()) && whole(bytes.as_ptr().addr())
            );
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fails {
    /// After so many bytes of it.
    Write(usize),
    Sync,
}

#[derive(Debug, Clone, Default)]
struct Memory(Arc<Mutex<State>>);

const PAGE: usize = 512;

impl Memory {
    fn with<T>(&self, act: impl FnOnce(&mut State) -> T) -> T {
        act(&mut self.0.lock().unwrap())
    }

    fn opened(&self) -> Box<dyn Disk> {
        if self.with(|state| state.in_blocks) {
            Box::new(Aligned::over(self.clone()))
        } else {
            Box::new(self.clone())
        }
    }

    /// The power is cut: of the pages not synced, those whose turn in `kept` says so have reached the disk.
    fn cut_power(&self, kept: u64) {
        self.with(|state| {
            let length = if kept & 1 == 0 { state.durable.len() } else { state.now.len() };
            let mut after = state.durable.clone();
            after.resize(length, 0);
            for (number, page) in after.chunks_mut(PAGE).enumerate() {
                let reached = kept.rotate_right(u32::try_from(number % 64).unwrap()) & 1 == 1;
                let newer = state.now.get(number * PAGE..).unwrap_or_default();
                if reached {
                    page.iter_mut().zip(newer).for_each(|(old, new)| *old = *new);
                }
            }
            state.now.clone_from(&after);
            state.durable = after;
            state.unsynced = 0..0;
            state.fails = None;
        });
    }
}

impl Disk for Memory {
    fn read(&mut self, at: u64, buffer: &mut [u8]) -> io::Result<usize> {
        self.with(|state| {
            state.check(at, buffer);
            let there = state.now.get(usize::try_from(at).unwrap()..).unwrap_or_default();
            let size = there.len().min(buffer.len());
            buffer[..size].copy_from_slice(&there[..size]);
            Ok(size)
        })
    }

    fn write(&mut self, at: u64, pieces: &[&[u8]]) -> io::Result<()> {
        self.with(|state| {
            for piece in pieces {
                state.check(at, piece);
            }
            let bytes = pieces.concat();
            let fails = match state.fails {
                Some(Fails::Write(after)) => Some(after.min(bytes.len())),
                Some(Fails::Sync) | None => None,
            };
            let bytes = &bytes[..fails.unwrap_or(bytes.len())];
            let at = usize::try_from(at).unwrap();
            if state.now.len() < at + bytes.len() {
                state.now.resize(at + bytes.len(), 0);
            }
            state.now[at..at + bytes.len()].copy_from_slice(bytes);
            let before = if state.unsynced.is_empty() { at..at } else { state.unsynced.clone() };
            state.unsynced = before.start.min(at)..before.end.max(at + bytes.len());
            if fails.is_some() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        })
    }

    fn sync(&mut self) -> io::Result<()> {
        self.with(|state| {
            if state.fails == Some(Fails::Sync) {
                return Err(io::Error::other("the disk is broken"));
            }
            let State { now, durable, unsynced, .. } = state;
            durable.resize(now.len(), 0);
            let unsynced = unsynced.start.min(now.len())..unsynced.end.min(now.len());
            durable[unsynced.clone()].copy_from_slice(&now[unsynced]);
            state.unsynced = 0..0;
            Ok(())
        })
    }

    fn length(&mut self) -> io::Result<u64> {
        self.with(|state| Ok(state.now.len() as u64))
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        self.with(|state| {
            state.now.truncate(usize::try_from(length).unwrap());
            Ok(())
        })
    }
}

#[derive(Debug, Clone)]
enum Step {
    Append(Vec<u16>),
    AppendWhileItFails(Vec<u16>, Fails),
    /// Sorts in up to so many frames, and keeps how far that is.
    Sort(usize),
    Clear,
    Kill,
    CutPower(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let sizes = || proptest::collection::vec(1..3_000_u16, 1..5);
    let fails = prop_oneof![(0..6_000_usize).prop_map(Fails::Write), Just(Fails::Sync)];
    prop_oneof![
        4 => sizes().prop_map(Step::Append),
        1 => (sizes(), fails).prop_map(|(sizes, fails)| Step::AppendWhileItFails(sizes, fails)),
        3 => (0..6_usize).prop_map(Step::Sort),
        2 => Just(Step::Clear),
        1 => Just(Step::Kill),
        2 => any::<u64>().prop_map(Step::CutPower),
    ]
}

/// The console's side: the journal, how far it is sorted in, and what is known of that after a restart.
struct Run {
    disk: Memory,
    journal: Journal<Box<dyn Disk>>,
    sorted: Place,
    mark: Option<Mark>,
    /// Numbers of deliveries that were acknowledged and are not sorted in yet, in order.
    acknowledged: Vec<u64>,
    /// Those whose writing failed: they may come, or not.
    uncertain: Vec<u64>,
    number: u64,
}

impl Run {
    fn start(in_blocks: bool) -> Self {
        let disk = Memory::default();
        disk.with(|state| state.in_blocks = in_blocks);
        let (journal, sorted) = Journal::open(disk.opened(), None).unwrap();
        let (acknowledged, uncertain) = (Vec::new(), Vec::new());
        Self { disk, journal, sorted, mark: None, acknowledged, uncertain, number: 0 }
    }

    fn append(&mut self, sizes: &[u16], fails: Option<Fails>) {
        let numbers: Vec<u64> = (self.number..).take(sizes.len()).collect();
        self.number += sizes.len() as u64;
        let contents: Vec<Vec<u8>> = numbers
            .iter()
            .zip(sizes)
            .map(|(number, size)| {
                let filling = u8::try_from(number % 251).unwrap();
                let mut content = number.to_le_bytes().to_vec();
                content.resize(8 + usize::from(*size), filling);
                content
            })
            .collect();
        self.disk.with(|state| state.fails = fails);
        // In two pieces, cut anywhere.
        let cut = |content: &Vec<u8>| usize::from(content[8]) % content.len();
        let pieces: Vec<[&[u8]; 2]> = contents.iter().map(|one| one.split_at(cut(one)).into()).collect();
        let appended = self.journal.append(&pieces);
        self.disk.with(|state| state.fails = None);
        match appended {
            Ok(()) => self.acknowledged.extend(numbers),
            Err(_) => self.uncertain.extend(numbers),
        }
    }

    /// Takes frames, holds them against the model, and marks them as sorted in.
    fn sort(&mut self, frames: usize) {
        for _ in 0..frames {
            let (contents, place) =
                read(&mut self.disk.opened(), self.sorted, self.journal.end(), 1).unwrap();
            let Some(content) = contents.first() else { return };
            let (number, filling) = content.split_first_chunk::<8>().unwrap();
            let number = u64::from_le_bytes(*number);
            assert!(filling.iter().all(|byte| u64::from(*byte) == number % 251), "the content of another");
            if self.acknowledged.first() == Some(&number) {
                self.acknowledged.remove(0);
            } else {
                let place = self.uncertain.iter().position(|one| *one == number);
                self.uncertain.remove(place.expect("neither lost, nor twice, nor out of order"));
            }
            self.sorted = place;
            self.mark = Some(place.into());
        }
    }

    fn clear(&mut self) {
        if self.sorted == self.journal.end() {
            self.sorted = self.journal.restart().unwrap();
        }
        self.journal.wipe().unwrap();
    }

    fn reopen(&mut self) {
        (self.journal, self.sorted) = Journal::open(self.disk.opened(), self.mark).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_was_acknowledged_comes_once_and_in_order(
        steps in proptest::collection::vec(step(), 1..40),
        in_blocks in any::<bool>(),
    ) {
        let mut run = Run::start(in_blocks);
        for step in steps {
            match step {
                Step::Append(sizes) => run.append(&sizes, None),
                Step::AppendWhileItFails(sizes, fails) => run.append(&sizes, Some(fails)),
                Step::Sort(frames) => run.sort(frames),
                Step::Clear => run.clear(),
                Step::Kill => run.reopen(),
                Step::CutPower(kept) => {
                    run.disk.cut_power(kept);
                    run.reopen();
                }
            }
        }
        run.sort(usize::MAX);
        prop_assert_eq!(&run.acknowledged, &Vec::<u64>::new(), "lost");
        while run.journal.end().frames > 0 {
            run.clear();
        }
        while run.journal.wipe().unwrap() {}
        let soiled = run.disk.with(|state| state.now.iter().skip(24).filter(|byte| **byte != 0).count());
        prop_assert_eq!(soiled, 0, "everything is overwritten in the end");
    }
}

/// The power is cut while what is sorted in is overwritten: the epoch is back, and its frames are not. What is added then
/// must not be counted as what was sorted in.
#[test]
fn an_epoch_that_came_back_without_its_frames_is_over() {
    for in_blocks in [false, true] {
        let mut run = Run::start(in_blocks);
        run.append(&[600, 600], None);
        run.sort(2);
        run.clear();
        // Of the overwriting everything but the first page has reached the disk.
        run.disk.cut_power(!1);
        run.reopen();
        run.append(&[100, 100], None);
        run.reopen();
        run.sort(usize::MAX);
        assert!(run.acknowledged.is_empty(), "lost: {:?}", run.acknowledged);
    }
}

/// A write that was cut off anywhere takes nothing with it but itself.
#[test]
fn a_frame_cut_off_at_any_byte_is_none() {
    let within = |cut| [(cut, false), (cut, true), (24 + 8 + 8 + 20 + cut, true)];
    for (cut, in_blocks) in (0..8 + 8 + 40).flat_map(within) {
        let mut run = Run::start(in_blocks);
        run.append(&[20], None);
        run.append(&[40], Some(Fails::Write(cut)));
        run.reopen();
        assert_eq!(run.journal.end().frames, 1, "cut off after {cut} bytes");
        run.append(&[40], None);
        run.reopen();
        run.sort(usize::MAX);
        assert!(run.acknowledged.is_empty(), "cut off after {cut} bytes");
    }
}

/// After a burst the file does not keep its size.
#[test]
fn room_made_for_a_burst_is_given_back() {
    let mut run = Run::start(true);
    let large = vec![7; 130 * 1024 * 1024];
    run.journal.append(&[[&large, &[]]]).unwrap();
    assert!(run.disk.length().unwrap() > 130 * 1024 * 1024);
    run.sorted = run.journal.end();
    run.clear();
    while run.journal.wipe().unwrap() {}
    assert_eq!(run.disk.length().unwrap(), 128 * 1024 * 1024);
    run.append(&[100], None);
    run.reopen();
    run.sort(usize::MAX);
    assert!(run.acknowledged.is_empty());
}
