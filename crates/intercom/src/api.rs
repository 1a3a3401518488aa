//! Every call of Intercom's API that the product makes, one method each, typed.
//!
//! Names are Intercom's own. Records are lossless and never fail to be read: a field may be absent, null, or of a
//! form that nobody described ([`Field`]), words may be new, and what has no field is kept in `extra`; written
//! again, a record is what was read. [`Strays`] tells where a record went beyond the description.
//!
//! Each method makes one call; those that give a [`stream::Items`] make one for each page. Nothing is tried again
//! but a GET for which no connection could be made, unless asked for ([`Api::retrying`]); and calls wait for
//! nothing, unless asked for ([`Api::paced`]). Texts are not made safe to show: [`crate::Intercom`] does.

#[macro_use]
mod shapes;

pub mod admins;
pub mod articles;
pub mod companies;
pub mod contacts;
pub mod conversations;
pub mod data;
pub mod field;
pub mod help_center;
pub mod list;
pub mod macros;
pub mod query;
pub mod retry;
pub mod stream;
pub mod tags;
pub mod tickets;

pub use field::{Attributes, Count, Field, Id, Strays, Time};
pub use list::{List, Translations};
pub use retry::Retry;

use crate::client::transport::{Call, Refused, Transport};
use crate::fault::{pointless, unreadable};
use crate::limiter::{Limiter, Priority};
use crate::wire::is_id;
use domain::Fault;
use reqwest::Method;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::Arc;

/// The most items that a page has where the description says so.
const PER_PAGE: &str = "150";

/// The calls, by what they are about. Copies share one token and its connections.
#[derive(Debug, Clone)]
pub struct Api {
    transport: Arc<Transport>,
    pace: Option<(Limiter, Priority)>,
    retry: Option<Retry>,
}

macro_rules! resources {
    ($($method:ident: $resource:path, $what:literal;)*) => {
        impl Api {
            $(
                #[doc = concat!("Calls about ", $what, ".")]
                pub fn $method(&self) -> $resource {
                    $resource(self.clone())
                }
            )*
        }
    };
}

resources! {
    admins: admins::Admins, "teammates";
    teams: admins::Teams, "teams";
    conversations: conversations::Conversations, "conversations";
    contacts: contacts::Contacts, "contacts";
    companies: companies::Companies, "companies";
    tags: tags::Tags, "tags";
    segments: tags::Segments, "segments";
    data_attributes: data::DataAttributes, "data attributes";
    data_events: data::DataEvents, "data events";
    articles: articles::Articles, "articles";
    collections: help_center::Collections, "collections of articles";
    help_centers: help_center::HelpCenters, "help centers";
    macros: macros::Macros, "macros";
    ticket_types: tickets::TicketTypes, "ticket types";
}

/// What a record says that something was deleted.
pub use self::deleted::Deleted;

mod deleted {
    use super::field::Id;

    record! {
        /// What Intercom says when something was deleted.
        Deleted { id: Id, kind as "type": String, external_id: Id, object: String, deleted: bool, }
    }
}

impl Api {
    pub(crate) const fn new(transport: Arc<Transport>) -> Self {
        Self { transport, pace: None, retry: None }
    }

    /// The same calls, each of which waits for its turn in a budget.
    #[must_use]
    pub fn paced(mut self, limiter: &Limiter, priority: Priority) -> Self {
        self.pace = Some((limiter.clone(), priority));
        self
    }

    /// The same calls, tried again where that is safe and may help.
    #[must_use]
    pub fn retrying(mut self, retry: Retry) -> Self {
        self.retry = Some(retry);
        self
    }

    async fn get<T: DeserializeOwned>(
        &self,
        what: &str,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Fault> {
        self.ask(Call::get(what, path, query)).await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        what: &str,
        path: &[&str],
        request: &(impl Serialize + Sync),
    ) -> Result<T, Fault> {
        self.ask(Call::post(what, path, written(request)?)).await
    }

    async fn put<T: DeserializeOwned>(
        &self,
        what: &str,
        path: &[&str],
        request: &(impl Serialize + Sync),
    ) -> Result<T, Fault> {
        self.ask(Call { method: Method::PUT, ..Call::post(what, path, written(request)?) }).await
    }

    /// A call that needs nothing but its path.
    async fn act<T: DeserializeOwned>(&self, method: Method, what: &str, path: &[&str]) -> Result<T, Fault> {
        self.ask(Call { method, ..Call::get(what, path, &[]) }).await
    }

    async fn ask<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Fault> {
        self.ask_closely(call).await.map_err(|refused| refused.fault)
    }

    async fn ask_closely<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Refused> {
        let answer = self.send(call).await?.ok_or_else(|| unreadable("it is empty"))?;
        Ok(T::deserialize(answer)
            .map_err(|_| unreadable("it is not the record or list that was asked for"))?)
    }

    async fn send(&self, call: Call<'_>) -> Result<Option<Value>, Refused> {
        let private = call.private;
        let fits = |piece: &str| match private {
            // Somebody else's id may be any text but a step up or nowhere.
            Some(private) if piece == private => !matches!(piece.trim(), "" | "." | ".."),
            Some(_) | None => is_id(piece),
        };
        if !call.path.iter().all(|piece| fits(piece)) {
            return Err(pointless(&format!("This is not the id of {} in Intercom", call.what)).into());
        }
        let mut made = 0;
        loop {
            let refused = match self.send_once(call.clone()).await {
                Ok(answer) => return Ok(answer),
                Err(refused) => refused,
            };
            made += 1;
            let pause =
                self.retry.as_ref().and_then(|retry| retry.pause_ms(&refused.fault, only_reads(&call), made));
            let Some(pause) = pause else { return Err(refused) };
            self.transport.pause(pause).await;
        }
    }

    async fn send_once(&self, call: Call<'_>) -> Result<Option<Value>, Refused> {
        let permit = match &self.pace {
            Some((limiter, priority)) => Some(limiter.acquire(*priority).await),
            None => None,
        };
        self.transport.answer(call, permit.as_ref()).await
    }
}

/// Whether a call changes nothing: every GET, and the searches and lists that are asked for with a POST.
fn only_reads(call: &Call<'_>) -> bool {
    call.method == Method::GET
        || (call.method == Method::POST
            && matches!(call.path, ["conversations" | "contacts", "search"] | ["companies", "list"]))
}

/// A request as it is sent.
pub(crate) fn written(request: &impl Serialize) -> Result<Value, Fault> {
    serde_json::to_value(request).map_err(|_| pointless("The request could not be put together"))
}

/// The query of a numbered page.
fn numbered(page: &str) -> [(&'static str, &str); 2] {
    [("page", page), ("per_page", "50")]
}
