//! What may happen to a suggestion without a person, and the record that such a permission stands on.
//!
//! A [`Policy`] is what a lead allows for one bucket and one action. [`decide()`] answers, for one suggestion,
//! whether a person decides, whether the card is marked 'clear', or whether its actions are held to be carried out.
//! [`History`] replays what was decided in the past at any line, [`Standing`] is what the record shows now, and
//! withdraws autonomy by itself when the promise is broken; [`shadow`] compares silent predictions with what people
//! did; [`agreement`] gives the confidence of two opinions.
//!
//! Guarantees: pure functions of what is passed in. No clock (time is an argument), no hidden randomness (a draw
//! follows from a seed and the suggestion's id), and **no text**: nothing in this module's input is a message, so
//! no message can bring about an action that the policy does not hold.
//!
//! It does not carry out anything, count anything, or store anything.

pub mod agreement;
mod decide;
mod draw;
mod history;
mod levels;
mod record;
mod rule;
pub mod shadow;
mod standing;

pub use decide::{Facts, Governed, Outcome, Reason, Switch, Unsure, decide};
pub use draw::Draw;
pub use history::{CurvePoint, DayCount, History, ProposedLine, Replay, Track};
pub use levels::{LEVEL_WIDTH, Levels, is_near};
pub use record::{ActionWord, ActionWords, Answer, Record};
pub use rule::{Policy, PolicyFault, Promise};
pub use standing::{Autonomy, LEAST_DECISIONS, Revocation, Standing, Tally, Watch};
