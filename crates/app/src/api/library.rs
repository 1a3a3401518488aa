//! `articles.*`, `macros.*`, `library.*`: what the team has written once to answer many.

use domain::{ArticleId, ConversationId, MacroId, ReplyGap, Timestamp, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Input of `articles.find`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct FindArticles {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The conversation whose customer is to be answered.
    pub conversation_id: ConversationId,
}

/// An article that may answer the customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArticleView {
    /// The helpdesk's id of it.
    pub article_id: ArticleId,
    /// Its heading.
    pub title: String,
    /// Where customers read it.
    pub url: String,
    /// The passage that answers best, as it stands in the article; empty where only the heading does.
    pub quotation: String,
    /// Quotation and link, as they are put into a reply.
    pub insertion: String,
}

/// Answer of `articles.find`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ArticleList {
    /// The best first, three at most; none where none answers.
    pub articles: Vec<ArticleView>,
}

/// Input of `macros.list`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct ListMacros {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The conversation to put them in order and together for; by name and as they are when left out.
    #[serde(default)]
    pub conversation_id: Option<ConversationId>,
}

/// A macro.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MacroView {
    /// The helpdesk's id of it.
    pub macro_id: MacroId,
    /// What the team calls it.
    pub name: String,
    /// Its text, with variables.
    pub text: String,
    /// The text as it is put into a reply: with everything put in that is known of the conversation.
    pub insertion: String,
    /// What is left to be mended before it can be sent.
    pub gap: Option<ReplyGap>,
}

/// Answer of `macros.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MacroList {
    /// Those that the acting teammate may use; the nearest to what the customer wrote first.
    pub macros: Vec<MacroView>,
    /// What to say of them: why there are none, or why they may be out of date.
    pub remark: Option<String>,
}

/// How one of the two lists stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ShelfView {
    /// How many are kept.
    pub count: u32,
    /// In words: how many, or why none.
    pub sentence: String,
    /// When it was last read to its end, since the start.
    pub read_at: Option<Timestamp>,
    /// Whether the last reading failed.
    pub failed: bool,
}

/// Answer of `library.get` and `library.read`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LibraryView {
    /// Articles of the help center.
    pub articles: ShelfView,
    /// Macros.
    pub macros: ShelfView,
}
