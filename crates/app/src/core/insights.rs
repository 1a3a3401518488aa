//! `insights.*`: the learning views, each with what it says in a sentence.

use super::Core;
use super::explaining::name;
use super::views::UNKNOWN;
use crate::api::ApiError;
use crate::api::health::InWorkspace;
use crate::api::insights::{
    CaseList, CaseView, ConfusionCount, ConfusionView, EditList, EditView, Figure, GetInsights,
    InsightsReport, ListCases, MentionedBucket, MixView, ProposalView, WordsReport,
};
use domain::{Bucket, BucketId};
use engine::insights::{LATELY_DAYS, ProposedBucket, Records, Views, Words};
use engine::record::{ENOUGH, between};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use store::{CaseRow, SignedDrafts};
use triage::insights::{
    Calibration, Confusion, LearningCurve, Looks, MixDrift, RiskCurve, Vocabulary, WeekRates,
};

/// Weeks that are shown.
const WEEKS: usize = 12;
/// Cases that are listed.
const MOST_CASES: usize = 100;
/// Edits that are listed.
const MOST_EDITS: u32 = 50;
/// Errors among answers that a lead would take for few.
const FEW_WRONG: f64 = 0.02;
/// A mix that has moved by less is no news; the same for the share of new words.
const MIX_MOVED: f64 = 0.1;
const WORDS_MOVED: f64 = 0.1;

impl Core {
    pub(super) async fn insights_get(&self, input: GetInsights) -> Result<InsightsReport, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        // No clock is further from UTC than a day.
        let views = workspace.views(input.offset_minutes.clamp(-1_440, 1_440)).await?;
        let records = workspace.records().await?;
        let buckets = workspace.store().list_buckets().await?;
        Ok(report(&views, &records, &buckets))
    }

    pub(super) async fn insights_cases(&self, input: ListCases) -> Result<CaseList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let buckets = workspace.store().list_buckets().await?;
        let (cases, total) = workspace.cases(&input.suggested, input.decided.as_ref(), MOST_CASES).await?;
        let decided = match &input.decided {
            Some(decided) => name(decided, &buckets),
            None => "none of these".to_owned(),
        };
        Ok(CaseList {
            headline: format!("Suggested {}, decided {decided}", name(&input.suggested, &buckets)),
            rows: cases.into_iter().map(case_view).collect(),
            total: total as u32,
        })
    }

    pub(super) async fn insights_edits(&self, input: InWorkspace) -> Result<EditList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let rows = workspace.edits(MOST_EDITS).await?;
        let headline = match rows.len() {
            0 => "No reply was edited yet. What you change before you approve is shown here, word by word."
                .to_owned(),
            1 => "One reply was edited.".to_owned(),
            count if count == MOST_EDITS as usize => format!("The last {count} replies that were edited."),
            count => format!("{count} replies were edited."),
        };
        let rows = rows.into_iter().map(|row| EditView {
            conversation_id: row.conversation_id,
            bucket_id: row.bucket_id,
            at: row.at,
            pieces: row.pieces,
            was_draft: row.was_draft,
        });
        let drafts = drafts_signed(workspace.store().count_signed_drafts().await?);
        Ok(EditList { headline, drafts, rows: rows.collect() })
    }

    pub(super) async fn insights_words(&self, input: InWorkspace) -> Result<WordsReport, ApiError> {
        let words = self.workspace(input.workspace)?.words().await?;
        Ok(WordsReport { vocabulary: vocabulary(&words.vocabulary), proposals: proposals(&words) })
    }
}

/// What became of drafts.
fn drafts_signed(drafts: SignedDrafts) -> Option<String> {
    let unchanged = drafts.signed.saturating_sub(drafts.edited);
    match drafts.signed {
        0 => None,
        1 => {
            let how = if unchanged == 1 { "as it was" } else { "after it was edited" };
            Some(format!("One draft of the language model was signed, {how}."))
        }
        more => Some(format!(
            "{} drafts of the language model were signed: {} as they were, {} after they were edited.",
            thousands(more as usize),
            thousands(unchanged as usize),
            thousands(drafts.edited as usize),
        )),
    }
}

fn report(views: &Views, records: &Records, buckets: &[Bucket]) -> InsightsReport {
    let decisions = records.answered.len();
    InsightsReport {
        decisions: decisions as u32,
        enough: ENOUGH as u32,
        headline: rests_on(records),
        buckets: mentioned(records, buckets),
        calibration: calibration(&views.calibration),
        confusion: confusion(&views.confusion, decisions, buckets),
        risk: risk(&views.risk, decisions),
        learning_curve: learning_curve(&views.learning, decisions),
        weeks: weeks(&views.weeks),
        looks: looks(&views.looks),
        mix: mix(&views.mix),
    }
}

fn rests_on(records: &Records) -> String {
    let decisions = records.answered.len();
    let mut sentence = match decisions {
        0 => "No decision yet says whether a suggestion was right.".to_owned(),
        count if count < ENOUGH => format!("Still learning: {count} of {ENOUGH} decisions."),
        count => format!("{} decisions.", thousands(count)),
    };
    let more = [
        (records.rejected.len(), "rejected without saying where it belongs"),
        (records.without_bucket(), "decided where no bucket was suggested"),
    ];
    for (count, what) in more.into_iter().filter(|(count, _)| *count > 0) {
        let _ = write!(sentence, " {} {what}.", thousands(count));
    }
    sentence
}

fn mentioned(records: &Records, buckets: &[Bucket]) -> Vec<MentionedBucket> {
    let mut ids: BTreeSet<&BucketId> = buckets.iter().map(|bucket| &bucket.id).collect();
    for record in records.all() {
        ids.insert(&record.bucket_id);
        ids.extend(record.decided());
    }
    ids.into_iter().map(|id| MentionedBucket { bucket_id: id.clone(), name: name(id, buckets) }).collect()
}

fn still_learning(count: usize, what: &str) -> String {
    format!("Still learning: {count} of {ENOUGH} {what}.")
}

fn calibration(view: &Calibration) -> Figure<Calibration> {
    let count = view.answers as usize;
    let headline = match view.expected_error.filter(|_| count >= ENOUGH) {
        Some(error) => format!("The confidence is off by {:.1} points on average.", error * 100.0),
        None => still_learning(count, "decisions"),
    };
    Figure { headline, learning: count < ENOUGH, figures: view.clone() }
}

fn confusion(view: &Confusion, decisions: usize, buckets: &[Bucket]) -> Figure<ConfusionView> {
    let wrong = view.cells.iter().filter(|cell| cell.decided.as_ref() != Some(&cell.suggested));
    let count: usize = wrong.clone().map(|cell| cell.cases.len()).sum();
    let headline = match wrong.max_by_key(|cell| cell.cases.len()) {
        None if decisions == 0 => "Nothing was decided yet.".to_owned(),
        None => "Every suggestion was right.".to_owned(),
        Some(cell) => {
            let decided =
                cell.decided.as_ref().map_or_else(|| "none of these".to_owned(), |id| name(id, buckets));
            let suggested = name(&cell.suggested, buckets);
            format!(
                "{} of {} belonged elsewhere; {suggested} for what was {decided} most often ({}).",
                thousands(count),
                thousands(decisions),
                thousands(cell.cases.len())
            )
        }
    };
    let cells = view.cells.iter().map(|cell| ConfusionCount {
        suggested: cell.suggested.clone(),
        decided: cell.decided.clone(),
        cases: cell.cases.len() as u32,
    });
    let figures = ConfusionView { buckets: view.buckets.clone(), cells: cells.collect() };
    Figure { headline, learning: decisions < ENOUGH, figures }
}

fn risk(view: &RiskCurve, decisions: usize) -> Figure<RiskCurve> {
    let few_wrong = |count: u32, risk: f64| count as usize >= ENOUGH && risk <= FEW_WRONG;
    let covered = view.points.iter().filter(|point| few_wrong(point.count, point.risk));
    let headline = if decisions < ENOUGH {
        still_learning(decisions, "decisions")
    } else {
        match covered.max_by(|one, other| one.coverage.total_cmp(&other.coverage)) {
            Some(point) => format!(
                "Of the {:.0} % with the most confidence, at most 2 in 100 were wrong: those from {:.0} % on.",
                point.coverage * 100.0,
                point.line * 100.0
            ),
            None => "At no confidence were fewer than 2 in 100 wrong, among 30 or more.".to_owned(),
        }
    };
    Figure { headline, learning: decisions < ENOUGH, figures: view.clone() }
}

fn learning_curve(view: &LearningCurve, decisions: usize) -> Figure<LearningCurve> {
    let headline = match view.points.last() {
        Some(last) if decisions >= ENOUGH => {
            format!("{:.0} % right among the last {}.", last.accuracy * 100.0, decisions.min(100))
        }
        Some(_) | None => still_learning(decisions, "decisions"),
    };
    Figure { headline, learning: decisions < ENOUGH, figures: view.clone() }
}

fn weeks(all: &[WeekRates]) -> Figure<Vec<WeekRates>> {
    let shown: BTreeSet<_> = all.iter().map(|rates| rates.week).collect();
    let shown: BTreeSet<_> = shown.into_iter().rev().take(WEEKS).collect();
    let figures: Vec<WeekRates> = all.iter().filter(|rates| shown.contains(&rates.week)).cloned().collect();
    let of_last: Vec<&WeekRates> = figures.iter().filter(|rates| Some(&rates.week) == shown.last()).collect();
    let sum = |of: fn(&WeekRates) -> u32| of_last.iter().map(|rates| of(rates)).sum::<u32>();
    let headline = match shown.last() {
        None => "Nothing was decided yet.".to_owned(),
        Some(week) => format!(
            "Week {}: of {} suggestions {} were approved as they stood, {} with another reply, {} corrected, {} \
             rejected or none of these.",
            week.week,
            sum(|rates| rates.answers),
            sum(|rates| rates.approved),
            sum(|rates| rates.edited),
            sum(|rates| rates.corrected),
            sum(|rates| rates.rejected)
        ),
    };
    let answers: u32 = figures.iter().map(|rates| rates.answers).sum();
    Figure { headline, learning: (answers as usize) < ENOUGH, figures }
}

fn looks(view: &Looks) -> Figure<Looks> {
    let count = view.approvals as usize;
    let headline = match view.quartiles_ms.filter(|_| count >= ENOUGH) {
        Some(quartiles) => format!(
            "Half of the approvals took less than {:.1} s. {} of {count} took less than 2 s, too short to read ({}).",
            quartiles.median / 1_000.0,
            view.rubber_stamped,
            between(view.interval)
        ),
        None => still_learning(count, "approvals timed"),
    };
    Figure { headline, learning: count < ENOUGH, figures: *view }
}

fn mix(view: &MixDrift) -> Figure<MixView> {
    let (before, lately) = view.buckets.iter().fold((0, 0), |(before, lately), bucket| {
        (before + bucket.before as usize, lately + bucket.lately as usize)
    });
    let learning = before < ENOUGH || lately < ENOUGH;
    let headline = match &view.drift {
        Some(drift) if !learning => {
            if drift.exceeds(MIX_MOVED) {
                "The mix of buckets has moved by more than chance explains.".to_owned()
            } else {
                "The mix of buckets has not moved by more than chance explains.".to_owned()
            }
        }
        Some(_) | None => format!(
            "Needs {ENOUGH} decisions from the last {LATELY_DAYS} days and {ENOUGH} from before: there are {lately} and \
             {before}."
        ),
    };
    Figure { headline, learning, figures: MixView { drift: view.drift, buckets: view.buckets.clone() } }
}

fn vocabulary(view: &Vocabulary) -> Figure<Vocabulary> {
    let (before, lately) = (view.before as usize, view.lately as usize);
    let learning = before < ENOUGH || lately < ENOUGH;
    let headline = match view.drift.before.zip(view.drift.lately) {
        Some((was, is)) if !learning => {
            let moved = if view.drift.exceeds(WORDS_MOVED) {
                "Customers write of something new"
            } else {
                "No more new words than before"
            };
            format!("{moved}: {:.0} % of the words were new, {:.0} % before.", is * 100.0, was * 100.0)
        }
        Some(_) | None => format!(
            "Needs {ENOUGH} messages decided in the last {LATELY_DAYS} days and {ENOUGH} from before: there are {lately} \
             and {before}."
        ),
    };
    Figure { headline, learning, figures: view.clone() }
}

fn proposals(words: &Words) -> Figure<Vec<ProposalView>> {
    let headline = match (words.unplaced, words.proposals.len()) {
        (0, _) => {
            "Nothing was decided as 'none of these' yet. Where messages that belong to no bucket are alike, a bucket is \
             proposed here."
                .to_owned()
        }
        (1, _) => "One message belongs to no bucket. Three that are alike make a proposal.".to_owned(),
        (count, 0) => format!("{count} messages belong to no bucket, and no three of them are alike."),
        (count, 1) => format!("Of {count} messages that belong to no bucket some are alike."),
        (count, groups) => format!("Of {count} messages that belong to no bucket some are alike: {groups} groups."),
    };
    let figures = words.proposals.iter().map(proposal_view).collect();
    Figure { headline, learning: false, figures }
}

fn proposal_view(proposal: &ProposedBucket) -> ProposalView {
    let name: String = proposal.words.iter().take(2).cloned().collect::<Vec<_>>().join(" ");
    let mut letters = name.chars();
    let name = letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect());
    ProposalView {
        name: name.chars().take(40).collect(),
        words: proposal.words.clone(),
        messages: proposal.messages,
        examples: proposal.examples.clone(),
    }
}

fn case_view(row: CaseRow) -> CaseView {
    CaseView {
        suggestion_id: row.suggestion_id,
        conversation_id: Some(row.conversation_id).filter(|_| row.is_kept),
        contact_name: row.contact_name.unwrap_or_else(|| UNKNOWN.to_owned()),
        preview: row.preview,
        confidence: row.confidence,
        at: row.at,
    }
}

/// A count with its thousands apart, as sentences have it.
pub(super) fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_written_with_their_thousands_apart() {
        let written = [0, 999, 1_000, 12_345, 1_234_567].map(thousands);
        assert_eq!(written, ["0", "999", "1,000", "12,345", "1,234,567"]);
    }
}
