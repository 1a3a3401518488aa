//! Replies that customers got: each decision's at most once, and of two consoles only one to the same message.

use super::Witness;
use super::truth::True;
use crate::report::Report;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn judge(witnesses: &[Witness<'_>], truth: &BTreeMap<u64, True>, report: &mut Report) {
    let mut doubled = Vec::new();
    let mut claimed = Vec::new();
    for witness in witnesses {
        let mut done: BTreeMap<(u64, &str), usize> = BTreeMap::new();
        for action in witness.kept.actions.iter().filter(|action| action.state == "done") {
            *done.entry((action.conversation, action.kind.as_str())).or_default() += 1;
        }
        for one in truth.values().filter(|one| !one.is_cut) {
            let count = |is_it: &dyn Fn(&super::truth::TruePart) -> bool| {
                one.parts.iter().filter(|part| part.admin == Some(witness.admin) && is_it(part)).count()
            };
            let replies = count(&|part| part.is_reply());
            let notes = count(&|part| part.kind == "note" && !part.redacted && !part.is_claim());
            // Whether a note whose text was taken away was a claim, nobody can tell.
            let unclear = count(&|part| part.kind == "note" && part.redacted);
            for (kind, there, unclear) in [("reply", replies, 0), ("note", notes, unclear)] {
                let here = done.get(&(one.id, kind)).copied().unwrap_or(0);
                let case =
                    format!("{}: {} has {there} of kind {kind}, done {here}", witness.console.name, one.id);
                if there > here {
                    doubled.push(case);
                } else if there + unclear < here {
                    claimed.push(case);
                }
            }
        }
    }
    report.promise("replies and notes doubled, or sent and not known", doubled);
    report.promise("replies and notes called done, and not there", claimed);
    report.promise("messages answered by two consoles", by_two(witnesses, truth));
}

/// Customer messages, or runs of them, after which more than one console replied before the customer wrote again.
fn by_two(witnesses: &[Witness<'_>], truth: &BTreeMap<u64, True>) -> Vec<String> {
    let admins: BTreeSet<u64> = witnesses.iter().map(|witness| witness.admin).collect();
    let mut found = Vec::new();
    for one in truth.values() {
        let mut message = 0;
        let mut answered: BTreeSet<u64> = BTreeSet::new();
        for part in &one.parts {
            if part.by_customer {
                message = part.id;
                answered.clear();
            } else if let Some(admin) = part.admin.filter(|admin| admins.contains(admin))
                && part.is_reply()
                && answered.insert(admin)
                && answered.len() == 2
            {
                found.push(format!("{} after part {message}: part {}", one.id, part.id));
            }
        }
    }
    found
}
