//! Use cases and background work: listener, ingest, approvals, outbox, health.
