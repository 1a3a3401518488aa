//! The comparison at the end: what each console kept with what the helpdesk holds, and what was written with what had
//! been read before it.

pub(crate) mod kept;
mod replies;
mod truth;
mod writes;

use crate::console::Console;
use crate::helpdesk::Desk;
use crate::people::People;
use crate::report::Report;
use anyhow::{Context as _, Result};
use kept::Kept;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use truth::True;

/// A console with what it kept.
#[derive(Debug)]
pub(crate) struct Witness<'a> {
    console: &'a Console,
    kept: Kept,
    admin: u64,
}

/// Compares everything and writes it down.
pub(crate) async fn judge(
    desk: &Desk,
    people: &People,
    consoles: &[Console],
    report: &mut Report,
) -> Result<()> {
    let all = desk.truth(&people.conversations()).await?;
    let mut truth = BTreeMap::new();
    let mut gone = Vec::new();
    let mut erased = 0;
    for (id, shown) in all {
        match shown {
            Some(_) if people.of_erased.contains(&id) => erased += 1,
            Some(shown) => drop(truth.insert(id, truth::read(id, &shown))),
            None => gone.push(id),
        }
    }
    let mut witnesses = Vec::new();
    for console in consoles {
        let kept = kept::read(&console.data()).await.with_context(|| format!("Console {}", console.name))?;
        let admin = console.credentials.admin_id.parse().context("The id of a teammate is no number")?;
        witnesses.push(Witness { console, kept, admin });
    }
    report.figure("parts at the helpdesk", truth.values().map(|one| one.parts.len()).sum::<usize>());
    report.figure("conversations of erased people, not compared", erased);
    states(&witnesses, &truth, &gone, people, report);
    deliveries(&witnesses, report);
    actions(&witnesses, report);
    replies::judge(&witnesses, &truth, report);
    writes::judge(&witnesses, &truth, report);
    let over: usize = witnesses
        .iter()
        .map(|one| one.console.relay.calls().iter().filter(|call| call.over_budget).count())
        .sum();
    let crashed = consoles.iter().filter(|console| console.lives.crashes > 0);
    let crashed = crashed.map(|console| format!("{}: {} times", console.name, console.lives.crashes));
    report.promise("consoles that ended by themselves", crashed.collect());
    report.promise("calls over the budget", vec!["see the simulator's limit".to_owned(); over]);
    Ok(())
}

fn states(
    witnesses: &[Witness<'_>],
    truth: &BTreeMap<u64, True>,
    gone: &[u64],
    people: &People,
    report: &mut Report,
) {
    let (mut missing, mut lost, mut different, mut not_deleted) = (vec![], vec![], vec![], vec![]);
    for witness in witnesses {
        let found = truth::compare(witness.console.name, &witness.kept, truth, gone);
        missing.extend(found.missing);
        lost.extend(found.lost_messages);
        different.extend(found.different);
        not_deleted.extend(found.not_deleted);
        let still = people.gone_contacts.iter().filter(|contact| witness.kept.contacts.contains(*contact));
        not_deleted.extend(still.map(|contact| format!("{}: contact {contact}", witness.console.name)));
    }
    report.promise("lost messages", lost);
    report.promise("conversations not on disk", missing);
    report.promise("conversations that differ", different);
    report.promise("deleted or merged, and still on disk", not_deleted);
}

fn deliveries(witnesses: &[Witness<'_>], report: &mut Report) {
    let mut lost = Vec::new();
    let mut waiting = Vec::new();
    let mut doubled = Vec::new();
    let (mut applied, mut failed, mut duplicates) = (0, 0, 0);
    for witness in witnesses {
        let name = witness.console.name;
        let answered = witness.console.tunnel.answered();
        let missing = answered.difference(&witness.kept.notifications);
        lost.extend(missing.map(|id| format!("{name}: {id}")));
        waiting.extend(witness.kept.waiting.iter().map(|what| format!("{name}: {what}")));
        doubled.extend(witness.kept.doubled.iter().map(|id| format!("{name}: {id}")));
        let outcome = |word: &str| witness.kept.outcomes.get(word).copied().unwrap_or(0);
        applied += outcome("applied") + outcome("ignored");
        failed += outcome("failed");
        duplicates += witness.kept.duplicates;
    }
    report.figure("deliveries applied", applied);
    report.figure("deliveries failed visibly", failed);
    report.figure("deliveries that came twice, kept once", duplicates);
    report.promise("deliveries answered 200, not on disk", lost);
    report.promise("deliveries on disk twice", doubled);
    report.promise("deliveries that still wait", waiting);
}

fn actions(witnesses: &[Witness<'_>], report: &mut Report) {
    let mut by_state: BTreeMap<&str, usize> = BTreeMap::new();
    let mut stuck = Vec::new();
    let mut disorder = Vec::new();
    let mut was_unknown = 0;
    report.figure("suggestions", witnesses.iter().map(|one| one.kept.suggestions).sum::<i64>());
    for witness in witnesses {
        let name = witness.console.name;
        for action in &witness.kept.actions {
            *by_state.entry(action.state.as_str()).or_default() += 1;
            was_unknown += usize::from(action.was_unknown);
            if !matches!(action.state.as_str(), "done" | "refused" | "failed" | "undone") {
                stuck.push(format!("{name}: {} of {} is {}", action.kind, action.conversation, action.state));
            }
        }
        disorder.extend(out_of_order(witness));
    }
    for state in ["done", "refused", "failed", "undone"] {
        report.figure(&format!("actions {state}"), by_state.get(state).copied().unwrap_or(0));
    }
    report.figure("actions of unknown outcome, settled", was_unknown);
    report.promise("actions that are stuck", stuck);
    report.promise("actions of a conversation out of order", disorder);
}

/// Own parts have to ascend in the order in which their actions were decided.
fn out_of_order(witness: &Witness<'_>) -> Vec<String> {
    let mut newest: BTreeMap<u64, u64> = BTreeMap::new();
    let asked: BTreeSet<&str> = witness
        .kept
        .actions
        .iter()
        .filter(|action| action.asked_again)
        .map(|action| action.decision.as_str())
        .collect();
    let mut found = Vec::new();
    // In the order of deciding. What was asked again later has lost its place.
    for action in witness.kept.actions.iter().filter(|action| !asked.contains(action.decision.as_str())) {
        let (Some(first), Some(last)) = (action.own.first(), action.own.last()) else { continue };
        let before = newest.entry(action.conversation).or_default();
        if *first < *before {
            found.push(format!("{}: {} part {first}", witness.console.name, action.conversation));
        }
        *before = (*before).max(*last);
    }
    found
}

/// Milliseconds with one place.
fn shown_ms(duration: Duration) -> String {
    format!("{:.1} ms", duration.as_secs_f64() * 1000.0)
}
