//! Contacts.

mod records;

pub use records::{
    Attach, Contact, ContactFields, ContactRole, ContactStanding, Location, MergeContacts, MergedContact,
    NewNote, Note, Pointer, SocialProfile,
};

use super::companies::Company;
use super::deleted::Deleted;
use super::list::List;
use super::query::{ContactSearch, Pagination};
use super::stream::{self, Items};
use super::tags::{Segment, Tag};
use super::{PER_PAGE, numbered};
use crate::client::transport::{Call, Refused};
use crate::wire::is_id;
use domain::Fault;
use reqwest::Method;

const ONE: &str = "the contact";

/// What is found under the id of a contact.
#[derive(Debug, Clone, PartialEq)]
pub enum Found {
    /// The contact.
    Contact(Box<Contact>),
    /// It became part of another one.
    Merged {
        /// The id of the other one, when Intercom names it.
        into: Option<String>,
    },
}

resource! {
    /// Calls about contacts.
    Contacts
}

impl Contacts {
    /// One page of all contacts.
    pub async fn list(&self, starting_after: Option<&str>) -> Result<List<Contact>, Fault> {
        let mut query = vec![("per_page", PER_PAGE)];
        query.extend(starting_after.map(|cursor| ("starting_after", cursor)));
        self.0.get("the contacts", &["contacts"], &query).await
    }

    /// All contacts.
    pub fn list_all(&self) -> Items<Contact> {
        let api = self.clone();
        stream::by_cursor(move |cursor| {
            let api = api.clone();
            async move { api.list(cursor.as_deref()).await }
        })
    }

    /// One page of what a search finds. What was written a moment ago may be missing for minutes.
    pub async fn search(&self, search: &ContactSearch) -> Result<List<Contact>, Fault> {
        search.query.check()?;
        self.0.post("the search", &["contacts", "search"], search).await
    }

    /// Everything that a search finds.
    pub fn search_all(&self, search: ContactSearch) -> Items<Contact> {
        let api = self.clone();
        let per_page = search.pagination.get().and_then(|pagination| pagination.per_page.get().copied());
        let pagination = Pagination::new().per_page(per_page.unwrap_or(150));
        stream::by_cursor(move |cursor| {
            let api = api.clone();
            let pagination = match cursor {
                Some(cursor) => pagination.clone().starting_after(cursor),
                None => pagination.clone(),
            };
            let search = search.clone().pagination(pagination);
            async move { api.search(&search).await }
        })
    }

    /// One contact. One that was merged is a fault; [`find`](Self::find) follows it.
    pub async fn get(&self, id: &str) -> Result<Contact, Fault> {
        self.0.get(ONE, &["contacts", id], &[]).await
    }

    /// One contact, or where it went.
    pub async fn find(&self, id: &str) -> Result<Found, Fault> {
        found(self.0.ask_closely(Call::get(ONE, &["contacts", id], &[])).await)
    }

    /// One contact, or where it went, by the id that the workspace gave it.
    pub async fn find_by_external_id(&self, external_id: &str) -> Result<Found, Fault> {
        let path = ["contacts", "find_by_external_id", external_id];
        found(self.0.ask_closely(Call { private: Some(external_id), ..Call::get(ONE, &path, &[]) }).await)
    }

    /// Makes a contact. One that exists is refused with the code `conflict`.
    pub async fn create(&self, request: &ContactFields) -> Result<Contact, Fault> {
        self.0.post(ONE, &["contacts"], request).await
    }

    /// Changes a contact.
    pub async fn update(&self, id: &str, request: &ContactFields) -> Result<Contact, Fault> {
        self.0.put(ONE, &["contacts", id], request).await
    }

    /// Deletes a contact and everything about it, for good.
    pub async fn delete(&self, id: &str) -> Result<Deleted, Fault> {
        self.0.act(Method::DELETE, ONE, &["contacts", id]).await
    }

    /// Puts a contact away.
    pub async fn archive(&self, id: &str) -> Result<ContactStanding, Fault> {
        self.0.act(Method::POST, ONE, &["contacts", id, "archive"]).await
    }

    /// Brings a contact back.
    pub async fn unarchive(&self, id: &str) -> Result<ContactStanding, Fault> {
        self.0.act(Method::POST, ONE, &["contacts", id, "unarchive"]).await
    }

    /// Blocks a contact and puts its conversations away.
    pub async fn block(&self, id: &str) -> Result<ContactStanding, Fault> {
        self.0.act(Method::POST, ONE, &["contacts", id, "block"]).await
    }

    /// Makes a lead part of a user, who is the answer.
    pub async fn merge(&self, request: &MergeContacts) -> Result<Contact, Fault> {
        self.0.post(ONE, &["contacts", "merge"], request).await
    }

    /// Which contacts became part of this one.
    pub async fn merge_history(&self, id: &str, cursor: Option<&str>) -> Result<List<MergedContact>, Fault> {
        let mut query = vec![("per_page", PER_PAGE)];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        self.0.get(ONE, &["contacts", id, "merge_history"], &query).await
    }

    /// One page of its notes, the newest first.
    pub async fn notes(&self, id: &str, page: u64) -> Result<List<Note>, Fault> {
        self.0.get(ONE, &["contacts", id, "notes"], &numbered(&page.to_string())).await
    }

    /// All its notes.
    pub fn notes_all(&self, id: &str) -> Items<Note> {
        let (api, id) = (self.clone(), id.to_owned());
        stream::by_number(move |page| {
            let (api, id) = (api.clone(), id.clone());
            async move { api.notes(&id, page).await }
        })
    }

    /// Takes a note.
    pub async fn add_note(&self, id: &str, note: &NewNote) -> Result<Note, Fault> {
        self.0.post(ONE, &["contacts", id, "notes"], note).await
    }

    /// Its tags.
    pub async fn tags(&self, id: &str) -> Result<List<Tag>, Fault> {
        self.0.get(ONE, &["contacts", id, "tags"], &[]).await
    }

    /// Adds a tag.
    pub async fn tag(&self, id: &str, tag: &Attach) -> Result<Tag, Fault> {
        self.0.post(ONE, &["contacts", id, "tags"], tag).await
    }

    /// Takes a tag away.
    pub async fn untag(&self, id: &str, tag: &str) -> Result<Tag, Fault> {
        self.0.act(Method::DELETE, ONE, &["contacts", id, "tags", tag]).await
    }

    /// One page of its companies.
    pub async fn companies(&self, id: &str, page: u64) -> Result<List<Company>, Fault> {
        self.0.get(ONE, &["contacts", id, "companies"], &numbered(&page.to_string())).await
    }

    /// All its companies.
    pub fn companies_all(&self, id: &str) -> Items<Company> {
        let (api, id) = (self.clone(), id.to_owned());
        stream::by_number(move |page| {
            let (api, id) = (api.clone(), id.clone());
            async move { api.companies(&id, page).await }
        })
    }

    /// Adds it to a company, by Intercom's id of the company.
    pub async fn add_company(&self, id: &str, company: &Attach) -> Result<Company, Fault> {
        self.0.post(ONE, &["contacts", id, "companies"], company).await
    }

    /// Takes it out of a company.
    pub async fn remove_company(&self, id: &str, company: &str) -> Result<Company, Fault> {
        self.0.act(Method::DELETE, ONE, &["contacts", id, "companies", company]).await
    }

    /// The segments that it is in.
    pub async fn segments(&self, id: &str) -> Result<List<Segment>, Fault> {
        self.0.get(ONE, &["contacts", id, "segments"], &[]).await
    }
}

fn found(answer: Result<Contact, Refused>) -> Result<Found, Fault> {
    match answer {
        Ok(contact) => Ok(Found::Contact(Box::new(contact))),
        Err(refused) if is_merged(&refused) => Ok(Found::Merged { into: merged_into(&refused) }),
        Err(refused) => Err(refused.fault),
    }
}

/// Whether a contact was refused because it became another one.
fn is_merged(refused: &Refused) -> bool {
    refused.fault.code.as_deref() == Some("contact_merged")
}

/// The contact that a refused one became, where Intercom says so.
pub(crate) fn merged_into(refused: &Refused) -> Option<String> {
    refused.link.as_deref().filter(|_| is_merged(refused)).and_then(canonical)
}

/// The id at the end of `</contacts/…>; rel="canonical"`.
fn canonical(link: &str) -> Option<String> {
    let (_, rest) = link.split_once('<')?;
    let (address, relation) = rest.split_once('>')?;
    let (_, id) = address.rsplit_once("/contacts/")?;
    (relation.contains("canonical") && is_id(id)).then(|| id.to_owned())
}
