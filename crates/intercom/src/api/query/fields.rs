//! What can be searched by.

use super::{FieldKind, SearchField};

words! {
    /// What a conversation is searched by. `Other` takes `custom_attributes.<name>` and what came later.
    ConversationField {
        Id = "id",
        CreatedAt = "created_at",
        UpdatedAt = "updated_at",
        WaitingSince = "waiting_since",
        SnoozedUntil = "snoozed_until",
        Open = "open",
        Read = "read",
        State = "state",
        Priority = "priority",
        AdminAssignee = "admin_assignee_id",
        TeamAssignee = "team_assignee_id",
        Contacts = "contact_ids",
        Teammates = "teammate_ids",
        Tags = "tag_ids",
        Channel = "channel_initiated",
        SourceType = "source.type",
        SourceId = "source.id",
        SourceDeliveredAs = "source.delivered_as",
        SourceSubject = "source.subject",
        SourceBody = "source.body",
        SourceUrl = "source.url",
        AuthorId = "source.author.id",
        AuthorType = "source.author.type",
        AuthorName = "source.author.name",
        AuthorEmail = "source.author.email",
        AiAgentParticipated = "ai_agent_participated",
        Rating = "conversation_rating.score",
        RatingRemark = "conversation_rating.remark",
    }
}

impl SearchField for ConversationField {
    fn kind(&self) -> FieldKind {
        match self {
            Self::Open | Self::Read | Self::AiAgentParticipated => FieldKind::Flag,
            Self::CreatedAt | Self::UpdatedAt | Self::WaitingSince | Self::SnoozedUntil | Self::Rating => {
                FieldKind::Number
            }
            Self::SourceSubject
            | Self::SourceBody
            | Self::SourceUrl
            | Self::AuthorName
            | Self::AuthorEmail
            | Self::RatingRemark => FieldKind::Text,
            Self::Id
            | Self::State
            | Self::Priority
            | Self::AdminAssignee
            | Self::TeamAssignee
            | Self::Contacts
            | Self::Teammates
            | Self::Tags
            | Self::Channel
            | Self::SourceType
            | Self::SourceId
            | Self::SourceDeliveredAs
            | Self::AuthorId
            | Self::AuthorType
            | Self::Other(_) => FieldKind::Any,
        }
    }
}

words! {
    /// What a contact is searched by. `Other` takes `custom_attributes.<name>` and what came later.
    ContactField {
        Id = "id",
        Role = "role",
        Name = "name",
        Email = "email",
        EmailDomain = "email_domain",
        Phone = "phone",
        ExternalId = "external_id",
        Owner = "owner_id",
        Tag = "tag_id",
        Segment = "segment_id",
        CreatedAt = "created_at",
        UpdatedAt = "updated_at",
        SignedUpAt = "signed_up_at",
        LastSeenAt = "last_seen_at",
        LastContactedAt = "last_contacted_at",
        LastRepliedAt = "last_replied_at",
        UnsubscribedFromEmails = "unsubscribed_from_emails",
        HasHardBounced = "has_hard_bounced",
    }
}

impl SearchField for ContactField {
    fn kind(&self) -> FieldKind {
        match self {
            Self::CreatedAt
            | Self::UpdatedAt
            | Self::SignedUpAt
            | Self::LastSeenAt
            | Self::LastContactedAt
            | Self::LastRepliedAt => FieldKind::Day,
            Self::Tag => FieldKind::Tag,
            Self::UnsubscribedFromEmails | Self::HasHardBounced => FieldKind::Flag,
            Self::Name | Self::Email | Self::EmailDomain | Self::Phone | Self::ExternalId => FieldKind::Text,
            Self::Id | Self::Role | Self::Owner | Self::Segment | Self::Other(_) => FieldKind::Any,
        }
    }
}
