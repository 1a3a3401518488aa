//! Searches, typed: what cannot be asked is refused here, with words, before a call is spent on it.
//!
//! ```
//! use intercom::api::query::{ConversationField, ConversationSearch, Query, SearchField};
//!
//! let search = ConversationSearch::new(Query::all([
//!     ConversationField::State.is("open"),
//!     ConversationField::UpdatedAt.above(1_734_537_511),
//! ]));
//! assert!(search.query.check().is_ok());
//! ```

mod fields;

pub use fields::{ContactField, ConversationField};

use super::field::Id;
use crate::fault::pointless;
use domain::{Fault, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The most filters in one group.
const MAX_FILTERS: usize = 15;
/// The most groups within each other.
const MAX_DEPTH: usize = 2;

words! {
    /// How a field is compared.
    Operator {
        Is = "=",
        IsNot = "!=",
        OneOf = "IN",
        NoneOf = "NIN",
        Above = ">",
        AtLeast = ">=",
        Below = "<",
        AtMost = "<=",
        Contains = "~",
        Lacks = "!~",
        StartsWith = "^",
        EndsWith = "$",
    }
}

/// How the filters of a group go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Joint {
    /// All must hold.
    And,
    /// One must hold.
    Or,
}

/// What is searched for: a filter, or a group of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Query<F> {
    /// One comparison.
    Filter {
        /// What is compared.
        field: F,
        /// How.
        operator: Operator,
        /// With what.
        value: Value,
    },
    /// Several queries together.
    Group {
        /// How they go together.
        operator: Joint,
        /// The queries.
        value: Vec<Query<F>>,
    },
}

/// What a field holds, which decides how it can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKind {
    /// Text.
    Text,
    /// An id, a number or a time in seconds.
    Number,
    /// A yes or a no.
    Flag,
    /// A time that is compared by the calendar day: only equal, before and after.
    Day,
    /// A tag of a contact: equal or not.
    Tag,
    /// Not known; Intercom will say.
    Any,
}

/// A value to compare with.
#[derive(Debug, Clone, PartialEq)]
pub struct Operand(Value);

impl From<Operand> for Value {
    fn from(operand: Operand) -> Self {
        operand.0
    }
}

impl From<Timestamp> for Operand {
    fn from(time: Timestamp) -> Self {
        Self(time.seconds().into())
    }
}

impl From<&Id> for Operand {
    fn from(id: &Id) -> Self {
        Self(id.as_str().into())
    }
}

macro_rules! operand_from {
    ($($type:ty),*) => {
        $(impl From<$type> for Operand {
            fn from(value: $type) -> Self {
                Self(value.into())
            }
        })*
    };
}

operand_from!(&str, String, i64, bool);

/// A field that can be searched.
pub trait SearchField: Sized {
    /// What it holds.
    fn kind(&self) -> FieldKind;

    /// Equal.
    fn is(self, value: impl Into<Operand>) -> Query<Self> {
        filter(self, Operator::Is, value)
    }

    /// Not equal.
    fn differs(self, value: impl Into<Operand>) -> Query<Self> {
        filter(self, Operator::IsNot, value)
    }

    /// Equal to one of these.
    fn one_of<V: Into<Operand>>(self, values: impl IntoIterator<Item = V>) -> Query<Self> {
        filter(self, Operator::OneOf, array(values))
    }

    /// Equal to none of these.
    fn none_of<V: Into<Operand>>(self, values: impl IntoIterator<Item = V>) -> Query<Self> {
        filter(self, Operator::NoneOf, array(values))
    }

    /// Greater; for conversations the description says: or equal.
    fn above(self, value: impl Into<Operand>) -> Query<Self> {
        filter(self, Operator::Above, value)
    }

    /// Less; for conversations the description says: or equal.
    fn below(self, value: impl Into<Operand>) -> Query<Self> {
        filter(self, Operator::Below, value)
    }

    /// Has this in it. Bodies are compared by whole single words.
    fn contains(self, value: impl Into<Operand>) -> Query<Self> {
        filter(self, Operator::Contains, value)
    }

    /// Does not have this in it.
    fn lacks(self, value: impl Into<Operand>) -> Query<Self> {
        filter(self, Operator::Lacks, value)
    }

    /// Starts with this.
    fn starts_with(self, value: impl Into<Operand>) -> Query<Self> {
        filter(self, Operator::StartsWith, value)
    }

    /// Ends with this.
    fn ends_with(self, value: impl Into<Operand>) -> Query<Self> {
        filter(self, Operator::EndsWith, value)
    }
}

fn filter<F>(field: F, operator: Operator, value: impl Into<Operand>) -> Query<F> {
    Query::Filter { field, operator, value: value.into().0 }
}

fn array<V: Into<Operand>>(values: impl IntoIterator<Item = V>) -> Operand {
    Operand(values.into_iter().map(|value| value.into().0).collect())
}

impl<F> Query<F> {
    /// All of these.
    pub fn all(queries: impl IntoIterator<Item = Self>) -> Self {
        Self::Group { operator: Joint::And, value: queries.into_iter().collect() }
    }

    /// At least one of these.
    pub fn any(queries: impl IntoIterator<Item = Self>) -> Self {
        Self::Group { operator: Joint::Or, value: queries.into_iter().collect() }
    }
}

impl<F: SearchField + ToString> Query<F> {
    /// Whether Intercom can answer it.
    pub fn check(&self) -> Result<(), Fault> {
        self.check_below(0)
    }

    fn check_below(&self, depth: usize) -> Result<(), Fault> {
        match self {
            Self::Filter { field, operator, value } => {
                if matches!(operator, Operator::OneOf | Operator::NoneOf) != value.is_array() {
                    return Err(pointless("A search compares with a list only by IN and NIN"));
                }
                if suits(field.kind(), operator) {
                    return Ok(());
                }
                let field = field.to_string();
                Err(pointless(&format!("Intercom cannot compare {field} by {operator}")))
            }
            Self::Group { value, .. } if value.is_empty() => {
                Err(pointless("A search needs at least one filter"))
            }
            Self::Group { value, .. } if value.len() > MAX_FILTERS => {
                Err(pointless(&format!("A search has at most {MAX_FILTERS} filters in a group")))
            }
            Self::Group { .. } if depth >= MAX_DEPTH => {
                Err(pointless(&format!("A search has at most {MAX_DEPTH} groups within each other")))
            }
            Self::Group { value, .. } => value.iter().try_for_each(|query| query.check_below(depth + 1)),
        }
    }
}

/// Whether Intercom compares fields of this kind that way.
const fn suits(kind: FieldKind, operator: &Operator) -> bool {
    use Operator::{
        Above, AtLeast, AtMost, Below, Contains, EndsWith, Is, IsNot, Lacks, NoneOf, OneOf, Other, StartsWith,
    };
    match operator {
        Is | Other(_) => true,
        IsNot => !matches!(kind, FieldKind::Day),
        OneOf | NoneOf => !matches!(kind, FieldKind::Day | FieldKind::Tag),
        Above | Below => matches!(kind, FieldKind::Number | FieldKind::Day | FieldKind::Any),
        AtLeast | AtMost => matches!(kind, FieldKind::Number | FieldKind::Any),
        Contains | Lacks | StartsWith | EndsWith => matches!(kind, FieldKind::Text | FieldKind::Any),
    }
}

request! {
    /// How much is on a page, and where it starts.
    Pagination {
        ;
        per_page: i64,
        starting_after: String,
    }
}

request! {
    /// A search for conversations. Intercom gives them in no order that can be chosen.
    ConversationSearch {
        query: Query<ConversationField>,
        ;
        pagination: Pagination,
    }
}

/// Which way a search is sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The smallest, oldest, first.
    Ascending,
    /// The largest, newest, first.
    Descending,
}

/// What a search for contacts is sorted by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// The field.
    pub field: ContactField,
    /// Which way.
    pub order: Order,
}

request! {
    /// A search for contacts. What was written a moment ago may not be found for minutes.
    ContactSearch {
        query: Query<ContactField>,
        ;
        sort: Sort,
        pagination: Pagination,
    }
}

#[cfg(test)]
#[path = "query_tests.rs"]
mod tests;
