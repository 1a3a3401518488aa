//! A past of any size, written in one go and told to nobody.

use serde::{Deserialize, Serialize};

use super::{Assignee, Channel, Contact, Message, Opening, World};
use crate::{
    script::{Role, Truth},
    seed::Stream,
    text,
};

/// Conversations that people had before anybody looked.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bulk {
    /// How many conversations.
    pub count: u64,
    /// Over how many days, up to now.
    #[serde(default = "thirty")]
    pub days: u32,
    /// At least and at most so many parts each.
    #[serde(default = "three_to_ten")]
    pub parts: (u64, u64),
    /// The share of conversations that are still open, from 0 to 1.
    #[serde(default = "a_tenth")]
    pub open: f64,
}

impl Default for Bulk {
    fn default() -> Self {
        Self { count: 1_000, days: thirty(), parts: three_to_ten(), open: a_tenth() }
    }
}

const fn thirty() -> u32 {
    30
}

const fn three_to_ten() -> (u64, u64) {
    (3, 10)
}

const fn a_tenth() -> f64 {
    0.1
}

const QUESTIONS: [(&str, Truth); 4] = [
    ("Nothing loads since this morning and the whole team is waiting.", Truth::Urgent),
    ("The invoice of last month has the wrong amount.", Truth::Billing),
    ("How do I add a colleague to my account?", Truth::General),
    ("Buy ten thousand visitors for your page today!", Truth::Spam),
];

const ANSWERS: [&str; 4] = [
    "Thank you for writing, we are looking into it.",
    "This is solved now. Tell us if you see it again.",
    "Could you send us a picture of what you see?",
    "You find this under Settings, then Team.",
];

const FOLLOW_UPS: [&str; 4] =
    ["Any news?", "That worked, thank you!", "It still happens on my side.", "I have attached what I see."];

impl World {
    /// Writes the conversations and gives how many parts they have.
    pub(crate) fn write_bulk(&mut self, bulk: &Bulk) -> u64 {
        let was_silent = std::mem::replace(&mut self.silent, true);
        let mut stream = Stream::new(self.seed.number("bulk", self.made.bulks));
        self.made.bulks += 1;
        let people = self.meet_many(bulk.count.div_ceil(5), i64::from(bulk.days));
        let now = self.now();
        let span = i64::from(bulk.days.max(1)) * 86_400;
        let mut parts = 0;
        for number in 0..bulk.count {
            let share = (number as f64 + stream.fraction()) / bulk.count as f64;
            let at = now - span + (share * span as f64) as i64;
            let Some(contact_id) = choose(&mut stream, &people).cloned() else { break };
            parts += self.write_one(&mut stream, bulk, &contact_id, at.min(now - 60), now);
        }
        self.silent = was_silent;
        self.settle();
        parts
    }

    fn meet_many(&mut self, count: u64, days: i64) -> Vec<String> {
        let now = self.now();
        let batch = self.made.bulks;
        let mut ids = Vec::new();
        for number in 1..=count {
            let id = self.seed.hex("bulk contact", batch << 32 | number, 24);
            let met = now - days * 86_400;
            self.contacts.push(Contact {
                id: id.clone(),
                external_id: Some(format!("bulk-{batch}-{number}")),
                role: Role::User,
                name: Some(format!("Customer {number}")),
                email: Some(format!("customer.{batch}.{number}@bulk.example")),
                created_at: met,
                updated_at: met,
                signed_up_at: Some(met),
                ..Contact::blank()
            });
            ids.push(id);
        }
        ids
    }

    fn write_one(
        &mut self,
        stream: &mut Stream,
        bulk: &Bulk,
        contact_id: &str,
        opened_at: i64,
        now: i64,
    ) -> u64 {
        let (question, truth) = choose(stream, &QUESTIONS).copied().unwrap_or(("Hello", Truth::General));
        let script = std::sync::Arc::clone(&self.script);
        let written = choose(stream, &script.conversations).map(|entry| (entry.body.as_str(), entry.truth));
        let (question, truth) = written.unwrap_or((question, truth));
        let id = self.open_conversation(Opening {
            contact_id: contact_id.to_owned(),
            subject: String::new(),
            html: text::paragraphs(question),
            attachments: Vec::new(),
            channel: if stream.fraction() < 0.5 { Channel::Chat } else { Channel::Email },
            at: opened_at,
            truth: Some(truth),
            script: None,
        });
        let (least, most) = bulk.parts;
        let count = least + stream.below(most.saturating_sub(least) + 1).unwrap_or(0);
        let closes = stream.fraction() >= bulk.open;
        let admins: Vec<u64> = self.admins.iter().filter(|it| !it.is_bot).map(|it| it.id).collect();
        let Some(admin_id) = choose(stream, &admins).copied() else { return 0 };
        let team_id = self.team_for(truth);
        let mut at = opened_at;
        for place in 0..count {
            let left = i64::try_from(count - place).unwrap_or(1);
            let most_gap = ((now - 1 - at) / left).clamp(0, 7_200) as u64;
            at += stream.below(most_gap + 1).unwrap_or(0) as i64;
            if closes && place + 1 == count {
                self.close(id, admin_id, Message::default(), at);
                continue;
            }
            let said = |stream: &mut Stream, from: &[&'static str]| {
                Message::html(text::paragraphs(choose(stream, from).copied().unwrap_or("Hello")))
            };
            match place % 4 {
                0 => {
                    self.assign(id, admin_id, Assignee::Team(team_id), Message::default(), at);
                }
                1 => {
                    let message = said(stream, &ANSWERS);
                    self.admin_comments(id, admin_id, message, at);
                }
                2 => {
                    let message = said(stream, &FOLLOW_UPS);
                    self.contact_replies(id, contact_id, message, at);
                }
                _ => {
                    let message = said(stream, &ANSWERS);
                    self.admin_notes(id, admin_id, message, at);
                }
            }
        }
        count
    }
}

fn choose<'a, T>(stream: &mut Stream, from: &'a [T]) -> Option<&'a T> {
    from.get(usize::try_from(stream.below(from.len() as u64)?).ok()?)
}
