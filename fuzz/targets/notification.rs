//! A webhook's body, as Intercom's dialect reads it.
#![no_main]

#[path = "../properties/notification.rs"]
mod notification;

libfuzzer_sys::fuzz_target!(|input: &[u8]| notification::check(input));
