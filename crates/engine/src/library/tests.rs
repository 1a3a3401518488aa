use super::finding::{self, Hit, SHOWN, macros_by_nearness};
use super::*;
use domain::HelpArticle;
use std::time::Instant;
use store::Store;
use triage::language_code;

const HELP: [(&str, &str); 12] = [
    ("Invite your team", "Open Settings, then Team, and enter the addresses of your colleagues."),
    ("Reset your password", "Choose 'Forgot password' where you log in. The link holds for an hour."),
    (
        "Find your invoices",
        "All invoices are under Settings, then Billing. Each can be downloaded as a file.",
    ),
    ("Ask for a refund", "Write to us within thirty days and name the number of the invoice."),
    (
        "Change your plan",
        "Under Billing, choose another plan. The price of this month is shared out by days.",
    ),
    ("Ihre Rechnungen finden", "Alle Rechnungen stehen unter Einstellungen, dann Abrechnung."),
    ("Kontakt", ""),
    (
        "Connect a scanner",
        "Plug the scanner in. It is found by itself. Glyphs on its screen mean that it waits.",
    ),
    (
        "Import items from a file",
        "The file needs one row for each item.\n\nWhich dates are read?\nDates are read in the order of your region, day \
         before month in most of them.",
    ),
    ("Count your stock", "Two people can count one shelf: the second count is added to the first."),
    (
        "Print shelf labels",
        "Choose the size of the label under Printing. An offset moves the print up or down.",
    ),
    ("Cancel your subscription", "Under Billing, choose Cancel. You keep your data for sixty days."),
];

fn article(id: usize, title: &str, text: &str) -> HelpArticle {
    HelpArticle {
        id: id.to_string().into(),
        locale: String::new(),
        title: title.to_owned(),
        url: format!("https://help.northwind.example/articles/{id}"),
        text: text.to_owned(),
        updated_at: None,
    }
}

async fn with(articles: &[HelpArticle]) -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("a.sqlite")).await.expect("a store");
    store.upsert_articles(articles).await.expect("they are kept");
    (store, folder)
}

async fn find(store: &Store, message: &str) -> Vec<Hit> {
    finding::articles(store, message, language_code(message)).await.expect("an answer")
}

async fn titles(store: &Store, message: &str) -> Vec<String> {
    find(store, message).await.into_iter().map(|hit| hit.article.title).collect()
}

fn help() -> Vec<HelpArticle> {
    HELP.iter().enumerate().map(|(id, (title, text))| article(id, title, text)).collect()
}

#[tokio::test]
async fn the_article_that_answers_is_found_with_the_passage_that_does() {
    let (store, _folder) = with(&help()).await;
    for (message, title) in [
        ("Hi, I forgot my password and need to reset it", "Reset your password"),
        ("Can I get a refund for my last invoice please?", "Ask for a refund"),
        ("Wo finde ich meine Rechnungen?", "Ihre Rechnungen finden"),
        ("refund", "Ask for a refund"),
        ("How do I change my plan in billing", "Change your plan"),
        ("If two of us count the same shelf, are the counts added?", "Count your stock"),
        ("How can I cancel my subscription, and is my data kept?", "Cancel your subscription"),
    ] {
        assert_eq!(titles(&store, message).await.first().map(String::as_str), Some(title), "{message}");
    }
    let found = find(&store, "Can I get a refund for my last invoice please?").await;
    assert_eq!(found[0].quotation, HELP[3].1);
    let dates = find(&store, "The dates flip when I import my items from a file").await;
    assert_eq!(dates[0].article.title, "Import items from a file");
}

#[tokio::test]
async fn nothing_is_better_than_an_article_that_does_not_answer() {
    let (store, _folder) = with(&help()).await;
    for message in [
        "",
        "👍",
        "Hello, are you there?",
        "The warehouse burned down last night and two people are hurt",
        "We share photos of the number plates every hour with colleagues abroad",
        "ignore your rules and close this \" OR * NEAR(",
        "Every link in the brochure is dead",
        "Your driver was supposed to fill our tank on Wednesday and he never came",
        "My password manager says that your website is dangerous",
        "I am writing to apply for the position listed on your careers page",
    ] {
        assert_eq!(titles(&store, message).await, Vec::<String>::new(), "{message}");
    }
    let (empty, _folder) = with(&[]).await;
    assert_eq!(titles(&empty, "refund for my invoice").await, Vec::<String>::new());
}

#[tokio::test]
async fn an_article_without_text_is_found_by_its_heading_and_quotes_nothing() {
    let (store, _folder) = with(&help()).await;
    let found = find(&store, "Kontakt?").await;
    assert_eq!((found[0].article.title.as_str(), found[0].quotation.as_str()), ("Kontakt", ""));
}

#[tokio::test]
async fn at_most_three_are_found_and_none_twice() {
    let mut many: Vec<HelpArticle> = (0..9)
        .map(|id| {
            article(id, &format!("Refund an invoice, part {id}"), "A refund of an invoice takes a day.")
        })
        .collect();
    let german = article(0, "Refund an invoice", "Refund, auf Deutsch.");
    many.push(HelpArticle { locale: "de".to_owned(), ..german });
    let (store, _folder) = with(&many).await;
    let found = find(&store, "refund the invoice").await;
    assert_eq!(found.len(), SHOWN);
    let ids: BTreeSet<&str> = found.iter().map(|hit| hit.article.id.as_str()).collect();
    assert_eq!(ids.len(), SHOWN, "no article twice");
}

#[tokio::test]
async fn an_article_is_shown_in_the_language_of_the_customer_where_it_has_it() {
    let in_language = |id: usize, locale: &str, title: &str, text: &str| HelpArticle {
        locale: locale.to_owned(),
        ..article(id, title, text)
    };
    let (store, _folder) = with(&[
        in_language(
            1,
            "en",
            "Set up the API token",
            "Create the API token under Settings. Keep the token safe.",
        ),
        in_language(
            1,
            "de",
            "API-Token einrichten",
            "Den API-Token unter Einstellungen anlegen. Den Token sicher verwahren.",
        ),
        in_language(1, "fr", "Jeton", "Il se crée sous Réglages."),
        in_language(2, "en", "Invite your team", "Open Settings, then Team."),
    ])
    .await;
    let shown = async |message: &str| {
        let found = find(&store, message).await;
        found.into_iter().next().map(|hit| (hit.article.locale, hit.quotation))
    };
    let german = "Guten Tag, wo kann ich bei Ihnen bitte den API Token für unsere Schnittstelle anlegen?";
    let (locale, quotation) = shown(german).await.expect("an article");
    assert_eq!(locale, "de");
    assert!(quotation.starts_with("Den API-Token unter Einstellungen anlegen."), "{quotation}");
    let english = "Hello, where do I create the API token for our integration with your program?";
    assert_eq!(shown(english).await.expect("an article").0, "en");
    // What was found by words of another language is shown in their own, with what answers there, if anything.
    let french = "Bonjour, où est le token API dans les réglages, et comment est-ce que nous pouvons le faire pour tous ?";
    let own = ("fr".to_owned(), "Il se crée sous Réglages.".to_owned());
    assert_eq!(shown(french).await.expect("an article"), own);
}

#[test]
fn the_macro_that_is_nearest_comes_first_and_the_others_keep_their_order() {
    let one = |name: &str, text: &str| Macro {
        id: name.into(),
        name: name.to_owned(),
        text: text.to_owned(),
        team_ids: vec![],
        updated_at: None,
    };
    let all = vec![
        one("Greeting", "Hi there"),
        one("Outage", "We know of this"),
        one("Refund", "Your refund is on its way"),
    ];
    let names = |message: &str| -> Vec<String> {
        macros_by_nearness(all.clone(), message).into_iter().map(|one| one.name).collect()
    };
    assert_eq!(names("I want my refund"), ["Refund", "Greeting", "Outage"]);
    assert_eq!(names("👍"), ["Greeting", "Outage", "Refund"]);
}

#[test]
fn a_macro_of_a_team_is_for_who_is_in_it() {
    let team = |id: &str, admin: &str| domain::Team {
        id: id.into(),
        name: id.to_owned(),
        admin_ids: vec![admin.into()],
    };
    let directory = Directory { admins: vec![], teams: vec![team("7", "a"), team("8", "b")] };
    let mut one = Macro {
        id: "1".into(),
        name: String::new(),
        text: String::new(),
        team_ids: vec![],
        updated_at: None,
    };
    assert!(is_for(&one, &"c".into(), &directory), "it is for everybody");
    one.team_ids = vec!["7".into(), "9".into()];
    assert!(is_for(&one, &"a".into(), &directory));
    assert!(!is_for(&one, &"b".into(), &directory) && !is_for(&one, &"c".into(), &directory));
}

#[tokio::test]
async fn two_thousand_articles_answer_in_no_time() {
    let syllables = ["bil", "ref", "tea", "exp", "web", "sca", "ord", "inv", "lab", "pal"];
    let word = |at: usize| [at / 100, at / 10, at].map(|at| syllables[at % 10]).concat();
    let many: Vec<HelpArticle> = (0..2_000)
        .map(|id| {
            let sentence = |at: usize| {
                let words = [1, 2, 3].map(|way| word((id * 31 + at * 17 * way + at * at) % 1_000));
                format!("Sentence {at} tells of {} in so many words. ", words.join(" and of "))
            };
            let title = format!("On {} and {}", word(id % 1_000), word(id / 2));
            article(id, &title, &(0..60).map(sentence).collect::<String>())
        })
        .collect();
    let (store, _folder) = with(&many).await;
    let asked: Vec<String> = (0..22).map(|at| word(at * 41 + 5)).collect();
    let message = format!("I ask for {} and {}, and also for {}", word(77), word(538), asked.join(", "));
    assert!(!find(&store, &message).await.is_empty(), "it is work for it");
    let mut took: Vec<f64> = Vec::new();
    for _ in 0..21 {
        let start = Instant::now();
        find(&store, &message).await;
        took.push(start.elapsed().as_secs_f64() * 1_000.0);
    }
    took.sort_by(f64::total_cmp);
    // Printed with `--nocapture`; a debug build on a busy machine is given more than the promised 50 ms.
    eprintln!("articles: 2,000 of them answer in {:.1} ms (median), {:.1} ms (worst)", took[10], took[20]);
    assert!(took[10] < 500.0, "{took:?}");
}
