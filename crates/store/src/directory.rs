//! The directory: teammates and teams, replaced whole each time it is fetched.

use crate::column::{from_json_or_default, to_json};
use crate::error::StoreError;
use crate::store::Store;
use domain::{Admin, AdminId, Directory, Team, TeamId, Timestamp};

impl Store {
    /// Replaces the directory.
    pub async fn replace_directory(
        &self,
        directory: &Directory,
        seen_at: Timestamp,
    ) -> Result<(), StoreError> {
        let mut tx = self.database.write().await?;
        sqlx::query("DELETE FROM admins").execute(&mut *tx).await?;
        sqlx::query("DELETE FROM teams").execute(&mut *tx).await?;
        for (position, admin) in (0_i64..).zip(&directory.admins) {
            sqlx::query(
                "INSERT OR REPLACE INTO admins (id, position, name, email, away, has_inbox_seat, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )
            .bind(admin.id.as_str())
            .bind(position)
            .bind(&admin.name)
            .bind(&admin.email)
            .bind(admin.away)
            .bind(admin.has_inbox_seat)
            .bind(seen_at.0)
            .execute(&mut *tx)
            .await?;
        }
        for (position, team) in (0_i64..).zip(&directory.teams) {
            sqlx::query(
                "INSERT OR REPLACE INTO teams (id, position, name, admin_ids, seen_at)
                 VALUES (?1, ?2, ?3, ?4, ?5)",
            )
            .bind(team.id.as_str())
            .bind(position)
            .bind(&team.name)
            .bind(to_json(&team.admin_ids)?)
            .bind(seen_at.0)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }

    /// The directory; empty before it was first fetched.
    pub async fn get_directory(&self) -> Result<Directory, StoreError> {
        let mut tx = self.database.read().await?;
        let admins: Vec<(String, String, String, bool, bool)> =
            sqlx::query_as("SELECT id, name, email, away, has_inbox_seat FROM admins ORDER BY position")
                .fetch_all(&mut *tx)
                .await?;
        let teams: Vec<(String, String, String)> =
            sqlx::query_as("SELECT id, name, admin_ids FROM teams ORDER BY position")
                .fetch_all(&mut *tx)
                .await?;
        let admins = admins.into_iter().map(|(id, name, email, away, has_inbox_seat)| Admin {
            id: AdminId(id),
            name,
            email,
            away,
            has_inbox_seat,
        });
        let teams = teams.into_iter().map(|(id, name, admin_ids)| Team {
            id: TeamId(id),
            name,
            admin_ids: from_json_or_default("teams.admin_ids", &admin_ids),
        });
        Ok(Directory { admins: admins.collect(), teams: teams.collect() })
    }
}
