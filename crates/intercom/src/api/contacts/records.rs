//! What a contact is made of, and what is asked of contacts.

use crate::api::admins::{Admin, Avatar};
use crate::api::conversations::Reference;
use crate::api::field::{Attributes, Id, Time};
use crate::api::list::List;

words! {
    /// What a contact is to the workspace.
    ContactRole { User = "user", Lead = "lead", }
}

record! {
    /// A contact: a user or a lead.
    Contact {
        kind as "type": String,
        id: Id,
        external_id: Id,
        workspace_id: Id,
        role: ContactRole,
        email: String,
        email_domain: String,
        phone: String,
        formatted_phone: String,
        name: String,
        pseudonym: String,
        avatar: Avatar,
        owner_id: Id,
        has_hard_bounced: bool,
        marked_email_as_spam: bool,
        unsubscribed_from_emails: bool,
        unsubscribed_from_sms: bool,
        created_at: Time,
        updated_at: Time,
        signed_up_at: Time,
        last_seen_at: Time,
        last_replied_at: Time,
        last_contacted_at: Time,
        last_email_opened_at: Time,
        last_email_clicked_at: Time,
        language_override: String,
        browser: String,
        browser_version: String,
        browser_language: String,
        os: String,
        android_app_name: String,
        android_app_version: String,
        android_device: String,
        android_os_version: String,
        android_sdk_version: String,
        android_last_seen_at: Time,
        ios_app_name: String,
        ios_app_version: String,
        ios_device: String,
        ios_os_version: String,
        ios_sdk_version: String,
        ios_last_seen_at: Time,
        custom_attributes: Attributes,
        tags: List<Pointer>,
        notes: List<Pointer>,
        companies: List<Pointer>,
        opted_out_subscription_types: List<Pointer>,
        opted_in_subscription_types: List<Pointer>,
        location: Location,
        social_profiles: List<SocialProfile>,
        merge_history: List<MergedContact>,
        utm_campaign: String,
        utm_content: String,
        utm_medium: String,
        utm_source: String,
        utm_term: String,
        referrer: String,
        sms_consent: bool,
        enabled_push_messaging: bool,
    }
}

record! {
    /// Something of a contact that is only named, and where to read it.
    Pointer { kind as "type": String, id: Id, url: String, name: String, }
}

record! {
    /// Where a contact was last seen.
    Location {
        kind as "type": String,
        country: String,
        region: String,
        city: String,
        country_code: String,
        continent_code: String,
    }
}

record! {
    /// A contact elsewhere.
    SocialProfile { kind as "type": String, name: String, url: String, }
}

record! {
    /// A contact that became part of this one.
    MergedContact {
        kind as "type": String,
        source_contact_id: Id,
        source_contact_role: ContactRole,
        merged_at: Time,
    }
}

record! {
    /// What became of a contact that was archived, brought back or blocked.
    ContactStanding {
        kind as "type": String,
        id: Id,
        external_id: Id,
        archived: bool,
        blocked: bool,
    }
}

record! {
    /// A note about a contact or a company.
    Note {
        kind as "type": String,
        id: Id,
        created_at: Time,
        contact: Reference,
        company: Reference,
        author: Admin,
        body: String,
    }
}

request! {
    /// A contact, new or changed. A new one needs an e-mail, an external id or a role.
    ContactFields {
        ;
        role: ContactRole,
        external_id: Id,
        email: String,
        email_verified: bool,
        phone: String,
        name: String,
        avatar: String,
        signed_up_at: Time,
        last_seen_at: Time,
        owner_id: Id,
        unsubscribed_from_emails: bool,
        custom_attributes: Attributes,
    }
}

request! {
    /// Makes the lead `from` part of the user `into`. It cannot be undone.
    MergeContacts {
        from: Id,
        into: Id,
        ;
        skip_duplicate_validation: bool,
    }
}

request! {
    /// A note to be taken.
    NewNote {
        body: String,
        ;
        admin_id: Id,
        contact_id: Id,
    }
}

request! {
    /// What is added, by its id.
    Attach { id: Id, ; }
}
