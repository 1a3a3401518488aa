//! Lines of a program's output: bounded, without colours and control characters.

use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc;

/// The longest line that is kept, bytes; the rest of a longer one is dropped.
const LONGEST: usize = 4096;

/// Sends each line of `output` until it ends or nobody listens.
pub(crate) async fn forward(mut output: impl AsyncRead + Unpin, lines: mpsc::Sender<String>) {
    let mut chunk = [0_u8; 2048];
    let mut line = Vec::new();
    loop {
        let read = match output.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(read) => read,
        };
        for byte in chunk.iter().take(read) {
            if *byte == b'\n' || *byte == b'\r' {
                if send(&mut line, &lines).await.is_err() {
                    return;
                }
            } else if line.len() < LONGEST {
                line.push(*byte);
            }
        }
    }
    let _ = send(&mut line, &lines).await;
}

async fn send(line: &mut Vec<u8>, lines: &mpsc::Sender<String>) -> Result<(), ()> {
    let text = plain(&String::from_utf8_lossy(line));
    line.clear();
    if text.is_empty() { Ok(()) } else { lines.send(text).await.map_err(drop) }
}

/// The text without terminal sequences, control characters and space at its ends.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        if c == '\u{1b}' {
            if rest.peek() == Some(&'[') {
                rest.next();
                // A sequence ends with its first character from @ to ~.
                for c in rest.by_ref() {
                    if ('@'..='~').contains(&c) {
                        break;
                    }
                }
            }
        } else if c == '\t' {
            out.push(' ');
        } else if !c.is_control() && !is_direction(c) {
            out.push(c);
        }
    }
    out.trim().to_owned()
}

/// Characters that turn the direction of text around.
const fn is_direction(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::{LONGEST, forward, plain};
    use tokio::sync::mpsc;

    #[test]
    fn colours_and_control_characters_are_taken_out() {
        assert_eq!(
            plain("\u{1b}[2m2026-01-01\u{1b}[0m \u{1b}[32m INFO\u{1b}[0m ok\u{7}"),
            "2026-01-01  INFO ok"
        );
        assert_eq!(plain("a\u{202e}b"), "ab");
        assert_eq!(plain("\u{1b}"), "");
        assert_eq!(plain("\u{1b}[31"), "");
    }

    #[tokio::test]
    async fn lines_are_told_one_by_one_and_too_long_ones_cut() {
        let text = format!("one\r\ntwo\n\n{}\nlast", "x".repeat(LONGEST + 500));
        let (sender, mut lines) = mpsc::channel(8);
        forward(text.as_bytes(), sender).await;
        let mut told = Vec::new();
        while let Some(line) = lines.recv().await {
            told.push(line);
        }
        let lengths: Vec<usize> = told.iter().map(String::len).collect();
        assert_eq!(lengths, [3, 3, LONGEST, 4]);
        assert_eq!(told.last().map(String::as_str), Some("last"));
    }
}
