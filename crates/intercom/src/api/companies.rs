//! Companies.

use super::contacts::{Contact, NewNote, Note};
use super::deleted::Deleted;
use super::field::{Attributes, Count, Id, Time};
use super::list::List;
use super::numbered;
use super::stream::{self, Items};
use super::tags::{Segment, Tag};
use crate::client::transport::Call;
use domain::Fault;
use reqwest::Method;

const ONE: &str = "the company";

record! {
    /// A company: `id` is Intercom's, `company_id` the workspace's own.
    Company {
        kind as "type": String,
        id: Id,
        name: String,
        app_id: String,
        plan: Plan,
        company_id: Id,
        remote_created_at: Time,
        created_at: Time,
        updated_at: Time,
        last_request_at: Time,
        size: Count,
        website: String,
        industry: String,
        monthly_spend: Count,
        session_count: Count,
        user_count: Count,
        custom_attributes: Attributes,
        tags: List<Tag>,
        segments: List<Segment>,
        notes: List<Note>,
        url: String,
    }
}

record! {
    /// What a company pays for.
    Plan { kind as "type": String, id: Id, name: String, }
}

request! {
    /// A company, new or changed. One with a known `company_id` is changed.
    CompanyFields {
        ;
        company_id: Id,
        name: String,
        plan: String,
        size: i64,
        website: String,
        industry: String,
        custom_attributes: Attributes,
        remote_created_at: Time,
        update_last_request_at: bool,
        monthly_spend: Count,
    }
}

resource! {
    /// Calls about companies.
    Companies
}

impl Companies {
    /// One page of the companies that have users; there are no pages beyond 10,000 companies.
    pub async fn list(&self, page: u64) -> Result<List<Company>, Fault> {
        let (path, page) = (["companies", "list"], page.to_string());
        let query = numbered(&page);
        self.0.ask(Call { method: Method::POST, ..Call::get("the companies", &path, &query) }).await
    }

    /// All companies that have users, up to 10,000.
    pub fn list_all(&self) -> Items<Company> {
        let api = self.clone();
        stream::by_number(move |page| {
            let api = api.clone();
            async move { api.list(page).await }
        })
    }

    /// One page of a scroll. Only one scroll at a time; it ends when left alone for a minute.
    pub async fn scroll(&self, scroll_param: Option<&str>) -> Result<List<Company>, Fault> {
        let query: Vec<_> = scroll_param.map(|scroll| ("scroll_param", scroll)).into_iter().collect();
        self.0.get("the companies", &["companies", "scroll"], &query).await
    }

    /// All companies, however many.
    pub fn scroll_all(&self) -> Items<Company> {
        let api = self.clone();
        stream::by_scroll(move |scroll| {
            let api = api.clone();
            async move { api.scroll(scroll.as_deref()).await }
        })
    }

    /// One company, by Intercom's id.
    pub async fn get(&self, id: &str) -> Result<Company, Fault> {
        self.0.get(ONE, &["companies", id], &[]).await
    }

    /// One company, by the workspace's own id.
    pub async fn get_by_company_id(&self, company_id: &str) -> Result<Company, Fault> {
        self.0
            .ask(Call {
                private: Some(company_id),
                ..Call::get(ONE, &["companies"], &[("company_id", company_id)])
            })
            .await
    }

    /// Makes a company, or changes the one with this `company_id`.
    pub async fn create_or_update(&self, request: &CompanyFields) -> Result<Company, Fault> {
        self.0.post(ONE, &["companies"], request).await
    }

    /// Changes a company, by Intercom's id.
    pub async fn update(&self, id: &str, request: &CompanyFields) -> Result<Company, Fault> {
        self.0.put(ONE, &["companies", id], request).await
    }

    /// Puts a company away, some time after the answer.
    pub async fn delete(&self, id: &str) -> Result<Deleted, Fault> {
        self.0.act(Method::DELETE, ONE, &["companies", id]).await
    }

    /// One page of its contacts.
    pub async fn contacts(&self, id: &str, starting_after: Option<&str>) -> Result<List<Contact>, Fault> {
        let mut query = vec![("per_page", "50")];
        query.extend(starting_after.map(|cursor| ("starting_after", cursor)));
        self.0.get(ONE, &["companies", id, "contacts"], &query).await
    }

    /// All its contacts.
    pub fn contacts_all(&self, id: &str) -> Items<Contact> {
        let (api, id) = (self.clone(), id.to_owned());
        stream::by_cursor(move |cursor| {
            let (api, id) = (api.clone(), id.clone());
            async move { api.contacts(&id, cursor.as_deref()).await }
        })
    }

    /// The segments that it is in.
    pub async fn segments(&self, id: &str) -> Result<List<Segment>, Fault> {
        self.0.get(ONE, &["companies", id, "segments"], &[]).await
    }

    /// Its notes, the newest first.
    pub async fn notes(&self, id: &str) -> Result<List<Note>, Fault> {
        self.0.get(ONE, &["companies", id, "notes"], &[]).await
    }

    /// Takes a note.
    pub async fn add_note(&self, id: &str, note: &NewNote) -> Result<Note, Fault> {
        self.0.post(ONE, &["companies", id, "notes"], note).await
    }
}
