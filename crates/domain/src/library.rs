//! What a team has written once to answer many: the articles of its help center, and its macros.

use crate::ids::{ArticleId, MacroId, TeamId};
use crate::time::Timestamp;

/// A published article in one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelpArticle {
    /// The same in all languages.
    pub id: ArticleId,
    /// The language as the vendor writes it; empty where it gives none.
    pub locale: String,
    /// Its heading, one line.
    pub title: String,
    /// Where customers read it.
    pub url: String,
    /// Its text, plain and safe to show; empty where it has none.
    pub text: String,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// A page of the articles of a help center.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticlePage {
    /// The published ones, once for each language.
    pub articles: Vec<HelpArticle>,
    /// The ids of all that the page lists, drafts too.
    pub listed: Vec<ArticleId>,
    /// How many articles there are in all, drafts too, where the vendor says.
    pub total: Option<u64>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// An article that may answer a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundArticle {
    /// Which.
    pub id: ArticleId,
    /// Its heading.
    pub title: String,
    /// Where customers read it.
    pub url: String,
    /// The passage that answers best, as it stands in the article; empty where only the heading does.
    pub quotation: String,
    /// Its text, cut to a length that can be handed on.
    pub text: String,
}

impl FoundArticle {
    /// The line in a reply that leads to it.
    pub fn link(&self) -> String {
        format!("{}: {}", self.title, self.url)
    }
}

/// A text that teammates keep at hand for replies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Macro {
    /// The vendor's id.
    pub id: MacroId,
    /// What the team calls it, one line.
    pub name: String,
    /// The text, plain. What the vendor puts in by name is written as a variable of replies where there is one that says
    /// the same, and as it came where there is none.
    pub text: String,
    /// The teams that it is for; empty when it is for everybody.
    pub team_ids: Vec<TeamId>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// A page of macros.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MacroPage {
    /// Those with a text, for use in replies.
    pub macros: Vec<Macro>,
    /// Where the next page starts; `None` at the end.
    pub next: Option<String>,
}
