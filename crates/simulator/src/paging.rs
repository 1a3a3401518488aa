//! The three ways of going through a list: by cursor, by page number, by scroll.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::answer::Refusal;

pub(crate) const MOST_PER_PAGE: usize = 150;

/// The query of a request, decoded.
#[derive(Debug, Clone, Default)]
pub(crate) struct Query(Vec<(String, String)>);

impl Query {
    pub(crate) fn parse(query: Option<&str>) -> Self {
        Self(form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect())
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn is_true(&self, name: &str) -> bool {
        matches!(self.get(name), Some("true" | "1"))
    }

    pub(crate) fn number(&self, name: &str) -> Result<Option<usize>, Refusal> {
        self.get(name)
            .map(|text| {
                text.parse().map_err(|_| Refusal::invalid(format!("{name} must be a number")).on_field(name))
            })
            .transpose()
    }
}

/// How many to a page, and after which item to go on.
#[derive(Debug)]
pub(crate) struct CursorRequest {
    per_page: usize,
    after: Option<Cursor>,
}

/// The place of the last item that was given: its sort value and its id, and the page that ended there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    value: i64,
    id: String,
    page: usize,
}

impl Cursor {
    fn encode(&self) -> String {
        STANDARD.encode(json!([self.value, self.id, self.page]).to_string())
    }

    fn decode(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text).ok()?;
        let (value, id, page) = serde_json::from_slice(&bytes).ok()?;
        Some(Self { value, id, page })
    }
}

impl CursorRequest {
    pub(crate) fn of_query(query: &Query, default: usize) -> Result<Self, Refusal> {
        Self::new(query.number("per_page")?, query.get("starting_after"), default)
    }

    /// Reads the `pagination` of a search.
    pub(crate) fn of_search(body: &Value, default: usize) -> Result<Self, Refusal> {
        let Some(pagination) = body.get("pagination").filter(|pagination| !pagination.is_null()) else {
            return Self::new(None, None, default);
        };
        if !pagination.is_object() {
            return Err(Refusal::invalid("pagination must be an object").on_field("pagination"));
        }
        let per_page = match pagination.get("per_page") {
            None | Some(Value::Null) => None,
            Some(number) => Some(
                number
                    .as_u64()
                    .or_else(|| number.as_str()?.parse().ok())
                    .and_then(|number| usize::try_from(number).ok())
                    .ok_or_else(|| Refusal::invalid("per_page must be a number").on_field("per_page"))?,
            ),
        };
        let after = match pagination.get("starting_after") {
            None | Some(Value::Null) => None,
            Some(Value::String(after)) => Some(after.as_str()),
            Some(_) => {
                return Err(Refusal::invalid("starting_after must be a string").on_field("starting_after"));
            }
        };
        Self::new(per_page, after, default)
    }

    fn new(per_page: Option<usize>, after: Option<&str>, default: usize) -> Result<Self, Refusal> {
        let per_page = per_page.unwrap_or(default);
        if per_page == 0 || per_page > MOST_PER_PAGE {
            let message = format!("per_page must be between 1 and {MOST_PER_PAGE}");
            return Err(Refusal::invalid(message).on_field("per_page"));
        }
        let after = after
            .map(|text| {
                Cursor::decode(text).ok_or_else(|| {
                    Refusal::invalid("starting_after is not a cursor").on_field("starting_after")
                })
            })
            .transpose()?;
        Ok(Self { per_page, after })
    }

    /// One page of `items`, which are in their final order, and the `pages` object that goes with it.
    ///
    /// A cursor remembers a value, not a position: items that moved in the meantime are missed or seen twice, as on
    /// the real service. The last page leaves `next` out in lists and has it null in searches; both are in use.
    pub(crate) fn page<'a, T>(
        &self,
        items: &[&'a T],
        descending: bool,
        last: LastPage,
        place: impl Fn(&T) -> (i64, String),
    ) -> (Vec<&'a T>, Value) {
        let starts_after = |item: &T| {
            let Some(after) = &self.after else { return true };
            let (value, id) = place(item);
            let key = (value, id.as_str());
            let cursor = (after.value, after.id.as_str());
            if descending { key < cursor } else { key > cursor }
        };
        let mut rest = items.iter().copied().filter(|item| starts_after(item));
        let shown: Vec<&T> = rest.by_ref().take(self.per_page).collect();
        let next = rest.next().and(shown.last()).map(|last| place(last));
        (shown, self.pages(items.len(), next, last))
    }

    pub(crate) fn per_page(&self) -> usize {
        self.per_page
    }

    /// The sort value and the id of the last item that the caller has.
    pub(crate) fn after(&self) -> Option<(i64, &str)> {
        self.after.as_ref().map(|after| (after.value, after.id.as_str()))
    }

    /// The `pages` object for a page after which the list goes on behind `next`.
    pub(crate) fn pages(&self, total_count: usize, next: Option<(i64, String)>, last: LastPage) -> Value {
        let page = self.after.as_ref().map_or(1, |after| after.page + 1);
        let next = next.map(|(value, id)| {
            let cursor = Cursor { value, id, page };
            json!({ "page": page + 1, "per_page": self.per_page, "starting_after": cursor.encode() })
        });
        let mut pages = json!({
            "type": "pages",
            "page": page,
            "per_page": self.per_page,
            "total_pages": total_count.div_ceil(self.per_page),
        });
        if let Some(members) = pages.as_object_mut() {
            match (next, last) {
                (Some(next), _) => drop(members.insert("next".to_owned(), next)),
                (None, LastPage::Null) => drop(members.insert("next".to_owned(), Value::Null)),
                (None, LastPage::Absent) => {}
            }
        }
        pages
    }
}

/// How the last page says that it is the last.
#[derive(Debug, Clone, Copy)]
pub(crate) enum LastPage {
    Null,
    Absent,
}

/// One page by its number, and the `pages` object whose `next` is an address. A page past the end is empty.
pub(crate) fn numbered<'a, T>(
    items: &[&'a T],
    query: &Query,
    default: usize,
    address: &str,
) -> Result<(Vec<&'a T>, Value), Refusal> {
    let page = query.number("page")?.unwrap_or(1);
    let per_page = query.number("per_page")?.unwrap_or(default);
    if page == 0 {
        return Err(Refusal::invalid("page must be 1 or more").on_field("page"));
    }
    if per_page == 0 || per_page > MOST_PER_PAGE {
        let message = format!("per_page must be between 1 and {MOST_PER_PAGE}");
        return Err(Refusal::invalid(message).on_field("per_page"));
    }
    let total_pages = items.len().div_ceil(per_page);
    let shown = items.iter().copied().skip((page - 1).saturating_mul(per_page)).take(per_page).collect();
    let next = (page < total_pages).then(|| format!("{address}?per_page={per_page}&page={}", page + 1));
    let pages = json!({
        "type": "pages",
        "next": next,
        "page": page,
        "per_page": per_page,
        "total_pages": total_pages,
    });
    Ok((shown, pages))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_encoding_and_anything_else_is_refused() {
        let cursor = Cursor { value: 1_747_300_000, id: "215".to_owned(), page: 3 };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        assert_eq!(Cursor::decode("nonsense"), None);
        let refused = CursorRequest::new(None, Some("nonsense"), 20).unwrap_err();
        assert_eq!(refused.code, "parameter_invalid");
    }

    #[test]
    fn pages_by_cursor_give_every_item_once() {
        let items: Vec<i64> = (0..7).rev().collect();
        let items: Vec<&i64> = items.iter().collect();
        let place = |item: &i64| (*item, String::new());
        let mut seen = Vec::new();
        let mut after: Option<String> = None;
        loop {
            let request = CursorRequest::new(Some(3), after.as_deref(), 20).unwrap();
            let (shown, pages) = request.page(&items, true, LastPage::Null, place);
            seen.extend(shown.into_iter().copied());
            after = pages["next"]["starting_after"].as_str().map(str::to_owned);
            if after.is_none() {
                assert_eq!((pages["page"].as_u64(), pages["total_pages"].as_u64()), (Some(3), Some(3)));
                break;
            }
        }
        assert_eq!(seen, [6, 5, 4, 3, 2, 1, 0]);
    }
}
