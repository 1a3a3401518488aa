//! Policies at work: each suggestion that comes in is judged once, what is automatic is held in the outbox like a
//! person's decision, and what the record no longer proves is withdrawn.
//!
//! The rules are [`triage::policy`]'s, whose input has no text. Here is what they need and what follows: the [`Book`]
//! of what is allowed and what the record shows, made anew whenever a decision changes it; the judging of what waits
//! (`judging`); the plans that are held, and what sends them back to a person (`held`); and what teammates did
//! at the helpdesk, held against silent predictions (`shadow`).
//!
//! One hand at a time makes the book, judges and changes policies. What has been judged is not judged again: a message
//! that was with a person stays there, whatever is switched on later.

mod book;
pub(crate) mod held;
mod judging;
mod mark;
pub mod shadow;
mod words;

pub use book::{ACTIONS, Book, Kept, Key};
pub use judging::Certainty;
pub use mark::Mark;
pub use words::{action_words, named};

use crate::error::EngineError;
use crate::events::{EngineNotice, Tone};
use crate::workspace::Workspace;
use domain::ports::IdSource;
use domain::{BucketId, Timestamp};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use store::{NewActivity, PolicyRow, Store};
use tokio::sync::Notify;
use triage::policy::{ActionWord, Autonomy, Policy, Switch};

/// The key in the store's `meta` of the seed that lots are drawn with.
const SEED: &str = "policies.seed";
/// The key in the store's `meta` of how far the lead's clock is ahead of UTC, minutes.
const OFFSET: &str = "policies.utc_offset_minutes";
/// The pause after the store could not be read.
const STORE_MS: i64 = 5_000;
/// No clock on earth is further from UTC, minutes.
const FARTHEST: i32 = 14 * 60;

/// What the work with policies shares.
#[derive(Debug)]
pub(crate) struct Policing {
    book: RwLock<Arc<Book>>,
    wake: Notify,
    /// The book is not what the store says.
    is_old: AtomicBool,
    working: tokio::sync::Mutex<()>,
    stopped: Arc<AtomicBool>,
    seed: u64,
    offset_minutes: AtomicI32,
}

impl Policing {
    /// Reads what belongs to the workspace; the book is empty until it is first made.
    pub(crate) async fn load(
        store: &Store,
        ids: &dyn IdSource,
        stopped: Arc<AtomicBool>,
    ) -> Result<Self, EngineError> {
        let kept = store.find_meta(SEED).await?.and_then(|text| text.parse().ok());
        let seed = if let Some(seed) = kept {
            seed
        } else {
            let (time, chance) = ids.next().as_u64_pair();
            let seed = chance ^ time.rotate_left(32);
            store.set_meta(SEED, &seed.to_string()).await?;
            seed
        };
        let offset = store.find_meta(OFFSET).await?.and_then(|text| text.parse().ok()).unwrap_or(0);
        Ok(Self {
            book: RwLock::default(),
            wake: Notify::new(),
            is_old: AtomicBool::new(true),
            working: tokio::sync::Mutex::new(()),
            stopped,
            seed,
            offset_minutes: AtomicI32::new(offset),
        })
    }

    /// Has what waits judged.
    pub(crate) fn look_soon(&self) {
        self.wake.notify_one();
    }

    /// Has the book made anew, and then what waits judged.
    pub(crate) fn record_changed(&self) {
        self.is_old.store(true, Ordering::SeqCst);
        self.wake.notify_one();
    }

    pub(crate) fn switch(&self) -> Switch {
        if self.stopped.load(Ordering::SeqCst) { Switch::Stopped } else { Switch::On }
    }

    fn book(&self) -> Arc<Book> {
        Arc::clone(&self.book.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_book(&self, book: Book) {
        *self.book.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(book);
    }

    fn offset_minutes(&self) -> i32 {
        self.offset_minutes.load(Ordering::Relaxed)
    }
}

impl Workspace {
    /// What is allowed, and what the record shows of it.
    pub fn policies(&self) -> Arc<Book> {
        self.policing.book()
    }

    /// Whether everything automatic is stopped.
    pub fn is_automatic_stopped(&self) -> bool {
        self.policing.switch() == Switch::Stopped
    }

    /// Tells how far the lead's clock is ahead of UTC: days of caps and figures go by it.
    pub async fn set_utc_offset(&self, minutes: i32) -> Result<(), EngineError> {
        let minutes = minutes.clamp(-FARTHEST, FARTHEST);
        if self.policing.offset_minutes.swap(minutes, Ordering::Relaxed) != minutes {
            self.store.set_meta(OFFSET, &minutes.to_string()).await?;
            let _working = self.policing.working.lock().await;
            self.make_book().await?;
        }
        Ok(())
    }

    /// Changes what a policy allows. Whether it may act is not changed by it.
    pub async fn set_policy(&self, policy: Policy) -> Result<(), EngineError> {
        policy.check().map_err(|fault| EngineError::BadInput(fault.to_string()))?;
        let _working = self.policing.working.lock().await;
        self.make_book_if_old().await?;
        let key = (policy.bucket_id.clone(), policy.action);
        let kept = self.kept(&key)?;
        // Whether it acts is said by `give_autonomy` alone.
        let policy = Policy { automatic: kept.policy.automatic, ..policy };
        let sentence =
            format!("Changed the policy {}", words::in_words(&policy, &self.bucket_name(&key.0).await?));
        let row = row_of(&policy, &kept.standing.autonomy, kept.given_at)?;
        self.keep_policy(row, "policy.set", sentence).await
    }

    /// A person lets a policy act, or lets it act again.
    pub async fn give_autonomy(&self, bucket: &BucketId, action: ActionWord) -> Result<(), EngineError> {
        let _working = self.policing.working.lock().await;
        self.make_book_if_old().await?;
        let key = (bucket.clone(), action);
        let kept = self.kept(&key)?;
        let policy = Policy { automatic: true, ..kept.policy };
        policy.check().map_err(|fault| EngineError::BadInput(fault.to_string()))?;
        let now = self.clock.now();
        let named = words::in_words(&policy, &self.bucket_name(bucket).await?);
        let row = row_of(&policy, &Autonomy::Given { at: now }, Some(now))?;
        self.keep_policy(row, "policy.given", format!("Let the policy act by itself: {named}")).await
    }

    /// A person withdraws autonomy. What is held under it comes back.
    pub async fn withdraw_autonomy(&self, bucket: &BucketId, action: ActionWord) -> Result<(), EngineError> {
        let _working = self.policing.working.lock().await;
        self.make_book_if_old().await?;
        let key = (bucket.clone(), action);
        let kept = self.kept(&key)?;
        if !matches!(kept.standing.autonomy, Autonomy::Given { .. }) {
            return Err(EngineError::BadInput("This policy does not act by itself.".to_owned()));
        }
        let withdrawn = kept.standing.clone().withdrawn(self.clock.now());
        let named = words::in_words(&kept.policy, &self.bucket_name(bucket).await?);
        let row = row_of(&kept.policy, &withdrawn.autonomy, kept.given_at)?;
        self.keep_policy(row, "policy.withdrawn", format!("Stopped the policy: {named}")).await
    }

    /// Everything automatic was stopped: what is held goes back to people. Returns how much that was.
    pub async fn automatic_stopped(&self) -> Result<u32, EngineError> {
        let sentence = "Stopped everything automatic";
        self.note_policy("automatic.stopped", sentence.to_owned()).await?;
        let sent_back = self.recheck_held().await;
        self.policies_told(None);
        sent_back
    }

    /// A person has started it again.
    pub async fn automatic_started(&self) -> Result<(), EngineError> {
        self.note_policy("automatic.started", "Started automatic work again".to_owned()).await?;
        self.policing.look_soon();
        self.policies_told(None);
        Ok(())
    }

    async fn keep_policy(&self, row: PolicyRow, kind: &str, sentence: String) -> Result<(), EngineError> {
        self.store.upsert_policy(&row, Some(&self.policy_entry(kind, sentence))).await?;
        self.make_book().await?;
        self.recheck_held().await?;
        self.policing.look_soon();
        self.policies_told(None);
        Ok(())
    }

    fn kept(&self, key: &Key) -> Result<Kept, EngineError> {
        self.policing.book().policies.get(key).cloned().ok_or(EngineError::NotFound("policy"))
    }

    async fn bucket_name(&self, id: &BucketId) -> Result<String, EngineError> {
        let buckets = self.store.list_buckets().await?;
        let found = buckets.into_iter().find(|bucket| bucket.id == *id);
        Ok(found.ok_or(EngineError::NotFound("bucket"))?.name)
    }

    async fn note_policy(&self, kind: &str, sentence: String) -> Result<(), EngineError> {
        self.store.insert_activity(&self.policy_entry(kind, sentence)).await?;
        Ok(())
    }

    fn policy_entry(&self, kind: &str, sentence: String) -> NewActivity {
        NewActivity {
            at: self.clock.now(),
            kind: kind.to_owned(),
            sentence,
            conversation_id: None,
            suggestion_id: None,
            decision_id: None,
            action_id: None,
        }
    }

    pub(crate) fn policies_told(&self, notice: Option<EngineNotice>) {
        let tags = ["policies", "suggestions", "activity"].map(str::to_owned).to_vec();
        match notice {
            Some(notice) => self.events.notify(tags, notice),
            None => self.events.changed(tags),
        }
    }

    async fn make_book_if_old(&self) -> Result<(), EngineError> {
        let today = book::midnight(self.clock.now(), self.policing.offset_minutes());
        // A new day has its cap whole, also where nobody has decided anything since.
        let is_old = self.policing.is_old.load(Ordering::SeqCst) || self.policing.book().day_began != today;
        if is_old { self.make_book().await } else { Ok(()) }
    }

    /// Makes the book anew, and withdraws what the record no longer bears. The caller holds `working`.
    async fn make_book(&self) -> Result<(), EngineError> {
        self.policing.is_old.store(false, Ordering::SeqCst);
        let made = async {
            let records = self.records().await?;
            book::make(&self.store, records, self.clock.now(), self.policing.offset_minutes()).await
        };
        let made = made.await.inspect_err(|_| self.policing.is_old.store(true, Ordering::SeqCst));
        let (book, revoked) = made?;
        for (key, kept) in &revoked {
            let Autonomy::Revoked { why, .. } = kept.standing.autonomy else { continue };
            let named = words::in_words(&kept.policy, &self.bucket_name(&key.0).await?);
            let row = row_of(&kept.policy, &kept.standing.autonomy, kept.given_at)?;
            let entry = self.policy_entry("policy.revoked", format!("{} It was: {named}", why.sentence()));
            self.store.upsert_policy(&row, Some(&entry)).await?;
        }
        self.policing.set_book(book);
        if revoked.is_empty() {
            self.events.changed(["policies"]);
            return Ok(());
        }
        for (key, kept) in &revoked {
            let Autonomy::Revoked { why, .. } = kept.standing.autonomy else { continue };
            let named = words::named(&self.bucket_name(&key.0).await?, kept.policy.action);
            self.policies_told(Some(EngineNotice {
                tone: Tone::Problem,
                text: format!("{named}. {}", why.sentence()),
                conversation_id: None,
            }));
        }
        self.recheck_held().await?;
        Ok(())
    }

    /// Makes the book for the first time, and sends back what may not leave any more.
    pub(crate) async fn open_policies(&self) -> Result<(), EngineError> {
        let _working = self.policing.working.lock().await;
        self.make_book().await?;
        self.recheck_held().await?;
        Ok(())
    }

    async fn work_on_policies(&self) -> Result<(), EngineError> {
        let _working = self.policing.working.lock().await;
        self.make_book_if_old().await?;
        self.judge_waiting().await
    }
}

fn row_of(
    policy: &Policy,
    autonomy: &Autonomy,
    given_at: Option<Timestamp>,
) -> Result<PolicyRow, EngineError> {
    let json = |value: Result<String, serde_json::Error>| {
        value.map_err(|error| EngineError::BadInput(error.to_string()))
    };
    Ok(PolicyRow {
        bucket_id: policy.bucket_id.clone(),
        action: words::word(policy.action).to_owned(),
        settings: json(serde_json::to_string(policy))?,
        autonomy: json(serde_json::to_string(autonomy))?,
        given_at,
    })
}

/// Keeps the book and judges what comes in, as long as the workspace is open.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    loop {
        let woken = workspace.policing.wake.notified();
        tokio::pin!(woken);
        woken.as_mut().enable();
        if let Err(error) = workspace.work_on_policies().await {
            tracing::error!(%error, "Policies could not be applied; what waits is with people");
            let again = workspace.clock.now().plus_ms(STORE_MS);
            tokio::select! {
                () = woken => {}
                () = workspace.clock.sleep_until(again) => {}
            }
            continue;
        }
        woken.await;
    }
}
