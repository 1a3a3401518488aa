//! The listener for webhooks, on loopback only.
//!
//! It answers `HEAD` and `POST` on the dialect's path and 404 to everything else. The signature is checked over the
//! raw bytes, against the secret of every connected workspace, before a byte is parsed. 200 is answered only after
//! the delivery is on disk. Refusals look the same and take the same time whatever their reason.
//!
//! It does no work beyond storing: what a delivery leads to is the ingest's.

mod connection;
mod counters;
mod gate;
mod refused;
mod taking;

pub use counters::Refusals;
pub use refused::{Refused, RefusedFor};
pub use taking::{NotTaken, Signer, Taken, take};

use crate::suspension::Answer;
use crate::workspace::Workspace;
use counters::Counters;
use domain::ports::{Clock, IdSource, WebhookDialect};
use domain::{DeliveryId, WorkspaceId};
use refused::RefusedRing;
use secrecy::SecretString;
use std::net::SocketAddr;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Where to listen, and what is too large or too slow.
#[derive(Debug, Clone)]
pub struct ListenerConfig {
    /// A loopback address; port 0 picks a free one.
    pub address: SocketAddr,
    /// The largest body, bytes.
    pub body_limit: usize,
    /// The longest time for a request's headers.
    pub header_timeout: Duration,
    /// The longest time for a request's body.
    pub body_timeout: Duration,
}

impl Default for ListenerConfig {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 8713)),
            body_limit: 1024 * 1024,
            header_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
        }
    }
}

/// Why the listener does not listen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ListenerError {
    /// The address can be reached by other machines.
    #[error("{0} is not a loopback address. Listen on 127.0.0.1 and let a tunnel lead there.")]
    NotLoopback(SocketAddr),
    /// Another program listens there.
    #[error("Port {port} is taken by another program. End that program, or choose another port.")]
    PortTaken {
        /// Which.
        port: u16,
    },
    /// The system refused.
    #[error("The system refused to listen on {address}: {reason}")]
    Refused {
        /// Where.
        address: SocketAddr,
        /// The system's words.
        reason: String,
    },
}

/// What requests need.
#[derive(Debug)]
struct Shared {
    config: ListenerConfig,
    dialect: Arc<dyn WebhookDialect>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    /// Replaced as a whole, so that a request looks at one state of it and holds no lock.
    registered: RwLock<Arc<[Arc<Registered>]>>,
    /// Workspaces that are told of refusals: nobody knows which one a request without a right signature was for.
    watching: RwLock<Vec<Arc<Workspace>>>,
    counters: Counters,
    ring: RefusedRing,
}

impl Shared {
    /// A request was answered with an error before it was known whose it is.
    fn refused(&self, why: RefusedFor, size: Option<usize>) {
        self.remember(why, size);
        let watching = self.watching.read().unwrap_or_else(PoisonError::into_inner).clone();
        for workspace in watching {
            workspace.refused(Answer::BadUnsigned, self.clock.now());
        }
    }

    fn remember(&self, why: RefusedFor, size: Option<usize>) {
        let id = DeliveryId(self.ids.next());
        self.ring.push(Refused { id, at: self.clock.now(), why, size });
    }
}

/// A workspace that deliveries are accepted for.
#[derive(Debug)]
struct Registered {
    secret: SecretString,
    workspace: Arc<Workspace>,
}

impl Registered {
    fn signer(&self) -> Signer<'_> {
        Signer { app_id: self.workspace.app_id(), secret: &self.secret }
    }
}

/// A running listener.
#[derive(Debug)]
pub struct Listener {
    shared: Arc<Shared>,
    address: SocketAddr,
    closing: CancellationToken,
    tasks: TaskTracker,
}

impl Listener {
    /// Binds the address and starts to answer.
    pub async fn start(
        config: ListenerConfig,
        dialect: Arc<dyn WebhookDialect>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn IdSource>,
    ) -> Result<Self, ListenerError> {
        let wanted = config.address;
        if !wanted.ip().is_loopback() {
            return Err(ListenerError::NotLoopback(wanted));
        }
        let refused = |error: &std::io::Error| {
            if error.kind() == std::io::ErrorKind::AddrInUse {
                ListenerError::PortTaken { port: wanted.port() }
            } else {
                ListenerError::Refused { address: wanted, reason: error.to_string() }
            }
        };
        let socket = TcpListener::bind(wanted).await.map_err(|error| refused(&error))?;
        let address = socket.local_addr().map_err(|error| refused(&error))?;
        let shared = Arc::new(Shared {
            config,
            dialect,
            clock,
            ids,
            registered: RwLock::new(Arc::new([])),
            watching: RwLock::default(),
            counters: Counters::default(),
            ring: RefusedRing::default(),
        });
        let listener = Self { shared, address, closing: CancellationToken::new(), tasks: TaskTracker::new() };
        let (shared, closing, tasks) =
            (Arc::clone(&listener.shared), listener.closing.clone(), listener.tasks.clone());
        listener.tasks.spawn(connection::accept(socket, shared, closing, tasks));
        tracing::info!(%address, "Listening for webhooks");
        Ok(listener)
    }

    /// Accepts deliveries for a workspace, signed with `secret`. Replaces an earlier registration of it.
    pub fn register(&self, workspace: &Arc<Workspace>, secret: SecretString) {
        workspace.set_listening(true);
        let registered = Arc::new(Registered { secret, workspace: Arc::clone(workspace) });
        self.replace(workspace.id(), Some(registered));
        self.watch(workspace);
    }

    /// Tells a workspace of refusals, also while its secret is not known and its deliveries are refused.
    pub fn watch(&self, workspace: &Arc<Workspace>) {
        let mut all = self.shared.watching.write().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| other.id() != workspace.id());
        all.push(Arc::clone(workspace));
    }

    /// Accepts no more deliveries for a workspace.
    pub fn unregister(&self, id: WorkspaceId) {
        if let Some(registered) = self.replace(id, None) {
            registered.workspace.set_listening(false);
        }
        let mut watching = self.shared.watching.write().unwrap_or_else(PoisonError::into_inner);
        watching.retain(|workspace| workspace.id() != id);
    }

    fn replace(&self, id: WorkspaceId, with: Option<Arc<Registered>>) -> Option<Arc<Registered>> {
        let mut all = self.shared.registered.write().unwrap_or_else(PoisonError::into_inner);
        let (before, others): (Vec<_>, Vec<_>) =
            all.iter().cloned().partition(|registered| registered.workspace.id() == id);
        *all = others.into_iter().chain(with).collect();
        before.into_iter().next()
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The path that deliveries come to.
    pub fn path(&self) -> &'static str {
        self.shared.dialect.path()
    }

    /// What was refused since it started.
    pub fn refusals(&self) -> Refusals {
        self.shared.counters.refusals()
    }

    /// The newest requests that were refused since it started, newest first.
    pub fn refused(&self) -> Vec<Refused> {
        self.shared.ring.all()
    }

    /// Stops to accept, finishes what is under way, and ends.
    pub async fn close(&self, patience: Duration) {
        self.closing.cancel();
        *self.shared.registered.write().unwrap_or_else(PoisonError::into_inner) = Arc::new([]);
        self.shared.watching.write().unwrap_or_else(PoisonError::into_inner).clear();
        self.tasks.close();
        if tokio::time::timeout(patience, self.tasks.wait()).await.is_err() {
            tracing::warn!("Connections of the listener were cut; what was not answered will come again");
        }
    }
}
