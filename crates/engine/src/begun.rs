//! Replies that a person has begun to write: kept while they are written, so that they outlive the page and the program.
//!
//! Sends nothing and decides nothing. How long one is kept stands in the store.

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::{BucketId, ConversationId, DraftId, SuggestionId, Timestamp};
use store::BegunReply;

/// The tag of events that tell of replies that were begun.
const TAG: &str = "begun_replies";
/// The longest text that is kept, characters: more than can be sent, so that nothing is lost on the way to a shorter one.
const LONGEST: usize = 100_000;

/// A reply as it stands.
#[derive(Clone)]
pub struct Begun {
    /// The conversation.
    pub conversation: ConversationId,
    /// What is written.
    pub text: String,
    /// The suggestion that the person had in front of them.
    pub suggestion: SuggestionId,
    /// The bucket that it is to be sent as, where that is not the suggested one.
    pub bucket: Option<BucketId>,
    /// The draft that it began as.
    pub draft: Option<DraftId>,
}

impl std::fmt::Debug for Begun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Begun").field("conversation", &self.conversation).finish_non_exhaustive()
    }
}

impl Workspace {
    /// Keeps a reply that is being written, in place of how it stood before. Gives when.
    pub async fn keep_begun_reply(&self, begun: Begun) -> Result<Timestamp, EngineError> {
        if begun.text.chars().count() > LONGEST {
            return Err(EngineError::BadInput(format!(
                "This text is too long to be kept: at most {LONGEST} characters are."
            )));
        }
        let changed_at = self.clock.now();
        let reply = BegunReply {
            conversation_id: begun.conversation,
            text: begun.text,
            suggestion_id: begun.suggestion,
            bucket_id: begun.bucket,
            draft_id: begun.draft,
            changed_at,
        };
        if !self.store.keep_begun_reply(&reply).await? {
            return Err(EngineError::NotFound("conversation any more"));
        }
        self.events.changed([TAG]);
        Ok(changed_at)
    }

    /// Forgets a reply that was begun, because the person discards it.
    pub async fn drop_begun_reply(&self, conversation: &ConversationId) -> Result<(), EngineError> {
        if self.store.drop_begun_reply(conversation).await? {
            self.events.changed([TAG]);
        }
        Ok(())
    }
}
