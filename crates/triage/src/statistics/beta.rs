//! The beta distribution: its two tails and their inverse, for shapes up to some millions.
//!
//! Written here because the crates that offer it do not hold what a proof needs: statrs 0.19 does not return, or
//! panics, for some small probabilities (its issue 435), and loses all but six digits at shapes of 100,000 (434).
//! The density in front of the continued fraction is Loader's ("Fast and accurate computation of binomial
//! probabilities", 2000), which never subtracts two large logarithms; the fraction is DLMF 8.17.22, evaluated by
//! Lentz's method. Tests compare with 40-digit arithmetic.

use std::f64::consts::TAU;

/// Terms of the continued fraction: it takes about the square root of the larger shape.
const MOST_TERMS: u32 = 200_000;
/// Steps of the inverse; each at least halves the bracket where Newton's does not do better.
const MOST_STEPS: u32 = 200;

/// The probabilities of being below and above `x`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Tails {
    pub(super) lower: f64,
    pub(super) upper: f64,
}

/// Which tail an inverse is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Lower,
    Upper,
}

/// The tails of the beta distribution with shapes `a` and `b`, both above 0, at `x`.
pub(super) fn tails(a: f64, b: f64, x: f64) -> Tails {
    if x <= 0.0 {
        return Tails { lower: 0.0, upper: 1.0 };
    }
    if x >= 1.0 {
        return Tails { lower: 1.0, upper: 0.0 };
    }
    let front = front(a, b, x);
    // On either side of this point one of the two fractions converges fast.
    if x <= (a + 1.0) / (a + b + 2.0) {
        let lower = (front * fraction(a, b, x) / a).clamp(0.0, 1.0);
        Tails { lower, upper: 1.0 - lower }
    } else {
        let upper = (front * fraction(b, a, 1.0 - x) / b).clamp(0.0, 1.0);
        Tails { lower: 1.0 - upper, upper }
    }
}

/// Where the tail on `side` has the probability `share`, looked for from `start`.
pub(super) fn quantile(a: f64, b: f64, side: Side, share: f64, start: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    let mut x = if start > 0.0 && start < 1.0 { start } else { a / (a + b) };
    for _ in 0..MOST_STEPS {
        let tails = tails(a, b, x);
        let (tail, slope) = match side {
            Side::Lower => (tails.lower, 1.0),
            Side::Upper => (tails.upper, -1.0),
        };
        // The lower tail grows with x, the upper one shrinks.
        if (tail < share) == (slope > 0.0) {
            low = x;
        } else {
            high = x;
        }
        let density = front(a, b, x) / (x * (1.0 - x));
        // Newton's step on the logarithm of the tail, which is concave for shapes of 1 and more.
        let step = slope * (tail / share).ln() * tail / density;
        let newton = x - step;
        let next = if newton > low && newton < high { newton } else { f64::midpoint(low, high) };
        if (next - x).abs() <= f64::EPSILON * x || high - low <= f64::EPSILON * high {
            return next;
        }
        x = next;
    }
    x
}

/// `x^a (1-x)^b / B(a, b)`.
fn front(a: f64, b: f64, x: f64) -> f64 {
    let n = a + b;
    let exponent = stirling_error(n)
        - stirling_error(a)
        - stirling_error(b)
        - deviance(a, n * x)
        - deviance(b, n * (1.0 - x));
    (a * b / (TAU * n)).sqrt() * exponent.exp()
}

/// `ln n!` less Stirling's formula, for n above 0.
fn stirling_error(n: f64) -> f64 {
    let (mut n, mut error) = (n, 0.0);
    while n < 16.0 {
        error += (n + 0.5) * (1.0 / n).ln_1p() - 1.0;
        n += 1.0;
    }
    let square = n * n;
    let series = 1.0 / 1188.0;
    let series = 1.0 / 1680.0 - series / square;
    let series = 1.0 / 1260.0 - series / square;
    let series = 1.0 / 360.0 - series / square;
    error + (1.0 / 12.0 - series / square) / n
}

/// `k ln(k/m) + m - k`, exact where `k` is close to `m`.
fn deviance(k: f64, m: f64) -> f64 {
    let apart = k - m;
    if apart.abs() >= 0.1 * (k + m) {
        return k * (k / m).ln() + m - k;
    }
    let ratio = apart / (k + m);
    let mut sum = apart * ratio;
    let mut term = 2.0 * k * ratio;
    let square = ratio * ratio;
    for odd in 1..=40_u32 {
        term *= square;
        let next = sum + term / f64::from(2 * odd + 1);
        // Equal to the last bit: further terms change nothing.
        if next.to_bits() == sum.to_bits() {
            break;
        }
        sum = next;
    }
    sum
}

/// The continued fraction of the incomplete beta function.
fn fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let kept = |value: f64| if value.abs() < TINY { TINY } else { value };
    let mut numerator = 1.0;
    let mut denominator = 1.0 / kept(1.0 - (a + b) * x / (a + 1.0));
    let mut value = denominator;
    for term in 1..=MOST_TERMS {
        let m = f64::from(term);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        denominator = 1.0 / kept(1.0 + even * denominator);
        numerator = kept(1.0 + even / numerator);
        value *= denominator * numerator;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        denominator = 1.0 / kept(1.0 + odd * denominator);
        numerator = kept(1.0 + odd / numerator);
        let change = denominator * numerator;
        value *= change;
        if (change - 1.0).abs() <= f64::EPSILON {
            break;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tails_agree_with_arithmetic_of_forty_digits() {
        let known = [
            (2.0, 3.0, 0.3, 0.3483, 0.6517),
            (0.5, 0.5, 0.25, 1.0 / 3.0, 2.0 / 3.0),
            (200.0, 3.0, 0.97, 0.056_734_536_940_793_836, 0.943_265_463_059_206_2),
            (1000.0, 2000.0, 0.34, 0.781_215_091_160_642_7, 0.218_784_908_839_357_27),
            (5.0, 95.0, 0.1, 0.974_595_627_145_345_4, 0.025_404_372_854_654_606),
        ];
        for (a, b, x, lower, upper) in known {
            let found = tails(a, b, x);
            assert!(
                (found.lower - lower).abs() < 1e-13 && (found.upper - upper).abs() < 1e-13,
                "{a} {b} {x}: {found:?}"
            );
        }
    }

    #[test]
    fn the_middle_of_a_symmetric_distribution_is_its_half_whatever_the_shape() {
        for shape in [1.0, 10.0, 1e3, 1e5, 1e6, 1e7] {
            assert!((tails(shape, shape, 0.5).lower - 0.5).abs() < 1e-11, "{shape}");
        }
    }

    #[test]
    fn a_quantile_has_the_tail_that_was_asked_for() {
        for (a, b) in [(1.0, 1.0), (3.0, 200.0), (200.0, 2.0), (5_001.0, 95_000.0)] {
            for share in [1e-15, 1e-12, 1e-3, 0.05, 0.5, 0.999] {
                let lower = quantile(a, b, Side::Lower, share, 0.5);
                let upper = quantile(a, b, Side::Upper, share, 0.5);
                // A step of a few last bits to either side steps over the share.
                let around =
                    |x: f64| (tails(a, b, x * (1.0 - 1e-14)), tails(a, b, (x * (1.0 + 1e-14)).min(1.0)));
                let (left, right) = around(lower);
                let (less, more) = (share * (1.0 - 1e-9), share * (1.0 + 1e-9));
                assert!(left.lower <= more && right.lower >= less, "lower {a} {b} {share}: {lower}");
                let (left, right) = around(upper);
                assert!(left.upper >= less && right.upper <= more, "upper {a} {b} {share}: {upper}");
            }
        }
    }
}
