//! The help center and the macros of Northwind: articles with their drafts, collections, and answers kept ready.

mod shelf;

use serde_json::json;

use super::World;
use crate::text;
use shelf::{ARTICLES, COLLECTIONS, MACROS};

#[derive(Debug, Clone)]
pub(crate) struct Article {
    pub(crate) id: u64,
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) body: String,
    pub(crate) author_id: u64,
    pub(crate) published: bool,
    pub(crate) parent_ids: Vec<u64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) draft: Option<Draft>,
    pub(crate) german: Option<Translation>,
}

/// A published article in its second language.
#[derive(Debug, Clone)]
pub(crate) struct Translation {
    pub(crate) title: String,
    pub(crate) body: String,
}

/// Changes to a published article that nobody sees yet.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) title: String,
    pub(crate) description: String,
    pub(crate) body: String,
    pub(crate) author_id: u64,
    pub(crate) at: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Collection {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) parent_id: Option<u64>,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct HelpCenter {
    pub(crate) id: u64,
    pub(crate) created_at: i64,
}

#[derive(Debug, Clone)]
pub(crate) struct Macro {
    pub(crate) id: u64,
    pub(crate) name: &'static str,
    /// With `{{…}}` where something of the conversation is put in.
    pub(crate) text: &'static str,
    /// The team that sees it; everybody when there is none.
    pub(crate) team_id: Option<u64>,
    pub(crate) updated_at: i64,
}

impl World {
    pub(super) fn found_library(&mut self) {
        let at = self.identity.created_at;
        self.help_center =
            Some(HelpCenter { id: 7_700 + self.seed.number("help center", 0) % 100, created_at: at });
        for (name, description) in COLLECTIONS {
            self.add_collection(name.to_owned(), Some(description.to_owned()), None, at);
        }
        let author_id = self.owner().map_or(0, |owner| owner.id);
        for written in ARTICLES {
            let collection = self.collections.get(written.collection).map(|collection| collection.id);
            self.add_article(Article {
                id: 0,
                title: written.title.to_owned(),
                description: written.description.to_owned(),
                body: text::teammate_html(written.body),
                author_id,
                published: written.published,
                parent_ids: collection.into_iter().collect(),
                created_at: at,
                updated_at: at,
                draft: None,
                german: written.german.map(|(title, body)| Translation {
                    title: title.to_owned(),
                    body: text::teammate_html(body),
                }),
            });
        }
        for (place, (name, text, team)) in (1_u64..).zip(MACROS) {
            let team_id = team.and_then(|name| self.teams.iter().find(|it| it.name == name)).map(|it| it.id);
            let updated_at = at + 86_400 * place as i64;
            self.macros.push(Macro { id: 300 + place, name, text, team_id, updated_at });
        }
    }

    pub(crate) fn add_article(&mut self, mut article: Article) -> u64 {
        self.made.articles += 1;
        let id = 40_000 + self.made.articles;
        article.id = id;
        let published = article.published;
        self.articles.push(article);
        self.notify_article("article.created", id);
        if published {
            self.notify_article("article.published", id);
        }
        id
    }

    pub(crate) fn article(&self, id: u64) -> Option<&Article> {
        self.articles.iter().find(|article| article.id == id)
    }

    /// Changes an article that is there, and tells of it.
    pub(crate) fn change_article(&mut self, id: u64, change: impl FnOnce(&mut Article)) {
        let at = self.now();
        let Some(article) = self.articles.iter_mut().find(|article| article.id == id) else { return };
        let was_published = article.published;
        change(article);
        article.updated_at = at;
        let published = article.published;
        self.notify_article("article.updated", id);
        match (was_published, published) {
            (false, true) => self.notify_article("article.published", id),
            (true, false) => self.notify_article("article.unpublished", id),
            (true, true) | (false, false) => {}
        }
    }

    pub(crate) fn delete_article(&mut self, id: u64) -> bool {
        let before = self.articles.len();
        self.articles.retain(|article| article.id != id);
        let deleted = self.articles.len() < before;
        if deleted {
            let item = json!({ "type": "article", "id": id.to_string(), "deleted": true });
            self.notify("article.deleted", format!("article.deleted/{id}"), item);
        }
        deleted
    }

    pub(crate) fn add_collection(
        &mut self,
        name: String,
        description: Option<String>,
        parent_id: Option<u64>,
        at: i64,
    ) -> u64 {
        self.made.collections += 1;
        let id = 500 + self.made.collections;
        let collection = Collection { id, name, description, parent_id, created_at: at, updated_at: at };
        self.collections.push(collection);
        id
    }

    pub(crate) fn collection(&self, id: u64) -> Option<&Collection> {
        self.collections.iter().find(|collection| collection.id == id)
    }

    fn notify_article(&mut self, topic: &'static str, id: u64) {
        let Some(article) = self.article(id) else { return };
        let item = crate::render::library::article(self, article);
        self.made.article_notices += 1;
        let about = format!("{topic}/{id}/{}", self.made.article_notices);
        self.notify(topic, about, item);
    }
}
