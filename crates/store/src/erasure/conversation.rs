//! What a conversation leaves in the tables, and taking it out: whole, or what some of its people wrote.

use crate::actions;
use crate::activity::{self, NewActivity};
use crate::begun;
use crate::column::{from_json, small, to_json};
use crate::conversations::{self, erase, search};
use crate::error::StoreError;
use crate::suggestions;
use domain::{
    Action, ActionId, ActionKind, ActionState, ContactId, ConversationId, DecisionId, ErasureCounts, Fault,
    FaultKind, Movement, PartId, Plan, PlanGap, ReplyGap, Supersession, Timestamp,
};
use sqlx::{QueryBuilder, SqliteConnection};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What erasing a conversation erases; of a shared one only what these people wrote, and nothing of it when that is
/// gone already.
pub(super) async fn count(
    tx: &mut SqliteConnection,
    id: &ConversationId,
    only: Option<&BTreeSet<ContactId>>,
) -> Result<ErasureCounts, StoreError> {
    let mut query = QueryBuilder::new(
        "SELECT
            COALESCE(SUM(text IS NOT NULL), 0),
            COALESCE(SUM(json_array_length(attachments)), 0),
            COALESCE(SUM(author_name IS NOT NULL OR author_email IS NOT NULL), 0)
         FROM parts
         WHERE conversation_id = ",
    );
    query.push_bind(id.0.clone());
    if let Some(people) = only {
        query.push(" AND author_kind = 'contact' AND author_id IN (");
        let mut ids = query.separated(", ");
        for person in people {
            ids.push_bind(person.0.clone());
        }
        query.push(")");
    }
    let (messages, files, names): (i64, i64, i64) = query.build_query_as().fetch_one(&mut *tx).await?;
    let mut counts =
        ErasureCounts { messages: small(messages), files: small(files), ..ErasureCounts::default() };
    match only {
        None => counts.conversations = 1,
        Some(_) if messages + files + names > 0 => counts.shared = 1,
        Some(_) => return Ok(counts),
    }
    let (suggestions, replies, lessons, deliveries): (i64, i64, i64, i64) = sqlx::query_as(
        "SELECT
            (SELECT COUNT(*) FROM suggestions
             WHERE conversation_id = ?1
                AND (
                    evidence <> '[]'
                    OR EXISTS (SELECT 1 FROM opinions WHERE suggestion_id = suggestions.id AND reason <> '')
                    OR EXISTS (SELECT 1 FROM drafts WHERE suggestion_id = suggestions.id)
                )),
            (SELECT COUNT(*) FROM actions
             WHERE conversation_id = ?1
                AND kind IN ('reply', 'note')
                AND json_extract(kind_data, '$.body') <> '')
                + (SELECT COUNT(*) FROM begun_replies WHERE conversation_id = ?1),
            (SELECT COUNT(*) FROM lessons
             WHERE decision_id IN (SELECT id FROM decisions WHERE conversation_id = ?1))
                + (SELECT COUNT(*) FROM imported_lessons WHERE conversation_id = ?1),
            (SELECT COUNT(*) FROM deliveries WHERE conversation_id = ?1 AND length(body) > 0)",
    )
    .bind(id.as_str())
    .fetch_one(tx)
    .await?;
    counts.suggestions = small(suggestions);
    counts.replies = small(replies);
    counts.lessons = small(lessons);
    counts.deliveries = small(deliveries);
    Ok(counts)
}

/// Erases a conversation: parts, index, words in suggestions, second opinions, drafts, replies that were begun, plans, decisions,
/// actions, lessons and log, raw bodies. An open suggestion is superseded. True when lessons were erased.
pub(crate) async fn erase_whole(
    tx: &mut SqliteConnection,
    id: &ConversationId,
    at: Timestamp,
) -> Result<bool, StoreError> {
    search::forget(tx, id).await?;
    sqlx::query("DELETE FROM conversations WHERE id = ?1").bind(id.as_str()).execute(&mut *tx).await?;
    suggestions::supersede_open(tx, id, &Supersession::Deleted, at).await?;
    let unlearnt = suggestions::erase_text(tx, id, None).await?;
    forget_words(tx, id).await?;
    conversations::erase_bodies(tx, id).await?;
    erase(tx, "conversation", id.as_str(), at).await?;
    Ok(unlearnt)
}

/// Erases what some of its people wrote in a conversation that others share. An open suggestion is superseded: its plan
/// loses its words, and what it was made from may be gone.
pub(super) async fn erase_from(
    tx: &mut SqliteConnection,
    id: &ConversationId,
    people: &BTreeSet<ContactId>,
    at: Timestamp,
) -> Result<(), StoreError> {
    if let Some(mut conversation) = conversations::find(tx, id).await? {
        conversation.forget(people);
        conversations::rewrite(tx, &conversation).await?;
    }
    suggestions::erase_text(tx, id, None).await?;
    forget_words(tx, id).await?;
    let reason =
        Supersession::Moved { sentence: "Somebody of this conversation was erased".to_owned(), at: None };
    suggestions::supersede_open(tx, id, &reason, at).await?;
    conversations::erase_bodies(tx, id).await?;
    search::index(tx, id).await
}

/// Takes the words out of what was suggested, begun, decided and done: what is left says that something was, and when.
pub(crate) async fn forget_words(tx: &mut SqliteConnection, id: &ConversationId) -> Result<(), StoreError> {
    begun::erase_text(tx, id).await?;
    let plans: Vec<(Uuid, String)> =
        sqlx::query_as("SELECT id, plan FROM suggestions WHERE conversation_id = ?1")
            .bind(id.as_str())
            .fetch_all(&mut *tx)
            .await?;
    for (suggestion, plan) in plans {
        sqlx::query("UPDATE suggestions SET plan = ?2 WHERE id = ?1")
            .bind(suggestion)
            .bind(to_json(&without_words(&plan))?)
            .execute(&mut *tx)
            .await?;
    }
    // Who acted first may have been the customer, by name.
    sqlx::query(
        "UPDATE suggestions
         SET state_data = json_set(state_data, '$.reason.sentence', 'Somebody acted')
         WHERE conversation_id = ?1
            AND state = 'superseded'
            AND json_extract(state_data, '$.reason.sentence') IS NOT NULL",
    )
    .bind(id.as_str())
    .execute(&mut *tx)
    .await?;
    sqlx::query("UPDATE decisions SET reason = NULL WHERE conversation_id = ?1 AND reason IS NOT NULL")
        .bind(id.as_str())
        .execute(&mut *tx)
        .await?;
    let actions: Vec<Uuid> = sqlx::query_scalar("SELECT id FROM actions WHERE conversation_id = ?1")
        .bind(id.as_str())
        .fetch_all(&mut *tx)
        .await?;
    blank_actions(tx, &actions).await?;
    // After the first sentence stands what the helpdesk said, which is not ours to vouch for.
    sqlx::query(
        "UPDATE activity
         SET sentence = substr(sentence, 1, instr(sentence, '. ') - 1)
         WHERE conversation_id = ?1
            AND kind IN ('action.failed', 'action.retry', 'action.unknown', 'action.refused')
            AND instr(sentence, '. ') > 0",
    )
    .bind(id.as_str())
    .execute(tx)
    .await?;
    Ok(())
}

/// Takes the texts out of actions, and the names and quotes out of how they ended.
pub(crate) async fn blank_actions(tx: &mut SqliteConnection, ids: &[Uuid]) -> Result<(), StoreError> {
    for id in ids {
        let (kind, state): (String, String) =
            sqlx::query_as("SELECT kind_data, state_data FROM actions WHERE id = ?1")
                .bind(id)
                .fetch_one(&mut *tx)
                .await?;
        let kind = from_json::<ActionKind>("what an action does", &kind).map(blank);
        let state = from_json::<ActionState>("the state of an action", &state).map(quiet);
        let (Ok(kind), Ok(state)) = (kind, state) else {
            // Nobody can say what is in it.
            set_aside(tx, *id).await?;
            continue;
        };
        sqlx::query("UPDATE actions SET kind_data = ?2, state_data = ?3 WHERE id = ?1")
            .bind(id)
            .bind(to_json(&kind)?)
            .bind(to_json(&state)?)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// Fails what still waits to be sent to a conversation, for a reason that the person is shown. Returns how much it was.
pub(crate) async fn stop_actions(
    tx: &mut SqliteConnection,
    id: &ConversationId,
    why: &Fault,
    at: Timestamp,
) -> Result<u32, StoreError> {
    let mut query = QueryBuilder::new(actions::SELECT);
    query
        .push(" WHERE due_at IS NOT NULL AND conversation_id = ")
        .push_bind(id.0.clone())
        .push(" ORDER BY created_at, decision_id, step");
    let waiting: Vec<actions::ActionColumns> = query.build_query_as().fetch_all(&mut *tx).await?;
    let mut stopped = 0;
    for action in crate::column::readable(waiting.into_iter().map(Action::try_from)) {
        let what = action.kind.sentence();
        let Ok(failed) = action.state.fail(why.clone()) else { continue };
        actions::write_state(tx, action.id, &failed).await?;
        let entry = NewActivity {
            at,
            kind: "action.failed".to_owned(),
            sentence: format!("Not done: {what}. {}", why.message),
            conversation_id: Some(id.clone()),
            suggestion_id: None,
            decision_id: Some::<DecisionId>(action.decision_id),
            action_id: Some::<ActionId>(action.id),
        };
        activity::insert(tx, &entry).await?;
        stopped += 1;
    }
    Ok(stopped)
}

/// Takes the text out of the reply or note that a redacted part was made by.
pub(crate) async fn blank_action_of(
    tx: &mut SqliteConnection,
    conversation: &ConversationId,
    part: &PartId,
) -> Result<(), StoreError> {
    let actions: Vec<Uuid> =
        sqlx::query_scalar("SELECT action_id FROM own_parts WHERE conversation_id = ?1 AND part_id = ?2")
            .bind(conversation.as_str())
            .bind(part.as_str())
            .fetch_all(&mut *tx)
            .await?;
    blank_actions(tx, &actions).await
}

async fn set_aside(tx: &mut SqliteConnection, id: Uuid) -> Result<(), StoreError> {
    let fault = Fault::new(FaultKind::Unreadable, "It could not be read when its text was erased");
    sqlx::query("UPDATE actions SET kind_data = ?2 WHERE id = ?1")
        .bind(id)
        .bind(to_json(&ActionKind::Open)?)
        .execute(&mut *tx)
        .await?;
    actions::write_state(tx, ActionId(id), &ActionState::Failed { fault }).await
}

fn without_words(plan: &str) -> Plan {
    let plan: Plan = from_json("a plan", plan).unwrap_or_default();
    let gaps = plan.gaps.into_iter().map(|gap| match gap {
        PlanGap::ReplyIncomplete(gap) => {
            PlanGap::ReplyIncomplete(ReplyGap { text: String::new(), from: 0, to: 0, ..gap })
        }
        missing @ PlanGap::TeamMissing { .. } => missing,
    });
    Plan { actions: plan.actions.into_iter().map(blank).collect(), gaps: gaps.collect() }
}

fn blank(kind: ActionKind) -> ActionKind {
    match kind {
        ActionKind::Reply { .. } => ActionKind::Reply { body: String::new() },
        ActionKind::Note { .. } => ActionKind::Note { body: String::new() },
        other @ (ActionKind::Assign { .. }
        | ActionKind::Close
        | ActionKind::Open
        | ActionKind::Snooze { .. }) => other,
    }
}

fn quiet(state: ActionState) -> ActionState {
    let hush = |fault: Fault| {
        // Said here, so known to name nobody.
        let ours = fault.status.is_none() && fault.code.is_none();
        let message = if ours { fault.message } else { "What the helpdesk said was erased".to_owned() };
        Fault { message, ..fault }
    };
    match state {
        ActionState::Refused { movement } => {
            ActionState::Refused { movement: Movement { who: "Somebody".to_owned(), ..movement } }
        }
        ActionState::Failed { fault } => ActionState::Failed { fault: hush(fault) },
        ActionState::Retry { at, attempts, fault } => ActionState::Retry { at, attempts, fault: hush(fault) },
        ActionState::Unknown { at, attempts, fault } => {
            ActionState::Unknown { at, attempts, fault: hush(fault) }
        }
        other @ (ActionState::Held { .. }
        | ActionState::Undone
        | ActionState::Sending { .. }
        | ActionState::Done { .. }) => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_that_was_not_finished_is_forgotten_like_one_that_was() {
        let gap = ReplyGap {
            text: "Hi Priya of {{company}}".to_owned(),
            from: 12,
            to: 23,
            sentence: "The reply needs the customer's company.".to_owned(),
        };
        let plan = Plan {
            actions: vec![ActionKind::Reply { body: "Hi Priya".to_owned() }, ActionKind::Close],
            gaps: vec![PlanGap::ReplyIncomplete(gap)],
        };
        let left = to_json(&without_words(&to_json(&plan).unwrap())).unwrap();
        assert!(!left.contains("Priya"), "{left}");
        assert!(left.contains("needs the customer's company"), "what was missing names nobody: {left}");
    }
}
