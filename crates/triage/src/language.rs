//! Which language a message is in, and whether the model has seen enough of that language to answer.

use std::collections::BTreeMap;

/// Messages in a language before the model may answer in it.
const LEAST_MESSAGES: u32 = 5;
/// Shorter texts are not told apart well.
const LEAST_LETTERS: usize = 16;
/// Longest stretch looked at, in characters.
pub(crate) const SAMPLE: usize = 300;

/// How many messages of each language were trained on, by ISO 639-3 code.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Languages(BTreeMap<&'static str, u32>);

impl Languages {
    pub(crate) fn add(&mut self, sample: &str) {
        if let Some(language) = detect(sample) {
            let count = self.0.entry(language.code()).or_default();
            *count = count.saturating_add(1);
        }
    }

    /// The language of a text, where it is one that the model has seen too little of.
    pub(crate) fn foreign(&self, sample: &str) -> Option<&'static str> {
        let language = detect(sample)?;
        let seen = self.0.get(language.code()).copied().unwrap_or_default();
        (seen < LEAST_MESSAGES).then(|| language.eng_name())
    }

    pub(crate) fn counts(&self) -> impl Iterator<Item = (&'static str, u32)> + '_ {
        self.0.iter().map(|(code, count)| (*code, *count))
    }

    /// Sets the count of a language; one that is not known is passed over.
    pub(crate) fn set(&mut self, code: &str, count: u32) {
        if let Some(language) = whatlang::Lang::from_code(code) {
            self.0.insert(language.code(), count);
        }
    }
}

/// The language of a text by its ISO 639-3 code, where the text is long and plain enough to tell.
pub fn language_code(text: &str) -> Option<&'static str> {
    let sample: String = text.chars().take(SAMPLE).collect();
    detect(&sample).map(|language| language.code())
}

fn detect(sample: &str) -> Option<whatlang::Lang> {
    if sample.chars().filter(|letter| letter.is_alphabetic()).take(LEAST_LETTERS).count() < LEAST_LETTERS {
        return None;
    }
    let found = whatlang::detect(sample)?;
    found.is_reliable().then(|| found.lang())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_foreign_until_enough_was_seen_of_it() {
        let polish = "Od rana nikt nie może się zalogować, cały sklep stoi i tracimy klientów.";
        let mut languages = Languages::default();
        for _ in 0..LEAST_MESSAGES {
            assert_eq!(languages.foreign(polish), Some("Polish"));
            languages.add(polish);
        }
        assert_eq!(languages.foreign(polish), None);
        assert_eq!(languages.foreign("ok"), None);
        assert_eq!((language_code(polish), language_code("ok")), (Some("pol"), None));
    }
}
