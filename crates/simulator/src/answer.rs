//! What a call gets back: a body, or a refusal as an error list.

use std::{sync::Arc, time::Duration};

use hyper::StatusCode;
use serde_json::{Value, json};

use crate::clock::Clock;

/// A finished answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Body,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) manner: Manner,
}

#[derive(Debug)]
pub(crate) enum Body {
    Json(Value),
    /// Nothing at all, and so no type of content.
    Empty,
    File {
        content_type: String,
        bytes: Vec<u8>,
    },
}

/// How the body is sent.
#[derive(Debug, Default)]
pub(crate) enum Manner {
    #[default]
    AtOnce,
    /// In small pieces over a time.
    Trickling { clock: Arc<dyn Clock>, over: Duration },
    /// Half of it, and then the connection ends.
    Cut,
}

impl Answer {
    pub(crate) fn new(status: StatusCode, body: Body) -> Self {
        Self { status, body, headers: Vec::new(), manner: Manner::AtOnce }
    }

    pub(crate) fn json(status: StatusCode, body: Value) -> Self {
        Self::new(status, Body::Json(body))
    }

    pub(crate) fn empty(status: StatusCode) -> Self {
        Self::new(status, Body::Empty)
    }
}

impl From<Value> for Answer {
    fn from(body: Value) -> Self {
        Self::json(StatusCode::OK, body)
    }
}

/// Why a call was not performed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: StatusCode,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) field: Option<String>,
    /// Where the thing is now, for the `Link` header.
    pub(crate) canonical: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), field: None, canonical: None }
    }

    pub(crate) fn on_field(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    pub(crate) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Resource Not Found")
    }

    pub(crate) fn no_such_user() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "User Not Found")
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parameter_invalid", message)
    }

    pub(crate) fn missing(field: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "parameter_not_found", format!("{field} not specified"))
            .on_field(field)
    }

    pub(crate) fn into_answer(self, request_id: &str) -> Answer {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let (Some(field), Some(members)) = (self.field, error.as_object_mut()) {
            members.insert("field".to_owned(), field.into());
        }
        let body = json!({ "type": "error.list", "request_id": request_id, "errors": [error] });
        let mut answer = Answer::json(self.status, body);
        if let Some(path) = self.canonical {
            answer.headers.push(("link", format!("<{path}>; rel=\"canonical\"")));
        }
        answer
    }
}
