//! HTML made into plain text: blocks become lines, links keep their address, images become attachments.
//!
//! The output is text, shown as text, so nothing here guards against markup getting through: `&lt;script&gt;`
//! rightly becomes `<script>`, the characters. What it guarantees is one pass over the input, whatever its nesting,
//! its attributes or its unclosed tags; a parser that builds a tree takes quadratic time on some of these.

mod tokens;

use super::{CUT, MAX_CHARS, safe};
use tokens::{Tag, Token, Tokens};

/// The most images of one body that are kept.
const MAX_IMAGES: usize = 50;
/// The longest address that is written out behind a link.
const MAX_ADDRESS: usize = 2_000;

/// A body as text, with the images that stood in it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Rendered {
    /// The text; `None` when there is none.
    pub(crate) text: Option<String>,
    /// The images, each address once.
    pub(crate) images: Vec<Image>,
}

/// An image in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image {
    /// What it calls itself, else the name of its file.
    pub(crate) name: String,
    /// Where it is; empty when it is inside the body itself.
    pub(crate) url: String,
}

/// Reads a body of HTML.
pub(crate) fn from_html(html: &str) -> Rendered {
    let mut writer = Writer::default();
    for token in Tokens::new(html) {
        match token {
            Token::Text(text) => writer.text(&htmlize::unescape(text)),
            Token::Open(tag) => open(&mut writer, &tag),
            Token::Close(name) => close(&mut writer, &name),
        }
        if writer.full {
            break;
        }
    }
    writer.finish()
}

fn open(writer: &mut Writer, tag: &Tag<'_>) {
    match tag.name.as_str() {
        "br" => writer.line_break(),
        "p" => {
            // The composer writes every line as a paragraph of its own and takes the margin away.
            let tight = tag.attribute("class").is_some_and(|class| class.contains("no-margin"));
            writer.gap(if tight { 1 } else { 2 });
            writer.paragraph = Some(writer.out.len());
        }
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "hr" | "table" => writer.gap(2),
        "pre" => {
            writer.gap(2);
            writer.preformatted += 1;
        }
        "ul" | "menu" => {
            writer.gap(1);
            writer.lists.push(None);
        }
        "ol" => {
            writer.gap(1);
            writer.lists.push(Some(0));
        }
        "li" => writer.item(),
        "td" | "th" => writer.space = true,
        "a" => writer.link(tag.attribute("href")),
        "img" => writer.image(tag),
        name if is_block(name) => writer.gap(1),
        _ => {}
    }
}

fn close(writer: &mut Writer, name: &str) {
    match name {
        "p" => {
            // The composer writes a blank line as a paragraph of nothing.
            let is_empty = writer.paragraph.take() == Some(writer.out.len());
            writer.gap(if is_empty { 2 } else { 1 });
        }
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "table" => writer.gap(2),
        "pre" => {
            writer.preformatted = writer.preformatted.saturating_sub(1);
            writer.gap(2);
        }
        "ul" | "ol" | "menu" => {
            writer.lists.pop();
            writer.marker = None;
            writer.gap(if writer.lists.is_empty() { 2 } else { 1 });
        }
        "li" => {
            writer.marker = None;
            writer.gap(1);
        }
        "a" => writer.end_link(),
        name if is_block(name) => writer.gap(1),
        _ => {}
    }
}

fn is_block(name: &str) -> bool {
    matches!(
        name,
        "div"
            | "section"
            | "article"
            | "header"
            | "footer"
            | "main"
            | "nav"
            | "aside"
            | "address"
            | "figure"
            | "figcaption"
            | "dl"
            | "dt"
            | "dd"
            | "tr"
            | "caption"
            | "thead"
            | "tbody"
            | "tfoot"
            | "form"
            | "fieldset"
            | "details"
            | "summary"
            | "center"
            | "body"
            | "option"
    )
}

/// Collects text, folding blanks and line breaks as a browser would show them.
#[derive(Debug, Default)]
struct Writer {
    out: String,
    chars: usize,
    /// Line breaks to write before the next character.
    breaks: u8,
    /// A blank to write before the next character.
    space: bool,
    preformatted: u32,
    /// How much was written when the paragraph began that is open.
    paragraph: Option<usize>,
    lists: Vec<Option<u32>>,
    /// The bullet or number to write before the next character.
    marker: Option<String>,
    /// Address and start of the link that is open.
    open_link: Option<(String, usize)>,
    images: Vec<Image>,
    full: bool,
}

impl Writer {
    fn text(&mut self, text: &str) {
        for character in text.chars().filter_map(safe) {
            if self.full {
                return;
            }
            match character {
                '\n' if self.preformatted > 0 => self.line_break(),
                '\r' if self.preformatted > 0 => {}
                ' ' | '\t' | '\u{A0}' if self.preformatted > 0 => self.push(character),
                ' ' | '\t' | '\n' | '\r' | '\u{A0}' => self.space = true,
                _ => self.push(character),
            }
        }
    }

    fn push(&mut self, character: char) {
        if self.out.is_empty() {
            self.breaks = 0;
        } else if self.breaks > 0 {
            for _ in 0..self.breaks {
                self.out.push('\n');
            }
            self.chars += usize::from(self.breaks);
        } else if self.space {
            self.out.push(' ');
            self.chars += 1;
        }
        self.breaks = 0;
        self.space = false;
        if let Some(marker) = self.marker.take() {
            self.chars += marker.chars().count();
            self.out.push_str(&marker);
        }
        self.out.push(character);
        self.chars += 1;
        self.full = self.chars > MAX_CHARS;
    }

    /// At least this many line breaks before what follows. A bullet keeps what follows on its own line.
    fn gap(&mut self, breaks: u8) {
        if self.marker.is_none() {
            self.breaks = self.breaks.max(breaks);
        }
    }

    fn line_break(&mut self) {
        self.breaks = (self.breaks + 1).min(2);
    }

    fn item(&mut self) {
        self.marker = None;
        self.gap(1);
        let depth = self.lists.len();
        let sign = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{number}. ")
            }
            Some(None) | None => "• ".to_owned(),
        };
        let indent = "  ".repeat(depth.saturating_sub(1).min(8));
        self.marker = Some(indent + &sign);
    }

    fn link(&mut self, address: Option<String>) {
        self.end_link();
        if let Some(address) = address {
            self.open_link = Some((address, self.out.len()));
        }
    }

    fn end_link(&mut self) {
        let Some((address, start)) = self.open_link.take() else { return };
        let label = self.out.get(start..).unwrap_or_default().trim();
        let address = address.trim();
        let worth_showing = !label.is_empty()
            && address.len() <= MAX_ADDRESS
            && ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| starts_with(address, scheme))
            && bare(label) != bare(address);
        if worth_showing {
            let written = format!(" ({address})");
            self.breaks = 0;
            self.space = false;
            // As a browser reads an address: line breaks and tabs in it are not there.
            for character in written.chars().filter_map(safe).filter(|c| !matches!(c, '\n' | '\r' | '\t')) {
                self.push(character);
            }
        }
    }

    fn image(&mut self, tag: &Tag<'_>) {
        let tiny = |name| tag.attribute(name).and_then(|size| size.trim().parse::<u32>().ok()) <= Some(2);
        let has_size = |name| tag.attribute(name).is_some_and(|size| size.trim().parse::<u32>().is_ok());
        // Images of a dot count who opened a mail.
        if has_size("width") && has_size("height") && tiny("width") && tiny("height") {
            return;
        }
        let address = tag.attribute("src").unwrap_or_default();
        let url = web_address(&address).unwrap_or_default();
        let known = self.images.iter().any(|image| !url.is_empty() && image.url == url);
        if known || self.images.len() >= MAX_IMAGES {
            return;
        }
        let name = tag.attribute("alt").and_then(|alt| super::line(&alt)).unwrap_or_else(|| file_name(&url));
        self.images.push(Image { name, url });
    }

    fn finish(mut self) -> Rendered {
        if !self.full {
            self.end_link();
        }
        let mut text = self.out.trim().to_owned();
        if self.full {
            text.push('\n');
            text.push_str(CUT);
        }
        Rendered { text: (!text.is_empty()).then_some(text), images: self.images }
    }
}

/// An address of the web without blanks and controls around or in it; `None` for every other kind of address.
pub(crate) fn web_address(text: &str) -> Option<String> {
    let text = text.trim();
    let fits = text.len() <= MAX_ADDRESS
        && (starts_with(text, "https://") || starts_with(text, "http://"))
        && text.chars().all(|c| safe(c).is_some() && !c.is_whitespace());
    fits.then(|| text.to_owned())
}

/// The last piece of an address's path, or a plain word.
pub(crate) fn file_name(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default();
    path.splitn(4, '/')
        .nth(3)
        .and_then(|path| path.rsplit('/').next())
        .and_then(super::line)
        .unwrap_or_else(|| "image".to_owned())
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// An address or its label without what people leave out.
fn bare(address: &str) -> &str {
    let address = address.trim().trim_end_matches('/');
    ["https://", "http://", "mailto:", "tel:"]
        .iter()
        .find(|scheme| starts_with(address, scheme))
        .and_then(|scheme| address.get(scheme.len()..))
        .unwrap_or(address)
}

#[cfg(test)]
#[path = "html_tests.rs"]
mod tests;
