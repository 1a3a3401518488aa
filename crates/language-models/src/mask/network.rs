//! What belongs to networks: e-mail addresses, IP addresses, and the parts of web addresses that name somebody.

use super::{Found, Kind};
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;

/// The most characters that are looked at on either side of an `@`.
const MOST: usize = 320;
/// The most blanks on either side of an `@`.
const BLANKS: usize = 3;
/// The most characters of an IP address.
const LONGEST_IP: usize = 45;

/// E-mail addresses: what is written together on both sides of an `@`.
pub(super) fn emails(text: &[char]) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for at in text.iter().enumerate().filter(|(_, c)| **c == '@').map(|(at, _)| at) {
        let Some((start, has_blanks)) = local_start(text, at) else { continue };
        let Some(end) = domain_end(text, at, has_blanks) else { continue };
        match found.last_mut() {
            Some(last) if start < last.at.end => last.at.end = last.at.end.max(end),
            Some(_) | None => found.push(Found { kind: Kind::Email, at: start..end }),
        }
    }
    found
}

/// Where the part before the `@` begins, and whether blanks stand between the two.
fn local_start(text: &[char], at: usize) -> Option<(usize, bool)> {
    let mut start = at;
    while start > 0 && at - start < BLANKS && text.get(start - 1).is_some_and(|c| is_blank(*c)) {
        start -= 1;
    }
    let end = start;
    let has_blanks = end < at;
    let before = |place: usize| place.checked_sub(1).and_then(|place| text.get(place)).copied();
    if before(end) == Some('"') {
        let from = end.saturating_sub(MOST);
        let quote = text.get(from..end - 1)?.iter().rposition(|c| *c == '"')?;
        return Some((from + quote, has_blanks));
    }
    while end - start < MOST && before(start).is_some_and(is_local) {
        start -= 1;
    }
    (start < end).then_some((start, has_blanks))
}

/// Where the part after the `@` ends. Where blanks stand around the `@`, only what looks like a domain is one: 'find us
/// @home' and '3 pieces @ 5' are no addresses.
fn domain_end(text: &[char], at: usize, blanks_before: bool) -> Option<usize> {
    let mut start = at + 1;
    while start - at <= BLANKS && text.get(start).is_some_and(|c| is_blank(*c)) {
        start += 1;
    }
    let has_blanks = blanks_before || start > at + 1;
    if text.get(start) == Some(&'[') {
        let literal = text.get(start + 1..)?.iter().take(MOST).position(|c| *c == ']')?;
        let inner = text.get(start + 1..start + 1 + literal)?;
        let is_address =
            inner.iter().all(|c| c.is_ascii_hexdigit() || matches!(c, '.' | ':' | 'I' | 'P' | 'v'));
        return (is_address && literal > 0).then_some(start + literal + 2);
    }
    let length = text.get(start..)?.iter().take(MOST).take_while(|c| is_domain(**c)).count();
    let domain = text.get(start..start + length)?;
    let kept = domain.iter().rposition(|c| !matches!(c, '.' | '-')).map_or(0, |last| last + 1);
    let is_plausible = !has_blanks || domain.iter().take(kept).any(|c| *c == '.');
    (kept > 0 && is_plausible).then_some(start + kept)
}

fn is_blank(c: char) -> bool {
    c == ' ' || c == '\u{a0}'
}

fn is_local(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c) || ".!#$%&'*+-/=?^_`{|}~".contains(c)
}

fn is_domain(c: char) -> bool {
    c.is_alphanumeric() || is_mark(c) || matches!(c, '.' | '-' | '_')
}

/// Letters of many scripts carry marks that are characters of their own.
fn is_mark(c: char) -> bool {
    !c.is_ascii()
        && !c.is_whitespace()
        && !c.is_control()
        && !"…“”„‘’«»‹›—–·•¿¡、。，：；！？（）【】".contains(c)
}

/// IP addresses of both kinds, with or without a port.
pub(super) fn ip_addresses(text: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while from < text.len() {
        let length = text.iter().skip(from).take_while(|c| is_of_ip(**c)).count();
        if length == 0 {
            from += 1;
            continue;
        }
        found.extend(addresses_in(text, from..from + length));
        from += length;
    }
    found
}

fn is_of_ip(c: char) -> bool {
    c.is_ascii_hexdigit() || c == '.' || c == ':'
}

fn addresses_in(text: &[char], run: Range<usize>) -> Vec<Found> {
    let is_letter = |at: Option<usize>| at.and_then(|at| text.get(at)).is_some_and(|c| c.is_alphanumeric());
    let touches = (is_letter(run.start.checked_sub(1)), is_letter(Some(run.end)));
    // Everything in a run is ASCII: bytes are characters.
    let word: String = text.get(run.clone()).unwrap_or_default().iter().collect();
    let places = colons(&word, touches).into_iter().chain(dotted(&word));
    places.map(|at| Found { kind: Kind::IpAddress, at: run.start + at.start..run.start + at.end }).collect()
}

/// Addresses with colons that stand on their own: `std::` is none, though it ends like one. `touches` says whether
/// letters go on before and after the word.
fn colons(word: &str, touches: (bool, bool)) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    if !word.contains("::") && word.matches(':').count() < 7 {
        return found;
    }
    let is_edge = |at: usize| match at {
        0 => !touches.0,
        at if at == word.len() => !touches.1,
        at => {
            let hex = |at: usize| word.as_bytes().get(at).is_some_and(u8::is_ascii_hexdigit);
            !(hex(at - 1) && hex(at))
        }
    };
    let mut from = 0;
    while from < word.len() {
        let ends = (from + 2..=word.len().min(from + LONGEST_IP)).rev();
        let end = if is_edge(from) {
            ends.filter(|end| is_edge(*end)).find(|end| {
                word.get(from..*end).is_some_and(|word| word != "::" && word.parse::<Ipv6Addr>().is_ok())
            })
        } else {
            None
        };
        match end {
            Some(end) => {
                found.push(from..end);
                from = end;
            }
            None => from += 1,
        }
    }
    found
}

/// Four numbers with dots between them, anywhere in the word.
fn dotted(word: &str) -> Vec<Range<usize>> {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut pieces: Vec<Range<usize>> = Vec::new();
    let mut start = 0;
    for (at, c) in word.char_indices().chain([(word.len(), ' ')]) {
        if c.is_ascii_digit() {
            continue;
        }
        if start < at {
            pieces.push(start..at);
        } else {
            pieces.clear();
        }
        if let [.., first, _, _, last] = pieces.as_slice()
            && word.get(first.start..last.end).is_some_and(is_ipv4)
        {
            found.push(first.start..last.end);
            pieces.clear();
        }
        if c != '.' {
            pieces.clear();
        }
        start = at + c.len_utf8();
    }
    found
}

/// Also with zeros in front, which people write and programs read in their own ways.
fn is_ipv4(word: &str) -> bool {
    let plain: Vec<&str> = word
        .split('.')
        .map(|number| match number.trim_start_matches('0') {
            "" => "0",
            number => number,
        })
        .collect();
    plain.join(".").parse::<Ipv4Addr>().is_ok()
}

/// What web addresses say beyond where they lead: query, fragment, and a login before the host.
pub(super) fn web_addresses(text: &[char]) -> Vec<Found> {
    let mut found = Vec::new();
    let mut from = 0;
    while let Some(start) = next_address(text, from) {
        let length = text.iter().skip(start).take_while(|c| is_of_address(**c)).count();
        let end = start + length;
        let place = |wanted: fn(char) -> bool, from: usize, to: usize| {
            text.get(from..to)?.iter().position(|c| wanted(*c)).map(|at| from + at)
        };
        let host_end = place(|c| matches!(c, '/' | '?' | '#'), start, end).unwrap_or(end);
        let login = text.get(start..host_end).and_then(|host| host.iter().rposition(|c| *c == '@'));
        if let Some(login) = login {
            found.push(Found { kind: Kind::WebAddress, at: start..start + login + 1 });
        }
        if let Some(query) = place(|c| matches!(c, '?' | '#'), start, end)
            && query + 1 < end
        {
            found.push(Found { kind: Kind::WebAddress, at: query + 1..end });
        }
        from = end.max(start + 1);
    }
    found
}

/// Where the next web address goes on after its `://`, or begins with `www.`.
fn next_address(text: &[char], from: usize) -> Option<usize> {
    (from..text.len()).find_map(|at| {
        let here = text.get(at..)?;
        if here.starts_with(&[':', '/', '/']) {
            return Some(at + 3);
        }
        let starts_word =
            at.checked_sub(1).and_then(|before| text.get(before)).is_none_or(|c| !c.is_alphanumeric());
        let is_www =
            here.get(..4)?.iter().zip("www.".chars()).all(|(c, wanted)| c.eq_ignore_ascii_case(&wanted));
        (starts_word && is_www).then_some(at)
    })
}

fn is_of_address(c: char) -> bool {
    !c.is_whitespace() && !matches!(c, '<' | '>' | '"' | '`')
}
