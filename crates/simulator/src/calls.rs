//! Every call that the REST interface received, in the order of arrival.

use serde::Serialize;
use serde_json::Value;

/// A demo may run for weeks: of so many calls, the oldest go.
const CALLS_KEPT: usize = 100_000;

#[derive(Debug, Clone, Serialize)]
pub(crate) struct LoggedCall {
    pub(crate) at: String,
    pub(crate) method: String,
    pub(crate) path: String,
    /// Null while a call has no answer, and for ever if it gets none.
    pub(crate) status: Option<u16>,
    pub(crate) body: Value,
}

impl LoggedCall {
    /// Whether the call meant to change something.
    fn is_write(&self) -> bool {
        let route = self.path.split('?').next().unwrap_or_default();
        let reads_by_post = route.ends_with("/search") || route == "/companies/list";
        self.method != "GET" && self.method != "HEAD" && !reads_by_post
    }
}

#[derive(Debug, Default)]
pub(crate) struct CallLog {
    calls: Vec<LoggedCall>,
    /// How many were cleared away, so that places given before stay right.
    cleared: usize,
}

impl CallLog {
    /// Notes a call and gives the place to note its answer at.
    pub(crate) fn note(&mut self, call: LoggedCall) -> usize {
        if self.calls.len() >= CALLS_KEPT {
            self.calls.drain(..CALLS_KEPT / 10);
            self.cleared += CALLS_KEPT / 10;
        }
        self.calls.push(call);
        self.cleared + self.calls.len() - 1
    }

    pub(crate) fn answered(&mut self, place: usize, status: u16) {
        let place = place.checked_sub(self.cleared);
        if let Some(call) = place.and_then(|place| self.calls.get_mut(place)) {
            call.status = Some(status);
        }
    }

    pub(crate) fn list(&self, writes_only: bool) -> Vec<LoggedCall> {
        self.calls.iter().filter(|call| !writes_only || call.is_write()).cloned().collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.len()
    }

    pub(crate) fn clear(&mut self) {
        self.cleared += self.calls.len();
        self.calls.clear();
    }
}
