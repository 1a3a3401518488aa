//! A reverse tunnel by OpenSSH: `ssh -R`, on a server of one's own or a public one.
//!
//! With a public URL the server is one's own: nothing runs on it (`-N`), and the tunnel stands when the server has
//! granted the forwarding. Without one, the server tells the URL in a session, as public servers do.
//!
//! The person's `~/.ssh/config`, keys and agent are used. Known hosts are kept in a file of our own; a server's key is
//! taken on trust at the first meeting, and another one later is refused.

use crate::check;
use crate::choice::{Choice, Invalid, ProviderKind};
use crate::program::recipe::{Recipe, Said, is_below, origin, urls};
use crate::target::Target;
use std::ffi::OsString;
use std::path::Path;
use url::Url;

/// The file of the hosts that are known, in the data folder.
const KNOWN_HOSTS: &str = "tunnel_known_hosts";
/// Hosts of public servers' pages that are no tunnel.
const PAGES: [&str; 6] = ["admin.", "console.", "dashboard.", "docs.", "status.", "www."];
/// Where the public servers that are known give addresses, besides below their own name.
const GIVEN_BELOW: [&str; 5] =
    ["lhr.life", "lhr.rocks", "serveousercontent.com", "pinggy.link", "pinggy-free.link"];

/// A reverse tunnel.
#[derive(Debug)]
pub(super) struct Ssh {
    host: String,
    user: Option<String>,
    port: Option<u16>,
    remote_host: Option<String>,
    remote_port: u16,
    identity_file: Option<String>,
    public_url: Option<Url>,
}

impl Ssh {
    pub(super) fn new(choice: &Choice) -> Result<Self, Invalid> {
        let host = check::host("host", choice.required("host")?)?;
        let public_url =
            choice.option("public_url").map(|text| check::public_url("public_url", text)).transpose()?;
        let port = choice.option("port").map(|text| check::port("port", text)).transpose()?;
        let remote_host =
            choice.option("remote_host").map(|text| check::host("remote_host", text)).transpose()?;
        let remote_port = match (choice.option("remote_port"), &public_url) {
            (Some(text), _) => check::port("remote_port", text)?,
            (None, None) => defaults(&host).remote_port,
            (None, Some(_)) => {
                return Err(Invalid::new(
                    "remote_port",
                    "Enter the port on the server that its web server passes requests to.",
                ));
            }
        };
        let own_server = public_url.is_some();
        Ok(Self {
            user: match choice.option("user") {
                Some(text) => Some(check::user("user", text)?),
                None => defaults(&host).user.map(str::to_owned).filter(|_| !own_server),
            },
            port: port.or(defaults(&host).port),
            remote_host: remote_host.or_else(|| own_server.then(|| "127.0.0.1".to_owned())),
            remote_port,
            identity_file: choice
                .option("identity_file")
                .map(|text| check::file("identity_file", text))
                .transpose()?,
            public_url,
            host,
        })
    }

    fn forwarding(&self, target: &Target) -> String {
        let (port, local) = (self.remote_port, target.address());
        match &self.remote_host {
            Some(host) if host.contains(':') => format!("[{host}]:{port}:{local}"),
            Some(host) => format!("{host}:{port}:{local}"),
            None => format!("{port}:{local}"),
        }
    }

    /// Whether an address in the session's output is the tunnel's.
    fn is_given(&self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        let page = PAGES.iter().any(|start| host.starts_with(start));
        let labels: Vec<&str> = self.host.rsplitn(3, '.').collect();
        let own = match labels.as_slice() {
            [last, next, ..] => format!("{next}.{last}"),
            [_] | [] => self.host.clone(),
        };
        url.scheme() == "https"
            && !page
            && host != self.host
            && (is_below(url, &own) || GIVEN_BELOW.iter().any(|domain| is_below(url, domain)))
    }
}

/// What public servers want that is not SSH's own default.
struct Defaults {
    user: Option<&'static str>,
    port: Option<u16>,
    remote_port: u16,
}

fn defaults(host: &str) -> Defaults {
    match host {
        "localhost.run" => Defaults { user: Some("nokey"), port: None, remote_port: 80 },
        "a.pinggy.io" | "free.pinggy.io" => Defaults { user: None, port: Some(443), remote_port: 0 },
        _ => Defaults { user: None, port: None, remote_port: 80 },
    }
}

impl Recipe for Ssh {
    fn kind(&self) -> ProviderKind {
        ProviderKind::Ssh
    }

    fn url_changes(&self) -> bool {
        self.public_url.is_none()
    }

    fn arguments(&self, target: &Target, folder: &Path) -> Result<Vec<OsString>, String> {
        let mut arguments: Vec<OsString> = vec!["-T".into()];
        if self.public_url.is_some() {
            arguments.push("-N".into());
        }
        let known_hosts = quoted(&folder.join(KNOWN_HOSTS))?;
        let options = [
            // Asks nothing of nobody, and keeps no connection for others.
            "BatchMode=yes".to_owned(),
            "ControlMaster=no".to_owned(),
            "ControlPath=none".to_owned(),
            "ForwardAgent=no".to_owned(),
            "ForwardX11=no".to_owned(),
            "PermitLocalCommand=no".to_owned(),
            // Ends when the port is taken, or the other side is gone for 45 seconds.
            "ExitOnForwardFailure=yes".to_owned(),
            "ConnectTimeout=15".to_owned(),
            "ServerAliveInterval=15".to_owned(),
            "ServerAliveCountMax=3".to_owned(),
            "StrictHostKeyChecking=accept-new".to_owned(),
            format!("UserKnownHostsFile={known_hosts}"),
            // Says when the forwarding was granted.
            "LogLevel=DEBUG1".to_owned(),
        ];
        for option in options {
            arguments.push("-o".into());
            arguments.push(option.into());
        }
        if let Some(file) = &self.identity_file {
            arguments.extend(["-i".into(), file.into(), "-o".into(), "IdentitiesOnly=yes".into()]);
        }
        if let Some(port) = self.port {
            arguments.extend(["-p".into(), port.to_string().into()]);
        }
        if let Some(user) = &self.user {
            arguments.extend(["-l".into(), user.into()]);
        }
        arguments.extend([
            "-R".into(),
            self.forwarding(target).into(),
            "--".into(),
            self.host.clone().into(),
        ]);
        Ok(arguments)
    }

    fn read(&self, line: &str) -> Said {
        match &self.public_url {
            Some(url) if line.contains("remote forward success for:") => Said::Url(url.clone()),
            Some(_) => Said::Nothing,
            None if line.starts_with("debug1:") => Said::Nothing,
            None => {
                let given = urls(line).into_iter().find(|url| self.is_given(url));
                given.map_or(Said::Nothing, |url| Said::Url(origin(url)))
            }
        }
    }

    fn word(&self, line: &str) -> Option<String> {
        let chatter =
            ["debug1:", "Warning: Permanently added", "Authenticated to ", "Allocated port ", "@@@"];
        let figures = ["Transferred: ", "Bytes per second: "];
        (!chatter.iter().chain(&figures).any(|start| line.starts_with(start))).then(|| line.to_owned())
    }

    fn meaning(&self, word: &str) -> Option<String> {
        let host = &self.host;
        let meaning = if word.contains("REMOTE HOST IDENTIFICATION HAS CHANGED")
            || word.contains("has changed and you have requested strict checking")
        {
            format!(
                "{host} shows another key than before. If the server was set up anew, delete its line from \
                 {KNOWN_HOSTS} in the data folder; otherwise somebody may stand in between."
            )
        } else if word.contains("Permission denied") {
            format!(
                "{host} does not let this user in. Put the key into your agent or name its file; a passphrase cannot \
                 be asked for here."
            )
        } else if word.contains("remote port forwarding failed") {
            format!(
                "{host} does not give away port {}: another tunnel has it, or the server forbids it.",
                self.remote_port
            )
        } else if word.contains("Could not resolve hostname") {
            format!("The name {host} leads nowhere: is it right, and is this machine online?")
        } else if word.contains("Connection refused") {
            format!("No SSH server answers on {host}.")
        } else if word.contains("timed out") || word.contains("not responding") {
            format!("{host} does not answer any more.")
        } else if word.contains("closed by remote host")
            || word.contains("Connection reset")
            || word.contains("Broken pipe")
        {
            format!("{host} ended the connection.")
        } else {
            return None;
        };
        Some(meaning)
    }

    fn silence(&self, seconds: u64) -> String {
        if self.public_url.is_some() {
            format!("{} granted no forwarding within {seconds} seconds", self.host)
        } else {
            format!(
                "{} told no public URL within {seconds} seconds. If it is a server of your own, enter the public URL \
                 that leads to it",
                self.host
            )
        }
    }
}

/// A path as a value in SSH's configuration: in quotes, percent signs doubled.
fn quoted(path: &Path) -> Result<String, String> {
    let text = path.to_str().filter(|text| !text.contains('"') && !text.contains('\n'));
    let text = text.ok_or("SSH cannot keep known hosts in a folder of this name")?;
    Ok(format!("\"{}\"", text.replace('%', "%%")))
}

#[cfg(test)]
mod tests {
    use super::super::tests::{arguments, choice, read, url};
    use super::*;

    fn ssh(options: &[(&str, &str)]) -> Result<Ssh, Invalid> {
        Ssh::new(&choice(ProviderKind::Ssh, options))
    }

    #[test]
    fn a_tunnel_to_ones_own_server_runs_nothing_there() {
        let own = ssh(&[
            ("host", "tunnel.example.com"),
            ("user", "desk"),
            ("remote_port", "8713"),
            ("public_url", "https://hooks.example.com"),
        ])
        .unwrap();
        let arguments = arguments(&own);
        assert_eq!(arguments[..2], ["-T", "-N"]);
        assert!(
            arguments.contains(&"UserKnownHostsFile=\"/data/my folder 100%%/tunnel_known_hosts\"".to_owned())
        );
        for option in
            ["BatchMode=yes", "ExitOnForwardFailure=yes", "ServerAliveInterval=15", "ControlMaster=no"]
        {
            assert!(arguments.windows(2).any(|pair| pair == ["-o", option]), "{option}");
        }
        let last = arguments.len() - 6;
        assert_eq!(
            arguments[last..],
            ["-l", "desk", "-R", "127.0.0.1:8713:127.0.0.1:8713", "--", "tunnel.example.com"]
        );
        assert!(!own.url_changes());
        // Recorded from OpenSSH 9.2.
        let granted = "debug1: remote forward success for: listen 127.0.0.1:8713, connect 127.0.0.1:8713";
        assert_eq!(read(&own, granted), url("https://hooks.example.com/"));
    }

    #[test]
    fn public_servers_tell_their_address() {
        // Written after the services' documentation; not recorded here.
        let serveo = ssh(&[("host", "serveo.net")]).unwrap();
        let told =
            "To request a particular subdomain, register your key: https://console.serveo.net/ssh/keys?add=x
            Forwarding HTTP traffic from https://1a2b.serveousercontent.com";
        assert_eq!(read(&serveo, told), url("https://1a2b.serveousercontent.com/"));
        assert!(arguments(&serveo).contains(&"80:127.0.0.1:8713".to_owned()));

        let run = ssh(&[("host", "localhost.run")]).unwrap();
        let told = "Welcome to localhost.run! Follow your favourite reverse tunnel at [https://twitter.com/localhost_run].
            ** your connection id is 1234, see https://localhost.run/docs/forever-free/ and https://admin.localhost.run/ **
            1a2b3c.lhr.life tunneled with tls termination, https://1a2b3c.lhr.life";
        assert_eq!(read(&run, told), url("https://1a2b3c.lhr.life/"));
        assert!(arguments(&run).windows(2).any(|pair| pair == ["-l", "nokey"]));

        let pinggy = ssh(&[("host", "a.pinggy.io")]).unwrap();
        let told = "You are not authenticated.
            Your tunnel will expire in 60 minutes. Upgrade at https://dashboard.pinggy.io
            http://rnd-203-0-113-7.a.free.pinggy.link
            https://rnd-203-0-113-7.a.free.pinggy.link";
        assert_eq!(read(&pinggy, told), url("https://rnd-203-0-113-7.a.free.pinggy.link/"));
        assert!(arguments(&pinggy).contains(&"0:127.0.0.1:8713".to_owned()));
        assert!(arguments(&pinggy).windows(2).any(|pair| pair == ["-p", "443"]));
    }

    #[test]
    fn options_that_would_be_ones_of_ssh_are_refused() {
        let refused = |options: &[(&str, &str)]| ssh(options).unwrap_err().field;
        assert_eq!(refused(&[("host", "-oProxyCommand=id")]), "host");
        assert_eq!(refused(&[("host", "desk@example.com")]), "host");
        assert_eq!(refused(&[("host", "example.com"), ("user", "-oProxyCommand=id")]), "user");
        assert_eq!(refused(&[("host", "example.com"), ("port", "22 -o")]), "port");
        assert_eq!(refused(&[("host", "example.com"), ("remote_host", "-g")]), "remote_host");
        assert_eq!(refused(&[("host", "example.com"), ("identity_file", "relative")]), "identity_file");
        assert_eq!(
            refused(&[("host", "example.com"), ("public_url", "https://h.example.com")]),
            "remote_port"
        );
        assert_eq!(refused(&[]), "host");
    }

    #[test]
    fn the_reasons_of_ssh_are_said_in_words() {
        // Recorded from OpenSSH 9.2.
        let own =
            ssh(&[("host", "example.com"), ("remote_port", "8713"), ("public_url", "https://h.example.com")])
                .unwrap();
        let meaning = |word: &str| own.meaning(word).unwrap();
        assert!(meaning("Error: remote port forwarding failed for listen port 8713").contains("port 8713"));
        assert!(
            meaning("root@example.com: Permission denied (publickey,keyboard-interactive).")
                .contains("let this user in")
        );
        assert!(
            meaning("ssh: connect to host example.com port 22: Connection refused").contains("No SSH server")
        );
        assert!(
            meaning("ssh: Could not resolve hostname nowhere.invalid: Name or service not known")
                .contains("online")
        );
        assert!(
            meaning("@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @").contains("another key")
        );
        assert!(
            meaning("Host key for [127.0.0.1]:2222 has changed and you have requested strict checking.")
                .contains("another key")
        );
        assert!(meaning("Connection to 127.0.0.1 closed by remote host.").contains("ended the connection"));
        assert_eq!(own.word("debug1: pledge: network"), None);
    }
}
