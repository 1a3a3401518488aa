//! `suggestions.list` and `suggestions.get`.

use super::Core;
use super::blind;
use super::conversations::{detail, of_contact, shown};
use super::drafts;
use super::explaining::name;
use super::logs::count;
use super::policies::mark_view;
use super::second_opinion;
use super::views::{Names, brief_name};
use crate::api::suggestions::{
    BucketCount, BucketPlan, BucketProbability, GetSuggestion, ListSuggestions, QueueRow, QueueScope,
    SuggestionDetail, SuggestionList, TrackRecord,
};
use crate::api::{ApiError, ErrorCode};
use domain::{BucketId, Conversation, Suggestion, SuggestionId, SuggestionState};
use engine::Workspace;
use engine::advice::agreement::{self, Agreements};
use engine::policies::Certainty;
use engine::record;
use engine::wording::plan_summary;
use std::collections::BTreeMap;
use store::{OpinionState, SuggestionFilter, SuggestionRow, SuggestionScope};

/// The longest list.
const LONGEST: u32 = 5_000;

impl Core {
    pub(super) async fn suggestions_list(&self, input: ListSuggestions) -> Result<SuggestionList, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let only = input.bucket_id.clone();
        let filter = SuggestionFilter {
            state: match input.scope {
                QueueScope::Pending => SuggestionScope::Pending,
                QueueScope::Snoozed => SuggestionScope::Snoozed,
                QueueScope::All => SuggestionScope::All,
            },
            bucket_id: input.bucket_id.clone(),
            limit: input.limit.unwrap_or(LONGEST).min(LONGEST),
            offset: input.offset.unwrap_or(0),
        };
        let rows = workspace.store().list_suggestions(&filter).await?;
        let counts = workspace.store().count_suggestions().await?;
        let (rows, hidden) = marked(&workspace, rows).await?;
        Ok(SuggestionList {
            // Of a check nobody learns the bucket by asking for one.
            rows: rows.into_iter().filter(|row| only.is_none() || row.bucket_id == only).collect(),
            pending: count(counts.pending),
            snoozed: count(counts.snoozed),
            by_bucket: blind::counts(counts.by_bucket, &hidden)
                .into_iter()
                .map(|(bucket_id, pending)| BucketCount { bucket_id, pending: count(pending) })
                .collect(),
        })
    }

    pub(super) async fn suggestions_get(&self, input: GetSuggestion) -> Result<SuggestionDetail, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let store = workspace.store();
        let suggestion = store
            .find_suggestion(input.suggestion_id)
            .await?
            .ok_or_else(|| ApiError::new(ErrorCode::NotFound, "There is no such suggestion."))?;
        let conversation = detail(&workspace, &suggestion.conversation_id).await?;
        shown(&workspace, &conversation);
        // Of one that was replaced too: a reply that was begun before says by whom it was overtaken.
        let is_replaced = matches!(suggestion.state, SuggestionState::Superseded { .. });
        let moved = if suggestion.state.is_open() || is_replaced {
            workspace.moved(&conversation.conversation, &suggestion).await?
        } else {
            None
        };
        let earlier = match conversation.conversation.contact_ids.first() {
            Some(contact) => of_contact(&workspace, contact, 11).await?,
            None => vec![],
        };
        let decision = conversation
            .decisions
            .iter()
            .find(|decision| decision.suggestion_id == Some(suggestion.id) && decision.undone_at.is_none())
            .cloned();
        let (mut confidence, mut record) = (suggestion.confidence, record_of(&workspace, &suggestion).await?);
        let second_opinion = second_opinion::of(&workspace, &suggestion).await?.map(|second| {
            if let Some(together) = second.confidence {
                (confidence, record) = together;
            }
            second.view
        });
        let judgement = store.find_judgement(suggestion.id).await?;
        let opinion = match store.find_opinion(suggestion.id).await? {
            Some(OpinionState::Given(opinion)) => Some(opinion),
            Some(OpinionState::Asked | OpinionState::None { .. }) | None => None,
        };
        let agreements = match opinion {
            Some(_) => Agreements::of(&store.list_opinion_pairs(agreement::LOOK_BACK).await?),
            None => Agreements::default(),
        };
        let levels = &workspace.records().await?.levels;
        let certainty = Certainty::of(&suggestion, opinion.as_ref(), &agreements, levels);
        let mark = workspace.policy_mark(&suggestion, judgement.as_ref(), certainty);
        Ok(blind::hide(SuggestionDetail {
            mark: mark.map(mark_view),
            record,
            second_opinion,
            draft: drafts::of(&workspace, &suggestion, &conversation.conversation).await?,
            plans: plans(&workspace, &conversation.conversation).await?,
            moved_at: moved.as_ref().map(|movement| movement.at),
            moved: moved.map(|movement| movement.sentence()),
            earlier: earlier
                .into_iter()
                .filter(|other| other.conversation_id != suggestion.conversation_id)
                .take(10)
                .collect(),
            decision,
            conversation,
            suggestion_id: suggestion.id,
            part_id: suggestion.part_id,
            bucket_id: suggestion.bucket_id,
            confidence,
            probabilities: suggestion
                .probabilities
                .into_iter()
                .map(|(bucket_id, probability)| BucketProbability { bucket_id, probability })
                .collect(),
            evidence: suggestion.evidence,
            nothing: suggestion.nothing,
            plan: suggestion.plan,
            state: suggestion.state,
            created_at: suggestion.created_at,
        }))
    }
}

/// The rows with their marks, and the buckets of the checks among all that wait, which are not told.
async fn marked(
    workspace: &Workspace,
    rows: Vec<SuggestionRow>,
) -> Result<(Vec<QueueRow>, Vec<BucketId>), ApiError> {
    let judgements: BTreeMap<SuggestionId, store::Judgement> = workspace
        .store()
        .list_open_judgements()
        .await?
        .into_iter()
        .map(|judgement| (judgement.suggestion_id, judgement))
        .collect();
    let opinions = workspace.store().list_open_opinions().await?;
    let agreements = if opinions.is_empty() {
        Agreements::default()
    } else {
        Agreements::of(&workspace.store().list_opinion_pairs(agreement::LOOK_BACK).await?)
    };
    let records = workspace.records().await?;
    let rows = rows.into_iter().map(|mut row| {
        let id = row.suggestion.id;
        let certainty = Certainty::of(&row.suggestion, opinions.get(&id), &agreements, &records.levels);
        let mark = workspace.policy_mark(&row.suggestion, judgements.get(&id), certainty);
        // The confidence that the card has: where a second opinion is there, what the record makes of both.
        row.suggestion.confidence = certainty.confidence;
        let learning = certainty.is_learning();
        blind::hide_row(QueueRow { mark: mark.map(mark_view), learning, ..queue_row(row) })
    });
    let rows = rows.collect();
    let blind = workspace.store().list_blind_waiting().await?;
    Ok((rows, blind))
}

fn queue_row(row: SuggestionRow) -> QueueRow {
    let suggestion = row.suggestion;
    QueueRow {
        suggestion_id: suggestion.id,
        conversation_id: suggestion.conversation_id,
        contact_name: brief_name(row.contact.as_ref()),
        subject: row.subject,
        preview: row.preview,
        channel: row.channel,
        message_at: row.message_at,
        plan_summary: match &suggestion.nothing {
            Some(_) => "Choose a bucket".to_owned(),
            None => plan_summary(&suggestion.plan),
        },
        bucket_id: suggestion.bucket_id,
        confidence: suggestion.confidence,
        state: suggestion.state,
        learning: true,
        mark: None,
    }
}

async fn record_of(workspace: &Workspace, suggestion: &Suggestion) -> Result<TrackRecord, ApiError> {
    let records = workspace.records().await?;
    let record =
        record::TrackRecord::of(suggestion.bucket_id.as_ref(), suggestion.confidence, &records.answered);
    let bucket = if record.of_bucket {
        let buckets = workspace.store().list_buckets().await?;
        suggestion.bucket_id.as_ref().map(|id| name(id, &buckets)).unwrap_or_default()
    } else {
        String::new()
    };
    Ok(TrackRecord {
        sentence: record.sentence(&bucket),
        decisions: record.decisions as u32,
        similar: record.similar as u32,
        agreed: record.agreed as u32,
        low: record.interval.low,
        high: record.interval.high,
        learning: record.learning,
    })
}

async fn plans(workspace: &Workspace, conversation: &Conversation) -> Result<Vec<BucketPlan>, ApiError> {
    let names = Names::of(workspace).await?;
    let facts = workspace.reply_facts(conversation).await?;
    let buckets = workspace.store().list_buckets().await?;
    Ok(buckets
        .into_iter()
        .map(|bucket| {
            let plan = bucket.plan(names.directory(), &facts);
            BucketPlan { summary: plan_summary(&plan), bucket_id: bucket.id, plan }
        })
        .collect())
}
