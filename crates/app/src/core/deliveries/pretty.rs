//! Bodies as a person reads them. Only blanks are added: numbers too large for a program to hold, and keys that come
//! twice, are shown as they were sent.

use serde::de::IgnoredAny;

/// JSON laid out over lines; `None` for what is no JSON.
pub(super) fn pretty(text: &str) -> Option<String> {
    serde_json::from_str::<IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len().saturating_mul(2));
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    let mut letters = text.chars().filter(|letter| !matches!(letter, '\n' | '\r' | '\t')).peekable();
    while let Some(letter) = letters.next() {
        if in_string {
            out.push(letter);
            in_string = escaped || letter != '"';
            escaped = !escaped && letter == '\\';
            continue;
        }
        match letter {
            ' ' => {}
            '"' => {
                in_string = true;
                out.push(letter);
            }
            '{' | '[' => {
                out.push(letter);
                while letters.peek() == Some(&' ') {
                    letters.next();
                }
                if let Some(end) = letters.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(end);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(letter);
            }
            ',' => {
                out.push(letter);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            other => out.push(other),
        }
    }
    Some(out)
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Bytes in hexadecimal, sixteen a line.
pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(bytes.len().saturating_mul(3));
    for line in bytes.chunks(16) {
        for byte in line {
            let _ = write!(out, "{byte:02x} ");
        }
        out.pop();
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_and_every_value_stays_as_it_was_written() {
        let text = "{\"id\":123456789012345678901234567890,\n\"a\": [1.50,{}, [ ] ],\"s\":\"a \\\" b, {c}\",\"a\":null}";
        assert_eq!(
            pretty(text).unwrap(),
            "{\n  \"id\": 123456789012345678901234567890,\n  \"a\": [\n    1.50,\n    {},\n    []\n  ],\n  \
             \"s\": \"a \\\" b, {c}\",\n  \"a\": null\n}"
        );
        assert_eq!(pretty("\"x\\\\\"").as_deref(), Some("\"x\\\\\""));
        assert_eq!(pretty("this is not JSON"), None);
        assert_eq!(pretty(""), None);
    }

    #[test]
    fn bytes_are_shown_sixteen_a_line() {
        let bytes: Vec<u8> = (0..18).collect();
        assert_eq!(hex(&bytes), "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n10 11\n");
    }
}
