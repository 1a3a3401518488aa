//! Macros: texts that teammates keep at hand. Kept as the helpdesk lists them, and gone when it lists them no more.

use crate::column::{from_json_or_default, to_json};
use crate::error::StoreError;
use crate::store::Store;
use domain::{Macro, MacroId, TeamId, Timestamp};
use sqlx::{FromRow, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

impl Store {
    /// Keeps these macros and forgets all others; only what changed is written. Returns how many changed or went.
    pub async fn replace_macros(&self, macros: &[Macro]) -> Result<usize, StoreError> {
        let known: BTreeMap<MacroId, Macro> =
            self.list_macros().await?.into_iter().map(|one| (one.id.clone(), one)).collect();
        let listed: BTreeSet<&MacroId> = macros.iter().map(|one| &one.id).collect();
        let gone: Vec<&MacroId> = known.keys().filter(|id| !listed.contains(id)).collect();
        let is_another = |one: &&Macro| {
            known.get(&one.id).is_none_or(|known| {
                known.name != one.name || known.text != one.text || known.team_ids != one.team_ids
            })
        };
        let news: Vec<&Macro> = macros.iter().filter(is_another).collect();
        if news.is_empty() && gone.is_empty() {
            return Ok(0);
        }
        let mut behind = self.database.write_behind().await?;
        let connection: &mut SqliteConnection = &mut behind;
        for id in &gone {
            sqlx::query("DELETE FROM macros WHERE id = ?1")
                .bind(id.as_str())
                .execute(&mut *connection)
                .await?;
        }
        for one in &news {
            sqlx::query(
                "INSERT INTO macros (id, name, text, team_ids, updated_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET
                    name = excluded.name,
                    text = excluded.text,
                    team_ids = excluded.team_ids,
                    updated_at = excluded.updated_at",
            )
            .bind(one.id.as_str())
            .bind(&one.name)
            .bind(&one.text)
            .bind(to_json(&one.team_ids)?)
            .bind(one.updated_at.map(|at| at.0))
            .execute(&mut *connection)
            .await?;
        }
        behind.commit().await?;
        Ok(news.len() + gone.len())
    }

    /// All macros, by name.
    pub async fn list_macros(&self) -> Result<Vec<Macro>, StoreError> {
        let rows: Vec<MacroColumns> = sqlx::query_as(
            "SELECT id, name, text, team_ids, updated_at FROM macros ORDER BY name COLLATE NOCASE, id",
        )
        .fetch_all(&self.database.readers)
        .await?;
        Ok(rows.into_iter().map(Macro::from).collect())
    }
}

#[derive(FromRow)]
struct MacroColumns {
    id: String,
    name: String,
    text: String,
    team_ids: String,
    updated_at: Option<i64>,
}

impl From<MacroColumns> for Macro {
    fn from(row: MacroColumns) -> Self {
        Self {
            id: MacroId(row.id),
            name: row.name,
            text: row.text,
            team_ids: from_json_or_default::<Vec<TeamId>>("macros.team_ids", &row.team_ids),
            updated_at: row.updated_at.map(Timestamp),
        }
    }
}
