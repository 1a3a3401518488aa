//! The model on disk: one file with a version in front and a checksum at the end.
//!
//! It holds what training took time to find. The texts stay where they are: they are given again when it is read, and
//! checked against the fingerprint, so a file of other buckets or another log is refused. A model read back is the
//! model that was written, to the last bit, and goes on learning as that one would have.

use crate::calibration::{Calibration, Habits, Trial};
use crate::features::FEATURES_VERSION;
use crate::language::Languages;
use crate::memory::Memory;
use crate::outlook::Outlook;
use crate::vocabulary::Vocabulary;
use crate::weights::Weights;
use xxhash_rust::xxh3::xxh3_64;

const MAGIC: [u8; 4] = *b"CSTM";
/// Changes whenever the layout does.
const FORMAT: u32 = 1;

/// Why a model cannot be read back. In each case it can be trained anew from the log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BlobError {
    /// A newer version of the product wrote it.
    #[error("The saved model was written by a newer version (format {found}; this one reads {known})")]
    Newer {
        /// Its version.
        found: u32,
        /// The newest that can be read.
        known: u32,
    },
    /// An older version of the product wrote it, which read texts in another way.
    #[error("The saved model was written by an older version (format {found}; this one reads {known})")]
    Older {
        /// Its version.
        found: u32,
        /// The only one that can be read.
        known: u32,
    },
    /// It is not whole, or not a model.
    #[error("The saved model is damaged")]
    Corrupt,
    /// It was made from other buckets or other decisions.
    #[error("The saved model was made from other buckets or decisions")]
    OtherLog,
}

/// What stands in the file.
pub(crate) struct Contents {
    pub(crate) fingerprint: u64,
    pub(crate) lesson_count: u64,
    pub(crate) given: u64,
    pub(crate) refitted_at: u64,
    pub(crate) trained_rows: u32,
    pub(crate) buckets: Vec<String>,
    pub(crate) weights: Weights,
    pub(crate) known: Vocabulary,
    pub(crate) fitted: Calibration,
    pub(crate) calibration: Calibration,
    pub(crate) outlook: Outlook,
    pub(crate) habits: Habits,
    pub(crate) languages: Languages,
    pub(crate) memory: Memory,
    pub(crate) trials: Vec<Trial>,
    /// What each seed and each kept lesson counts.
    pub(crate) example_weights: [Vec<f32>; 2],
}

/// The layout and the way in which texts are read, in one number.
const fn version() -> u32 {
    (FORMAT << 16) | FEATURES_VERSION as u32
}

pub(crate) fn write(contents: &Contents) -> Vec<u8> {
    let mut to = Writer(Vec::new());
    to.0.extend_from_slice(&MAGIC);
    to.u32(version());
    for number in [contents.fingerprint, contents.lesson_count, contents.given, contents.refitted_at] {
        to.u64(number);
    }
    to.u32(contents.trained_rows);
    to.count(contents.buckets.len());
    for bucket in &contents.buckets {
        to.text(bucket);
    }
    write_rows(&mut to, contents);
    for calibration in [&contents.fitted, &contents.calibration] {
        let (temperature, half, by_bucket) = calibration.parts();
        to.f64(temperature);
        to.f64(half);
        to.count(by_bucket.len());
        for part in by_bucket {
            to.f64(*part);
        }
    }
    to.option(contents.outlook.raw());
    for count in &contents.habits.0 {
        to.f64(*count);
    }
    to.count(contents.languages.counts().count());
    for (code, count) in contents.languages.counts() {
        to.text(code);
        to.u32(count);
    }
    to.count(contents.memory.lessons().len());
    for lesson in contents.memory.lessons() {
        let (words, shortfall) = lesson.parts();
        to.count(words.len());
        for (hash, value) in words {
            to.u64(*hash);
            to.f32(*value);
        }
        to.floats(shortfall);
    }
    to.count(contents.trials.len());
    for trial in &contents.trials {
        to.floats(&trial.scores);
        to.f32(trial.max_logit);
        to.f64(trial.familiarity);
        to.u32(u32::from(trial.is_foreign));
        to.u32(trial.truth.map_or(u32::MAX, |truth| truth as u32));
    }
    for weights in &contents.example_weights {
        to.floats(weights);
    }
    let sum = xxh3_64(&to.0);
    to.u64(sum);
    to.0
}

/// Rows of the table: whole where most buckets have a weight, else only the weights that are there.
fn write_rows(to: &mut Writer, contents: &Contents) {
    let known = &contents.known;
    to.count(contents.weights.columns());
    to.u32(known.messages());
    to.count(known.len());
    for (row, (hash, count)) in (0..).zip(known.hashes().iter().zip(known.counts())) {
        to.u64(*hash);
        to.short(*count);
        to.f32(contents.weights.spread().get(row as usize).copied().unwrap_or_default());
        let weights = contents.weights.row(row);
        let filled = weights.iter().filter(|weight| **weight != 0.0).count();
        if filled * 3 < weights.len() * 2 {
            to.short(filled as u32 + 1);
            for (bucket, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                to.short(bucket as u32);
                to.f32(*weight);
            }
        } else {
            to.short(0);
            for weight in weights {
                to.f32(*weight);
            }
        }
    }
}

pub(crate) fn read(bytes: &[u8]) -> Result<Contents, BlobError> {
    let mut from = Reader(bytes.strip_prefix(&MAGIC).ok_or(BlobError::Corrupt)?);
    let (found, known) = (from.u32()?, version());
    if found > known {
        return Err(BlobError::Newer { found, known });
    }
    if found < known {
        return Err(BlobError::Older { found, known });
    }
    let (content, sum) = bytes.split_last_chunk::<8>().ok_or(BlobError::Corrupt)?;
    if *sum != xxh3_64(content).to_le_bytes() {
        return Err(BlobError::Corrupt);
    }
    let [fingerprint, lesson_count, given, refitted_at] =
        [from.u64()?, from.u64()?, from.u64()?, from.u64()?];
    let trained_rows = from.u32()?;
    let buckets: Vec<String> = (0..from.count()?).map(|_| from.text()).collect::<Result<_, _>>()?;
    let (known, weights) = read_rows(&mut from, buckets.len())?;
    let mut calibration = || {
        let (temperature, half) = (from.f64()?, from.f64()?);
        let by_bucket = (0..from.count()?).map(|_| from.f64()).collect::<Result<_, _>>()?;
        Ok(Calibration::from_parts(temperature, half, by_bucket))
    };
    let (fitted, calibration) = (calibration()?, calibration()?);
    let outlook = Outlook::from_raw(from.option()?);
    let habits = Habits((0..buckets.len()).map(|_| from.f64()).collect::<Result<_, _>>()?);
    let mut languages = Languages::default();
    for _ in 0..from.count()? {
        let code = from.text()?;
        languages.set(&code, from.u32()?);
    }
    let mut memory = Memory::default();
    for _ in 0..from.count()? {
        let words = (0..from.count()?).map(|_| Ok((from.u64()?, from.f32()?))).collect::<Result<_, _>>()?;
        memory.push(words, from.floats()?);
    }
    let mut trials = Vec::new();
    for _ in 0..from.count()? {
        trials.push(Trial {
            scores: from.floats()?,
            max_logit: from.f32()?,
            familiarity: from.f64()?,
            is_foreign: from.u32()? != 0,
            truth: Some(from.u32()? as usize).filter(|truth| *truth < buckets.len()),
        });
    }
    let example_weights = [from.floats()?, from.floats()?];
    Ok(Contents {
        fingerprint,
        lesson_count,
        given,
        refitted_at,
        trained_rows,
        buckets,
        weights,
        known,
        fitted,
        calibration,
        outlook,
        habits,
        languages,
        memory,
        trials,
        example_weights,
    })
}

fn read_rows(from: &mut Reader<'_>, buckets: usize) -> Result<(Vocabulary, Weights), BlobError> {
    let columns = from.count()?;
    if columns != buckets && columns != buckets + 1 {
        return Err(BlobError::Corrupt);
    }
    let mut known = Vocabulary::new();
    known.set_messages(from.u32()?);
    let rows = from.count()?;
    let (mut table, mut spread) = (Vec::new(), Vec::new());
    for _ in 0..rows {
        known.insert_with(from.u64()?, from.short()?);
        spread.push(from.f32()?);
        let start = table.len();
        table.resize(start + columns, 0.0);
        let row = table.get_mut(start..).unwrap_or_default();
        match from.short()?.checked_sub(1) {
            None => {
                for weight in row {
                    *weight = from.f32()?;
                }
            }
            Some(filled) => {
                for _ in 0..filled {
                    let bucket = from.short()? as usize;
                    *row.get_mut(bucket).ok_or(BlobError::Corrupt)? = from.f32()?;
                }
            }
        }
    }
    Ok((known, Weights::from_parts(columns, table, spread)))
}

struct Writer(Vec<u8>);

impl Writer {
    fn u32(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn u64(&mut self, number: u64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn f32(&mut self, number: f32) {
        self.u32(number.to_bits());
    }

    fn f64(&mut self, number: f64) {
        self.u64(number.to_bits());
    }

    fn count(&mut self, count: usize) {
        self.u32(count as u32);
    }

    /// A number that is mostly small: seven bits a byte.
    fn short(&mut self, mut number: u32) {
        while number >= 0x80 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn floats(&mut self, floats: &[f32]) {
        self.count(floats.len());
        for number in floats {
            self.f32(*number);
        }
    }

    fn option(&mut self, number: Option<f32>) {
        self.u32(u32::from(number.is_some()));
        self.f32(number.unwrap_or_default());
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], BlobError> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(BlobError::Corrupt)?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u32(&mut self) -> Result<u32, BlobError> {
        self.take().map(u32::from_le_bytes)
    }

    fn u64(&mut self) -> Result<u64, BlobError> {
        self.take().map(u64::from_le_bytes)
    }

    fn f32(&mut self) -> Result<f32, BlobError> {
        self.u32().map(f32::from_bits)
    }

    fn f64(&mut self) -> Result<f64, BlobError> {
        self.u64().map(f64::from_bits)
    }

    /// A count of things that take a byte each at least, so that no file asks for more memory than it has bytes.
    fn count(&mut self) -> Result<usize, BlobError> {
        let count = self.u32()? as usize;
        if count <= self.0.len() { Ok(count) } else { Err(BlobError::Corrupt) }
    }

    fn short(&mut self) -> Result<u32, BlobError> {
        let mut number = 0;
        for shift in [0, 7, 14, 21, 28] {
            let [byte] = self.take()?;
            number |= u32::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                return Ok(number);
            }
        }
        Err(BlobError::Corrupt)
    }

    fn text(&mut self) -> Result<String, BlobError> {
        let length = self.count()?;
        let (text, rest) = self.0.split_at_checked(length).ok_or(BlobError::Corrupt)?;
        self.0 = rest;
        String::from_utf8(text.to_vec()).map_err(|_| BlobError::Corrupt)
    }

    fn floats(&mut self) -> Result<Vec<f32>, BlobError> {
        (0..self.count()?).map(|_| self.f32()).collect()
    }

    fn option(&mut self) -> Result<Option<f32>, BlobError> {
        let (is_there, number) = (self.u32()? != 0, self.f32()?);
        Ok(is_there.then_some(number))
    }
}
