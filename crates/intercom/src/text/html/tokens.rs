//! HTML split into text and tags, in one pass, building nothing.

use super::starts_with;

/// A piece of HTML.
#[derive(Debug)]
pub(super) enum Token<'a> {
    /// Characters, entities not yet decoded.
    Text(&'a str),
    /// A start tag.
    Open(Tag<'a>),
    /// The end tag of that name.
    Close(String),
}

/// A start tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    /// In lower case; empty when it is too long to matter.
    pub(super) name: String,
    attributes: &'a str,
}

impl Tag<'_> {
    /// The value of the first attribute of that name, decoded.
    pub(super) fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.attributes;
        loop {
            match next_attribute(rest) {
                Step::Attribute { name, value, rest: after } => {
                    if name.eq_ignore_ascii_case(wanted) {
                        return Some(htmlize::unescape_attribute(value).into_owned());
                    }
                    rest = after;
                }
                Step::End(_) | Step::Unclosed => return None,
            }
        }
    }
}

/// Splits HTML into text and tags; comments, declarations, and what scripts and styles hold are passed over.
pub(super) struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Tokens<'a> {
    pub(super) const fn new(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// The tag or comment at the start of the rest; text where it only looks like one.
    fn markup(&mut self) -> Option<Token<'a>> {
        let after = self.rest.strip_prefix('<')?;
        if let Some(comment) = after.strip_prefix("!--") {
            self.rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            return None;
        }
        let closing = after.strip_prefix('/');
        let inner = closing.unwrap_or(after);
        if !inner.starts_with(|c: char| c.is_ascii_alphabetic()) {
            if closing.is_some() || after.starts_with(['!', '?']) {
                self.rest = after.split_once('>').map_or("", |(_, rest)| rest);
                return None;
            }
            return Some(self.text_from(1));
        }
        let name_end = inner.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>');
        let (name, attributes) = inner.split_at(name_end.unwrap_or(inner.len()));
        let Some((attributes, rest)) = end_of_tag(attributes) else {
            // A tag that never ends is no tag: somebody wrote "a <b" and meant it.
            return Some(Token::Text(std::mem::take(&mut self.rest)));
        };
        self.rest = rest;
        // A name that long is none that matters; lower case of it would be a copy of the input.
        let name = if name.len() <= 32 { name.to_ascii_lowercase() } else { String::new() };
        if closing.is_some() {
            return Some(Token::Close(name));
        }
        if matches!(
            name.as_str(),
            "script"
                | "style"
                | "title"
                | "iframe"
                | "noembed"
                | "noframes"
                | "object"
                | "svg"
                | "math"
                | "template"
        ) {
            self.skip_to_end_of(&name);
            return None;
        }
        Some(Token::Open(Tag { name, attributes }))
    }

    /// Text up to the next `<` after `from` bytes.
    fn text_from(&mut self, from: usize) -> Token<'a> {
        let end =
            self.rest.get(from..).and_then(|rest| rest.find('<')).map_or(self.rest.len(), |at| at + from);
        let (text, rest) = self.rest.split_at(end);
        self.rest = rest;
        Token::Text(text)
    }

    /// Passes over everything up to the end tag of that name, or to the end.
    fn skip_to_end_of(&mut self, name: &str) {
        while let Some((_, after)) = self.rest.split_once("</") {
            self.rest = after;
            if starts_with(after, name) {
                self.rest = after.split_once('>').map_or("", |(_, rest)| rest);
                return;
            }
        }
        self.rest = "";
    }
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        while !self.rest.is_empty() {
            let token = if self.rest.starts_with('<') { self.markup() } else { Some(self.text_from(0)) };
            if token.is_some() {
                return token;
            }
        }
        None
    }
}

enum Step<'a> {
    Attribute {
        name: &'a str,
        value: &'a str,
        rest: &'a str,
    },
    /// The `>` was met; what follows it.
    End(&'a str),
    /// The input ended within the tag.
    Unclosed,
}

/// The attributes of a tag and what follows the tag.
fn end_of_tag(attributes: &str) -> Option<(&str, &str)> {
    let mut rest = attributes;
    loop {
        match next_attribute(rest) {
            Step::Attribute { rest: after, .. } => rest = after,
            Step::End(after) => {
                let length = attributes.len() - after.len();
                return Some((attributes.get(..length)?, after));
            }
            Step::Unclosed => return None,
        }
    }
}

fn next_attribute(rest: &str) -> Step<'_> {
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
    if let Some(after) = rest.strip_prefix('>') {
        return Step::End(after);
    }
    // An equals sign at the start belongs to the name.
    let is_end = |c: char| c.is_ascii_whitespace() || c == '/' || c == '>';
    let name_end = rest.char_indices().find(|&(at, c)| is_end(c) || (c == '=' && at > 0));
    let Some((name_end, _)) = name_end else { return Step::Unclosed };
    let (name, rest) = rest.split_at(name_end);
    let Some(value) = rest.trim_ascii_start().strip_prefix('=') else {
        return Step::Attribute { name, value: "", rest };
    };
    let value = value.trim_ascii_start();
    for quote in ['"', '\''] {
        if let Some(value) = value.strip_prefix(quote) {
            return match value.split_once(quote) {
                Some((value, rest)) => Step::Attribute { name, value, rest },
                None => Step::Unclosed,
            };
        }
    }
    match value.find(|c: char| c.is_ascii_whitespace() || c == '>') {
        Some(end) => {
            let (value, rest) = value.split_at(end);
            Step::Attribute { name, value, rest }
        }
        None => Step::Unclosed,
    }
}
