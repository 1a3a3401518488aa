//! What a lead learns from the record: is the confidence honest, where does it go wrong, do people look before they
//! approve, has anything changed, and is a bucket missing.
//!
//! Guarantees: pure functions of the records passed in; every one is defined on none; the order of the answer does
//! not depend on chance. Percentages, intervals and ids are here; sentences about them and colours are the page's.
//!
//! Records are what people answered ([`crate::policy::Record`]). For the learning curve they have to be in the
//! order in which they were decided; elsewhere the order does not matter.

mod calibration;
mod confusion;
mod curves;
mod looks;
mod mix;
mod proposals;
mod vocabulary;
mod weeks;

pub use calibration::{Calibration, LevelRecord, calibration, record_at};
pub use confusion::{Confusion, ConfusionCell, confusion};
pub use curves::{LearningCurve, LearningPoint, LearningWindow, RiskCurve, learning_curve, risk_curve};
pub use looks::{Looks, RUBBER_STAMP_MS, looks};
pub use mix::{BucketDrift, MixDrift, mix_drift};
pub use proposals::{Proposal, Proposals, Unplaced, propose_buckets};
pub use vocabulary::{NewWord, Vocabulary, vocabulary};
pub use weeks::{Week, WeekRates, weekly_rates};
