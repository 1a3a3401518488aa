//! The client over real sockets, against a mock on loopback: what it sends, what it makes of answers, and of none.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own helpers may fail loudly, like the test"
)]

#[path = "services/claude.rs"]
mod claude;
#[path = "services/compatible.rs"]
mod compatible;
#[path = "services/drafts.rs"]
mod drafts;
#[path = "services/leaving.rs"]
mod leaving;
#[path = "services/mock.rs"]
mod mock;
#[path = "services/ollama.rs"]
mod ollama;
#[path = "services/spending.rs"]
mod spending;
#[path = "services/world.rs"]
mod world;
