//! The help center: articles with their drafts, collections; and macros.

use std::cmp::Reverse;

use hyper::StatusCode;
use serde_json::{Value, json};

use super::{Call, fields::Fields};
use crate::{
    answer::Refusal,
    paging::{self, CursorRequest},
    render::library as shown,
    text,
    world::{Article, Collection, Draft, Macro, World},
};

const PER_PAGE: usize = 25;
const FOUND_PER_PAGE: usize = 10;
const COLLECTIONS_PER_PAGE: usize = 20;
const MACROS_PER_PAGE: usize = 50;

pub(super) fn articles(world: &World, call: &Call) -> Result<Value, Refusal> {
    let articles = newest_first(world);
    let address = format!("{}/articles", world.identity.base_url);
    let (page, pages) = paging::numbered(&articles, &call.query, PER_PAGE, &address)?;
    let page: Vec<Value> = page.into_iter().map(|article| shown::article_in_list(world, article)).collect();
    Ok(json!({ "type": "list", "pages": pages, "total_count": articles.len(), "data": page }))
}

pub(super) fn search(world: &World, call: &Call) -> Result<Value, Refusal> {
    let query = &call.query;
    let phrase = query.get("phrase").unwrap_or_default().to_lowercase();
    let center = world.help_center.as_ref().map(|center| center.id.to_string());
    if query.get("help_center_id").is_some_and(|asked| center.as_deref() != Some(asked)) {
        return Err(Refusal::not_found());
    }
    let mut found = newest_first(world);
    found.retain(|article| match query.get("state") {
        Some("draft") => !article.published,
        Some("all") => true,
        _ => article.published,
    });
    found.retain(|article| {
        let texts = [article.title.clone(), article.description.clone(), text::plain(&article.body)];
        texts.iter().any(|text| text.to_lowercase().contains(&phrase))
    });
    let address = format!("{}/articles/search", world.identity.base_url);
    let (page, pages) = paging::numbered(&found, query, FOUND_PER_PAGE, &address)?;
    let highlights: Vec<Value> = if query.is_true("highlight") {
        page.iter().map(|article| highlights(article, &phrase)).collect()
    } else {
        Vec::new()
    };
    let page: Vec<Value> = page.into_iter().map(|article| shown::article(world, article)).collect();
    Ok(json!({
        "type": "list",
        "total_count": found.len(),
        "data": { "articles": page, "highlights": highlights },
        "pages": pages,
    }))
}

pub(super) fn article(world: &World, id: &str) -> Result<Value, Refusal> {
    Ok(shown::article(world, known(world, id)?))
}

pub(super) fn create(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    let title = fields.required_text("title")?.to_owned();
    let author_id = fields.id("author_id")?.ok_or_else(|| {
        let message = "author_id must be in the main body or default locale translated_content object";
        Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", message)
    })?;
    let author_id = author(world, &author_id)?;
    let parent_ids = parent(world, fields)?.into_iter().collect();
    let at = world.now();
    let article = Article {
        id: 0,
        title,
        description: fields.text("description")?.unwrap_or_default().to_owned(),
        body: body(fields)?.unwrap_or_default(),
        author_id,
        published: published(fields)?.unwrap_or(false),
        parent_ids,
        created_at: at,
        updated_at: at,
        draft: None,
        german: None,
    };
    let id = world.add_article(article);
    article_of(world, id)
}

pub(super) fn update(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let id = known(world, id)?.id;
    let fields = Fields::of(&call.body)?;
    let changed = content(world, fields, id)?;
    let published = published(fields)?;
    let parent = parent(world, fields)?;
    world.change_article(id, |article| {
        article.title = changed.title;
        article.description = changed.description;
        article.body = changed.body;
        article.author_id = changed.author_id;
        article.published = published.unwrap_or(article.published);
        if let Some(parent) = parent {
            article.parent_ids = vec![parent];
        }
    });
    article_of(world, id)
}

pub(super) fn delete(world: &mut World, id: &str) -> Result<Value, Refusal> {
    let number = known(world, id)?.id;
    world.delete_article(number);
    Ok(json!({ "id": id, "object": "article", "deleted": true }))
}

/// Keeps changes to a published article for later.
pub(super) fn stage(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let article = known(world, id)?;
    let id = article.id;
    if !article.published {
        let message = "Article must be published before a draft can be staged";
        return Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message));
    }
    let changed = content(world, Fields::of(&call.body)?, id)?;
    world.change_article(id, |article| article.draft = Some(changed));
    let article = world.article(id).ok_or_else(Refusal::not_found)?;
    Ok(shown::draft(world, article))
}

pub(super) fn publish(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    let article = known(world, id)?;
    let id = article.id;
    let unprocessable =
        |message: &str| Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, "parameter_invalid", message);
    let draft = article.draft.clone().ok_or_else(|| unprocessable("Article has no draft to publish"))?;
    let locales = Fields::of(&call.body)?.list("locales", 50)?;
    if locales.iter().any(|locale| locale != "en") {
        return Err(unprocessable("A requested locale has no pending changes"));
    }
    world.change_article(id, |article| {
        article.title = draft.title;
        article.description = draft.description;
        article.body = draft.body;
        article.author_id = draft.author_id;
        article.draft = None;
    });
    article_of(world, id)
}

pub(super) fn collections(world: &World, call: &Call) -> Result<Value, Refusal> {
    let mut collections: Vec<&Collection> = world.collections.iter().collect();
    collections.sort_by_key(|collection| Reverse((collection.updated_at, collection.id)));
    let address = format!("{}/help_center/collections", world.identity.base_url);
    let (page, pages) = paging::numbered(&collections, &call.query, COLLECTIONS_PER_PAGE, &address)?;
    let page: Vec<Value> = page.into_iter().map(|each| shown::collection(world, each)).collect();
    Ok(json!({ "type": "list", "data": page, "total_count": collections.len(), "pages": pages }))
}

pub(super) fn collection(world: &World, id: &str) -> Result<Value, Refusal> {
    let collection = id.parse().ok().and_then(|id| world.collection(id));
    collection.map(|collection| shown::collection(world, collection)).ok_or_else(Refusal::not_found)
}

pub(super) fn create_collection(world: &mut World, call: &Call) -> Result<Value, Refusal> {
    let fields = Fields::of(&call.body)?;
    let name = fields.text("name")?.filter(|name| !name.trim().is_empty()).ok_or_else(|| {
        Refusal::new(StatusCode::BAD_REQUEST, "parameter_not_found", "Name is a required parameter.")
    })?;
    let parent_id = parent(world, fields)?;
    let description = fields.text("description")?.map(str::to_owned);
    let at = world.now();
    let id = world.add_collection(name.to_owned(), description, parent_id, at);
    collection(world, &id.to_string())
}

pub(super) fn update_collection(world: &mut World, call: &Call, id: &str) -> Result<Value, Refusal> {
    collection(world, id)?;
    let fields = Fields::of(&call.body)?;
    let name = fields.text("name")?;
    let description = fields.text("description")?;
    let parent_id = parent(world, fields)?;
    let at = world.now();
    if let Some(known) = world.collections.iter_mut().find(|known| known.id.to_string() == id) {
        if let Some(name) = name {
            name.clone_into(&mut known.name);
        }
        if let Some(description) = description {
            known.description = Some(description.to_owned());
        }
        known.parent_id = parent_id.or(known.parent_id);
        known.updated_at = at;
    }
    collection(world, id)
}

pub(super) fn delete_collection(world: &mut World, id: &str) -> Result<Value, Refusal> {
    collection(world, id)?;
    world.collections.retain(|known| known.id.to_string() != id);
    Ok(json!({ "id": id, "object": "collection", "deleted": true }))
}

pub(super) fn help_centers(world: &World) -> Value {
    let centers: Vec<Value> =
        world.help_center.iter().map(|center| shown::help_center(world, center)).collect();
    json!({ "type": "list", "data": centers })
}

pub(super) fn help_center(world: &World, id: &str) -> Result<Value, Refusal> {
    let center = world.help_center.as_ref().filter(|center| center.id.to_string() == id);
    center.map(|center| shown::help_center(world, center)).ok_or_else(Refusal::not_found)
}

/// Their next page has a cursor and no number.
pub(super) fn macros(world: &World, call: &Call) -> Result<Value, Refusal> {
    newest_version_only(call)?;
    let since = match call.query.get("updated_since") {
        None => i64::MIN,
        Some(text) => text.parse().map_err(|_| Refusal::invalid("Invalid updated_since timestamp"))?,
    };
    let request = CursorRequest::of_query(&call.query, MACROS_PER_PAGE)?;
    let mut macros: Vec<&Macro> = world.macros.iter().filter(|each| each.updated_at >= since).collect();
    macros.sort_by_key(|each| Reverse((each.updated_at, each.id)));
    let place = |each: &Macro| (each.updated_at, each.id.to_string());
    let (page, pages) = request.page(&macros, true, paging::LastPage::Null, place);
    let next = pages.get("next").and_then(|next| next.get("starting_after")).cloned();
    let next = next.map_or(Value::Null, |starting_after| json!({ "starting_after": starting_after }));
    let page: Vec<Value> = page.into_iter().map(shown::saved_answer).collect();
    let pages = json!({ "type": "pages", "per_page": request.per_page(), "next": next });
    Ok(json!({ "type": "list", "data": page, "pages": pages }))
}

pub(super) fn one_macro(world: &World, call: &Call, id: &str) -> Result<Value, Refusal> {
    newest_version_only(call)?;
    let found = world.macros.iter().find(|each| each.id.to_string() == id);
    found.map(shown::saved_answer).ok_or_else(Refusal::not_found)
}

fn newest_version_only(call: &Call) -> Result<(), Refusal> {
    if !call.before_2_16 {
        return Ok(());
    }
    let message = "Requested resource is not available in current API version.";
    Err(Refusal::new(StatusCode::BAD_REQUEST, "intercom_version_invalid", message))
}

fn newest_first(world: &World) -> Vec<&Article> {
    let mut articles: Vec<&Article> = world.articles.iter().collect();
    articles.sort_by_key(|article| Reverse((article.updated_at, article.id)));
    articles
}

fn known<'a>(world: &'a World, id: &str) -> Result<&'a Article, Refusal> {
    id.parse().ok().and_then(|id| world.article(id)).ok_or_else(Refusal::not_found)
}

fn article_of(world: &World, id: u64) -> Result<Value, Refusal> {
    world.article(id).map(|article| shown::article(world, article)).ok_or_else(Refusal::not_found)
}

/// An article's words after a change to them; what is left out stays.
fn content(world: &World, fields: Fields<'_>, id: u64) -> Result<Draft, Refusal> {
    let article = world.article(id).ok_or_else(Refusal::not_found)?;
    let kept = |name: &str, old: &str| Ok::<_, Refusal>(fields.text(name)?.unwrap_or(old).to_owned());
    let author_id = match fields.id("author_id")? {
        Some(id) => author(world, &id)?,
        None => article.author_id,
    };
    Ok(Draft {
        title: kept("title", &article.title)?,
        description: kept("description", &article.description)?,
        body: body(fields)?.unwrap_or_else(|| article.body.clone()),
        author_id,
        at: world.now(),
    })
}

fn body(fields: Fields<'_>) -> Result<Option<String>, Refusal> {
    let html = fields.text("body")?.map(text::teammate_html);
    let markdown = fields.text("body_markdown")?.map(text::paragraphs);
    Ok(html.or(markdown))
}

fn published(fields: Fields<'_>) -> Result<Option<bool>, Refusal> {
    match fields.text("state")? {
        None => Ok(None),
        Some("published") => Ok(Some(true)),
        Some("draft") => Ok(Some(false)),
        Some(other) => {
            Err(Refusal::invalid(format!("'{other}' is not one of published, draft")).on_field("state"))
        }
    }
}

fn author(world: &World, id: &str) -> Result<u64, Refusal> {
    let admin = id.parse().ok().and_then(|id| world.admin(id));
    admin
        .map(|admin| admin.id)
        .ok_or_else(|| Refusal::invalid("author_id is not a teammate").on_field("author_id"))
}

/// The collection that something is put into.
fn parent(world: &World, fields: Fields<'_>) -> Result<Option<u64>, Refusal> {
    let Some(id) = fields.id("parent_id")? else { return Ok(None) };
    let collection = id.parse().ok().and_then(|id| world.collection(id));
    collection
        .map(|collection| Some(collection.id))
        .ok_or_else(|| Refusal::invalid("parent_id is not a collection").on_field("parent_id"))
}

/// The title and the body, cut where the phrase stands.
fn highlights(article: &Article, phrase: &str) -> Value {
    let marked = |text: &str| -> Vec<Value> {
        let at = text.to_lowercase().find(phrase).filter(|_| !phrase.is_empty());
        let piece = |kind: &str, text: Option<&str>| {
            text.filter(|text| !text.is_empty()).map(|text| json!({ "type": kind, "text": text }))
        };
        let Some(at) = at else { return piece("plain", Some(text)).into_iter().collect() };
        let end = at + phrase.len();
        let pieces = [
            piece("plain", text.get(..at)),
            piece("highlight", text.get(at..end)),
            piece("plain", text.get(end..)),
        ];
        pieces.into_iter().flatten().collect()
    };
    json!({
        "article_id": article.id.to_string(),
        "highlighted_title": marked(&article.title),
        "highlighted_summary": [marked(&text::plain(&article.body))],
    })
}
