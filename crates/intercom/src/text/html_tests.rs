use super::*;
use std::time::{Duration, Instant};

fn text(html: &str) -> String {
    from_html(html).text.unwrap_or_default()
}

#[test]
fn blocks_become_lines_and_blanks_fold() {
    assert_eq!(text("<p>Hello\n  there</p><p>Second<br>line</p>"), "Hello there\n\nSecond\nline");
    assert_eq!(
        text(
            "<p class=\"no-margin\">Hello</p><p class=\"no-margin\"><br></p><p class=\"no-margin\">There</p>"
        ),
        "Hello\n\nThere"
    );
    let blank_line =
        "<p class=\"no-margin\">Hello</p><p class=\"no-margin\"></p><p class=\"no-margin\">There</p>";
    assert_eq!(text(blank_line), "Hello\n\nThere");
    assert_eq!(text("<p class=\"no-margin\">Hello</p><p class=\"no-margin\">There</p>"), "Hello\nThere");
    assert_eq!(text("<div>a</div><div>b<div>c</div></div>d"), "a\nb\nc\nd");
    assert_eq!(text("<h1>T</h1>x<hr>y"), "T\n\nx\n\ny");
    assert_eq!(text("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"), "a b\nc");
    assert_eq!(text("<pre>fn a() {\n    b\n}</pre>"), "fn a() {\n    b\n}");
}

#[test]
fn lists_keep_their_bullets_and_numbers() {
    assert_eq!(
        text("Do:<ul><li>one</li><li><p>two</p><ol><li>x<li>y</ol></li></ul>then"),
        "Do:\n• one\n• two\n  1. x\n  2. y\n\nthen"
    );
}

#[test]
fn links_keep_their_address_unless_the_label_is_the_address() {
    assert_eq!(
        text("See <a href=\"https://a.example/x?a=1&amp;b=2\">the page</a>."),
        "See the page (https://a.example/x?a=1&b=2)."
    );
    assert_eq!(text("<a href='https://a.example/'>a.example</a>"), "a.example");
    assert_eq!(text("<a href=mailto:me@a.example>me@a.example</a>"), "me@a.example");
    assert_eq!(text("<a href=\"javascript:alert(1)\">click</a>"), "click");
    let broken = "<a href=\"https://a.example/\r\n\tx\u{2028}y\">there</a>";
    assert_eq!(text(broken), "there (https://a.example/xy)", "no line begins inside an address");
    assert_eq!(text("<a name=x>plain</a>"), "plain");
}

#[test]
fn entities_are_decoded_once() {
    assert_eq!(
        text("<p>&lt;script&gt; &amp;lt; &eacute; &#128512; &#x202E;&#0;x&nbsp;y</p>"),
        "<script> &lt; é 😀 \u{FFFD}x y"
    );
}

#[test]
fn scripts_styles_and_comments_say_nothing() {
    assert_eq!(
        text("a<script>var x = '<p>no</p>';</script><STYLE>p{}</Style><!-- <p>no --><title>t</title>b"),
        "ab"
    );
    assert_eq!(text("a<script>never closed <p>no</p>"), "a");
    assert_eq!(text("<!DOCTYPE html><?xml v?>x</ >y"), "xy");
}

#[test]
fn what_only_looks_like_a_tag_is_text() {
    assert_eq!(text("if a < b and c <3 then"), "if a < b and c <3 then");
    assert_eq!(text("see <this and no end"), "see <this and no end");
    assert_eq!(text("<p title=\"a > b\">x</p><p title=it's>y</p>"), "x\n\ny");
}

#[test]
fn images_become_attachments_and_leave_no_text() {
    let body = from_html(
        "<div><img src=\"https://files.example/a/shot%201.png?sig=1\"><img src=\"https://files.example/b.jpg\" alt=\"My  cat\">\
         <img src=\"https://files.example/b.jpg\"><img src=\"https://t.example/o.gif\" width=1 height=\"1\">\
         <img src=\"data:image/png;base64,AAAA\"><img src='javascript:x' alt=''></div>",
    );
    assert_eq!(body.text, None, "a body of nothing but images has no text to classify");
    let images: Vec<_> = body.images.iter().map(|image| (image.name.as_str(), image.url.as_str())).collect();
    assert_eq!(
        images,
        [
            ("shot%201.png", "https://files.example/a/shot%201.png?sig=1"),
            ("My cat", "https://files.example/b.jpg"),
            ("image", ""),
            ("image", ""),
        ]
    );
}

#[test]
fn a_body_too_long_is_cut_where_one_can_see_it() {
    let cut = text(&format!("<p>{}</p>", "a ".repeat(MAX_CHARS)));
    assert!(cut.ends_with("\n… (cut)"));
    assert!(cut.chars().count() < MAX_CHARS + 20);
}

#[test]
fn a_megabyte_of_anything_takes_a_bounded_time() {
    const SIZE: usize = 1_000_000;
    let attributes = (0..SIZE / 8).map(|n| format!("a{n}=b")).collect::<Vec<_>>().join(" ");
    let inputs = [
        ("nested blocks", "<div>".repeat(SIZE / 5)),
        ("nested paragraphs", "<p>x".repeat(SIZE / 4)),
        ("nested lists", "<ul><li>".repeat(SIZE / 8)),
        ("nested links", "<a href=http://x>".repeat(SIZE / 17)),
        ("a tag of many attributes", format!("<p {attributes}>x")),
        ("an image of many attributes", format!("<img {attributes}>x")),
        ("open brackets", "<".repeat(SIZE)),
        ("unclosed tags", "<a ".repeat(SIZE / 3)),
        ("unclosed quotes", "<a b=\"".repeat(SIZE / 6)),
        ("unclosed comments", "<!--".repeat(SIZE / 4)),
        ("unclosed declarations", "<!x".repeat(SIZE / 3)),
        ("unclosed scripts", "<script></".repeat(SIZE / 10)),
        ("odd ends", "</ ".repeat(SIZE / 3)),
        ("ampersands", "&".repeat(SIZE)),
        ("entities that never end", "&ampampamp".repeat(SIZE / 10)),
        ("many images", "<img src=https://x.example/1.png?n>".repeat(SIZE / 35)),
        ("blanks", " ".repeat(SIZE)),
    ];
    for (name, html) in inputs {
        let begun = Instant::now();
        let _ = from_html(&html);
        let taken = begun.elapsed();
        assert!(taken < Duration::from_secs(10), "{name} took {taken:?}");
    }
}
