//! `countersign-cli`: the headless program.
fn main() {}
