//! `policies.*` and `automatic.*`.
//!
//! The switch that stops everything automatic is the program's own: it holds in every workspace, open or not, and over
//! restarts. It is thrown in memory first and kept then, so that nothing leaves in between.

mod words;

use super::Core;
use super::views::UNKNOWN;
use crate::api::health::Nothing;
use crate::api::policies::{
    AutomaticView, BucketPolicies, GetPolicies, MarkKind, PolicyCurve, PolicyList, PolicyMark, PolicyRef,
    PolicyView, SetPolicy, SimulatePolicy, Simulation, WrongCase,
};
use crate::api::{ApiError, ErrorCode};
use domain::{Bucket, ReplyFacts, SuggestionId, Timestamp};
use engine::Workspace;
use engine::policies::{ACTIONS, Book, Kept, Mark};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use store::{SettingsStore, StoreError, WrongRow};
use triage::policy::{ActionWord, Autonomy, LEAST_DECISIONS, Policy, Promise};
use triage::statistics::Level;

/// The key in the settings file of when everything automatic was stopped; empty while it is not.
const STOPPED: &str = "automatic_stopped";
/// Lines of a curve.
const POINTS: usize = 120;
/// Wrong cases that are listed.
const CASES: usize = 100;

/// The switch as it was left.
pub(super) async fn read_switch(store: &SettingsStore) -> Result<Arc<AtomicBool>, StoreError> {
    let stopped = store.find_setting(STOPPED).await?.is_some_and(|word| !word.is_empty());
    Ok(Arc::new(AtomicBool::new(stopped)))
}

/// The mark as the page shows it.
pub(super) fn mark_view(mark: Mark) -> PolicyMark {
    let kind = match (mark.is_blind, mark.is_clear) {
        (true, _) => MarkKind::Check,
        (false, true) => MarkKind::Clear,
        (false, false) => MarkKind::Person,
    };
    PolicyMark { kind, sentence: mark.sentence }
}

impl Core {
    pub(super) async fn policies_list(&self, input: GetPolicies) -> Result<PolicyList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        if let Some(minutes) = input.utc_offset_minutes {
            workspace.set_utc_offset(minutes).await?;
        }
        self.policy_list(&workspace).await
    }

    pub(super) async fn policies_set(&self, input: SetPolicy) -> Result<PolicyList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let old = found(&workspace.policies(), &input.bucket_id, input.action)?.policy;
        let level = match input.level {
            Some(level) => Level::new(level).map_err(|error| {
                ApiError::new(ErrorCode::BadRequest, error.to_string()).with_detail("level")
            })?,
            None => old.promise.level,
        };
        let policy = Policy {
            line: input.line.unwrap_or(old.line),
            hold_ms: input.hold_seconds.map_or(old.hold_ms, |seconds| seconds.saturating_mul(1_000)),
            daily_cap: input.daily_cap.unwrap_or(old.daily_cap),
            sample_one_in: input.sample_one_in.unwrap_or(old.sample_one_in),
            promise: Promise { error: input.error.unwrap_or(old.promise.error), level },
            ..old
        };
        workspace.set_policy(policy).await?;
        self.policy_list(&workspace).await
    }

    pub(super) async fn policies_give(&self, input: PolicyRef) -> Result<PolicyList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.give_autonomy(&input.bucket_id, input.action).await?;
        self.policy_list(&workspace).await
    }

    pub(super) async fn policies_withdraw(&self, input: PolicyRef) -> Result<PolicyList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        workspace.withdraw_autonomy(&input.bucket_id, input.action).await?;
        self.policy_list(&workspace).await
    }

    pub(super) async fn policies_simulate(&self, input: SimulatePolicy) -> Result<Simulation, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let book = workspace.policies();
        let level = found(&book, &input.bucket_id, input.action)?.policy.promise.level;
        let nothing = triage::policy::Track::default();
        let track = book.history.track(&input.bucket_id, input.action).unwrap_or(&nothing);
        let mut replay = track.replay(input.line, level);
        let shown: Vec<SuggestionId> = replay.wrong.iter().copied().take(CASES).collect();
        let records = workspace.records().await?;
        let learning = track.count_learning(input.line, &records.levels);
        let sentence = words::replay(&replay, level, learning);
        let cases = workspace.store().list_wrong(&shown).await?;
        let buckets = workspace.store().list_buckets().await?;
        let mut cases: BTreeMap<SuggestionId, WrongRow> =
            cases.into_iter().map(|case| (case.suggestion_id, case)).collect();
        let wrong = shown.iter().filter_map(|id| cases.remove(id)).map(|case| case_view(case, &buckets));
        let wrong = wrong.collect();
        // What is listed is listed once.
        replay.wrong = shown;
        Ok(Simulation { replay, sentence, wrong, level: level.get() })
    }

    #[expect(clippy::unused_async, reason = "commands share one shape")]
    pub(super) async fn policies_curve(&self, input: PolicyRef) -> Result<PolicyCurve, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let book = workspace.policies();
        let policy = &found(&book, &input.bucket_id, input.action)?.policy;
        let nothing = triage::policy::Track::default();
        let track = book.history.track(&input.bucket_id, input.action).unwrap_or(&nothing);
        let proposed = track.proposed_line(policy.promise);
        Ok(PolicyCurve {
            points: track.curve(&track.lines(POINTS), policy.promise.level),
            sentence: words::proposed(proposed.as_ref(), policy, track.len()),
            proposed,
        })
    }

    pub(super) async fn automatic_get(&self, input: GetPolicies) -> Result<AutomaticView, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        if let Some(minutes) = input.utc_offset_minutes {
            workspace.set_utc_offset(minutes).await?;
        }
        self.automatic_view(&workspace).await
    }

    pub(super) async fn automatic_stop(&self, _input: Nothing) -> Result<AutomaticView, ApiError> {
        self.automatic_stopped.store(true, Ordering::SeqCst);
        // Where it could not be kept the first time, it is tried again.
        let kept = self.settings_store.find_setting(STOPPED).await?.is_some_and(|word| !word.is_empty());
        if !kept {
            self.settings_store.set_setting(STOPPED, &self.now().0.to_string()).await?;
            for workspace in self.all_entries().into_iter().filter_map(|entry| entry.running) {
                workspace.automatic_stopped().await?;
            }
        }
        self.events.changed(["automatic"]);
        self.automatic_get(GetPolicies::default()).await
    }

    pub(super) async fn automatic_start(&self, _input: Nothing) -> Result<AutomaticView, ApiError> {
        self.settings_store.set_setting(STOPPED, "").await?;
        if self.automatic_stopped.swap(false, Ordering::SeqCst) {
            for workspace in self.all_entries().into_iter().filter_map(|entry| entry.running) {
                workspace.automatic_started().await?;
            }
        }
        self.events.changed(["automatic"]);
        self.automatic_get(GetPolicies::default()).await
    }

    async fn automatic_view(&self, workspace: &Workspace) -> Result<AutomaticView, ApiError> {
        let stopped = self.automatic_stopped.load(Ordering::SeqCst);
        let acting = acting(&workspace.policies());
        let held = workspace.store().list_held_plans(None).await?.len() as u32;
        let since = self.settings_store.find_setting(STOPPED).await?.and_then(|text| text.parse().ok());
        Ok(AutomaticView {
            stopped,
            stopped_at: since.filter(|_| stopped).map(Timestamp),
            acting,
            held,
            sentence: words::automatic(stopped, acting, held),
        })
    }

    async fn policy_list(&self, workspace: &Arc<Workspace>) -> Result<PolicyList, ApiError> {
        let book = workspace.policies();
        let shadow = workspace.shadow().await?;
        let directory = workspace.store().get_directory().await?;
        let mut buckets = Vec::new();
        for bucket in workspace.store().list_buckets().await? {
            let plan = bucket.plan(&directory, &ReplyFacts::complete());
            let needs: Vec<ActionWord> = plan.actions.iter().map(ActionWord::from).collect();
            let mut policies = Vec::new();
            for action in ACTIONS {
                let Ok(kept) = found(&book, &bucket.id, action) else { continue };
                let decided = book.history.track(&bucket.id, action).map_or(0, triage::policy::Track::len);
                let figures = shadow.figures(&bucket.id, action, kept.policy.line);
                policies.push(PolicyView {
                    shadow: words::shadow(figures, kept.policy.line),
                    ..policy_view(kept, decided, needs.contains(&action))
                });
            }
            let sentence = words::plan(&needs, &policies, !plan.gaps.is_empty());
            buckets.push(BucketPolicies { bucket_id: bucket.id, sentence, policies });
        }
        Ok(PolicyList {
            buckets,
            decided: book.decided,
            least_decisions: LEAST_DECISIONS,
            automatic: self.automatic_view(workspace).await?,
        })
    }
}

fn found(book: &Book, bucket: &domain::BucketId, action: ActionWord) -> Result<Kept, ApiError> {
    let kept = book.policies.get(&(bucket.clone(), action)).cloned();
    kept.ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such policy."))
}

fn acting(book: &Book) -> u32 {
    let acts =
        |kept: &&Kept| kept.policy.automatic && matches!(kept.standing.autonomy, Autonomy::Given { .. });
    book.policies.values().filter(acts).count() as u32
}

fn policy_view(kept: Kept, decided: usize, in_plan: bool) -> PolicyView {
    let proof = kept.standing.proof();
    let state = words::state(&kept, decided);
    PolicyView {
        label: words::label(kept.policy.action).to_owned(),
        in_plan,
        autonomy: kept.standing.autonomy.clone(),
        state,
        sentence: words::sentence(&kept, state),
        decided: proof.decided,
        wrong: proof.wrong,
        at_most: proof.upper_bound(kept.policy.promise),
        samples: kept.standing.samples.total.decided,
        samples_wrong: kept.standing.samples.total.wrong,
        today: kept.today,
        shadow: words::shadow(engine::policies::shadow::Figures::default(), kept.policy.line),
        policy: kept.policy,
    }
}

fn case_view(case: WrongRow, buckets: &[Bucket]) -> WrongCase {
    let name = |id: &domain::BucketId| {
        let bucket = buckets.iter().find(|bucket| bucket.id == *id);
        bucket.map_or_else(|| "a bucket that is gone".to_owned(), |bucket| bucket.name.clone())
    };
    WrongCase {
        sentence: match (case.kind.as_str(), &case.decided) {
            ("corrected", Some(bucket)) => format!("Moved to {}", name(bucket)),
            ("edited", _) => "Another reply was sent".to_owned(),
            ("rejected", Some(_)) => "None of these".to_owned(),
            _ => "Rejected".to_owned(),
        },
        suggestion_id: case.suggestion_id,
        conversation_id: case.conversation_id,
        contact_name: case.contact_name.unwrap_or_else(|| UNKNOWN.to_owned()),
        confidence: case.confidence,
        at: case.at,
    }
}
