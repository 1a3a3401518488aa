//! A release build carries the page inside: it is built again when the page was.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    // Debug builds read the page from disk.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=../../ui/dist");
    }
}
