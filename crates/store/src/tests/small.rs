//! Contacts, directory, buckets, activity, meta, settings.

use super::sample::{self, activity, open, pending, uuid};
use crate::{NewActivity, SettingsStore, WorkspaceKind, WorkspaceRecord};
use domain::*;
use std::collections::BTreeMap;

pub(super) fn contact(id: &str, name: &str) -> Contact {
    Contact {
        id: id.into(),
        external_id: Some("u-7".to_owned()),
        role: "user".to_owned(),
        name: Some(name.to_owned()),
        email: Some("new@customer.example".to_owned()),
        phone: Some("+36 1".to_owned()),
        companies: vec![Company { id: "9".to_owned(), name: "Acme".to_owned(), plan: None }],
        location: Some("Lisbon, Portugal".to_owned()),
        tags: vec!["vip".to_owned()],
        attributes: BTreeMap::from([("plan".to_owned(), "pro".to_owned())]),
        created_at: Some(Timestamp(1)),
        last_seen_at: None,
        updated_at: Some(Timestamp(100)),
    }
}

#[tokio::test]
async fn a_contact_is_kept_and_an_older_copy_does_not_replace_it() {
    let it = open().await;
    let kept = contact("c1", "Maria");
    it.store.upsert_contact(&kept, Timestamp(5)).await.unwrap();
    assert_eq!(it.store.find_contact(&"c1".into()).await, Ok(Some(kept.clone())));
    let older = Contact { updated_at: Some(Timestamp(99)), ..contact("c1", "Old name") };
    it.store.upsert_contact(&older, Timestamp(6)).await.unwrap();
    assert_eq!(it.store.find_contact(&"c1".into()).await, Ok(Some(kept)));
    let unknown = Contact { updated_at: None, name: None, email: None, ..contact("c1", "") };
    it.store.upsert_contact(&unknown, Timestamp(7)).await.unwrap();
    assert_eq!(it.store.find_contact(&"c1".into()).await, Ok(Some(unknown)));
    assert_eq!(it.store.find_contact(&"c2".into()).await, Ok(None));
}

#[tokio::test]
async fn a_merged_contact_hands_its_conversations_over() {
    let it = open().await;
    pending(&it.store, 1, "100").await;
    it.store.upsert_contact(&contact("c1", "Lead"), Timestamp(5)).await.unwrap();
    it.store.upsert_contact(&contact("c2", "Maria, the user"), Timestamp(5)).await.unwrap();
    it.store.merge_contact(&"c1".into(), &"c2".into(), Timestamp(200)).await.unwrap();
    assert_eq!(it.store.find_contact(&"c1".into()).await, Ok(None));
    let filter = |search: &str, contact: Option<&str>| crate::ConversationFilter {
        search: Some(search.to_owned()),
        contact_id: contact.map(Into::into),
        limit: 9,
        ..Default::default()
    };
    let rows = it.store.list_conversations(&filter("the user", Some("c2"))).await.unwrap();
    assert_eq!(rows[0].contact.as_ref().unwrap().name.as_deref(), Some("Maria, the user"));
    assert_eq!(it.store.list_conversations(&filter("lead", None)).await, Ok(vec![]));
    let kept = it.store.find_conversation(&"100".into()).await.unwrap().unwrap();
    assert_eq!(kept.contact_ids, ["c2".into()]);
    assert_eq!(kept.parts[0].author.id, "c2");
    assert_eq!(kept.parts[0].author.name.as_deref(), Some("Maria Silva"), "as it was written under");
    it.store.upsert_contact(&contact("c1", "Lead"), Timestamp(201)).await.unwrap();
    assert_eq!(it.store.find_contact(&"c1".into()).await, Ok(None), "fetched before the merge");
}

#[tokio::test]
async fn a_contact_that_was_not_there_yet_is_kept_when_it_comes() {
    let it = open().await;
    it.store.delete_contact(&"c1".into(), Timestamp(900)).await.unwrap();
    it.store.upsert_contact(&contact("c1", "Maria"), Timestamp(901)).await.unwrap();
    assert!(it.store.find_contact(&"c1".into()).await.unwrap().is_some());
}

#[tokio::test]
async fn the_directory_is_replaced_whole_and_keeps_its_order() {
    let it = open().await;
    assert_eq!(it.store.get_directory().await, Ok(Directory::default()));
    let admin = |id: &str| Admin {
        id: id.into(),
        name: format!("Admin {id}"),
        email: String::new(),
        away: id == "2",
        has_inbox_seat: id == "1",
    };
    let team = |id: &str| Team {
        id: id.into(),
        name: format!("Team {id}"),
        admin_ids: vec!["1".into(), "2".into()],
    };
    let whole = Directory { admins: vec![admin("2"), admin("1")], teams: vec![team("8"), team("7")] };
    it.store.replace_directory(&whole, Timestamp(1)).await.unwrap();
    assert_eq!(it.store.get_directory().await, Ok(whole));
    let fewer = Directory { admins: vec![admin("1"), admin("1")], teams: vec![] };
    it.store.replace_directory(&fewer, Timestamp(2)).await.unwrap();
    let kept = it.store.get_directory().await.unwrap();
    assert_eq!((kept.admins.len(), kept.teams.len()), (1, 0), "an admin listed twice is one");
}

#[tokio::test]
async fn buckets_are_the_users_to_change() {
    let it = open().await;
    let bucket = |id: &str, position: u32| Bucket {
        id: id.into(),
        name: id.to_uppercase(),
        description: "What belongs here".to_owned(),
        tone: BucketTone::Violet,
        team_id: Some("7".into()),
        team_name: "Billing".to_owned(),
        reply: "One moment.\n\nThanks".to_owned(),
        closes: true,
        examples: vec!["I was charged twice".to_owned()],
        position,
    };
    it.store.upsert_bucket(&bucket("spam", 1)).await.unwrap();
    it.store.upsert_bucket(&bucket("urgent", 0)).await.unwrap();
    assert_eq!(it.store.list_buckets().await.unwrap(), [bucket("urgent", 0), bucket("spam", 1)]);
    let changed = Bucket { tone: BucketTone::Pink, team_id: None, closes: false, ..bucket("spam", 1) };
    it.store.upsert_bucket(&changed).await.unwrap();
    assert_eq!(it.store.list_buckets().await.unwrap()[1], changed);
    assert_eq!(it.store.remove_bucket(&"spam".into()).await, Ok(true));
    assert_eq!(it.store.remove_bucket(&"spam".into()).await, Ok(false));
    for tone in [
        BucketTone::Red,
        BucketTone::Amber,
        BucketTone::Blue,
        BucketTone::Grey,
        BucketTone::Green,
        BucketTone::Violet,
        BucketTone::Teal,
        BucketTone::Pink,
    ] {
        it.store.upsert_bucket(&Bucket { tone, ..bucket("urgent", 0) }).await.unwrap();
        assert_eq!(it.store.list_buckets().await.unwrap()[0].tone, tone);
    }
}

#[tokio::test]
async fn the_log_is_newest_first_and_names_people_only_while_they_are_known() {
    let it = open().await;
    let suggestion = pending(&it.store, 1, "100").await;
    let first = it.store.insert_activity(&activity("workspace.connected")).await.unwrap();
    let about = NewActivity {
        conversation_id: Some("100".into()),
        suggestion_id: Some(suggestion.id),
        decision_id: Some(DecisionId(uuid(5))),
        action_id: Some(ActionId(uuid(6))),
        ..activity("decision.approved")
    };
    let second = it.store.insert_activity(&about).await.unwrap();
    let rows = it.store.list_activity(None, 9).await.unwrap();
    assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!(rows[0].kind, "decision.approved");
    assert_eq!(rows[0].sentence, about.sentence);
    assert_eq!(rows[0].at, about.at);
    assert_eq!((rows[0].suggestion_id, rows[0].decision_id), (about.suggestion_id, about.decision_id));
    assert_eq!(rows[0].action_id, about.action_id);
    assert_eq!(rows[0].contact_name.as_deref(), Some("Maria Silva"));
    assert_eq!(rows[0].subject.as_deref(), Some("Subject of 100"));
    assert_eq!((&rows[1].contact_name, &rows[1].conversation_id), (&None, &None));
    assert_eq!(it.store.list_activity(Some(second), 9).await.unwrap().len(), 1);
    assert_eq!(it.store.list_activity(None, 1).await.unwrap().len(), 1);
    it.store.delete_conversation(&"100".into(), Timestamp(9)).await.unwrap();
    let rows = it.store.list_activity(None, 9).await.unwrap();
    assert_eq!((&rows[0].contact_name, &rows[0].subject), (&None, &None));
}

#[tokio::test]
async fn meta_keeps_small_facts() {
    let it = open().await;
    assert_eq!(it.store.find_meta("cursor").await, Ok(None));
    it.store.set_meta("cursor", "1").await.unwrap();
    it.store.set_meta("cursor", "2").await.unwrap();
    assert_eq!(it.store.find_meta("cursor").await, Ok(Some("2".to_owned())));
}

#[tokio::test]
async fn settings_keep_workspaces_in_order_of_adding() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("countersign.sqlite");
    let settings = SettingsStore::open(&path).await.unwrap();
    let demo = WorkspaceRecord {
        id: WorkspaceId(uuid(2)),
        kind: WorkspaceKind::Demo,
        name: "Demo".to_owned(),
        app_id: "demo".to_owned(),
        region: String::new(),
        base_url: Some("http://127.0.0.1:9".to_owned()),
        acting_admin_id: None,
        public_url: None,
        created_at: Timestamp(1),
    };
    let real = WorkspaceRecord {
        id: WorkspaceId(uuid(1)),
        kind: WorkspaceKind::Connected,
        name: "Acme".to_owned(),
        app_id: "abc".to_owned(),
        region: "EU".to_owned(),
        base_url: None,
        acting_admin_id: Some("9".into()),
        public_url: Some("https://hooks.example".to_owned()),
        created_at: Timestamp(2),
    };
    settings.upsert_workspace(&real).await.unwrap();
    settings.upsert_workspace(&demo).await.unwrap();
    settings.set_setting("theme", "dark").await.unwrap();
    settings.set_setting("theme", "light").await.unwrap();
    settings.close().await;
    let settings = SettingsStore::open(&path).await.unwrap();
    assert_eq!(settings.list_workspaces().await.unwrap(), [demo.clone(), real.clone()]);
    let renamed = WorkspaceRecord { name: "Acme Ltd".to_owned(), ..real };
    settings.upsert_workspace(&renamed).await.unwrap();
    assert_eq!(settings.list_workspaces().await.unwrap(), [demo.clone(), renamed]);
    assert_eq!(settings.remove_workspace(demo.id).await, Ok(true));
    assert_eq!(settings.remove_workspace(demo.id).await, Ok(false));
    assert_eq!(settings.find_setting("theme").await, Ok(Some("light".to_owned())));
    assert_eq!(settings.find_setting("other").await, Ok(None));
}

#[tokio::test]
async fn one_odd_row_does_not_hide_the_others() {
    let it = open().await;
    pending(&it.store, 1, "100").await;
    pending(&it.store, 2, "200").await;
    sqlx::query("UPDATE suggestions SET bound = 'not json' WHERE conversation_id = '100'")
        .execute(&it.store.database.writer)
        .await
        .unwrap();
    sqlx::query("UPDATE conversations SET tags = '{' WHERE id = '200'")
        .execute(&it.store.database.writer)
        .await
        .unwrap();
    let filter = crate::SuggestionFilter { limit: 9, ..Default::default() };
    assert_eq!(it.store.list_suggestions(&filter).await.unwrap().len(), 1);
    let error = it.store.find_open_suggestion(&"100".into()).await.unwrap_err();
    assert!(error.to_string().contains("bound"), "{error}");
    let kept = it.store.find_conversation(&"200".into()).await.unwrap().unwrap();
    assert_eq!(kept.tags, [""; 0]);
    let again = sample::conversation("200", &[("p1", 2)]);
    it.store.upsert_conversation(&again, Timestamp(3)).await.unwrap();
    assert_eq!(it.store.find_conversation(&"200".into()).await, Ok(Some(again)), "the next fetch mends it");
}

#[tokio::test]
async fn the_newest_model_and_the_one_before_it_are_kept() {
    let it = open().await;
    assert_eq!(it.store.list_models().await, Ok(vec![]));
    for number in 1..=3_i64 {
        it.store.insert_model(&format!("local-{number}"), &[number as u8], Timestamp(number)).await.unwrap();
    }
    let kept = it.store.list_models().await.unwrap();
    let shown: Vec<_> = kept.iter().map(|one| (one.version.as_str(), &*one.bytes, one.saved_at.0)).collect();
    assert_eq!(shown, [("local-3", &[3_u8][..], 3), ("local-2", &[2], 2)]);
    it.store.remove_models(Some(kept[1].id)).await.unwrap();
    assert_eq!(it.store.list_models().await.unwrap(), kept[1..]);
    it.store.remove_models(None).await.unwrap();
    assert_eq!(it.store.list_models().await, Ok(vec![]));
    assert_eq!(it.store.count_lessons().await, Ok(0));
}
