//! Tags and segments.

use super::conversations::Reference;
use super::field::{Count, Id, Time};
use super::list::List;
use crate::client::transport::Call;
use domain::Fault;
use reqwest::Method;

record! {
    /// A tag; with `applied_at` and `applied_by` where it hangs on something.
    Tag { kind as "type": String, id: Id, name: String, applied_at: Time, applied_by: Reference, }
}

record! {
    /// A tag, and what it was put on.
    TagOutcome { kind as "type": String, id: Id, name: String, users: List<Tagged>, companies: List<Tagged>, }
}

record! {
    /// Whether a tag now hangs on something.
    Tagged { id: Id, tagged: bool, }
}

request! {
    /// A tag, new or renamed by its id; and contacts and companies to put it on or take it off.
    TagFields {
        name: String,
        ;
        id: Id,
        companies: Vec<TagTarget>,
        users: Vec<TagTarget>,
    }
}

request! {
    /// What a tag is put on, or taken off.
    TagTarget {
        ;
        id: Id,
        company_id: Id,
        untag: bool,
    }
}

resource! {
    /// Calls about tags.
    Tags
}

impl Tags {
    /// All of them; there are no pages.
    pub async fn list(&self) -> Result<List<Tag>, Fault> {
        self.0.get("the tags", &["tags"], &[]).await
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<Tag, Fault> {
        self.0.get("the tag", &["tags", id], &[]).await
    }

    /// Makes or renames a tag, or puts it on contacts or companies.
    pub async fn create_or_update(&self, request: &TagFields) -> Result<TagOutcome, Fault> {
        self.0.post("the tag", &["tags"], request).await
    }

    /// Deletes a tag that nothing depends on.
    pub async fn delete(&self, id: &str) -> Result<(), Fault> {
        let path = ["tags", id];
        let call = Call { method: Method::DELETE, ..Call::get("the tag", &path, &[]) };
        self.0.send(call).await.map(drop).map_err(|refused| refused.fault)
    }
}

record! {
    /// A segment of contacts or companies.
    Segment {
        kind as "type": String,
        id: Id,
        name: String,
        created_at: Time,
        updated_at: Time,
        person_type: String,
        count: Count,
    }
}

resource! {
    /// Calls about segments.
    Segments
}

impl Segments {
    /// All of them, and how many are in each if asked for.
    pub async fn list(&self, include_count: bool) -> Result<List<Segment>, Fault> {
        let query: &[_] = if include_count { &[("include_count", "true")] } else { &[] };
        self.0.get("the segments", &["segments"], query).await
    }

    /// One of them.
    pub async fn get(&self, id: &str) -> Result<Segment, Fault> {
        self.0.get("the segment", &["segments", id], &[]).await
    }
}
