//! How records, requests and words are written down, so that each is a list of names.

/// A record that Intercom sends: every field may be absent, null or of another form, and what has no field is kept.
macro_rules! record {
    ($(#[$meta:meta])* $record:ident { $($field:ident $(as $wire:literal)?: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Default, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(default)]
        pub struct $record {
            $(
                #[doc = concat!("What Intercom calls `", wire_name!($field $($wire)?), "`.")]
                $(#[serde(rename = $wire)])?
                #[serde(skip_serializing_if = "crate::api::field::Field::is_absent")]
                pub $field: $crate::api::field::Field<$type>,
            )*
            /// What else it sent.
            #[serde(flatten)]
            pub extra: ::serde_json::Map<String, ::serde_json::Value>,
        }

        impl $crate::api::field::Strays for $record {
            fn strays(&self, at: &str, found: &mut Vec<String>) {
                $($crate::api::field::Strays::strays(
                    &self.$field,
                    &$crate::api::field::below(at, wire_name!($field $($wire)?)),
                    found,
                );)*
                found.extend(self.extra.keys().map(|name| $crate::api::field::below(at, name)));
            }
        }
    };
}

/// A request: required fields, then those that may be left out (`Absent`) or emptied (`Null`).
macro_rules! request {
    ($(#[$meta:meta])* $request:ident {
        $($required:ident $(as $required_wire:literal)?: $required_type:ty,)*;
        $($optional:ident: $optional_type:ty,)*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, ::serde::Serialize, ::serde::Deserialize)]
        pub struct $request {
            $(
                #[doc = concat!("What Intercom calls `", wire_name!($required $($required_wire)?), "`.")]
                $(#[serde(rename = $required_wire)])?
                pub $required: $required_type,
            )*
            $(
                #[doc = concat!("What Intercom calls `", stringify!($optional), "`; may be left out.")]
                #[serde(default, skip_serializing_if = "crate::api::field::Field::is_absent")]
                pub $optional: $crate::api::field::Field<$optional_type>,
            )*
        }

        impl $request {
            /// A request with what must be in it.
            #[allow(clippy::new_without_default, reason = "one word for all requests, though some need nothing")]
            pub fn new($($required: impl Into<$required_type>),*) -> Self {
                Self {
                    $($required: $required.into(),)*
                    $($optional: $crate::api::field::Field::Absent,)*
                }
            }

            $(
                #[doc = concat!("With `", stringify!($optional), "`.")]
                #[must_use]
                pub fn $optional(mut self, $optional: impl Into<$optional_type>) -> Self {
                    self.$optional = $crate::api::field::Field::Is($optional.into());
                    self
                }
            )*
        }
    };
}

/// A set of words that may grow: one that is not in it is kept as it is.
macro_rules! words {
    ($(#[$meta:meta])* $set:ident { $($word:ident = $text:literal,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, ::serde::Serialize, ::serde::Deserialize)]
        #[serde(from = "String", into = "String")]
        pub enum $set {
            $(
                #[doc = concat!("`", $text, "`.")]
                $word,
            )*
            /// A word that was not known when this was written.
            Other(String),
        }

        impl $set {
            /// The word as Intercom writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$word => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<String> for $set {
            fn from(text: String) -> Self {
                match text.as_str() {
                    $($text => Self::$word,)*
                    _ => Self::Other(text),
                }
            }
        }

        impl From<$set> for String {
            fn from(word: $set) -> Self {
                word.as_str().to_owned()
            }
        }

        impl ::std::fmt::Display for $set {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::api::field::Strays for $set {
            fn strays(&self, at: &str, found: &mut Vec<String>) {
                if matches!(self, Self::Other(_)) {
                    found.push(at.to_owned());
                }
            }
        }
    };
}

/// The calls about one kind of thing.
macro_rules! resource {
    ($(#[$meta:meta])* $resource:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub struct $resource(pub(in crate::api) $crate::api::Api);
    };
}

/// The name of a field on the wire.
macro_rules! wire_name {
    ($field:ident) => {
        stringify!($field)
    };
    ($field:ident $wire:literal) => {
        $wire
    };
}
