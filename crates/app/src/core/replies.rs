//! `replies.preview`.

use super::Core;
use super::conversations::kept;
use super::views::brief_name;
use crate::api::replies::{PreviewReply, ReplyCustomer, ReplyPreview, ReplyVariableView};
use crate::api::{ApiError, ErrorCode};
use domain::{ReplyFacts, ReplyVariable};
use engine::drafting::put_in;
use store::{ConversationFilter, DraftState, KeptDraft};

/// The longest text that is put together, characters.
const LONGEST: usize = 20_000;
/// Customers to try a text on.
const CUSTOMERS: u32 = 20;

impl Core {
    pub(super) async fn replies_preview(&self, input: PreviewReply) -> Result<ReplyPreview, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        if input.text.chars().count() > LONGEST {
            let message = format!("This text is too long: at most {LONGEST} characters can be sent.");
            return Err(ApiError::new(ErrorCode::BadRequest, message));
        }
        let filter = ConversationFilter { limit: CUSTOMERS, ..ConversationFilter::default() };
        let rows = workspace.store().list_conversations(&filter).await?;
        let customers: Vec<ReplyCustomer> = rows
            .into_iter()
            .map(|row| ReplyCustomer { name: brief_name(row.contact.as_ref()), conversation_id: row.id })
            .collect();
        let newest = || customers.first().map(|customer| customer.conversation_id.clone());
        let wanted = input.conversation_id.or_else(newest);
        let facts = match &wanted {
            Some(id) => {
                let conversation = kept(&workspace, id).await?;
                workspace.reply_facts(&conversation).await?
            }
            None => ReplyFacts::complete(),
        };
        let draft = match input.draft_id {
            Some(id) => workspace.store().find_draft_by_id(id).await?,
            None => None,
        };
        let (open, standing) = match draft.map(|row| row.state) {
            Some(DraftState::Came { draft: KeptDraft::Reply { text, sources, open }, .. }) => {
                let drafted = put_in(&text, &facts, &open).0;
                let standing = workspace.draft_standing(&drafted, &sources, &input.text).await?;
                (open, Some(standing))
            }
            Some(DraftState::Came { .. } | DraftState::Asked | DraftState::None { .. }) | None => {
                (vec![], None)
            }
        };
        let (text, gap) = match put_in(&input.text, &facts, &open) {
            (text, None) => (Some(text), None),
            (_, Some(gap)) => (None, Some(gap)),
        };
        let variables = ReplyVariable::ALL.into_iter().map(|variable| ReplyVariableView {
            word: variable.as_str().to_owned(),
            meaning: variable.meaning().to_owned(),
            value: facts.value(variable),
        });
        let variables = variables.collect();
        Ok(ReplyPreview { text, gap, standing, conversation_id: wanted, customers, variables })
    }
}
