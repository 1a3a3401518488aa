//! Shadow mode: what the model would have done, held against what teammates did at the helpdesk without us.
//!
//! A prediction is a suggestion that nobody answered here, neither person nor policy. It is held against the first
//! thing that a teammate did afterwards and that tells a bucket: giving the conversation to the team of exactly one
//! bucket, or to a team that no bucket has; or closing it without a word where exactly one bucket does just that. What
//! our own actions, bots and customers did tells nothing.
//!
//! Its figures stand beside a policy. They are no part of the record that a promise is proven by: what somebody did at
//! the helpdesk may have had other reasons.

use super::words::action_words;
use crate::error::EngineError;
use crate::workspace::Workspace;
use domain::{Bucket, BucketId, ConversationId, Directory, Timestamp};
use std::collections::BTreeMap;
use store::{ActRow, PredictionRow};
use triage::policy::shadow::{Comparison, Deed, Prediction, Told, compare};
use triage::policy::{ActionWord, Record, Tally};

const DAY_MS: i64 = 86_400_000;
/// How far back is looked.
const LOOK_BACK_MS: i64 = 30 * DAY_MS;
/// A deed later than this has other reasons.
const PATIENCE_MS: i64 = 3 * DAY_MS;
/// Predictions and parts that are looked at.
const PREDICTIONS: u32 = 5_000;
const PARTS: u32 = 100_000;
/// Parts of a conversation keep their order within a second by their place.
const PLACES: i64 = 999;

/// What shadow mode shows.
#[derive(Debug, Default)]
pub struct Shadow {
    comparison: Comparison,
}

/// The figures of one bucket and action.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// At any confidence.
    pub all: Tally,
    /// At the line or above.
    pub at_line: Tally,
}

impl Shadow {
    /// The figures of one bucket and action, at a line.
    pub fn figures(&self, bucket: &BucketId, action: ActionWord, line: f64) -> Figures {
        let mut figures = Figures::default();
        let of = |one: &&Record| one.bucket_id == *bucket && one.actions.contains(action);
        for one in self.comparison.records.iter().filter(of) {
            let is_wrong = one.answer.is_wrong_for(action);
            figures.all = figures.all.and(is_wrong);
            if one.confidence >= line {
                figures.at_line = figures.at_line.and(is_wrong);
            }
        }
        figures
    }

    /// Predictions that may still be answered.
    pub const fn waiting(&self) -> u32 {
        self.comparison.waiting
    }
}

impl Workspace {
    /// Holds the silent predictions of the last 30 days against what teammates did.
    pub async fn shadow(&self) -> Result<Shadow, EngineError> {
        let now = self.clock.now();
        let since = now.plus_ms(-LOOK_BACK_MS);
        let rows = self.store.list_predictions(since, PREDICTIONS).await?;
        if rows.is_empty() {
            return Ok(Shadow::default());
        }
        let acts = self.store.list_acts(since, PARTS).await?;
        let buckets = self.store.list_buckets().await?;
        let directory = self.store.get_directory().await?;
        let places = places(&acts);
        let predictions: Vec<Prediction> = rows.iter().map(|row| prediction(row, &places)).collect();
        let deeds = deeds(&acts, &buckets, &directory);
        Ok(Shadow { comparison: compare(&predictions, &deeds, PATIENCE_MS, now) })
    }
}

type Places<'a> = BTreeMap<(&'a str, &'a str), Timestamp>;

fn places(acts: &[ActRow]) -> Places<'_> {
    acts.iter().map(|act| ((act.conversation_id.as_str(), act.part_id.as_str()), moment(act))).collect()
}

/// When a part was made, with its place where several were made within one second: the helpdesk counts in seconds.
fn moment(act: &ActRow) -> Timestamp {
    act.at.plus_ms(i64::from(act.place).min(PLACES))
}

/// A prediction holds from the newest part that it was made on, by the helpdesk's own clock.
fn prediction(row: &PredictionRow, places: &Places<'_>) -> Prediction {
    let last = row.last_part_id.as_deref();
    let known = last.and_then(|part| places.get(&(row.conversation_id.as_str(), part)));
    Prediction {
        suggestion_id: row.suggestion_id,
        conversation_id: row.conversation_id.clone(),
        at: known.map_or(row.at, |at| at.plus_ms(1)),
        bucket_id: row.bucket_id.clone(),
        confidence: row.confidence,
        actions: action_words(&row.actions),
    }
}

fn deeds(acts: &[ActRow], buckets: &[Bucket], directory: &Directory) -> Vec<Deed> {
    let teams: Vec<(&BucketId, &str)> = buckets
        .iter()
        .filter_map(|bucket| Some((&bucket.id, bucket.resolve_team(directory)?.name.as_str())))
        .collect();
    let closing: Vec<&Bucket> =
        buckets.iter().filter(|bucket| bucket.closes && bucket.reply.trim().is_empty()).collect();
    let mut deeds = Vec::new();
    for (place, act) in acts.iter().enumerate().filter(|(_, act)| act.is_teammate) {
        let told = if let Some(name) = act.assigned_to.as_deref() {
            told_by_team(name, &teams, directory)
        } else if act.kind == "close" && act.text.is_none() && !is_answered(acts, place) {
            match closing.as_slice() {
                [only] => Some(Tells::Bucket(only.id.clone())),
                _ => None,
            }
        } else {
            None
        };
        let Some(tells) = told else { continue };
        let reply = reply_after(acts, place);
        let told = match tells {
            Tells::NoBucket => Told::None,
            Tells::Bucket(bucket_id) => {
                let own =
                    buckets.iter().find(|bucket| bucket.id == bucket_id).map(|bucket| bucket.reply.trim());
                let other_reply = reply.is_some_and(|reply| own != Some(reply.trim()));
                Told::Bucket { bucket_id, other_reply }
            }
        };
        deeds.push(Deed { conversation_id: act.conversation_id.clone(), at: moment(act), told });
    }
    deeds
}

/// What an act tells, apart from the reply.
enum Tells {
    Bucket(BucketId),
    NoBucket,
}

/// The bucket of a team, or that it is no bucket's. A teammate, or a team of several buckets, tells nothing.
fn told_by_team(name: &str, teams: &[(&BucketId, &str)], directory: &Directory) -> Option<Tells> {
    directory.team_named(name)?;
    let of: Vec<&BucketId> =
        teams.iter().filter(|(_, team)| team.eq_ignore_ascii_case(name)).map(|(id, _)| *id).collect();
    match of.as_slice() {
        [] => Some(Tells::NoBucket),
        [only] => Some(Tells::Bucket((*only).clone())),
        _ => None,
    }
}

/// Whether a teammate wrote to the customer before, since the customer's own last part.
fn is_answered(acts: &[ActRow], place: usize) -> bool {
    let conversation = acts.get(place).map(|act| &act.conversation_id);
    acts.iter()
        .take(place)
        .rev()
        .take_while(|act| Some(&act.conversation_id) == conversation)
        .any(|act| act.is_teammate && act.text.is_some())
}

/// What a teammate wrote to the customer with the deed or after it.
fn reply_after(acts: &[ActRow], place: usize) -> Option<&str> {
    let conversation: Option<&ConversationId> = acts.get(place).map(|act| &act.conversation_id);
    acts.iter()
        .skip(place)
        .take_while(|act| Some(&act.conversation_id) == conversation)
        .filter(|act| act.is_teammate)
        .find_map(|act| act.text.as_deref().filter(|text| !text.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{BucketTone, Team};

    fn bucket(id: &str, team: &str, reply: &str, closes: bool) -> Bucket {
        Bucket {
            id: id.into(),
            name: id.to_owned(),
            description: String::new(),
            tone: BucketTone::Blue,
            team_id: None,
            team_name: team.to_owned(),
            reply: reply.to_owned(),
            closes,
            examples: vec![],
            position: 0,
        }
    }

    fn act(
        place: u32,
        kind: &str,
        assigned_to: Option<&str>,
        text: Option<&str>,
        is_teammate: bool,
    ) -> ActRow {
        ActRow {
            conversation_id: "1".into(),
            part_id: format!("p{place}"),
            place,
            kind: kind.to_owned(),
            at: Timestamp(1_000),
            assigned_to: assigned_to.map(str::to_owned),
            is_teammate,
            text: text.map(str::to_owned),
        }
    }

    fn told(acts: &[ActRow]) -> Vec<Told> {
        let buckets = [bucket("billing", "Billing", "We look into it.", false), bucket("spam", "", "", true)];
        let team = |id: &str, name: &str| Team { id: id.into(), name: name.to_owned(), admin_ids: vec![] };
        let directory = Directory { admins: vec![], teams: vec![team("1", "Billing"), team("2", "Sales")] };
        deeds(acts, &buckets, &directory).into_iter().map(|deed| deed.told).collect()
    }

    #[test]
    fn the_team_it_was_given_to_tells_the_bucket_and_another_reply_is_an_edit() {
        let source = act(0, "source", None, None, false);
        let given = act(1, "assignment", Some("Billing"), None, true);
        let bucket = |other_reply| Told::Bucket { bucket_id: "billing".into(), other_reply };
        assert_eq!(told(&[source.clone(), given.clone()]), [bucket(false)]);
        let same = act(2, "comment", None, Some("We look into it."), true);
        assert_eq!(told(&[source.clone(), given.clone(), same]), [bucket(false)]);
        let other = act(2, "comment", None, Some("It was refunded."), true);
        assert_eq!(told(&[source.clone(), given, other]), [bucket(true)]);
        let sales = act(1, "assignment", Some("Sales"), None, true);
        assert_eq!(told(&[source.clone(), sales]), [Told::None]);
        let ana = act(1, "assignment", Some("Ana Duarte"), None, true);
        assert_eq!(told(&[source, ana]), []);
    }

    #[test]
    fn closing_without_a_word_tells_the_bucket_that_does_just_that() {
        let source = act(0, "source", None, None, false);
        let close = act(2, "close", None, None, true);
        let spam = Told::Bucket { bucket_id: "spam".into(), other_reply: false };
        assert_eq!(told(&[source.clone(), close.clone()]), [spam]);
        let answered = act(1, "comment", None, Some("Done."), true);
        assert_eq!(told(&[source.clone(), answered, close]), []);
        assert_eq!(told(&[source, act(1, "close", None, None, false)]), [], "our own, or a bot's");
    }

    #[test]
    fn what_was_done_within_the_same_second_keeps_its_order() {
        let acts = [act(0, "source", None, None, false), act(1, "assignment", Some("Billing"), None, true)];
        let row = PredictionRow {
            suggestion_id: domain::SuggestionId(uuid::Uuid::nil()),
            conversation_id: "1".into(),
            at: Timestamp(9_999),
            bucket_id: "billing".into(),
            confidence: 0.9,
            actions: "assign".to_owned(),
            last_part_id: Some("p0".to_owned()),
        };
        let before = prediction(&row, &places(&acts));
        assert!(before.at <= moment(&acts[1]) && before.at > moment(&acts[0]));
        let after = PredictionRow { last_part_id: Some("p1".to_owned()), ..row };
        assert!(prediction(&after, &places(&acts)).at > moment(&acts[1]));
    }
}
