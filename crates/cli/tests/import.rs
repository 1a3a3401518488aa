//! `triage import` on a data folder, from outside: what it prints, what it refuses, what is kept.
#![expect(clippy::unwrap_used, reason = "a test program")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_countersign-cli");

/// A data folder with one connected workspace, which a run of the program on a simulator leaves behind.
async fn folder() -> (tempfile::TempDir, simulator::Simulator) {
    let simulator = simulator::Simulator::start(simulator::Config { quiet: true, ..Default::default() });
    let simulator = simulator.await.unwrap();
    let data = tempfile::tempdir().unwrap();
    let program = serve(data.path(), &simulator);
    end(program);
    (data, simulator)
}

fn serve(data: &Path, simulator: &simulator::Simulator) -> Child {
    let credentials = simulator.credentials();
    let mut program = Command::new(PROGRAM)
        .args(["serve", "--listen", "127.0.0.1:0", "--ui", "127.0.0.1:0", "--data"])
        .arg(data)
        .args(["--base-url", &credentials.base_url, "--app-id", &credentials.app_id])
        .args(["--admin-id", &credentials.admin_id])
        .env("COUNTERSIGN_ACCESS_TOKEN", &credentials.token)
        .env("COUNTERSIGN_CLIENT_SECRET", &credentials.client_secret)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut ready = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut ready).unwrap();
    assert!(ready.contains("ui_url"), "{ready}");
    program
}

fn end(mut program: Child) {
    program.kill().unwrap();
    program.wait().unwrap();
}

fn import(data: &Path, more: &[&str]) -> Output {
    Command::new(PROGRAM).args(["triage", "import", "--data"]).arg(data).args(more).output().unwrap()
}

fn told(output: &Output) -> (bool, String) {
    let text = if output.status.success() { &output.stdout } else { &output.stderr };
    (output.status.success(), String::from_utf8_lossy(text).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_history_is_looked_at_mapped_and_imported_once() {
    let (data, simulator) = folder().await;
    let file = data.path().join("history.csv");
    std::fs::write(&file, "label,text\nbilling,Refund me\nrefunds,Money back please\noos,Sing a song\n")
        .unwrap();
    let file = file.to_str().unwrap();

    let (done, text) = told(&import(data.path(), &["--file", file]));
    assert!(!done && text.contains("These labels are no bucket's name: refunds (1)."), "{text}");
    let (done, text) = told(&import(data.path(), &["--file", file, "--map", "refunds=Refunds"]));
    assert!(!done && text.contains("There is no bucket Refunds. There are: urgent,"), "{text}");
    let (done, text) = told(&import(data.path(), &["--file", file, "--map", "refunds=Billing", "--dry-run"]));
    assert!(done && text.contains("3 messages with 3 labels in history.csv."), "{text}");
    assert!(text.contains("refunds -> billing") && text.contains("oos -> none-of-these"), "{text}");
    assert!(text.contains("Nothing was imported"), "{text}");
    let (done, text) = told(&import(data.path(), &["--file", file, "--map", "refunds=Billing"]));
    assert!(done && text.contains("Imported: 3."), "{text}");
    let (done, text) = told(&import(data.path(), &["--file", file, "--map", "refunds=Billing"]));
    assert!(!done && text.contains("There is nothing to import. 3 messages came twice"), "{text}");

    let program = serve(data.path(), &simulator);
    let (done, text) = told(&import(data.path(), &["--file", file, "--skip-unknown"]));
    end(program);
    assert!(!done && text.contains("Another Countersign is using"), "{text}");
}

#[test]
fn what_is_no_data_folder_or_no_file_is_said() {
    let empty = tempfile::tempdir().unwrap();
    let (done, text) = told(&import(empty.path(), &["--tags"]));
    assert!(!done && text.contains("is no data folder of Countersign"), "{text}");
    let (done, text) = told(&import(empty.path(), &["--file", "/nowhere/history.csv"]));
    assert!(!done && text.contains("Cannot read /nowhere/history.csv"), "{text}");
}
