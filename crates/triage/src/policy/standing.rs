//! What the record shows of a policy, and how autonomy is withdrawn by itself.

use super::rule::{Policy, Promise};
use crate::statistics::{Drift, VocabularyDrift, bound_holds, clopper_pearson_upper};
use domain::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Fewer decisions than these are 'still learning': no promise is made on them, whatever their bound says.
pub const LEAST_DECISIONS: u32 = 30;

/// How many were decided, and how many of them were wrong.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Tally {
    /// How many.
    pub decided: u32,
    /// How many of them were wrong.
    pub wrong: u32,
}

impl Tally {
    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self {
            decided: self.decided.saturating_add(other.decided),
            wrong: self.wrong.saturating_add(other.wrong),
        }
    }

    /// One decision more.
    #[must_use]
    pub const fn and(self, is_wrong: bool) -> Self {
        self.with(Self { decided: 1, wrong: is_wrong as u32 })
    }

    /// The share that is wrong at most, by the promise's level; 1 where nothing was decided.
    pub fn upper_bound(self, promise: Promise) -> f64 {
        clopper_pearson_upper(u64::from(self.wrong), u64::from(self.decided), promise.level)
    }

    /// Whether it proves the promise.
    pub fn proves(self, promise: Promise) -> bool {
        bound_holds(u64::from(self.wrong), u64::from(self.decided), promise.error, promise.level)
    }
}

/// Outcomes that come in one by one, watched for the moment at which too many of them are wrong (Page's cumulative
/// sum).
///
/// Each outcome weighs for 'three times as many are wrong as was promised' or for 'as many as was promised'. While
/// the sum is for the promise the run begins anew, so that a long good past hides nothing. It is looked at after
/// every outcome, and still cries wolf at most once in a hundred outcomes on average if exactly as many are wrong
/// as was promised, and far less often if fewer are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Watch {
    /// All of them.
    pub total: Tally,
    /// Those since the sum was last for the promise.
    pub run: Tally,
}

/// The logarithm of 'once in a hundred outcomes'.
const ENOUGH_EVIDENCE: f64 = 4.605_170_185_988_092;
/// How many times the promised error the watch looks out for.
const MANY_TIMES: f64 = 3.0;

impl Watch {
    const NOTHING: Self = Self { total: Tally { decided: 0, wrong: 0 }, run: Tally { decided: 0, wrong: 0 } };

    /// The watch after one more outcome.
    #[must_use]
    pub fn and(self, is_wrong: bool, promise: Promise) -> Self {
        let (total, run) = (self.total.and(is_wrong), self.run.and(is_wrong));
        let kept = if evidence(run, promise) > 0.0 { run } else { Tally::default() };
        Self { total, run: kept }
    }

    /// Whether the run proves that more is wrong than was promised.
    pub fn breaks(self, promise: Promise) -> bool {
        evidence(self.run, promise) >= ENOUGH_EVIDENCE
    }
}

/// Log-likelihood of many times the promised error, less that of the promised one.
fn evidence(run: Tally, promise: Promise) -> f64 {
    let promised = promise.error;
    let looked_for = (MANY_TIMES * promised).min(f64::midpoint(promised, 1.0));
    let (wrong, right) = (f64::from(run.wrong), f64::from(run.decided.saturating_sub(run.wrong)));
    wrong * (looked_for / promised).ln() + right * ((1.0 - looked_for) / (1.0 - promised)).ln()
}

/// Whether a policy may act without a person.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "autonomy", rename_all = "snake_case")]
pub enum Autonomy {
    /// No person has given it yet.
    #[default]
    NotGiven,
    /// A person has given it.
    Given {
        /// When.
        at: Timestamp,
    },
    /// It was withdrawn. Only a person gives it back.
    Revoked {
        /// When.
        at: Timestamp,
        /// Why.
        why: Revocation,
    },
}

/// Why autonomy was withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Revocation {
    /// The last samples prove that more is wrong than was promised.
    Samples {
        /// The samples from where on it got worse.
        last: Tally,
        /// What was promised.
        promise: Promise,
    },
    /// With the samples, the record does not prove the promise any more.
    Bound {
        /// Record and samples together.
        record: Tally,
        /// At most this share is wrong, as far as the record shows.
        at_most: f64,
        /// What was promised.
        promise: Promise,
    },
    /// What comes in has changed, so the record says little about it.
    Drift {
        /// The change.
        drift: Drift,
        /// The policy's limit.
        limit: f64,
    },
    /// The words of what comes in have changed.
    Vocabulary {
        /// Mean share of unknown words in a message before.
        before: f64,
        /// The same lately.
        lately: f64,
        /// The policy's limit of the rise.
        limit: f64,
    },
    /// People took back so many of the last automatic actions that more is wrong than was promised, whatever they
    /// did not notice.
    TakenBack {
        /// The automatic ones from where on it got worse; wrong are those taken back.
        last: Tally,
        /// What was promised.
        promise: Promise,
    },
    /// A person withdrew it.
    Person,
}

/// What the record shows of one policy.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, TS)]
pub struct Standing {
    /// What people decided at or above the line, before autonomy was given and in shadow mode.
    pub record: Tally,
    /// What people decided blind at or above the line since autonomy was given.
    pub samples: Watch,
    /// What was automatic since autonomy was given; wrong are those that a person took back. It proves nothing
    /// right, since nobody looked at the others, but it can prove too much wrong.
    #[serde(default)]
    pub automatic: Watch,
    /// How the bucket mix has moved; `None` where there is too little to tell.
    pub drift: Option<Drift>,
    /// How the words have changed; `None` where it is not known.
    #[serde(default)]
    pub vocabulary: Option<VocabularyDrift>,
    /// Whether the policy may act.
    pub autonomy: Autonomy,
}

impl Standing {
    /// Record and samples together: what the promise is judged by.
    pub const fn proof(&self) -> Tally {
        self.record.with(self.samples.total)
    }

    /// The standing when a person gives autonomy, or gives it back. What was sampled until then joins the record,
    /// and the samples begin anew.
    #[must_use]
    pub const fn given(self, at: Timestamp) -> Self {
        Self {
            record: self.record.with(self.samples.total),
            samples: Watch::NOTHING,
            automatic: Watch::NOTHING,
            drift: None,
            vocabulary: None,
            autonomy: Autonomy::Given { at },
        }
    }

    /// The standing when a person withdraws autonomy.
    #[must_use]
    pub fn withdrawn(self, at: Timestamp) -> Self {
        Self { autonomy: Autonomy::Revoked { at, why: Revocation::Person }, ..self }
    }

    /// The standing after one more decision by a person who saw the suggestion, at or above the line.
    #[must_use]
    pub fn decided(self, is_wrong: bool) -> Self {
        Self { record: self.record.and(is_wrong), ..self }
    }

    /// The standing after one more blind sample, judged.
    #[must_use]
    pub fn sampled(self, is_wrong: bool, policy: &Policy, at: Timestamp) -> Self {
        Self { samples: self.samples.and(is_wrong, policy.promise), ..self }.judged(policy, at)
    }

    /// The standing after one more automatic action was settled, judged: its hold has passed, or a person took it
    /// back.
    #[must_use]
    pub fn settled(self, was_taken_back: bool, policy: &Policy, at: Timestamp) -> Self {
        Self { automatic: self.automatic.and(was_taken_back, policy.promise), ..self }.judged(policy, at)
    }

    /// The standing with other readings of the drift, judged.
    #[must_use]
    pub fn drifted(
        self,
        drift: Option<Drift>,
        vocabulary: Option<VocabularyDrift>,
        policy: &Policy,
        at: Timestamp,
    ) -> Self {
        Self { drift, vocabulary, ..self }.judged(policy, at)
    }

    /// The same standing with autonomy withdrawn if the promise is broken. What is revoked stays revoked, with its
    /// first reason.
    #[must_use]
    pub fn judged(self, policy: &Policy, at: Timestamp) -> Self {
        match (&self.autonomy, self.breach(policy)) {
            (Autonomy::Given { .. }, Some(why)) => Self { autonomy: Autonomy::Revoked { at, why }, ..self },
            (Autonomy::Given { .. }, None) | (Autonomy::NotGiven | Autonomy::Revoked { .. }, _) => self,
        }
    }

    /// What breaks the promise; `None` while it holds. Nothing is broken by a record that was too short from the
    /// beginning: such a policy does not act, see [`super::Reason::NotProven`].
    pub fn breach(&self, policy: &Policy) -> Option<Revocation> {
        let promise = policy.promise;
        if self.samples.breaks(promise) {
            return Some(Revocation::Samples { last: self.samples.run, promise });
        }
        if self.samples.total.wrong > 0 && !self.proof().proves(promise) {
            let record = self.proof();
            return Some(Revocation::Bound { record, at_most: record.upper_bound(promise), promise });
        }
        if self.automatic.breaks(promise) {
            return Some(Revocation::TakenBack { last: self.automatic.run, promise });
        }
        if let Some(drift) = self.drift.filter(|drift| drift.exceeds(policy.drift_limit)) {
            return Some(Revocation::Drift { drift, limit: policy.drift_limit });
        }
        let limit = policy.vocabulary_limit;
        let vocabulary = self.vocabulary.filter(|vocabulary| vocabulary.exceeds(limit))?;
        let (before, lately) = vocabulary.before.zip(vocabulary.lately)?;
        Some(Revocation::Vocabulary { before, lately, limit })
    }
}

impl Revocation {
    /// A sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Samples { last, promise } => format!(
                "Stopped by itself: of the last {} blind samples {} were wrong, and at most {} was promised.",
                last.decided,
                last.wrong,
                percent(promise.error),
            ),
            Self::Bound { record, at_most, promise } => format!(
                "Stopped by itself: with {} wrong of {} the error may be up to {} (at {}), and at most {} was promised.",
                record.wrong,
                record.decided,
                percent(*at_most),
                percent(promise.level.get()),
                percent(promise.error),
            ),
            Self::Drift { drift, limit } => format!(
                "Stopped by itself: what comes in has changed (stability index {:.2} over {} messages, the limit is {limit:.2}), \
                 so the record says little about it.",
                drift.index, drift.lately,
            ),
            Self::Vocabulary { before, lately, limit } => format!(
                "Stopped by itself: {} of the words in new messages are unknown to the model, before it was {} (the limit is a rise \
                 of {}), so the record says little about them.",
                percent(*lately),
                percent(*before),
                percent(*limit),
            ),
            Self::TakenBack { last, promise } => format!(
                "Stopped by itself: people took back {} of the last {} automatic ones, and at most {} was promised to be wrong.",
                last.wrong,
                last.decided,
                percent(promise.error),
            ),
            Self::Person => "Stopped by a person.".to_owned(),
        }
    }
}

/// A share for people: whole percents, with one decimal below 10 %.
pub(super) fn percent(share: f64) -> String {
    let percents = share * 100.0;
    if percents < 9.95 && (percents - percents.round()).abs() >= 0.05 {
        format!("{percents:.1} %")
    } else {
        format!("{percents:.0} %")
    }
}
