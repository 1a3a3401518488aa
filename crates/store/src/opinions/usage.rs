//! What asking language models took, by day of UTC.

use crate::error::StoreError;
use crate::store::Store;
use domain::Timestamp;
use domain::ports::Usage;
use sqlx::{FromRow, SqliteConnection};

const DAY_MS: i64 = 86_400_000;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A second opinion.
    Opinion,
    /// A draft of a reply.
    Draft,
}

/// What a day took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DayUsage {
    /// The day's beginning.
    pub day: Timestamp,
    /// Questions that were answered, with an opinion or without.
    pub questions: u64,
    /// Drafts that were asked for, whatever came.
    pub drafts: u64,
    /// Tokens read.
    pub input_tokens: u64,
    /// Tokens written.
    pub output_tokens: u64,
    /// What questions could have taken that nobody waited for.
    pub unheard_tokens: u64,
    /// Millionths of a US dollar, as far as prices are known.
    pub micro_dollars: u64,
    /// Tokens whose price is not known.
    pub unpriced_tokens: u64,
    /// Whether every token that has a price has one of its own.
    pub is_exact: bool,
    /// Whether some of it is what a request could have taken.
    pub is_estimate: bool,
}

impl DayUsage {
    /// A day on which nothing was asked.
    pub const fn none(at: Timestamp) -> Self {
        Self {
            day: Timestamp(day_of(at).saturating_mul(DAY_MS)),
            questions: 0,
            drafts: 0,
            input_tokens: 0,
            output_tokens: 0,
            unheard_tokens: 0,
            micro_dollars: 0,
            unpriced_tokens: 0,
            is_exact: true,
            is_estimate: false,
        }
    }

    /// All tokens.
    pub const fn tokens(&self) -> u64 {
        self.input_tokens.saturating_add(self.output_tokens).saturating_add(self.unheard_tokens)
    }
}

impl Store {
    /// What the day of `at` took so far.
    pub async fn get_model_usage(&self, at: Timestamp) -> Result<DayUsage, StoreError> {
        let day = self.usage_of(Some(day_of(at)), 1).await?.pop();
        Ok(day.unwrap_or_else(|| DayUsage::none(at)))
    }

    /// The newest days on which something was asked, the newest first.
    pub async fn list_model_usage(&self, days: u32) -> Result<Vec<DayUsage>, StoreError> {
        self.usage_of(None, days).await
    }

    async fn usage_of(&self, day: Option<i64>, at_most: u32) -> Result<Vec<DayUsage>, StoreError> {
        let rows: Vec<UsageColumns> = sqlx::query_as(
            "SELECT
                day,
                questions,
                drafts,
                input_tokens,
                output_tokens,
                unheard_tokens,
                micro_dollars,
                unpriced_tokens,
                is_exact,
                is_estimate
             FROM model_usage
             WHERE ?1 IS NULL OR day = ?1
             ORDER BY day DESC
             LIMIT ?2",
        )
        .bind(day)
        .bind(i64::from(at_most))
        .fetch_all(&self.database.readers)
        .await?;
        Ok(rows.into_iter().map(DayUsage::from).collect())
    }

    /// Sees to it that the day of `at` counts at least so much: what was spent on questions that nobody waited for is
    /// known to whoever asked, and to no opinion.
    pub async fn raise_model_usage(
        &self,
        at: Timestamp,
        tokens: u64,
        micro_dollars: u64,
    ) -> Result<(), StoreError> {
        let known = self.get_model_usage(at).await?;
        let missing = tokens.saturating_sub(known.tokens());
        let unpaid = micro_dollars.saturating_sub(known.micro_dollars);
        if missing == 0 && unpaid == 0 {
            return Ok(());
        }
        sqlx::query(
            "INSERT INTO model_usage (day, unheard_tokens, micro_dollars, is_estimate) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT (day) DO UPDATE SET
                unheard_tokens = unheard_tokens + excluded.unheard_tokens,
                micro_dollars = micro_dollars + excluded.micro_dollars,
                is_estimate = 1",
        )
        .bind(day_of(at))
        .bind(signed(missing))
        .bind(signed(unpaid))
        .execute(&self.database.writer)
        .await?;
        Ok(())
    }
}

/// Adds what a question took to the day of its answer.
pub(crate) async fn add(
    tx: &mut SqliteConnection,
    at: Timestamp,
    usage: &Usage,
    asked: Asked,
) -> Result<(), StoreError> {
    if *usage == Usage::NONE {
        return Ok(());
    }
    let unpriced = if usage.cost.is_none() { usage.tokens.total() } else { 0 };
    sqlx::query(
        "INSERT INTO model_usage (
            day,
            questions,
            drafts,
            input_tokens,
            output_tokens,
            micro_dollars,
            unpriced_tokens,
            is_exact,
            is_estimate
         ) VALUES (?1, ?8, ?9, ?2, ?3, ?4, ?5, ?6, ?7)
         ON CONFLICT (day) DO UPDATE SET
            questions = questions + excluded.questions,
            drafts = drafts + excluded.drafts,
            input_tokens = input_tokens + excluded.input_tokens,
            output_tokens = output_tokens + excluded.output_tokens,
            micro_dollars = micro_dollars + excluded.micro_dollars,
            unpriced_tokens = unpriced_tokens + excluded.unpriced_tokens,
            is_exact = MIN(is_exact, excluded.is_exact),
            is_estimate = MAX(is_estimate, excluded.is_estimate)",
    )
    .bind(day_of(at))
    .bind(signed(usage.tokens.input))
    .bind(signed(usage.tokens.output))
    .bind(signed(usage.cost.map_or(0, |cost| cost.micro_dollars)))
    .bind(signed(unpriced))
    .bind(usage.cost.is_none_or(|cost| cost.is_exact))
    .bind(usage.is_estimate)
    .bind(i64::from(asked == Asked::Opinion))
    .bind(i64::from(asked == Asked::Draft))
    .execute(tx)
    .await?;
    Ok(())
}

const fn day_of(at: Timestamp) -> i64 {
    at.0.div_euclid(DAY_MS)
}

/// Far below what a sum of them could overflow.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).min(1 << 52)
}

#[derive(FromRow)]
struct UsageColumns {
    day: i64,
    questions: i64,
    drafts: i64,
    input_tokens: i64,
    output_tokens: i64,
    unheard_tokens: i64,
    micro_dollars: i64,
    unpriced_tokens: i64,
    is_exact: bool,
    is_estimate: bool,
}

impl From<UsageColumns> for DayUsage {
    fn from(row: UsageColumns) -> Self {
        let count = |number: i64| u64::try_from(number).unwrap_or(0);
        Self {
            day: Timestamp(row.day.saturating_mul(DAY_MS)),
            questions: count(row.questions),
            drafts: count(row.drafts),
            input_tokens: count(row.input_tokens),
            output_tokens: count(row.output_tokens),
            unheard_tokens: count(row.unheard_tokens),
            micro_dollars: count(row.micro_dollars),
            unpriced_tokens: count(row.unpriced_tokens),
            is_exact: row.is_exact,
            is_estimate: row.is_estimate,
        }
    }
}
