//! Takes personal data out of a text before it leaves.
//!
//! Guarantees, for any text: what comes out holds no e-mail address, no number of a payment card (13 to 19 digits with
//! a right check digit, in whatever groups), no IBAN with right check digits, no IP address, nothing after the `?` or
//! `#` of a web address and nobody's name before its `@`, and no run of seven digits or more. The properties at the end
//! hold it to that. What was taken out is named in its place, `[e-mail]`, so that the sense stays.
//!
//! It errs on the side of taking out: an order number of seven digits goes as well. It knows nothing of names and
//! postal addresses, and leaves them. Takes time in proportion to the text.

mod digits;
mod network;

use std::ops::Range;
use unicode_normalization::UnicodeNormalization as _;

/// What was taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// What follows a web address: query and fragment, and a login in front of the host.
    WebAddress,
    /// An e-mail address.
    Email,
    /// An international bank account number.
    Iban,
    /// The number of a payment card.
    Card,
    /// An IP address.
    IpAddress,
    /// A telephone number.
    Phone,
    /// Another long number.
    Number,
}

impl Kind {
    /// All, in the order of their say where two overlap: of a part of an account number, every tenth passes for a card.
    pub const ALL: [Self; 7] =
        [Self::WebAddress, Self::Email, Self::Iban, Self::Card, Self::IpAddress, Self::Phone, Self::Number];

    /// What stands in its place: without blanks, lest it end a web address.
    pub const fn placeholder(self) -> &'static str {
        match self {
            Self::WebAddress => "[removed]",
            Self::Email => "[e-mail]",
            Self::Card => "[card-number]",
            Self::Iban => "[bank-account]",
            Self::IpAddress => "[ip-address]",
            Self::Phone => "[phone-number]",
            Self::Number => "[number]",
        }
    }
}

/// A text without personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct Masked {
    /// The text.
    pub text: String,
    /// What was taken out, in the order of the text.
    pub taken: Vec<Kind>,
}

impl std::fmt::Debug for Masked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Masked").field("taken", &self.taken).finish_non_exhaustive()
    }
}

/// A place in a text and what is there.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Found {
    kind: Kind,
    at: Range<usize>,
}

/// Takes personal data out.
pub fn mask(text: &str) -> Masked {
    // Wide and circled digits, wide @ and the like become the plain ones; what is invisible would only hide something.
    let plain: Vec<char> = text.chars().filter(|c| !is_invisible(*c)).nfkc().collect();
    let mut found = network::web_addresses(&plain);
    found.extend(network::emails(&plain));
    found.extend(digits::cards(&plain));
    found.extend(digits::ibans(&plain));
    found.extend(network::ip_addresses(&plain));
    found.extend(digits::numbers(&plain));
    found.sort_by_key(|found| (found.at.start, found.kind));
    replaced(&plain, found)
}

/// Whether a character shows nothing and only parts its neighbours.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}'
    ) || (c.is_control() && !c.is_whitespace())
}

fn replaced(text: &[char], found: Vec<Found>) -> Masked {
    let mut masked = Masked { text: String::with_capacity(text.len()), taken: Vec::new() };
    let mut done = 0;
    for group in overlapping(found) {
        masked.text.extend(text.get(done..group.at.start).unwrap_or_default());
        masked.text.push_str(group.kind.placeholder());
        masked.taken.push(group.kind);
        done = group.at.end;
    }
    masked.text.extend(text.get(done..).unwrap_or_default());
    masked
}

/// One place for each that overlap, of the kind that has the first say.
fn overlapping(found: Vec<Found>) -> Vec<Found> {
    let mut groups: Vec<Found> = Vec::new();
    for one in found {
        match groups.last_mut() {
            Some(last) if one.at.start < last.at.end => {
                last.at.end = last.at.end.max(one.at.end);
                last.kind = last.kind.min(one.kind);
            }
            Some(_) | None => groups.push(one),
        }
    }
    groups
}

#[cfg(test)]
#[path = "mask/tests.rs"]
mod tests;
