//! Plans and decisions in words, for the page and the activity log. No names of customers, no texts.

use domain::{ActionKind, DecidedBy, Decision, DecisionKind, Plan};

/// A decision in one sentence: "Approved: Assign to Billing, reply".
pub fn sentence(kind: DecisionKind, actions: &[ActionKind]) -> String {
    let head = match kind {
        DecisionKind::Approved => "Approved",
        DecisionKind::Edited => "Approved with an edited reply",
        DecisionKind::Corrected => "Corrected",
        DecisionKind::NoneOfThese => "None of these",
        DecisionKind::Rejected => "Rejected",
        DecisionKind::Snoozed => "Snoozed",
        DecisionKind::Noted => "Wrote a note",
    };
    match (kind, summary(actions)) {
        (DecisionKind::Noted | DecisionKind::NoneOfThese | DecisionKind::Rejected, _) => head.to_owned(),
        (DecisionKind::Snoozed, _) if actions.is_empty() => head.to_owned(),
        (DecisionKind::Snoozed, _) => "Snoozed, here and at the helpdesk".to_owned(),
        (_, summary) => format!("{head}: {summary}"),
    }
}

/// A decision in one sentence, with who decided where that was no person: "By policy: Assign to Billing, reply".
pub fn told(decision: &Decision, actions: &[ActionKind]) -> String {
    match decision.decided_by {
        DecidedBy::Person => sentence(decision.kind, actions),
        DecidedBy::Policy => format!("By policy: {}", summary(actions)),
    }
}

/// A plan in a few words, with what it lacks: "Assign to Billing, reply incomplete".
pub fn plan_summary(plan: &Plan) -> String {
    if plan.reply_gap().is_none() {
        return summary(&plan.actions);
    }
    let others: Vec<ActionKind> =
        plan.actions.iter().filter(|action| **action != ActionKind::Close).cloned().collect();
    match others.as_slice() {
        [] => "Reply incomplete".to_owned(),
        others => format!("{}, reply incomplete", summary(others)),
    }
}

/// What actions come to in a few words: "Assign to Billing, reply", "Close, no reply".
pub fn summary(actions: &[ActionKind]) -> String {
    let mut words: Vec<String> = Vec::new();
    for action in actions {
        let word = match action {
            ActionKind::Reply { .. } => "Reply".to_owned(),
            ActionKind::Note { .. } => "Note".to_owned(),
            ActionKind::Assign { .. } | ActionKind::Close | ActionKind::Open | ActionKind::Snooze { .. } => {
                action.sentence()
            }
        };
        words.push(if words.is_empty() { word } else { lower_first(&word) });
    }
    let replies = actions.iter().any(|action| matches!(action, ActionKind::Reply { .. }));
    if !replies && actions.iter().any(|action| matches!(action, ActionKind::Close)) {
        words.push("no reply".to_owned());
    }
    if words.is_empty() { "Nothing to do".to_owned() } else { words.join(", ") }
}

fn lower_first(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Assignee;

    #[test]
    fn a_plan_reads_as_a_short_sentence() {
        let assign =
            ActionKind::Assign { assignee: Assignee::Team { id: "1".into(), name: "Billing".to_owned() } };
        let reply = ActionKind::Reply { body: "We look into it.".to_owned() };
        assert_eq!(summary(&[assign.clone(), reply.clone()]), "Assign to Billing, reply");
        assert_eq!(summary(&[ActionKind::Close]), "Close, no reply");
        assert_eq!(summary(&[]), "Nothing to do");
        assert_eq!(
            sentence(DecisionKind::Corrected, &[assign, reply]),
            "Corrected: Assign to Billing, reply"
        );
    }
}
