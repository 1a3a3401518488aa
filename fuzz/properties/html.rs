//! What holds for every text made of HTML from outside.

use intercom::plain_text;

/// As many characters of a text are kept, and then the mark of the cut.
const MAX_CHARS: usize = 100_000;
const ROOM_FOR_MARKS: usize = 2_100;

/// Makes text of the bytes as they are, and of HTML built after them.
pub(crate) fn check(input: &[u8]) {
    check_text(plain_text(&String::from_utf8_lossy(input)).as_deref());
    check_built(input);
}

fn check_text(text: Option<&str>) {
    let Some(text) = text else { return };
    assert!(!text.is_empty(), "an empty text is none");
    assert_eq!(text.trim(), text, "blanks around the text");
    assert!(text.chars().count() <= MAX_CHARS + ROOM_FOR_MARKS, "{} characters", text.chars().count());
    if let Some(harmful) = text.chars().find(|&c| is_harmful(c)) {
        panic!("{harmful:?} came through");
    }
}

fn is_harmful(c: char) -> bool {
    let turns_direction = matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let shows_nothing =
        matches!(c, '\u{AD}' | '\u{200B}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}');
    (c.is_control() && c != '\n' && c != '\t') || turns_direction || shows_nothing
}

/// HTML in which it is known what is markup and what is text: no piece of markup comes through, and every word does.
/// Each byte of the input picks the next piece.
fn check_built(input: &[u8]) {
    let mut html = String::new();
    let mut words = Vec::new();
    for (place, byte) in input.iter().take(400).enumerate() {
        match byte % 20 {
            0 => html.push_str("<p class=\"MARKUP\">"),
            1 => html.push_str("</p>"),
            2 => html.push_str("<b MARKUP=MARKUP>"),
            3 => html.push_str("<script>MARKUP('<p>MARKUP</p>')</script>"),
            4 => html.push_str("<!-- MARKUP > MARKUP -->"),
            5 => html.push_str("<img src=\"x\" alt=\"MARKUP\" onerror='MARKUP()'>"),
            6 => html.push_str("<a href=\"javascript:MARKUP\">"),
            7 => html.push_str("</a>"),
            8 => html.push_str("<ul><li>"),
            9 => html.push_str("</li></ul>"),
            10 => html.push_str("<br/>"),
            11 => html.push_str("<style>MARKUP{}</style>"),
            12 => html.push_str("<div title='MARKUP > \"MARKUP\"'>"),
            13 => html.push_str("</div MARKUP>"),
            14 => html.push_str("<MARKUP-element>"),
            15 => html.push_str("<?MARKUP?><!MARKUP>"),
            16 => html.push_str("<svg><text>MARKUP</text></svg>"),
            17 => html.push_str("<pre>"),
            18 => html.push_str("</pre>"),
            // Words with what would be markup, written as the text that it is.
            _ => {
                html.push_str(" w");
                html.push_str(&place.to_string());
                html.push_str("&lt;b&gt;&amp;amp; ");
                words.push(format!("w{place}<b>&amp;"));
            }
        }
    }
    let text = plain_text(&html).unwrap_or_default();
    assert!(!text.contains("MARKUP"), "markup came through: {text:?} of {html:?}");
    let found: Vec<&str> = text.split_whitespace().filter(|word| word.starts_with('w')).collect();
    assert_eq!(found, words, "of {html:?}");
}
