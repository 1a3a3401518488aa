//! Tests on real files: one module per group of tables, and one for what all files have in common.

mod articles;
mod begun;
mod behind;
mod conversations;
mod coverage;
mod decisions;
mod deliveries;
mod delivery_lists;
mod drafts;
mod erasing;
mod files;
mod imports;
mod inbox;
mod looks;
mod macros;
mod opinions;
mod outbox;
mod people;
mod plans;
mod policies;
mod process;
pub(crate) mod sample;
mod small;
mod suggestions;
