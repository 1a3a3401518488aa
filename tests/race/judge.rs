//! What is asked of an interleaving once it is over.

use domain::{AuthorKind, Conversation, ConversationId, Part, PartId};
use std::fmt;

/// Who acted beside the consoles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Foreign {
    Customer,
    Teammate,
    /// Moves nothing.
    Note,
}

/// What a console sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Reply,
    Step,
}

/// The course of an interleaving, as the lane saw it.
pub(crate) struct Case {
    pub(crate) seed: u64,
    id: ConversationId,
    same_plan: bool,
    /// Acts of others in their order, notes left out.
    acts: Vec<Option<PartId>>,
    /// How many of them each console's newest reading could show.
    seen: [usize; 2],
    /// The newest part of the state that each console's newest decision stands on.
    base: [Option<PartId>; 2],
    /// Writes made after the teammate or the customer had acted since the last reading.
    gap: u64,
    writes: u64,
    /// Replies, with the acts that the last reading before it could show.
    replies: Vec<(usize, usize, Option<PartId>)>,
    decisions: u64,
    /// An answer was lost, or a claim may have lapsed: then a decision may come back to its person unsent.
    troubled: bool,
}

impl Case {
    pub(crate) fn new(seed: u64, id: ConversationId, same_plan: bool) -> Self {
        Self {
            seed,
            id,
            same_plan,
            acts: vec![],
            seen: [0; 2],
            base: [None, None],
            gap: 0,
            writes: 0,
            replies: vec![],
            decisions: 0,
            troubled: false,
        }
    }

    pub(crate) fn troubled(&mut self) {
        self.troubled = true;
    }

    pub(crate) fn decided(&mut self, which: usize, base: Option<PartId>) {
        self.base[which] = base;
        self.decisions += 1;
    }

    pub(crate) fn acted(&mut self, part: Option<PartId>, who: Foreign) {
        match who {
            Foreign::Note => {}
            // An act that left no part changed nothing: what was open was opened.
            Foreign::Customer | Foreign::Teammate if part.is_none() => {}
            Foreign::Customer | Foreign::Teammate => self.acts.push(part),
        }
    }

    pub(crate) fn read(&mut self, which: usize) {
        self.seen[which] = self.acts.len();
    }

    pub(crate) fn sent(&mut self, which: usize, what: Sent) {
        self.writes += 1;
        if self.acts.len() > self.seen[which] {
            self.gap += 1;
        }
        if what == Sent::Reply {
            self.replies.push((which, self.seen[which], self.base[which].clone()));
        }
    }

    pub(crate) fn judge(self, found: &Conversation, outcomes: &[Vec<String>]) -> Verdict {
        let mut faults = Vec::new();
        let mut say = |text: String| {
            faults.push(format!("seed {}, conversation {}: {text}; {}", self.seed, self.id, told(found)));
        };
        let place = |id: &PartId| found.parts.iter().position(|part| part.id == *id);
        let mut of_message: Vec<&str> = vec![];
        let mut replied = 0;
        for part in &found.parts {
            if part.is_from_contact() && part.is_message() {
                of_message.clear();
            }
            let Some(text) = console_reply(part) else { continue };
            replied += 1;
            of_message.push(text);
            if of_message.len() > 1 {
                say(format!("one message was answered twice: {of_message:?}"));
            }
        }
        for (which, seen, base) in &self.replies {
            let from = base.as_ref().and_then(place).unwrap_or(0);
            let moved =
                self.acts.iter().take(*seen).flatten().any(|act| place(act).is_some_and(|at| at > from));
            if moved {
                say(format!(
                    "console {which} replied though its last reading showed that somebody had acted"
                ));
            }
        }
        let alone = self.acts.is_empty();
        if alone && self.same_plan && !self.troubled && self.decisions > 0 && replied != 1 {
            say(format!("nobody else acted, and {replied} replies went out: {outcomes:?}"));
        }
        let ended = |word: &str| outcomes.iter().flatten().filter(|one| one.ends_with(word)).count() as u64;
        Verdict {
            replied: replied as u64,
            withdrawn: u64::from(alone && outcomes.iter().flatten().any(|one| one.ends_with("refused"))),
            refused: ended("refused"),
            failed: ended("failed"),
            gap: self.gap,
            writes: self.writes,
            acts: self.acts.len() as u64,
            faults,
        }
    }
}

/// The text of a reply that a console sent.
fn console_reply(part: &Part) -> Option<&str> {
    let text = part.text.as_deref()?;
    (part.author.kind == AuthorKind::Admin && part.kind != "note" && text.starts_with("Reply of "))
        .then_some(text)
}

fn told(found: &Conversation) -> String {
    let parts: Vec<String> = found
        .parts
        .iter()
        .map(|part| {
            format!("{} {} by {}: {}", part.id, part.kind, part.author.id, part.text.as_deref().unwrap_or(""))
        })
        .collect();
    parts.join(" | ")
}

/// What one interleaving came to.
pub(crate) struct Verdict {
    replied: u64,
    withdrawn: u64,
    refused: u64,
    failed: u64,
    gap: u64,
    writes: u64,
    acts: u64,
    faults: Vec<String>,
}

/// What all of them came to.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    cases: u64,
    pub(crate) replied: u64,
    pub(crate) withdrawn: u64,
    refused: u64,
    failed: u64,
    pub(crate) gap: u64,
    writes: u64,
    acts: u64,
    pub(crate) faults: Vec<String>,
}

impl Figures {
    pub(crate) fn add(&mut self, verdict: Verdict) {
        self.cases += 1;
        self.replied += verdict.replied;
        self.withdrawn += verdict.withdrawn;
        self.refused += verdict.refused;
        self.failed += verdict.failed;
        self.gap += verdict.gap;
        self.writes += verdict.writes;
        self.acts += verdict.acts;
        self.faults.extend(verdict.faults);
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.cases += other.cases;
        self.replied += other.replied;
        self.withdrawn += other.withdrawn;
        self.refused += other.refused;
        self.failed += other.failed;
        self.gap += other.gap;
        self.writes += other.writes;
        self.acts += other.acts;
        self.faults.extend(other.faults);
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} interleavings, {} acts of others, {} writes of the consoles, {} replies, {} steps refused, \
             {} failed, {} times a console withdrew before the other, {} writes in the declared gap, {} faults",
            self.cases,
            self.acts,
            self.writes,
            self.replied,
            self.refused,
            self.failed,
            self.withdrawn,
            self.gap,
            self.faults.len()
        )
    }
}
