//! Intervals for a proportion, as for 'right 47 of 50'.

use super::beta::{Side, quantile, tails};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How sure an interval is: a probability from 0.5 up to, and without, 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize, TS)]
#[serde(try_from = "f64", into = "f64")]
#[ts(type = "number")]
pub struct Level(f64);

/// A number that is no confidence level.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
#[error("a confidence level is at least 0.5 and below 1, and {0} is not")]
pub struct LevelOutOfRange(pub f64);

impl Level {
    /// 80 %.
    pub const P80: Self = Self(0.80);
    /// 90 %.
    pub const P90: Self = Self(0.90);
    /// 95 %.
    pub const P95: Self = Self(0.95);
    /// 99 %.
    pub const P99: Self = Self(0.99);

    /// The level, if it is one.
    pub fn new(level: f64) -> Result<Self, LevelOutOfRange> {
        if (0.5..1.0).contains(&level) { Ok(Self(level)) } else { Err(LevelOutOfRange(level)) }
    }

    /// The level as a number.
    pub const fn get(self) -> f64 {
        self.0
    }

    /// The probability that is left: 0.05 for 95 %.
    const fn rest(self) -> f64 {
        1.0 - self.0
    }

    /// The same rest shared among `claims` that shall all hold at once (Bonferroni).
    #[must_use]
    pub(crate) fn shared_among(self, claims: u32) -> Self {
        Self(1.0 - self.rest() / f64::from(claims.max(1)))
    }
}

impl TryFrom<f64> for Level {
    type Error = LevelOutOfRange;

    fn try_from(level: f64) -> Result<Self, Self::Error> {
        Self::new(level)
    }
}

impl From<Level> for f64 {
    fn from(level: Level) -> Self {
        level.0
    }
}

/// A range of shares, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
pub struct Interval {
    /// Lower end, 0 to 1.
    pub low: f64,
    /// Upper end, 0 to 1.
    pub high: f64,
}

impl Interval {
    /// What is known of a share of which nothing was seen.
    pub const UNKNOWN: Self = Self { low: 0.0, high: 1.0 };

    /// Whether `share` lies in it.
    pub fn contains(self, share: f64) -> bool {
        self.low <= share && share <= self.high
    }
}

/// The exact (Clopper-Pearson) interval for a share of which `hits` of `trials` were seen: it covers the true share
/// with at least the probability `level`, whatever the share is. Hits beyond the trials count as all of them.
pub fn clopper_pearson(hits: u64, trials: u64, level: Level) -> Interval {
    let side = level.shared_among(2);
    Interval {
        low: clopper_pearson_lower(hits, trials, side),
        high: clopper_pearson_upper(hits, trials, side),
    }
}

/// The exact one-sided upper bound: the true share is below it with at least the probability `level`.
/// 1 where there was no trial.
pub fn clopper_pearson_upper(hits: u64, trials: u64, level: Level) -> f64 {
    if hits >= trials {
        return 1.0;
    }
    let (k, n) = (hits as f64, trials as f64);
    if hits == 0 {
        // 1 - rest^(1/n), without losing digits to the subtraction.
        return -(level.rest().ln() / n).exp_m1();
    }
    let start = wilson_by(k, n, normal_quantile(level.0)).high;
    quantile(k + 1.0, n - k, Side::Upper, level.rest(), start)
}

/// The exact one-sided lower bound: the true share is above it with at least the probability `level`.
/// 0 where there was no trial.
pub fn clopper_pearson_lower(hits: u64, trials: u64, level: Level) -> f64 {
    let hits = hits.min(trials);
    if hits == 0 {
        return 0.0;
    }
    let (k, n) = (hits as f64, trials as f64);
    if hits == trials {
        return (level.rest().ln() / n).exp();
    }
    let start = wilson_by(k, n, normal_quantile(level.0)).low;
    quantile(k, n - k + 1.0, Side::Lower, level.rest(), start)
}

/// Whether [`clopper_pearson_upper`] is at most `share`: the same question at a tenth of the work.
pub fn bound_holds(hits: u64, trials: u64, share: f64, level: Level) -> bool {
    if hits >= trials {
        return share >= 1.0;
    }
    tails(hits as f64 + 1.0, (trials - hits) as f64, share).upper <= level.rest()
}

/// Wilson's score interval: narrower than the exact one, right on average over shares rather than for each.
/// [`Interval::UNKNOWN`] where there was no trial.
pub fn wilson(hits: u64, trials: u64, level: Level) -> Interval {
    if trials == 0 {
        return Interval::UNKNOWN;
    }
    wilson_by(hits.min(trials) as f64, trials as f64, normal_quantile(1.0 - 0.5 * level.rest()))
}

fn wilson_by(k: f64, n: f64, z: f64) -> Interval {
    let (share, square) = (k / n, z * z);
    let middle = (share + square / (2.0 * n)) / (1.0 + square / n);
    let half = z / (1.0 + square / n) * (share * (1.0 - share) / n + square / (4.0 * n * n)).sqrt();
    Interval { low: (middle - half).max(0.0), high: (middle + half).min(1.0) }
}

/// The point below which a standard normal variable lies with this probability; infinite at 0 and 1, and 0 for what
/// is no probability. Wichura's algorithm AS 241, exact to about 1e-16.
pub fn normal_quantile(probability: f64) -> f64 {
    if !(0.0..=1.0).contains(&probability) {
        return 0.0;
    }
    let from_middle = probability - 0.5;
    if from_middle.abs() <= 0.425 {
        let r = 0.180_625 - from_middle * from_middle;
        return from_middle * ratio(r, &MIDDLE);
    }
    let tail = if from_middle < 0.0 { probability } else { 1.0 - probability };
    if tail <= 0.0 {
        return if from_middle < 0.0 { f64::NEG_INFINITY } else { f64::INFINITY };
    }
    let r = (-tail.ln()).sqrt();
    let size = if r <= 5.0 { ratio(r - 1.6, &SHOULDER) } else { ratio(r - 5.0, &FAR) };
    if from_middle < 0.0 { -size } else { size }
}

/// Coefficients of a numerator and a denominator, highest power first.
type Ratio = [[f64; 8]; 2];

fn ratio(x: f64, [numerator, denominator]: &Ratio) -> f64 {
    let polynomial = |coefficients: &[f64; 8]| coefficients.iter().fold(0.0, |sum, next| sum * x + next);
    polynomial(numerator) / polynomial(denominator)
}

const MIDDLE: Ratio = [
    [
        2.509_080_928_730_122_6e3,
        3.343_057_558_358_813e4,
        6.726_577_092_700_87e4,
        4.592_195_393_154_987e4,
        1.373_169_376_550_946e4,
        1.971_590_950_306_551_3e3,
        1.331_416_678_917_843_8e2,
        3.387_132_872_796_366_5,
    ],
    [
        5.226_495_278_852_854e3,
        2.872_908_573_572_194_3e4,
        3.930_789_580_009_271e4,
        2.121_379_430_158_659_7e4,
        5.394_196_021_424_751e3,
        6.871_870_074_920_579e2,
        4.231_333_070_160_091e1,
        1.0,
    ],
];

const SHOULDER: Ratio = [
    [
        7.745_450_142_783_414e-4,
        2.272_384_498_926_918_4e-2,
        2.417_807_251_774_506e-1,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-9,
        5.475_938_084_995_345e-4,
        1.519_866_656_361_645_7e-2,
        1.481_039_764_274_800_8e-1,
        6.897_673_349_851e-1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
];

const FAR: Ratio = [
    [
        2.010_334_399_292_288_1e-7,
        2.711_555_568_743_487_6e-5,
        1.242_660_947_388_078_4e-3,
        2.653_218_952_657_612_4e-2,
        2.965_605_718_285_048_7e-1,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_8e-15,
        1.421_511_758_316_446e-7,
        1.846_318_317_510_054_8e-5,
        7.868_691_311_456_133e-4,
        1.487_536_129_085_061_5e-2,
        1.369_298_809_227_358e-1,
        5.998_322_065_558_88e-1,
        1.0,
    ],
];
