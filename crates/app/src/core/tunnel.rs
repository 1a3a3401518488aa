//! `tunnel.*`: one tunnel for the program, since all workspaces share the listener.
//!
//! The choice, whether it is on, and the address that a person said is entered at Intercom are kept in the settings.
//! No secret is: the tunnels' programs keep their own logins.

mod words;

use super::Core;
use crate::api::health::{Nothing, Problem};
use crate::api::tunnel::{AcknowledgeUrl, TunnelChoice, TunnelProviders, TunnelView};
use crate::api::{ApiError, ErrorCode};
use domain::ports::Clock;
use engine::catch_up::Reason;
use engine::{EngineNotice, Events, Tone};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use store::{SettingsStore, StoreError, WorkspaceKind};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tunnels::{Choice, HttpProbe, Invalid, Monotonic, Plan, Programs, Status, Supervisor, Target, Timing};
use url::{Host, Url};

/// The key of the tunnel in the settings file.
const TUNNEL: &str = "tunnel";
/// What shows something of the tunnel.
const TAGS: [&str; 3] = ["tunnel", "health", "listener"];

/// What is kept in the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    choice: Option<Choice>,
    on: bool,
    /// The endpoint URL that Intercom has, as a person said.
    entered: Option<String>,
}

/// The tunnel of the program.
#[derive(Debug)]
pub(super) struct ProgramTunnel {
    kept: RwLock<Kept>,
    status: watch::Sender<Status>,
    /// Held while the tunnel is opened, ended or chosen.
    running: tokio::sync::Mutex<Option<Running>>,
    /// Ports on which the page is served.
    pages: Mutex<BTreeSet<u16>>,
    programs: Programs,
    path: &'static str,
    clock: Arc<dyn Clock>,
    events: Events,
}

/// A tunnel that is kept open, and the task that tells how it stands.
#[derive(Debug)]
struct Running {
    supervisor: Supervisor,
    follower: JoinHandle<()>,
}

impl Running {
    /// Ends it, and returns when nothing of it is told any more.
    async fn stop(self) {
        self.supervisor.stop().await;
        let _ = self.follower.await;
    }
}

impl ProgramTunnel {
    /// Reads what is kept, and ends what an earlier run that was killed left behind.
    pub(super) async fn read(
        store: &SettingsStore,
        data: &Path,
        path: &'static str,
        clock: Arc<dyn Clock>,
        events: Events,
    ) -> Result<Arc<Self>, StoreError> {
        tunnels::end_leftover(data);
        let kept = match store.find_setting(TUNNEL).await? {
            Some(text) => serde_json::from_str(&text).unwrap_or_else(|error| {
                tracing::warn!(%error, "The settings of the tunnel could not be read; it is off");
                Kept::default()
            }),
            None => Kept::default(),
        };
        Ok(Arc::new(Self {
            kept: RwLock::new(kept),
            status: watch::channel(Status::Off).0,
            running: tokio::sync::Mutex::new(None),
            pages: Mutex::default(),
            programs: Programs::of_this_machine(),
            path,
            clock,
            events,
        }))
    }

    /// The public address while the tunnel is up, without a slash at its end.
    pub(super) fn public_url(&self) -> Option<String> {
        self.status.borrow().url().map(|url| url.as_str().trim_end_matches('/').to_owned())
    }

    /// What is wrong with it.
    pub(super) fn problems(&self) -> Vec<Problem> {
        let (kept, status) = (self.kept(), self.status.borrow().clone());
        if kept.on {
            words::problems(&status, self.change(&kept, &status).as_ref(), self.clock.now())
        } else {
            Vec::new()
        }
    }

    /// Ends it, until the next start of the program.
    pub(super) async fn close(&self) {
        let running = self.running.lock().await.take();
        if let Some(running) = running {
            running.stop().await;
        }
    }

    fn kept(&self) -> Kept {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn endpoint(&self, status: &Status) -> Option<String> {
        status.url().map(|url| format!("{}{}", url.as_str().trim_end_matches('/'), self.path))
    }

    fn change(&self, kept: &Kept, status: &Status) -> Option<crate::api::tunnel::UrlChange> {
        // Nothing is to be entered where nothing would be delivered to.
        let fits = status.url().is_some_and(|url| url.scheme() == "https" || is_here(url));
        let new = self.endpoint(status).filter(|new| fits && kept.entered.as_ref() != Some(new))?;
        Some(words::change(kept.entered.clone(), new))
    }

    fn view(&self) -> TunnelView {
        let (kept, status) = (self.kept(), self.status.borrow().clone());
        let (sentence, advice) = words::sentence(&status, self.clock.now());
        TunnelView {
            on: kept.on,
            state: words::state(&status),
            sentence,
            advice,
            webhook_url: self.endpoint(&status),
            change: self.change(&kept, &status),
            choice: kept.choice.map(words::choice),
        }
    }

    /// Takes in how the supervisor says it stands, and tells. `told` is the address that the person was last told of.
    fn take_in(&self, now: &Status, told: &mut Option<String>) {
        let before = self.status.send_replace(now.clone());
        self.events.changed(TAGS);
        let change = self.change(&self.kept(), now);
        if let Some(change) = change.filter(|change| told.as_ref() != Some(&change.new)) {
            let tone = if change.old.is_some() { Tone::Problem } else { Tone::Info };
            self.notify(tone, change.sentence);
            *told = Some(change.new);
        }
        if let (Status::Up { .. }, Status::Down { reason, .. }) = (&before, now) {
            self.notify(Tone::Problem, words::fell(reason));
        }
    }

    fn notify(&self, tone: Tone, text: String) {
        let notice = EngineNotice { tone, text, conversation_id: None };
        self.events.notify(TAGS.map(str::to_owned).to_vec(), notice);
    }
}

/// Tells the workspaces that get their deliveries through the tunnel when it is down, and has them caught up with when
/// it is up at another address or again.
pub(super) async fn tell_workspaces(core: Weak<Core>) {
    let Some(mut status) = core.upgrade().map(|core| core.tunnel.status.subscribe()) else { return };
    let mut last_up: Option<Url> = None;
    let mut was_down = false;
    while status.changed().await.is_ok() {
        let now = status.borrow_and_update().clone();
        let Some(core) = core.upgrade() else { return };
        let is_down = matches!(now, Status::Down { .. } | Status::NotInstalled { .. });
        let is_elsewhere = now.url().is_some() && last_up.is_some() && now.url() != last_up.as_ref();
        let is_back = was_down && now.url().is_some();
        for entry in core.all_entries() {
            if entry.record.kind != WorkspaceKind::Connected || entry.record.public_url.is_some() {
                continue;
            }
            let Some(workspace) = entry.running else { continue };
            if is_down || now.url().is_some() || matches!(now, Status::Off) {
                workspace.set_cut_off(is_down);
            }
            if is_elsewhere || is_back {
                workspace.catch_up_soon(Reason::TunnelChanged);
            }
        }
        was_down = is_down || (was_down && now.url().is_none());
        last_up = now.url().cloned().or(last_up);
    }
}

impl Core {
    /// The page is served there: no tunnel may ever lead to it.
    pub fn page_is_served_at(&self, address: SocketAddr) {
        self.tunnel.pages.lock().unwrap_or_else(PoisonError::into_inner).insert(address.port());
    }

    /// The machine slept, or is in another network: the tunnel is probed at once.
    pub async fn tunnel_woke(&self) {
        if let Some(running) = self.tunnel.running.lock().await.as_ref() {
            running.supervisor.woke();
        }
    }

    /// Opens the tunnel if it was on when the program ended.
    pub(super) async fn open_tunnel_if_on(&self) {
        if self.tunnel.kept().on
            && let Err(error) = self.open_tunnel().await
        {
            tracing::warn!(error = %error.message, "The tunnel was not opened");
        }
    }

    #[expect(clippy::unused_async, reason = "commands share one shape")]
    pub(super) async fn tunnel_get(&self, _: Nothing) -> Result<TunnelView, ApiError> {
        Ok(self.tunnel.view())
    }

    pub(super) async fn tunnel_providers(&self, _: Nothing) -> Result<TunnelProviders, ApiError> {
        let programs = self.tunnel.programs.clone();
        // Looks at files.
        tokio::task::spawn_blocking(move || words::providers(&programs))
            .await
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))
    }

    pub(super) async fn tunnel_set(&self, input: TunnelChoice) -> Result<TunnelView, ApiError> {
        let choice = words::tunnels_choice(input);
        choice.provider(&self.tunnel.programs, self.data.clone()).map_err(refused)?;
        let kept = Kept { choice: Some(choice), ..self.tunnel.kept() };
        let on = kept.on;
        self.keep_tunnel(kept).await?;
        if on { self.open_tunnel().await } else { Ok(self.tunnel.view()) }
    }

    pub(super) async fn tunnel_start(&self, _: Nothing) -> Result<TunnelView, ApiError> {
        let view = self.open_tunnel().await?;
        self.keep_tunnel(Kept { on: true, ..self.tunnel.kept() }).await?;
        Ok(TunnelView { on: true, ..view })
    }

    pub(super) async fn tunnel_stop(&self, _: Nothing) -> Result<TunnelView, ApiError> {
        self.keep_tunnel(Kept { on: false, ..self.tunnel.kept() }).await?;
        self.tunnel.close().await;
        self.tunnel.status.send_replace(Status::Off);
        self.events.changed(TAGS);
        Ok(self.tunnel.view())
    }

    pub(super) async fn tunnel_acknowledge_url(&self, input: AcknowledgeUrl) -> Result<TunnelView, ApiError> {
        let current = self.tunnel.endpoint(&self.tunnel.status.borrow().clone());
        if current.as_ref() != Some(&input.url) {
            return Err(ApiError::new(
                ErrorCode::BadRequest,
                "The tunnel has another address by now. Enter the one that is shown.",
            ));
        }
        self.keep_tunnel(Kept { entered: current, ..self.tunnel.kept() }).await?;
        Ok(self.tunnel.view())
    }

    /// Opens the chosen tunnel, in place of one that is open.
    async fn open_tunnel(&self) -> Result<TunnelView, ApiError> {
        let Some(choice) = self.tunnel.kept().choice else {
            return Err(ApiError::new(ErrorCode::BadRequest, "Choose a way first."));
        };
        let provider = choice.provider(&self.tunnel.programs, self.data.clone()).map_err(refused)?;
        let pages = self.tunnel.pages.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let target = Target::new(self.listener.address(), self.listener.path(), &pages)
            .map_err(|error| ApiError::new(ErrorCode::BadRequest, error.to_string()))?;
        let probe = HttpProbe::new(self.listener.path())
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        let mut running = self.tunnel.running.lock().await;
        if let Some(before) = running.take() {
            before.stop().await;
        }
        let supervisor = Supervisor::start(Plan {
            target,
            provider,
            probe: Arc::new(probe),
            clock: Arc::clone(&self.clock),
            monotonic: Monotonic::system(),
            timing: Timing::default(),
        });
        let status = supervisor.status();
        self.tunnel.status.send_replace(status.borrow().clone());
        let follower = self.tasks.spawn(follow(Arc::downgrade(&self.tunnel), status));
        *running = Some(Running { supervisor, follower });
        drop(running);
        Ok(self.tunnel.view())
    }

    async fn keep_tunnel(&self, kept: Kept) -> Result<(), ApiError> {
        let text = serde_json::to_string(&kept)
            .map_err(|error| ApiError::new(ErrorCode::Internal, error.to_string()))?;
        self.settings_store.set_setting(TUNNEL, &text).await?;
        *self.tunnel.kept.write().unwrap_or_else(PoisonError::into_inner) = kept;
        self.events.changed(TAGS);
        Ok(())
    }
}

/// Tells every change of a supervisor's status, until it ends. Keeps nothing alive.
async fn follow(tunnel: Weak<ProgramTunnel>, mut status: watch::Receiver<Status>) {
    let mut told = None;
    loop {
        let now = status.borrow_and_update().clone();
        let Some(tunnel) = tunnel.upgrade() else { return };
        tunnel.take_in(&now, &mut told);
        drop(tunnel);
        if status.changed().await.is_err() {
            return;
        }
    }
}

/// Whether the address is this machine's own: a simulator delivers to it, by plain http too.
fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn refused(invalid: Invalid) -> ApiError {
    ApiError::new(ErrorCode::BadRequest, invalid.sentence).with_detail(invalid.field)
}
