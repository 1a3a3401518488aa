//! Drawing lots without a generator: the lot of a suggestion follows from a seed and its id.

use domain::SuggestionId;
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// A lot, evenly spread over all suggestions for any one seed. Whoever knows the seed can draw it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Draw(u64);

impl Draw {
    /// The lot of a suggestion. The seed is a secret of the workspace, so that nobody can tell beforehand which
    /// suggestions will be checked.
    pub fn of(seed: u64, suggestion: SuggestionId) -> Self {
        Self(xxh3_64_with_seed(suggestion.0.as_bytes(), seed))
    }

    /// Whether the lot falls on this suggestion when it shall fall on one in `one_in`: never for 0, always for 1.
    /// What is picked at one in 20 is also picked at one in 10.
    pub const fn picks(self, one_in: u32) -> bool {
        match one_in {
            0 => false,
            1 => true,
            many => self.0 < u64::MAX / many as u64,
        }
    }
}
