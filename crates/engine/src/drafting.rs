//! Drafts of replies by a language model, from the articles of the help center: each asked for by a person.
//!
//! A draft belongs to one suggestion, and so to one state of the conversation: when the conversation has moved before the
//! draft is there, it is dropped, and the person is told. That it is asked for is written down before anything leaves.
//!
//! What it quotes must stand in the help center when a person signs it, too: a text that quotes or links an article that
//! was taken offline or changed since is shown as such, and not sent (`resting`).
//!
//! It stays a text beside the suggestion: the plan is the bucket's own, which is what policies go by, and a person who sends
//! the draft signs it like any reply. What they changed of it is kept as their edit of the draft.

mod resting;

use crate::advice::Current;
use crate::advice::question::turns;
use crate::error::EngineError;
use crate::events::{EngineNotice, Tone, tags_of};
use crate::workspace::Workspace;
use domain::ports::{ArticleBrief, Draft, DraftQuestion, DraftRole, Drafted, NoOpinion, Usage, Why};
use domain::{
    ConversationId, DraftId, DraftSource, FoundArticle, ReplyFacts, ReplyGap, SuggestionId, SuggestionState,
    Supersession, Verdict, open_place, reply,
};
use std::sync::Arc;
use store::{DraftState, KeptDraft};
use tokio_util::sync::CancellationToken;
use tokio_util::task::task_tracker::TaskTrackerToken;

/// Why there is no draft where the answer was not waited for.
pub(crate) const INTERRUPTED: &str = "The language model was writing it when the program ended or its settings were changed. Ask again if you want one.";

/// A draft that is being written; dropped, its place is free.
#[derive(Debug)]
struct UnderWay {
    workspace: Arc<Workspace>,
    suggestion: SuggestionId,
    conversation: ConversationId,
    id: DraftId,
    /// The person no longer wants it.
    given_up: CancellationToken,
    /// Whoever replaces the advice waits for it.
    _token: TaskTrackerToken,
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.workspace.advising.draft_ended(self.suggestion, self.id);
    }
}

impl Workspace {
    /// When drafts are asked for.
    pub fn draft_role(&self) -> DraftRole {
        self.advising.drafts().map_or(DraftRole::Off, |(current, _)| current.advice.drafts)
    }

    /// Asks for a draft of a reply to the message of a suggestion, in place of an earlier one. Nothing is asked again
    /// while one is being written.
    pub async fn ask_for_draft(self: &Arc<Self>, suggestion: SuggestionId) -> Result<(), EngineError> {
        let (current, token) = self
            .advising
            .drafts()
            .filter(|(current, _)| current.advice.drafts == DraftRole::WhenAsked)
            .ok_or_else(|| EngineError::BadInput(OFF.to_owned()))?;
        let found =
            self.store.find_suggestion(suggestion).await?.ok_or(EngineError::NotFound("suggestion"))?;
        let lock = self.conversations.lock(&found.conversation_id).await;
        let found =
            self.store.find_suggestion(suggestion).await?.ok_or(EngineError::NotFound("suggestion"))?;
        if let Some(why) = no_longer_open(&found.state) {
            return Err(EngineError::AlreadyDecided(format!("Nothing was asked: {why}.")));
        }
        let conversation = self
            .store
            .find_conversation(&found.conversation_id)
            .await?
            .ok_or(EngineError::NotFound("conversation"))?;
        if let Some(movement) = self.moved(&conversation, &found).await? {
            return Err(EngineError::Moved(movement));
        }
        let articles = self.articles_for(&conversation).await?;
        let question = DraftQuestion {
            subject: conversation.subject.clone(),
            turns: turns(&conversation, &found.part_id),
            articles: articles.iter().map(brief).collect(),
        };
        let id = DraftId(self.ids.next());
        if !self.store.begin_draft(id, suggestion, self.clock.now()).await? {
            return Ok(());
        }
        let given_up = self.advising.draft_begins(suggestion, id);
        drop(lock);
        let under_way = UnderWay {
            workspace: Arc::clone(self),
            suggestion,
            conversation: conversation.id.clone(),
            id,
            given_up,
            _token: token,
        };
        self.run(async move {
            write(&under_way, &current, &question, &articles).await;
        });
        self.events.changed([format!("suggestion:{suggestion}")]);
        Ok(())
    }

    /// Gives up the draft that is being written for a suggestion: what comes is not kept. What it may have cost counts.
    pub async fn give_up_draft(&self, suggestion: SuggestionId) -> Result<(), EngineError> {
        let Some(row) = self.store.find_draft(suggestion).await? else { return Ok(()) };
        self.store.forget_draft(row.id, &Usage::NONE, self.clock.now()).await?;
        self.advising.give_up_draft(suggestion, row.id);
        self.events.changed([format!("suggestion:{suggestion}")]);
        Ok(())
    }

    /// What of a draft a decision was taken with: its text as the person found it. A reply that still leaves open what
    /// the draft left open is refused.
    pub(crate) async fn drafted_text(
        &self,
        id: DraftId,
        conversation: &ConversationId,
        verdict: &Verdict,
        facts: &ReplyFacts,
    ) -> Result<String, EngineError> {
        let bad = |sentence: &str| EngineError::BadInput(sentence.to_owned());
        // Of this suggestion, or of an earlier one of the conversation: a person may go on with a draft that was open when
        // somebody acted. What it leaves open is open still, and the decision is bound to the state as it is.
        let row = self.store.find_draft_by_id(id).await?;
        let row = row.filter(|row| row.conversation_id == *conversation);
        let Some(DraftState::Came { draft: KeptDraft::Reply { text, sources, open }, .. }) =
            row.map(|row| row.state)
        else {
            return Err(bad("Not sent: this draft is no longer there. Look at the card again."));
        };
        let reply =
            verdict.reply().ok_or_else(|| bad("A draft is sent with the reply that became of it."))?;
        let suggested = put_in(&text, facts, &open).0;
        if let Some(why) = self.outdated(&suggested, &sources, reply).await? {
            return Err(EngineError::BadInput(format!("Not sent: {why}")));
        }
        if let Some(gap) = open_place(reply, &open) {
            return Err(EngineError::BadInput(gap.sentence));
        }
        Ok(suggested)
    }

    async fn take_draft(
        &self,
        under_way: &UnderWay,
        draft: &Draft,
        articles: &[FoundArticle],
    ) -> Result<(), EngineError> {
        let _lock = self.conversations.lock(&under_way.conversation).await;
        let now = self.clock.now();
        if let Some(why) = self.dropped(under_way.suggestion).await? {
            let sentence = format!("It was dropped: {why}.");
            let is_known = self.store.keep_no_draft(under_way.id, &sentence, &draft.usage, now).await?;
            if is_known {
                self.tell_dropped(under_way, &why);
            }
            return Ok(());
        }
        let kept = kept(&draft.drafted, articles);
        if !self.store.keep_draft(under_way.id, &kept, &draft.model, &draft.usage, now).await? {
            tracing::debug!(suggestion.id = %under_way.suggestion, "A draft came too late and was dropped");
        }
        Ok(())
    }

    async fn take_no_draft(&self, under_way: &UnderWay, none: &NoOpinion) -> Result<(), EngineError> {
        let now = self.clock.now();
        if under_way.given_up.is_cancelled() {
            self.store.forget_draft(under_way.id, &none.usage, now).await?;
            return Ok(());
        }
        let sentence = if none.why == Why::GivenUp { INTERRUPTED.to_owned() } else { none.sentence() };
        self.store.keep_no_draft(under_way.id, &sentence, &none.usage, now).await?;
        Ok(())
    }

    /// Why a draft for this suggestion is of no use any more.
    async fn dropped(&self, suggestion: SuggestionId) -> Result<Option<String>, EngineError> {
        let Some(found) = self.store.find_suggestion(suggestion).await? else {
            return Ok(Some("the conversation is no longer here".to_owned()));
        };
        if let Some(why) = no_longer_open(&found.state) {
            return Ok(Some(why));
        }
        let Some(conversation) = self.store.find_conversation(&found.conversation_id).await? else {
            return Ok(Some("the conversation is no longer here".to_owned()));
        };
        let moved = self.moved(&conversation, &found).await?;
        Ok(moved.map(|movement| format!("{} meanwhile", movement.sentence())))
    }

    fn tell_dropped(&self, under_way: &UnderWay, why: &str) {
        let notice = EngineNotice {
            tone: Tone::Info,
            text: format!("The draft was dropped: {why}."),
            conversation_id: Some(under_way.conversation.clone()),
        };
        self.events.notify(vec![format!("suggestion:{}", under_way.suggestion)], notice);
    }
}

/// Why nobody is asked.
pub const OFF: &str =
    "No language model drafts replies here. Switch it on in Settings, under Language model.";

async fn write(under_way: &UnderWay, current: &Current, question: &DraftQuestion, articles: &[FoundArticle]) {
    let workspace = &under_way.workspace;
    let given_up = async {
        tokio::select! {
            () = current.ended.cancelled() => {}
            () = under_way.given_up.cancelled() => {}
        }
    };
    let answer = current.advice.advisor.draft(question, Box::pin(given_up)).await;
    let kept = match answer {
        Ok(draft) => workspace.take_draft(under_way, &draft, articles).await,
        Err(none) => workspace.take_no_draft(under_way, &none).await,
    };
    if let Err(error) = kept {
        tracing::error!(suggestion.id = %under_way.suggestion, %error, "A draft could not be kept");
    }
    let mut tags = tags_of(&under_way.conversation, &[under_way.suggestion]);
    tags.push("language_model".to_owned());
    workspace.events.changed(tags);
}

/// A draft's text with everything put in, and why it cannot be sent as it stands.
pub fn put_in(text: &str, facts: &ReplyFacts, open: &[String]) -> (String, Option<ReplyGap>) {
    match reply::render(text, facts) {
        Ok(text) => {
            let gap = open_place(&text, open);
            (text, gap)
        }
        Err(gap) => (gap.text.clone(), Some(gap)),
    }
}

/// Stands where an article was cut before it was handed on.
const CUT: &str = "[…]";

fn brief(article: &FoundArticle) -> ArticleBrief {
    let FoundArticle { id, title, text, quotation, .. } = article;
    // A long text is handed on without its end; the place that fits may stand there.
    let is_there = quotation.is_empty() || text.contains(quotation.as_str());
    ArticleBrief {
        id: id.to_string(),
        title: title.clone(),
        text: if is_there { text.clone() } else { format!("{text}\n{CUT}\n{quotation}") },
        fits: quotation.clone(),
    }
}

/// What is kept of an answer: a reply gets the links of the articles that it cites.
fn kept(drafted: &Drafted, articles: &[FoundArticle]) -> KeptDraft {
    let (text, citations, open) = match drafted {
        Drafted::Reply { text, citations, open } => (text, citations, open),
        Drafted::HandOver { reason } => return KeptDraft::HandOver { reason: reason.clone() },
        Drafted::Unproven { why } => {
            let sentence = format!("The draft was not taken: {why}.");
            return KeptDraft::Unproven { sentence };
        }
    };
    let cited = |id: &str| articles.iter().find(|article| article.id.as_str() == id);
    let url = |article: &FoundArticle| Some(article.url.clone()).filter(|url| !url.is_empty());
    let mut links: Vec<String> = Vec::new();
    for article in citations.iter().filter_map(|citation| cited(&citation.article)) {
        let link = url(article).map(|_| article.link());
        links.extend(link.filter(|link| !links.contains(link)));
    }
    let sources = citations.iter().filter_map(|citation| {
        let article = cited(&citation.article)?;
        Some(DraftSource {
            article_id: Some(article.id.clone()),
            title: article.title.clone(),
            url: url(article),
            quotation: citation.quotation.clone(),
        })
    });
    let text = if links.is_empty() { text.clone() } else { format!("{text}\n\n{}", links.join("\n")) };
    KeptDraft::Reply { text, sources: sources.collect(), open: open.clone() }
}

/// Why a suggestion that is not open takes no draft.
fn no_longer_open(state: &SuggestionState) -> Option<String> {
    let why = match state {
        SuggestionState::Pending | SuggestionState::Snoozed { .. } => return None,
        SuggestionState::Superseded { reason: Supersession::Moved { sentence, .. } } => {
            return Some(format!("{sentence} meanwhile"));
        }
        SuggestionState::Superseded { reason: Supersession::NewMessage } => "the customer wrote again",
        SuggestionState::Superseded { reason: Supersession::Deleted } => "the conversation was deleted",
        SuggestionState::Superseded { reason: Supersession::BucketsChanged | Supersession::FactsChanged } => {
            "the suggestion was made anew"
        }
        SuggestionState::Approved
        | SuggestionState::Edited
        | SuggestionState::Corrected { .. }
        | SuggestionState::Rejected => "this was decided meanwhile",
    };
    Some(why.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ports::{Citation, Unproven};

    fn article(id: &str, title: &str, url: &str) -> FoundArticle {
        FoundArticle {
            id: id.into(),
            title: title.to_owned(),
            url: url.to_owned(),
            quotation: "at the end".to_owned(),
            text: "The beginning".to_owned(),
        }
    }

    #[test]
    fn a_reply_gets_the_links_of_what_it_cites_once_each() {
        let articles = [article("1", "Refunds", "https://help.example/1"), article("2", "Invoices", "")];
        let cite = |article: &str, quotation: &str| Citation {
            article: article.to_owned(),
            quotation: quotation.to_owned(),
        };
        let drafted = Drafted::Reply {
            text: "It comes back.".to_owned(),
            citations: vec![cite("1", "a"), cite("2", "b"), cite("1", "c")],
            open: vec![],
        };
        let KeptDraft::Reply { text, sources, .. } = kept(&drafted, &articles) else { panic!("a reply") };
        assert_eq!(text, "It comes back.\n\nRefunds: https://help.example/1");
        let told: Vec<_> =
            sources.iter().map(|it| (it.title.as_str(), it.url.is_some(), it.quotation.as_str())).collect();
        assert_eq!(told, [("Refunds", true, "a"), ("Invoices", false, "b"), ("Refunds", true, "c")]);
    }

    #[test]
    fn what_cannot_be_proven_says_why_and_shows_no_reply() {
        let drafted = Drafted::Unproven { why: Unproven::UnknownArticle };
        let sentence = "The draft was not taken: it cites an article that it was not given.".to_owned();
        assert_eq!(kept(&drafted, &[]), KeptDraft::Unproven { sentence });
    }

    #[test]
    fn the_place_that_fits_is_told_also_where_it_was_cut_off() {
        assert_eq!(brief(&article("1", "t", "")).text, "The beginning\n[…]\nat the end");
        let whole = FoundArticle { text: "All of it, at the end".to_owned(), ..article("1", "t", "") };
        assert_eq!(brief(&whole).text, "All of it, at the end");
    }
}
