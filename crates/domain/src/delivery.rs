//! Deliveries: webhook notifications, and what they say should be fetched again.

use crate::action::InvalidTransition;
use crate::ids::{ArticleId, ContactId, ConversationId, SuggestionId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What a delivery or a poll says should be fetched again. Never facts themselves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Change {
    /// A conversation changed.
    Conversation(ConversationId),
    /// A conversation was deleted.
    ConversationDeleted(ConversationId),
    /// A contact changed.
    Contact(ContactId),
    /// A contact was deleted.
    ContactDeleted(ContactId),
    /// Two contacts became one.
    ContactMerged {
        /// The contact that is no more.
        from: ContactId,
        /// The contact that stays.
        into: ContactId,
    },
    /// An article of the help center changed, appeared, or is no longer to be read.
    Article(ArticleId),
    /// The vendor tests that it can reach us.
    Ping,
    /// Nothing that this console follows.
    Ignored,
}

impl Change {
    /// What kind of change it is.
    pub const fn kind(&self) -> ChangeKind {
        match self {
            Self::Conversation(_) => ChangeKind::Conversation,
            Self::ConversationDeleted(_) => ChangeKind::ConversationDeleted,
            Self::Contact(_) => ChangeKind::Contact,
            Self::ContactDeleted(_) => ChangeKind::ContactDeleted,
            Self::ContactMerged { .. } => ChangeKind::ContactMerged,
            Self::Article(_) => ChangeKind::Article,
            Self::Ping => ChangeKind::Ping,
            Self::Ignored => ChangeKind::Ignored,
        }
    }
}

/// A [`Change`] without what it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangeKind {
    /// A conversation changed.
    Conversation,
    /// A conversation was deleted.
    ConversationDeleted,
    /// A contact changed.
    Contact,
    /// A contact was deleted.
    ContactDeleted,
    /// Two contacts became one.
    ContactMerged,
    /// An article changed.
    Article,
    /// The way here is tested.
    Ping,
    /// Nothing that is followed.
    Ignored,
}

impl ChangeKind {
    const ALL: [Self; 8] = [
        Self::Conversation,
        Self::ConversationDeleted,
        Self::Contact,
        Self::ContactDeleted,
        Self::ContactMerged,
        Self::Article,
        Self::Ping,
        Self::Ignored,
    ];

    /// The word used in SQL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::ConversationDeleted => "conversation_deleted",
            Self::Contact => "contact",
            Self::ContactDeleted => "contact_deleted",
            Self::ContactMerged => "contact_merged",
            Self::Article => "article",
            Self::Ping => "ping",
            Self::Ignored => "ignored",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

/// A notification as the vendor's dialect reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The workspace it is for, the vendor's id.
    pub app_id: String,
    /// The vendor's id of the notification; some kinds have none, and those are never merged.
    pub id: Option<String>,
    /// The topic, older names translated to today's.
    pub topic: String,
    /// When the vendor made it.
    pub created_at: Option<Timestamp>,
    /// Which attempt of the vendor's this is.
    pub attempt: Option<u32>,
    /// What to fetch, or why the item could not be understood.
    pub change: Result<Change, OddItem>,
}

/// The item of a notification has a shape that says nothing about what changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct OddItem(pub String);

/// A body that is no notification at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotificationError(pub String);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// On disk, not yet looked at.
    Received,
    /// What it names was fetched.
    Applied,
    /// Of a topic that this console does not follow.
    Ignored,
    /// Not understood, or what it names could not be fetched.
    Failed,
}

impl DeliveryOutcome {
    /// The word used in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Applied => "applied",
            Self::Ignored => "ignored",
            Self::Failed => "failed",
        }
    }

    /// The outcome of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Received, Self::Applied, Self::Ignored, Self::Failed]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }

    /// The outcome after an event, or the refusal of an event that cannot happen to it.
    ///
    /// A replay leads to `Received` again, and from there to whatever comes of it: it reads what the delivery names
    /// once more and does nothing else, so it is allowed from every settled outcome.
    pub const fn after(self, event: DeliveryEvent) -> Result<Self, InvalidTransition> {
        let to = match event {
            DeliveryEvent::Fetched => Self::Applied,
            DeliveryEvent::NotFollowed => Self::Ignored,
            DeliveryEvent::GivenUp => Self::Failed,
            DeliveryEvent::PutOff | DeliveryEvent::Replayed => Self::Received,
        };
        match (self, event) {
            (
                Self::Received,
                DeliveryEvent::Fetched
                | DeliveryEvent::NotFollowed
                | DeliveryEvent::GivenUp
                | DeliveryEvent::PutOff,
            )
            | (Self::Applied | Self::Ignored | Self::Failed, DeliveryEvent::Replayed) => Ok(to),
            (Self::Received, DeliveryEvent::Replayed)
            | (
                Self::Applied | Self::Ignored | Self::Failed,
                DeliveryEvent::Fetched
                | DeliveryEvent::NotFollowed
                | DeliveryEvent::GivenUp
                | DeliveryEvent::PutOff,
            ) => Err(InvalidTransition {
                from: self.as_str(),
                to: if matches!(event, DeliveryEvent::Replayed) { "replayed" } else { to.as_str() },
            }),
        }
    }
}

/// What can happen to a delivery that is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryEvent {
    /// What it names was fetched and stored.
    Fetched,
    /// Its topic turned out to be none that is followed.
    NotFollowed,
    /// It was not understood, or another attempt would change nothing.
    GivenUp,
    /// The helpdesk could not be read; it is tried again later.
    PutOff,
    /// A person asked for it to be taken up once more.
    Replayed,
}

/// What an applied delivery led to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedTo {
    /// Something was new, and is stored.
    News,
    /// Everything was known before.
    Known,
    /// Something was new, and this suggestion was made for it.
    Suggestion(SuggestionId),
    /// What it names is gone at the helpdesk, and was erased here.
    Erased,
}

impl LedTo {
    /// The word used in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::News => "news",
            Self::Known => "known",
            Self::Suggestion(_) => "suggestion",
            Self::Erased => "erased",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OUTCOMES: [DeliveryOutcome; 4] = [
        DeliveryOutcome::Received,
        DeliveryOutcome::Applied,
        DeliveryOutcome::Ignored,
        DeliveryOutcome::Failed,
    ];
    const EVENTS: [DeliveryEvent; 5] = [
        DeliveryEvent::Fetched,
        DeliveryEvent::NotFollowed,
        DeliveryEvent::GivenUp,
        DeliveryEvent::PutOff,
        DeliveryEvent::Replayed,
    ];

    #[test]
    fn every_outcome_allows_exactly_the_events_that_can_happen_to_it() {
        use DeliveryOutcome::{Applied, Failed, Ignored, Received};
        let table = [
            // Fetched, NotFollowed, GivenUp, PutOff, Replayed
            (Received, [Some(Applied), Some(Ignored), Some(Failed), Some(Received), None]),
            (Applied, [None, None, None, None, Some(Received)]),
            (Ignored, [None, None, None, None, Some(Received)]),
            (Failed, [None, None, None, None, Some(Received)]),
        ];
        for (from, row) in table {
            for (event, to) in EVENTS.into_iter().zip(row) {
                assert_eq!(from.after(event).ok(), to, "{from:?} on {event:?}");
            }
        }
    }

    #[test]
    fn a_replay_of_a_failed_delivery_that_now_works_settles_it_as_applied() {
        let again = DeliveryOutcome::Failed.after(DeliveryEvent::Replayed);
        let settled = again.and_then(|outcome| outcome.after(DeliveryEvent::Fetched));
        assert_eq!(settled, Ok(DeliveryOutcome::Applied));
        let refused = DeliveryOutcome::Received.after(DeliveryEvent::Replayed).unwrap_err();
        assert_eq!((refused.from, refused.to), ("received", "replayed"));
    }

    #[test]
    fn words_are_read_back() {
        for outcome in OUTCOMES {
            assert_eq!(DeliveryOutcome::parse(outcome.as_str()), Some(outcome));
        }
    }
}
