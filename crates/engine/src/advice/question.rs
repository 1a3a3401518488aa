//! The question about a suggestion: the buckets as people made them, and what was said, up to the message that waits.

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::{BucketBrief, Question, Speaker, Turn};
use domain::{Conversation, ConversationId, PartId, SuggestionId};

/// Messages that are told at most; an advisor may leave out some.
const TURNS: usize = 6;

impl Workspace {
    /// What to ask about a suggestion; `None` where it no longer stands.
    pub(super) async fn question(
        &self,
        id: SuggestionId,
    ) -> Result<Option<(ConversationId, Question)>, EngineError> {
        let Some(suggestion) = self.store.find_suggestion(id).await? else { return Ok(None) };
        if !suggestion.state.is_open() {
            return Ok(None);
        }
        let Some(conversation) = self.store.find_conversation(&suggestion.conversation_id).await? else {
            return Ok(None);
        };
        if self.moved(&conversation, &suggestion).await?.is_some() {
            return Ok(None);
        }
        let buckets = self.store.list_buckets().await?;
        let question = Question {
            buckets: buckets
                .into_iter()
                .map(|bucket| BucketBrief {
                    key: bucket.id,
                    name: bucket.name,
                    description: bucket.description,
                    examples: bucket.examples,
                })
                .collect(),
            subject: conversation.subject.clone(),
            turns: turns(&conversation, &suggestion.part_id),
        };
        Ok(Some((conversation.id, question)))
    }
}

/// What was said up to a message, oldest first. Notes are the team's own and stay here.
pub(crate) fn turns(conversation: &Conversation, until: &PartId) -> Vec<Turn> {
    let mut turns: Vec<Turn> = conversation
        .parts
        .iter()
        .rev()
        .skip_while(|part| part.id != *until)
        .filter(|part| part.is_message() && !part.redacted)
        .filter_map(|part| {
            let speaker = if part.is_from_contact() { Speaker::Customer } else { Speaker::Team };
            Some(Turn { speaker, text: part.text.clone()? })
        })
        .take(TURNS)
        .collect();
    turns.reverse();
    turns
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Author, AuthorKind, ConversationStatus, Part, Timestamp};

    fn part(id: &str, kind: &str, author: AuthorKind, text: &str) -> Part {
        Part {
            id: id.into(),
            kind: kind.to_owned(),
            author: Author { kind: author, id: "1".to_owned(), name: None, email: None },
            text: Some(text.to_owned()),
            attachments: vec![],
            assigned_to: None,
            created_at: Timestamp(0),
            redacted: false,
        }
    }

    #[test]
    fn notes_redacted_messages_and_what_came_later_are_not_told() {
        let parts = vec![
            part("a", "source", AuthorKind::Contact, "first"),
            Part { redacted: true, ..part("b", "comment", AuthorKind::Contact, "card 4111") },
            part("c", "note", AuthorKind::Admin, "VIP"),
            part("d", "comment", AuthorKind::Admin, "second"),
            part("e", "comment", AuthorKind::Contact, "third"),
            part("f", "comment", AuthorKind::Bot, "later"),
        ];
        let conversation = Conversation {
            id: "1".into(),
            subject: None,
            channel: String::new(),
            status: ConversationStatus::Open,
            admin_assignee: None,
            team_assignee: None,
            contact_ids: vec![],
            tags: vec![],
            priority: None,
            created_at: Timestamp(0),
            updated_at: Timestamp(0),
            waiting_since: None,
            snoozed_until: None,
            total_parts: 6,
            parts,
        };
        let told = turns(&conversation, &"e".into());
        let told: Vec<_> = told.iter().map(|turn| (turn.speaker, turn.text.as_str())).collect();
        assert_eq!(
            told,
            [(Speaker::Customer, "first"), (Speaker::Team, "second"), (Speaker::Customer, "third")]
        );
    }
}
