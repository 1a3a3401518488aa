//! Which buckets are taken for which.

use crate::policy::Record;
use domain::{BucketId, SuggestionId};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use ts_rs::TS;

/// What was suggested against what was decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Confusion {
    /// Every bucket that was suggested or decided, in the order of their keys. Rows and columns are these; a last
    /// column is 'none of these'.
    pub buckets: Vec<BucketId>,
    /// The cells that are not empty, row by row.
    pub cells: Vec<ConfusionCell>,
}

/// The cases of one cell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ConfusionCell {
    /// The bucket suggested.
    pub suggested: BucketId,
    /// The bucket decided; `None` for none of these.
    pub decided: Option<BucketId>,
    /// The suggestions, in the order of the records.
    pub cases: Vec<SuggestionId>,
}

/// The confusion matrix of these records, with the cases behind each cell.
pub fn confusion(records: &[Record]) -> Confusion {
    // 'None' sorts before any bucket; it is the last column.
    let mut cells: BTreeMap<(&BucketId, bool, Option<&BucketId>), Vec<SuggestionId>> = BTreeMap::new();
    let mut buckets = BTreeSet::new();
    for record in records {
        let decided = record.decided();
        buckets.insert(&record.bucket_id);
        buckets.extend(decided);
        cells.entry((&record.bucket_id, decided.is_none(), decided)).or_default().push(record.suggestion_id);
    }
    Confusion {
        buckets: buckets.into_iter().cloned().collect(),
        cells: (cells.into_iter())
            .map(|((suggested, _, decided), cases)| ConfusionCell {
                suggested: suggested.clone(),
                decided: decided.cloned(),
                cases,
            })
            .collect(),
    }
}
