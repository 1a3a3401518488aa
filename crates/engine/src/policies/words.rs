//! Policies and kinds of action in words.

use triage::policy::{ActionWord, ActionWords, Policy};

/// The word of a kind of action, as SQL has it.
pub(super) const fn word(action: ActionWord) -> &'static str {
    match action {
        ActionWord::Assign => "assign",
        ActionWord::Reply => "reply",
        ActionWord::Note => "note",
        ActionWord::Close => "close",
        ActionWord::Open => "open",
        ActionWord::Snooze => "snooze",
    }
}

/// The kinds of action that a list of words names.
pub fn action_words(words: &str) -> ActionWords {
    let named = |one: &str| ActionWord::ALL.into_iter().find(|action| word(*action) == one);
    words.split(',').filter_map(named).collect()
}

/// The words of kinds of action.
pub(super) fn words_of(actions: ActionWords) -> String {
    actions.iter().map(word).collect::<Vec<_>>().join(",")
}

/// "Billing, reply".
pub fn named(bucket: &str, action: ActionWord) -> String {
    format!("{bucket}, {}", action.verb())
}

/// "Billing, reply, at 92 % or more".
pub(super) fn in_words(policy: &Policy, bucket: &str) -> String {
    format!("{}, at {} or more", named(bucket, policy.action), percent(policy.line))
}

/// A share in whole percents, or with one decimal where that says more.
pub(super) fn percent(share: f64) -> String {
    let percents = share * 100.0;
    if (percents - percents.round()).abs() < 0.05 {
        format!("{percents:.0} %")
    } else {
        format!("{percents:.1} %")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_read_back() {
        let all: ActionWords = ActionWord::ALL.into_iter().collect();
        assert_eq!(action_words(&words_of(all)), all);
        assert!(action_words("").is_empty() && action_words("sing").is_empty());
    }

    #[test]
    fn a_line_is_told_as_exactly_as_it_is_set() {
        assert_eq!(
            (percent(0.9), percent(0.925), percent(1.0)),
            ("90 %".into(), "92.5 %".into(), "100 %".into())
        );
    }
}
