//! What chance is made of here.

/// A generator of its own, so that what is tested is not drawn with what tests it (PCG, 32 bits of output).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_add(0x1405_7B7E_F767_814F));
        dice.next();
        dice
    }

    pub(crate) fn next(&mut self) -> u32 {
        let old = self.0;
        self.0 = old.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let shifted = (((old >> 18) ^ old) >> 27) as u32;
        shifted.rotate_right((old >> 59) as u32)
    }

    /// Evenly from 0 up to, and without, 1.
    pub(crate) fn share(&mut self) -> f64 {
        f64::from(self.next()) / 4_294_967_296.0
    }

    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        (self.share() * bound as f64) as usize
    }
}
