//! How long to wait after a fault.

use domain::{Fault, FaultKind};

/// The first pause, milliseconds.
const FIRST_MS: i64 = 1_000;
/// The longest pause while the helpdesk cannot be reached, milliseconds.
const LONGEST_MS: i64 = 60_000;

/// Milliseconds to wait before attempt `attempts + 1`: what the vendor asks for, else doubling from one second to a
/// minute.
pub fn pause_ms(fault: &Fault, attempts: u32) -> i64 {
    if let (FaultKind::RateLimited, Some(asked)) = (fault.kind, fault.retry_after_ms) {
        return asked.clamp(FIRST_MS, LONGEST_MS);
    }
    let doublings = attempts.saturating_sub(1).min(6);
    FIRST_MS.saturating_mul(1 << doublings).min(LONGEST_MS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_under_a_minute() {
        let fault = Fault::new(FaultKind::Unreachable, "no route");
        let pauses: Vec<i64> = (1..=9).map(|attempts| pause_ms(&fault, attempts)).collect();
        assert_eq!(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    }

    #[test]
    fn a_rate_limit_is_waited_out_as_told() {
        let fault = Fault { retry_after_ms: Some(7_300), ..Fault::new(FaultKind::RateLimited, "slow down") };
        assert_eq!(pause_ms(&fault, 5), 7_300);
    }
}
