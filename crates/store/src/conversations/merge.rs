//! What is kept and what was fetched, made one. Pure.

use crate::column::one_line;
use domain::{Attachment, AuthorKind, Conversation, Part, PartId, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// A conversation to write.
#[derive(Debug)]
pub(super) struct Merged {
    /// As it shall be kept, parts in order.
    pub(super) conversation: Conversation,
    /// Indices of the parts that differ from what is kept, in content or in place.
    pub(super) changed: BTreeSet<usize>,
    /// Parts whose text goes now.
    pub(super) redacted: Vec<PartId>,
}

/// The newest message in short.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Preview {
    pub(super) line: String,
    pub(super) from: AuthorKind,
    pub(super) at: Option<Timestamp>,
}

pub(super) fn merge(kept: Option<Conversation>, fetched: &Conversation) -> Merged {
    let Some(kept) = kept else {
        let parts = in_order(vec![], listed(fetched));
        let changed = (0..parts.len()).collect();
        return Merged { conversation: Conversation { parts, ..fetched.clone() }, changed, redacted: vec![] };
    };
    let is_older = is_older(fetched, &kept);
    let before: BTreeMap<&PartId, (usize, &Part)> =
        kept.parts.iter().enumerate().map(|(place, part)| (&part.id, (place, part))).collect();
    let mut fetched_parts = listed(fetched);
    let mut redacted = Vec::new();
    for part in &mut fetched_parts {
        let Some((_, old)) = before.get(&part.id) else { continue };
        if part.redacted && !old.redacted {
            redacted.push(part.id.clone());
        } else if old.redacted || is_older {
            *part = (*old).clone();
        }
    }
    let fetched_ids: BTreeSet<&PartId> = fetched_parts.iter().map(|part| &part.id).collect();
    let unlisted = kept.parts.iter().filter(|part| !fetched_ids.contains(&part.id)).cloned().collect();
    let parts = if is_older {
        let (known, missing): (Vec<Part>, Vec<Part>) =
            fetched_parts.into_iter().partition(|part| before.contains_key(&part.id));
        let updates: BTreeMap<PartId, Part> = known.into_iter().map(|part| (part.id.clone(), part)).collect();
        let current = kept.parts.iter().map(|part| updates.get(&part.id).unwrap_or(part).clone()).collect();
        in_order(current, missing)
    } else {
        in_order(unlisted, fetched_parts)
    };
    let changed = parts
        .iter()
        .enumerate()
        .filter(|(place, part)| before.get(&part.id) != Some(&(*place, *part)))
        .map(|(place, _)| place)
        .collect();
    let facts = if is_older { &kept } else { fetched };
    let total_parts = facts.total_parts.max(u32::try_from(parts.len()).unwrap_or(u32::MAX));
    Merged { conversation: Conversation { parts, total_parts, ..facts.clone() }, changed, redacted }
}

/// Whether a copy was read before the kept one. Times at the vendor are whole seconds: of two readings of one second,
/// the one that lacks the newest part of the other is the earlier, since a listing always has the newest parts.
fn is_older(fetched: &Conversation, kept: &Conversation) -> bool {
    let lacks_newest =
        kept.parts.last().is_some_and(|newest| !fetched.parts.iter().any(|part| part.id == newest.id));
    let is_known =
        fetched.parts.last().is_some_and(|newest| kept.parts.iter().any(|part| part.id == newest.id));
    kept.updated_at > fetched.updated_at
        || (kept.updated_at == fetched.updated_at && lacks_newest && is_known)
}

/// The parts of a fetched conversation: each once, redacted ones without what was in them.
fn listed(fetched: &Conversation) -> Vec<Part> {
    let mut seen = BTreeSet::new();
    fetched
        .parts
        .iter()
        .filter(|part| seen.insert(&part.id))
        .map(|part| {
            let mut part = part.clone();
            if part.redacted {
                part.text = None;
                part.attachments.clear();
            }
            part
        })
        .collect()
}

/// Parts in order of time, the first message first; the order given holds among equals.
fn in_order(earlier: Vec<Part>, later: Vec<Part>) -> Vec<Part> {
    let mut parts = earlier;
    parts.extend(later);
    parts.sort_by_key(|part| (part.kind != "source", part.created_at));
    parts
}

pub(super) fn preview(conversation: &Conversation) -> Preview {
    let Some(part) = conversation.parts.iter().rev().find(|part| part.is_message()) else {
        return Preview { line: String::new(), from: AuthorKind::Contact, at: None };
    };
    let line = message_line(part.text.as_deref(), &part.attachments, 160);
    Preview { line, from: part.author.kind, at: Some(part.created_at) }
}

/// A message in one line: its text, else the names of its files.
pub(crate) fn message_line(text: Option<&str>, attachments: &[Attachment], limit: usize) -> String {
    let line = one_line(text.unwrap_or_default(), limit);
    if !line.is_empty() {
        return line;
    }
    let names: Vec<&str> = attachments.iter().map(|file| file.name.as_str()).collect();
    one_line(&names.join(", "), limit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::sample;

    fn ids(merged: &Merged) -> Vec<&str> {
        merged.conversation.parts.iter().map(|part| part.id.as_str()).collect()
    }

    #[test]
    fn parts_of_one_second_keep_the_order_of_the_listing() {
        let first = sample::conversation("1", &[("a", 1), ("c", 2)]);
        let second = sample::conversation("1", &[("a", 1), ("b", 2), ("c", 2)]);
        let merged = merge(Some(first), &second);
        assert_eq!(ids(&merged), ["a", "b", "c"]);
        assert_eq!(merged.changed, BTreeSet::from([1, 2]), "one is new, one has moved");
    }

    #[test]
    fn parts_that_are_no_longer_listed_stay_before_those_that_are() {
        let first = sample::conversation("1", &[("a", 1), ("b", 2), ("c", 2)]);
        let second = sample::conversation("1", &[("c", 2), ("d", 3)]);
        let merged = merge(Some(first), &second);
        assert_eq!(ids(&merged), ["a", "b", "c", "d"]);
        assert_eq!(merged.changed, BTreeSet::from([3]), "only the new one is written");
        assert_eq!(merged.conversation.total_parts, 4);
    }

    #[test]
    fn an_older_copy_adds_what_is_missing_and_changes_nothing_else() {
        let mut kept = sample::conversation("1", &[("a", 1), ("c", 3)]);
        kept.updated_at = Timestamp(9);
        let mut older = sample::conversation("1", &[("a", 1), ("b", 2)]);
        older.updated_at = Timestamp(5);
        older.subject = Some("Old".to_owned());
        older.parts[0].text = Some("as it was before".to_owned());
        let merged = merge(Some(kept.clone()), &older);
        assert_eq!(ids(&merged), ["a", "b", "c"]);
        assert_eq!(merged.conversation.subject, kept.subject);
        assert_eq!(merged.conversation.parts[0], kept.parts[0]);
    }

    #[test]
    fn of_two_readings_of_one_second_the_one_with_fewer_parts_is_the_earlier() {
        let earlier = sample::conversation("1", &[("a", 1)]);
        let mut later = sample::conversation("1", &[("a", 1), ("b", 2)]);
        later.updated_at = earlier.updated_at;
        later.status = domain::ConversationStatus::Closed;
        let merged = merge(Some(later.clone()), &earlier);
        assert_eq!(merged.conversation.status, domain::ConversationStatus::Closed, "a slow answer came last");
        let merged = merge(Some(earlier), &later);
        assert_eq!(merged.conversation.status, domain::ConversationStatus::Closed);
    }

    #[test]
    fn a_redaction_holds_even_from_an_older_copy_and_is_never_taken_back() {
        let mut kept = sample::conversation("1", &[("a", 1)]);
        kept.updated_at = Timestamp(9);
        let mut older = kept.clone();
        older.updated_at = Timestamp(5);
        older.parts[0].redacted = true;
        let merged = merge(Some(kept.clone()), &older);
        assert_eq!(merged.conversation.parts[0].text, None);
        assert_eq!(merged.redacted, [PartId::from("a")]);
        let mut newer = kept;
        newer.updated_at = Timestamp(20);
        let again = merge(Some(merged.conversation), &newer);
        assert_eq!(again.conversation.parts[0].text, None);
        assert!(again.redacted.is_empty());
    }

    #[test]
    fn the_preview_is_the_newest_message_and_a_file_has_its_name() {
        let mut conversation = sample::conversation("1", &[("a", 1), ("b", 2)]);
        assert_eq!(preview(&conversation).line, "text of b");
        conversation.parts[1].kind = "note".to_owned();
        assert_eq!(preview(&conversation).line, "text of a");
        conversation.parts[0].text = None;
        conversation.parts[0].attachments = vec![sample::attachment("photo.png")];
        assert_eq!(preview(&conversation).line, "photo.png");
        conversation.parts.clear();
        assert_eq!(preview(&conversation).at, None);
    }

    /// What the vendor would list of a history of ten parts: the first, then a window of the rest, some redacted.
    fn listing(from: usize, to: usize, updated_at: i64, redacted: &[usize]) -> Conversation {
        let shown = (0..10).filter(|n| *n == 0 || (from..=to).contains(n));
        let ids: Vec<(usize, String)> = shown.map(|n| (n, format!("p{n}"))).collect();
        // Two parts to a second.
        let parts: Vec<(&str, i64)> =
            ids.iter().map(|(n, id)| (id.as_str(), i64::try_from(n / 2).unwrap())).collect();
        let mut conversation = sample::conversation("1", &parts);
        conversation.parts[0].kind = "source".to_owned();
        conversation.updated_at = Timestamp(updated_at);
        for (part, (n, _)) in conversation.parts.iter_mut().zip(&ids) {
            part.redacted = redacted.contains(n);
        }
        conversation
    }

    proptest::proptest! {
        /// Whatever is fetched, in whatever order it arrives.
        #[test]
        fn nothing_seen_is_lost_nothing_redacted_returns_and_the_order_is_of_time(
            fetches in proptest::collection::vec(
                (1..10_usize, 1..10_usize, 0..5_i64, proptest::collection::vec(0..10_usize, 0..2)), 1..8
            )
        ) {
            let mut kept: Option<Conversation> = None;
            let mut seen = BTreeSet::new();
            let mut redacted = BTreeSet::new();
            for (from, to, updated_at, gone) in fetches {
                let fetched = listing(from, to, updated_at, &gone);
                seen.extend(fetched.parts.iter().map(|part| part.id.clone()));
                redacted.extend(fetched.parts.iter().filter(|part| part.redacted).map(|part| part.id.clone()));
                let merged = merge(kept, &fetched);
                let again = merge(Some(merged.conversation.clone()), &fetched);
                proptest::prop_assert_eq!(&again.conversation, &merged.conversation, "twice is once");
                proptest::prop_assert!(again.changed.is_empty() && again.redacted.is_empty());
                kept = Some(merged.conversation);
            }
            let kept = kept.unwrap();
            let ids: BTreeSet<PartId> = kept.parts.iter().map(|part| part.id.clone()).collect();
            proptest::prop_assert_eq!(ids.len(), kept.parts.len(), "each once");
            proptest::prop_assert_eq!(ids, seen);
            proptest::prop_assert!(kept.parts.is_sorted_by_key(|part| part.created_at));
            proptest::prop_assert_eq!(kept.parts[0].kind.as_str(), "source");
            for part in &kept.parts {
                proptest::prop_assert_eq!(part.text.is_none(), redacted.contains(&part.id));
            }
        }
    }
}
