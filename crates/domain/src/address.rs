//! Where an address leads, as far as its text tells.

use std::net::IpAddr;

/// Whether a host, as it stands in a web address, cannot leave this machine.
pub fn is_loopback(host: &str) -> bool {
    let number = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    match number.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost" || host.ends_with(".localhost"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stays_on_this_machine_is_loopback() {
        for here in ["localhost", "desk.localhost", "127.0.0.1", "127.9.9.9", "[::1]"] {
            assert!(is_loopback(here), "{here}");
        }
        for elsewhere in
            ["", "localhost.example", "notlocalhost", "10.0.0.1", "[::2]", "[fe80::1]", "127.0.0.1.example"]
        {
            assert!(!is_loopback(elsewhere), "{elsewhere}");
        }
    }
}
