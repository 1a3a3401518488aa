//! The client: one method per call of [`Helpdesk`], each one request unless it says otherwise.

pub(crate) mod transport;

use crate::api::articles::Article;
use crate::api::contacts::merged_into;
use crate::api::conversations::{AdminReply, AssigneeKind, Manage, Reply};
use crate::api::list::List;
use crate::api::macros::{self, Macro};
use crate::api::query::{
    ContactField, ContactSearch, ConversationField, ConversationSearch, Pagination, Query, SearchField,
};
use crate::api::{Api, written};
use crate::fault::{pointless, unreadable};
use crate::limiter::Limiter;
use crate::map::{self, Bodies, Names};
use crate::region::{Region, RegionError};
use crate::text::to_html;
use crate::wire::{self, Listing, is_id};
use async_trait::async_trait;
use domain::ports::{Budget, Clock, ConversationPage, Helpdesk, NotPerformed, Priority};
use domain::{
    ActionKind, Admin, AdminId, ArticleId, ArticlePage, Assignee, Contact, ContactId, Conversation,
    ConversationId, Fault, FaultKind, HelpArticle, Identity, MacroPage, Team, Timestamp,
};
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};
use transport::{Call, Refused, Transport};

/// The most conversations that Intercom puts on a page.
const PER_PAGE: i64 = 150;
/// The most deleted conversations that it puts on a page.
const DELETED_PER_PAGE: &str = "60";
/// The most articles that are asked for at once: each comes with its whole text.
const ARTICLES_PER_PAGE: &str = "50";
/// Merges followed from one contact to the next, so that a circle has an end.
const MERGES: u32 = 4;

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
    /// The budget of calls that this client shares with others of the same workspace; without one, calls wait for
    /// nobody.
    pub limiter: Option<Limiter>,
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
            limiter: None,
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

    /// A page of what a search finds.
    async fn search(
        &self,
        search: ConversationSearch,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<ConversationPage, Fault> {
        let pagination = Pagination::new().per_page(PER_PAGE);
        let pagination = match after {
            Some(after) => pagination.starting_after(after),
            None => pagination,
        };
        let path = ["conversations", "search"];
        let call = Call::post("the search", &path, written(&search.pagination(pagination))?);
        let answer = self.transport.call(call, priority).await?;
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

    async fn find_contact(&self, id: &str, priority: Priority) -> Result<Value, Refused> {
        let permit = self.transport.turn(priority).await;
        let path = ["contacts", id];
        let answer = self.transport.answer(Call::get("the contact", &path, &[]), permit.as_ref()).await?;
        Ok(answer.ok_or_else(|| unreadable("it is not JSON"))?)
    }

    fn read_conversation(&self, answer: Value, bodies: Bodies) -> Result<Conversation, Fault> {
        let names = self.names.read().unwrap_or_else(PoisonError::into_inner);
        map::conversation(read(answer)?, bodies, &names).ok_or_else(|| unreadable("it is not a conversation"))
    }

    /// Names of the companies and tags of a contact, which the contact itself only refers to. A contact without
    /// them is better than none, so only faults that the next call would meet as well are passed on.
    async fn sublist<T: DeserializeOwned>(
        &self,
        id: &str,
        name: &str,
        priority: Priority,
    ) -> Result<Option<Listing<T>>, Fault> {
        let path = ["contacts", id, name];
        match self.transport.call(Call::get("the contact", &path, &[]), priority).await {
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
        let answer = self
            .transport
            .call(Call::get("the owner of the access token", &["me"], &[]), Priority::Person)
            .await?;
        map::identity(read(answer)?).ok_or_else(|| unreadable("it does not say whose workspace this is"))
    }

    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        let answer =
            self.transport.call(Call::get("the teammates", &["admins"], &[]), Priority::Ingest).await?;
        let admins: Vec<Admin> = listed(answer)?.into_iter().filter_map(map::admin).collect();
        self.names.write().unwrap_or_else(PoisonError::into_inner).set_admins(&admins);
        Ok(admins)
    }

    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        let answer = self.transport.call(Call::get("the teams", &["teams"], &[]), Priority::Ingest).await?;
        let teams: Vec<Team> = listed(answer)?.into_iter().filter_map(map::team).collect();
        self.names.write().unwrap_or_else(PoisonError::into_inner).set_teams(&teams);
        Ok(teams)
    }

    async fn conversation(&self, id: &ConversationId, priority: Priority) -> Result<Conversation, Fault> {
        let path = ["conversations", checked("conversation", &id.0)?];
        let plain = [("display_as", "plaintext")];
        let answer = self.transport.call(Call::get("the conversation", &path, &plain), priority).await?;
        self.read_conversation(answer, Bodies::Plain)
    }

    async fn open_conversations(
        &self,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<ConversationPage, Fault> {
        // `open` is true of snoozed conversations too; `state` tells them apart.
        self.search(ConversationSearch::new(ConversationField::State.is("open")), after, priority).await
    }

    async fn conversations_changed(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<ConversationPage, Fault> {
        // Whether `>` includes its value is described both ways: a second on either side makes sure.
        let from = Timestamp::from_seconds(from.seconds().saturating_sub(1).max(0));
        let until = Timestamp::from_seconds(until.seconds().saturating_add(2));
        let between =
            Query::all([ConversationField::UpdatedAt.above(from), ConversationField::UpdatedAt.below(until)]);
        self.search(ConversationSearch::new(between), after, priority).await
    }

    async fn conversations_deleted(
        &self,
        page: u32,
        priority: Priority,
    ) -> Result<Option<Vec<(ConversationId, Timestamp)>>, Fault> {
        let page = page.to_string();
        let query = [("page", page.as_str()), ("per_page", DELETED_PER_PAGE), ("order", "desc")];
        let call = Call::get("the deleted conversations", &["conversations", "deleted"], &query);
        match self.transport.call(call, priority).await {
            Ok(answer) => {
                let found: Vec<wire::DeletedConversation> = listed(answer)?;
                let deleted = found.into_iter();
                Ok(Some(deleted.filter_map(|one| Some((one.id.0?.into(), one.deleted_at.0?))).collect()))
            }
            // Not every plan and version has the list.
            Err(fault)
                if matches!(fault.kind, FaultKind::NotFound | FaultKind::Rejected | FaultKind::Forbidden) =>
            {
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    async fn articles(&self, page: u32, priority: Priority) -> Result<Option<ArticlePage>, Fault> {
        let number = page.to_string();
        let query = [("page", number.as_str()), ("per_page", ARTICLES_PER_PAGE)];
        let answer =
            match self.transport.call(Call::get("the articles", &["articles"], &query), priority).await {
                Ok(answer) => answer,
                Err(fault) if fault.kind == FaultKind::NotFound => return Ok(None),
                Err(fault) => return Err(fault),
            };
        let list: List<Article> = read(answer)?;
        let (answered, pages) = list.page();
        // Another page than the one asked for is the end, as is an empty one.
        let ends = list.is_empty() || answered.is_some_and(|answered| answered != u64::from(page));
        let goes_on = list.names_a_next_page() || pages.is_some_and(|pages| u64::from(page) < pages);
        Ok(Some(ArticlePage {
            listed: list.items.iter().filter_map(|article| Some(article.id.id()?.into())).collect(),
            total: list.total_count(),
            has_more: goes_on && !ends,
            articles: list.items.into_iter().flat_map(map::published).collect(),
        }))
    }

    async fn article(&self, id: &ArticleId, priority: Priority) -> Result<Vec<HelpArticle>, Fault> {
        let path = ["articles", id.as_str()];
        let answer = match self.transport.call(Call::get("the article", &path, &[]), priority).await {
            Ok(answer) => answer,
            Err(fault) if fault.kind == FaultKind::NotFound => return Ok(vec![]),
            Err(fault) => return Err(fault),
        };
        let article: Article = read(answer)?;
        if article.id.id() != Some(id.as_str()) {
            return Err(unreadable("it is not the article that was asked for"));
        }
        Ok(map::published(article))
    }

    /// One call, and one more for each macro whose text the list leaves out.
    async fn macros(&self, after: Option<&str>, priority: Priority) -> Result<Option<MacroPage>, Fault> {
        let mut query = vec![("per_page", macros::PER_PAGE)];
        query.extend(after.map(|after| ("starting_after", after)));
        let call = Call::get("the macros", &["macros"], &query);
        let mut list: List<Macro> = read(self.transport.call(call, priority).await?)?;
        let next = list.next_cursor().filter(|next| Some(*next) != after).map(str::to_owned);
        for one in &mut list.items {
            let Some(id) = one.id.id().filter(|id| one.body_text.text().is_none() && is_id(id)) else {
                continue;
            };
            let path = ["macros", id];
            match self.transport.call(Call::get("the macro", &path, &[]), priority).await {
                Ok(answer) => *one = read(answer)?,
                // It is for another team, or was deleted a moment ago.
                Err(fault) if fault.kind == FaultKind::NotFound => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(Some(MacroPage { macros: list.items.iter().filter_map(map::for_replies).collect(), next }))
    }

    /// One call, however many there are; the search takes 150 at most.
    async fn contacts_found(
        &self,
        ids: &[ContactId],
        priority: Priority,
    ) -> Result<Option<Vec<ContactId>>, Fault> {
        let query = ContactField::Id.one_of(ids.iter().map(ContactId::as_str));
        let search = ContactSearch::new(query).pagination(Pagination::new().per_page(PER_PAGE));
        let call = Call::post("the search", &["contacts", "search"], written(&search)?);
        match self.transport.call(call, priority).await {
            Ok(answer) => {
                let found: Vec<wire::Contact> = listed(answer)?;
                Ok(Some(found.into_iter().filter_map(|found| Some(found.id.0?.into())).collect()))
            }
            // Not every token may search contacts.
            Err(fault)
                if matches!(fault.kind, FaultKind::NotFound | FaultKind::Rejected | FaultKind::Forbidden) =>
            {
                Ok(None)
            }
            Err(fault) => Err(fault),
        }
    }

    /// One call, one more for each merge that is followed, and one for each of companies and tags when the contact has
    /// any: it names neither.
    async fn contact(&self, id: &ContactId, priority: Priority) -> Result<Contact, Fault> {
        let mut id = checked("contact", &id.0)?.to_owned();
        let mut steps = 0;
        let answer = loop {
            match self.find_contact(&id, priority).await {
                Ok(answer) => break answer,
                Err(refused) => match merged_into(&refused) {
                    Some(into) if into != id && steps < MERGES => id = into,
                    Some(_) | None => return Err(refused.fault),
                },
            }
            steps += 1;
        };
        let id = id.as_str();
        let mut contact: wire::Contact = read(answer)?;
        let companies = &contact.companies;
        let unnamed = companies.has_more || companies.items.iter().any(|company| company.name.0.is_none());
        if unnamed && let Some(named) = self.sublist(id, "companies", priority).await? {
            contact.companies = named;
        }
        let tags = &contact.tags;
        let unnamed = tags.has_more || tags.items.iter().any(|tag| tag.name.0.is_none());
        if unnamed && let Some(named) = self.sublist(id, "tags", priority).await? {
            contact.tags = named;
        }
        map::contact(contact).ok_or_else(|| unreadable("it is not a contact"))
    }

    async fn perform(
        &self,
        conversation: &ConversationId,
        action: &ActionKind,
        actor: &AdminId,
        fresh_until: Instant,
    ) -> Result<Conversation, NotPerformed> {
        let (call, body) = request(action, checked("teammate", &actor.0)?)?;
        let id = checked("conversation", &conversation.0)?;
        let path = ["conversations", id, call];
        // The turn comes first: a wait for budget must not pass between looking at the time and calling. A machine
        // that sleeps stops the one clock and not the other, so both are looked at.
        let left = fresh_until.saturating_duration_since(Instant::now());
        let asked_at = self.transport.now();
        let permit = self.transport.turn(Priority::Person).await;
        let waited = u128::try_from(self.transport.now().ms_since(asked_at)).unwrap_or_default();
        if Instant::now() > fresh_until || waited > left.as_millis() {
            return Err(NotPerformed::Stale);
        }
        let call = Call::post("the conversation", &path, body);
        let answer = self.transport.call_with(call, permit.as_ref()).await?;
        Ok(self.read_conversation(answer, Bodies::Html)?)
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
