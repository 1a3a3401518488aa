//! Going through a search, and fetching what of it is not here yet.

use super::cursor::{Item, Passes, Verdict};
use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::{Helpdesk as _, Priority};
use domain::{Conversation, ConversationId, ConversationStatus, Fault, FaultKind, Timestamp};
use futures::StreamExt as _;
use std::cmp::Ordering;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::time::{Duration, Instant};
use store::UnreadConversation;

/// Conversations fetched side by side: as many as the budget lets go at a time.
const fn side_by_side(priority: Priority) -> usize {
    match priority {
        Priority::Person | Priority::Ingest => 16,
        Priority::Backfill => 8,
    }
}
/// Conversations written to one commit at most.
const BATCH: usize = 16;
/// A transaction that nobody waits for is ended after so long, for those who wait.
const TURN: Duration = Duration::from_millis(10);
/// A copy fetched so soon after its last change, in milliseconds, may lack what was done in the same second: times of
/// the helpdesk are whole seconds.
const SAME_SECOND_MS: i64 = 2_000;
/// Progress is told at most so often.
const PROGRESS_EVERY: Duration = Duration::from_millis(400);
/// Runs in a row that may end at the same conversation. After that it is left out, and told of.
const STUMBLES: u32 = 4;
/// A change is told by a delivery within this time, or not at all, milliseconds.
const TOLD_WITHIN_MS: i64 = 90_000;

/// What to search for: conversations last changed between two times of the helpdesk's clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
    pub(super) priority: Priority,
}

/// A search gone through.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Swept {
    /// When the last pass began, by the clock here.
    pub(super) began_at: Timestamp,
    /// Everything up to this time of the helpdesk's was seen.
    pub(super) complete_until: Option<Timestamp>,
    /// Conversations listed.
    pub(super) listed: u32,
    /// Of those fetched, changed so long ago that a delivery should have told of them.
    pub(super) untold: u32,
}

/// How what is kept of a conversation stands to its last change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is what was last changed, or newer.
    Known,
    /// It may be half of the last change.
    Doubtful,
    /// There is none, or it is older.
    Older,
}

/// One pass over a search.
#[derive(Debug, Default)]
pub(super) struct Listed {
    pub(super) items: Vec<Item>,
    pages: u32,
    /// How many there are, when the helpdesk says.
    pub(super) total: Option<u32>,
}

/// The age of the youngest copy that was ever fetched, milliseconds: by so much the clock here is ahead of the
/// helpdesk's at most.
#[derive(Debug)]
pub(crate) struct Youngest(AtomicI64);

impl Default for Youngest {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MAX))
    }
}

impl Youngest {
    fn note(&self, age_ms: i64) {
        self.0.fetch_min(age_ms, Relaxed);
    }

    fn get(&self) -> i64 {
        let age = self.0.load(Relaxed);
        if age == i64::MAX { 0 } else { age }
    }

    /// The clock here was set: what was known of it is void.
    pub(super) fn forget(&self) {
        self.0.store(i64::MAX, Relaxed);
    }
}

impl Workspace {
    /// Goes through a search until it is complete, and fetches what is not here as it was last changed. Ends with
    /// an error when something could not be fetched, and with nothing when `go_on` says no more.
    pub(super) async fn sweep(
        &self,
        search: &Search,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<Option<Swept>, EngineError> {
        let mut passes = Passes::default();
        let mut swept = Swept::default();
        loop {
            swept.began_at = self.clock.now();
            let listed = self.list(search).await?;
            let (fresh, verdict) = passes.take(listed.items, listed.pages);
            // Helpdesks round the ends of what they are asked for.
            let asked_for = fresh.iter().filter(|(_, at)| (search.from..search.until).contains(at));
            swept.listed = swept.listed.saturating_add(count(asked_for.count()));
            let mut wanted = Vec::new();
            for (id, updated_at) in fresh {
                let kept = self.kept_copy(&id, updated_at).await?;
                // A copy that is only doubted was told of, or found before.
                let is_late = swept.began_at.ms_since(updated_at) > TOLD_WITHIN_MS;
                swept.untold += u32::from(is_late && kept == Kept::Older);
                if kept != Kept::Known {
                    wanted.push(id);
                }
            }
            if !self.fetch_all(wanted, search.priority, go_on).await? {
                return Ok(None);
            }
            match verdict {
                Verdict::Again => {}
                Verdict::Complete(until) => {
                    swept.complete_until = until;
                    return Ok(Some(swept));
                }
                Verdict::Restless => {
                    let message = "The list of changed conversations moved faster than it could be read";
                    return Err(Fault::new(FaultKind::Unavailable, message).into());
                }
            }
        }
    }

    /// Reads a search to its end once.
    pub(super) async fn list(&self, search: &Search) -> Result<Listed, EngineError> {
        let mut listed = Listed::default();
        let mut after: Option<String> = None;
        loop {
            let page = self
                .helpdesk
                .conversations_changed(search.from, search.until, after.as_deref(), search.priority)
                .await?;
            listed.items.extend(page.items);
            listed.pages += 1;
            listed.total = listed.total.or(page.total);
            match page.next {
                Some(next) if after.as_ref() != Some(&next) => after = Some(next),
                Some(_) | None => return Ok(listed),
            }
        }
    }

    /// How what is kept of a conversation stands to its last change. A copy fetched within the second of that change
    /// may be half of it, so one that may have been is not taken for known.
    ///
    /// Fetched when is told by the clock here, changed when by the helpdesk's. How far they are apart is not known,
    /// but no copy can be younger than its fetching, so the youngest copy ever seen bounds it.
    pub(super) async fn kept_copy(
        &self,
        id: &ConversationId,
        updated_at: Timestamp,
    ) -> Result<Kept, EngineError> {
        let Some((kept, seen_at)) = self.store.find_conversation_times(id).await? else {
            return Ok(Kept::Older);
        };
        let age = seen_at.ms_since(kept).saturating_sub(self.catch_up.youngest.get());
        Ok(match kept.cmp(&updated_at) {
            Ordering::Greater => Kept::Known,
            Ordering::Equal if age >= SAME_SECOND_MS => Kept::Known,
            Ordering::Equal => Kept::Doubtful,
            Ordering::Less => Kept::Older,
        })
    }

    /// Fetches conversations side by side and takes them in. False when `go_on` ended it before all were fetched.
    pub(super) async fn fetch_all(
        &self,
        ids: Vec<ConversationId>,
        priority: Priority,
        go_on: &(dyn Fn() -> bool + Sync),
    ) -> Result<bool, EngineError> {
        self.note_found(priority, count(ids.len()));
        let mut fetched = futures::stream::iter(ids)
            .take_while(|_| futures::future::ready(go_on()))
            .map(|id| async move {
                let read = self.read_conversation(&id, priority).await;
                (id, read)
            })
            .buffer_unordered(side_by_side(priority))
            .ready_chunks(BATCH);
        while let Some(batch) = fetched.next().await {
            let size = count(batch.len());
            let mut conversations = Vec::new();
            let mut outcome = Ok(());
            for (id, read) in batch {
                let settled = match read {
                    Ok(conversation) => {
                        conversations.push(conversation);
                        Ok(())
                    }
                    // Deleted since it was listed.
                    Err(EngineError::Vendor(fault)) if fault.kind == FaultKind::NotFound => {
                        self.read_after_all(&id).await
                    }
                    Err(EngineError::Vendor(fault)) => self.stumble(&id, fault).await,
                    Err(error) => Err(error),
                };
                outcome = outcome.and(settled);
            }
            // What came is kept, whatever became of the others.
            self.take_in_behind(&conversations, priority).await?;
            self.note_fetched(priority, size);
            outcome?;
        }
        Ok(go_on())
    }

    /// Takes in what was fetched, in short transactions behind those that somebody waits for.
    async fn take_in_behind(
        &self,
        conversations: &[Conversation],
        priority: Priority,
    ) -> Result<(), EngineError> {
        for conversation in conversations {
            self.note_fetched_copy(conversation);
        }
        let mut rest = conversations;
        while !rest.is_empty() {
            let now = self.clock.now();
            let mut began: Option<Instant> = None;
            let enough = || began.get_or_insert_with(Instant::now).elapsed() >= TURN;
            let kept = self.store.upsert_conversations_behind(rest, now, enough).await?;
            rest = rest.get(kept.max(1)..).unwrap_or_default();
        }
        match priority {
            Priority::Person | Priority::Ingest => {
                let ids =
                    conversations.iter().map(|conversation| format!("conversation:{}", conversation.id));
                self.events.changed(ids.chain(["conversations".to_owned()]));
            }
            // Nobody looks at one that was not here yet, and there are thousands.
            Priority::Backfill => {}
        }
        for conversation in conversations {
            self.read_after_all(&conversation.id).await?;
            let waits = conversation.status == ConversationStatus::Open;
            if waits || self.has_suggestion(&conversation.id).await? {
                // Parts that appear while an action is being performed may be our own; the outbox looks afterwards.
                if !self.conversations.is_acting(&conversation.id) {
                    self.reconsider(&conversation.id).await?;
                }
            }
            if let Some(contact) = conversation.contact_ids.first().filter(|_| waits) {
                self.catch_up.contacts.want(contact);
            }
        }
        Ok(())
    }

    async fn has_suggestion(&self, id: &ConversationId) -> Result<bool, EngineError> {
        let newest = self.store.find_newest_suggestion(id).await?;
        Ok(newest.is_some_and(|suggestion| suggestion.state.is_open()))
    }

    /// A conversation could not be read. Passes on what the next call would meet as well; what is wrong with this
    /// one alone is remembered, so that it does not hold up all others.
    async fn stumble(&self, id: &ConversationId, fault: Fault) -> Result<(), EngineError> {
        let is_its_own = match fault.kind {
            FaultKind::Rejected | FaultKind::NotFound => true,
            FaultKind::Unavailable | FaultKind::NoAnswer | FaultKind::Unreadable => {
                let mut stumbles = self.catch_up.stumbles.lock().unwrap_or_else(PoisonError::into_inner);
                let count = stumbles.entry(id.clone()).or_default();
                *count += 1;
                *count >= STUMBLES
            }
            FaultKind::Unauthorized
            | FaultKind::Forbidden
            | FaultKind::RateLimited
            | FaultKind::Unreachable
            | FaultKind::NoSecret => false,
        };
        if !is_its_own {
            tracing::warn!(conversation.id = %id, fault.kind = ?fault.kind, "A conversation could not be read");
            return Err(fault.into());
        }
        tracing::error!(conversation.id = %id, fault.kind = ?fault.kind, "A conversation is left out");
        let unread = UnreadConversation {
            conversation_id: id.clone(),
            since: self.clock.now(),
            reason: fault.sentence(),
        };
        self.store.upsert_unread_conversation(&unread).await?;
        Ok(())
    }

    /// A conversation was read, or is no more.
    async fn read_after_all(&self, id: &ConversationId) -> Result<(), EngineError> {
        let stumbled =
            self.catch_up.stumbles.lock().unwrap_or_else(PoisonError::into_inner).remove(id).is_some();
        // The list is empty but for the rarest of cases: a look is cheaper than a write.
        if stumbled || self.store.is_unread_conversation(id).await? {
            self.store.remove_unread_conversation(id).await?;
        }
        Ok(())
    }

    /// Notes how old a copy was when it was fetched.
    pub(crate) fn note_fetched_copy(&self, conversation: &Conversation) {
        self.catch_up.youngest.note(self.clock.now().ms_since(conversation.updated_at));
    }

    fn note_found(&self, priority: Priority, found: u32) {
        match priority {
            Priority::Person | Priority::Ingest => {
                if let Some(running) = &mut self.catch_up.status().running {
                    running.found = running.found.saturating_add(found);
                }
            }
            Priority::Backfill => {}
        }
        self.tell_progress(priority);
    }

    fn note_fetched(&self, priority: Priority, fetched: u32) {
        match priority {
            Priority::Person | Priority::Ingest => {
                if let Some(running) = &mut self.catch_up.status().running {
                    running.fetched = running.fetched.saturating_add(fetched);
                }
            }
            Priority::Backfill => self.catch_up.filling.fetched(fetched),
        }
        self.tell_progress(priority);
    }

    /// Tells of progress, a few times a second at most.
    fn tell_progress(&self, priority: Priority) {
        let mut told = self.catch_up.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        if told.is_some_and(|at| at.elapsed() < PROGRESS_EVERY) {
            return;
        }
        *told = Some(Instant::now());
        drop(told);
        match priority {
            Priority::Person | Priority::Ingest => self.events.changed(["coverage"]),
            Priority::Backfill => self.events.changed(["coverage", "conversations"]),
        }
    }
}

pub(super) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
