//! Which operating system this is, as far as installing packages goes.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// A family of systems that install packages the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Family {
    /// Debian and what descends from it, Ubuntu aside.
    Debian,
    /// Ubuntu and what descends from it: its `chromium` is a snap.
    Ubuntu,
    Fedora,
    Arch,
    Suse,
    OtherLinux,
    MacOs,
    Windows,
    Other,
}

impl Family {
    /// The family of this machine.
    pub(crate) fn detect() -> Self {
        match env::consts::OS {
            "linux" => {
                let text = fs::read_to_string("/etc/os-release")
                    .or_else(|_| fs::read_to_string("/usr/lib/os-release"))
                    .unwrap_or_default();
                Self::from_os_release(&text)
            }
            "macos" => Self::MacOs,
            "windows" => Self::Windows,
            _ => Self::Other,
        }
    }

    fn from_os_release(text: &str) -> Self {
        let field = |name: &str| {
            text.lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix('='))
                .map(|value| value.trim_matches(['"', '\'']).to_lowercase())
                .unwrap_or_default()
        };
        let ids = format!("{} {}", field("ID"), field("ID_LIKE"));
        for id in ids.split_whitespace() {
            match id {
                "ubuntu" => return Self::Ubuntu,
                "debian" if !ids.contains("ubuntu") => return Self::Debian,
                "fedora" | "rhel" | "centos" => return Self::Fedora,
                "arch" => return Self::Arch,
                other if other.contains("suse") => return Self::Suse,
                _ => {}
            }
        }
        Self::OtherLinux
    }

    /// Whether packages come through apt-get.
    pub(crate) fn has_apt(self) -> bool {
        matches!(self, Self::Debian | Self::Ubuntu)
    }

    pub(crate) fn is_linux(self) -> bool {
        matches!(
            self,
            Self::Debian | Self::Ubuntu | Self::Fedora | Self::Arch | Self::Suse | Self::OtherLinux
        )
    }
}

/// The first of these programs that PATH holds.
pub(crate) fn find_program(names: &[&str]) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().find_map(|folder| program_in(folder, name)))
}

fn program_in(folder: &Path, name: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    endings.iter().map(|ending| folder.join(format!("{name}{ending}"))).find(|file| file.is_file())
}

/// Whether a person sits at the other end of standard input and output.
pub(crate) fn has_person() -> bool {
    use std::io::IsTerminal as _;
    std::io::stdin().is_terminal() && std::io::stdout().is_terminal()
}

/// Whether this Linux session can show a window.
pub(crate) fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| env::var_os(name).is_some_and(|value| !value.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::Family;

    #[test]
    fn families_are_told_from_os_release() {
        let cases = [
            ("ID=debian\nVERSION_ID=\"12\"", Family::Debian),
            ("ID=ubuntu\nID_LIKE=debian", Family::Ubuntu),
            ("ID=linuxmint\nID_LIKE=\"ubuntu debian\"", Family::Ubuntu),
            ("ID=raspbian\nID_LIKE=debian", Family::Debian),
            ("ID=fedora", Family::Fedora),
            ("ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"", Family::Fedora),
            ("ID=manjaro\nID_LIKE=arch", Family::Arch),
            ("ID=\"opensuse-tumbleweed\"\nID_LIKE=\"opensuse suse\"", Family::Suse),
            ("ID=void", Family::OtherLinux),
            ("", Family::OtherLinux),
        ];
        for (text, family) in cases {
            assert_eq!(Family::from_os_release(text), family, "{text}");
        }
    }
}
