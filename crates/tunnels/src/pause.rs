//! How long to wait before a tunnel is started again.

/// The first pause, milliseconds.
const FIRST_MS: i64 = 1_000;
/// The longest pause, milliseconds.
const LONGEST_MS: i64 = 60_000;

/// Milliseconds to wait after `failures` failures in a row: doubling from one second to a minute.
pub fn pause_ms(failures: u32) -> i64 {
    let doublings = failures.saturating_sub(1).min(6);
    FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::pause_ms;

    #[test]
    fn pauses_double_from_a_second_to_a_minute() {
        let pauses: Vec<i64> = (1..=9).map(pause_ms).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    }
}
