//! Judging what waits: once for each message, when everything that counts is known.

use super::words;
use crate::advice::agreement::{self, Agreements, Stance, stance};
use crate::approvals::Order;
use crate::error::EngineError;
use crate::events::tags_of;
use crate::learning::message_of;
use crate::workspace::Workspace;
use domain::ports::AdvisorRole;
use domain::{
    Bucket, Conversation, DecidedBy, DecisionKind, Suggestion, SuggestionId, SuggestionState, Timestamp,
};
use sha2::{Digest as _, Sha256};
use std::fmt::Write as _;
use store::{GivenOpinion, Judged, Judgement, OpinionState};
use triage::policy::agreement::Agreement;
use triage::policy::{
    ActionWord, ActionWords, Draw, Facts, LEAST_DECISIONS, Levels, Outcome, Unsure, decide,
};

/// Suggestions judged in one round.
const ROUND: u32 = 10_000;

/// What a second opinion comes to.
enum Second {
    /// It is still to come.
    Awaited,
    /// It was asked for, and there is none.
    Missing,
    /// Nobody is asked.
    NotAsked,
    /// What the record makes of both.
    Said(Certainty),
}

impl Workspace {
    /// Judges what waits and was not judged. Whatever waits for a second opinion is passed over.
    pub(super) async fn judge_waiting(&self) -> Result<(), EngineError> {
        for id in self.store.list_unjudged(ROUND).await? {
            match self.judge(id).await {
                // Or: decided, replaced or erased while it was judged.
                Ok(()) | Err(EngineError::AlreadyDecided(_) | EngineError::NotFound(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn judge(&self, id: SuggestionId) -> Result<(), EngineError> {
        let found = self.store.find_suggestion(id).await?.ok_or(EngineError::NotFound("suggestion"))?;
        let _lock = self.conversations.lock(&found.conversation_id).await;
        let found = self.store.find_suggestion(id).await?;
        let Some(suggestion) = found.filter(|found| found.state == SuggestionState::Pending) else {
            return Ok(());
        };
        let Some(conversation) = self.store.find_conversation(&suggestion.conversation_id).await? else {
            return Ok(());
        };
        if self.moved(&conversation, &suggestion).await?.is_some() {
            return Ok(());
        }
        let before = self.store.find_first_judgement(&conversation.id, &suggestion.part_id).await?;
        let second = self.second(&suggestion).await?;
        if matches!(second, Second::Awaited) && before.is_none() {
            return Ok(());
        }
        let (outcome, confidence) = self.outcome(&suggestion, &second).await?;
        let words = message_of(&conversation).map(|(_, message)| self.learner.count_words(&message));
        let words = words.map_or((0, 0), |count| (count.words, count.unknown));
        let judgement = Judgement {
            suggestion_id: id,
            conversation_id: conversation.id.clone(),
            part_id: suggestion.part_id.clone(),
            bucket_id: suggestion.bucket_id.clone(),
            at: self.clock.now(),
            confidence,
            actions: words::words_of(actions_of(&suggestion)),
            judged: match outcome {
                Outcome::Clear { .. } => Judged::Clear,
                Outcome::Person { .. } | Outcome::Automatic { .. } => Judged::Person,
            },
            // What was drawn once stays hidden, whatever suggestion is made for the message.
            blind: before.as_ref().map_or(outcome.is_blind(), |before| before.blind),
            is_repeat: before.is_some(),
            words,
            bucket_print: None,
            sent_back: None,
            taken_over: false,
        };
        match outcome {
            Outcome::Automatic { held_until } if before.is_none() => {
                self.hold(&conversation, &suggestion, judgement, held_until).await?;
            }
            Outcome::Automatic { .. } | Outcome::Clear { .. } | Outcome::Person { .. } => {
                self.store.insert_judgement(&judgement).await?;
            }
        }
        self.events.changed(tags_of(&conversation.id, &[id]));
        Ok(())
    }

    async fn outcome(&self, suggestion: &Suggestion, second: &Second) -> Result<(Outcome, f64), EngineError> {
        let certainty = match second {
            Second::Said(certainty) => *certainty,
            Second::Awaited | Second::Missing | Second::NotAsked => {
                Certainty::of(suggestion, None, &Agreements::default(), &self.records().await?.levels)
            }
        };
        let missing = matches!(second, Second::Missing | Second::Awaited).then_some(Unsure::NoSecondOpinion);
        Ok((self.judged_live(suggestion, certainty, missing), certainty.confidence))
    }

    /// What the policies say of a suggestion now.
    pub(super) fn judged_live(
        &self,
        suggestion: &Suggestion,
        certainty: Certainty,
        missing: Option<Unsure>,
    ) -> Outcome {
        let unsure = if suggestion.bucket_id.is_none() {
            Some(Unsure::NotSure)
        } else if !suggestion.plan.gaps.is_empty() {
            Some(Unsure::PlanIncomplete)
        } else {
            missing
        };
        let bucket_id = suggestion.bucket_id.clone().unwrap_or_else(|| "".into());
        let governed = self.policing.book().governed(&bucket_id);
        let Certainty { agreement, confidence, rests_on } = certainty;
        let actions = actions_of(suggestion);
        let facts = Facts { bucket_id, actions, confidence, rests_on, agreement, unsure };
        let draw = Draw::of(self.policing.seed, suggestion.id);
        decide(&governed, &facts, self.policing.switch(), draw, self.clock.now())
    }

    async fn second(&self, suggestion: &Suggestion) -> Result<Second, EngineError> {
        let asked = match self.asked_below().await? {
            // Without a bucket nothing is automatic, whatever anybody says.
            Some(below) => {
                suggestion.bucket_id.is_some() && below.is_none_or(|below| suggestion.confidence < below)
            }
            None => false,
        };
        Ok(match self.store.find_opinion(suggestion.id).await? {
            Some(OpinionState::Given(opinion)) => {
                let pairs = self.store.list_opinion_pairs(agreement::LOOK_BACK).await?;
                let levels = &self.records().await?.levels;
                Second::Said(Certainty::of(suggestion, Some(&opinion), &Agreements::of(&pairs), levels))
            }
            Some(OpinionState::None { .. }) if asked => Second::Missing,
            Some(OpinionState::Asked) => Second::Awaited,
            None if asked && self.advice_role() != AdvisorRole::Off => Second::Awaited,
            Some(OpinionState::None { .. }) | None => Second::NotAsked,
        })
    }

    /// Holds a plan in the outbox, in the name of its policies.
    async fn hold(
        &self,
        conversation: &Conversation,
        suggestion: &Suggestion,
        mut judgement: Judgement,
        held_until: Timestamp,
    ) -> Result<(), EngineError> {
        let buckets = self.store.list_buckets().await?;
        let bucket = buckets.iter().find(|bucket| Some(&bucket.id) == suggestion.bucket_id.as_ref());
        let bucket = bucket.ok_or(EngineError::NotFound("bucket"))?;
        let order = Order {
            kind: DecisionKind::Approved,
            bucket_id: Some(bucket.id.clone()),
            state: SuggestionState::Approved,
            actions: suggestion.plan.actions.clone(),
            reason: None,
            lesson: None,
            edit: vec![],
            draft: None,
            decided_by: DecidedBy::Policy,
            undo_until: held_until,
        };
        let ours = self.store.list_own_parts(&conversation.id).await?;
        let quiet_until = crate::approvals::quiet_until(conversation, suggestion, &order.actions, &ours);
        let mut record = self.record(conversation, suggestion, order, None, quiet_until);
        let by = self.by_which(bucket, actions_of(suggestion));
        for entry in &mut record.activity {
            "decision.automatic".clone_into(&mut entry.kind);
            entry.sentence = format!(
                "{}. By the policy {by}; it is {} sure",
                entry.sentence,
                words::percent(judgement.confidence)
            );
        }
        judgement.judged = Judged::Automatic(record.decision.id);
        judgement.bucket_print = Some(print(bucket));
        self.store.hold_plan(&record, &judgement).await?;
        self.policing.count_today(bucket, actions_of(suggestion));
        // The switch may have been thrown after it was asked and before the plan was there to be sent back.
        if self.is_automatic_stopped() {
            self.recheck_held().await?;
        }
        self.outbox.wake.notify_one();
        self.events.changed(["policies"]);
        Ok(())
    }

    /// "Billing, assign, at 90 % or more, and reply, at 92 % or more".
    fn by_which(&self, bucket: &Bucket, actions: ActionWords) -> String {
        let book = self.policing.book();
        let line = |action: ActionWord| {
            let kept = book.policies.get(&(bucket.id.clone(), action));
            let line = kept.map_or(1.0, |kept| kept.policy.line);
            format!("{}, at {} or more", action.verb(), words::percent(line))
        };
        let lines: Vec<String> = actions.iter().map(line).collect();
        format!("{}: {}", bucket.name, lines.join(" and "))
    }
}

impl super::Policing {
    /// One plan more today, until the book is made anew.
    fn count_today(&self, bucket: &Bucket, actions: ActionWords) {
        let mut book = self.book.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut policies = book.policies.clone();
        for action in actions.iter() {
            if let Some(kept) = policies.get_mut(&(bucket.id.clone(), action)) {
                kept.today += 1;
            }
        }
        let history = std::sync::Arc::clone(&book.history);
        let (decided, day_began) = (book.decided, book.day_began);
        *book = std::sync::Arc::new(super::Book { policies, history, decided, day_began });
    }
}

/// What a policy goes by, as on the card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Certainty {
    /// Whether a second opinion agrees.
    pub agreement: Agreement,
    /// The confidence.
    pub confidence: f64,
    /// Decisions that it rests on, counted up to those that are needed to show it.
    pub rests_on: u32,
}

impl Certainty {
    /// Of the local model alone by the record at its level; with a second opinion by the record of such pairs, where that
    /// has enough to say.
    pub fn of(
        suggestion: &Suggestion,
        opinion: Option<&GivenOpinion>,
        agreements: &Agreements,
        levels: &Levels,
    ) -> Self {
        let alone = Self {
            agreement: Agreement::Alone,
            confidence: suggestion.confidence,
            rests_on: levels.decided_near(suggestion.confidence),
        };
        let Some(opinion) = opinion else { return alone };
        let agreement = match stance(suggestion.bucket_id.as_ref(), &opinion.choice) {
            Stance::Agrees => Agreement::Agreed,
            Stance::Disagrees | Stance::Names | Stance::FindsNone | Stance::BothFindNone => {
                Agreement::Disagreed
            }
        };
        match agreements.together(suggestion, opinion) {
            // There is none under so many pairs.
            Some(together) => Self { agreement, confidence: together.confidence, rests_on: LEAST_DECISIONS },
            None => Self { agreement, ..alone },
        }
    }

    /// Whether it rests on too little to be shown.
    pub const fn is_learning(&self) -> bool {
        self.rests_on < LEAST_DECISIONS
    }
}

/// The kinds of action in a suggestion's plan.
pub(super) fn actions_of(suggestion: &Suggestion) -> ActionWords {
    suggestion.plan.actions.iter().map(ActionWord::from).collect()
}

/// A bucket as a checksum, wherever it stands in the list.
pub(super) fn print(bucket: &Bucket) -> String {
    let bucket = Bucket { position: 0, ..bucket.clone() };
    let text = serde_json::to_string(&bucket).unwrap_or_default();
    Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
