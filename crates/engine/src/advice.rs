//! Second opinions: asking somebody outside what a waiting conversation is about, behind the local suggestion.
//!
//! A task looks for suggestions that wait and were not asked about, whenever it is woken, and asks a few at a time. The
//! local suggestion stands before and waits for nothing here. That a question is asked is written down before it
//! leaves, so that none is asked twice, whatever ends the program.
//!
//! What concerns every question (the day's budget, the switch, a key that is refused) does not mark a conversation: it
//! puts all questions on [`Hold`], with the reason, and they are asked when it is over.
//!
//! Each question is a task of its own. The one that looks for suggestions must not also be the one that carries the
//! answers on: it waits for the writer of the store, which an answer that is not carried on may hold.
//!
//! The engine knows no service and no key. It sees an [`Advisor`], which keeps its own time limits and budget.

pub mod agreement;
pub(crate) mod question;

use crate::drafting::INTERRUPTED as INTERRUPTED_DRAFT;
use crate::error::EngineError;
use crate::events::tags_of;
use crate::record::ENOUGH;
use crate::workspace::Workspace;
use domain::ports::{Advisor, AdvisorRole, DraftRole, NoOpinion, Opinion, Question, Why};
use domain::{ConversationId, DraftId, SuggestionId, Timestamp};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Questions that are under way at the same time.
const AT_ONCE: usize = 4;
/// Suggestions looked at for one that can be asked about.
const LOOKED_AT: u32 = 64;
/// How long a hold lasts whose cause only a person can mend; it is looked at again all the same.
const PERSON_MS: i64 = 10 * 60 * 1_000;
/// How long a hold lasts after no connection could be made.
const UNREACHABLE_MS: i64 = 60_000;
/// The pause after the store could not be read.
const STORE_MS: i64 = 5_000;
const DAY_MS: i64 = 86_400_000;
/// Why there is no opinion where the answer was not waited for.
const INTERRUPTED: &str = "The language model was being asked when the program ended or its settings were changed. It \
                           is not asked again about this message: the answer may have been paid for.";

/// Whom to ask, and when.
#[derive(Debug, Clone)]
pub struct Advice {
    /// Who is asked.
    pub advisor: Arc<dyn Advisor>,
    /// About which suggestions.
    pub role: AdvisorRole,
    /// Whether it drafts replies.
    pub drafts: DraftRole,
}

/// Why nobody is asked at present.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// Why, in a sentence.
    pub sentence: String,
    /// Until when; `None` until something is changed.
    pub until: Option<Timestamp>,
    /// Whether it is the day's budget that is used up.
    pub is_budget: bool,
}

/// The state of asking in a workspace.
#[derive(Debug, Default)]
pub(crate) struct Advising {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    current: Option<Current>,
    hold: Option<Hold>,
    /// Suggestions that are asked about at present.
    asked: HashSet<SuggestionId>,
    /// Drafts that are being written, and how to give each up.
    drafts: HashMap<SuggestionId, (DraftId, CancellationToken)>,
}

#[derive(Debug, Clone)]
pub(crate) struct Current {
    pub(crate) advice: Advice,
    /// Cancelled when another one takes its place.
    pub(crate) ended: CancellationToken,
    under_way: TaskTracker,
}

impl Advising {
    /// Has the task look for suggestions to ask about.
    pub(crate) fn look_soon(&self) {
        self.wake.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom to ask now, unless all questions are on hold. Whoever replaces the advice waits until the token is dropped.
    fn ready(&self, now: Timestamp) -> Option<(Current, TaskTrackerToken)> {
        let mut state = self.lock();
        if state.hold.as_ref().is_some_and(|hold| hold.until.is_some_and(|until| until <= now)) {
            state.hold = None;
        }
        if state.hold.is_some() {
            return None;
        }
        let current = state.current.clone()?;
        let token = current.under_way.token();
        Some((current, token))
    }

    /// Whom to ask for a draft. Whoever replaces the advice waits until the token is dropped.
    pub(crate) fn drafts(&self) -> Option<(Current, TaskTrackerToken)> {
        let current = self.lock().current.clone()?;
        let token = current.under_way.token();
        Some((current, token))
    }

    /// A draft begins to be written; what comes back says when it is given up.
    pub(crate) fn draft_begins(&self, suggestion: SuggestionId, id: DraftId) -> CancellationToken {
        let given_up = CancellationToken::new();
        self.lock().drafts.insert(suggestion, (id, given_up.clone()));
        given_up
    }

    /// A draft is no longer being written.
    pub(crate) fn draft_ended(&self, suggestion: SuggestionId, id: DraftId) {
        let mut state = self.lock();
        if state.drafts.get(&suggestion).is_some_and(|(current, _)| *current == id) {
            state.drafts.remove(&suggestion);
        }
    }

    /// Gives up a draft that is being written.
    pub(crate) fn give_up_draft(&self, suggestion: SuggestionId, id: DraftId) {
        if let Some((current, given_up)) = self.lock().drafts.get(&suggestion)
            && *current == id
        {
            given_up.cancel();
        }
    }

    /// Puts all questions on hold, unless the advice was replaced meanwhile.
    fn hold(&self, current: &Current, hold: Hold) {
        let mut state = self.lock();
        if !current.ended.is_cancelled() {
            state.hold = Some(hold);
        }
    }
}

/// A question that is under way; dropped, its place is free.
#[derive(Debug)]
struct UnderWay {
    workspace: Arc<Workspace>,
    id: SuggestionId,
    /// Whoever replaces the advice waits for it.
    _token: TaskTrackerToken,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.workspace.advising.lock().asked.remove(&self.id);
        self.workspace.advising.look_soon();
    }
}

impl Workspace {
    /// Chooses whom to ask. Questions that are under way to the one before are given up first.
    pub async fn set_advice(&self, advice: Option<Advice>) -> Result<(), EngineError> {
        let before = {
            let mut state = self.advising.lock();
            state.hold = None;
            state.current.take()
        };
        if let Some(before) = before {
            before.ended.cancel();
            before.under_way.close();
            before.under_way.wait().await;
            settle(&self.store, self.clock.now()).await?;
        }
        self.advising.lock().current = advice.map(|advice| Current {
            advice,
            ended: CancellationToken::new(),
            under_way: TaskTracker::new(),
        });
        self.ask_soon();
        Ok(())
    }

    /// Ends a hold, and asks what is to be asked: something was mended.
    pub fn ask_soon(&self) {
        self.advising.lock().hold = None;
        self.advising.look_soon();
        self.policing.look_soon();
        self.events.changed(["language_model", "suggestions"]);
    }

    /// Why nobody is asked at present, where somebody would be.
    pub fn advice_hold(&self) -> Option<Hold> {
        self.advising.lock().hold.clone()
    }

    /// When somebody is asked.
    pub fn advice_role(&self) -> AdvisorRole {
        self.advising.lock().current.as_ref().map_or(AdvisorRole::Off, |current| current.advice.role)
    }

    /// The line under which a suggestion is asked about: `Some(None)` for every one, `None` for none. While the local
    /// model is still learning, its confidence is no line to go by.
    pub async fn asked_below(&self) -> Result<Option<Option<f64>>, EngineError> {
        Ok(match self.advice_role() {
            AdvisorRole::Off => None,
            AdvisorRole::Always => Some(None),
            AdvisorRole::Below { confidence } => {
                let decisions = self.store.list_agreements(ENOUGH as u32).await?.len();
                Some((decisions >= ENOUGH).then_some(confidence))
            }
        })
    }

    /// Begins to ask about what waits, as far as there is room.
    async fn ask_more(self: &Arc<Self>) -> Result<(), EngineError> {
        let Some((current, _token)) = self.advising.ready(self.clock.now()) else { return Ok(()) };
        let Some(below) = self.asked_below().await? else { return Ok(()) };
        let is_full = || self.advising.lock().asked.len() >= AT_ONCE;
        if is_full() {
            return Ok(());
        }
        for id in self.store.list_unasked(below, LOOKED_AT).await? {
            if is_full() {
                break;
            }
            // Its row may be gone, because its text was erased: the answer is still awaited.
            if self.advising.lock().asked.contains(&id) {
                continue;
            }
            let Some((conversation, question)) = self.question(id).await? else { continue };
            if self.store.begin_opinion(id, self.clock.now()).await? {
                self.advising.lock().asked.insert(id);
                let workspace = Arc::clone(self);
                let under_way = UnderWay { workspace, id, _token: current.under_way.token() };
                let current = current.clone();
                self.run(async move {
                    under_way.workspace.ask(&current, id, &conversation, &question).await;
                });
                self.events.changed([format!("suggestion:{id}")]);
            }
        }
        Ok(())
    }

    async fn ask(
        &self,
        current: &Current,
        id: SuggestionId,
        conversation: &ConversationId,
        question: &Question,
    ) {
        let answer = tokio::select! {
            biased;
            () = current.ended.cancelled() => return,
            answer = current.advice.advisor.opinion(question) => answer,
        };
        let kept = match answer {
            Ok(opinion) => self.take_opinion(id, conversation, &opinion).await,
            Err(none) => self.take_none(current, id, &none).await,
        };
        if let Err(error) = kept {
            tracing::error!(suggestion.id = %id, %error, "What a language model answered could not be kept");
        }
        self.policing.look_soon();
        let mut tags = tags_of(conversation, &[id]);
        tags.push("language_model".to_owned());
        self.events.changed(tags);
    }

    /// Keeps an opinion, unless somebody acted or the text was erased while it was made.
    async fn take_opinion(
        &self,
        id: SuggestionId,
        conversation: &ConversationId,
        opinion: &Opinion,
    ) -> Result<(), EngineError> {
        let _lock = self.conversations.lock(conversation).await;
        self.advising.lock().hold = None;
        let now = self.clock.now();
        let kept = if self.stands(id).await? {
            self.store.keep_opinion(id, opinion, now).await?
        } else {
            self.store.drop_opinion(id, &opinion.usage, now).await?;
            false
        };
        if !kept {
            tracing::debug!(suggestion.id = %id, "A second opinion came too late and was dropped");
        }
        Ok(())
    }

    async fn take_none(
        &self,
        current: &Current,
        id: SuggestionId,
        none: &NoOpinion,
    ) -> Result<(), EngineError> {
        let now = self.clock.now();
        match hold_for(none, now) {
            Some(hold) => {
                // First the hold: nobody asks in between.
                self.advising.hold(current, hold);
                self.store.drop_opinion(id, &none.usage, now).await?;
            }
            None => {
                self.store.keep_no_opinion(id, none, now).await?;
            }
        }
        Ok(())
    }

    /// Whether a suggestion is still about the conversation as it is; one that a person has decided on is.
    async fn stands(&self, id: SuggestionId) -> Result<bool, EngineError> {
        let Some(suggestion) = self.store.find_suggestion(id).await? else { return Ok(false) };
        if !suggestion.state.is_open() {
            return Ok(true);
        }
        let Some(conversation) = self.store.find_conversation(&suggestion.conversation_id).await? else {
            return Ok(false);
        };
        Ok(self.moved(&conversation, &suggestion).await?.is_none())
    }
}

/// Ends the questions that nobody waits for any more.
pub(crate) async fn settle(store: &Store, now: Timestamp) -> Result<(), EngineError> {
    let ended = store.end_questions(INTERRUPTED, now).await?;
    if ended > 0 {
        tracing::info!(questions = ended, "Questions to a language model were given up");
    }
    store.end_drafts(INTERRUPTED_DRAFT, now).await?;
    Ok(())
}

/// Asks as long as the workspace is open.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        let woken = workspace.advising.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let mut again = workspace.advice_hold().and_then(|hold| hold.until);
        if let Err(error) = workspace.ask_more().await {
            tracing::error!(%error, "Suggestions to ask a language model about could not be read");
            again = Some(workspace.clock.now().plus_ms(STORE_MS));
        }
        let pause = async {
            match again {
                Some(at) => workspace.clock.sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = &mut woken => {}
            () = pause => {}
        }
    }
}

/// The hold that a missing opinion calls for, where its reason concerns all questions and not this one.
fn hold_for(none: &NoOpinion, now: Timestamp) -> Option<Hold> {
    let is_budget = matches!(none.why, Why::BudgetSpent { .. });
    let until = match &none.why {
        Why::Blocked | Why::PriceUnknown { .. } => None,
        Why::BudgetSpent { .. } => Some(Timestamp((now.0.div_euclid(DAY_MS) + 1).saturating_mul(DAY_MS))),
        Why::Credentials { .. }
        | Why::Payment
        | Why::ModelMissing { .. }
        | Why::ModelNotChosen
        | Why::ModelUnfit { .. } => Some(now.plus_ms(PERSON_MS)),
        Why::Resting { wait_ms, .. } => Some(now.plus_ms((*wait_ms).max(1_000))),
        // Nothing left this machine: it can be asked again.
        Why::Unreachable { .. } if none.usage.tokens.total() == 0 => Some(now.plus_ms(UNREACHABLE_MS)),
        Why::Unreachable { .. }
        | Why::Timeout { .. }
        | Why::Refused
        | Why::Overloaded { .. }
        | Why::Unavailable { .. }
        | Why::BrokenSchema { .. }
        | Why::UnknownBucket
        | Why::Rejected { .. }
        | Why::NothingToAsk
        | Why::NothingToAnswer
        | Why::GivenUp => return None,
    };
    Some(Hold { sentence: none.sentence(), until, is_budget })
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::{BudgetKind, Tokens, Usage};

    #[test]
    fn what_concerns_every_question_is_a_hold_and_the_rest_is_not() {
        let now = Timestamp(DAY_MS + 5);
        let hold = |why: Why| hold_for(&why.into(), now).map(|hold| hold.until);
        assert_eq!(hold(Why::Blocked), Some(None));
        let tomorrow = Some(Timestamp(2 * DAY_MS));
        assert_eq!(hold(Why::BudgetSpent { budget: BudgetKind::Tokens }), Some(tomorrow));
        let resting = Why::Resting { wait_ms: 60_000, because: Box::new(Why::Payment) };
        assert_eq!(hold(resting), Some(Some(now.plus_ms(60_000))));
        assert_eq!(hold(Why::Timeout { seconds: 10 }), None);
        assert_eq!(hold(Why::Overloaded { retry_after_ms: None }), None);
    }

    #[test]
    fn a_connection_that_broke_is_not_tried_again_for_the_same_message() {
        let why = || Why::Unreachable { sentence: "It broke".to_owned() };
        assert!(hold_for(&why().into(), Timestamp(0)).is_some());
        let tokens = Tokens { input: 5, ..Tokens::ZERO };
        let paid = NoOpinion { why: why(), usage: Usage { tokens, ..Usage::NONE } };
        assert_eq!(hold_for(&paid, Timestamp(0)), None);
    }
}
