//! A workspace at work: its store, its helpdesk, its model, and the tasks that run between them.

use crate::advice::{self, Advising};
use crate::answers::{self, Answers};
use crate::budget::{self, BudgetWatch};
use crate::catch_up::{self, CatchUp};
use crate::contacts::ContactsSeen;
use crate::erasure;
use crate::error::EngineError;
use crate::events::{EngineNotice, Events, Tone};
use crate::history::LearningHistory;
use crate::ingest::{self, Ingest};
use crate::insights::Insights;
use crate::learning::{self, Learner};
use crate::library::{self, Library};
use crate::locks::Conversations;
use crate::outbox::{self, Outbox};
use crate::policies::{self, Policing};
use crate::pulse::Watched;
use crate::sorting;
use domain::ports::{Clock, Helpdesk, IdSource};
use domain::{Admin, AdminId, Bucket, BucketTone, Supersession, Timestamp, WorkspaceId};
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use store::Store;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// What a workspace is made of.
#[derive(Debug, Clone)]
pub struct WorkspaceConfig {
    /// Our id of it.
    pub id: WorkspaceId,
    /// The helpdesk's id of it.
    pub app_id: String,
    /// Its database.
    pub store: Store,
    /// The helpdesk, bound to its access token.
    pub helpdesk: Arc<dyn Helpdesk>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Identities.
    pub ids: Arc<dyn IdSource>,
    /// Where changes are told.
    pub events: Events,
    /// The teammate in whose name actions are made.
    pub acting_admin: AdminId,
    /// Milliseconds in which a decision can be taken back; shared, so that a change holds at once.
    pub undo_window_ms: Arc<AtomicI64>,
    /// Whether a reply that no other step goes before is announced by a note, so that several consoles agree on who
    /// answers; shared, so that a change holds at once.
    pub claims_with_notes: Arc<AtomicBool>,
    /// Whether everything automatic is stopped; shared, so that a change holds at once.
    pub automatic_stopped: Arc<AtomicBool>,
}

/// A running workspace.
#[derive(Debug)]
pub struct Workspace {
    pub(crate) id: WorkspaceId,
    pub(crate) app_id: String,
    pub(crate) store: Store,
    pub(crate) helpdesk: Watched,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
    pub(crate) events: Events,
    pub(crate) learner: Learner,
    pub(crate) insights: Insights,
    /// How many trainings on a history that was imported or taken back are under way.
    pub(crate) learning_history: LearningHistory,
    pub(crate) conversations: Arc<Conversations>,
    pub(crate) advising: Advising,
    pub(crate) policing: Policing,
    pub(crate) library: Library,
    pub(crate) answers: Answers,
    pub(crate) budget: BudgetWatch,
    pub(crate) retention: Notify,
    pub(crate) ingest: Ingest,
    pub(crate) outbox: Outbox,
    pub(crate) catch_up: CatchUp,
    pub(crate) snoozed: Notify,
    pub(crate) contacts_seen: ContactsSeen,
    /// Held by whoever finishes erasures.
    pub(crate) erasing: tokio::sync::Mutex<()>,
    pub(crate) tasks: TaskTracker,
    acting_admin: Mutex<AdminId>,
    undo_window_ms: Arc<AtomicI64>,
    claims_with_notes: Arc<AtomicBool>,
    closing: CancellationToken,
}

impl Workspace {
    /// Opens a workspace and starts its work: buckets made where there are none, the model trained, what an earlier
    /// run left in the outbox taken up, the helpdesk read.
    pub async fn start(config: WorkspaceConfig) -> Result<Arc<Self>, EngineError> {
        seed_buckets(&config.store).await?;
        let learner = Learner::open(&config.store, Arc::clone(&config.clock)).await?;
        let answers = Answers::load(&config.store).await;
        let policing = Policing::load(&config.store, &*config.ids, config.automatic_stopped).await?;
        let workspace = Arc::new(Self {
            id: config.id,
            app_id: config.app_id,
            store: config.store,
            helpdesk: Watched::new(config.helpdesk, Arc::clone(&config.clock)),
            clock: config.clock,
            ids: config.ids,
            events: config.events.of(config.id),
            learner,
            insights: Insights::default(),
            learning_history: LearningHistory::default(),
            conversations: Arc::default(),
            advising: Advising::default(),
            policing,
            library: Library::default(),
            answers,
            budget: BudgetWatch::default(),
            retention: Notify::new(),
            ingest: Ingest::default(),
            outbox: Outbox::default(),
            catch_up: CatchUp::default(),
            snoozed: Notify::new(),
            contacts_seen: ContactsSeen::default(),
            erasing: tokio::sync::Mutex::default(),
            tasks: TaskTracker::new(),
            acting_admin: Mutex::new(config.acting_admin),
            undo_window_ms: config.undo_window_ms,
            claims_with_notes: config.claims_with_notes,
            closing: CancellationToken::new(),
        });
        outbox::recover(&workspace).await?;
        // An earlier run may have put them off for want of what this one has: a token, a network.
        workspace.store.hasten_deliveries().await?;
        // What an earlier run asked was not heard.
        advice::settle(&workspace.store, workspace.clock.now()).await?;
        // Before the outbox begins: what an earlier run held may not leave any more.
        workspace.open_policies().await?;
        workspace.run(answers::run(Arc::clone(&workspace)));
        workspace.run(budget::run(Arc::clone(&workspace)));
        workspace.run(sorting::run(Arc::clone(&workspace)));
        workspace.run(ingest::run(Arc::clone(&workspace)));
        workspace.run(learning::run(Arc::clone(&workspace)));
        workspace.run(outbox::run(Arc::clone(&workspace)));
        catch_up::start(&workspace).await?;
        workspace.run(wake_snoozed(Arc::clone(&workspace)));
        workspace.run(erasure::run(Arc::clone(&workspace)));
        workspace.run(advice::run(Arc::clone(&workspace)));
        workspace.run(policies::run(Arc::clone(&workspace)));
        workspace.run(library::run(Arc::clone(&workspace)));
        Ok(workspace)
    }

    pub(crate) fn run(self: &Arc<Self>, work: impl Future<Output = ()> + Send + 'static) {
        let closing = self.closing.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = closing.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Ends the work and closes the database. What is under way is finished first, within `patience`.
    pub async fn close(&self, patience: std::time::Duration) {
        self.closing.cancel();
        if let Err(error) = self.beat().await {
            tracing::warn!(%error, "The ledger lacks the last seconds");
        }
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!("Work was cut short; it is taken up again at the next start");
        }
        if let Err(error) = self.store.empty_inbox().await {
            tracing::warn!(%error, "Deliveries wait in the inbox for the next start");
        }
        while self.note_answers().await {}
        self.store.close().await;
    }

    /// Our id of it.
    pub const fn id(&self) -> WorkspaceId {
        self.id
    }

    /// The helpdesk's id of it.
    pub fn app_id(&self) -> &str {
        &self.app_id
    }

    /// Its database.
    pub const fn store(&self) -> &Store {
        &self.store
    }

    /// Its helpdesk.
    pub const fn helpdesk(&self) -> &Watched {
        &self.helpdesk
    }

    /// Its local model.
    pub const fn learner(&self) -> &Learner {
        &self.learner
    }

    /// The teammate in whose name actions are made.
    pub fn acting_admin(&self) -> AdminId {
        self.acting_admin.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Chooses the teammate in whose name actions are made.
    pub async fn set_acting_admin(&self, id: AdminId) -> Result<Admin, EngineError> {
        let directory = self.store.get_directory().await?;
        let admin = directory.admin(&id).cloned().ok_or(EngineError::NotFound("teammate"))?;
        *self.acting_admin.lock().unwrap_or_else(PoisonError::into_inner) = id;
        // A reply may name who answers.
        self.suggest_all_anew(&Supersession::FactsChanged).await?;
        self.events.changed(["workspaces", "app"]);
        Ok(admin)
    }

    pub(crate) fn claims_with_notes(&self) -> bool {
        self.claims_with_notes.load(Ordering::Relaxed)
    }

    pub(crate) fn undo_until(&self, from: Timestamp) -> Timestamp {
        from.plus_ms(self.undo_window_ms.load(Ordering::Relaxed).max(0))
    }

    /// Tells the ingest that deliveries were stored.
    pub fn deliveries_stored(&self) {
        self.ingest.wake.notify_one();
    }

    /// Tells the person that the helpdesk has tested the way to this machine, and found it.
    pub(crate) fn told_of_ping(&self) {
        let notice = EngineNotice {
            tone: Tone::Success,
            text: format!("{} can reach you", self.helpdesk.name()),
            conversation_id: None,
        };
        self.events.notify(vec!["health".to_owned(), "deliveries".to_owned()], notice);
    }

    /// Makes a bucket or changes one, then trains the model and makes the waiting suggestions anew.
    pub async fn save_bucket(self: &Arc<Self>, bucket: &Bucket) -> Result<(), EngineError> {
        self.store.upsert_bucket(bucket).await?;
        self.recheck_held().await?;
        self.buckets_changed();
        Ok(())
    }

    /// Removes a bucket, then trains the model and makes the waiting suggestions anew.
    pub async fn remove_bucket(self: &Arc<Self>, id: &domain::BucketId) -> Result<(), EngineError> {
        if self.store.list_buckets().await?.len() <= 2 {
            return Err(EngineError::BadInput(
                "Keep at least two buckets: with one there is nothing to decide.".to_owned(),
            ));
        }
        if !self.store.remove_bucket(id).await? {
            return Err(EngineError::NotFound("bucket"));
        }
        self.recheck_held().await?;
        self.buckets_changed();
        Ok(())
    }

    fn buckets_changed(self: &Arc<Self>) {
        self.policing.record_changed();
        self.events.changed(["buckets"]);
        let workspace = Arc::clone(self);
        self.run(async move {
            let result = match workspace.learner.retrain(&workspace.store).await {
                Ok(()) => workspace.suggest_all_anew(&Supersession::BucketsChanged).await,
                Err(error) => Err(error),
            };
            if let Err(error) = result {
                tracing::error!(%error, "Suggestions could not be made anew after buckets changed");
            }
        });
    }

    /// Trains the model anew in the background, after a lesson was taken back.
    pub(crate) fn retrain_soon(self: &Arc<Self>) {
        let workspace = Arc::clone(self);
        self.run(async move {
            match workspace.learner.retrain(&workspace.store).await {
                Ok(()) => workspace.events.changed(["health"]),
                Err(error) => tracing::error!(%error, "The local model could not be trained anew"),
            }
        });
    }
}

/// Puts suggestions back into the queue when their time has come.
async fn wake_snoozed(workspace: Arc<Workspace>) {
    loop {
        let changed = workspace.snoozed.notified();
        tokio::pin!(changed);
        changed.as_mut().enable();
        match workspace.store.wake_snoozed(workspace.clock.now()).await {
            Ok(woken) if !woken.is_empty() => {
                let mut tags = vec!["suggestions".to_owned()];
                tags.extend(woken.iter().map(|id| format!("suggestion:{id}")));
                workspace.events.changed(tags);
                workspace.advising.look_soon();
            }
            Ok(_) => {}
            Err(error) => {
                tracing::error!(%error, "Snoozed suggestions could not be read");
                workspace.clock.sleep_until(workspace.clock.now().plus_ms(5_000)).await;
            }
        }
        match workspace.store.next_wake().await.ok().flatten() {
            Some(next) => tokio::select! {
                () = &mut changed => {}
                () = workspace.clock.sleep_until(next) => {}
            },
            None => changed.await,
        }
    }
}

/// Gives a new workspace the four default buckets.
async fn seed_buckets(store: &Store) -> Result<(), EngineError> {
    if !store.list_buckets().await?.is_empty() {
        return Ok(());
    }
    for (position, bucket) in (0..).zip(triage::default_buckets()) {
        let tone = match bucket.key.as_str() {
            "urgent" => BucketTone::Red,
            "billing" => BucketTone::Amber,
            "spam" => BucketTone::Grey,
            _ => BucketTone::Blue,
        };
        store
            .upsert_bucket(&Bucket {
                id: bucket.key.into(),
                name: bucket.name,
                description: bucket.description,
                tone,
                team_id: None,
                team_name: bucket.team_name,
                reply: bucket.reply,
                closes: bucket.closes,
                examples: bucket.examples,
                position,
            })
            .await?;
    }
    Ok(())
}
