//! The customers of the demo, who were written without a look at the model's examples: how often it is right on them.

use serde_json::Value;
use triage::{BucketSeed, LocalModel, Message};

#[test]
fn the_local_model_is_mostly_right_on_the_demos_customers_and_more_so_where_it_is_sure() {
    let script: Value =
        serde_json::from_str(include_str!("../../crates/simulator/script/northwind.json")).expect("JSON");
    let seeds: Vec<BucketSeed> = triage::default_buckets().iter().map(triage::DefaultBucket::seed).collect();
    let model = LocalModel::train(&seeds, &[]);
    let (mut judged, mut right, mut sure, mut sure_and_right) = (0, 0, 0, 0);
    for conversation in script["conversations"].as_array().expect("conversations") {
        let (truth, text) = (conversation["truth"].as_str(), conversation["body"].as_str());
        let (Some(truth), Some(text)) = (truth, text) else { continue };
        let message =
            Message { subject: conversation["subject"].as_str(), newest: text, earlier: [].as_slice() };
        let verdict = model.classify(&message);
        let Some(found) = verdict.classification().filter(|_| truth != "unclear") else { continue };
        let agrees = usize::from(found.bucket == truth);
        judged += 1;
        right += agrees;
        if found.confidence >= 0.9 {
            sure += 1;
            sure_and_right += agrees;
        }
    }
    // Floors below what was measured when this was written: 98 of 131, and 67 of 74 at 0.9 and more. A third of the
    // customers are hard on purpose or write in languages that the examples do not cover.
    println!("{right} of {judged} right; at confidence 0.9 and more: {sure_and_right} of {sure}");
    assert!(judged >= 100, "{judged} messages prove too little");
    assert!(right * 100 >= judged * 70, "{right} of {judged}");
    assert!(sure_and_right * 100 >= sure * 86, "{sure_and_right} of {sure} at 0.9 and more");
}
