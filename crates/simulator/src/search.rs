//! The query language of the searches: filters, groups of them, and what each field may be asked.

use serde_json::Value;

use crate::{answer::Refusal, world::Span};

mod contact_fields;
mod conversation_fields;

pub(crate) use contact_fields::{contact_field, contact_sort_value};
pub(crate) use conversation_fields::conversation_field;

/// The most filters in one group, and how deep groups may stand in each other.
const FILTERS_IN_A_GROUP: usize = 15;
const DEPTH: usize = 2;

/// What a field holds, and so which operators it understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    /// Text of which only single words match.
    Words,
    Integer,
    Boolean,
    /// A time, compared to the second; `<` and `>` include the value.
    Date,
    /// A time, compared by calendar day.
    Day,
    /// Ids of which one has to match, asked only for equality.
    Tags,
    /// An attribute that the workspace made up: whatever the value turns out to be.
    Any,
}

/// The values that something has for a field: none, one, or many.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Held {
    Texts(Vec<String>),
    Number(Option<i64>),
    Flag(bool),
}

impl Held {
    pub(crate) fn text(text: Option<impl Into<String>>) -> Self {
        Self::Texts(text.map(Into::into).into_iter().collect())
    }

    pub(crate) fn value(value: Option<&Value>) -> Self {
        match value {
            None | Some(Value::Null) => Self::Texts(Vec::new()),
            Some(Value::Bool(flag)) => Self::Flag(*flag),
            Some(Value::Number(number)) => number
                .as_i64()
                .map_or_else(|| Self::text(Some(number.to_string())), |number| Self::Number(Some(number))),
            Some(Value::String(text)) => Self::text(Some(text.as_str())),
            Some(other) => Self::text(Some(other.to_string())),
        }
    }
}

/// A searchable field of a `T`.
pub(crate) struct Field<'w, T> {
    pub(crate) kind: Kind,
    pub(crate) held: Box<dyn Fn(&T) -> Held + 'w>,
}

/// A query that was read and found sound.
pub(crate) enum Filter<'w, T> {
    All(Vec<Filter<'w, T>>),
    Any(Vec<Filter<'w, T>>),
    One { name: String, field: Field<'w, T>, operator: Operator, wanted: Wanted },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equals,
    Differs,
    In,
    NotIn,
    Greater,
    GreaterOrEqual,
    Lower,
    LowerOrEqual,
    Contains,
    ContainsNot,
    StartsWith,
    EndsWith,
}

/// The value of a filter, in the kind of its field.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Wanted {
    Nothing,
    Texts(Vec<String>),
    Numbers(Vec<i64>),
    Flags(Vec<bool>),
}

impl Operator {
    fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "=" => Self::Equals,
            "!=" => Self::Differs,
            "IN" => Self::In,
            "NIN" => Self::NotIn,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            "<" => Self::Lower,
            "<=" => Self::LowerOrEqual,
            "~" => Self::Contains,
            "!~" => Self::ContainsNot,
            "^" => Self::StartsWith,
            "$" => Self::EndsWith,
            _ => return None,
        })
    }

    fn takes_list(self) -> bool {
        matches!(self, Self::In | Self::NotIn)
    }

    fn fits(self, kind: Kind) -> bool {
        match self {
            Self::Equals => true,
            Self::Differs => kind != Kind::Day,
            Self::In | Self::NotIn => !matches!(kind, Kind::Day | Kind::Tags),
            Self::Greater | Self::Lower => {
                matches!(kind, Kind::Integer | Kind::Date | Kind::Day | Kind::Any)
            }
            Self::GreaterOrEqual | Self::LowerOrEqual => {
                matches!(kind, Kind::Integer | Kind::Date | Kind::Any)
            }
            Self::Contains | Self::ContainsNot | Self::StartsWith | Self::EndsWith => {
                matches!(kind, Kind::Text | Kind::Words | Kind::Any)
            }
        }
    }
}

/// Reads the `query` of a search.
pub(crate) fn parse<'w, T>(
    body: &Value,
    find_field: &dyn Fn(&str) -> Option<Field<'w, T>>,
) -> Result<Filter<'w, T>, Refusal> {
    let query = body.get("query").ok_or_else(|| Refusal::missing("query"))?;
    filter(query, find_field, 0)
}

fn filter<'w, T>(
    query: &Value,
    find_field: &dyn Fn(&str) -> Option<Field<'w, T>>,
    depth: usize,
) -> Result<Filter<'w, T>, Refusal> {
    if !query.is_object() {
        return Err(Refusal::invalid("A query must be an object").on_field("query"));
    }
    let operator = query
        .get("operator")
        .and_then(Value::as_str)
        .ok_or_else(|| Refusal::invalid("operator not specified").on_field("operator"))?;
    if matches!(operator, "AND" | "OR") {
        return group(operator, query, find_field, depth + 1);
    }
    let name = query
        .get("field")
        .and_then(Value::as_str)
        .ok_or_else(|| Refusal::invalid("field not specified").on_field("field"))?;
    let field = find_field(name)
        .ok_or_else(|| Refusal::invalid(format!("'{name}' is not a field to search by")).on_field(name))?;
    let asked = Operator::parse(operator)
        .ok_or_else(|| Refusal::invalid(format!("'{operator}' is not an operator")).on_field("operator"))?;
    if !asked.fits(field.kind) {
        let message = format!("The operator '{operator}' is not supported on the field '{name}'");
        return Err(Refusal::invalid(message).on_field(name));
    }
    let value =
        query.get("value").ok_or_else(|| Refusal::invalid("value not specified").on_field("value"))?;
    let wanted = wanted(value, asked, field.kind).ok_or_else(|| {
        Refusal::invalid(format!("The value of '{name}' has the wrong type")).on_field(name)
    })?;
    Ok(Filter::One { name: name.to_owned(), field, operator: asked, wanted })
}

fn group<'w, T>(
    operator: &str,
    query: &Value,
    find_field: &dyn Fn(&str) -> Option<Field<'w, T>>,
    depth: usize,
) -> Result<Filter<'w, T>, Refusal> {
    if depth > DEPTH {
        return Err(Refusal::invalid(format!("Filters may be nested {DEPTH} deep at most")).on_field("query"));
    }
    let members =
        query.get("value").and_then(Value::as_array).filter(|members| !members.is_empty()).ok_or_else(
            || Refusal::invalid(format!("{operator} needs a list of filters")).on_field("value"),
        )?;
    if members.len() > FILTERS_IN_A_GROUP {
        let message = format!("A group holds {FILTERS_IN_A_GROUP} filters at most");
        return Err(Refusal::invalid(message).on_field("value"));
    }
    let filters =
        members.iter().map(|member| filter(member, find_field, depth)).collect::<Result<Vec<_>, _>>()?;
    Ok(if operator == "AND" { Filter::All(filters) } else { Filter::Any(filters) })
}

fn wanted(value: &Value, operator: Operator, kind: Kind) -> Option<Wanted> {
    let values: Vec<&Value> = match value {
        Value::Array(values) if operator.takes_list() => values.iter().collect(),
        Value::Array(_) => return None,
        _ if operator.takes_list() => return None,
        Value::Null => return Some(Wanted::Nothing),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => vec![value],
    };
    match kind {
        Kind::Text | Kind::Words | Kind::Tags | Kind::Any => {
            values.into_iter().map(as_text).collect::<Option<_>>().map(Wanted::Texts)
        }
        Kind::Integer | Kind::Date | Kind::Day => {
            values.into_iter().map(as_number).collect::<Option<_>>().map(Wanted::Numbers)
        }
        Kind::Boolean => values.into_iter().map(as_flag).collect::<Option<_>>().map(Wanted::Flags),
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn as_number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn as_flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str()?.parse().ok())
}

impl<T> Filter<'_, T> {
    pub(crate) fn matches(&self, item: &T) -> bool {
        match self {
            Self::All(filters) => filters.iter().all(|filter| filter.matches(item)),
            Self::Any(filters) => filters.iter().any(|filter| filter.matches(item)),
            Self::One { field, operator, wanted, .. } => {
                holds(&(field.held)(item), field.kind, *operator, wanted)
            }
        }
    }
}

impl<T> Filter<'_, T> {
    /// The span that a date of an item must lie in to match, and whether nothing else counts.
    pub(crate) fn span_of(&self, date: &str) -> (Span, bool) {
        let anything = (Span::ALWAYS, false);
        match self {
            Self::Any(_) => anything,
            Self::All(filters) => filters
                .iter()
                .map(|filter| filter.span_of(date))
                .fold((Span::ALWAYS, true), |(span, decided), (next, decides)| {
                    (span.and(next), decided && decides)
                }),
            Self::One { name, field, operator, wanted } => {
                let Wanted::Numbers(numbers) = wanted else { return anything };
                let Some(bound) = numbers.first().filter(|_| name == date && field.kind == Kind::Date) else {
                    return anything;
                };
                match operator {
                    Operator::Greater | Operator::GreaterOrEqual => {
                        (Span { from: *bound, ..Span::ALWAYS }, true)
                    }
                    Operator::Lower | Operator::LowerOrEqual => (Span { to: *bound, ..Span::ALWAYS }, true),
                    Operator::Equals => (Span { from: *bound, to: *bound }, true),
                    Operator::Differs
                    | Operator::In
                    | Operator::NotIn
                    | Operator::Contains
                    | Operator::ContainsNot
                    | Operator::StartsWith
                    | Operator::EndsWith => anything,
                }
            }
        }
    }
}

fn holds(held: &Held, kind: Kind, operator: Operator, wanted: &Wanted) -> bool {
    match operator {
        Operator::Differs => !holds(held, kind, Operator::Equals, wanted),
        Operator::NotIn => !holds(held, kind, Operator::In, wanted),
        Operator::ContainsNot => !holds(held, kind, Operator::Contains, wanted),
        Operator::Equals | Operator::In => match (held, wanted) {
            (Held::Texts(texts), Wanted::Nothing) => texts.is_empty(),
            (Held::Number(number), Wanted::Nothing) => number.is_none(),
            (Held::Texts(texts), Wanted::Texts(wanted)) => {
                texts.iter().any(|text| wanted.iter().any(|wanted| equal_text(text, wanted, kind)))
            }
            (Held::Number(Some(number)), Wanted::Numbers(wanted)) => wanted.iter().any(|wanted| {
                if kind == Kind::Day { day(*number) == day(*wanted) } else { number == wanted }
            }),
            (Held::Number(Some(number)), Wanted::Texts(wanted)) => {
                wanted.iter().any(|wanted| wanted.parse() == Ok(*number))
            }
            (Held::Flag(flag), Wanted::Flags(wanted)) => wanted.contains(flag),
            (Held::Flag(flag), Wanted::Texts(wanted)) => {
                wanted.iter().any(|wanted| wanted.parse() == Ok(*flag))
            }
            (Held::Number(_) | Held::Flag(_) | Held::Texts(_), _) => false,
        },
        Operator::Greater | Operator::GreaterOrEqual | Operator::Lower | Operator::LowerOrEqual => {
            let Held::Number(Some(number)) = held else { return false };
            let bound = match wanted {
                Wanted::Numbers(numbers) => numbers.first().copied(),
                Wanted::Texts(texts) => texts.first().and_then(|text| text.parse().ok()),
                Wanted::Nothing | Wanted::Flags(_) => None,
            };
            bound.is_some_and(|bound| beyond(*number, bound, kind, operator))
        }
        Operator::Contains => compares_text(held, wanted, |text, wanted| text.contains(wanted)),
        Operator::StartsWith => compares_text(held, wanted, |text, wanted| text.starts_with(wanted)),
        Operator::EndsWith => compares_text(held, wanted, |text, wanted| text.ends_with(wanted)),
    }
}

fn compares_text(held: &Held, wanted: &Wanted, compare: fn(&str, &str) -> bool) -> bool {
    let (Held::Texts(texts), Wanted::Texts(wanted)) = (held, wanted) else { return false };
    let Some(wanted) = wanted.first().map(|wanted| wanted.to_lowercase()) else { return false };
    texts.iter().any(|text| compare(&text.to_lowercase(), &wanted))
}

fn equal_text(text: &str, wanted: &str, kind: Kind) -> bool {
    if kind == Kind::Words {
        let wanted = wanted.to_lowercase();
        return text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
            .any(|word| word.to_lowercase() == wanted);
    }
    text.eq_ignore_ascii_case(wanted)
}

fn beyond(number: i64, bound: i64, kind: Kind, operator: Operator) -> bool {
    let upwards = matches!(operator, Operator::Greater | Operator::GreaterOrEqual);
    // Dates of conversations: "greater (or equal)" and "lower (or equal)".
    let inclusive =
        kind == Kind::Date || matches!(operator, Operator::GreaterOrEqual | Operator::LowerOrEqual);
    // Dates of contacts: from the next day, or before the day.
    let (number, bound) = if kind == Kind::Day { (day(number), day(bound)) } else { (number, bound) };
    (inclusive && number == bound) || if upwards { number > bound } else { number < bound }
}

fn day(at: i64) -> i64 {
    at.div_euclid(86_400)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: Kind, held: &Held, operator: &str, value: &Value) -> Result<bool, String> {
        let operator = Operator::parse(operator).unwrap();
        if !operator.fits(kind) {
            return Err("operator".to_owned());
        }
        let wanted = wanted(value, operator, kind).ok_or_else(|| "value".to_owned())?;
        Ok(holds(held, kind, operator, &wanted))
    }

    #[test]
    fn every_operator_means_what_the_description_says() {
        let text = Held::text(Some("Refund please"));
        let number = Held::Number(Some(7));
        let none = Held::Number(None);
        for (kind, held, operator, value, expected) in [
            (Kind::Text, &text, "=", Value::from("refund PLEASE"), Ok(true)),
            (Kind::Text, &text, "!=", Value::from("refund"), Ok(true)),
            (Kind::Text, &text, "~", Value::from("fund"), Ok(true)),
            (Kind::Text, &text, "!~", Value::from("fund"), Ok(false)),
            (Kind::Text, &text, "^", Value::from("refund"), Ok(true)),
            (Kind::Text, &text, "^", Value::from("please"), Ok(false)),
            (Kind::Text, &text, "$", Value::from("please"), Ok(true)),
            (Kind::Text, &text, "IN", serde_json::json!(["a", "Refund please"]), Ok(true)),
            (Kind::Text, &text, "NIN", serde_json::json!(["a", "b"]), Ok(true)),
            (Kind::Text, &text, "IN", Value::from("a"), Err("value".to_owned())),
            (Kind::Text, &text, ">", Value::from("a"), Err("operator".to_owned())),
            (Kind::Words, &text, "=", Value::from("please"), Ok(true)),
            (Kind::Words, &text, "=", Value::from("refund please"), Ok(false)),
            (Kind::Integer, &number, ">", Value::from(7), Ok(false)),
            (Kind::Integer, &number, ">=", Value::from(7), Ok(true)),
            (Kind::Integer, &number, "<", Value::from("8"), Ok(true)),
            (Kind::Date, &number, ">", Value::from("7"), Ok(true)),
            (Kind::Date, &number, "<", Value::from(7), Ok(true)),
            (Kind::Date, &number, "=", Value::from("foorbar"), Err("value".to_owned())),
            (Kind::Date, &none, "=", Value::Null, Ok(true)),
            (Kind::Date, &none, ">", Value::from(0), Ok(false)),
            (Kind::Day, &number, "!=", Value::from(7), Err("operator".to_owned())),
            (Kind::Day, &number, ">", Value::from(0), Ok(false)),
            (Kind::Day, &number, "=", Value::from(86_399), Ok(true)),
            (Kind::Boolean, &Held::Flag(true), "=", Value::from("true"), Ok(true)),
            (Kind::Tags, &Held::Texts(vec!["1".to_owned(), "2".to_owned()]), "=", Value::from(2), Ok(true)),
            (Kind::Tags, &Held::Texts(Vec::new()), "IN", serde_json::json!([2]), Err("operator".to_owned())),
        ] {
            assert_eq!(asked(kind, held, operator, &value), expected, "{kind:?} {held:?} {operator} {value}");
        }
    }
}
