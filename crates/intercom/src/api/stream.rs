//! Streams over the three ways in which Intercom pages. Each ends by itself, also when the paging goes in circles.
//!
//! A fault is the last thing a stream gives. Nothing is asked for before somebody waits for it.

use super::list::List;
use domain::Fault;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use std::collections::BTreeSet;
use std::future::Future;

/// All items, page after page.
pub type Items<T> = BoxStream<'static, Result<T, Fault>>;

/// Pages that name a cursor for the next. A cursor that was met before ends the stream.
pub(super) fn by_cursor<T, F, Fut>(fetch: F) -> Items<T>
where
    T: Send + 'static,
    F: Fn(Option<String>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<List<T>, Fault>> + Send,
{
    let start = Some((None::<String>, BTreeSet::new(), fetch));
    let pages = stream::try_unfold(start, async |state| {
        let Some((cursor, mut met, fetch)) = state else { return Ok(None) };
        let page = fetch(cursor).await?;
        let next = page.next_cursor().map(str::to_owned).filter(|next| met.insert(next.clone()));
        Ok(Some((page.items, next.map(|next| (Some(next), met, fetch)))))
    });
    flattened(pages.boxed())
}

/// Numbered pages. They end where Intercom says so, at an empty page, and where a page is not the one asked for.
pub(super) fn by_number<T, F, Fut>(fetch: F) -> Items<T>
where
    T: Send + 'static,
    F: Fn(u64) -> Fut + Send + 'static,
    Fut: Future<Output = Result<List<T>, Fault>> + Send,
{
    let pages = stream::try_unfold(Some((1_u64, fetch)), async |state| {
        let Some((number, fetch)) = state else { return Ok(None) };
        let page = fetch(number).await?;
        let (answered, last) = page.page();
        if number > 1 && answered != Some(number) {
            return Ok(None);
        }
        let ends = page.is_empty() || !page.names_a_next_page() || last.is_some_and(|last| number >= last);
        Ok(Some((page.items, (!ends).then_some((number + 1, fetch)))))
    });
    flattened(pages.boxed())
}

/// A scroll: goes on until a page is empty, or the same as the one before it.
pub(super) fn by_scroll<T, F, Fut>(fetch: F) -> Items<T>
where
    T: Clone + PartialEq + Send + 'static,
    F: Fn(Option<String>) -> Fut + Send + 'static,
    Fut: Future<Output = Result<List<T>, Fault>> + Send,
{
    let pages = stream::try_unfold(Some((None::<String>, Vec::new(), fetch)), async |state| {
        let Some((scroll, before, fetch)) = state else { return Ok(None) };
        let page = fetch(scroll).await?;
        if page.is_empty() || page.items == before {
            return Ok(None);
        }
        let next = page.scroll_param().map(str::to_owned);
        Ok(Some((page.items.clone(), next.map(|next| (Some(next), page.items, fetch)))))
    });
    flattened(pages.boxed())
}

fn flattened<T: Send + 'static>(pages: BoxStream<'static, Result<Vec<T>, Fault>>) -> Items<T> {
    pages.map_ok(|items| stream::iter(items.into_iter().map(Ok))).try_flatten().boxed()
}
