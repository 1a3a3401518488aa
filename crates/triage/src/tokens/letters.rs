//! What kind of letter or sign a character is, and the form in which words are compared.

use unicode_normalization::UnicodeNormalization;

/// Longest folded word kept, in characters; the rest of a longer one says nothing.
const LONGEST_WORD: usize = 48;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Script {
    Spaced,
    Han,
    Hiragana,
    Katakana,
}

impl Script {
    pub(super) const fn of(letter: char) -> Self {
        match letter {
            '\u{3005}'
            | '\u{3400}'..='\u{4DBF}'
            | '\u{4E00}'..='\u{9FFF}'
            | '\u{F900}'..='\u{FAFF}'
            | '\u{20000}'..='\u{3134F}' => Self::Han,
            '\u{3041}'..='\u{309F}' => Self::Hiragana,
            '\u{30A1}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}' | '\u{FF66}'..='\u{FF9F}' => Self::Katakana,
            _ => Self::Spaced,
        }
    }
}

pub(super) const fn is_currency(sign: char) -> bool {
    matches!(sign, '$' | '¢' | '£' | '¥' | '\u{20A0}'..='\u{20CF}' | '￥' | '＄' | '￡')
}

pub(super) const fn may_be_emoji(sign: char) -> bool {
    matches!(sign, '\u{203C}' | '\u{2049}' | '\u{231A}'..='\u{23FF}' | '\u{2600}'..='\u{27BF}'
        | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Appends the folded form of a word.
pub(super) fn fold(letters: impl Iterator<Item = char> + Clone, into: &mut String) {
    if letters.clone().all(|letter| letter.is_ascii()) {
        into.extend(letters.take(LONGEST_WORD).map(|letter| letter.to_ascii_lowercase()));
        return;
    }
    let plain = letters
        .take(LONGEST_WORD)
        .nfkd()
        .filter(|letter| !is_dropped_mark(*letter))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter == '’' { '\'' } else { letter });
    into.extend(plain.take(LONGEST_WORD));
}

/// Accents of alphabets, vowel points of Arabic and Hebrew, joiners: what people leave out when they type.
const fn is_dropped_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{640}' | '\u{64B}'..='\u{652}'
        | '\u{AD}' | '\u{200C}' | '\u{200D}' | '\u{FE0E}' | '\u{FE0F}')
}
