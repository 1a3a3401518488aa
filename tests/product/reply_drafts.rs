//! Drafts of replies: asked for by a person, held against the help center, changed, signed and sent; dropped when the
//! conversation has moved; and nothing of them left once somebody is erased.

use crate::harness::Product;
use crate::language_model::{KEY, Mock, Say, claude_draft, claude_error, drafted, handed_over};
use crate::policies;
use app::EventReceiver;
use serde_json::{Value, json};

const BILLING: &str = "I was charged twice this month, please refund the second payment.";
/// What the help center says, and the heading of the article that says it.
const QUOTATION: &str =
    "A refund goes back to the card that was charged and takes five to ten days to arrive.";
const TITLE: &str = "Ask for a refund";
const REPLY: &str = "Hi {{first_name|there}},\n\ncanary-draft: a refund takes five to ten days to arrive.";
const READ: &str = "Hi Priya,\n\ncanary-draft: a refund takes five to ten days to arrive.";

/// A mock of Claude's API that drafts when it is asked, and a help center that was read.
async fn with_drafts(product: &Product) -> Mock {
    let mock = Mock::start().await;
    set(product, &mock, json!({})).await;
    product.call("language_model.set_key", json!({ "key": KEY, "session_only": true })).await;
    mock
}

async fn set(product: &Product, mock: &Mock, more: Value) -> Value {
    let mut settings = json!({ "service": "claude", "address": mock.url(), "drafts": "when_asked" });
    for (key, value) in more.as_object().expect("an object") {
        settings[key] = value.clone();
    }
    product.call("language_model.set", json!({ "settings": settings })).await
}

/// A message of a customer that the help center has an answer to: conversation, suggestion.
async fn message(product: &Product) -> (String, String) {
    let (conversation, suggestion) = product.message(BILLING).await;
    product
        .until("the help center to be read", async || {
            let found = product.call("articles.find", json!({ "conversation_id": conversation })).await;
            (found["articles"][0]["title"] == TITLE).then_some(())
        })
        .await;
    product
        .until("the contact", async || {
            let view = product.call("conversations.get", json!({ "conversation_id": conversation })).await;
            view["contact"]["id"].as_str().map(str::to_owned)
        })
        .await;
    let suggestion = product.suggestion_now(&conversation).await.unwrap_or(suggestion);
    (conversation, suggestion)
}

fn good() -> Say {
    claude_draft(&drafted(REPLY, &[("article_1", QUOTATION)]))
}

async fn ask(product: &Product, suggestion: &str) -> Value {
    product.call("drafts.ask", json!({ "suggestion_id": suggestion })).await
}

/// The draft for a suggestion, as soon as it stands like this.
async fn draft(product: &Product, suggestion: &str, state: &str) -> Value {
    product
        .until(&format!("the draft to be {state:?}"), async || {
            let draft = product.suggestion(suggestion).await["draft"].clone();
            (draft["state"] == state).then_some(draft)
        })
        .await
}

async fn decide_with(product: &Product, suggestion: &str, draft: &Value, reply: &str) -> String {
    let input = json!({ "suggestion_id": suggestion, "decision": { "kind": "edit", "reply": reply },
                        "draft_id": draft["draft_id"] });
    let view = product.call("suggestions.decide", input).await;
    view["decision_id"].as_str().expect("an id").to_owned()
}

async fn reply_arrives(product: &Product, conversation: &str) {
    product
        .until("the reply to arrive", async || {
            (!replies(product, conversation).await.is_empty()).then_some(())
        })
        .await;
}

/// What the team wrote to the customer, as the helpdesk has it.
async fn replies(product: &Product, conversation: &str) -> Vec<String> {
    let seen = product.in_simulator(conversation).await;
    let parts = seen["conversation_parts"]["conversation_parts"].as_array().expect("parts").clone();
    let replies =
        parts.iter().filter(|part| part["author"]["type"] == "admin" && part["part_type"] == "comment");
    replies.map(|part| part["body"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The next message to the person with these words in it.
async fn told(events: &mut EventReceiver, wanted: &str) {
    let found = tokio::time::timeout(std::time::Duration::from_secs(30), async {
        loop {
            let event = events.next().await.expect("the core goes on");
            if event.notice.is_some_and(|notice| notice.text.contains(wanted)) {
                return;
            }
        }
    });
    found.await.unwrap_or_else(|_| panic!("nobody was told: {wanted}"));
}

/// Changes an article at the helpdesk, until the card is told to look again: the draft as it is shown then.
async fn change_article(product: &Product, suggestion: &str, article: &str, change: Value) -> Value {
    let mut events = product.core.subscribe();
    let url = format!("{}/articles/{article}", product.simulator.base_url());
    let token = &product.simulator.credentials().token;
    let answer = product.http.put(url).bearer_auth(token).json(&change).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{change}");
    let looked = tokio::time::timeout(std::time::Duration::from_secs(30), async {
        let tag = format!("suggestion:{suggestion}");
        while !events.next().await.expect("the core goes on").tags.contains(&tag) {}
    });
    looked.await.expect("the card is told to look again");
    product.suggestion(suggestion).await["draft"].clone()
}

fn is_kept(product: &Product, text: &str) -> bool {
    let files = std::fs::read_dir(product.data_folder().join("workspaces")).expect("a folder");
    files.into_iter().any(|file| {
        let bytes = std::fs::read(file.expect("an entry").path()).expect("a file");
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    })
}

fn words(value: &Value) -> &str {
    value.as_str().expect("words")
}

#[tokio::test]
async fn nothing_is_drafted_until_somebody_switches_it_on_and_asks() {
    let product = Product::start().await;
    let mock = Mock::start().await;
    set(&product, &mock, json!({ "drafts": "off", "role": { "kind": "below", "confidence": 0.0 } })).await;
    product.call("language_model.set_key", json!({ "key": KEY, "session_only": true })).await;
    let (_, suggestion) = product.message(BILLING).await;
    let off = product.suggestion(&suggestion).await["draft"].clone();
    assert_eq!(off["state"], "off");
    let refused = product.refusal("drafts.ask", json!({ "suggestion_id": suggestion })).await;
    assert!(refused.message.contains("Switch it on in Settings"), "{refused:?}");
    let view = set(&product, &mock, json!({})).await;
    assert_eq!(
        (view["state"].as_str(), view["settings"]["role"]["kind"].as_str()),
        (Some("on"), Some("off"))
    );
    assert!(words(&view["sentence"]).contains("for a draft of a reply when you press D"), "{view}");
    assert_eq!(product.suggestion(&suggestion).await["draft"]["state"], "ready");
    let asked: Vec<Value> = mock.questions().into_iter().map(|asked| asked.body).collect();
    assert!(!asked.iter().any(|body| body.to_string().contains("<articles>")), "nobody asked for one");
}

#[tokio::test]
async fn a_draft_is_asked_for_changed_signed_and_arrives() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (conversation, suggestion) = message(&product).await;
    let own = product.suggestion(&suggestion).await["plan"].clone();
    mock.then(good());
    assert_eq!(ask(&product, &suggestion).await["state"], "asked");
    let draft = draft(&product, &suggestion, "reply").await;
    let text = words(&draft["text"]).to_owned();
    let link = text
        .strip_prefix(&format!("{READ}\n\n{TITLE}: "))
        .expect("the text and the link under it")
        .to_owned();
    assert!(link.starts_with("http"), "{link}");
    assert_eq!((&draft["gap"], &draft["is_doubtful"]), (&Value::Null, &json!(false)));
    let found = product.call("articles.find", json!({ "conversation_id": conversation })).await;
    let id = &found["articles"][0]["article_id"];
    let source = json!({ "article_id": id, "title": TITLE, "url": link, "quotation": QUOTATION });
    assert_eq!((&draft["sources"], &draft["is_outdated"]), (&json!([source]), &json!(false)));
    assert_eq!(product.suggestion(&suggestion).await["plan"], own, "the plan is the bucket's own");

    let asked = mock.questions();
    assert_eq!(asked.len(), 1);
    let body = asked[0].body.to_string();
    assert!(body.contains("charged twice") && body.contains("five to ten days to arrive"), "{body}");
    for private in ["Priya", "priya@mail.example.com", &conversation] {
        assert!(!body.contains(private), "{private} left this machine");
    }
    let ledger = product.call("egress.list", json!({})).await;
    assert!(words(&ledger["rows"][0]["why"]).contains("draft a reply"), "{ledger}");

    let sent = text.replace("Hi Priya,", "Dear Priya,").replace("canary-draft: a", "A");
    let decision = decide_with(&product, &suggestion, &draft, &sent).await;
    assert!(
        replies(&product, &conversation).await.is_empty(),
        "nothing is sent before the window has passed"
    );
    product.pass_window();
    reply_arrives(&product, &conversation).await;
    let arrived = replies(&product, &conversation).await.join("");
    assert!(arrived.contains("Dear Priya,") && arrived.contains(&link), "{arrived}");
    assert!(!arrived.contains("canary-draft"), "{arrived}");

    let edits = product.call("insights.edits", json!({})).await;
    let edit = &edits["rows"][0];
    assert_eq!((edit["was_draft"].as_bool(), edits["rows"].as_array().map(Vec::len)), (Some(true), Some(1)));
    let pieces = edit["pieces"].as_array().expect("pieces");
    let suggested: String =
        pieces.iter().filter(|piece| piece["kind"] != "added").map(|piece| words(&piece["text"])).collect();
    assert_eq!(suggested, text, "what was suggested is the draft");
    assert_eq!(edits["drafts"], "One draft of the language model was signed, after it was edited.");
    let decided = product.decision(&decision).await;
    assert_eq!(decided["kind"], "edited");
    let log = product.call("activity.list", json!({})).await.to_string();
    assert!(log.contains("The reply began as a draft of the language model"), "{log}");
    let view = product.call("language_model.get", json!({})).await;
    let today = &view["today"];
    assert_eq!((today["drafts"].as_u64(), today["questions"].as_u64()), (Some(1), Some(0)));
    assert!(
        words(&today["sentence"]).starts_with("0 questions, 1 draft, 1,040 of 200,000 tokens"),
        "{today}"
    );
}

#[tokio::test]
async fn a_draft_that_is_signed_as_it_is_counts_as_such_and_one_that_is_left_alone_sends_the_buckets_reply() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (_, first) = message(&product).await;
    mock.then(good()).then(good());
    ask(&product, &first).await;
    let drafted = draft(&product, &first, "reply").await;
    let undone = decide_with(&product, &first, &drafted, words(&drafted["text"])).await;
    product.call("decisions.undo", json!({ "decision_id": undone })).await;
    assert_eq!(product.call("insights.edits", json!({})).await["drafts"], Value::Null, "it was taken back");
    decide_with(&product, &first, &drafted, words(&drafted["text"])).await;
    let edits = product.call("insights.edits", json!({})).await;
    assert_eq!(
        (&edits["rows"], words(&edits["drafts"])),
        (&json!([]), "One draft of the language model was signed, as it was.")
    );

    let (conversation, second) = message(&product).await;
    ask(&product, &second).await;
    draft(&product, &second, "reply").await;
    product.decide(&second, json!({ "kind": "approve" })).await;
    product.pass_window();
    reply_arrives(&product, &conversation).await;
    assert!(
        !replies(&product, &conversation).await.join("").contains("canary-draft"),
        "an approval sends no draft"
    );
}

#[tokio::test]
async fn what_a_draft_leaves_open_is_not_sent() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (_, suggestion) = message(&product).await;
    mock.then(claude_draft(&drafted("We write to [e-mail] today. Yours, [Your Name]", &[])));
    ask(&product, &suggestion).await;
    let draft = draft(&product, &suggestion, "reply").await;
    assert_eq!(
        (draft["is_doubtful"].as_bool(), words(&draft["sentence"])),
        (Some(true), "It cites nothing: check every word.")
    );
    assert_eq!((draft["gap"]["from"].as_u64(), draft["gap"]["to"].as_u64()), (Some(12), Some(20)));
    let text = words(&draft["text"]);
    let edit = |reply: &str| {
        json!({ "suggestion_id": suggestion, "decision": { "kind": "edit", "reply": reply },
                                     "draft_id": draft["draft_id"] })
    };
    let refused = product.refusal("suggestions.decide", edit(text)).await;
    assert!(refused.message.contains("leaves [e-mail] open"), "{refused:?}");
    let half = text.replace("[e-mail]", "you");
    let preview = json!({ "text": half, "draft_id": draft["draft_id"] });
    let preview = product.call("replies.preview", preview).await;
    assert!(words(&preview["gap"]["sentence"]).contains("leaves [Your Name] open"), "{preview}");
    let refused = product.refusal("suggestions.decide", edit(&half)).await;
    assert!(refused.message.contains("leaves [Your Name] open"), "{refused:?}");
    product.call("suggestions.decide", edit(&half.replace("[Your Name]", "Sam"))).await;
}

#[tokio::test]
async fn a_person_answers_where_the_model_says_so_or_cannot_show_what_it_says() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (_, suggestion) = message(&product).await;
    mock.then(claude_draft(&handed_over("Somebody has to look at the two payments.")));
    ask(&product, &suggestion).await;
    let handed = draft(&product, &suggestion, "hand_over").await;
    assert_eq!(words(&handed["sentence"]), "The language model says that a person should answer.");
    assert_eq!(words(&handed["reason"]), "Somebody has to look at the two payments.");
    let is_new = async |before: &Value| {
        let before = before.clone();
        product
            .until("another answer", async || {
                let draft = product.suggestion(&suggestion).await["draft"].clone();
                (draft["state"] == "hand_over" && draft != before).then_some(draft)
            })
            .await
    };
    mock.then(claude_draft(&drafted(REPLY, &[("article_1", "A refund takes one day to arrive.")])));
    ask(&product, &suggestion).await;
    let invented = is_new(&handed).await;
    assert!(
        words(&invented["sentence"]).contains("does not stand in the article \"Ask for a refund\""),
        "{invented}"
    );
    assert!(!invented.to_string().contains("canary-draft"), "it is not shown as a draft: {invented}");
    mock.then(claude_draft(&drafted(REPLY, &[("article_7", QUOTATION)])));
    ask(&product, &suggestion).await;
    let unknown = is_new(&invented).await;
    assert!(words(&unknown["sentence"]).contains("an article that it was not given"), "{unknown}");
    mock.then(claude_error(401, "authentication_error"));
    ask(&product, &suggestion).await;
    let none = draft(&product, &suggestion, "none").await;
    assert!(words(&none["sentence"]).starts_with("No draft. ") && !none.to_string().contains(KEY), "{none}");
}

#[tokio::test]
async fn a_draft_that_comes_too_late_is_dropped_and_said_so_and_one_that_was_there_can_be_finished() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (conversation, first) = message(&product).await;
    mock.then(good().held());
    ask(&product, &first).await;
    mock.silence().await;
    let mut events = product.core.subscribe();
    let again = json!({ "conversation_id": conversation, "email": "priya@mail.example.com", "body": "And it is urgent!" });
    product.sim("messages", again).await;
    let second = product
        .until("a newer suggestion", async || {
            product.suggestion_now(&conversation).await.filter(|newest| *newest != first)
        })
        .await;
    mock.release();
    told(&mut events, "The draft was dropped: the customer wrote again.").await;
    assert_eq!(product.suggestion(&second).await["draft"]["state"], "ready");
    assert!(!is_kept(&product, "canary-draft"), "nothing of it is kept");
    let view = product.call("language_model.get", json!({})).await;
    assert_eq!(view["today"]["tokens"].as_u64(), Some(1_040), "it was paid for all the same");

    // One that a person has open when somebody acts can be finished, by the suggestion for what the conversation is now.
    mock.then(claude_draft(&drafted(REPLY, &[])));
    ask(&product, &second).await;
    let stale = draft(&product, &second, "reply").await;
    let again = json!({ "conversation_id": conversation, "email": "priya@mail.example.com", "body": "Are you there?" });
    product.sim("messages", again).await;
    let third = product
        .until("a still newer suggestion", async || {
            product.suggestion_now(&conversation).await.filter(|newest| *newest != second)
        })
        .await;
    let late = json!({ "suggestion_id": second, "decision": { "kind": "edit", "reply": stale["text"] },
                       "draft_id": stale["draft_id"] });
    let refused = product.refusal("suggestions.decide", late).await;
    assert!(refused.message.contains("the customer wrote again"), "{refused:?}");
    let replaced = product.suggestion(&second).await;
    assert_eq!(replaced["state"]["state"], "superseded");
    assert!(replaced["moved"].as_str().is_some_and(|said| said.contains("Priya")), "{replaced}");
    assert!(replaced["moved_at"].as_i64().is_some());
    let (_, elsewhere) = message(&product).await;
    let finished = json!({ "kind": "edit", "reply": stale["text"] });
    let with = |suggestion: &str| json!({ "suggestion_id": suggestion, "decision": finished, "draft_id": stale["draft_id"] });
    let refused = product.refusal("suggestions.decide", with(&elsewhere)).await;
    assert!(refused.message.contains("no longer there"), "of another conversation: {refused:?}");
    assert!(replies(&product, &conversation).await.is_empty());
    product.call("suggestions.decide", with(&third)).await;
    product.pass_window();
    reply_arrives(&product, &conversation).await;
}

#[tokio::test]
async fn a_draft_that_rests_on_an_article_that_was_taken_offline_or_changed_is_marked_and_not_sent() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (conversation, suggestion) = message(&product).await;
    mock.then(good()).then(claude_draft(&drafted("Somebody looks at it today.", &[])));
    ask(&product, &suggestion).await;
    let draft = draft(&product, &suggestion, "reply").await;
    let article = words(&draft["sources"][0]["article_id"]).to_owned();
    let change = async |change: Value| change_article(&product, &suggestion, &article, change).await;
    let send = json!({ "suggestion_id": suggestion, "draft_id": draft["draft_id"],
                       "decision": { "kind": "edit", "reply": draft["text"] } });

    let offline = change(json!({ "state": "draft" })).await;
    assert_eq!((&offline["is_outdated"], &offline["text"]), (&json!(true), &draft["text"]));
    let why = "the article \"Ask for a refund\", on which the draft rests, is no longer in the help center.";
    assert!(
        words(&offline["sentence"]).starts_with(&format!("This draft is out of date: {why}")),
        "{offline}"
    );
    let refused = product.refusal("suggestions.decide", send.clone()).await;
    assert!(refused.message.starts_with(&format!("Not sent: {why}")), "{refused:?}");

    assert_eq!(change(json!({ "state": "published" })).await, draft, "it holds again");
    let changed =
        change(json!({ "body": "<p>A refund takes two days. It goes back to the card.</p>" })).await;
    assert!(
        words(&changed["sentence"]).contains("no longer says what the draft quotes from it"),
        "{changed}"
    );
    let refused = product.refusal("suggestions.decide", send).await;
    assert!(refused.message.contains("no longer says what the draft quotes"), "{refused:?}");

    ask(&product, &suggestion).await;
    let anew = product
        .until("another draft", async || {
            let now = product.suggestion(&suggestion).await["draft"].clone();
            (now["state"] == "reply" && now["draft_id"] != draft["draft_id"]).then_some(now)
        })
        .await;
    decide_with(&product, &suggestion, &anew, words(&anew["text"])).await;
    product.pass_window();
    reply_arrives(&product, &conversation).await;
}

#[tokio::test]
async fn a_text_is_held_to_an_article_only_as_long_as_it_quotes_or_links_it() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (conversation, suggestion) = message(&product).await;
    mock.then(good());
    ask(&product, &suggestion).await;
    let draft = draft(&product, &suggestion, "reply").await;
    let article = words(&draft["sources"][0]["article_id"]);
    let offline = change_article(&product, &suggestion, article, json!({ "state": "draft" })).await;
    assert_eq!(words(&offline["without"]), READ, "the link is taken out, and the rest stays");
    assert!(words(&offline["sentence"]).contains("Take its quotation and link out"), "{offline}");

    let look = async |text: &str| {
        let text = json!({ "text": text, "conversation_id": conversation, "draft_id": draft["draft_id"] });
        product.call("replies.preview", text).await["standing"].clone()
    };
    let edit = |reply: &str| {
        json!({ "suggestion_id": suggestion, "decision": { "kind": "edit", "reply": reply },
                "draft_id": draft["draft_id"] })
    };
    // However it is rewritten: what holds the quotation or the link is refused, and only that.
    let link = words(&draft["sources"][0]["url"]);
    for held in [format!("Dear Priya, see {link}."), format!("Dear Priya, “{QUOTATION}” Yours, Sam")] {
        let standing = look(&held).await;
        assert_eq!(
            (&standing["is_outdated"], standing["sources"].as_array().map(Vec::len)),
            (&json!(true), Some(1))
        );
        let without = words(&standing["without"]);
        assert!(!without.contains(link) && !without.contains("five to ten"), "{without}");
        assert_eq!(look(without).await["is_outdated"], false, "{without}");
        let refused = product.refusal("suggestions.decide", edit(&held)).await;
        assert!(refused.message.contains("is no longer in the help center"), "{held}: {refused:?}");
    }
    let standing = look(READ).await;
    assert_eq!(
        (&standing["is_outdated"], &standing["is_doubtful"], &standing["without"], &standing["sources"]),
        (&json!(false), &json!(true), &Value::Null, &json!([]))
    );
    assert_eq!(
        words(&standing["sentence"]),
        "The article \"Ask for a refund\" is no longer in the help center. The text quotes and links it no more: check \
         what it still says of it."
    );
    product.call("suggestions.decide", edit(READ)).await;
    product.pass_window();
    reply_arrives(&product, &conversation).await;
    let arrived = replies(&product, &conversation).await.join("");
    assert!(arrived.contains("canary-draft") && !arrived.contains(link), "{arrived}");
}

#[tokio::test]
async fn a_draft_that_is_given_up_is_not_kept_and_counts_as_what_it_could_have_taken() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (_, suggestion) = message(&product).await;
    mock.then(Say::nothing());
    ask(&product, &suggestion).await;
    mock.silence().await;
    assert_eq!(ask(&product, &suggestion).await["state"], "asked", "one at a time");
    let given_up = product.call("drafts.give_up", json!({ "suggestion_id": suggestion })).await;
    assert_eq!(given_up["state"], "ready");
    let view = product
        .until("what it could have taken to be counted", async || {
            let view = product.call("language_model.get", json!({})).await;
            (view["today"]["drafts"] == 1).then_some(view)
        })
        .await;
    assert!(words(&view["today"]["sentence"]).contains("1 draft, about "), "{view}");
    assert_eq!(mock.questions().len(), 1);
    mock.then(good());
    ask(&product, &suggestion).await;
    draft(&product, &suggestion, "reply").await;
    // Whoever decides no longer waits for one.
    mock.then(Say::nothing());
    ask(&product, &suggestion).await;
    mock.silence().await;
    product.decide(&suggestion, json!({ "kind": "approve" })).await;
    product
        .until("the one under way to be given up", async || {
            let view = product.call("language_model.get", json!({})).await;
            (view["today"]["drafts"] == 3).then_some(())
        })
        .await;
}

#[tokio::test]
async fn what_was_under_way_when_the_program_ended_or_was_set_otherwise_says_so() {
    let mut product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (_, suggestion) = message(&product).await;
    mock.then(Say::nothing());
    ask(&product, &suggestion).await;
    mock.silence().await;
    set(&product, &mock, json!({ "drafts": "off" })).await;
    let none = draft(&product, &suggestion, "none").await;
    assert!(words(&none["sentence"]).contains("its settings were changed"), "{none}");
    set(&product, &mock, json!({})).await;
    mock.then(Say::nothing());
    ask(&product, &suggestion).await;
    mock.silence().await;
    product.restart().await;
    let none = draft(&product, &suggestion, "none").await;
    assert!(words(&none["sentence"]).contains("when the program ended"), "{none}");
    let view = product.call("language_model.get", json!({})).await;
    assert_eq!(view["today"]["drafts"].as_u64(), Some(2), "{view}");
    assert_eq!(mock.questions().len(), 2, "none was asked again");
}

#[tokio::test]
async fn the_switch_and_the_days_cap_hold_for_drafts_too() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (_, suggestion) = message(&product).await;
    let before = mock.asked().len();
    product.call("egress.block", json!({ "blocked": true })).await;
    ask(&product, &suggestion).await;
    let none = draft(&product, &suggestion, "none").await;
    assert!(words(&none["sentence"]).contains("blocked by the switch"), "{none}");
    assert_eq!(mock.asked().len(), before, "no connection was made");
    product.call("egress.block", json!({ "blocked": false })).await;
    set(&product, &mock, json!({ "tokens_a_day": 100 })).await;
    ask(&product, &suggestion).await;
    product
        .until("the budget to be told of", async || {
            let draft = product.suggestion(&suggestion).await["draft"].clone();
            draft["sentence"].as_str()?.contains("budget of tokens").then_some(())
        })
        .await;
    assert!(mock.questions().is_empty());
}

#[tokio::test]
async fn erasing_a_person_takes_drafts_with_them_those_under_way_too() {
    let product = Product::start().await;
    let mock = with_drafts(&product).await;
    let (conversation, suggestion) = message(&product).await;
    mock.then(good());
    ask(&product, &suggestion).await;
    draft(&product, &suggestion, "reply").await;
    assert!(is_kept(&product, "canary-draft"), "the test sees what is there");
    let (_, other) = message(&product).await;
    mock.then(good().held());
    ask(&product, &other).await;
    mock.silence().await;
    let view = product.call("conversations.get", json!({ "conversation_id": conversation })).await;
    let contact = words(&view["contact"]["id"]).to_owned();
    product.call("contacts.erase", json!({ "contact_id": contact })).await;
    mock.release();
    product
        .until("the late answer to be counted", async || {
            let view = product.call("language_model.get", json!({})).await;
            (view["today"]["drafts"] == 2).then_some(())
        })
        .await;
    assert!(!is_kept(&product, "canary-draft"), "a draft is still in a file");
}

#[tokio::test]
async fn a_card_with_a_draft_that_nobody_signed_stays_a_persons() {
    let product = Product::start().await;
    policies::proven(&product).await;
    let mock = with_drafts(&product).await;
    let (conversation, suggestion) = product.message(&policies::billing(100)).await;
    mock.then(claude_draft(&drafted("Somebody looks at it today.", &[])));
    ask(&product, &suggestion).await;
    let stands = draft(&product, &suggestion, "reply").await;

    policies::give(&product).await;
    // What comes now is automatic, so the policy is at work.
    let (_, decision) = policies::automatic(&product, 110).await;
    product.clock.advance(policies::HOLD + 1);
    product.until_states(&decision, &["done", "done"]).await;
    let now = product.suggestion(&suggestion).await;
    assert_eq!(now["state"]["state"], "pending");
    assert_eq!((&now["draft"], policies::held(&product).await), (&stands, vec![]));
    assert!(policies::done_to(&product, &conversation).await.is_empty());
}
