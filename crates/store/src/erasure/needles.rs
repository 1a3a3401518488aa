//! What names a person: strings to be looked for in raw bodies, and in the bytes of the file.

use crate::error::StoreError;
use aho_corasick::AhoCorasick;
use domain::{ContactId, ConversationId};
use serde::{Deserialize, Serialize};
use sqlx::SqliteConnection;
use std::collections::BTreeSet;
use std::fmt::Write as _;

/// Lines of messages that are looked for in the file afterwards, at most.
const LINES: usize = 200;
/// Bytes of a line that are looked for: enough to be nobody else's, few enough to stand on one page of the file.
const LINE: std::ops::RangeInclusive<usize> = 20..=64;
/// Shorter names, numbers and ids are found everywhere and say nothing.
const NAME: usize = 5;
pub(super) const NUMBER: usize = 6;

/// What names a person, and what they wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookedFor {
    /// The vendor's ids of the person and of their conversations.
    pub ids: BTreeSet<String>,
    /// E-mail addresses and telephone numbers.
    pub addresses: BTreeSet<String>,
    /// Names.
    pub names: BTreeSet<String>,
    /// Beginnings of what they wrote.
    pub lines: BTreeSet<String>,
}

impl LookedFor {
    /// Whether there is nothing to look for.
    pub fn is_empty(&self) -> bool {
        self.addresses.is_empty() && self.names.is_empty() && self.lines.is_empty()
    }

    /// How many strings are looked for in the file.
    pub fn in_file(&self) -> usize {
        self.file_strings().count()
    }

    /// What must not be found in the file: addresses and lines. Names may be others' too, and ids stay on purpose.
    pub(super) fn file_strings(&self) -> impl Iterator<Item = &str> {
        self.addresses.iter().chain(&self.lines).map(String::as_str)
    }

    /// What a raw body is emptied for, as it stands in JSON, with and without escapes.
    pub(super) fn body_strings(&self) -> BTreeSet<String> {
        let plain = self.ids.iter().chain(&self.addresses).chain(&self.names);
        plain.flat_map(|text| [escaped(text, false), escaped(text, true)]).collect()
    }

    /// Names and addresses, to be looked for in the texts of others.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.addresses.iter().chain(&self.names).map(String::as_str)
    }

    /// Finds what names the person and what they wrote in the texts of others; `None` where there is nothing to find.
    pub(crate) fn finder(&self) -> Result<Option<AhoCorasick>, StoreError> {
        if self.is_empty() {
            return Ok(None);
        }
        finder(self.words().chain(self.lines.iter().map(String::as_str))).map(Some)
    }

    /// Both of two.
    pub fn join(&mut self, other: Self) {
        self.ids.extend(other.ids);
        self.addresses.extend(other.addresses);
        self.names.extend(other.names);
        self.lines.extend(other.lines);
    }
}

/// Finds any of the strings, in capitals or not.
pub(super) fn finder<'a>(strings: impl IntoIterator<Item = &'a str>) -> Result<AhoCorasick, StoreError> {
    AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .build(strings)
        .map_err(|error| StoreError::Internal(error.to_string()))
}

/// Gathers what names these people and what they wrote in these conversations.
pub(super) async fn gather(
    tx: &mut SqliteConnection,
    people: &BTreeSet<ContactId>,
    conversations: &BTreeSet<ConversationId>,
) -> Result<LookedFor, StoreError> {
    let mut found = LookedFor {
        ids: people
            .iter()
            .map(|id| id.0.clone())
            .chain(conversations.iter().map(|id| id.0.clone()))
            .collect(),
        ..LookedFor::default()
    };
    found.ids.retain(|id| id.len() >= NUMBER);
    for person in people {
        let record: Option<(Option<String>, Option<String>, Option<String>)> =
            sqlx::query_as("SELECT name, email, phone FROM contacts WHERE id = ?1")
                .bind(person.as_str())
                .fetch_optional(&mut *tx)
                .await?;
        if let Some((name, email, phone)) = record {
            found.take(name, email, phone);
        }
        let authors: Vec<(Option<String>, Option<String>)> = sqlx::query_as(
            "SELECT DISTINCT author_name, author_email FROM parts
             WHERE author_kind = 'contact' AND author_id = ?1",
        )
        .bind(person.as_str())
        .fetch_all(&mut *tx)
        .await?;
        for (name, email) in authors {
            found.take(name, email, None);
        }
        let texts: Vec<String> = sqlx::query_scalar(
            "SELECT text FROM parts
             WHERE author_kind = 'contact' AND author_id = ?1 AND text IS NOT NULL
             ORDER BY created_at DESC
             LIMIT ?2",
        )
        .bind(person.as_str())
        .bind(i64::try_from(LINES).unwrap_or(i64::MAX))
        .fetch_all(&mut *tx)
        .await?;
        let lines = texts.iter().flat_map(|text| text.lines()).filter_map(line);
        found.lines.extend(lines.take(LINES));
    }
    Ok(found)
}

impl LookedFor {
    fn take(&mut self, name: Option<String>, email: Option<String>, phone: Option<String>) {
        self.names.extend(name.filter(|name| name.trim().chars().count() >= NAME));
        self.addresses.extend(email.filter(|email| email.contains('@') && email.len() >= NUMBER));
        self.addresses
            .extend(phone.filter(|phone| phone.chars().filter(char::is_ascii_digit).count() >= NUMBER));
    }
}

/// The beginning of a line, cut between characters; `None` where it is too short to be anybody's own.
fn line(text: &str) -> Option<String> {
    let text = text.trim();
    let mut end = text.len().min(*LINE.end());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    let line = text.get(..end)?;
    (line.len() >= *LINE.start()).then(|| line.to_owned())
}

/// A text as it stands between the quotes of a JSON string.
fn escaped(text: &str, ascii: bool) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            _ if ascii && !character.is_ascii() => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            _ => out.push(character),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_looked_for_as_json_writes_it_either_way() {
        assert_eq!(escaped("Zoë \"Z\" O'Neil", false), "Zoë \\\"Z\\\" O'Neil");
        assert_eq!(escaped("Zoë", true), "Zo\\u00eb");
        assert_eq!(escaped("🙂", true), "\\ud83d\\ude42");
        let finder = finder(["Zo\\u00eb"]).unwrap();
        assert!(finder.is_match(br#"{"name":"ZO\u00EB Lind"}"#), "in capitals too");
    }

    #[test]
    fn a_line_is_long_enough_to_be_somebodys_and_is_cut_between_characters() {
        assert_eq!(line("  Hello there "), None);
        assert_eq!(line("My order has not arrived").as_deref(), Some("My order has not arrived"));
        let long = "ä".repeat(80);
        assert_eq!(line(&long).map(|line| line.len()), Some(64));
    }

    #[test]
    fn what_is_too_short_to_tell_is_not_looked_for() {
        let mut found = LookedFor::default();
        found.take(Some("Ana".to_owned()), Some("a@b.c".to_owned()), Some("12".to_owned()));
        assert!(found.is_empty());
        found.take(
            Some("Ana Duarte".to_owned()),
            Some("ana@shop.example".to_owned()),
            Some("+1 555 0142".to_owned()),
        );
        assert_eq!((found.names.len(), found.addresses.len(), found.in_file()), (1, 2, 2));
    }
}
