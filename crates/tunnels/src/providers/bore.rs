//! bore, on a plain server of one's own. It carries plain TCP: the public URL is http unless a web server with a
//! certificate stands in front of it. Its secret, if it has one, is read by bore itself from `BORE_SECRET`.

use crate::check;
use crate::choice::{Choice, Invalid, ProviderKind};
use crate::program::recipe::{Recipe, Said};
use crate::target::Target;
use std::ffi::OsString;
use std::path::Path;
use url::Url;

/// A tunnel through `bore server`.
#[derive(Debug)]
pub(super) struct Bore {
    host: String,
    remote_port: Option<u16>,
    public_url: Option<Url>,
}

impl Bore {
    pub(super) fn new(choice: &Choice) -> Result<Self, Invalid> {
        let public_url =
            choice.option("public_url").map(|text| check::public_url("public_url", text)).transpose()?;
        let remote_port =
            choice.option("remote_port").map(|text| check::port("remote_port", text)).transpose()?;
        if public_url.is_some() && remote_port.is_none() {
            return Err(Invalid::new(
                "remote_port",
                "Enter the port on the server that its web server passes requests to.",
            ));
        }
        Ok(Self { host: check::host("host", choice.required("host")?)?, remote_port, public_url })
    }
}

impl Recipe for Bore {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Bore
    }

    fn url_changes(&self) -> bool {
        self.remote_port.is_none()
    }

    fn arguments(&self, target: &Target, _: &Path) -> Result<Vec<OsString>, String> {
        let address = target.address();
        let mut arguments: Vec<OsString> = vec![
            "local".into(),
            address.port().to_string().into(),
            "--local-host".into(),
            address.ip().to_string().into(),
            "--to".into(),
            self.host.clone().into(),
        ];
        if let Some(port) = self.remote_port {
            arguments.extend(["--port".into(), port.to_string().into()]);
        }
        Ok(arguments)
    }

    fn read(&self, line: &str) -> Said {
        let Some((_, place)) = line.split_once("listening at ") else { return Said::Nothing };
        let port = place.trim().rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
        let Some(port) = port else { return Said::Nothing };
        let host = if self.host.contains(':') { format!("[{}]", self.host) } else { self.host.clone() };
        let plain = || Url::parse(&format!("http://{host}:{port}")).ok();
        self.public_url.clone().or_else(plain).map_or(Said::Nothing, Said::Url)
    }

    fn word(&self, line: &str) -> Option<String> {
        let chatter = [" INFO ", " DEBUG "].iter().any(|level| line.contains(level));
        (!chatter).then(|| line.trim_start_matches("Error:").trim().to_owned())
    }

    fn meaning(&self, word: &str) -> Option<String> {
        let host = &self.host;
        let meaning = if word.contains("could not connect") {
            format!("No bore server answers on {host} (port 7835).")
        } else if word.contains("requires authentication") {
            format!("The bore server on {host} wants a secret: start Countersign with BORE_SECRET set.")
        } else if word.contains("invalid secret") || word.contains("unexpected EOF") {
            format!("The bore server on {host} refuses the secret in BORE_SECRET, or ended the connection.")
        } else if word.contains("port already in use") || word.contains("port number too low") {
            format!("The bore server on {host} does not give away this port: {word}.")
        } else {
            return None;
        };
        Some(meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{arguments, choice, read, url};
    use super::*;

    fn bore(options: &[(&str, &str)]) -> Result<Bore, Invalid> {
        Bore::new(&choice(ProviderKind::Bore, options))
    }

    #[test]
    fn a_server_of_ones_own_gives_plain_http() {
        let plain = bore(&[("host", "tunnel.example.com")]).unwrap();
        assert_eq!(
            arguments(&plain),
            ["local", "8713", "--local-host", "127.0.0.1", "--to", "tunnel.example.com"]
        );
        // Recorded from bore 0.6.
        let output =
            "2026-01-05T10:00:00.000000Z  INFO bore_cli::client: connected to server remote_port=41234
            2026-01-05T10:00:00.000000Z  INFO bore_cli::client: listening at tunnel.example.com:41234";
        assert_eq!(read(&plain, output), url("http://tunnel.example.com:41234/"));
        assert!(plain.url_changes());
    }

    #[test]
    fn with_a_web_server_in_front_the_address_is_that_ones() {
        let behind = bore(&[
            ("host", "h.example.com"),
            ("remote_port", "8713"),
            ("public_url", "https://hooks.example.com"),
        ]);
        let behind = behind.unwrap();
        assert_eq!(
            read(&behind, "INFO bore_cli::client: listening at h.example.com:8713"),
            url("https://hooks.example.com/")
        );
        assert!(!behind.url_changes());
        let refused = bore(&[("host", "h.example.com"), ("public_url", "https://hooks.example.com")]);
        assert_eq!(refused.unwrap_err().field, "remote_port");
        assert_eq!(bore(&[("host", "--secret=x")]).unwrap_err().field, "host");
    }
}
