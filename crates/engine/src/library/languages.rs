//! Which language a locale is of: detection speaks in three letters, help centers in two.

/// Codes of three letters, and what locales begin with.
const CODES: [(&str, &str); 45] = [
    ("ara", "ar"),
    ("ben", "bn"),
    ("bul", "bg"),
    ("cat", "ca"),
    ("ces", "cs"),
    ("cmn", "zh"),
    ("dan", "da"),
    ("deu", "de"),
    ("ell", "el"),
    ("eng", "en"),
    ("est", "et"),
    ("fin", "fi"),
    ("fra", "fr"),
    ("heb", "he"),
    ("hin", "hi"),
    ("hrv", "hr"),
    ("hun", "hu"),
    ("ind", "id"),
    ("ita", "it"),
    ("jpn", "ja"),
    ("kat", "ka"),
    ("kor", "ko"),
    ("lav", "lv"),
    ("lit", "lt"),
    ("mkd", "mk"),
    ("mon", "mn"),
    ("nld", "nl"),
    ("nob", "nb"),
    ("nob", "no"),
    ("pes", "fa"),
    ("pol", "pl"),
    ("por", "pt"),
    ("ron", "ro"),
    ("rus", "ru"),
    ("slk", "sk"),
    ("slv", "sl"),
    ("spa", "es"),
    ("srp", "sr"),
    ("swe", "sv"),
    ("tam", "ta"),
    ("tha", "th"),
    ("tur", "tr"),
    ("ukr", "uk"),
    ("urd", "ur"),
    ("vie", "vi"),
];

/// Whether a locale is of a language.
pub(super) fn is_of(locale: &str, language: &str) -> bool {
    let first = locale.split(['-', '_']).next().unwrap_or_default();
    CODES.iter().any(|(three, two)| *three == language && first.eq_ignore_ascii_case(two))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_of_its_language_whatever_the_country() {
        assert!(is_of("de", "deu") && is_of("pt-BR", "por") && is_of("zh_TW", "cmn") && is_of("EN", "eng"));
        assert!(!is_of("de", "eng") && !is_of("", "eng") && !is_of("english", "eng"));
    }
}
