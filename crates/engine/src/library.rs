//! What the team has written once to answer many: articles of the help center and macros, kept on this machine and found
//! there for what a customer wrote.
//!
//! Both lists are read whole, at the lowest priority, at start and every hour. What is not in a list any more is forgotten,
//! but only after a reading that came to its end and missed nothing. A list that may not be read leaves nothing behind: a
//! copy that nobody can bring up to date would be quoted for ever.
//!
//! An article that a delivery names is read alone, at once. A list that is being read meanwhile may have it as it was
//! before; what was read alone counts.

mod finding;
mod languages;
mod quoting;
mod words;

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::{Helpdesk as _, Priority};
use domain::{AdminId, ArticleId, Conversation, Directory, FoundArticle, HelpArticle, Macro, Timestamp};
use quoting::cut;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;
use triage::{language_code, strip_history};

/// Between two readings, milliseconds.
const EVERY_MS: i64 = 60 * 60 * 1_000;
/// After a reading that failed or was not whole, milliseconds.
const AGAIN_MS: i64 = 5 * 60 * 1_000;
/// Pages at most, so that a list that goes in circles has an end.
const PAGES: u32 = 400;
/// Characters of an article's text that are handed on.
const HANDED_ON: usize = 4_000;

/// How one of the two lists stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelf {
    /// When it was last read to its end, since the start.
    pub read_at: Option<Timestamp>,
    /// Why the last reading did not come to its end.
    pub problem: Option<ShelfProblem>,
}

/// Why a list could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShelfProblem {
    /// Why, in a sentence.
    pub sentence: String,
    /// Whether it is not allowed, or not offered: only a person can change that.
    pub is_refused: bool,
}

/// How the library of a workspace stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shelves {
    /// The articles.
    pub articles: Shelf,
    /// The macros.
    pub macros: Shelf,
}

/// The state of reading.
#[derive(Debug, Default)]
pub(crate) struct Library {
    shelves: Mutex<Shelves>,
    wake: Notify,
    /// Articles read alone since the reading of the list began. Held by whoever writes articles.
    read_alone: tokio::sync::Mutex<BTreeSet<ArticleId>>,
}

/// Keeps the library up to date until the workspace is closed.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        let woken = workspace.library.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        let began = workspace.clock.now();
        let pause = if workspace.read_library().await { EVERY_MS } else { AGAIN_MS };
        tokio::select! {
            () = &mut woken => {}
            () = workspace.clock.sleep_until(began.plus_ms(pause)) => {}
        }
    }
}

impl Shelf {
    fn is_refused(&self) -> bool {
        self.problem.as_ref().is_some_and(|problem| problem.is_refused)
    }
}

impl Library {
    fn lock(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Workspace {
    /// Has the library read again.
    pub fn read_library_soon(&self) {
        self.library.wake.notify_one();
    }

    /// How the library stands.
    pub fn shelves(&self) -> Shelves {
        self.library.lock().clone()
    }

    /// Articles that may answer the newest message of a conversation's customer, the best first, three at most.
    pub async fn articles_for(&self, conversation: &Conversation) -> Result<Vec<FoundArticle>, EngineError> {
        let Some((message, language)) = asked(conversation) else { return Ok(vec![]) };
        let found = finding::articles(&self.store, &message, language).await?;
        Ok(found
            .into_iter()
            .map(|hit| FoundArticle {
                id: hit.article.id,
                title: hit.article.title,
                url: hit.article.url,
                quotation: hit.quotation,
                text: cut(&hit.article.text, HANDED_ON),
            })
            .collect())
    }

    /// The macros that the acting teammate may use, those nearest to what the customer wrote first.
    pub async fn macros_for(&self, conversation: Option<&Conversation>) -> Result<Vec<Macro>, EngineError> {
        let directory = self.store.get_directory().await?;
        let acting = self.acting_admin();
        let mut macros = self.store.list_macros().await?;
        macros.retain(|one| is_for(one, &acting, &directory));
        Ok(match conversation.and_then(asked) {
            Some((message, _)) => finding::macros_by_nearness(macros, &message),
            None => macros,
        })
    }

    /// Reads both lists once. False when they should be read again soon.
    async fn read_library(&self) -> bool {
        let (articles, articles_whole) = self.shelf_after(self.read_articles().await);
        if articles.is_refused()
            && let Err(error) = self.store.keep_only_articles(&BTreeSet::new()).await
        {
            tracing::error!(%error, "Articles that may not be read any more could not be forgotten");
        }
        self.library.lock().articles = articles;
        self.tell_of_articles().await;
        let (macros, macros_whole) = self.shelf_after(self.read_macros().await);
        if macros.is_refused()
            && let Err(error) = self.store.replace_macros(&[]).await
        {
            tracing::error!(%error, "Macros that may not be read any more could not be forgotten");
        }
        self.library.lock().macros = macros;
        self.events.changed(["library"]);
        articles_whole && macros_whole
    }

    /// Reads one article, for a delivery that names it.
    pub(crate) async fn fetch_article(&self, id: &ArticleId) -> Result<(), EngineError> {
        match self.helpdesk.article(id, Priority::Ingest).await {
            Ok(languages) => self.keep_article(id, &languages).await,
            Err(fault) => {
                if fault.denies() {
                    self.keep_article(id, &[]).await?;
                }
                Err(fault.into())
            }
        }
    }

    async fn keep_article(&self, id: &ArticleId, languages: &[HelpArticle]) -> Result<(), EngineError> {
        let mut read_alone = self.library.read_alone.lock().await;
        read_alone.insert(id.clone());
        let changed = self.store.replace_article(id, languages).await?;
        drop(read_alone);
        if changed {
            self.tell_of_articles().await;
        }
        Ok(())
    }

    /// What shows articles, or rests on them, looks again.
    async fn tell_of_articles(&self) {
        let mut tags = vec!["library".to_owned()];
        match self.store.list_drafted_suggestions().await {
            Ok(drafted) => tags.extend(drafted.into_iter().map(|id| format!("suggestion:{id}"))),
            Err(error) => {
                tracing::error!(%error, "Drafts that may rest on changed articles could not be found");
            }
        }
        self.events.changed(tags);
    }

    /// Reads the list of articles. False when it changed meanwhile: what was not seen may still be there.
    async fn read_articles(&self) -> Result<bool, EngineError> {
        let mut listed: BTreeSet<ArticleId> = BTreeSet::new();
        let mut kept = BTreeSet::new();
        self.library.read_alone.lock().await.clear();
        for page in 1..=PAGES {
            let Some(answer) = self.helpdesk.articles(page, Priority::Backfill).await? else {
                self.store.keep_only_articles(&BTreeSet::new()).await?;
                return Ok(true);
            };
            let mut articles = answer.articles;
            let read_alone = self.library.read_alone.lock().await;
            articles.retain(|article| !read_alone.contains(&article.id));
            self.store.upsert_articles(&articles).await?;
            kept.extend(articles.into_iter().map(|article| (article.id, article.locale)));
            listed.extend(answer.listed);
            if answer.has_more {
                continue;
            }
            // An article that was changed or deleted meanwhile moves others from page to page.
            let is_whole = answer.total.is_none_or(|total| total <= listed.len() as u64);
            if is_whole {
                for id in read_alone.iter() {
                    let languages = self.store.list_languages_of_article(id).await?;
                    kept.extend(languages.into_iter().map(|article| (article.id, article.locale)));
                }
                self.store.keep_only_articles(&kept).await?;
            }
            return Ok(is_whole);
        }
        Ok(false)
    }

    async fn read_macros(&self) -> Result<bool, EngineError> {
        let mut macros = BTreeMap::new();
        let mut after: Option<String> = None;
        for _ in 0..PAGES {
            let answer =
                self.helpdesk.macros(after.as_deref(), Priority::Backfill).await?.unwrap_or_default();
            macros.extend(answer.macros.into_iter().map(|one| (one.id.clone(), one)));
            after = answer.next;
            if after.is_none() {
                self.store.replace_macros(&macros.into_values().collect::<Vec<_>>()).await?;
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// How a list stands after a reading, and whether that is the end of it for now.
    fn shelf_after(&self, reading: Result<bool, EngineError>) -> (Shelf, bool) {
        let error = match reading {
            Ok(is_whole) => return (Shelf { read_at: Some(self.clock.now()), problem: None }, is_whole),
            Err(error) => error,
        };
        let is_refused = match &error {
            EngineError::Vendor(fault) => {
                tracing::info!(fault.kind = ?fault.kind, "A list of the library could not be read");
                fault.denies()
            }
            EngineError::NotFound(_)
            | EngineError::AlreadyDecided(_)
            | EngineError::Moved(_)
            | EngineError::TooLate
            | EngineError::BadInput(_)
            | EngineError::Store(_) => {
                tracing::error!(%error, "A list of the library could not be kept");
                false
            }
        };
        let problem = Some(ShelfProblem { sentence: error.to_string(), is_refused });
        (Shelf { read_at: None, problem }, is_refused)
    }
}

/// Whether a macro is for everybody, or for a team that the teammate is in.
fn is_for(one: &Macro, teammate: &AdminId, directory: &Directory) -> bool {
    one.team_ids.is_empty()
        || directory
            .teams
            .iter()
            .any(|team| one.team_ids.contains(&team.id) && team.admin_ids.contains(teammate))
}

/// What a customer asks, and the language of it where that is plain.
fn asked(conversation: &Conversation) -> Option<(String, Option<&'static str>)> {
    let (part, _) = conversation.newest_with_context(0)?;
    let newest = strip_history(part.text.as_deref().unwrap_or_default());
    let subject = conversation.subject.as_deref().unwrap_or_default();
    Some((format!("{subject}\n{newest}"), language_code(newest)))
}

#[cfg(test)]
mod tests;
