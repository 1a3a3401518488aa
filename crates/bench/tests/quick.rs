//! The benches start, measure and end: their quick forms, which judge nothing but whether everything was kept.

use std::process::Command;

#[test]
fn the_intake_is_measured_end_to_end() {
    let data = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_countersign-bench"))
        .args(["intake", "--quick", "--data"])
        .arg(data.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for figure in ["share of verified and not stored", "with 5000 on disk", "p99 at 500/s"] {
        assert!(said.contains(figure), "no figure '{figure}' in:\n{said}");
    }
    assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 0, "it cleans up after itself");
}
