//! What is classified, and what is learned.

use serde::{Deserialize, Serialize};

/// A customer's message with what came before it.
///
/// `E` is whatever holds the earlier texts; `Message<'a>` alone borrows them as a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a, E = &'a [&'a str]> {
    /// Subject of the conversation, where it has one.
    pub subject: Option<&'a str>,
    /// The newest text of the customer. Evidence points into it.
    pub newest: &'a str,
    /// Earlier texts of the customer, newest first. They weigh less, and less the older they are.
    pub earlier: E,
}

impl<'a> Message<'a> {
    /// A text that stands alone, with no subject and nothing before it.
    pub const fn alone(newest: &'a str) -> Self {
        Self { subject: None, newest, earlier: &[] }
    }
}

/// A customer's message with what came before it, owned, as decisions keep it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnedMessage {
    /// Subject of the conversation, where it has one.
    #[serde(default)]
    pub subject: Option<String>,
    /// The newest text of the customer.
    pub newest: String,
    /// Earlier texts of the customer, newest first.
    #[serde(default)]
    pub earlier: Vec<String>,
}

impl OwnedMessage {
    /// The same message, borrowed.
    pub fn as_message(&self) -> Message<'_, Vec<&str>> {
        Message {
            subject: self.subject.as_deref(),
            newest: &self.newest,
            earlier: self.earlier.iter().map(String::as_str).collect(),
        }
    }
}

/// What a person decided about a message.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Lesson {
    /// The message as it was decided on.
    pub message: OwnedMessage,
    /// Key of the bucket that the person put it in.
    pub bucket: String,
    /// How much it counts: 1 for a bucket that the person chose, less for a suggestion that the person let stand.
    pub weight: f32,
}
