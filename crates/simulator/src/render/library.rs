//! Articles, collections, the help center and macros as JSON.

use serde_json::{Value, json};

use crate::{
    clock::iso,
    text,
    world::{Article, Collection, HelpCenter, Macro, Translation, World},
};

/// An article in a list.
pub(crate) fn article_in_list(world: &World, article: &Article) -> Value {
    let url = article.published.then(|| url(article.id, "en", &article.title));
    let english = content(article, "en", &article.title, &article.description, &article.body);
    let german =
        article.german.as_ref().map(|Translation { title, body }| content(article, "de", title, "", body));
    json!({
        "type": "article",
        "id": article.id.to_string(),
        "workspace_id": world.identity.app_id,
        "title": article.title,
        "description": article.description,
        "body": article.body,
        "body_markdown": text::plain(&article.body),
        "author_id": article.author_id,
        "state": if article.published { "published" } else { "draft" },
        "created_at": article.created_at,
        "updated_at": article.updated_at,
        "has_unpublished_changes": article.draft.is_some(),
        "draft_updated_at": article.draft.as_ref().map(|draft| draft.at),
        "url": url,
        "parent_ids": article.parent_ids,
        "tags": { "type": "tag.list", "tags": [] },
        "ai_chatbot_availability": true,
        "ai_copilot_availability": true,
        "ai_sales_agent_availability": true,
        "default_locale": "en",
        "translated_content": { "type": "article_translated_content", "en": english, "de": german },
    })
}

/// An article in one language.
fn content(article: &Article, locale: &str, title: &str, description: &str, body: &str) -> Value {
    let mut shown = json!({
        "type": "article_content",
        "title": title,
        "description": description,
        "body": body,
        "body_markdown": text::plain(body),
        "author_id": article.author_id,
        "state": if article.published { "published" } else { "draft" },
        "created_at": article.created_at,
        "updated_at": article.updated_at,
    });
    if article.published {
        super::set(&mut shown, "url", json!(url(article.id, locale, title)));
    }
    shown
}

/// Where customers read it.
fn url(id: u64, locale: &str, title: &str) -> String {
    let slug: String = title
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() { letter.to_ascii_lowercase() } else { '-' })
        .collect();
    format!("https://help.northwind.example/{locale}/articles/{id}-{slug}")
}

/// An article on its own.
pub(crate) fn article(world: &World, article: &Article) -> Value {
    let mut shown = article_in_list(world, article);
    let statistics = json!({
        "type": "article_statistics",
        "views": 0,
        "conversions": 0,
        "reactions": 0,
        "happy_reaction_percentage": 0,
        "neutral_reaction_percentage": 0,
        "sad_reaction_percentage": 0,
    });
    super::set(&mut shown, "statistics", statistics);
    shown
}

/// The draft of an article, in the shape of the article.
pub(crate) fn draft(world: &World, article: &Article) -> Value {
    let Some(draft) = article.draft.clone() else { return self::article(world, article) };
    let mut as_staged = article.clone();
    as_staged.title = draft.title;
    as_staged.description = draft.description;
    as_staged.body = draft.body;
    as_staged.author_id = draft.author_id;
    self::article(world, &as_staged)
}

pub(crate) fn collection(world: &World, collection: &Collection) -> Value {
    json!({
        "id": collection.id.to_string(),
        "workspace_id": world.identity.app_id,
        "name": collection.name,
        "description": collection.description,
        "created_at": collection.created_at,
        "updated_at": collection.updated_at,
        "url": format!("https://help.northwind.example/en/collections/{}", collection.id),
        "icon": "book-bookmark",
        "order": collection.id - 500,
        "parent_id": collection.parent_id.map(|id| id.to_string()),
        "help_center_id": world.help_center.as_ref().map(|center| center.id),
    })
}

pub(crate) fn help_center(world: &World, center: &HelpCenter) -> Value {
    json!({
        "id": center.id.to_string(),
        "workspace_id": world.identity.app_id,
        "created_at": center.created_at,
        "updated_at": center.created_at,
        "identifier": "northwind",
        "website_turned_on": true,
        "display_name": "Northwind Help",
        "url": "https://help.northwind.example",
        "custom_domain": "help.northwind.example",
        "default": true,
        "locales": ["en", "de"],
    })
}

pub(crate) fn saved_answer(answer: &Macro) -> Value {
    let at = iso(answer.updated_at * 1000).replace("+00:00", "Z");
    let visible_to = if answer.team_id.is_some() { "specific_teams" } else { "everyone" };
    let paragraphs: Vec<String> =
        answer.text.split("\n\n").map(|one| format!("<p>{}</p>", with_attributes(one))).collect();
    json!({
        "type": "macro",
        "id": answer.id.to_string(),
        "name": answer.name,
        "body": paragraphs.concat(),
        "body_text": answer.text,
        "created_at": at,
        "updated_at": at,
        "visible_to": visible_to,
        "visible_to_team_ids": answer.team_id.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "available_on": ["inbox", "messenger"],
    })
}

/// `{{key|fallback:"default"}}` becomes an element with these two as attributes.
fn with_attributes(text: &str) -> String {
    let mut html = String::new();
    let mut pieces = text.split("{{");
    html.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let Some((inside, after)) = piece.split_once("}}") else { continue };
        let (key, fallback) = inside.split_once("|fallback:").unwrap_or((inside, ""));
        let fallback = fallback.trim_matches('"');
        let default = if fallback.is_empty() { String::new() } else { format!(" default=\"{fallback}\"") };
        html.extend(["<attribute key=\"", key, "\"", default.as_str(), "/>", after]);
    }
    html
}

#[cfg(test)]
mod tests {
    use super::with_attributes;

    #[test]
    fn placeholders_become_elements() {
        assert_eq!(
            with_attributes("Hi {{user.name|fallback:\"there\"}}, order {{order.number}} is ready"),
            "Hi <attribute key=\"user.name\" default=\"there\"/>, order <attribute key=\"order.number\"/> is ready"
        );
    }
}
