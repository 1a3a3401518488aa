//! The language model of a workspace in words.

use super::Unfit;
use super::settings::micro;
use crate::api::language_models::{LanguageModelSettings, ModelUsageView};
use domain::ports::{AdvisorRole, DraftRole};
use language_models::{Checked, ModelListing};
use store::DayUsage;

pub(super) fn unfit(unfit: &Unfit) -> String {
    match unfit {
        Unfit::KeyMissing => "Nobody is asked: enter the key of the service first.".to_owned(),
        Unfit::Setup(error) => format!("Nobody is asked: {}.", lower_first(&error.to_string())),
    }
}

pub(super) fn on(role: AdvisorRole, drafts: DraftRole) -> String {
    let opinions = match role {
        AdvisorRole::Off => "for no second opinion".to_owned(),
        AdvisorRole::Below { confidence } => format!(
            "for a second opinion where the local model is below {:.0} %, finds no bucket, or is still learning",
            confidence * 100.0
        ),
        AdvisorRole::Always => {
            "for a second opinion about every conversation that waits for an answer".to_owned()
        }
    };
    let drafts = match drafts {
        DraftRole::Off => "for no draft of a reply",
        DraftRole::WhenAsked => "for a draft of a reply when you press D on a card",
    };
    format!("On: a language model is asked {opinions}, and {drafts}.")
}

/// What a check found: the key and the address work, and whom a question would go to.
pub(super) fn checked(checked: &Checked) -> String {
    let models = match checked.models {
        1 => "1 model".to_owned(),
        more => format!("{more} models"),
    };
    let asked = match &checked.chosen.second {
        Some(second) => {
            format!("{} is asked first, and {second} when it is unsure", checked.chosen.first)
        }
        None => format!("{} is asked", checked.chosen.first),
    };
    let unlisted = match checked.unlisted.as_slice() {
        [] => String::new(),
        [one] => format!(" The list does not name {one}: it may not be there."),
        more => format!(" The list does not name {}: they may not be there.", more.join(" and ")),
    };
    format!("It works: the service lists {models}. {asked}.{unlisted}")
}

pub(super) fn model(model: &ModelListing) -> String {
    let mut notes = Vec::new();
    if let Some(lifecycle) = model.lifecycle.as_deref().filter(|word| *word != "active") {
        notes.push(lifecycle.to_owned());
    }
    if model.structured_outputs == Some(false) {
        notes.push("answers through a tool call".to_owned());
    }
    let name = if model.name == model.id { String::new() } else { model.name.clone() };
    match (name.is_empty(), notes.is_empty()) {
        (true, true) => String::new(),
        (false, true) => name,
        (true, false) => notes.join(", "),
        (false, false) => format!("{name}, {}", notes.join(", ")),
    }
}

/// A day in words; with what it may take, where that is to be said.
pub(super) fn usage(day: &DayUsage, caps: Option<&LanguageModelSettings>) -> ModelUsageView {
    let tokens_cap = caps.and_then(|caps| caps.tokens_a_day);
    let money_cap = caps.and_then(|caps| caps.dollars_a_day);
    let mut parts = vec![match day.questions {
        1 => "1 question".to_owned(),
        more => format!("{} questions", grouped(more)),
    }];
    match day.drafts {
        0 => {}
        1 => parts.push("1 draft".to_owned()),
        more => parts.push(format!("{} drafts", grouped(more))),
    }
    let about = if day.is_estimate { "about " } else { "" };
    parts.push(match tokens_cap {
        Some(cap) => format!("{about}{} of {} tokens", grouped(day.tokens()), grouped(cap)),
        None => format!("{about}{} tokens", grouped(day.tokens())),
    });
    let all_unpriced = day.unpriced_tokens > 0 && day.micro_dollars == 0;
    if all_unpriced {
        parts.push("the price is not known".to_owned());
    } else {
        let mut money = dollars(day.micro_dollars);
        if !day.is_exact {
            money.push_str(" or more");
        }
        if let Some(cap) = money_cap {
            money = format!("{money} of {}", dollars(micro(cap)));
        }
        if day.unpriced_tokens > 0 {
            money =
                format!("{money}, without {} tokens whose price is not known", grouped(day.unpriced_tokens));
        }
        parts.push(money);
    }
    ModelUsageView {
        day: day.day,
        questions: day.questions,
        drafts: day.drafts,
        tokens: day.tokens(),
        sentence: parts.join(", "),
    }
}

/// The share of the cap that is nearest.
pub(super) fn share(day: &DayUsage, settings: &LanguageModelSettings) -> Option<f64> {
    let of = |used: u64, cap: u64| if cap == 0 { 1.0 } else { (used as f64 / cap as f64).min(1.0) };
    let tokens = settings.tokens_a_day.map(|cap| of(day.tokens(), cap));
    let money = settings.dollars_a_day.map(|cap| of(day.micro_dollars, micro(cap)));
    match (tokens, money) {
        (Some(tokens), Some(money)) => Some(tokens.max(money)),
        (one, other) => one.or(other),
    }
}

/// `$0.0042`, `$1.20`: small sums keep their digits.
fn dollars(micro_dollars: u64) -> String {
    let dollars = micro_dollars as f64 / 1_000_000.0;
    match micro_dollars {
        0 => "$0".to_owned(),
        1..10_000 => format!("${dollars:.4}"),
        _ => format!("${dollars:.2}"),
    }
}

/// `12,345`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::Timestamp;

    fn day() -> DayUsage {
        DayUsage {
            questions: 41,
            input_tokens: 12_000,
            output_tokens: 345,
            micro_dollars: 4_200,
            ..DayUsage::none(Timestamp(0))
        }
    }

    #[test]
    fn a_day_says_what_it_took_of_what_and_what_is_not_known() {
        let settings = LanguageModelSettings { dollars_a_day: Some(1.0), ..LanguageModelSettings::default() };
        let said = |day: DayUsage| usage(&day, Some(&settings)).sentence;
        assert_eq!(said(day()), "41 questions, 12,345 of 200,000 tokens, $0.0042 of $1.00");
        let drafts = DayUsage { drafts: 2, ..day() };
        assert_eq!(said(drafts), "41 questions, 2 drafts, 12,345 of 200,000 tokens, $0.0042 of $1.00");
        let vague = DayUsage { is_exact: false, is_estimate: true, ..day() };
        assert_eq!(said(vague), "41 questions, about 12,345 of 200,000 tokens, $0.0042 or more of $1.00");
        let unpriced = DayUsage { micro_dollars: 0, unpriced_tokens: 12_345, ..day() };
        assert!(usage(&unpriced, None).sentence.ends_with("12,345 tokens, the price is not known"));
    }

    #[test]
    fn the_nearest_cap_is_shown_and_a_cap_of_nothing_is_reached() {
        let settings =
            LanguageModelSettings { dollars_a_day: Some(0.0084), ..LanguageModelSettings::default() };
        assert_eq!(share(&day(), &settings), Some(0.5));
        let none = LanguageModelSettings { tokens_a_day: Some(0), ..LanguageModelSettings::default() };
        assert_eq!(share(&day(), &none), Some(1.0));
        let open = LanguageModelSettings { tokens_a_day: None, ..LanguageModelSettings::default() };
        assert_eq!(share(&day(), &open), None);
    }

    #[test]
    fn when_it_is_asked_is_said_of_opinions_and_of_drafts() {
        assert_eq!(
            on(AdvisorRole::Off, DraftRole::WhenAsked),
            "On: a language model is asked for no second opinion, and for a draft of a reply when you press D on a card."
        );
        assert!(on(AdvisorRole::Always, DraftRole::Off).ends_with(", and for no draft of a reply."));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 999, 1_000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
    }
}
