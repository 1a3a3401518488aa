//! Cloudflare tunnels by `cloudflared`: a quick one without an account, and a named one on a domain of one's own.
//!
//! A tunnel made in Cloudflare's dashboard runs by a token, as a service of the system: 'My own URL' fits it.

use crate::check;
use crate::choice::{Choice, Invalid, ProviderKind};
use crate::program::recipe::{Recipe, Said, is_below, origin, urls};
use crate::target::Target;
use std::ffi::OsString;
use std::path::Path;
use url::Url;

/// A tunnel without an account.
#[derive(Debug)]
pub(super) struct Quick;

impl Recipe for Quick {
    fn kind(&self) -> ProviderKind {
        ProviderKind::CloudflaredQuick
    }

    fn url_changes(&self) -> bool {
        true
    }

    fn arguments(&self, target: &Target, _: &Path) -> Result<Vec<OsString>, String> {
        let url = format!("http://{}", target.address());
        Ok(["tunnel", "--no-autoupdate", "--url", &url].map(OsString::from).to_vec())
    }

    fn read(&self, line: &str) -> Said {
        let told = urls(line).into_iter().find(|url| {
            is_below(url, "trycloudflare.com") && url.host_str() != Some("api.trycloudflare.com")
        });
        told.map_or(Said::Nothing, |url| Said::Url(origin(url)))
    }

    fn word(&self, line: &str) -> Option<String> {
        word(line)
    }

    fn meaning(&self, word: &str) -> Option<String> {
        meaning(word)
    }
}

/// A tunnel made once, with a host name routed to it.
#[derive(Debug)]
pub(super) struct Named {
    name: String,
    public_url: Url,
}

impl Named {
    pub(super) fn new(choice: &Choice) -> Result<Self, Invalid> {
        Ok(Self {
            name: check::name("name", choice.required("name")?)?,
            public_url: check::public_url("public_url", choice.required("public_url")?)?,
        })
    }
}

impl Recipe for Named {
    fn kind(&self) -> ProviderKind {
        ProviderKind::CloudflaredNamed
    }

    fn url_changes(&self) -> bool {
        false
    }

    fn arguments(&self, target: &Target, _: &Path) -> Result<Vec<OsString>, String> {
        let url = format!("http://{}", target.address());
        Ok(["tunnel", "--no-autoupdate", "run", "--url", &url, &self.name].map(OsString::from).to_vec())
    }

    fn read(&self, line: &str) -> Said {
        let registered = line.contains("Registered tunnel connection")
            || (line.contains("Connection ") && line.contains(" registered"));
        if registered { Said::Url(self.public_url.clone()) } else { Said::Nothing }
    }

    fn word(&self, line: &str) -> Option<String> {
        word(line)
    }

    fn meaning(&self, word: &str) -> Option<String> {
        meaning(word)
    }
}

/// Errors, without the time in front of them.
fn word(line: &str) -> Option<String> {
    if let Some((_, error)) = line.split_once(" ERR ") {
        return Some(error.trim().to_owned());
    }
    let chatter = [" INF ", " WRN ", " DBG "].iter().any(|level| line.contains(level));
    (!chatter).then(|| line.to_owned())
}

fn meaning(word: &str) -> Option<String> {
    if word.contains("Cannot determine default origin certificate") || word.contains("origin cert") {
        return Some(
            "cloudflared is not logged in on this machine: run 'cloudflared tunnel login' once.".to_owned(),
        );
    }
    if word.contains("credentials file")
        || word.contains("Unauthorized")
        || word.contains("is neither the ID nor the name")
    {
        return Some(
            "cloudflared does not know this tunnel, or has no credentials for it: look at 'cloudflared tunnel list'."
                .to_owned(),
        );
    }
    word.contains("no such host")
        .then(|| "cloudflared cannot reach Cloudflare: is this machine online?".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{arguments, choice, read, url};
    use super::*;

    // Written after cloudflared's documentation and its issues; not recorded here.
    const QUICK: &str = "\
2026-01-05T10:00:00Z INF Thank you for trying Cloudflare Tunnel. Doing so, without a Cloudflare account, is a quick way to experiment. (https://developers.cloudflare.com/cloudflare-one/connections/connect-apps)
2026-01-05T10:00:00Z INF Requesting new quick Tunnel on trycloudflare.com...
2026-01-05T10:00:02Z INF +--------------------------------------------------------------------------------------------+
2026-01-05T10:00:02Z INF |  Your quick Tunnel has been created! Visit it at (it may take some time to be reachable):  |
2026-01-05T10:00:02Z INF |  https://four-words-with-dashes.trycloudflare.com                                          |
2026-01-05T10:00:02Z INF +--------------------------------------------------------------------------------------------+
2026-01-05T10:00:03Z INF Registered tunnel connection connIndex=0 ip=198.41.200.23 location=fra03 protocol=quic";

    const OFFLINE: &str = r#"failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup api.trycloudflare.com: no such host"#;

    #[test]
    fn a_quick_tunnel_tells_its_address() {
        assert_eq!(read(&Quick, QUICK), url("https://four-words-with-dashes.trycloudflare.com/"));
        assert_eq!(arguments(&Quick), ["tunnel", "--no-autoupdate", "--url", "http://127.0.0.1:8713"]);
    }

    #[test]
    fn the_address_that_tunnels_are_asked_from_is_not_taken_for_one() {
        assert_eq!(read(&Quick, OFFLINE), Said::Nothing);
        let word = Quick.word(OFFLINE).unwrap();
        assert_eq!(
            Quick.meaning(&word).unwrap(),
            "cloudflared cannot reach Cloudflare: is this machine online?"
        );
    }

    #[test]
    fn a_named_tunnel_stands_when_a_connection_is_registered() {
        let options =
            [("name", "support-hooks"), ("public_url", "https://hooks.example.com/webhooks/intercom")];
        let named = Named::new(&choice(ProviderKind::CloudflaredNamed, &options)).unwrap();
        assert_eq!(
            arguments(&named),
            ["tunnel", "--no-autoupdate", "run", "--url", "http://127.0.0.1:8713", "support-hooks"]
        );
        let output = "2026-01-05T10:00:00Z INF Starting tunnel tunnelID=6ff42ae2-765d-4adf-8112-31c55c1551ef
            2026-01-05T10:00:01Z INF Registered tunnel connection connIndex=0 location=fra03 protocol=quic";
        assert_eq!(read(&named, output), url("https://hooks.example.com/"));
    }

    #[test]
    fn a_name_that_is_an_option_is_refused() {
        let options = [("name", "--config=/tmp/evil.yml"), ("public_url", "https://hooks.example.com")];
        let refused = Named::new(&choice(ProviderKind::CloudflaredNamed, &options)).unwrap_err();
        assert_eq!(refused.field, "name");
    }
}
