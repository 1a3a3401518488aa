//! Which articles answer a message, and which macros are near it. Nothing is asked of anybody.
//!
//! An article that does not answer is worse than none: it must share at least two telling words with the message, one of
//! them in its heading or three in one passage, and a fair part of all that the message speaks of.

use super::languages::is_of;
use super::quoting::{best_passage, matches, weight_of};
use super::words::sought;
use crate::error::EngineError;
use domain::{HelpArticle, Macro};
use std::collections::BTreeSet;
use store::{SoughtWord, Store};

/// Articles that are shown at most.
pub(super) const SHOWN: usize = 3;
/// Articles that are looked at closely.
const CANDIDATES: u32 = 12;
/// Words of a message that are looked for.
const WORDS: usize = 24;
/// Letters of a message that are looked at.
const LETTERS: usize = 4_000;
/// A word that stands in more of the articles than this says nothing, where there are enough of them to tell.
const COMMON: f64 = 0.35;
/// So many articles are enough to tell.
const ENOUGH: i64 = 12;
/// A word in the heading counts so much more.
const IN_HEADING: f64 = 2.2;
/// An article that answers so much worse than the best is not shown.
const FAR_BEHIND: f64 = 0.6;
/// The weight that must be answered, of that of the weightiest words of the message.
const ANSWERED: f64 = 0.3;
/// How many words those are.
const WEIGHTIEST: usize = 8;

/// An article that may answer a message.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Hit {
    pub(super) article: HelpArticle,
    /// The passage that answers best; empty where only the heading does.
    pub(super) quotation: String,
    /// How well it answers; says something only beside others.
    weight: f64,
}

/// Articles that may answer a message, the best first; in the language of the message where they have it.
pub(super) async fn articles(
    store: &Store,
    message: &str,
    language: Option<&str>,
) -> Result<Vec<Hit>, EngineError> {
    let all = words_of(message);
    let total = store.count_articles().await?;
    if all.is_empty() || total == 0 {
        return Ok(vec![]);
    }
    let counts = store.count_articles_with(&all).await?;
    let (words, weights) = weighed(&all, &counts, total);
    if words.is_empty() {
        return Ok(vec![]);
    }
    // What the help center never speaks of is part of what was asked, too: it weighs like the other words.
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    let unheard = counts.iter().filter(|count| **count == 0).map(|_| mean);
    let mut weightiest: Vec<f64> = weights.iter().copied().chain(unheard).collect();
    weightiest.sort_by(|a, b| b.total_cmp(a));
    let least = ANSWERED * weightiest.iter().take(WEIGHTIEST).sum::<f64>();
    // One word in common is an accident, unless it is all that was asked.
    let few = all.len().min(2);
    let in_language =
        |article: &HelpArticle| language.is_some_and(|language| is_of(&article.locale, language));
    let mut found: Vec<Hit> = Vec::new();
    for article in store.find_articles(&words, CANDIDATES).await? {
        let heading = matches(&article.title, &words);
        let passage = best_passage(&article.text, &words, &weights);
        let both: BTreeSet<usize> = heading.union(&passage.matched).copied().collect();
        let is_about = both.len() >= few
            && (!heading.is_empty() || passage.matched.len() >= 3)
            && weight_of(&both, &weights) >= least;
        if !is_about {
            continue;
        }
        let weight = IN_HEADING * weight_of(&heading, &weights) + weight_of(&passage.matched, &weights);
        let hit = Hit { article, quotation: passage.text, weight };
        match found.iter_mut().find(|other| other.article.id == hit.article.id) {
            // The same article in another language: the customer's, else the one that answers better.
            Some(other) => {
                let rank = |hit: &Hit| (in_language(&hit.article), hit.weight);
                if rank(&hit) > rank(other) {
                    *other = Hit { weight: hit.weight.max(other.weight), ..hit };
                } else {
                    other.weight = other.weight.max(hit.weight);
                }
            }
            None => found.push(hit),
        }
    }
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let best = found.first().map_or(0.0, |first| first.weight);
    found.retain(|one| one.weight >= FAR_BEHIND * best);
    found.truncate(SHOWN);
    for hit in &mut found {
        if in_language(&hit.article) {
            continue;
        }
        let others = store.list_languages_of_article(&hit.article.id).await?;
        if let Some(article) = others.into_iter().find(|one| in_language(one)) {
            hit.quotation = best_passage(&article.text, &words, &weights).text;
            hit.article = article;
        }
    }
    Ok(found)
}

/// The macros, those that have most in common with a message first, the others in their order.
pub(super) fn macros_by_nearness(macros: Vec<Macro>, message: &str) -> Vec<Macro> {
    let all = words_of(message);
    let found: Vec<(BTreeSet<usize>, BTreeSet<usize>)> =
        macros.iter().map(|one| (matches(&one.name, &all), matches(&one.text, &all))).collect();
    let total = i64::try_from(macros.len()).unwrap_or(i64::MAX);
    let weights: Vec<f64> = (0..all.len())
        .map(|word| {
            let with =
                found.iter().filter(|(name, text)| name.contains(&word) || text.contains(&word)).count();
            if with == 0 { 0.0 } else { weight(total, i64::try_from(with).unwrap_or(i64::MAX)) }
        })
        .collect();
    let mut ranked: Vec<(f64, Macro)> = macros
        .into_iter()
        .zip(found)
        .map(|(one, (name, text))| {
            (IN_HEADING * weight_of(&name, &weights) + weight_of(&text, &weights), one)
        })
        .collect();
    // Stable: what is equally near stays in its order.
    ranked.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    ranked.into_iter().map(|(_, one)| one).collect()
}

fn words_of(message: &str) -> Vec<SoughtWord> {
    let message: String = message.chars().take(LETTERS).collect();
    sought(&message, WORDS)
}

/// The words that tell something, and how much.
fn weighed(all: &[SoughtWord], counts: &[i64], total: i64) -> (Vec<SoughtWord>, Vec<f64>) {
    let telling = |count: i64| count > 0 && (total < ENOUGH || (count as f64) <= COMMON * total as f64);
    all.iter()
        .zip(counts)
        .filter(|(_, count)| telling(**count))
        .map(|(word, count)| (word.clone(), weight(total, *count)))
        .unzip()
}

/// The rarer a word, the more it says.
fn weight(total: i64, with: i64) -> f64 {
    (1.0 + total as f64 / with.max(1) as f64).ln()
}
