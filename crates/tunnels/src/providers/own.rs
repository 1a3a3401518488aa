//! An address that leads here by means that are none of ours: nothing is started, the address is probed.

use crate::check;
use crate::choice::{Choice, Invalid, ProviderKind};
use crate::port::{OpenError, Tunnel, TunnelEvent, TunnelProvider};
use crate::target::Target;
use async_trait::async_trait;
use url::Url;

/// The address.
#[derive(Debug)]
pub(super) struct OwnUrl {
    url: Url,
}

impl OwnUrl {
    pub(super) fn new(choice: &Choice) -> Result<Self, Invalid> {
        Ok(Self { url: check::public_url("public_url", choice.required("public_url")?)? })
    }
}

#[async_trait]
impl TunnelProvider for OwnUrl {
    fn kind(&self) -> ProviderKind {
        ProviderKind::OwnUrl
    }

    fn url_changes(&self) -> bool {
        false
    }

    fn can_restart(&self) -> bool {
        false
    }

    async fn open(&self, _: &Target) -> Result<Box<dyn Tunnel>, OpenError> {
        Ok(Box::new(OwnTunnel { url: self.url.clone() }))
    }
}

#[derive(Debug)]
struct OwnTunnel {
    url: Url,
}

#[async_trait]
impl Tunnel for OwnTunnel {
    fn url(&self) -> Url {
        self.url.clone()
    }

    async fn next(&mut self) -> TunnelEvent {
        std::future::pending().await
    }

    async fn close(self: Box<Self>) {}
}
