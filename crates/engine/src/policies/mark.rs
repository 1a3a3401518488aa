//! What a card says of the policies: whether it is clear, and why it is not automatic.

use super::judging::Certainty;
use crate::workspace::Workspace;
use domain::{Suggestion, SuggestionState};
use store::{Judged, Judgement};
use triage::policy::{Outcome, Reason};

/// The mark of an open suggestion.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// At or above every line that its plan needs, by a confidence and a record that are past learning.
    pub is_clear: bool,
    /// A person decides without seeing the suggestion.
    pub is_blind: bool,
    /// Why it is clear, is not automatic, or is below the line.
    pub sentence: String,
}

impl Workspace {
    /// The mark of a suggestion by the policies as they are now; `None` where it is not open, or names no bucket.
    pub fn policy_mark(
        &self,
        suggestion: &Suggestion,
        judgement: Option<&Judgement>,
        certainty: Certainty,
    ) -> Option<Mark> {
        if !suggestion.state.is_open() {
            return None;
        }
        if judgement.is_some_and(|judgement| judgement.blind) {
            let sentence =
                "Drawn by lot as a check on the policies: choose the bucket yourself. What was suggested is \
                            shown when you have decided."
                    .to_owned();
            return Some(Mark { is_clear: false, is_blind: true, sentence });
        }
        // Why there is no bucket is said on the card as it is.
        suggestion.bucket_id.as_ref()?;
        let outcome = self.judged_live(suggestion, certainty, None);
        let is_clear = match &outcome {
            Outcome::Clear { .. } | Outcome::Automatic { .. } => true,
            Outcome::Person { because } => matches!(because, Reason::Sampled { .. }),
        };
        let would_be_automatic = matches!(outcome, Outcome::Automatic { .. })
            || matches!(outcome, Outcome::Person { because: Reason::Sampled { .. } });
        let sentence = match judgement {
            Some(Judgement { sent_back: Some(why), .. }) => {
                format!("It was held to be carried out, and came back to you. {why}")
            }
            Some(Judgement { judged: Judged::Automatic(_), .. }) => {
                let clear = if is_clear { "Clear. " } else { "" };
                format!("{clear}It was held to be carried out and was taken back, so a person decides.")
            }
            Some(judgement) if would_be_automatic && judgement.is_repeat => {
                "Clear. This message was with a person before, so a person decides.".to_owned()
            }
            Some(_) if would_be_automatic => {
                "Clear. It came in before this was automatic, so a person decides.".to_owned()
            }
            None if would_be_automatic && suggestion.state == SuggestionState::Pending => {
                "Clear. Nothing is automatic until the second opinion is there.".to_owned()
            }
            None if would_be_automatic => "Clear. It is snoozed, so a person decides.".to_owned(),
            Some(_) | None => outcome.sentence(),
        };
        Some(Mark { is_clear, is_blind: false, sentence })
    }
}
