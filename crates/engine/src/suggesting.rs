//! Keeping the suggestion of a conversation in step with the conversation.
//!
//! A suggestion is due when a customer's newest message is unanswered and the conversation is open. It is made once
//! for a message; a decision on it is not asked for again, unless somebody else acted before it was carried out.

use crate::error::EngineError;
use crate::events::{EngineNotice, Tone, tags_of};
use crate::learning::{Assessment, Outcome};
use crate::workspace::Workspace;
use domain::{
    BucketTone, Conversation, ConversationId, ConversationStatus, Movement, MovementKind, Plan, Suggestion,
    SuggestionId, SuggestionState, Supersession,
};

/// Messages older than this are no news: they are found at a start, not told of, milliseconds.
const FRESH_MS: i64 = 15 * 60 * 1000;

impl Workspace {
    /// Stores what was read of a conversation and brings its suggestion in step.
    pub(crate) async fn take_in(&self, conversation: &Conversation) -> Result<(), EngineError> {
        self.note_fetched_copy(conversation);
        let _lock = self.conversations.lock(&conversation.id).await;
        self.store.upsert_conversation(conversation, self.clock.now()).await?;
        self.events.changed(["conversations".to_owned(), format!("conversation:{}", conversation.id)]);
        // Parts that appear while an action is being performed may be our own; the outbox looks again afterwards.
        if self.conversations.is_acting(&conversation.id) {
            return Ok(());
        }
        self.reconsider_stored(&conversation.id).await
    }

    /// Brings the suggestion of a stored conversation in step.
    pub(crate) async fn reconsider(&self, id: &ConversationId) -> Result<(), EngineError> {
        let _lock = self.conversations.lock(id).await;
        self.reconsider_stored(id).await
    }

    async fn reconsider_stored(&self, id: &ConversationId) -> Result<(), EngineError> {
        let Some(conversation) = self.store.find_conversation(id).await? else { return Ok(()) };
        let ours = self.store.list_own_parts(id).await?;
        self.send_back_if_moved(&conversation, &ours).await?;
        let newest = self.store.find_newest_suggestion(id).await?;
        let moved = match &newest {
            Some(suggestion) if suggestion.state.is_open() => {
                conversation.moved_since(&suggestion.bound, &ours)
            }
            Some(_) | None => None,
        };
        match self.due(&conversation, newest.as_ref(), moved.as_ref()) {
            Due::Nothing => Ok(()),
            Due::Withdraw(reason) => {
                let gone = self.store.supersede_open_suggestion(id, &reason, self.clock.now()).await?;
                self.events.changed(tags_of(id, gone.as_slice()));
                Ok(())
            }
            Due::Fresh(assessment, reason) => self.suggest(&conversation, assessment, reason).await,
        }
    }

    fn due(&self, conversation: &Conversation, newest: Option<&Suggestion>, moved: Option<&Movement>) -> Due {
        let waiting = newest.filter(|suggestion| suggestion.state.is_open());
        let assessment = match conversation.status {
            ConversationStatus::Open => self.learner.assess(conversation),
            // A conversation snoozed from here keeps its own suggestion until it wakes.
            ConversationStatus::Snoozed | ConversationStatus::Closed => None,
        };
        let Some(assessment) = assessment else {
            return match (waiting, moved) {
                (Some(_), Some(movement)) => Due::Withdraw(moved_reason(movement)),
                (Some(suggestion), None) if conversation.status == ConversationStatus::Snoozed => {
                    if matches!(suggestion.state, SuggestionState::Snoozed { .. }) {
                        Due::Nothing
                    } else {
                        Due::Withdraw(silent_reason(conversation))
                    }
                }
                (Some(_), None) => Due::Withdraw(silent_reason(conversation)),
                (None, _) => Due::Nothing,
            };
        };
        match (newest, moved) {
            (Some(suggestion), None) if suggestion.part_id == assessment.part_id => {
                // Superseded without a successor: somebody acted, and the customer's message still waits.
                let moved = suggestion.state.is_superseded_by_movement();
                if moved { Due::Fresh(assessment, Supersession::NewMessage) } else { Due::Nothing }
            }
            (Some(_), Some(movement)) if movement.kind != MovementKind::CustomerWrote => {
                Due::Fresh(assessment, moved_reason(movement))
            }
            (Some(_) | None, _) => Due::Fresh(assessment, Supersession::NewMessage),
        }
    }

    async fn suggest(
        &self,
        conversation: &Conversation,
        assessment: Assessment,
        reason: Supersession,
    ) -> Result<(), EngineError> {
        let suggestion = self.compose(conversation, assessment).await?;
        let replaced = self.store.insert_suggestion(&suggestion, &reason).await?;
        self.advising.look_soon();
        self.policing.look_soon();
        let touched: Vec<SuggestionId> = replaced.into_iter().chain([suggestion.id]).collect();
        let tags = tags_of(&conversation.id, &touched);
        let fresh = conversation
            .newest_unanswered()
            .is_some_and(|part| self.clock.now().ms_since(part.created_at) < FRESH_MS);
        if fresh && self.cannot_wait(&suggestion).await? {
            self.events.notify(tags, urgent_notice(conversation));
        } else {
            self.events.changed(tags);
        }
        tracing::debug!(conversation.id = %conversation.id, suggestion.id = %suggestion.id, "Suggested");
        Ok(())
    }

    /// A suggestion for the conversation as it stands.
    async fn compose(
        &self,
        conversation: &Conversation,
        assessment: Assessment,
    ) -> Result<Suggestion, EngineError> {
        let mut suggestion = Suggestion {
            id: SuggestionId(self.ids.next()),
            conversation_id: conversation.id.clone(),
            part_id: assessment.part_id,
            bucket_id: None,
            confidence: 0.0,
            probabilities: vec![],
            evidence: vec![],
            nothing: None,
            plan: Plan::default(),
            bound: conversation.state(),
            model_version: assessment.model_version,
            state: SuggestionState::Pending,
            created_at: self.clock.now(),
        };
        match assessment.outcome {
            Outcome::Bucket { bucket_id, confidence, probabilities, evidence } => {
                let buckets = self.store.list_buckets().await?;
                if let Some(bucket) = buckets.iter().find(|bucket| bucket.id == bucket_id) {
                    let facts = self.reply_facts(conversation).await?;
                    suggestion.plan = bucket.plan(&self.store.get_directory().await?, &facts);
                }
                suggestion.bucket_id = Some(bucket_id);
                suggestion.confidence = confidence;
                suggestion.probabilities = probabilities;
                suggestion.evidence = evidence;
            }
            Outcome::Unsure { reason, probabilities, evidence } => {
                suggestion.nothing = Some(reason);
                suggestion.probabilities = probabilities;
                suggestion.evidence = evidence;
            }
            Outcome::Nothing(reason) => suggestion.nothing = Some(reason),
        }
        Ok(suggestion)
    }

    async fn cannot_wait(&self, suggestion: &Suggestion) -> Result<bool, EngineError> {
        let Some(id) = &suggestion.bucket_id else { return Ok(false) };
        let buckets = self.store.list_buckets().await?;
        Ok(buckets.iter().any(|bucket| bucket.id == *id && bucket.tone == BucketTone::Red))
    }

    /// Makes every waiting suggestion anew, after buckets, teams or the model have changed.
    pub(crate) async fn suggest_all_anew(&self, why: &Supersession) -> Result<(), EngineError> {
        self.suggest_all_anew_telling(why, |_, _| {}).await
    }

    /// The same, telling how many of how many were looked at.
    pub(crate) async fn suggest_all_anew_telling(
        &self,
        why: &Supersession,
        tell: impl Fn(u32, u32) + Send + Sync,
    ) -> Result<(), EngineError> {
        let filter = store::SuggestionFilter { limit: 10_000, ..store::SuggestionFilter::default() };
        let rows = self.store.list_suggestions(&filter).await?;
        let total = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        for (done, row) in (1..).zip(rows) {
            self.make_anew(&row.suggestion, why).await?;
            tell(done, total);
        }
        self.advising.look_soon();
        self.policing.look_soon();
        self.events.changed(["suggestions", "conversations", "buckets"]);
        Ok(())
    }

    /// Makes one waiting suggestion anew, unless it would say the same. False when nothing was changed.
    pub(crate) async fn make_anew(&self, old: &Suggestion, why: &Supersession) -> Result<bool, EngineError> {
        let id = old.conversation_id.clone();
        let _lock = self.conversations.lock(&id).await;
        let Some(conversation) = self.store.find_conversation(&id).await? else { return Ok(false) };
        // Read again under the lock: a person may have decided meanwhile.
        let Some(old) = self.store.find_suggestion(old.id).await? else { return Ok(false) };
        if old.state != SuggestionState::Pending {
            return Ok(false);
        }
        let Some(assessment) = self.learner.assess(&conversation) else { return Ok(false) };
        let mut suggestion = self.compose(&conversation, assessment).await?;
        let is_same = suggestion.bucket_id == old.bucket_id && suggestion.nothing == old.nothing;
        if is_same && suggestion.plan == old.plan {
            return Ok(false);
        }
        // The state it is bound to stays: what a person has not seen yet is not taken as seen.
        suggestion.bound = old.bound;
        self.store.insert_suggestion(&suggestion, why).await?;
        Ok(true)
    }
}

/// What should happen to the suggestion of a conversation.
enum Due {
    Nothing,
    Withdraw(Supersession),
    Fresh(Assessment, Supersession),
}

fn moved_reason(movement: &Movement) -> Supersession {
    Supersession::Moved { sentence: movement.sentence(), at: Some(movement.at) }
}

fn silent_reason(conversation: &Conversation) -> Supersession {
    let sentence = match conversation.status {
        ConversationStatus::Open => "It was answered meanwhile",
        ConversationStatus::Closed => "It was closed meanwhile",
        ConversationStatus::Snoozed => "It was snoozed meanwhile",
    };
    Supersession::Moved { sentence: sentence.to_owned(), at: None }
}

fn urgent_notice(conversation: &Conversation) -> EngineNotice {
    let who = conversation.parts.first().map_or("A customer", |part| part.author.display_name());
    EngineNotice {
        tone: Tone::Urgent,
        text: format!("{who} may need an answer now"),
        conversation_id: Some(conversation.id.clone()),
    }
}
