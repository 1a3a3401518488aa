//! What a search can ask.

use super::*;
use serde_json::json;

#[test]
fn a_search_is_written_as_described() {
    let query = Query::all([
        ConversationField::State.is("open"),
        Query::any([
            ConversationField::UpdatedAt.above(Timestamp::from_seconds(5)),
            ConversationField::Tags.one_of(["1", "2"]),
            ConversationField::Other("custom_attributes.order".to_owned()).differs(7),
        ]),
    ]);
    assert!(query.check().is_ok());
    let written = json!({"operator": "AND", "value": [
        {"field": "state", "operator": "=", "value": "open"},
        {"operator": "OR", "value": [
            {"field": "updated_at", "operator": ">", "value": 5},
            {"field": "tag_ids", "operator": "IN", "value": ["1", "2"]},
            {"field": "custom_attributes.order", "operator": "!=", "value": 7}]}]});
    assert_eq!(serde_json::to_value(&query).unwrap(), written);
    assert_eq!(serde_json::from_value::<Query<ConversationField>>(written).unwrap(), query);
}

#[test]
fn what_intercom_cannot_answer_is_refused_here() {
    let one = || ConversationField::Open.is(true);
    let group = |count| Query::all((0..count).map(|_| one()));
    assert!(group(15).check().is_ok());
    assert!(group(16).check().is_err(), "15 filters in a group");
    assert!(group(0).check().is_err(), "at least one");
    assert!(Query::all([Query::any([one()])]).check().is_ok());
    assert!(Query::all([Query::any([Query::all([one()])])]).check().is_err(), "two levels");
    assert!(ConversationField::Open.above(1).check().is_err());
    assert!(ConversationField::SourceBody.contains("refund").check().is_ok());
    assert!(ConversationField::UpdatedAt.contains("1").check().is_err());
    assert!(filter(ConversationField::Id, Operator::OneOf, "1").check().is_err(), "IN takes a list");
    assert!(filter(ConversationField::Id, Operator::Is, array(["1"])).check().is_err(), "= takes no list");
}

#[test]
fn the_days_and_tags_of_contacts_are_compared_as_intercom_compares_them() {
    assert!(ContactField::CreatedAt.above(5).check().is_ok());
    let at_least =
        Query::Filter { field: ContactField::CreatedAt, operator: Operator::AtLeast, value: 5.into() };
    for query in [at_least, ContactField::CreatedAt.differs(5), ContactField::CreatedAt.one_of([5])] {
        let fault = query.check().unwrap_err();
        assert!(fault.message.contains("created_at"), "{}", fault.message);
    }
    assert!(ContactField::Tag.differs("1").check().is_ok());
    assert!(ContactField::Tag.one_of(["1"]).check().is_err());
}
