//! Customers who write and teammates who act in the helpdesk's own inbox: what they do, and in which order, follows
//! from the seed.

use crate::helpdesk::{Desk, act};
use anyhow::{Context as _, Result};
use rand::seq::IndexedRandom as _;
use rand::{Rng, RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use reqwest::Method;
use serde_json::{Value, json};
use simulator::Clock as _;
use std::collections::BTreeSet;

const QUESTIONS: [&str; 12] = [
    "I was charged twice this month, I want a refund of the second payment.",
    "Our whole team cannot log in since ten minutes, everything is down!",
    "How do I add a second warehouse?",
    "Please send the invoice of October again, with our new address on it.",
    "Buy followers now, best prices, click here!",
    "The export has been stuck at 40 percent for an hour. Is this known?",
    "Where can I change the language of the page?",
    "My card was declined although it is valid until 2029.",
    "URGENT: customers see each other's orders!!",
    "Could you tell me what the Business plan costs for 40 people?",
    "Thank you, this works well.",
    "The import of yesterday shows <b>wrong</b> figures & strange signs: \u{201c}\u{e4}\u{f6}\u{fc}\u{201d} \u{1f642}",
];
const FOLLOW_UPS: [&str; 5] = [
    "Any news?",
    "Hello? Is anybody there?",
    "It is worse now: nothing works any more.",
    "That did it, thank you.",
    "I have also written to you by mail.",
];

/// What people did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Done {
    pub(crate) messages: usize,
    pub(crate) acts: usize,
    pub(crate) tagged: usize,
    pub(crate) deleted: usize,
    pub(crate) redacted: usize,
    pub(crate) merged: usize,
    pub(crate) erased: usize,
    /// Wanted, and not offered by the helpdesk.
    pub(crate) not_offered: usize,
}

/// A conversation that somebody began.
#[derive(Debug, Clone)]
struct Known {
    id: u64,
    email: String,
}

/// Everybody outside of the consoles.
#[derive(Debug)]
pub(crate) struct People {
    random: ChaCha8Rng,
    wanted: usize,
    known: Vec<Known>,
    customers: usize,
    pub(crate) done: Done,
    /// The contacts that are gone: deleted, or merged into others.
    pub(crate) gone_contacts: Vec<String>,
    /// Conversations of people who were deleted: their words are erased here, whatever the helpdesk still shows.
    pub(crate) of_erased: BTreeSet<u64>,
}

impl People {
    pub(crate) fn new(seed: u64, conversations: u32) -> Self {
        let wanted = conversations as usize;
        Self {
            random: ChaCha8Rng::seed_from_u64(seed ^ 0x70_65_6f),
            wanted,
            known: Vec::with_capacity(wanted),
            customers: (wanted / 3).max(4),
            done: Done::default(),
            gone_contacts: Vec::new(),
            of_erased: BTreeSet::new(),
        }
    }

    pub(crate) fn begun(&self) -> usize {
        self.known.len()
    }

    pub(crate) const fn wanted(&self) -> usize {
        self.wanted
    }

    /// Every conversation that ever was.
    pub(crate) fn conversations(&self) -> Vec<u64> {
        self.known.iter().map(|known| known.id).collect()
    }

    /// Writes a past: so many conversations before any console looks.
    pub(crate) async fn write_past(&mut self, desk: &Desk, count: usize) -> Result<()> {
        while self.known.len() < count {
            self.arrive(desk).await?;
            if self.random.random_bool(0.4) {
                self.act(desk).await;
            }
        }
        Ok(())
    }

    /// One thing that somebody does, `still` things before the end of the run.
    pub(crate) async fn live(&mut self, desk: &Desk, still: usize) -> Result<()> {
        let missing = self.wanted.saturating_sub(self.known.len());
        // As many arrivals as it takes to have them all in the end.
        if missing > 0 && self.random.random_range(0..still.max(1)) < missing {
            return self.arrive(desk).await;
        }
        match self.random.random_range(0..100) {
            0..45 => self.write_again(desk).await,
            45..92 => self.act(desk).await,
            92..96 => self.tag(desk).await,
            96 => self.delete(desk).await,
            97 => self.redact(desk).await,
            98 => self.merge(desk).await,
            _ => self.erase(desk).await,
        }
        Ok(())
    }

    /// Somebody acts on one of these conversations, at this very moment.
    pub(crate) fn meddle(&mut self, desk: &Desk, among: &[u64]) -> Option<(String, Value)> {
        let id = *among.choose(&mut self.random)?;
        if self.random.random_bool(0.5)
            && let Some(known) = self.known.iter().find(|known| known.id == id)
        {
            self.done.messages += 1;
            return Some((
                "messages".to_owned(),
                said(&known.email, id, "One more thing, before you answer."),
            ));
        }
        self.done.acts += 1;
        Some(("teammate".to_owned(), self.some_act(desk, id)?))
    }

    /// More parts than the helpdesk lists of one conversation.
    pub(crate) async fn overflow(&mut self, desk: &Desk, parts: usize) {
        let (Some(known), Some(admin)) = (self.known.choose(&mut self.random), desk.teammates.first()) else {
            return;
        };
        let id = known.id;
        for number in 0..parts {
            let mut note = act(admin, id, "note");
            set(&mut note, "body", format!("Note {number} of many").into());
            if desk.try_play("teammate", note).await.is_some() {
                self.done.acts += 1;
            }
        }
    }

    async fn arrive(&mut self, desk: &Desk) -> Result<()> {
        let number = self.random.random_range(0..self.customers);
        let email = format!("customer{number}@shop.example");
        let text = QUESTIONS.choose(&mut self.random).copied().unwrap_or("Hello");
        let serial = self.known.len();
        let mut body = json!({
            "email": email,
            "name": format!("Customer {number}"),
            "body": format!("{text} (number {serial})"),
        });
        if self.random.random_bool(0.3) {
            set(&mut body, "subject", format!("Question {serial}").into());
        }
        let answer = desk.play("messages", body).await?;
        let id = answer.get("conversation_id").and_then(Value::as_str).and_then(|id| id.parse().ok());
        self.known.push(Known { id: id.context("A conversation without an id")?, email });
        self.done.messages += 1;
        Ok(())
    }

    /// Newer conversations are written to more often.
    fn choose(&mut self) -> Option<Known> {
        let newest = self.known.len().checked_sub(1)?;
        let back = if self.random.random_bool(0.7) { 60.min(newest) } else { newest };
        let place = newest - self.random.random_range(0..=back);
        self.known.get(place).cloned()
    }

    async fn write_again(&mut self, desk: &Desk) {
        let Some(known) = self.choose() else { return };
        let text = FOLLOW_UPS.choose(&mut self.random).copied().unwrap_or("Hello");
        let serial = self.done.messages;
        let body = said(&known.email, known.id, &format!("{text} (again {serial})"));
        if desk.try_play("messages", body).await.is_some() {
            self.done.messages += 1;
        }
    }

    async fn act(&mut self, desk: &Desk) {
        let Some(known) = self.choose() else { return };
        let Some(body) = self.some_act(desk, known.id) else { return };
        if desk.try_play("teammate", body).await.is_some() {
            self.done.acts += 1;
        }
    }

    fn some_act(&mut self, desk: &Desk, id: u64) -> Option<Value> {
        let admin = desk.teammates.choose(&mut self.random)?.clone();
        let serial = self.done.acts;
        Some(match self.random.random_range(0..12) {
            0..3 => {
                let mut body = act(&admin, id, "reply");
                set(&mut body, "body", format!("We are looking into it. (by hand {serial})").into());
                body
            }
            3..5 => {
                let mut body = act(&admin, id, "note");
                set(&mut body, "body", format!("A note by hand {serial}").into());
                body
            }
            5..8 => {
                let mut body = act(&admin, id, "assign");
                let to_team = self.random.random_bool(0.6);
                let (kind, among) = if to_team { ("team", &desk.teams) } else { ("admin", &desk.teammates) };
                let nobody = "0".to_owned();
                let assignee =
                    if self.random.random_bool(0.1) { &nobody } else { among.choose(&mut self.random)? };
                set(&mut body, "assignee_id", assignee.as_str().into());
                set(&mut body, "assignee_type", kind.into());
                body
            }
            8..10 => act(&admin, id, "close"),
            10 => {
                let mut body = act(&admin, id, "snooze");
                let until = desk.clock.now_ms() / 1000 + self.random.random_range(300..40_000);
                set(&mut body, "snoozed_until", until.into());
                body
            }
            _ => act(&admin, id, "open"),
        })
    }

    /// Something of which no webhook tells.
    async fn tag(&mut self, desk: &Desk) {
        let (Some(known), Some(admin)) = (self.choose(), desk.teammates.first()) else { return };
        let Some(tag) = desk.tags.choose(&mut self.random) else { return };
        let body = json!({ "id": tag, "admin_id": admin });
        let tagged = desk.call(Method::POST, &format!("/conversations/{}/tags", known.id), body).await;
        self.count(tagged.is_some(), |done| &mut done.tagged);
    }

    async fn delete(&mut self, desk: &Desk) {
        let Some(known) = self.choose() else { return };
        let deleted = desk.call(Method::DELETE, &format!("/conversations/{}", known.id), json!({})).await;
        self.count(deleted.is_some(), |done| &mut done.deleted);
    }

    async fn redact(&mut self, desk: &Desk) {
        let Some(known) = self.choose() else { return };
        let Ok(Some(conversation)) = desk.find(&format!("/conversations/{}", known.id)).await else { return };
        let parts = conversation.pointer("/conversation_parts/conversation_parts").and_then(Value::as_array);
        let words = parts.into_iter().flatten().filter(|part| part.get("body").is_some_and(Value::is_string));
        let ids: Vec<&str> = words.filter_map(|part| part.get("id")?.as_str()).collect();
        let body = match ids.choose(&mut self.random) {
            Some(part) => json!({
                "type": "conversation_part",
                "conversation_id": known.id.to_string(),
                "conversation_part_id": part,
            }),
            None => json!({
                "type": "source",
                "conversation_id": known.id.to_string(),
                "source_id": conversation.pointer("/source/id"),
            }),
        };
        let redacted = desk.call(Method::POST, "/conversations/redact", body).await;
        self.count(redacted.is_some(), |done| &mut done.redacted);
    }

    /// A lead who wrote under an address of its own turns out to be somebody known.
    async fn merge(&mut self, desk: &Desk) {
        let Some(known) = self.choose() else { return };
        let serial = self.done.messages;
        let lead =
            json!({ "role": "lead", "name": "Somebody", "email": format!("lead{serial}@shop.example") });
        let Some(lead) = desk.call(Method::POST, "/contacts", lead).await else { return };
        let Some(lead) = lead.get("id").and_then(Value::as_str).map(str::to_owned) else { return };
        let begin =
            json!({ "from": { "type": "lead", "id": lead }, "body": "I wrote from my other address" });
        if let Some(begun) = desk.call(Method::POST, "/conversations", begin).await
            && let Some(id) =
                begun.get("conversation_id").and_then(Value::as_str).and_then(|id| id.parse().ok())
        {
            self.known.push(Known { id, email: known.email.clone() });
            self.done.messages += 1;
        }
        let Some(user) = self.contact_of(desk, &known).await else { return };
        let merge = json!({ "from": lead, "into": user, "skip_duplicate_validation": true });
        let merged = desk.call(Method::POST, "/contacts/merge", merge).await;
        if merged.is_some() {
            self.gone_contacts.push(lead);
        }
        self.count(merged.is_some(), |done| &mut done.merged);
    }

    async fn erase(&mut self, desk: &Desk) {
        let Some(known) = self.choose() else { return };
        let Some(contact) = self.contact_of(desk, &known).await else { return };
        let erased = desk.call(Method::DELETE, &format!("/contacts/{contact}"), json!({})).await;
        if erased.is_some() {
            self.gone_contacts.push(contact);
            let theirs = self.known.iter().filter(|other| other.email == known.email);
            self.of_erased.extend(theirs.map(|other| other.id));
        }
        self.count(erased.is_some(), |done| &mut done.erased);
    }

    async fn contact_of(&self, desk: &Desk, known: &Known) -> Option<String> {
        let conversation = desk.find(&format!("/conversations/{}", known.id)).await.ok()??;
        Some(conversation.pointer("/contacts/contacts/0/id")?.as_str()?.to_owned())
    }

    fn count(&mut self, happened: bool, of: fn(&mut Done) -> &mut usize) {
        let place = if happened { of(&mut self.done) } else { &mut self.done.not_offered };
        *place += 1;
    }
}

fn said(email: &str, conversation: u64, text: &str) -> Value {
    json!({ "email": email, "conversation_id": conversation.to_string(), "body": text })
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Some(members) = object.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
}

/// A number that is about `mean` on average, and never more than five times that.
pub(crate) fn about(random: &mut impl Rng, mean: f64) -> usize {
    let draw: f64 = random.random();
    (-(1.0 - draw).ln() * mean).min(mean * 5.0).round() as usize
}
