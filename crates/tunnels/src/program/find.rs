//! Finding programs on this machine, and how to install them.

use crate::choice::ProviderKind;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Where programs are looked for.
#[derive(Debug, Clone)]
pub struct Programs {
    path: OsString,
    elsewhere: bool,
}

impl Programs {
    /// On `PATH`, and where installers of this system put them although `PATH` of a desktop program lacks it.
    pub fn of_this_machine() -> Self {
        Self { path: std::env::var_os("PATH").unwrap_or_default(), elsewhere: true }
    }

    /// In these folders alone, written as in `PATH`.
    pub fn in_folders(path: OsString) -> Self {
        Self { path, elsewhere: false }
    }

    /// The program of a provider; `None` where it has none or it is not installed.
    pub fn find(&self, kind: ProviderKind) -> Option<PathBuf> {
        let file = executable(program(kind)?);
        let own = std::env::split_paths(&self.path)
            .filter(|folder| folder.is_absolute())
            .map(|folder| folder.join(&file));
        let others = elsewhere(kind).iter().filter(|_| self.elsewhere).map(PathBuf::from);
        own.chain(others).find(|path| is_program(path))
    }

    /// Whether a provider can be started here: its program is installed, or it needs none.
    pub fn has(&self, kind: ProviderKind) -> bool {
        program(kind).is_none() || self.find(kind).is_some()
    }
}

/// The program of a provider.
const fn program(kind: ProviderKind) -> Option<&'static str> {
    match kind {
        ProviderKind::CloudflaredNamed | ProviderKind::CloudflaredQuick => Some("cloudflared"),
        ProviderKind::TailscaleFunnel => Some("tailscale"),
        ProviderKind::Ngrok => Some("ngrok"),
        ProviderKind::Ssh => Some("ssh"),
        ProviderKind::Bore => Some("bore"),
        ProviderKind::OwnUrl => None,
    }
}

/// The name of a provider's program, for people.
pub(crate) fn name(kind: ProviderKind) -> &'static str {
    program(kind).unwrap_or("The tunnel")
}

/// Places outside of `PATH`: a program that is started from the dock or the start menu has a short one.
fn elsewhere(kind: ProviderKind) -> &'static [&'static str] {
    let system = System::here();
    match (system, kind) {
        (System::MacOs, ProviderKind::TailscaleFunnel) => &[
            "/usr/local/bin/tailscale",
            "/opt/homebrew/bin/tailscale",
            "/Applications/Tailscale.app/Contents/MacOS/Tailscale",
        ],
        (System::MacOs, ProviderKind::CloudflaredNamed | ProviderKind::CloudflaredQuick) => {
            &["/opt/homebrew/bin/cloudflared", "/usr/local/bin/cloudflared"]
        }
        (System::MacOs, ProviderKind::Ngrok) => &["/opt/homebrew/bin/ngrok", "/usr/local/bin/ngrok"],
        (System::MacOs, ProviderKind::Bore) => &["/opt/homebrew/bin/bore", "/usr/local/bin/bore"],
        (System::Windows, ProviderKind::TailscaleFunnel) => &[r"C:\Program Files\Tailscale\tailscale.exe"],
        (System::Windows, ProviderKind::CloudflaredNamed | ProviderKind::CloudflaredQuick) => &[
            r"C:\Program Files (x86)\cloudflared\cloudflared.exe",
            r"C:\Program Files\cloudflared\cloudflared.exe",
        ],
        (System::Windows, ProviderKind::Ssh) => &[r"C:\Windows\System32\OpenSSH\ssh.exe"],
        (System::Linux, ProviderKind::Ngrok) => &["/snap/bin/ngrok", "/usr/local/bin/ngrok"],
        (
            System::MacOs | System::Windows | System::Linux | System::Other,
            ProviderKind::CloudflaredNamed
            | ProviderKind::TailscaleFunnel
            | ProviderKind::Ngrok
            | ProviderKind::Ssh
            | ProviderKind::OwnUrl
            | ProviderKind::CloudflaredQuick
            | ProviderKind::Bore,
        ) => &[],
    }
}

fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

#[cfg(unix)]
fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// An operating system, as far as installing differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// Linux.
    Linux,
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
    /// Another one.
    Other,
}

impl System {
    /// The one this program was built for.
    pub const fn here() -> Self {
        if cfg!(target_os = "linux") {
            Self::Linux
        } else if cfg!(target_os = "macos") {
            Self::MacOs
        } else if cfg!(windows) {
            Self::Windows
        } else {
            Self::Other
        }
    }
}

/// How to install a provider's program, and what has to be done once after it.
pub fn install(kind: ProviderKind, system: System) -> String {
    let how = match (kind, system) {
        (ProviderKind::OwnUrl, _) => return "Nothing has to be installed.".to_owned(),
        (ProviderKind::CloudflaredNamed | ProviderKind::CloudflaredQuick, System::MacOs) => {
            "Install it with 'brew install cloudflared'."
        }
        (ProviderKind::CloudflaredNamed | ProviderKind::CloudflaredQuick, System::Windows) => {
            "Install it with 'winget install --id Cloudflare.cloudflared'."
        }
        (ProviderKind::CloudflaredNamed | ProviderKind::CloudflaredQuick, System::Linux | System::Other) => {
            "Install it from Cloudflare's package repository, pkg.cloudflare.com, or download it from Cloudflare's page on cloudflared."
        }
        (ProviderKind::TailscaleFunnel, System::MacOs) => {
            "Install Tailscale from the App Store or tailscale.com/download, and log in."
        }
        (ProviderKind::TailscaleFunnel, System::Windows) => {
            "Install it with 'winget install --id Tailscale.Tailscale', and log in."
        }
        (ProviderKind::TailscaleFunnel, System::Linux | System::Other) => {
            "Install it as tailscale.com/download says, then run 'sudo tailscale up' and 'sudo tailscale set --operator=$USER' once."
        }
        (ProviderKind::Ngrok, System::MacOs) => {
            "Install it with 'brew install ngrok', then run 'ngrok config add-authtoken' with your token once."
        }
        (ProviderKind::Ngrok, System::Windows) => {
            "Install it with 'winget install --id Ngrok.Ngrok', then run 'ngrok config add-authtoken' with your token once."
        }
        (ProviderKind::Ngrok, System::Linux | System::Other) => {
            "Install it as ngrok.com/download says, for example with 'sudo snap install ngrok', then run 'ngrok config add-authtoken' with your token once."
        }
        (ProviderKind::Ssh, System::MacOs) => "It comes with macOS, and should be at /usr/bin/ssh.",
        (ProviderKind::Ssh, System::Windows) => {
            "Turn on 'OpenSSH Client' in Settings, System, Optional features."
        }
        (ProviderKind::Ssh, System::Linux | System::Other) => {
            "Install your system's package for it, such as openssh-client."
        }
        (ProviderKind::Bore, System::MacOs) => "Install it with 'brew install bore-cli'.",
        (ProviderKind::Bore, System::Windows | System::Linux | System::Other) => {
            "Install it with 'cargo install bore-cli', or download it from the releases of github.com/ekzhang/bore."
        }
    };
    format!("The program {} is not on this machine. {how}", name(kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_has_a_way_to_be_installed_on_every_system() {
        for kind in ProviderKind::ALL {
            for system in [System::Linux, System::MacOs, System::Windows, System::Other] {
                let advice = install(kind, system);
                assert!(advice.ends_with('.') && advice.len() > 20, "{kind:?} on {system:?}: {advice}");
                if let Some(name) = program(kind) {
                    assert!(advice.contains(name), "{advice}");
                }
            }
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_cannot_be_executed_is_no_program() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ssh");
        std::fs::write(&file, "").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
        let programs = Programs::in_folders(folder.path().as_os_str().to_owned());
        assert_eq!(programs.find(ProviderKind::Ssh), None);
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(programs.find(ProviderKind::Ssh), Some(file));
        assert!(programs.has(ProviderKind::OwnUrl) && !programs.has(ProviderKind::Bore));
    }
}
