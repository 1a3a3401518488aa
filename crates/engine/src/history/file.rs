//! Reading a labelled history from a file: columns `text` and `label`, separated by commas, semicolons or tabs.
//!
//! What cannot be read at all is refused with a sentence that says what to do; a line that cannot be used is left out and
//! told. Sentences name lines and columns, and never quote what stands there.

use std::collections::HashSet;

/// The largest file, bytes.
pub const MOST_BYTES: usize = 8 * 1024 * 1024;
/// The longest text, characters. The model reads less; more is a sign of a quotation mark that was never closed.
const LONGEST_TEXT: usize = 20_000;
/// The longest label, characters.
const LONGEST_LABEL: usize = 200;
/// Different labels at most. More are no labels.
const MOST_LABELS: usize = 200;
/// Lines left out that are told of one by one.
const MOST_TOLD: usize = 8;
const TEXT_NAMES: [&str; 4] = ["text", "message", "body", "content"];
const LABEL_NAMES: [&str; 6] = ["label", "bucket", "tag", "category", "class", "topic"];

/// Why a file cannot be imported. The sentences are for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileFault {
    /// There is nothing in it.
    #[error(
        "The file is empty. It needs a first line that names the columns text and label, and a line for each message."
    )]
    Empty,
    /// It is too large.
    #[error("The file has {0} MB; at most {limit} MB are read. Split it, or leave out the oldest lines.", limit = MOST_BYTES / 1024 / 1024)]
    TooLarge(usize),
    /// It is UTF-16.
    #[error(
        "The file is in UTF-16, as spreadsheets save 'Unicode text'. Save it as 'CSV UTF-8' and choose it again."
    )]
    Utf16,
    /// It is no UTF-8.
    #[error("Line {0} of the file is not in UTF-8. Save it as 'CSV UTF-8' and choose it again.")]
    NotUtf8(usize),
    /// It is no text.
    #[error("This is no text file. Save the table as CSV, in UTF-8, and choose that.")]
    NoText,
    /// The first line does not name the columns.
    #[error("The first line has to name the columns: one 'text', one 'label'. It has no column '{0}'.")]
    NoColumn(&'static str),
    /// There is a header and nothing else.
    #[error("The file has no lines below the names of its columns.")]
    NoLines,
    /// No line could be used.
    #[error("No line of the file can be used. {0}")]
    NothingUsable(String),
    /// Labels that are none.
    #[error(
        "The column '{column}' has {count} different labels, at most {MOST_LABELS} are possible. Is it the right column?"
    )]
    TooManyLabels {
        /// The column.
        column: String,
        /// How many.
        count: usize,
    },
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The message.
    pub text: String,
    /// Its label.
    pub label: String,
}

/// What was read of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FileHistory {
    /// Its lines, in order.
    pub lines: Vec<Line>,
    /// What was left out, and why; the first few, in sentences.
    pub problems: Vec<String>,
    /// Lines left out.
    pub left_out: usize,
}

/// Reads a file.
pub fn read(bytes: &[u8]) -> Result<FileHistory, FileFault> {
    let text = decode(bytes)?;
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter(text))
        .has_headers(true)
        .flexible(true)
        .from_reader(text.as_bytes());
    let names: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(|name| name.trim().to_lowercase()).collect(),
        Err(_) => return Err(FileFault::NoColumn("text")),
    };
    let text_at = column(&names, &TEXT_NAMES).ok_or(FileFault::NoColumn("text"))?;
    let label_at = column(&names, &LABEL_NAMES).ok_or(FileFault::NoColumn("label"))?;
    let mut history = FileHistory::default();
    let mut number = 0;
    for record in reader.records() {
        number += 1;
        let Ok(record) = record else { continue };
        let line = record.position().map_or(number, csv::Position::line);
        let cell = |place: usize| record.get(place).map(str::trim);
        let Some((text, label)) = cell(text_at).zip(cell(label_at)) else {
            history.leave_out(format!("Line {line} has fewer columns than the first line."));
            continue;
        };
        let (length, label_length) = (text.chars().count(), label.chars().count());
        if text.is_empty() {
            history.leave_out(format!("Line {line} has no text."));
        } else if length > LONGEST_TEXT {
            history.leave_out(format!(
                "Line {line} has a text of {length} characters, at most {LONGEST_TEXT} are read. Perhaps a quotation \
                 mark is not closed."
            ));
        } else if label.is_empty() {
            history.leave_out(format!("Line {line} has no label."));
        } else if label_length > LONGEST_LABEL {
            history.leave_out(format!("Line {line} has a label of {label_length} characters."));
        } else {
            history.lines.push(Line { text: text.to_owned(), label: label.to_owned() });
        }
    }
    if number == 0 {
        return Err(FileFault::NoLines);
    }
    if history.lines.is_empty() {
        return Err(FileFault::NothingUsable(history.problems.join(" ")));
    }
    let labels: HashSet<&str> = history.lines.iter().map(|line| line.label.as_str()).collect();
    if labels.len() > MOST_LABELS {
        let column = names.get(label_at).cloned().unwrap_or_default();
        return Err(FileFault::TooManyLabels { column, count: labels.len() });
    }
    Ok(history)
}

impl FileHistory {
    fn leave_out(&mut self, why: String) {
        self.left_out += 1;
        if self.problems.len() < MOST_TOLD {
            self.problems.push(why);
        }
    }
}

fn decode(bytes: &[u8]) -> Result<&str, FileFault> {
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(FileFault::Empty);
    }
    if bytes.len() > MOST_BYTES {
        return Err(FileFault::TooLarge(bytes.len().div_ceil(1024 * 1024)));
    }
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        return Err(FileFault::Utf16);
    }
    if bytes.contains(&0) {
        return Err(FileFault::NoText);
    }
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        FileFault::NotUtf8(before.split(|byte| *byte == b'\n').count())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() { Err(FileFault::Empty) } else { Ok(text) }
}

/// What separates the columns: what the first line has most of.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |separator: u8| first.bytes().filter(|byte| *byte == separator).count();
    [b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b',')
}

fn column(names: &[String], wanted: &[&str]) -> Option<usize> {
    wanted.iter().find_map(|wanted| names.iter().position(|name| name == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines(text: &str) -> Vec<(String, String)> {
        let history = read(text.as_bytes()).unwrap();
        history.lines.into_iter().map(|line| (line.text, line.label)).collect()
    }

    fn pair(text: &str, label: &str) -> (String, String) {
        (text.to_owned(), label.to_owned())
    }

    #[test]
    fn quoted_fields_commas_and_breaks_are_read() {
        let text = "text,label\n\"Refund me, \"\"please\"\"\nnow\",Billing\nHello,General\n";
        assert_eq!(lines(text), [pair("Refund me, \"please\"\nnow", "Billing"), pair("Hello", "General")]);
    }

    #[test]
    fn other_separators_orders_and_names_of_columns_are_read() {
        assert_eq!(
            lines("\u{feff}id;Tag;Message\r\n1;billing;Refund, please\r\n"),
            [pair("Refund, please", "billing")]
        );
        assert_eq!(lines("label\ttext\nspam\tBuy; now, cheap\n"), [pair("Buy; now, cheap", "spam")]);
    }

    #[test]
    fn what_cannot_be_read_is_refused_with_what_to_do() {
        let refused = |bytes: &[u8]| read(bytes).unwrap_err().to_string();
        assert!(refused(b"").starts_with("The file is empty."));
        assert!(refused(b" \r\n \n").starts_with("The file is empty."));
        assert_eq!(refused(b"text,label\n"), "The file has no lines below the names of its columns.");
        assert!(refused(b"Where is my parcel,general\n").contains("no column 'text'"));
        assert!(refused(b"text,when\nHello,today\n").contains("no column 'label'"));
        assert!(refused(b"\xff\xfet\0e\0x\0t\0").contains("UTF-16"));
        assert!(
            refused(b"text,label\nHello,general\nGr\xfc\xdfe,general\n")
                .starts_with("Line 3 of the file is not in UTF-8")
        );
        assert!(refused(b"PK\x03\x04\0\0\0").contains("no text file"));
        assert!(refused(&vec![b'x'; MOST_BYTES + 1]).contains("9 MB; at most 8 MB"));
        assert!(
            refused(b"text,label\n,general\n")
                .starts_with("No line of the file can be used. Line 2 has no text.")
        );
        let ids: Vec<String> = (0..300).map(|number| format!("Hello,{number}")).collect();
        assert!(
            refused(format!("text,label\n{}", ids.join("\n")).as_bytes()).contains("300 different labels")
        );
    }

    #[test]
    fn lines_that_cannot_be_used_are_left_out_and_told() {
        let long = "x".repeat(1024 * 1024);
        let text = format!("text,label\nHello,general\nNo label\n,billing\nHello,\n{long},billing\n");
        let history = read(text.as_bytes()).unwrap();
        assert_eq!((history.lines.len(), history.left_out), (1, 4));
        assert_eq!(history.problems[0], "Line 3 has fewer columns than the first line.");
        assert!(
            history.problems[3]
                .starts_with("Line 6 has a text of 1048576 characters, at most 20000 are read.")
        );
    }

    proptest! {
        #[test]
        fn no_bytes_end_the_program(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&bytes);
            let _ = read(&[b"text,label\n", bytes.as_slice()].concat());
        }
    }
}
