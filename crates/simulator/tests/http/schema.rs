//! A small structural validator for the part of OpenAPI 3.0 that the description uses: `$ref`, `type`, `required`,
//! `properties`, `additionalProperties`, `items`, `enum`, `nullable`, `allOf`, `oneOf`, `anyOf`.
//!
//! Stricter than OpenAPI in one thing: a member that a described object does not have is a violation, because it is
//! either a slip of ours or worth a line in the table of exceptions.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// One place where a value and the description differ: where, by the names in the description, and how.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Violation {
    pub(crate) place: String,
    pub(crate) what: String,
}

#[derive(Debug)]
pub(crate) struct Description {
    root: Value,
}

impl Description {
    pub(crate) fn parse(yaml: &str) -> Self {
        Self { root: serde_norway::from_str(yaml).unwrap() }
    }

    /// The schema of an answer, if the description has one for this route and status.
    pub(crate) fn answer(&self, method: &str, route: &str, status: u16) -> Option<&Value> {
        let operation = self.root["paths"].get(route)?.get(method.to_lowercase())?;
        let answer = operation["responses"].get(status.to_string())?;
        answer["content"]["application/json"].get("schema")
    }

    pub(crate) fn knows(&self, method: &str, route: &str) -> bool {
        self.root["paths"]
            .get(route)
            .is_some_and(|operations| operations.get(method.to_lowercase()).is_some())
    }

    fn component(&self, name: &str) -> &Value {
        &self.root["components"]["schemas"][name]
    }

    pub(crate) fn violations(&self, schema: &Value, value: &Value, place: &str) -> Vec<Violation> {
        let mut found = Vec::new();
        self.check(schema, value, place, &mut found);
        found.extend(self.undescribed(schema, value, place));
        found
    }

    fn check(&self, schema: &Value, value: &Value, place: &str, found: &mut Vec<Violation>) {
        let (schema, resolved_place, nullable) = self.resolved(schema, place);
        // Null belongs to the member that holds it, everything else to the component.
        let null_place = place.to_owned();
        let place = resolved_place;
        if value.is_null() {
            let allowed =
                nullable || schema["enum"].as_array().is_some_and(|values| values.contains(&Value::Null));
            if !allowed && schema.as_object().is_some_and(|schema| !schema.is_empty()) {
                found.push(Violation { place: null_place, what: "is null".to_owned() });
            }
            return;
        }
        if schema["enum"].as_array().is_some_and(|values| !values.contains(value)) {
            let what = format!("is {value}, which is not in the enum");
            found.push(Violation { place: place.clone(), what });
        }
        for part in schema["allOf"].as_array().into_iter().flatten() {
            self.check(part, value, &place, found);
        }
        for choice in ["oneOf", "anyOf"] {
            let Some(options) = schema[choice].as_array() else { continue };
            // Options without a body only say what is required; several may fit.
            let fits = options.iter().any(|option| {
                let mut failed = Vec::new();
                self.check(option, value, &place, &mut failed);
                failed.is_empty()
            });
            if !fits {
                found.push(Violation { place: place.clone(), what: format!("fits no {choice}") });
            }
        }
        if let Some(kind) = schema["type"].as_str().filter(|kind| !is_of_type(value, kind)) {
            found.push(Violation { place, what: format!("is {}, not {kind}", type_name(value)) });
            return;
        }
        if let Some(members) = value.as_object() {
            self.check_members(schema, members, &place, found);
        }
        if let (Some(entries), Some(items)) = (value.as_array(), schema.get("items")) {
            for entry in entries {
                self.check(items, entry, &format!("{place}[]"), found);
            }
        }
    }

    fn check_members(
        &self,
        schema: &Value,
        members: &serde_json::Map<String, Value>,
        place: &str,
        found: &mut Vec<Violation>,
    ) {
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                found.push(Violation { place: format!("{place}.{name}"), what: "is missing".to_owned() });
            }
        }
        for (name, value) in members {
            if let Some(property) = schema["properties"].get(name) {
                self.check(property, value, &format!("{place}.{name}"), found);
            } else if schema["additionalProperties"].is_object() {
                self.check(&schema["additionalProperties"], value, &format!("{place}.*"), found);
            }
        }
    }

    /// The members of `value` that no schema for it names, at any depth.
    fn undescribed(&self, schema: &Value, value: &Value, place: &str) -> Vec<Violation> {
        let (schema, place, _) = self.resolved(schema, place);
        let mut found = Vec::new();
        if let Some(members) = value.as_object() {
            let mut properties = Vec::new();
            let mut open = false;
            self.gather(schema, &mut properties, &mut open);
            let names: BTreeSet<&str> = properties.iter().map(|(name, _)| *name).collect();
            for (name, member) in members {
                let place = format!("{place}.{name}");
                // Where several schemas name the member, the one that fits it best is meant.
                let candidates = properties.iter().filter(|(known, _)| known == name);
                let fitting = candidates.map(|(_, property)| self.undescribed(property, member, &place));
                match fitting.min_by_key(Vec::len) {
                    Some(inside) => found.extend(inside),
                    None if open || names.is_empty() => {}
                    None => found.push(Violation { place, what: "is not described".to_owned() }),
                }
            }
        }
        if let (Some(entries), Some(items)) = (value.as_array(), schema.get("items")) {
            for entry in entries {
                found.extend(self.undescribed(items, entry, &format!("{place}[]")));
            }
        }
        found
    }

    fn gather<'a>(&'a self, schema: &'a Value, properties: &mut Vec<(&'a str, &'a Value)>, open: &mut bool) {
        let (schema, ..) = self.resolved(schema, "");
        if let Some(named) = schema["properties"].as_object() {
            properties.extend(named.iter().map(|(name, property)| (name.as_str(), property)));
        }
        *open |= schema["additionalProperties"].is_object() || schema["additionalProperties"] == true;
        for choice in ["allOf", "oneOf", "anyOf"] {
            for part in schema[choice].as_array().into_iter().flatten() {
                self.gather(part, properties, open);
            }
        }
    }

    /// Follows references. The place takes the name of the component that a reference leads to.
    fn resolved<'a>(&'a self, schema: &'a Value, place: &str) -> (&'a Value, String, bool) {
        let mut schema = schema;
        let mut place = place.to_owned();
        let mut nullable = schema["nullable"] == true;
        while let Some(reference) = schema["$ref"].as_str() {
            let name = reference.rsplit('/').next().unwrap();
            schema = self.component(name);
            assert!(!schema.is_null(), "the description refers to {reference}, which it does not have");
            name.clone_into(&mut place);
            nullable |= schema["nullable"] == true;
        }
        (schema, place, nullable)
    }
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        other => panic!("the description has the unknown type {other}"),
    }
}

fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[test]
fn the_validator_sees_each_kind_of_difference() {
    let description = Description::parse(
        "components:
  schemas:
    base: { type: object, required: [id], properties: { id: { type: string } } }
    thing:
      allOf: [{ $ref: '#/components/schemas/base' }]
      properties:
        kind: { type: string, enum: [a, b] }
        count: { type: integer, nullable: true }
        inner: { $ref: '#/components/schemas/base' }
        list: { type: array, items: { oneOf: [{ type: string }, { type: integer }] } }
",
    );
    let thing = json!({ "$ref": "#/components/schemas/thing" });
    let differences = |value: Value| -> Vec<String> {
        let found = description.violations(&thing, &value, "answer");
        found.into_iter().map(|violation| format!("{} {}", violation.place, violation.what)).collect()
    };
    let sound = json!({ "id": "1", "kind": "a", "count": null, "inner": { "id": "2" }, "list": ["x", 1] });
    assert!(differences(sound).is_empty());
    for (value, expected) in [
        (json!({ "kind": "a" }), "base.id is missing"),
        (json!({ "id": 1 }), "base.id is a number, not string"),
        (json!({ "id": "1", "kind": "c" }), "thing.kind is \"c\", which is not in the enum"),
        (json!({ "id": "1", "kind": null }), "thing.kind is null"),
        (json!({ "id": "1", "count": 1.5 }), "thing.count is a number, not integer"),
        (json!({ "id": "1", "inner": null }), "thing.inner is null"),
        (json!({ "id": "1", "inner": {} }), "base.id is missing"),
        (json!({ "id": "1", "list": [true] }), "thing.list[] fits no oneOf"),
        (json!({ "id": "1", "extra": 1 }), "thing.extra is not described"),
    ] {
        assert_eq!(differences(value.clone()), [expected], "{value}");
    }
}
