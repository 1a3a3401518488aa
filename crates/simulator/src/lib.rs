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
    time::Duration,
};

use serde::Serialize;
use tokio::{net::TcpListener, sync::Notify};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

mod answer;
mod api;
mod apps;
mod calls;
mod clock;
mod control;
mod digest;
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

pub use calls::LoggedCall;
pub use clock::{Clock, ManualClock, Sleep, SystemClock};
pub use digest::{ConversationDigest, Digest, PartDigest, text_hash};
pub use faults::{Fault, FaultKind, FaultMatch};
pub use webhooks::{DelayFault, DeliveryFaults};
pub use world::{Bulk, People, Weights};

use apps::{App, Apps};
use calls::{CallLog, Wanted};
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
    /// The newest parts that a conversation shows; the older ones are left out, and still counted.
    pub parts_shown: usize,
    /// How late searches for contacts see what was changed.
    pub contact_search_lag: Duration,
    /// Conversations that people had before the start.
    pub bulk: Option<Bulk>,
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
            parts_shown: world::PARTS_KEPT,
            contact_search_lag: Duration::ZERO,
            bulk: None,
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
    apps: Apps,
    /// Those of the first app.
    credentials: Credentials,
    rate_limit: u64,
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
        let mut world = World::found(Founding {
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
        world.parts_shown = config.parts_shown;
        world.lag_contact_searches(i64::try_from(config.contact_search_lag.as_millis()).unwrap_or(i64::MAX));
        if let Some(bulk) = &config.bulk {
            world.write_bulk(bulk);
        }
        let shared = Arc::new(Shared {
            world: Mutex::new(world),
            calls: Mutex::default(),
            faults: Mutex::new(Faults::new(seed)),
            apps: Apps::default(),
            credentials: credentials.clone(),
            rate_limit: config.rate_limit,
            clock,
            seed,
            requests: AtomicU64::new(0),
            agenda_changed: Notify::new(),
            cancel: CancellationToken::new(),
            tasks: TaskTracker::new(),
        });
        shared.install(apps::FIRST, credentials).map_err(SimulatorError::Client)?;
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

    /// Installs another app in the workspace: with a token, a secret, a webhook address and a rate limit of its own.
    /// `admin_id` is the teammate who owns the token; the owner of the first app's when left out. An app that is there
    /// already is given as it is.
    pub fn install_app(&self, label: &str, admin_id: Option<&str>) -> Result<Credentials, SimulatorError> {
        self.shared.install_new(label, admin_id).map_err(SimulatorError::Client)
    }

    /// Makes calls go wrong from now on. The id is for `clear_fault`.
    pub fn order_fault(&self, fault: Fault) -> u64 {
        lock(&self.shared.faults).add(fault)
    }

    /// Clears one fault, and says whether it was there.
    pub fn clear_fault(&self, id: u64) -> bool {
        lock(&self.shared.faults).remove(id)
    }

    /// Clears all faults of calls.
    pub fn clear_faults(&self) {
        lock(&self.shared.faults).clear();
    }

    /// Makes the deliveries to every app go wrong from now on, or right again.
    pub fn order_delivery_faults(&self, faults: Option<&DeliveryFaults>) {
        for app in self.shared.apps.all() {
            app.webhooks.order_faults(faults.cloned());
        }
    }

    /// Lets people act by chance from now on, or nobody.
    pub fn stir(&self, people: Option<People>) {
        self.shared.change(|world| match people {
            Some(people) => world.stir(people),
            None => world.stirring = None,
        });
    }

    /// Lets those who act by chance do so `times` times at this moment, and gives how often somebody could.
    pub fn stir_now(&self, times: u64) -> u64 {
        self.shared.change(|world| {
            let at = world.now();
            (0..times).filter(|_| world.stir_once(at).is_some()).count() as u64
        })
    }

    /// Writes a past of any size, which nobody is told of. Gives how many parts it has.
    pub fn write_bulk(&self, bulk: &Bulk) -> u64 {
        self.shared.change(|world| world.write_bulk(bulk))
    }

    /// Lets searches for contacts see changes only so much later.
    pub fn lag_contact_searches(&self, lag: Duration) {
        let lag_ms = i64::try_from(lag.as_millis()).unwrap_or(i64::MAX);
        self.shared.change(|world| world.lag_contact_searches(lag_ms));
    }

    /// All conversations in short.
    pub fn digest(&self) -> Digest {
        self.shared.change(|world| Digest::of(world, i64::MIN))
    }

    /// The calls that meant to change something, oldest first; those after the call numbered `after`.
    pub fn writes(&self, after: u64) -> Vec<LoggedCall> {
        lock(&self.shared.calls).list(&Wanted { writes_only: true, app: None, after })
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
        // Nobody is to meet a world that lags behind its clock.
        world.do_what_is_due();
        world.settle();
        let done = act(&mut world);
        world.settle();
        // Queued under the lock, so that notices leave in the order of the acts.
        let notices = world.take_notices();
        if !notices.is_empty() {
            for app in self.apps.all() {
                app.webhooks.tell(&notices);
            }
        }
        done
    }

    /// Installs an app whose token and secret follow from the seed and its label.
    fn install_new(&self, label: &str, admin_id: Option<&str>) -> Result<Credentials, reqwest::Error> {
        if let Some(app) = self.apps.labelled(label) {
            return Ok(app.credentials.clone());
        }
        let credentials = Credentials {
            token: format!("sim_{}", self.seed.hex(&format!("token of {label}"), 0, 40)),
            client_secret: self.seed.uuid(&format!("client secret of {label}"), 0).to_string(),
            admin_id: admin_id.unwrap_or(&self.credentials.admin_id).to_owned(),
            ..self.credentials.clone()
        };
        self.install(label, credentials.clone())?;
        Ok(credentials)
    }

    fn install(&self, label: &str, credentials: Credentials) -> Result<(), reqwest::Error> {
        let webhooks = Webhooks::start(
            Arc::clone(&self.clock),
            self.seed,
            credentials.app_id.clone(),
            credentials.client_secret.clone(),
            &self.tasks,
            &self.cancel,
        )?;
        let limiter = Mutex::new(Limiter::new(self.rate_limit));
        self.apps.install(App { label: label.to_owned(), credentials, webhooks, limiter });
        Ok(())
    }

    fn next_request_id(&self) -> String {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        self.seed.uuid("request", number).to_string()
    }
}

/// Lets what is on the agenda happen in its time.
async fn live(shared: Arc<Shared>) {
    loop {
        let due_ms = shared.act(|world| world.next_due_ms());
        tokio::task::yield_now().await;
        let wait = due_ms.map(|due_ms| {
            let left = u64::try_from(due_ms - shared.clock.now_ms()).unwrap_or(0);
            shared.clock.sleep(Duration::from_millis(left))
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
