//! What must hold whatever comes in from outside, on the stable toolchain: over the corpus that fuzzing has found, and
//! over what is made up here. The properties themselves are those of the fuzz targets.

#![expect(clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "a test program")]

#[path = "../../fuzz/properties/delivery.rs"]
mod delivery;
#[path = "../../fuzz/properties/html.rs"]
mod html;
mod made_up;
#[path = "../../fuzz/properties/notification.rs"]
mod notification;

use proptest::prelude::*;
use std::path::Path;

/// Runs a property over every file of a target's corpus.
fn replay(target: &str, check: fn(&[u8])) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target);
    let mut count = 0;
    for entry in std::fs::read_dir(&folder).expect("the corpus is there") {
        let path = entry.expect("an entry").path();
        let input = std::fs::read(&path).expect("it can be read");
        // The name of the file that fails stands in front of the reason.
        println!("{}", path.display());
        check(&input);
        count += 1;
    }
    assert!((10..=100).contains(&count), "{count} files in the corpus: keep it small, but keep it");
}

#[test]
fn the_corpus_of_deliveries_holds() {
    replay("delivery", delivery::check);
}

#[test]
fn the_corpus_of_notifications_holds() {
    replay("notification", notification::check);
}

#[test]
fn the_corpus_of_html_holds() {
    replay("html", html::check);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn whatever_a_delivery_is_made_of_only_what_is_signed_is_taken(
        how in any::<u8>(),
        body in prop_oneof![made_up::bytes(), made_up::notification()],
    ) {
        delivery::check(&[&[how], body.as_slice()].concat());
    }

    #[test]
    fn whatever_a_notification_says_it_names_nothing_odd(
        body in prop_oneof![1 => made_up::bytes(), 3 => made_up::notification()],
    ) {
        notification::check(&body);
    }

    #[test]
    fn whatever_html_is_made_of_its_text_is_plain(html in prop_oneof![made_up::bytes(), made_up::html()]) {
        html::check(&html);
    }
}
