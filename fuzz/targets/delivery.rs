//! A request's body, from raw bytes to what is stored: signature, notification, delivery.
#![no_main]

#[path = "../properties/delivery.rs"]
mod delivery;
#[path = "../properties/notification.rs"]
mod notification;

libfuzzer_sys::fuzz_target!(|input: &[u8]| delivery::check(input));
