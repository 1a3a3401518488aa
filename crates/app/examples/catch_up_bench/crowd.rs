//! A helpdesk in memory with very many conversations, behind the real budget of calls.

use async_trait::async_trait;
use domain::ports::{Budget, Clock, ConversationPage, Helpdesk, NotPerformed, Priority};
use domain::{
    ActionKind, Admin, AdminId, Author, AuthorKind, Contact, ContactId, Conversation, ConversationId,
    ConversationStatus, Fault, FaultKind, Identity, Part, PartId, Team, Timestamp,
};
use intercom::limiter::{Limiter, Permit};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Conversations to a page, as at Intercom.
const PAGE: i64 = 150;
/// A call takes so long.
const LATENCY: Duration = Duration::from_millis(15);
/// Open conversations, the oldest of all.
pub(crate) const OPEN: i64 = 400;

/// A call for a person: which conversation, whether it writes, when it left.
pub(crate) type PersonsCall = (ConversationId, bool, f64);

#[derive(Debug)]
pub(crate) struct Crowd {
    limiter: Option<Limiter>,
    clock: Arc<dyn Clock>,
    /// The last change of the newest.
    newest: Timestamp,
    number: i64,
    /// Milliseconds between two.
    apart: i64,
    persons: Mutex<Vec<PersonsCall>>,
    performed: Mutex<Vec<(ConversationId, Part)>>,
}

impl Crowd {
    /// So many conversations, spread over thirty days.
    pub(crate) fn new(number: i64, clock: Arc<dyn Clock>, limiter: Option<Limiter>) -> Self {
        let apart = 30 * 24 * 3_600_000 / (number + 1);
        let newest = Timestamp::from_seconds(clock.now().seconds() - 60);
        let (persons, performed) = (Mutex::default(), Mutex::default());
        Self { limiter, clock, newest, number, apart, persons, performed }
    }

    pub(crate) fn take_persons_calls(&self) -> Vec<PersonsCall> {
        std::mem::take(&mut self.persons.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn updated_at(&self, n: i64) -> Timestamp {
        Timestamp::from_seconds(self.newest.plus_ms(-n * self.apart).seconds())
    }

    fn is_open(&self, n: i64) -> bool {
        n >= self.number - OPEN
    }

    /// The turn in the budget, and the time on the way.
    async fn call(&self, priority: Priority) {
        let permit = self.turn(priority).await;
        tokio::time::sleep(LATENCY).await;
        drop(permit);
    }

    /// The same for a call whose moment of leaving counts.
    async fn persons_call(&self, id: &ConversationId, writes: bool) {
        let permit = self.turn(Priority::Person).await;
        self.note(id, writes);
        tokio::time::sleep(LATENCY).await;
        drop(permit);
    }

    async fn turn(&self, priority: Priority) -> Option<Permit> {
        match &self.limiter {
            Some(limiter) => Some(limiter.acquire(priority).await),
            None => None,
        }
    }

    fn note(&self, id: &ConversationId, writes: bool) {
        let at = std::time::UNIX_EPOCH.elapsed().unwrap_or_default().as_secs_f64() * 1000.0;
        self.persons.lock().unwrap_or_else(PoisonError::into_inner).push((id.clone(), writes, at));
    }

    fn build(&self, id: &ConversationId) -> Result<Conversation, Fault> {
        let n: i64 = id.0.parse().map_err(|_| Fault::new(FaultKind::NotFound, "no such conversation"))?;
        let updated_at = self.updated_at(n);
        let is_open = self.is_open(n);
        let text =
            "I was charged twice for the same order this month and would like the second payment back. ";
        let mut parts: Vec<Part> = (0..5)
            .map(|place| Part {
                id: PartId(format!("{n}-{place}")),
                kind: if place == 0 { "source" } else { "comment" }.to_owned(),
                author: Author {
                    kind: if place % 2 == 0 { AuthorKind::Contact } else { AuthorKind::Admin },
                    id: if place % 2 == 0 { format!("c{n}") } else { "2".to_owned() },
                    name: Some(format!("Somebody {n}")),
                    email: Some(format!("somebody{n}@mail.example.com")),
                },
                text: Some(format!("{} {n} {place}", text.repeat(3))),
                attachments: vec![],
                assigned_to: None,
                created_at: updated_at.plus_ms((place - 4) * 60_000),
                redacted: false,
            })
            .collect();
        let performed = self.performed.lock().unwrap_or_else(PoisonError::into_inner);
        parts.extend(performed.iter().filter(|(of, _)| of == id).map(|(_, part)| part.clone()));
        Ok(Conversation {
            id: id.clone(),
            subject: Some(format!("Order {n}")),
            channel: "email".to_owned(),
            status: if is_open { ConversationStatus::Open } else { ConversationStatus::Closed },
            admin_assignee: None,
            team_assignee: None,
            contact_ids: vec![ContactId(format!("c{n}"))],
            tags: vec![],
            priority: None,
            created_at: updated_at.plus_ms(-240_000),
            updated_at,
            waiting_since: None,
            snoozed_until: None,
            total_parts: u32::try_from(parts.len()).unwrap_or(0),
            parts,
        })
    }

    fn page(&self, from: i64, until: i64, after: Option<&str>) -> ConversationPage {
        let start = after.and_then(|after| after.parse().ok()).unwrap_or(from);
        let end = (start + PAGE).min(until);
        ConversationPage {
            items: (start..end).map(|n| (ConversationId(n.to_string()), self.updated_at(n))).collect(),
            next: (end < until).then(|| end.to_string()),
            total: u32::try_from(until - from).ok(),
        }
    }
}

#[async_trait]
impl Helpdesk for Crowd {
    async fn identity(&self) -> Result<Identity, Fault> {
        Err(Fault::new(FaultKind::Rejected, "not asked here"))
    }
    async fn admins(&self) -> Result<Vec<Admin>, Fault> {
        self.call(Priority::Ingest).await;
        Ok(vec![])
    }
    async fn teams(&self) -> Result<Vec<Team>, Fault> {
        self.call(Priority::Ingest).await;
        Ok(vec![])
    }
    async fn conversation(&self, id: &ConversationId, priority: Priority) -> Result<Conversation, Fault> {
        if priority == Priority::Person {
            self.persons_call(id, false).await;
        } else {
            self.call(priority).await;
        }
        self.build(id)
    }
    async fn open_conversations(&self, after: Option<&str>, p: Priority) -> Result<ConversationPage, Fault> {
        self.call(p).await;
        Ok(self.page((self.number - OPEN).max(0), self.number, after))
    }
    async fn conversations_changed(
        &self,
        from: Timestamp,
        until: Timestamp,
        after: Option<&str>,
        priority: Priority,
    ) -> Result<ConversationPage, Fault> {
        self.call(priority).await;
        let first = (0..self.number).find(|n| self.updated_at(*n) <= until).unwrap_or(self.number);
        let last = (first..self.number).find(|n| self.updated_at(*n) < from).unwrap_or(self.number);
        Ok(self.page(first, last, after))
    }
    async fn contact(&self, _: &ContactId, priority: Priority) -> Result<Contact, Fault> {
        self.call(priority).await;
        Err(Fault::new(FaultKind::Rejected, "no contacts here"))
    }
    async fn perform(
        &self,
        id: &ConversationId,
        _: &ActionKind,
        actor: &AdminId,
        _: Instant,
    ) -> Result<Conversation, NotPerformed> {
        self.persons_call(id, true).await;
        let at = self.clock.now();
        let mut performed = self.performed.lock().unwrap_or_else(PoisonError::into_inner);
        let number = performed.len();
        let part = Part {
            id: PartId(format!("own-{number}")),
            kind: "comment".to_owned(),
            author: Author { kind: AuthorKind::Admin, id: actor.0.clone(), name: None, email: None },
            text: Some("Thank you, we look into it.".to_owned()),
            attachments: vec![],
            assigned_to: None,
            created_at: at,
            redacted: false,
        };
        performed.push((id.clone(), part));
        drop(performed);
        Ok(self.build(id)?)
    }
    fn budget(&self) -> Option<Budget> {
        None
    }
    fn web_url(&self, _: &str, _: &ConversationId) -> Option<String> {
        None
    }
}
