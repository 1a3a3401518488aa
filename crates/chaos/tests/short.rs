//! The short form of the chaos run. `COUNTERSIGN_CHAOS_SEED` repeats a schedule, `COUNTERSIGN_CHAOS_KEEP` names a folder
//! in which the consoles' data and logs are kept.

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_day_of_trouble_both_consoles_hold_what_the_helpdesk_holds() {
    let wanted = std::env::var("COUNTERSIGN_CHAOS_SEED").ok().and_then(|text| text.parse().ok());
    let seed = wanted.unwrap_or_else(rand::random);
    println!("seed {seed}");
    let options = chaos::Options {
        seed,
        conversations: 60,
        days: 1,
        program: env!("CARGO_BIN_EXE_countersign-chaos").into(),
        keep: std::env::var_os("COUNTERSIGN_CHAOS_KEEP").map(Into::into),
    };
    let report = chaos::run(options).await.expect("the run comes to its end");
    println!("{report}");
    assert!(report.holds(), "promises broken, seed {seed}");
}
