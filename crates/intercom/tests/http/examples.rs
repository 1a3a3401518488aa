//! Every example of the official description, of every call that the client has: read, and written again as it was.

use crate::description::description;
use intercom::api::admins::{Admin, Away, Team};
use intercom::api::articles::{Article, ArticlesFound, NewArticle, PublishDraft, UpdateArticle};
use intercom::api::companies::{Company, CompanyFields};
use intercom::api::contacts::{
    Attach, Contact, ContactFields, ContactStanding, MergeContacts, NewNote, Note,
};
use intercom::api::conversations as talk;
use intercom::api::data::{DataAttribute, DataEventSummary, NewDataAttribute, UpdateDataAttribute};
use intercom::api::data::{NewDataEvent, NewEventSummary};
use intercom::api::help_center::{Collection, HelpCenter, NewCollection, UpdateCollection};
use intercom::api::macros::Macro;
use intercom::api::query::{ContactSearch, ConversationSearch};
use intercom::api::tags::{Segment, Tag, TagFields, TagOutcome};
use intercom::api::tickets::{NewTicketType, Ticket, TicketType, UpdateTicketType};
use intercom::api::{Deleted, List, Strays};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Debug;

/// Reads a value and writes it again: the places beyond the description, or why it is not the same.
type Trip = fn(&Value) -> Result<Vec<String>, String>;

fn answer<T: Serialize + DeserializeOwned + Strays>(value: &Value) -> Result<Vec<String>, String> {
    let read = T::deserialize(value).map_err(|error| error.to_string())?;
    let mut strays = Vec::new();
    read.strays("", &mut strays);
    same(&read, value).map(|()| strays)
}

fn request<T: Serialize + DeserializeOwned + Debug>(value: &Value) -> Result<Vec<String>, String> {
    let read = T::deserialize(value).map_err(|error| error.to_string())?;
    if format!("{read:?}").contains("Odd(") {
        return Err("a field is of another form than described".to_owned());
    }
    same(&read, value).map(|()| Vec::new())
}

fn same(read: &impl Serialize, value: &Value) -> Result<(), String> {
    let written = serde_json::to_value(read).unwrap();
    if written == *value { Ok(()) } else { Err(format!("read {value}\nbut wrote {written}")) }
}

fn nothing(_: &Value) -> Result<Vec<String>, String> {
    Err("this call sends nothing along, or has no answer".to_owned())
}

/// Every call of the client: what it sends and what it is answered.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn calls() -> BTreeMap<&'static str, (Trip, Trip)> {
    let calls: [(&str, Trip, Trip); 90] = [
        ("get /me", nothing, answer::<Admin>),
        ("get /admins", nothing, answer::<List<Admin>>),
        ("get /admins/{admin_id}", nothing, answer::<Admin>),
        ("put /admins/{admin_id}/away", request::<Away>, answer::<Admin>),
        ("get /teams", nothing, answer::<List<Team>>),
        ("get /teams/{team_id}", nothing, answer::<Team>),
        ("get /conversations", nothing, answer::<List<talk::Conversation>>),
        ("post /conversations", request::<talk::NewConversation>, answer::<talk::Message>),
        ("post /conversations/search", request::<ConversationSearch>, answer::<List<talk::Conversation>>),
        ("get /conversations/{conversation_id}", nothing, answer::<talk::Conversation>),
        (
            "put /conversations/{conversation_id}",
            request::<talk::UpdateConversation>,
            answer::<talk::Conversation>,
        ),
        ("delete /conversations/{conversation_id}", nothing, answer::<Deleted>),
        ("post /conversations/{conversation_id}/reply", request::<talk::Reply>, answer::<talk::Conversation>),
        (
            "post /conversations/{conversation_id}/parts",
            request::<talk::Manage>,
            answer::<talk::Conversation>,
        ),
        ("post /conversations/{conversation_id}/tags", request::<talk::TagConversation>, answer::<Tag>),
        ("delete /conversations/{conversation_id}/tags/{tag_id}", request::<talk::By>, answer::<Tag>),
        (
            "post /conversations/{conversation_id}/customers",
            request::<talk::AttachContact>,
            answer::<talk::Conversation>,
        ),
        (
            "delete /conversations/{conversation_id}/customers/{contact_id}",
            request::<talk::DetachContact>,
            answer::<talk::Conversation>,
        ),
        ("post /conversations/redact", request::<talk::Redact>, answer::<talk::Conversation>),
        ("post /conversations/{conversation_id}/convert", request::<talk::Convert>, answer::<Ticket>),
        ("post /conversations/{id}/merge", request::<talk::Merge>, answer::<talk::Conversation>),
        ("get /conversations/deleted", nothing, answer::<List<talk::DeletedConversation>>),
        ("get /conversations/{id}/handling_events", nothing, answer::<List<talk::HandlingEvent>>),
        ("get /conversations/attributes", nothing, answer::<List<talk::ConversationAttribute>>),
        ("get /contacts", nothing, answer::<List<Contact>>),
        ("post /contacts", request::<ContactFields>, answer::<Contact>),
        ("post /contacts/search", request::<ContactSearch>, answer::<List<Contact>>),
        ("post /contacts/merge", request::<MergeContacts>, answer::<Contact>),
        ("get /contacts/{contact_id}", nothing, answer::<Contact>),
        ("put /contacts/{contact_id}", request::<ContactFields>, answer::<Contact>),
        ("delete /contacts/{contact_id}", nothing, answer::<Deleted>),
        ("get /contacts/find_by_external_id/{external_id}", nothing, answer::<Contact>),
        ("post /contacts/{contact_id}/archive", nothing, answer::<ContactStanding>),
        ("post /contacts/{contact_id}/unarchive", nothing, answer::<ContactStanding>),
        ("post /contacts/{contact_id}/block", nothing, answer::<ContactStanding>),
        ("get /contacts/{id}/merge_history", nothing, answer::<List<intercom::api::contacts::MergedContact>>),
        ("get /contacts/{contact_id}/notes", nothing, answer::<List<Note>>),
        ("post /contacts/{contact_id}/notes", request::<NewNote>, answer::<Note>),
        ("get /contacts/{contact_id}/tags", nothing, answer::<List<Tag>>),
        ("post /contacts/{contact_id}/tags", request::<Attach>, answer::<Tag>),
        ("delete /contacts/{contact_id}/tags/{tag_id}", nothing, answer::<Tag>),
        ("get /contacts/{contact_id}/companies", nothing, answer::<List<Company>>),
        ("post /contacts/{contact_id}/companies", request::<Attach>, answer::<Company>),
        ("delete /contacts/{contact_id}/companies/{company_id}", nothing, answer::<Company>),
        ("get /contacts/{contact_id}/segments", nothing, answer::<List<Segment>>),
        ("get /companies", nothing, answer::<List<Company>>),
        ("post /companies", request::<CompanyFields>, answer::<Company>),
        ("post /companies/list", nothing, answer::<List<Company>>),
        ("get /companies/scroll", nothing, answer::<List<Company>>),
        ("get /companies/{company_id}", nothing, answer::<Company>),
        ("put /companies/{company_id}", request::<CompanyFields>, answer::<Company>),
        ("delete /companies/{company_id}", nothing, answer::<Deleted>),
        ("get /companies/{company_id}/contacts", nothing, answer::<List<Contact>>),
        ("get /companies/{company_id}/segments", nothing, answer::<List<Segment>>),
        ("get /companies/{company_id}/notes", nothing, answer::<List<Note>>),
        ("post /companies/{company_id}/notes", request::<NewNote>, answer::<Note>),
        ("get /tags", nothing, answer::<List<Tag>>),
        ("post /tags", request::<TagFields>, answer::<TagOutcome>),
        ("get /tags/{tag_id}", nothing, answer::<Tag>),
        ("delete /tags/{tag_id}", nothing, nothing),
        ("get /segments", nothing, answer::<List<Segment>>),
        ("get /segments/{segment_id}", nothing, answer::<Segment>),
        ("get /data_attributes", nothing, answer::<List<DataAttribute>>),
        ("post /data_attributes", request::<NewDataAttribute>, answer::<DataAttribute>),
        ("put /data_attributes/{data_attribute_id}", request::<UpdateDataAttribute>, answer::<DataAttribute>),
        ("post /events", request::<NewDataEvent>, nothing),
        ("get /events", nothing, answer::<DataEventSummary>),
        ("post /events/summaries", request::<NewEventSummary>, nothing),
        ("get /articles", nothing, answer::<List<Article>>),
        ("post /articles", request::<NewArticle>, answer::<Article>),
        ("get /articles/search", nothing, answer::<ArticlesFound>),
        ("get /articles/{article_id}", nothing, answer::<Article>),
        ("put /articles/{article_id}", request::<UpdateArticle>, answer::<Article>),
        ("delete /articles/{article_id}", nothing, answer::<Deleted>),
        ("get /articles/{id}/draft", nothing, answer::<Article>),
        ("put /articles/{id}/draft", request::<UpdateArticle>, answer::<Article>),
        ("post /articles/{id}/draft/publish", request::<PublishDraft>, answer::<Article>),
        ("get /help_center/collections", nothing, answer::<List<Collection>>),
        ("post /help_center/collections", request::<NewCollection>, answer::<Collection>),
        ("get /help_center/collections/{collection_id}", nothing, answer::<Collection>),
        ("put /help_center/collections/{collection_id}", request::<UpdateCollection>, answer::<Collection>),
        ("delete /help_center/collections/{collection_id}", nothing, answer::<Deleted>),
        ("get /help_center/help_centers", nothing, answer::<List<HelpCenter>>),
        ("get /help_center/help_centers/{help_center_id}", nothing, answer::<HelpCenter>),
        ("get /macros", nothing, answer::<List<Macro>>),
        ("get /macros/{id}", nothing, answer::<Macro>),
        ("get /ticket_types", nothing, answer::<List<TicketType>>),
        ("post /ticket_types", request::<NewTicketType>, answer::<TicketType>),
        ("get /ticket_types/{ticket_type_id}", nothing, answer::<TicketType>),
        ("put /ticket_types/{ticket_type_id}", request::<UpdateTicketType>, answer::<TicketType>),
    ];
    calls.into_iter().map(|(call, sent, answered)| (call, (sent, answered))).collect()
}

/// Examples of requests that are wrong on purpose, to show how Intercom refuses them.
const WRONG_ON_PURPOSE: [&str; 8] = [
    "post /articles bad_request",
    "post /companies bad_request",
    "put /companies/{company_id} bad_request",
    "post /contacts/{contact_id}/companies bad_request",
    "post /data_attributes too_few_options_for_list",
    "put /data_attributes/{data_attribute_id} too_few_options_in_list",
    "post /help_center/collections bad_request",
    "post /tags invalid_parameters",
];

#[test]
fn every_example_of_every_call_makes_the_round_trip() {
    let Some(description) = description() else { return };
    let mut calls = calls();
    let (mut requests, mut answers) = (0, 0);
    let (mut wrong, mut strays, mut broken) = (Vec::new(), Vec::new(), Vec::new());
    for (path, operations) in description["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let call = format!("{method} {path}");
            let Some((sent, answered)) = calls.remove(call.as_str()) else { continue };
            for (name, example) in examples(&operation["requestBody"]) {
                match sent(example) {
                    Ok(_) => requests += 1,
                    Err(_) if WRONG_ON_PURPOSE.contains(&format!("{call} {name}").as_str()) => {
                        wrong.push(format!("{call} {name}"));
                    }
                    Err(why) => broken.push(format!("{call} sends {name}: {why}")),
                }
            }
            let good =
                operation["responses"].as_object().unwrap().iter().filter(|(code, _)| code.starts_with('2'));
            for (name, example) in good.flat_map(|(_, response)| examples(response)) {
                match answered(example) {
                    Ok(found) => {
                        answers += 1;
                        strays.extend(found.into_iter().map(|place| format!("{call}: {place}")));
                    }
                    Err(why) => broken.push(format!("{call} answers {name}: {why}")),
                }
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    assert!(calls.is_empty(), "the description does not have {:?}", calls.keys());
    assert!(strays.is_empty(), "these have no field: {strays:#?}");
    assert_eq!(wrong.len(), WRONG_ON_PURPOSE.len());
    println!(
        "{requests} requests and {answers} answers made the round trip; {} were wrong on purpose",
        wrong.len()
    );
}

fn examples(message: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let examples = message["content"]["application/json"]["examples"].as_object();
    examples.into_iter().flatten().map(|(name, example)| (name, &example["value"]))
}
