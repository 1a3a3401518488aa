//! The core: everything the program does, behind one door.

mod approvals;
mod begun;
mod blind;
mod buckets;
mod contacts;
mod conversations;
mod coverage;
mod deliveries;
mod dispatch;
mod drafts;
mod egress;
mod entries;
mod explaining;
mod faults;
mod health;
pub(crate) mod history;
mod insights;
mod language_models;
mod library;
mod listening;
mod locked;
mod logs;
mod opening;
mod policies;
mod refusals;
mod replies;
mod second_opinion;
mod settings;
pub(crate) mod start;
mod subscription;
mod suggestions;
mod tunnel;
mod views;
mod workspaces;

pub use start::StartError;

use crate::api::settings::{Host, Settings};
use crate::api::{AppEvent, Notice, NoticeKind};
use crate::demo::Demo;
use crate::notifications::Notifier;
use crate::secrets::SessionSecrets;
use ::language_models::LanguageModel;
use domain::ports::{Clock, IdSource, SecretStore};
use domain::{AdminId, Timestamp, WorkspaceId};
use engine::listener::Listener;
use engine::{EngineEvent, Events, Tone};
use entries::Entry;
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fs::File;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI64};
use std::sync::{Arc, Mutex, RwLock};
use store::SettingsStore;
use tokio::sync::broadcast;
use tokio_util::task::TaskTracker;

/// What a core is started with.
#[derive(Debug, Clone)]
pub struct CoreConfig {
    /// The data folder; made when it is not there.
    pub data: PathBuf,
    /// Where to listen for webhooks: a loopback address.
    pub listen: SocketAddr,
    /// Listen on another port when that one is taken, instead of not starting.
    pub any_port_if_taken: bool,
    /// What runs the page.
    pub host: Host,
    /// Offer the demo workspace. `Some(true)` keeps its customers silent.
    pub demo: Option<bool>,
    /// A workspace given from outside, with its secrets.
    pub preset: Option<Preset>,
    /// Where secrets are kept.
    pub secrets: Arc<dyn SecretStore>,
    /// Shows notifications of the desktop.
    pub notifier: Option<Arc<dyn Notifier>>,
    /// Time.
    pub clock: Arc<dyn Clock>,
}

/// A workspace given from outside.
#[derive(Debug, Clone)]
pub struct Preset {
    /// `us`, `eu`, `au`, or a base URL.
    pub region: String,
    /// The helpdesk's id of it; asked for when left out.
    pub app_id: Option<String>,
    /// The acting teammate; the token's own when left out.
    pub admin_id: Option<AdminId>,
    /// The access token.
    pub access_token: SecretString,
    /// The client secret.
    pub client_secret: SecretString,
}

/// A running program without a face.
#[derive(Debug)]
pub struct Core {
    data: PathBuf,
    host: Host,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    settings_store: SettingsStore,
    settings: RwLock<Settings>,
    secrets: Arc<dyn SecretStore>,
    session: SessionSecrets,
    notifier: Option<Arc<dyn Notifier>>,
    events: Events,
    undo_window_ms: Arc<AtomicI64>,
    claims_with_notes: Arc<AtomicBool>,
    /// Stops everything automatic, in every workspace.
    automatic_stopped: Arc<AtomicBool>,
    keep_deliveries_ms: Arc<AtomicI64>,
    /// Blocks everything but the helpdesk.
    switch: Arc<egress::Switch>,
    egress: egress::Ledger,
    /// The language models that are asked, by workspace.
    models: Mutex<BTreeMap<WorkspaceId, Arc<LanguageModel>>>,
    /// The language model of one workspace is changed at a time.
    changing_models: tokio::sync::Mutex<()>,
    listener: Listener,
    tunnel: Arc<tunnel::ProgramTunnel>,
    /// The port that was asked for, when another program has it.
    wanted_port: Option<u16>,
    entries: RwLock<BTreeMap<WorkspaceId, Entry>>,
    active: RwLock<Option<WorkspaceId>>,
    demo: Mutex<Option<Demo>>,
    demo_quiet: bool,
    /// One workspace is opened, closed or changed at a time.
    changing: tokio::sync::Mutex<()>,
    tasks: TaskTracker,
    _lock: File,
}

impl Core {
    /// Where the listener listens.
    pub const fn listen_address(&self) -> SocketAddr {
        self.listener.address()
    }

    /// The full address that deliveries come to on this machine.
    pub fn listen_url(&self) -> String {
        format!("http://{}{}", self.listener.address(), self.listener.path())
    }

    /// Where the demo workspace's helpdesk answers, while it runs.
    pub fn demo_base_url(&self) -> Option<String> {
        let demo = self.demo.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        demo.as_ref().map(Demo::base_url)
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Receives every event from here on.
    pub fn subscribe(&self) -> EventReceiver {
        EventReceiver { inner: self.events.subscribe() }
    }
}

/// Receives events for a page.
#[derive(Debug)]
pub struct EventReceiver {
    inner: broadcast::Receiver<EngineEvent>,
}

impl EventReceiver {
    /// The next event; `None` when the core has ended. A receiver that fell behind gets one event with tag `*`.
    pub async fn next(&mut self) -> Option<AppEvent> {
        match self.inner.recv().await {
            Ok(event) => Some(app_event(event)),
            Err(broadcast::error::RecvError::Lagged(_)) => {
                Some(AppEvent { workspace: None, tags: vec!["*".to_owned()], notice: None })
            }
            Err(broadcast::error::RecvError::Closed) => None,
        }
    }
}

fn app_event(event: EngineEvent) -> AppEvent {
    AppEvent {
        workspace: event.workspace,
        tags: event.tags,
        notice: event.notice.map(|notice| Notice {
            kind: match notice.tone {
                Tone::Success => NoticeKind::Success,
                Tone::Info | Tone::Urgent => NoticeKind::Info,
                Tone::Problem => NoticeKind::Problem,
            },
            text: notice.text,
            conversation_id: notice.conversation_id,
        }),
    }
}
