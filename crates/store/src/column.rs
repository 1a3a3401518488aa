//! Reading and writing single columns: JSON, words, numbers, short lines.

use crate::error::StoreError;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A value as the JSON that a column keeps.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Internal(error.to_string()))
}

/// The value of a JSON column that nothing can stand in for.
pub(crate) fn from_json<T: DeserializeOwned>(what: &str, json: &str) -> Result<T, StoreError> {
    serde_json::from_str(json).map_err(|error| unreadable(what, &place_of(&error)))
}

/// The value of a JSON column that may be empty for want of anything readable.
pub(crate) fn from_json_or_default<T: DeserializeOwned + Default>(what: &str, json: &str) -> T {
    serde_json::from_str(json).unwrap_or_else(|error| {
        let error = place_of(&error);
        tracing::error!(column = what, %error, "A stored value cannot be read and is shown as empty");
        T::default()
    })
}

/// What is wrong with a JSON text and where. Its own words would quote the value, which may be a person's.
fn place_of(error: &serde_json::Error) -> String {
    format!("{:?} error at column {}", error.classify(), error.column())
}

/// The value of a word column.
pub(crate) fn from_word<T>(what: &str, word: &str, parse: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    parse(word).ok_or_else(|| unreadable(what, "unknown word"))
}

/// A count that was stored from a `u32`.
pub(crate) fn small(number: i64) -> u32 {
    u32::try_from(number).unwrap_or(if number < 0 { 0 } else { u32::MAX })
}

/// What can be read of a list; what cannot is logged and left out.
pub(crate) fn readable<T>(rows: impl IntoIterator<Item = Result<T, StoreError>>) -> Vec<T> {
    rows.into_iter()
        .filter_map(|row| {
            row.inspect_err(|error| tracing::error!(%error, "A stored row cannot be read and is left out"))
                .ok()
        })
        .collect()
}

/// `text` as one line of at most `limit` characters.
pub(crate) fn one_line(text: &str, limit: usize) -> String {
    let mut line = String::new();
    let mut length = 0;
    for word in text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        let space = usize::from(length > 0);
        let width = word.chars().count();
        if length + space + width > limit {
            let room = limit.saturating_sub(length + space + 1);
            if length == 0 || room > 8 {
                line.push_str(if space == 1 { " " } else { "" });
                line.extend(word.chars().take(room));
            }
            line.push('…');
            return line;
        }
        if space == 1 {
            line.push(' ');
        }
        line.push_str(word);
        length += space + width;
    }
    line
}

fn unreadable(what: &str, why: &str) -> StoreError {
    StoreError::Corrupt(format!("{what} is not readable ({why})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_not_quoted() {
        let error = from_json::<u32>("a number", "\"Maria Silva\"").unwrap_err().to_string();
        assert!(error.contains("Data error at column 13") && !error.contains("Maria"), "{error}");
    }

    #[test]
    fn a_line_is_short_and_has_no_breaks() {
        assert_eq!(one_line("  Hello\n\tthere\u{0} you ", 160), "Hello there you");
        assert_eq!(one_line("", 10), "");
        let long = one_line(&"word ".repeat(100), 160);
        assert!(long.chars().count() <= 160, "{}", long.chars().count());
        assert!(long.ends_with('…'));
        let unbroken = one_line(&"x".repeat(500), 160);
        assert_eq!(unbroken.chars().count(), 160);
    }
}
