//! A draft of a reply: what it rests on, and what it leaves open.

use crate::ids::ArticleId;
use crate::reply::ReplyGap;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A place in an article of the help center that a draft rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftSource {
    /// The article. Drafts kept by versions before this one do not say which.
    #[serde(default)]
    pub article_id: Option<ArticleId>,
    /// The article's title.
    pub title: String,
    /// Where customers read it; `None` where they cannot.
    pub url: Option<String>,
    /// What stands there, word for word.
    pub quotation: String,
}

/// How a text stands that began as a draft.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftStanding {
    /// What to look at, in words.
    pub sentence: String,
    /// Whether the help center says no more what it quotes or links: it cannot be sent.
    pub is_outdated: bool,
    /// Whether nothing, or not all, of it is borne out by what it rests on.
    pub is_doubtful: bool,
    /// What it rests on, word for word.
    pub sources: Vec<DraftSource>,
    /// The text without the quotations and links that are out of date; `None` where there are none to take out.
    pub without: Option<String>,
}

/// Why a text that began as a draft cannot be sent: the first place that it leaves open.
pub fn open_place(text: &str, open: &[String]) -> Option<ReplyGap> {
    let found = open.iter().filter(|place| !place.is_empty());
    let (at, place) = found.filter_map(|place| Some((text.find(place.as_str())?, place))).min()?;
    let units = |end: usize| {
        let before = text.get(..end).unwrap_or(text);
        u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
    };
    Some(ReplyGap {
        text: text.to_owned(),
        from: units(at),
        to: units(at + place.len()),
        sentence: format!("The draft leaves {place} open: write what belongs there, or take it out."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_place_left_open_is_marked_until_it_is_filled() {
        let open = ["[Your Name]".to_owned(), "[e-mail]".to_owned()];
        let gap = open_place("😀 We write to [e-mail]. Yours, [Your Name]", &open).expect("it is open");
        assert_eq!((gap.from, gap.to), (15, 23));
        assert_eq!(gap.sentence, "The draft leaves [e-mail] open: write what belongs there, or take it out.");
        assert!(open_place("We write to a@b. Yours, [Your Name]", &open).is_some());
        assert_eq!(open_place("We write to a@b. Yours, Sam [of Acme]", &open), None);
    }
    #[test]
    fn a_source_that_an_earlier_version_kept_can_be_read() {
        let kept = r#"{"title":"Refunds","url":null,"quotation":"It takes five days."}"#;
        let read: DraftSource = serde_json::from_str(kept).expect("it can be read");
        assert_eq!((read.title.as_str(), read.article_id), ("Refunds", None));
    }
}
