//! Everything that looks like chance, derived from one number.
//!
//! A draw names what it is for and which one it is (`seed.number("gap", 3)`), so it does not depend on what was
//! drawn before it: requests that arrive in another order change no id and no pace.

use sha1::{Digest, Sha1};
use uuid::{Builder, Uuid};

#[derive(Debug, Clone, Copy)]
pub(crate) struct Seed(pub(crate) u64);

impl Seed {
    pub(crate) fn number(self, purpose: &str, index: u64) -> u64 {
        let digest = self.digest(purpose, index);
        digest.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// A number from `low` to `high`, both included.
    pub(crate) fn between(self, purpose: &str, index: u64, low: u64, high: u64) -> u64 {
        low + self.number(purpose, index) % (high.saturating_sub(low) + 1)
    }

    pub(crate) fn chance(self, purpose: &str, index: u64, one_in: u64) -> bool {
        self.number(purpose, index).is_multiple_of(one_in.max(1))
    }

    /// Whether something happens that does so with this probability.
    pub(crate) fn happens(self, purpose: &str, index: u64, probability: f64) -> bool {
        probability > 0.0 && Stream::new(self.number(purpose, index)).fraction() < probability
    }

    pub(crate) fn uuid(self, purpose: &str, index: u64) -> Uuid {
        let digest = self.digest(purpose, index);
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(digest) {
            *to = from;
        }
        Builder::from_random_bytes(bytes).into_uuid()
    }

    /// Lower-case hexadecimal of at most 40 digits.
    pub(crate) fn hex(self, purpose: &str, index: u64, length: usize) -> String {
        let mut text = hex::encode(self.digest(purpose, index));
        text.truncate(length);
        text
    }

    pub(crate) fn pick<'a, T>(self, purpose: &str, index: u64, from: &'a [T]) -> Option<&'a T> {
        let count = u64::try_from(from.len()).ok().filter(|count| *count > 0)?;
        from.get(usize::try_from(self.number(purpose, index) % count).ok()?)
    }

    fn digest(self, purpose: &str, index: u64) -> [u8; 20] {
        let mut hash = Sha1::new();
        hash.update(self.0.to_be_bytes());
        hash.update(purpose.as_bytes());
        hash.update([0]);
        hash.update(index.to_be_bytes());
        hash.finalize().into()
    }
}

/// Many quick draws in a row, for what one hand does in one order.
#[derive(Debug, Clone)]
pub(crate) struct Stream(u64);

impl Stream {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number of `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`; none when there is no such number.
    pub(crate) fn below(&mut self, limit: u64) -> Option<u64> {
        self.next().checked_rem(limit)
    }

    /// From 0 up to but not including 1.
    pub(crate) fn fraction(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
