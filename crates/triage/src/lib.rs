//! The local classifier: which bucket a customer's message belongs to, how sure that is, and which words said so.
//!
//! [`LocalModel::train`] learns from the example messages of the buckets and then, in order, from the team's
//! decisions. [`LocalModel::learn`] takes one more decision at once. The same buckets and the same lessons give the
//! same model, so a model is a cache that can be rebuilt at any time.
//!
//! Guarantees: no text makes it panic; the text considered is bounded, so the time is; nothing is sent anywhere and
//! nothing is read from disk; the probabilities of a classification sum to one; evidence is whole words or short
//! phrases of the newest text.
//!
//! It does not decide what happens to a message: plans, teams and approvals are not known here.
#![warn(missing_docs)]

mod blob;
mod buckets;
mod calibration;
pub mod evaluation;
mod evidence;
mod features;
mod history;
mod language;
mod lexicon;
mod math;
mod memory;
mod message;
mod model;
mod outlook;
mod random;
mod tokens;
mod training;
mod verdict;
mod vocabulary;
mod weights;

pub mod insights;
pub mod policy;
pub mod statistics;

pub use blob::BlobError;
pub use buckets::{BucketSeed, DefaultBucket, default_buckets};
pub use domain::NONE_OF_THESE;
pub use history::strip_history;
pub use language::language_code;
pub use message::{Lesson, Message, OwnedMessage};
pub use model::{LocalModel, Prepared};
pub use verdict::{Assessment, Classification, Doubt, Evidence, Flip, Similar, Stance, Verdict};
