//! What the helpdesk holds in the end, and how what is on disk differs from it.

use super::kept::{Kept, KeptConversation, KeptPart, words};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A part at the helpdesk.
#[derive(Debug, Clone)]
pub(super) struct TruePart {
    pub(super) id: u64,
    pub(super) kind: String,
    pub(super) author: String,
    /// The teammate who made it.
    pub(super) admin: Option<u64>,
    pub(super) by_customer: bool,
    pub(super) text: String,
    pub(super) redacted: bool,
    pub(super) moves: bool,
}

impl TruePart {
    /// A note that only tells other consoles to stay away.
    pub(super) fn is_claim(&self) -> bool {
        self.kind == "note" && self.text.starts_with("Countersign: ") && self.text.contains(" (claim ")
    }

    /// Whether a customer reads it as an answer.
    pub(super) fn is_reply(&self) -> bool {
        self.admin.is_some() && self.kind != "note" && (!self.text.is_empty() || self.redacted)
    }
}

/// A conversation at the helpdesk.
#[derive(Debug, Clone)]
pub(super) struct True {
    pub(super) id: u64,
    pub(super) state: KeptConversation,
    /// All that are listed, the first message in front.
    pub(super) parts: Vec<TruePart>,
    /// Whether older parts are not listed any more.
    pub(super) is_cut: bool,
}

pub(super) fn read(id: u64, shown: &Value) -> True {
    let text = |path: &str| shown.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let list = |path: &str| shown.pointer(path).and_then(Value::as_array).cloned().unwrap_or_default();
    let number = |path: &str| {
        let value = shown.pointer(path);
        value.and_then(Value::as_u64).or_else(|| value?.as_str()?.parse().ok()).unwrap_or(0)
    };
    let names = |items: Vec<Value>, key: &str| -> BTreeSet<String> {
        items.iter().filter_map(|item| Some(item.get(key)?.as_str()?.to_owned())).collect()
    };
    let listed = list("/conversation_parts/conversation_parts");
    let source = shown.get("source").cloned().unwrap_or_default();
    let first = part(&source, Some("source"));
    let parts: Vec<TruePart> =
        first.into_iter().chain(listed.iter().filter_map(|shown| part(shown, None))).collect();
    True {
        id,
        is_cut: number("/statistics/count_conversation_parts") > listed.len() as u64,
        state: KeptConversation {
            status: text("/state"),
            admin: number("/admin_assignee_id"),
            team: number("/team_assignee_id"),
            tags: names(list("/tags/tags"), "name"),
            contacts: names(list("/contacts/contacts"), "id"),
            parts: parts.iter().map(|part| (part.id, part.as_kept())).collect(),
        },
        parts,
    }
}

impl TruePart {
    fn as_kept(&self) -> KeptPart {
        KeptPart {
            id: self.id,
            kind: self.kind.clone(),
            author: self.author.clone(),
            text: self.text.clone(),
            redacted: self.redacted,
        }
    }
}

fn part(shown: &Value, kind: Option<&str>) -> Option<TruePart> {
    let text = |key: &str| shown.get(key).and_then(Value::as_str).unwrap_or_default();
    let id = shown.get("id")?;
    let id = id.as_u64().or_else(|| id.as_str()?.parse().ok())?;
    let author = shown.get("author")?;
    let of_author = |key: &str| author.get(key).and_then(Value::as_str).unwrap_or_default();
    let (author_kind, by_customer) = match of_author("type") {
        "admin" => ("admin", false),
        "user" | "lead" | "contact" => ("contact", true),
        _ => ("bot", false),
    };
    let redacted = shown.get("redacted") == Some(&Value::Bool(true));
    Some(TruePart {
        id,
        kind: kind.unwrap_or_else(|| text("part_type")).to_owned(),
        author: format!("{author_kind} {}", of_author("id")),
        admin: (author_kind == "admin").then(|| of_author("id").parse().ok()).flatten(),
        by_customer,
        text: if redacted { String::new() } else { words(text("body")) },
        redacted,
        moves: crate::relay::seen_part(shown).is_some_and(|seen| seen.moves),
    })
}

/// What differs, by what it is.
#[derive(Debug, Default)]
pub(super) struct Differences {
    pub(super) missing: Vec<String>,
    pub(super) lost_messages: Vec<String>,
    pub(super) different: Vec<String>,
    pub(super) not_deleted: Vec<String>,
}

/// Compares what a console kept with what is true. `gone` are conversations that the helpdesk has no more.
pub(super) fn compare(name: &str, kept: &Kept, truth: &BTreeMap<u64, True>, gone: &[u64]) -> Differences {
    let mut found = Differences::default();
    for (id, real) in truth {
        let Some(ours) = kept.conversations.get(id) else {
            found.missing.push(format!("{name}: conversation {id}"));
            let messages = real.parts.iter().filter(|part| part.by_customer);
            found.lost_messages.extend(messages.map(|part| format!("{name}: {id} part {}", part.id)));
            continue;
        };
        for part in real.parts.iter().filter(|part| part.by_customer && !ours.parts.contains_key(&part.id)) {
            found.lost_messages.push(format!("{name}: {id} part {}", part.id));
        }
        if let Some(how) = difference(ours, real) {
            found.different.push(format!("{name}: {id}: {how}"));
        }
    }
    for id in gone.iter().filter(|id| kept.conversations.contains_key(id)) {
        found.not_deleted.push(format!("{name}: conversation {id}"));
    }
    found
}

/// How a conversation differs, in ids and words of the API.
fn difference(ours: &KeptConversation, real: &True) -> Option<String> {
    let theirs = &real.state;
    let mut said = Vec::new();
    if ours.status != theirs.status {
        said.push(format!("{} here, {} there", ours.status, theirs.status));
    }
    if (ours.admin, ours.team) != (theirs.admin, theirs.team) {
        said.push(format!(
            "assigned to {}/{} here, {}/{} there",
            ours.admin, ours.team, theirs.admin, theirs.team
        ));
    }
    if ours.tags != theirs.tags {
        said.push("tags".to_owned());
    }
    if ours.contacts != theirs.contacts {
        said.push(format!("contacts {:?} here, {:?} there", ours.contacts, theirs.contacts));
    }
    for (id, part) in &theirs.parts {
        match ours.parts.get(id) {
            None => said.push(format!("part {id} ({}) is missing", part.kind)),
            Some(kept) if kept == part => {}
            Some(kept) => said.push(format!("part {id}: {}", part_difference(kept, part))),
        }
    }
    let oldest = real.parts.get(1).map_or(0, |part| part.id);
    for id in ours.parts.keys().filter(|id| !theirs.parts.contains_key(id)) {
        // Older than what is listed of a long conversation: kept from when it was.
        if !(real.is_cut && *id < oldest) {
            said.push(format!("part {id} is not there"));
        }
    }
    said.truncate(4);
    (!said.is_empty()).then(|| said.join("; "))
}

fn part_difference(kept: &KeptPart, part: &KeptPart) -> String {
    if kept.kind != part.kind {
        return format!("{} here, {} there", kept.kind, part.kind);
    }
    if kept.author != part.author {
        return format!("by {} here, by {} there", kept.author, part.author);
    }
    if kept.redacted != part.redacted {
        return format!("redacted: {} here, {} there", kept.redacted, part.redacted);
    }
    "its text".to_owned()
}
