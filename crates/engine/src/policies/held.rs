//! Plans that policies hold: whether they may still leave, and how they come back to a person.
//!
//! Permission is looked at when the hold has passed, and once more when the conversation was read and the call is about
//! to be made. A plan of which nothing was done comes back whole. One that was begun is carried to its end, unless
//! everything automatic is stopped: then the rest fails, for a person to order or to leave.

use super::Policing;
use super::judging::print;
use super::words::{action_words, percent};
use crate::error::EngineError;
use crate::events::{EngineNotice, Tone, tags_of};
use crate::workspace::Workspace;
use domain::{
    Action, ActionId, Conversation, ConversationId, DecidedBy, Decision, DecisionId, Fault, FaultKind, PartId,
};
use store::{Judgement, NewActivity, StoreError};
use triage::policy::{Autonomy, Switch};

/// Why nothing leaves while the switch is thrown.
const STOPPED: &str = "Everything automatic was stopped.";

impl Policing {
    /// Why an action of a held plan must not leave, as far as the switch and the policies say.
    pub(crate) fn withheld(&self, judgement: &Judgement, is_begun: bool) -> Option<String> {
        if judgement.taken_over {
            return None;
        }
        if self.switch() == Switch::Stopped {
            return Some(STOPPED.to_owned());
        }
        if is_begun {
            return None;
        }
        let Some(bucket) = &judgement.bucket_id else { return Some("It has no bucket.".to_owned()) };
        let book = self.book();
        for action in action_words(&judgement.actions).iter() {
            let Some(kept) = book.policies.get(&(bucket.clone(), action)) else {
                return Some("Its bucket was removed.".to_owned());
            };
            match kept.standing.autonomy {
                Autonomy::Given { .. } if kept.policy.automatic => {}
                Autonomy::Revoked { why, .. } => return Some(why.sentence()),
                Autonomy::Given { .. } | Autonomy::NotGiven => {
                    return Some("The policy was switched off.".to_owned());
                }
            }
            if judgement.confidence < kept.policy.line {
                return Some(format!("The line was raised to {}.", percent(kept.policy.line)));
            }
        }
        None
    }
}

impl Workspace {
    /// Why an action must not leave; `None` where it may. A person's own always may.
    pub(crate) async fn why_withheld(
        &self,
        decision: &Decision,
        step: u32,
    ) -> Result<Option<String>, EngineError> {
        if decision.decided_by == DecidedBy::Person {
            return Ok(None);
        }
        let Some(judgement) = self.store.find_judgement_of(decision.id).await? else {
            return Ok(Some("Nothing is known of the policy behind it.".to_owned()));
        };
        let why = self.policing.withheld(&judgement, step > 0);
        if why.is_some() || step > 0 || judgement.taken_over {
            return Ok(why);
        }
        self.bucket_moved(&judgement).await
    }

    /// What has become of the bucket since the plan was held.
    async fn bucket_moved(&self, judgement: &Judgement) -> Result<Option<String>, EngineError> {
        let buckets = self.store.list_buckets().await?;
        let bucket = buckets.iter().find(|bucket| Some(&bucket.id) == judgement.bucket_id.as_ref());
        let Some(bucket) = bucket else { return Ok(Some("Its bucket was removed.".to_owned())) };
        if judgement.bucket_print.as_ref() != Some(&print(bucket)) {
            return Ok(Some("Its bucket was changed.".to_owned()));
        }
        let gone = || Some("What it was held for is not kept any more.".to_owned());
        let Some(suggestion) = self.store.find_suggestion(judgement.suggestion_id).await? else {
            return Ok(gone());
        };
        let Some(conversation) = self.store.find_conversation(&suggestion.conversation_id).await? else {
            return Ok(gone());
        };
        let facts = self.reply_facts(&conversation).await?;
        let now = bucket.plan(&self.store.get_directory().await?, &facts);
        Ok((suggestion.plan != now).then(|| "Its bucket's plan is another one today.".to_owned()))
    }

    /// Looks at every plan that is held, and sends those back that may not leave any more. Returns how many.
    pub(crate) async fn recheck_held(&self) -> Result<u32, EngineError> {
        let mut reasons = Vec::new();
        for id in self.store.list_held_plans(None).await? {
            let Some((decision, _)) = self.store.find_decision(id).await? else { continue };
            let Some(why) = self.why_withheld(&decision, 0).await? else { continue };
            if self.send_back(&decision, None, &why).await? {
                reasons.push(why);
            }
        }
        let count = reasons.len() as u32;
        if let Some(why) = reasons.first() {
            let text = match count {
                1 => format!("An automatic plan came back to you. {why}"),
                many => format!("{many} automatic plans came back to you. {why}"),
            };
            self.policies_told(Some(EngineNotice { tone: Tone::Info, text, conversation_id: None }));
        }
        Ok(count)
    }

    /// Sends a plan back that somebody has overtaken: the conversation is not as it was when the policy decided.
    pub(crate) async fn send_back_if_moved(
        &self,
        conversation: &Conversation,
        ours: &[PartId],
    ) -> Result<(), EngineError> {
        for id in self.store.list_held_plans(Some(&conversation.id)).await? {
            let Some(standing) = self.store.find_standing_decision(id).await? else { continue };
            let Some(base) = &standing.base else { continue };
            if let Some(movement) = conversation.moved_since(base, ours) {
                self.send_back(&standing.decision, None, &format!("{}.", movement.sentence())).await?;
            }
        }
        Ok(())
    }

    /// Sends a plan back on whose conversation a person writes a note.
    pub(crate) async fn send_back_for_note(&self, id: &ConversationId) -> Result<(), EngineError> {
        for held in self.store.list_held_plans(Some(id)).await? {
            if let Some((decision, _)) = self.store.find_decision(held).await? {
                self.send_back(&decision, None, "A note was written on it meanwhile.").await?;
            }
        }
        Ok(())
    }

    /// Gives a plan back to a person, whole. False where it is too late, or was done before.
    pub(crate) async fn send_back(
        &self,
        decision: &Decision,
        own: Option<ActionId>,
        why: &str,
    ) -> Result<bool, EngineError> {
        let activity = NewActivity {
            at: self.clock.now(),
            kind: "decision.sent_back".to_owned(),
            sentence: format!("Not carried out, back with a person. {why}"),
            conversation_id: Some(decision.conversation_id.clone()),
            suggestion_id: decision.suggestion_id,
            decision_id: Some(decision.id),
            action_id: None,
        };
        match self.store.send_back(decision.id, own, why, &activity).await {
            Ok(()) => {}
            Err(StoreError::TooLate | StoreError::AlreadyUndone) => return Ok(false),
            Err(error) => return Err(error.into()),
        }
        self.policing.record_changed();
        let mut tags = tags_of(&decision.conversation_id, decision.suggestion_id.as_slice());
        tags.push("policies".to_owned());
        self.events.changed(tags);
        self.outbox.wake.notify_one();
        Ok(true)
    }

    /// The policies' judgement behind a decision of theirs, which its actions go by.
    pub(crate) async fn permit(&self, decision: &Decision) -> Result<Option<Judgement>, EngineError> {
        match decision.decided_by {
            DecidedBy::Person => Ok(None),
            DecidedBy::Policy => Ok(self.store.find_judgement_of(decision.id).await?),
        }
    }

    /// A person orders the rest of what a policy began.
    pub(crate) async fn take_over(&self, id: DecisionId) -> Result<(), EngineError> {
        self.store.take_over(id).await?;
        Ok(())
    }
}

/// What is said of an action that was not sent because permission was gone.
pub(crate) fn fault(action: &Action, why: &str) -> Fault {
    let done = if action.step > 0 { " Earlier steps of the plan were done." } else { "" };
    Fault::new(FaultKind::Rejected, format!("{}{done}", why.trim_end_matches('.').to_owned() + "."))
}
