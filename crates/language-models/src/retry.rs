//! Trying again, by the rules of the official clients.
//!
//! `x-should-retry` decides where it is present; otherwise 408, 409, 429 and everything from 500 on. The pause is what
//! `retry-after-ms` or `retry-after` says, up to a minute, else half a second doubling up to eight, up to a quarter of it
//! taken off at random. Two retries. A service that asks for more than a minute is left alone instead: nobody waits so
//! long for an opinion.

use reqwest::header::HeaderMap;
use std::sync::Arc;

/// How often a request is made again.
pub(crate) const RETRIES: u32 = 2;
/// The longest pause that a service may ask for.
const LONGEST_ASKED_MS: i64 = 60_000;
/// The first pause of our own, and the longest.
const OWN_MS: (i64, i64) = (500, 8_000);

/// A number from 0 up to 1, a new one each time.
pub type Jitter = Arc<dyn Fn() -> f64 + Send + Sync>;

/// Milliseconds that a service asks to wait.
pub(crate) fn asked_ms(headers: &HeaderMap) -> Option<i64> {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<f64>().ok();
    number("retry-after-ms")
        .or_else(|| number("retry-after").map(|seconds| seconds * 1_000.0))
        .filter(|milliseconds| milliseconds.is_finite() && *milliseconds > 0.0)
        .map(|milliseconds| milliseconds.ceil() as i64)
}

/// The pause before a request is made again; `None` when it is not. `made` retries were made so far.
pub(crate) fn pause_after_answer(status: u16, headers: &HeaderMap, made: u32, jitter: f64) -> Option<i64> {
    let said = headers.get("x-should-retry").and_then(|value| value.to_str().ok());
    let is_worth_it = match said {
        // Whoever has an answer wants no other.
        _ if status < 400 => false,
        Some("true") => true,
        Some("false") => false,
        Some(_) | None => matches!(status, 408 | 409 | 429 | 500..),
    };
    if !is_worth_it || made >= RETRIES {
        return None;
    }
    match asked_ms(headers) {
        Some(asked) => (asked <= LONGEST_ASKED_MS).then_some(asked),
        None => Some(own_pause(made, jitter)),
    }
}

/// The pause after no connection could be made.
pub(crate) fn pause_after_no_connection(made: u32, jitter: f64) -> Option<i64> {
    (made < RETRIES).then(|| own_pause(made, jitter))
}

fn own_pause(made: u32, jitter: f64) -> i64 {
    let doubled = OWN_MS.0.saturating_mul(2_i64.saturating_pow(made)).min(OWN_MS.1);
    (doubled as f64 * (1.0 - 0.25 * jitter.clamp(0.0, 1.0))) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pause(status: u16, headers: &[(&'static str, &str)], made: u32) -> Option<i64> {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        pause_after_answer(status, &map, made, 0.0)
    }

    #[test]
    fn statuses_that_may_pass_are_tried_again_twice() {
        for status in [408, 409, 429, 500, 502, 503, 504, 529] {
            let pauses: Vec<_> = (0..3).map(|made| pause(status, &[], made)).collect();
            assert_eq!(pauses, [Some(500), Some(1_000), None], "{status}");
        }
        for status in [200, 400, 401, 402, 403, 404, 413, 422] {
            assert_eq!(pause(status, &[], 0), None, "{status}");
        }
    }

    #[test]
    fn the_service_decides_where_it_says_so() {
        assert_eq!(pause(529, &[("x-should-retry", "false")], 0), None);
        assert_eq!(pause(400, &[("x-should-retry", "true")], 0), Some(500));
        assert_eq!(pause(400, &[("x-should-retry", "perhaps")], 0), None);
        assert_eq!(pause(200, &[("x-should-retry", "true")], 0), None, "it was answered");
    }

    #[test]
    fn the_pause_is_what_the_service_asks_for_up_to_a_minute() {
        assert_eq!(pause(429, &[("retry-after", "7")], 0), Some(7_000));
        assert_eq!(pause(429, &[("retry-after-ms", "1500"), ("retry-after", "7")], 0), Some(1_500));
        assert_eq!(pause(429, &[("retry-after", "60")], 0), Some(60_000));
        assert_eq!(pause(429, &[("retry-after", "61")], 0), None, "it is left alone for that long");
        for odd in ["0", "-5", "soon", "NaN", "inf"] {
            assert_eq!(pause(429, &[("retry-after", odd)], 1), Some(1_000), "{odd}");
        }
    }

    #[test]
    fn a_quarter_of_a_pause_is_left_to_chance_and_it_never_grows_beyond_eight_seconds() {
        assert_eq!(own_pause(0, 1.0), 375);
        assert_eq!(
            [3, 4, 5, 40, 63, 64].map(|made| own_pause(made, 0.0)),
            [4_000, 8_000, 8_000, 8_000, 8_000, 8_000]
        );
    }
}
