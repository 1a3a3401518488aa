//! What a conversation is made of.

use crate::api::companies::Company;
use crate::api::field::{Attributes, Count, Id, Time};
use crate::api::list::List;
use crate::api::tags::Tag;
use serde_json::Value;

words! {
    /// Where a conversation stands.
    State { Open = "open", Closed = "closed", Snoozed = "snoozed", }
}

words! {
    /// How urgent a conversation is; the last two words are those of versions up to 2.15.
    Priority {
        None = "none",
        Low = "low",
        Medium = "medium",
        High = "high",
        Urgent = "urgent",
        Priority = "priority",
        NotPriority = "not_priority",
    }
}

record! {
    /// A conversation: with parts when it was fetched, without when it was found or listed.
    Conversation {
        kind as "type": String,
        id: Id,
        title: String,
        created_at: Time,
        updated_at: Time,
        waiting_since: Time,
        snoozed_until: Time,
        open: bool,
        state: State,
        read: bool,
        priority: Priority,
        admin_assignee_id: Id,
        team_assignee_id: Id,
        company: Company,
        tags: List<Tag>,
        conversation_rating: Rating,
        source: Source,
        contacts: List<Reference>,
        teammates: List<Reference>,
        custom_attributes: Attributes,
        first_contact_reply: FirstReply,
        sla_applied: Sla,
        statistics: Statistics,
        conversation_parts: List<Part>,
        linked_objects: List<LinkedObject>,
        ai_agent_participated: bool,
        ai_agent: AiAgent,
        sales_agent_participated: bool,
        sales_agent: Attributes,
        channel: Channel,
        external_references: List<Value>,
        monitor_evaluations: List<Value>,
        scorecards: List<Value>,
        topics: Value,
        ai_topics: Value,
        customers: List<Reference>,
        ticket: crate::api::tickets::Ticket,
        brand: Value,
    }
}

record! {
    /// Something named by type and id.
    Reference { kind as "type": String, id: Id, external_id: Id, name: String, email: String, }
}

record! {
    /// The message that a conversation began with.
    Source {
        kind as "type": String,
        id: Id,
        delivered_as: String,
        recipients: List<Recipient>,
        reply_to: List<Recipient>,
        subject: String,
        body: String,
        author: Author,
        attachments: List<Attachment>,
        url: String,
        redacted: bool,
        email_message_metadata: EmailMetadata,
    }
}

record! {
    /// Whom an e-mail went to, or to whom an answer goes.
    Recipient { kind as "type": String, email: String, name: String, drop_reason: String, }
}

record! {
    /// Who wrote or did something.
    Author {
        kind as "type": String,
        id: Id,
        name: String,
        email: String,
        from_ai_agent: bool,
        is_ai_answer: bool,
    }
}

record! {
    /// An entry after the first message. Any part that has a body is a message, whatever its type.
    Part {
        kind as "type": String,
        id: Id,
        part_type: String,
        body: String,
        created_at: Time,
        updated_at: Time,
        notified_at: Time,
        assigned_to: Reference,
        author: Author,
        attachments: List<Attachment>,
        external_id: Id,
        redacted: bool,
        email_message_metadata: EmailMetadata,
        metadata: PartMetadata,
        state: State,
        tags: List<Tag>,
        event_details: Attributes,
        app_package_code: String,
    }
}

record! {
    /// A file. Its address is only good for a while.
    Attachment {
        kind as "type": String,
        name: String,
        url: String,
        content_type: String,
        filesize: Count,
        width: Count,
        height: Count,
    }
}

record! {
    /// What an e-mail said about itself.
    EmailMetadata {
        subject: String,
        message_id: String,
        history: String,
        email_address_headers: List<EmailAddress>,
    }
}

record! {
    /// An address of an e-mail, and in which header it stood.
    EmailAddress { kind as "type": String, email_address: String, name: String, }
}

record! {
    /// Quick replies that a part offered, and the one that was taken.
    PartMetadata { quick_reply_options: List<crate::api::conversations::ReplyOption>, quick_reply_uuid: String, }
}

record! {
    /// What a contact thought of the conversation.
    Rating {
        rating: Count,
        remark: String,
        created_at: Time,
        updated_at: Time,
        requested_at: Time,
        replied_at: Time,
        contact: Reference,
        teammate: Reference,
    }
}

record! {
    /// The first answer of a contact.
    FirstReply { created_at: Time, kind as "type": String, url: String, }
}

record! {
    /// A promise about time to answer.
    Sla { kind as "type": String, sla_name: String, sla_status: String, }
}

record! {
    /// What Intercom counts and measures.
    Statistics {
        kind as "type": String,
        time_to_assignment: Count,
        time_to_admin_reply: Count,
        time_to_first_close: Count,
        time_to_last_close: Count,
        median_time_to_reply: Count,
        first_contact_reply_at: Time,
        first_assignment_at: Time,
        first_admin_reply_at: Time,
        first_close_at: Time,
        last_assignment_at: Time,
        last_assignment_admin_reply_at: Time,
        last_contact_reply_at: Time,
        last_admin_reply_at: Time,
        last_close_at: Time,
        last_closed_by_id: Id,
        count_reopens: Count,
        count_assignments: Count,
        count_conversation_parts: Count,
        assigned_team_first_response_time: List<ResponseTime>,
        assigned_team_first_response_time_in_office_hours: List<ResponseTime>,
        handling_time: Count,
        adjusted_handling_time: Count,
    }
}

record! {
    /// How long a team took to answer first.
    ResponseTime { team_id: Id, team_name: String, response_time: Count, }
}

record! {
    /// A ticket or conversation that belongs together with this one.
    LinkedObject { kind as "type": String, id: Id, category: String, }
}

record! {
    /// What Intercom's own answering machine did.
    AiAgent {
        source_type: String,
        source_title: String,
        last_answer_type: String,
        resolution_state: String,
        rating: Count,
        rating_remark: String,
        created_at: Time,
        updated_at: Time,
        content_sources: List<ContentSource>,
    }
}

record! {
    /// What an answer was taken from.
    ContentSource { content_type: String, title: String, url: String, locale: String, }
}

record! {
    /// Where a conversation began and where it is.
    Channel { initial: String, current: String, }
}

record! {
    /// A message that began a conversation: look for `conversation_id`, not `id`.
    Message {
        kind as "type": String,
        id: Id,
        created_at: Time,
        subject: String,
        body: String,
        message_type: String,
        conversation_id: Id,
        owner: Value,
    }
}

record! {
    /// A conversation that is no more.
    DeletedConversation { kind as "type": String, id: Id, metrics_retained: bool, deleted_at: Time, }
}

record! {
    /// When a teammate took up the conversation, and when it was left.
    HandlingEvent { kind as "type": String, timestamp: Time, reason: String, teammate: Reference, }
}

record! {
    /// An attribute that conversations of this workspace have.
    ConversationAttribute {
        kind as "type": String,
        id: Id,
        name: String,
        description: String,
        data_type: String,
        required: bool,
        visible_to_team_ids: List<Id>,
        archived: bool,
        created_at: Time,
        updated_at: Time,
        admin_id: Id,
        multiline: bool,
        options: List<AttributeOption>,
        reference: AttributeReference,
    }
}

record! {
    /// One of the values to choose from.
    AttributeOption { id: Id, label: String, archived: bool, }
}

record! {
    /// What an attribute points to.
    AttributeReference { kind as "type": String, object_type_id: Id, }
}
