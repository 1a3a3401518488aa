//! What is wrong with the access to Intercom's API, told apart, and what to do about each.

use domain::{Fault, FaultKind};
use engine::pulse::Deed;
use intercom::API_VERSION;

/// Where tokens and permissions are.
const AUTHENTICATION: &str = "Developer Hub → your app → Configure → Authentication";

/// A fault in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Explained {
    /// What is wrong.
    pub(super) sentence: String,
    /// What to do.
    pub(super) advice: String,
}

/// Explains a fault that concerns all calls; `None` for those that pass by themselves or are told of elsewhere.
pub(super) fn explain(fault: &Fault) -> Option<Explained> {
    if fault.kind != FaultKind::Unauthorized {
        return None;
    }
    let renew = format!(
        "In Intercom: {AUTHENTICATION}. Copy the access token there, and enter it in Settings → Workspace."
    );
    let (sentence, advice) = match fault.code.as_deref() {
        Some("token_revoked") => (
            "The access token was revoked in Intercom: nothing can be read or sent",
            format!("Somebody regenerated it or removed the app. {renew}"),
        ),
        Some("token_expired") => (
            "The access token has expired: nothing can be read or sent",
            format!("It needs a new one. {renew}"),
        ),
        Some("token_blocked") => (
            "Intercom has blocked the access token: nothing can be read or sent",
            format!("Ask Intercom's support why, and name the request. For a new one: {renew}"),
        ),
        Some("token_not_found" | "missing_authorization") => (
            "Intercom does not know the access token: nothing can be read or sent",
            format!("It was perhaps not copied whole, or its app was deleted. {renew}"),
        ),
        Some(_) | None => (
            "Intercom does not accept the access token: nothing can be read or sent",
            format!(
                "Check that it was copied whole and that the region is right: a token of one region is not valid in \
                 another. {renew}"
            ),
        ),
    };
    Some(Explained { sentence: sentence.to_owned(), advice: with_facts(&advice, fault) })
}

/// Explains why a deed is not allowed.
pub(super) fn explain_denied(deed: Deed, fault: &Fault) -> Explained {
    let (what, permission) = match deed {
        Deed::ReadTeammates => ("read teammates and teams", "'Read one admin' and 'Read admins'"),
        Deed::ReadConversations => ("read conversations", "'Read conversations'"),
        Deed::ReadContacts => ("read contacts", "'Read and list users and companies'"),
        Deed::WriteConversations => ("reply, assign or close", "'Write conversations'"),
    };
    let (sentence, advice) = match (fault.kind, fault.code.as_deref()) {
        (FaultKind::Rejected, _) => (
            format!("Intercom does not offer version {API_VERSION} of its API to {what}"),
            format!(
                "This program asks for version {API_VERSION} with each call, whatever version the app has. Look for a \
                 newer release of Countersign. The app's own version, which its webhooks follow, is in Developer Hub → \
                 your app → Configure → API version, and must be 2.0 or newer."
            ),
        ),
        (_, Some("api_plan_restricted")) => (
            format!("The plan of this Intercom workspace does not allow to {what} over the API"),
            "Ask whoever looks after the subscription in Intercom: Settings → Workspace → Billing. No permission of \
             the token can change that."
                .to_owned(),
        ),
        (_, _) => (
            format!("The access token lacks the permission to {what}"),
            format!(
                "In Intercom: {AUTHENTICATION} → Edit. Add {permission} and save. Intercom may then make a new token: \
                 copy it, and enter it in Settings → Workspace."
            ),
        ),
    };
    Explained { sentence, advice: with_facts(&advice, fault) }
}

/// The advice, and what to quote to Intercom's support.
fn with_facts(advice: &str, fault: &Fault) -> String {
    let status = fault.status.map(|status| format!("HTTP {status}"));
    let request = fault.request_id.as_ref().map(|id| format!("request {id}"));
    let facts: Vec<String> = [status, fault.code.clone(), request].into_iter().flatten().collect();
    if facts.is_empty() {
        advice.to_owned()
    } else {
        format!("{advice} (Intercom said: {}.)", facts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn fault(kind: FaultKind, status: u16, code: &str) -> Fault {
        Fault {
            status: Some(status),
            code: Some(code.to_owned()),
            request_id: Some("r-1".to_owned()),
            ..Fault::new(kind, "words")
        }
    }

    #[test]
    fn what_ails_a_token_is_told_apart_with_what_to_do() {
        let codes = ["token_revoked", "token_expired", "token_blocked", "token_not_found", "unauthorized"];
        let all: Vec<Explained> =
            codes.iter().filter_map(|code| explain(&fault(FaultKind::Unauthorized, 401, code))).collect();
        let sentences: BTreeSet<&str> = all.iter().map(|one| one.sentence.as_str()).collect();
        assert_eq!(sentences.len(), codes.len(), "{sentences:?}");
        for (code, one) in codes.iter().zip(&all) {
            assert!(one.advice.contains("Developer Hub"), "{code}: {}", one.advice);
            assert!(one.advice.contains("Settings"), "{code}: {}", one.advice);
            assert!(one.advice.ends_with(&format!("(Intercom said: HTTP 401, {code}, request r-1.)")));
        }
        assert_eq!(explain(&fault(FaultKind::RateLimited, 429, "rate_limit_exceeded")), None);
    }

    #[test]
    fn a_missing_permission_is_named_and_no_plan_or_version_is_taken_for_one() {
        let scope = fault(FaultKind::Forbidden, 401, "token_unauthorized");
        for (deed, permission) in [
            (Deed::ReadTeammates, "Read admins"),
            (Deed::ReadConversations, "Read conversations"),
            (Deed::ReadContacts, "Read and list users and companies"),
            (Deed::WriteConversations, "Write conversations"),
        ] {
            let told = explain_denied(deed, &scope);
            assert!(told.sentence.contains("lacks the permission"), "{}", told.sentence);
            assert!(told.advice.contains(permission), "{}", told.advice);
        }
        let plan =
            explain_denied(Deed::ReadContacts, &fault(FaultKind::Forbidden, 403, "api_plan_restricted"));
        assert!(plan.sentence.contains("plan") && !plan.advice.contains("Add "), "{plan:?}");
        let version =
            explain_denied(Deed::ReadContacts, &fault(FaultKind::Rejected, 400, "intercom_version_invalid"));
        assert!(version.sentence.contains(API_VERSION) && version.advice.contains("newer release"));
    }
}
