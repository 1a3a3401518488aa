//! What questions cost, and what a day may take.

use crate::mock::{Say, claude_ok};
use crate::world::{World, ask, question, why};
use domain::ports::{Advisor as _, BudgetKind, Question, Usage, Why};
use language_models::{Caps, Price, Prices, Settings, Spent};
use std::sync::Arc;

const CENT: u64 = 10_000;

fn price() -> Price {
    Price {
        input: 1_000_000,
        output: 5_000_000,
        cached: Some(100_000),
        cache_written: Some(1_250_000),
        is_from: false,
    }
}

#[tokio::test]
async fn a_day_that_is_spent_asks_nothing_more_until_the_next() {
    let world = World::new().await;
    let caps = Caps { tokens: Some(5_000), micro_dollars: None };
    let spent_today = Spent { tokens: 4_900, micro_dollars: 0 };
    let model = world.model(Settings { caps, spent_today, ..world.claude() });
    let none = ask(&model).await.unwrap_err();
    assert_eq!(none.why, Why::BudgetSpent { budget: BudgetKind::Tokens });
    assert_eq!(
        none.sentence(),
        "Today's budget of tokens for language models is used up; it starts anew at midnight UTC."
    );
    assert!(world.mock.questions().is_empty());
    world.clock.advance(86_400_000);
    world.mock.then(claude_ok("spam", 0.9));
    assert!(ask(&model).await.is_ok());
    assert_eq!(model.spent_today().tokens, 1_040);
}

#[tokio::test]
async fn many_at_once_do_not_spend_the_same_rest() {
    let world = World::new().await;
    // Room for one question and what it could take, not for two.
    let caps = Caps { tokens: Some(2_000), micro_dollars: None };
    for _ in 0..8 {
        world.mock.then(claude_ok("spam", 0.9));
    }
    let model = Arc::new(world.model(Settings { caps, ..world.claude() }));
    model.list_models().await.unwrap();
    let asking: Vec<_> = (0..8)
        .map(|_| {
            let model = Arc::clone(&model);
            tokio::spawn(async move { model.opinion(&question()).await.is_ok() })
        })
        .collect();
    let mut answered = 0;
    for one in asking {
        answered += i32::from(one.await.unwrap());
    }
    assert_eq!((answered, world.mock.questions().len()), (1, 1));
    assert_eq!(model.spent_today().tokens, 1_040);
}

#[tokio::test]
async fn money_is_counted_by_the_prices_that_a_person_entered() {
    let world = World::new().await;
    world.mock.then(claude_ok("spam", 0.9));
    let prices = Prices::default().with("claude-haiku-5-5", price());
    let caps = Caps { tokens: None, micro_dollars: Some(CENT) };
    let model = world.model(Settings { prices, caps, ..world.claude() });
    let opinion = ask(&model).await.unwrap();
    // 100 read at $1, 900 from the cache at $0.10, 40 written at $5, for a million.
    let cost = opinion.usage.cost.unwrap();
    assert_eq!((cost.micro_dollars, cost.is_exact), (390, true));
    assert_eq!(model.spent_today().micro_dollars, 390);
}

#[tokio::test]
async fn a_cap_on_money_holds() {
    let world = World::new().await;
    let caps = Caps { tokens: None, micro_dollars: Some(CENT) };
    let spent_today = Spent { tokens: 0, micro_dollars: CENT - 100 };
    let model = world.model(Settings { caps, spent_today, ..world.claude() });
    assert_eq!(why(&model).await, Why::BudgetSpent { budget: BudgetKind::Money });
    assert!(world.mock.questions().is_empty());
}

#[tokio::test]
async fn a_cap_on_money_and_no_price_ask_nothing_and_say_so() {
    let world = World::new().await;
    let caps = Caps { tokens: None, micro_dollars: Some(CENT) };
    let first_model = Some("claude-haiku-4-5".to_owned());
    let model = world.model(Settings { caps, first_model, ..world.claude() });
    let why = why(&model).await;
    assert_eq!(why, Why::PriceUnknown { model: "claude-haiku-4-5".to_owned() });
    assert!(why.to_string().contains("Enter its price in Settings"), "{why}");
    assert!(world.mock.questions().is_empty());
}

#[tokio::test]
async fn what_the_first_said_stands_when_the_second_cannot_be_paid() {
    let world = World::new().await;
    world.mock.then(claude_ok("billing", 0.3));
    let caps = Caps { tokens: None, micro_dollars: Some(CENT) };
    // The stronger model has no price.
    let opinion = ask(&world.model(Settings { caps, ..world.claude() })).await.unwrap();
    assert_eq!(opinion.model, "claude-haiku-5-5");
    assert_eq!(world.mock.questions().len(), 1);
}

#[tokio::test]
async fn a_question_without_text_or_buckets_costs_nothing() {
    let world = World::new().await;
    let model = world.model(world.claude());
    for asked in [
        Question { turns: Vec::new(), subject: None, ..question() },
        Question { buckets: Vec::new(), ..question() },
    ] {
        let none = model.opinion(&asked).await.unwrap_err();
        assert_eq!((none.why, none.usage), (Why::NothingToAsk, Usage::NONE));
    }
    assert!(world.mock.asked().is_empty());
}

#[tokio::test]
async fn a_service_that_fails_three_times_is_left_alone() {
    let world = World::new().await;
    let model = world.model(world.claude());
    for _ in 0..9 {
        world.mock.then(Say::new(500, "").with("x-should-retry", "true"));
    }
    for _ in 0..3 {
        assert_eq!(why(&model).await, Why::Unavailable { status: 500 });
    }
    assert!(matches!(why(&model).await, Why::Resting { wait_ms: 60_000, .. }));
    assert_eq!(world.mock.questions().len(), 9);
    world.clock.advance(60_000);
    world.mock.then(claude_ok("spam", 0.9));
    assert!(ask(&model).await.is_ok());
}
