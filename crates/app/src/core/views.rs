//! From what the store holds to what the page shows: names, sentences, summaries.

use crate::api::ApiError;
use crate::api::conversations::ConversationSummary;
use crate::api::decisions::{ActionView, DecisionView};
use domain::{
    Action, ActionState, AdminId, AuthorKind, ContactId, ConversationId, DecisionId, Directory, SuggestionId,
    TeamId, Timestamp,
};
use engine::Workspace;
use engine::wording::told;
use std::collections::{BTreeMap, BTreeSet};
use store::{ContactBrief, ConversationRow, DecisionRow};

/// What a person is called of whom nothing is known.
pub(super) const UNKNOWN: &str = "Unknown visitor";

/// Looks things up for views, each thing once.
pub(super) struct Names<'a> {
    workspace: &'a Workspace,
    directory: Directory,
    contacts: BTreeMap<ContactId, String>,
    by_conversation: BTreeMap<ConversationId, String>,
    attention: BTreeSet<DecisionId>,
    /// Suggestions whose bucket nobody may see before they have chosen.
    blind: BTreeSet<SuggestionId>,
}

impl<'a> Names<'a> {
    pub(super) async fn of(workspace: &'a Workspace) -> Result<Self, ApiError> {
        let failed = workspace.store().list_failed_actions(1_000).await?;
        let judged = workspace.store().list_open_judgements().await?;
        Ok(Self {
            workspace,
            directory: workspace.store().get_directory().await?,
            contacts: BTreeMap::new(),
            by_conversation: BTreeMap::new(),
            attention: failed.into_iter().map(|action| action.decision_id).collect(),
            blind: judged.into_iter().filter(|one| one.blind).map(|one| one.suggestion_id).collect(),
        })
    }

    pub(super) const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Whom a conversation is assigned to: "Billing", "Ana Duarte in Billing".
    pub(super) fn assigned(&self, admin: Option<&AdminId>, team: Option<&TeamId>) -> Option<String> {
        let admin = admin.map(|id| self.directory.admin(id).map_or("a teammate", |a| a.name.as_str()));
        let team = team.map(|id| self.directory.team(id).map_or("a team", |t| t.name.as_str()));
        match (admin, team) {
            (Some(admin), Some(team)) => Some(format!("{admin} in {team}")),
            (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
            (None, None) => None,
        }
    }

    pub(super) async fn contact(&mut self, id: &ContactId) -> Result<String, ApiError> {
        if let Some(name) = self.contacts.get(id) {
            return Ok(name.clone());
        }
        let contact = self.workspace.store().find_contact(id).await?;
        let name = contact.map_or_else(|| UNKNOWN.to_owned(), |contact| contact.display_name().to_owned());
        self.contacts.insert(id.clone(), name.clone());
        Ok(name)
    }

    /// What to call the customer of a conversation.
    pub(super) async fn customer(&mut self, id: &ConversationId) -> Result<String, ApiError> {
        if let Some(name) = self.by_conversation.get(id) {
            return Ok(name.clone());
        }
        let name = match self.workspace.store().find_conversation(id).await? {
            Some(conversation) => {
                let known = match conversation.contact_ids.first() {
                    Some(contact) => self.contact(contact).await?,
                    None => UNKNOWN.to_owned(),
                };
                let author = conversation.parts.iter().find(|part| part.is_from_contact());
                match author {
                    Some(part) if known == UNKNOWN => part.author.display_name().to_owned(),
                    Some(_) | None => known,
                }
            }
            None => UNKNOWN.to_owned(),
        };
        self.by_conversation.insert(id.clone(), name.clone());
        Ok(name)
    }

    pub(super) async fn decision(&mut self, row: DecisionRow) -> Result<DecisionView, ApiError> {
        let DecisionRow { decision, actions } = row;
        let kinds: Vec<_> = actions.iter().map(|action| action.kind.clone()).collect();
        Ok(DecisionView {
            contact_name: self.customer(&decision.conversation_id).await?,
            sentence: told(&decision, &kinds),
            decided_by: decision.decided_by,
            needs_attention: self.attention.contains(&decision.id),
            decision_id: decision.id,
            suggestion_id: decision.suggestion_id,
            conversation_id: decision.conversation_id,
            kind: decision.kind,
            bucket_id: decision.bucket_id,
            at: decision.at,
            undo_until: decision.undo_until,
            undone_at: decision.undone_at,
            actions: actions.into_iter().map(|action| action_view(action, decision.undo_until)).collect(),
        })
    }

    pub(super) async fn decision_by_id(&mut self, id: DecisionId) -> Result<DecisionView, ApiError> {
        let store = self.workspace.store();
        let found = store.find_decision(id).await?;
        let (decision, _) = found.ok_or(store::StoreError::NotFound("decision"))?;
        let actions = store.list_actions(id).await?;
        self.decision(DecisionRow { decision, actions }).await
    }

    pub(super) fn conversation(&self, row: ConversationRow) -> ConversationSummary {
        let hidden = row.open_suggestion.is_some_and(|id| self.blind.contains(&id));
        ConversationSummary {
            contact_name: brief_name(row.contact.as_ref()),
            assigned_to: self.assigned(row.admin_assignee.as_ref(), row.team_assignee.as_ref()),
            conversation_id: row.id,
            subject: row.subject,
            preview: row.preview,
            preview_is_ours: row.preview_from != AuthorKind::Contact,
            status: row.status,
            updated_at: row.updated_at,
            last_message_at: row.last_message_at,
            open_suggestion: row.open_suggestion,
            bucket_id: row.bucket_id.filter(|_| !hidden),
        }
    }
}

pub(super) fn brief_name(contact: Option<&ContactBrief>) -> String {
    contact
        .and_then(|contact| {
            let name = contact.name.as_deref().filter(|name| !name.trim().is_empty());
            name.or(contact.email.as_deref().filter(|email| !email.is_empty()))
        })
        .unwrap_or(UNKNOWN)
        .to_owned()
}

fn action_view(action: Action, undo_until: Timestamp) -> ActionView {
    ActionView {
        action_id: action.id,
        step: action.step,
        sentence: action.kind.sentence(),
        problem: problem(&action.state, undo_until),
        kind: action.kind,
        state: action.state,
    }
}

fn problem(state: &ActionState, undo_until: Timestamp) -> Option<String> {
    match state {
        ActionState::Held { until } if *until > undo_until => Some(
            "Waits a little, since a teammate acted just before and may be answering in another console."
                .to_owned(),
        ),
        ActionState::Failed { fault } => Some(fault.sentence()),
        ActionState::Refused { movement } => {
            Some(format!("{} first, so this was not done.", movement.sentence()))
        }
        ActionState::Retry { fault, .. } => Some(format!("Will be tried again. {}", fault.sentence())),
        ActionState::Unknown { fault, .. } => {
            Some(format!("Reading back whether it was done. {}", fault.sentence()))
        }
        ActionState::Held { .. }
        | ActionState::Undone
        | ActionState::Sending { .. }
        | ActionState::Done { .. } => None,
    }
}

/// A cursor of a list of conversations.
pub(super) fn cursor(row: &ConversationSummary) -> (Timestamp, ConversationId) {
    (row.updated_at, row.conversation_id.clone())
}
