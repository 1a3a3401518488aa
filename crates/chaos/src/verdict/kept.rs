//! What a console has on disk, read from its database file as it is: no code of the product stands in between.

use anyhow::{Context as _, Result};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool, SqlitePoolOptions};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A part on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KeptPart {
    pub(super) id: u64,
    pub(super) kind: String,
    pub(super) author: String,
    pub(super) text: String,
    pub(super) redacted: bool,
}

/// A conversation on disk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KeptConversation {
    pub(super) status: String,
    pub(super) admin: u64,
    pub(super) team: u64,
    pub(super) tags: BTreeSet<String>,
    pub(super) contacts: BTreeSet<String>,
    pub(super) parts: BTreeMap<u64, KeptPart>,
}

/// An action with the decision it belongs to.
#[derive(Debug, Clone)]
pub(super) struct KeptAction {
    pub(super) decision: String,
    pub(super) conversation: u64,
    pub(super) kind: String,
    pub(super) state: String,
    /// The parts that it made.
    pub(super) own: BTreeSet<u64>,
    /// The newest part of the state that was decided on; `None` for a note given directly.
    pub(super) bound: Option<u64>,
    pub(super) asked_again: bool,
    /// Its outcome was not known for a while.
    pub(super) was_unknown: bool,
}

/// What is on disk.
#[derive(Debug, Default)]
pub(super) struct Kept {
    pub(super) conversations: BTreeMap<u64, KeptConversation>,
    pub(super) contacts: BTreeSet<String>,
    pub(super) notifications: BTreeSet<String>,
    /// Deliveries by outcome.
    pub(super) outcomes: BTreeMap<String, i64>,
    pub(super) duplicates: i64,
    pub(super) waiting: Vec<String>,
    /// Ids of notifications that are there more than once.
    pub(super) doubled: Vec<String>,
    pub(super) actions: Vec<KeptAction>,
    pub(super) suggestions: i64,
}

/// A part as its row has it: conversation, id, kind, author kind, author, text, redacted.
type Part = (String, String, String, String, String, Option<String>, bool);

/// Opens the file of a console's workspace for reading.
pub(crate) async fn open(data: &Path) -> Result<SqlitePool> {
    let folder = std::fs::read_dir(data.join("workspaces")).context("There is no workspace on disk")?;
    let file = folder
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|ending| ending == "sqlite"))
        .context("There is no file of a workspace")?;
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    Ok(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?)
}

pub(super) async fn read(data: &Path) -> Result<Kept> {
    let pool = open(data).await?;
    let mut kept = Kept::default();
    conversations(&pool, &mut kept).await?;
    deliveries(&pool, &mut kept).await?;
    kept.actions = actions(&pool).await?;
    let contacts: Vec<String> = sqlx::query_scalar("SELECT id FROM contacts").fetch_all(&pool).await?;
    kept.contacts = contacts.into_iter().collect();
    kept.suggestions = sqlx::query_scalar("SELECT COUNT(*) FROM suggestions").fetch_one(&pool).await?;
    pool.close().await;
    Ok(kept)
}

async fn conversations(pool: &SqlitePool, kept: &mut Kept) -> Result<()> {
    type Row = (String, String, Option<String>, Option<String>, String);
    let rows: Vec<Row> =
        sqlx::query_as("SELECT id, status, admin_assignee_id, team_assignee_id, tags FROM conversations")
            .fetch_all(pool)
            .await?;
    let number = |text: Option<String>| text.and_then(|text| text.parse().ok()).unwrap_or(0);
    for (id, status, admin, team, tags) in rows {
        let tags: Vec<String> = serde_json::from_str(&tags)?;
        let conversation = KeptConversation {
            status,
            admin: number(admin),
            team: number(team),
            tags: tags.into_iter().collect(),
            ..KeptConversation::default()
        };
        kept.conversations.insert(id.parse()?, conversation);
    }
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT conversation_id, contact_id FROM conversation_contacts")
            .fetch_all(pool)
            .await?;
    for (id, contact) in rows {
        if let Some(conversation) = kept.conversations.get_mut(&id.parse()?) {
            conversation.contacts.insert(contact);
        }
    }
    let rows: Vec<Part> =
        sqlx::query_as("SELECT conversation_id, id, kind, author_kind, author_id, text, redacted FROM parts")
            .fetch_all(pool)
            .await?;
    for (conversation, id, kind, author_kind, author_id, text, redacted) in rows {
        let id: u64 = id.parse()?;
        let part = KeptPart {
            id,
            kind,
            author: format!("{author_kind} {author_id}"),
            text: words(text.as_deref().unwrap_or_default()),
            redacted,
        };
        if let Some(conversation) = kept.conversations.get_mut(&conversation.parse()?) {
            conversation.parts.insert(id, part);
        }
    }
    Ok(())
}

async fn deliveries(pool: &SqlitePool, kept: &mut Kept) -> Result<()> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT notification_id FROM deliveries WHERE notification_id IS NOT NULL")
            .fetch_all(pool)
            .await?;
    kept.notifications = ids.into_iter().collect();
    kept.doubled = sqlx::query_scalar(
        "SELECT notification_id FROM deliveries
         WHERE notification_id IS NOT NULL GROUP BY notification_id HAVING COUNT(*) > 1",
    )
    .fetch_all(pool)
    .await?;
    let outcomes: Vec<(String, i64)> =
        sqlx::query_as("SELECT outcome, COUNT(*) FROM deliveries GROUP BY outcome").fetch_all(pool).await?;
    kept.outcomes = outcomes.into_iter().collect();
    kept.duplicates =
        sqlx::query_scalar("SELECT COALESCE(SUM(duplicates), 0) FROM deliveries").fetch_one(pool).await?;
    kept.waiting = sqlx::query_scalar(
        "SELECT COALESCE(topic, '?') || ' ' || COALESCE(conversation_id, '') || ' ' || COALESCE(reason, '')
         FROM deliveries WHERE outcome = 'received'",
    )
    .fetch_all(pool)
    .await?;
    Ok(())
}

async fn actions(pool: &SqlitePool) -> Result<Vec<KeptAction>> {
    type Row = (String, String, String, String, String, Option<String>, bool, bool);
    let rows: Vec<Row> = sqlx::query_as(
        "SELECT hex(a.id), hex(a.decision_id), a.conversation_id, a.kind, a.state, s.bound,
                EXISTS (SELECT 1 FROM activity e
                        WHERE e.decision_id = a.decision_id AND e.kind = 'action.asked_again'),
                EXISTS (SELECT 1 FROM activity e WHERE e.action_id = a.id AND e.kind = 'action.unknown')
         FROM actions a
         JOIN decisions d ON d.id = a.decision_id
         LEFT JOIN suggestions s ON s.id = d.suggestion_id
         ORDER BY a.created_at, a.decision_id, a.step",
    )
    .fetch_all(pool)
    .await?;
    let own: Vec<(String, String)> =
        sqlx::query_as("SELECT hex(action_id), part_id FROM own_parts").fetch_all(pool).await?;
    let mut parts: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for (action, part) in own {
        if let Ok(part) = part.parse() {
            parts.entry(action).or_default().insert(part);
        }
    }
    let mut actions = Vec::with_capacity(rows.len());
    for (id, decision, conversation, kind, state, bound, asked_again, was_unknown) in rows {
        let bound = match bound {
            None => None,
            Some(text) => {
                let state: serde_json::Value = serde_json::from_str(&text)?;
                let part = state.get("last_part_id").and_then(serde_json::Value::as_str);
                Some(part.and_then(|part| part.parse().ok()).unwrap_or(0))
            }
        };
        actions.push(KeptAction {
            own: parts.remove(&id).unwrap_or_default(),
            conversation: conversation.parse()?,
            decision,
            kind,
            state,
            bound,
            asked_again,
            was_unknown,
        });
    }
    Ok(actions)
}

/// Texts are compared by their words: blanks are rewritten on the way.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
