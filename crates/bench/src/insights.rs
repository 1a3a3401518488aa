//! The learning views over a record of 10,000 decisions in a real data file.

use crate::verdict::Verdict;
use anyhow::Result;
use domain::{
    Author, AuthorKind, Conversation, ConversationStatus, Decision, DecisionId, DecisionKind, Part, Plan,
    Suggestion, SuggestionId, SuggestionState, Supersession, Timestamp,
};
use engine::insights::Insights;
use engine::record::TrackRecord;
use std::time::{Duration, Instant};
use store::{DecisionRecord, NewActivity, Store};
use uuid::Uuid;

const DECISIONS: u32 = 10_000;
const FEW: u32 = 300;
const BUCKETS: [&str; 4] = ["urgent", "billing", "general", "spam"];
const HOUR_MS: i64 = 3_600_000;

/// Measures how soon the views answer, and what one more decision costs them.
pub(crate) fn measure(verdict: &mut Verdict, quick: bool) -> Result<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let folder = tempfile::tempdir()?;
        let store = Store::open(&folder.path().join("bench.sqlite")).await?;
        let count = if quick { FEW } else { DECISIONS };
        let conversation = conversation();
        store.upsert_conversation(&conversation, Timestamp(0)).await?;
        for number in 0..count {
            decide(&store, &conversation, number).await?;
        }
        let now = Timestamp(i64::from(count) * HOUR_MS);
        let mut row = |what: &str, took: Duration| {
            let what = format!("learning views of {count} decisions: {what}");
            verdict.add(&what, format!("{took:.1?}"), "50 ms", took <= Duration::from_millis(50));
        };

        let insights = Insights::default();
        let begun = Instant::now();
        let views = insights.views(&store, now, 0).await?;
        row("all of them read and made anew", begun.elapsed());
        anyhow::ensure!(views.calibration.answers == count, "each decision counts");
        let begun = Instant::now();
        insights.views(&store, now, 0).await?;
        row("asked again", begun.elapsed());

        decide(&store, &conversation, count).await?;
        let begun = Instant::now();
        let records = insights.records(&store).await?;
        let track = TrackRecord::of(Some(&"billing".into()), 0.9, &records.answered);
        row("the record of a card after one more decision", begun.elapsed());
        anyhow::ensure!(!track.learning, "there are enough");
        let begun = Instant::now();
        insights.views(&store, now, 0).await?;
        row("made anew after one more decision", begun.elapsed());

        store.undo_decision(DecisionId(id_of(count / 2)), now, &undone(now)).await?;
        let begun = Instant::now();
        let views = insights.views(&store, now, 0).await?;
        row("made anew after an undo", begun.elapsed());
        anyhow::ensure!(views.calibration.answers == count, "one came, and one was taken back");
        let anew = Insights::default().views(&store, now, 0).await?;
        anyhow::ensure!(views == anew, "what is kept is what the table holds");
        store.close().await;
        Ok(())
    })
}

fn undone(at: Timestamp) -> NewActivity {
    NewActivity {
        at,
        kind: "decision.undone".to_owned(),
        sentence: "Taken back".to_owned(),
        conversation_id: None,
        suggestion_id: None,
        decision_id: None,
        action_id: None,
    }
}

fn id_of(number: u32) -> Uuid {
    Uuid::from_u128(u128::from(number) + 1)
}

fn conversation() -> Conversation {
    let part = Part {
        id: "p1".into(),
        kind: "source".to_owned(),
        author: Author { kind: AuthorKind::Contact, id: "c1".to_owned(), name: None, email: None },
        text: Some("Where is my invoice?".to_owned()),
        attachments: vec![],
        assigned_to: None,
        created_at: Timestamp(0),
        redacted: false,
    };
    Conversation {
        id: "1".into(),
        subject: None,
        channel: "email".to_owned(),
        status: ConversationStatus::Open,
        admin_assignee: None,
        team_assignee: None,
        contact_ids: vec!["c1".into()],
        tags: vec![],
        priority: None,
        created_at: Timestamp(0),
        updated_at: Timestamp(0),
        waiting_since: None,
        snoozed_until: None,
        total_parts: 1,
        parts: vec![part],
    }
}

/// A suggestion and its answer; every ninth is corrected.
async fn decide(store: &Store, conversation: &Conversation, number: u32) -> Result<()> {
    let at = Timestamp(i64::from(number) * HOUR_MS);
    let id = id_of(number);
    let bucket = |place: u32| BUCKETS.get(place as usize % BUCKETS.len()).copied().unwrap_or("general");
    let suggested = bucket(number);
    let confidence = 0.5 + 0.5 * f64::from(number * 37 % 100) / 100.0;
    let suggestion = Suggestion {
        id: SuggestionId(id),
        conversation_id: conversation.id.clone(),
        part_id: "p1".into(),
        bucket_id: Some(suggested.into()),
        confidence,
        probabilities: BUCKETS.iter().map(|bucket| ((*bucket).into(), 0.25)).collect(),
        evidence: vec![],
        nothing: None,
        plan: Plan { actions: vec![], gaps: vec![] },
        bound: conversation.state(),
        model_version: "1".to_owned(),
        state: SuggestionState::Pending,
        created_at: at,
    };
    store.insert_suggestion(&suggestion, &Supersession::NewMessage).await?;
    let corrected = number.is_multiple_of(9);
    let decided = bucket(number + u32::from(corrected));
    let decision = Decision {
        id: DecisionId(id),
        suggestion_id: Some(suggestion.id),
        conversation_id: conversation.id.clone(),
        kind: if corrected { DecisionKind::Corrected } else { DecisionKind::Approved },
        bucket_id: Some(decided.into()),
        reason: None,
        at,
        undo_until: at,
        undone_at: None,
        decided_by: domain::DecidedBy::Person,
    };
    let state = if corrected {
        SuggestionState::Corrected { bucket_id: decided.into() }
    } else {
        SuggestionState::Approved
    };
    let record = DecisionRecord {
        decision,
        suggestion_state: Some(state),
        expected: conversation.state(),
        actions: vec![],
        activity: vec![],
        lesson: None,
        looked_ms: Some(2_000 + number % 9_000),
        edit: vec![],
        draft: None,
    };
    Ok(store.record_decision(&record).await?)
}
