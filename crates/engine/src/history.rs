//! Labelled history that a team brings along: read, mapped to buckets, learned from, taken back.
//!
//! An import is one transaction and can be undone whole. Lessons from it count as older than any decision made here. It
//! decides nothing and sends nothing: it only teaches the local model.

mod file;
mod progress;

pub use file::{FileFault, FileHistory, MOST_BYTES, read};
pub(crate) use progress::LearningHistory;
pub use progress::{Learning, LearningProgress};

use crate::error::EngineError;
use crate::learning::folded;
use crate::workspace::Workspace;
use domain::{Bucket, BucketId, ConversationId, ImportId, NONE_OF_THESE, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;
use store::{ImportSource, ImportedLesson, NewImport, Store};
use triage::OwnedMessage;

/// Lessons of one import at most: the model goes over no more.
pub const MOST_LESSONS: usize = 5_000;
/// Conversations that are looked through for tags: the newest.
const MOST_CONVERSATIONS: u32 = 20_000;
/// Labels that say 'none of the buckets', folded.
const NONE_LABELS: [&str; 5] = [NONE_OF_THESE, "none of these", "none", "oos", "out of scope"];

/// Where the messages of a label go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// Into a bucket.
    Bucket(BucketId),
    /// Into none of them.
    NoneOfThese,
    /// Nowhere: they are not imported.
    LeaveOut,
}

/// A message with its labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Labelled {
    /// The message.
    pub message: OwnedMessage,
    /// Its labels: one in a file, as many as there are tags on a conversation.
    pub labels: Vec<String>,
    /// The conversation it is from.
    pub conversation_id: Option<ConversationId>,
}

/// Messages with labels, from one source.
#[derive(Debug, Clone, PartialEq)]
pub struct History {
    /// Where they are from.
    pub source: ImportSource,
    /// The name of the file; empty for tags.
    pub name: String,
    /// The messages, oldest first.
    pub messages: Vec<Labelled>,
    /// What was left out of it, and why; the first few.
    pub problems: Vec<String>,
    /// How many were left out.
    pub left_out: usize,
}

/// How many messages a label has, and where they might go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCount {
    /// The label as it is written most.
    pub label: String,
    /// How many messages have it.
    pub messages: usize,
    /// Where its name says that they go.
    pub proposed: Target,
}

/// What an import would bring.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gathered {
    /// The lessons.
    pub lessons: Vec<(BucketId, usize)>,
    /// Messages whose label is left out.
    pub left_out: usize,
    /// Messages with labels of several buckets.
    pub ambiguous: usize,
    /// Messages that came twice, or were imported before.
    pub known: usize,
    /// Messages beyond what is learned from: the oldest.
    pub too_many: usize,
}

/// What an import brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Imported {
    /// Its id.
    pub id: ImportId,
    /// Lessons that it brought.
    pub brought: usize,
    /// What became of the rest.
    pub gathered: Gathered,
}

impl History {
    /// The history in a file.
    pub fn of_file(name: &str, bytes: &[u8]) -> Result<Self, FileFault> {
        let FileHistory { lines, problems, left_out } = read(bytes)?;
        let messages = lines.into_iter().map(|line| Labelled {
            message: OwnedMessage { newest: line.text, ..OwnedMessage::default() },
            labels: vec![line.label],
            conversation_id: None,
        });
        Ok(Self {
            source: ImportSource::File,
            name: name.to_owned(),
            messages: messages.collect(),
            problems,
            left_out,
        })
    }

    /// The history in the tags of the conversations that are kept here: what the customer wrote first.
    pub async fn of_tags(store: &Store) -> Result<Self, EngineError> {
        let tagged = store.list_tagged(MOST_CONVERSATIONS).await?;
        let all = tagged.len();
        let messages: Vec<Labelled> = tagged
            .into_iter()
            .filter_map(|conversation| {
                Some(Labelled {
                    message: OwnedMessage {
                        subject: conversation.subject,
                        newest: conversation.text?,
                        earlier: vec![],
                    },
                    labels: conversation.tags,
                    conversation_id: Some(conversation.id),
                })
            })
            .collect();
        let left_out = all - messages.len();
        let problems = match left_out {
            0 => vec![],
            1 => vec!["One conversation with a tag has no text of its customer.".to_owned()],
            more => vec![format!("{more} conversations with a tag have no text of their customer.")],
        };
        Ok(Self { source: ImportSource::Tags, name: String::new(), messages, problems, left_out })
    }

    /// Its labels, the most frequent first, with where their names say that they go.
    pub fn labels(&self, buckets: &[Bucket]) -> Vec<LabelCount> {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for message in &self.messages {
            for label in message.labels.iter().collect::<BTreeSet<_>>() {
                *counts.entry(label).or_default() += 1;
            }
        }
        let mut labels: Vec<LabelCount> = counts
            .into_iter()
            .map(|(label, messages)| LabelCount {
                label: label.to_owned(),
                messages,
                proposed: propose(label, buckets),
            })
            .collect();
        labels.sort_by(|one, other| {
            other.messages.cmp(&one.messages).then_with(|| one.label.cmp(&other.label))
        });
        labels
    }

    /// What it would bring with these targets; a label without one is left out. `known` are texts that were imported
    /// before.
    pub fn gather(&self, targets: &BTreeMap<String, Target>, known: &BTreeSet<String>) -> Gathered {
        let mut gathered = Gathered::default();
        let mut seen = HashSet::new();
        for (place, message) in self.messages.iter().enumerate() {
            let wanted: BTreeSet<&str> = message
                .labels
                .iter()
                .filter_map(|label| match targets.get(label) {
                    Some(Target::Bucket(bucket)) => Some(bucket.as_str()),
                    Some(Target::NoneOfThese) => Some(NONE_OF_THESE),
                    Some(Target::LeaveOut) | None => None,
                })
                .collect();
            let mut wanted = wanted.into_iter();
            let Some(bucket) = wanted.next() else {
                gathered.left_out += 1;
                continue;
            };
            if wanted.next().is_some() {
                gathered.ambiguous += 1;
            } else if known.contains(&message.message.newest)
                || !seen.insert((folded(&message.message.newest), bucket))
            {
                gathered.known += 1;
            } else {
                gathered.lessons.push((bucket.into(), place));
            }
        }
        gathered.too_many = gathered.lessons.len().saturating_sub(MOST_LESSONS);
        gathered.lessons.drain(..gathered.too_many);
        gathered
    }
}

impl Gathered {
    /// What is not imported and why, in sentences.
    pub fn sentences(&self) -> Vec<String> {
        let told = [
            (
                self.left_out,
                "is left out, since its label goes nowhere",
                "are left out, since their labels go nowhere",
            ),
            (self.ambiguous, "has labels of several buckets", "have labels of several buckets"),
            (self.known, "came twice or was imported before", "came twice or were imported before"),
            (
                self.too_many,
                "is beyond what is learned from at once",
                "are beyond what is learned from at once: the oldest",
            ),
        ];
        told.into_iter()
            .filter(|(count, ..)| *count > 0)
            .map(|(count, one, more)| match count {
                1 => format!("1 message {one}."),
                count => format!("{count} messages {more}."),
            })
            .collect()
    }
}

/// Keeps a history as lessons. Whoever holds a model trains it afterwards.
pub async fn keep(
    store: &Store,
    history: &History,
    targets: &BTreeMap<String, Target>,
    id: ImportId,
    at: Timestamp,
) -> Result<Imported, EngineError> {
    check(store, history, targets).await?;
    let gathered = history.gather(targets, &store.list_imported_texts().await?);
    if gathered.lessons.is_empty() {
        let why = gathered.sentences().join(" ");
        return Err(EngineError::BadInput(format!("There is nothing to import. {why}").trim().to_owned()));
    }
    let lessons = gathered.lessons.iter().filter_map(|(bucket_id, place)| {
        let labelled = history.messages.get(*place)?;
        Some(ImportedLesson {
            bucket_id: bucket_id.clone(),
            conversation_id: labelled.conversation_id.clone(),
            message: serde_json::to_value(&labelled.message).ok()?,
        })
    });
    let new =
        NewImport { id, at, source: history.source, name: history.name.clone(), lessons: lessons.collect() };
    store.insert_import(&new).await?;
    Ok(Imported { id, brought: new.lessons.len(), gathered })
}

/// Refuses targets that fit neither the history nor the buckets.
async fn check(
    store: &Store,
    history: &History,
    targets: &BTreeMap<String, Target>,
) -> Result<(), EngineError> {
    let labels: HashSet<&String> = history.messages.iter().flat_map(|message| &message.labels).collect();
    let buckets = store.list_buckets().await?;
    for (label, target) in targets {
        if !labels.contains(label) {
            return Err(EngineError::BadInput(format!(
                "No message has the label “{label}”. Look at the preview again."
            )));
        }
        if let Target::Bucket(id) = target
            && !buckets.iter().any(|bucket| bucket.id == *id)
        {
            let known: Vec<&str> = buckets.iter().map(|bucket| bucket.id.as_str()).collect();
            return Err(EngineError::BadInput(format!(
                "The label “{label}” goes to “{id}”, and there is no such bucket. There are: {}.",
                known.join(", ")
            )));
        }
    }
    Ok(())
}

fn propose(label: &str, buckets: &[Bucket]) -> Target {
    let label = folded(label);
    if NONE_LABELS.contains(&label.as_str()) {
        return Target::NoneOfThese;
    }
    let named = buckets.iter().find(|bucket| folded(&bucket.name) == label || bucket.id.as_str() == label);
    named.map_or(Target::LeaveOut, |bucket| Target::Bucket(bucket.id.clone()))
}

impl Workspace {
    /// Imports a history and trains the model with it, in the background.
    pub async fn import_history(
        self: &Arc<Self>,
        history: &History,
        targets: &BTreeMap<String, Target>,
    ) -> Result<Imported, EngineError> {
        let imported =
            keep(&self.store, history, targets, ImportId(self.ids.next()), self.clock.now()).await?;
        self.history_changed();
        Ok(imported)
    }

    /// Takes an import back whole, and trains the model without it. Returns how many lessons went.
    pub async fn undo_import(self: &Arc<Self>, id: ImportId) -> Result<u32, EngineError> {
        let gone = self.store.undo_import(id, self.clock.now()).await?;
        self.history_changed();
        Ok(gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(lines: &str) -> History {
        History::of_file("history.csv", format!("text,label\n{lines}").as_bytes()).unwrap()
    }

    fn bucket(id: &str, name: &str) -> Bucket {
        Bucket {
            id: id.into(),
            name: name.to_owned(),
            description: String::new(),
            tone: domain::BucketTone::Blue,
            team_id: None,
            team_name: String::new(),
            reply: String::new(),
            closes: false,
            examples: vec![],
            position: 0,
        }
    }

    fn targets(pairs: &[(&str, Target)]) -> BTreeMap<String, Target> {
        pairs.iter().map(|(label, target)| ((*label).to_owned(), target.clone())).collect()
    }

    #[test]
    fn labels_are_counted_and_find_the_bucket_of_their_name() {
        let history = history("One,billing\nTwo,Billing & more\nThree,billing\nFour,OOS\nFive,urgent\n");
        let buckets = [bucket("b-1", "Billing"), bucket("urgent", "Fires")];
        let told: Vec<(String, usize, Target)> =
            history.labels(&buckets).into_iter().map(|one| (one.label, one.messages, one.proposed)).collect();
        let expected = [
            ("billing", 2, Target::Bucket("b-1".into())),
            ("Billing & more", 1, Target::LeaveOut),
            ("OOS", 1, Target::NoneOfThese),
            ("urgent", 1, Target::Bucket("urgent".into())),
        ];
        assert_eq!(told, expected.map(|(label, count, target)| (label.to_owned(), count, target)));
    }

    #[test]
    fn what_comes_twice_or_goes_nowhere_is_left_out_and_told() {
        let history = history("One,a\none ,a\nOne,b\nTwo,a\nThree,c\n");
        let targets = targets(&[("a", Target::Bucket("billing".into())), ("b", Target::NoneOfThese)]);
        let gathered = history.gather(&targets, &BTreeSet::from(["Two".to_owned()]));
        assert_eq!(gathered.lessons, [("billing".into(), 0), (NONE_OF_THESE.into(), 2)]);
        assert_eq!((gathered.left_out, gathered.known), (1, 2));
        assert_eq!(
            gathered.sentences(),
            [
                "1 message is left out, since its label goes nowhere.",
                "2 messages came twice or were imported before."
            ]
        );
    }

    #[test]
    fn a_conversation_with_tags_of_two_buckets_teaches_neither() {
        let labelled = |labels: &[&str]| Labelled {
            message: OwnedMessage { newest: labels.join(" "), ..OwnedMessage::default() },
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
            conversation_id: Some("1".into()),
        };
        let history = History {
            source: ImportSource::Tags,
            name: String::new(),
            messages: vec![labelled(&["refund", "down"]), labelled(&["refund", "vip"])],
            problems: vec![],
            left_out: 0,
        };
        let targets = targets(&[
            ("refund", Target::Bucket("billing".into())),
            ("down", Target::Bucket("urgent".into())),
            ("vip", Target::LeaveOut),
        ]);
        let gathered = history.gather(&targets, &BTreeSet::new());
        assert_eq!((gathered.lessons, gathered.ambiguous), (vec![("billing".into(), 1)], 1));
    }

    #[test]
    fn of_too_many_the_oldest_are_left_out() {
        let lines: Vec<String> = (0..MOST_LESSONS + 2).map(|number| format!("Message {number},a")).collect();
        let gathered = history(&lines.join("\n"))
            .gather(&targets(&[("a", Target::Bucket("billing".into()))]), &BTreeSet::new());
        assert_eq!((gathered.lessons.len(), gathered.too_many, gathered.lessons[0].1), (MOST_LESSONS, 2, 2));
    }
}
