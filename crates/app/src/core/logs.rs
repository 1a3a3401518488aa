//! `activity.list`.

use super::Core;
use crate::api::ApiError;
use crate::api::activity::{ActivityList, ActivityView, ListActivity};

/// The longest page.
const LONGEST: u32 = 1_000;

impl Core {
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

pub(super) fn count(number: i64) -> u32 {
    u32::try_from(number.max(0)).unwrap_or(u32::MAX)
}
