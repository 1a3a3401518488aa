//! Articles.

use super::deleted::Deleted;
use super::field::{Count, Id, Time};
use super::list::{List, Translations};
use super::numbered;
use super::stream::{self, Items};
use super::tags::Tag;
use domain::Fault;
use reqwest::Method;

const ONE: &str = "the article";

words! {
    /// Whether an article is to be read.
    ArticleState { Published = "published", Draft = "draft", }
}

record! {
    /// An article. Its body is HTML.
    Article {
        kind as "type": String,
        id: Id,
        workspace_id: Id,
        title: String,
        description: String,
        body: String,
        body_markdown: String,
        author_id: Id,
        state: ArticleState,
        created_at: Time,
        updated_at: Time,
        has_unpublished_changes: bool,
        draft_updated_at: Time,
        url: String,
        parent_id: Id,
        parent_type: String,
        parent_ids: List<Id>,
        audience_ids: List<Id>,
        ai_chatbot_availability: bool,
        ai_copilot_availability: bool,
        ai_sales_agent_availability: bool,
        created_by_id: Id,
        updated_by_id: Id,
        exclude_from_article_suggestions: bool,
        help_center_audience: String,
        scheduled_publish_at: Time,
        scheduled_unpublish_at: Time,
        default_locale: String,
        translated_content: Translations<ArticleContent>,
        tags: List<Tag>,
        statistics: ArticleStatistics,
    }
}

record! {
    /// An article in one language.
    ArticleContent {
        kind as "type": String,
        title: String,
        description: String,
        body: String,
        body_markdown: String,
        author_id: Id,
        state: ArticleState,
        created_at: Time,
        updated_at: Time,
        has_unpublished_changes: bool,
        draft_updated_at: Time,
        url: String,
        audience_ids: List<Id>,
        ai_chatbot_availability: bool,
        ai_copilot_availability: bool,
        ai_sales_agent_availability: bool,
        created_by_id: Id,
        updated_by_id: Id,
    }
}

record! {
    /// How an article is read and liked.
    ArticleStatistics {
        kind as "type": String,
        views: Count,
        conversions: Count,
        conversations: Count,
        reactions: Count,
        happy_reaction_percentage: Count,
        neutral_reaction_percentage: Count,
        sad_reaction_percentage: Count,
        fin_involvements: Count,
        fin_resolutions: Count,
        fin_resolution_rate: Count,
    }
}

record! {
    /// What a search for articles found.
    ArticlesFound { kind as "type": String, total_count: Count, data: ArticleHits, pages: serde_json::Value, }
}

record! {
    /// The articles, and where the phrase stands in them.
    ArticleHits { articles: List<Article>, highlights: List<Highlight>, }
}

record! {
    /// Where the phrase stands in one article.
    Highlight { article_id: Id, highlighted_title: List<Snippet>, highlighted_summary: List<List<Snippet>>, }
}

record! {
    /// A piece of text: `highlight` or `plain`.
    Snippet { kind as "type": String, text: String, }
}

request! {
    /// An article to be made; a draft unless said otherwise.
    NewArticle {
        title: String,
        author_id: i64,
        ;
        description: String,
        body: String,
        body_markdown: String,
        state: ArticleState,
        parent_id: Id,
        parent_type: String,
        translated_content: Translations<ArticleContent>,
        audience_ids: Vec<i64>,
        ai_chatbot_availability: bool,
        ai_copilot_availability: bool,
        ai_sales_agent_availability: bool,
        scheduled_publish_at: Time,
        scheduled_unpublish_at: Time,
    }
}

request! {
    /// A change of an article, or of its draft.
    UpdateArticle {
        ;
        title: String,
        author_id: i64,
        description: String,
        body: String,
        body_markdown: String,
        state: ArticleState,
        parent_id: Id,
        parent_type: String,
        translated_content: Translations<ArticleContent>,
        audience_ids: Vec<i64>,
        ai_chatbot_availability: bool,
        ai_copilot_availability: bool,
        ai_sales_agent_availability: bool,
        scheduled_publish_at: Time,
        scheduled_unpublish_at: Time,
    }
}

request! {
    /// Which languages of a draft to publish; all when none is named.
    PublishDraft {
        ;
        locales: Vec<String>,
    }
}

/// What to search articles for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ArticleSearch {
    /// The words.
    pub phrase: Option<String>,
    /// `published`, `draft` or `all`.
    pub state: Option<String>,
    /// Only in this help center.
    pub help_center_id: Option<String>,
    /// Whether to tell where the words stand.
    pub highlight: bool,
}

resource! {
    /// Calls about articles.
    Articles
}

impl Articles {
    /// One page of them, those changed last first.
    pub async fn list(&self, page: u64) -> Result<List<Article>, Fault> {
        self.0.get("the articles", &["articles"], &numbered(&page.to_string())).await
    }

    /// All of them.
    pub fn list_all(&self) -> Items<Article> {
        let api = self.clone();
        stream::by_number(move |page| {
            let api = api.clone();
            async move { api.list(page).await }
        })
    }

    /// The first page of what a search finds.
    pub async fn search(&self, search: &ArticleSearch) -> Result<ArticlesFound, Fault> {
        let mut query: Vec<(&str, &str)> = Vec::new();
        query.extend(search.phrase.as_deref().map(|phrase| ("phrase", phrase)));
        query.extend(search.state.as_deref().map(|state| ("state", state)));
        query.extend(search.help_center_id.as_deref().map(|id| ("help_center_id", id)));
        if search.highlight {
            query.push(("highlight", "true"));
        }
        self.0.get("the articles", &["articles", "search"], &query).await
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<Article, Fault> {
        self.0.get(ONE, &["articles", id], &[]).await
    }

    /// Makes one.
    pub async fn create(&self, request: &NewArticle) -> Result<Article, Fault> {
        self.0.post(ONE, &["articles"], request).await
    }

    /// Changes one, for readers to see at once if it is published.
    pub async fn update(&self, id: &str, request: &UpdateArticle) -> Result<Article, Fault> {
        self.0.put(ONE, &["articles", id], request).await
    }

    /// Deletes one.
    pub async fn delete(&self, id: &str) -> Result<Deleted, Fault> {
        self.0.act(Method::DELETE, ONE, &["articles", id]).await
    }

    /// The draft of one.
    pub async fn draft(&self, id: &str) -> Result<Article, Fault> {
        self.0.get(ONE, &["articles", id, "draft"], &[]).await
    }

    /// Changes the draft of one; readers go on seeing what is published.
    pub async fn update_draft(&self, id: &str, request: &UpdateArticle) -> Result<Article, Fault> {
        self.0.put(ONE, &["articles", id, "draft"], request).await
    }

    /// Puts the draft in the place of what is published.
    pub async fn publish_draft(&self, id: &str, request: &PublishDraft) -> Result<Article, Fault> {
        self.0.post(ONE, &["articles", id, "draft", "publish"], request).await
    }
}
