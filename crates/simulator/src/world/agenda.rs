//! What is left to happen on its own: new conversations, follow-ups, the end of a snooze.

use std::collections::BTreeMap;

use super::{Assignee, Contact, Message, Opening, ScriptThread, World, sample_file};
use crate::{
    script::{After, Script, Truth},
    text,
};

/// How late an arrival may be and still count from when it was due.
const LATE_MS: i64 = 60_000;
const OF_SCRIPT_AT_ONCE: usize = 20;

/// Tasks by the millisecond they are due in; those of one millisecond in the order they were planned.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    tasks: BTreeMap<(i64, u64), Task>,
    planned: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Task {
    /// The next conversation of the script begins.
    Arrive {
        round: u64,
        position: usize,
    },
    FollowUp {
        conversation_id: u64,
    },
    EndSnooze {
        conversation_id: u64,
        until: i64,
    },
}

impl Agenda {
    fn next_due_ms(&self) -> Option<i64> {
        self.tasks.keys().next().map(|(due_ms, _)| *due_ms)
    }

    fn plan(&mut self, due_ms: i64, task: Task) {
        self.planned += 1;
        self.tasks.insert((due_ms, self.planned), task);
    }

    fn take_due(&mut self, now_ms: i64) -> Option<(i64, Task)> {
        let entry = self.tasks.first_entry().filter(|entry| entry.key().0 <= now_ms)?;
        let due_ms = entry.key().0;
        Some((due_ms, entry.remove()))
    }
}

impl World {
    /// When the next thing happens on its own.
    pub(crate) fn next_due_ms(&self) -> Option<i64> {
        [self.agenda.next_due_ms(), self.next_stir_ms()].into_iter().flatten().min()
    }

    /// Does what is due by now. Of the script only so much at a time, so that no pace holds up the calls.
    pub(crate) fn do_what_is_due(&mut self) {
        let now_ms = self.clock.now_ms();
        let mut of_script = 0;
        while of_script < OF_SCRIPT_AT_ONCE {
            if let Some(due_ms) = self.agenda.next_due_ms() {
                self.stir_until(due_ms.min(now_ms));
            }
            let Some((due_ms, task)) = self.agenda.take_due(now_ms) else { break };
            match task {
                Task::Arrive { round, position } => {
                    of_script += 1;
                    self.arrive(round, position, due_ms);
                }
                Task::FollowUp { conversation_id } => {
                    of_script += 1;
                    self.follow_up(conversation_id);
                }
                Task::EndSnooze { conversation_id, until } => self.end_snooze(conversation_id, until),
            }
        }
        self.stir_until(now_ms);
    }

    pub(super) fn plan_unsnooze(&mut self, conversation_id: u64, until: i64) {
        self.agenda.plan(until.saturating_mul(1000), Task::EndSnooze { conversation_id, until });
    }

    /// Plans the next follow-up of a conversation, if it waits for what has just happened.
    pub(super) fn plan_follow_up(&mut self, conversation_id: u64, happened: After) {
        let Some(thread) = self.conversations.get(conversation_id).and_then(|found| found.script) else {
            return;
        };
        if thread.planned {
            return;
        }
        let Some(entry) = self.script.conversations.get(thread.entry) else { return };
        let Some(follow_up) = entry.follow_ups.get(thread.next).filter(|next| next.after == happened) else {
            return;
        };
        let due_ms = self.clock.now_ms() + scaled_ms(follow_up.delay_s, self.pace);
        self.agenda.plan(due_ms, Task::FollowUp { conversation_id });
        if let Some(thread) =
            self.conversations.get_mut(conversation_id).and_then(|found| found.script.as_mut())
        {
            thread.planned = true;
        }
    }

    pub(super) fn plan_the_traffic(&mut self) {
        if self.traffic().is_empty() {
            return;
        }
        let due_ms = self.clock.now_ms() + scaled_ms(4.0, self.pace);
        self.agenda.plan(due_ms, Task::Arrive { round: 0, position: 0 });
    }

    /// Writes what happened before the start: the people of the script, their closed conversations and the backlog.
    pub(super) fn write_the_past(&mut self) {
        let script = std::sync::Arc::clone(&self.script);
        self.meet_contacts(&script);
        let now = self.now();
        let mut past: Vec<(i64, usize)> = script
            .conversations
            .iter()
            .enumerate()
            .filter_map(|(entry, conversation)| {
                let jitter = self.seed.between("jitter", entry as u64, 0, 50) as i64;
                if conversation.closed_history {
                    let days = conversation.days_ago.unwrap_or(3.0);
                    Some((now - (days * 86_400.0) as i64 - 61 * jitter, entry))
                } else {
                    conversation
                        .backlog_minutes
                        .map(|minutes| (now - (minutes * 60.0) as i64 - jitter, entry))
                }
            })
            .collect();
        past.sort_unstable();
        for (at, entry) in past {
            let Some(conversation_id) = self.begin(entry, at) else { continue };
            if script.conversations.get(entry).is_some_and(|conversation| conversation.closed_history) {
                self.finish_history(&script, entry, conversation_id, at);
            }
        }
    }

    /// The entries that arrive while the workspace runs, in their order.
    fn traffic(&self) -> Vec<usize> {
        let later = self.script.conversations.iter().enumerate().filter(|(_, conversation)| {
            !conversation.closed_history && conversation.backlog_minutes.is_none()
        });
        later.map(|(entry, _)| entry).collect()
    }

    fn arrive(&mut self, round: u64, position: usize, due_ms: i64) {
        let traffic = self.traffic();
        if let Some(entry) = traffic.get(position).copied() {
            self.begin(entry, self.now());
        }
        let (round, position) =
            if position + 1 < traffic.len() { (round, position + 1) } else { (round + 1, 0) };
        let draw = round * traffic.len() as u64 + position as u64;
        let gap_s = self.seed.between("gap", draw, 12_000, 40_000) as f64 / 1000.0;
        let now_ms = self.clock.now_ms();
        // A machine that slept is not made up for.
        let from_ms = if now_ms - due_ms > LATE_MS { now_ms } else { due_ms };
        // A gap has at least a millisecond, so that no pace can hold the clock.
        let due_ms = from_ms + scaled_ms(gap_s, self.pace).max(1);
        self.agenda.plan(due_ms, Task::Arrive { round, position });
    }

    /// Lets an entry of the script begin.
    fn begin(&mut self, entry: usize, at: i64) -> Option<u64> {
        let script = std::sync::Arc::clone(&self.script);
        let written = script.conversations.get(entry)?;
        let contact_id = self.id_of_script_contact(&script, &written.contact)?;
        let attachments = written
            .attachments
            .iter()
            .map(|file| {
                let bytes = sample_file(&file.name, &file.content_type);
                self.keep_file(&file.name, &file.content_type, bytes)
            })
            .collect();
        let subject = written.subject.as_deref().map(text::escaped);
        let subject = subject.map(|subject| format!("<p>{subject}</p>")).unwrap_or_default();
        let follow_ups_start_at = if written.closed_history { usize::MAX } else { 0 };
        let conversation_id = self.open_conversation(Opening {
            contact_id,
            subject,
            html: text::paragraphs(&written.body),
            attachments,
            channel: written.channel,
            at,
            truth: Some(written.truth),
            script: Some(ScriptThread { entry, next: follow_ups_start_at, planned: false }),
        });
        if let Some(language) = &written.language
            && let Some(conversation) = self.conversations.get_mut(conversation_id)
        {
            conversation.custom_attributes.insert("Language".to_owned(), language.as_str().into());
        }
        Some(conversation_id)
    }

    fn follow_up(&mut self, conversation_id: u64) {
        let script = std::sync::Arc::clone(&self.script);
        let Some(conversation) = self.conversations.get_mut(conversation_id) else { return };
        let Some(thread) = conversation.script.as_mut() else { return };
        let said = script.conversations.get(thread.entry).and_then(|entry| entry.follow_ups.get(thread.next));
        let Some(said) = said else { return };
        thread.next += 1;
        thread.planned = false;
        let Some(contact_id) = conversation.contact_ids.first().cloned() else { return };
        let message = Message::html(text::paragraphs(&said.body));
        self.contact_replies(conversation_id, &contact_id, message, self.now());
    }

    fn finish_history(&mut self, script: &Script, entry: usize, conversation_id: u64, at: i64) {
        let Some(written) = script.conversations.get(entry) else { return };
        let draw = entry as u64;
        let team = self.team_for(written.truth).and_then(|id| self.team(id));
        let Some(owner) = self.owner().map(|owner| owner.id) else { return };
        let team_id = team.map(|team| team.id);
        let on_team = team.map(|team| team.admin_ids.clone()).unwrap_or_default();
        let answering = self.seed.pick("history admin", draw, &on_team).copied().unwrap_or(owner);
        let assigned_at = at + 60 * self.seed.between("history assigned", draw, 1, 9) as i64;
        let answered_at = assigned_at + 60 * self.seed.between("history answered", draw, 3, 90) as i64;
        let closed_at = answered_at + 60 * self.seed.between("history closed", draw, 1, 240) as i64;
        if written.truth != Truth::Spam {
            let nothing = Message::default;
            if team_id.is_some() {
                self.assign(conversation_id, owner, Assignee::Team(team_id), nothing(), assigned_at);
            }
            self.assign(conversation_id, owner, Assignee::Admin(Some(answering)), nothing(), assigned_at + 5);
        }
        if let Some(reply) = &written.admin_reply {
            let message = Message::html(text::teammate_html(reply));
            self.admin_comments(conversation_id, answering, message, answered_at);
        }
        self.close(conversation_id, answering, Message::default(), closed_at);
    }

    fn meet_contacts(&mut self, script: &Script) {
        let now = self.now();
        for (at, written) in script.contacts.iter().enumerate() {
            let at = at as u64;
            let company_id =
                written.company.as_deref().map(|name| self.make_company(name, written.plan.as_deref()));
            let age = 86_400 * self.seed.between("script contact age", at, 2, 600) as i64;
            let is_user = written.role == crate::script::Role::User;
            let browser = self.seed.pick("browser", at, &["chrome", "safari", "firefox", "edge"]).copied();
            let os = self.seed.pick("os", at, &["Windows 10", "OS X 10.15.7", "iOS 19", "Ubuntu"]).copied();
            let seen = now - 60 * self.seed.between("script contact seen", at, 2, 20_000) as i64;
            self.contacts.push(Contact {
                id: self.seed.hex("script contact", at, 24),
                external_id: written.external_id.clone(),
                role: written.role,
                name: written.name.clone(),
                email: written.email.clone(),
                city: written.city.clone(),
                country: written.country.clone(),
                language: written.language.clone(),
                browser,
                os,
                custom_attributes: written.custom_attributes.clone(),
                company_ids: company_id.into_iter().collect(),
                created_at: now - age,
                updated_at: seen,
                signed_up_at: is_user.then_some(now - age),
                last_seen_at: Some(seen),
                ..Contact::blank()
            });
        }
    }

    fn id_of_script_contact(&self, script: &Script, key: &str) -> Option<String> {
        let at = script.contacts.iter().position(|contact| contact.key == key)?;
        Some(self.seed.hex("script contact", at as u64, 24))
    }
}

fn scaled_ms(seconds: f64, pace: f64) -> i64 {
    (seconds * 1000.0 / pace) as i64
}
