//! Starting the core while the window opens.

use app::api::settings::Host;
use app::api::{ApiError, ErrorCode};
use app::notifications::Desktop;
use app::secrets::Keychain;
use app::{Core, CoreConfig, SystemClock};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use tauri::{AppHandle, Emitter as _};
use tokio::sync::watch;

/// The name of the one event that the page listens to.
const EVENT: &str = "app-event";
/// The port for webhooks; a tunnel is led to it, so it stays the same.
const PORT: u16 = 8713;
/// Names another port.
const PORT_VARIABLE: &str = "COUNTERSIGN_PORT";

type Outcome = Result<Arc<Core>, ApiError>;

/// The core, or why there is none, as soon as that is known.
#[derive(Debug)]
pub(crate) struct Opening {
    outcome: watch::Receiver<Option<Outcome>>,
}

impl Opening {
    /// Begins to start the core; its events go to the page.
    pub(crate) fn begin(app: AppHandle) -> Self {
        let (sender, outcome) = watch::channel(None);
        tauri::async_runtime::spawn(async move {
            let started = start().await;
            if let Ok(core) = &started {
                tauri::async_runtime::spawn(forward(app, Arc::clone(core)));
            }
            sender.send_replace(Some(started));
            // Kept open for as long as the program runs: receivers must not find it closed.
            sender.closed().await;
        });
        Self { outcome }
    }

    /// Waits for the core.
    pub(crate) async fn core(&self) -> Outcome {
        let mut outcome = self.outcome.clone();
        let known = outcome.wait_for(Option::is_some).await.ok().and_then(|known| known.clone());
        known.unwrap_or_else(|| Err(ApiError::new(ErrorCode::Internal, "The core ended unexpectedly.")))
    }

    /// Ends the core, if it was started.
    pub(crate) async fn close(&self) {
        let started = self.outcome.borrow().clone();
        if let Some(Ok(core)) = started {
            core.close().await;
        }
    }
}

async fn start() -> Outcome {
    let refused = |message: String| {
        tracing::error!(%message, "The core could not be started");
        ApiError::new(ErrorCode::Storage, message)
    };
    let data = app::paths::data_dir()
        .ok_or_else(|| refused("This system has no place for data of programs.".to_owned()))?;
    let core = Core::start(CoreConfig {
        data: data.clone(),
        listen: SocketAddr::from(([127, 0, 0, 1], port())),
        any_port_if_taken: true,
        host: Host::Desktop,
        demo: Some(app::demo::asked_to_be_quiet()),
        preset: None,
        secrets: Arc::new(Keychain),
        notifier: Some(Arc::new(Desktop)),
        clock: Arc::new(SystemClock),
    })
    .await
    .map_err(|error| refused(error.to_string()))?;
    if cfg!(debug_assertions) {
        tell_tests(&core, &data);
    }
    Ok(core)
}

fn port() -> u16 {
    std::env::var(PORT_VARIABLE).ok().and_then(|text| text.parse().ok()).unwrap_or(PORT)
}

/// Where the demo's helpdesk answers and which process this is, for tests of the window: they send messages, look at its
/// calls, and see to it that the program has ended.
fn tell_tests(core: &Core, data: &Path) {
    if let Some(base_url) = core.demo_base_url() {
        let text = serde_json::json!({ "base_url": base_url, "pid": std::process::id() }).to_string();
        if let Err(error) = std::fs::write(data.join("demo.json"), text) {
            tracing::debug!(%error, "Tests are not told of the demo");
        }
    }
}

async fn forward(app: AppHandle, core: Arc<Core>) {
    let mut events = core.subscribe();
    while let Some(event) = events.next().await {
        if let Err(error) = app.emit(EVENT, &event) {
            tracing::warn!(%error, "An event did not reach the page");
        }
    }
}
