//! The tunnel in words, and from the types of the crate `tunnels` to those of the page and back.

use crate::api::health::{Problem, Severity};
use crate::api::tunnel::{
    TunnelChoice, TunnelField, TunnelFieldKind, TunnelProviderId, TunnelProviderView, TunnelProviders,
    TunnelStability, TunnelState, UrlChange,
};
use domain::Timestamp;
use tunnels::{Choice, Entry, FieldKind, Programs, ProviderKind, Stability, Status, System};

/// How long a new address may be out of reach without a word, milliseconds.
const SPREADING_MS: i64 = 120_000;

pub(super) fn providers(programs: &Programs) -> TunnelProviders {
    TunnelProviders {
        providers: tunnels::catalogue().iter().map(|entry| provider(entry, programs)).collect(),
        why_stable: "Intercom keeps one endpoint URL, and it can only be changed by hand in the Developer Hub. While \
                     it is out of date, no delivery arrives, and new messages are noticed by asking at intervals. An \
                     address that stays is entered once."
            .to_owned(),
        logins: "Countersign keeps no login of these programs: each keeps its own, where it always does.".to_owned(),
    }
}

fn provider(entry: &Entry, programs: &Programs) -> TunnelProviderView {
    TunnelProviderView {
        id: id(entry.kind),
        name: entry.name.to_owned(),
        about: entry.about.to_owned(),
        stability: match entry.stability {
            Stability::Stable => TunnelStability::Stable,
            Stability::Depends => TunnelStability::Depends,
            Stability::Changes => TunnelStability::Changes,
        },
        stability_note: entry.stability_note.to_owned(),
        install: (!programs.has(entry.kind)).then(|| tunnels::install(entry.kind, System::here())),
        fields: entry
            .fields
            .iter()
            .map(|field| TunnelField {
                key: field.key.to_owned(),
                label: field.label.to_owned(),
                hint: field.hint.to_owned(),
                kind: match field.kind {
                    FieldKind::Text => TunnelFieldKind::Text,
                    FieldKind::Port => TunnelFieldKind::Port,
                    FieldKind::Url => TunnelFieldKind::Url,
                    FieldKind::File => TunnelFieldKind::File,
                },
                optional: field.optional,
                example: field.example.to_owned(),
            })
            .collect(),
    }
}

const fn id(kind: ProviderKind) -> TunnelProviderId {
    match kind {
        ProviderKind::CloudflaredNamed => TunnelProviderId::CloudflaredNamed,
        ProviderKind::TailscaleFunnel => TunnelProviderId::TailscaleFunnel,
        ProviderKind::Ngrok => TunnelProviderId::Ngrok,
        ProviderKind::Ssh => TunnelProviderId::Ssh,
        ProviderKind::OwnUrl => TunnelProviderId::OwnUrl,
        ProviderKind::CloudflaredQuick => TunnelProviderId::CloudflaredQuick,
        ProviderKind::Bore => TunnelProviderId::Bore,
    }
}

const fn kind(id: TunnelProviderId) -> ProviderKind {
    match id {
        TunnelProviderId::CloudflaredNamed => ProviderKind::CloudflaredNamed,
        TunnelProviderId::TailscaleFunnel => ProviderKind::TailscaleFunnel,
        TunnelProviderId::Ngrok => ProviderKind::Ngrok,
        TunnelProviderId::Ssh => ProviderKind::Ssh,
        TunnelProviderId::OwnUrl => ProviderKind::OwnUrl,
        TunnelProviderId::CloudflaredQuick => ProviderKind::CloudflaredQuick,
        TunnelProviderId::Bore => ProviderKind::Bore,
    }
}

pub(super) fn choice(choice: Choice) -> TunnelChoice {
    TunnelChoice { provider: id(choice.provider), options: choice.options }
}

pub(super) fn tunnels_choice(choice: TunnelChoice) -> Choice {
    let options = choice.options.into_iter().filter(|(_, value)| !value.trim().is_empty()).collect();
    Choice { provider: kind(choice.provider), options }
}

pub(super) fn state(status: &Status) -> TunnelState {
    match status {
        Status::Off => TunnelState::Off,
        Status::Starting { .. } => TunnelState::Starting,
        Status::Up { url, since, reached_at, failures, .. } => TunnelState::Up {
            url: url.as_str().trim_end_matches('/').to_owned(),
            since: *since,
            reached_at: *reached_at,
            failures: *failures,
        },
        Status::Down { retry_at, failures, .. } => {
            TunnelState::Down { retry_at: *retry_at, failures: *failures }
        }
        Status::NotInstalled { .. } => TunnelState::NotInstalled,
    }
}

/// How it stands in a sentence, and what to do or to know.
pub(super) fn sentence(status: &Status, now: Timestamp) -> (String, Option<String>) {
    match status {
        Status::Off => ("The tunnel is off".to_owned(), None),
        Status::Starting { attempt: 1 } => ("The tunnel is being opened".to_owned(), None),
        Status::Starting { attempt } => (format!("The tunnel is being opened, attempt {attempt}"), None),
        Status::Up { reached_at: Some(_), failures: 0, caution: Some(caution), .. } => (
            "The tunnel is up, but Intercom does not deliver to plain http".to_owned(),
            Some(caution.clone()),
        ),
        Status::Up { reached_at: Some(_), failures: 0, caution: None, .. } => {
            ("The tunnel is up, and the listener is reached through it".to_owned(), None)
        }
        Status::Up { reached_at: None, since, trouble, caution, .. }
            if now.ms_since(*since) < SPREADING_MS =>
        {
            let advice = caution.clone().or_else(|| {
                trouble
                    .as_ref()
                    .map(|_| "A new address can take a minute or two to be known everywhere.".to_owned())
            });
            ("The tunnel has its address; nothing has come through it yet".to_owned(), advice)
        }
        Status::Up { failures, trouble, caution, .. } => {
            let sentence = match failures {
                0 => "The tunnel has its address; nothing has come through it yet".to_owned(),
                1 => "The last probe through the tunnel failed".to_owned(),
                more => format!("The last {more} probes through the tunnel failed"),
            };
            (sentence, trouble.clone().or_else(|| caution.clone()).map(ended))
        }
        Status::Down { reason, .. } => {
            ("The tunnel is down and is opened again by itself".to_owned(), Some(ended(reason.clone())))
        }
        Status::NotInstalled { advice } => {
            ("The program of this tunnel is not installed".to_owned(), Some(advice.clone()))
        }
    }
}

pub(super) fn change(old: Option<String>, new: String) -> UrlChange {
    let sentence = match &old {
        Some(old) => format!(
            "The tunnel's address has changed, and Intercom still delivers to the old one, {old}. Change the endpoint \
             URL in the Developer Hub, under Configure, Webhooks, to {new}."
        ),
        None => {
            format!("Enter this endpoint URL in Intercom's Developer Hub, under Configure, Webhooks: {new}.")
        }
    };
    UrlChange { old, new, sentence }
}

/// What a person is told when a tunnel that was up goes down.
pub(super) fn fell(reason: &str) -> String {
    format!("The tunnel is down: {} It is opened again by itself.", ended(reason.to_owned()))
}

pub(super) fn problems(status: &Status, change: Option<&UrlChange>, now: Timestamp) -> Vec<Problem> {
    let mut problems = Vec::new();
    let (sentence, advice) = sentence(status, now);
    #[expect(clippy::match_same_arms, reason = "the first that fits counts, so their order speaks")]
    let severity = match status {
        Status::Off | Status::Starting { attempt: 1 } => Severity::Ok,
        Status::Up { reached_at: None, since, .. } if now.ms_since(*since) < SPREADING_MS => Severity::Ok,
        Status::Up { reached_at: None, .. } => Severity::Broken,
        Status::Up { failures: 0 | 1, caution: None, .. } => Severity::Ok,
        Status::Starting { .. } | Status::Up { failures: 0 | 1, .. } => Severity::Warning,
        Status::Up { .. } | Status::Down { .. } | Status::NotInstalled { .. } => Severity::Broken,
    };
    if severity != Severity::Ok {
        problems.push(Problem { severity, sentence, advice });
    }
    if let Some(change) = change {
        let (severity, sentence) = match &change.old {
            Some(_) => (Severity::Broken, "The tunnel's address has changed, and Intercom does not know it"),
            None => (Severity::Warning, "Intercom does not know the tunnel's address yet"),
        };
        problems.push(Problem {
            severity,
            sentence: sentence.to_owned(),
            advice: Some(format!("{} Then say so in Settings, under Tunnel.", change.sentence)),
        });
    }
    problems
}

/// With a full stop.
fn ended(text: String) -> String {
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(reached_at: Option<Timestamp>, failures: u32) -> Status {
        Status::Up {
            url: "https://hooks.example.com".parse().unwrap(),
            since: Timestamp(0),
            reached_at,
            failures,
            trouble: (failures > 0).then(|| "The public URL answers HTTP 502".to_owned()),
            caution: None,
        }
    }

    fn severities(status: &Status, now: i64) -> Vec<Severity> {
        problems(status, None, Timestamp(now)).into_iter().map(|problem| problem.severity).collect()
    }

    #[test]
    fn a_tunnel_that_works_is_no_problem_and_one_that_does_not_is() {
        assert_eq!(severities(&up(Some(Timestamp(5_000)), 0), 60_000), []);
        assert_eq!(severities(&up(None, 1), 10_000), [], "a new address has time to spread");
        assert_eq!(severities(&up(None, 3), 130_000), [Severity::Broken]);
        assert_eq!(severities(&up(Some(Timestamp(5_000)), 1), 60_000), [], "one lost probe is nothing yet");
        assert_eq!(severities(&up(Some(Timestamp(5_000)), 2), 60_000), [Severity::Broken]);
        let down = Status::Down { reason: "it ended".to_owned(), retry_at: Timestamp(1), failures: 1 };
        assert_eq!(severities(&down, 0), [Severity::Broken]);
        assert_eq!(sentence(&down, Timestamp(0)).1.as_deref(), Some("it ended."));
    }

    #[test]
    fn a_changed_address_is_broken_until_it_is_entered_and_a_first_one_a_warning() {
        let works = up(Some(Timestamp(5_000)), 0);
        let of = |old: Option<&str>| {
            let change =
                change(old.map(str::to_owned), "https://new.example.com/webhooks/intercom".to_owned());
            problems(&works, Some(&change), Timestamp(6_000))
        };
        let changed = of(Some("https://old.example.com/webhooks/intercom"));
        assert_eq!(changed.len(), 1);
        assert_eq!(changed[0].severity, Severity::Broken);
        let advice = changed[0].advice.as_deref().unwrap();
        assert!(
            advice.contains("https://old.example.com") && advice.contains("https://new.example.com"),
            "{advice}"
        );
        assert_eq!(of(None)[0].severity, Severity::Warning);
    }
}
