//! What the machine must have, how each thing is found, and what its package is called where.

use crate::system::{Family, find_program};
use std::ffi::OsString;
use std::path::Path;
use std::process::{Command, Stdio};

/// One thing the machine must have.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Need {
    /// What it is, for people.
    pub(crate) what: &'static str,
    probe: Probe,
    debian: &'static [&'static str],
    fedora: &'static [&'static str],
    arch: &'static [&'static str],
    suse: &'static [&'static str],
}

#[derive(Debug, Clone, Copy)]
enum Probe {
    /// One of these programs is on PATH.
    Program(&'static [&'static str]),
    /// pkg-config knows this library.
    Library(&'static str),
    /// fontconfig's folder of this font is there.
    Font(&'static str),
    /// The web view runtime of Windows.
    WebView2,
}

const C_COMPILER: Need = Need {
    what: "a C compiler",
    probe: Probe::Program(&["cc", "gcc", "clang"]),
    debian: &["build-essential"],
    fedora: &["gcc"],
    arch: &["base-devel"],
    suse: &["gcc"],
};

const PKG_CONFIG: Need = Need {
    what: "pkg-config",
    probe: Probe::Program(&["pkg-config", "pkgconf"]),
    debian: &["pkg-config"],
    fedora: &["pkgconf-pkg-config"],
    arch: &["pkgconf"],
    suse: &["pkg-config"],
};

const WEBKIT: Need = Need {
    what: "WebKitGTK 4.1",
    probe: Probe::Library("webkit2gtk-4.1"),
    debian: &["libwebkit2gtk-4.1-dev"],
    fedora: &["webkit2gtk4.1-devel"],
    arch: &["webkit2gtk-4.1"],
    suse: &["webkit2gtk3-devel"],
};

const GTK: Need = Need {
    what: "GTK 3",
    probe: Probe::Library("gtk+-3.0"),
    debian: &["libgtk-3-dev"],
    fedora: &["gtk3-devel"],
    arch: &["gtk3"],
    suse: &["gtk3-devel"],
};

const SOUP: Need = Need {
    what: "libsoup 3",
    probe: Probe::Library("libsoup-3.0"),
    debian: &["libsoup-3.0-dev"],
    fedora: &["libsoup3-devel"],
    arch: &["libsoup3"],
    suse: &["libsoup-devel"],
};

const WEBVIEW2: Need = Need {
    what: "the WebView2 runtime",
    probe: Probe::WebView2,
    debian: &[],
    fedora: &[],
    arch: &[],
    suse: &[],
};

const XVFB: Need = Need {
    what: "Xvfb (a display without a screen)",
    probe: Probe::Program(&["xvfb-run"]),
    debian: &["xvfb"],
    fedora: &["xorg-x11-server-Xvfb"],
    arch: &["xorg-server-xvfb"],
    suse: &["xvfb-run"],
};

const XAUTH: Need = Need {
    what: "xauth",
    probe: Probe::Program(&["xauth"]),
    debian: &["xauth"],
    fedora: &["xorg-x11-xauth"],
    arch: &["xorg-xauth"],
    suse: &["xauth"],
};

const DBUS: Need = Need {
    what: "a D-Bus session bus",
    probe: Probe::Program(&["dbus-run-session"]),
    debian: &["dbus"],
    fedora: &["dbus-daemon"],
    arch: &["dbus"],
    suse: &["dbus-1-daemon"],
};

const KEYRING: Need = Need {
    what: "gnome-keyring (a keychain to test with)",
    probe: Probe::Program(&["gnome-keyring-daemon"]),
    debian: &["gnome-keyring"],
    fedora: &["gnome-keyring"],
    arch: &["gnome-keyring"],
    suse: &["gnome-keyring"],
};

const NOTIFIER: Need = Need {
    what: "dunst (shows notifications)",
    probe: Probe::Program(&["dunst"]),
    debian: &["dunst"],
    fedora: &["dunst"],
    arch: &["dunst"],
    suse: &["dunst"],
};

const WEBKIT_DRIVER: Need = Need {
    what: "WebKitWebDriver",
    probe: Probe::Program(&["WebKitWebDriver"]),
    debian: &["webkit2gtk-driver"],
    fedora: &["/usr/bin/WebKitWebDriver"],
    arch: &["webkit2gtk-4.1"],
    suse: &["/usr/bin/WebKitWebDriver"],
};

const CHROMIUM: Need = Need {
    what: "Chromium",
    probe: Probe::Program(CHROMIUM_NAMES),
    debian: &["chromium"],
    fedora: &["chromium"],
    arch: &["chromium"],
    suse: &["chromium"],
};

const CURL: Need = Need {
    what: "curl",
    probe: Probe::Program(&["curl"]),
    debian: &["curl"],
    fedora: &["curl"],
    arch: &["curl"],
    suse: &["curl"],
};

const SSH_SERVER: Need = Need {
    what: "an OpenSSH server (tunnels are tested with it; no service of it is needed)",
    // It is in a folder that not every PATH has.
    probe: Probe::Program(&["sshd", "/usr/sbin/sshd"]),
    debian: &["openssh-server"],
    fedora: &["openssh-server"],
    arch: &["openssh"],
    suse: &["openssh-server"],
};

/// The names a Chromium goes by.
pub(crate) const CHROMIUM_NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const FONT: Need = Need {
    what: "the DejaVu fonts",
    probe: Probe::Font("dejavu"),
    debian: &["fonts-dejavu-core"],
    fedora: &["dejavu-sans-fonts"],
    arch: &["ttf-dejavu"],
    suse: &["dejavu-fonts"],
};

/// What building and running takes, Node.js aside.
pub(crate) fn to_run(family: Family, headless: bool) -> Vec<Need> {
    match family {
        Family::Windows if headless => Vec::new(),
        Family::Windows => vec![WEBVIEW2],
        Family::MacOs | Family::Other => vec![C_COMPILER],
        Family::Debian
        | Family::Ubuntu
        | Family::Fedora
        | Family::Arch
        | Family::Suse
        | Family::OtherLinux => {
            if headless {
                vec![C_COMPILER]
            } else {
                vec![C_COMPILER, PKG_CONFIG, WEBKIT, GTK, SOUP]
            }
        }
    }
}

/// What the journeys in a browser, and the one with curl alone, take.
pub(crate) fn for_journeys() -> Vec<Need> {
    vec![CHROMIUM, FONT, CURL]
}

/// What pictures of the page take.
pub(crate) fn for_browser() -> Vec<Need> {
    vec![CHROMIUM, FONT]
}

/// What the tests of tunnels take.
pub(crate) fn for_tunnels() -> Vec<Need> {
    vec![SSH_SERVER]
}

/// What a test in a desktop session of its own takes.
pub(crate) fn for_session() -> Vec<Need> {
    vec![XVFB, XAUTH, DBUS, KEYRING, NOTIFIER]
}

/// What a test in the real window takes beyond a session.
pub(crate) fn for_window() -> Vec<Need> {
    vec![WEBKIT_DRIVER, FONT]
}

impl Need {
    /// Whether the machine lacks it.
    pub(crate) fn is_missing(&self) -> bool {
        !match self.probe {
            Probe::Program(names) => find_program(names).is_some(),
            Probe::Library(name) => {
                succeeds("pkg-config", &["--exists", name]) || succeeds("pkgconf", &["--exists", name])
            }
            Probe::Font(folder) => ["/usr/share/fonts/truetype", "/usr/share/fonts", "/usr/share/fonts/TTF"]
                .iter()
                .any(|base| Path::new(base).join(folder).is_dir() || has_font(base, folder)),
            Probe::WebView2 => {
                succeeds("reg", &["query", WEBVIEW2_KEY]) || succeeds("reg", &["query", WEBVIEW2_KEY_OF_USER])
            }
        }
    }

    /// Its packages on this family; empty where packages do not provide it.
    pub(crate) fn packages(&self, family: Family) -> Vec<&'static str> {
        let names = match family {
            Family::Ubuntu if matches!(self.probe, Probe::Program(CHROMIUM_NAMES)) => &["chromium-browser"],
            Family::Debian | Family::Ubuntu => self.debian,
            Family::Fedora => self.fedora,
            Family::Arch => self.arch,
            Family::Suse => self.suse,
            Family::OtherLinux | Family::MacOs | Family::Windows | Family::Other => &[],
        };
        names.to_vec()
    }
}

const WEBVIEW2_KEY: &str =
    r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";
const WEBVIEW2_KEY_OF_USER: &str =
    r"HKCU\Software\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";

fn has_font(base: &str, prefix: &str) -> bool {
    std::fs::read_dir(base).is_ok_and(|entries| {
        entries.flatten().any(|entry| entry.file_name().to_string_lossy().to_lowercase().starts_with(prefix))
    })
}

fn succeeds(program: &str, args: &[&str]) -> bool {
    Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// What a program prints when it succeeds.
pub(crate) fn output_of(program: &str, args: &[&str], path: &OsString) -> Option<String> {
    let output = Command::new(program).args(args).env("PATH", path).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::{CHROMIUM, Family, Need, for_journeys, for_session, for_tunnels, for_window, to_run};

    #[test]
    fn every_need_has_a_package_on_every_family_that_installs_packages() {
        for family in [Family::Debian, Family::Ubuntu, Family::Fedora, Family::Arch, Family::Suse] {
            let needs: Vec<Need> =
                [to_run(family, false), for_journeys(), for_session(), for_tunnels(), for_window()]
                    .into_iter()
                    .flatten()
                    .collect();
            for need in needs {
                assert!(!need.packages(family).is_empty(), "{} has no package on {family:?}", need.what);
            }
        }
    }

    #[test]
    fn headless_needs_no_webkit() {
        let headless = to_run(Family::Debian, true);
        assert!(headless.iter().all(|need| !need.what.contains("WebKit")));
    }

    #[test]
    fn ubuntu_has_its_own_name_for_chromium() {
        assert_eq!(CHROMIUM.packages(Family::Ubuntu), ["chromium-browser"]);
        assert_eq!(CHROMIUM.packages(Family::Debian), ["chromium"]);
    }
}
