//! `drafts.*`, and the draft as the card shows it.

use super::Core;
use crate::api::drafts::{DraftFor, DraftView};
use crate::api::{ApiError, ErrorCode};
use domain::ports::DraftRole;
use domain::{Conversation, DraftStanding, Suggestion};
use engine::Workspace;
use engine::drafting::{OFF, put_in};
use store::{DraftRow, DraftState, KeptDraft};

impl Core {
    pub(super) async fn drafts_ask(&self, input: DraftFor) -> Result<DraftView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.ask_for_draft(input.suggestion_id).await?;
        view(&workspace, &input).await
    }

    pub(super) async fn drafts_give_up(&self, input: DraftFor) -> Result<DraftView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.give_up_draft(input.suggestion_id).await?;
        view(&workspace, &input).await
    }
}

async fn view(workspace: &Workspace, input: &DraftFor) -> Result<DraftView, ApiError> {
    let gone = || ApiError::new(ErrorCode::NotFound, "There is no such suggestion.");
    let store = workspace.store();
    let suggestion = store.find_suggestion(input.suggestion_id).await?.ok_or_else(gone)?;
    let conversation = store.find_conversation(&suggestion.conversation_id).await?.ok_or_else(gone)?;
    Ok(of(workspace, &suggestion, &conversation).await?.unwrap_or(DraftView::Ready))
}

/// How it stands with a draft; `None` where nothing more is to be decided.
pub(super) async fn of(
    workspace: &Workspace,
    suggestion: &Suggestion,
    conversation: &Conversation,
) -> Result<Option<DraftView>, ApiError> {
    if !suggestion.state.is_open() {
        return Ok(None);
    }
    let Some(row) = workspace.store().find_draft(suggestion.id).await? else {
        return Ok(Some(match workspace.draft_role() {
            DraftRole::Off => DraftView::Off { sentence: OFF.to_owned() },
            DraftRole::WhenAsked => DraftView::Ready,
        }));
    };
    Ok(Some(shown(workspace, row, conversation).await?))
}

/// A draft as it stands.
pub(super) async fn shown(
    workspace: &Workspace,
    row: DraftRow,
    conversation: &Conversation,
) -> Result<DraftView, ApiError> {
    let (draft, model) = match row.state {
        DraftState::Asked => {
            let sentence = "The language model is drafting a reply.".to_owned();
            return Ok(DraftView::Asked { since: row.asked_at, sentence });
        }
        DraftState::None { why } => return Ok(DraftView::None { sentence: format!("No draft. {why}") }),
        DraftState::Came { draft, model } => (draft, model),
    };
    Ok(match draft {
        KeptDraft::Reply { text, sources, open } => {
            let facts = workspace.reply_facts(conversation).await?;
            let (text, gap) = put_in(&text, &facts, &open);
            let standing = workspace.draft_standing(&text, &sources, &text).await?;
            let DraftStanding { sentence, is_outdated, is_doubtful, sources, without } = standing;
            let draft_id = row.id;
            DraftView::Reply {
                draft_id,
                text,
                gap,
                sentence,
                is_outdated,
                is_doubtful,
                sources,
                without,
                model,
            }
        }
        KeptDraft::HandOver { reason } => DraftView::HandOver {
            sentence: "The language model says that a person should answer.".to_owned(),
            reason: Some(reason).filter(|reason| !reason.is_empty()),
            model,
        },
        KeptDraft::Unproven { sentence } => DraftView::HandOver {
            sentence: format!("{sentence} A person should answer."),
            reason: None,
            model,
        },
    })
}
