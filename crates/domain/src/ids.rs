//! Identities: ours are `UUIDv7`, the vendor's are text exactly as received.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

macro_rules! our_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub Uuid);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::parse_str(text).map(Self)
            }
        }
    )+};
}

macro_rules! their_id {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
        #[serde(transparent)]
        #[ts(type = "string")]
        pub struct $name(pub String);

        impl $name {
            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }
    )+};
}

our_id! {
    /// A workspace known to this console.
    WorkspaceId,
    /// A webhook notification as received.
    DeliveryId,
    /// A suggestion made for one state of one conversation.
    SuggestionId,
    /// A person's answer.
    DecisionId,
    /// One call to make on the vendor.
    ActionId,
    /// The erasing of a person.
    ErasureId,
    /// The import of a labelled history.
    ImportId,
    /// A draft of a reply.
    DraftId,
}

their_id! {
    /// A conversation, the vendor's id.
    ConversationId,
    /// A conversation part, the vendor's id.
    PartId,
    /// A contact, the vendor's id.
    ContactId,
    /// A teammate, the vendor's id.
    AdminId,
    /// A team, the vendor's id.
    TeamId,
    /// An article of the help center, the vendor's id.
    ArticleId,
    /// A macro, the vendor's id.
    MacroId,
    /// A bucket: `urgent`, `billing`, `general`, `spam`, or the team's own key.
    BucketId,
}
