//! The fields that contacts can be searched and sorted by.

use super::{Field, Held, Kind};
use crate::world::{Contact, World};

/// Finds a field by its name in the description. Attributes of the workspace go by `custom_attributes.<name>`.
pub(crate) fn contact_field<'a>(world: &'a World, name: &str) -> Option<Field<'a, Contact>> {
    let field = |kind, held: Box<dyn Fn(&Contact) -> Held + 'a>| Some(Field { kind, held });
    if let Some(attribute) = name.strip_prefix("custom_attributes.") {
        let attribute = attribute.to_owned();
        return field(
            Kind::Any,
            Box::new(move |contact| Held::value(contact.custom_attributes.get(&attribute))),
        );
    }
    let (kind, held): (Kind, fn(&Contact) -> Held) = match name {
        "id" => (Kind::Text, |it| Held::text(Some(it.id.as_str()))),
        "role" => (Kind::Text, |it| Held::text(Some(it.role.name()))),
        "name" => (Kind::Text, |it| Held::text(it.name.as_deref())),
        "avatar" => (Kind::Text, |it| Held::text(it.avatar.as_deref())),
        "owner_id" => (Kind::Text, |it| Held::text(it.owner_id.map(|id| id.to_string()))),
        "email" => (Kind::Text, |it| Held::text(it.email.as_deref())),
        "email_domain" => (Kind::Text, |it| {
            Held::text(it.email.as_deref().and_then(|email| email.split_once('@')).map(|(_, domain)| domain))
        }),
        "phone" | "formatted_phone" => (Kind::Text, |it| Held::text(it.phone.as_deref())),
        "external_id" => (Kind::Text, |it| Held::text(it.external_id.as_deref())),
        "created_at" => (Kind::Day, |it| Held::Number(Some(it.created_at))),
        "updated_at" => (Kind::Day, |it| Held::Number(Some(it.updated_at))),
        "signed_up_at" => (Kind::Day, |it| Held::Number(it.signed_up_at)),
        "last_seen_at" => (Kind::Day, |it| Held::Number(it.last_seen_at)),
        "last_contacted_at" => (Kind::Day, |it| Held::Number(it.last_contacted_at)),
        "last_replied_at" => (Kind::Day, |it| Held::Number(it.last_replied_at)),
        "last_email_opened_at" | "last_email_clicked_at" | "ios_last_seen_at" | "android_last_seen_at" => {
            (Kind::Day, |_| Held::Number(None))
        }
        "language_override" | "browser_language" => (Kind::Text, |it| Held::text(it.language.as_deref())),
        "browser" => (Kind::Text, |it| Held::text(it.browser)),
        "os" => (Kind::Text, |it| Held::text(it.os)),
        "location.country" => (Kind::Text, |it| Held::text(it.country.as_deref())),
        "location.city" => (Kind::Text, |it| Held::text(it.city.as_deref())),
        "unsubscribed_from_emails" => (Kind::Boolean, |it| Held::Flag(it.unsubscribed_from_emails)),
        "marked_email_as_spam" | "has_hard_bounced" => (Kind::Boolean, |_| Held::Flag(false)),
        "location.region"
        | "ios_app_version"
        | "ios_device"
        | "ios_app_device"
        | "ios_os_version"
        | "ios_app_name"
        | "ios_sdk_version"
        | "android_app_version"
        | "android_device"
        | "android_app_name"
        | "andoid_sdk_version" => (Kind::Text, |_| Held::Texts(Vec::new())),
        "tag_id" => {
            (Kind::Tags, |it| Held::Texts(it.tags.iter().map(|tag| tag.tag_id.to_string()).collect()))
        }
        "segment_id" => {
            return field(
                Kind::Text,
                Box::new(move |contact| {
                    Held::Texts(world.segments_of(contact).map(|segment| segment.id.clone()).collect())
                }),
            );
        }
        _ => return None,
    };
    field(kind, Box::new(held))
}

/// What contacts are sorted by, where the field is a time; the others sort by when they were made.
pub(crate) fn contact_sort_value(contact: &Contact, field: &str) -> i64 {
    match field {
        "updated_at" => contact.updated_at,
        "signed_up_at" => contact.signed_up_at.unwrap_or_default(),
        "last_seen_at" => contact.last_seen_at.unwrap_or_default(),
        "last_replied_at" => contact.last_replied_at.unwrap_or_default(),
        "last_contacted_at" => contact.last_contacted_at.unwrap_or_default(),
        _ => contact.created_at,
    }
}
