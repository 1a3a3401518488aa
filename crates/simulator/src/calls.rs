//! Every call that the REST interface received, in the order of arrival.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;
use serde_json::Value;

/// A demo may run for weeks: of so many calls that only read, the oldest go. Those that write stay longer.
const READS_KEPT: usize = 100_000;
const WRITES_KEPT: usize = 1_000_000;

/// A call as it was received.
#[derive(Debug, Clone, Serialize)]
pub struct LoggedCall {
    /// Its place in the order of arrival.
    pub number: u64,
    /// When it came, in ISO 8601.
    pub at: String,
    /// The label of the app whose token it had; null when it had none that is known.
    pub app: Option<String>,
    /// The method.
    pub method: String,
    /// The path with its query.
    pub path: String,
    /// Null while a call has no answer, and for ever if it gets none.
    pub status: Option<u16>,
    /// What was sent: JSON, or else text.
    pub body: Value,
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
    noted: u64,
    calls: BTreeMap<u64, LoggedCall>,
    reads: VecDeque<u64>,
    writes: VecDeque<u64>,
}

/// Which calls somebody wants to see.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) writes_only: bool,
    pub(crate) app: Option<&'a str>,
    pub(crate) after: u64,
}

impl CallLog {
    /// Notes a call and gives the place to note its answer at.
    pub(crate) fn note(&mut self, mut call: LoggedCall) -> u64 {
        self.noted += 1;
        call.number = self.noted;
        let (kind, kept) =
            if call.is_write() { (&mut self.writes, WRITES_KEPT) } else { (&mut self.reads, READS_KEPT) };
        kind.push_back(self.noted);
        let surplus = if kind.len() > kept { kind.pop_front() } else { None };
        self.calls.insert(self.noted, call);
        if let Some(oldest) = surplus {
            self.calls.remove(&oldest);
        }
        self.noted
    }

    pub(crate) fn answered(&mut self, place: u64, status: u16) {
        if let Some(call) = self.calls.get_mut(&place) {
            call.status = Some(status);
        }
    }

    pub(crate) fn list(&self, wanted: &Wanted<'_>) -> Vec<LoggedCall> {
        let calls = self.calls.range(wanted.after.saturating_add(1)..).map(|(_, call)| call);
        calls
            .filter(|call| !wanted.writes_only || call.is_write())
            .filter(|call| wanted.app.is_none() || wanted.app == call.app.as_deref())
            .cloned()
            .collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.calls.len()
    }

    pub(crate) fn clear(&mut self) {
        self.calls.clear();
        self.reads.clear();
        self.writes.clear();
    }
}
