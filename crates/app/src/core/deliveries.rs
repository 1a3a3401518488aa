//! `deliveries.*`: lists, one with its body, replays.

mod curl;
mod export;
mod masking;
mod pretty;

use super::Core;
use super::logs::count;
use crate::api::deliveries::{
    DeliveryDetail, DeliveryList, DeliveryState, DeliveryTotals, DeliveryView, GetDelivery, ListDeliveries,
    NewerDeliveries, ReplayAllAnswer, ReplayAnswer, SignatureVerdict,
};
use crate::api::health::InWorkspace;
use crate::api::{ApiError, ErrorCode};
use domain::{ChangeKind, DeliveryId, DeliveryOutcome, LedTo};
use engine::listener::{Refused, RefusedFor};
use engine::replay::Replayed;
use intercom::Webhooks;
use store::{DeliveryCounts, DeliveryFilter, DeliveryRow};

/// The longest page.
const LONGEST: u32 = 1_000;
/// New deliveries are counted no further.
const COUNTED: u32 = 1_000;
/// Intercom puts endpoints that take longer to answer last, milliseconds.
const LATE_MS: u32 = 500;

impl Core {
    pub(super) async fn deliveries_list(&self, input: ListDeliveries) -> Result<DeliveryList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.show_deliveries().await;
        let store = workspace.store();
        let limit = input.limit.unwrap_or(200).min(LONGEST);
        let kept = match filter_of(&input, limit) {
            Some(filter) => store.list_deliveries(&filter).await?,
            None => vec![],
        };
        let full = kept.len() >= as_size(limit);
        let mut rows: Vec<DeliveryView> = kept.into_iter().map(delivery_view).collect();
        rows.extend(self.refused_of(&input).map(|refused| refused_view(&refused)));
        rows.sort_by_key(|row| std::cmp::Reverse(row.delivery_id));
        let next = (full || rows.len() > as_size(limit)).then_some(());
        rows.truncate(as_size(limit));
        Ok(DeliveryList {
            next: next.and(rows.last().map(|row| row.delivery_id)),
            rows,
            counts: self.totals(&store.delivery_counts().await?),
            topics: store.list_delivery_topics().await?,
        })
    }

    pub(super) async fn deliveries_newer(&self, input: ListDeliveries) -> Result<NewerDeliveries, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.show_deliveries().await;
        let kept = match filter_of(&input, COUNTED) {
            Some(filter) => workspace.store().count_deliveries(&filter).await?,
            None => 0,
        };
        let refused = u32::try_from(self.refused_of(&input).count()).unwrap_or(u32::MAX);
        Ok(NewerDeliveries { number: kept.saturating_add(refused).min(COUNTED) })
    }

    pub(super) async fn deliveries_get(&self, input: GetDelivery) -> Result<DeliveryDetail, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.show_deliveries().await;
        let Some((row, body)) = workspace.store().find_delivery(input.delivery_id).await? else {
            return self.refused_detail(input.delivery_id);
        };
        let erased = body.is_empty() && row.size > 0;
        let text = std::str::from_utf8(&body).ok();
        Ok(DeliveryDetail {
            delivery: delivery_view(row),
            pretty: text.and_then(pretty::pretty),
            hex: text.is_none().then(|| pretty::hex(&body)),
            body: String::from_utf8_lossy(&body).into_owned(),
            erased,
        })
    }

    pub(super) async fn deliveries_replay(&self, input: GetDelivery) -> Result<ReplayAnswer, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let replayed = workspace.replay_delivery(&Webhooks, input.delivery_id).await?;
        let sentence = match &replayed {
            Replayed::Reading => "What it names is read again.".to_owned(),
            Replayed::Waits => "It waits to be applied already.".to_owned(),
            Replayed::NotFollowed => {
                "Its topic is still not followed, so there is nothing to read.".to_owned()
            }
            Replayed::NotUnderstood(reason) => format!("It is still not understood: {reason}."),
        };
        Ok(ReplayAnswer { sentence, reading: replayed == Replayed::Reading })
    }

    pub(super) async fn deliveries_replay_failed(
        &self,
        input: InWorkspace,
    ) -> Result<ReplayAllAnswer, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let all = workspace.replay_failed_deliveries(&Webhooks).await?;
        let sentence = match (all.reading, all.in_vain) {
            (0, 0) => "None has failed.".to_owned(),
            (reading, 0) => format!("{} again.", plural(reading, "delivery is read", "deliveries are read")),
            (0, vain) => format!("{} still not understood.", plural(vain, "delivery is", "deliveries are")),
            (reading, vain) => format!(
                "{} again; {} still not understood.",
                plural(reading, "delivery is read", "deliveries are read"),
                plural(vain, "is", "are"),
            ),
        };
        Ok(ReplayAllAnswer { sentence, reading: all.reading, in_vain: all.in_vain })
    }

    fn refused_detail(&self, id: DeliveryId) -> Result<DeliveryDetail, ApiError> {
        let refused = self.listener.refused().into_iter().find(|refused| refused.id == id);
        let refused = refused.ok_or_else(no_such_delivery)?;
        Ok(DeliveryDetail {
            delivery: refused_view(&refused),
            body: String::new(),
            pretty: None,
            hex: None,
            erased: false,
        })
    }

    /// Refused requests that the input means, newest first.
    fn refused_of(&self, input: &ListDeliveries) -> impl Iterator<Item = Refused> {
        let ListDeliveries { outcome, from, until, before, after, .. } = input.clone();
        // Nobody knows of what topic they were, or what they named.
        let names_more = is_given(input.topic.as_deref()) || is_given(input.text.as_deref());
        let wanted = matches!(outcome, None | Some(DeliveryState::Refused)) && !names_more;
        let all = if wanted { self.listener.refused() } else { vec![] };
        all.into_iter().filter(move |refused| {
            from.is_none_or(|from| refused.at >= from)
                && until.is_none_or(|until| refused.at < until)
                && before.is_none_or(|before| refused.id < before)
                && after.is_none_or(|after| refused.id > after)
        })
    }

    pub(super) fn totals(&self, counts: &DeliveryCounts) -> DeliveryTotals {
        DeliveryTotals {
            received: count(counts.received),
            applied: count(counts.applied),
            ignored: count(counts.ignored),
            failed: count(counts.failed),
            duplicates: count(counts.duplicates),
            refused: u32::try_from(self.listener.refused().len()).unwrap_or(u32::MAX),
        }
    }
}

/// The deliveries of the store that the input means; `None` when it means only what was refused.
fn filter_of(input: &ListDeliveries, limit: u32) -> Option<DeliveryFilter> {
    let outcome = match input.outcome {
        None => None,
        Some(DeliveryState::Received) => Some(DeliveryOutcome::Received),
        Some(DeliveryState::Applied) => Some(DeliveryOutcome::Applied),
        Some(DeliveryState::Ignored) => Some(DeliveryOutcome::Ignored),
        Some(DeliveryState::Failed) => Some(DeliveryOutcome::Failed),
        Some(DeliveryState::Refused) => return None,
    };
    let trimmed = |text: &Option<String>| text.as_deref().map(str::trim).map(str::to_owned);
    Some(DeliveryFilter {
        outcome,
        topic: trimmed(&input.topic),
        text: trimmed(&input.text),
        from: input.from,
        until: input.until,
        before: input.before,
        after: input.after,
        limit,
    })
}

fn is_given(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim().is_empty())
}

fn as_size(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}

fn no_such_delivery() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "There is no such delivery.")
}

fn delivery_view(row: DeliveryRow) -> DeliveryView {
    let began = row.replayed_at.map_or(row.received_at, |at| at.max(row.received_at));
    DeliveryView {
        led_to: led_to(&row),
        suggestion_id: match row.led_to {
            Some(LedTo::Suggestion(id)) => Some(id),
            Some(LedTo::News | LedTo::Known | LedTo::Erased) | None => None,
        },
        delivery_id: row.id,
        received_at: row.received_at,
        topic: row.topic,
        notification_id: row.notification_id,
        created_at: row.vendor_created_at,
        attempt: row.attempt,
        outcome: row.outcome.into(),
        // Nothing else is kept.
        signature: SignatureVerdict::Valid,
        reason: row.reason,
        size: u64::try_from(row.size).ok(),
        duplicates: count(row.duplicates),
        conversation_id: row.conversation_id,
        answered_after_ms: row.answered_after_ms,
        answered_late: row.answered_after_ms.is_some_and(|ms| ms > LATE_MS),
        settled_after_ms: row.settled_at.map(|at| at.ms_since(began).max(0)),
        replays: row.replays,
        replayed_at: row.replayed_at,
        can_replay: row.outcome != DeliveryOutcome::Received,
    }
}

/// What a delivery led to, in words.
fn led_to(row: &DeliveryRow) -> String {
    let words = match row.outcome {
        DeliveryOutcome::Received if row.reason.is_some() => "Waits to be tried again",
        DeliveryOutcome::Received if row.replays > 0 => "Is read again",
        DeliveryOutcome::Received => "Waits to be read",
        // What it names was erased here, or may not be read: that is the reason.
        DeliveryOutcome::Ignored if row.reason.is_some() => "Not kept",
        DeliveryOutcome::Ignored => "This topic is not followed",
        DeliveryOutcome::Failed => "Could not be used",
        DeliveryOutcome::Applied if row.change == Some(ChangeKind::Ping) => "Intercom tested the way here",
        DeliveryOutcome::Applied if row.change == Some(ChangeKind::Article) => match row.led_to {
            Some(LedTo::News | LedTo::Suggestion(_)) => "The article was read anew",
            Some(LedTo::Known) => "Nothing that customers read has changed",
            Some(LedTo::Erased) => "The article is found and quoted no more",
            None => "Read and stored",
        },
        DeliveryOutcome::Applied => match row.led_to {
            Some(LedTo::Suggestion(_)) => "A suggestion was made",
            Some(LedTo::News) => "Brought up to date",
            Some(LedTo::Known) => "Already known",
            Some(LedTo::Erased) => "Erased here too",
            None => "Read and stored",
        },
    };
    words.to_owned()
}

fn refused_view(refused: &Refused) -> DeliveryView {
    let (signature, reason) = match refused.why {
        RefusedFor::NoSignature => (SignatureVerdict::Missing, "It bore no signature"),
        RefusedFor::WrongSignature => {
            (SignatureVerdict::Wrong, "Its signature is not that of a connected workspace")
        }
        RefusedFor::OtherWorkspace => (SignatureVerdict::Wrong, "It names a workspace that is not connected"),
        RefusedFor::TooLarge => (SignatureVerdict::NotChecked, "It is larger than 1 MiB"),
        RefusedFor::TooSlow => (SignatureVerdict::NotChecked, "It did not arrive in time"),
        RefusedFor::BrokenOff => {
            (SignatureVerdict::NotChecked, "The connection broke before it was complete")
        }
        RefusedFor::NotStored => {
            (SignatureVerdict::Valid, "It could not be stored, and Intercom was told to try again")
        }
    };
    DeliveryView {
        delivery_id: refused.id,
        received_at: refused.at,
        topic: None,
        notification_id: None,
        created_at: None,
        attempt: None,
        outcome: DeliveryState::Refused,
        signature,
        reason: Some(reason.to_owned()),
        led_to: "Refused; nothing of it is kept".to_owned(),
        suggestion_id: None,
        size: refused.size.and_then(|size| u64::try_from(size).ok()),
        duplicates: 0,
        conversation_id: None,
        answered_after_ms: None,
        answered_late: false,
        settled_after_ms: None,
        replays: 0,
        replayed_at: None,
        can_replay: false,
    }
}

fn plural(number: u32, one: &str, more: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { more })
}
