//! The one way in: a command's name and its input as JSON.

use crate::opening::Opening;
use app::api::ApiError;
use serde_json::Value;
use tauri::State;

/// Runs a command of the core.
#[tauri::command]
pub(crate) async fn rpc(
    opening: State<'_, Opening>,
    command: String,
    input: Option<Value>,
) -> Result<Value, ApiError> {
    let core = opening.core().await?;
    core.call(&command, input.unwrap_or(Value::Null)).await
}
