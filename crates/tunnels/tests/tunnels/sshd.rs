//! A real OpenSSH server on a high port, with keys of its own, run as this user.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

/// Where the server's program may be; it is not on everybody's PATH.
const PLACES: [&str; 3] = ["/usr/sbin/sshd", "/usr/bin/sshd", "/usr/local/sbin/sshd"];

/// A server, stopped and started at will on the same port. Ended when dropped.
pub(crate) struct Sshd {
    program: PathBuf,
    folder: TempDir,
    pub(crate) port: u16,
    running: Option<Child>,
}

impl Sshd {
    /// A server that runs; `None`, with a word, where OpenSSH's server is not installed.
    pub(crate) async fn start(extra: &str) -> Option<Self> {
        let Some(program) = PLACES.iter().map(PathBuf::from).find(|path| path.exists()) else {
            eprintln!("skipped: no OpenSSH server on this machine (install openssh-server)");
            return None;
        };
        // The package's service makes it; root's server does not start without it.
        let _ = std::fs::create_dir("/run/sshd");
        let folder = tempfile::tempdir().unwrap();
        let server = Self { program, port: free_port(), folder, running: None };
        server.new_key("host_key");
        server.new_key("user_key");
        std::fs::copy(server.path("user_key.pub"), server.path("authorized_keys")).unwrap();
        let config = format!(
            "Port {}\nListenAddress 127.0.0.1\nHostKey \"{}\"\nAuthorizedKeysFile \"{}\"\nPidFile none\nStrictModes no\n\
             UsePAM no\nPasswordAuthentication no\nPermitRootLogin yes\nAllowTcpForwarding remote\n{extra}\n",
            server.port,
            server.path("host_key").display(),
            server.path("authorized_keys").display(),
        );
        std::fs::write(server.path("sshd_config"), config).unwrap();
        let mut server = server;
        server.up().await;
        Some(server)
    }

    pub(crate) async fn up(&mut self) {
        let log = std::fs::File::create(self.path("log")).unwrap();
        let mut command = Command::new(&self.program);
        command.arg("-D").arg("-e").arg("-f").arg(self.path("sshd_config"));
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.running = Some(command.spawn().unwrap());
        let log = self.path("log");
        let listens = || std::fs::read_to_string(&log).is_ok_and(|text| text.contains("Server listening"));
        for _ in 0..500 {
            if listens() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("the SSH server does not listen: {}", std::fs::read_to_string(&log).unwrap_or_default());
    }

    /// Kills it with every connection, as when its machine goes away.
    pub(crate) fn kill(&mut self) {
        let Some(mut child) = self.running.take() else { return };
        for pid in family(child.id()) {
            let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).status();
        }
        let _ = child.wait();
    }

    /// Another key than the one that clients know.
    pub(crate) fn change_key(&self) {
        std::fs::remove_file(self.path("host_key")).unwrap();
        self.new_key("host_key");
    }

    pub(crate) fn user_key(&self) -> String {
        self.path("user_key").display().to_string()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn new_key(&self, name: &str) {
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-f"])
            .arg(self.path(name))
            .stdin(Stdio::null())
            .status();
        assert!(made.unwrap().success(), "ssh-keygen makes a key");
    }
}

impl Drop for Sshd {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A port that nobody has right now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// The name of the user whose tests these are.
pub(crate) fn user() -> String {
    let output = Command::new("id").arg("-un").output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// A process and all that it started, parents first.
fn family(root: u32) -> Vec<u32> {
    let pairs = parents();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(pairs.iter().filter(|(_, ppid)| *ppid == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    found
}

/// Every process with the one that started it: from `/proc`, and from `ps` where there is none.
fn parents() -> Vec<(u32, u32)> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let stats = entries.filter_map(|entry| {
        let pid = entry.file_name().to_str()?.parse::<u32>().ok()?;
        let stat = std::fs::read_to_string(entry.path().join("stat")).ok()?;
        // "pid (name) state ppid …"; the name may hold anything.
        let (_, after) = stat.rsplit_once(") ")?;
        Some((pid, after.split(' ').nth(1)?.parse::<u32>().ok()?))
    });
    let found: Vec<(u32, u32)> = stats.collect();
    if !found.is_empty() {
        return found;
    }
    let output = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let pair = |line: &str| {
        let mut numbers = line.split_whitespace().map(str::parse::<u32>);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    };
    text.lines().filter_map(pair).collect()
}
