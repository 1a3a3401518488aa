//! An Intercom workspace in a box, written from the API description alone.
//!
//! A [`Simulator`] serves the REST interface of a small invented company over HTTP on this machine, delivers signed
//! webhooks, and has a control surface under `/_sim` to play customers and teammates and to make calls go wrong. The
//! same seed gives the same ids, times and order. It never prints and needs no network.
//!
//! It does not share a line with the client that is tested against it: both are written from the same papers.

use std::{
    fmt,
    net::SocketAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use serde::Serialize;
use tokio::{net::TcpListener, sync::Notify};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

mod answer;
mod api;
mod calls;
mod clock;
mod control;
mod faults;
mod intake;
mod limiter;
mod paging;
mod render;
mod script;
mod search;
mod seed;
mod server;
mod text;
mod webhooks;
mod world;

pub use clock::{Clock, ManualClock, Sleep, SystemClock};

use calls::CallLog;
use faults::Faults;
use limiter::Limiter;
use script::Script;
use seed::Seed;
use webhooks::Webhooks;
use world::{Founding, World};

/// The customers of the Northwind demo.
const NORTHWIND: &str = include_str!("../script/northwind.json");

/// What a simulated workspace is like. The default is a lively Northwind on a free port of this machine.
#[derive(Clone)]
pub struct Config {
    /// Ids, pace and order follow from it.
    pub seed: u64,
    /// No conversations and no messages of its own: only the directory, companies and a few contacts.
    pub quiet: bool,
    /// How fast customers write: 1.0 is believable, 10.0 ten times as fast.
    pub pace: f64,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The access token; one that follows from the seed when left out.
    pub token: Option<String>,
    /// The secret that signs webhooks; one that follows from the seed when left out.
    pub client_secret: Option<String>,
    /// The id of the workspace; `northwd1` when left out.
    pub app_id: Option<String>,
    /// Where time comes from; the machine's clock when left out.
    pub clock: Option<Arc<dyn Clock>>,
    /// Calls allowed in each window of ten seconds.
    pub rate_limit: u64,
    /// Another script than Northwind's, as JSON in the format of `script/README.md`.
    pub script: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seed: 1,
            quiet: false,
            pace: 1.0,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            token: None,
            client_secret: None,
            app_id: None,
            clock: None,
            // A sixth of the 10,000 calls a minute that an app has.
            rate_limit: 1_666,
            script: None,
        }
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Config")
            .field("seed", &self.seed)
            .field("quiet", &self.quiet)
            .field("pace", &self.pace)
            .field("listen", &self.listen)
            .field("app_id", &self.app_id)
            .field("rate_limit", &self.rate_limit)
            .finish_non_exhaustive()
    }
}

/// What a client needs to connect to a simulated workspace.
#[derive(Clone, Serialize)]
pub struct Credentials {
    /// Where the REST interface is.
    pub base_url: String,
    /// The access token.
    pub token: String,
    /// The secret that webhooks are signed with.
    pub client_secret: String,
    /// The id of the workspace.
    pub app_id: String,
    /// The teammate who owns the token.
    pub admin_id: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Credentials")
            .field("base_url", &self.base_url)
            .field("app_id", &self.app_id)
            .field("admin_id", &self.admin_id)
            .finish_non_exhaustive()
    }
}

/// Why a simulator did not start.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The address cannot be listened on: another program has the port, or there is no such address.
    #[error("Cannot listen on {address}")]
    Listen {
        /// The address that was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The script is not JSON of the right shape.
    #[error("The script of the workspace cannot be read: {0}")]
    ScriptUnreadable(#[source] serde_json::Error),
    /// The script contradicts itself.
    #[error("The script of the workspace is wrong: {0}")]
    ScriptWrong(String),
    /// The client that delivers webhooks cannot be made.
    #[error("Cannot make the client that delivers webhooks")]
    Client(#[source] reqwest::Error),
}

/// A running workspace. It stops when it is shut down or dropped.
#[derive(Debug)]
pub struct Simulator {
    shared: Arc<Shared>,
}

/// What the parts of a running simulator have in common.
#[derive(Debug)]
struct Shared {
    world: Mutex<World>,
    calls: Mutex<CallLog>,
    faults: Mutex<Faults>,
    limiter: Mutex<Limiter>,
    webhooks: Arc<Webhooks>,
    credentials: Credentials,
    clock: Arc<dyn Clock>,
    seed: Seed,
    requests: AtomicU64,
    /// Told when the agenda may have a new first task.
    agenda_changed: Notify,
    cancel: CancellationToken,
    tasks: TaskTracker,
}

impl Simulator {
    /// Starts a workspace and gives it back once it answers.
    pub async fn start(config: Config) -> Result<Self, SimulatorError> {
        let script = Script::parse(config.script.as_deref().unwrap_or(NORTHWIND))?;
        let unlistenable = |source| SimulatorError::Listen { address: config.listen, source };
        let listener = TcpListener::bind(config.listen).await.map_err(unlistenable)?;
        let address = listener.local_addr().map_err(unlistenable)?;
        let seed = Seed(config.seed);
        let clock = config.clock.unwrap_or_else(|| Arc::new(SystemClock));
        let world = World::found(Founding {
            seed,
            clock: Arc::clone(&clock),
            app_id: config.app_id.unwrap_or_else(|| "northwd1".to_owned()),
            base_url: format!("http://{address}"),
            pace: config.pace,
            script,
            quiet: config.quiet,
        });
        let credentials = Credentials {
            base_url: world.identity.base_url.clone(),
            token: config.token.unwrap_or_else(|| format!("sim_{}", seed.hex("token", 0, 40))),
            client_secret: config.client_secret.unwrap_or_else(|| seed.uuid("client secret", 0).to_string()),
            app_id: world.identity.app_id.clone(),
            admin_id: world.owner().map(|owner| owner.id.to_string()).unwrap_or_default(),
        };
        let cancel = CancellationToken::new();
        let tasks = TaskTracker::new();
        let webhooks = Webhooks::start(
            Arc::clone(&clock),
            seed,
            credentials.app_id.clone(),
            credentials.client_secret.clone(),
            &tasks,
            &cancel,
        )
        .map_err(SimulatorError::Client)?;
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            calls: Mutex::default(),
            faults: Mutex::default(),
            limiter: Mutex::new(Limiter::new(config.rate_limit)),
            webhooks,
            credentials,
            clock,
            seed,
            requests: AtomicU64::new(0),
            agenda_changed: Notify::new(),
            cancel,
            tasks,
        });
        shared.tasks.spawn(server::serve(Arc::clone(&shared), listener));
        shared.tasks.spawn(live(Arc::clone(&shared)));
        Ok(Self { shared })
    }

    /// Where the REST interface is: `http://127.0.0.1:PORT`.
    pub fn base_url(&self) -> String {
        self.shared.credentials.base_url.clone()
    }

    /// What a client needs to connect.
    pub fn credentials(&self) -> &Credentials {
        &self.shared.credentials
    }

    /// Stops everything and waits until it has stopped.
    pub async fn shutdown(self) {
        self.shared.cancel.cancel();
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.shared.cancel.cancel();
    }
}

impl Shared {
    /// Does something to the world, sends off what it gave notice of, and has the agenda looked at again.
    fn change<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let done = self.act(act);
        self.agenda_changed.notify_one();
        done
    }

    fn act<T>(&self, act: impl FnOnce(&mut World) -> T) -> T {
        let mut world = lock(&self.world);
        let done = act(&mut world);
        // Queued under the lock, so that notices leave in the order of the acts.
        self.webhooks.tell(world.take_notices());
        done
    }

    fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        self.seed.uuid("request", number).to_string()
    }
}

/// Lets what is on the agenda happen in its time.
async fn live(shared: Arc<Shared>) {
    loop {
        while shared.act(World::do_what_is_due) {
            tokio::task::yield_now().await;
        }
        let due_ms = lock(&shared.world).agenda.next_due_ms();
        let wait = due_ms.map(|due_ms| {
            let left = u64::try_from(due_ms - shared.clock.now_ms()).unwrap_or(0);
            shared.clock.sleep(std::time::Duration::from_millis(left))
        });
        let due = async {
            match wait {
                Some(sleep) => sleep.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shared.cancel.cancelled() => return,
            () = shared.agenda_changed.notified() => {}
            () = due => {}
        }
    }
}

/// A lock that a panic elsewhere cannot take away.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
