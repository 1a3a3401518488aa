//! Articles of the help center: those that customers can read, in each language they have.

use crate::api::articles::{Article, ArticleContent, ArticleState};
use crate::api::field::Field;
use crate::text::{line, plain_text, web_address};
use domain::HelpArticle;

/// Audiences that a customer may well not be in: the link would lead them nowhere.
const FOR_FEW: [&str; 4] = ["restricted", "all_visitors", "all_leads", "all_visitors_and_leads"];

/// What is published of an article: once for each language with words of its own. Nothing of a draft, and nothing that
/// the team keeps from being suggested.
pub(crate) fn published(article: Article) -> Vec<HelpArticle> {
    let Some(id) = article.id.id().map(str::to_owned) else { return vec![] };
    let is_kept_back = article.exclude_from_article_suggestions.get() == Some(&true);
    if is_kept_back || article.help_center_audience.text().is_some_and(|who| FOR_FEW.contains(&who)) {
        return vec![];
    }
    let locale = article.default_locale.text().unwrap_or_default().to_owned();
    let translations = article.translated_content.take().map(|all| all.locales).unwrap_or_default();
    let main = ArticleContent {
        title: article.title,
        description: article.description,
        body: article.body,
        state: article.state,
        updated_at: article.updated_at,
        url: article.url,
        ..ArticleContent::default()
    };
    let others = translations
        .into_iter()
        .filter(|(language, _)| *language != locale)
        .filter_map(|(language, content)| Some((language, content.take()?)));
    let mut found: Vec<HelpArticle> = Vec::new();
    for (locale, content) in std::iter::once((locale.clone(), main)).chain(others) {
        let Some(article) = in_language(&id, locale, &content) else { continue };
        let is_same = |other: &HelpArticle| other.title == article.title && other.text == article.text;
        if !found.iter().any(is_same) {
            found.push(article);
        }
    }
    found
}

fn in_language(id: &str, locale: String, content: &ArticleContent) -> Option<HelpArticle> {
    if content.state != Field::Is(ArticleState::Published) {
        return None;
    }
    let body = content.body.text().and_then(plain_text);
    let described = || content.description.text().and_then(plain_text);
    Some(HelpArticle {
        id: id.into(),
        locale,
        title: content.title.text().and_then(line)?,
        // Without an address there is nothing to give to a customer.
        url: content.url.text().filter(|url| web_address(url).is_some())?.to_owned(),
        text: body.or_else(described).unwrap_or_default(),
        updated_at: content.updated_at.time(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn read(article: Value) -> Vec<HelpArticle> {
        published(serde_json::from_value(article).unwrap())
    }

    #[test]
    fn what_customers_can_read_is_kept_as_text_once_for_each_language() {
        let found = read(json!({
            "id": "41", "title": "Ask for a <b>refund</b>", "state": "published", "default_locale": "en",
            "url": "https://help.example/en/articles/41", "updated_at": 1_700_000_000,
            "body": "<h1>Refunds</h1><p>Write to us.</p><script>alert(1)</script>",
            "translated_content": {
                "type": "article_translated_content",
                "en": { "title": "Ask for a refund", "state": "published", "url": "https://help.example/en/articles/41",
                        "body": "<p>Write to us.</p>" },
                "de": { "title": "Erstattung", "state": "published", "url": "https://help.example/de/articles/41",
                        "body": "<p>Schreiben Sie uns.</p>" },
                "fr": { "title": "Remboursement", "state": "draft", "url": null, "body": "<p>Brouillon</p>" },
                "it": null
            }
        }));
        let known: Vec<(&str, &str)> = found.iter().map(|a| (a.locale.as_str(), a.text.as_str())).collect();
        assert_eq!(known.len(), 2, "{known:?}");
        assert!(known[0].1.contains("Refunds\n\nWrite to us."), "{known:?}");
        assert!(!known[0].1.contains('<') && !known[0].1.contains("alert"), "{known:?}");
        assert_eq!(known[1], ("de", "Schreiben Sie uns."));
    }

    #[test]
    fn drafts_and_what_has_no_address_or_is_kept_back_are_not_kept() {
        let article = |change: Value| {
            let mut article = json!({ "id": 7, "title": "A", "state": "published", "body": null,
                                      "url": "https://help.example/7" });
            for (key, value) in change.as_object().unwrap() {
                article[key] = value.clone();
            }
            read(article)
        };
        assert_eq!(article(json!({})).len(), 1, "an article without text has its heading");
        for change in [
            json!({ "state": "draft" }),
            json!({ "url": null }),
            json!({ "url": "javascript:alert(1)" }),
            json!({ "title": " " }),
            json!({ "id": null }),
            json!({ "exclude_from_article_suggestions": true }),
            json!({ "help_center_audience": "restricted" }),
        ] {
            assert_eq!(article(change.clone()), vec![], "{change}");
        }
    }
}
