//! What the customers of the simulated workspace say, and when.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::SimulatorError;

/// A whole script: who writes, and what.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Script {
    pub(crate) contacts: Vec<ScriptContact>,
    pub(crate) conversations: Vec<ScriptConversation>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptContact {
    pub(crate) key: String,
    pub(crate) name: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) external_id: Option<String>,
    pub(crate) company: Option<String>,
    pub(crate) plan: Option<String>,
    #[serde(default)]
    pub(crate) role: Role,
    pub(crate) city: Option<String>,
    pub(crate) country: Option<String>,
    pub(crate) language: Option<String>,
    #[serde(default)]
    pub(crate) custom_attributes: Map<String, Value>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Role {
    #[default]
    User,
    Lead,
}

impl Role {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Lead => "lead",
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptConversation {
    pub(crate) key: String,
    pub(crate) contact: String,
    pub(crate) subject: Option<String>,
    pub(crate) body: String,
    pub(crate) channel: Channel,
    /// Its age in minutes at the start. One that has none arrives later, as traffic.
    pub(crate) backlog_minutes: Option<f64>,
    pub(crate) truth: Truth,
    pub(crate) language: Option<String>,
    #[serde(default)]
    pub(crate) attachments: Vec<ScriptAttachment>,
    #[serde(default)]
    pub(crate) follow_ups: Vec<FollowUp>,
    #[serde(default)]
    pub(crate) closed_history: bool,
    pub(crate) days_ago: Option<f64>,
    pub(crate) admin_reply: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Channel {
    Email,
    Chat,
}

/// What a conversation really is about. Only the control surface tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Truth {
    Urgent,
    Billing,
    General,
    Spam,
    Unclear,
}

impl Truth {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Urgent => "urgent",
            Self::Billing => "billing",
            Self::General => "general",
            Self::Spam => "spam",
            Self::Unclear => "unclear",
        }
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScriptAttachment {
    pub(crate) name: String,
    pub(crate) content_type: String,
}

/// What a customer says later: some seconds after their last message, or after an answer to it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FollowUp {
    pub(crate) after: After,
    pub(crate) delay_s: f64,
    pub(crate) body: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum After {
    Seconds,
    Reply,
}

impl Script {
    pub(crate) fn parse(text: &str) -> Result<Self, SimulatorError> {
        let script: Self = serde_json::from_str(text).map_err(SimulatorError::ScriptUnreadable)?;
        script.check()?;
        Ok(script)
    }

    fn check(&self) -> Result<(), SimulatorError> {
        let wrong = |what: String| Err(SimulatorError::ScriptWrong(what));
        let mut contacts = BTreeSet::new();
        for contact in &self.contacts {
            if !contacts.insert(contact.key.as_str()) {
                return wrong(format!("two contacts have the key '{}'", contact.key));
            }
            if contact.email.is_none() && contact.external_id.is_none() && contact.role == Role::User {
                return wrong(format!("the user '{}' has neither an e-mail nor an external id", contact.key));
            }
        }
        let mut conversations = BTreeSet::new();
        for conversation in &self.conversations {
            let key = &conversation.key;
            if !conversations.insert(key.as_str()) {
                return wrong(format!("two conversations have the key '{key}'"));
            }
            if !contacts.contains(conversation.contact.as_str()) {
                return wrong(format!(
                    "conversation '{key}' is by the unknown contact '{}'",
                    conversation.contact
                ));
            }
            let ages = [conversation.backlog_minutes, conversation.days_ago];
            let delays = conversation.follow_ups.iter().map(|follow_up| Some(follow_up.delay_s));
            if ages.into_iter().chain(delays).flatten().any(|number| !number.is_finite() || number < 0.0) {
                return wrong(format!("conversation '{key}' has a negative age or delay"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_that_names_an_unknown_contact_is_refused_with_its_key() {
        let text = r#"{"contacts":[],"conversations":[
            {"key":"c1","contact":"nobody","body":"Hi","channel":"chat","truth":"general"}]}"#;
        let refused = Script::parse(text).unwrap_err().to_string();
        assert!(refused.contains("'c1'") && refused.contains("'nobody'"), "{refused}");
    }

    #[test]
    fn a_script_with_a_misspelt_field_is_refused_with_its_name() {
        let text = r#"{"contacts":[{"key":"a","name":"A","email":"a@a.example","rolle":"user"}],"conversations":[]}"#;
        let refused = Script::parse(text).unwrap_err().to_string();
        assert!(refused.contains("rolle"), "{refused}");
    }
}
