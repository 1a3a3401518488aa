//! Checks: suggestions that a person answers without seeing them. What was suggested is taken out here, in the core, so
//! that no page can show it.

use crate::api::policies::MarkKind;
use crate::api::suggestions::{QueueRow, SuggestionDetail, TrackRecord};
use domain::{BucketId, Plan};

/// What stands where a bucket would.
const CHECK: &str = "A check: choose the bucket yourself.";

/// The card without what was suggested, where it is a check.
pub(super) fn hide(detail: SuggestionDetail) -> SuggestionDetail {
    if detail.mark.as_ref().is_none_or(|mark| mark.kind != MarkKind::Check) {
        return detail;
    }
    SuggestionDetail {
        bucket_id: None,
        confidence: 0.0,
        probabilities: vec![],
        evidence: vec![],
        nothing: Some(CHECK.to_owned()),
        plan: Plan::default(),
        record: TrackRecord {
            decisions: 0,
            similar: 0,
            agreed: 0,
            low: 0.0,
            high: 1.0,
            learning: true,
            sentence: String::new(),
        },
        second_opinion: None,
        ..detail
    }
}

/// The row without what was suggested, where it is a check.
pub(super) fn hide_row(row: QueueRow) -> QueueRow {
    if row.mark.as_ref().is_none_or(|mark| mark.kind != MarkKind::Check) {
        return row;
    }
    QueueRow {
        bucket_id: None,
        confidence: 0.0,
        learning: true,
        plan_summary: "Choose a bucket".to_owned(),
        ..row
    }
}

/// How many wait by bucket, with the checks counted where no bucket is.
pub(super) fn counts(
    by_bucket: Vec<(Option<BucketId>, i64)>,
    hidden: &[BucketId],
) -> Vec<(Option<BucketId>, i64)> {
    if hidden.is_empty() {
        return by_bucket;
    }
    let mut none = hidden.len() as i64;
    let mut shown = Vec::new();
    for (bucket, number) in by_bucket {
        match bucket {
            None => none += number,
            Some(bucket) => {
                let left = number - hidden.iter().filter(|one| **one == bucket).count() as i64;
                if left > 0 {
                    shown.push((Some(bucket), left));
                }
            }
        }
    }
    shown.insert(0, (None, none));
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_is_counted_where_no_bucket_is() {
        let by_bucket = vec![(None, 1), (Some("billing".into()), 2), (Some("spam".into()), 1)];
        let shown = counts(by_bucket.clone(), &["billing".into(), "spam".into()]);
        assert_eq!(shown, [(None, 3), (Some("billing".into()), 1)]);
        assert_eq!(counts(by_bucket.clone(), &[]), by_bucket);
    }
}
