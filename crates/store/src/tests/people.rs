//! Erasing people: nothing of them is left in the tables or in the bytes of the files, nothing comes back, and being
//! killed half way only puts it off.

use super::sample::{self, Open, approval, attachment, conversation, delivery, open, part, uuid};
use crate::{
    BegunReply, ConversationFilter, ErasureStage, LookedFor, NewErasure, Searched, Store, UnfinishedErasure,
};
use aho_corasick::AhoCorasick;
use domain::*;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const PERSON: &str = "5f0c8a77aa00000000000001";
const OTHER: &str = "5f0c8a77aa00000000000002";
const NAME: &str = "Zerafina Quillby";
const EMAIL: &str = "zerafina@quillby.example";
const PHONE: &str = "+44 20 7946 0143";
const SENTENCE: &str = "My marmalade machine has stopped in the middle of the night";
const FILE_NAME: &str = "marmalade-passport.png";
const REPLY: &str = "Dear Zerafina, we send you another machine";
const BEGUN: &str = "Dear Zerafina, I looked at the machine";
const REASON: &str = "Zerafina is on holiday";
/// Everything of the person that must be nowhere afterwards.
const TRACES: [&str; 9] =
    [NAME, EMAIL, PHONE, SENTENCE, FILE_NAME, "another machine", REASON, "Zerafina wrote again", BEGUN];

fn person() -> ContactId {
    PERSON.into()
}

fn contact(id: &str, name: &str, email: &str) -> Contact {
    Contact {
        phone: Some(PHONE.to_owned()),
        email: Some(email.to_owned()),
        ..super::small::contact(id, name)
    }
}

fn written(id: &str, by: &str, text: &str) -> Part {
    let name = if by == PERSON { NAME } else { "Bo Nilsson" };
    let email = if by == PERSON { EMAIL } else { "bo@nilsson.example" };
    let mut part = part(id, 10);
    part.author = Author {
        kind: AuthorKind::Contact,
        id: by.to_owned(),
        name: Some(name.to_owned()),
        email: Some(email.to_owned()),
    };
    part.text = Some(text.to_owned());
    part
}

/// A conversation of the person alone.
fn own(id: &str) -> Conversation {
    let mut own = conversation(id, &[("x", 10)]);
    own.contact_ids = vec![person()];
    own.subject = Some(format!("About {NAME}"));
    let mut first = written(&format!("{id}-1"), PERSON, &format!("{SENTENCE}. Call {PHONE}"));
    first.attachments = vec![attachment(FILE_NAME)];
    own.parts = vec![first];
    own.total_parts = 1;
    own
}

/// A conversation that another person shares.
fn shared(id: &str) -> Conversation {
    let mut shared = own(id);
    shared.contact_ids = vec![OTHER.into(), person()];
    shared.subject = Some("The teapots".to_owned());
    shared.parts.insert(0, written("s-0", OTHER, "Our teapots are late, says Bo"));
    shared.total_parts = 2;
    shared
}

fn body_naming(number: u128, text: &str, change: Change) -> crate::NewDelivery {
    crate::NewDelivery {
        change: Some(change),
        body: text.as_bytes().to_vec().into(),
        ..delivery(number, None)
    }
}

/// A person of whom everything is kept that can be: a record, two conversations (one shared), suggestions, a decision
/// that was refused with a name, one that waits, a lesson, replies that were begun, deliveries of every
/// kind.
async fn fill(store: &Store) {
    store.upsert_contact(&contact(PERSON, NAME, EMAIL), Timestamp(1)).await.unwrap();
    let other = Contact { phone: None, ..contact(OTHER, "Bo Nilsson", "bo@nilsson.example") };
    store.upsert_contact(&other, Timestamp(1)).await.unwrap();
    for told in [own("200"), shared("300")] {
        store.upsert_conversation(&told, Timestamp(1)).await.unwrap();
        let number = told.id.as_str().parse::<u128>().unwrap();
        let mut first = sample::suggestion(number + 1, &told);
        first.evidence[0].text = "marmalade machine".to_owned();
        first.plan.actions = vec![ActionKind::Reply { body: REPLY.to_owned() }];
        store.insert_suggestion(&first, &Supersession::NewMessage).await.unwrap();
        let mut record = approval(number + 1, &first);
        record.decision.reason = Some(REASON.to_owned());
        record.lesson.as_mut().unwrap().message = serde_json::json!({ "text": SENTENCE });
        record.actions[0].kind = ActionKind::Reply { body: REPLY.to_owned() };
        let who = "Zerafina".to_owned();
        let movement = Movement { kind: MovementKind::CustomerWrote, who, at: Timestamp(1) };
        record.actions[1].state = ActionState::Refused { movement: movement.clone() };
        store.record_decision(&record).await.unwrap();
        let second = sample::suggestion(number + 2, &told);
        store.insert_suggestion(&second, &Supersession::NewMessage).await.unwrap();
        let reason = Supersession::Moved { sentence: movement.sentence(), at: None };
        store.supersede_open_suggestion(&told.id, &reason, Timestamp(2)).await.unwrap();
        let third = sample::suggestion(number + 3, &told);
        store.insert_suggestion(&third, &Supersession::NewMessage).await.unwrap();
        let begun = BegunReply {
            conversation_id: told.id.clone(),
            text: BEGUN.to_owned(),
            suggestion_id: third.id,
            bucket_id: None,
            draft_id: None,
            changed_at: Timestamp(3),
        };
        assert!(store.keep_begun_reply(&begun).await.unwrap());
    }
    let deliveries = [
        body_naming(1, SENTENCE, Change::Conversation("200".into())),
        body_naming(2, SENTENCE, Change::Conversation("300".into())),
        body_naming(3, &format!(r#"{{"id":"{PERSON}","name":"{NAME}"}}"#), Change::Contact(person())),
        // Of topics that nobody follows, by address and by name.
        body_naming(4, &format!(r#"{{"email":"{}"}}"#, EMAIL.to_uppercase()), Change::Ignored),
        body_naming(5, &format!(r#"{{"name":"{NAME}"}}"#), Change::Ignored),
        body_naming(6, r#"{"name":"Bo Nilsson"}"#, Change::Ignored),
    ];
    store.insert_deliveries(&deliveries).await.unwrap();
}

async fn begin(store: &Store, number: u128, contact: &str, keep_id: bool) -> ErasureId {
    let new = NewErasure {
        id: ErasureId(uuid(number)),
        contact_id: contact.into(),
        cause: ErasureCause::Person,
        keep_id,
        at: Timestamp(5000),
        contact_key: "key".to_owned(),
        salt: store.erasure_salt().await.unwrap(),
    };
    store.begin_erasure(&new).await.unwrap()
}

/// The steps in the order in which the program takes them.
async fn finish(store: &Store) -> Vec<Searched> {
    let mut all = Vec::new();
    for erasure in store.list_unfinished_erasures().await.unwrap() {
        let looked_for = erasure.looked_for.clone();
        if erasure.stage == ErasureStage::Begun {
            erase_conversations(store, &erasure).await;
            store.empty_bodies_naming(std::slice::from_ref(&erasure)).await.unwrap();
            store.erase_person(&erasure).await.unwrap();
        }
        let known = erasure.stage == ErasureStage::Begun;
        all.push(store.scrub_files(known.then_some(&looked_for), None).await.unwrap());
        let line = sample::activity("contact.erased");
        assert!(store.finish_erasure(erasure.id, &serde_json::json!({ "n": 1 }), &line).await.unwrap());
    }
    all
}

async fn erase_conversations(store: &Store, erasure: &UnfinishedErasure) {
    let mut after = None;
    loop {
        let turn = store.next_conversations_to_erase(erasure, after.as_ref()).await.unwrap();
        let Some(last) = turn.last().cloned() else { return };
        store.erase_conversations(erasure, &turn, Timestamp(5001)).await.unwrap();
        after = Some(last);
    }
}

/// Which of the strings stand in any file of the folder, in capitals or not.
fn traces_in<'a>(folder: &Path, traces: &[&'a str]) -> BTreeSet<&'a str> {
    let finder = AhoCorasick::builder().ascii_case_insensitive(true).build(traces).unwrap();
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        found.extend(finder.find_overlapping_iter(&bytes).map(|hit| traces[hit.pattern().as_usize()]));
    }
    found
}

async fn search(store: &Store, text: &str) -> usize {
    let filter =
        ConversationFilter { search: Some(text.to_owned()), limit: 9, ..ConversationFilter::default() };
    store.list_conversations(&filter).await.unwrap().len()
}

#[tokio::test]
async fn nothing_of_an_erased_person_is_left_in_any_file() {
    let it = open().await;
    fill(&it.store).await;
    // What an update left beside the file, and a copy that was cut short.
    for name in ["acme.before-2.sqlite", "acme.before-3.sqlite.partial", "acme.before-notes.sqlite"] {
        std::fs::write(it.folder.path().join(name), if name.contains("notes") { "mine" } else { SENTENCE })
            .unwrap();
    }
    let there = traces_in(it.folder.path(), &TRACES);
    assert_eq!(there.len(), TRACES.len(), "the test sees what is there: {there:?}");
    let preview = it.store.preview_erasure(&person()).await.unwrap().unwrap();
    assert_eq!(
        (preview.records, preview.conversations, preview.shared, preview.messages, preview.files),
        (1, 1, 1, 2, 2)
    );
    assert_eq!((preview.lessons, preview.replies, preview.suggestions), (2, 6, 6));

    begin(&it.store, 1, PERSON, false).await;
    let searched = finish(&it.store).await.remove(0);
    assert_eq!(traces_in(it.folder.path(), &TRACES), BTreeSet::new());
    assert_eq!((searched.left, searched.copies.len()), (0, 2), "{searched:?}");
    assert!(searched.strings >= 3);
    assert!(it.folder.path().join("acme.before-notes.sqlite").exists(), "not one of ours");
    assert!(!traces_in(it.folder.path(), &["Our teapots are late"]).is_empty(), "what others wrote stays");
    assert_eq!(it.store.preview_erasure(&person()).await.unwrap().map(|left| left.messages), Some(0));
}

#[tokio::test]
async fn the_counts_are_those_of_the_preview_and_of_what_else_named_the_person() {
    let it = open().await;
    fill(&it.store).await;
    let preview = it.store.preview_erasure(&person()).await.unwrap().unwrap();
    begin(&it.store, 1, PERSON, false).await;
    let erasure = it.store.list_unfinished_erasures().await.unwrap().remove(0);
    assert_eq!(erasure.counts.stopped, 2, "at once, before anything is erased");
    erase_conversations(&it.store, &erasure).await;
    it.store.empty_bodies_naming(std::slice::from_ref(&erasure)).await.unwrap();
    it.store.erase_person(&erasure).await.unwrap();
    let erased = it.store.list_unfinished_erasures().await.unwrap().remove(0);
    assert_eq!(erased.stage, ErasureStage::Erased);
    assert_eq!((erased.looked_for, erased.contact_id), (LookedFor::default(), None));
    let expected = ErasureCounts { stopped: 2, deliveries: preview.deliveries + 3, ..preview };
    assert_eq!(erased.counts, expected);
}

#[tokio::test]
async fn a_conversation_that_others_share_stays_without_what_was_theirs() {
    let it = open().await;
    fill(&it.store).await;
    begin(&it.store, 1, PERSON, false).await;
    finish(&it.store).await;
    assert_eq!(it.store.find_conversation(&"200".into()).await, Ok(None));
    let kept = it.store.find_conversation(&"300".into()).await.unwrap().unwrap();
    assert_eq!(kept.subject.as_deref(), Some("The teapots"));
    assert_eq!(kept.parts[0].text.as_deref(), Some("Our teapots are late, says Bo"));
    let theirs = &kept.parts[1];
    assert_eq!((theirs.redacted, &theirs.text, &theirs.author.name), (true, &None, &None));
    assert_eq!(
        it.store.find_open_suggestion(&"300".into()).await,
        Ok(None),
        "its plan has no words any more"
    );
    assert_eq!((search(&it.store, "teapots").await, search(&it.store, "zerafina").await), (1, 0));
    assert_eq!(search(&it.store, "marmalade").await, 0);
    let (_, body) = it.store.find_delivery(DeliveryId(uuid(6))).await.unwrap().unwrap();
    assert!(!body.is_empty(), "a delivery that names somebody else stays");

    // Fetched again in a newer state, it brings nothing of the person back.
    let mut newer = shared("300");
    newer.updated_at = Timestamp(9000);
    newer.parts.push(written("s-9", PERSON, SENTENCE));
    it.store
        .insert_deliveries(&[body_naming(9, SENTENCE, Change::Conversation("300".into()))])
        .await
        .unwrap();
    it.store.upsert_conversation(&newer, Timestamp(9001)).await.unwrap();
    let kept = it.store.find_conversation(&"300".into()).await.unwrap().unwrap();
    assert_eq!((kept.parts.len(), &kept.parts[2].text), (3, &None), "that they wrote is known, not what");
    it.store.scrub_files(Some(&LookedFor::default()), None).await.unwrap();
    assert_eq!(traces_in(it.folder.path(), &TRACES), BTreeSet::new());
}

#[tokio::test]
async fn nothing_fetched_later_brings_a_person_back_but_a_new_contact_is_somebody_else() {
    let it = open().await;
    fill(&it.store).await;
    begin(&it.store, 1, PERSON, false).await;
    finish(&it.store).await;
    let mut later = own("200");
    later.updated_at = Timestamp(99_000);
    it.store
        .insert_deliveries(&[body_naming(9, SENTENCE, Change::Conversation("200".into()))])
        .await
        .unwrap();
    it.store.upsert_conversation(&later, Timestamp(99_001)).await.unwrap();
    let mut another = own("201");
    another.updated_at = Timestamp(99_000);
    it.store.upsert_conversation(&another, Timestamp(99_001)).await.unwrap();
    let mut record = contact(PERSON, NAME, EMAIL);
    record.updated_at = Some(Timestamp(99_000));
    it.store.upsert_contact(&record, Timestamp(99_001)).await.unwrap();
    for id in ["200", "201"] {
        assert_eq!(it.store.find_conversation(&id.into()).await, Ok(None));
    }
    assert_eq!(it.store.find_contact(&person()).await, Ok(None));
    it.store.scrub_files(Some(&LookedFor::default()), None).await.unwrap();
    assert_eq!(traces_in(it.folder.path(), &TRACES), BTreeSet::new(), "nor does the delivery of it");

    let mut anew = own("202");
    anew.contact_ids = vec!["5f0c8a77aa00000000000009".into()];
    anew.parts[0].author.id = "5f0c8a77aa00000000000009".to_owned();
    it.store.upsert_conversation(&anew, Timestamp(99_002)).await.unwrap();
    assert!(it.store.find_conversation(&"202".into()).await.unwrap().is_some());
}

#[tokio::test]
async fn what_waited_to_be_sent_is_refused_with_the_reason_and_never_due_again() {
    let it = open().await;
    fill(&it.store).await;
    let due = it.store.list_due_actions(Timestamp(6000), 9).await.unwrap();
    assert_eq!(due.len(), 2, "one each");
    begin(&it.store, 1, PERSON, false).await;
    assert_eq!(it.store.list_due_actions(Timestamp(i64::MAX), 9).await, Ok(vec![]), "from the mark on");
    let failed = it.store.find_action(due[0].id).await.unwrap().unwrap();
    let ActionState::Failed { fault } = failed.state else { panic!("{:?}", failed.state) };
    assert!(fault.message.contains("was erased on this machine"), "{}", fault.message);
    finish(&it.store).await;
    let blank = it.store.find_action(due[0].id).await.unwrap().unwrap();
    assert_eq!(blank.kind, ActionKind::Reply { body: String::new() });
}

#[tokio::test]
async fn contacts_that_became_one_are_erased_as_one() {
    let it = open().await;
    fill(&it.store).await;
    it.store.merge_contact(&person(), &OTHER.into(), Timestamp(100)).await.unwrap();
    assert_eq!(it.store.find_merged_into(&person()).await, Ok(Some(OTHER.into())));
    // A copy that still names the old one is handed over.
    let mut late = own("203");
    late.updated_at = Timestamp(200);
    it.store.upsert_conversation(&late, Timestamp(201)).await.unwrap();
    let kept = it.store.find_conversation(&"203".into()).await.unwrap().unwrap();
    assert_eq!((kept.contact_ids, kept.parts[0].author.id.as_str()), (vec![OTHER.into()], OTHER));
    begin(&it.store, 1, OTHER, false).await;
    finish(&it.store).await;
    assert_eq!(it.store.is_erased_person(&person()).await, Ok(true), "the old id does not come back either");
    assert_eq!(it.store.count_conversations().await, Ok((0, 0)));
    assert_eq!(
        traces_in(it.folder.path(), &[NAME, EMAIL, SENTENCE, "Our teapots are late"]),
        BTreeSet::new()
    );
}

#[tokio::test]
async fn a_certificate_keeps_the_id_only_where_that_was_asked_for() {
    let it = open().await;
    fill(&it.store).await;
    let kept = begin(&it.store, 1, OTHER, true).await;
    assert_eq!(begin(&it.store, 2, OTHER, false).await, kept, "the same wish twice is one erasure");
    begin(&it.store, 3, PERSON, false).await;
    finish(&it.store).await;
    let ids: Vec<Option<String>> = sqlx::query_scalar("SELECT contact_id FROM erasures ORDER BY id")
        .fetch_all(&it.store.database.readers)
        .await
        .unwrap();
    assert_eq!(ids, [Some(OTHER.to_owned()), None]);
    let listed = it.store.list_erasures(9).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(it.store.find_erasure(kept).await.unwrap().as_ref(), listed.last());
    let log = it.store.list_activity(None, 99).await.unwrap();
    assert_eq!(log.iter().filter(|row| row.kind == "contact.erased").count(), 2);
    let words: Vec<&str> = log.iter().map(|row| row.sentence.as_str()).collect();
    assert!(TRACES.iter().all(|trace| !words.iter().any(|line| line.contains(trace))), "{words:?}");
}

#[tokio::test]
async fn deliveries_that_come_after_and_name_an_erased_person_are_emptied() {
    let it = open().await;
    fill(&it.store).await;
    assert_eq!(it.store.empty_late_bodies().await, Ok(0), "nobody was erased yet");
    begin(&it.store, 1, PERSON, false).await;
    finish(&it.store).await;
    let late = [
        body_naming(20, &format!(r#"{{"contact":{{"id":"{PERSON}","name":"{NAME}"}}}}"#), Change::Ignored),
        body_naming(21, r#"{"name":"Bo Nilsson"}"#, Change::Ignored),
    ];
    it.store.insert_deliveries(&late).await.unwrap();
    assert_eq!(it.store.empty_late_bodies().await, Ok(1));
    assert_eq!(it.store.empty_late_bodies().await, Ok(0), "each is looked at once");
}

#[tokio::test]
async fn the_file_is_written_anew_where_a_page_still_holds_old_text() {
    let it = open().await;
    // Many parts of many sizes, so that pages are split and balanced while they are written.
    for number in 0..600_usize {
        let mut told = own(&format!("c{}", number * 7919 % 600));
        let text = format!("Line {number} of the marmalade diary, kept by hand. ").repeat(1 + number % 40);
        told.parts[0].text = Some(text);
        told.contact_ids = vec![if number % 3 == 0 { PERSON } else { OTHER }.into()];
        told.parts[0].author.id = told.contact_ids[0].0.clone();
        told.parts[0].author.email = None;
        it.store.upsert_conversation(&told, Timestamp(1)).await.unwrap();
    }
    begin(&it.store, 1, PERSON, false).await;
    let searched = finish(&it.store).await.remove(0);
    println!("{searched:?}");
    let lines: Vec<String> =
        (0..600_usize).step_by(3).map(|number| format!("Line {number} of the marmalade diary")).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    assert_eq!(traces_in(it.folder.path(), &lines), BTreeSet::new());
    assert_eq!(searched.left, 0);
}

#[tokio::test]
async fn a_large_file_is_written_anew_at_the_next_start() {
    let it = open().await;
    fill(&it.store).await;
    assert_eq!(it.store.rewrite_if_due().await, Ok(false));
    let searched = it.store.scrub_files(None, Some(1)).await.unwrap();
    assert_eq!((searched.put_off, searched.rewritten), (true, false));
    assert_eq!(it.store.rewrite_if_due().await, Ok(true));
    assert_eq!(it.store.rewrite_if_due().await, Ok(false), "once");
    assert_eq!(it.store.count_conversations().await, Ok((2, 2)), "with everything that was in it");
}

const FILE: &str = "COUNTERSIGN_TEST_ERASING";

/// Erases, and says so, until it is killed; does nothing unless told a file.
#[tokio::test]
async fn child_that_erases_until_it_is_killed() {
    let Some(path) = std::env::var_os(FILE).map(PathBuf::from) else { return };
    let store = Store::open(&path).await.unwrap();
    begin(&store, 1, PERSON, false).await;
    let mut out = std::io::stdout();
    writeln!(out, "begun").unwrap();
    out.flush().unwrap();
    let erasure = store.list_unfinished_erasures().await.unwrap().remove(0);
    let mut after = None;
    loop {
        let turn = store.next_conversations_to_erase(&erasure, after.as_ref()).await.unwrap();
        let Some(last) = turn.last().cloned() else { break };
        store.erase_conversations(&erasure, &turn, Timestamp(5001)).await.unwrap();
        writeln!(out, "step").unwrap();
        out.flush().unwrap();
        after = Some(last);
    }
    store.empty_bodies_naming(std::slice::from_ref(&erasure)).await.unwrap();
    writeln!(out, "step").unwrap();
    store.erase_person(&erasure).await.unwrap();
    writeln!(out, "step").unwrap();
    out.flush().unwrap();
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn an_erasure_that_is_killed_at_any_step_is_finished_at_the_next_start() {
    // Killed after the mark, after one turn of conversations, after the last, after the sweep, after the record.
    for steps in 0..=5 {
        let it = open().await;
        fill(&it.store).await;
        for number in 0..60 {
            it.store.upsert_conversation(&own(&format!("more{number}")), Timestamp(1)).await.unwrap();
        }
        it.store.close().await;
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::people::child_that_erases_until_it_is_killed", "--nocapture"])
            .env(FILE, &it.path)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut told =
            lines.map(|line| line.unwrap()).filter(|line| line.contains("begun") || line == "step");
        assert!(told.nth(steps).is_some(), "it came to step {steps}");
        child.kill().unwrap();
        child.wait().unwrap();
        let store = Store::open(&it.path).await.unwrap();
        assert_eq!(store.list_unfinished_erasures().await.unwrap().len(), 1, "step {steps}");
        let late = own("more1");
        store.upsert_conversation(&late, Timestamp(9)).await.unwrap();
        finish(&store).await;
        assert_eq!(store.list_unfinished_erasures().await, Ok(vec![]));
        assert_eq!(traces_in(it.folder.path(), &TRACES), BTreeSet::new(), "step {steps}");
        assert_eq!(store.count_conversations().await, Ok((1, 1)), "the shared one, step {steps}");
    }
}

#[tokio::test]
async fn a_redaction_empties_later_copies_of_the_text_and_our_own_reply() {
    let Open { store, folder, .. } = open().await;
    let told = own("200");
    store.upsert_conversation(&told, Timestamp(1)).await.unwrap();
    let mut suggestion = sample::suggestion(1, &told);
    suggestion.evidence[0].text = "marmalade machine".to_owned();
    store.insert_suggestion(&suggestion, &Supersession::NewMessage).await.unwrap();
    let mut record = approval(1, &suggestion);
    record.actions[0].kind = ActionKind::Reply { body: REPLY.to_owned() };
    let action = record.actions[0].id;
    store.record_decision(&record).await.unwrap();
    let own_parts = vec![(told.id.clone(), PartId::from("ours"), action)];
    store.apply(&crate::OutboxChange { own_parts, ..Default::default() }).await.unwrap();
    let mut redacted = told.clone();
    redacted.subject = None;
    redacted.parts[0].redacted = true;
    let mut ours = written("ours", "7", REPLY);
    ours.author.kind = AuthorKind::Admin;
    redacted.parts.push(Part { redacted: true, ..ours.clone() });
    // It was there with its text before it was redacted.
    let mut before = told.clone();
    before.parts.push(ours);
    store.upsert_conversation(&before, Timestamp(2)).await.unwrap();
    store.upsert_conversation(&redacted, Timestamp(3)).await.unwrap();
    tokio::time::timeout(std::time::Duration::from_secs(5), store.lessons_erased()).await.unwrap();
    let blank = store.find_action(action).await.unwrap().unwrap();
    assert_eq!(blank.kind, ActionKind::Reply { body: String::new() });
    // The delivery of the message comes late, after that of its redaction.
    store.insert_deliveries(&[body_naming(9, SENTENCE, Change::Conversation("200".into()))]).await.unwrap();
    store.upsert_conversation(&redacted, Timestamp(4)).await.unwrap();
    store.scrub_files(Some(&LookedFor::default()), None).await.unwrap();
    assert_eq!(traces_in(folder.path(), &[SENTENCE, "marmalade machine", REPLY]), BTreeSet::new());
}
