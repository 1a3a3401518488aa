//! Programs that stand in for those that cannot run without the internet: scripts that print what they print.

use crate::bore::examples;
use crate::clock::WallClock;
use crate::fakes::FakeProbe;
use crate::world::{Listener, choice, eventually, folder, is_down, runs, script, until, url_of};
use std::io::BufRead as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tunnels::{Monotonic, Outcome, Plan, Programs, ProviderKind, Status, Supervisor, Timing};

/// `cloudflared`, as far as its output goes. Notes its arguments, its surroundings and its processes beside itself,
/// and has another address at each start.
const CLOUDFLARED: &str = r#"#!/bin/sh
here=$(dirname "$0")
printf '%s\n' "$@" > "$here/arguments"
env > "$here/surroundings"
echo x >> "$here/starts"
n=$(wc -l < "$here/starts")
sleep 600 &
echo "$$ $!" > "$here/processes"
echo "2026-01-05T10:00:00Z INF Requesting new quick Tunnel on trycloudflare.com..." >&2
echo "2026-01-05T10:00:02Z INF |  https://words-$((n)).trycloudflare.com          |" >&2
echo "2026-01-05T10:00:03Z INF Registered tunnel connection connIndex=0" >&2
while [ ! -e "$here/end" ]; do sleep 0.05; done
rm "$here/end"
echo "2026-01-05T10:00:09Z ERR Lost connection with the edge" >&2
exit 1
"#;

fn supervise(
    kind: ProviderKind,
    options: &[(&str, &str)],
    listener: &Listener,
    bin: &Path,
    data: &Path,
) -> Supervisor {
    let programs = Programs::in_folders(bin.as_os_str().to_owned());
    let provider = choice(kind, options).provider(&programs, data.to_owned()).unwrap();
    Supervisor::start(Plan {
        target: listener.target(),
        provider,
        probe: FakeProbe::new(&[Outcome::Reached]),
        clock: Arc::new(WallClock),
        monotonic: Monotonic::system(),
        timing: Timing { soon_ms: 50, ..Timing::default() },
    })
}

/// The program and the one that it started.
fn processes(bin: &Path) -> Vec<u32> {
    let text = std::fs::read_to_string(bin.join("processes")).unwrap();
    text.split_whitespace().map(|pid| pid.parse().unwrap()).collect()
}

#[tokio::test]
async fn a_quick_tunnel_is_started_read_started_again_and_ended_with_all_that_it_started() {
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let bin = tempfile::tempdir().unwrap();
    script(&bin.path().join("cloudflared"), CLOUDFLARED);
    let supervisor = supervise(ProviderKind::CloudflaredQuick, &[], &listener, bin.path(), &data);
    let mut status = supervisor.status();
    let first = until(&mut status, "an address", |status| status.url().is_some()).await;
    assert_eq!(url_of(&first), "https://words-1.trycloudflare.com/");
    let arguments = std::fs::read_to_string(bin.path().join("arguments")).unwrap();
    assert_eq!(arguments, format!("tunnel\n--no-autoupdate\n--url\nhttp://{}\n", listener.address));
    assert!(data.join("tunnel-process.json").is_file(), "a note is kept while it runs");

    std::fs::write(bin.path().join("end"), "").unwrap();
    let down = until(&mut status, "its end", is_down).await;
    let Status::Down { reason, .. } = &down else { panic!() };
    assert_eq!(reason, "cloudflared ended: Lost connection with the edge");
    let second = until(&mut status, "another start", |status| status.url().is_some()).await;
    assert_eq!(url_of(&second), "https://words-2.trycloudflare.com/");

    let running = processes(bin.path());
    assert!(running.iter().all(|pid| runs(*pid)), "{running:?}");
    supervisor.stop().await;
    eventually("the whole group is gone", || !running.iter().any(|pid| runs(*pid))).await;
    assert!(!data.join("tunnel-process.json").exists(), "and the note with it");
}

#[tokio::test]
async fn a_program_that_ends_at_once_is_tried_again_with_its_last_words_as_the_reason() {
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let bin = tempfile::tempdir().unwrap();
    script(
        &bin.path().join("ngrok"),
        "#!/bin/sh\necho '{\"err\":\"authentication failed: ... ERR_NGROK_4018\",\"lvl\":\"eror\",\"msg\":\"x\"}'\nexit 1\n",
    );
    let supervisor = supervise(ProviderKind::Ngrok, &[], &listener, bin.path(), &data);
    let mut status = supervisor.status();
    let down =
        until(&mut status, "its end", |status| matches!(status, Status::Down { failures: 2, .. })).await;
    let Status::Down { reason, .. } = &down else { panic!() };
    assert!(reason.starts_with("ngrok is not logged in on this machine"), "{reason}");
}

#[tokio::test]
async fn a_program_that_waits_for_a_person_says_for_what() {
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let bin = tempfile::tempdir().unwrap();
    script(
        &bin.path().join("tailscale"),
        "#!/bin/sh\necho 'Funnel is not enabled on your tailnet.'\necho 'To enable, visit:'\necho\n\
         echo '         https://login.tailscale.com/f/funnel?node=nABC'\nexec sleep 600\n",
    );
    let supervisor = supervise(ProviderKind::TailscaleFunnel, &[], &listener, bin.path(), &data);
    let mut status = supervisor.status();
    let down = until(&mut status, "the reason", is_down).await;
    let Status::Down { reason, .. } = &down else { panic!() };
    assert!(reason.contains("https://login.tailscale.com/f/funnel?node=nABC"), "{reason}");
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_with_how_to_install_it() {
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let bin = tempfile::tempdir().unwrap();
    let supervisor = supervise(ProviderKind::CloudflaredQuick, &[], &listener, bin.path(), &data);
    let mut status = supervisor.status();
    let missing =
        until(&mut status, "the advice", |status| matches!(status, Status::NotInstalled { .. })).await;
    let Status::NotInstalled { advice } = &missing else { panic!() };
    assert!(advice.starts_with("The program cloudflared is not on this machine. "), "{advice}");
}

/// The example `holder` supervises a quick tunnel; it is killed as by the system, without a word.
#[tokio::test]
async fn a_program_does_not_outlive_us_when_we_are_killed_and_gets_none_of_our_secrets() {
    let listener = Listener::start().await;
    let (_outer, data) = folder();
    let bin = tempfile::tempdir().unwrap();
    script(&bin.path().join("cloudflared"), CLOUDFLARED);
    let mut holder = Command::new(examples().join("holder"))
        .args([data.as_os_str(), bin.path().as_os_str()])
        .arg(listener.address.to_string())
        .env("COUNTERSIGN_CLIENT_SECRET", "a secret of ours")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = holder.stdout.take().unwrap();
    let told = tokio::task::spawn_blocking(move || {
        let mut line = String::new();
        std::io::BufReader::new(output).read_line(&mut line).unwrap();
        line
    });
    assert_eq!(told.await.unwrap().trim(), "https://words-1.trycloudflare.com/");
    let surroundings = std::fs::read_to_string(bin.path().join("surroundings")).unwrap();
    assert!(!surroundings.contains("a secret of ours"), "secrets in our environment are not passed on");

    let running = processes(bin.path());
    let program = running[0];
    assert!(runs(program));
    holder.kill().unwrap();
    holder.wait().unwrap();
    if cfg!(target_os = "linux") && Path::new("/usr/bin/setpriv").exists() {
        eventually("the kernel ended it", || !runs(program)).await;
    } else {
        assert!(tunnels::end_leftover(&data), "the next start ends it");
        eventually("the whole group is gone", || !running.iter().any(|pid| runs(*pid))).await;
    }
    for pid in running {
        let _ = Command::new("kill").args(["-KILL", &pid.to_string()]).stderr(Stdio::null()).status();
    }
}
