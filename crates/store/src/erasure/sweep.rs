//! Raw bodies of deliveries that name somebody, whatever their topic: all are read, a few at a time.

use super::needles::finder;
use super::{UnfinishedErasure, rows};
use crate::error::StoreError;
use crate::store::Store;
use domain::ErasureCounts;
use std::collections::BTreeMap;
use uuid::Uuid;

/// Bodies read at a time: at most 64 MiB, usually a quarter of one.
const PAGE: i64 = 64;
/// The key in `meta` of the last delivery that was looked at for people who were erased before it came.
const LOOKED_AT: &str = "erasure.looked_at";

pub(super) async fn run(store: &Store, erasures: &[UnfinishedErasure]) -> Result<(), StoreError> {
    let mut strings = Vec::new();
    let mut whose = Vec::new();
    for (number, erasure) in erasures.iter().enumerate() {
        for string in erasure.looked_for.body_strings() {
            strings.push(string);
            whose.push(number);
        }
    }
    if strings.is_empty() {
        return Ok(());
    }
    let finder = finder(strings.iter().map(String::as_str))?;
    store.empty_inbox().await?;
    let mut after = Uuid::nil();
    loop {
        let page = bodies_after(store, after).await?;
        let Some((last, _)) = page.last() else { return Ok(()) };
        after = *last;
        let found: Vec<(Uuid, usize)> = page
            .iter()
            .filter_map(|(id, body)| Some((*id, *whose.get(finder.find(body)?.pattern().as_usize())?)))
            .collect();
        if !found.is_empty() {
            empty(store, erasures, &found).await?;
        }
    }
}

async fn empty(
    store: &Store,
    erasures: &[UnfinishedErasure],
    found: &[(Uuid, usize)],
) -> Result<(), StoreError> {
    let mut tx = store.database.write().await?;
    let mut counts = BTreeMap::<usize, u32>::new();
    for (id, whose) in found {
        if rows::empty_body(&mut tx, *id).await? {
            *counts.entry(*whose).or_default() += 1;
        }
    }
    for (whose, deliveries) in counts {
        if let Some(erasure) = erasures.get(whose) {
            let counts = ErasureCounts { deliveries, ..ErasureCounts::default() };
            rows::add_counts(&mut tx, erasure.id, &counts).await?;
        }
    }
    tx.commit().await
}

/// Looks through what came since the last look, for the ids of people who were erased.
pub(super) async fn late(store: &Store) -> Result<u32, StoreError> {
    let ids: Vec<String> =
        sqlx::query_scalar("SELECT id FROM erased WHERE kind = 'contact' AND for_good = 1")
            .fetch_all(&store.database.readers)
            .await?;
    if ids.is_empty() {
        return Ok(0);
    }
    let finder = finder(ids.iter().filter(|id| id.len() >= super::needles::NUMBER).map(String::as_str))?;
    let looked_at = store.find_meta(LOOKED_AT).await?;
    let mut after =
        looked_at.and_then(|text| Uuid::parse_str(&text).ok()).map(a_minute_before).unwrap_or_default();
    let mut emptied = 0;
    loop {
        let page = bodies_after(store, after).await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let mut tx = store.database.write().await?;
        for (id, _) in page.iter().filter(|(_, body)| finder.is_match(body)) {
            emptied += u32::from(rows::empty_body(&mut tx, *id).await?);
        }
        sqlx::query(
            "INSERT INTO meta (key, value) VALUES (?1, ?2)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        )
        .bind(LOOKED_AT)
        .bind(after.to_string())
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
    }
    // What was emptied, here or when it was served, still stands in the log.
    super::file::fold_log(store).await?;
    Ok(emptied)
}

/// Deliveries are not sorted in quite in the order of their ids: they wait for the disk in between.
fn a_minute_before(id: Uuid) -> Uuid {
    let milliseconds = (id.as_u128() >> 80).saturating_sub(60_000);
    Uuid::from_u128(milliseconds << 80)
}

async fn bodies_after(store: &Store, after: Uuid) -> Result<Vec<(Uuid, Vec<u8>)>, StoreError> {
    Ok(sqlx::query_as(
        "SELECT id, body FROM deliveries WHERE id > ?1 AND length(body) > 0 ORDER BY id LIMIT ?2",
    )
    .bind(after)
    .bind(PAGE)
    .fetch_all(&store.database.readers)
    .await?)
}
