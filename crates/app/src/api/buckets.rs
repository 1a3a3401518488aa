//! `buckets.*` and `directory.get`.

use domain::{Bucket, BucketId, BucketTone, TeamId, WorkspaceId};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A bucket with what it resolves to in this workspace.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BucketView {
    /// The bucket.
    pub bucket: Bucket,
    /// The name of the team it assigns to; `None` when it assigns to none, or the team is missing.
    pub team: Option<String>,
    /// The id of that team, also when it was found by its name: what an editor should start from.
    pub team_id: Option<TeamId>,
    /// What is wrong with it: "No team is named On-call".
    pub problem: Option<String>,
    /// Its plan in a few words.
    pub plan_summary: String,
}

/// Answer of `buckets.list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BucketList {
    /// In order; the first is picked by key 1.
    pub buckets: Vec<BucketView>,
}

/// Input of `buckets.save`: makes a bucket or changes one.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct SaveBucket {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// The bucket to change; a new one is made when left out.
    #[serde(default)]
    pub bucket_id: Option<BucketId>,
    /// Name, 1 to 40 characters, unlike that of any other bucket.
    pub name: String,
    /// What belongs here.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub description: String,
    /// Colour.
    pub tone: BucketTone,
    /// The team to assign to; `None` for none.
    #[serde(default)]
    pub team_id: Option<TeamId>,
    /// The holding reply; empty for none.
    #[serde(default)]
    #[ts(optional, as = "Option<String>")]
    pub reply: String,
    /// Close the conversation at the end.
    #[serde(default)]
    #[ts(optional, as = "Option<bool>")]
    pub closes: bool,
    /// Messages that belong here.
    #[serde(default)]
    #[ts(optional, as = "Option<Vec<String>>")]
    pub examples: Vec<String>,
}

/// Input of `buckets.remove`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
#[ts(optional_fields)]
pub struct RemoveBucket {
    /// The workspace; the active one when left out.
    #[serde(default)]
    pub workspace: Option<WorkspaceId>,
    /// Which.
    pub bucket_id: BucketId,
}
