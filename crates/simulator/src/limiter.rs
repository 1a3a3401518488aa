//! The rate limit: so many calls in each window of ten seconds.

const WINDOW_MS: i64 = 10_000;

#[derive(Debug)]
pub(crate) struct Limiter {
    limit: u64,
    window: i64,
    used: u64,
}

/// What the headers say after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowance {
    pub(crate) limit: u64,
    pub(crate) remaining: u64,
    /// When the window ends, in Unix seconds.
    pub(crate) reset: i64,
    pub(crate) exceeded: bool,
}

impl Limiter {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, window: 0, used: 0 }
    }

    /// Counts a call. `limit` takes the place of the usual one.
    pub(crate) fn count(&mut self, now_ms: i64, limit: Option<u64>) -> Allowance {
        let limit = limit.unwrap_or(self.limit);
        let window = now_ms.div_euclid(WINDOW_MS);
        if window != self.window {
            self.window = window;
            self.used = 0;
        }
        let exceeded = self.used >= limit;
        if !exceeded {
            self.used += 1;
        }
        Allowance {
            limit,
            remaining: limit.saturating_sub(self.used),
            reset: (window + 1) * WINDOW_MS / 1000,
            exceeded,
        }
    }
}

impl Allowance {
    pub(crate) fn headers(self) -> [(&'static str, String); 3] {
        [
            ("x-ratelimit-limit", self.limit.to_string()),
            ("x-ratelimit-remaining", self.remaining.to_string()),
            ("x-ratelimit-reset", self.reset.to_string()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_allows_its_number_and_the_next_begins_anew() {
        let mut limiter = Limiter::new(2);
        let allowance = limiter.count(20_500, None);
        assert_eq!(allowance, Allowance { limit: 2, remaining: 1, reset: 30, exceeded: false });
        assert!(!limiter.count(25_000, None).exceeded);
        assert!(limiter.count(29_999, None).exceeded);
        assert!(!limiter.count(30_000, None).exceeded);
    }
}
