//! Erasing a person: why, what is taken out of a conversation that others share, and how much it was.

use crate::conversation::{AuthorKind, Conversation};
use crate::ids::ContactId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use ts_rs::TS;

/// Who wanted a person erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErasureCause {
    /// The helpdesk said that the contact was deleted.
    Helpdesk,
    /// Somebody who uses this console.
    Person,
}

impl ErasureCause {
    /// The word used in SQL and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Helpdesk => "helpdesk",
            Self::Person => "person",
        }
    }

    /// The cause of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Helpdesk, Self::Person].into_iter().find(|cause| cause.as_str() == word)
    }
}

/// How much of each kind was, or would be, erased.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ErasureCounts {
    /// Records of the person: one, or more where contacts were merged; none where only messages were known.
    pub records: u32,
    /// Conversations that were theirs alone, erased whole.
    pub conversations: u32,
    /// Conversations that others share, which stay without what was theirs.
    pub shared: u32,
    /// Messages and other parts with a text, of anybody, in conversations erased whole, and theirs in shared ones.
    pub messages: u32,
    /// Names and addresses of files.
    pub files: u32,
    /// Suggestions that lost the words they were made from.
    pub suggestions: u32,
    /// Replies and notes of ours to them that lost their text, those begun too.
    pub replies: u32,
    /// Actions that waited to be sent and are not sent.
    pub stopped: u32,
    /// Lessons of the local model.
    pub lessons: u32,
    /// Raw bodies of deliveries.
    pub deliveries: u32,
    /// Conversations of others whose texts mention them; not altered.
    pub mentions: u32,
    /// Example messages of buckets that mention them; not altered.
    pub examples: u32,
}

impl ErasureCounts {
    /// Adds what another step has erased.
    pub const fn add(&mut self, more: &Self) {
        self.records += more.records;
        self.conversations += more.conversations;
        self.shared += more.shared;
        self.messages += more.messages;
        self.files += more.files;
        self.suggestions += more.suggestions;
        self.replies += more.replies;
        self.stopped += more.stopped;
        self.lessons += more.lessons;
        self.deliveries += more.deliveries;
        self.mentions += more.mentions;
        self.examples += more.examples;
    }
}

impl Conversation {
    /// Takes people out of a conversation: what they wrote, the files they sent, their names. Their parts stay as
    /// redacted ones, so that who else wrote when still reads right. The subject goes with whoever wrote first.
    pub fn forget(&mut self, people: &BTreeSet<ContactId>) {
        let is_theirs = |kind: AuthorKind, id: &str| {
            kind == AuthorKind::Contact && people.iter().any(|person| person.as_str() == id)
        };
        if self.parts.first().is_some_and(|part| is_theirs(part.author.kind, &part.author.id)) {
            self.subject = None;
        }
        for part in &mut self.parts {
            if is_theirs(part.author.kind, &part.author.id) {
                part.text = None;
                part.attachments.clear();
                part.redacted = true;
                part.author.name = None;
                part.author.email = None;
            }
        }
    }

    /// Everybody of the customer's side who takes part or has written, each once.
    pub fn people(&self) -> BTreeSet<ContactId> {
        let authors = self.parts.iter().map(|part| &part.author);
        let authors = authors.filter(|author| author.kind == AuthorKind::Contact && !author.id.is_empty());
        self.contact_ids.iter().cloned().chain(authors.map(|author| ContactId(author.id.clone()))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::{Attachment, Author, Part};
    use crate::samples;
    use crate::time::Timestamp;

    fn part(id: &str, kind: AuthorKind, author: &str) -> Part {
        Part {
            id: id.into(),
            kind: "comment".to_owned(),
            author: Author {
                kind,
                id: author.to_owned(),
                name: Some(format!("Name of {author}")),
                email: Some(format!("{author}@example.com")),
            },
            text: Some(format!("text of {author}")),
            attachments: vec![Attachment {
                name: "a.png".to_owned(),
                content_type: String::new(),
                size: None,
                url: String::new(),
            }],
            assigned_to: None,
            created_at: Timestamp(1),
            redacted: false,
        }
    }

    fn shared(first: &str) -> Conversation {
        let parts = vec![
            part("1", AuthorKind::Contact, first),
            part("2", AuthorKind::Contact, "b"),
            // A teammate may bear the same number as a contact.
            part("3", AuthorKind::Admin, "a"),
        ];
        Conversation {
            subject: Some("Subject".to_owned()),
            channel: "email".to_owned(),
            contact_ids: vec!["a".into(), "b".into()],
            ..samples::conversation(parts)
        }
    }

    #[test]
    fn only_what_a_person_wrote_is_taken_out_and_the_subject_where_they_wrote_first() {
        let people = BTreeSet::from([ContactId::from("a")]);
        let mut conversation = shared("a");
        conversation.forget(&people);
        assert_eq!(conversation.subject, None);
        let [first, second, third] = conversation.parts.as_slice() else { panic!("three parts") };
        assert_eq!((&first.text, first.redacted, first.attachments.len()), (&None, true, 0));
        assert_eq!((&first.author.name, &first.author.email), (&None, &None));
        assert_eq!((second, third), (&shared("a").parts[1], &shared("a").parts[2]));
        let mut other = shared("b");
        other.forget(&people);
        assert_eq!(other, shared("b"));
    }

    #[test]
    fn people_are_those_who_take_part_and_those_who_wrote() {
        let mut conversation = shared("c");
        conversation.contact_ids = vec!["a".into()];
        assert_eq!(conversation.people(), ["a", "b", "c"].map(ContactId::from).into());
    }
}
