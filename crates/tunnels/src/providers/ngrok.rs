//! ngrok, by its agent. The address is read from its log, which is unambiguous where several agents run; its local API
//! (port 4040, or the next free one) is not.

use crate::check;
use crate::choice::{Choice, Invalid, ProviderKind};
use crate::program::recipe::{Recipe, Said, origin};
use crate::target::Target;
use serde::Deserialize;
use std::ffi::OsString;
use std::path::Path;
use url::Url;

/// A tunnel of an ngrok account.
#[derive(Debug)]
pub(super) struct Ngrok {
    domain: Option<String>,
}

impl Ngrok {
    pub(super) fn new(choice: &Choice) -> Result<Self, Invalid> {
        let domain = choice.option("domain").map(|text| check::domain("domain", text)).transpose()?;
        Ok(Self { domain })
    }
}

/// What is read of a line of the agent's log.
#[derive(Debug, Deserialize)]
struct Line {
    #[serde(default)]
    msg: String,
    url: Option<String>,
    err: Option<String>,
}

impl Recipe for Ngrok {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Ngrok
    }

    fn url_changes(&self) -> bool {
        self.domain.is_none()
    }

    fn arguments(&self, target: &Target, _: &Path) -> Result<Vec<OsString>, String> {
        let local = format!("http://{}", target.address());
        let mut arguments: Vec<OsString> =
            ["http", "--log", "stdout", "--log-format", "json"].map(OsString::from).to_vec();
        if let Some(domain) = &self.domain {
            arguments.push("--url".into());
            arguments.push(format!("https://{domain}").into());
        }
        arguments.push(local.into());
        Ok(arguments)
    }

    fn read(&self, line: &str) -> Said {
        let Ok(line) = serde_json::from_str::<Line>(line) else { return Said::Nothing };
        let url = line.url.filter(|_| line.msg == "started tunnel").and_then(|url| Url::parse(&url).ok());
        url.map_or(Said::Nothing, |url| Said::Url(origin(url)))
    }

    fn word(&self, line: &str) -> Option<String> {
        if let Ok(line) = serde_json::from_str::<Line>(line) {
            return line.err.filter(|error| !error.is_empty() && error != "<nil>" && error != "nil");
        }
        let word = line.trim_start_matches("ERROR:").trim();
        (!word.is_empty()).then(|| word.to_owned())
    }

    fn meaning(&self, word: &str) -> Option<String> {
        let meaning = if word.contains("ERR_NGROK_4018") || word.contains("requires a verified account") {
            "ngrok is not logged in on this machine: run 'ngrok config add-authtoken' with the token of your account once."
        } else if word.contains("ERR_NGROK_108") {
            "Another ngrok agent runs with this account already, and the plan allows no second one: end that one."
        } else if word.contains("ERR_NGROK_334") {
            "This domain is in use by another ngrok agent already: end that one."
        } else if word.contains("ERR_NGROK_320") || word.contains("ERR_NGROK_319") {
            "This domain is not one of your ngrok account: look under Domains in its dashboard."
        } else if word.contains("no such host") {
            "ngrok cannot reach its servers: is this machine online?"
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

    // Written after ngrok's documentation; not recorded here.
    const STARTED: &str = r#"{"lvl":"info","msg":"no configuration paths supplied","t":"2026-01-05T10:00:00Z"}
{"lvl":"info","msg":"starting web service","obj":"web","addr":"127.0.0.1:4040","t":"2026-01-05T10:00:00Z"}
{"lvl":"info","msg":"client session established","obj":"tunnels.session","t":"2026-01-05T10:00:01Z"}
{"addr":"http://127.0.0.1:8713","lvl":"info","msg":"started tunnel","name":"command_line","obj":"tunnels","t":"2026-01-05T10:00:01Z","url":"https://support.ngrok-free.app"}"#;

    #[test]
    fn the_agent_tells_its_address_in_its_log() {
        let free = Ngrok::new(&choice(ProviderKind::Ngrok, &[])).unwrap();
        assert_eq!(read(&free, STARTED), url("https://support.ngrok-free.app/"));
        assert!(free.url_changes());
        assert_eq!(
            arguments(&free),
            ["http", "--log", "stdout", "--log-format", "json", "http://127.0.0.1:8713"]
        );
    }

    #[test]
    fn a_static_domain_is_asked_for_and_stays() {
        let fixed = Ngrok::new(&choice(ProviderKind::Ngrok, &[("domain", "https://support.ngrok-free.app")]))
            .unwrap();
        assert!(!fixed.url_changes());
        assert!(arguments(&fixed).windows(2).any(|pair| pair == ["--url", "https://support.ngrok-free.app"]));
        assert!(Ngrok::new(&choice(ProviderKind::Ngrok, &[("domain", "--authtoken=x")])).is_err());
    }

    #[test]
    fn a_missing_login_is_said_in_words() {
        let free = Ngrok { domain: None };
        let line = r#"{"err":"authentication failed: Usage of ngrok requires a verified account and authtoken.\r\n\r\nERR_NGROK_4018\r\n","lvl":"eror","msg":"failed to reconnect session","obj":"tunnels.session"}"#;
        let meaning = free.meaning(&free.word(line).unwrap()).unwrap();
        assert!(meaning.starts_with("ngrok is not logged in"), "{meaning}");
        assert_eq!(free.word(r#"{"lvl":"info","msg":"x","err":"<nil>"}"#), None);
    }
}
