//! Topics: which there are, what each says should be fetched, and which other names for them are about.

/// What the item of a topic is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Conversation,
    ConversationDeleted,
    Contact,
    ContactDeleted,
    ContactMerged,
    Article,
    Ping,
    /// Nothing that this console follows.
    Other,
}

/// The topics that are followed. Everything else that Intercom has or will have is stored as ignored.
const TOPICS: &[(&str, Subject)] = &[
    ("conversation.user.created", Subject::Conversation),
    ("conversation.user.replied", Subject::Conversation),
    ("conversation.admin.replied", Subject::Conversation),
    ("conversation.admin.replied.translated", Subject::Conversation),
    ("conversation.admin.single.created", Subject::Conversation),
    ("conversation.admin.assigned", Subject::Conversation),
    ("conversation.admin.open.assigned", Subject::Conversation),
    ("conversation.admin.noted", Subject::Conversation),
    ("conversation.admin.closed", Subject::Conversation),
    ("conversation.admin.opened", Subject::Conversation),
    ("conversation.admin.snoozed", Subject::Conversation),
    ("conversation.admin.unsnoozed", Subject::Conversation),
    ("conversation.operator.replied", Subject::Conversation),
    ("conversation.read", Subject::Conversation),
    ("conversation.rating.added", Subject::Conversation),
    ("conversation.priority.updated", Subject::Conversation),
    ("conversation.contact.attached", Subject::Conversation),
    ("conversation.contact.detached", Subject::Conversation),
    ("conversation.company.updated", Subject::Conversation),
    ("conversation.deleted", Subject::ConversationDeleted),
    ("conversation_part.redacted", Subject::Conversation),
    ("conversation_part.tag.created", Subject::Conversation),
    ("contact.user.created", Subject::Contact),
    ("contact.user.updated", Subject::Contact),
    ("contact.user.tag.created", Subject::Contact),
    ("contact.user.tag.deleted", Subject::Contact),
    ("contact.lead.created", Subject::Contact),
    ("contact.lead.updated", Subject::Contact),
    ("contact.lead.added_email", Subject::Contact),
    ("contact.lead.signed_up", Subject::Contact),
    ("contact.lead.tag.created", Subject::Contact),
    ("contact.lead.tag.deleted", Subject::Contact),
    ("contact.email.updated", Subject::Contact),
    ("contact.subscribed", Subject::Contact),
    ("contact.unsubscribed", Subject::Contact),
    ("contact.unsubscribed_from_sms", Subject::Contact),
    ("contact.archived", Subject::Contact),
    // Intercom's own spelling.
    ("contact.unarchive", Subject::Contact),
    ("contact.merged", Subject::ContactMerged),
    ("contact.deleted", Subject::ContactDeleted),
    ("article.created", Subject::Article),
    ("article.updated", Subject::Article),
    ("article.published", Subject::Article),
    ("article.unpublished", Subject::Article),
    ("article.deleted", Subject::Article),
    ("ping", Subject::Ping),
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
pub(super) fn subject(topic: &str) -> Subject {
    TOPICS.iter().find(|(name, _)| *name == topic).map_or(Subject::Other, |(_, subject)| *subject)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_alias_leads_to_a_topic_that_is_followed_and_is_none_itself() {
        for (alias, name) in ALIASES {
            assert_ne!(subject(name), Subject::Other, "{alias} leads nowhere");
            assert_eq!(subject(alias), Subject::Other, "{alias} is a topic of its own");
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
            assert_eq!(subject(today(topic)), Subject::Other, "{topic}");
        }
    }
}
