//! What went wrong, in words for people: from statuses, error lists and broken connections to [`Fault`]s.
//!
//! No message holds the access token or text of a customer: what Intercom says is quoted only after both were
//! taken out, and only its beginning.

use crate::API_VERSION;
use crate::text::line;
use crate::wire::ErrorList;
use domain::{Fault, FaultKind, Timestamp};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use serde_json::Value;
use std::error::Error;
use std::time::Duration;

/// The least and the most milliseconds to wait after too many calls.
const WAIT_MS: std::ops::RangeInclusive<i64> = 1_000..=60_000;
/// The wait when Intercom does not say how long: one of its windows.
const USUAL_WAIT_MS: i64 = 10_000;
/// The most characters of Intercom's own words that are quoted.
const MAX_QUOTE: usize = 200;

/// An answer that is a refusal.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    /// What the call was about: `the conversation`.
    pub(crate) what: &'a str,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    /// The answer as JSON; null when it is none.
    pub(crate) body: Value,
    pub(crate) now: Timestamp,
    /// Texts that must not be quoted back: the token and what the call sent.
    pub(crate) private: &'a [&'a str],
}

impl Refusal<'_> {
    /// The fault that it is.
    pub(crate) fn fault(self) -> Fault {
        let list: ErrorList = serde_json::from_value(self.body).unwrap_or_default();
        let first = list.errors.items.into_iter().next().unwrap_or_default();
        let code = line(&first.code.or_empty()).map(|code| code.chars().take(80).collect::<String>());
        let quote = line(&first.message.or_empty()).and_then(|message| quotable(&message, self.private));
        let request_id = line(&list.request_id.or_empty())
            .or_else(|| line(self.headers.get("x-request-id")?.to_str().ok()?))
            .map(|id| id.chars().take(80).collect::<String>());

        let kind = kind_of(self.status, code.as_deref());
        let retry_after_ms = (kind == FaultKind::RateLimited).then(|| wait_of(self.headers, self.now));
        let message = match kind {
            FaultKind::Unauthorized => match code.as_deref() {
                Some("token_revoked") => "The access token was revoked in Intercom",
                Some("token_expired") => "The access token has expired",
                Some("token_blocked") => "Intercom has blocked the access token",
                Some(_) | None => "Intercom does not accept the access token",
            }
            .to_owned(),
            FaultKind::Forbidden if code.as_deref() == Some("api_plan_restricted") => {
                with_quote("The plan of this Intercom workspace does not include that", quote)
            }
            FaultKind::Forbidden => with_quote("Intercom does not allow this access token to do that", quote),
            FaultKind::NotFound if code.as_deref() == Some("contact_merged") => {
                "The contact was merged into another one".to_owned()
            }
            FaultKind::NotFound => {
                let what = match code.as_deref() {
                    Some("admin_not_found") => "the teammate",
                    Some("team_not_found") => "the team",
                    Some("assignee_not_found") => "the assignee",
                    Some(_) | None => self.what,
                };
                with_quote(&format!("Intercom does not find {what}"), quote)
            }
            FaultKind::RateLimited => "Intercom asks for fewer calls".to_owned(),
            FaultKind::Unavailable => "Intercom has a problem of its own".to_owned(),
            FaultKind::Rejected
            | FaultKind::Unreachable
            | FaultKind::NoAnswer
            | FaultKind::Unreadable
            | FaultKind::NoSecret => rejected(self.status, code.as_deref(), quote),
        };
        Fault { kind, status: Some(self.status.as_u16()), code, message, request_id, retry_after_ms }
    }
}

fn kind_of(status: StatusCode, code: Option<&str>) -> FaultKind {
    match code.unwrap_or_default() {
        "rate_limit_exceeded" | "too_many_requests" => return FaultKind::RateLimited,
        "token_unauthorized" | "api_plan_restricted" | "forbidden" | "action_forbidden" => {
            return FaultKind::Forbidden;
        }
        _ => {}
    }
    match status.as_u16() {
        401 => FaultKind::Unauthorized,
        403 => FaultKind::Forbidden,
        404 | 410 => FaultKind::NotFound,
        // 408: Intercom gave up waiting for itself, which says nothing about the effect.
        408 | 500.. => FaultKind::Unavailable,
        429 => FaultKind::RateLimited,
        200..=299 => match code.unwrap_or_default() {
            // An error list under a status of success: the code is all there is to go by.
            "unauthorized"
            | "token_revoked"
            | "token_blocked"
            | "token_not_found"
            | "token_expired"
            | "missing_authorization" => FaultKind::Unauthorized,
            "server_error" | "service_unavailable" | "request_timeout" | "retry_after" => {
                FaultKind::Unavailable
            }
            code if code.ends_with("not_found") || code == "contact_merged" => FaultKind::NotFound,
            _ => FaultKind::Rejected,
        },
        _ => FaultKind::Rejected,
    }
}

fn rejected(status: StatusCode, code: Option<&str>, quote: Option<String>) -> String {
    if status.is_redirection() {
        return "The address answered by pointing to another one, which is not followed. Check the region"
            .to_owned();
    }
    if code == Some("intercom_version_invalid") {
        return format!(
            "Intercom does not offer this call in version {API_VERSION} of its API, the one this program speaks. \
             A newer release of this program may"
        );
    }
    with_quote("Intercom refused the call", quote)
}

fn with_quote(sentence: &str, quote: Option<String>) -> String {
    match quote {
        Some(quote) => format!("{sentence}: {quote}"),
        None => sentence.to_owned(),
    }
}

/// Intercom's words, unless they repeat what is private: a line of it, or any longer run of its characters.
fn quotable(message: &str, private: &[&str]) -> Option<String> {
    const LINE: usize = 4;
    const RUN: usize = 16;
    let characters: Vec<char> = message.trim_end_matches(['.', ' ']).chars().take(MAX_QUOTE).collect();
    let quote: String = characters.iter().collect();
    let repeats_a_line = private
        .iter()
        .flat_map(|text| text.lines())
        .map(str::trim)
        .any(|text| text.chars().nth(LINE - 1).is_some() && quote.contains(text));
    let repeats_a_run = characters.windows(RUN).any(|run| {
        let run: String = run.iter().collect();
        private.iter().any(|text| text.contains(&run))
    });
    (!repeats_a_line && !repeats_a_run && !quote.is_empty()).then_some(quote)
}

/// Milliseconds until the window of calls ends.
fn wait_of(headers: &HeaderMap, now: Timestamp) -> i64 {
    let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse::<i64>().ok();
    let wait = number("x-ratelimit-reset")
        .map(|reset| Timestamp::from_seconds(reset).ms_since(now))
        .or_else(|| number("retry-after").map(|seconds| seconds.saturating_mul(1000)))
        .unwrap_or(USUAL_WAIT_MS);
    wait.clamp(*WAIT_MS.start(), *WAIT_MS.end())
}

/// No answer came, for the reason that the HTTP client gives.
pub(crate) fn unanswered(error: &reqwest::Error, host: &str, timeout: Duration) -> Fault {
    if error.is_connect() {
        return Fault::new(FaultKind::Unreachable, unreachable_sentence(error, host));
    }
    if error.is_builder() {
        return Fault::new(FaultKind::Rejected, "The call could not be put together");
    }
    if error.is_timeout() {
        let seconds = timeout.as_secs_f32();
        return Fault::new(FaultKind::NoAnswer, format!("Intercom did not answer within {seconds} seconds"));
    }
    Fault::new(FaultKind::NoAnswer, "The connection to Intercom broke before the answer was complete")
}

fn unreachable_sentence(error: &reqwest::Error, host: &str) -> String {
    if error.is_dns() {
        return format!("The name {host} was not found. Check the connection to the internet");
    }
    if error.is_timeout() {
        return format!("{host} did not take the connection in time");
    }
    let mut cause = error.source();
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<std::io::Error>();
        match io.map(std::io::Error::kind) {
            Some(std::io::ErrorKind::ConnectionRefused) => return format!("{host} refuses connections"),
            Some(std::io::ErrorKind::InvalidData) => {
                return format!("{host} offers no secure connection that can be trusted");
            }
            Some(_) | None => {}
        }
        // What an I/O error was made of is not its source but beside it.
        cause = match io.and_then(std::io::Error::get_ref) {
            Some(made_of) => Some(made_of),
            None => inner.source(),
        };
    }
    format!("No connection to {host} could be made")
}

/// An answer of success that says nothing.
pub(crate) fn unreadable(why: &str) -> Fault {
    Fault::new(FaultKind::Unreadable, format!("Intercom's answer could not be read: {why}"))
}

/// A call that was not made, because Intercom could only refuse it.
pub(crate) fn pointless(why: &str) -> Fault {
    Fault::new(FaultKind::Rejected, why)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fault(status: u16, body: Value, headers: &[(&'static str, &str)]) -> Fault {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.insert(*name, value.parse().unwrap());
        }
        Refusal {
            what: "the conversation",
            status: StatusCode::from_u16(status).unwrap(),
            headers: &map,
            body,
            now: Timestamp::from_seconds(1_000),
            private: &["secret-token", "Dear Ann,\nyour refund\nis on its way to your bank since Monday"],
        }
        .fault()
    }

    fn list(code: &str, message: &str) -> Value {
        json!({"type": "error.list", "request_id": "r-1", "errors": [{"code": code, "message": message}]})
    }

    #[test]
    fn every_status_and_code_has_its_kind() {
        for (status, code, kind) in [
            (400, "parameter_invalid", FaultKind::Rejected),
            (400, "intercom_version_invalid", FaultKind::Rejected),
            (401, "unauthorized", FaultKind::Unauthorized),
            (401, "token_revoked", FaultKind::Unauthorized),
            (401, "token_unauthorized", FaultKind::Forbidden),
            (403, "api_plan_restricted", FaultKind::Forbidden),
            (402, "api_plan_restricted", FaultKind::Forbidden),
            (404, "not_found", FaultKind::NotFound),
            (408, "request_timeout", FaultKind::Unavailable),
            (409, "conflict", FaultKind::Rejected),
            (410, "contact_merged", FaultKind::NotFound),
            (422, "data_invalid", FaultKind::Rejected),
            (429, "rate_limit_exceeded", FaultKind::RateLimited),
            (500, "server_error", FaultKind::Unavailable),
            (503, "service_unavailable", FaultKind::Unavailable),
            (200, "parameter_invalid", FaultKind::Rejected),
            (200, "unauthorized", FaultKind::Unauthorized),
            (200, "admin_not_found", FaultKind::NotFound),
            (200, "server_error", FaultKind::Unavailable),
            (302, "", FaultKind::Rejected),
        ] {
            let fault = fault(status, list(code, "Because"), &[]);
            assert_eq!(fault.kind, kind, "{status} {code}");
            assert_eq!(fault.status, Some(status));
            assert_eq!(fault.request_id.as_deref(), Some("r-1"));
            assert!(!fault.message.ends_with('.'), "the sentence goes on after the message");
        }
    }

    #[test]
    fn a_refusal_says_what_intercom_said() {
        let fault = fault(422, list("data_invalid", "Assignee not found."), &[]);
        assert_eq!(fault.message, "Intercom refused the call: Assignee not found");
        assert_eq!(
            fault.sentence(),
            "Intercom refused the call: Assignee not found (HTTP 422, data_invalid, request r-1)"
        );
    }

    #[test]
    fn what_is_not_found_is_named() {
        let message = |code: &str| fault(404, list(code, ""), &[]).message;
        assert_eq!(message("not_found"), "Intercom does not find the conversation");
        assert_eq!(message("admin_not_found"), "Intercom does not find the teammate");
        assert_eq!(message("team_not_found"), "Intercom does not find the team");
        assert_eq!(message("contact_merged"), "The contact was merged into another one");
    }

    #[test]
    fn a_refusal_repeats_neither_the_token_nor_what_was_written() {
        for said in [
            "bad token secret-token",
            "cannot parse your refund here",
            "Dear Ann,",
            "unexpected: …way to your bank since Mo…",
        ] {
            let fault = fault(400, list("bad_request", said), &[]);
            assert_eq!(fault.message, "Intercom refused the call", "{said}");
        }
    }

    #[test]
    fn a_body_that_is_no_error_list_still_gives_a_fault() {
        for body in [json!(null), json!("<html>"), json!([]), json!({"errors": "x"}), json!({"errors": [1]})]
        {
            let fault = fault(502, body, &[("x-request-id", "r-2")]);
            assert_eq!((fault.kind, fault.code.clone()), (FaultKind::Unavailable, None));
            assert_eq!(fault.request_id.as_deref(), Some("r-2"));
        }
    }

    #[test]
    fn the_wait_after_too_many_calls_is_until_the_window_ends_within_bounds() {
        let body = || list("rate_limit_exceeded", "Exceeded");
        let wait = |headers: &[(&'static str, &str)]| fault(429, body(), headers).retry_after_ms;
        assert_eq!(wait(&[("x-ratelimit-reset", "1007")]), Some(7_000));
        assert_eq!(wait(&[("x-ratelimit-reset", "900")]), Some(1_000), "never at once");
        assert_eq!(wait(&[("x-ratelimit-reset", "99999999")]), Some(60_000), "never for hours");
        assert_eq!(wait(&[("x-ratelimit-reset", "soon")]), Some(10_000));
        assert_eq!(wait(&[("retry-after", "4")]), Some(4_000));
        assert_eq!(wait(&[]), Some(10_000));
        assert_eq!(fault(500, body(), &[]).retry_after_ms, Some(10_000), "the code decides");
        assert_eq!(fault(404, json!(null), &[]).retry_after_ms, None);
    }

    #[test]
    fn what_is_wrong_with_a_token_is_told_apart() {
        let message = |code: &str| fault(401, list(code, ""), &[]).message;
        assert_eq!(message("unauthorized"), "Intercom does not accept the access token");
        assert_eq!(message("token_revoked"), "The access token was revoked in Intercom");
        assert_eq!(message("token_expired"), "The access token has expired");
        assert_eq!(message("token_blocked"), "Intercom has blocked the access token");
        assert_eq!(message("token_unauthorized"), "Intercom does not allow this access token to do that");
    }

    #[test]
    fn a_wrong_version_is_explained() {
        let fault =
            fault(400, list("intercom_version_invalid", "The requested version could not be found"), &[]);
        assert!(fault.message.contains("2.16"), "{}", fault.message);
    }
}
