//! Policies as they are kept, what they made of suggestions, and the plans they hold.
//!
//! What a policy allows and what the record shows of it are JSON that only the engine reads: no rule is here. A plan
//! that a policy holds is a decision like a person's, recorded in one transaction with the judgement behind it. It goes
//! back to a person whole, or not at all.

pub(crate) mod record;

use crate::actions;
use crate::activity::{self, NewActivity};
use crate::column::{from_json, readable, small};
use crate::decisions::{self, DecisionRecord};
use crate::error::StoreError;
use crate::store::Store;
use domain::{ActionId, ActionState, BucketId, ConversationId, DecisionId, PartId, SuggestionId, Timestamp};
use sqlx::{FromRow, QueryBuilder, Sqlite, SqliteConnection};
use uuid::Uuid;

/// A policy as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicyRow {
    /// Suggestions of this bucket.
    pub bucket_id: BucketId,
    /// Plans with this kind of action, as a word.
    pub action: String,
    /// What is allowed, as JSON.
    pub settings: String,
    /// Whether it may act, as JSON.
    pub autonomy: String,
    /// When a person gave autonomy last.
    pub given_at: Option<Timestamp>,
}

/// What the policies make of a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Judged {
    /// Its plan is held, and carried out by this decision.
    Automatic(DecisionId),
    /// A person decides; it is clear.
    Clear,
    /// A person decides.
    Person,
}

/// What the policies made of a suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    /// The suggestion.
    pub suggestion_id: SuggestionId,
    /// Its conversation.
    pub conversation_id: ConversationId,
    /// Its message.
    pub part_id: PartId,
    /// The bucket suggested.
    pub bucket_id: Option<BucketId>,
    /// When.
    pub at: Timestamp,
    /// The confidence it was judged by.
    pub confidence: f64,
    /// Kinds of action in its plan, separated by commas.
    pub actions: String,
    /// What came of it.
    pub judged: Judged,
    /// A person answers without seeing the suggestion.
    pub blind: bool,
    /// The same message was judged before.
    pub is_repeat: bool,
    /// Distinct words of the message, and how many of them the model did not know.
    pub words: (u32, u32),
    /// The bucket as it was, as a checksum.
    pub bucket_print: Option<String>,
    /// Why a held plan came back to a person.
    pub sent_back: Option<String>,
    /// A person has ordered the rest of it.
    pub taken_over: bool,
}

impl Store {
    /// Every policy that was set.
    pub async fn list_policies(&self) -> Result<Vec<PolicyRow>, StoreError> {
        let rows: Vec<(String, String, String, String, Option<i64>)> = sqlx::query_as(
            "SELECT bucket_id, action, settings, autonomy, given_at
             FROM policies
             ORDER BY bucket_id, action",
        )
        .fetch_all(&self.database.readers)
        .await?;
        let row = |(bucket_id, action, settings, autonomy, given_at)| PolicyRow {
            bucket_id: BucketId(bucket_id),
            action,
            settings,
            autonomy,
            given_at: Option::map(given_at, Timestamp),
        };
        Ok(rows.into_iter().map(row).collect())
    }

    /// Keeps a policy, with what the log says of the change.
    pub async fn upsert_policy(
        &self,
        row: &PolicyRow,
        activity: Option<&NewActivity>,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        sqlx::query(
            "INSERT INTO policies (bucket_id, action, settings, autonomy, given_at)
             VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (bucket_id, action) DO UPDATE SET
                settings = excluded.settings,
                autonomy = excluded.autonomy,
                given_at = excluded.given_at",
        )
        .bind(row.bucket_id.as_str())
        .bind(&row.action)
        .bind(&row.settings)
        .bind(&row.autonomy)
        .bind(row.given_at.map(|at| at.0))
        .execute(&mut *tx)
        .await?;
        if let Some(entry) = activity {
            activity::insert(&mut tx, entry).await?;
        }
        tx.commit().await
    }

    /// Keeps what was made of a suggestion that a person decides. Nothing is changed where it was judged before.
    pub async fn insert_judgement(&self, judgement: &Judgement) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        insert(&mut tx, judgement).await?;
        tx.commit().await
    }

    /// Records the decision of a policy with the judgement behind it, whole or not at all.
    /// [`StoreError::AlreadyDecided`] when the suggestion is no longer open.
    pub async fn hold_plan(&self, record: &DecisionRecord, judgement: &Judgement) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        decisions::record(&mut tx, record).await?;
        if !insert(&mut tx, judgement).await? {
            return Err(StoreError::AlreadyDecided);
        }
        tx.commit().await
    }

    /// What was made of a suggestion.
    pub async fn find_judgement(&self, id: SuggestionId) -> Result<Option<Judgement>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push(" WHERE suggestion_id = ").push_bind(id.0);
        self.judgement(query).await
    }

    /// The judgement behind a policy's decision.
    pub async fn find_judgement_of(&self, decision: DecisionId) -> Result<Option<Judgement>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push(" WHERE decision_id = ").push_bind(decision.0);
        self.judgement(query).await
    }

    /// The first judgement on a message, whichever suggestion it was about.
    pub async fn find_first_judgement(
        &self,
        conversation: &ConversationId,
        part: &PartId,
    ) -> Result<Option<Judgement>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query
            .push(" WHERE conversation_id = ")
            .push_bind(conversation.0.clone())
            .push(" AND part_id = ")
            .push_bind(part.0.clone())
            .push(" ORDER BY is_repeat, at LIMIT 1");
        self.judgement(query).await
    }

    /// What was made of the suggestions that are open.
    pub async fn list_open_judgements(&self) -> Result<Vec<Judgement>, StoreError> {
        let mut query = QueryBuilder::new(SELECT);
        query.push(
            " WHERE suggestion_id IN (SELECT id FROM suggestions WHERE state IN ('pending', 'snoozed'))",
        );
        let rows: Vec<JudgementColumns> = query.build_query_as().fetch_all(&self.database.readers).await?;
        Ok(readable(rows.into_iter().map(Judgement::try_from)))
    }

    /// The buckets of the suggestions that wait for a person who must not see them, one for each.
    pub async fn list_blind_waiting(&self) -> Result<Vec<BucketId>, StoreError> {
        let buckets: Vec<String> = sqlx::query_scalar(
            "SELECT suggestions.bucket_id
             FROM suggestions
             JOIN judgements ON judgements.suggestion_id = suggestions.id
             WHERE suggestions.state = 'pending' AND suggestions.bucket_id IS NOT NULL AND judgements.blind = 1",
        )
        .fetch_all(&self.database.readers)
        .await?;
        Ok(buckets.into_iter().map(BucketId).collect())
    }

    /// Suggestions that wait for a person and were not judged, the oldest first.
    pub async fn list_unjudged(&self, limit: u32) -> Result<Vec<SuggestionId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(LIST_UNJUDGED)
            .bind(i64::from(limit))
            .fetch_all(&self.database.readers)
            .await?;
        Ok(ids.into_iter().map(SuggestionId).collect())
    }

    /// Decisions of policies of which nothing has been done yet; only those on one conversation where it is given.
    pub async fn list_held_plans(
        &self,
        conversation: Option<&ConversationId>,
    ) -> Result<Vec<DecisionId>, StoreError> {
        let ids: Vec<Uuid> = sqlx::query_scalar(LIST_HELD)
            .bind(conversation.map(ConversationId::as_str))
            .fetch_all(&self.database.readers)
            .await?;
        Ok(ids.into_iter().map(DecisionId).collect())
    }

    /// Gives a plan that a policy holds back to a person, whole: its actions, its answer to the suggestion.
    /// [`StoreError::TooLate`] once something of it may have been done. `own` is an action whose attempt is known to
    /// have made no call.
    pub async fn send_back(
        &self,
        id: DecisionId,
        own: Option<ActionId>,
        why: &str,
        activity: &NewActivity,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        let decision = decisions::find(&mut tx, id).await?.ok_or(StoreError::NotFound("decision"))?.0;
        if decision.undone_at.is_some() {
            return Err(StoreError::AlreadyUndone);
        }
        withdraw(&mut tx, id, own).await?;
        if let Some(suggestion) = decision.suggestion_id {
            decisions::undo_answer(&mut tx, id, suggestion, activity.at).await?;
        }
        sqlx::query("UPDATE decisions SET undone_at = ?2 WHERE id = ?1")
            .bind(id.0)
            .bind(activity.at.0)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE judgements SET sent_back = ?2 WHERE decision_id = ?1")
            .bind(id.0)
            .bind(why)
            .execute(&mut *tx)
            .await?;
        activity::insert(&mut tx, activity).await?;
        tx.commit().await
    }

    /// Notes that a person has ordered the rest of a policy's plan: it is theirs from here on.
    pub async fn take_over(&self, id: DecisionId) -> Result<(), StoreError> {
        sqlx::query("UPDATE judgements SET taken_over = 1 WHERE decision_id = ?1")
            .bind(id.0)
            .execute(&self.database.writer)
            .await?;
        Ok(())
    }

    async fn judgement(&self, mut query: QueryBuilder<Sqlite>) -> Result<Option<Judgement>, StoreError> {
        let row: Option<JudgementColumns> =
            query.build_query_as().fetch_optional(&self.database.readers).await?;
        row.map(Judgement::try_from).transpose()
    }
}

async fn withdraw(
    tx: &mut SqliteConnection,
    id: DecisionId,
    own: Option<ActionId>,
) -> Result<(), StoreError> {
    let actions: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT id, state_data FROM actions WHERE decision_id = ?1")
            .bind(id.0)
            .fetch_all(&mut *tx)
            .await?;
    for (action, state) in actions {
        let state: ActionState = from_json("the state of an action", &state)?;
        if matches!(state, ActionState::Sending { .. }) && own != Some(ActionId(action)) {
            return Err(StoreError::TooLate);
        }
        let undone = state.withdraw().map_err(|_| StoreError::TooLate)?;
        actions::write_state(tx, ActionId(action), &undone).await?;
    }
    Ok(())
}

/// False where the suggestion was judged before.
async fn insert(tx: &mut SqliteConnection, judgement: &Judgement) -> Result<bool, StoreError> {
    let (outcome, decision) = match judgement.judged {
        Judged::Automatic(decision) => ("automatic", Some(decision.0)),
        Judged::Clear => ("clear", None),
        Judged::Person => ("person", None),
    };
    let done = sqlx::query(
        "INSERT INTO judgements (
            suggestion_id,
            conversation_id,
            part_id,
            bucket_id,
            at,
            confidence,
            actions,
            outcome,
            blind,
            is_repeat,
            words,
            unknown_words,
            decision_id,
            bucket_print,
            sent_back,
            taken_over
         ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
         ON CONFLICT (suggestion_id) DO NOTHING",
    )
    .bind(judgement.suggestion_id.0)
    .bind(judgement.conversation_id.as_str())
    .bind(judgement.part_id.as_str())
    .bind(judgement.bucket_id.as_ref().map(BucketId::as_str))
    .bind(judgement.at.0)
    .bind(judgement.confidence)
    .bind(&judgement.actions)
    .bind(outcome)
    .bind(judgement.blind)
    .bind(judgement.is_repeat)
    .bind(i64::from(judgement.words.0))
    .bind(i64::from(judgement.words.1))
    .bind(decision)
    .bind(&judgement.bucket_print)
    .bind(&judgement.sent_back)
    .bind(judgement.taken_over)
    .execute(tx)
    .await?;
    Ok(done.rows_affected() > 0)
}

const SELECT: &str = "
    SELECT
        suggestion_id,
        conversation_id,
        part_id,
        bucket_id,
        at,
        confidence,
        actions,
        outcome,
        blind,
        is_repeat,
        words,
        unknown_words,
        decision_id,
        bucket_print,
        sent_back,
        taken_over
    FROM judgements";

pub(crate) const LIST_UNJUDGED: &str = "
    SELECT suggestions.id
    FROM suggestions
    WHERE suggestions.state = 'pending'
        AND NOT EXISTS (SELECT 1 FROM judgements WHERE judgements.suggestion_id = suggestions.id)
    ORDER BY suggestions.message_at, suggestions.id
    LIMIT ?1";

pub(crate) const LIST_HELD: &str = "
    SELECT first.decision_id
    FROM actions AS first
    JOIN decisions ON decisions.id = first.decision_id
    WHERE first.due_at IS NOT NULL
        AND first.step = 0
        AND first.state IN ('held', 'retry')
        AND decisions.decided_by = 'policy'
        AND decisions.undone_at IS NULL
        AND (?1 IS NULL OR first.conversation_id = ?1)
        AND NOT EXISTS (
            SELECT 1 FROM actions AS other
            WHERE other.decision_id = first.decision_id AND other.state NOT IN ('held', 'retry')
        )
    ORDER BY decisions.undo_until, decisions.id";

#[derive(FromRow)]
struct JudgementColumns {
    suggestion_id: Uuid,
    conversation_id: String,
    part_id: String,
    bucket_id: Option<String>,
    at: i64,
    confidence: f64,
    actions: String,
    outcome: String,
    blind: bool,
    is_repeat: bool,
    words: i64,
    unknown_words: i64,
    decision_id: Option<Uuid>,
    bucket_print: Option<String>,
    sent_back: Option<String>,
    taken_over: bool,
}

impl TryFrom<JudgementColumns> for Judgement {
    type Error = StoreError;

    fn try_from(row: JudgementColumns) -> Result<Self, StoreError> {
        let judged = match (row.outcome.as_str(), row.decision_id) {
            ("automatic", Some(decision)) => Judged::Automatic(DecisionId(decision)),
            ("clear", None) => Judged::Clear,
            ("person", None) => Judged::Person,
            _ => return Err(StoreError::Corrupt("a judgement is not readable".to_owned())),
        };
        Ok(Self {
            suggestion_id: SuggestionId(row.suggestion_id),
            conversation_id: ConversationId(row.conversation_id),
            part_id: PartId(row.part_id),
            bucket_id: row.bucket_id.map(BucketId),
            at: Timestamp(row.at),
            confidence: row.confidence,
            actions: row.actions,
            judged,
            blind: row.blind,
            is_repeat: row.is_repeat,
            words: (small(row.words), small(row.unknown_words)),
            bucket_print: row.bucket_print,
            sent_back: row.sent_back,
            taken_over: row.taken_over,
        })
    }
}
