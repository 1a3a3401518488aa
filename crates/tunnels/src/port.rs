//! The ports: what opens a tunnel, and an open one.

use crate::choice::ProviderKind;
use crate::target::Target;
use async_trait::async_trait;
use std::fmt::Debug;
use url::Url;

/// Why a tunnel did not open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Its program is not on this machine.
    #[error("{advice}")]
    NotInstalled {
        /// How to install it.
        advice: String,
    },
    /// It was tried.
    #[error("{0}")]
    Failed(String),
}

/// Something that opens tunnels, with its options.
#[async_trait]
pub trait TunnelProvider: Debug + Send + Sync {
    /// Which it is.
    fn kind(&self) -> ProviderKind;
    /// Whether its address is another one after each start.
    fn url_changes(&self) -> bool;
    /// Whether starting it again can mend anything.
    fn can_restart(&self) -> bool {
        true
    }
    /// What the person must know about this tunnel although it works.
    fn caution(&self, url: &Url) -> Option<String> {
        (url.scheme() == "http").then(|| {
            "This address is plain http, and Intercom delivers to https alone: put a server with a certificate in \
             front of it, and enter that server's address as the public URL."
                .to_owned()
        })
    }
    /// Opens a tunnel to `target`, and returns when its public URL is known. Dropping the future ends what it began.
    async fn open(&self, target: &Target) -> Result<Box<dyn Tunnel>, OpenError>;
}

/// What an open tunnel tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TunnelEvent {
    /// It has another public URL.
    Url(Url),
    /// It has ended, and why, in words.
    Ended(String),
}

/// An open tunnel. Dropping it ends it.
#[async_trait]
pub trait Tunnel: Debug + Send {
    /// The public URL, without the path that deliveries come to.
    fn url(&self) -> Url;
    /// The next thing it tells. Dropping the future loses nothing.
    async fn next(&mut self) -> TunnelEvent;
    /// Ends it in order.
    async fn close(self: Box<Self>);
}
