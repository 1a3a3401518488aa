//! Answers to suggestions: deciding, taking back, trying again.
//!
//! A decision, its actions and its entry in the activity log are one transaction. The state of the conversation is
//! compared with the one the suggestion was made on here, and again by the outbox just before each call.

use crate::edits;
use crate::error::EngineError;
use crate::events::tags_of;
use crate::learning::{APPROVED, CORRECTED, message_of, says_none_of_these};
use crate::replies::rendered;
use crate::wording::{sentence, told};
use crate::workspace::Workspace;
use domain::{
    Action, ActionId, ActionKind, ActionState, BucketId, Conversation, ConversationId, DecidedBy, Decision,
    DecisionId, DecisionKind, DraftId, EditPiece, Movement, PartId, Plan, ReplyFacts, Suggestion,
    SuggestionId, SuggestionState, Supersession, Timestamp, Verdict,
};
use std::sync::Arc;
use store::{DecisionRecord, NewActivity, NewLesson, OutboxChange, Transition, Undone};
use triage::{Lesson, NONE_OF_THESE};

/// The longest reply or note that is sent, characters.
const LONGEST_TEXT: usize = 20_000;

/// What stands beside a verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Beside {
    /// How long the person looked before they answered, milliseconds.
    pub looked_ms: Option<u32>,
    /// The draft that the reply began as, where it was not the bucket's own.
    pub draft: Option<DraftId>,
}

/// What a verdict comes to.
pub(crate) struct Order {
    pub(crate) kind: DecisionKind,
    pub(crate) bucket_id: Option<BucketId>,
    pub(crate) state: SuggestionState,
    pub(crate) actions: Vec<ActionKind>,
    pub(crate) reason: Option<String>,
    pub(crate) lesson: Option<(BucketId, f32)>,
    /// What was changed in the reply.
    pub(crate) edit: Vec<EditPiece>,
    /// The draft that the reply began as.
    pub(crate) draft: Option<DraftId>,
    pub(crate) decided_by: DecidedBy,
    /// Until when its actions are held.
    pub(crate) undo_until: Timestamp,
}

impl Workspace {
    /// Records a person's answer to a suggestion. Its actions are held for the undo window.
    pub async fn decide(&self, id: SuggestionId, verdict: Verdict) -> Result<DecisionId, EngineError> {
        self.decide_with(id, verdict, Beside::default()).await
    }

    /// The same, with what stands beside it.
    pub async fn decide_with(
        &self,
        id: SuggestionId,
        verdict: Verdict,
        beside: Beside,
    ) -> Result<DecisionId, EngineError> {
        let suggestion = self.store.find_suggestion(id).await?.ok_or(EngineError::NotFound("suggestion"))?;
        let _lock = self.conversations.lock(&suggestion.conversation_id).await;
        // Read again under the lock: what was read before may have been replaced meanwhile.
        let suggestion = self.store.find_suggestion(id).await?.ok_or(EngineError::NotFound("suggestion"))?;
        if !suggestion.state.is_open() {
            return Err(already(&suggestion.state));
        }
        let conversation = self
            .store
            .find_conversation(&suggestion.conversation_id)
            .await?
            .ok_or(EngineError::NotFound("conversation"))?;
        let judgement = self.store.find_judgement(id).await?;
        let is_blind = judgement.is_some_and(|judgement| judgement.blind);
        let facts = self.reply_facts(&conversation).await?;
        let edit_of_draft = match beside.draft {
            Some(draft) => {
                let suggested = self.drafted_text(draft, &conversation.id, &verdict, &facts).await?;
                Some(edits::pieces(&suggested, verdict.reply().unwrap_or_default()))
            }
            None => None,
        };
        let mut order = self.order(&suggestion, own_words(verdict, &suggestion, is_blind)?, &facts).await?;
        if let Some(edit) = edit_of_draft {
            // What was suggested to the person is the draft, and not the bucket's reply.
            order.edit = edit;
            order.draft = beside.draft;
        }
        let ours = self.store.list_own_parts(&conversation.id).await?;
        if !order.actions.is_empty()
            && let Some(movement) = conversation.moved_since(&suggestion.bound, &ours)
        {
            return Err(EngineError::Moved(movement));
        }
        let lesson = order.lesson.as_ref().and_then(|(bucket, weight)| {
            let (_, message) = message_of(&conversation)?;
            Some(Lesson { message, bucket: bucket.to_string(), weight: *weight })
        });
        let quiet_until = quiet_until(&conversation, &suggestion, &order.actions, &ours);
        let mut record = self.record(&conversation, &suggestion, order, lesson.as_ref(), quiet_until);
        record.looked_ms = beside.looked_ms;
        let decision_id = record.decision.id;
        self.store.record_decision(&record).await?;
        if record.suggestion_state.as_ref().is_some_and(|state| !state.is_open()) {
            // Nobody waits for a draft any more.
            self.give_up_draft(id).await?;
        }
        if let Some(lesson) = lesson {
            self.learner.learn(decision_id, lesson);
        }
        self.policing.record_changed();
        self.events.changed(tags_of(&conversation.id, &[id]));
        self.outbox.wake.notify_one();
        self.snoozed.notify_one();
        Ok(decision_id)
    }

    /// What somebody else did since the suggestion was made; `None` while its approval holds.
    pub async fn moved(
        &self,
        conversation: &Conversation,
        suggestion: &Suggestion,
    ) -> Result<Option<Movement>, EngineError> {
        let ours = self.store.list_own_parts(&conversation.id).await?;
        Ok(conversation.moved_since(&suggestion.bound, &ours))
    }

    async fn order(
        &self,
        suggestion: &Suggestion,
        verdict: Verdict,
        facts: &ReplyFacts,
    ) -> Result<Order, EngineError> {
        match verdict {
            Verdict::Approve => self.approval(suggestion, None, facts),
            Verdict::Edit { reply } => self.approval(suggestion, Some(checked(reply)?), facts),
            Verdict::Correct { bucket_id, reply } => {
                self.correction(bucket_id, reply.map(checked).transpose()?, facts).await
            }
            Verdict::NoneOfThese => Ok(Order {
                kind: DecisionKind::NoneOfThese,
                bucket_id: None,
                state: SuggestionState::Rejected,
                actions: vec![],
                reason: None,
                lesson: Some((
                    BucketId::from(NONE_OF_THESE),
                    if says_none_of_these(suggestion) { APPROVED } else { CORRECTED },
                )),
                ..self.by_person()
            }),
            Verdict::Reject { reason } => Ok(Order {
                kind: DecisionKind::Rejected,
                bucket_id: None,
                state: SuggestionState::Rejected,
                actions: vec![],
                reason: reason.filter(|text| !text.trim().is_empty()).map(checked).transpose()?,
                // To do nothing with what was taken to be none of the buckets is to agree.
                lesson: says_none_of_these(suggestion).then(|| (BucketId::from(NONE_OF_THESE), APPROVED)),
                ..self.by_person()
            }),
            Verdict::Snooze { until, at_vendor } => self.snooze(until, at_vendor),
        }
    }

    fn approval(
        &self,
        suggestion: &Suggestion,
        reply: Option<String>,
        facts: &ReplyFacts,
    ) -> Result<Order, EngineError> {
        let Some(bucket_id) = suggestion.bucket_id.clone() else {
            return Err(EngineError::BadInput(
                "No bucket is suggested, so there is nothing to approve. Choose a bucket.".to_owned(),
            ));
        };
        let edit = edit_of(&suggestion.plan, reply.as_deref());
        let (kind, state, plan) = match reply {
            Some(text) => {
                (DecisionKind::Edited, SuggestionState::Edited, suggestion.plan.clone().with_reply(&text))
            }
            None => (DecisionKind::Approved, SuggestionState::Approved, suggestion.plan.clone()),
        };
        Ok(Order {
            kind,
            state,
            actions: something(rendered(plan, facts)?)?,
            reason: None,
            lesson: Some((bucket_id.clone(), APPROVED)),
            bucket_id: Some(bucket_id),
            edit,
            ..self.by_person()
        })
    }

    async fn correction(
        &self,
        id: BucketId,
        reply: Option<String>,
        facts: &ReplyFacts,
    ) -> Result<Order, EngineError> {
        let buckets = self.store.list_buckets().await?;
        let bucket = buckets.iter().find(|bucket| bucket.id == id).ok_or(EngineError::NotFound("bucket"))?;
        let plan = bucket.plan(&self.store.get_directory().await?, facts);
        let edit = edit_of(&plan, reply.as_deref());
        let plan = match reply {
            Some(text) => plan.with_reply(&text),
            None => plan,
        };
        Ok(Order {
            kind: DecisionKind::Corrected,
            state: SuggestionState::Corrected { bucket_id: id.clone() },
            actions: something(rendered(plan, facts)?)?,
            reason: None,
            lesson: Some((id.clone(), CORRECTED)),
            bucket_id: Some(id),
            edit,
            ..self.by_person()
        })
    }

    fn snooze(&self, until: Timestamp, at_vendor: bool) -> Result<Order, EngineError> {
        if until <= self.clock.now() {
            return Err(EngineError::BadInput("Choose a time that is still to come.".to_owned()));
        }
        Ok(Order {
            kind: DecisionKind::Snoozed,
            bucket_id: None,
            state: SuggestionState::Snoozed { until },
            actions: if at_vendor { vec![ActionKind::Snooze { until }] } else { vec![] },
            reason: None,
            lesson: None,
            ..self.by_person()
        })
    }

    /// What every decision of a person begins with.
    fn by_person(&self) -> Order {
        Order {
            kind: DecisionKind::Rejected,
            bucket_id: None,
            state: SuggestionState::Rejected,
            actions: vec![],
            reason: None,
            lesson: None,
            edit: vec![],
            draft: None,
            decided_by: DecidedBy::Person,
            undo_until: self.undo_until(self.clock.now()),
        }
    }

    pub(crate) fn record(
        &self,
        conversation: &Conversation,
        suggestion: &Suggestion,
        order: Order,
        lesson: Option<&Lesson>,
        quiet_until: Option<Timestamp>,
    ) -> DecisionRecord {
        let now = self.clock.now();
        let decision = Decision {
            id: DecisionId(self.ids.next()),
            suggestion_id: Some(suggestion.id),
            conversation_id: conversation.id.clone(),
            kind: order.kind,
            bucket_id: order.bucket_id,
            reason: order.reason,
            at: now,
            undo_until: order.undo_until,
            undone_at: None,
            decided_by: order.decided_by,
        };
        let mut said = told(&decision, &order.actions);
        if order.draft.is_some() {
            said.push_str(". The reply began as a draft of the language model");
        }
        if quiet_until.is_some_and(|until| until > decision.undo_until) {
            said.push_str(". Waits up to a minute, since a teammate acted just before and may be answering");
        }
        DecisionRecord {
            activity: vec![NewActivity {
                at: now,
                kind: format!("decision.{}", order.kind.as_str()),
                sentence: said,
                conversation_id: Some(conversation.id.clone()),
                suggestion_id: Some(suggestion.id),
                decision_id: Some(decision.id),
                action_id: None,
            }],
            actions: self.held(&decision, order.actions, quiet_until),
            suggestion_state: Some(order.state),
            // What has happened since and moves nothing (a note, a tag) belongs to the state approved.
            expected: conversation.state(),
            lesson: lesson.and_then(|lesson| {
                Some(NewLesson {
                    message: serde_json::to_value(&lesson.message).ok()?,
                    bucket_id: lesson.bucket.clone().into(),
                    weight: f64::from(lesson.weight),
                })
            }),
            looked_ms: None,
            edit: order.edit,
            draft: order.draft,
            decision,
        }
    }

    fn held(
        &self,
        decision: &Decision,
        kinds: Vec<ActionKind>,
        quiet_until: Option<Timestamp>,
    ) -> Vec<Action> {
        let until = quiet_until.map_or(decision.undo_until, |quiet| quiet.max(decision.undo_until));
        (0..)
            .zip(kinds)
            .map(|(step, kind)| Action {
                id: ActionId(self.ids.next()),
                decision_id: decision.id,
                conversation_id: decision.conversation_id.clone(),
                step,
                kind,
                state: ActionState::Held { until },
                created_at: decision.at,
            })
            .collect()
    }

    /// Adds a note to a conversation, after the undo window.
    pub async fn note(&self, id: &ConversationId, body: String) -> Result<DecisionId, EngineError> {
        let body = checked(body)?;
        if body.trim().is_empty() {
            return Err(EngineError::BadInput("Write something first: the note is empty.".to_owned()));
        }
        // Erasing waits for this lock, so that no text is written after it.
        let _lock = self.conversations.lock(id).await;
        let conversation =
            self.store.find_conversation(id).await?.ok_or(EngineError::NotFound("conversation"))?;
        // Whoever writes on it is at work on it; and their note must not wait for what a policy holds.
        self.send_back_for_note(id).await?;
        let now = self.clock.now();
        let decision = Decision {
            id: DecisionId(self.ids.next()),
            suggestion_id: None,
            conversation_id: id.clone(),
            kind: DecisionKind::Noted,
            bucket_id: None,
            reason: None,
            at: now,
            undo_until: self.undo_until(now),
            undone_at: None,
            decided_by: DecidedBy::Person,
        };
        let decision_id = decision.id;
        let kinds = vec![ActionKind::Note { body }];
        let record = DecisionRecord {
            activity: vec![NewActivity {
                at: now,
                kind: "decision.noted".to_owned(),
                sentence: sentence(DecisionKind::Noted, &kinds),
                conversation_id: Some(id.clone()),
                suggestion_id: None,
                decision_id: Some(decision_id),
                action_id: None,
            }],
            actions: self.held(&decision, kinds, None),
            suggestion_state: None,
            expected: conversation.state(),
            lesson: None,
            looked_ms: None,
            edit: vec![],
            draft: None,
            decision,
        };
        self.store.record_decision(&record).await?;
        self.events.changed(tags_of(id, &[]));
        self.outbox.wake.notify_one();
        Ok(decision_id)
    }

    /// Takes a decision back whole: its actions while none has begun, its lesson, its mark on the suggestion.
    pub async fn undo(self: &Arc<Self>, id: DecisionId) -> Result<Undone, EngineError> {
        let (decision, _) = self.store.find_decision(id).await?.ok_or(EngineError::NotFound("decision"))?;
        let _lock = self.conversations.lock(&decision.conversation_id).await;
        let now = self.clock.now();
        let actions = self.store.list_actions(id).await?;
        // With actions, what counts is that none has begun; without, the window alone.
        if actions.is_empty() && now > decision.undo_until && decision.kind != DecisionKind::Snoozed {
            return Err(EngineError::TooLate);
        }
        let activity = NewActivity {
            at: now,
            kind: "decision.undone".to_owned(),
            sentence: "Taken back before anything was sent".to_owned(),
            conversation_id: Some(decision.conversation_id.clone()),
            suggestion_id: decision.suggestion_id,
            decision_id: Some(id),
            action_id: None,
        };
        let undone = self.store.undo_decision(id, now, &activity).await?;
        if undone.had_lesson {
            self.retrain_soon();
        }
        self.policing.record_changed();
        self.events.changed(tags_of(&undone.conversation_id, undone.suggestion_id.as_slice()));
        self.outbox.wake.notify_one();
        Ok(undone)
    }

    /// Tries the failed actions of a decision again, in their order.
    pub async fn retry(&self, id: DecisionId) -> Result<(), EngineError> {
        let (decision, _) = self.store.find_decision(id).await?.ok_or(EngineError::NotFound("decision"))?;
        let now = self.clock.now();
        let mut transitions = Vec::new();
        for action in self.store.list_actions(id).await? {
            if let Ok(to) = action.state.clone().ask_again(now) {
                transitions.push(Transition { action_id: action.id, from: action.state, to });
            }
        }
        if transitions.is_empty() {
            return Err(EngineError::BadInput(
                "Nothing of this failed in a way that another attempt could mend. Decide again.".to_owned(),
            ));
        }
        let activity = NewActivity {
            at: now,
            kind: "action.asked_again".to_owned(),
            sentence: "Asked for another attempt".to_owned(),
            conversation_id: Some(decision.conversation_id.clone()),
            suggestion_id: decision.suggestion_id,
            decision_id: Some(id),
            action_id: None,
        };
        if decision.decided_by == DecidedBy::Policy {
            self.take_over(id).await?;
        }
        let change = OutboxChange { transitions, activity: vec![activity], ..OutboxChange::default() };
        self.store.apply(&change).await?;
        self.events.changed(tags_of(&decision.conversation_id, decision.suggestion_id.as_slice()));
        self.outbox.wake.notify_one();
        Ok(())
    }

    /// Marks the failed actions of a decision as dealt with.
    pub async fn dismiss(&self, id: DecisionId) -> Result<(), EngineError> {
        let (decision, _) = self.store.find_decision(id).await?.ok_or(EngineError::NotFound("decision"))?;
        self.store.dismiss_actions(id).await?;
        self.events.changed(tags_of(&decision.conversation_id, decision.suggestion_id.as_slice()));
        Ok(())
    }

    /// Puts a snoozed suggestion back into the queue.
    pub async fn wake(&self, id: SuggestionId) -> Result<(), EngineError> {
        if !self.store.revive_suggestion(id).await? {
            return Err(EngineError::AlreadyDecided("This suggestion is not snoozed.".to_owned()));
        }
        self.advising.look_soon();
        self.events.changed(["suggestions".to_owned(), format!("suggestion:{id}")]);
        Ok(())
    }
}

/// Until when a plan with a reply waits beyond its undo window, because a teammate acted just before the suggestion was
/// made and may be in the middle of a plan in another console.
pub(crate) fn quiet_until(
    conversation: &Conversation,
    suggestion: &Suggestion,
    actions: &[ActionKind],
    ours: &[PartId],
) -> Option<Timestamp> {
    let replies = actions.iter().any(|action| matches!(action, ActionKind::Reply { .. }));
    let quiet_until =
        conversation.quiet_until(&suggestion.part_id, &suggestion.bound, ours, suggestion.created_at);
    quiet_until.filter(|_| replies)
}

/// What a reply changes in that of a plan; nothing where there is none.
fn edit_of(plan: &Plan, reply: Option<&str>) -> Vec<EditPiece> {
    let Some(reply) = reply else { return vec![] };
    let suggested = plan.actions.iter().find_map(|action| match action {
        ActionKind::Reply { body } => Some(body.as_str()),
        ActionKind::Assign { .. }
        | ActionKind::Note { .. }
        | ActionKind::Close
        | ActionKind::Open
        | ActionKind::Snooze { .. } => None,
    });
    edits::pieces(suggested.unwrap_or_default(), reply)
}

/// The verdict in terms of the suggestion: to choose the bucket that is suggested is to approve. Whoever decides blind
/// has to choose: what they cannot see they cannot approve.
fn own_words(verdict: Verdict, suggestion: &Suggestion, is_blind: bool) -> Result<Verdict, EngineError> {
    match verdict {
        Verdict::Approve | Verdict::Edit { .. } if is_blind => Err(EngineError::BadInput(
            "This one is a check on the policies. Choose a bucket yourself.".to_owned(),
        )),
        Verdict::Correct { bucket_id, reply } if suggestion.bucket_id.as_ref() == Some(&bucket_id) => {
            Ok(match reply {
                Some(reply) if suggestion.plan.reply() != Some(reply.as_str()) => Verdict::Edit { reply },
                Some(_) | None => Verdict::Approve,
            })
        }
        Verdict::Approve
        | Verdict::Edit { .. }
        | Verdict::Correct { .. }
        | Verdict::NoneOfThese
        | Verdict::Reject { .. }
        | Verdict::Snooze { .. } => Ok(verdict),
    }
}

/// Why a suggestion that is not open cannot be decided.
fn already(state: &SuggestionState) -> EngineError {
    EngineError::AlreadyDecided(match state {
        SuggestionState::Superseded { reason: Supersession::Moved { sentence, .. } } => {
            format!("Not done: {sentence} since this suggestion was made. Look at the conversation again.")
        }
        SuggestionState::Superseded { reason: Supersession::NewMessage } => {
            "Not done: the customer wrote again. Decide on the new suggestion.".to_owned()
        }
        SuggestionState::Superseded { reason: Supersession::Deleted } => {
            "Not done: the conversation was deleted.".to_owned()
        }
        SuggestionState::Superseded { reason: Supersession::BucketsChanged } => {
            "Not done: the buckets, or the history learned from, were changed. Decide on the new suggestion."
                .to_owned()
        }
        SuggestionState::Superseded { reason: Supersession::FactsChanged } => {
            "Not done: what goes into the reply changed. Decide on the new suggestion.".to_owned()
        }
        SuggestionState::Pending
        | SuggestionState::Snoozed { .. }
        | SuggestionState::Approved
        | SuggestionState::Edited
        | SuggestionState::Corrected { .. }
        | SuggestionState::Rejected => "This was decided before, here or in another window.".to_owned(),
    })
}

/// The plan's actions; an error when there is nothing it could do.
fn something(plan: Plan) -> Result<Vec<ActionKind>, EngineError> {
    if plan.actions.is_empty() {
        return Err(EngineError::BadInput(
            "This plan does nothing here: its team is missing and it has no reply. Mend the bucket in Settings."
                .to_owned(),
        ));
    }
    Ok(plan.actions)
}

fn checked(text: String) -> Result<String, EngineError> {
    if text.chars().count() > LONGEST_TEXT {
        return Err(EngineError::BadInput(format!(
            "This text is too long: at most {LONGEST_TEXT} characters can be sent."
        )));
    }
    Ok(text)
}
