//! Permission is looked at until the very call: what is thrown while the conversation is being read still stops it.

#![expect(clippy::expect_used, clippy::panic, reason = "a test program")]

#[path = "stand_in/helpdesk.rs"]
mod helpdesk;

use async_trait::async_trait;
use domain::ports::{NotPerformed, Priority};
use domain::*;
use engine::Workspace;
use engine::advice::agreement::Agreements;
use engine::clock::ManualClock;
use engine::policies::Certainty;
use helpdesk::{Answers, StandIn, not_found};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::{DecisionRecord, Judged, Store};
use triage::policy::{ActionWord, Policy, Promise};
use triage::statistics::Level;

const HOLD_MS: u32 = 60_000;
const BILLING: &str = "I was charged twice this month, please refund the second payment.";

/// A helpdesk that throws the switch when the outbox reads a conversation, if it is told to.
#[derive(Debug, Default)]
struct Throwing {
    conversations: Mutex<BTreeMap<String, Conversation>>,
    performed: Mutex<Vec<ActionKind>>,
    stopped: Arc<AtomicBool>,
    throws: AtomicBool,
}

#[async_trait]
impl Answers for Throwing {
    async fn conversation(&self, id: &ConversationId, why: Priority) -> Result<Conversation, Fault> {
        if why == Priority::Person && self.throws.load(Ordering::SeqCst) {
            self.stopped.store(true, Ordering::SeqCst);
        }
        let known = self.conversations.lock().expect("nobody panicked");
        known.get(id.as_str()).cloned().map_or_else(not_found, Ok)
    }
    async fn perform(&self, id: &ConversationId, kind: &ActionKind) -> Result<Conversation, NotPerformed> {
        self.performed.lock().expect("nobody panicked").push(kind.clone());
        let mut known = self.conversations.lock().expect("nobody panicked");
        let conversation = known.get_mut(id.as_str()).expect("it is known");
        let place = conversation.parts.len();
        conversation.parts.push(part(&format!("{id}-{place}"), AuthorKind::Admin, "done", 1_000_100));
        Ok(conversation.clone())
    }
}

fn part(id: &str, kind: AuthorKind, text: &str, at: i64) -> Part {
    Part {
        id: id.into(),
        kind: "comment".to_owned(),
        author: Author { kind, id: "1".to_owned(), name: None, email: None },
        text: Some(text.to_owned()),
        attachments: vec![],
        assigned_to: None,
        created_at: Timestamp(at),
        redacted: false,
    }
}

fn conversation(id: &str, text: &str) -> Conversation {
    Conversation {
        id: id.into(),
        subject: None,
        channel: "chat".to_owned(),
        status: ConversationStatus::Open,
        admin_assignee: None,
        team_assignee: None,
        contact_ids: vec![],
        tags: vec![],
        priority: None,
        created_at: Timestamp(900_000),
        updated_at: Timestamp(900_000),
        waiting_since: None,
        snoozed_until: None,
        total_parts: 1,
        parts: vec![part(&format!("{id}-0"), AuthorKind::Contact, text, 900_000)],
    }
}

struct World {
    helpdesk: Arc<StandIn<Throwing>>,
    workspace: Arc<Workspace>,
    store: Store,
    clock: Arc<ManualClock>,
    _folder: tempfile::TempDir,
}

/// A workspace whose replies of billing are proven by decisions at every level, and switched on.
async fn world() -> World {
    world_of((0..400_u32).map(|number| 0.1 * f64::from(number % 10) + 0.05)).await
}

/// The same, with decisions of these confidences.
async fn world_of(confidences: impl Iterator<Item = f64>) -> World {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("acme.sqlite")).await.expect("a file");
    for (position, bucket) in (0..).zip(triage::default_buckets()) {
        let bucket = Bucket {
            id: bucket.key.into(),
            name: bucket.name,
            description: bucket.description,
            tone: BucketTone::Blue,
            team_id: None,
            team_name: String::new(),
            reply: bucket.reply,
            closes: bucket.closes,
            examples: bucket.examples,
            position,
        };
        store.upsert_bucket(&bucket).await.expect("it is kept");
    }
    for (number, confidence) in (0..).zip(confidences) {
        decided(&store, number, confidence).await;
    }
    let helpdesk = Arc::new(StandIn::<Throwing>::default());
    let stopped = Arc::clone(&helpdesk.stopped);
    let (workspace, clock) = helpdesk::workspace(&store, &helpdesk, stopped).await;
    let policy = Policy {
        line: 0.05,
        hold_ms: HOLD_MS,
        sample_one_in: 100,
        promise: Promise { error: 0.2, level: Level::P80 },
        ..Policy::cautious("billing".into(), ActionWord::Reply)
    };
    workspace.set_policy(policy).await.expect("it is kept");
    workspace.give_autonomy(&"billing".into(), ActionWord::Reply).await.expect("it is given");
    World { helpdesk, workspace, store, clock, _folder: folder }
}

/// A decision of a person, of before.
async fn decided(store: &Store, number: u128, confidence: f64) {
    let kept = conversation(&format!("old-{number}"), BILLING);
    store.upsert_conversation(&kept, Timestamp(900_000)).await.expect("it is kept");
    let suggestion = Suggestion {
        id: SuggestionId(uuid::Uuid::from_u128(number + 1)),
        conversation_id: kept.id.clone(),
        part_id: format!("{}-0", kept.id).into(),
        bucket_id: Some("billing".into()),
        confidence,
        probabilities: vec![],
        evidence: vec![],
        nothing: None,
        plan: Plan { actions: vec![ActionKind::Reply { body: "We look.".to_owned() }], gaps: vec![] },
        bound: kept.state(),
        model_version: String::new(),
        state: SuggestionState::Pending,
        created_at: Timestamp(900_000),
    };
    store.insert_suggestion(&suggestion, &Supersession::NewMessage).await.expect("it is kept");
    let decision = Decision {
        id: DecisionId(uuid::Uuid::from_u128(number + 1)),
        suggestion_id: Some(suggestion.id),
        conversation_id: kept.id.clone(),
        kind: DecisionKind::Approved,
        bucket_id: Some("billing".into()),
        reason: None,
        at: Timestamp(900_001),
        undo_until: Timestamp(900_002),
        undone_at: None,
        decided_by: DecidedBy::Person,
    };
    let record = DecisionRecord {
        decision,
        suggestion_state: Some(SuggestionState::Approved),
        expected: kept.state(),
        actions: vec![],
        activity: vec![],
        lesson: None,
        looked_ms: None,
        edit: vec![],
        draft: None,
    };
    store.record_decision(&record).await.expect("it is recorded");
}

impl World {
    async fn until<T>(&self, what: &str, look: impl AsyncFn() -> Option<T>) -> T {
        let found = tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                if let Some(found) = look().await {
                    return found;
                }
                tokio::task::yield_now().await;
            }
        });
        found.await.unwrap_or_else(|_| panic!("waited in vain: {what}"))
    }

    /// A customer writes; the suggestion for it once it was judged.
    async fn message(&self, number: u128) -> (ConversationId, Suggestion, Judged) {
        let told = conversation(&number.to_string(), BILLING);
        let id = told.id.clone();
        self.helpdesk.conversations.lock().expect("nobody panicked").insert(id.to_string(), told);
        helpdesk::deliver(&self.workspace, number, Change::Conversation(id.clone())).await;
        let (suggestion, judged) = self
            .until("a judgement", async || {
                let found = self.store.find_newest_suggestion(&id).await.expect("it answers")?;
                let judgement = self.store.find_judgement(found.id).await.expect("it answers")?;
                Some((found, judgement.judged))
            })
            .await;
        (id, suggestion, judged)
    }

    /// A message whose plan is held. One in a hundred is drawn for a check: then another one.
    async fn held(&self, from: u128) -> (ConversationId, DecisionId) {
        for number in from..from + 10 {
            if let (id, _, Judged::Automatic(decision)) = self.message(number).await {
                return (id, decision);
            }
        }
        panic!("nothing was held")
    }

    /// Whether a suggestion is clear now, and what its card says.
    async fn mark(&self, suggestion: &Suggestion) -> (bool, String) {
        let records = self.workspace.records().await.expect("it answers");
        let certainty = Certainty::of(suggestion, None, &Agreements::default(), &records.levels);
        let judgement = self.store.find_judgement(suggestion.id).await.expect("it answers");
        let mark = self.workspace.policy_mark(suggestion, judgement.as_ref(), certainty).expect("it is open");
        (mark.is_clear, mark.sentence)
    }

    fn performed(&self) -> usize {
        self.helpdesk.performed.lock().expect("nobody panicked").len()
    }
}

#[tokio::test]
async fn a_switch_that_is_thrown_while_the_conversation_is_read_still_stops_the_call() {
    let world = world().await;
    let (conversation, decision) = world.held(1_000).await;
    world.helpdesk.throws.store(true, Ordering::SeqCst);
    world.clock.advance(i64::from(HOLD_MS) + 1);
    let waits = world
        .until("it to be back", async || {
            world.store.find_open_suggestion(&conversation).await.expect("it answers")
        })
        .await;
    assert!(world.helpdesk.stopped.load(Ordering::SeqCst), "it was thrown in the reading");
    assert_eq!(world.performed(), 0, "no call was made");
    let actions = world.store.list_actions(decision).await.expect("it answers");
    assert!(actions.iter().all(|action| action.state == ActionState::Undone), "{actions:?}");
    let judgement = world.store.find_judgement(waits.id).await.expect("it answers").expect("it is kept");
    assert_eq!(judgement.sent_back.as_deref(), Some("Everything automatic was stopped."));
}

#[tokio::test]
async fn a_confidence_that_is_still_learning_is_neither_clear_nor_automatic() {
    // The policy is proven sixty times over, by decisions at another level than that of what comes in.
    let world = world_of(std::iter::repeat_n(0.06, 60)).await;
    let (_, suggestion, judged) = world.message(1_000).await;
    assert!(suggestion.confidence > 0.15, "{}", suggestion.confidence);
    assert_eq!(judged, Judged::Person);
    assert_eq!(
        world.mark(&suggestion).await,
        (false, "Not clear: still learning, 0 of 30 decisions at this level.".to_owned())
    );
    for number in 0..29 {
        decided(&world.store, 500 + number, suggestion.confidence).await;
    }
    assert_eq!(
        world.mark(&suggestion).await,
        (false, "Not clear: still learning, 29 of 30 decisions at this level.".to_owned())
    );
    decided(&world.store, 529, suggestion.confidence).await;
    let (is_clear, sentence) = world.mark(&suggestion).await;
    assert!(is_clear, "{sentence}");
    // What comes in from now on is automatic.
    world.held(2_000).await;
}

#[tokio::test]
async fn what_a_person_approved_leaves_whatever_is_stopped() {
    let world = world().await;
    world.helpdesk.stopped.store(true, Ordering::SeqCst);
    let (_, suggestion, judged) = world.message(1_000).await;
    assert_eq!(judged, Judged::Person);
    let decision = world.workspace.decide(suggestion.id, Verdict::Approve).await.expect("it is decided");
    world.clock.advance(5_001);
    world
        .until("it to be done", async || {
            let actions = world.store.list_actions(decision).await.expect("it answers");
            actions.iter().all(|action| matches!(action.state, ActionState::Done { .. })).then_some(())
        })
        .await;
    assert_eq!(world.performed(), 1);
}

#[tokio::test]
async fn a_held_plan_leaves_when_its_time_has_come_and_not_before() {
    let world = world().await;
    let (_, decision) = world.held(1_000).await;
    world.clock.advance(i64::from(HOLD_MS) - 1);
    // Another message goes the whole way meanwhile: the outbox has looked.
    let (_, other, _) = world.message(2_000).await;
    assert_eq!(world.performed(), 0, "{other:?}");
    world.clock.advance(2);
    world
        .until("it to be done", async || {
            let actions = world.store.list_actions(decision).await.expect("it answers");
            actions.iter().all(|action| matches!(action.state, ActionState::Done { .. })).then_some(())
        })
        .await;
    assert_eq!(world.performed(), 1);
}
