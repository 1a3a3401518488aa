//! `begun_replies.*`.

use super::views::Names;
use super::{Core, drafts};
use crate::api::ApiError;
use crate::api::begun::{BegunReplyList, BegunReplyView, DropBegunReply, KeepBegunReply, KeptBegunReply};
use crate::api::drafts::DraftView;
use crate::api::health::InWorkspace;
use engine::Workspace;
use engine::begun::Begun;
use store::BegunReply;

impl Core {
    pub(super) async fn begun_replies_keep(&self, input: KeepBegunReply) -> Result<KeptBegunReply, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let begun = Begun {
            conversation: input.conversation_id,
            text: input.text,
            suggestion: input.suggestion_id,
            bucket: input.bucket_id,
            draft: input.draft_id,
        };
        Ok(KeptBegunReply { changed_at: workspace.keep_begun_reply(begun).await? })
    }

    pub(super) async fn begun_replies_drop(&self, input: DropBegunReply) -> Result<BegunReplyList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.drop_begun_reply(&input.conversation_id).await?;
        list(&workspace).await
    }

    pub(super) async fn begun_replies_list(&self, input: InWorkspace) -> Result<BegunReplyList, ApiError> {
        list(&*self.workspace(input.workspace)?).await
    }
}

async fn list(workspace: &Workspace) -> Result<BegunReplyList, ApiError> {
    let mut replies = Vec::new();
    let begun = workspace.store().list_begun_replies().await?;
    if begun.is_empty() {
        return Ok(BegunReplyList { replies });
    }
    let mut names = Names::of(workspace).await?;
    for reply in begun {
        let draft = draft_of(workspace, &reply).await?;
        replies.push(BegunReplyView {
            contact_name: names.customer(&reply.conversation_id).await?,
            conversation_id: reply.conversation_id,
            text: reply.text,
            suggestion_id: reply.suggestion_id,
            bucket_id: reply.bucket_id,
            draft,
            changed_at: reply.changed_at,
        });
    }
    Ok(BegunReplyList { replies })
}

/// The draft that it began as, unless another one took its place or it was erased: then the text is the person's alone.
async fn draft_of(workspace: &Workspace, reply: &BegunReply) -> Result<Option<DraftView>, ApiError> {
    let Some(id) = reply.draft_id else { return Ok(None) };
    let store = workspace.store();
    let row = store.find_draft_by_id(id).await?;
    let Some(row) = row.filter(|row| row.conversation_id == reply.conversation_id) else { return Ok(None) };
    let Some(conversation) = store.find_conversation(&reply.conversation_id).await? else { return Ok(None) };
    drafts::shown(workspace, row, &conversation).await.map(Some)
}
