//! Starting and ending the program.

use super::egress::{Ledger, Switch};
use super::tunnel::ProgramTunnel;
use super::{Core, CoreConfig, Preset};
use crate::api::settings::Settings;
use crate::paths;
use domain::WorkspaceId;
use engine::clock::ClockIds;
use engine::listener::{Listener, ListenerConfig, ListenerError};
use engine::{Events, Tone};
use intercom::Webhooks;
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;
use store::{SettingsStore, StoreError, WorkspaceKind};
use tokio_util::task::TaskTracker;

/// How long work under way may take to finish when the program ends.
const PATIENCE: Duration = Duration::from_secs(4);
/// The key of the active workspace in the settings file.
pub(super) const ACTIVE: &str = "active_workspace";
/// The key of the user's choices in the settings file.
pub(super) const CHOICES: &str = "settings";
/// The key that says that the demo was disconnected.
pub(super) const NO_DEMO: &str = "demo_disconnected";

/// Why the program does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be made or written.
    #[error("The data folder {} cannot be used: {reason}. Check that it exists and that you may write to it.", .path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// Another Countersign uses the folder.
    #[error("Another Countersign is using {}. Close it first, or choose another data folder.", .0.display())]
    InUse(PathBuf),
    /// The settings file cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The listener cannot listen.
    #[error(transparent)]
    Listener(#[from] ListenerError),
    /// The workspace given from outside cannot be opened.
    #[error("{0}")]
    Preset(String),
}

impl Core {
    /// Opens the data folder, starts to listen, and opens the workspaces.
    pub async fn start(config: CoreConfig) -> Result<Arc<Self>, StartError> {
        let lock = take_folder(&config.data)?;
        let settings_store = SettingsStore::open(&paths::settings_file(&config.data)).await?;
        let settings = read_choices(&settings_store).await?;
        let ids = Arc::new(ClockIds::new(Arc::clone(&config.clock)));
        let (listener, wanted_port) = listen(&config, Arc::clone(&ids)).await?;
        let events = Events::default();
        let clock = Arc::clone(&config.clock);
        let tunnel =
            ProgramTunnel::read(&settings_store, &config.data, listener.path(), clock, events.clone())
                .await?;
        let switch = Switch::read(&settings_store).await?;
        let automatic_stopped = super::policies::read_switch(&settings_store).await?;
        let (egress, write_egress) =
            Ledger::new(settings_store.clone(), Arc::clone(&config.clock), events.clone());
        let core = Arc::new(Self {
            switch,
            automatic_stopped,
            egress,
            models: Mutex::default(),
            changing_models: tokio::sync::Mutex::new(()),
            undo_window_ms: Arc::new(AtomicI64::new(i64::from(settings.undo_seconds) * 1000)),
            claims_with_notes: Arc::new(AtomicBool::new(settings.claim_with_notes)),
            keep_deliveries_ms: Arc::new(AtomicI64::new(settings.keep_deliveries.milliseconds())),
            data: config.data,
            host: config.host,
            clock: config.clock,
            ids,
            settings_store,
            settings: RwLock::new(settings),
            secrets: config.secrets,
            session: crate::secrets::SessionSecrets::default(),
            notifier: config.notifier,
            events,
            listener,
            tunnel,
            wanted_port,
            entries: RwLock::new(BTreeMap::new()),
            active: RwLock::new(None),
            demo: Mutex::new(None),
            demo_quiet: config.demo == Some(true),
            changing: tokio::sync::Mutex::new(()),
            tasks: TaskTracker::new(),
            _lock: lock,
        });
        core.tasks.spawn(write_egress);
        core.open_all(config.demo.is_some(), config.preset).await?;
        core.open_tunnel_if_on().await;
        core.tasks.spawn(super::tunnel::tell_workspaces(Arc::downgrade(&core)));
        core.tasks.spawn(tell_of_urgent(Arc::downgrade(&core), core.events.subscribe()));
        Ok(core)
    }

    async fn open_all(&self, demo: bool, preset: Option<Preset>) -> Result<(), StartError> {
        // The one given from outside is opened once, with the secrets that come with it.
        let given = preset.as_ref().and_then(|preset| preset.app_id.clone());
        for record in self.settings_store.list_workspaces().await? {
            if record.kind == WorkspaceKind::Connected && Some(&record.app_id) != given.as_ref() {
                self.open_connected(record).await;
            }
        }
        let mut wanted: Option<WorkspaceId> = None;
        if let Some(preset) = preset {
            wanted = Some(self.open_preset(preset).await.map_err(|e| StartError::Preset(e.message))?);
        }
        let left_out = self.settings_store.find_setting(NO_DEMO).await?.is_some_and(|word| !word.is_empty());
        if demo && !left_out {
            self.open_demo().await;
        }
        let remembered = self.settings_store.find_setting(ACTIVE).await?.and_then(|id| id.parse().ok());
        let entries = self.all_entries();
        let known = |id: &WorkspaceId| entries.iter().any(|entry| entry.record.id == *id);
        let first = entries
            .iter()
            .find(|entry| entry.record.kind == WorkspaceKind::Connected)
            .or(entries.first())
            .map(|entry| entry.record.id);
        *self.active.write().unwrap_or_else(PoisonError::into_inner) =
            wanted.or(remembered.filter(known)).or(first);
        Ok(())
    }

    /// Ends the program: finishes what is under way, and closes the files.
    pub async fn close(&self) {
        self.tunnel.close().await;
        self.listener.close(PATIENCE).await;
        for entry in self.all_entries() {
            self.shut(&entry).await;
        }
        let demo = self.demo.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(demo) = demo {
            demo.stop().await;
        }
        self.egress.flush().await;
        self.settings_store.close().await;
    }

    /// For tests of what happens when the disk is full: no workspace's file grows until given `false`.
    #[doc(hidden)]
    pub async fn simulate_full_disk(&self, full: bool) -> Result<(), StoreError> {
        for workspace in self.all_entries().into_iter().filter_map(|entry| entry.running) {
            workspace.store().simulate_full_disk(full).await?;
        }
        Ok(())
    }
}

/// Makes the folder, readable by its owner alone, and takes it for this program.
pub(crate) fn take_folder(data: &Path) -> Result<File, StartError> {
    let refused =
        |error: std::io::Error| StartError::Folder { path: data.to_path_buf(), reason: error.to_string() };
    std::fs::create_dir_all(data.join("workspaces")).map_err(refused)?;
    own_alone(data).map_err(refused)?;
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(paths::lock_file(data))
        .map_err(refused)?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => Err(StartError::InUse(data.to_path_buf())),
        Err(TryLockError::Error(error)) => Err(refused(error)),
    }
}

#[cfg(unix)]
fn own_alone(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "one signature for all systems")]
fn own_alone(_: &Path) -> std::io::Result<()> {
    // The user's profile folder is private already.
    Ok(())
}

async fn listen(config: &CoreConfig, ids: Arc<ClockIds>) -> Result<(Listener, Option<u16>), ListenerError> {
    let at = |address: SocketAddr| {
        let config = ListenerConfig { address, ..ListenerConfig::default() };
        (config, Arc::new(Webhooks), ids.clone())
    };
    let (wanted, dialect, its_ids) = at(config.listen);
    match Listener::start(wanted, dialect, Arc::clone(&config.clock), its_ids).await {
        Err(ListenerError::PortTaken { port }) if config.any_port_if_taken => {
            let (free, dialect, its_ids) = at(SocketAddr::new(config.listen.ip(), 0));
            let listener = Listener::start(free, dialect, Arc::clone(&config.clock), its_ids).await?;
            Ok((listener, Some(port)))
        }
        other => Ok((other?, None)),
    }
}

/// The user's choices; what cannot be read falls back to the defaults, with a word in the log.
async fn read_choices(store: &SettingsStore) -> Result<Settings, StoreError> {
    let Some(text) = store.find_setting(CHOICES).await? else { return Ok(Settings::default()) };
    Ok(serde_json::from_str(&text).unwrap_or_else(|error| {
        tracing::warn!(%error, "The settings could not be read; the defaults are used");
        Settings::default()
    }))
}

/// Shows notifications of the desktop for what cannot wait, in the active workspace.
async fn tell_of_urgent(
    core: std::sync::Weak<Core>,
    mut events: tokio::sync::broadcast::Receiver<engine::EngineEvent>,
) {
    loop {
        let event = match events.recv().await {
            Ok(event) => event,
            Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => continue,
            Err(tokio::sync::broadcast::error::RecvError::Closed) => return,
        };
        let Some(core) = core.upgrade() else { return };
        let Some(notice) = event.notice.filter(|notice| notice.tone == Tone::Urgent) else { continue };
        let active = *core.active.read().unwrap_or_else(PoisonError::into_inner);
        let wanted = core.settings.read().unwrap_or_else(PoisonError::into_inner).notify_urgent;
        if let Some(notifier) = core.notifier.as_ref().filter(|_| wanted && event.workspace == active) {
            notifier.notify("Urgent", &notice.text);
        }
    }
}
