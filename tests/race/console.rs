//! One console: a workspace on a store of its own, and its gate.

use crate::gate::{Gated, Waiting, Wanted};
use domain::ports::{Clock as _, IdSource as _};
use domain::{
    AdminId, Bucket, BucketId, BucketTone, Change, ConversationId, DeliveryId, DeliveryOutcome, Suggestion,
    TeamId, Timestamp, Verdict, WorkspaceId,
};
use engine::clock::{ClockIds, ManualClock};
use engine::{EngineEvent, Events, Workspace, WorkspaceConfig};
use intercom::{Config, Intercom};
use secrecy::SecretString;
use simulator::Credentials;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::time::Duration;
use store::{NewDelivery, Store};
use tempfile::TempDir;
use tokio::sync::{broadcast, mpsc};

/// The longest a call takes before its client gives it up, milliseconds.
const CALL_MS: i64 = 30_000;

/// The plans that are played: whether they assign and whether they close. All reply.
pub(crate) const PLANS: [(&str, bool, bool); 4] = [
    ("assign-reply", true, false),
    ("reply", false, false),
    ("reply-close", false, true),
    ("assign-reply-close", true, true),
];

pub(crate) struct Console {
    pub(crate) name: &'static str,
    pub(crate) pending: Option<Waiting>,
    /// When the call at the gate came there.
    pub(crate) pending_since: Timestamp,
    workspace: Arc<Workspace>,
    clock: ManualClock,
    ids: ClockIds,
    gate: mpsc::UnboundedReceiver<Waiting>,
    events: broadcast::Receiver<EngineEvent>,
    _folder: TempDir,
}

impl Console {
    pub(crate) async fn open(
        name: &'static str,
        credentials: &Credentials,
        admin: AdminId,
        team: TeamId,
        clock: &ManualClock,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (sender, gate) = mpsc::unbounded_channel();
        let shared: Arc<dyn domain::ports::Clock> = Arc::new(clock.clone());
        let region = credentials.base_url.parse().expect("an address");
        let token = SecretString::from(credentials.token.clone());
        let client =
            Intercom::with_config(Config::new(region), token, Arc::clone(&shared)).expect("a client");
        let events = Events::default();
        let received = events.subscribe();
        let store = Store::open(&folder.path().join("console.sqlite")).await.expect("a store");
        for (position, (key, assigns, closes)) in (0..).zip(PLANS) {
            store
                .upsert_bucket(&Bucket {
                    id: BucketId::from(key),
                    name: key.to_owned(),
                    description: String::new(),
                    tone: BucketTone::Blue,
                    team_id: assigns.then(|| team.clone()),
                    team_name: String::new(),
                    reply: "Hello".to_owned(),
                    closes,
                    examples: vec![format!("example of {key}")],
                    position,
                })
                .await
                .expect("a bucket");
        }
        let workspace = Workspace::start(WorkspaceConfig {
            id: WorkspaceId(ClockIds::new(Arc::clone(&shared)).next()),
            app_id: credentials.app_id.clone(),
            store,
            helpdesk: Arc::new(Gated::new(client, sender)),
            clock: Arc::clone(&shared),
            ids: Arc::new(ClockIds::new(Arc::clone(&shared))),
            events,
            acting_admin: admin,
            undo_window_ms: Arc::new(AtomicI64::new(0)),
            claims_with_notes: Arc::new(AtomicBool::new(true)),
            automatic_stopped: Arc::default(),
        })
        .await
        .expect("a workspace");
        workspace.refresh_directory().await.expect("teams");
        Self {
            name,
            pending: None,
            pending_since: clock.now(),
            workspace,
            clock: clock.clone(),
            ids: ClockIds::new(shared),
            gate,
            events: received,
            _folder: folder,
        }
    }

    /// A webhook says that the conversation changed; the console reads it.
    pub(crate) async fn hear_of(&mut self, conversation: &ConversationId) {
        let id = DeliveryId(self.ids.next());
        let delivery = NewDelivery {
            id,
            received_at: self.clock.now(),
            notification_id: None,
            topic: None,
            vendor_created_at: None,
            attempt: None,
            change: Some(Change::Conversation(conversation.clone())),
            outcome: DeliveryOutcome::Received,
            reason: None,
            body: b"{}".to_vec().into(),
        };
        self.workspace.store().insert_deliveries(&[delivery]).await.expect("it is stored");
        self.workspace.deliveries_stored();
        loop {
            let row =
                self.workspace.store().find_delivery(id).await.expect("it is read").expect("it is kept");
            if row.0.outcome == DeliveryOutcome::Applied {
                return;
            }
            self.next_event().await;
        }
    }

    /// The suggestion that waits for a decision.
    pub(crate) async fn waiting_suggestion(&self, conversation: &ConversationId) -> Option<Suggestion> {
        let newest = self.workspace.store().find_newest_suggestion(conversation).await.expect("it is read");
        newest.filter(|suggestion| suggestion.state.is_open())
    }

    /// A person decides; false when the console refuses.
    pub(crate) async fn decide(&self, suggestion: &Suggestion, plan: &str, reply: String) -> bool {
        let verdict = Verdict::Correct { bucket_id: BucketId::from(plan), reply: Some(reply) };
        self.workspace.decide(suggestion.id, verdict).await.is_ok()
    }

    /// Waits until the console stands at its gate, or has nothing to do at this time.
    pub(crate) async fn settle(&mut self) {
        loop {
            if self.pending.is_none() {
                let came = self.gate.try_recv().ok();
                self.stand(came);
            }
            if self.pending.is_some() || !self.is_busy().await {
                return;
            }
            tokio::select! {
                came = self.gate.recv() => self.stand(came),
                () = async { let _ = self.events.recv().await; } => {}
                // An attempt that found nothing to do tells nobody.
                () = tokio::time::sleep(Duration::from_millis(100)) => {}
            }
        }
    }

    fn stand(&mut self, came: Option<Waiting>) {
        self.pending = came;
        self.pending_since = self.clock.now();
    }

    /// Whether time may pass: a call that has left is over within its time limit.
    pub(crate) fn can_wait(&self, milliseconds: i64) -> bool {
        let written = matches!(self.pending, Some(Waiting { wanted: Wanted::Write(_), .. }));
        !written || self.clock.now().plus_ms(milliseconds).ms_since(self.pending_since) <= CALL_MS
    }

    async fn is_busy(&self) -> bool {
        let store = self.workspace.store();
        let counts = store.count_actions().await.expect("it is read");
        let due = store.next_action_due().await.expect("it is read");
        counts.sending > 0 || due.is_some_and(|at| at <= self.clock.now())
    }

    /// When its outbox has something to do next.
    pub(crate) async fn next_due(&self) -> Option<Timestamp> {
        self.workspace.store().next_action_due().await.expect("it is read")
    }

    /// How the decisions on a conversation ended, by action.
    pub(crate) async fn outcomes(&self, conversation: &ConversationId) -> Vec<String> {
        let rows = self.workspace.store().list_decisions_of(conversation).await.expect("they are read");
        rows.iter()
            .flat_map(|row| &row.actions)
            .map(|action| format!("{} {}", action.kind.word(), action.state.word()))
            .collect()
    }

    async fn next_event(&mut self) {
        let _ = tokio::time::timeout(Duration::from_millis(100), self.events.recv()).await;
    }

    pub(crate) async fn close(self) {
        self.workspace.close(Duration::from_secs(1)).await;
    }
}
