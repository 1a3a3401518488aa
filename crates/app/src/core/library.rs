//! `articles.find`, `macros.list`, `library.get` and `library.read`.

use super::Core;
use super::conversations::kept;
use crate::api::ApiError;
use crate::api::health::InWorkspace;
use crate::api::library::{
    ArticleList, ArticleView, FindArticles, LibraryView, ListMacros, MacroList, MacroView, ShelfView,
};
use domain::{FoundArticle, Macro, ReplyFacts, reply};
use engine::library::Shelf;

impl Core {
    pub(super) async fn articles_find(&self, input: FindArticles) -> Result<ArticleList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let conversation = kept(&workspace, &input.conversation_id).await?;
        let found = workspace.articles_for(&conversation).await?;
        Ok(ArticleList { articles: found.into_iter().map(article).collect() })
    }

    pub(super) async fn macros_list(&self, input: ListMacros) -> Result<MacroList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let conversation = match &input.conversation_id {
            Some(id) => Some(kept(&workspace, id).await?),
            None => None,
        };
        let facts = match &conversation {
            Some(conversation) => Some(workspace.reply_facts(conversation).await?),
            None => None,
        };
        let macros = workspace.macros_for(conversation.as_ref()).await?;
        let standing = workspace.shelves().macros;
        let remark = match &standing.problem {
            Some(_) => Some(sentence(&standing, 0, MACROS)),
            None if macros.is_empty() => Some(none_of(&standing, MACROS)),
            None => None,
        };
        Ok(MacroList { macros: macros.into_iter().map(|one| shown(one, facts.as_ref())).collect(), remark })
    }

    pub(super) async fn library_get(&self, input: InWorkspace) -> Result<LibraryView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let shelves = workspace.shelves();
        let articles = workspace.store().count_articles_once().await?;
        let macros = workspace.macros_for(None).await?.len();
        Ok(LibraryView {
            articles: shelf(&shelves.articles, u32::try_from(articles).unwrap_or(u32::MAX), ARTICLES),
            macros: shelf(&shelves.macros, u32::try_from(macros).unwrap_or(u32::MAX), MACROS),
        })
    }

    pub(super) async fn library_read(&self, input: InWorkspace) -> Result<LibraryView, ApiError> {
        self.workspace(input.workspace)?.read_library_soon();
        self.library_get(input).await
    }
}

/// The words for a list: of one, of several, and of none.
#[derive(Clone, Copy)]
struct Words {
    one: &'static str,
    several: &'static str,
    none: &'static str,
}

const ARTICLES: Words = Words {
    one: "article",
    several: "articles",
    none: "The help center has no article that customers can read.",
};
const MACROS: Words = Words {
    one: "macro",
    several: "macros",
    none: "There is no macro for the inbox that the acting teammate may use.",
};

fn article(found: FoundArticle) -> ArticleView {
    let link = found.link();
    let FoundArticle { id, title, url, quotation, text: _ } = found;
    let insertion = if quotation.is_empty() { link } else { format!("“{quotation}”\n{link}") };
    ArticleView { article_id: id, title, url, quotation, insertion }
}

/// A macro as it is shown; with what is known of a conversation put in, where there is one.
fn shown(one: Macro, facts: Option<&ReplyFacts>) -> MacroView {
    let rendered = match facts {
        Some(facts) => reply::render(&one.text, facts),
        None => reply::check(&one.text).map(|()| one.text.clone()),
    };
    let (insertion, gap) = match rendered {
        Ok(text) => (text, None),
        Err(gap) if facts.is_some() => (gap.text.clone(), Some(gap)),
        Err(gap) => (one.text.clone(), Some(gap)),
    };
    MacroView { macro_id: one.id, name: one.name, text: one.text, insertion, gap }
}

fn shelf(shelf: &Shelf, count: u32, words: Words) -> ShelfView {
    ShelfView {
        count,
        sentence: sentence(shelf, count, words),
        read_at: shelf.read_at,
        failed: shelf.problem.is_some(),
    }
}

fn sentence(shelf: &Shelf, count: u32, words: Words) -> String {
    let Words { one, several, .. } = words;
    match (&shelf.problem, count) {
        (Some(problem), _) if problem.is_refused => {
            format!("The {several} cannot be read: {}", stopped(&problem.sentence))
        }
        (Some(problem), _) => format!(
            "The {several} could not be read just now, and are tried again in some minutes: {}",
            stopped(&problem.sentence)
        ),
        (None, 0) => none_of(shelf, words),
        (None, 1) => format!("1 {one}"),
        (None, count) => format!("{count} {several}"),
    }
}

fn none_of(shelf: &Shelf, words: Words) -> String {
    match shelf.read_at {
        Some(_) => words.none.to_owned(),
        None => format!("The {} are being read.", words.several),
    }
}

fn stopped(sentence: &str) -> String {
    if sentence.ends_with('.') { sentence.to_owned() } else { format!("{sentence}.") }
}
