//! Reads a text as words, numbers, emoji and telling signs, each with its place in the text.
//!
//! Words are folded (compatibility forms, case, accents), so that `Rückerstattung`, `RUCKERSTATTUNG` and half-width
//! forms meet. Scripts written without spaces are cut where the script changes, and long runs of Han into pairs:
//! there is no dictionary here. Amounts and numbers keep their length and lose their digits. Web and mail addresses
//! become one sign each, with a few words of a web address behind it.

mod letters;

use self::letters::{Script, fold, is_currency, may_be_emoji};
use crate::history::is_quoted;
use std::ops::Range;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Words read from one web address.
const LINK_WORDS: usize = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Word,
    /// A word of a script written without spaces: even single characters mean something.
    Unspaced,
    Number,
    Emoji,
    /// Punctuation that tells something, or a stand-in such as `<link>`.
    Sign,
    /// A word inside a web address.
    LinkWord,
}

impl Kind {
    /// Whether it can be shown to a person as a reason.
    pub(crate) const fn is_showable(self) -> bool {
        match self {
            Self::Word | Self::Unspaced | Self::Number | Self::Emoji => true,
            Self::Sign | Self::LinkWord => false,
        }
    }

    /// Whether it is a word for the question how much of a text is known.
    pub(crate) const fn is_word(self) -> bool {
        match self {
            Self::Word | Self::Unspaced => true,
            Self::Number | Self::Emoji | Self::Sign | Self::LinkWord => false,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Bytes in the text.
    pub(crate) place: Range<usize>,
    /// Bytes in [`Tokens::folded`].
    fold: Range<usize>,
    /// Stands in the same clause as the token before it.
    pub(crate) follows: bool,
}

/// The tokens of one text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tokens {
    pub(crate) list: Vec<Token>,
    folded: String,
    /// Letters, and those of them that are capitals.
    pub(crate) letters: usize,
    pub(crate) capitals: usize,
}

impl Tokens {
    /// Reads `text`, leaving out quoted lines unless there is nothing else.
    pub(crate) fn read(text: &str) -> Self {
        let mut reader = Reader::new(text, true);
        reader.read();
        if reader.tokens.list.is_empty() {
            reader = Reader::new(text, false);
            reader.read();
        }
        reader.tokens
    }

    pub(crate) fn folded(&self, token: &Token) -> &str {
        self.folded.get(token.fold.clone()).unwrap_or_default()
    }
}

struct Reader<'a> {
    text: &'a str,
    chars: Vec<(usize, char)>,
    at: usize,
    skip_quotes: bool,
    has_mail: bool,
    /// Inside a web address up to this byte.
    link_end: usize,
    link_words: usize,
    same_clause: bool,
    tokens: Tokens,
}

impl<'a> Reader<'a> {
    fn new(text: &'a str, skip_quotes: bool) -> Self {
        Self {
            text,
            chars: text.char_indices().collect(),
            at: 0,
            skip_quotes,
            has_mail: text.contains('@'),
            link_end: 0,
            link_words: 0,
            same_clause: false,
            tokens: Tokens::default(),
        }
    }

    fn read(&mut self) {
        let mut line_start = true;
        while let Some(here) = self.char(self.at) {
            if std::mem::take(&mut line_start) && self.skip_quotes && is_quoted(self.rest()) {
                self.skip_line();
                line_start = true;
                continue;
            }
            line_start = here == '\n';
            if here.is_alphanumeric() {
                self.read_word(here);
            } else {
                self.read_other(here);
            }
        }
    }

    fn read_word(&mut self, first: char) {
        if self.byte(self.at) >= self.link_end && self.starts_link() {
            self.link_end = self.end_of_run();
            self.link_words = 0;
            self.push_sign("<link>", self.at..self.at);
        }
        if self.has_mail && self.byte(self.at) >= self.link_end {
            let end = self.end_of_mail();
            if end > self.at {
                self.push_sign("<mail>", self.at..end);
                self.at = end;
                return;
            }
        }
        let script = Script::of(first);
        let start = self.at;
        let mut digits = 0;
        let mut others = 0;
        while let Some(here) = self.char(self.at) {
            if here.is_alphanumeric() {
                if Script::of(here) != script {
                    break;
                }
                if here.is_numeric() {
                    digits += 1;
                } else {
                    others += 1;
                }
                self.tokens.letters += usize::from(here.is_alphabetic());
                self.tokens.capitals += usize::from(here.is_uppercase());
            } else if !self.joins(here) {
                break;
            }
            self.at += 1;
        }
        let end = self.at;
        if self.byte(start) < self.link_end {
            self.link_words += 1;
            if self.link_words <= LINK_WORDS {
                self.push_word(Kind::LinkWord, start..end);
            }
        } else if others == 0 {
            self.push_number(start..end, digits);
        } else if script == Script::Han && end - start > 4 {
            self.push_pairs(start, end);
        } else {
            let kind = if script == Script::Spaced { Kind::Word } else { Kind::Unspaced };
            self.push_word(kind, start..end);
        }
    }

    /// Whether a sign that is no letter stands inside a word here.
    fn joins(&self, here: char) -> bool {
        if is_combining_mark(here) {
            return true;
        }
        let before = self.at.checked_sub(1).and_then(|at| self.char(at));
        let after = self.char(self.at + 1);
        match here {
            '\'' | '’' | '\u{200C}' | '\u{200D}' | '\u{AD}' => {
                before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic)
            }
            '.' | ',' | ':' => before.is_some_and(char::is_numeric) && after.is_some_and(char::is_numeric),
            _ => false,
        }
    }

    fn read_other(&mut self, here: char) {
        match here {
            '?' | '!' | '？' | '！' | '؟' => self.read_marks(here),
            '[' if self.starts_attachment() => self.skip_attachment(),
            '.' | ';' | ':' | '\n' | '(' | ')' | '。' | '；' | '：' => {
                self.same_clause = false;
                self.at += 1;
            }
            '%' => self.take_sign("%"),
            sign if is_currency(sign) => self.read_currency(),
            sign if may_be_emoji(sign) => self.read_emoji(),
            _ => self.at += 1,
        }
    }

    fn read_marks(&mut self, first: char) {
        let start = self.at;
        let same = if first == '!' || first == '！' { ['!', '！', '!'] } else { ['?', '？', '؟'] };
        while self.char(self.at).is_some_and(|sign| same.contains(&sign)) {
            self.at += 1;
        }
        let name = if same.contains(&'!') { "!" } else { "?" };
        self.push_sign(name, start..self.at);
        if self.at - start > 1 {
            self.push_sign(if name == "!" { "!!" } else { "??" }, start..self.at);
        }
        self.same_clause = false;
    }

    /// An amount when a number stands beside the sign, else the sign alone.
    fn read_currency(&mut self) {
        let start = self.at;
        let space = usize::from(self.char(start + 1) == Some(' '));
        if self.char(start + 1 + space).is_some_and(char::is_numeric) {
            self.at += 1 + space;
            let mut digits = 0;
            while let Some(here) = self.char(self.at) {
                if here.is_numeric() {
                    digits += 1;
                } else if !self.joins(here) {
                    break;
                }
                self.at += 1;
            }
            self.push_number_as(start..self.at, digits, "$");
            return;
        }
        self.at += 1;
        let sign = self.byte(start);
        let end = self.byte(start + 1);
        if let Some(last) = self.tokens.list.last_mut()
            && last.kind == Kind::Number
            && sign.saturating_sub(last.place.end) <= 1
            && last.place.end <= sign
        {
            last.place.end = end;
            let shape = self.tokens.folded.get(last.fold.clone()).unwrap_or_default().to_owned();
            let from = self.tokens.folded.len();
            self.tokens.folded.push('$');
            self.tokens.folded.push_str(&shape);
            last.fold = from..self.tokens.folded.len();
            return;
        }
        self.push_sign("$", start..start + 1);
    }

    fn read_emoji(&mut self) {
        let start = self.byte(self.at);
        let cluster = self.text.get(start..).and_then(|rest| rest.graphemes(true).next()).unwrap_or_default();
        let length = cluster.chars().count().max(1);
        self.push_word(Kind::Emoji, self.at..self.at + length);
        self.at += length;
    }

    fn push_pairs(&mut self, start: usize, end: usize) {
        let mut from = start;
        while from < end {
            let to = if end - from <= 3 { end } else { from + 2 };
            self.push_word(Kind::Unspaced, from..to);
            from = to;
        }
    }

    fn push_number(&mut self, place: Range<usize>, digits: usize) {
        self.push_number_as(place, digits, "");
    }

    fn push_number_as(&mut self, place: Range<usize>, digits: usize, prefix: &str) {
        const SHAPES: [&str; 7] = ["0", "0", "00", "000", "0000", "00000", "000000"];
        let from = self.tokens.folded.len();
        self.tokens.folded.push_str(prefix);
        self.tokens.folded.push_str(SHAPES.get(digits).unwrap_or(&"000000"));
        self.push(Kind::Number, place, from);
    }

    fn push_word(&mut self, kind: Kind, place: Range<usize>) {
        let from = self.tokens.folded.len();
        let letters = self.chars.get(place.clone()).unwrap_or_default();
        fold(letters.iter().map(|(_, letter)| *letter), &mut self.tokens.folded);
        if self.tokens.folded.len() > from {
            self.push(kind, place, from);
        }
    }

    fn take_sign(&mut self, name: &str) {
        self.push_sign(name, self.at..self.at + 1);
        self.at += 1;
    }

    fn push_sign(&mut self, name: &str, place: Range<usize>) {
        let from = self.tokens.folded.len();
        self.tokens.folded.push_str(name);
        self.push(Kind::Sign, place, from);
    }

    fn push(&mut self, kind: Kind, place: Range<usize>, folded_from: usize) {
        let place = self.byte(place.start)..self.byte(place.end);
        let fold = folded_from..self.tokens.folded.len();
        let follows = std::mem::replace(&mut self.same_clause, true);
        self.tokens.list.push(Token { kind, place, fold, follows });
    }

    fn starts_link(&self) -> bool {
        let rest = self.rest();
        ["http://", "https://", "www."]
            .iter()
            .any(|start| rest.get(..start.len()).is_some_and(|opening| opening.eq_ignore_ascii_case(start)))
    }

    /// The byte at which the run without spaces that stands here ends.
    fn end_of_run(&self) -> usize {
        let rest = self.rest();
        self.byte(self.at) + rest.find(char::is_whitespace).unwrap_or(rest.len())
    }

    /// The index after a mail address that starts here, or here.
    fn end_of_mail(&self) -> usize {
        const LONGEST: usize = 120;
        let mut seen_at = false;
        let mut end = self.at;
        for index in self.at..self.at + LONGEST {
            let Some(here) = self.char(index) else { break };
            match here {
                '@' if !seen_at => seen_at = true,
                '.' | '-' | '_' | '+' => {}
                _ if here.is_ascii_alphanumeric() => end = index + 1,
                _ => break,
            }
            if !seen_at && self.char(index + 1).is_none_or(char::is_whitespace) {
                return self.at;
            }
        }
        let has_both = (self.at..end).any(|index| self.char(index) == Some('@'));
        if has_both { end } else { self.at }
    }

    /// `[Image "…"]`, which is how a picture without words looks as plain text.
    fn starts_attachment(&self) -> bool {
        ["[image", "[attachment", "[file", "[video"].iter().any(|start| {
            self.rest().get(..start.len()).is_some_and(|opening| opening.eq_ignore_ascii_case(start))
        })
    }

    fn skip_attachment(&mut self) {
        const LONGEST: usize = 2_000;
        let end = (self.at..self.at + LONGEST).find(|index| self.char(*index).is_none_or(|sign| sign == ']'));
        self.at = end.map_or(self.at + 1, |index| index + 1);
    }

    fn skip_line(&mut self) {
        while self.char(self.at).is_some_and(|sign| sign != '\n') {
            self.at += 1;
        }
        self.at += 1;
        self.same_clause = false;
    }

    fn char(&self, index: usize) -> Option<char> {
        self.chars.get(index).map(|(_, letter)| *letter)
    }

    fn byte(&self, index: usize) -> usize {
        self.chars.get(index).map_or(self.text.len(), |(byte, _)| *byte)
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.byte(self.at)..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(Kind, String, String)> {
        let tokens = Tokens::read(text);
        let show = |token: &Token| {
            (token.kind, text[token.place.clone()].to_owned(), tokens.folded(token).to_owned())
        };
        tokens.list.iter().map(show).collect()
    }

    fn words(text: &str) -> Vec<String> {
        read(text).into_iter().map(|(_, _, folded)| folded).collect()
    }

    #[test]
    fn words_are_folded_and_keep_their_place() {
        assert_eq!(
            read("Can’t log-in, Größe"),
            [
                (Kind::Word, "Can’t".to_owned(), "can't".to_owned()),
                (Kind::Word, "log".to_owned(), "log".to_owned()),
                (Kind::Word, "in".to_owned(), "in".to_owned()),
                (Kind::Word, "Größe".to_owned(), "große".to_owned()),
            ]
        );
        assert_eq!(words("ｒｅｆｕｎｄ remboursé REMBOURSE"), ["refund", "rembourse", "rembourse"]);
    }

    #[test]
    fn amounts_lose_their_digits_and_take_their_sign() {
        assert_eq!(words("$49.00 and 1,299 € or 12"), ["$0000", "and", "$0000", "or", "00"]);
        assert_eq!(read("costs €12!")[1].1, "€12");
        assert_eq!(read("costs 12 €!")[1].1, "12 €");
        assert_eq!(words("US$ only"), ["us", "$", "only"]);
    }

    #[test]
    fn addresses_become_signs() {
        assert_eq!(
            words("see https://example.com/a?b=c or mail jo.park@example.co.uk now"),
            ["see", "<link>", "https", "example", "com", "a", "?", "b", "c", "or", "mail", "<mail>", "now"]
        );
        assert_eq!(words("look @ this"), ["look", "this"]);
    }

    #[test]
    fn scripts_without_spaces_are_cut_where_the_script_changes() {
        let tokens: Vec<String> =
            read("返金してください。サーバーが").into_iter().map(|token| token.1).collect();
        assert_eq!(tokens, ["返金", "してください", "サーバー", "が"]);
        let tokens: Vec<String> = read("我的付款被拒绝了").into_iter().map(|token| token.1).collect();
        assert_eq!(tokens, ["我的", "付款", "被拒", "绝了"]);
    }

    #[test]
    fn combined_letters_and_emoji_stay_whole() {
        let tokens: Vec<String> = read("مُشكلة 👩‍👩‍👧 नमस्ते 🇩🇪").into_iter().map(|token| token.1).collect();
        assert_eq!(tokens, ["مُشكلة", "👩‍👩‍👧", "नमस्ते", "🇩🇪"]);
    }

    #[test]
    fn quoted_lines_are_left_out_unless_there_is_nothing_else() {
        assert_eq!(words("> did it work?\nno"), ["no"]);
        assert_eq!(words("> cancel"), ["cancel"]);
    }

    #[test]
    fn a_picture_without_words_is_no_text() {
        assert!(words("[Image \"https://example.com/a.png\"]").is_empty());
        assert!(words(" \n\t… — . \u{200B}").is_empty());
    }

    #[test]
    fn clauses_end_at_full_stops_and_lines() {
        let tokens = Tokens::read("It fails. Why\nnow, please");
        let follows: Vec<bool> = tokens.list.iter().map(|token| token.follows).collect();
        assert_eq!(follows, [false, true, false, false, true]);
    }
}
