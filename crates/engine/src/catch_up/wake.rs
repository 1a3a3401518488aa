//! Noticing that the machine slept, or that its clock was set, and the heartbeat of listening.

use super::Reason;
use crate::workspace::Workspace;
use domain::Timestamp;
use std::sync::Arc;

/// Milliseconds between two looks at the clocks.
pub const TICK_MS: i64 = 10_000;
/// Clocks that drift apart by more than this between two looks did not tick side by side.
const TOLERANCE_MS: i64 = 5_000;
/// Where the monotonic clock goes on while the machine sleeps, a look that comes so late tells of it.
const LATE_MS: i64 = 3 * TICK_MS;

/// What has happened between two looks at the clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Jump {
    /// The machine slept so many milliseconds, or its clock was set forward.
    Forward(i64),
    /// The clock was set back by so many milliseconds.
    Back(i64),
}

/// Holds the wall clock against the monotonic one. Pure.
#[derive(Debug, Clone, Copy)]
pub struct Drift {
    before: Option<(Timestamp, i64)>,
    monotonic_sleeps: bool,
}

impl Drift {
    /// `monotonic_sleeps`: whether the monotonic clock stands still while the machine sleeps, as it does but on
    /// Windows.
    pub const fn new(monotonic_sleeps: bool) -> Self {
        Self { before: None, monotonic_sleeps }
    }

    /// Looks at both clocks.
    pub fn look(&mut self, wall: Timestamp, monotonic_ms: i64) -> Option<Jump> {
        let (wall_before, monotonic_before) = self.before.replace((wall, monotonic_ms))?;
        let passed = monotonic_ms.saturating_sub(monotonic_before);
        let drift = wall.ms_since(wall_before).saturating_sub(passed);
        if drift > TOLERANCE_MS {
            Some(Jump::Forward(drift))
        } else if drift < -TOLERANCE_MS {
            Some(Jump::Back(-drift))
        } else if !self.monotonic_sleeps && passed > LATE_MS {
            Some(Jump::Forward(passed))
        } else {
            None
        }
    }
}

/// Looks at the clocks until the workspace is closed.
pub(super) async fn run(workspace: Arc<Workspace>) {
    let mut drift = Drift::new(!cfg!(windows));
    loop {
        let wall = workspace.clock.now();
        if let Some(jump) = drift.look(wall, workspace.clock.monotonic_ms()) {
            tracing::info!(?jump, "The machine slept, or its clock was set: catching up");
            // What came while it slept did not arrive here, and the way may be another one.
            workspace.doubt_listening();
            workspace.catch_up.youngest.forget();
            workspace.catch_up_soon(Reason::Wake);
        } else if let Err(error) = workspace.beat().await {
            tracing::error!(%error, "The ledger could not be written");
        }
        workspace.clock.sleep_until(wall.plus_ms(TICK_MS)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jumps(monotonic_sleeps: bool, looks: &[(i64, i64)]) -> Vec<Option<Jump>> {
        let mut drift = Drift::new(monotonic_sleeps);
        looks.iter().map(|(wall, monotonic)| drift.look(Timestamp(*wall), *monotonic)).collect()
    }

    #[test]
    fn clocks_that_tick_side_by_side_tell_nothing() {
        let looks = [(1_000, 0), (11_010, 10_002), (21_900, 20_050), (31_000, 30_000)];
        assert_eq!(jumps(true, &looks), [None; 4]);
    }

    #[test]
    fn a_sleep_and_a_set_clock_are_noticed_once() {
        let looks = [(0, 0), (10_000, 10_000), (3_620_000, 20_000), (3_630_000, 30_000), (30_000, 40_000)];
        let wanted = [None, None, Some(Jump::Forward(3_600_000)), None, Some(Jump::Back(3_610_000))];
        assert_eq!(jumps(true, &looks), wanted);
    }

    #[test]
    fn a_busy_machine_has_not_slept() {
        let looks = [(0, 0), (45_000, 45_000)];
        assert_eq!(jumps(true, &looks), [None, None], "both clocks went on");
        assert_eq!(
            jumps(false, &looks),
            [None, Some(Jump::Forward(45_000))],
            "there a late look is all there is"
        );
        assert_eq!(jumps(false, &[(0, 0), (25_000, 25_000)]), [None, None]);
    }

    #[test]
    fn a_small_correction_of_the_clock_is_no_jump() {
        assert_eq!(jumps(true, &[(0, 0), (14_900, 10_000), (20_100, 20_000)]), [None; 3]);
    }
}
