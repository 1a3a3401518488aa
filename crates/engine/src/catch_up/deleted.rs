//! Following deletions: a search does not list what is no more.
//!
//! A delivery tells of most. Those that happened while nobody listened are in the helpdesk's own list of deleted
//! conversations, where it has one; what it lacks shows when the conversation is fetched for another reason.

use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::Timestamp;
use domain::ports::{Helpdesk as _, Priority};

/// The key in the store's `meta` of the newest deletion that was followed, by the helpdesk's clock.
const SEEN_KEY: &str = "catch_up.deleted_at";
/// Deletions so long before the newest are looked at again, milliseconds.
const OVERLAP_MS: i64 = 120_000;
/// Pages read at most.
const PAGES: u32 = 200;

impl Workspace {
    /// Erases what was deleted at the helpdesk since the last time.
    pub(super) async fn follow_deletions(&self, priority: Priority) -> Result<(), EngineError> {
        let seen = self.store.find_meta(SEEN_KEY).await?.and_then(|text| text.parse().ok()).map(Timestamp);
        let mut newest = seen;
        for page in 1..=PAGES {
            let Some(deleted) = self.helpdesk.conversations_deleted(page, priority).await? else {
                return Ok(());
            };
            let mut is_new = false;
            for (id, at) in deleted {
                if seen.is_some_and(|seen| at <= seen.plus_ms(-OVERLAP_MS)) {
                    continue;
                }
                is_new = true;
                newest = newest.max(Some(at));
                if self.store.find_conversation_times(&id).await?.is_some() {
                    self.forget_conversation(&id).await?;
                }
            }
            // At the first time only what is kept already counts, and it was fetched a moment ago.
            if !is_new || seen.is_none() {
                break;
            }
        }
        if let Some(newest) = newest.filter(|newest| seen != Some(*newest)) {
            self.store.set_meta(SEEN_KEY, &newest.0.to_string()).await?;
        }
        Ok(())
    }
}
