//! Macros: as the helpdesk lists them, and only what changed is written.

use super::sample::open;
use domain::{Macro, Timestamp};

fn kept(id: &str, name: &str, text: &str, teams: &[&str]) -> Macro {
    Macro {
        id: id.into(),
        name: name.to_owned(),
        text: text.to_owned(),
        team_ids: teams.iter().map(|team| (*team).into()).collect(),
        updated_at: Some(Timestamp(7)),
    }
}

#[tokio::test]
async fn macros_are_kept_as_they_are_listed_and_the_others_go() {
    let it = open().await;
    let first = [kept("2", "Refund", "It is on its way.", &["8", "9"]), kept("1", "Greeting", "Hi", &[])];
    assert_eq!(it.store.replace_macros(&first).await.unwrap(), 2);
    assert_eq!(it.store.list_macros().await.unwrap(), [first[1].clone(), first[0].clone()], "by name");
    assert_eq!(it.store.replace_macros(&first).await.unwrap(), 0, "nothing changed");
    let other = [kept("1", "Greeting", "Hello", &[])];
    assert_eq!(it.store.replace_macros(&other).await.unwrap(), 2, "one changed, one went");
    assert_eq!(it.store.list_macros().await.unwrap(), other);
    let for_a_team = [kept("1", "Greeting", "Hello", &["8"])];
    assert_eq!(it.store.replace_macros(&for_a_team).await.unwrap(), 1, "whom it is for has changed");
    assert_eq!(it.store.replace_macros(&[]).await.unwrap(), 1);
    assert!(it.store.list_macros().await.unwrap().is_empty());
}
