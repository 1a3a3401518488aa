//! Two opinions on one message, and the confidence that the record of such pairs allows.
//!
//! A language model says of itself that it is sure; that is an input here and no probability. What counts is how
//! often either was right when the two agreed, and when they did not. Below [`FITTED_FROM`] pairs of a kind that is
//! a frequency, drawn towards the local confidence; from there on a logistic of the two confidences, fitted with a
//! prior that holds its weights back. A disagreement is never automatic, whatever the confidence
//! ([`super::decide()`]).

mod logistic;

use self::logistic::Logistic;
use crate::statistics::{Interval, Level, wilson};
use domain::BucketId;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// So many pairs of a kind make a fit; with fewer the frequency stands.
pub const FITTED_FROM: usize = 100;
/// Pairs that are remembered of each kind: the newest.
const REMEMBERED: usize = 1_000;
/// A new fit after so many new pairs of a kind.
const REFIT_EVERY: usize = 25;
/// How many pairs the local confidence counts as, where there are few.
const PRIOR_PAIRS: f64 = 4.0;
/// What the local model's chance is taken for in a disagreement of which there is no record: it is not above even.
const EVEN: f64 = 0.5;

/// Whether a second opinion agrees with the first on the bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// There is one opinion only.
    Alone,
    /// Both name the same bucket.
    Agreed,
    /// They name different buckets.
    Disagreed,
}

/// What the local model says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct LocalOpinion {
    /// The bucket.
    pub bucket_id: BucketId,
    /// Its calibrated confidence, 0 to 1.
    pub confidence: f64,
}

/// What the language model says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SecondOpinion {
    /// The bucket.
    pub bucket_id: BucketId,
    /// The confidence it states, 0 to 1; `None` where it states none.
    pub stated: Option<f64>,
}

/// Two opinions, and what a person then decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Pair {
    /// What the local model said before it learned the message.
    pub local: LocalOpinion,
    /// What the language model said.
    pub second: SecondOpinion,
    /// The bucket that the person chose; `None` for none.
    pub decided: Option<BucketId>,
}

/// The opinion of both.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Combined {
    /// The bucket that is more likely right.
    pub bucket_id: BucketId,
    /// How likely, 0 to 1.
    pub confidence: f64,
    /// Whether the two agree.
    pub agreement: Agreement,
    /// What the confidence stands on.
    pub basis: Basis,
}

/// What a combined confidence stands on.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum Basis {
    /// One opinion: its own confidence.
    Local,
    /// The frequency among past pairs of the same kind, drawn towards the local confidence.
    Frequency {
        /// How many of them were right.
        right: u32,
        /// How many there are.
        pairs: u32,
        /// Wilson's 95 % interval of the share.
        interval: Interval,
    },
    /// A fit to past pairs of the same kind.
    Fitted {
        /// How many pairs.
        pairs: u32,
    },
}

/// What is learned from past pairs: a cache that is made from them anew at each start. The same pairs in the same
/// order give the same answers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct AgreementRecord {
    agreed: Kind,
    local_of_disagreed: Kind,
    second_of_disagreed: Kind,
}

/// One question that past pairs answer: 'was this opinion right?'
#[derive(Debug, Clone, Default, PartialEq)]
struct Kind {
    /// The newest pairs, oldest first.
    trials: Vec<Trial>,
    /// Pairs so far; a fit is made at every [`REFIT_EVERY`]th of them.
    learned: usize,
    fitted: Option<Logistic>,
}

/// The inputs of a pair, and whether the opinion asked about was right.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Trial {
    inputs: [f64; 3],
    right: bool,
}

/// Right ones of how many.
#[derive(Debug, Clone, Copy)]
struct Count {
    right: usize,
    of: usize,
}

impl AgreementRecord {
    /// The record of these pairs, oldest first: the same as learning them one by one, with the last fit only.
    pub fn of<'a>(pairs: impl IntoIterator<Item = &'a Pair>) -> Self {
        let mut record = Self::default();
        for pair in pairs {
            record.remember(pair);
        }
        for kind in [&mut record.agreed, &mut record.local_of_disagreed, &mut record.second_of_disagreed] {
            kind.fit();
        }
        record
    }

    /// Adds a pair that a person has decided on. Ask [`Self::combine`] first: what is learned is no trial any more.
    pub fn learn(&mut self, pair: &Pair) {
        for kind in self.remember(pair) {
            if kind.learned.is_multiple_of(REFIT_EVERY) {
                kind.fit();
            }
        }
    }

    /// Adds a pair to the kinds that it tells something of.
    fn remember(&mut self, pair: &Pair) -> Vec<&mut Kind> {
        let inputs = inputs(&pair.local, &pair.second);
        let is_right = |bucket: &BucketId| pair.decided.as_ref() == Some(bucket);
        let (local, second) = (is_right(&pair.local.bucket_id), is_right(&pair.second.bucket_id));
        if pair.local.bucket_id == pair.second.bucket_id {
            self.agreed.remember(Trial { inputs, right: local });
            vec![&mut self.agreed]
        } else {
            self.local_of_disagreed.remember(Trial { inputs, right: local });
            self.second_of_disagreed.remember(Trial { inputs, right: second });
            vec![&mut self.local_of_disagreed, &mut self.second_of_disagreed]
        }
    }

    /// The opinion of both; the local one alone where there is no second.
    pub fn combine(&self, local: &LocalOpinion, second: Option<&SecondOpinion>) -> Combined {
        let own = share(local.confidence);
        let Some(second) = second else {
            return Combined {
                bucket_id: local.bucket_id.clone(),
                confidence: own,
                agreement: Agreement::Alone,
                basis: Basis::Local,
            };
        };
        let inputs = inputs(local, second);
        if local.bucket_id == second.bucket_id {
            let (confidence, basis) = self.agreed.answer(inputs, own);
            return Combined {
                bucket_id: local.bucket_id.clone(),
                confidence,
                agreement: Agreement::Agreed,
                basis,
            };
        }
        let (for_local, local_basis) = self.local_of_disagreed.answer(inputs, own.min(EVEN));
        let (for_second, second_basis) = self.second_of_disagreed.answer(inputs, (1.0 - own).min(EVEN));
        // Both cannot be right.
        let whole = (for_local + for_second).max(1.0);
        let (bucket_id, confidence, basis) = if for_local >= for_second {
            (&local.bucket_id, for_local / whole, local_basis)
        } else {
            (&second.bucket_id, for_second / whole, second_basis)
        };
        Combined { bucket_id: bucket_id.clone(), confidence, agreement: Agreement::Disagreed, basis }
    }

    /// How many pairs agreed, and how many did not, of those that are remembered.
    pub fn len(&self) -> (usize, usize) {
        (self.agreed.len(), self.local_of_disagreed.len())
    }

    /// Whether there is no pair.
    pub fn is_empty(&self) -> bool {
        self.len() == (0, 0)
    }
}

impl Combined {
    /// A sentence for the card; `None` where there is one opinion only.
    pub fn sentence(&self) -> Option<String> {
        let together = match self.agreement {
            Agreement::Alone => return None,
            Agreement::Agreed => "The language model agrees.",
            Agreement::Disagreed => "The language model disagrees.",
        };
        Some(match self.basis {
            Basis::Local | Basis::Frequency { pairs: 0, .. } => {
                format!("{together} There is no record of such cases yet.")
            }
            Basis::Frequency { right, pairs, .. } => {
                format!("{together} In such cases this opinion was right {right} of {pairs} times.")
            }
            Basis::Fitted { pairs } => format!("{together} The confidence follows {pairs} such cases."),
        })
    }
}

impl Kind {
    fn remember(&mut self, trial: Trial) {
        const KEPT: usize = REMEMBERED + REFIT_EVERY;
        self.trials.push(trial);
        self.learned += 1;
        // Dropped in one go now and then, so that learning one more costs the same on average.
        if self.trials.len() >= 2 * KEPT {
            self.trials.drain(..KEPT);
        }
    }

    /// Fits to the pairs up to the last one at which a fit is due.
    fn fit(&mut self) {
        let end = self.trials.len().saturating_sub(self.learned % REFIT_EVERY);
        let due = self.trials.get(end.saturating_sub(REMEMBERED)..end).unwrap_or_default();
        if due.len() >= FITTED_FROM {
            self.fitted = Some(Logistic::fit(&due.iter().map(|trial| (trial.inputs, trial.right))));
        }
    }

    /// How many pairs an answer goes by.
    fn len(&self) -> usize {
        self.trials.len().min(REMEMBERED)
    }

    fn answer(&self, inputs: [f64; 3], prior: f64) -> (f64, Basis) {
        if let Some(fitted) = &self.fitted {
            return (fitted.probability(inputs), Basis::Fitted { pairs: self.len() as u32 });
        }
        let right = self.trials.iter().filter(|trial| trial.right).count();
        let count = Count { right, of: self.trials.len() };
        let confidence = (count.right as f64 + PRIOR_PAIRS * prior) / (count.of as f64 + PRIOR_PAIRS);
        let interval = wilson(count.right as u64, count.of as u64, Level::P95);
        (confidence, Basis::Frequency { right: count.right as u32, pairs: count.of as u32, interval })
    }
}

/// The local log-odds, the stated log-odds, and whether any were stated.
fn inputs(local: &LocalOpinion, second: &SecondOpinion) -> [f64; 3] {
    let stated = second.stated.filter(|stated| !stated.is_nan());
    [log_odds(local.confidence), stated.map_or(0.0, log_odds), f64::from(u8::from(stated.is_some()))]
}

/// A confidence as a number from 0 to 1; what is no number is 0.
fn share(confidence: f64) -> f64 {
    if confidence.is_nan() { 0.0 } else { confidence.clamp(0.0, 1.0) }
}

/// Log-odds of a confidence, kept off the infinite ends: 'certain' is read as 99.5 %.
fn log_odds(confidence: f64) -> f64 {
    const END: f64 = 0.005;
    let kept = share(confidence).clamp(END, 1.0 - END);
    (kept / (1.0 - kept)).ln()
}
