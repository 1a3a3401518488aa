//! What Intercom does to the text it is given: HTML in its own dress, and plain text on request.
//!
//! It does not clean what customers send: a conversation may carry any markup, and whoever shows it has to cope.

/// The HTML that a teammate's text is stored as: no document around it, no scripts, paragraphs in Intercom's class.
pub(crate) fn teammate_html(sent: &str) -> String {
    if !looks_like_html(sent) {
        return paragraphs(sent);
    }
    let mut html = sent.to_owned();
    for element in ["script", "style", "head"] {
        html = without_element(&html, element);
    }
    for tag in ["html", "body"] {
        html = without_tags(&html, tag);
    }
    let html = html.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n");
    let html = if has_blocks(&html) { html } else { format!("<p>{html}</p>") };
    in_the_dress_of_intercom(&html)
}

/// The HTML that a customer's text is stored as. Mail may bring its own markup, which is kept as it came.
pub(crate) fn customer_html(sent: &str) -> String {
    if looks_like_html(sent) { with_paragraph_class(sent) } else { paragraphs(sent) }
}

/// Paragraphs of escaped text: a blank line parts them, a line break stays one.
pub(crate) fn paragraphs(text: &str) -> String {
    let text = text.replace("\r\n", "\n");
    text.split("\n\n")
        .filter(|paragraph| !paragraph.trim().is_empty())
        .map(|paragraph| {
            let lines = escaped(paragraph.trim_matches('\n')).replace('\n', "<br>");
            format!("<p class=\"no-margin\">{lines}</p>")
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// The text of some HTML as `display_as=plaintext` gives it: links become `label (url)`, the markup goes.
pub(crate) fn plain(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut link: Option<(String, usize)> = None;
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, from_tag) = rest.split_at(start);
        push_text(&mut text, before);
        let Some(tag) = Tag::at_start_of(from_tag) else {
            text.push('<');
            rest = from_tag.strip_prefix('<').unwrap_or_default();
            continue;
        };
        match (tag.name.as_str(), tag.closing) {
            ("br", _) => text.push('\n'),
            ("p", _) => end_line(&mut text, "\n\n"),
            ("div" | "li" | "h1" | "h2" | "h3" | "h4" | "tr" | "ul" | "ol" | "blockquote", _) => {
                end_line(&mut text, "\n");
            }
            ("a", false) => link = tag.attribute("href").map(|url| (unescaped(&url), text.len())),
            ("a", true) => {
                if let Some((url, label_start)) = link.take() {
                    let label = text.get(label_start..).unwrap_or_default();
                    if label != url {
                        text.extend([" (", &url, ")"]);
                    }
                }
            }
            _ => {}
        }
        rest = from_tag.get(tag.length..).unwrap_or_default();
    }
    push_text(&mut text, rest);
    text.trim().to_owned()
}

/// Adds text, unless it is only the space between two lines of markup.
fn push_text(text: &mut String, more: &str) {
    if !(more.contains('\n') && more.trim().is_empty()) {
        text.push_str(&unescaped(more));
    }
}

/// Sees to it that the text, if there is some, ends in `end`.
fn end_line(text: &mut String, end: &str) {
    while !text.is_empty() && !text.ends_with(end) {
        text.push('\n');
    }
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn unescaped(text: &str) -> String {
    text.replace("&nbsp;", "\u{a0}")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&")
}

fn looks_like_html(text: &str) -> bool {
    text.match_indices('<').any(|(at, _)| text.get(at..).is_some_and(|from| Tag::at_start_of(from).is_some()))
}

fn with_paragraph_class(html: &str) -> String {
    html.replace("<p>", "<p class=\"no-margin\">")
}

/// Whether there is an element that stands on lines of its own. What has none is put into a paragraph.
fn has_blocks(html: &str) -> bool {
    const BLOCKS: [&str; 13] =
        ["p", "div", "ul", "ol", "li", "h1", "h2", "h3", "h4", "pre", "blockquote", "table", "img"];
    let mut found = false;
    for_each_piece(html, |piece| {
        found |= matches!(piece, Piece::Tag(tag, _) if BLOCKS.contains(&tag.name.as_str()));
    });
    found
}

/// Paragraphs get the one class and lose what else they had.
fn in_the_dress_of_intercom(html: &str) -> String {
    let mut dressed = String::with_capacity(html.len());
    for_each_piece(html, |piece| match piece {
        Piece::Tag(tag, _) if tag.name == "p" && !tag.closing => dressed.push_str("<p class=\"no-margin\">"),
        Piece::Tag(_, source) | Piece::Text(source) => dressed.push_str(source),
    });
    dressed
}

/// Drops an element with all it holds.
fn without_element(html: &str, name: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    let mut inside = false;
    for_each_piece(html, |piece| match piece {
        Piece::Tag(tag, _) if tag.name == name => inside = !tag.closing,
        Piece::Tag(_, source) | Piece::Text(source) => {
            if !inside {
                kept.push_str(source);
            }
        }
    });
    kept
}

/// Drops the tags of an element and keeps what it holds.
fn without_tags(html: &str, name: &str) -> String {
    let mut kept = String::with_capacity(html.len());
    for_each_piece(html, |piece| match piece {
        Piece::Tag(tag, _) if tag.name == name => {}
        Piece::Tag(_, source) | Piece::Text(source) => kept.push_str(source),
    });
    kept
}

enum Piece<'a> {
    Tag(Tag, &'a str),
    Text(&'a str),
}

fn for_each_piece<'a>(html: &'a str, mut see: impl FnMut(Piece<'a>)) {
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let (before, from_tag) = rest.split_at(start);
        if !before.is_empty() {
            see(Piece::Text(before));
        }
        if let Some(tag) = Tag::at_start_of(from_tag) {
            let (source, after) = from_tag.split_at(tag.length);
            see(Piece::Tag(tag, source));
            rest = after;
        } else {
            let (bracket, after) = from_tag.split_at(1);
            see(Piece::Text(bracket));
            rest = after;
        }
    }
    if !rest.is_empty() {
        see(Piece::Text(rest));
    }
}

#[derive(Debug)]
struct Tag {
    name: String,
    closing: bool,
    inside: String,
    length: usize,
}

impl Tag {
    fn at_start_of(text: &str) -> Option<Self> {
        let end = text.find('>')?;
        let inside = text.get(1..end)?;
        let (closing, named) = match inside.strip_prefix('/') {
            Some(named) => (true, named),
            None => (false, inside),
        };
        let name: String = named.chars().take_while(char::is_ascii_alphanumeric).collect();
        if !name.starts_with(|first: char| first.is_ascii_alphabetic()) {
            return None;
        }
        Some(Self { name: name.to_ascii_lowercase(), closing, inside: inside.to_owned(), length: end + 1 })
    }

    fn attribute(&self, name: &str) -> Option<String> {
        let (_, after) = self.inside.split_once(&format!("{name}="))?;
        let quote = after.chars().next().filter(|first| matches!(first, '"' | '\''));
        match quote {
            Some(quote) => after.get(1..)?.split(quote).next().map(str::to_owned),
            None => after.split_whitespace().next().map(str::to_owned),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_stored_as_paragraphs_in_the_class_of_intercom() {
        assert_eq!(teammate_html("Hello there!"), "<p class=\"no-margin\">Hello there!</p>");
        assert_eq!(
            customer_html("1 < 2\nso\n\nBye"),
            "<p class=\"no-margin\">1 &lt; 2<br>so</p>\n<p class=\"no-margin\">Bye</p>"
        );
    }

    #[test]
    fn a_document_around_the_text_and_its_scripts_are_dropped() {
        let sent = "<html> <body>  <h2>List</h2>\n <script>steal()</script><p>One</p> </body> </html>";
        assert_eq!(teammate_html(sent), "<h2>List</h2>\n<p class=\"no-margin\">One</p>");
    }

    #[test]
    fn whatever_a_teammate_sends_comes_back_in_paragraphs_of_one_class() {
        for (sent, stored) in [
            ("Thanks <b>a lot</b>", "<p class=\"no-margin\">Thanks <b>a lot</b></p>"),
            ("<p style=\"color:red\">Red</p>", "<p class=\"no-margin\">Red</p>"),
            (
                "<p class='x'>One</p><p>Two</p>",
                "<p class=\"no-margin\">One</p><p class=\"no-margin\">Two</p>",
            ),
            ("<ul><li>Tea</li></ul>", "<ul><li>Tea</li></ul>"),
        ] {
            assert_eq!(teammate_html(sent), stored);
        }
    }

    #[test]
    fn plaintext_shows_links_as_label_and_address() {
        let html = "<p class=\"no-margin\">See <a href=\"https://e.example/a?b=1&amp;c=2\">the guide</a> &amp; tell us</p>\n<p>Bye</p>";
        assert_eq!(plain(html), "See the guide (https://e.example/a?b=1&c=2) & tell us\n\nBye");
        assert_eq!(plain(&paragraphs("One\ntwo\n\nthree")), "One\ntwo\n\nthree");
        assert_eq!(plain("<h2>List</h2>\n<ul>\n<li>Tea</li>\n<li>Milk</li>\n</ul>"), "List\nTea\nMilk");
    }

    #[test]
    fn a_lone_angle_bracket_is_text() {
        assert_eq!(plain("a < b"), "a < b");
        assert_eq!(plain(&paragraphs("3 < 4 > 2 &amp;")), "3 < 4 > 2 &amp;");
    }
}
