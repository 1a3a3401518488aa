//! Help centers and their collections of articles.

use super::deleted::Deleted;
use super::field::{Count, Id, Time};
use super::list::{List, Translations};
use super::numbered;
use super::stream::{self, Items};
use domain::Fault;
use reqwest::Method;

record! {
    /// A collection, which may be within another.
    Collection {
        kind as "type": String,
        id: Id,
        workspace_id: Id,
        name: String,
        description: String,
        created_at: Time,
        updated_at: Time,
        url: String,
        icon: String,
        order: Count,
        default_locale: String,
        translated_content: Translations<CollectionContent>,
        parent_id: Id,
        help_center_id: Id,
    }
}

record! {
    /// A collection in one language.
    CollectionContent { kind as "type": String, name: String, description: String, }
}

record! {
    /// A help center.
    HelpCenter {
        kind as "type": String,
        id: Id,
        workspace_id: Id,
        created_at: Time,
        updated_at: Time,
        identifier: String,
        website_turned_on: bool,
        display_name: String,
        url: String,
        custom_domain: String,
        default: bool,
        locales: List<String>,
    }
}

request! {
    /// A collection to be made.
    NewCollection {
        name: String,
        ;
        description: String,
        translated_content: Translations<CollectionContent>,
        parent_id: Id,
        help_center_id: i64,
    }
}

request! {
    /// A change of a collection.
    UpdateCollection {
        ;
        name: String,
        description: String,
        translated_content: Translations<CollectionContent>,
        parent_id: Id,
    }
}

resource! {
    /// Calls about collections.
    Collections
}

impl Collections {
    /// One page of them, those changed last first.
    pub async fn list(&self, page: u64) -> Result<List<Collection>, Fault> {
        let page = page.to_string();
        self.0.get("the collections", &["help_center", "collections"], &numbered(&page)).await
    }

    /// All of them.
    pub fn list_all(&self) -> Items<Collection> {
        let api = self.clone();
        stream::by_number(move |page| {
            let api = api.clone();
            async move { api.list(page).await }
        })
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<Collection, Fault> {
        self.0.get("the collection", &["help_center", "collections", id], &[]).await
    }

    /// Makes one.
    pub async fn create(&self, request: &NewCollection) -> Result<Collection, Fault> {
        self.0.post("the collection", &["help_center", "collections"], request).await
    }

    /// Changes one.
    pub async fn update(&self, id: &str, request: &UpdateCollection) -> Result<Collection, Fault> {
        self.0.put("the collection", &["help_center", "collections", id], request).await
    }

    /// Deletes one.
    pub async fn delete(&self, id: &str) -> Result<Deleted, Fault> {
        self.0.act(Method::DELETE, "the collection", &["help_center", "collections", id]).await
    }
}

resource! {
    /// Calls about help centers.
    HelpCenters
}

impl HelpCenters {
    /// One page of them.
    pub async fn list(&self, page: u64) -> Result<List<HelpCenter>, Fault> {
        let page = page.to_string();
        self.0.get("the help centers", &["help_center", "help_centers"], &numbered(&page)).await
    }

    /// All of them.
    pub fn list_all(&self) -> Items<HelpCenter> {
        let api = self.clone();
        stream::by_number(move |page| {
            let api = api.clone();
            async move { api.list(page).await }
        })
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<HelpCenter, Fault> {
        self.0.get("the help center", &["help_center", "help_centers", id], &[]).await
    }
}
