//! The two large collections of a world, found by what they are asked for without looking at every entry.
//!
//! Both hand out their entries for change and note that they did; `settle` brings the indexes up to date afterwards.
//! [`World`](super::World) settles after each act, so what reads see is always in order.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::RangeInclusive;

use super::{Contact, Conversation};
use crate::script::Role;

/// A span of time in seconds, its ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Span {
    pub(crate) const ALWAYS: Self = Self { from: i64::MIN, to: i64::MAX };

    pub(crate) fn and(self, other: Self) -> Self {
        Self { from: self.from.max(other.from), to: self.to.min(other.to) }
    }

    /// Where it lies among changes; nowhere when it ends before it begins.
    fn places(self) -> Option<RangeInclusive<(i64, u64)>> {
        (self.from <= self.to).then_some((self.from, u64::MIN)..=(self.to, u64::MAX))
    }
}

/// All conversations by their ids, and in the order of their last change.
#[derive(Debug, Default)]
pub(crate) struct Conversations {
    by_id: BTreeMap<u64, Conversation>,
    by_change: BTreeSet<(i64, u64)>,
    changed_at: BTreeMap<u64, i64>,
    touched: Vec<u64>,
}

impl Conversations {
    pub(crate) fn get(&self, id: u64) -> Option<&Conversation> {
        self.by_id.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: u64) -> Option<&mut Conversation> {
        let found = self.by_id.get_mut(&id);
        if found.is_some() && self.touched.last() != Some(&id) {
            self.touched.push(id);
        }
        found
    }

    pub(crate) fn contains_key(&self, id: u64) -> bool {
        self.by_id.contains_key(&id)
    }

    pub(crate) fn insert(&mut self, id: u64, conversation: Conversation) {
        self.by_id.insert(id, conversation);
        self.touched.push(id);
    }

    pub(crate) fn remove(&mut self, id: u64) -> Option<Conversation> {
        self.touched.push(id);
        self.by_id.remove(&id)
    }

    pub(crate) fn values(&self) -> impl Iterator<Item = &Conversation> {
        self.by_id.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Those that changed last within a span of time, newest first.
    pub(crate) fn newest_first(&self, within: Span) -> impl Iterator<Item = &Conversation> {
        let places = within.places().map(|places| self.by_change.range(places));
        places.into_iter().flatten().rev().filter_map(|(_, id)| self.by_id.get(id))
    }

    /// How many changed last within a span of time.
    pub(crate) fn count_within(&self, within: Span) -> usize {
        within.places().map_or(0, |places| self.by_change.range(places).count())
    }

    pub(super) fn settle(&mut self) {
        for id in std::mem::take(&mut self.touched) {
            let at = self.by_id.get(&id).map(|conversation| conversation.updated_at);
            let before = match at {
                Some(at) => self.changed_at.insert(id, at),
                None => self.changed_at.remove(&id),
            };
            if before == at {
                continue;
            }
            if let Some(before) = before {
                self.by_change.remove(&(before, id));
            }
            if let Some(at) = at {
                self.by_change.insert((at, id));
            }
        }
    }
}

/// All contacts in the order they were met, and by id, e-mail, external id and company.
#[derive(Debug, Default)]
pub(crate) struct Contacts {
    met: u64,
    by_serial: BTreeMap<u64, Contact>,
    serials: BTreeMap<String, u64>,
    by_email: BTreeMap<String, BTreeSet<u64>>,
    by_external_id: BTreeMap<String, BTreeSet<u64>>,
    by_company: BTreeMap<String, BTreeSet<u64>>,
    keys: BTreeMap<u64, Keys>,
    touched: BTreeSet<u64>,
    search: SearchIndex,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Keys {
    email: Option<String>,
    external_id: Option<String>,
    company_ids: Vec<String>,
}

/// What searches see when they lag behind: contacts as they were some time ago.
#[derive(Debug, Default)]
struct SearchIndex {
    lag_ms: i64,
    seen: BTreeMap<u64, Contact>,
    /// Changes on their way, with the time they were made at.
    coming: VecDeque<(i64, u64, Option<Contact>)>,
}

impl Contacts {
    pub(crate) fn push(&mut self, contact: Contact) {
        self.met += 1;
        self.serials.insert(contact.id.clone(), self.met);
        self.by_serial.insert(self.met, contact);
        self.touched.insert(self.met);
        self.index(self.met);
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Contact> {
        self.by_serial.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.by_serial.len()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Contact> {
        self.by_serial.get(self.serials.get(id)?)
    }

    /// For changes. One to an e-mail, an external id or a company is found by it after `settle`.
    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Contact> {
        let serial = *self.serials.get(id)?;
        self.touched.insert(serial);
        self.by_serial.get_mut(&serial)
    }

    pub(crate) fn remove(&mut self, id: &str) -> Option<Contact> {
        let serial = self.serials.remove(id)?;
        let removed = self.by_serial.remove(&serial);
        self.touched.insert(serial);
        self.index(serial);
        removed
    }

    /// Users come before leads, because an e-mail of a user is unique.
    pub(crate) fn of_email(&self, email: &str) -> Option<&Contact> {
        let of_role = |role| self.all_of_email(email).find(move |contact| contact.role == role);
        of_role(Role::User).or_else(|| of_role(Role::Lead))
    }

    pub(crate) fn all_of_email(&self, email: &str) -> impl Iterator<Item = &Contact> {
        self.listed(self.by_email.get(&email.to_ascii_lowercase()))
    }

    pub(crate) fn all_of_external_id(&self, external_id: &str) -> impl Iterator<Item = &Contact> {
        self.listed(self.by_external_id.get(external_id))
    }

    pub(crate) fn of_company(&self, company_id: &str) -> impl Iterator<Item = &Contact> {
        self.listed(self.by_company.get(company_id))
    }

    pub(crate) fn count_of_company(&self, company_id: &str) -> usize {
        self.by_company.get(company_id).map_or(0, BTreeSet::len)
    }

    fn listed<'a>(&'a self, serials: Option<&'a BTreeSet<u64>>) -> impl Iterator<Item = &'a Contact> {
        serials.into_iter().flatten().filter_map(|serial| self.by_serial.get(serial))
    }

    /// Lets searches see changes `lag_ms` after they were made; 0 at once.
    pub(super) fn lag_searches(&mut self, lag_ms: i64) {
        let was = std::mem::replace(&mut self.search.lag_ms, lag_ms);
        if was == 0 && lag_ms > 0 {
            self.search.seen.clone_from(&self.by_serial);
        }
        if lag_ms == 0 {
            self.search = SearchIndex::default();
        }
    }

    pub(crate) fn search_lag_ms(&self) -> i64 {
        self.search.lag_ms
    }

    /// Lets searches see what has become visible by now.
    pub(crate) fn refresh_search(&mut self, now_ms: i64) {
        let search = &mut self.search;
        let visible_from = now_ms - search.lag_ms;
        while search.coming.front().is_some_and(|(at_ms, ..)| *at_ms <= visible_from) {
            match search.coming.pop_front() {
                Some((_, serial, Some(contact))) => drop(search.seen.insert(serial, contact)),
                Some((_, serial, None)) => drop(search.seen.remove(&serial)),
                None => {}
            }
        }
    }

    /// What a search goes through.
    pub(crate) fn searchable(&self) -> impl Iterator<Item = &Contact> {
        let contacts = if self.search.lag_ms == 0 { &self.by_serial } else { &self.search.seen };
        contacts.values()
    }

    pub(super) fn settle(&mut self, now_ms: i64) {
        for serial in std::mem::take(&mut self.touched) {
            self.index(serial);
            if self.search.lag_ms > 0 {
                self.search.coming.push_back((now_ms, serial, self.by_serial.get(&serial).cloned()));
            }
        }
    }

    fn index(&mut self, serial: u64) {
        let keys = self.by_serial.get(&serial).map(Keys::of).unwrap_or_default();
        if self.keys.get(&serial) == Some(&keys) {
            return;
        }
        if let Some(old) = self.keys.remove(&serial) {
            take_from(&mut self.by_email, old.email, serial);
            take_from(&mut self.by_external_id, old.external_id, serial);
            take_from(&mut self.by_company, old.company_ids, serial);
        }
        if !self.by_serial.contains_key(&serial) {
            return;
        }
        put_into(&mut self.by_email, &keys.email, serial);
        put_into(&mut self.by_external_id, &keys.external_id, serial);
        put_into(&mut self.by_company, &keys.company_ids, serial);
        self.keys.insert(serial, keys);
    }
}

impl Keys {
    fn of(contact: &Contact) -> Self {
        Self {
            email: contact.email.as_deref().map(str::to_ascii_lowercase),
            external_id: contact.external_id.clone(),
            company_ids: contact.company_ids.clone(),
        }
    }
}

type Index = BTreeMap<String, BTreeSet<u64>>;

fn put_into<'a>(index: &mut Index, keys: impl IntoIterator<Item = &'a String>, serial: u64) {
    for key in keys {
        index.entry(key.clone()).or_default().insert(serial);
    }
}

fn take_from(index: &mut Index, keys: impl IntoIterator<Item = String>, serial: u64) {
    for key in keys {
        if let Some(serials) = index.get_mut(&key) {
            serials.remove(&serial);
            if serials.is_empty() {
                index.remove(&key);
            }
        }
    }
}
