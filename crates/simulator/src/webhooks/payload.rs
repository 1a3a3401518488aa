//! The envelope of a notification, and the dialects in which its item may come.
//!
//! Which dialect a notification speaks is drawn from the seed and from what it tells, so a listener meets all of
//! them in one workspace: the shapes before 2.15 (HTML, times of the figures as ISO 8601, null for nobody) and those
//! since (plain text, Unix times), ids as strings or as numbers.

use serde_json::{Value, json};
use sha1::{Digest, Sha1};

use crate::{clock, seed::Seed, text, world::Notice};

pub(super) struct Envelope<'a> {
    pub(super) seed: Seed,
    pub(super) app_id: &'a str,
    pub(super) notice: &'a Notice,
    pub(super) attempt: u8,
    pub(super) first_sent_at: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Dialect {
    since_2_15: bool,
    iso_times: bool,
    number_ids: bool,
}

impl Envelope<'_> {
    pub(super) fn to_json(&self) -> Value {
        let topic = self.notice.topic;
        // These two carry no id.
        let nameless = matches!(topic, "ping" | "conversation.read");
        let draw = draw(&self.notice.about);
        let id = format!("notif_{}", self.seed.uuid("notification", draw));
        let status = if self.attempt == 1 { "pending" } else { "retry" };
        let mut item = self.notice.item.clone();
        if topic.starts_with("contact.") {
            as_iso(&mut item, &["created_at", "updated_at"]);
        } else if topic.starts_with("conversation") {
            Dialect::drawn(self.seed, draw).speak(&mut item);
        }
        json!({
            "type": "notification_event",
            "app_id": self.app_id,
            "data": { "type": "notification_event_data", "item": item },
            "links": {},
            "id": if nameless { Value::Null } else { id.into() },
            "topic": topic,
            "delivery_status": if nameless { Value::Null } else { status.into() },
            "delivery_attempts": self.attempt,
            "delivered_at": 0,
            "first_sent_at": self.first_sent_at,
            "created_at": self.notice.created_at,
            "self": null,
        })
    }
}

impl Dialect {
    fn drawn(seed: Seed, draw: u64) -> Self {
        let since_2_15 = seed.chance("since 2.15", draw, 2);
        Self {
            since_2_15,
            iso_times: !since_2_15 && seed.chance("iso times", draw, 2),
            number_ids: seed.chance("number ids", draw, 3),
        }
    }

    fn speak(self, conversation: &mut Value) {
        if self.since_2_15 {
            if let Some(source) = conversation.get_mut("source") {
                as_plain(source, &["subject", "body"]);
            }
            for part in parts_of(conversation) {
                as_plain(part, &["body"]);
            }
        } else {
            if let Some(statistics) = conversation.get_mut("statistics") {
                as_iso_where(statistics, |name| name.ends_with("_at"));
            }
            for assignee in ["admin_assignee_id", "team_assignee_id"] {
                if let Some(id) = conversation.get_mut(assignee).filter(|id| **id == 0) {
                    *id = Value::Null;
                }
            }
        }
        if self.iso_times {
            as_iso(conversation, &["created_at", "updated_at"]);
        }
        if self.number_ids {
            as_number(conversation, "id");
            for part in parts_of(conversation) {
                as_number(part, "id");
            }
        }
        // Webhooks name the teammates by another key than the description does.
        let teammates = conversation.get_mut("teammates").and_then(Value::as_object_mut);
        if let Some((list, teammates)) =
            teammates.and_then(|each| each.remove("teammates").map(|list| (list, each)))
        {
            teammates.insert("admins".to_owned(), list);
        }
    }
}

fn parts_of(conversation: &mut Value) -> impl Iterator<Item = &mut Value> {
    conversation
        .get_mut("conversation_parts")
        .and_then(|list| list.get_mut("conversation_parts"))
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
}

fn as_plain(object: &mut Value, names: &[&str]) {
    for name in names {
        if let Some(member) = object.get_mut(*name)
            && let Some(html) = member.as_str()
        {
            *member = text::plain(html).into();
        }
    }
}

fn as_iso(object: &mut Value, names: &[&str]) {
    as_iso_where(object, |name| names.contains(&name));
}

fn as_iso_where(object: &mut Value, wanted: impl Fn(&str) -> bool) {
    let Some(members) = object.as_object_mut() else { return };
    for (name, member) in members.iter_mut() {
        if let Some(at) = member.as_i64().filter(|_| wanted(name)) {
            *member = clock::iso(at.saturating_mul(1000)).into();
        }
    }
}

fn as_number(object: &mut Value, name: &str) {
    if let Some(member) = object.get_mut(name)
        && let Some(number) = member.as_str().and_then(|text| text.parse::<u64>().ok())
    {
        *member = number.into();
    }
}

pub(super) fn draw(about: &str) -> u64 {
    Sha1::digest(about.as_bytes()).iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Value {
        json!({
            "id": "215", "created_at": 0, "updated_at": 60, "admin_assignee_id": 0, "team_assignee_id": 7,
            "source": { "subject": "<p>Hi</p>", "body": "<p class=\"no-margin\">One &amp; two</p>" },
            "statistics": { "last_close_at": 60, "count_reopens": 0, "first_close_at": null },
            "teammates": { "type": "admin.list", "teammates": [{ "id": "1" }] },
            "conversation_parts": { "conversation_parts": [{ "id": "9", "body": "<p>Yes</p>" }], "total_count": 1 },
        })
    }

    #[test]
    fn the_older_dialect_has_html_iso_figures_and_null_for_nobody() {
        let mut item = sample();
        Dialect { since_2_15: false, iso_times: true, number_ids: false }.speak(&mut item);
        assert_eq!(item["admin_assignee_id"], Value::Null);
        assert_eq!(item["team_assignee_id"], 7);
        assert_eq!(item["statistics"]["last_close_at"], "1970-01-01T00:01:00.000+00:00");
        assert_eq!(item["statistics"]["count_reopens"], 0);
        assert_eq!(item["created_at"], "1970-01-01T00:00:00.000+00:00");
        assert_eq!(item["source"]["body"], "<p class=\"no-margin\">One &amp; two</p>");
        assert_eq!(item["teammates"]["admins"][0]["id"], "1");
    }

    #[test]
    fn the_newer_dialect_has_plain_text_and_unix_times() {
        let mut item = sample();
        Dialect { since_2_15: true, iso_times: false, number_ids: true }.speak(&mut item);
        assert_eq!(item["source"]["body"], "One & two");
        assert_eq!(item["conversation_parts"]["conversation_parts"][0]["body"], "Yes");
        assert_eq!(item["conversation_parts"]["conversation_parts"][0]["id"], 9);
        assert_eq!(item["id"], 215);
        assert_eq!(item["statistics"]["last_close_at"], 60);
        assert_eq!(item["admin_assignee_id"], 0);
    }

    #[test]
    fn a_seed_speaks_every_dialect_before_long() {
        let dialects: Vec<Dialect> = (0..64).map(|draw| Dialect::drawn(Seed(1), draw)).collect();
        for since_2_15 in [true, false] {
            for number_ids in [true, false] {
                let spoken =
                    dialects.iter().any(|it| it.since_2_15 == since_2_15 && it.number_ids == number_ids);
                assert!(spoken, "since_2_15 {since_2_15}, number_ids {number_ids}");
            }
        }
        assert!(dialects.iter().any(|dialect| dialect.iso_times));
    }
}
