//! Articles of the help center: kept as they are, found by their words, and gone with their words.

use super::sample::open;
use crate::SoughtWord;
use domain::{ArticleId, HelpArticle, Timestamp};
use std::collections::BTreeSet;

const NOON: Timestamp = Timestamp(20_000 * 86_400_000 + 43_200_000);

fn article(id: &str, locale: &str, title: &str, text: &str) -> HelpArticle {
    HelpArticle {
        id: id.into(),
        locale: locale.to_owned(),
        title: title.to_owned(),
        url: format!("https://help.example/{locale}/{id}"),
        text: text.to_owned(),
        updated_at: Some(NOON),
    }
}

fn beginning(word: &str) -> SoughtWord {
    SoughtWord { word: word.to_owned(), is_beginning: true }
}

#[tokio::test]
async fn articles_are_found_by_beginnings_of_words_without_accents_and_headings_count_more() {
    let it = open().await;
    let kept = [
        article("1", "en", "Invoices", "Where they are, and what a refund is."),
        article("2", "en", "Refunds", "How to ask for one."),
        article("3", "fr", "Délai", "Une réponse dans la journée."),
    ];
    assert_eq!(it.store.upsert_articles(&kept).await.unwrap(), 3);
    let ids = async |word: &str| {
        let found = it.store.find_articles(&[beginning(word)], 10).await.unwrap();
        found.into_iter().map(|article| article.id.0).collect::<Vec<_>>()
    };
    assert_eq!(ids("refu").await, ["2", "1"]);
    assert_eq!(ids("dela").await, ["3"]);
    assert_eq!(ids("nothing").await, Vec::<String>::new());
    assert_eq!(ids("\" OR *").await, Vec::<String>::new(), "what a person wrote is no query");
    let counts = it.store.count_articles_with(&[beginning("refu"), beginning("dela")]).await.unwrap();
    assert_eq!(counts, [2, 1]);
}

#[tokio::test]
async fn what_changed_is_found_anew_and_what_did_not_is_not_written() {
    let it = open().await;
    it.store.upsert_articles(&[article("1", "en", "Invoices", "Old words")]).await.unwrap();
    assert_eq!(it.store.upsert_articles(&[article("1", "en", "Invoices", "Old words")]).await.unwrap(), 0);
    assert_eq!(it.store.upsert_articles(&[article("1", "en", "Invoices", "Other")]).await.unwrap(), 1);
    assert!(it.store.find_articles(&[beginning("words")], 10).await.unwrap().is_empty());
    assert_eq!(it.store.find_articles(&[beginning("other")], 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_in_the_list_no_more_goes_with_its_words() {
    let it = open().await;
    let kept = [article("1", "en", "Invoices", "Paper"), article("1", "de", "Rechnungen", "Papier")];
    it.store.upsert_articles(&kept).await.unwrap();
    let left = BTreeSet::from([(ArticleId::from("1"), "de".to_owned())]);
    assert_eq!(it.store.keep_only_articles(&left).await.unwrap(), 1);
    assert_eq!(it.store.count_articles().await.unwrap(), 1);
    assert!(it.store.find_articles(&[beginning("paper")], 10).await.unwrap().is_empty());
    assert_eq!(it.store.keep_only_articles(&BTreeSet::new()).await.unwrap(), 1);
    assert!(it.store.find_articles(&[beginning("papier")], 10).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_article_is_replaced_in_all_its_languages_and_others_are_left_alone() {
    let it = open().await;
    let other = article("2", "en", "Labels", "Paper labels");
    let kept = [article("1", "en", "Invoices", "Paper"), article("1", "de", "Rechnungen", "Papier")];
    it.store.upsert_articles(&[kept[0].clone(), kept[1].clone(), other.clone()]).await.unwrap();
    let id = ArticleId::from("1");
    assert!(!it.store.replace_article(&id, &kept).await.unwrap(), "nothing changed");
    let now = [article("1", "en", "Invoices", "Letters"), article("1", "fr", "Factures", "Courrier")];
    assert!(it.store.replace_article(&id, &now).await.unwrap());
    assert_eq!(it.store.list_languages_of_article(&id).await.unwrap(), now);
    assert!(it.store.find_articles(&[beginning("papier")], 10).await.unwrap().is_empty());
    assert_eq!(it.store.find_articles(&[beginning("courr")], 10).await.unwrap(), [now[1].clone()]);
    assert!(it.store.replace_article(&id, &[]).await.unwrap());
    assert!(!it.store.replace_article(&id, &[]).await.unwrap(), "it is gone already");
    assert!(
        it.store.find_articles(&[beginning("letters"), beginning("courr")], 10).await.unwrap().is_empty()
    );
    assert_eq!(it.store.find_articles(&[beginning("paper")], 10).await.unwrap(), [other]);
}

#[tokio::test]
async fn an_article_is_found_in_the_language_asked_for_and_in_all_it_has() {
    let it = open().await;
    let kept = [article("1", "en", "Invoices", "Paper"), article("1", "de", "Rechnungen", "Papier")];
    it.store.upsert_articles(&kept).await.unwrap();
    let id = ArticleId::from("1");
    assert_eq!(it.store.find_article(&id, "de").await.unwrap().as_ref(), Some(&kept[1]));
    assert_eq!(it.store.find_article(&id, "fr").await.unwrap(), None);
    assert_eq!(it.store.count_articles().await.unwrap(), 2);
    assert_eq!(it.store.count_articles_once().await.unwrap(), 1);
    assert_eq!(it.store.list_languages_of_article(&id).await.unwrap(), kept);
}
