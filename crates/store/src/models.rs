//! Trained models as files in the data file: the newest, and the one before it to fall back to.

use crate::error::StoreError;
use crate::store::Store;
use domain::Timestamp;

/// Models kept.
const KEPT: i64 = 2;

/// A model that was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedModel {
    /// Its place in the order of saving.
    pub id: i64,
    /// When it was saved.
    pub saved_at: Timestamp,
    /// Names the exact state of the model.
    pub version: String,
    /// The model.
    pub bytes: Vec<u8>,
}

impl Store {
    /// Saves a model and lets go of all but the one before it. Nobody waits for it.
    pub async fn insert_model(&self, version: &str, bytes: &[u8], at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.database.write_behind().await?;
        sqlx::query("INSERT INTO models (saved_at, version, bytes) VALUES (?1, ?2, ?3)")
            .bind(at.0)
            .bind(version)
            .bind(bytes)
            .execute(&mut **tx)
            .await?;
        sqlx::query("DELETE FROM models WHERE id NOT IN (SELECT id FROM models ORDER BY id DESC LIMIT ?1)")
            .bind(KEPT)
            .execute(&mut **tx)
            .await?;
        tx.commit().await
    }

    /// The models that were saved, newest first.
    pub async fn list_models(&self) -> Result<Vec<SavedModel>, StoreError> {
        let rows: Vec<(i64, i64, String, Vec<u8>)> = sqlx::query_as(
            "SELECT id, saved_at, version, bytes
             FROM models
             ORDER BY id DESC",
        )
        .fetch_all(&self.database.readers)
        .await?;
        let model =
            |(id, saved_at, version, bytes)| SavedModel { id, saved_at: Timestamp(saved_at), version, bytes };
        Ok(rows.into_iter().map(model).collect())
    }

    /// Lets go of every saved model, except for one where it is named.
    pub async fn remove_models(&self, except: Option<i64>) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM models WHERE id IS NOT ?1")
            .bind(except)
            .execute(&self.database.writer)
            .await?;
        Ok(())
    }
}
