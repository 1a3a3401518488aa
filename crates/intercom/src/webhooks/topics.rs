//! Topics: which there are, what each says should be fetched, and which other names for them are about.

use domain::ChangeKind;

/// The topics that are followed. Everything else that Intercom has or will have is stored as ignored.
const TOPICS: &[(&str, ChangeKind)] = &[
    ("conversation.user.created", ChangeKind::Conversation),
    ("conversation.user.replied", ChangeKind::Conversation),
    ("conversation.admin.replied", ChangeKind::Conversation),
    ("conversation.admin.replied.translated", ChangeKind::Conversation),
    ("conversation.admin.single.created", ChangeKind::Conversation),
    ("conversation.admin.assigned", ChangeKind::Conversation),
    ("conversation.admin.open.assigned", ChangeKind::Conversation),
    ("conversation.admin.noted", ChangeKind::Conversation),
    ("conversation.admin.closed", ChangeKind::Conversation),
    ("conversation.admin.opened", ChangeKind::Conversation),
    ("conversation.admin.snoozed", ChangeKind::Conversation),
    ("conversation.admin.unsnoozed", ChangeKind::Conversation),
    ("conversation.operator.replied", ChangeKind::Conversation),
    ("conversation.read", ChangeKind::Conversation),
    ("conversation.rating.added", ChangeKind::Conversation),
    ("conversation.priority.updated", ChangeKind::Conversation),
    ("conversation.contact.attached", ChangeKind::Conversation),
    ("conversation.contact.detached", ChangeKind::Conversation),
    ("conversation.company.updated", ChangeKind::Conversation),
    ("conversation.deleted", ChangeKind::ConversationDeleted),
    ("conversation_part.redacted", ChangeKind::Conversation),
    ("conversation_part.tag.created", ChangeKind::Conversation),
    ("contact.user.created", ChangeKind::Contact),
    ("contact.user.updated", ChangeKind::Contact),
    ("contact.user.tag.created", ChangeKind::Contact),
    ("contact.user.tag.deleted", ChangeKind::Contact),
    ("contact.lead.created", ChangeKind::Contact),
    ("contact.lead.updated", ChangeKind::Contact),
    ("contact.lead.added_email", ChangeKind::Contact),
    ("contact.lead.signed_up", ChangeKind::Contact),
    ("contact.lead.tag.created", ChangeKind::Contact),
    ("contact.lead.tag.deleted", ChangeKind::Contact),
    ("contact.email.updated", ChangeKind::Contact),
    ("contact.subscribed", ChangeKind::Contact),
    ("contact.unsubscribed", ChangeKind::Contact),
    ("contact.unsubscribed_from_sms", ChangeKind::Contact),
    ("contact.archived", ChangeKind::Contact),
    // Intercom's own spelling.
    ("contact.unarchive", ChangeKind::Contact),
    ("contact.merged", ChangeKind::ContactMerged),
    ("contact.deleted", ChangeKind::ContactDeleted),
    ("article.created", ChangeKind::Article),
    ("article.updated", ChangeKind::Article),
    ("article.published", ChangeKind::Article),
    ("article.unpublished", ChangeKind::Article),
    ("article.deleted", ChangeKind::Article),
    ("ping", ChangeKind::Ping),
];

/// Other names that are about. Tutorials, older programs and gateways use them for topics that are called otherwise
/// today, or that never were; since a notification only says what to fetch, it is enough that they are close.
const ALIASES: &[(&str, &str)] = &[
    // Names that tutorials and generated code give, and that no version ever had.
    ("conversation.created", "conversation.user.created"),
    ("conversation.reply.created", "conversation.user.replied"),
    ("conversation.replied", "conversation.user.replied"),
    ("conversation.user.message", "conversation.user.replied"),
    ("conversation.part.created", "conversation.user.replied"),
    ("conversation_part.created", "conversation.user.replied"),
    ("conversation.updated", "conversation.user.replied"),
    ("conversation.assigned", "conversation.admin.assigned"),
    ("conversation.closed", "conversation.admin.closed"),
    ("conversation.opened", "conversation.admin.opened"),
    ("conversation.reopened", "conversation.admin.opened"),
    ("conversation.snoozed", "conversation.admin.snoozed"),
    ("conversation.unsnoozed", "conversation.admin.unsnoozed"),
    ("conversation.noted", "conversation.admin.noted"),
    ("conversation.rated", "conversation.rating.added"),
    ("contact.updated", "contact.user.updated"),
    ("contact.unarchived", "contact.unarchive"),
    // Names of version 1.x, when people were users or leads and leads were called contacts.
    ("contact.created", "contact.lead.created"),
    ("contact.signed_up", "contact.lead.signed_up"),
    ("contact.added_email", "contact.lead.added_email"),
    ("contact.tag.created", "contact.lead.tag.created"),
    ("contact.tag.deleted", "contact.lead.tag.deleted"),
    ("user.created", "contact.user.created"),
    ("user.updated", "contact.user.updated"),
    ("user.deleted", "contact.deleted"),
    ("user.unsubscribed", "contact.unsubscribed"),
    ("user.email.updated", "contact.email.updated"),
    ("user.tag.created", "contact.user.tag.created"),
    ("user.tag.deleted", "contact.user.tag.deleted"),
];

/// Today's name of a topic.
pub(super) fn today(topic: &str) -> &str {
    ALIASES.iter().find(|(alias, _)| *alias == topic).map_or(topic, |(_, name)| name)
}

/// What the item of a topic, in today's name, is about.
pub(super) fn kind(topic: &str) -> ChangeKind {
    TOPICS.iter().find(|(name, _)| *name == topic).map_or(ChangeKind::Ignored, |(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_leads_to_a_topic_that_is_followed_and_is_none_itself() {
        for (alias, name) in ALIASES {
            assert_ne!(kind(name), ChangeKind::Ignored, "{alias} leads nowhere");
            assert_eq!(kind(alias), ChangeKind::Ignored, "{alias} is a topic of its own");
            assert_eq!(today(alias), *name);
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> =
            TOPICS.iter().map(|(name, _)| name).chain(ALIASES.iter().map(|(name, _)| name)).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn topics_of_other_things_are_not_followed() {
        for topic in
            ["ticket.created", "company.updated", "event.created", "conversation.invented", "", "PING"]
        {
            assert_eq!(kind(today(topic)), ChangeKind::Ignored, "{topic}");
        }
    }
}
