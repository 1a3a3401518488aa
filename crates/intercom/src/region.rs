//! Where a workspace lives: Intercom's three regions, or an address of one's own.
//!
//! An address of one's own serves the simulator and gateways that stand in front of Intercom. It carries the access
//! token, so it has to be `https`, unless it never leaves this machine.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use url::Url;

/// Where a workspace lives. As text: `us`, `eu`, `au`, or an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Region {
    /// United States.
    Us,
    /// European Union.
    Eu,
    /// Australia.
    Au,
    /// An API at another address.
    Custom(Url),
}

/// A word or an address that is no region.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegionError {
    /// Neither a region's word nor an address.
    #[error("A region is us, eu, au, or an address that starts with https://")]
    Unknown,
    /// An address that would send the token in the clear.
    #[error("The address must start with https://; http:// is only for this machine (127.0.0.1)")]
    NotHttps,
    /// An address with parts that an API's address does not have.
    #[error("The address must have no user name, no password, no ? and no #")]
    OddParts,
}

impl Region {
    /// Where its API answers.
    pub fn base_url(&self) -> &str {
        match self {
            Self::Us => "https://api.intercom.io/",
            Self::Eu => "https://api.eu.intercom.io/",
            Self::Au => "https://api.au.intercom.io/",
            Self::Custom(url) => url.as_str(),
        }
    }

    /// Where its inbox is shown to people; `None` for an address of one's own.
    pub(crate) const fn inbox_origin(&self) -> Option<&'static str> {
        match self {
            Self::Us => Some("https://app.intercom.com"),
            Self::Eu => Some("https://app.eu.intercom.com"),
            Self::Au => Some("https://app.au.intercom.com"),
            Self::Custom(_) => None,
        }
    }

    /// An API at another address, if that address is fit to carry a token.
    pub fn custom(url: Url) -> Result<Self, RegionError> {
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(RegionError::NotHttps),
            _ => return Err(RegionError::Unknown),
        }
        let has_odd_parts = !url.username().is_empty()
            || url.password().is_some()
            || url.query().is_some()
            || url.fragment().is_some();
        if has_odd_parts {
            return Err(RegionError::OddParts);
        }
        // Somebody wrote out the address of a region.
        let known =
            [Self::Us, Self::Eu, Self::Au].into_iter().find(|region| region.base_url() == url.as_str());
        Ok(known.unwrap_or(Self::Custom(url)))
    }
}

/// Whether an address cannot leave this machine.
pub(crate) fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(domain::is_loopback)
}

impl FromStr for Region {
    type Err = RegionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        match text.to_ascii_lowercase().as_str() {
            "us" => Ok(Self::Us),
            "eu" => Ok(Self::Eu),
            "au" => Ok(Self::Au),
            _ => Self::custom(Url::parse(text).map_err(|_| RegionError::Unknown)?),
        }
    }
}

impl TryFrom<String> for Region {
    type Error = RegionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Region> for String {
    fn from(region: Region) -> Self {
        region.to_string()
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Us => f.write_str("us"),
            Self::Eu => f.write_str("eu"),
            Self::Au => f.write_str("au"),
            Self::Custom(url) => f.write_str(url.as_str()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_reads_its_own_text_back() {
        for text in ["us", "eu", "au", "https://gateway.example/intercom", "http://127.0.0.1:8080/"] {
            let region: Region = text.parse().unwrap();
            assert_eq!(region.to_string(), text);
            let json = serde_json::to_string(&region).unwrap();
            assert_eq!(serde_json::from_str::<Region>(&json).unwrap(), region);
        }
        assert_eq!(" EU ".parse(), Ok(Region::Eu), "case and surrounding blanks do not matter");
    }

    #[test]
    fn each_region_has_the_documented_address() {
        assert_eq!(Region::Us.base_url(), "https://api.intercom.io/");
        assert_eq!(Region::Eu.base_url(), "https://api.eu.intercom.io/");
        assert_eq!(Region::Au.base_url(), "https://api.au.intercom.io/");
    }

    #[test]
    fn the_address_of_a_region_is_that_region() {
        assert_eq!("https://api.eu.intercom.io".parse(), Ok(Region::Eu));
        assert_eq!("https://api.intercom.io/".parse(), Ok(Region::Us));
    }

    #[test]
    fn a_token_never_travels_in_the_clear() {
        for text in ["http://api.intercom.io", "http://10.0.0.1:80", "http://localhost.example"] {
            assert_eq!(text.parse::<Region>(), Err(RegionError::NotHttps), "{text}");
        }
        for text in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "https://10.0.0.1"] {
            assert!(text.parse::<Region>().is_ok(), "{text}");
        }
    }

    #[test]
    fn an_address_with_odd_parts_is_refused() {
        for text in ["https://me:pw@a.example", "https://a.example/?x=1", "https://a.example/#x"] {
            assert_eq!(text.parse::<Region>(), Err(RegionError::OddParts), "{text}");
        }
        for text in ["", "usa", "ftp://a.example", "file:///etc/passwd", "a.example"] {
            assert_eq!(text.parse::<Region>(), Err(RegionError::Unknown), "{text}");
        }
    }
}
