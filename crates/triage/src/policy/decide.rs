//! The decision: a person, a clear card, or an automatic action that is held.

use super::agreement::Agreement;
use super::draw::Draw;
use super::record::{ActionWord, ActionWords};
use super::rule::{Policy, PolicyFault};
use super::standing::{Autonomy, LEAST_DECISIONS, Revocation, Standing, percent};
use domain::{BucketId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The kill switch of the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// Policies work.
    On,
    /// The switch was thrown: every suggestion goes to a person, and none is marked.
    Stopped,
}

/// Why a suggestion is not sure of itself, whatever its confidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Unsure {
    /// It looks like none of the buckets.
    NoneOfThese,
    /// The model does not know enough of the message.
    NotSure,
    /// The message is in a language of which the model has learned too little.
    Language,
    /// The plan has a step that cannot be done, or a variable that is missing.
    PlanIncomplete,
    /// A second opinion was to be asked for, and there is none.
    NoSecondOpinion,
}

/// What is known of a suggestion when it is decided on. No text is part of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Facts {
    /// The bucket suggested.
    pub bucket_id: BucketId,
    /// The kinds of action in its plan.
    pub actions: ActionWords,
    /// Its confidence, 0 to 1.
    pub confidence: f64,
    /// Decisions that the confidence rests on: those at its level, or on pairs of opinions like it. Fewer than
    /// [`LEAST_DECISIONS`], and it is not shown as a number; then no line can be held against it either.
    pub rests_on: u32,
    /// What a second opinion said of the bucket.
    pub agreement: Agreement,
    /// Why it is unsure, if it is.
    pub unsure: Option<Unsure>,
}

/// A policy with what it is judged by.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Governed {
    /// What is allowed.
    pub policy: Policy,
    /// What the record shows.
    pub standing: Standing,
    /// How many automatic actions there were today under this policy.
    pub today: u32,
}

/// What happens with a suggestion.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// A person decides; the card is marked 'clear': it is at or above every line that its plan needs, and what both
    /// its confidence and those lines rest on is enough to be stated.
    Clear {
        /// Why it is not automatic.
        because: Reason,
    },
    /// The plan is carried out when the hold has passed and nobody has taken it back.
    Automatic {
        /// When.
        held_until: Timestamp,
    },
    /// A person decides; the card is not marked.
    Person {
        /// Why.
        because: Reason,
    },
}

/// Why a person decides.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Reason {
    /// The kill switch was thrown.
    Stopped,
    /// The plan has no action.
    NoAction,
    /// No policy holds this action for this bucket.
    NoPolicy {
        /// The action.
        action: ActionWord,
    },
    /// The policy cannot be used as it is.
    Invalid {
        /// What has to be changed.
        fault: PolicyFault,
    },
    /// The suggestion is not sure of itself.
    Unsure {
        /// Why.
        why: Unsure,
    },
    /// The two opinions disagree.
    Disagreement,
    /// The confidence is none: no number, or not between 0 and 1.
    NoConfidence,
    /// The confidence rests on too few decisions to be stated.
    LevelLearning {
        /// How many there are at its level.
        decided: u32,
    },
    /// The confidence does not reach the line.
    BelowLine {
        /// The confidence.
        confidence: f64,
        /// The line.
        line: f64,
    },
    /// Autonomy was withdrawn.
    Revoked {
        /// Why.
        why: Revocation,
    },
    /// Drawn by lot: a person answers without seeing the suggestion.
    Sampled {
        /// One in this many.
        one_in: u32,
    },
    /// The policy does not act by itself.
    AutomaticOff,
    /// No person has given the policy autonomy.
    NotGiven,
    /// Too few decisions at or above the line.
    StillLearning {
        /// The action.
        action: ActionWord,
        /// How many there are at or above the line.
        decided: u32,
    },
    /// The record does not prove what the policy promises.
    NotProven {
        /// At most this share is wrong, as far as the record shows.
        at_most: f64,
        /// What is promised.
        error: f64,
    },
    /// As many as are allowed a day.
    CapReached {
        /// How many.
        daily_cap: u32,
    },
}

/// Decides what happens with a suggestion.
///
/// `governed` holds the policies of the workspace; those of other buckets and actions are passed over, and of two for the
/// same bucket and action both have to allow it. A plan is carried out whole or not at all: every action in it
/// needs a policy that allows it.
///
/// Nothing is clear while the record is still learning, be it at the level of the confidence or at the line of a
/// policy: what is not shown as a number is not called clear, and is not automatic either.
///
/// Automatic only if all of this holds for each action: the switch is on; a usable policy says automatic; a person
/// has given autonomy and it was not withdrawn; the suggestion is sure of itself and no second opinion disagrees;
/// its confidence reaches the line; there are enough decisions and they prove the promise; the day's cap is not
/// reached; and the lot did not fall on it.
pub fn decide(governed: &[Governed], facts: &Facts, switch: Switch, draw: Draw, now: Timestamp) -> Outcome {
    if switch == Switch::Stopped {
        return Outcome::Person { because: Reason::Stopped };
    }
    if facts.actions.is_empty() {
        return Outcome::Person { because: Reason::NoAction };
    }
    if let Some(why) = facts.unsure {
        return Outcome::Person { because: Reason::Unsure { why } };
    }
    if facts.agreement == Agreement::Disagreed {
        return Outcome::Person { because: Reason::Disagreement };
    }
    let mut together: Option<Outcome> = None;
    for action in facts.actions.iter() {
        let mut holding = governed
            .iter()
            .filter(|one| one.policy.bucket_id == facts.bucket_id && one.policy.action == action)
            .peekable();
        if holding.peek().is_none() {
            return Outcome::Person { because: Reason::NoPolicy { action } };
        }
        for one in holding {
            let next = decide_one(one, facts, draw, now);
            together = Some(together.map_or_else(|| next.clone(), |so_far| so_far.stricter(next.clone())));
        }
    }
    together.unwrap_or(Outcome::Person { because: Reason::NoAction })
}

fn decide_one(governed: &Governed, facts: &Facts, draw: Draw, now: Timestamp) -> Outcome {
    let Governed { policy, standing, today } = governed;
    let Facts { confidence, rests_on, .. } = *facts;
    if let Err(fault) = policy.check() {
        return Outcome::Person { because: Reason::Invalid { fault } };
    }
    if !(0.0..=1.0).contains(&confidence) {
        return Outcome::Person { because: Reason::NoConfidence };
    }
    // Before the line: the sentence on the line has the confidence in it.
    if rests_on < LEAST_DECISIONS {
        return Outcome::Person { because: Reason::LevelLearning { decided: rests_on } };
    }
    if confidence < policy.line {
        return Outcome::Person { because: Reason::BelowLine { confidence, line: policy.line } };
    }
    if let Autonomy::Revoked { why, .. } = standing.autonomy {
        return Outcome::Person { because: Reason::Revoked { why } };
    }
    let proof = standing.proof();
    if proof.decided < LEAST_DECISIONS {
        let (action, decided) = (policy.action, proof.decided);
        return Outcome::Person { because: Reason::StillLearning { action, decided } };
    }
    if !policy.automatic {
        return Outcome::Clear { because: Reason::AutomaticOff };
    }
    if standing.autonomy == Autonomy::NotGiven {
        return Outcome::Clear { because: Reason::NotGiven };
    }
    if !proof.proves(policy.promise) {
        let (at_most, error) = (proof.upper_bound(policy.promise), policy.promise.error);
        return Outcome::Clear { because: Reason::NotProven { at_most, error } };
    }
    // Whoever keeps the standing may not have judged it yet.
    if let Some(why) = standing.breach(policy) {
        return Outcome::Person { because: Reason::Revoked { why } };
    }
    if *today >= policy.daily_cap {
        return Outcome::Clear { because: Reason::CapReached { daily_cap: policy.daily_cap } };
    }
    if draw.picks(policy.sample_one_in) {
        return Outcome::Person { because: Reason::Sampled { one_in: policy.sample_one_in } };
    }
    Outcome::Automatic { held_until: now.plus_ms(i64::from(policy.hold_ms)) }
}

impl Outcome {
    /// The one of two that allows less; of two that allow the same, the first, and the later of two times.
    fn stricter(self, other: Self) -> Self {
        if let (Self::Automatic { held_until: one }, Self::Automatic { held_until: two }) = (&self, &other) {
            return Self::Automatic { held_until: *one.max(two) };
        }
        if other.freedom() < self.freedom() { other } else { self }
    }

    /// How much is allowed. A sample counts only among what would be automatic, so that samples are a fair choice
    /// of it.
    const fn freedom(&self) -> u8 {
        match self {
            Self::Automatic { .. } => 3,
            Self::Person { because: Reason::Sampled { .. } } => 2,
            Self::Clear { .. } => 1,
            Self::Person { .. } => 0,
        }
    }

    /// Whether the person who decides must not see the suggestion.
    pub const fn is_blind(&self) -> bool {
        matches!(self, Self::Person { because: Reason::Sampled { .. } })
    }

    /// A sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Clear { because } | Self::Person { because } => because.sentence(),
            Self::Automatic { .. } => {
                "Carried out by the policy when its hold has passed, unless somebody takes it back."
                    .to_owned()
            }
        }
    }
}

impl Unsure {
    /// A sentence for people.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoneOfThese => "It looks like none of the buckets.",
            Self::NotSure => "The model is not sure of it.",
            Self::Language => "The model has learned too little of this language.",
            Self::PlanIncomplete => "A step of the plan cannot be done.",
            Self::NoSecondOpinion => "The language model was asked and gave no opinion.",
        }
    }
}

impl Reason {
    /// A sentence for people.
    pub fn sentence(&self) -> String {
        match self {
            Self::Stopped => "Everything automatic is stopped.".to_owned(),
            Self::NoAction => "There is nothing to carry out.".to_owned(),
            Self::NoPolicy { action } => {
                format!("No policy of this bucket allows to {}.", action.verb())
            }
            Self::Invalid { fault } => format!("The policy cannot be used. {fault}"),
            Self::Unsure { why } => why.sentence().to_owned(),
            Self::Disagreement => "The local model and the language model disagree.".to_owned(),
            Self::NoConfidence => "It has no usable confidence.".to_owned(),
            Self::BelowLine { confidence, line } => {
                format!("{} sure, and the line is {}.", percent(*confidence), percent(*line))
            }
            Self::Revoked { why } => why.sentence(),
            Self::Sampled { one_in: 1 } => {
                "Every one goes to a person as a check: decide without seeing the suggestion.".to_owned()
            }
            Self::Sampled { one_in } => {
                format!("One in {one_in} goes to a person as a check: decide without seeing the suggestion.")
            }
            Self::AutomaticOff => "Clear. Nothing of this kind is carried out without a person.".to_owned(),
            Self::NotGiven => "Clear. Nobody has switched this on yet.".to_owned(),
            Self::LevelLearning { decided } => {
                format!("Not clear: still learning, {decided} of {LEAST_DECISIONS} decisions at this level.")
            }
            Self::StillLearning { action, decided } => format!(
                "Not clear: still learning to {}, {decided} of {LEAST_DECISIONS} decisions at the line.",
                action.verb()
            ),
            Self::NotProven { at_most, error } => format!(
                "Clear. Not proven: up to {} may be wrong as far as the record shows, and at most {} is promised.",
                percent(*at_most),
                percent(*error),
            ),
            Self::CapReached { daily_cap } => {
                format!("Clear. The {daily_cap} automatic ones of today are used up.")
            }
        }
    }
}
