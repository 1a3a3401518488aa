//! Tailscale Funnel, in the foreground: it ends with its program.

use crate::choice::{Choice, Invalid, ProviderKind};
use crate::program::recipe::{Recipe, Said, is_below, urls};
use crate::target::Target;
use std::ffi::OsString;
use std::path::Path;

/// The ports that Funnel knows.
const PORTS: [u16; 3] = [443, 8443, 10000];

/// This machine's name in its tailnet.
#[derive(Debug)]
pub(super) struct Funnel {
    port: u16,
}

impl Funnel {
    pub(super) fn new(choice: &Choice) -> Result<Self, Invalid> {
        let text = choice.option("https_port").unwrap_or("443");
        let port = text.parse().ok().filter(|port| PORTS.contains(port));
        let port =
            port.ok_or_else(|| Invalid::new("https_port", "Funnel knows the ports 443, 8443 and 10000."))?;
        Ok(Self { port })
    }
}

impl Recipe for Funnel {
    fn kind(&self) -> ProviderKind {
        ProviderKind::TailscaleFunnel
    }

    fn url_changes(&self) -> bool {
        false
    }

    fn arguments(&self, target: &Target, _: &Path) -> Result<Vec<OsString>, String> {
        let port = format!("--https={}", self.port);
        let local = format!("http://{}", target.address());
        Ok(["funnel", &port, &local].map(OsString::from).to_vec())
    }

    fn read(&self, line: &str) -> Said {
        for url in urls(line) {
            if is_below(&url, "ts.net") {
                return Said::Url(url);
            }
            if url.host_str() == Some("login.tailscale.com") {
                return Said::Trouble(format!(
                    "Funnel has to be allowed in your tailnet once: open {url}, then start the tunnel again."
                ));
            }
        }
        Said::Nothing
    }

    fn meaning(&self, word: &str) -> Option<String> {
        let word = word.to_lowercase();
        let meaning = if word.contains("access denied") || word.contains("permission denied") {
            "Tailscale does not let this user start a funnel: run 'sudo tailscale set --operator=$USER' once."
        } else if word.contains("failed to connect to local tailscale") || word.contains("tailscaled") {
            "Tailscale does not run on this machine: start it and log in."
        } else if word.contains("logged out") || word.contains("needslogin") {
            "Tailscale is logged out: run 'tailscale up'."
        } else if word.contains("listener already exists") || word.contains("already in use") {
            "Funnel leads somewhere else on this port already: run 'tailscale funnel reset', or choose another port."
        } else {
            return None;
        };
        Some(meaning.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{arguments, choice, read, url};
    use super::*;

    // Written after Tailscale's documentation; not recorded here.
    const STARTED: &str = "Available on the internet:

https://desk.tail1234.ts.net/
|-- proxy http://127.0.0.1:8713

Press Ctrl+C to exit.";

    #[test]
    fn a_funnel_tells_the_machines_name() {
        let funnel = Funnel::new(&choice(ProviderKind::TailscaleFunnel, &[])).unwrap();
        assert_eq!(read(&funnel, STARTED), url("https://desk.tail1234.ts.net/"));
        assert_eq!(arguments(&funnel), ["funnel", "--https=443", "http://127.0.0.1:8713"]);
        let other = Funnel::new(&choice(ProviderKind::TailscaleFunnel, &[("https_port", "8443")])).unwrap();
        assert_eq!(
            read(&other, "https://desk.tail1234.ts.net:8443/"),
            url("https://desk.tail1234.ts.net:8443/")
        );
        assert!(Funnel::new(&choice(ProviderKind::TailscaleFunnel, &[("https_port", "80")])).is_err());
    }

    #[test]
    fn a_tailnet_without_funnel_says_what_to_do() {
        let funnel = Funnel { port: 443 };
        let output = "Funnel is not enabled on your tailnet.\nTo enable, visit:\n\n         https://login.tailscale.com/f/funnel?node=nABC";
        let Said::Trouble(reason) = read(&funnel, output) else { panic!("no trouble") };
        assert!(reason.contains("open https://login.tailscale.com/f/funnel?node=nABC,"), "{reason}");
    }
}
