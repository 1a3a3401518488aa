//! What was suggested, and what a person then decided: one line of the record.

use domain::{ActionKind, BucketId, SuggestionId, Timestamp};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A kind of action without its content: [`ActionKind::word`] as a type. Policies know actions by it only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ActionWord {
    /// Give the conversation to a team or a teammate.
    Assign,
    /// Write to the customer.
    Reply,
    /// Write a note that only the team sees.
    Note,
    /// Close it.
    Close,
    /// Open it again.
    Open,
    /// Take it out of the inbox until a time.
    Snooze,
}

impl ActionWord {
    /// Every kind of action.
    pub const ALL: [Self; 6] = [Self::Assign, Self::Reply, Self::Note, Self::Close, Self::Open, Self::Snooze];

    /// What it does, for people, as it stands after 'to'.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Assign => "assign",
            Self::Reply => "reply",
            Self::Note => "add a note",
            Self::Close => "close",
            Self::Open => "open again",
            Self::Snooze => "snooze",
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl From<&ActionKind> for ActionWord {
    fn from(kind: &ActionKind) -> Self {
        match kind {
            ActionKind::Assign { .. } => Self::Assign,
            ActionKind::Reply { .. } => Self::Reply,
            ActionKind::Note { .. } => Self::Note,
            ActionKind::Close => Self::Close,
            ActionKind::Open => Self::Open,
            ActionKind::Snooze { .. } => Self::Snooze,
        }
    }
}

/// The kinds of action in one plan, each at most once, in no order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(from = "Vec<ActionWord>", into = "Vec<ActionWord>")]
#[ts(as = "Vec<ActionWord>")]
pub struct ActionWords(u8);

impl ActionWords {
    /// Whether `word` is one of them.
    pub const fn contains(self, word: ActionWord) -> bool {
        self.0 & word.bit() != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them once, in the order of [`ActionWord::ALL`].
    pub fn iter(self) -> impl Iterator<Item = ActionWord> {
        ActionWord::ALL.into_iter().filter(move |word| self.contains(*word))
    }
}

impl FromIterator<ActionWord> for ActionWords {
    fn from_iter<I: IntoIterator<Item = ActionWord>>(words: I) -> Self {
        Self(words.into_iter().fold(0, |bits, word| bits | word.bit()))
    }
}

impl From<Vec<ActionWord>> for ActionWords {
    fn from(words: Vec<ActionWord>) -> Self {
        words.into_iter().collect()
    }
}

impl From<ActionWords> for Vec<ActionWord> {
    fn from(words: ActionWords) -> Self {
        words.iter().collect()
    }
}

/// What a person made of a suggestion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum Answer {
    /// Carried out as it stood.
    Approved,
    /// The bucket was right; another reply was sent.
    Edited,
    /// It belonged to another bucket.
    Corrected {
        /// That bucket.
        bucket_id: BucketId,
    },
    /// It belonged to no bucket, or nothing was to be done.
    Rejected,
}

impl Answer {
    /// Whether the suggested bucket was the right one.
    pub const fn is_right(&self) -> bool {
        match self {
            Self::Approved | Self::Edited => true,
            Self::Corrected { .. } | Self::Rejected => false,
        }
    }

    /// Whether it would have been wrong to carry out `action` as suggested. A reply that a person changed is wrong
    /// as a reply, and right for every other action of the plan.
    pub const fn is_wrong_for(&self, action: ActionWord) -> bool {
        match self {
            Self::Approved => false,
            Self::Edited => matches!(action, ActionWord::Reply),
            Self::Corrected { .. } | Self::Rejected => true,
        }
    }
}

/// A suggestion with its answer. Only what a person answered is a record: what was carried out automatically says
/// nothing on whether it was right.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Record {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// When the person answered.
    pub at: Timestamp,
    /// The bucket suggested.
    pub bucket_id: BucketId,
    /// The confidence shown with it, 0 to 1.
    pub confidence: f64,
    /// The kinds of action in its plan.
    pub actions: ActionWords,
    /// What the person made of it.
    pub answer: Answer,
    /// Whether the person answered without seeing the suggestion.
    #[serde(default)]
    pub blind: bool,
    /// How long the card was open before the answer, milliseconds; `None` where it was not measured.
    #[serde(default)]
    pub looked_ms: Option<u32>,
}

impl Record {
    /// The bucket that the person put it in; `None` for none.
    pub const fn decided(&self) -> Option<&BucketId> {
        match &self.answer {
            Answer::Approved | Answer::Edited => Some(&self.bucket_id),
            Answer::Corrected { bucket_id } => Some(bucket_id),
            Answer::Rejected => None,
        }
    }
}
