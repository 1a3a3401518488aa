//! A request on its way, and the ledger's record of it.

use super::{Call, Transport};
use domain::Timestamp;
use domain::ports::{EgressOutcome, EgressPurpose, EgressRecord};
use reqwest::header::HeaderMap;
use reqwest::{Request, Response};
use std::sync::atomic::{AtomicU64, Ordering};

/// A request that was begun. When it ends, in whatever way, the ledger has it.
pub(super) struct UnderWay<'a> {
    transport: &'a Transport,
    at: Timestamp,
    purpose: EgressPurpose,
    sent: AtomicU64,
    received: AtomicU64,
    /// The status; 0 while there is none.
    status: AtomicU64,
}

impl<'a> UnderWay<'a> {
    /// It is about to leave.
    pub(super) fn begin(transport: &'a Transport, request: &Request, call: &Call<'_>) -> Self {
        Self {
            transport,
            at: transport.now(),
            purpose: call.purpose,
            sent: AtomicU64::new(size_of_request(request, call)),
            received: AtomicU64::new(0),
            status: AtomicU64::new(0),
        }
    }

    /// No connection was made.
    pub(super) fn nothing_left(&self) {
        self.sent.store(0, Ordering::Relaxed);
    }

    /// More of the answer was read.
    pub(super) fn read(&self, bytes: usize) {
        self.received.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    /// An answer began.
    pub(super) fn answered(&self, response: &Response) {
        self.status.store(u64::from(response.status().as_u16()), Ordering::Relaxed);
        let line = "HTTP/1.1 200 \r\n".len() + response.status().canonical_reason().unwrap_or_default().len();
        self.received.fetch_add((line + size_of_headers(response.headers())) as u64, Ordering::Relaxed);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let sent_bytes = self.sent.load(Ordering::Relaxed);
        let outcome = match u16::try_from(self.status.load(Ordering::Relaxed)) {
            Ok(status) if status > 0 => EgressOutcome::Answered { status },
            Ok(_) | Err(_) if sent_bytes == 0 => EgressOutcome::NoConnection,
            Ok(_) | Err(_) => EgressOutcome::NoAnswer,
        };
        self.transport.around.egress.record(EgressRecord {
            host: self.transport.host.clone(),
            port: self.transport.port,
            at: self.at,
            sent_bytes,
            received_bytes: self.received.load(Ordering::Relaxed),
            purpose: self.purpose,
            outcome,
        });
    }
}

/// Bytes of a request as HTTP/1.1 writes it.
fn size_of_request(request: &Request, call: &Call<'_>) -> u64 {
    let url = request.url();
    let query = url.query().map_or(0, |query| query.len() + 1);
    let line = request.method().as_str().len() + " ".len() + url.path().len() + query + " HTTP/1.1\r\n".len();
    let port = url.port().map_or(0, |port| format!(":{port}").len());
    let host = "host: \r\n".len() + url.host_str().unwrap_or_default().len() + port;
    let body =
        call.body.as_ref().map_or(0, |body| format!("content-length: {}\r\n", body.len()).len() + body.len());
    (line + host + size_of_headers(request.headers()) + body) as u64
}

/// Bytes of headers, with the empty line after them.
fn size_of_headers(headers: &HeaderMap) -> usize {
    let lines = headers.iter().map(|(name, value)| name.as_str().len() + value.len() + ": \r\n".len());
    lines.sum::<usize>() + "\r\n".len()
}
