//! Durations as people read them.

use std::time::Duration;

/// `7 s`, `2:05`, `1:02:05`.
pub(crate) fn readable(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match (seconds / 3600, seconds / 60 % 60, seconds % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, m, s) => format!("{m}:{s:02}"),
        (h, m, s) => format!("{h}:{m:02}:{s:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::readable;
    use std::time::Duration;

    #[test]
    fn durations_read_as_clocks() {
        assert_eq!(readable(Duration::from_millis(7900)), "7 s");
        assert_eq!(readable(Duration::from_secs(125)), "2:05");
        assert_eq!(readable(Duration::from_secs(3725)), "1:02:05");
    }
}
