//! `app.get` and `settings.*`.

use super::Core;
use super::start::CHOICES;
use crate::api::health::Nothing;
use crate::api::settings::{AppInfo, Keychain, Settings, UpdateSettings};
use crate::api::{ApiError, ErrorCode};
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

/// The longest undo window, seconds.
const LONGEST_UNDO: u32 = 60;

impl Core {
    pub(super) async fn app_get(&self, _: Nothing) -> Result<AppInfo, ApiError> {
        let problem = self.secrets.available().await.err().map(|error| error.to_string());
        Ok(AppInfo {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            host: self.host,
            workspaces: self.views().await,
            active_workspace: *self.active.read().unwrap_or_else(PoisonError::into_inner),
            settings: self.choices(),
            keychain: Keychain { available: problem.is_none(), problem },
            now: self.clock.now(),
        })
    }

    #[expect(clippy::unused_async, reason = "commands share one shape")]
    pub(super) async fn settings_get(&self, _: Nothing) -> Result<Settings, ApiError> {
        Ok(self.choices())
    }

    pub(super) async fn settings_update(&self, input: UpdateSettings) -> Result<Settings, ApiError> {
        let mut settings = self.choices();
        if let Some(seconds) = input.undo_seconds {
            if seconds > LONGEST_UNDO {
                return Err(ApiError::new(
                    ErrorCode::BadRequest,
                    format!("The undo window is 0 to {LONGEST_UNDO} seconds."),
                )
                .with_detail("undo_seconds"));
            }
            settings.undo_seconds = seconds;
        }
        settings.keep_deliveries = input.keep_deliveries.unwrap_or(settings.keep_deliveries);
        settings.theme = input.theme.unwrap_or(settings.theme);
        settings.notify_urgent = input.notify_urgent.unwrap_or(settings.notify_urgent);
        settings.claim_with_notes = input.claim_with_notes.unwrap_or(settings.claim_with_notes);
        let text = serde_json::to_string(&settings)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        self.settings_store.set_setting(CHOICES, &text).await?;
        self.undo_window_ms.store(i64::from(settings.undo_seconds) * 1000, Ordering::Relaxed);
        self.claims_with_notes.store(settings.claim_with_notes, Ordering::Relaxed);
        self.keep_deliveries_ms.store(settings.keep_deliveries.milliseconds(), Ordering::Relaxed);
        for workspace in self.all_entries().into_iter().filter_map(|entry| entry.running) {
            workspace.drop_old_deliveries_soon();
        }
        *self.settings.write().unwrap_or_else(PoisonError::into_inner) = settings.clone();
        self.events.changed(["settings", "app"]);
        Ok(settings)
    }

    fn choices(&self) -> Settings {
        self.settings.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
