//! Where a tunnel leads: the listener, and nothing else of this machine.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

/// How long the listener may take to say who it is.
const PATIENCE: Duration = Duration::from_secs(3);
/// Paths that the page's server answers and the listener does not.
const NOT_THE_LISTENERS: [&str; 3] = ["/", "/rpc", "/events"];

/// Why a tunnel is not started to an address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Other machines could be reached through it.
    #[error("{0} is not on this machine: a tunnel leads to the listener alone.")]
    NotLoopback(SocketAddr),
    /// The page and its commands are there.
    #[error("Port {0} is the page's: no tunnel may lead there.")]
    Page(u16),
    /// The listener does not answer.
    #[error("The listener on {0} does not answer, so there is nothing to lead a tunnel to.")]
    Silent(SocketAddr),
    /// Something else answers there.
    #[error("What answers on {0} is not the listener alone, so no tunnel is started to it.")]
    NotTheListener(SocketAddr),
}

/// The listener's address and the path that deliveries come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    address: SocketAddr,
    path: String,
}

impl Target {
    /// A loopback address that is none of `pages`' ports.
    pub fn new(address: SocketAddr, path: &str, pages: &BTreeSet<u16>) -> Result<Self, TargetError> {
        if !address.ip().is_loopback() {
            return Err(TargetError::NotLoopback(address));
        }
        if pages.contains(&address.port()) {
            return Err(TargetError::Page(address.port()));
        }
        Ok(Self { address, path: path.to_owned() })
    }

    /// The address.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The path that deliveries come to.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Asks what answers there: the listener says 200 to `HEAD` on its path and 404 to everything else.
    pub async fn verify(&self) -> Result<(), TargetError> {
        let silent = || TargetError::Silent(self.address);
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|_| silent())?;
        let url = |path: &str| format!("http://{}{path}", self.address);
        let head = client.head(url(&self.path)).send().await.map_err(|_| silent())?;
        if head.status().as_u16() != 200 {
            return Err(TargetError::NotTheListener(self.address));
        }
        for path in NOT_THE_LISTENERS {
            let answer = client.get(url(path)).send().await.map_err(|_| silent())?;
            if answer.status().as_u16() != 404 {
                return Err(TargetError::NotTheListener(self.address));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_listener_can_be_led_to() {
        let pages = BTreeSet::from([8714]);
        let at = |text: &str| Target::new(text.parse().unwrap(), "/webhooks/example", &pages);
        assert!(at("127.0.0.1:8713").is_ok());
        assert_eq!(
            at("192.168.1.7:8713"),
            Err(TargetError::NotLoopback("192.168.1.7:8713".parse().unwrap()))
        );
        assert_eq!(at("127.0.0.1:8714"), Err(TargetError::Page(8714)));
        assert_eq!(at("[::1]:8714"), Err(TargetError::Page(8714)), "on either loopback address");
    }
}
