//! `deliveries.*` and `activity.list`.

use super::Core;
use crate::api::activity::{ActivityList, ActivityView, ListActivity};
use crate::api::deliveries::{
    DeliveryDetail, DeliveryList, DeliveryTotals, DeliveryView, GetDelivery, ListDeliveries,
};
use crate::api::{ApiError, ErrorCode};
use store::{DeliveryCounts, DeliveryFilter, DeliveryRow};

/// The longest page.
const LONGEST: u32 = 1_000;

impl Core {
    pub(super) async fn deliveries_list(&self, input: ListDeliveries) -> Result<DeliveryList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let filter = DeliveryFilter {
            outcome: input.outcome,
            topic: None,
            before: input.before,
            limit: input.limit.unwrap_or(200).min(LONGEST),
        };
        let rows = workspace.store().list_deliveries(&filter).await?;
        Ok(DeliveryList {
            rows: rows.into_iter().map(delivery_view).collect(),
            counts: totals(&workspace.store().delivery_counts().await?),
        })
    }

    pub(super) async fn deliveries_get(&self, input: GetDelivery) -> Result<DeliveryDetail, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let found = workspace.store().find_delivery(input.delivery_id).await?;
        let (row, body) =
            found.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such delivery."))?;
        Ok(DeliveryDetail { delivery: delivery_view(row), body: String::from_utf8_lossy(&body).into_owned() })
    }

    pub(super) async fn activity_list(&self, input: ListActivity) -> Result<ActivityList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let limit = input.limit.unwrap_or(200).min(LONGEST);
        let rows = workspace.store().list_activity(input.before, limit).await?;
        let rows = rows
            .into_iter()
            .map(|row| ActivityView {
                id: row.id,
                at: row.at,
                kind: row.kind,
                sentence: row.sentence,
                conversation_id: row.conversation_id,
                contact_name: row.contact_name,
                suggestion_id: row.suggestion_id,
                decision_id: row.decision_id,
            })
            .collect();
        Ok(ActivityList { rows })
    }
}

fn delivery_view(row: DeliveryRow) -> DeliveryView {
    DeliveryView {
        delivery_id: row.id,
        received_at: row.received_at,
        topic: row.topic,
        notification_id: row.notification_id,
        created_at: row.vendor_created_at,
        attempt: row.attempt,
        outcome: row.outcome,
        reason: row.reason,
        size: u64::try_from(row.size).unwrap_or(0),
        duplicates: count(row.duplicates),
        conversation_id: row.conversation_id,
        settled_after_ms: row.settled_at.map(|at| at.ms_since(row.received_at)),
    }
}

pub(super) fn totals(counts: &DeliveryCounts) -> DeliveryTotals {
    DeliveryTotals {
        received: count(counts.received),
        applied: count(counts.applied),
        ignored: count(counts.ignored),
        failed: count(counts.failed),
        duplicates: count(counts.duplicates),
    }
}

pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
