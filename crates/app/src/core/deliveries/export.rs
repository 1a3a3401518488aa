//! `deliveries.export` and `deliveries.export_file`: deliveries as lines of JSON, personal data masked.
//!
//! An export is made a piece at a time, so that memory stays small however much there is.

use super::masking::{masked, masked_sentence};
use super::{delivery_view, filter_of, no_such_delivery};
use crate::api::deliveries::{DeliveryExport, DeliveryView, ExportedFile, ListDeliveries};
use crate::api::{ApiError, ErrorCode};
use crate::core::Core;
use domain::{DeliveryId, Timestamp};
use engine::Workspace;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

/// Deliveries of a piece.
const AT_ONCE: u32 = 200;
/// A piece ends with the line that goes beyond this, bytes.
const PIECE: usize = 2 * 1024 * 1024;
/// Where files are written, in the data folder.
const FOLDER: &str = "exports";

struct Piece {
    text: String,
    lines: u32,
    next: Option<DeliveryId>,
}

impl Core {
    pub(in crate::core) async fn deliveries_export(
        &self,
        input: ListDeliveries,
    ) -> Result<DeliveryExport, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let Piece { text, lines, next } = piece(&workspace, &input).await?;
        Ok(DeliveryExport { text, lines, next, file_name: file_name(self.now()) })
    }

    pub(in crate::core) async fn deliveries_export_file(
        &self,
        mut input: ListDeliveries,
    ) -> Result<ExportedFile, ApiError> {
        let workspace = self.workspace(input.workspace)?;
        let folder = self.data.join(FOLDER);
        let path = folder.join(file_name(self.now()));
        let failed = |error: std::io::Error| {
            ApiError::new(ErrorCode::Storage, format!("{} cannot be written: {error}.", path.display()))
        };
        tokio::fs::create_dir_all(&folder).await.map_err(failed)?;
        let mut options = tokio::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        options.mode(0o600);
        let mut file = options.open(&path).await.map_err(failed)?;
        let mut lines = 0_u32;
        loop {
            let piece = piece(&workspace, &input).await?;
            file.write_all(piece.text.as_bytes()).await.map_err(failed)?;
            lines = lines.saturating_add(piece.lines);
            if piece.next.is_none() {
                break;
            }
            input.before = piece.next;
        }
        file.flush().await.map_err(failed)?;
        Ok(ExportedFile { path: path.display().to_string(), lines })
    }
}

async fn piece(workspace: &Workspace, input: &ListDeliveries) -> Result<Piece, ApiError> {
    let Some(filter) = filter_of(input, AT_ONCE) else {
        return Err(ApiError::new(
            ErrorCode::BadRequest,
            "Nothing of refused requests is kept, so there is nothing to export.",
        ));
    };
    workspace.show_deliveries().await;
    let rows = workspace.store().list_deliveries(&filter).await?;
    let full = rows.len() >= super::as_size(AT_ONCE);
    let mut piece = Piece { text: String::new(), lines: 0, next: None };
    let last = rows.last().map(|row| row.id);
    for row in rows {
        let id = row.id;
        let found = workspace.store().find_delivery(id).await?;
        let (row, body) = found.ok_or_else(no_such_delivery)?;
        let line = line(&delivery_view(row), &body);
        piece.text.push_str(&line.to_string());
        piece.text.push('\n');
        piece.lines += 1;
        if piece.text.len() > PIECE && Some(id) != last {
            piece.next = Some(id);
            return Ok(piece);
        }
    }
    piece.next = last.filter(|_| full);
    Ok(piece)
}

fn line(view: &DeliveryView, body: &[u8]) -> Value {
    let content = match serde_json::from_slice::<Value>(body) {
        Ok(value) => masked(&value),
        Err(_) if body.is_empty() => Value::Null,
        Err(_) => Value::String(format!("[{} bytes that are no JSON]", body.len())),
    };
    json!({
        "delivery_id": view.delivery_id,
        "received_at": view.received_at,
        "topic": view.topic,
        "notification_id": view.notification_id,
        "created_at": view.created_at,
        "attempt": view.attempt,
        "signature": view.signature,
        "outcome": view.outcome,
        "reason": view.reason.as_deref().map(masked_sentence),
        "led_to": view.led_to,
        "suggestion_id": view.suggestion_id,
        "conversation_id": view.conversation_id,
        "size": view.size,
        "duplicates": view.duplicates,
        "answered_after_ms": view.answered_after_ms,
        "settled_after_ms": view.settled_after_ms,
        "replays": view.replays,
        "body": content,
    })
}

fn file_name(now: Timestamp) -> String {
    format!("deliveries-{}.jsonl", now.0 / 1_000)
}
