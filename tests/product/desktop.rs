//! Notifications on a real notification service.

use app::notifications::{Desktop, Notifier as _};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

#[tokio::test]
async fn a_message_that_cannot_wait_is_shown_by_the_desktop() {
    if std::env::var_os("COUNTERSIGN_TEST_DESKTOP").is_none() {
        eprintln!("skipped: no throw-away notification service here (COUNTERSIGN_TEST_DESKTOP)");
        return;
    }
    let mut monitor = Command::new("dbus-monitor")
        .args(["--session", "interface='org.freedesktop.Notifications',member='Notify'"])
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("dbus-monitor starts");
    let mut lines = BufReader::new(monitor.stdout.take().expect("it is piped")).lines();
    let seen = async {
        // The monitor says that it is there before it hears anything.
        lines.next_line().await.expect("it prints").expect("a line");
        Desktop.notify("Urgent", "Priya Raman may need an answer now");
        while let Some(line) = lines.next_line().await.expect("it prints") {
            if line.contains("Priya Raman may need an answer now") {
                return true;
            }
        }
        false
    };
    let shown = tokio::time::timeout(Duration::from_secs(20), seen).await;
    assert!(shown.unwrap_or(false), "the notification did not come to the service");
}
