//! Events as server-sent events.

use super::Shared;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures::stream::{self, Stream};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// A comment is sent so often, so that both sides notice a dead connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Every event from here on, until the server or the caller ends.
pub(super) async fn stream(
    State(shared): State<Arc<Shared>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let receiver = shared.core.subscribe();
    let events = stream::unfold((receiver, shared), |(mut receiver, shared)| async move {
        loop {
            let event = tokio::select! {
                event = receiver.next() => event?,
                () = shared.closing.cancelled() => return None,
            };
            match Event::default().json_data(&event) {
                Ok(event) => return Some((Ok(event), (receiver, shared))),
                Err(error) => tracing::error!(%error, "An event could not be written"),
            }
        }
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
