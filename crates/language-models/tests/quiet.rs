//! Keys and texts stay out of everything that is written down: a program of its own, because it listens to all logs.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test's own helpers may fail loudly, like the test"
)]
#![expect(dead_code, reason = "the world is shared with other tests, which use all of it")]

#[path = "services/mock.rs"]
mod mock;
#[path = "services/world.rs"]
mod world;

use domain::ports::Advisor as _;
use mock::{
    KEY, Say, claude_answer, claude_draft, claude_error, claude_ok, completion_ok, drafted, handed_over,
};
use serde_json::json;
use std::fmt::Debug;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use tracing_subscriber::fmt::MakeWriter;
use world::{QUOTATION, World, draft, draft_question, question};

/// Keeps what is logged.
#[derive(Debug, Clone, Default)]
struct Kept(Arc<Mutex<Vec<u8>>>);

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Kept {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_key_and_no_text_is_logged_or_shown_by_debug() {
    let kept = Kept::default();
    // Everything, from every crate, also what is logged the older way.
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(kept.clone())
        .init();
    let world = World::new().await;
    let mut shown = String::new();
    let mut show = |thing: &dyn Debug| shown.extend([format!("{thing:?}\n"), format!("{thing:#?}\n")]);

    let mut canaries = vec![KEY.to_owned(), "canary-reason".to_owned(), "canary-answer".to_owned()];
    // No short run of digits: one would be met by chance in the times of the log's lines.
    canaries.extend(
        ["canary-subject", "canary-text", "charged twice", "ann@example.com", "4111 1111"].map(str::to_owned),
    );
    canaries.extend(["What is urgent".to_owned(), "This is urgent".to_owned()]);
    for (settings, answers) in [
        (
            world.claude(),
            vec![
                claude_ok("billing", 0.2),
                claude_ok("billing", 0.9),
                claude_answer(&json!([{"type": "text", "text": "canary-answer"}]), "end_turn"),
                claude_error(400, "invalid_request_error"),
                claude_error(529, "overloaded_error"),
                Say::new(200, "<html>canary-answer"),
                claude_error(401, "authentication_error"),
            ],
        ),
        (
            world.compatible(),
            vec![
                completion_ok("billing", 0.9),
                completion_ok("canary-answer", 0.9),
                Say::new(400, json!({"error": {"message": format!("{KEY} canary-answer canary-text")}})),
                Say::new(404, json!({"error": {"message": "model canary-answer"}})),
            ],
        ),
        (
            world.ollama(),
            vec![
                Say::new(200, json!({"error": "canary-answer"})),
                Say::new(404, json!({"error": "canary-answer"})),
            ],
        ),
    ] {
        show(&settings);
        let count = answers.len();
        for answer in answers {
            world.mock.then(answer);
        }
        for _ in 0..count {
            let model = world.model(settings.clone());
            show(&model.opinion(&question()).await);
            show(&model.check().await);
            show(&model);
        }
    }
    let unquoted = drafted("canary-answer", &[("article_1", "canary-answer is not what it says")]);
    for answer in
        [drafted("canary-answer", &[("article_1", QUOTATION)]), unquoted, handed_over("canary-answer")]
    {
        world.mock.then(claude_draft(&answer));
        show(&draft(&world.model(world.claude())).await);
    }
    world.mock.then(claude_draft(&json!({"canary-answer": "canary-answer"})));
    show(&draft(&world.model(world.claude())).await);
    show(&draft_question());
    canaries.extend(["canary-article".to_owned(), QUOTATION.to_owned()]);
    show(&question());
    show(&world.ledger.records());
    let logged = String::from_utf8_lossy(&kept.0.lock().unwrap()).into_owned();
    assert!(logged.contains("A language model gave an opinion"), "our own events are heard");
    assert!(logged.contains("A language model drafted a reply"), "those of drafts too");
    assert!(logged.contains("hyper") && logged.contains("reqwest"), "and those of the crates below");
    assert!(world.mock.questions().len() > 12, "something was asked");
    for canary in canaries {
        let line = logged.lines().chain(shown.lines()).find(|line| line.contains(&canary));
        assert_eq!(line, None, "{canary}");
    }
}
