//! The person at a console: approves, edits, corrects, rejects, sets aside, takes back, and looks after what failed,
//! through the commands that the page uses.

use crate::console::Console;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use simulator::Clock as _;

/// What the leads did.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Decided {
    pub(crate) decisions: usize,
    pub(crate) refused: usize,
    pub(crate) undone: usize,
    pub(crate) asked_again: usize,
}

/// A lead.
#[derive(Debug)]
pub(crate) struct Lead {
    random: ChaCha8Rng,
    buckets: Vec<String>,
    replies: usize,
    pub(crate) decided: Decided,
    /// Conversations with a decision that may be carried out at any moment.
    pub(crate) hot: Vec<u64>,
}

impl Lead {
    pub(crate) fn new(seed: u64, number: u64) -> Self {
        Self {
            random: ChaCha8Rng::seed_from_u64(seed ^ (0x6c_65 + number)),
            buckets: Vec::new(),
            replies: 0,
            decided: Decided::default(),
            hot: Vec::new(),
        }
    }

    /// Works off up to so many suggestions.
    pub(crate) async fn work(&mut self, console: &Console, most: usize) {
        if most == 0 || !console.is_awake() {
            return;
        }
        if self.buckets.is_empty() {
            let list = console.ask("buckets.list", json!({})).await.unwrap_or_default();
            let buckets = list.get("buckets").and_then(Value::as_array).cloned().unwrap_or_default();
            let ids = buckets.iter().filter_map(|one| Some(one.pointer("/bucket/id")?.as_str()?.to_owned()));
            self.buckets = ids.collect();
        }
        let list = console.ask("suggestions.list", json!({ "limit": 40 })).await.unwrap_or_default();
        let mut rows = list.get("rows").and_then(Value::as_array).cloned().unwrap_or_default();
        for _ in 0..most {
            if rows.is_empty() {
                break;
            }
            // The oldest first, most of the time, so that two leads reach for the same one.
            let place =
                if self.random.random_bool(0.7) { 0 } else { self.random.random_range(0..rows.len()) };
            let row = rows.remove(place);
            self.decide(console, &row).await;
        }
        if self.random.random_bool(0.15) {
            self.look_after_failures(console).await;
        }
    }

    async fn decide(&mut self, console: &Console, row: &Value) {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (suggestion, conversation) = (text("suggestion_id"), text("conversation_id"));
        let has_bucket = row.get("bucket_id").is_some_and(Value::is_string);
        self.replies += 1;
        let reply = format!("Dear customer,\n\nwe have {} of it.\n\nNumber {}", console.name, self.replies);
        let bucket = self.buckets.choose(&mut self.random).cloned();
        let now = console.clock().now_ms();
        let decision = match (self.random.random_range(0..100), has_bucket, bucket) {
            (0..55, true, _) => json!({ "kind": "approve" }),
            (55..75, true, _) => json!({ "kind": "edit", "reply": reply }),
            (75..85, _, Some(bucket)) => json!({ "kind": "correct", "bucket_id": bucket, "reply": reply }),
            (85..90, _, Some(bucket)) => json!({ "kind": "correct", "bucket_id": bucket }),
            (90..94, ..) => {
                let until = now + self.random.random_range(600_000..20_000_000_i64);
                json!({ "kind": "snooze", "until": until, "at_vendor": self.random.random_bool(0.5) })
            }
            (94..97, ..) => {
                let note = json!({ "conversation_id": conversation, "body": format!("{} notes {}", console.name, self.replies) });
                if console.ask("conversations.note", note).await.is_some() {
                    self.decided.decisions += 1;
                }
                return;
            }
            _ => json!({ "kind": "reject", "reason": "No answer is needed" }),
        };
        let input = json!({ "suggestion_id": suggestion, "decision": decision });
        let Some(view) = console.ask("suggestions.decide", input).await else {
            self.decided.refused += 1;
            return;
        };
        self.decided.decisions += 1;
        if let Ok(id) = conversation.parse() {
            self.hot.push(id);
        }
        if self.random.random_bool(0.07) {
            let undo = json!({ "decision_id": view.get("decision_id") });
            if console.ask("decisions.undo", undo).await.is_some() {
                self.decided.undone += 1;
            }
        }
    }

    async fn look_after_failures(&mut self, console: &Console) {
        let list = console.ask("decisions.list", json!({ "scope": "attention" })).await;
        for decision in ids(list.as_ref(), "/rows", "decision_id").into_iter().take(5) {
            let input = json!({ "decision_id": decision });
            if self.random.random_bool(0.5) && console.ask("actions.retry", input.clone()).await.is_some() {
                self.decided.asked_again += 1;
            } else {
                console.ask("actions.dismiss", input).await;
            }
        }
    }
}

fn ids(answer: Option<&Value>, list: &str, key: &str) -> Vec<String> {
    let rows = answer.and_then(|answer| answer.pointer(list)).and_then(Value::as_array);
    let ids = rows.into_iter().flatten().filter_map(|row| Some(row.get(key)?.as_str()?.to_owned()));
    ids.collect()
}
