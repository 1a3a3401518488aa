//! `conversations.list`, `conversations.get`, `contacts.get`.

use super::Core;
use super::views::{Names, cursor};
use crate::api::conversations::{
    ContactDetail, ConversationCursor, ConversationDetail, ConversationList, ConversationSummary, GetContact,
    GetConversation, ListConversations,
};
use crate::api::{ApiError, ErrorCode};
use domain::ports::Helpdesk as _;
use domain::{ContactId, Conversation, ConversationId};
use engine::Workspace;
use std::sync::Arc;
use store::ConversationFilter;

/// The longest page.
const LONGEST: u32 = 500;

impl Core {
    pub(super) async fn conversations_list(
        &self,
        input: ListConversations,
    ) -> Result<ConversationList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let limit = input.limit.unwrap_or(100).clamp(1, LONGEST);
        let filter = ConversationFilter {
            status: input.status,
            search: input.search.filter(|text| !text.trim().is_empty()),
            contact_id: None,
            before: input.before.map(|before| (before.updated_at, before.conversation_id)),
            limit: limit + 1,
        };
        let mut rows = summaries(&workspace, &filter).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| {
            let (updated_at, conversation_id) = cursor(row);
            ConversationCursor { updated_at, conversation_id }
        });
        let (total, open) = workspace.store().count_conversations().await?;
        Ok(ConversationList { rows, next, total: super::logs::count(total), open: super::logs::count(open) })
    }

    pub(super) async fn conversations_get(
        &self,
        input: GetConversation,
    ) -> Result<ConversationDetail, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let detail = detail(&workspace, &input.conversation_id).await?;
        shown(&workspace, &detail);
        Ok(detail)
    }

    pub(super) async fn contacts_get(&self, input: GetContact) -> Result<ContactDetail, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let contact = workspace.store().find_contact(&input.contact_id).await?;
        workspace.contact_shown(&input.contact_id);
        Ok(ContactDetail {
            contact: contact
                .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such contact."))?,
            conversations: of_contact(&workspace, &input.contact_id, 50).await?,
        })
    }
}

/// A conversation that is shown, where it is still kept.
pub(super) async fn kept(workspace: &Workspace, id: &ConversationId) -> Result<Conversation, ApiError> {
    let conversation = workspace.store().find_conversation(id).await?;
    conversation.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "This conversation is no longer here."))
}

/// A person looks at a conversation: its contact is fetched, should that not have been done lately.
pub(super) fn shown(workspace: &Arc<Workspace>, detail: &ConversationDetail) {
    if let Some(contact) = detail.conversation.contact_ids.first() {
        workspace.contact_shown(contact);
    }
}

pub(super) async fn detail(
    workspace: &Workspace,
    id: &ConversationId,
) -> Result<ConversationDetail, ApiError> {
    let store = workspace.store();
    let conversation = store
        .find_conversation(id)
        .await?
        .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such conversation."))?;
    let contact = match conversation.contact_ids.first() {
        Some(contact) => store.find_contact(contact).await?,
        None => None,
    };
    let mut names = Names::of(workspace).await?;
    let mut decisions = Vec::new();
    for row in store.list_decisions_of(id).await? {
        decisions.push(names.decision(row).await?);
    }
    Ok(ConversationDetail {
        contact_name: names.customer(id).await?,
        assigned_to: names
            .assigned(conversation.admin_assignee.as_ref(), conversation.team_assignee.as_ref()),
        web_url: workspace.helpdesk().web_url(workspace.app_id(), id),
        open_suggestion: store.find_open_suggestion(id).await?.map(|suggestion| suggestion.id),
        decisions,
        contact,
        conversation,
    })
}

pub(super) async fn of_contact(
    workspace: &Workspace,
    id: &ContactId,
    limit: u32,
) -> Result<Vec<ConversationSummary>, ApiError> {
    let filter = ConversationFilter { contact_id: Some(id.clone()), limit, ..ConversationFilter::default() };
    summaries(workspace, &filter).await
}

async fn summaries(
    workspace: &Workspace,
    filter: &ConversationFilter,
) -> Result<Vec<ConversationSummary>, ApiError> {
    let rows = workspace.store().list_conversations(filter).await?;
    let names = Names::of(workspace).await?;
    Ok(rows.into_iter().map(|row| names.conversation(row)).collect())
}
