//! The client: one method per call of [`Helpdesk`], each one request unless it says otherwise.

pub(crate) mod transport;

use crate::api::conversations::{AdminReply, AssigneeKind, Manage, Reply};
use crate::api::query::{ConversationField, ConversationSearch, Pagination, SearchField};
use crate::api::{Api, written};
use crate::fault::{pointless, unreadable};
use crate::map::{self, Bodies, Names};
use crate::region::{Region, RegionError};
use crate::text::to_html;
use crate::wire::{self, Listing, is_id};
use async_trait::async_trait;
use domain::ports::{Budget, Clock, ConversationPage, Helpdesk};
use domain::{
    ActionKind, Admin, AdminId, Assignee, Contact, ContactId, Conversation, ConversationId, Fault, FaultKind,
    Identity, Team,
};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use transport::{Call, Transport};

/// The most conversations that Intercom puts on a page.
const PER_PAGE: i64 = 150;

/// How to reach Intercom.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where the workspace lives.
    pub region: Region,
    /// How long a call may take from the first byte sent to the last one read.
    pub timeout: Duration,
    /// How long making a connection may take.
    pub connect_timeout: Duration,
    /// What the client calls itself.
    pub user_agent: String,
    /// The largest answer that is read, in bytes.
    pub max_answer: usize,
}

impl Config {
    /// The usual: 30 seconds for a call, 10 of them for the connection, answers of up to 16 MiB.
    pub fn new(region: Region) -> Self {
        Self {
            region,
            timeout: Duration::from_secs(30),
            connect_timeout: Duration::from_secs(10),
            user_agent: concat!("Countersign/", env!("CARGO_PKG_VERSION")).to_owned(),
            max_answer: 16 * 1024 * 1024,
        }
    }
}

/// A client that cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// The address is not fit to carry a token.
    #[error(transparent)]
    Region(#[from] RegionError),
    /// The token is empty, or holds characters that no token has.
    #[error("The access token must be copied whole, without blanks or line breaks in it")]
    Token,
    /// The user agent holds characters that a header cannot carry.
    #[error("The user agent has characters that a header cannot carry")]
    UserAgent,
    /// Secure connections are not to be had on this machine.
    #[error("Secure connections cannot be made on this machine: {0}")]
    Tls(String),
}

/// Intercom, seen through one access token.
#[derive(Debug)]
pub struct Intercom {
    region: Region,
    transport: Arc<Transport>,
    /// Names heard of last, for the words of assignments.
    names: RwLock<Names>,
}

impl Intercom {
    /// A client with the usual settings.
    pub fn new(region: Region, token: SecretString, clock: Arc<dyn Clock>) -> Result<Self, SetupError> {
        Self::with_config(Config::new(region), token, clock)
    }

    /// A client with settings of one's own.
    pub fn with_config(
        config: Config,
        token: SecretString,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        // Whoever builds the variant by hand has not been checked yet.
        if let Region::Custom(url) = &config.region {
            Region::custom(url.clone())?;
        }
        let transport = Arc::new(Transport::new(&config, token, clock)?);
        Ok(Self { region: config.region, transport, names: RwLock::default() })
    }

    /// Every call of the API, typed, with the same token and connections.
    pub fn api(&self) -> Api {
        Api::new(Arc::clone(&self.transport))
    }

    async fn conversation_after(
        &self,
        id: &ConversationId,
        call: &'static str,
        body: Value,
    ) -> Result<Conversation, Fault> {
        let id = checked("conversation", &id.0)?;
        let answer =
            self.transport.call(Call::post("the conversation", &["conversations", id, call], body)).await?;
        self.read_conversation(answer, Bodies::Html)
    }

    fn read_conversation(&self, answer: Value, bodies: Bodies) -> Result<Conversation, Fault> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        map::conversation(read(answer)?, bodies, &names).ok_or_else(|| unreadable("it is not a conversation"))
    }

    /// Names of the companies and tags of a contact, which the contact itself only refers to. A contact without
    /// them is better than none, so only faults that the next call would meet as well are passed on.
    async fn sublist<T: DeserializeOwned>(&self, id: &str, name: &str) -> Result<Option<Listing<T>>, Fault> {
        let path = ["contacts", id, name];
        match self.transport.call(Call::get("the contact", &path, &[])).await {
            Ok(answer) => Ok(Listing::find(answer)),
            Err(fault) if matches!(fault.kind, FaultKind::Unauthorized | FaultKind::RateLimited) => {
                Err(fault)
            }
            Err(fault) => {
                tracing::debug!(list = name, fault.kind = ?fault.kind, "A contact is shown without a list");
                Ok(None)
            }
        }
    }
}

#[async_trait]
impl Helpdesk for Intercom {
    fn name(&self) -> &'static str {
        "Intercom"
    }

    async fn identity(&self) -> Result<Identity, Fault> {
        let answer = self.transport.call(Call::get("the owner of the access token", &["me"], &[])).await?;
        map::identity(read(answer)?).ok_or_else(|| unreadable("it does not say whose workspace this is"))
    }

    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        let answer = self.transport.call(Call::get("the teammates", &["admins"], &[])).await?;
        let admins: Vec<Admin> = listed(answer)?.into_iter().filter_map(map::admin).collect();
        self.names.write().unwrap_or_else(PoisonError::into_inner).set_admins(&admins);
        Ok(admins)
    }

    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        let answer = self.transport.call(Call::get("the teams", &["teams"], &[])).await?;
        let teams: Vec<Team> = listed(answer)?.into_iter().filter_map(map::team).collect();
        self.names.write().unwrap_or_else(PoisonError::into_inner).set_teams(&teams);
        Ok(teams)
    }

    async fn conversation(&self, id: &ConversationId) -> Result<Conversation, Fault> {
        let path = ["conversations", checked("conversation", &id.0)?];
        let plain = [("display_as", "plaintext")];
        let answer = self.transport.call(Call::get("the conversation", &path, &plain)).await?;
        self.read_conversation(answer, Bodies::Plain)
    }

    async fn open_conversations(&self, after: Option<&str>) -> Result<ConversationPage, Fault> {
        // `open` is true of snoozed conversations too; `state` tells them apart.
        let pagination = Pagination::new().per_page(PER_PAGE);
        let pagination = match after {
            Some(after) => pagination.starting_after(after),
            None => pagination,
        };
        let search = ConversationSearch::new(ConversationField::State.is("open")).pagination(pagination);
        let path = ["conversations", "search"];
        let answer = self.transport.call(Call::post("the search", &path, written(&search)?)).await?;
        let page = wire::Page::deserialize(&answer).unwrap_or_default();
        let found: Vec<wire::Conversation> = listed(answer)?;
        let next = page.pages.or_empty().next.or_empty().starting_after.0;
        Ok(ConversationPage {
            items: found
                .into_iter()
                .filter_map(|found| {
                    Some((found.id.0?.into(), found.updated_at.0.or(found.created_at.0).unwrap_or_default()))
                })
                .collect(),
            // A cursor that does not move would be asked for again for ever.
            next: next.filter(|next| !next.is_empty() && Some(next.as_str()) != after),
            total: page.total_count.0.and_then(|total| u32::try_from(total).ok()),
        })
    }

    /// One call, and one more for each of companies and tags when the contact has any: it names neither.
    async fn contact(&self, id: &ContactId) -> Result<Contact, Fault> {
        let id = checked("contact", &id.0)?;
        let answer = self.transport.call(Call::get("the contact", &["contacts", id], &[])).await?;
        let mut contact: wire::Contact = read(answer)?;
        let companies = &contact.companies;
        let unnamed = companies.has_more || companies.items.iter().any(|company| company.name.0.is_none());
        if unnamed && let Some(named) = self.sublist(id, "companies").await? {
            contact.companies = named;
        }
        let tags = &contact.tags;
        let unnamed = tags.has_more || tags.items.iter().any(|tag| tag.name.0.is_none());
        if unnamed && let Some(named) = self.sublist(id, "tags").await? {
            contact.tags = named;
        }
        map::contact(contact).ok_or_else(|| unreadable("it is not a contact"))
    }

    async fn perform(
        &self,
        conversation: &ConversationId,
        action: &ActionKind,
        actor: &AdminId,
    ) -> Result<Conversation, Fault> {
        let (call, body) = request(action, checked("teammate", &actor.0)?)?;
        self.conversation_after(conversation, call, body).await
    }

    fn budget(&self) -> Option<Budget> {
        self.transport.budget()
    }

    fn web_url(&self, app_id: &str, conversation: &ConversationId) -> Option<String> {
        let origin = self.region.inbox_origin()?;
        let fit = is_id(app_id) && is_id(&conversation.0);
        fit.then(|| format!("{origin}/a/inbox/{app_id}/inbox/conversation/{conversation}"))
    }
}

/// Where an action is sent and what is sent there.
fn request(action: &ActionKind, actor: &str) -> Result<(&'static str, Value), Fault> {
    let change = match action {
        ActionKind::Assign { assignee } => match assignee {
            Assignee::Team { id, .. } => Manage::assign(AssigneeKind::Team, actor, checked("team", &id.0)?),
            Assignee::Admin { id, .. } => {
                Manage::assign(AssigneeKind::Admin, actor, checked("teammate", &id.0)?)
            }
        },
        ActionKind::Reply { body } => return message(Reply::comment(actor, html(body)?)),
        ActionKind::Note { body } => return message(Reply::note(actor, html(body)?)),
        ActionKind::Close => Manage::close(actor),
        ActionKind::Open => Manage::open(actor),
        ActionKind::Snooze { until } => Manage::snooze(actor, *until),
    };
    Ok(("parts", written(&change)?))
}

fn message(reply: AdminReply) -> Result<(&'static str, Value), Fault> {
    Ok(("reply", written(&Reply::from(reply))?))
}

fn html(text: &str) -> Result<String, Fault> {
    let html = to_html(text);
    if html.is_empty() { Err(pointless("There is no text to send")) } else { Ok(html) }
}

/// An id as a piece of an address.
fn checked<'a>(whose: &str, id: &'a str) -> Result<&'a str, Fault> {
    if is_id(id) { Ok(id) } else { Err(pointless(&format!("This is not the id of a {whose} in Intercom"))) }
}

/// The items of an answer that is a list.
fn listed<T: DeserializeOwned>(answer: Value) -> Result<Vec<T>, Fault> {
    Listing::find(answer).map(|listing| listing.items).ok_or_else(|| unreadable("it has no list"))
}

fn read<T: DeserializeOwned>(answer: Value) -> Result<T, Fault> {
    if !answer.is_object() {
        return Err(unreadable("it is not a record"));
    }
    serde_json::from_value(answer).map_err(|_| unreadable("its fields are not what they should be"))
}
