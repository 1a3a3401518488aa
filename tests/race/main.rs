//! Two consoles and a teammate in Intercom on one conversation, in seeded interleavings of their calls.
//!
//! Every reading that precedes a call, and every call, stops at a gate; a seed decides who goes next, when a webhook
//! reaches a console, when the teammate or the customer acts, when time passes, and whose answers are lost. Stores,
//! client and simulator are real, over real HTTP. Afterwards the conversation as Intercom has it is judged:
//!
//! - no customer's message is answered by both consoles, and no reply stands there twice;
//! - no reply goes out on a conversation in which the teammate or the customer had acted before the last reading;
//! - where both consoles had the same plan, nobody else acted and no answer was lost, exactly one reply went out.
//!
//! What the teammate or the customer did between a console's last reading and its call is the declared gap: counted
//! and printed. `COUNTERSIGN_RACE_SEED` plays one interleaving, `COUNTERSIGN_RACE_CASES` another number of them.

#![expect(clippy::expect_used, clippy::indexing_slicing, clippy::panic, reason = "a test program")]

mod console;
mod gate;
mod judge;
mod lane;

use judge::Figures;
use lane::Lane;
use std::time::Instant;

/// Interleavings played unless told otherwise. The figures of docs/reliability.md are of 1,000.
const CASES: u64 = 300;
/// Lanes side by side, each with its own two consoles. Even ones act as two teammates, odd ones as the same one.
const LANES: u64 = 4;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_consoles_one_answers() {
    let only = number("COUNTERSIGN_RACE_SEED");
    let cases = number("COUNTERSIGN_RACE_CASES").unwrap_or(CASES);
    let simulator = simulator::Simulator::start(simulator::Config {
        quiet: true,
        rate_limit: 10_000_000,
        ..simulator::Config::default()
    })
    .await
    .expect("the simulator starts");
    let started = Instant::now();
    let lanes = (0..LANES).map(|lane| {
        let credentials = simulator.credentials().clone();
        async move {
            let seeds = match only {
                Some(seed) if seed % LANES == lane => vec![seed],
                Some(_) => vec![],
                None => (0..cases).filter(|seed| seed % LANES == lane).collect(),
            };
            let mut figures = Figures::default();
            if seeds.is_empty() {
                return figures;
            }
            let mut lane = Lane::open(&credentials, lane % 2 == 1).await;
            for seed in seeds {
                figures.add(lane.play(seed).await);
            }
            lane.close().await;
            figures
        }
    });
    let mut all = Figures::default();
    for figures in futures::future::join_all(lanes).await {
        all.merge(figures);
    }
    println!("race: {all} in {:.1} s", started.elapsed().as_secs_f64());
    assert!(all.faults.is_empty(), "COUNTERSIGN_RACE_SEED=… repeats one:\n{}", all.faults.join("\n"));
    if only.is_none() && cases >= 200 {
        assert!(all.replied > cases / 4, "the interleavings lead to replies");
        assert!(all.withdrawn > cases / 50, "the consoles cross each other");
        assert!(all.gap > 0, "the teammate hits the gap at times: {all}");
    }
}
