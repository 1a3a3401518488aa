//! Reading what the deliveries do not tell: teammates and teams, and the conversations that are open.
//!
//! Runs at start and every few minutes. A conversation is fetched only when its last change is another than the one
//! kept, so that a quiet workspace costs a page of search results.

use crate::backoff::pause_ms;
use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::ports::Helpdesk as _;
use domain::{ConversationId, Directory, FaultKind};
use futures::StreamExt as _;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Milliseconds between two readings.
const EVERY_MS: i64 = 5 * 60 * 1000;
/// Pages of open conversations read at most; beyond them deliveries have to do.
const PAGES: usize = 40;
/// Conversations fetched side by side.
const SIDE_BY_SIDE: usize = 4;
/// The key in the store's `meta` of the newest complete reading.
pub const LAST_SYNC: &str = "last_sync_at";

/// Reads at start and at intervals until the workspace is closed.
pub(crate) async fn run(workspace: Arc<Workspace>) {
    let mut attempts = 0;
    loop {
        let pause = match workspace.sync().await {
            Ok(()) => {
                attempts = 0;
                EVERY_MS
            }
            Err(EngineError::Vendor(fault)) => {
                attempts += 1;
                tracing::warn!(fault.kind = ?fault.kind, status = fault.status, "The helpdesk could not be read");
                pause_ms(&fault, attempts)
            }
            Err(error) => {
                tracing::error!(%error, "What was read could not be stored");
                30_000
            }
        };
        workspace.events.changed(["health"]);
        let next = workspace.clock.now().plus_ms(pause);
        tokio::select! {
            () = workspace.clock.sleep_until(next) => {}
            () = workspace.sync_now.notified() => {}
        }
    }
}

impl Workspace {
    /// Reads teammates, teams and open conversations.
    pub async fn sync(&self) -> Result<(), EngineError> {
        self.refresh_directory().await?;
        let open = self.changed_open_conversations().await?;
        let mut readings = futures::stream::iter(open)
            .map(|id| async move { (self.fetch_conversation(&id).await, id) })
            .buffer_unordered(SIDE_BY_SIDE);
        while let Some((result, id)) = readings.next().await {
            match result {
                Ok(()) => {}
                // Deleted since it was listed.
                Err(EngineError::Vendor(fault)) if fault.kind == FaultKind::NotFound => {}
                Err(error) => {
                    tracing::warn!(conversation.id = %id, "A conversation could not be read");
                    return Err(error);
                }
            }
        }
        drop(readings);
        self.store.set_meta(LAST_SYNC, &self.clock.now().0.to_string()).await?;
        Ok(())
    }

    /// Reads teammates and teams; makes suggestions anew where a plan changes by it.
    pub async fn refresh_directory(&self) -> Result<(), EngineError> {
        let directory =
            Directory { admins: self.helpdesk.admins().await?, teams: self.helpdesk.teams().await? };
        if directory != self.store.get_directory().await? {
            self.store.replace_directory(&directory, self.clock.now()).await?;
            self.events.changed(["directory", "buckets", "workspaces"]);
            self.suggest_all_anew().await?;
        }
        Ok(())
    }

    /// Conversations to fetch: open ones whose last change is not the one kept, and those with a suggestion waiting
    /// that are open no more.
    async fn changed_open_conversations(&self) -> Result<Vec<ConversationId>, EngineError> {
        let mut listed = BTreeSet::new();
        let mut changed = Vec::new();
        let mut after: Option<String> = None;
        let mut complete = false;
        for _ in 0..PAGES {
            let page = self.helpdesk.open_conversations(after.as_deref()).await?;
            for (id, updated_at) in page.items {
                let kept = self.store.find_conversation_updated_at(&id).await?;
                if listed.insert(id.clone()) && kept != Some(updated_at) {
                    changed.push(id);
                }
            }
            match page.next {
                Some(next) if after.as_ref() != Some(&next) => after = Some(next),
                Some(_) | None => {
                    complete = true;
                    break;
                }
            }
        }
        if complete {
            let filter = store::SuggestionFilter { limit: 10_000, ..store::SuggestionFilter::default() };
            for row in self.store.list_suggestions(&filter).await? {
                if !listed.contains(&row.suggestion.conversation_id) {
                    changed.push(row.suggestion.conversation_id);
                }
            }
        }
        Ok(changed)
    }
}
