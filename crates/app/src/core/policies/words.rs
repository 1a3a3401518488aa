//! Policies in words.

use crate::api::policies::{PolicyState, PolicyView, ShadowView};
use engine::policies::Kept;
use engine::policies::shadow::Figures;
use triage::policy::{ActionWord, Autonomy, LEAST_DECISIONS, Policy, ProposedLine, Replay};
use triage::statistics::Level;

/// A share in whole percents, or with one decimal where that says more.
pub(super) fn percent(share: f64) -> String {
    let percents = share * 100.0;
    if (percents - percents.round()).abs() < 0.05 {
        format!("{percents:.0} %")
    } else {
        format!("{percents:.1} %")
    }
}

pub(super) const fn label(action: ActionWord) -> &'static str {
    match action {
        ActionWord::Assign => "Assign",
        ActionWord::Reply => "Reply",
        ActionWord::Note => "Note",
        ActionWord::Close => "Close",
        ActionWord::Open => "Open again",
        ActionWord::Snooze => "Snooze",
    }
}

/// How a policy stands; `decided` is how many decisions there are at any line.
pub(super) fn state(kept: &Kept, decided: usize) -> PolicyState {
    let proof = kept.standing.proof();
    let is_proven = proof.decided >= LEAST_DECISIONS && proof.proves(kept.policy.promise);
    match kept.standing.autonomy {
        Autonomy::Revoked { .. } => PolicyState::Revoked,
        Autonomy::Given { .. } if is_proven => PolicyState::Given,
        Autonomy::Given { .. } => PolicyState::GivenNotProven,
        Autonomy::NotGiven if decided == 0 => PolicyState::NoDecisions,
        Autonomy::NotGiven if proof.decided < LEAST_DECISIONS => PolicyState::Learning,
        Autonomy::NotGiven if !is_proven => PolicyState::NotProven,
        Autonomy::NotGiven => PolicyState::Proven,
    }
}

pub(super) fn sentence(kept: &Kept, state: PolicyState) -> String {
    let proof = kept.standing.proof();
    let promise = kept.policy.promise;
    let record = format!("{} wrong of {} decided at this line", proof.wrong, proof.decided);
    let bound = format!(
        "at most {} are wrong (at {})",
        percent(proof.upper_bound(promise)),
        percent(promise.level.get())
    );
    let promised = format!("{} is promised", percent(promise.error));
    match state {
        PolicyState::NoDecisions => {
            "Off. No decisions yet: nothing is known of how often this is right.".to_owned()
        }
        PolicyState::Learning => {
            format!(
                "Off. Still learning: {} of {LEAST_DECISIONS} decisions at this line. No card is clear before.",
                proof.decided
            )
        }
        PolicyState::NotProven => format!("Off. Not proven: {record}, so {bound}; {promised}."),
        PolicyState::Proven => format!("Off. Proven: {record}, so {bound}; {promised}."),
        PolicyState::Given => format!("On. {record}, so {bound}; {promised}."),
        PolicyState::GivenNotProven if proof.decided < LEAST_DECISIONS => format!(
            "On, and nothing is clear or automatic yet: {} of {LEAST_DECISIONS} decisions at this line.",
            proof.decided
        ),
        PolicyState::GivenNotProven => {
            format!("On, and nothing is automatic: {record}, so {bound}; {promised}.")
        }
        PolicyState::Revoked => match kept.standing.autonomy {
            Autonomy::Revoked { why, .. } => why.sentence(),
            Autonomy::NotGiven | Autonomy::Given { .. } => "Stopped.".to_owned(),
        },
    }
}

/// What it would take for the plan of a bucket to be automatic.
pub(super) fn plan(needs: &[ActionWord], policies: &[PolicyView], has_gaps: bool) -> String {
    if has_gaps {
        return "A step of its plan cannot be done, so a person decides every one. Mend the bucket in Settings."
            .to_owned();
    }
    if needs.is_empty() {
        return "Its plan does nothing, so there is nothing to carry out.".to_owned();
    }
    let word = |action: &ActionWord| label(*action).to_lowercase();
    let missing: Vec<String> = needs
        .iter()
        .filter(|action| {
            let policy = policies.iter().find(|policy| policy.policy.action == **action);
            !policy.is_some_and(|policy| matches!(policy.state, PolicyState::Given))
        })
        .map(word)
        .collect();
    let all: Vec<String> = needs.iter().map(word).collect();
    if missing.is_empty() {
        format!(
            "Its plan ({}) is carried out without a person where every step is at its line.",
            all.join(", ")
        )
    } else {
        format!(
            "Its plan ({}) is carried out whole or not at all: {} {} not automatic, so a person decides.",
            all.join(", "),
            missing.join(" and "),
            if missing.len() == 1 { "is" } else { "are" },
        )
    }
}

pub(super) fn shadow(figures: Figures, line: f64) -> ShadowView {
    let (at, all) = (figures.at_line, figures.all);
    let sentence = if all.decided == 0 {
        "Nothing to compare: no teammate has acted in Intercom on such a suggestion in the last 30 days."
            .to_owned()
    } else {
        format!(
            "In Intercom teammates did otherwise in {} of {} at {} or more ({} of {} at any confidence), in the last 30 \
             days.",
            at.wrong,
            at.decided,
            percent(line),
            all.wrong,
            all.decided
        )
    };
    ShadowView {
        compared: at.decided,
        wrong: at.wrong,
        all_compared: all.decided,
        all_wrong: all.wrong,
        sentence,
    }
}

/// What a line would have done; `learning` of it at a confidence that is still learning.
pub(super) fn replay(replay: &Replay, level: Level, learning: u32) -> String {
    let said = replay.sentence(level);
    match learning {
        _ if replay.automatic < LEAST_DECISIONS => said,
        0 => said,
        1 => format!("{said} 1 has a confidence that is still learning: a card like it goes to a person."),
        many => {
            format!("{said} {many} have a confidence that is still learning: cards like them go to a person.")
        }
    }
}

pub(super) fn proposed(proposed: Option<&ProposedLine>, policy: &Policy, decided: usize) -> String {
    let promise = policy.promise;
    match proposed {
        Some(line) => format!(
            "{} is the lowest line that keeps the promise: {} automatic, {} of them wrong, at most {}.",
            percent(line.line),
            line.automatic,
            line.wrong,
            percent(line.at_most)
        ),
        None if decided < LEAST_DECISIONS as usize => {
            format!("No line is proposed: {decided} of {LEAST_DECISIONS} decisions.")
        }
        None => format!(
            "No line keeps the promise of at most {} wrong (at {}).",
            percent(promise.error),
            percent(promise.level.get())
        ),
    }
}

pub(super) fn automatic(stopped: bool, acting: u32, held: u32) -> String {
    match (stopped, acting, held) {
        (true, ..) => "Everything automatic is stopped, in every workspace.".to_owned(),
        (false, 0, _) => "Nothing is automatic: no policy is on.".to_owned(),
        (false, 1, held) => format!("1 policy acts by itself; {held} held now."),
        (false, many, held) => format!("{many} policies act by themselves; {held} held now."),
    }
}
