//! What an action of ours leaves in a conversation, and how it is told from what others left.

use domain::{
    ActionKind, Assignee, AuthorKind, Conversation, ConversationState, ConversationStatus, Part, PartId,
};

/// The parts that our call made: new since the reading before it, by the acting teammate, and of the kind that the
/// action leaves. Where two fit, the same teammate acted elsewhere at that moment: then none is taken for ours.
pub(super) fn own_parts(
    kind: &ActionKind,
    before: &Conversation,
    after: &Conversation,
    actor: &str,
) -> Vec<PartId> {
    let new: Vec<&Part> = after
        .parts
        .iter()
        .filter(|part| !before.parts.iter().any(|known| known.id == part.id))
        .filter(|part| is_by(part, actor))
        .collect();
    let fitting = new.iter().filter(|part| fits(kind, part)).count();
    if fitting != 1 {
        return vec![];
    }
    // A call may leave more than one part: a reply to a closed conversation opens it.
    new.iter()
        .filter(|part| fits(kind, part) || (part.kind == "open" && part.text.is_none()))
        .map(|part| part.id.clone())
        .collect()
}

/// What the next step of the plan may rely on: the state after our call. Where somebody else acted in between, only
/// what our call itself set is taken over, so that the next comparison sees the rest.
pub(super) fn expected_after(
    kind: &ActionKind,
    before: &Conversation,
    after: &Conversation,
    ours: &[PartId],
    own: &[PartId],
) -> ConversationState {
    let all: Vec<PartId> = ours.iter().chain(own).cloned().collect();
    let bound = before.state();
    if after.moved_since(&bound, &all).is_none() {
        return after.state();
    }
    let newest = after.parts.iter().rev().find(|part| own.contains(&part.id));
    let mut expected = bound;
    if let Some(part) = newest {
        expected.last_part_id = Some(part.id.clone());
        expected.last_part_at = Some(part.created_at);
    }
    match kind {
        ActionKind::Assign { assignee: Assignee::Team { id, .. } } => {
            expected.team_assignee = Some(id.clone());
        }
        ActionKind::Assign { assignee: Assignee::Admin { id, .. } } => {
            expected.admin_assignee = Some(id.clone());
        }
        ActionKind::Close => expected.status = ConversationStatus::Closed,
        ActionKind::Open => expected.status = ConversationStatus::Open,
        ActionKind::Snooze { .. } => expected.status = ConversationStatus::Snoozed,
        ActionKind::Reply { .. } | ActionKind::Note { .. } => {}
    }
    expected
}

/// Whether the conversation shows that an action whose outcome is unknown took effect, and by which parts: by the
/// acting teammate, of the action's kind, with its text, and after everything it relied on.
pub(super) fn trace_of(
    kind: &ActionKind,
    found: &Conversation,
    expected: &ConversationState,
    ours: &[PartId],
    actor: &str,
) -> Option<Vec<PartId>> {
    let left: Vec<PartId> = found
        .parts
        .iter()
        .rev()
        .take_while(|part| expected.last_part_id.as_ref() != Some(&part.id))
        .filter(|part| !ours.contains(&part.id) && is_by(part, actor) && fits(kind, part))
        .map(|part| part.id.clone())
        .collect();
    let is_there = match kind {
        ActionKind::Assign { assignee: Assignee::Team { id, .. } } => {
            found.team_assignee.as_ref() == Some(id)
        }
        ActionKind::Assign { assignee: Assignee::Admin { id, .. } } => {
            found.admin_assignee.as_ref() == Some(id)
        }
        ActionKind::Reply { .. } | ActionKind::Note { .. } => !left.is_empty(),
        ActionKind::Close => found.status == ConversationStatus::Closed,
        ActionKind::Open => found.status == ConversationStatus::Open,
        ActionKind::Snooze { .. } => found.status == ConversationStatus::Snoozed,
    };
    is_there.then(|| match kind {
        // Of several that fit, the first is the call's.
        ActionKind::Reply { .. } | ActionKind::Note { .. } => left.into_iter().last().into_iter().collect(),
        ActionKind::Assign { .. } | ActionKind::Close | ActionKind::Open | ActionKind::Snooze { .. } => left,
    })
}

/// Whether a part is of the kind, and has the text, that the action leaves.
fn fits(kind: &ActionKind, part: &Part) -> bool {
    let says = |body: &str| part.text.as_deref().is_some_and(|text| words_of(text) == words_of(body));
    match kind {
        ActionKind::Assign { .. } => matches!(part.kind.as_str(), "assignment" | "assign_and_reopen"),
        ActionKind::Reply { body } => part.kind != "note" && says(body),
        ActionKind::Note { body } => part.kind == "note" && says(body),
        ActionKind::Close => part.kind == "close",
        ActionKind::Open => part.kind == "open",
        ActionKind::Snooze { .. } => part.kind == "snoozed",
    }
}

fn is_by(part: &Part, actor: &str) -> bool {
    part.author.kind != AuthorKind::Contact && (part.author.id == actor || part.author.id.is_empty())
}

/// The helpdesk rewrites what is sent (markup, blanks): texts are compared by their words alone.
fn words_of(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
