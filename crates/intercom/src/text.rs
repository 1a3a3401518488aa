//! Text from outside, made plain and safe to show; and plain text made into what Intercom takes.
//!
//! What comes out of here holds no markup, no control characters but line break and tab, and nothing that turns
//! the direction of the text around it. It is bounded in length, with a visible mark where it was cut. Everything
//! runs in time proportional to the input.

mod html;

pub(crate) use html::{Image, Rendered, file_name, from_html, web_address};

use std::borrow::Cow;

/// The most characters of one part that are kept.
pub(crate) const MAX_CHARS: usize = 100_000;

/// Stands where a text was cut.
const CUT: &str = "… (cut)";

/// The most characters of a name, a subject or another text of one line.
const MAX_LINE: usize = 500;

/// HTML from outside as text, exactly as the texts of parts are made. `None` when nothing is left.
pub fn plain_text(html: &str) -> Option<String> {
    from_html(html).text
}

/// Plain text from outside: safe characters, trimmed, bounded. `None` when nothing is left.
pub(crate) fn plain(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut previous = ' ';
    for character in text.chars().filter_map(safe) {
        // "\r\n" is one line break.
        if !(character == '\n' && previous == '\r') {
            out.push(if character == '\r' { '\n' } else { character });
        }
        previous = character;
    }
    bounded(out.trim())
}

/// One line of text from outside: a name, a subject. `None` when nothing is left.
pub(crate) fn line(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut blank = false;
    for (count, character) in text.chars().filter_map(safe).enumerate() {
        if count >= MAX_LINE {
            out.push('…');
            break;
        }
        if character.is_whitespace() {
            blank = !out.is_empty();
        } else {
            if blank {
                out.push(' ');
                blank = false;
            }
            out.push(character);
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Takes the images out of a plain body, where each stands as `[Image "address"]`.
pub(crate) fn take_images(body: &str) -> (Cow<'_, str>, Vec<Image>) {
    const START: &str = "[Image \"";
    if !body.contains(START) {
        return (Cow::Borrowed(body), Vec::new());
    }
    let mut images = Vec::new();
    let mut out = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, after)) = rest.split_once(START) {
        out.push_str(before);
        let image = after
            .split_once('"')
            .and_then(|(address, after)| Some((web_address(address)?, after.strip_prefix(']')?)));
        rest = if let Some((url, after)) = image {
            images.push(Image { name: file_name(&url), url });
            after
        } else {
            out.push_str(START);
            after
        };
    }
    out.push_str(rest);
    (Cow::Owned(out), images)
}

/// Plain text as the paragraphs that Intercom shows: a blank line parts paragraphs, a line break stays one.
pub(crate) fn to_html(text: &str) -> String {
    let Some(text) = plain(text) else { return String::new() };
    let mut html = String::with_capacity(text.len() + 64);
    let mut paragraph_open = false;
    let mut blank_before = true;
    for line in text.lines() {
        let line = line.trim_end();
        if line.is_empty() {
            blank_before = true;
            continue;
        }
        if blank_before {
            if paragraph_open {
                html.push_str("</p>");
            }
            html.push_str("<p>");
            paragraph_open = true;
        } else {
            html.push_str("<br>");
        }
        blank_before = false;
        escape_into(&mut html, line);
    }
    if paragraph_open {
        html.push_str("</p>");
    }
    html
}

fn escape_into(html: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            _ => html.push(character),
        }
    }
}

/// The text itself, or its beginning and the mark of a cut. `None` when it is empty.
fn bounded(text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    match text.char_indices().nth(MAX_CHARS) {
        None => Some(text.to_owned()),
        Some((end, _)) => {
            let (kept, _) = text.split_at(end);
            Some(format!("{}\n{CUT}", kept.trim_end()))
        }
    }
}

/// The character as it may be shown; `None` for those that show nothing or harm what stands around them.
fn safe(character: char) -> Option<char> {
    match character {
        '\n' | '\t' | '\r' => Some(character),
        // Line and paragraph separators.
        '\u{2028}' | '\u{2029}' => Some('\n'),
        // Embeddings, overrides and isolates turn the direction of text that is not theirs; the plain direction
        // marks, which right-to-left writing needs, are not among them. Then what shows nothing but would be read by
        // a machine: soft hyphen, blanks of no width, tag characters; but the joiners are kept, which writing and
        // emoji need. Then: byte order mark, annotations, object replacement, and what will never be a character.
        '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{AD}'
        | '\u{180E}'
        | '\u{200B}'
        | '\u{2060}'..='\u{2064}'
        | '\u{E0000}'..='\u{E007F}'
        | '\u{FEFF}'
        | '\u{FFF9}'..='\u{FFFC}'
        | '\u{FDD0}'..='\u{FDEF}' => None,
        _ if character.is_control() || (character as u32) & 0xFFFE == 0xFFFE => None,
        _ => Some(character),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn control_and_override_characters_are_removed_and_writing_is_kept() {
        assert_eq!(plain("a\0b\u{1b}[31mc\u{7f}\u{85}").as_deref(), Some("ab[31mc"));
        assert_eq!(plain("invoice\u{202E}fdp.exe\u{2066}x").as_deref(), Some("invoicefdp.exex"));
        assert_eq!(plain("שלום \u{200F}עולם 👩‍👩‍👧 é").as_deref(), Some("שלום \u{200F}עולם 👩‍👩‍👧 é"));
        assert_eq!(plain("a\r\nb\rc\u{2028}d\te").as_deref(), Some("a\nb\nc\nd\te"));
        assert_eq!(plain("a\r\n\r\nb").as_deref(), Some("a\n\nb"));
        assert_eq!(plain(" \n\0 "), None);
    }

    #[test]
    fn nothing_is_hidden_between_the_letters() {
        assert_eq!(plain("re\u{200B}f\u{AD}u\u{2060}nd\u{E0041}\u{E007F}").as_deref(), Some("refund"));
        assert_eq!(plain("می\u{200C}خواهم 👩\u{200D}🚀").as_deref(), Some("می\u{200C}خواهم 👩\u{200D}🚀"));
        assert_eq!(from_html("re&ZeroWidthSpace;f&shy;und").text.as_deref(), Some("refund"));
    }

    #[test]
    fn a_text_too_long_is_cut_where_one_can_see_it() {
        let cut = plain(&"é".repeat(MAX_CHARS + 1)).unwrap();
        assert!(cut.ends_with("\n… (cut)"));
        assert_eq!(cut.chars().filter(|&c| c == 'é').count(), MAX_CHARS);
        let whole = plain(&"é".repeat(MAX_CHARS)).unwrap();
        assert!(!whole.contains("(cut)"), "a text that just fits is whole");
    }

    #[test]
    fn a_line_is_one_line() {
        assert_eq!(line("  Re:\r\n\t refund \u{202E}").as_deref(), Some("Re: refund"));
        assert_eq!(line(" \u{0}"), None);
        assert!(line(&"x".repeat(10_000)).unwrap().chars().count() <= MAX_LINE + 1);
    }

    #[test]
    fn images_of_a_plain_body_are_taken_out() {
        let (body, images) = take_images("see [Image \"https://a.example/b.png\"] and [Image \"x\"]");
        assert_eq!(body, "see  and [Image \"x\"]");
        assert_eq!(images, [Image { name: "b.png".into(), url: "https://a.example/b.png".into() }]);
        let begun = std::time::Instant::now();
        let _ = take_images(&"[Image \"".repeat(200_000));
        assert!(begun.elapsed().as_secs() < 2, "bounded in time");
    }

    #[test]
    fn a_reply_becomes_paragraphs_and_nothing_in_it_becomes_markup() {
        assert_eq!(
            to_html("Hello <b>you</b> & me,\n\nfirst\nsecond\n \n\n\nlast\n"),
            "<p>Hello &lt;b&gt;you&lt;/b&gt; &amp; me,</p><p>first<br>second</p><p>last</p>"
        );
        assert_eq!(to_html(" \n "), "");
        assert_eq!(to_html("a\r\n\r\nb"), "<p>a</p><p>b</p>");
    }

    proptest! {
        #[test]
        fn whatever_comes_in_only_safe_characters_come_out(text in "\\PC{0,40}|[\\s\\S]{0,200}") {
            for out in [plain(&text), line(&text), from_html(&text).text].into_iter().flatten() {
                prop_assert!(out.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()));
                let harmful = out.contains(['\u{202E}', '\u{2066}', '\u{FEFF}']);
                prop_assert!(!harmful);
                prop_assert_eq!(out.trim(), &out);
                prop_assert!(!out.is_empty());
            }
        }

        #[test]
        fn a_reply_survives_the_way_there_and_back(text in "[a-z<>&;\"' \n]{0,80}") {
            let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
            let back = from_html(&to_html(&text)).text.unwrap_or_default();
            prop_assert_eq!(words(&back), words(&text));
        }
    }
}
