//! Tests on real files: one module per group of tables, and one for what all files have in common.

mod conversations;
mod decisions;
mod deliveries;
mod erasing;
mod files;
mod outbox;
mod plans;
mod process;
pub(crate) mod sample;
mod small;
mod suggestions;
