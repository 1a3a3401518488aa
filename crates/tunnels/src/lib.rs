//! Ways from a public URL to the listener on this machine.
//!
//! A helpdesk delivers webhooks to an `https://` address that the whole internet can reach; the listener answers on
//! loopback alone. What leads from one to the other is a tunnel: a program of somebody else ([`ProviderKind`]), found
//! on this machine, started, watched and ended here. [`Supervisor`] does that over the ports [`TunnelProvider`] and
//! [`Tunnel`], probes the public URL from outside, and says in a [`Status`] how it stands.
//!
//! Guarantees:
//! - A program is started with a list of arguments, never through a shell, and what a person entered can be no option
//!   of it ([`Choice::provider`] refuses it with a sentence).
//! - A tunnel leads to the listener and to nothing else: before each start, [`Target`] is asked what answers there,
//!   and the port of the page is refused.
//! - A program ends with us: at [`Supervisor::stop`], when the supervisor is dropped, when this process is killed
//!   (Linux, with `setpriv`), and at the latest at the next start (`process::leftover`).
//!
//! It keeps no secret and asks for none: `cloudflared`, `ngrok`, `tailscale` and `ssh` keep their own logins.
#![warn(missing_docs)]

mod catalogue;
mod check;
mod choice;
mod pause;
mod port;
mod probe;
mod process;
mod program;
mod providers;
mod sleep;
mod status;
mod supervisor;
mod target;
mod verdict;

pub use catalogue::{Entry, Field, FieldKind, Stability, catalogue};
pub use choice::{Choice, Invalid, ProviderKind};
pub use pause::pause_ms;
pub use port::{OpenError, Tunnel, TunnelEvent, TunnelProvider};
pub use probe::{HttpProbe, Outcome, Probe};
pub use process::leftover::end_leftover;
pub use program::{Programs, System, install};
pub use sleep::{Monotonic, slept};
pub use status::Status;
pub use supervisor::{Plan, Supervisor, Timing};
pub use target::{Target, TargetError};
