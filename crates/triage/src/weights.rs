//! The weights of the model: one row a hashed feature, one column a bucket, moved by AdaGrad; and which features
//! were ever trained.
//!
//! Rows are shared by chance, since features are hashed; whether a feature was trained is remembered apart and
//! almost exactly, so that a strange text does not borrow the weights of others.

/// Rows of the table, a power of two.
const ROWS: usize = 1 << 18;
/// Bits of the memory of trained features, a power of two.
const KNOWN_BITS: usize = 1 << 23;
/// AdaGrad: squared gradient that a row starts with.
const START: f32 = 0.1;

/// A feature by its row, with its value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Cell {
    pub(crate) row: u32,
    pub(crate) value: f32,
}

/// How a step is taken.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// How far.
    pub(crate) rate: f32,
    /// What the scores are divided by before they are compared with the truth: with that of the calibration, an
    /// answer that is sure already moves nothing.
    pub(crate) temperature: f32,
}

pub(crate) fn row_of(hash: u64) -> u32 {
    (hash >> 40) as u32 & (ROWS as u32 - 1)
}

#[derive(Clone)]
pub(crate) struct Weights {
    buckets: usize,
    table: Vec<f32>,
    /// Sum of squared gradients by row.
    spread: Vec<f32>,
}

impl Weights {
    pub(crate) fn new(buckets: usize) -> Self {
        Self { buckets, table: vec![0.0; ROWS * buckets], spread: vec![START; ROWS] }
    }

    /// The weights of a row, one a bucket.
    pub(crate) fn row(&self, row: u32) -> &[f32] {
        let start = row as usize * self.buckets;
        self.table.get(start..start + self.buckets).unwrap_or_default()
    }

    /// The score of each bucket, before any calibration.
    pub(crate) fn scores(&self, cells: &[Cell]) -> Vec<f32> {
        let mut scores = vec![0.0; self.buckets];
        for cell in cells {
            for (score, weight) in scores.iter_mut().zip(self.row(cell.row)) {
                *score += weight * cell.value;
            }
        }
        scores
    }

    /// Moves the weights of `cells` one step towards the bucket at `target`.
    pub(crate) fn step(&mut self, cells: &[Cell], target: usize, weight: f32, pace: Pace) {
        let mut errors = softmax(&self.scores(cells), pace.temperature);
        if let Some(error) = errors.get_mut(target) {
            *error -= 1.0;
        }
        for error in &mut errors {
            *error *= weight;
        }
        let square: f32 = errors.iter().map(|error| error * error).sum();
        for cell in cells {
            let start = cell.row as usize * self.buckets;
            let row = self.table.get_mut(start..start + self.buckets);
            let (Some(row), Some(spread)) = (row, self.spread.get_mut(cell.row as usize)) else { continue };
            *spread += square * cell.value * cell.value;
            let stride = pace.rate * cell.value / spread.sqrt();
            for (weight, error) in row.iter_mut().zip(&errors) {
                *weight -= stride * error;
            }
        }
    }
}

/// Probabilities from scores.
fn softmax(scores: &[f32], temperature: f32) -> Vec<f32> {
    let top = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut shares: Vec<f32> = scores.iter().map(|score| ((score - top) / temperature).exp()).collect();
    let total: f32 = shares.iter().sum();
    for share in &mut shares {
        *share /= total;
    }
    shares
}

/// Which features were ever trained, and how many messages each was in.
#[derive(Clone)]
pub(crate) struct Known {
    bits: Vec<u64>,
    counts: Vec<u16>,
    messages: u32,
}

impl Known {
    pub(crate) fn new() -> Self {
        Self { bits: vec![0; KNOWN_BITS / 64], counts: vec![0; ROWS], messages: 0 }
    }

    /// Takes in the features of one message.
    pub(crate) fn insert(&mut self, hashes: impl Iterator<Item = u64>) {
        self.messages = self.messages.saturating_add(1);
        for hash in hashes {
            let (word, bit) = place(hash);
            if let Some(bits) = self.bits.get_mut(word) {
                *bits |= bit;
            }
            if let Some(count) = self.counts.get_mut(row_of(hash) as usize) {
                *count = count.saturating_add(1);
            }
        }
    }

    pub(crate) fn contains(&self, hash: u64) -> bool {
        let (word, bit) = place(hash);
        self.bits.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// How telling it is that two messages share a feature: the logarithm of how rare it is.
    pub(crate) fn rarity(&self, hash: u64) -> f32 {
        let count = self.counts.get(row_of(hash) as usize).copied().unwrap_or_default();
        ((self.messages + 2) as f32 / (f32::from(count) + 1.0)).ln().max(0.1)
    }
}

const fn place(hash: u64) -> (usize, u64) {
    let bit = hash as usize & (KNOWN_BITS - 1);
    (bit / 64, 1 << (bit % 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_towards_a_bucket_raise_its_score_above_the_others() {
        let mut weights = Weights::new(3);
        let cells = [Cell { row: 4, value: 0.6 }, Cell { row: 9, value: 0.8 }];
        for _ in 0..20 {
            weights.step(&cells, 1, 1.0, Pace { rate: 0.5, temperature: 1.0 });
        }
        let shares = softmax(&weights.scores(&cells), 1.0);
        assert!(shares[1] > 0.9, "{shares:?}");
        assert!((shares.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }

    #[test]
    fn only_what_was_inserted_is_known() {
        let mut known = Known::new();
        known.insert([0xDEAD_BEEF].into_iter());
        assert!(known.contains(0xDEAD_BEEF));
        assert!(!known.contains(0xDEAD_BEEE));
    }

    #[test]
    fn what_is_in_every_message_is_less_rare() {
        let (common, rare) = (1 << 40, 2 << 40);
        let mut known = Known::new();
        known.insert([common, rare].into_iter());
        for _ in 0..20 {
            known.insert([common].into_iter());
        }
        assert!(known.rarity(rare) > 2.0 * known.rarity(common));
    }
}
