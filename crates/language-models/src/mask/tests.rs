use super::*;
use proptest::prelude::*;

fn text_of(text: &str) -> String {
    mask(text).text
}

#[test]
fn everyday_messages_lose_what_is_personal_and_keep_their_sense() {
    for (written, left) in [
        ("Write to ann.lee+shop@mail.example.com, thanks.", "Write to [e-mail], thanks."),
        ("<ann@example.com>;bob@example.org", "<[e-mail]>;[e-mail]"),
        ("\"Ann Lee\"@example.com and ann@[192.168.0.1]", "[e-mail] and [e-mail]"),
        ("ann @ example.com", "[e-mail]"),
        ("ann＠example．com", "[e-mail]"),
        ("an\u{200b}n@exam\u{ad}ple.com", "[e-mail]"),
        ("Find us @home, price @ 5 pieces", "Find us @home, price @ 5 pieces"),
        ("Card 4111 1111 1111 1111 exp 12/27", "Card [card-number] exp 12/27"),
        ("4111-1111-1111-1111", "[card-number]"),
        ("4111\n1111\n1111\n1111", "[card-number]"),
        ("４１１１１１１１１１１１１１１１", "[card-number]"),
        ("x378282246310005y", "x[card-number]y"),
        ("Pay to DE89 3704 0044 0532 0130 00 today", "Pay to [bank-account] today"),
        ("by 4111111111111111 from here", "by [card-number] from here"),
        ("gb82west12345698765432", "[bank-account]"),
        ("Call +49 (0)30 1234 5678 or 555-123-4567", "Call [phone-number] or [phone-number]"),
        ("٠١٢٣٤٥٦٧٨٩", "[number]"),
        ("Order 123456 and order 12345678", "Order 123456 and order [number]"),
        ("From 192.168.10.1:8080 and 10.0.0.1.", "From [ip-address]:8080 and [ip-address]."),
        ("fe80::1 and 2001:db8:0:0:0:0:0:1, at 10:30:00", "[ip-address] and [ip-address], at 10:30:00"),
        ("std::vector and Foo::Bar", "std::vector and Foo::Bar"),
        (
            "See https://shop.example/reset?token=abc&user=ann#top now",
            "See https://shop.example/reset?[removed] now",
        ),
        ("https://ann:secret@shop.example/a", "https://[removed]/a"),
        ("www.shop.example/?q=1 what?", "www.shop.example/?[removed] what?"),
        ("I paid $1,299.00 on 3 May", "I paid $1,299.00 on 3 May"),
    ] {
        assert_eq!(text_of(written), left, "{written}");
    }
}

#[test]
fn what_was_taken_out_is_told_in_order() {
    let masked = mask("ann@example.com paid by 4111111111111111 from 10.0.0.1");
    assert_eq!(masked.taken, [Kind::Email, Kind::Card, Kind::IpAddress]);
    assert!(!format!("{masked:?}").contains("e-mail"), "the text stays out of logs");
}

#[test]
fn a_number_that_is_no_card_by_its_check_digit_goes_for_its_length() {
    assert_eq!(text_of("1111111111111"), "[number]");
}

#[test]
fn a_long_text_of_anything_takes_no_more_than_its_share_of_time() {
    // Each would take hours if the time grew with the square of the length.
    for piece in ["4", "@", "a@", "a:", "1.", "DE89", "://", "\"@", "::", "f", "?", " 4"] {
        let text = piece.repeat(50_000 / piece.len());
        let masked = text_of(&text);
        assert!(masked.len() <= text.len() * 9, "{piece}");
    }
}

/// Whether an `@` stands directly between what a name and a host are made of.
fn has_address(text: &str) -> bool {
    let signs: Vec<char> = text.chars().collect();
    signs.windows(3).any(|three| three[1] == '@' && three[0].is_alphanumeric() && three[2].is_alphanumeric())
}

/// The digits of a text as they follow each other, parted where anything but a separator stands between them.
fn digit_runs(text: &str) -> Vec<Vec<u32>> {
    let mut runs = vec![Vec::new()];
    let mut gap = 0;
    for c in text.chars() {
        if let Some(value) = digits::digit(c) {
            runs.last_mut().unwrap().push(value);
            gap = 0;
        } else {
            gap += 1;
            if gap > 2 || !" -./\n\u{a0}_".contains(c) {
                runs.push(Vec::new());
                gap = 0;
            }
        }
    }
    runs
}

/// Luhn, written another way: from a table.
fn luhn(digits: &[u32]) -> u32 {
    const DOUBLED: [u32; 10] = [0, 2, 4, 6, 8, 1, 3, 5, 7, 9];
    let (mut sum, mut double) = (0, false);
    for digit in digits.iter().rev() {
        sum += if double { DOUBLED[*digit as usize] } else { *digit };
        double = !double;
    }
    sum % 10
}

fn has_card(text: &str) -> bool {
    digit_runs(text)
        .iter()
        .any(|run| (13..=19).any(|length| run.windows(length).any(|window| luhn(window) == 0)))
}

/// Digits with a right check digit, in groups parted by `separator`.
fn card() -> impl Strategy<Value = String> {
    const SEPARATORS: [&str; 9] = ["", " ", "-", ".", "  ", "\n", " - ", "\u{a0}", "/"];
    (prop::collection::vec(0..10_u32, 12..=18), prop::sample::select(&SEPARATORS[..]), 2..5_usize).prop_map(
        |(mut digits, separator, group)| {
            let check = (0..10).find(|check| luhn(&[digits.as_slice(), &[*check]].concat()) == 0).unwrap();
            digits.push(check);
            let digits: Vec<String> = digits.iter().map(ToString::to_string).collect();
            digits.chunks(group).map(<[String]>::concat).collect::<Vec<_>>().join(separator)
        },
    )
}

fn email() -> impl Strategy<Value = String> {
    (
        "[a-zA-Z0-9äß]([a-zA-Z0-9._%+'-]{0,20}[a-z0-9])?",
        "[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?",
        "(\\.[a-z]{2,6}){0,2}",
    )
        .prop_map(|(name, host, end)| format!("{name}@{host}{end}"))
}

/// Together with the word before it, it has right check digits too, a little shorter.
#[test]
fn what_only_looks_like_an_account_number_does_not_hide_one() {
    let masked = text_of("PH95 AA736J8484H7B7U3X1SKS32LO ");
    assert!(!masked.contains("KS32LO"), "{masked}");
}

/// An account number with right check digits, as it is written or as it is printed.
fn iban() -> impl Strategy<Value = String> {
    ("[A-Z]{2}", "[0-9A-Z]{11,30}", any::<bool>()).prop_map(|(country, account, is_printed)| {
        let moved = format!("{account}{country}00");
        let remainder = moved.chars().fold(0, |remainder, c| {
            let value = c.to_digit(36).unwrap();
            (remainder * if value > 9 { 100 } else { 10 } + value) % 97
        });
        let written = format!("{country}{:02}{account}", 98 - remainder);
        let groups: Vec<String> =
            written.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into()).collect();
        if is_printed { groups.join(" ") } else { written }
    })
}

/// Text that could stand around.
fn around() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ a-zA-Z0-9.,;:!?()<>\"'/@#-]{0,30}",
        "\\PC{0,20}",
        Just("https://a.example/?x=".to_owned()),
        Just("mailto:".to_owned()),
        Just("Karte\t".to_owned()),
        Just("\u{200b}".to_owned()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn no_address_survives(before in around(), email in email(), after in around()) {
        let masked = text_of(&format!("{before}{email}{after}"));
        prop_assert!(!has_address(&masked), "{masked}");
        prop_assert!(!masked.contains(&email), "{masked}");
    }

    #[test]
    fn no_valid_card_number_survives(before in around(), card in card(), after in around()) {
        let masked = text_of(&format!("{before}{card}{after}"));
        prop_assert!(!has_card(&masked), "{masked}");
        prop_assert!(!masked.contains(&card), "{masked}");
    }

    #[test]
    fn nothing_long_survives_in_any_text(text in "(\\PC|[0-9@.:/?a-f -]){0,80}") {
        let masked = text_of(&text);
        prop_assert!(!has_address(&masked), "{masked}");
        prop_assert!(!has_card(&masked), "{masked}");
        let longest = masked.split(|c: char| !c.is_ascii_digit()).map(str::len).max();
        prop_assert!(longest < Some(7), "{masked}");
        prop_assert_eq!(text_of(&masked), masked.clone(), "a second time changes nothing");
    }

    #[test]
    fn no_account_number_survives(before in around(), iban in iban(), after in around()) {
        let masked = text_of(&format!("{before} {iban} {after}"));
        prop_assert!(!masked.contains(&iban), "{masked}");
        let tail: String = iban.chars().rev().take(6).collect::<Vec<_>>().into_iter().rev().collect();
        prop_assert!(!masked.contains(&tail), "{masked}");
    }

    #[test]
    fn no_ip_address_survives(a in any::<std::net::Ipv6Addr>(), b in any::<std::net::Ipv4Addr>()) {
        let masked = text_of(&format!("at {a}, {b}; [{a}]:80 http://{b}/x"));
        prop_assert!(!masked.contains(&a.to_string()) || a.is_unspecified(), "{masked}");
        prop_assert!(!masked.contains(&b.to_string()), "{masked}");
    }

    #[test]
    fn no_query_survives(secret in "[a-z]{12}", host in "[a-z]{3,8}\\.example", path in "(/[a-z]{1,5}){0,3}") {
        let masked = text_of(&format!("see https://{host}{path}?k={secret}#{secret} there"));
        prop_assert!(!masked.contains(&secret), "{masked}");
        prop_assert!(masked.contains(&format!("https://{host}{path}?")), "{masked}");
    }
}
