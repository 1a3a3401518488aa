//! The ledger of what left this machine for somebody who is not the helpdesk, in the settings file: it is one for the
//! whole program.

use crate::column::{from_word, readable};
use crate::error::StoreError;
use crate::settings::SettingsStore;
use domain::ports::{EgressOutcome, EgressPurpose, EgressRecord};
use domain::{Timestamp, WorkspaceId};
use sqlx::FromRow;
use uuid::Uuid;

/// An entry of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EgressRow {
    /// Its number, ascending in order of entry.
    pub id: i64,
    /// The workspace it was made for.
    pub workspace: Option<WorkspaceId>,
    /// What left.
    pub record: EgressRecord,
}

impl SettingsStore {
    /// Adds entries, and drops those that began before `keep_since`.
    pub async fn insert_egress(
        &self,
        records: &[(Option<WorkspaceId>, EgressRecord)],
        keep_since: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        for (workspace, record) in records {
            let (outcome, status) = match record.outcome {
                EgressOutcome::Answered { status } => ("answered", Some(i64::from(status))),
                EgressOutcome::NoAnswer => ("no_answer", None),
                EgressOutcome::NoConnection => ("no_connection", None),
            };
            sqlx::query(
                "INSERT INTO egress (
                    at,
                    workspace_id,
                    host,
                    port,
                    sent_bytes,
                    received_bytes,
                    purpose,
                    outcome,
                    status
                 ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            )
            .bind(record.at.0)
            .bind(workspace.map(|id| id.0))
            .bind(&record.host)
            .bind(i64::from(record.port))
            .bind(i64::try_from(record.sent_bytes).unwrap_or(i64::MAX))
            .bind(i64::try_from(record.received_bytes).unwrap_or(i64::MAX))
            .bind(purpose_word(record.purpose))
            .bind(outcome)
            .bind(status)
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query("DELETE FROM egress WHERE at < ?1").bind(keep_since.0).execute(&mut *tx).await?;
        tx.commit().await
    }

    /// Entries, the newest first; those before one of them for the next page.
    pub async fn list_egress(&self, before: Option<i64>, limit: u32) -> Result<Vec<EgressRow>, StoreError> {
        let rows: Vec<EgressColumns> = sqlx::query_as(
            "SELECT id, at, workspace_id, host, port, sent_bytes, received_bytes, purpose, outcome, status
             FROM egress
             WHERE id < ?1
             ORDER BY id DESC
             LIMIT ?2",
        )
        .bind(before.unwrap_or(i64::MAX))
        .bind(i64::from(limit))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(readable(rows.into_iter().map(EgressRow::try_from)))
    }
}

const fn purpose_word(purpose: EgressPurpose) -> &'static str {
    match purpose {
        EgressPurpose::SecondOpinion => "second_opinion",
        EgressPurpose::Draft => "draft",
        EgressPurpose::ListModels => "list_models",
        EgressPurpose::CheckKey => "check_key",
    }
}

fn purpose(word: &str) -> Option<EgressPurpose> {
    [EgressPurpose::SecondOpinion, EgressPurpose::Draft, EgressPurpose::ListModels, EgressPurpose::CheckKey]
        .into_iter()
        .find(|purpose| purpose_word(*purpose) == word)
}

#[derive(FromRow)]
struct EgressColumns {
    id: i64,
    at: i64,
    workspace_id: Option<Uuid>,
    host: String,
    port: i64,
    sent_bytes: i64,
    received_bytes: i64,
    purpose: String,
    outcome: String,
    status: Option<i64>,
}

impl TryFrom<EgressColumns> for EgressRow {
    type Error = StoreError;

    fn try_from(row: EgressColumns) -> Result<Self, StoreError> {
        let status = row.status.and_then(|status| u16::try_from(status).ok()).unwrap_or_default();
        Ok(Self {
            id: row.id,
            workspace: row.workspace_id.map(WorkspaceId),
            record: EgressRecord {
                host: row.host,
                port: u16::try_from(row.port).unwrap_or_default(),
                at: Timestamp(row.at),
                sent_bytes: u64::try_from(row.sent_bytes).unwrap_or_default(),
                received_bytes: u64::try_from(row.received_bytes).unwrap_or_default(),
                purpose: from_word("why something left", &row.purpose, purpose)?,
                outcome: from_word("how something that left ended", &row.outcome, |word| match word {
                    "answered" => Some(EgressOutcome::Answered { status: 0 }),
                    "no_answer" => Some(EgressOutcome::NoAnswer),
                    "no_connection" => Some(EgressOutcome::NoConnection),
                    _ => None,
                })
                .map(|outcome| match outcome {
                    EgressOutcome::Answered { .. } => EgressOutcome::Answered { status },
                    other @ (EgressOutcome::NoAnswer | EgressOutcome::NoConnection) => other,
                })?,
            },
        })
    }
}
