//! The watch over Intercom's subscription, in words: how it stands, and what to do.
//!
//! Rules of Intercom: more than 1,000 errors in a row within 15 minutes pause deliveries for 15 minutes, and what comes
//! then is dropped; after 7 days of errors a private app's subscription is suspended until 'Set live' is pressed.

use super::health::{broken, warning};
use crate::api::health::{Problem, SubscriptionHealth, SubscriptionState};
use domain::Timestamp;
use engine::suspension::{Errors, SuspensionState};

/// Fewer errors in a row than this are no news: a stranger may have called.
const WORTH_A_WORD: u64 = 3;
const HOUR_MS: i64 = 60 * 60 * 1_000;
const SET_LIVE: [&str; 4] = [
    "Open the Developer Hub in Intercom and choose your app.",
    "Open Configure, then Webhooks.",
    "Press 'Set live'. It is offered only while the subscription is suspended.",
    "Have somebody write a message, or press 'Send a test request' there: the next good delivery clears this.",
];

/// How the subscription stands.
pub(super) fn health(state: SuspensionState, now: Timestamp) -> SubscriptionHealth {
    match state {
        SuspensionState::Healthy => SubscriptionHealth {
            state: SubscriptionState::Healthy,
            sentence: "The last answer was no error".to_owned(),
            steps: vec![],
            since: None,
            last_at: None,
            in_a_row: 0,
            until: None,
            suspends_at: None,
        },
        SuspensionState::Failing(errors) => SubscriptionHealth {
            sentence: failing_sentence(&errors),
            steps: failing_steps(&errors, now),
            ..of(SubscriptionState::Failing, &errors)
        },
        SuspensionState::PausedLikely { errors, until } => SubscriptionHealth {
            sentence: format!(
                "Intercom has likely paused deliveries: {}. What it would deliver meanwhile is dropped; new messages \
                 are still noticed when open conversations are read",
                failing_sentence(&errors)
            ),
            steps: failing_steps(&errors, now),
            until: Some(until),
            ..of(SubscriptionState::PausedLikely, &errors)
        },
        SuspensionState::SuspendedLikely(errors) => SubscriptionHealth {
            sentence: format!(
                "Intercom has likely suspended the subscription: no delivery has succeeded for at least {}. It stays \
                 so until 'Set live' is pressed",
                span(now.ms_since(errors.since))
            ),
            steps: SET_LIVE.map(str::to_owned).to_vec(),
            ..of(SubscriptionState::SuspendedLikely, &errors)
        },
    }
}

/// What is wrong with it, if anything is worth a word.
pub(super) fn problem(health: &SubscriptionHealth, now: Timestamp) -> Option<Problem> {
    let left = health.suspends_at.map_or(0, |at| at.ms_since(now));
    match health.state {
        SubscriptionState::Healthy => None,
        SubscriptionState::Failing if health.in_a_row < WORTH_A_WORD => None,
        SubscriptionState::Failing if left > 0 => Some(warning(
            &health.sentence,
            Some(&format!(
                "Intercom suspends a private app's subscription after 7 days of errors: in {} at the latest, unless a \
                 delivery succeeds. See Subscription below.",
                span(left)
            )),
        )),
        SubscriptionState::Failing => Some(warning(
            &health.sentence,
            Some("Nothing came since. Look in Intercom's Developer Hub whether the subscription is live."),
        )),
        SubscriptionState::PausedLikely => Some(broken(
            &health.sentence,
            &format!("It delivers again in {}.", span(health.until.map_or(0, |at| at.ms_since(now)))),
        )),
        SubscriptionState::SuspendedLikely => Some(broken(
            &health.sentence,
            "Developer Hub → your app → Configure → Webhooks → Set live. See Subscription below.",
        )),
    }
}

fn of(state: SubscriptionState, errors: &Errors) -> SubscriptionHealth {
    SubscriptionHealth {
        state,
        sentence: String::new(),
        steps: vec![],
        since: Some(errors.since),
        last_at: Some(errors.last_at),
        in_a_row: errors.in_a_row,
        until: None,
        suspends_at: Some(errors.suspends_at()),
    }
}

fn failing_sentence(errors: &Errors) -> String {
    if errors.in_a_row == 1 {
        return "The last answer was an error".to_owned();
    }
    format!("At least {} answers in a row were errors", errors.in_a_row)
}

fn failing_steps(errors: &Errors, now: Timestamp) -> Vec<String> {
    let mut steps = Vec::new();
    if errors.unsigned == errors.in_a_row {
        steps.push(
            "None of these requests bore a right signature: either the client secret kept here is not that of the app \
             (Developer Hub → your app → Configure → Basic information), or a stranger called."
                .to_owned(),
        );
    } else {
        steps.push(
            "Some of these requests were Intercom's own. Each says under Deliveries why it was not taken."
                .to_owned(),
        );
    }
    let left = errors.suspends_at().ms_since(now);
    if left > 0 {
        steps.push(format!(
            "Intercom suspends a private app's subscription after 7 days of errors: in {} at the latest. Errors that \
             it met while this program did not run, or while the tunnel was down, are not counted here.",
            span(left)
        ));
    }
    steps
}

/// A span of time in its two largest units.
fn span(milliseconds: i64) -> String {
    let minutes = milliseconds.max(0) / 60_000;
    let (days, hours) = (milliseconds.max(0) / (24 * HOUR_MS), milliseconds.max(0) / HOUR_MS % 24);
    match (days, hours) {
        (0, 0) if minutes < 1 => "less than a minute".to_owned(),
        (0, 0) => format!("{minutes} min"),
        (0, hours) => format!("{hours} h {} min", minutes % 60),
        (days, hours) => format!("{days} d {hours} h"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::suspension::{Answer, Suspension};

    const DAY: i64 = 24 * HOUR_MS;

    fn after(errors: u64, every: i64, answer: Answer) -> Suspension {
        (0..i64::try_from(errors).unwrap())
            .fold(Suspension::default(), |it, n| it.answered(answer, Timestamp(n * every)))
    }

    #[test]
    fn the_countdown_is_told_with_what_to_do() {
        let now = Timestamp(DAY);
        let health = health(after(4, 6 * HOUR_MS, Answer::BadUnsigned).state(now), now);
        assert_eq!(health.suspends_at, Some(Timestamp(7 * DAY)));
        assert!(health.sentence.contains("At least 4 answers"), "{}", health.sentence);
        assert!(health.steps[0].contains("client secret"), "{:?}", health.steps);
        let problem = problem(&health, now).unwrap();
        assert!(problem.advice.unwrap().contains("in 6 d 0 h at the latest"));
    }

    #[test]
    fn one_stranger_is_no_problem() {
        let now = Timestamp(10);
        let health = health(after(2, 1, Answer::BadUnsigned).state(now), now);
        assert_eq!((health.state, problem(&health, now)), (SubscriptionState::Failing, None));
    }

    #[test]
    fn a_pause_says_when_it_ends_and_a_suspension_how() {
        let now = Timestamp(2_000);
        let paused = health(after(1_001, 1, Answer::Bad).state(now), now);
        let told = problem(&paused, now).unwrap();
        assert_eq!(told.advice.as_deref(), Some("It delivers again in 14 min."));
        let now = Timestamp(8 * DAY);
        let suspended = health(after(20, DAY / 2, Answer::Bad).state(now), now);
        let told = problem(&suspended, now).unwrap();
        assert!(told.sentence.contains("for at least 8 d 0 h"), "{}", told.sentence);
        assert!(told.advice.unwrap().contains("Set live"));
        assert!(suspended.steps.iter().any(|step| step.contains("Webhooks")));
    }
}
