//! Addresses of services, as far as they are fit to be given a conversation.

use std::net::{Ipv4Addr, Ipv6Addr};
use url::{Host, Url};

/// An address that nothing is sent to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is no web address.
    #[error("This is not a web address. Enter one such as https://api.example.com or http://localhost:11434")]
    Unknown,
    /// Conversations and keys would travel where others can read them.
    #[error(
        "The address must begin with https://; http:// will do on this machine, and without a key in your own network"
    )]
    NotHttps,
    /// It carries a login, a query or a fragment.
    #[error("The address must have no login, no ? and no # in it; the key has a field of its own")]
    OddParts,
}

/// Reads an address. Without encryption only this machine is reached, and one's own network where no key is sent.
pub(crate) fn parse(text: &str, carries_key: bool) -> Result<Url, EndpointError> {
    let url = Url::parse(text.trim()).map_err(|_| EndpointError::Unknown)?;
    match url.scheme() {
        "https" => {}
        "http" if is_loopback(&url) || (!carries_key && is_own_network(&url)) => {}
        "http" => return Err(EndpointError::NotHttps),
        _ => return Err(EndpointError::Unknown),
    }
    let has_odd_parts = !url.username().is_empty()
        || url.password().is_some()
        || url.query().is_some()
        || url.fragment().is_some();
    if has_odd_parts { Err(EndpointError::OddParts) } else { Ok(url) }
}

/// Whether an address cannot leave this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(domain::is_loopback)
}

/// Whether an address is one of a private network, by its number.
fn is_own_network(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => Ipv4Addr::is_private(&address) || address.is_link_local(),
        Some(Host::Ipv6(address)) => {
            Ipv6Addr::is_unique_local(&address) || Ipv6Addr::is_unicast_link_local(&address)
        }
        // Whom a name leads to is decided by others.
        Some(Host::Domain(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_travels_encrypted_or_not_at_all() {
        for text in
            ["https://api.example.com/v1", "http://localhost:1234", "http://127.0.0.1:1", "http://[::1]:1/"]
        {
            assert!(parse(text, true).is_ok(), "{text}");
        }
        for text in ["http://api.example.com", "http://192.168.1.5:11434", "http://localhost.example"] {
            assert_eq!(parse(text, true), Err(EndpointError::NotHttps), "{text}");
        }
    }

    #[test]
    fn a_server_in_ones_own_network_needs_no_encryption_where_there_is_no_key() {
        for text in ["http://192.168.1.5:11434", "http://10.1.1.1", "http://[fd00::1]:11434"] {
            assert!(parse(text, false).is_ok(), "{text}");
        }
        for text in ["http://8.8.8.8", "http://ollama.example:11434", "http://[2001:db8::1]"] {
            assert_eq!(parse(text, false), Err(EndpointError::NotHttps), "{text}");
        }
    }

    #[test]
    fn odd_addresses_are_refused() {
        for text in ["https://me:pw@a.example", "https://a.example/?key=1", "https://a.example/#x"] {
            assert_eq!(parse(text, false), Err(EndpointError::OddParts), "{text}");
        }
        for text in ["", "localhost:11434", "ftp://a.example", "a.example"] {
            assert_eq!(parse(text, false), Err(EndpointError::Unknown), "{text}");
        }
    }
}
