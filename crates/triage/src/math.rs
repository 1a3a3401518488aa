//! Exponential and logarithm that give the same bits on every machine: the standard library's depend on the system.

/// e to the power of `x`, to about seven digits, by additions and multiplications alone.
pub(crate) fn exp(x: f32) -> f32 {
    const LOG2_E: f32 = std::f32::consts::LOG2_E;
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    let x = x.clamp(-87.0, 88.0);
    // Adding and taking away 1.5 x 2^23 rounds to the nearest whole number.
    let shifted = x * LOG2_E + 12_582_912.0;
    let power = shifted - 12_582_912.0;
    let rest = x - power * LN_2_HIGH - power * LN_2_LOW;
    let mut sum = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 1.666_666_5e-1, 0.5] {
        sum = sum * rest + coefficient;
    }
    let scaled = sum * rest * rest + rest + 1.0;
    scaled * f32::from_bits((((power as i32) + 127) as u32) << 23)
}

/// e to the power of `x`.
pub(crate) fn exp64(x: f64) -> f64 {
    libm::exp(x)
}

/// The natural logarithm.
pub(crate) fn ln(x: f32) -> f32 {
    libm::logf(x)
}

/// The natural logarithm.
pub(crate) fn ln64(x: f64) -> f64 {
    libm::log(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_six_digits() {
        for step in -8_000..8_000 {
            let x = step as f32 / 100.0;
            let wanted = f64::from(x).exp();
            assert!((f64::from(exp(x)) / wanted - 1.0).abs() < 1e-6, "{x}");
        }
        assert!(exp(-1e9) > 0.0 && exp(1e9).is_finite() && exp(f32::NAN).is_nan());
        assert!((exp(0.0) - 1.0).abs() < f32::EPSILON);
    }

    #[test]
    fn the_bits_are_pinned() {
        let bits = [exp(-3.25), exp(0.7), ln(0.3)].map(f32::to_bits);
        assert_eq!(bits, [1_025_429_940, 1_073_799_507, 3_214_547_912]);
        assert_eq!(
            [exp64(-1.5), ln64(12.75)].map(f64::to_bits),
            [4_597_207_131_539_332_125, 4_612_914_445_643_146_248]
        );
    }
}
