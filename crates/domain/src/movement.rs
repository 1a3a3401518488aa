//! What happened to a conversation since a suggestion was made: the reason an approval no longer holds.

use crate::claim;
use crate::conversation::{AuthorKind, Conversation, ConversationState, ConversationStatus, Part};
use crate::ids::PartId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The kind of thing that somebody did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum MovementKind {
    /// A customer wrote.
    CustomerWrote,
    /// A teammate or bot replied.
    Replied,
    /// It was assigned to somebody.
    Assigned,
    /// It was closed.
    Closed,
    /// It was opened again.
    Opened,
    /// It was snoozed.
    Snoozed,
    /// Another console said that it is about to answer.
    Claimed,
}

impl MovementKind {
    /// The verb for a sentence with a person as its subject.
    const fn verb(self) -> &'static str {
        match self {
            Self::CustomerWrote => "wrote again",
            Self::Replied => "replied",
            Self::Assigned => "assigned it",
            Self::Closed => "closed it",
            Self::Opened => "opened it",
            Self::Snoozed => "snoozed it",
            Self::Claimed => "is answering it in another Countersign",
        }
    }
}

/// Something that somebody else did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Movement {
    /// What was done.
    pub kind: MovementKind,
    /// Who did it, as a name.
    pub who: String,
    /// When, as the vendor tells it.
    pub at: Timestamp,
}

impl Movement {
    /// A sentence without a time: "Ana Duarte closed it".
    pub fn sentence(&self) -> String {
        format!("{} {}", self.who, self.kind.verb())
    }
}

impl Conversation {
    /// The newest thing somebody else did since `bound`, or `None` while an approval still holds.
    ///
    /// `ours` are the parts that this console's own actions made; they are nobody else's doing. Notes, tags and
    /// read marks do not move a conversation: they change nothing that a plan relies on. The note of another console
    /// that it is about to answer does.
    pub fn moved_since(&self, bound: &ConversationState, ours: &[PartId]) -> Option<Movement> {
        self.since(bound)
            .into_iter()
            .rev()
            .filter(|part| !ours.contains(&part.id))
            .find_map(movement_of)
            .or_else(|| self.silent_change(bound, ours))
    }

    /// The parts that came after a state, in their order.
    pub(crate) fn since(&self, bound: &ConversationState) -> Vec<&Part> {
        let mut parts: Vec<&Part> = self
            .parts
            .iter()
            .rev()
            .take_while(|part| bound.last_part_id.as_ref() != Some(&part.id))
            .filter(|part| bound.last_part_at.is_none_or(|at| part.created_at >= at))
            .collect();
        parts.reverse();
        parts
    }

    /// A changed assignee or status for which no foreign part was listed (the vendor lists at most 500, and
    /// some changes leave none).
    pub(crate) fn silent_change(&self, bound: &ConversationState, ours: &[PartId]) -> Option<Movement> {
        let own_since =
            self.parts.iter().rev().take_while(|part| bound.last_part_id.as_ref() != Some(&part.id));
        if own_since.into_iter().any(|part| ours.contains(&part.id)) {
            return None;
        }
        let kind = if self.status != bound.status {
            match self.status {
                ConversationStatus::Closed => MovementKind::Closed,
                ConversationStatus::Open => MovementKind::Opened,
                ConversationStatus::Snoozed => MovementKind::Snoozed,
            }
        } else if self.admin_assignee != bound.admin_assignee || self.team_assignee != bound.team_assignee {
            MovementKind::Assigned
        } else {
            return None;
        };
        Some(Movement { kind, who: "Somebody".to_owned(), at: self.updated_at })
    }
}

pub(crate) fn movement_of(part: &Part) -> Option<Movement> {
    let kind = match (part.author.kind, part.kind.as_str()) {
        (_, "note") if claim::token_of(part).is_some() => MovementKind::Claimed,
        (_, "note") => return None,
        (AuthorKind::Contact, _) if part.was_message() => MovementKind::CustomerWrote,
        (_, "close") => MovementKind::Closed,
        (_, "snoozed") => MovementKind::Snoozed,
        (_, "assignment" | "assign_and_reopen" | "default_assignment" | "away_mode_assignment") => {
            MovementKind::Assigned
        }
        (_, "open" | "unsnoozed" | "timer_unsnooze") => MovementKind::Opened,
        _ if part.was_message() => MovementKind::Replied,
        _ => return None,
    };
    Some(Movement { kind, who: part.author.display_name().to_owned(), at: part.created_at })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::{self, conversation};

    fn part(id: &str, kind: &str, author: AuthorKind, text: Option<&str>, at: i64) -> Part {
        Part { created_at: Timestamp(at), ..samples::part(id, kind, author, text) }
    }

    fn first() -> Part {
        part("a", "source", AuthorKind::Contact, Some("Help"), 1)
    }

    #[test]
    fn what_was_redacted_since_has_moved_a_conversation_when_it_was_written() {
        let bound = conversation(vec![first()]).state();
        let since = |author, kind: &str| {
            let part = Part { redacted: true, ..part("b", kind, author, None, 5) };
            conversation(vec![first(), part]).moved_since(&bound, &[]).map(|movement| movement.kind)
        };
        assert_eq!(since(AuthorKind::Contact, "comment"), Some(MovementKind::CustomerWrote));
        assert_eq!(since(AuthorKind::Admin, "comment"), Some(MovementKind::Replied));
        assert_eq!(since(AuthorKind::Admin, "note"), None);
    }

    #[test]
    fn nothing_new_is_no_movement() {
        let now = conversation(vec![first()]);
        assert_eq!(now.moved_since(&now.state(), &[]), None);
    }

    #[test]
    fn a_customers_new_message_is_a_movement_and_says_who() {
        let bound = conversation(vec![first()]).state();
        let now = conversation(vec![first(), part("b", "comment", AuthorKind::Contact, Some("Well?"), 2)]);
        let movement = now.moved_since(&bound, &[]).unwrap();
        assert_eq!(movement.kind, MovementKind::CustomerWrote);
        assert_eq!(movement.sentence(), "Ana Duarte wrote again");
    }

    #[test]
    fn a_reply_that_also_closes_counts_as_closing_and_notes_count_for_nothing() {
        let bound = conversation(vec![first()]).state();
        let closed = conversation(vec![first(), part("b", "close", AuthorKind::Admin, Some("Bye"), 2)]);
        assert_eq!(closed.moved_since(&bound, &[]).unwrap().kind, MovementKind::Closed);
        let noted = conversation(vec![first(), part("b", "note", AuthorKind::Admin, Some("VIP"), 2)]);
        assert_eq!(noted.moved_since(&bound, &[]), None);
    }

    #[test]
    fn our_own_parts_are_nobody_elses_doing() {
        let bound = conversation(vec![first()]).state();
        let mut now = conversation(vec![first(), part("b", "assignment", AuthorKind::Admin, None, 2)]);
        now.team_assignee = Some("7".into());
        assert_eq!(now.moved_since(&bound, &["b".into()]), None);
        now.parts.push(part("c", "comment", AuthorKind::Admin, Some("Mine"), 3));
        assert_eq!(now.moved_since(&bound, &["b".into()]).unwrap().kind, MovementKind::Replied);
    }

    #[test]
    fn a_change_that_left_no_part_is_still_a_movement() {
        let bound = conversation(vec![first()]).state();
        let mut now = conversation(vec![first()]);
        now.status = ConversationStatus::Closed;
        assert_eq!(now.moved_since(&bound, &[]).unwrap().kind, MovementKind::Closed);
        now.status = ConversationStatus::Open;
        now.admin_assignee = Some("3".into());
        assert_eq!(now.moved_since(&bound, &[]).unwrap().kind, MovementKind::Assigned);
    }
}
