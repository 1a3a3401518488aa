//! A draft of a reply by somebody outside, from the articles of the help center.
//!
//! [`DraftQuestion`] and [`Draft`] hold text of customers: their `Debug` shows how much there is, not what it says.

use super::advice::Turn;
use super::usage::Usage;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::pin::Pin;
use ts_rs::TS;

/// When reply drafts are asked for, chosen for each workspace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DraftRole {
    /// Never.
    #[default]
    Off,
    /// When a person asks for one.
    WhenAsked,
}

/// An article as whoever drafts is told of it.
#[derive(Clone, PartialEq, Eq)]
pub struct ArticleBrief {
    /// Our name of it; it is not told.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What it says, plain.
    pub text: String,
    /// The place in it that fits the conversation best; empty where none is known.
    pub fits: String,
}

impl fmt::Debug for ArticleBrief {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArticleBrief")
            .field("id", &self.id)
            .field("bytes", &self.text.len())
            .finish_non_exhaustive()
    }
}

/// What can be answered to this conversation, from these articles?
#[derive(Clone, PartialEq, Eq)]
pub struct DraftQuestion {
    /// The conversation's subject.
    pub subject: Option<String>,
    /// What was said, oldest first. The last turn of the customer is what is to be answered.
    pub turns: Vec<Turn>,
    /// The articles that fit best; there may be none.
    pub articles: Vec<ArticleBrief>,
}

impl fmt::Debug for DraftQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DraftQuestion")
            .field("turns", &self.turns)
            .field("articles", &self.articles)
            .finish_non_exhaustive()
    }
}

/// A place in an article that a draft rests on. It was held against the article's text.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Citation {
    /// The article, by the id it was given with.
    pub article: String,
    /// What stands there, letter by letter as the article has it.
    pub quotation: String,
}

impl fmt::Debug for Citation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Citation").field("article", &self.article).finish_non_exhaustive()
    }
}

/// Why a draft that came is not shown as one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Unproven {
    /// It cites an article that it was not given.
    #[error("it cites an article that it was not given")]
    UnknownArticle,
    /// It quotes an article that does not say so.
    #[error("what it quotes does not stand in the article \"{title}\"")]
    NotInArticle {
        /// The article's title.
        title: String,
    },
    /// It quotes too little to show anything.
    #[error("what it quotes of the article \"{title}\" is too short to show anything")]
    TooShort {
        /// The article's title.
        title: String,
    },
    /// It names an address that no article has.
    #[error("it names a web or e-mail address that stands in none of the articles")]
    UnknownAddress,
}

/// What came of asking for a draft.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Drafted {
    /// A reply.
    Reply {
        /// Plain text.
        text: String,
        /// What it rests on; empty where it cites nothing.
        citations: Vec<Citation>,
        /// What it leaves open, as it stands in the text: `[e-mail]`, `[Your Name]`. It may not be sent with these.
        open: Vec<String>,
    },
    /// A person should answer.
    HandOver {
        /// Why, in the model's own words.
        reason: String,
    },
    /// A reply came that does not hold what it must: a person should answer.
    Unproven {
        /// What is wrong with it.
        why: Unproven,
    },
}

impl fmt::Debug for Drafted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reply { text, citations, open } => f
                .debug_struct("Reply")
                .field("bytes", &text.len())
                .field("citations", citations)
                .field("open", &open.len())
                .finish(),
            Self::HandOver { .. } => f.debug_struct("HandOver").finish_non_exhaustive(),
            Self::Unproven { why } => {
                let what = match why {
                    Unproven::UnknownArticle => "an article that was not given",
                    Unproven::NotInArticle { .. } => "a quotation that is not there",
                    Unproven::TooShort { .. } => "a quotation too short",
                    Unproven::UnknownAddress => "an address that is not there",
                };
                f.debug_tuple("Unproven").field(&what).finish()
            }
        }
    }
}

/// A draft, or that a person should answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// What came.
    pub drafted: Drafted,
    /// The model that answered, as it calls itself.
    pub model: String,
    /// What asking took.
    pub usage: Usage,
    /// Milliseconds from the question to the answer.
    pub latency_ms: i64,
}

/// Over when whoever asked no longer wants an answer.
pub type GivenUp<'a> = Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ports::Speaker;

    #[test]
    fn debug_shows_no_text() {
        let question = DraftQuestion {
            subject: Some("canary".to_owned()),
            turns: vec![Turn { speaker: Speaker::Customer, text: "canary".to_owned() }],
            articles: vec![ArticleBrief {
                id: "12".to_owned(),
                title: "canary".to_owned(),
                text: "canary".to_owned(),
                fits: "canary".to_owned(),
            }],
        };
        let reply = Drafted::Reply {
            text: "canary".to_owned(),
            citations: vec![Citation { article: "12".to_owned(), quotation: "canary".to_owned() }],
            open: vec!["[canary]".to_owned()],
        };
        let unproven = Drafted::Unproven { why: Unproven::NotInArticle { title: "canary".to_owned() } };
        let handed = Drafted::HandOver { reason: "canary".to_owned() };
        let shown = format!("{question:?} {reply:?} {unproven:?} {handed:?}");
        assert!(!shown.contains("canary"), "{shown}");
        assert!(shown.contains("12"), "an id says which, not what");
    }

    #[test]
    fn nothing_is_drafted_unless_somebody_wanted_it() {
        assert_eq!(DraftRole::default(), DraftRole::Off);
    }
}
