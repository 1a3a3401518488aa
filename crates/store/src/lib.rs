//! One SQLite file per workspace: deliveries, conversations, suggestions, decisions, outbox.
