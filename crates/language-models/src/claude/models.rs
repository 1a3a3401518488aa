//! Which Claude models there are, which to ask, and what each of them wants.

use super::wire::{Model, Support};
use crate::prices::without_date;
use crate::provider::ModelListing;

/// Asked first when the list says nothing: small and fast.
const FIRST: &str = "claude-haiku-5-5";
/// Asked second when the list says nothing.
const SECOND: &str = "claude-sonnet-5-5";
/// The lines, by the names of which the first and the second are looked for.
const LINES: [&str; 2] = ["haiku", "sonnet"];
/// Tokens of an answer of a model that does not think, and of one that does: its thoughts count.
const MOST_OUTPUT: (u64, u64) = (256, 2_048);

/// How a model is held to the form of the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// By a schema of its output.
    Structured,
    /// By a tool that it must use, held to a schema.
    StrictTool,
    /// By a tool that it must use, told of a schema.
    Tool,
}

/// The models of an account, or nothing when they are not known.
#[derive(Debug, Clone, Default)]
pub(super) struct Catalogue {
    models: Vec<Model>,
}

impl Catalogue {
    pub(super) const fn new(models: Vec<Model>) -> Self {
        Self { models }
    }

    /// Those worth choosing, as the service lists them: the newest first.
    pub(super) fn listings(&self) -> Vec<ModelListing> {
        let listing = |model: &Model| ModelListing {
            id: model.id.clone(),
            name: model.display_name.clone().unwrap_or_else(|| model.id.clone()),
            lifecycle: model.lifecycle.clone(),
            structured_outputs: model.structured_outputs(),
        };
        self.models.iter().map(listing).collect()
    }

    /// The small model that is asked first.
    pub(super) fn first(&self) -> String {
        self.newest(LINES[0]).unwrap_or_else(|| FIRST.to_owned())
    }

    /// The stronger one that is asked second.
    pub(super) fn second(&self) -> String {
        self.newest(LINES[1]).unwrap_or_else(|| SECOND.to_owned())
    }

    /// The newest model of a line that is neither on its way out nor unable to answer in the right form.
    fn newest(&self, line: &str) -> Option<String> {
        let fit = |model: &&Model| {
            let is_of_line = match &model.line {
                Some(said) => said == line,
                None => model.id.contains(line),
            };
            let is_active = model.lifecycle.as_deref().is_none_or(|said| said == "active");
            is_of_line && is_active && model.structured_outputs() != Some(false)
        };
        // Dates of one form: their order is that of their texts. Of two of a day the one listed first is taken.
        let newest = self.models.iter().filter(fit).rev().max_by(|a, b| a.created_at.cmp(&b.created_at));
        newest.map(|model| model.id.clone())
    }

    fn find(&self, id: &str) -> Option<&Model> {
        let is_it = |model: &&Model| model.id == id || without_date(&model.id) == Some(id);
        self.models.iter().find(is_it)
    }

    /// Whether the request says that the model shall not think. Models that think unless told otherwise must be
    /// told; those that always think refuse to be.
    pub(super) fn tells_not_to_think(&self, id: &str) -> bool {
        let said = self.find(id).and_then(Model::thinking_can_be_disabled);
        said.unwrap_or_else(|| LINES.iter().any(|line| id.contains(line)))
    }

    /// The most tokens of an answer.
    pub(super) fn most_output(&self, id: &str) -> u64 {
        if self.tells_not_to_think(id) { MOST_OUTPUT.0 } else { MOST_OUTPUT.1 }
    }

    /// The ways to hold a model to the form of the answer, the best first. One that always thinks cannot be made to
    /// use a tool.
    pub(super) fn forms(&self, id: &str) -> &'static [Form] {
        let structured = self.find(id).and_then(Model::structured_outputs);
        match (structured, self.tells_not_to_think(id)) {
            (Some(false), true) => &[Form::StrictTool, Form::Tool],
            (Some(false), false) => &[],
            (Some(true) | None, true) => &[Form::Structured, Form::StrictTool, Form::Tool],
            (Some(true) | None, false) => &[Form::Structured],
        }
    }
}

impl Model {
    fn structured_outputs(&self) -> Option<bool> {
        Some(self.capabilities.as_ref()?.structured_outputs.as_ref()?.supported)
    }

    fn thinking_can_be_disabled(&self) -> Option<bool> {
        let types = self.capabilities.as_ref()?.thinking.as_ref()?.types.as_ref()?;
        types.disabled.as_ref().map(|Support { supported }| *supported)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn model(
        id: &str,
        line: &str,
        lifecycle: &str,
        created: &str,
        structured: bool,
        disabled: bool,
    ) -> serde_json::Value {
        json!({
            "type": "model", "id": id, "display_name": id, "created_at": created, "lifecycle": lifecycle, "line": line,
            "capabilities": {
                "structured_outputs": {"supported": structured},
                "thinking": {"supported": true, "types": {"disabled": {"supported": disabled}}},
            },
        })
    }

    fn catalogue(models: &[serde_json::Value]) -> Catalogue {
        Catalogue::new(serde_json::from_value(json!(models)).unwrap())
    }

    fn current() -> Catalogue {
        catalogue(&[
            model("claude-haiku-6", "haiku", "deprecated", "2027-01-01T00:00:00Z", true, true),
            model("claude-fable-5-2", "fable", "active", "2026-10-01T00:00:00Z", true, false),
            model("claude-haiku-5-5", "haiku", "active", "2026-09-01T00:00:00Z", true, true),
            model("claude-sonnet-5-5", "sonnet", "active", "2026-08-01T00:00:00Z", true, true),
            model("claude-sonnet-4-6", "sonnet", "active", "2026-02-01T00:00:00Z", true, true),
            model("claude-haiku-4-5-20251001", "haiku", "active", "2025-10-01T00:00:00Z", false, true),
        ])
    }

    #[test]
    fn the_newest_active_small_model_is_first_and_the_next_line_second() {
        assert_eq!(
            (current().first(), current().second()),
            ("claude-haiku-5-5".into(), "claude-sonnet-5-5".into())
        );
    }

    #[test]
    fn without_a_list_the_defaults_stand() {
        let none = Catalogue::default();
        assert_eq!((none.first(), none.second()), (FIRST.to_owned(), SECOND.to_owned()));
    }

    #[test]
    fn an_older_list_without_lines_and_capabilities_will_do() {
        let old = catalogue(&[
            json!({"type": "model", "id": "claude-sonnet-4-6", "created_at": "2026-02-01T00:00:00Z"}),
            json!({"type": "model", "id": "claude-haiku-4-5-20251001", "created_at": "2025-10-01T00:00:00Z"}),
        ]);
        assert_eq!(
            (old.first(), old.second()),
            ("claude-haiku-4-5-20251001".into(), "claude-sonnet-4-6".into())
        );
        assert_eq!(old.forms("claude-haiku-4-5"), [Form::Structured, Form::StrictTool, Form::Tool]);
        assert!(old.tells_not_to_think("claude-haiku-4-5"));
    }

    #[test]
    fn thinking_is_switched_off_where_that_is_allowed_and_left_alone_where_not() {
        let models = current();
        for id in ["claude-haiku-5-5", "claude-haiku-4-5", "claude-haiku-4-5-20251001", "claude-sonnet-4-6"] {
            assert!(models.tells_not_to_think(id), "{id}");
            assert_eq!(models.most_output(id), 256);
        }
        for id in ["claude-fable-5-2", "claude-opus-5-5", "claude-mythos-9"] {
            assert!(!models.tells_not_to_think(id), "{id}");
            assert_eq!(models.most_output(id), 2_048);
        }
    }

    #[test]
    fn a_model_without_structured_outputs_is_made_to_use_a_tool_unless_it_always_thinks() {
        let models = catalogue(&[
            model("a-haiku", "haiku", "active", "2026-09-01T00:00:00Z", false, true),
            model("a-fable", "fable", "active", "2026-09-01T00:00:00Z", false, false),
        ]);
        assert_eq!(models.forms("a-haiku"), [Form::StrictTool, Form::Tool]);
        assert_eq!(models.forms("a-fable"), []);
        assert_eq!(current().forms("claude-fable-5-2"), [Form::Structured]);
    }
}
