//! Macros: texts that teammates keep at hand. They can be read, not written.

use super::field::{Id, Time};
use super::list::List;
use super::stream::{self, Items};
use domain::{Fault, Timestamp};

record! {
    /// A macro. `body` is HTML with attributes in it, `body_text` has them as `{{…}}`.
    Macro {
        kind as "type": String,
        id: Id,
        name: String,
        body: String,
        body_text: String,
        created_at: Time,
        updated_at: Time,
        visible_to: String,
        visible_to_team_ids: List<Id>,
        available_on: List<String>,
    }
}

/// Where a page has thirty or more, Intercom may leave their texts out.
pub(crate) const PER_PAGE: &str = "25";

resource! {
    /// Calls about macros.
    Macros
}

impl Macros {
    /// One page of them, changed since then if asked for.
    pub async fn list(
        &self,
        updated_since: Option<Timestamp>,
        starting_after: Option<&str>,
    ) -> Result<List<Macro>, Fault> {
        let since = updated_since.map(|since| since.seconds().to_string());
        let mut query = vec![("per_page", PER_PAGE)];
        query.extend(since.as_deref().map(|since| ("updated_since", since)));
        query.extend(starting_after.map(|cursor| ("starting_after", cursor)));
        self.0.get("the macros", &["macros"], &query).await
    }

    /// All of them, changed since then if asked for.
    pub fn list_all(&self, updated_since: Option<Timestamp>) -> Items<Macro> {
        let api = self.clone();
        stream::by_cursor(move |cursor| {
            let api = api.clone();
            async move { api.list(updated_since, cursor.as_deref()).await }
        })
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<Macro, Fault> {
        self.0.get("the macro", &["macros", id], &[]).await
    }
}
