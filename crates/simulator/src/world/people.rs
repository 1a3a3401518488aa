//! Teammates and customers who act by chance: who does what, to which conversation and when follows from a seed.
//!
//! They act on the clock of the workspace, each act at the moment it was due. A world catches up with what was due
//! before it answers a call, so nobody ever sees it lag behind its clock.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Assignee, Channel, Contact, Message, Opening, Span, World};
use crate::{seed::Stream, text};

/// Who acts by chance, and how often.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct People {
    /// What they do, and in which order, follows from it.
    pub seed: u64,
    /// Acts in an hour of the workspace's clock, on average. With 0 they act only when they are told to.
    pub per_hour: f64,
    /// They choose among so many of the conversations that changed last.
    pub among: usize,
    /// They choose among these alone, where some are given.
    pub conversation_ids: Vec<String>,
    /// They stop after so many acts.
    pub times: Option<u64>,
    /// How often each act is chosen, against the others.
    pub weights: Weights,
}

impl Default for People {
    fn default() -> Self {
        Self {
            seed: 1,
            per_hour: 60.0,
            among: 200,
            conversation_ids: Vec::new(),
            times: None,
            weights: Weights::default(),
        }
    }
}

/// How often each act is chosen, against the others.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    /// A teammate answers.
    pub reply: u32,
    /// A teammate leaves a note.
    pub note: u32,
    /// A teammate gives a conversation to somebody, to a team, or to nobody.
    pub assign: u32,
    /// A teammate closes one.
    pub close: u32,
    /// A teammate snoozes one, for up to a day.
    pub snooze: u32,
    /// A teammate opens one.
    pub open: u32,
    /// A customer writes again.
    pub customer: u32,
    /// A customer begins a conversation.
    pub arrive: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self { reply: 4, note: 2, assign: 3, close: 2, snooze: 1, open: 1, customer: 5, arrive: 0 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Act {
    Reply,
    Note,
    Assign,
    Close,
    Snooze,
    Open,
    Customer,
    Arrive,
}

impl Act {
    fn name(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
            Self::Assign => "assign",
            Self::Close => "close",
            Self::Snooze => "snooze",
            Self::Open => "open",
            Self::Customer => "customer",
            Self::Arrive => "arrive",
        }
    }
}

/// People who are acting, and how far they have come.
#[derive(Debug)]
pub(crate) struct Stirring {
    pub(crate) people: People,
    pub(crate) done: u64,
    pub(crate) acts: BTreeMap<&'static str, u64>,
    stream: Stream,
    due_ms: Option<i64>,
}

impl Stirring {
    fn plan(&mut self, from_ms: i64) {
        let over = self.people.times.is_some_and(|times| self.done >= times);
        if over || self.people.per_hour <= 0.0 || !self.people.per_hour.is_finite() {
            self.due_ms = None;
            return;
        }
        let mean_ms = 3_600_000.0 / self.people.per_hour;
        let gap_ms = mean_ms * (0.5 + self.stream.fraction());
        self.due_ms = Some(from_ms.saturating_add((gap_ms as i64).max(1)));
    }

    fn draw_act(&mut self) -> Option<Act> {
        let weights = self.people.weights;
        let choices = [
            (Act::Reply, weights.reply),
            (Act::Note, weights.note),
            (Act::Assign, weights.assign),
            (Act::Close, weights.close),
            (Act::Snooze, weights.snooze),
            (Act::Open, weights.open),
            (Act::Customer, weights.customer),
            (Act::Arrive, weights.arrive),
        ];
        let total: u64 = choices.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut place = self.stream.below(total)?;
        for (act, weight) in choices {
            let weight = u64::from(weight);
            if place < weight {
                return Some(act);
            }
            place -= weight;
        }
        None
    }
}

impl World {
    /// Lets people act by chance from now on, in place of those who did.
    pub(crate) fn stir(&mut self, people: People) {
        let stream = Stream::new(people.seed);
        let mut stirring = Stirring { people, done: 0, acts: BTreeMap::new(), stream, due_ms: None };
        stirring.plan(self.clock.now_ms());
        self.stirring = Some(stirring);
    }

    pub(super) fn next_stir_ms(&self) -> Option<i64> {
        self.stirring.as_ref()?.due_ms
    }

    /// Does what was due by `now_ms`, each act at its own time.
    pub(super) fn stir_until(&mut self, now_ms: i64) {
        while let Some(due_ms) = self.next_stir_ms().filter(|due_ms| *due_ms <= now_ms) {
            self.stir_once(due_ms / 1000);
            if let Some(stirring) = &mut self.stirring {
                stirring.plan(due_ms);
            }
        }
    }

    /// Lets one person act, and says what was done: the act, the conversation, the part.
    pub(crate) fn stir_once(&mut self, at: i64) -> Option<(&'static str, u64, Option<u64>)> {
        self.settle();
        // Taken out for as long as it works on the rest of the world.
        let mut stirring = self.stirring.take()?;
        stirring.done += 1;
        let done = self.act_by_chance(&mut stirring, at);
        if let Some((name, ..)) = done {
            *stirring.acts.entry(name).or_default() += 1;
        }
        self.stirring = Some(stirring);
        done
    }

    fn act_by_chance(
        &mut self,
        stirring: &mut Stirring,
        at: i64,
    ) -> Option<(&'static str, u64, Option<u64>)> {
        let act = stirring.draw_act()?;
        let number = stirring.done;
        let stream = &mut stirring.stream;
        let name = act.name();
        let words = |who: &str| Message::html(text::paragraphs(&format!("{who} by chance, number {number}")));
        if act == Act::Arrive {
            let id = self.begin_by_chance(stream, number, at)?;
            return Some((name, id, None));
        }
        let id = self.choose_conversation(&stirring.people, stream)?;
        let at = self.conversations.get(id).map_or(at, |conversation| at.max(conversation.updated_at));
        if act == Act::Customer {
            let contact_id = self.conversations.get(id)?.contact_ids.first().cloned()?;
            let part = self.contact_replies(id, &contact_id, words("A customer writes"), at);
            return Some((name, id, part));
        }
        let admin_id = self.choose_teammate(stream)?;
        let part = match act {
            Act::Reply => self.admin_comments(id, admin_id, words("A teammate answers"), at),
            Act::Note => self.admin_notes(id, admin_id, words("A teammate notes"), at),
            Act::Assign => {
                let assignee = self.choose_assignee(stream)?;
                self.assign(id, admin_id, assignee, Message::default(), at)
            }
            Act::Close => self.close(id, admin_id, Message::default(), at),
            Act::Snooze => {
                let until = at + 600 * (1 + i64::try_from(stream.below(144)?).unwrap_or(0));
                self.snooze(id, admin_id, until, at)
            }
            Act::Open => self.open(id, admin_id, at),
            Act::Customer | Act::Arrive => None,
        };
        Some((name, id, part))
    }

    fn choose_conversation(&self, people: &People, stream: &mut Stream) -> Option<u64> {
        if !people.conversation_ids.is_empty() {
            let place = usize::try_from(stream.below(people.conversation_ids.len() as u64)?).ok()?;
            let id = people.conversation_ids.get(place)?.parse().ok()?;
            return self.conversations.contains_key(id).then_some(id);
        }
        let among = people.among.clamp(1, self.conversations.len().max(1)) as u64;
        let place = usize::try_from(stream.below(among)?).ok()?;
        self.conversations.newest_first(Span::ALWAYS).nth(place).map(|chosen| chosen.id)
    }

    /// Anybody but the owner of the token and the bot, so that what they do cannot be taken for the work of a client.
    fn choose_teammate(&self, stream: &mut Stream) -> Option<u64> {
        let others: Vec<u64> =
            self.admins.iter().skip(1).filter(|admin| !admin.is_bot).map(|admin| admin.id).collect();
        others.get(usize::try_from(stream.below(others.len() as u64)?).ok()?).copied()
    }

    fn choose_assignee(&self, stream: &mut Stream) -> Option<Assignee> {
        Some(match stream.below(8)? {
            0 => Assignee::Admin(None),
            1 => Assignee::Team(None),
            2..=4 => Assignee::Admin(Some(self.choose_teammate(stream)?)),
            _ => {
                let place = usize::try_from(stream.below(self.teams.len() as u64)?).ok()?;
                Assignee::Team(self.teams.get(place).map(|team| team.id))
            }
        })
    }

    fn begin_by_chance(&mut self, stream: &mut Stream, number: u64, at: i64) -> Option<u64> {
        let place = usize::try_from(stream.below(self.contacts.len() as u64)?).ok()?;
        let contact_id = self.contacts.iter().nth(place).map(|contact: &Contact| contact.id.clone())?;
        let html = text::paragraphs(&format!("A customer begins by chance, number {number}"));
        Some(self.open_conversation(Opening {
            contact_id,
            subject: String::new(),
            html,
            attachments: Vec::new(),
            channel: Channel::Chat,
            at,
            truth: None,
            script: None,
        }))
    }
}
