//! The features that the model knows: each hash has a row of its own, and how many messages it was in.
//!
//! A feature that was never trained has no row, so a strange text does not borrow the weights of others. Rows are
//! given in the order in which the features come, which the log fixes.

use crate::math;

/// Features known at most. With four buckets a row takes 30 bytes on disk, and the file may take 4 MB.
pub(crate) const MOST_ROWS: usize = 120_000;
/// Of these, what a training from the whole log may take; the rest is for what is learned after it.
pub(crate) const MOST_TRAINED: usize = 100_000;

/// Features by hash.
#[derive(Clone)]
pub(crate) struct Vocabulary {
    /// Row + 1 by a few bits of the hash, 0 for none; a power of two, at most half full.
    slots: Vec<u32>,
    hashes: Vec<u64>,
    counts: Vec<u32>,
    messages: u32,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        Self { slots: vec![0; 1024], hashes: Vec::new(), counts: Vec::new(), messages: 0 }
    }

    /// A vocabulary with room for all of `features`, or for those that are in most messages.
    pub(crate) fn for_features(mut features: Vec<u64>) -> Self {
        let mut known = Self::new();
        features.sort_unstable();
        let mut counted: Vec<(usize, u64)> = features
            .chunk_by(|one, other| one == other)
            .filter_map(|same| Some((same.len(), *same.first()?)))
            .collect();
        if counted.len() > MOST_TRAINED {
            counted.sort_unstable_by(|one, other| other.0.cmp(&one.0).then(one.1.cmp(&other.1)));
            counted.truncate(MOST_TRAINED);
            counted.sort_unstable_by_key(|(_, hash)| *hash);
        }
        for (count, hash) in counted {
            known.insert_with(hash, count as u32);
        }
        known
    }

    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    pub(crate) fn messages(&self) -> u32 {
        self.messages
    }

    pub(crate) fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    pub(crate) fn counts(&self) -> &[u32] {
        &self.counts
    }

    pub(crate) fn row(&self, hash: u64) -> Option<u32> {
        match self.slots.get(self.slot(hash)) {
            Some(0) | None => None,
            Some(row) => Some(row - 1),
        }
    }

    pub(crate) fn contains(&self, hash: u64) -> bool {
        self.row(hash).is_some()
    }

    /// Takes in the features of one message, each once. What does not fit any more stays unknown.
    pub(crate) fn insert(&mut self, hashes: impl Iterator<Item = u64>) {
        self.messages = self.messages.saturating_add(1);
        for hash in hashes {
            if let Some(row) = self.insert_with(hash, 0)
                && let Some(count) = self.counts.get_mut(row as usize)
            {
                *count = count.saturating_add(1);
            }
        }
    }

    /// Gives a feature a row, if it has none and there is room.
    pub(crate) fn insert_with(&mut self, hash: u64, count: u32) -> Option<u32> {
        let slot = self.slot(hash);
        match self.slots.get(slot).copied() {
            Some(0) if self.hashes.len() < MOST_ROWS => {
                let row = self.hashes.len() as u32;
                self.hashes.push(hash);
                self.counts.push(count);
                if let Some(place) = self.slots.get_mut(slot) {
                    *place = row + 1;
                }
                if self.hashes.len() * 2 > self.slots.len() {
                    self.widen();
                }
                Some(row)
            }
            Some(0) | None => None,
            Some(row) => Some(row - 1),
        }
    }

    /// Sets how many messages the counts are of.
    pub(crate) fn set_messages(&mut self, messages: u32) {
        self.messages = messages;
    }

    /// How telling it is that two messages share a feature: the logarithm of how rare it is.
    pub(crate) fn rarity(&self, hash: u64) -> f32 {
        let count = self.row(hash).and_then(|row| self.counts.get(row as usize)).copied().unwrap_or_default();
        math::ln((self.messages as f32 + 2.0) / (count as f32 + 1.0)).max(0.1)
    }

    /// The slot of a feature, or the free one that it would get.
    fn slot(&self, hash: u64) -> usize {
        let mask = self.slots.len() - 1;
        let mut slot = (hash >> 20) as usize & mask;
        while let Some(row) = self.slots.get(slot).and_then(|row| row.checked_sub(1)) {
            if self.hashes.get(row as usize) == Some(&hash) {
                break;
            }
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn widen(&mut self) {
        self.slots = vec![0; self.slots.len() * 4];
        for row in 0..self.hashes.len() {
            let Some(hash) = self.hashes.get(row).copied() else { continue };
            let slot = self.slot(hash);
            if let Some(place) = self.slots.get_mut(slot) {
                *place = row as u32 + 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_inserted_is_known() {
        let mut known = Vocabulary::new();
        known.insert([0xDEAD_BEEF].into_iter());
        assert_eq!(known.row(0xDEAD_BEEF), Some(0));
        assert!(!known.contains(0xDEAD_BEEE));
    }

    #[test]
    fn rows_are_given_in_order_and_found_again_after_widening() {
        let mut known = Vocabulary::new();
        let hashes =
            |range: std::ops::Range<u64>| range.map(|index| index.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        known.insert(hashes(0..20_000));
        for (row, hash) in hashes(0..20_000).enumerate() {
            assert_eq!(known.row(hash), Some(row as u32));
        }
        assert!(hashes(20_000..20_100).all(|hash| !known.contains(hash)));
    }

    #[test]
    fn what_does_not_fit_stays_unknown() {
        let mut known = Vocabulary::new();
        known.insert((0..MOST_ROWS as u64 + 5).map(|index| index << 20));
        assert_eq!(known.len(), MOST_ROWS);
        assert!(!known.contains((MOST_ROWS as u64 + 1) << 20));
    }

    #[test]
    fn what_is_in_every_message_is_less_rare() {
        let (common, rare) = (1 << 40, 2 << 40);
        let mut known = Vocabulary::new();
        known.insert([common, rare].into_iter());
        for _ in 0..20 {
            known.insert([common].into_iter());
        }
        assert!(known.rarity(rare) > 2.0 * known.rarity(common));
    }
}
