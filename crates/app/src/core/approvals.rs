//! `suggestions.decide`, `suggestions.wake`, `decisions.*`, `actions.*`, `conversations.note`.

use super::Core;
use super::views::Names;
use crate::api::ApiError;
use crate::api::conversations::AddNote;
use crate::api::decisions::{DecisionList, DecisionRef, DecisionScope, DecisionView, ListDecisions, Undone};
use crate::api::suggestions::{DecideSuggestion, GetSuggestion, SuggestionDetail, WakeSuggestion};
use engine::approvals::Beside;
use std::collections::BTreeSet;

/// The longest page.
const LONGEST: u32 = 500;

impl Core {
    pub(super) async fn suggestions_decide(&self, input: DecideSuggestion) -> Result<DecisionView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let beside = Beside { looked_ms: input.looked_ms, draft: input.draft_id };
        let id = workspace.decide_with(input.suggestion_id, input.decision, beside).await?;
        Names::of(&workspace).await?.decision_by_id(id).await
    }

    pub(super) async fn suggestions_wake(&self, input: WakeSuggestion) -> Result<SuggestionDetail, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.wake(input.suggestion_id).await?;
        let get = GetSuggestion { workspace: input.workspace, suggestion_id: input.suggestion_id };
        self.suggestions_get(get).await
    }

    pub(super) async fn decisions_list(&self, input: ListDecisions) -> Result<DecisionList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let limit = input.limit.unwrap_or(100).min(LONGEST);
        let mut names = Names::of(&workspace).await?;
        let mut rows = Vec::new();
        match input.scope {
            DecisionScope::All => {
                for row in workspace.store().list_decisions(input.before, limit).await? {
                    rows.push(names.decision(row).await?);
                }
            }
            DecisionScope::HeldByPolicies => {
                let held = workspace.store().list_held_plans(None).await?;
                for id in held.into_iter().take(limit as usize) {
                    rows.push(names.decision_by_id(id).await?);
                }
            }
            DecisionScope::Attention => {
                let mut seen = BTreeSet::new();
                for action in workspace.store().list_failed_actions(LONGEST).await? {
                    if seen.insert(action.decision_id) {
                        rows.push(names.decision_by_id(action.decision_id).await?);
                    }
                }
            }
        }
        Ok(DecisionList { rows })
    }

    pub(super) async fn decisions_undo(&self, input: DecisionRef) -> Result<Undone, ApiError> {
        let undone = self.workspace(input.workspace)?.undo(input.decision_id).await?;
        Ok(Undone { suggestion_id: undone.suggestion_id, conversation_id: undone.conversation_id })
    }

    pub(super) async fn actions_retry(&self, input: DecisionRef) -> Result<DecisionView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.retry(input.decision_id).await?;
        Names::of(&workspace).await?.decision_by_id(input.decision_id).await
    }

    pub(super) async fn actions_dismiss(&self, input: DecisionRef) -> Result<DecisionView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.dismiss(input.decision_id).await?;
        Names::of(&workspace).await?.decision_by_id(input.decision_id).await
    }

    pub(super) async fn conversations_note(&self, input: AddNote) -> Result<DecisionView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let id = workspace.note(&input.conversation_id, input.body).await?;
        Names::of(&workspace).await?.decision_by_id(id).await
    }
}
