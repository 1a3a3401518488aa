//! HTML from outside, made into plain text.
#![no_main]

#[path = "../properties/html.rs"]
mod html;

libfuzzer_sys::fuzz_target!(|input: &[u8]| html::check(input));
