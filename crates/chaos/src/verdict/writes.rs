//! What a console had read when it wrote. A movement that the reading showed forbids the write; one that came between
//! the reading and the call is in the declared gap: counted, and how wide the gap was.

use super::truth::{True, TruePart};
use super::{Witness, shown_ms};
use crate::relay::{Call, Relay, SeenPart};
use crate::report::Report;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

/// How long before a call a reading may have been answered for the call to rely on it: the product allows itself 250 ms
/// until it calls, and the call takes a while to arrive here.
const FRESH: Duration = Duration::from_millis(400);
/// A call whose newest reading is older than this was made without looking.
const BLIND: Duration = Duration::from_secs(2);

/// What is told of the calls around a write that broke a promise.
const TRAIL: Duration = Duration::from_secs(8);

/// A reading of a conversation.
#[derive(Debug, Clone, Copy)]
struct Reading<'a> {
    answered: Instant,
    seen: &'a [SeenPart],
    newest: u64,
}

/// A write, with the readings that it can have relied on, the newest first.
#[derive(Debug)]
struct Write<'a> {
    at: Instant,
    readings: Vec<Reading<'a>>,
}

/// What a decision was made on.
#[derive(Debug, Clone, Copy)]
struct Decided<'a> {
    /// The newest part of the state that was decided on.
    bound: u64,
    /// The first part that its actions left.
    claim: u64,
    /// The teammates of the other consoles.
    others: &'a [u64],
}

impl Decided<'_> {
    /// Another console that assigns after our first part is about to see it, and to withdraw.
    fn tolerates(&self, part: &SeenPart) -> bool {
        part.assigns && part.id > self.claim && part.admin.is_some_and(|admin| self.others.contains(&admin))
    }
}

/// What the writes of a console come to.
#[derive(Debug, Default)]
struct Found {
    on_moved: Vec<String>,
    blind: Vec<String>,
    in_gap: usize,
    gaps: Vec<Duration>,
    widest_moved: Duration,
    held_up: usize,
}

pub(super) fn judge(witnesses: &[Witness<'_>], truth: &BTreeMap<u64, True>, report: &mut Report) {
    let mut found = Found::default();
    for witness in witnesses {
        let calls = witness.console.relay.calls();
        let admins = witnesses.iter().map(|other| other.admin);
        let others: Vec<u64> = admins.filter(|admin| *admin != witness.admin).collect();
        let writes = writes(&calls, &witness.console.relay);
        // A note given directly is right whatever happened meanwhile.
        for action in witness.kept.actions.iter().filter(|action| action.state == "done") {
            if let (Some(bound), Some(one)) = (action.bound, truth.get(&action.conversation)) {
                let of_it = writes.get(&action.conversation).map(Vec::as_slice).unwrap_or_default();
                let of_decision =
                    witness.kept.actions.iter().filter(|other| other.decision == action.decision);
                let claim = of_decision.filter_map(|other| other.own.first()).min().copied();
                let decided = Decided { bound, claim: claim.unwrap_or(u64::MAX), others: &others };
                for own in &action.own {
                    found.look_at(witness, one, (&calls, of_it), &decided, *own);
                }
            }
        }
    }
    let Found { on_moved, blind, in_gap, mut gaps, widest_moved, held_up } = found;
    gaps.sort_unstable();
    let median = gaps.get(gaps.len() / 2).copied().unwrap_or_default();
    report.promise("writes on a state that had moved before the last reading", on_moved);
    report.promise("writes without a reading just before them", blind);
    report.figure("writes looked at", gaps.len());
    report.figure("writes in the declared gap", in_gap);
    report.figure("writes while the machine held the way up", held_up);
    report.figure("gap between reading and call: median", shown_ms(median));
    report.figure("gap between reading and call: widest", shown_ms(gaps.last().copied().unwrap_or_default()));
    report.figure("gap between reading and call: widest with a movement in it", shown_ms(widest_moved));
}

impl Found {
    /// Looks at the write that made the part `own`, decided on a state whose newest part was `bound`.
    fn look_at(
        &mut self,
        witness: &Witness<'_>,
        one: &True,
        (calls, writes): (&[Call], &[Write<'_>]),
        decided: &Decided<'_>,
        own: u64,
    ) {
        let bound = decided.bound;
        let what = format!("{}: {} part {own}", witness.console.name, one.id);
        // The call that made the part: the last one before which the part was not there.
        let before = |write: &&Write<'_>| write.readings.first().is_none_or(|reading| reading.newest < own);
        let Some(write) = writes.iter().rev().find(before) else {
            self.blind.push(what);
            return;
        };
        let is_foreign = |admin: Option<u64>| admin != Some(witness.admin);
        let moved = |reading: &Reading<'_>| {
            let moved = |part: &&SeenPart| {
                part.moves && is_foreign(part.admin) && part.id > bound && !decided.tolerates(part)
            };
            reading.seen.iter().find(moved).map(|part| part.id)
        };
        // Readings of the ingest go on beside: what counts is whether one that was fresh allowed the call.
        let relied_on = write.readings.iter().find(|reading| moved(reading).is_none());
        let Some(reading) = relied_on.or(write.readings.first()) else {
            self.blind.push(what);
            return;
        };
        let held_up = witness.console.relay.held_up(reading.answered, write.at);
        self.held_up += usize::from(held_up > Duration::ZERO);
        let gap = write.at.saturating_duration_since(reading.answered).saturating_sub(held_up);
        self.gaps.push(gap);
        if gap > BLIND {
            self.blind.push(format!("{what}: {}{}", shown_ms(gap), trail(calls, one.id, write.at)));
        }
        if let Some(moved) = moved(reading) {
            let trail = trail(calls, one.id, write.at);
            self.on_moved.push(format!("{what}, decided on {bound}, and {moved} had been read{trail}"));
        }
        let came_between = |part: &TruePart| {
            part.moves && is_foreign(part.admin) && part.id > reading.newest && part.id < own
        };
        if one.parts.iter().any(came_between) {
            self.in_gap += 1;
            self.widest_moved = self.widest_moved.max(gap);
        }
    }
}

/// What went along the way around a write, by milliseconds from it.
fn trail(calls: &[Call], conversation: u64, at: Instant) -> String {
    let ms = |then: Instant| {
        let after = then.saturating_duration_since(at).as_millis();
        let before = at.saturating_duration_since(then).as_millis();
        if after > 0 { format!("+{after}") } else { format!("-{before}") }
    };
    let near = |call: &&Call| {
        let away = call.at.max(at).saturating_duration_since(call.at.min(at));
        call.conversation == Some(conversation) && away <= TRAIL
    };
    let mut trail = String::new();
    for call in calls.iter().filter(near) {
        let what = if call.is_write { "writes" } else { "reads" };
        let answered = call.answered.map_or_else(|| "never".to_owned(), ms);
        let newest = call.seen.iter().flatten().map(|part| part.id).max().unwrap_or(0);
        let status = call.status.unwrap_or(0);
        // Writing to a string cannot fail.
        let _ = write!(
            trail,
            "\n    {:>6} {what} {}, answered {answered} with {status}, newest part {newest}",
            ms(call.at),
            call.path
        );
    }
    trail
}

/// The writes of each conversation in their order.
fn writes<'a>(calls: &'a [Call], relay: &Relay) -> BTreeMap<u64, Vec<Write<'a>>> {
    let mut read: BTreeMap<u64, Vec<Reading<'_>>> = BTreeMap::new();
    let mut writes: BTreeMap<u64, Vec<Write<'_>>> = BTreeMap::new();
    for call in calls {
        let Some(id) = call.conversation else { continue };
        let readings = read.entry(id).or_default();
        if !call.is_write {
            if let (Some(seen), Some(answered)) = (&call.seen, call.answered) {
                let newest = seen.iter().map(|part| part.id).max().unwrap_or(0);
                readings.push(Reading { answered, seen, newest });
            }
            continue;
        }
        // Calls are listed in the order in which they began; an answer may have come after this call.
        let mut before: Vec<Reading<'_>> =
            readings.iter().rev().filter(|reading| reading.answered <= call.at).take(8).copied().collect();
        before.sort_by_key(|reading| std::cmp::Reverse(reading.answered));
        let newest_only = before.first().copied();
        before.retain(|reading| {
            let gap = call.at.saturating_duration_since(reading.answered);
            gap.saturating_sub(relay.held_up(reading.answered, call.at)) <= FRESH
        });
        if before.is_empty() {
            before.extend(newest_only);
        }
        writes.entry(id).or_default().push(Write { at: call.at, readings: before });
    }
    writes
}
