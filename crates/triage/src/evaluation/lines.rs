//! Files of labelled messages: one `{"text","label"}` a line, plain or gzipped.

use serde::Deserialize;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

/// The label of a message that belongs to none of the buckets.
pub const NONE_LABEL: &str = "oos";

/// A message with the bucket that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The message.
    pub text: String,
    /// Key of its bucket, or [`NONE_LABEL`].
    pub label: String,
    /// Number of its line in the file, from 1.
    pub line: usize,
}

/// Why a file of labelled messages cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EvaluationError {
    /// It cannot be opened or read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// A line is not what it should be.
    #[error("{}, line {line}: {problem}", path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it, and what is expected.
        problem: String,
    },
    /// It has no line that can be used.
    #[error("{}: there is no message in it; each line should read {{\"text\":\"...\",\"label\":\"...\"}}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

#[derive(Deserialize)]
struct Record {
    text: String,
    label: String,
}

/// Longest line read, in bytes.
const LONGEST_LINE: u64 = 32 << 20;
const GZIP: [u8; 2] = [0x1F, 0x8B];

/// Reads a file of labelled messages. Empty lines are passed over.
pub fn read_lines(path: &Path) -> Result<Vec<Labelled>, EvaluationError> {
    let unreadable = |source| EvaluationError::Read { path: path.to_owned(), source };
    let mut file = BufReader::new(File::open(path).map_err(unreadable)?);
    let is_gzip = file.fill_buf().map_err(unreadable)?.starts_with(&GZIP);
    let lines = if is_gzip {
        parse(path, BufReader::new(flate2::bufread::MultiGzDecoder::new(file)))?
    } else {
        parse(path, file)?
    };
    if lines.is_empty() {
        return Err(EvaluationError::Empty { path: path.to_owned() });
    }
    Ok(lines)
}

fn parse(path: &Path, mut reader: impl std::io::BufRead) -> Result<Vec<Labelled>, EvaluationError> {
    let mut lines = Vec::new();
    let mut bytes = Vec::new();
    for line in 1.. {
        let wrong = |problem: String| EvaluationError::Line { path: path.to_owned(), line, problem };
        bytes.clear();
        let read = Read::by_ref(&mut reader)
            .take(LONGEST_LINE)
            .read_until(b'\n', &mut bytes)
            .map_err(|source| wrong(format!("cannot be read: {source}")))?;
        if read == 0 {
            break;
        }
        if read as u64 == LONGEST_LINE {
            return Err(wrong(format!("is longer than {} MB", LONGEST_LINE >> 20)));
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| wrong(format!("is no UTF-8 from byte {} on", error.valid_up_to() + 1)))?;
        let text = text.trim_start_matches('\u{FEFF}').trim();
        if text.is_empty() {
            continue;
        }
        let record: Record = serde_json::from_str(text).map_err(|error| {
            wrong(format!("should read {{\"text\":\"...\",\"label\":\"...\"}}, and does not: {error}"))
        })?;
        let label = record.label.trim();
        if label.is_empty() {
            return Err(wrong(format!("has an empty label; use {NONE_LABEL:?} for none of the buckets")));
        }
        lines.push(Labelled { text: record.text, label: label.to_owned(), line });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn file(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        (folder, path)
    }

    fn complaint(content: &[u8]) -> String {
        let (_folder, path) = file("lines.jsonl", content);
        let said = read_lines(&path).unwrap_err().to_string();
        said.rsplit('/').next().unwrap().to_owned()
    }

    #[test]
    fn plain_and_gzipped_lines_are_read_alike() {
        let plain =
            "\u{FEFF}{\"text\":\"a\",\"label\":\"x\"}\r\n\n{\"label\":\" oos \",\"text\":\"\",\"more\":1}"
                .as_bytes();
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(plain).unwrap();
        let (_one, plain) = file("a.jsonl", plain);
        let (_other, packed) = file("a.any", &packed.finish().unwrap());
        let read = read_lines(&plain).unwrap();
        assert_eq!(read, read_lines(&packed).unwrap());
        assert_eq!(read[1], Labelled { text: String::new(), label: NONE_LABEL.to_owned(), line: 3 });
    }

    #[test]
    fn what_is_wrong_is_told_with_file_and_line() {
        let good = b"{\"text\":\"a\",\"label\":\"x\"}\n".to_vec();
        let after = |line: &[u8]| complaint(&[&good, line].concat());
        assert!(after(b"text,label").starts_with("lines.jsonl, line 2: should read {\"text\""));
        assert!(
            after(b"{\"text\":\"a\"}").contains("line 2") && after(b"{\"text\":\"a\"}").contains("`label`")
        );
        assert!(after(b"{\"text\":3,\"label\":\"x\"}").contains("expected a string"));
        assert!(after(b"{\"text\":\"\xFF\",\"label\":\"x\"}").contains("line 2: is no UTF-8 from byte 10"));
        assert!(after(b"{\"text\":\"a\",\"label\":\" \"}").contains("empty label"));
        assert!(complaint(b" \n").contains("there is no message in it"));
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&good.repeat(1000)).unwrap();
        let mut cut = packed.finish().unwrap();
        cut.truncate(cut.len() - 12);
        assert!(complaint(&cut).contains("cannot be read"), "{}", complaint(&cut));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let said = read_lines(Path::new("nowhere/at-all.jsonl")).unwrap_err().to_string();
        assert!(said.starts_with("nowhere/at-all.jsonl cannot be read: "), "{said}");
    }
}
