//! Reading what a request says, member by member.

use serde_json::Value;

use crate::answer::Refusal;

/// The members of a JSON body. A null counts as left out.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(&'a Value);

impl<'a> Fields<'a> {
    pub(super) fn of(body: &'a Value) -> Result<Self, Refusal> {
        match body {
            Value::Object(_) | Value::Null => Ok(Self(body)),
            Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
                Err(Refusal::invalid("The body must be a JSON object"))
            }
        }
    }

    pub(super) fn get(self, name: &str) -> Option<&'a Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// Whether the request names the member at all, even as null.
    pub(super) fn names(self, name: &str) -> bool {
        self.0.get(name).is_some()
    }

    pub(super) fn text(self, name: &str) -> Result<Option<&'a str>, Refusal> {
        self.get(name)
            .map(|value| {
                value
                    .as_str()
                    .ok_or_else(|| Refusal::invalid(format!("{name} must be a string")).on_field(name))
            })
            .transpose()
    }

    pub(super) fn required_text(self, name: &str) -> Result<&'a str, Refusal> {
        self.text(name)?.filter(|text| !text.trim().is_empty()).ok_or_else(|| Refusal::missing(name))
    }

    pub(super) fn flag(self, name: &str) -> Result<Option<bool>, Refusal> {
        self.get(name)
            .map(|value| {
                value
                    .as_bool()
                    .ok_or_else(|| Refusal::invalid(format!("{name} must be true or false")).on_field(name))
            })
            .transpose()
    }

    pub(super) fn time(self, name: &str) -> Result<Option<i64>, Refusal> {
        self.get(name)
            .map(|value| {
                value.as_i64().or_else(|| value.as_str()?.parse().ok()).ok_or_else(|| {
                    Refusal::invalid(format!("{name} must be a Unix timestamp")).on_field(name)
                })
            })
            .transpose()
    }

    /// An id, which may come as a string or as a number.
    pub(super) fn id(self, name: &str) -> Result<Option<String>, Refusal> {
        self.get(name)
            .map(|value| match value {
                Value::String(text) => Ok(text.clone()),
                Value::Number(number) => Ok(number.to_string()),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
                    Err(Refusal::invalid(format!("{name} must be an id")).on_field(name))
                }
            })
            .transpose()
    }

    pub(super) fn required_id(self, name: &str) -> Result<String, Refusal> {
        self.id(name)?.filter(|id| !id.is_empty()).ok_or_else(|| Refusal::missing(name))
    }

    pub(super) fn list(self, name: &str, most: usize) -> Result<&'a [Value], Refusal> {
        let Some(value) = self.get(name) else { return Ok(&[]) };
        let list = value
            .as_array()
            .ok_or_else(|| Refusal::invalid(format!("{name} must be a list")).on_field(name))?;
        if list.len() > most {
            return Err(Refusal::invalid(format!("{name} may hold {most} entries at most")).on_field(name));
        }
        Ok(list)
    }
}
