//! Whether the mix of buckets has changed; [`crate::statistics::vocabulary_drift`] tells it of the words.

use crate::policy::Record;
use crate::statistics::{Drift, jensen_shannon, population_stability};
use domain::BucketId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// How the mix of suggested buckets has moved.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct MixDrift {
    /// Stability index and what chance explains of it; `None` where there is nothing before or lately.
    pub drift: Option<Drift>,
    /// Jensen-Shannon divergence in bits, 0 to 1; `None` as above.
    pub divergence: Option<f64>,
    /// Each bucket, in the order of their keys.
    pub buckets: Vec<BucketDrift>,
}

/// How often a bucket was suggested.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct BucketDrift {
    /// The bucket.
    pub bucket_id: BucketId,
    /// Suggestions before.
    pub before: u32,
    /// Suggestions lately.
    pub lately: u32,
}

/// Compares the mix of suggested buckets of two times. Whether people agreed plays no part, so it can be told
/// before they decide.
pub fn mix_drift<'a>(
    before: impl IntoIterator<Item = &'a Record>,
    lately: impl IntoIterator<Item = &'a Record>,
) -> MixDrift {
    let mut counts: BTreeMap<&BucketId, (u32, u32)> = BTreeMap::new();
    for record in before {
        counts.entry(&record.bucket_id).or_default().0 += 1;
    }
    for record in lately {
        counts.entry(&record.bucket_id).or_default().1 += 1;
    }
    let (was, is): (Vec<u32>, Vec<u32>) = counts.values().copied().unzip();
    MixDrift {
        drift: population_stability(&was, &is),
        divergence: jensen_shannon(&was, &is),
        buckets: (counts.into_iter())
            .map(|(bucket_id, (before, lately))| BucketDrift { bucket_id: bucket_id.clone(), before, lately })
            .collect(),
    }
}
