//! What a text that began as a draft rests on, and whether the help center still bears it out.
//!
//! A draft is held to its articles by what is to be sent, and not by what it was: a text rests on a source as long as it
//! holds its quotation or its link. Where the draft as it came shows neither, as of an article that customers cannot open,
//! it rests on it until a person changes it. The card, the editor and the signing ask the same rule.
//!
//! Does not: judge what a person wrote. A text that says in other words what an article said can be sent; that the article
//! is gone or changed is told.

mod places;

use super::CUT;
use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::{DraftSource, DraftStanding};
use places::{holds, plain, taken_out};

/// What became of an article since a draft was made of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Became {
    Gone,
    Changed,
}

/// A source, as a text stands to it.
#[derive(Debug)]
struct Weighed<'a> {
    source: &'a DraftSource,
    is_held: bool,
    became: Option<Became>,
}

impl Weighed<'_> {
    fn is_out_of_date(&self) -> bool {
        self.is_held && self.became.is_some()
    }
}

impl Workspace {
    /// How a text stands that began as a draft. `drafted` is the draft as the person found it.
    pub async fn draft_standing(
        &self,
        drafted: &str,
        sources: &[DraftSource],
        text: &str,
    ) -> Result<DraftStanding, EngineError> {
        let weighed = self.weighed(drafted, sources, text).await?;
        let outdated = why(&weighed, text);
        let is_outdated = outdated.is_some();
        let loose = weighed.iter().find(|one| !one.is_held && one.became.is_some());
        let held = weighed.iter().filter(|one| one.is_held).count();
        let (sentence, is_doubtful) = match (outdated, loose) {
            (Some(why), _) => (format!("This draft is out of date: {why}"), true),
            (None, _) if sources.is_empty() => ("It cites nothing: check every word.".to_owned(), true),
            (None, Some(loose)) => (loose_end(loose), true),
            (None, None) => match held {
                0 => (
                    "Nothing of the help center is quoted or linked in it: check every word.".to_owned(),
                    true,
                ),
                1 => (
                    "It rests on one place in the help center. Read what is quoted, and check the rest."
                        .to_owned(),
                    false,
                ),
                more => (
                    format!(
                        "It rests on {more} places in the help center. Read what is quoted, and check the rest."
                    ),
                    false,
                ),
            },
        };
        let without = without(&weighed, text);
        // What an article said once bears nothing out.
        let stands = weighed.iter().filter(|one| one.is_held || one.became.is_none());
        let sources = stands.map(|one| one.source.clone()).collect();
        Ok(DraftStanding { sentence, is_outdated, is_doubtful, sources, without })
    }

    /// Why a text that began as a draft is not to be sent: what it quotes or links is no longer to be read in the help
    /// center.
    pub(super) async fn outdated(
        &self,
        drafted: &str,
        sources: &[DraftSource],
        text: &str,
    ) -> Result<Option<String>, EngineError> {
        Ok(why(&self.weighed(drafted, sources, text).await?, text))
    }

    async fn weighed<'a>(
        &self,
        drafted: &str,
        sources: &'a [DraftSource],
        text: &str,
    ) -> Result<Vec<Weighed<'a>>, EngineError> {
        let mut weighed = Vec::with_capacity(sources.len());
        for source in sources {
            let is_held = rests_on(drafted, source, text);
            let became = self.what_became_of(source).await?;
            weighed.push(Weighed { source, is_held, became });
        }
        Ok(weighed)
    }

    async fn what_became_of(&self, source: &DraftSource) -> Result<Option<Became>, EngineError> {
        let Some(article) = &source.article_id else { return Ok(None) };
        let languages = self.store.list_languages_of_article(article).await?;
        Ok(if languages.is_empty() {
            Some(Became::Gone)
        } else if languages.iter().any(|article| says(&article.text, &source.quotation)) {
            None
        } else {
            Some(Became::Changed)
        })
    }
}

/// Whether a text still rests on a source of the draft that it began as.
fn rests_on(drafted: &str, source: &DraftSource, text: &str) -> bool {
    holds(text, source) || (!holds(drafted, source) && plain(drafted) == plain(text))
}

/// Why a text is not to be sent, and what can be done.
fn why(weighed: &[Weighed<'_>], text: &str) -> Option<String> {
    let first = weighed.iter().find(|one| one.is_out_of_date())?;
    let title = &first.source.title;
    let what = match first.became? {
        Became::Gone => {
            format!("the article \"{title}\", on which the draft rests, is no longer in the help center")
        }
        Became::Changed => format!("the article \"{title}\" no longer says what the draft quotes from it"),
    };
    let way_out = match without(weighed, text) {
        Some(_) => "Take its quotation and link out, have it drafted anew, or write the reply yourself.",
        None => "Have it drafted anew, or write the reply yourself.",
    };
    Some(format!("{what}. {way_out}"))
}

/// What is told of an article that is gone or changed, and that the text holds nothing of any more.
fn loose_end(loose: &Weighed<'_>) -> String {
    let became = match loose.became {
        Some(Became::Gone) => "is no longer in the help center",
        Some(Became::Changed) | None => "has changed",
    };
    let title = &loose.source.title;
    format!(
        "The article \"{title}\" {became}. The text quotes and links it no more: check what it still says of it."
    )
}

/// The text without what it holds of sources that are out of date.
fn without(weighed: &[Weighed<'_>], text: &str) -> Option<String> {
    let outdated = weighed.iter().filter(|one| one.is_out_of_date());
    let left = outdated.fold(text.to_owned(), |text, one| taken_out(&text, one.source));
    (left != text).then_some(left)
}

/// Whether an article says what was quoted of it, however its blanks and lines fall. A quotation may reach over a cut.
fn says(article: &str, quotation: &str) -> bool {
    let article = plain(article);
    quotation.split(CUT).all(|piece| article.contains(&plain(piece)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(url: Option<&str>) -> DraftSource {
        DraftSource {
            article_id: Some("1".into()),
            title: "Ask for a refund".to_owned(),
            url: url.map(str::to_owned),
            quotation: "It takes five to ten days to arrive.".to_owned(),
        }
    }

    fn weighed(drafted: &str, source: &DraftSource, text: &str) -> Option<String> {
        let is_held = rests_on(drafted, source, text);
        why(&[Weighed { source, is_held, became: Some(Became::Gone) }], text)
    }

    #[test]
    fn a_text_rests_on_an_article_as_long_as_it_holds_its_link_or_its_quotation() {
        let source = source(Some("https://help.example/1"));
        let drafted = "Hi Priya,\n\nabout a week.\n\nAsk for a refund: https://help.example/1";
        assert!(
            weighed(drafted, &source, drafted)
                .expect("it is linked")
                .contains("Take its quotation and link out")
        );
        assert!(weighed(drafted, &source, "See https://help.example/1.").is_some());
        assert!(weighed(drafted, &source, "We say: it takes five\nto ten days to arrive!").is_some());
        assert_eq!(weighed(drafted, &source, "Hi Priya,\n\nabout a week."), None);
        assert_eq!(weighed(drafted, &source, ""), None);
    }

    #[test]
    fn a_draft_that_shows_no_source_rests_on_it_until_it_is_changed() {
        let source = source(None);
        let drafted = "Hi Priya,\n\nabout a week.";
        let why = weighed(drafted, &source, "Hi Priya, about a week.").expect("nobody changed it");
        assert!(why.ends_with("help center. Have it drafted anew, or write the reply yourself."), "{why}");
        assert_eq!(weighed(drafted, &source, "Hi Priya, I look into it."), None);
    }

    #[test]
    fn a_quotation_stands_in_an_article_whatever_its_lines_and_cuts() {
        let article = "Write to us.\n\nIt takes  five days.\nThen it is there.";
        for stands in ["It takes five days.", "us. It takes", "Write to us.\n[…]\nThen it is there."] {
            assert!(says(article, stands), "{stands}");
        }
        assert!(!says(article, "It takes two days.") && !says(article, "five days. […] Nobody knows."));
    }
}
