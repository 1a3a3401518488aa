//! Macros: their texts, with what Intercom puts in by name written as a variable of replies.

use crate::api::macros::Macro;
use crate::text::{line, plain};
use domain::ReplyVariable;

/// The macro as it is used in a reply. `None` when it has no text, and when it is not for the inbox.
pub(crate) fn for_replies(found: &Macro) -> Option<domain::Macro> {
    let id = found.id.id()?.to_owned();
    let places: Vec<&str> = found
        .available_on
        .get()
        .map(|all| all.items.iter().map(String::as_str).collect())
        .unwrap_or_default();
    if !places.is_empty() && !places.contains(&"inbox") {
        return None;
    }
    let text = found.body_text.text().and_then(plain)?;
    let for_teams = found.visible_to.text() == Some("specific_teams");
    let teams = found.visible_to_team_ids.get().filter(|_| for_teams);
    Some(domain::Macro {
        name: found.name.text().and_then(line).unwrap_or_else(|| format!("Macro {id}")),
        text: with_our_variables(&text),
        team_ids: teams
            .map(|all| all.items.iter().map(|id| id.as_str().into()).collect())
            .unwrap_or_default(),
        updated_at: found.updated_at.time(),
        id: id.into(),
    })
}

/// `{{user.first_name|fallback:"there"}}` as `{{first_name|there}}`. What has no variable here stays as it came, so that
/// nobody sends it unseen.
fn with_our_variables(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = next_placeholder(rest) {
        out.push_str(before);
        let (key, fallback) = match inside.split_once('|') {
            Some((key, filter)) => (key, fallback_of(filter)),
            None => (inside, Some("")),
        };
        match variable(key.trim()).zip(fallback) {
            Some((variable, "")) => out.extend(["{{", variable.as_str(), "}}"]),
            Some((variable, fallback)) => out.extend(["{{", variable.as_str(), "|", fallback, "}}"]),
            None => out.extend(["{{", inside, "}}"]),
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, opened) = text.split_once("{{")?;
    let (inside, after) = opened.split_once("}}")?;
    Some((before, inside, after))
}

/// The text of `fallback:"there"`; `None` for any other filter, and for a text that a variable here cannot have.
fn fallback_of(filter: &str) -> Option<&str> {
    let text = filter.trim().strip_prefix("fallback")?.trim_start().strip_prefix(':')?.trim();
    let quoted = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    let text = quoted('"').or_else(|| quoted('\'')).unwrap_or(text).trim();
    (!text.contains(['{', '}', '|', '\n'])).then_some(text)
}

/// The variable that says what Intercom's attribute says.
fn variable(key: &str) -> Option<ReplyVariable> {
    let (whose, what) = key.split_once('.').unwrap_or(("contact", key));
    match (whose, what) {
        ("user" | "contact", "first_name") => Some(ReplyVariable::FirstName),
        ("user" | "contact", "name") => Some(ReplyVariable::Name),
        ("user" | "contact", "email") => Some(ReplyVariable::Email),
        ("company", "name") => Some(ReplyVariable::Company),
        ("teammate" | "admin", "name") => Some(ReplyVariable::Teammate),
        ("teammate" | "admin", "first_name") => Some(ReplyVariable::TeammateFirstName),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::TeamId;
    use serde_json::{Value, json};

    fn read(one: Value) -> Option<domain::Macro> {
        for_replies(&serde_json::from_value(one).unwrap())
    }

    #[test]
    fn what_is_known_by_name_becomes_a_variable_and_the_rest_stays_to_be_seen() {
        for (intercom, ours) in [
            ("Hi {{user.first_name|fallback:\"there\"}},", "Hi {{first_name|there}},"),
            ("Hi {{ contact.first_name | fallback: 'there' }}!", "Hi {{first_name|there}}!"),
            ("Hi {{first_name | fallback:\"you\"}}", "Hi {{first_name|you}}"),
            (
                "{{user.name}} of {{company.name|fallback:\"your company\"}}",
                "{{name}} of {{company|your company}}",
            ),
            ("I'm {{teammate.name}} ({{teammate.first_name}})", "I'm {{teammate}} ({{teammate_first_name}})"),
            ("{{user.email|fallback:\"\"}}", "{{email}}"),
            (
                "Order #{{conversation.custom_attributes.order}}",
                "Order #{{conversation.custom_attributes.order}}",
            ),
            ("{{product.name|fallback:\"our products\"}}", "{{product.name|fallback:\"our products\"}}"),
            ("{{user.name|upcase}}", "{{user.name|upcase}}"),
            ("{{user.name|fallback:\"a|b\"}}", "{{user.name|fallback:\"a|b\"}}"),
            ("{{user.first_name", "{{user.first_name"),
            ("}} {{}}", "}} {{}}"),
        ] {
            assert_eq!(with_our_variables(intercom), ours);
        }
    }

    #[test]
    fn what_was_mapped_can_be_put_in_and_what_was_not_is_refused() {
        let facts = domain::ReplyFacts::complete();
        let mapped = with_our_variables("Hi {{user.first_name|fallback:\"there\"}} of {{company.name}}");
        assert_eq!(domain::reply::render(&mapped, &facts).as_deref(), Ok("Hi Ana of Northwind"));
        for unknown in
            ["{{order.number}}", "{{product.name|fallback:\"our products\"}}", "{{user.name|upcase}}"]
        {
            assert!(domain::reply::check(&with_our_variables(unknown)).is_err(), "{unknown}");
        }
    }

    #[test]
    fn macros_for_replies_have_a_text_and_are_for_the_inbox() {
        let one = |change: Value| {
            let mut one = json!({
                "type": "macro", "id": "5", "name": "Refund", "body": "<p>Hi</p>", "body_text": "Hi\r\nyou\u{202E}",
                "updated_at": "2025-07-17T15:30:24.000Z", "visible_to": "everyone", "visible_to_team_ids": [],
                "available_on": ["inbox", "messenger"]
            });
            for (key, value) in change.as_object().unwrap() {
                one[key] = value.clone();
            }
            read(one)
        };
        let usual = one(json!({})).unwrap();
        assert_eq!((usual.name.as_str(), usual.text.as_str()), ("Refund", "Hi\nyou"));
        assert!(usual.team_ids.is_empty() && usual.updated_at.is_some());
        let teams = one(json!({ "visible_to": "specific_teams", "visible_to_team_ids": ["7", 8] })).unwrap();
        assert_eq!(teams.team_ids, [TeamId::from("7"), TeamId::from("8")]);
        let stale = one(json!({ "visible_to_team_ids": ["7"] })).unwrap();
        assert!(stale.team_ids.is_empty(), "it is for everyone, whatever teams it names");
        assert!(one(json!({ "available_on": [] })).is_some(), "not said is not refused");
        for change in
            [json!({ "available_on": ["messenger"] }), json!({ "body_text": null }), json!({ "id": null })]
        {
            assert_eq!(one(change.clone()), None, "{change}");
        }
    }
}
